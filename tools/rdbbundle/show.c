/* show: what is in a bundle. */
#include "command.h"

typedef struct {
    bool json, ndjson, payloads;
    uint64_t limit;
} options;

static const options defaults = { .limit = 20 };

static const char payloads_details[] =
    "They hold what the application gave to its jobs: data of customers, maybe.";

static const cli_option option_table[] = {
    { 'j', "json", NULL, "print one JSON object", CLI_FLAG, offsetof(options, json), NULL, NULL },
    { 0, "ndjson", NULL, "print JSON texts, a line each: jobs, companion keys, and last the summary",
      CLI_FLAG, offsetof(options, ndjson), NULL, NULL },
    { 0, "payloads", NULL, "with --ndjson: payloads of jobs and items of companion keys, too", CLI_FLAG,
      offsetof(options, payloads), NULL, payloads_details },
    { 'l', "limit", "N|all", "list so many rows of each kind", CLI_LIMIT, offsetof(options, limit), NULL,
      NULL },
};

const cli_tool show_tool = {
    .name = "rdbbundle show",
    .summary = "tell what is in a bundle, and when it would become due",
    .operands = "DIR",
    .description = "Tells where the jobs came from, how many go where, of what classes they are and from "
                   "what time, how many "
                   "would become due when they are put back, what is held and why, and what somebody should "
                   "know before.",
    .options = option_table,
    .option_count = COUNT_OF(option_table),
    .min_operands = 1,
    .max_operands = 1,
    .whole = &rdbbundle_tool,
    .defaults = &defaults,
};

int show_run(int argc, char **argv)
{
    options opt = defaults;
    cli_operands operands;
    rk_err err = { 0 };
    rk_bundle *bundle = NULL;
    rk_bundle_facts facts = { 0 };
    int64_t now_s;
    int status = CLI_TROUBLE;

    if (!cli_parse(&show_tool, argc, argv, &opt, &operands, &status))
        return status;
    rk_bundle_report report = { .tool = rdbbundle_tool.name,
                                .path = operands.items[0],
                                .form = opt.json     ? RK_BUNDLE_JSON
                                        : opt.ndjson ? RK_BUNDLE_NDJSON
                                                     : RK_BUNDLE_TEXT,
                                .limit = opt.limit,
                                .payloads = opt.payloads,
                                .out = stdout };
    bool ok = !(opt.json && opt.ndjson) ||
              rk_fail(&err, RK_USAGE, RK_NO_OFFSET, "options '--json' and '--ndjson' exclude each other");
    ok = ok && (!opt.payloads || opt.ndjson ||
                rk_fail(&err, RK_USAGE, RK_NO_OFFSET, "option '--payloads' goes with '--ndjson'"));
    if (ok && cli_now(&now_s, &err) && (bundle = rk_bundle_open(operands.items[0], &err)) != NULL &&
        rk_bundle_facts_read(&facts, bundle, (double)now_s, &err) &&
        rk_bundle_report_show(&report, bundle, &facts, &err))
        status = CLI_SAME;
    rk_bundle_facts_free(&facts);
    rk_bundle_close(bundle);
    return cli_finish(&show_tool, status, &err);
}
