/* rdbconv: the data of any source as a snapshot; the way back to a moment of an append-only file. */
#include "common/cli_filter.h"
#include "common/cli_source.h"
#include "common/progress.h"
#include "rdbconv_manual.h"
#include "rdbkit/convert.h"

typedef struct {
    const char *output, *without;
    bool force, quiet;
    cli_filter filter;
} options;

static const cli_option option_table[] = {
    { 'o', "output", "FILE", "write the snapshot to this file", CLI_TEXT, offsetof(options, output), NULL,
      output_details },
    { 0, "force", NULL, "replace a file that is there", CLI_FLAG, offsetof(options, force), NULL,
      force_details },
    CLI_WITHOUT_ROW(options, without),
    CLI_FILTER_ROWS(options, filter, "only keys", "no keys"),
    { 'q', "quiet", NULL, "show no progress, and do not tell which servers load it", CLI_FLAG,
      offsetof(options, quiet), NULL, NULL },
};

static const cli_tool tool = {
    .name = "rdbconv",
    .summary = "write the state of an append-only file, as of any moment, as a Redis snapshot",
    .operands = "SOURCE",
    .description = manual_description,
    .date = "2026-11-23",
    .options = option_table,
    .option_count = sizeof option_table / sizeof option_table[0],
    .examples = manual_examples,
    .example_count = sizeof manual_examples / sizeof manual_examples[0],
    .sections = manual_sections,
    .section_count = sizeof manual_sections / sizeof manual_sections[0],
    .min_operands = 1,
    .max_operands = 1,
};

/* Which servers load it, where that is not all of them. */
static void tell_version(const rk_converted *c)
{
    const rk_keyspace_saved *s = &c->saved;
    if (!s->why)
        return;
    fprintf(stderr, "%s: note: written as RDB %" PRIu32 "%s for the sake of %s: ", tool.name, s->version,
            s->valkey ? " of Valkey" : "", s->why);
    if (c->redis[0] && c->valkey[0])
        fprintf(stderr, "Redis %s, Valkey %s and newer load it\n", c->redis, c->valkey);
    else if (c->redis[0] || c->valkey[0])
        fprintf(stderr, "%s %s and newer load it\n", c->redis[0] ? "Redis" : "Valkey",
                c->redis[0] ? c->redis : c->valkey);
    else
        fprintf(stderr, "`rdbcheck --for` tells which server loads it\n");
}

/* What of the source is not in the file, or not for certain. True where the data may differ from a server's. */
static bool tell_log(const rk_converted *c)
{
    char sentence[1024];
    if (c->partial.code != RK_OK)
        fprintf(stderr, "%s: note: %s\n", tool.name, rk_err_sentence(&c->partial, sentence, sizeof sentence));
    if (c->log.opaque > 0 && c->log.torn)
        fprintf(stderr,
                "%s: note: the log is torn: its last %" PRIu64 " bytes were left out, as servers do\n",
                tool.name, c->log.torn_bytes);
    if (c->log.uncertain_keys > 0)
        fprintf(stderr, "%s: note: %" PRIu64 " keys are uncertain\n", tool.name, c->log.uncertain_keys);
    if (c->log.relative_times)
        fprintf(stderr,
                "%s: note: some keys were given a time to live, and the log does not say from when on: they "
                "were written without an expiry\n",
                tool.name);
    return c->log.opaque > 0 || c->log.relative_times;
}

static bool convert(const options *opt, const char *words, const rk_filter *filter, rk_converted *converted,
                    rk_err *err)
{
    rk_progress progress = { 0 };
    progress_source source = { words, &progress };
    rk_convert_options convert = { .words = words,
                                   .without = opt->without,
                                   .filter = filter,
                                   .path = opt->output,
                                   .force = opt->force,
                                   .progress = &progress };
    progress_view *view = progress_start(&source, 1, opt->quiet);
    bool ok = rk_convert(&convert, converted, err);
    progress_stop(view);
    if (!ok && (err->code == RK_DAMAGED || err->code == RK_TRUNCATED))
        rk_err_hint(err, "`rdbcheck` tells what is damaged, and saves the rest");
    return ok;
}

int main(int argc, char **argv)
{
    options opt = { 0 };
    cli_operands files;
    rk_err err = { 0 };
    uint32_t *dbs = NULL;
    rk_filter *filter = NULL;
    rk_converted converted;
    int status = CLI_TROUBLE;

    if (!cli_parse(&tool, argc, argv, &opt, &files, &status))
        return status;
    if (!opt.output)
        rk_fail(&err, RK_USAGE, RK_NO_OFFSET, "option '--output FILE' is missing: a snapshot is a file");
    else if (cli_filter_open(&opt.filter, NULL, &dbs, &filter, &err) &&
             convert(&opt, files.items[0], filter, &converted, &err)) {
        if (!opt.quiet)
            tell_version(&converted);
        status = tell_log(&converted) ? CLI_DIFFERENT : CLI_SAME;
    }
    rk_filter_close(filter);
    rk_free(dbs);
    return cli_finish(&tool, status, &err);
}
