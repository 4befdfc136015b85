/* rdbcat: the content of snapshots as text for people and programs, or as the commands that rebuild it. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/cli_filter.h"
#include "common/cli_source.h"
#include "common/progress.h"
#include "rdbcat_manual.h"
#include "rdbkit/export.h"

typedef enum { FROM_SAVE, FROM_NOW } ttl_from;

typedef struct {
    rk_export_format format;
    bool null_ends, restore, quiet;
    cli_filter filter;
    const char *ttl, *size, *slot, *redact, *redact_key, *target, *without;
    ttl_from from;
    uint64_t limit;
} options;

static const cli_option option_table[] = {
    { 'f', "format", "FORMAT", "write this", CLI_CHOICE, offsetof(options, format),
      "ndjson|json|csv|resp|keys", format_details },
    { '0', "null", NULL, "end each name with a byte 0 and write its bytes as they are (--format keys)",
      CLI_FLAG, offsetof(options, null_ends), NULL, null_details },
    CLI_FILTER_ROWS(options, filter, "only keys", "no keys"),
    { 0, "ttl", "RANGE", "only keys with such a time to live: none, any, expired, 1h-7d, 30d-, -60s",
      CLI_TEXT, offsetof(options, ttl), NULL, ttl_details },
    { 0, "ttl-from", "WHEN", "count times to live from when the snapshot was saved, or from now", CLI_CHOICE,
      offsetof(options, from), "save|now", NULL },
    { 0, "size", "RANGE", "only keys whose record has so many bytes: 512, 10k-1.5M, 2G-, -100k", CLI_TEXT,
      offsetof(options, size), NULL, size_details },
    { 0, "slot", "A-B", "only keys in these hash slots of a cluster", CLI_TEXT, offsetof(options, slot), NULL,
      NULL },
    CLI_WITHOUT_ROW(options, without),
    { 'l', "limit", "N|all", "stop after so many keys", CLI_LIMIT, offsetof(options, limit), NULL,
      limit_details },
    { 0, "redact", "WHAT", "write tokens instead of these", CLI_WORDS, offsetof(options, redact),
      "keys|values", redact_details },
    { 0, "redact-key", "FILE", "make the tokens with the secret that this file holds", CLI_TEXT,
      offsetof(options, redact_key), NULL, NULL },
    { 0, "for", "SERVER", "write commands that this server understands: redis:6.2, valkey:8 (--format resp)",
      CLI_TEXT, offsetof(options, target), NULL, NULL },
    { 0, "restore", NULL,
      "write RESTORE with the bytes as they are where the server takes them (--format resp)", CLI_FLAG,
      offsetof(options, restore), NULL, NULL },
    { 'q', "quiet", NULL, "show no progress on a terminal", CLI_FLAG, offsetof(options, quiet), NULL, NULL },
};

static const cli_tool tool = {
    .name = "rdbcat",
    .summary = "write the content of Redis snapshots as JSON, CSV, names or commands",
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

/* ---- what the command line asks for, as the library wants it -------------------------------------------------- */

/* Owns what the options of the library point to. */
typedef struct {
    uint32_t *dbs;
    rk_filter *filter;
    rk_redactor *redactor;
    rk_paths paths;
    rk_export_options export;
    const char *without;
    bool left_out; /* of some log, the command of --without */
} task;

static bool only_with(bool given, const char *option, bool right, const char *format, rk_err *err)
{
    return !given || right ||
           rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--%s' goes with '--format %s'", option, format);
}

static bool check(const options *opt, rk_err *err)
{
    bool resp = opt->format == RK_EXPORT_RESP;
    if (opt->redact_key && !opt->redact)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--redact-key' goes with '--redact'");
    if (opt->redact && !opt->redact_key)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--redact' needs '--redact-key FILE'");
    return only_with(opt->null_ends, "null", opt->format == RK_EXPORT_KEYS, "keys", err) &&
           only_with(opt->target, "for", resp, "resp", err) &&
           only_with(opt->restore, "restore", resp, "resp", err);
}

static bool open_filter(const options *opt, task *todo, rk_err *err)
{
    rk_filter_options others = { .now_ms = (int64_t)time(NULL) * 1000 };
    return (!opt->ttl || rk_ttl_parse(opt->ttl, &others.ttl, err)) &&
           (!opt->slot || rk_range_parse_slots(opt->slot, &others.slots, err)) &&
           cli_filter_open(&opt->filter, &others, &todo->dbs, &todo->filter, err);
}

static bool open_redactor(const options *opt, task *todo, rk_err *err)
{
    if (!opt->redact)
        return true;
    todo->redactor = rk_redactor_open(opt->redact_key, cli_words_has(opt->redact, "keys"),
                                      cli_words_has(opt->redact, "values"), err);
    if (todo->redactor && rk_redactor_is_exposed(todo->redactor))
        fprintf(stderr, "%s: others than its owner may read '%s': tokens hide nothing from them\n", tool.name,
                opt->redact_key);
    return todo->redactor != NULL;
}

/* All operands as one list of files. */
static bool list_paths(const cli_operands *files, rk_paths *all, rk_err *err)
{
    size_t standard_inputs = 0, cap = 0;
    for (size_t i = 0; i < files->count; i++) {
        rk_paths some;
        if (!rk_paths_of(files->items[i], &some, err))
            return false;
        bool ok = rk_grow((void **)&all->items, &cap, all->count + some.count, sizeof *all->items, err);
        for (size_t k = 0; ok && k < some.count; k++) {
            standard_inputs += strcmp(some.items[k], "-") == 0;
            all->items[all->count++] = some.items[k];
            some.items[k] = NULL;
        }
        rk_paths_free(&some);
        if (!ok)
            return false;
    }
    return standard_inputs <= 1 ||
           rk_fail(err, RK_USAGE, RK_NO_OFFSET, "standard input ('-') can only be one of the snapshots");
}

static bool prepare(const options *opt, const cli_operands *files, task *todo, rk_err *err)
{
    todo->export = (rk_export_options){ .format = opt->format,
                                        .fixed_now = opt->from == FROM_NOW,
                                        .limit = opt->limit,
                                        .null_ends = opt->null_ends,
                                        .restore = opt->restore,
                                        .has_target = opt->target != NULL };
    if (!check(opt, err) || (opt->size && !rk_range_parse_bytes(opt->size, &todo->export.size, err)) ||
        (opt->target && !rk_target_parse(opt->target, &todo->export.target, err)) ||
        !open_filter(opt, todo, err) || !open_redactor(opt, todo, err) ||
        !list_paths(files, &todo->paths, err))
        return false;
    todo->without = opt->without;
    todo->export.filter = todo->filter;
    todo->export.redactor = todo->redactor;
    return true;
}

static void end(task *todo)
{
    rk_paths_free(&todo->paths);
    rk_redactor_close(todo->redactor);
    rk_filter_close(todo->filter);
    rk_free(todo->dbs);
}

/* ---- writing -------------------------------------------------------------------------------------------------- */

/* One file. False with an error when it could not be read to its end. */
static bool write_file(rk_export *run, const char *path, task *todo, rk_progress *progress, rk_err *err)
{
    bool again = todo->export.size.set || todo->export.format == RK_EXPORT_RESP;
    rk_snapshot_options opening = { .source = { .second_look = again, .progress = progress },
                                    .without = todo->without };
    rk_snapshot *snapshot = rk_snapshot_open_with(path, &opening, err);
    bool ok = snapshot && rk_export_snapshot(run, snapshot, err);
    const rk_snapshot_info *info = ok ? rk_snapshot_info_of(snapshot) : NULL;
    todo->left_out |= info && info->log.left_out;
    if (info && info->log.relative_times)
        fprintf(stderr,
                "%s: note: %s does not say from when on some times to live count: those keys have no expiry "
                "here\n",
                tool.name, info->path);
    if (info && info->partial) {
        *err = info->reason;
        ok = false;
    }
    if (err->code == RK_DAMAGED || err->code == RK_TRUNCATED)
        rk_err_hint(err, "`rdbcheck` tells what is damaged, and saves the rest");
    rk_snapshot_close(snapshot);
    return ok;
}

/* What commands do not bring over: told on standard error. True when something is lost. */
static bool tell_losses(const rk_export *run)
{
    rk_export_loss loss;
    char key[200];
    bool lost = false;
    for (size_t i = 0; rk_export_loss_next(run, i, &loss); i++) {
        lost |= loss.lost;
        fprintf(stderr, "%s: %s%s: %" PRIu64, tool.name, loss.lost ? "" : "note: ", loss.what, loss.count);
        if (loss.has_example)
            fprintf(stderr, ", the first in '%s' in db %" PRIu32, rk_slice_print(loss.key, key, sizeof key),
                    loss.db);
        fputc('\n', stderr);
    }
    return lost;
}

/* All files, and meanwhile how far it is: on a terminal, unless the result goes there, too. */
static bool write_files(task *todo, bool quiet, int *status, rk_err *err)
{
    size_t count = todo->paths.count;
    rk_export *run = rk_export_open(&todo->export, stdout, err);
    rk_progress *progress = rk_alloc(count * sizeof *progress);
    progress_source *sources = rk_alloc(count * sizeof *sources);
    bool ok = run != NULL && ((progress && sources) || rk_no_memory(err));
    for (size_t i = 0; ok && i < count; i++)
        sources[i] = (progress_source){ todo->paths.items[i], &progress[i] };
    progress_view *view = ok ? progress_start(sources, count, quiet || isatty(STDOUT_FILENO)) : NULL;
    for (size_t i = 0; ok && i < count && !rk_export_is_done(run); i++)
        ok = write_file(run, todo->paths.items[i], todo, &progress[i], err);
    ok = ok && cli_without_check(todo->without, todo->left_out, err);
    if (run)
        rk_export_finish(run);
    progress_stop(view);
    *status = run && tell_losses(run) ? CLI_DIFFERENT : CLI_SAME;
    rk_export_close(run);
    rk_free(sources);
    rk_free(progress);
    return ok;
}

int main(int argc, char **argv)
{
    options opt = { .limit = CLI_ALL };
    cli_operands files;
    rk_err err = { 0 };
    task todo = { 0 };
    int status = CLI_TROUBLE;

    if (!cli_parse(&tool, argc, argv, &opt, &files, &status))
        return status;
    if (prepare(&opt, &files, &todo, &err) && !write_files(&todo, opt.quiet, &status, &err))
        status = CLI_TROUBLE;
    end(&todo);
    return cli_finish(&tool, status, &err); /* trouble with an input or with standard output is 2 */
}
