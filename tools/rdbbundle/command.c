/* command: from words of the command line to what the library wants, for several commands. */
#include "command.h"

#include "rdbkit/keyspace.h"

const char filter_place_details[] = "A place is `queue`, `schedule`, `retry`, `dead`, `interrupted`, `work` "
                                    "(in hand, as the work hash of a process shows "
                                    "it) or `private` (in the private list of a fetcher), or one queue by "
                                    "its name: `queue:mail*`. Patterns are those of "
                                    "the command KEYS. All filters must hold; of each that is repeated, one.";

const char filter_queue_details[] =
    "The queue to which the job goes sooner or later: of jobs in a sorted set, the one that "
    "the payload names.";

const char filter_class_details[] =
    "The class as people know it: behind ActiveJob's wrapper that of the job.";

const char filter_since_details[] = "By `enqueued_at` of the payload, without one by `created_at`; a job "
                                    "that has neither is not chosen. TIME is like "
                                    "2026-11-23T03:11:59Z, or Unix seconds.";

const char output_details[] =
    "A bundle is a folder, `NAME.jobs` by custom. It appears whole or not at all, readable by its "
    "owner alone.";

const char redact_details[] = "Each argument, and each member of the payload that the application may have "
                              "put there, becomes a token, as in "
                              "`rdbcat --redact`: the same value has the same token. All jobs of the copy "
                              "are held, the manifest says that it is one, "
                              "and `restore` refuses it.";

bool time_of(const char *option, const char *text, double *seconds, rk_err *err)
{
    rk_err none = { 0 };
    rk_moment moment;
    if (!rk_moment_parse(text, &moment, &none) || moment.kind != RK_MOMENT_TIME)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "option '--%s' takes a time such as 2026-11-23T03:11:59Z or Unix seconds, not '%.60s'",
                       option, text);
    *seconds = (double)moment.time_s;
    return true;
}

void drop_last_colon(const char *namespace)
{
    char *colon = namespace ? strrchr(namespace, ':') : NULL;
    if (colon && colon[1] == 0)
        *colon = 0;
}

/* ---- filter ----------------------------------------------------------------------------------------------------- */

static rk_job_words words_of(const cli_list *list)
{
    return (rk_job_words){ (const char *const *)list->items, list->count };
}

static bool bound(const char *option, const char *text, bool *has, double *seconds, rk_err *err)
{
    *has = text != NULL;
    return !text || time_of(option, text, seconds, err);
}

bool filter_begin(const filter_words *words, rk_job_filter *filter, rk_err *err)
{
    *filter = (rk_job_filter){ .places = words_of(&words->places),
                               .queues = words_of(&words->queues),
                               .classes = words_of(&words->classes),
                               .jids = words_of(&words->jids) };
    if (!bound("since", words->since, &filter->has_since, &filter->since_s, err) ||
        !bound("until", words->until, &filter->has_until, &filter->until_s, err) ||
        !bound("due-after", words->due_after, &filter->has_due_after, &filter->due_after_s, err) ||
        !bound("due-before", words->due_before, &filter->has_due_before, &filter->due_before_s, err))
        return false;
    if (words->where && !(filter->where = rk_where_open(words->where, err)))
        return rk_within(err, "option '--where'");
    return true;
}

void filter_end(rk_job_filter *filter)
{
    rk_where_close(filter->where);
    filter->where = NULL;
}

/* ---- output ----------------------------------------------------------------------------------------------------- */

bool output_begin(const cli_tool *tool, const output_words *words, rk_bundle_options *bundle,
                  rk_redactor **redactor, rk_err *err)
{
    *redactor = NULL;
    *bundle =
        (rk_bundle_options){ .force = words->force, .tool = rdbbundle_tool.name, .reason = words->reason };
    if (!words->path)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "option '--output DIR' is missing");
    if (words->redact != (words->redact_key != NULL))
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "options '--redact' and '--redact-key FILE' go together");
    if (!cli_now(&bundle->created_s, err))
        return false;
    if (!words->redact)
        return true;
    *redactor = rk_redactor_open(words->redact_key, false, true, err);
    if (*redactor && rk_redactor_is_exposed(*redactor))
        fprintf(stderr, "%s: others may read the key in %s\n", tool->name, words->redact_key);
    return *redactor != NULL;
}
