/* text: the report for people. What matters most stands last, where a terminal shows it. */
#include "text.h"

#include "bundle_line.h"

const char *rk_text_ink(const rk_text *text, rk_ink ink)
{
    return rk_ink_code(text->options->colour, ink);
}

static void diagnoses(const rk_text *text)
{
    size_t count;
    const rk_diagnosis *all = rk_diff_diagnoses(text->diff, &count);
    for (size_t i = 0; i < count; i++) {
        fputs(rk_text_ink(text, RK_INK_BOLD), text->out);
        rk_human_fill(text->out, "likely cause: ", all[i].text);
        fputs(rk_text_ink(text, RK_INK_PLAIN), text->out);
    }
}

static void notes(const rk_text *text)
{
    for (size_t i = 0; i < text->notes.count; i++) {
        fputs(rk_text_ink(text, RK_INK_WARN), text->out);
        rk_human_fill(text->out, "note: ", text->notes.items[i].text);
        fputs(rk_text_ink(text, RK_INK_PLAIN), text->out);
    }
}

/* Sections of jobs, and below them what rests on all of them. */
static bool jobs(const rk_text *text)
{
    if (text->options->no_jobs)
        return true;
    if (!rk_text_ledger(text) || !rk_text_jobs(text))
        return false;
    rk_text_order(text);
    return true;
}

bool rk_report_text(rk_diff *diff, const rk_report_options *options, FILE *out, rk_err *err)
{
    rk_text text = {
        .diff = diff, .options = options, .out = out, .err = err, .with_db = rk_report_many_dbs(diff)
    };
    text.rows = rk_report_rows(diff, &text.row_count, err);
    bool ok = text.rows && rk_notes_gather(&text.notes, diff, options, err);

    if (ok)
        rk_text_files(&text);
    if (ok && !options->no_jobs)
        rk_text_logs(&text);
    ok = ok && jobs(&text) && (options->no_keys || rk_text_keys(&text));
    if (ok && !ferror(out)) {
        fputc('\n', out);
        rk_text_replication(&text);
        if (!options->no_jobs)
            rk_text_accounts(&text);
        diagnoses(&text);
        notes(&text);
        rk_text_bundle(options, out);
        rk_text_verdict(&text);
    }
    rk_notes_free(&text.notes);
    rk_free(text.rows);
    return ok;
}
