/* aoflog: the history that an append-only file tells: who wrote, and who removed, what and when. */
#include <locale.h>

#include "aoflog_manual.h"
#include "common/cli_filter.h"
#include "common/progress.h"
#include "rdbkit/aoflog_report.h"

typedef struct {
    bool json, ndjson, destructive, sidekiq_only, regex, list, full, quiet;
    const char *writer, *jid, *since, *until;
    uint64_t quietest_ms, limit, least;
    cli_list keys, dbs, commands;
    cli_colour_when colour;
} options;

static const cli_option option_table[] = {
    { 'd', "destructive", NULL, "tell what took jobs away, with what was there before and after", CLI_FLAG,
      offsetof(options, destructive), NULL, destructive_details },
    { 0, "least", "N", "with --destructive: tell cuts (LTRIM, ZREMRANGEBYSCORE ...) from so many jobs on",
      CLI_NUMBER, offsetof(options, least), NULL, least_details },
    { 0, "sidekiq-only", NULL, "with --destructive: replay no other keys, which takes less memory", CLI_FLAG,
      offsetof(options, sidekiq_only), NULL, sidekiq_only_details },
    { 'k', "key", "GLOB", "tell the life of these keys, command by command; may be repeated", CLI_LIST,
      offsetof(options, keys), NULL, key_details },
    { 0, "re", NULL, "take the patterns of --key for regular expressions", CLI_FLAG, offsetof(options, regex),
      NULL, cli_filter_re_details },
    { 'J', "jid", "JID", "tell the life of this job, and what became of it", CLI_TEXT, offsetof(options, jid),
      NULL, jid_details },
    { 'w', "last-writer", "KEY", "tell the last command that wrote or removed this key, in full", CLI_TEXT,
      offsetof(options, writer), NULL, last_writer_details },
    { 0, "quietest", "SPAN", "find the spans of that length in which least was written", CLI_DURATION_MS,
      offsetof(options, quietest_ms), NULL, quietest_details },
    { 0, "list", NULL, "list the commands, a line each: place, time, database, command", CLI_FLAG,
      offsetof(options, list), NULL, list_details },
    { 's', "since", "MOMENT", "only what came from this moment on", CLI_TEXT, offsetof(options, since), NULL,
      since_details },
    { 'u', "until", "MOMENT", "only what came up to this moment", CLI_TEXT, offsetof(options, until), NULL,
      until_details },
    { 'n', "db", "N", "only in this database; may be repeated", CLI_LIST, offsetof(options, dbs), NULL,
      NULL },
    { 'c', "command", "NAME", "only commands of this name; may be repeated", CLI_LIST,
      offsetof(options, commands), NULL, NULL },
    { 'l', "limit", "N|all", "list so many rows of each kind", CLI_LIMIT, offsetof(options, limit), NULL,
      limit_details },
    { 0, "full", NULL, "show commands with all of their arguments", CLI_FLAG, offsetof(options, full), NULL,
      full_details },
    { 'j', "json", NULL, "print one JSON object", CLI_FLAG, offsetof(options, json), NULL, NULL },
    { 0, "ndjson", NULL, "print JSON texts, a line each: events, and last the rest", CLI_FLAG,
      offsetof(options, ndjson), NULL, NULL },
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
    char *path; /* the operand without its moment */
    rk_aoflog_range range;
    uint32_t *dbs;
    rk_filter *filter;
    rk_aoflog_report report;
    rk_progress progress;
    rk_err why; /* what stopped the reading, when part of the answer has been told */
} run;

/* ---- what the command line asks for ------------------------------------------------------------------------- */

/* One question at a time. */
static bool choose_question(run *r, rk_err *err)
{
    const options *opt = r->opt;
    const struct {
        bool asked;
        const char *option;
        rk_aoflog_question question;
    } questions[] = {
        { opt->quietest_ms > 0, "quietest", RK_AOFLOG_QUIETEST },
        { opt->destructive, "destructive", RK_AOFLOG_DESTRUCTIVE },
        { opt->keys.count > 0, "key", RK_AOFLOG_KEY },
        { opt->jid != NULL, "jid", RK_AOFLOG_JID },
        { opt->writer != NULL, "last-writer", RK_AOFLOG_LAST_WRITER },
        { opt->list, "list", RK_AOFLOG_LIST },
    };
    const char *first = NULL;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        if (!questions[i].asked)
            continue;
        if (first)
            return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "options '--%s' and '--%s' exclude each other", first,
                           questions[i].option);
        first = questions[i].option;
        r->report.question = questions[i].question;
    }
    return true;
}

static bool only_with(bool given, const char *option, bool right, const char *other, rk_err *err)
{
    return !given || right ||
           rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--%s' goes with '--%s'", option, other);
}

static bool check(const run *r, rk_err *err)
{
    const options *opt = r->opt;
    if (opt->json && opt->ndjson)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "options '--json' and '--ndjson' exclude each other");
    if (opt->quietest_ms > 0 && opt->quietest_ms < 1000)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--quietest' takes a second at least");
    return only_with(opt->least > 0, "least", opt->destructive, "destructive", err) &&
           only_with(opt->sidekiq_only, "sidekiq-only", opt->destructive, "destructive", err) &&
           only_with(opt->regex, "re", opt->keys.count > 0, "key", err);
}

/* PATH, or PATH@MOMENT, which is as good as --until. */
static bool parse_operand(run *r, const char *words, rk_err *err)
{
    size_t len;
    if (!rk_moment_split(words, &len, &r->range.until, err))
        return false;
    if (r->range.until.kind != RK_MOMENT_END && r->opt->until)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.100s' has a moment, and so has option '--until'",
                       words);
    r->path = rk_alloc(len + 1);
    if (!r->path)
        return rk_no_memory(err);
    memcpy(r->path, words, len);
    r->report.path = r->path;
    return true;
}

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

static bool open_filter(run *r, rk_err *err)
{
    rk_filter_options keys = { .keys = (const char *const *)r->opt->keys.items,
                               .key_count = r->opt->keys.count,
                               .regex = r->opt->regex };
    r->filter = rk_filter_open(&keys, err);
    return r->filter != NULL;
}

static bool prepare(run *r, const char *operand, rk_err *err)
{
    const options *opt = r->opt;
    r->report = (rk_aoflog_report){
        .tool = tool.name,
        .path = operand,
        .question = RK_AOFLOG_SUMMARY,
        .form = opt->json     ? RK_AOFLOG_JSON
                : opt->ndjson ? RK_AOFLOG_NDJSON
                              : RK_AOFLOG_TEXT,
        .limit = opt->limit ? opt->limit : 20,
        .full = opt->full,
        .colour = cli_colour(opt->colour, stdout),
        .why = &r->why,
        .out = stdout,
    };
    return check(r, err) && choose_question(r, err) && parse_operand(r, operand, err) &&
           parse_range(r, err) && open_filter(r, err);
}

/* ---- answers: false when nothing could be told, `err` says why ---------------------------------------------- */

/* How many events are told at most. */
static uint64_t events_most(const run *r)
{
    return r->opt->limit ? r->opt->limit : CLI_ALL;
}

/* Reading has stopped: what stood before has been told, why it stopped is told at the end. */
static void settle(run *r, rk_err *err, int otherwise)
{
    r->why = *err;
    *err = (rk_err){ 0 };
    r->report.status = r->why.code != RK_OK ? CLI_TROUBLE : otherwise;
}

static bool answer_counts(run *r, rk_err *err)
{
    rk_quietest quiet;
    rk_aoflog_counter *counter = rk_aoflog_count(r->path, &r->range, &r->progress, err);
    if (!counter)
        return false;
    const rk_aoflog_counts *counts = rk_aoflog_counts_of(counter);
    bool quietest = r->report.question == RK_AOFLOG_QUIETEST;
    r->report.status = counts->info->damaged ? CLI_TROUBLE : CLI_SAME;
    bool ok = !quietest || rk_quietest_find(&counts->times, r->opt->quietest_ms / 1000, &quiet, err);
    if (!ok)
        rk_err_source(err, r->path);
    else
        ok = quietest ? rk_aoflog_report_quietest(&r->report, counts, &quiet, err)
                      : rk_aoflog_report_counts(&r->report, counts, err);
    rk_aoflog_counter_free(counter);
    return ok;
}

static bool answer_list(run *r, rk_err *err)
{
    rk_aoflog_entry entry;
    rk_aoflog *log = rk_aoflog_open(r->path, &r->range, &r->progress, err);
    if (!log)
        return false;
    const rk_aoflog_info *info = rk_aoflog_info_of(log);
    bool ok = rk_aoflog_report_begin(&r->report, err);
    while (ok && r->report.events < events_most(r) && !ferror(stdout) && rk_aoflog_next(log, &entry, err))
        ok = rk_aoflog_report_entry(&r->report, info->set, &entry, err);
    settle(r, err, info->damaged ? CLI_TROUBLE : CLI_SAME);
    ok = ok && rk_aoflog_report_list_end(&r->report, info, err);
    rk_aoflog_close(log);
    return ok;
}

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
    bool ok = rk_aoflog_report_begin(&r->report, err);
    while (ok && !ferror(stdout) && rk_harms_next(harms, &harm, err)) {
        rk_harm_tally_add(&tally, info, &harm);
        if (r->report.events < events_most(r))
            ok = rk_aoflog_report_harm(&r->report, info, &harm, err);
    }
    settle(r, err, tally.counted ? CLI_DIFFERENT : info->opaque ? CLI_TROUBLE : CLI_SAME);
    ok = ok && rk_aoflog_report_harm_end(&r->report, info, &tally, err);
    rk_harms_close(harms);
    return ok;
}

static bool answer_key(run *r, rk_err *err)
{
    rk_keys_options how = { .progress = &r->progress, .range = &r->range, .keys = r->filter };
    rk_key_event event;
    rk_keys *keys = rk_keys_open(r->path, &how, err);
    if (!keys)
        return false;
    const rk_keys_info *info = rk_keys_info_of(keys);
    bool ok = rk_aoflog_report_begin(&r->report, err);
    while (ok && r->report.events < events_most(r) && !ferror(stdout) && rk_keys_next(keys, &event, err))
        ok = rk_aoflog_report_key(&r->report, info, &event, err);
    settle(r, err, info->keys ? CLI_SAME : CLI_DIFFERENT);
    ok = ok && rk_aoflog_report_key_end(&r->report, info, err);
    rk_keys_close(keys);
    return ok;
}

static bool answer_writer(run *r, rk_err *err)
{
    rk_keys_options how = {
        .progress = &r->progress, .range = &r->range, .exact = true, .key = rk_slice_of(r->opt->writer)
    };
    rk_writer *writer = rk_writer_find(r->path, &how, err);
    if (!writer)
        return false;
    const rk_key_event *event = rk_writer_event(writer);
    settle(r, err, event ? CLI_SAME : CLI_DIFFERENT);
    bool ok = rk_aoflog_report_writer(&r->report, rk_writer_info(writer), how.key, event, err);
    rk_writer_free(writer);
    return ok;
}

static bool answer_jid(run *r, rk_err *err)
{
    rk_job_life_options how = { .progress = &r->progress,
                                .range = &r->range,
                                .jid = rk_slice_of(r->opt->jid) };
    rk_job_event event;
    rk_job_fate fate;
    rk_job_life *life = rk_job_life_open(r->path, &how, err);
    if (!life)
        return false;
    const rk_history_info *info = rk_job_life_info(life);
    bool ok = rk_aoflog_report_begin(&r->report, err);
    while (ok && !ferror(stdout) && rk_job_life_next(life, &event, err))
        ok = rk_aoflog_report_job(&r->report, info, &event, err);
    while (ok && err->code == RK_OK && !ferror(stdout) && rk_job_life_fate(life, &fate, err))
        ok = rk_aoflog_report_fate(&r->report, info, &fate, err);
    settle(r, err, r->report.events ? CLI_SAME : CLI_DIFFERENT);
    ok = ok && rk_aoflog_report_job_end(&r->report, info, err);
    rk_job_life_close(life);
    return ok;
}

static bool answer(run *r, rk_err *err)
{
    switch (r->report.question) {
    case RK_AOFLOG_LIST:
        return answer_list(r, err);
    case RK_AOFLOG_DESTRUCTIVE:
        return answer_destructive(r, err);
    case RK_AOFLOG_KEY:
        return answer_key(r, err);
    case RK_AOFLOG_LAST_WRITER:
        return answer_writer(r, err);
    case RK_AOFLOG_JID:
        return answer_jid(r, err);
    default:
        return answer_counts(r, err);
    }
}

int main(int argc, char **argv)
{
    options opt = { 0 };
    cli_operands operands;
    rk_err err = { 0 };
    run r = { .opt = &opt };
    int status = CLI_TROUBLE;

    if (!cli_parse(&tool, argc, argv, &opt, &operands, &status))
        return status;
    setlocale(LC_CTYPE,
              "C.UTF-8"); /* names are UTF-8 whatever the terminal's language, and tables align them */
    if (prepare(&r, operands.items[0], &err)) {
        progress_source source = { r.path, &r.progress };
        progress_view *view = progress_start(&source, 1, opt.quiet);
        bool ok = answer(&r, &err);
        progress_stop(view);
        status = ok ? r.report.status : CLI_TROUBLE;
        if (!ok)
            rk_aoflog_report_refused(&r.report, &err);
    }
    rk_filter_close(r.filter);
    rk_free(r.dbs);
    rk_free(r.path);
    return cli_finish(&tool, status, err.code != RK_OK ? &err : &r.why);
}
