/* loadable_sidekiq: what a version of Sidekiq would make of the jobs, and on which servers it runs (spec: Sidekiq, "The
 * payload", "Prefix", "Queues and order"). */
#include "loadable.h"

#include <stdio.h>

static bool is_before(const rk_target *target, unsigned major, unsigned minor)
{
    return target->major < major || (target->major == major && target->minor < minor);
}

/* ---- the server below ------------------------------------------------------------------------------------------- */

static void load_server(load_view *v)
{
    const sidekiq_row *sidekiq = sidekiq_of(v->target);
    bool ignored = false, relaxed = false;
    const char *redis = loadable_oldest(v->subject, RK_SERVER_REDIS, &ignored);
    const char *valkey = loadable_oldest(v->subject, RK_SERVER_VALKEY, &relaxed);
    rk_obstacle o = { .id = "server", .needs = true, .blocks = !redis && !valkey };
    char words[120], advice[160];
    snprintf(words, sizeof words, "runs on Redis %s%s%s or newer", sidekiq->redis,
             sidekiq->others ? ", " : "", sidekiq->others ? sidekiq->others : "");
    if (o.blocks)
        snprintf(advice, sizeof advice, "this file loads in no server as it is");
    else
        snprintf(advice, sizeof advice, "this file needs %s%s%s%s%s%s at least", redis ? "Redis " : "",
                 redis ? redis : "", redis && valkey ? " or " : "", valkey ? "Valkey " : "",
                 valkey ? valkey : "", relaxed ? " (relaxed)" : "");
    load_add(v, &o, "the server", words, advice);
}

/* ---- places ---------------------------------------------------------------------------------------------------------- */

/* Places that some versions do not look at, or look at otherwise. Before `until`, from `from` on (major * 100 +
 * minor; 0: no limit). */
static const struct {
    rk_place_kind kind;
    unsigned from, until;
    const char *id, *one, *many, *words, *advice;
} place_rows[] = {
    { RK_PLACE_DEAD, 0, 300, "dead", "dead job", "dead jobs", "has no dead set, and does not show them", "" },
    { RK_PLACE_QUEUE, 0, 207, "order", "job in a queue", "jobs in queues",
      "takes jobs from the head up to 2.6.2: the newest would run first", "" },
    { RK_PLACE_PRIVATE, 0, 0, "private", "job in a private list", "jobs in private lists",
      "takes none from there: only the fetcher that put them there gives them back",
      "push them back to their queues where that fetcher is not used" },
    { RK_PLACE_WORK, 0, 0, "in_hand", "job in hand of a process", "jobs in hand of processes",
      "runs nothing that a work hash shows: it is for display", "" },
    { RK_PLACE_INTERRUPTED, 0, 0, "interrupted", "job in the set `interrupted`",
      "jobs in the set `interrupted`", "does not know this set of GitLab's fetcher", "" },
};

static bool concerns(const rk_target *target, unsigned from, unsigned until)
{
    unsigned version = target->major * 100 + target->minor;
    return version >= from && (until == 0 || version < until);
}

/* Adds up the jobs in places of that kind (any: -1) of one layout (NULL: of all). */
static rk_obstacle count_jobs(const rk_layouts *layouts, const rk_layout *only, int kind)
{
    rk_obstacle o = { 0 };
    for (size_t i = 0; i < layouts->place_count; i++) {
        const rk_place *place = layouts->places[i];
        if ((only && place->layout != only) || (kind >= 0 && (int)place->kind != kind) || place->jobs == 0)
            continue;
        o.count += place->jobs;
        if (o.has_example || place->segment_count == 0)
            continue;
        o.has_example = true;
        o.db = place->layout->db;
        o.key = place->segments[0].candidate->name;
    }
    return o;
}

static void load_places(load_view *v, const rk_layouts *layouts)
{
    load_words things;
    for (size_t i = 0; i < sizeof place_rows / sizeof place_rows[0]; i++) {
        rk_obstacle o = count_jobs(layouts, NULL, (int)place_rows[i].kind);
        o.id = place_rows[i].id;
        if (o.count > 0 && concerns(v->target, place_rows[i].from, place_rows[i].until))
            load_add(v, &o, load_things(o.count, place_rows[i].one, place_rows[i].many, &things),
                     place_rows[i].words, place_rows[i].advice);
    }
}

/* redis-namespace is refused from 7.0 on. */
static void load_namespaces(load_view *v, const rk_layouts *layouts)
{
    for (size_t i = 0; i < layouts->count && !is_before(v->target, 7, 0); i++) {
        const rk_layout *layout = layouts->items[i];
        rk_obstacle o = count_jobs(layouts, layout, -1);
        char things[160], prefix[60];
        load_words jobs;
        if (layout->prefix.len == 0 || o.count == 0)
            continue;
        o.id = "namespace";
        o.blocks = true;
        rk_slice_print(rk_slice_head(layout->prefix, layout->prefix.len - 1), prefix, sizeof prefix);
        snprintf(things, sizeof things, "%s under the namespace '%s'",
                 load_things(o.count, "job", "jobs", &jobs), prefix);
        load_add(v, &o, things, "knows no namespaces, and would not see them",
                 "their keys have to lose the prefix, or move to a database of their own");
    }
}

/* ---- payloads --------------------------------------------------------------------------------------------------------- */

static const struct {
    rk_job_form form;
    unsigned from, until;
    bool blocks, needs;
    const char *one, *many, *words, *advice;
} form_rows[] = {
    { RK_FORM_NEW_WRAPPER, 0, 703, true, false, "job of ActiveJob as Sidekiq::ActiveJob::Wrapper",
      "jobs of ActiveJob as Sidekiq::ActiveJob::Wrapper",
      "has no such class, and puts such a job among the retries", "an alias of that class has to be loaded" },
    { RK_FORM_NEW_WRAPPER, 703, 704, false, true, "job of ActiveJob as Sidekiq::ActiveJob::Wrapper",
      "jobs of ActiveJob as Sidekiq::ActiveJob::Wrapper", "knows that class from 7.3.3 on", "" },
    { RK_FORM_EXTENSION, 700, 0, true, false, "job of a delayed extension", "jobs of delayed extensions",
      "has no such class, and puts such a job among the retries",
      "let the older Sidekiq run them, or load its extensions" },
    { RK_FORM_MS_LIMIT, 701, 800, false, false, "failed job with retry_for and a time in milliseconds",
      "failed jobs with retry_for and a time in milliseconds",
      "reads that as seconds, and retries without end", "" },
    { RK_FORM_MS_TIME, 0, 800, false, false, "job with times in milliseconds",
      "jobs with times in milliseconds", "runs such a job, but shows wrong times", "" },
    { RK_FORM_TEXT_TIME, 300, 0, false, false, "job with times in words", "jobs with times in words",
      "runs such a job, but shows wrong times", "" },
    { RK_FORM_NO_JID, 202, 0, false, false, "job without a jid", "jobs without a jid",
      "runs such a job, but nothing can trace it", "" },
    { RK_FORM_BROKEN, 0, 0, false, false, "text that is no job", "texts that are no jobs",
      "puts such a text among the dead, or drops it", "" },
};

static void load_forms(load_view *v, const rk_facts *facts)
{
    load_words things;
    for (size_t i = 0; i < sizeof form_rows / sizeof form_rows[0]; i++) {
        const rk_trait *form = &facts->job_forms[form_rows[i].form];
        rk_obstacle o = load_of_trait(rk_job_form_name(form_rows[i].form), form_rows[i].blocks, form);
        o.needs = form_rows[i].needs;
        if (form->count > 0 && concerns(v->target, form_rows[i].from, form_rows[i].until))
            load_add(v, &o, load_things(form->count, form_rows[i].one, form_rows[i].many, &things),
                     form_rows[i].words, form_rows[i].advice);
    }
}

void load_sidekiq(load_view *v)
{
    const rk_facts *facts = v->subject->facts;
    load_server(v);
    if (!facts->sidekiq)
        return;
    load_namespaces(v, facts->sidekiq);
    load_places(v, facts->sidekiq);
    if (facts->jobs_looked_into)
        load_forms(v, facts);
}
