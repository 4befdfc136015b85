/* create: a bundle straight from a snapshot, a log or a spool. */
#include "command.h"
#include "common/cli_source.h"
#include "common/progress.h"

typedef struct {
    output_words output;
    filter_words filter;
    cli_list minus;
    const char *spool, *namespace_only, *without;
    bool running, quiet;
    uint64_t alive_within_ms;
} options;

static const options defaults = { .alive_within_ms = 4000 };

static const char minus_details[] = "Anything that rdbbundle reads: the new server's snapshot, mostly. A job "
                                    "is there when its jid is: in a queue, a set, a "
                                    "private list or the hand of a process, under any namespace; one without "
                                    "a jid, when its bytes are. A job whose unique "
                                    "lock another one holds there is held.";

static const char spool_details[] = "Jobs that an application wrote to a file while it could not reach the "
                                    "server, a line each: the payload, or an object "
                                    "{\"queue\":...,\"at\":...,\"payload\":...} whose payload is an object "
                                    "(kept byte for byte as it stands in the line) or a "
                                    "text. Jobs with an `at` go to `schedule`. They are compared with "
                                    "`--minus`, with SOURCE and with each other; a line that "
                                    "is no job is trouble. They have no namespace but that of `--namespace`.";

static const char running_details[] =
    "What a process that was alive had in hand when the snapshot was taken is running still, or has ended: "
    "it is held, unless "
    "you know better. What a dead process had is restored in any case, and marked.";

static const cli_option option_table[] = {
    OUTPUT_ROWS(options, output),
    { 'm', "minus", "SNAPSHOT", "leave out jobs that are there; may be repeated", CLI_LIST,
      offsetof(options, minus), NULL, minus_details },
    { 's', "spool", "FILE", "take the jobs that an application wrote to this file", CLI_TEXT,
      offsetof(options, spool), NULL, spool_details },
    FILTER_ROWS(options, filter),
    { 0, "namespace", "NS", "only the jobs under this namespace; '' is none", CLI_TEXT,
      offsetof(options, namespace_only), NULL, NULL },
    CLI_WITHOUT_ROW(options, without),
    { 0, "alive-within", "TIME", "take a process to be dead that was not heard of for longer",
      CLI_DURATION_MS, offsetof(options, alive_within_ms), NULL, NULL },
    { 0, "running", NULL, "restore what processes that were alive had in hand", CLI_FLAG,
      offsetof(options, running), NULL, running_details },
    { 'q', "quiet", NULL, "print nothing", CLI_FLAG, offsetof(options, quiet), NULL, NULL },
};

static const cli_example examples[] = {
    { "dir=$(mktemp -d) && rdbbundle create testdata/sidekiq/flushall/old.rdb --minus "
      "testdata/sidekiq/flushall/new.rdb -o $dir/lost.jobs; rm -r $dir",
      "What an old snapshot has and the new server has not." },
    { "dir=$(mktemp -d) && rdbbundle create testdata/sidekiq/flushall/old.rdb --place retry --where "
      "'retry_count > 0' "
      "-o $dir/retries.jobs && rdbbundle show $dir/retries.jobs; rm -r $dir",
      "Some jobs only, and what they are." },
    { "dir=$(mktemp -d) && echo "
      "'{\"class\":\"MailJob\",\"args\":[7],\"jid\":\"a1\",\"queue\":\"mail\",\"retry\":true}' "
      ">$dir/spool && rdbbundle create --spool $dir/spool -o $dir/spooled.jobs; rm -r $dir",
      "Jobs that waited in a file." },
};

const cli_tool create_tool = {
    .name = "rdbbundle create",
    .summary = "take jobs out of snapshots, logs and spools into a bundle",
    .operands = "[SOURCE]...",
    .description = "Writes the jobs of all SOURCEs, which are one data set, that are meant by the filters, "
                   "with the keys that "
                   "they need: whole batches, states of iterable jobs, unique locks, pause flags. Jobs that "
                   "would be destroyed "
                   "if they were put back are kept and held.",
    .options = option_table,
    .option_count = COUNT_OF(option_table),
    .examples = examples,
    .example_count = COUNT_OF(examples),
    .max_operands = SIZE_MAX,
    .whole = &rdbbundle_tool,
    .defaults = &defaults,
};

/* All that a run needs. */
typedef struct {
    const options *opt;
    rk_paths from, minus;
    rk_jobs_options from_options, minus_options;
    rk_create_options create;
    rk_redactor *redactor;
    rk_buf prefix;
    progress_source *sources;
    rk_progress *progress;
} task;

static bool add_paths(const cli_list *words, rk_paths *paths, rk_err *err)
{
    for (size_t i = 0; i < words->count; i++) {
        rk_paths some = { 0 };
        bool ok = rk_paths_of(words->items[i], &some, err);
        for (size_t j = 0; ok && j < some.count; j++)
            ok = rk_paths_add(some.items[j], paths, err);
        rk_paths_free(&some);
        if (!ok)
            return false;
    }
    return true;
}

static bool prepare_progress(task *t, rk_err *err)
{
    size_t count = t->from.count + t->minus.count;
    t->sources = rk_alloc((count + 1) * sizeof *t->sources);
    t->progress = rk_alloc((count + 1) * sizeof *t->progress);
    if (!t->sources || !t->progress)
        return rk_no_memory(err);
    for (size_t i = 0; i < count; i++)
        t->sources[i] =
            (progress_source){ i < t->minus.count ? t->minus.items[i] : t->from.items[i - t->minus.count],
                               &t->progress[i] };
    t->minus_options.progress = t->progress;
    t->from_options.progress = t->progress + t->minus.count;
    return true;
}

static bool prepare_prefix(task *t, rk_err *err)
{
    const char *namespace = t->opt->namespace_only;
    if (namespace && namespace[0] &&
        (!rk_buf_add(&t->prefix, rk_slice_of(namespace), err) || !rk_buf_add(&t->prefix, RK_TEXT(":"), err)))
        return false;
    t->create.spool_prefix = rk_buf_slice(&t->prefix);
    return true;
}

static bool prepare(task *t, const options *opt, const cli_operands *operands, rk_err *err)
{
    t->opt = opt;
    drop_last_colon(opt->namespace_only);
    if (operands->count == 0 && !opt->spool)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "operand SOURCE is missing, or option '--spool FILE'");
    if (!output_begin(&create_tool, &opt->output, &t->create.bundle, &t->redactor, err) ||
        !filter_begin(&opt->filter, &t->create.filter, err) || !add_paths(operands, &t->from, err) ||
        !add_paths(&opt->minus, &t->minus, err) || !prepare_prefix(t, err))
        return false;
    t->from_options = (rk_jobs_options){ .paths = &t->from,
                                         .namespace_only = opt->namespace_only,
                                         .without = opt->without,
                                         .alive_within_s = (double)opt->alive_within_ms / 1000 };
    t->minus_options = t->from_options;
    t->minus_options.paths = &t->minus;
    t->minus_options.namespace_only = t->minus_options.without = NULL;
    t->create.path = opt->output.path;
    t->create.from = operands->count > 0 ? &t->from_options : NULL;
    t->create.minus = opt->minus.count > 0 ? &t->minus_options : NULL;
    t->create.spool = opt->spool;
    t->create.running = opt->running;
    t->create.redactor = t->redactor;
    return prepare_progress(t, err);
}

static void end(task *t)
{
    filter_end(&t->create.filter);
    rk_redactor_close(t->redactor);
    rk_paths_free(&t->from);
    rk_paths_free(&t->minus);
    rk_buf_free(&t->prefix);
    rk_free(t->sources);
    rk_free(t->progress);
}

int create_run(int argc, char **argv)
{
    options opt = defaults;
    cli_operands operands;
    rk_err err = { 0 };
    rk_create_counts counts;
    task t = { 0 };
    int status = CLI_TROUBLE;

    if (!cli_parse(&create_tool, argc, argv, &opt, &operands, &status))
        return status;
    if (prepare(&t, &opt, &operands, &err)) {
        progress_view *view = progress_start(t.sources, t.from.count + t.minus.count, opt.quiet);
        bool ok = rk_bundle_create_from(&t.create, &counts, &err);
        progress_stop(view);
        if (ok && !opt.quiet)
            rk_bundle_report_created(&(rk_bundle_report){ .path = opt.output.path, .out = stdout }, &counts);
        status = ok ? CLI_SAME : CLI_TROUBLE;
    }
    end(&t);
    return cli_finish(&create_tool, status, &err);
}
