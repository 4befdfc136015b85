/* aoflog: the history that an append-only file tells: who wrote, and who removed, what and when. */
#include <locale.h>

#include "aoflog_manual.h"
#include "common/cli.h"
#include "common/progress.h"
#include "rdbkit/aoflog_report.h"

typedef struct {
    bool json, ndjson, destructive, sidekiq_only, list, full, quiet;
    const char *since, *until;
    uint64_t quietest_ms, limit, least;
    cli_list dbs, commands;
    cli_colour_when colour;
} options;

static const cli_option option_table[] = {
    { 0, "quietest", "SPAN", "find the spans of that length in which least was written", CLI_DURATION_MS,
      offsetof(options, quietest_ms), NULL, NULL },
    { 'd', "destructive", NULL, "tell what took jobs away, with what was there before and after", CLI_FLAG,
      offsetof(options, destructive), NULL, NULL },
    { 0, "least", "N", "with --destructive: tell cuts (LTRIM, ZREMRANGEBYSCORE ...) of so many jobs",
      CLI_NUMBER, offsetof(options, least), NULL, NULL },
    { 0, "sidekiq-only", NULL, "with --destructive: keep no other keys, which takes less memory", CLI_FLAG,
      offsetof(options, sidekiq_only), NULL, NULL },
    { 0, "list", NULL, "list the commands, a line each: place, time, database, command", CLI_FLAG,
      offsetof(options, list), NULL, NULL },
    { 's', "since", "MOMENT", "only what came from this moment on", CLI_TEXT, offsetof(options, since), NULL,
      NULL },
    { 'u', "until", "MOMENT", "only what came up to this moment", CLI_TEXT, offsetof(options, until), NULL,
      NULL },
    { 'n', "db", "N", "only in this database; may be repeated", CLI_LIST, offsetof(options, dbs), NULL,
      NULL },
    { 'c', "command", "NAME", "only commands of this name; may be repeated", CLI_LIST,
      offsetof(options, commands), NULL, NULL },
    { 'l', "limit", "N|all", "list so many rows of each kind", CLI_LIMIT, offsetof(options, limit), NULL,
      NULL },
    { 0, "full", NULL, "show commands with all of their arguments", CLI_FLAG, offsetof(options, full), NULL,
      NULL },
    { 'j', "json", NULL, "print one JSON object", CLI_FLAG, offsetof(options, json), NULL, NULL },
    { 0, "ndjson", NULL, "print JSON texts, a line each", CLI_FLAG, offsetof(options, ndjson), NULL, NULL },
    { 'q', "quiet", NULL, "show no progress on a terminal", CLI_FLAG, offsetof(options, quiet), NULL, NULL },
    { 0, "color", "WHEN", "colour the report", CLI_CHOICE, offsetof(options, colour), CLI_COLOUR_CHOICES,
      NULL },
};

static const cli_tool tool = {
    .name = "aoflog",
    .summary = "tell the history in an append-only file: who removed what, and when",
    .operands = "FILE",
    .description = manual_description,
    .date = "2026-11-26",
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = manual_examples,
    .example_count = sizeof manual_examples / sizeof manual_examples[0],
    .sections = manual_sections,
    .section_count = sizeof manual_sections / sizeof manual_sections[0],
    .min_operands = 1,
    .max_operands = 1,
};

/* All that a run needs. */
typedef struct {
    const options *opt;
    const char *path;
    rk_aoflog_range range;
    uint32_t *dbs;
    rk_aoflog_report report;
    rk_progress progress;
} run;

/* ---- what the command line asks for ------------------------------------------------------------------------- */

static bool parse_range(run *r, rk_err *err)
{
    const options *opt = r->opt;
    r->dbs = rk_alloc((opt->dbs.count + 1) * sizeof *r->dbs);
    if (!r->dbs)
        return rk_no_memory(err);
    for (size_t i = 0; i < opt->dbs.count; i++)
        if (!rk_db_parse(opt->dbs.items[i], &r->dbs[i], err))
            return false;
    r->range.dbs = r->dbs;
    r->range.db_count = opt->dbs.count;
    r->range.names = (const char *const *)opt->commands.items;
    r->range.name_count = opt->commands.count;
    return (!opt->since || rk_moment_parse(opt->since, &r->range.since, err)) &&
           (!opt->until || rk_moment_parse(opt->until, &r->range.until, err));
}

static bool prepare(run *r, rk_err *err)
{
    const options *opt = r->opt;
    if (opt->json && opt->ndjson)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "options '--json' and '--ndjson' exclude each other");
    r->report = (rk_aoflog_report){ .tool = tool.name,
                                    .path = r->path,
                                    .question = opt->quietest_ms ? "quietest" : "summary",
                                    .limit = opt->limit,
                                    .full = opt->full,
                                    .colour = cli_colour(opt->colour, stdout),
                                    .lines = opt->ndjson };
    return parse_range(r, err);
}

/* ---- answers by framing alone ------------------------------------------------------------------------------- */

static bool answer_counts(run *r, rk_err *err)
{
    rk_quietest quiet;
    bool quietest = r->opt->quietest_ms > 0;
    rk_aoflog_counter *counter = rk_aoflog_count(r->path, &r->range, &r->progress, err);
    if (!counter)
        return false;
    const rk_aoflog_counts *counts = rk_aoflog_counts_of(counter);
    r->report.status = counts->info->damaged ? CLI_TROUBLE : CLI_SAME;
    bool ok = !quietest || rk_quietest_find(&counts->times, r->opt->quietest_ms / 1000, &quiet, err);
    if (ok && quietest)
        ok = rk_aoflog_text_quietest(&r->report, counts, &quiet, stdout, err);
    else if (ok)
        ok = rk_aoflog_text_counts(&r->report, counts, stdout, err);
    rk_aoflog_counter_free(counter);
    return ok;
}

static bool answer_list(run *r, rk_err *err)
{
    rk_aoflog_entry entry;
    bool ok = true;
    uint64_t left = r->opt->limit;
    rk_aoflog *log = rk_aoflog_open(r->path, &r->range, &r->progress, err);
    if (!log)
        return false;
    const rk_aoflog_info *info = rk_aoflog_info_of(log);
    while (ok && left > 0 && !ferror(stdout) && rk_aoflog_next(log, &entry, err)) {
        ok = rk_aoflog_text_command(&r->report, info->set, &entry, stdout, err);
        left--;
    }
    r->report.status = info->damaged ? CLI_TROUBLE : CLI_SAME;
    rk_aoflog_close(log);
    return ok && err->code == RK_OK;
}

/* ---- what was taken away ------------------------------------------------------------------------------------ */

static bool answer_destructive(run *r, rk_err *err)
{
    rk_harm_options how = { .progress = &r->progress,
                            .range = &r->range,
                            .least = r->opt->least,
                            .sidekiq_only = r->opt->sidekiq_only };
    rk_harm harm;
    rk_harm_tally tally = { 0 };
    rk_harms *harms = rk_harms_open(r->path, &how, err);
    if (!harms)
        return false;
    const rk_harms_info *info = rk_harms_info_of(harms);
    bool ok = rk_aoflog_text_harm_head(&r->report, stdout, err);
    while (ok && !ferror(stdout) && rk_harms_next(harms, &harm, err)) {
        rk_harm_tally_add(&tally, info, &harm);
        ok = rk_aoflog_text_harm(&r->report, info, &harm, stdout, err);
    }
    r->report.status = err->code != RK_OK ? CLI_TROUBLE : tally.counted ? CLI_DIFFERENT : CLI_SAME;
    if (ok)
        ok = rk_aoflog_text_harm_end(&r->report, info, &tally, stdout, err);
    rk_harms_close(harms);
    return ok && err->code == RK_OK;
}

int main(int argc, char **argv)
{
    options opt = { .limit = 20, .least = 5 };
    cli_operands operands;
    rk_err err = { 0 };
    run r = { .opt = &opt };
    int status = CLI_TROUBLE;

    if (!cli_parse(&tool, argc, argv, &opt, &operands, &status))
        return status;
    setlocale(LC_CTYPE,
              "C.UTF-8"); /* names are UTF-8 whatever the terminal's language, and tables align them */
    r.path = operands.items[0];
    if (prepare(&r, &err)) {
        progress_source source = { r.path, &r.progress };
        progress_view *view = progress_start(&source, 1, opt.quiet);
        bool ok = opt.list          ? answer_list(&r, &err)
                  : opt.destructive ? answer_destructive(&r, &err)
                                    : answer_counts(&r, &err);
        progress_stop(view);
        status = ok ? r.report.status : CLI_TROUBLE;
    }
    rk_free(r.dbs);
    return cli_finish(&tool, status, &err);
}
