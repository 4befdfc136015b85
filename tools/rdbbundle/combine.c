/* combine: several bundles into one, and a part of one. */
#include "command.h"

typedef struct {
    output_words output;
    filter_words filter;
    bool quiet;
} options;

static const options defaults = { 0 };

static const cli_option merge_options[] = {
    OUTPUT_ROWS(options, output),
    { 'q', "quiet", NULL, "print nothing", CLI_FLAG, offsetof(options, quiet), NULL, NULL },
};

static const cli_option split_options[] = {
    OUTPUT_ROWS(options, output),
    FILTER_ROWS(options, filter),
    { 'q', "quiet", NULL, "print nothing", CLI_FLAG, offsetof(options, quiet), NULL, NULL },
};

const cli_tool merge_tool = {
    .name = "rdbbundle merge",
    .summary = "make one bundle of several, without doubles",
    .operands = "DIR...",
    .description = "A job that several bundles have, of the same jid and payload and in the same place, "
                   "comes once; where one of them holds "
                   "it, it is held. Of copies of one jid that differ the newest is what it was, by the times "
                   "in the payload, else that of the "
                   "bundle that is named first; the others are held. In queues the jobs of the first bundle "
                   "run first. Restore the new "
                   "bundle or the old ones, not both: each bundle has a guard of its own.",
    .options = merge_options,
    .option_count = COUNT_OF(merge_options),
    .min_operands = 1,
    .max_operands = SIZE_MAX,
    .whole = &rdbbundle_tool,
    .defaults = &defaults,
};

const cli_tool split_tool = {
    .name = "rdbbundle split",
    .summary = "make a bundle of some jobs of another",
    .operands = "DIR",
    .description =
        "Writes the jobs that the filters mean, with the companion keys that they need. For the rest, split "
        "once more "
        "with the opposite. Restore the parts or the whole, not both: each bundle has a guard of its own.",
    .options = split_options,
    .option_count = COUNT_OF(split_options),
    .min_operands = 1,
    .max_operands = 1,
    .whole = &rdbbundle_tool,
    .defaults = &defaults,
};

static bool open_bundles(const cli_operands *paths, rk_bundle **bundles, rk_err *err)
{
    for (size_t i = 0; i < paths->count; i++)
        if (!(bundles[i] = rk_bundle_open(paths->items[i], err)))
            return false;
    return true;
}

static void report_combined(const char *path, const rk_combine_counts *c)
{
    char shown[300];
    rk_slice_print(rk_slice_of(path), shown, sizeof shown);
    printf("%s: %" PRIu64 " %s of %" PRIu64 ", of which %" PRIu64 " held\n", shown, c->jobs,
           c->jobs == 1 ? "job" : "jobs", c->read, c->held);
    if (c->doubles + c->older + c->unmeant > 0)
        printf("  %" PRIu64 " in several bundles, %" PRIu64 " held as there is a newer copy, %" PRIu64
               " not meant by the filter\n",
               c->doubles, c->older, c->unmeant);
}

static int run(const cli_tool *tool, bool filtered, int argc, char **argv)
{
    options opt = defaults;
    cli_operands operands;
    rk_err err = { 0 };
    rk_job_filter filter = { 0 };
    rk_combine_counts counts;
    rk_redactor *redactor = NULL;
    rk_bundle **bundles = NULL;
    int status = CLI_TROUBLE;

    if (!cli_parse(tool, argc, argv, &opt, &operands, &status))
        return status;
    rk_combine_options how = { .path = opt.output.path, .filter = filtered ? &filter : NULL };
    bool ok = output_begin(tool, &opt.output, &how.bundle, &redactor, &err) &&
              filter_begin(&opt.filter, &filter, &err);
    how.redactor = redactor;
    if (ok && !(bundles = rk_alloc(operands.count * sizeof *bundles)))
        ok = rk_no_memory(&err);
    if (ok && open_bundles(&operands, bundles, &err) &&
        rk_bundle_combine(bundles, operands.count, &how, &counts, &err)) {
        status = CLI_SAME;
        if (!opt.quiet)
            report_combined(opt.output.path, &counts);
    }
    for (size_t i = 0; bundles && i < operands.count; i++)
        rk_bundle_close(bundles[i]);
    rk_free(bundles);
    filter_end(&filter);
    rk_redactor_close(redactor);
    return cli_finish(tool, status, &err);
}

int merge_run(int argc, char **argv)
{
    return run(&merge_tool, false, argc, argv);
}

int split_run(int argc, char **argv)
{
    return run(&split_tool, true, argc, argv);
}
