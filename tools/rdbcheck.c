/* rdbcheck: is a snapshot or an append-only file whole, what is in it, who can load it, and what can be saved of it. */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#include "common/cli.h"
#include "common/progress.h"
#include "rdbcheck_manual.h"
#include "rdbkit/check_report.h"
#include "rdbkit/keyspace.h"

enum { TOP_MOST = 100000 };

typedef struct {
    bool json, ndjson, force, quiet, verbose, replay;
    const char *salvage, *map, *explain, *assume;
    cli_list targets;
    uint64_t top, limit, context;
    cli_colour_when colour;
} options;

static const cli_option option_table[] = {
    { 'j', "json", NULL, "print the report as one JSON object", CLI_FLAG, offsetof(options, json), NULL,
      NULL },
    { 0, "ndjson", NULL, "print it as JSON texts, a line each: problems, obstacles, and each file", CLI_FLAG,
      offsetof(options, ndjson), NULL, NULL },
    { 'f', "for", "TARGET", "can this server load it, and what would be lost? may be repeated", CLI_LIST,
      offsetof(options, targets), NULL, for_details },
    { 0, "top", "N", "name so many of the biggest keys, or of the most frequent commands", CLI_NUMBER,
      offsetof(options, top), NULL, top_details },
    { 'l', "limit", "N|all", "list so many problems and places", CLI_LIMIT, offsetof(options, limit), NULL,
      NULL },
    { 0, "replay", NULL, "replay append-only files, too: what they come to, and which commands fail",
      CLI_FLAG, offsetof(options, replay), NULL, replay_details },
    { 's', "salvage", "PATH", "write what is sound as a snapshot, an append-only file or a set of its own",
      CLI_TEXT, offsetof(options, salvage), NULL, salvage_details },
    { 0, "assume", "HEADER", "read it as if its first bytes were these, such as REDIS0011 or VALKEY080",
      CLI_TEXT, offsetof(options, assume), NULL, assume_details },
    { 0, "map", "FILE", "write the damage map, which bytes are sound and which lost, as JSON", CLI_TEXT,
      offsetof(options, map), NULL, map_details },
    { 'x', "explain", "OFFSET", "show the bytes around this offset, and what each of them is", CLI_TEXT,
      offsetof(options, explain), NULL, explain_details },
    { 0, "context", "N", "with --explain: so many bytes before and behind it", CLI_NUMBER,
      offsetof(options, context), NULL, NULL },
    { 0, "force", NULL, "let --salvage and --map replace files that are there", CLI_FLAG,
      offsetof(options, force), NULL, NULL },
    { 'q', "quiet", NULL, "print no report: the exit status tells", CLI_FLAG, offsetof(options, quiet), NULL,
      NULL },
    { 'v', "verbose", NULL, "show AUX fields and opcodes, too", CLI_FLAG, offsetof(options, verbose), NULL,
      NULL },
    { 0, "color", "WHEN", "colour the report", CLI_CHOICE, offsetof(options, colour), CLI_COLOUR_CHOICES,
      NULL },
};

static const cli_tool tool = {
    .name = "rdbcheck",
    .summary = "verify Redis snapshots and append-only files, tell what is in them and who can load them, "
               "and save what is intact",
    .operands = "FILE...",
    .description = manual_description,
    .date = "2026-11-23",
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = manual_examples,
    .example_count = sizeof manual_examples / sizeof manual_examples[0],
    .sections = manual_sections,
    .section_count = sizeof manual_sections / sizeof manual_sections[0],
    .min_operands = 1,
    .max_operands = SIZE_MAX,
};

/* All that a run needs, and what came of it so far. */
typedef struct {
    options *opt;
    rk_target *targets;
    rk_rdb_header assumed;
    rk_paths files; /* of all operands; its items are owned by `operands` */
    rk_paths *operands;
    size_t operand_count;
    rk_check_report_options report;
    int status;   /* the worst so far */
    bool begun;   /* a file has been reported */
    bool has_set; /* an operand is a set of append-only files */
} run;

/* ---- what the command line asks for ---------------------------------------------------------------------------------- */

static bool parse_targets(run *r, rk_err *err)
{
    size_t count = r->opt->targets.count;
    r->targets = rk_alloc((count + 1) * sizeof *r->targets);
    if (!r->targets)
        return rk_no_memory(err);
    for (size_t i = 0; i < count; i++)
        if (!rk_target_parse(r->opt->targets.items[i], &r->targets[i], err))
            return false;
    return true;
}

/* The files that one operand names; a set of append-only files is one. */
static bool gather_operand(run *r, const char *words, rk_err *err)
{
    rk_paths *paths = &r->operands[r->operand_count];
    bool set;
    if (!rk_aofcheck_is_set(words, &set, err) || (!set && !rk_paths_of(words, paths, err)))
        return false;
    r->has_set |= set;
    if (set) {
        paths->items = rk_alloc(sizeof *paths->items);
        if (!paths->items || !(paths->items[0] = rk_alloc(strlen(words) + 1))) {
            rk_free(paths->items);
            *paths = (rk_paths){ 0 };
            return rk_no_memory(err);
        }
        memcpy(paths->items[0], words, strlen(words) + 1);
        paths->count = 1;
    }
    r->operand_count++;
    return true;
}

/* Every operand may name several files. */
static bool gather_files(run *r, const cli_operands *operands, rk_err *err)
{
    size_t cap = 0;
    r->operands = rk_alloc(operands->count * sizeof *r->operands);
    if (!r->operands)
        return rk_no_memory(err);
    for (size_t i = 0; i < operands->count; i++) {
        rk_paths *paths = &r->operands[i];
        if (!gather_operand(r, operands->items[i], err))
            return false;
        if (!rk_grow((void **)&r->files.items, &cap, r->files.count + paths->count, sizeof(char *), err))
            return false;
        for (size_t k = 0; k < paths->count; k++)
            r->files.items[r->files.count++] = paths->items[k];
    }
    return true;
}

/* Decimal, or hexadecimal behind 0x. */
static bool parse_offset(const char *text, uint64_t *offset, rk_err *err)
{
    char shown[60], *end = NULL;
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    errno = 0;
    *offset = strtoull(digits, &end, hex ? 16 : 10);
    if (strchr("0123456789abcdefABCDEF", digits[0]) && digits[0] && *end == 0 && errno == 0)
        return true;
    return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                   "option '--explain' takes an offset such as 48213 or 0xbc55, not '%s'",
                   rk_slice_print(rk_slice_of(text), shown, sizeof shown));
}

/* Bytes are explained instead of a check, and of one file. */
static bool check_explain(const run *r, rk_err *err)
{
    const options *opt = r->opt;
    uint64_t offset;
    if (opt->ndjson || opt->salvage || opt->map || opt->assume || opt->quiet || opt->targets.count)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "option '--explain' does not go together with '%s': it checks nothing",
                       opt->ndjson    ? "--ndjson"
                       : opt->salvage ? "--salvage"
                       : opt->map     ? "--map"
                       : opt->assume  ? "--assume"
                       : opt->quiet   ? "--quiet"
                                      : "--for");
    if (r->files.count != 1)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--explain' takes one FILE, not %zu",
                       r->files.count);
    if (r->has_set)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "option '--explain' takes one file of a set, such as an .incr.aof, not '%.200s'",
                       r->files.items[0]);
    return parse_offset(opt->explain, &offset, err);
}

static bool check_options(const run *r, rk_err *err)
{
    const options *opt = r->opt;
    if (opt->json && opt->ndjson)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "options '--json' and '--ndjson' exclude each other");
    if (opt->top > TOP_MOST)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--top' takes at most %d", TOP_MOST);
    if ((opt->salvage || opt->map) && r->files.count != 1)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--%s' takes one FILE, not %zu",
                       opt->salvage ? "salvage" : "map", r->files.count);
    return !opt->explain || check_explain(r, err);
}

static bool parse_assumed(run *r, rk_err *err)
{
    if (!r->opt->assume || rk_rdb_header_parse(rk_slice_of(r->opt->assume), RK_NO_OFFSET, &r->assumed, err))
        return true;
    err->code = RK_USAGE;
    return rk_within(err, "option '--assume'");
}

static bool prepare(run *r, const cli_operands *operands, rk_err *err)
{
    if (!parse_assumed(r, err) || !parse_targets(r, err) || !gather_files(r, operands, err) ||
        !check_options(r, err))
        return false;
    r->report = (rk_check_report_options){ .tool = tool.name,
                                           .targets = r->targets,
                                           .target_count = r->opt->targets.count,
                                           .top = (size_t)r->opt->top,
                                           .limit = r->opt->limit,
                                           .verbose = r->opt->verbose,
                                           .colour = cli_colour(r->opt->colour, stdout) };
    return true;
}

static void finish(run *r)
{
    for (size_t i = 0; i < r->operand_count; i++)
        rk_paths_free(&r->operands[i]);
    rk_free(r->operands);
    rk_free(r->files.items);
    rk_free(r->targets);
}

/* ---- one file ------------------------------------------------------------------------------------------------------------- */

static bool has_sidekiq_target(const run *r)
{
    for (size_t i = 0; i < r->report.target_count; i++)
        if (r->targets[i].kind == RK_SERVER_SIDEKIQ)
            return true;
    return false;
}

static bool has_moment(const char *words)
{
    size_t len;
    rk_moment until;
    rk_err ignored = { 0 };
    return !rk_moment_split(words, &len, &until, &ignored) || until.kind != RK_MOMENT_END;
}

/* The state of a log at a moment is checked as the snapshot that it would be. */
static bool check_state(const char *words, const rk_check_options *asked, rk_check **snapshot, rk_err *reason,
                        rk_err *err)
{
    rk_source *image = rk_snapshot_image(words, asked->progress, reason, err);
    rk_check_options check = *asked;
    check.progress = NULL; /* the log has been read */
    *snapshot = image ? rk_check_source(image, &check, err) : NULL;
    return *snapshot != NULL;
}

/* Checks, and shows meanwhile how far it is. `reason`: what is not known of the state of a log at a moment. */
static bool check_file(const run *r, const char *path, rk_aofcheck **aof, rk_check **snapshot, rk_err *reason,
                       rk_err *err)
{
    rk_progress progress = { 0 };
    progress_source source = { path, &progress };
    rk_check_options check = { .progress = &progress,
                               .top = (size_t)r->opt->top,
                               .header_may_be_lost = r->opt->salvage != NULL,
                               .assume = r->opt->assume ? &r->assumed : NULL,
                               .look_into_jobs = has_sidekiq_target(r) };
    rk_aofcheck_options log = { .progress = &progress, .top = (size_t)r->opt->top, .replay = r->opt->replay };
    progress_view *view = progress_start(&source, 1, r->opt->quiet);
    bool done = has_moment(path) ? check_state(path, &check, snapshot, reason, err)
                                 : rk_aofcheck_run(path, &log, &check, aof, snapshot, err);
    progress_stop(view);
    return done;
}

static bool write_report(run *r, const rk_checked_file *file, rk_err *err)
{
    bool first = !r->begun;
    r->begun = true;
    if (r->opt->quiet)
        return true;
    if (r->opt->json)
        return rk_check_report_json_file(file, first, &r->report, stdout, err);
    if (r->opt->ndjson)
        return rk_check_report_ndjson(file, &r->report, stdout, err);
    if (!first)
        fputc('\n', stdout);
    return rk_check_report_text(file, &r->report, stdout, err);
}

/* Trouble wins over findings. */
static void note_status(run *r, int status)
{
    if (status > r->status)
        r->status = status;
}

/* A file that cannot be read is told, and the next one is looked at all the same. */
static void tell_refused(const run *r, const rk_err *why)
{
    char sentence[1024];
    bool text = !r->opt->json && !r->opt->ndjson && !r->opt->quiet;
    if (!text || !ferror(stdout))
        fprintf(stderr, "%s: %s\n", tool.name, rk_err_sentence(why, sentence, sizeof sentence));
    if (why->hint[0] && text && !ferror(stdout))
        fprintf(stderr, "%s: hint: %s\n", tool.name, why->hint);
}

/* What is sound goes to a file of its own, or a folder. */
static bool salvage_file(const run *r, rk_checked_file *file, rk_salvage_result *keys,
                         rk_aof_salvage *commands, rk_err *err)
{
    const char *into = r->opt->salvage;
    bool ok = file->aof ? rk_aofcheck_salvage(file->aof, into, r->opt->force, commands, err)
                        : rk_salvage_write(file->check, into, r->opt->force, keys, err);
    file->salvaged = ok ? into : NULL;
    file->salvage = keys;
    file->aof_salvage = commands;
    return ok;
}

static bool do_file(run *r, const char *path, rk_err *err)
{
    rk_err refused = { 0 }, reason = { 0 };
    rk_salvage_result keys = { 0 };
    rk_aof_salvage commands = { 0 };
    rk_checked_file file = { .path = path, .refused = &refused };
    rk_aofcheck *aof = NULL;
    rk_check *check = NULL;
    bool ok = true, done = check_file(r, path, &aof, &check, &reason, &refused);
    file.check = check;
    file.aof = aof;
    if (!done)
        tell_refused(r, &refused);
    if (reason.code != RK_OK) {
        tell_refused(r, &reason);
        note_status(r, CLI_TROUBLE);
    }
    if (done && r->opt->salvage)
        ok = salvage_file(r, &file, &keys, &commands, err);
    if (done && ok && r->opt->map)
        ok = rk_check_report_map(&file, r->opt->map, r->opt->force, err);
    note_status(r, rk_check_report_exit(&file, &r->report));
    ok = write_report(r, &file, err) && ok;
    rk_aofcheck_free(aof);
    rk_check_free(check);
    return ok;
}

/* ---- annotated bytes ---------------------------------------------------------------------------------------------------- */

/* 0: all that is shown could be read, 1: damage is among it. */
static int explain_status(const rk_explain *explain)
{
    const rk_explained *item;
    for (size_t i = 0; (item = rk_explain_item(explain, i)) != NULL; i++)
        if (item->error)
            return CLI_DIFFERENT;
    return CLI_SAME;
}

static int explain_file(const run *r, rk_err *err)
{
    rk_progress progress = { 0 };
    const char *path = r->files.items[0];
    progress_source source = { path, &progress };
    rk_explain_options how = { .span = r->opt->context, .progress = &progress };
    uint64_t offset = 0;
    parse_offset(r->opt->explain, &offset, err);
    progress_view *view = progress_start(&source, 1, false);
    rk_explain *explain = rk_aofcheck_explain(path, offset, &how, err);
    progress_stop(view);
    if (!explain)
        return CLI_TROUBLE;
    bool ok = true;
    if (r->opt->json)
        ok = rk_check_report_explain_json(explain, stdout, err);
    else
        rk_check_report_explain_text(explain, stdout);
    int status = ok ? explain_status(explain) : CLI_TROUBLE;
    rk_explain_free(explain);
    return status;
}

int main(int argc, char **argv)
{
    options opt = { .top = 10, .limit = 20, .context = 64 };
    cli_operands operands;
    rk_err err = { 0 };
    run r = { .opt = &opt };
    int status = CLI_TROUBLE;

    if (!cli_parse(&tool, argc, argv, &opt, &operands, &status))
        return status;
    setlocale(LC_CTYPE,
              "C.UTF-8"); /* names are UTF-8 whatever the terminal's language, and tables align them */
    bool ok = prepare(&r, &operands, &err), json = opt.json && !opt.quiet && ok && !opt.explain;
    if (ok && opt.explain) {
        status = explain_file(&r, &err);
        finish(&r);
        return cli_finish(&tool, status, &err);
    }
    if (json)
        ok = rk_check_report_json_head(&r.report, stdout, &err);
    for (size_t i = 0; ok && i < r.files.count && !ferror(stdout); i++)
        ok = do_file(&r, r.files.items[i], &err);
    if (json)
        rk_check_report_json_end(ok ? r.status : CLI_TROUBLE, stdout);
    finish(&r);
    return cli_finish(&tool, ok ? r.status : CLI_TROUBLE, &err); /* trouble with standard output is 2 */
}
