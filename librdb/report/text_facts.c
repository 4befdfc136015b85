/* text_facts: order of the queues, and what counters and replication prove, in sentences. */
#include "text.h"

void rk_text_order(const rk_text *text)
{
    uint64_t listed = 0, changed = rk_diff_orders_changed(text->diff);
    rk_human_place_room name;
    rk_human number, shared;
    if (changed == 0)
        return;
    fprintf(text->out, "\n%s%s OUT OF ORDER: jobs would run in another order%s\n",
            rk_text_ink(text, RK_INK_BAD), rk_human_things(changed, "queue", &number),
            rk_text_ink(text, RK_INK_PLAIN));
    for (size_t i = 0; i < text->row_count; i++) {
        const rk_ledger_row *row = text->rows[i];
        if (!row->order_changed || listed++ >= text->options->limit)
            continue;
        rk_human_place(rk_report_place(row), text->with_db, &name);
        rk_human_things(row->shared, "job", &shared);
        if (row->reversed)
            fprintf(text->out, "  %s: reversed, all %s that both sides have\n", name.text, shared.text);
        else
            fprintf(text->out, "  %s: %s of the %s that both sides have %s out of place\n", name.text,
                    rk_human_count(row->out_of_order, &number), shared.text,
                    row->out_of_order == 1 ? "is" : "are");
    }
    if (listed > text->options->limit)
        fprintf(text->out, "  ... and %s more (--limit all)\n",
                rk_human_count(listed - text->options->limit, &number));
}

/* ---- counters
 * ----------------------------------------------------------------------------------------------- */

static void shortfall(const rk_account *a, char *line, size_t cap)
{
    rk_human count;
    if (a->gone_runnable > 0)
        rk_human_join(line, cap, "; ", "%s that could have run %s gone",
                      rk_human_things(a->gone_runnable, "job", &count), a->gone_runnable == 1 ? "is" : "are");
    if (a->at_least_lost > 0)
        rk_human_join(line, cap, ": ", "at least %s of them cannot have ended, so %s lost",
                      rk_human_count(a->at_least_lost, &count), a->at_least_lost == 1 ? "it is" : "they are");
    if (a->gone_idle > 0)
        rk_human_join(line, cap, "; ", "%s that could not run by %s gone",
                      rk_human_things(a->gone_idle, "job", &count),
                      a->gone_idle == 1 ? "itself is" : "themselves are");
}

static void ended(const rk_account *a, char *line, size_t cap)
{
    rk_human processed, failed, visible;
    rk_human_join(line, cap, "", "workers ended %s (stat:failed %s)",
                  rk_human_things((uint64_t)a->processed, "execution", &processed),
                  rk_human_signed(a->failed, &failed));
    if (a->visible > 0)
        rk_human_join(line, cap, "", ", of which %s %s in jobs that are still there",
                      rk_human_count(a->visible, &visible), a->visible == 1 ? "shows" : "show");
    shortfall(a, line, cap);
}

static void account(const rk_text *text, const rk_account *a, bool named)
{
    char line[800] = "";
    rk_human processed, failed;
    rk_human_place_room name;
    const rk_layout *layout = a->old_layout ? a->old_layout : a->new_layout;
    if (!layout)
        return;
    if (named)
        rk_human_join(line, sizeof line, "", "%s: ", rk_human_layout(layout, text->with_db, &name));
    if (!a->has_counters)
        rk_human_join(line, sizeof line, "",
                      "not on both sides, so that nothing tells whether jobs ran in between");
    else if (a->processed == 0 && a->failed == 0 && a->lagging)
        rk_human_join(
            line, sizeof line, "",
            "stat:processed and stat:failed did not move, but processes were at work, and count what they "
            "end with their next heartbeat: quiet them, and save NEW 10 s later");
    else if (a->processed == 0 && a->failed == 0)
        rk_human_join(line, sizeof line, "",
                      "stat:processed and stat:failed did not move: no job ran in between");
    else if (a->processed < 0 || a->failed < 0)
        rk_human_join(
            line, sizeof line, "",
            "they went back (stat:processed %s, stat:failed %s): a reset, a flush or an older state; they "
            "prove nothing",
            rk_human_signed(a->processed, &processed), rk_human_signed(a->failed, &failed));
    else
        ended(a, line, sizeof line);
    rk_human_fill(text->out, "counters: ", line);
}

void rk_text_accounts(const rk_text *text)
{
    size_t count;
    const rk_account *accounts = rk_diff_accounts(text->diff, &count);
    for (size_t i = 0; i < count; i++)
        account(text, &accounts[i], count > 1);
}

/* ---- replication
 * -------------------------------------------------------------------------------------------- */

void rk_text_replication(const rk_text *text)
{
    const rk_snapshot_info *before = rk_diff_input(text->diff, false, 0),
                           *after = rk_diff_input(text->diff, true, 0);
    rk_repl_proof proof = rk_diff_proof(text->diff);
    char line[400] = "", old_id[80], new_id[80];
    rk_human from, to;
    if (proof == RK_PROOF_NONE || !before || !after ||
        (proof == RK_PROOF_OTHER_HISTORY && !text->options->verbose))
        return;
    rk_slice_print(rk_slice_of(before->repl_id), old_id, sizeof old_id);
    rk_slice_print(rk_slice_of(after->repl_id), new_id, sizeof new_id);
    rk_human_count((uint64_t)before->repl_offset, &from);
    rk_human_count((uint64_t)after->repl_offset, &to);
    if (proof == RK_PROOF_COMPLETE && before->repl_offset == after->repl_offset)
        snprintf(line, sizeof line,
                 "both are of history %.12s at offset %s: NEW had received all that OLD had", old_id,
                 from.text);
    else if (proof == RK_PROOF_COMPLETE)
        snprintf(line, sizeof line, "history %.12s, from offset %s to %s: NEW had received all that OLD had",
                 old_id, from.text, to.text);
    else if (proof == RK_PROOF_BEHIND)
        snprintf(line, sizeof line,
                 "history %.12s, offset %s in OLD but %s in NEW: NEW had not received all of OLD", old_id,
                 from.text, to.text);
    else
        snprintf(line, sizeof line, "other histories (%.12s, %.12s), which prove nothing for each other",
                 old_id, new_id);
    rk_human_fill(text->out, "replication: ", line);
}
