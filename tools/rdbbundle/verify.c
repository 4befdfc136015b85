/* verify: is a bundle whole, and are its jobs there? */
#include "command.h"
#include "common/progress.h"

typedef struct {
    bool json, ndjson, quiet;
    uint64_t limit, alive_within_ms;
} options;

static const options defaults = { .limit = 20, .alive_within_ms = 4000 };

static const cli_option option_table[] = {
    { 'j', "json", NULL, "print one JSON object", CLI_FLAG, offsetof(options, json), NULL, NULL },
    { 0, "ndjson", NULL,
      "print JSON texts, a line each: jobs that are not there exactly once, and last the summary", CLI_FLAG,
      offsetof(options, ndjson), NULL, NULL },
    { 'l', "limit", "N|all", "list so many jobs", CLI_LIMIT, offsetof(options, limit), NULL, NULL },
    { 'q', "quiet", NULL, "print nothing: the exit status tells", CLI_FLAG, offsetof(options, quiet), NULL,
      NULL },
};

const cli_tool verify_tool = {
    .name = "rdbbundle verify",
    .summary = "check a bundle, and which of its jobs are in a snapshot",
    .operands = "DIR [SNAPSHOT]",
    .description = "Checks format, digests, counts and order of the bundle, that each payload is what it "
                   "was, and that `restore.resp` is "
                   "what follows from the jobs. With a SNAPSHOT (of any kind that rdbbundle reads) it tells "
                   "which jobs are there: with the "
                   "same bytes, each as often as in the bundle; missing; too often; with other bytes under "
                   "the same jid. What workers have "
                   "taken and ended since is missing, too: verify before they are let loose, or look at the "
                   "rest with `aoflog`(1).",
    .options = option_table,
    .option_count = COUNT_OF(option_table),
    .min_operands = 1,
    .max_operands = 2,
    .whole = &rdbbundle_tool,
    .defaults = &defaults,
};

/* Reads the snapshot, and shows meanwhile how far it is. */
static rk_comparison *compare(rk_bundle *bundle, rk_paths *paths, const options *opt, rk_err *err)
{
    rk_progress *progress = rk_alloc((paths->count + 1) * sizeof *progress);
    progress_source *sources = rk_alloc((paths->count + 1) * sizeof *sources);
    rk_comparison *comparison = NULL;
    rk_jobs_options now = { .paths = paths,
                            .alive_within_s = (double)opt->alive_within_ms / 1000,
                            .progress = progress };
    if (!progress || !sources) {
        rk_no_memory(err);
    } else {
        for (size_t i = 0; i < paths->count; i++)
            sources[i] = (progress_source){ paths->items[i], &progress[i] };
        progress_view *view = progress_start(sources, paths->count, opt->quiet);
        comparison = rk_comparison_open(bundle, &now, err);
        progress_stop(view);
    }
    rk_free(sources);
    rk_free(progress);
    return comparison;
}

static int judge(const rk_comparison *comparison, rk_err *err)
{
    const rk_err *partial = comparison ? rk_comparison_partial(comparison) : NULL;
    if (partial) {
        *err = *partial;
        return CLI_TROUBLE;
    }
    if (!comparison)
        return CLI_SAME;
    const rk_comparison_counts *counts = rk_comparison_counts_of(comparison);
    return counts->found[RK_FOUND_ONCE] == counts->jobs ? CLI_SAME : CLI_DIFFERENT;
}

int verify_run(int argc, char **argv)
{
    options opt = defaults;
    cli_operands operands;
    rk_err err = { 0 };
    rk_paths paths = { 0 };
    rk_bundle *bundle = NULL;
    rk_comparison *comparison = NULL;
    int status = CLI_TROUBLE;

    if (!cli_parse(&verify_tool, argc, argv, &opt, &operands, &status))
        return status;
    rk_bundle_report report = { .tool = rdbbundle_tool.name,
                                .path = operands.items[0],
                                .form = opt.json     ? RK_BUNDLE_JSON
                                        : opt.ndjson ? RK_BUNDLE_NDJSON
                                                     : RK_BUNDLE_TEXT,
                                .limit = opt.limit,
                                .out = stdout };
    bool ok = !(opt.json && opt.ndjson) ||
              rk_fail(&err, RK_USAGE, RK_NO_OFFSET, "options '--json' and '--ndjson' exclude each other");
    ok = ok && (bundle = rk_bundle_open(operands.items[0], &err)) != NULL;
    if (ok && operands.count > 1)
        ok = rk_paths_of(operands.items[1], &paths, &err) &&
             (comparison = compare(bundle, &paths, &opt, &err)) != NULL;
    if (ok && (opt.quiet || rk_bundle_report_verify(&report, bundle, comparison, &err)))
        status = judge(comparison, &err);
    rk_comparison_close(comparison);
    rk_bundle_close(bundle);
    rk_paths_free(&paths);
    return cli_finish(&verify_tool, status, &err);
}
