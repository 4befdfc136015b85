/* aofcheck_text: what a check of append-only files came to, for people. What matters most stands last. */
#include "aofcheck_view.h"
#include "file_line.h"

/* ---- the head ------------------------------------------------------------------------------------------------------ */

static void write_head(const aofcheck_view *v)
{
    rk_file_line line = { .used = 0 };
    rk_human count;
    char path[400];
    const rk_aof_part *part = rk_aofcheck_part(v->aof, 0);
    size_t parts = 0;
    while (rk_aofcheck_part(v->aof, parts) && rk_aofcheck_part(v->aof, parts)->kind <= RK_PART_MISSING)
        parts++;
    if (rk_aofcheck_is_folder(v->aof))
        rk_file_line_add(&line, "append-only set of %s", rk_human_things(parts, "file", &count));
    else
        rk_file_line_add(&line, "append-only file%s", part->head ? " with a snapshot as its head" : "");
    for (size_t i = 0; (part = rk_aofcheck_part(v->aof, i)) != NULL; i++)
        if (part->head) {
            rk_file_line_writer(&line, rk_check_info(part->head));
            rk_file_line_checksum(&line, rk_check_info(part->head));
            break;
        }
    fprintf(v->out, "%s%s%s\n", rk_ink_code(v->options->colour, RK_INK_BOLD),
            rk_slice_print(rk_slice_of(v->file->path), path, sizeof path),
            rk_ink_code(v->options->colour, RK_INK_PLAIN));
    rk_human_fill(v->out, "  ", line.text);
}

/* ---- problems --------------------------------------------------------------------------------------------------------- */

/* Where it is: "(appendonly.aof.4.incr.aof, command 72 'LPUSH' in a transaction; framing, byte 4391)" */
static void join_place(const aofcheck_view *v, const rk_aof_problem *p, char *line, size_t cap)
{
    char key[120];
    const rk_problem *own = &p->problem;
    const char *between = "(";
    rk_human_join(line, cap, " ", "%s", "");
    if (p->part != SIZE_MAX && rk_aofcheck_is_folder(v->aof)) {
        rk_human_join(line, cap, between, "%s", rk_aofcheck_part(v->aof, p->part)->name);
        between = ", ";
    }
    if (p->line) {
        rk_human_join(line, cap, between, "line %" PRIu64, p->line);
        between = ", ";
    }
    if (p->number) {
        rk_human_join(line, cap, between, "command %" PRIu64, p->number);
        between = ", ";
    }
    if (p->number && p->command)
        rk_human_join(line, cap, " ", "'%s'", p->command);
    if (p->number && p->in_multi)
        rk_human_join(line, cap, " ", "in a transaction");
    if (own->has_key) {
        rk_human_join(line, cap, between, "%s '%s' in db %" PRIu32, rk_type_name(own->type),
                      rk_slice_print(own->key, key, sizeof key), own->db);
        between = "; ";
    }
    rk_human_join(line, cap, between[0] == '(' ? between : "; ", "%s", own->step);
    if (own->offset != RK_NO_OFFSET)
        rk_human_join(line, cap, ", ", "byte %" PRIu64, own->offset);
    rk_human_join(line, cap, "", ")");
}

static void write_problem(const aofcheck_view *v, const rk_aof_problem *p)
{
    static const rk_ink inks[] = { [RK_PROBLEM_DAMAGE] = RK_INK_BAD,
                                   [RK_PROBLEM_UNSEEN] = RK_INK_WARN,
                                   [RK_PROBLEM_NOTICE] = RK_INK_PLAIN };
    char line[1200] = "", first[32];
    rk_human bytes;
    rk_human_join(line, sizeof line, "", "%s ", p->problem.what);
    join_place(v, p, line, sizeof line);
    if (p->from < p->to)
        rk_human_join(line, sizeof line, "; ", "%s passed over from byte %" PRIu64,
                      rk_human_things(p->to - p->from, "byte", &bytes), p->from);
    if (p->follows)
        rk_human_join(line, sizeof line, "; ", "%s", p->follows);
    else if (p->from < p->to && p->problem.kind == RK_PROBLEM_DAMAGE && p->part != SIZE_MAX &&
             p->to == rk_aofcheck_part(v->aof, p->part)->size)
        rk_human_join(line, sizeof line, "; ", "nothing follows");
    snprintf(first, sizeof first, "%s: ", rk_problem_kind_name(p->problem.kind));
    fputs(rk_ink_code(v->options->colour, inks[p->problem.kind]), v->out);
    rk_human_fill(v->out, first, line);
    fputs(rk_ink_code(v->options->colour, RK_INK_PLAIN), v->out);
}

static void write_problems(const aofcheck_view *v)
{
    const rk_aof_problem *p;
    uint64_t listed = 0, all = 0;
    rk_human number;
    for (unsigned kind = RK_PROBLEM_DAMAGE; kind <= RK_PROBLEM_NOTICE; kind++)
        all += rk_aofcheck_problems(v->aof, kind);
    if (all > 0)
        fputc('\n', v->out);
    for (size_t i = 0; listed < v->options->limit && (p = rk_aofcheck_problem(v->aof, i)) != NULL;
         i++, listed++)
        write_problem(v, p);
    if (listed < all)
        fprintf(v->out, "... and %s more problems%s\n", rk_human_count(all - listed, &number),
                v->options->limit == UINT64_MAX ? "" : " (--limit all)");
}

static void write_torn(const aofcheck_view *v)
{
    const rk_aof_torn *t = rk_aofcheck_torn(v->aof);
    char line[500] = "", key[120];
    rk_human whole, argc, number;
    if (!t->there)
        return;
    rk_human_join(line, sizeof line, "", "the last command, at byte %" PRIu64, t->offset);
    if (t->command)
        rk_human_join(line, sizeof line, ", ", "%s", t->command);
    if (t->has_key)
        rk_human_join(line, sizeof line, " ", "'%s'", rk_slice_print(t->key, key, sizeof key));
    rk_human_join(line, sizeof line, ": ", "%s of %s %s whole", rk_human_count(t->whole, &whole),
                  rk_human_things(t->argc, "argument", &argc), t->argc == 1 ? "is" : "are");
    if (t->jobs > 0)
        rk_human_join(line, sizeof line, ", ", "%s of them %s", rk_human_count(t->jobs, &number),
                      t->jobs == 1 ? "a job" : "jobs");
    rk_human_fill(v->out, "torn: ", line);
}

static void write_replayed(const aofcheck_view *v)
{
    const rk_aof_replayed *r = rk_aofcheck_replayed(v->aof);
    char line[300] = "";
    rk_human number;
    if (!r->done)
        return;
    rk_human_join(line, sizeof line, "", "%s in the end", rk_human_things(r->keys, "key", &number));
    rk_human_join(line, sizeof line, ", ", "%s failed", rk_human_things(r->failed, "command", &number));
    if (r->opaque > 0)
        rk_human_join(line, sizeof line, ", ", "%s could not be replayed",
                      rk_human_things(r->opaque, "command", &number));
    if (r->uncertain_keys > 0)
        rk_human_join(line, sizeof line, ", ", "%s uncertain",
                      rk_human_things(r->uncertain_keys, "key", &number));
    rk_human_fill(v->out, "replayed: ", line);
}

/* ---- salvage and verdict ------------------------------------------------------------------------------------------- */

static void write_complete(const aofcheck_view *v)
{
    const rk_aof_part *part;
    char line[500] = "", name[120];
    rk_human lost, bytes;
    for (size_t i = 0; (part = rk_aofcheck_part(v->aof, i)) != NULL; i++) {
        if (!part->verbs || (part->good >= part->size && part->lost_bytes == 0))
            continue;
        line[0] = 0;
        if (rk_aofcheck_is_folder(v->aof))
            rk_human_join(line, sizeof line, "", "%s",
                          rk_slice_print(rk_slice_of(part->name), name, sizeof name));
        rk_human_join(line, sizeof line, " ", "up to byte %" PRIu64 " of %" PRIu64, part->good, part->size);
        rk_human_join(line, sizeof line, ", ", "%s lost (%s)",
                      rk_human_things(part->lost_commands, "command", &lost),
                      rk_human_things(part->lost_bytes, "byte", &bytes));
        rk_human_join(line, sizeof line, ", ", "open MULTI: %s", part->open_multi ? "yes" : "no");
        rk_human_fill(v->out, "complete: ", line);
    }
}

static void write_salvage(const aofcheck_view *v)
{
    const rk_aof_salvage *s = v->file->aof_salvage;
    char line[700] = "", path[300];
    rk_human number;
    if (!v->file->salvaged)
        return;
    rk_human_join(line, sizeof line, "", "%s", rk_human_things(s->commands, "command", &number));
    if (s->heads.keys > 0)
        rk_human_join(line, sizeof line, " and ", "%s of damaged snapshots",
                      rk_human_things(s->heads.keys, "key", &number));
    if (rk_aofcheck_is_folder(v->aof))
        rk_human_join(line, sizeof line, " in ", "%s", rk_human_things(s->files, "file", &number));
    rk_human_join(line, sizeof line, " in ", "%s",
                  rk_slice_print(rk_slice_of(v->file->salvaged), path, sizeof path));
    if (s->bytes_left_out > 0) {
        rk_human_join(line, sizeof line, "; ", "%s", rk_human_things(s->left_out, "command", &number));
        rk_human_join(line, sizeof line, " ", "left out (%s)",
                      rk_human_things(s->bytes_left_out, "byte", &number));
    } else {
        rk_human_join(line, sizeof line, "; ", "no command left out");
    }
    if (s->heads.bytes_lost > 0)
        rk_human_join(line, sizeof line, ", ", "%s of snapshots lost",
                      rk_human_things(s->heads.bytes_lost, "byte", &number));
    if (s->files_lost > 0)
        rk_human_join(line, sizeof line, ", ", "%s not there",
                      rk_human_things(s->files_lost, "file", &number));
    rk_human_fill(v->out, "salvaged: ", line);
}

static size_t targets_blocked(const rk_checked_file *file, const rk_check_report_options *options)
{
    size_t blocked = 0;
    for (size_t i = 0; i < options->target_count; i++)
        blocked += !rk_aofcheck_loads(file->aof, &options->targets[i]);
    return blocked;
}

/* A Sidekiq that cannot be asked leaves the question open. */
int aofcheck_report_exit(const rk_checked_file *file, const rk_check_report_options *options)
{
    int status = rk_aofcheck_exit(file->aof);
    for (size_t i = 0; status == 0 && i < options->target_count; i++)
        if (options->targets[i].kind == RK_SERVER_SIDEKIQ)
            status = 2;
    return status == 0 && targets_blocked(file, options) > 0 ? 1 : status;
}

static void write_verdict(const aofcheck_view *v)
{
    uint64_t damage = rk_aofcheck_problems(v->aof, RK_PROBLEM_DAMAGE), commands = 0;
    uint64_t unseen = rk_aofcheck_problems(v->aof, RK_PROBLEM_UNSEEN);
    size_t blocked = targets_blocked(v->file, v->options);
    const rk_aof_part *part;
    int whole = rk_aofcheck_exit(v->aof), status = aofcheck_report_exit(v->file, v->options);
    rk_human number, count;
    for (size_t i = 0; (part = rk_aofcheck_part(v->aof, i)) != NULL; i++)
        commands += part->commands;
    rk_ink ink = whole == 2 ? RK_INK_WARN : damage || blocked ? RK_INK_BAD : RK_INK_GOOD;
    fprintf(v->out, "%s%s%s: ", rk_ink_code(v->options->colour, ink),
            damage       ? "DAMAGED"
            : whole == 2 ? "CANNOT TELL"
                         : "WHOLE",
            rk_ink_code(v->options->colour, RK_INK_PLAIN));
    if (damage)
        fprintf(v->out, "%s, ", rk_human_things(damage, "problem", &number));
    if (unseen)
        fprintf(v->out, "%s not judged, ", rk_human_things(unseen, "thing", &number));
    fprintf(v->out, "%s %s", rk_human_things(commands, "command", &count),
            damage || unseen ? "read" : "checked");
    if (blocked)
        fprintf(v->out, ", but not for %zu of %zu targets", blocked, v->options->target_count);
    fprintf(v->out, " - exit %d\n", status);
}

bool aofcheck_report_text(const rk_checked_file *file, const rk_check_report_options *options, FILE *out,
                          rk_err *err)
{
    const aofcheck_view v = { .file = file, .aof = file->aof, .options = options, .out = out, .err = err };
    write_head(&v);
    if (!aofcheck_write_parts(&v) || !aofcheck_write_commands(&v))
        return false;
    write_problems(&v);
    aofcheck_write_loads(&v);
    write_replayed(&v);
    write_torn(&v);
    write_complete(&v);
    write_salvage(&v);
    write_verdict(&v);
    return true;
}
