/* restore: the streams that give jobs back, and take them out again. */
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "rdbkit/filter.h"

typedef enum { AT_FRONT, AT_BACK } at_end;

typedef struct {
    at_end at;
    bool strip_namespace, quarantine, plain, dry_run, json, force;
    const char *to_queue, *namespace, *db;
    cli_list renames;
    uint64_t spread_ms, batch, limit;
    int64_t shift_ms;
} options;

static const options defaults = { .batch = 100, .limit = 20 };

static const char at_details[] =
    "`front` is where workers take jobs from: what is given back runs before what waits there, in "
    "the order in which it would have run. `back` lets it run after that.";

static const char spread_details[] =
    "Jobs of `schedule` and `retry` whose time has passed become due one after the other, evenly over that "
    "span from now, "
    "instead of all at once. Others keep their scores. Not together with `--shift`.";

static const char to_queue_details[] =
    "Jobs of queues, and those that were in hand. Jobs of sorted sets go to the queue that "
    "their payload names, whose bytes are never changed.";

static const char quarantine_details[] = "Jobs that were in somebody's hand may have run in part: they go to "
                                         "the queue `quarantine`, which nobody serves, so that "
                                         "somebody can look at them.";

static const char plain_details[] =
    "Bare commands, for a server that does not allow EVAL. Nothing guards them: sent twice, jobs are there "
    "twice. Send them "
    "once, to workers that are quiet, and compare with `rdbbundle verify` before anything is sent again.";

static const char batch_details[] = "Smaller ones let other clients in more often.";

static const char force_details[] = "Payloads may hold any bytes.";

static const cli_option option_table[] = {
    { 0, "at", "END", "put jobs at this end of what waits in the queues", CLI_CHOICE, offsetof(options, at),
      "front|back", at_details },
    { 0, "spread", "SPAN", "spread overdue jobs over that time", CLI_DURATION_MS,
      offsetof(options, spread_ms), NULL, spread_details },
    { 0, "shift", "SPAN", "let overdue jobs be due so much later (+2h) or earlier (-30m)", CLI_SHIFT_MS,
      offsetof(options, shift_ms), NULL, NULL },
    { 0, "to-queue", "NAME", "put all jobs of queues into this one", CLI_TEXT, offsetof(options, to_queue),
      NULL, to_queue_details },
    { 0, "rename-queue", "A=B", "put jobs of queue A into B; may be repeated", CLI_LIST,
      offsetof(options, renames), NULL, NULL },
    { 0, "namespace", "NS", "put everything under this namespace instead of the one it had", CLI_TEXT,
      offsetof(options, namespace), NULL, NULL },
    { 0, "strip-namespace", NULL, "put everything under no namespace", CLI_FLAG,
      offsetof(options, strip_namespace), NULL, NULL },
    { 'n', "db", "N", "put everything into this database instead of the one it was in", CLI_TEXT,
      offsetof(options, db), NULL, NULL },
    { 0, "quarantine", NULL, "put jobs that may have run into a queue of their own", CLI_FLAG,
      offsetof(options, quarantine), NULL, quarantine_details },
    { 0, "batch", "N", "send so many jobs at most in one command", CLI_NUMBER, offsetof(options, batch), NULL,
      batch_details },
    { 0, "plain", NULL, "write bare commands without scripts: not safe to be sent twice", CLI_FLAG,
      offsetof(options, plain), NULL, plain_details },
    { 0, "dry-run", NULL, "tell where the jobs would go, and write no commands", CLI_FLAG,
      offsetof(options, dry_run), NULL, NULL },
    { 'j', "json", NULL, "with --dry-run: print one JSON object", CLI_FLAG, offsetof(options, json), NULL,
      NULL },
    { 'l', "limit", "N|all", "with --dry-run: list so many places", CLI_LIMIT, offsetof(options, limit), NULL,
      NULL },
    { 'f', "force", NULL, "write commands to a terminal, too", CLI_FLAG, offsetof(options, force), NULL,
      force_details },
};

static const cli_example examples[] = {
    { "dir=$(mktemp -d) && rdbbundle create testdata/sidekiq/flushall/old.rdb -o $dir/lost.jobs -q && "
      "rdbbundle restore "
      "--spread 30m --dry-run $dir/lost.jobs; rm -r $dir",
      "What would go where?" },
};

const cli_tool restore_tool = {
    .name = "rdbbundle restore",
    .summary = "write the commands that give the jobs back, for redis-cli --pipe",
    .operands = "DIR",
    .description = "Writes to standard output what `redis-cli --pipe` sends. Nothing is written before the "
                   "whole bundle has been checked. "
                   "The stream may be sent again, if it broke off or by mistake: each job is claimed in a "
                   "set of the server before it is "
                   "put back, and what has been claimed is passed over. Companion keys come before the jobs. "
                   "See RESTORING.",
    .options = option_table,
    .option_count = COUNT_OF(option_table),
    .examples = examples,
    .example_count = COUNT_OF(examples),
    .min_operands = 1,
    .max_operands = 1,
    .whole = &rdbbundle_tool,
    .defaults = &defaults,
};

const cli_tool undo_tool = {
    .name = "rdbbundle undo",
    .summary = "write the commands that take out again what a restore put in",
    .operands = "DIR",
    .description = "Writes, for `redis-cli --pipe`, what takes out the jobs of the bundle that a restore "
                   "with the same options "
                   "has put in and that no worker has taken yet, and the companion keys that came with them. "
                   "May be sent "
                   "again, too. After it the bundle can be restored anew.",
    .options = option_table,
    .option_count = COUNT_OF(option_table),
    .min_operands = 1,
    .max_operands = 1,
    .whole = &rdbbundle_tool,
    .defaults = &defaults,
};

/* ---- what the command line asks for ------------------------------------------------------------------------------- */

static bool read_renames(const cli_list *words, rk_rename *renames, rk_err *err)
{
    for (size_t i = 0; i < words->count; i++) {
        rk_slice text = rk_slice_of(words->items[i]);
        size_t equals = rk_slice_find(text, RK_TEXT("="), 0);
        if (equals == SIZE_MAX || equals == 0 || equals + 1 == text.len)
            return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--rename-queue' takes A=B, not '%.60s'",
                           words->items[i]);
        renames[i] = (rk_rename){ rk_slice_head(text, equals), rk_slice_from(text, equals + 1) };
    }
    return true;
}

static bool check(const options *opt, rk_err *err)
{
    if (opt->namespace && opt->strip_namespace)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "options '--namespace' and '--strip-namespace' exclude each other");
    if (opt->to_queue && opt->to_queue[0] == 0)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--to-queue' takes the name of a queue, not ''");
    if (opt->json && !opt->dry_run)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--json' goes with '--dry-run'");
    if (opt->batch == 0)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--batch' takes a number from 1 on, not 0");
    if ((opt->spread_ms > 0 && opt->spread_ms < 1000) || opt->spread_ms / 1000 > INT64_MAX / 2)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--spread' takes whole seconds");
    if (opt->shift_ms % 1000 != 0)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--shift' takes whole seconds");
    return opt->dry_run || opt->force || !isatty(STDOUT_FILENO) ||
           rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                   "commands for `redis-cli --pipe` are not written to a terminal without '--force'");
}

static bool prepare(const options *opt, rk_rename **renames, rk_restore_options *how, rk_err *err)
{
    drop_last_colon(opt->namespace);
    *how = (rk_restore_options){ .back = opt->at == AT_BACK,
                                 .plain = opt->plain,
                                 .quarantine = opt->quarantine,
                                 .to_queue = opt->to_queue,
                                 .rename_count = opt->renames.count,
                                 .namespace = opt->strip_namespace ? "" : opt->namespace,
                                 .has_db = opt->db != NULL,
                                 .spread_s = (int64_t)(opt->spread_ms / 1000),
                                 .shift_s = opt->shift_ms / 1000,
                                 .batch = opt->batch };
    *renames = rk_alloc((opt->renames.count + 1) * sizeof **renames);
    how->renames = *renames;
    return (*renames || rk_no_memory(err)) && check(opt, err) && read_renames(&opt->renames, *renames, err) &&
           (!opt->db || rk_db_parse(opt->db, &how->db, err)) && cli_now(&how->now_s, err);
}

/* ---- what comes out ------------------------------------------------------------------------------------------------- */

static bool write_stream(rk_bundle *bundle, const rk_restore_options *how, bool undo, rk_err *err)
{
    rk_slice bytes;
    rk_restore *restore = rk_restore_open(bundle, how, undo, err);
    while (restore && !ferror(stdout) && rk_restore_next(restore, &bytes, err))
        fwrite(bytes.ptr, 1, bytes.len, stdout);
    rk_restore_close(restore);
    return restore && err->code == RK_OK;
}

static bool write_plan(rk_bundle *bundle, const char *path, const options *opt, const rk_restore_options *how,
                       rk_err *err)
{
    rk_bundle_report report = { .tool = rdbbundle_tool.name,
                                .path = path,
                                .form = opt->json ? RK_BUNDLE_JSON : RK_BUNDLE_TEXT,
                                .limit = opt->limit,
                                .out = stdout };
    rk_restore_plan *plan = rk_restore_plan_open(bundle, how, err);
    bool ok = plan && rk_bundle_report_plan(&report, bundle, plan, err);
    rk_restore_plan_close(plan);
    return ok;
}

static int run(const cli_tool *tool, bool undo, int argc, char **argv)
{
    options opt = defaults;
    cli_operands operands;
    rk_err err = { 0 };
    rk_rename *renames = NULL;
    rk_restore_options how;
    rk_bundle *bundle = NULL;
    int status = CLI_TROUBLE;

    if (!cli_parse(tool, argc, argv, &opt, &operands, &status))
        return status;
    if (prepare(&opt, &renames, &how, &err) && (bundle = rk_bundle_open(operands.items[0], &err)) != NULL &&
        (opt.dry_run ? write_plan(bundle, operands.items[0], &opt, &how, &err)
                     : write_stream(bundle, &how, undo, &err)))
        status = CLI_SAME;
    rk_bundle_close(bundle);
    rk_free(renames);
    return cli_finish(tool, status, &err);
}

int restore_run(int argc, char **argv)
{
    return run(&restore_tool, false, argc, argv);
}

int undo_run(int argc, char **argv)
{
    return run(&undo_tool, true, argc, argv);
}
