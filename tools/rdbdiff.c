/* rdbdiff: what happened to every Sidekiq job, and to every key, between two snapshots; the gate of a
 * cutover. */
#include <locale.h>

#include "common/cli_clock.h"
#include "common/cli_filter.h"
#include "common/cli_source.h"
#include "common/progress.h"
#include "rdbdiff_manual.h"
#include "rdbkit/report.h"

typedef enum { ONLY_ALL, ONLY_JOBS, ONLY_KEYS } only_what;

typedef struct {
    bool json, ndjson, strict, quiet, verbose;
    const char *fail_on, *namespace_only, *map, *without;
    cli_filter filter;
    cli_list logs;
    only_what only;
    const char *bundle, *bundle_verdicts;
    bool force;
    uint64_t ttl_tolerance_ms, alive_within_ms, limit;
    cli_colour_when colour;
} options;

#define ALIVE_WITHIN_S 4 /* unless it is given, and not as 0 */

static const char standard_fail_on[] = RK_FAIL_ON_STANDARD;
static const char standard_bundle[] = RK_BUNDLE_VERDICTS_STANDARD;

static const cli_option option_table[] = {
    { 'j', "json", NULL, "print the report as one JSON object", CLI_FLAG, offsetof(options, json), NULL,
      NULL },
    { 0, "ndjson", NULL, "print the report as JSON texts, a line each: jobs, keys, and last the summary",
      CLI_FLAG, offsetof(options, ndjson), NULL, NULL },
    { 's', "strict", NULL, "let every difference make the exit status 1", CLI_FLAG, offsetof(options, strict),
      NULL, strict_details },
    { 0, "fail-on", "LIST", "let these make the exit status 1", CLI_WORDS, offsetof(options, fail_on),
      RK_FAIL_ON_CHOICES, fail_on_details },
    { 0, "only", "WHAT", "compare nothing else", CLI_CHOICE, offsetof(options, only), "all|jobs|keys",
      only_details },
    { 0, "namespace", "NS", "only the jobs under this namespace; '' is none", CLI_TEXT,
      offsetof(options, namespace_only), NULL, NULL },
    { 'm', "map", "OLD=NEW", "the namespace OLD is called NEW now; either may be empty", CLI_TEXT,
      offsetof(options, map), NULL, map_details },
    { 0, "log", "AOF", "an append-only file of the old or the new instance, or its folder; may be repeated",
      CLI_LIST, offsetof(options, logs), NULL, log_details },
    { 0, "bundle", "DIR", "write what was lost to a job bundle, a folder that gives it back", CLI_TEXT,
      offsetof(options, bundle), NULL, bundle_details },
    { 0, "bundle-verdicts", "LIST", "put these jobs into the bundle", CLI_WORDS,
      offsetof(options, bundle_verdicts), RK_BUNDLE_VERDICTS_CHOICES, bundle_verdicts_details },
    { 'f', "force", NULL,
      "replace a bundle that is there, and write one although part of the input was not seen", CLI_FLAG,
      offsetof(options, force), NULL, NULL },
    CLI_FILTER_ROWS(options, filter, "of the other keys, only those", "of the other keys, none"),
    CLI_WITHOUT_ROW(options, without),
    { 0, "ttl-tolerance", "TIME", "take expiries that differ by no more to be equal", CLI_DURATION_MS,
      offsetof(options, ttl_tolerance_ms), NULL, NULL },
    { 0, "alive-within", "TIME", "take a process to be dead that was not heard of for longer (standard: 4s)",
      CLI_DURATION_MS, offsetof(options, alive_within_ms), NULL, alive_details },
    { 'l', "limit", "N|all", "list so many jobs and keys of a kind", CLI_LIMIT, offsetof(options, limit),
      NULL, NULL },
    { 'q', "quiet", NULL, "print no report: the exit status tells", CLI_FLAG, offsetof(options, quiet), NULL,
      NULL },
    { 'v', "verbose", NULL, "show places in which all is kept, and jobs that are where they should be, too",
      CLI_FLAG, offsetof(options, verbose), NULL, NULL },
    { 0, "color", "WHEN", "colour the report", CLI_CHOICE, offsetof(options, colour), CLI_COLOUR_CHOICES,
      NULL },
};

static const cli_tool tool = {
    .name = "rdbdiff",
    .summary = "tell what happened to every Sidekiq job between two Redis snapshots",
    .operands = "OLD NEW",
    .description = manual_description,
    .date = "2026-11-23",
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = manual_examples,
    .example_count = sizeof manual_examples / sizeof manual_examples[0],
    .sections = manual_sections,
    .section_count = sizeof manual_sections / sizeof manual_sections[0],
    .min_operands = 2,
    .max_operands = 2,
};

/* A namespace may be given as the prefix it makes: with a colon at its end. Its text is in argv, which is
 * ours. */
static void drop_last_colon(const char *namespace)
{
    char *colon = namespace ? strrchr(namespace, ':') : NULL;
    if (colon && colon[1] == 0)
        *colon = 0;
}

static bool split_map(const char *map, rk_diff_options *inputs, rk_err *err)
{
    char *equals = map ? strchr(map, '=') : NULL;
    if (!map)
        return true;
    if (!equals)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--map' takes OLD=NEW, not '%.60s'", map);
    *equals = 0;
    inputs->map_old = map;
    inputs->map_new = equals + 1;
    drop_last_colon(inputs->map_old);
    drop_last_colon(inputs->map_new);
    return true;
}

static size_t count_stdin(const rk_paths *paths)
{
    size_t count = 0;
    for (size_t i = 0; i < paths->count; i++)
        count += strcmp(paths->items[i], "-") == 0;
    return count;
}

/* The filter of the other keys, and what it borrows. */
typedef struct {
    uint32_t *dbs;
    rk_filter *filter;
} chosen;

/* What the command line asks for, as the library wants it. */
static bool prepare(options *opt, const cli_operands *files, chosen *keys, rk_diff_options *inputs,
                    rk_err *err)
{
    drop_last_colon(opt->namespace_only);
    inputs->no_jobs = opt->only == ONLY_KEYS;
    inputs->no_keys = opt->only == ONLY_JOBS;
    inputs->namespace_only = opt->namespace_only;
    inputs->without = opt->without;
    inputs->ttl_tolerance_ms = opt->ttl_tolerance_ms < INT64_MAX ? (int64_t)opt->ttl_tolerance_ms : INT64_MAX;
    inputs->alive_strictly = opt->alive_within_ms > 0;
    inputs->alive_within_s = inputs->alive_strictly ? (double)opt->alive_within_ms / 1000 : ALIVE_WITHIN_S;
    if (inputs->no_jobs && opt->fail_on == standard_fail_on)
        opt->fail_on = "keys"; /* else nothing could make a difference */
    if (opt->json && opt->ndjson)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "options '--json' and '--ndjson' exclude each other");
    if (!opt->bundle && (opt->force || opt->bundle_verdicts != standard_bundle))
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--%s' needs '--bundle'",
                       opt->force ? "force" : "bundle-verdicts");
    if (opt->bundle && inputs->no_jobs)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "'--bundle' needs jobs, which '--only keys' leaves alone");
    if (!cli_filter_open(&opt->filter, NULL, &keys->dbs, &keys->filter, err))
        return false;
    inputs->filter = keys->filter;
    if (!split_map(opt->map, inputs, err) || !rk_paths_of(files->items[0], &inputs->old_paths, err) ||
        !rk_paths_of(files->items[1], &inputs->new_paths, err))
        return false;
    for (size_t i = 0; i < opt->logs.count; i++)
        if (!rk_paths_add(opt->logs.items[i], &inputs->logs, err))
            return false;
    if (count_stdin(&inputs->old_paths) + count_stdin(&inputs->new_paths) > 1)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "standard input ('-') can only be one of the snapshots");
    return true;
}

/* Was the command of --without left out of some log? */
static bool check_without(const rk_diff *diff, const char *without, rk_err *err)
{
    const rk_snapshot_info *info;
    bool left_out = false;
    for (int new_side = 0; new_side < 2; new_side++)
        for (size_t i = 0; (info = rk_diff_input(diff, new_side, i)) != NULL; i++)
            left_out |= info->log.left_out;
    return cli_without_check(without, left_out, err);
}

/* Compares, and shows meanwhile how far it is. */
static rk_diff *compare(rk_diff_options *inputs, bool quiet, rk_err *err)
{
    size_t old_count = inputs->old_paths.count, count = old_count + inputs->new_paths.count;
    rk_progress *progress = rk_alloc(count * sizeof *progress);
    progress_source *sources = rk_alloc(count * sizeof *sources);
    progress_view *view = NULL;
    rk_diff *diff = NULL;
    if (!progress || !sources) {
        rk_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        const rk_paths *paths = i < old_count ? &inputs->old_paths : &inputs->new_paths;
        sources[i] = (progress_source){ paths->items[i < old_count ? i : i - old_count], &progress[i] };
    }
    inputs->old_progress = progress;
    inputs->new_progress = progress + old_count;
    view = progress_start(sources, count, quiet);
    diff = rk_diff_run(inputs, err);
    if (diff && !check_without(diff, inputs->without, err)) {
        rk_diff_free(diff);
        diff = NULL;
    }
done:
    progress_stop(view);
    inputs->old_progress = inputs->new_progress = NULL;
    rk_free(sources);
    rk_free(progress);
    return diff;
}

/* Says on standard error what was not seen, where no report for people says so. */
static void tell_partial(const rk_diff *diff)
{
    char sentence[1024];
    for (int new_side = 0; new_side < 2; new_side++) {
        const rk_snapshot_info *info;
        for (size_t i = 0; (info = rk_diff_input(diff, new_side, i)) != NULL; i++)
            if (info->partial)
                fprintf(stderr, "%s: %s\n", tool.name,
                        rk_err_sentence(&info->reason, sentence, sizeof sentence));
    }
}

/* Writes the bundle, before the report, which tells what became of it; where no report for people does, standard error tells
 * why there is none. */
static void write_bundle(rk_diff *diff, const options *opt, rk_diff_bundle *made, rk_err *err)
{
    rk_diff_bundle_options bundle = { .path = opt->bundle,
                                      .bundle = { .force = opt->force,
                                                  .tool = tool.name,
                                                  .reason = "lost or damaged between two snapshots" },
                                      .verdicts = opt->bundle_verdicts,
                                      .although_partial = opt->force };
    *made = (rk_diff_bundle){ .path = opt->bundle };
    if (!cli_now(&bundle.bundle.created_s, err) || !rk_bundle_create_from_diff(diff, &bundle, made, err))
        return;
    if (made->outcome == RK_DIFF_BUNDLE_PARTIAL && (opt->quiet || opt->json || opt->ndjson))
        fprintf(
            stderr,
            "%s: no bundle was written: part of the input was not seen (--force writes it all the same)\n",
            tool.name);
}

static bool write_report(rk_diff *diff, const options *opt, const rk_report_options *report, rk_err *err)
{
    if (opt->quiet)
        return true;
    return opt->json     ? rk_report_json(diff, report, stdout, err)
           : opt->ndjson ? rk_report_ndjson(diff, report, stdout, err)
                         : rk_report_text(diff, report, stdout, err);
}

int main(int argc, char **argv)
{
    options opt = {
        .fail_on = standard_fail_on, .bundle_verdicts = standard_bundle, .ttl_tolerance_ms = 1000, .limit = 20
    };
    cli_operands files;
    rk_err err = { 0 }, bundle_err = { 0 };
    rk_diff_bundle bundle;
    rk_diff_options inputs = { 0 };
    chosen keys = { 0 };
    rk_report_options report = { 0 };
    rk_diff *diff = NULL;
    int status = CLI_TROUBLE;

    if (!cli_parse(&tool, argc, argv, &opt, &files, &status))
        return status;
    setlocale(LC_CTYPE,
              "C.UTF-8"); /* names are UTF-8 whatever the terminal's language, and tables align them */
    bool ready = prepare(&opt, &files, &keys, &inputs, &err);
    report = (rk_report_options){ .tool = tool.name,
                                  .fail_on = opt.fail_on,
                                  .strict = opt.strict,
                                  .no_jobs = inputs.no_jobs,
                                  .no_keys = inputs.no_keys,
                                  .limit = opt.limit,
                                  .verbose = opt.verbose,
                                  .colour = cli_colour(opt.colour, stdout) };
    if (ready)
        diff = compare(&inputs, opt.quiet, &err);
    if (!diff) {
        if (!opt.quiet && (opt.json || opt.ndjson))
            rk_report_refused(&err, &inputs, &report, !opt.json, stdout);
        goto done;
    }
    if (opt.quiet || opt.json || opt.ndjson)
        tell_partial(diff);
    if (opt.bundle) {
        write_bundle(diff, &opt, &bundle, &bundle_err);
        report.bundle = &bundle;
        report.bundle_error = bundle_err.code != RK_OK ? &bundle_err : NULL;
    }
    if (write_report(diff, &opt, &report, &err))
        status = rk_report_exit(diff, &report);
    if (err.code == RK_OK)
        err = bundle_err;
done:
    rk_diff_free(diff);
    rk_paths_free(&inputs.logs);
    rk_paths_free(&inputs.new_paths);
    rk_paths_free(&inputs.old_paths);
    rk_filter_close(keys.filter);
    rk_free(keys.dbs);
    return cli_finish(&tool, status, &err); /* trouble with an input or with standard output is 2 */
}
