/* bundle_json: what is in a bundle, as JSON. */
#include "bundle_view.h"

static json_t *sum_of(const rk_bundle_sum *sum)
{
    json_t *acts = json_object();
    for (size_t i = 0; i < RK_ACTS; i++)
        acts = rk_json_set(acts, rk_act_name((rk_act)i), rk_json_out_count(sum->acts[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "jobs", rk_json_out_count(sum->jobs), "acts", acts,
                     "payload_bytes", rk_json_out_count(sum->payload_bytes), "may_have_run",
                     rk_json_out_count(sum->may_have_run), "oldest",
                     sum->timed ? rk_json_out_time(sum->oldest_s) : json_null(), "newest",
                     sum->timed ? rk_json_out_time(sum->newest_s) : json_null());
}

static json_t *sources_of(const rk_bundle *bundle)
{
    json_t *list = json_array();
    const rk_bundle_source *s;
    for (size_t i = 0; (s = rk_bundle_source_of(bundle, i)) != NULL; i++)
        list = rk_json_append(
            list,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "path", rk_json_out_string(s->path), "role",
                      rk_json_out_string(s->role), "format", rk_json_out_string(s->format), "size",
                      rk_json_out_count(s->size), "rdb_version", rk_json_out_count(s->rdb_version), "server",
                      rk_json_out_string_or_null(s->server), "saved", rk_json_out_known(s->saved_s)));
    return list;
}

static json_t *places_of(const rk_bundle_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->place_count; i++) {
        const rk_bundle_place_row *row = &facts->places[i];
        json_t *place =
            json_pack("{s:o, s:o, s:s, s:o, s:o}", "db", rk_json_out_count(row->db), "key",
                      rk_json_out_text(row->key), "place", rk_bundle_place_name(row->kind), "first_score",
                      row->scored ? rk_json_out_score(row->first_score) : json_null(), "last_score",
                      row->scored ? rk_json_out_score(row->last_score) : json_null());
        list = rk_json_append(list, rk_json_join(place, sum_of(&row->sum)));
    }
    return list;
}

static json_t *words_of(const rk_bundle_words *words, const char *name)
{
    json_t *list = json_array();
    for (size_t i = 0; i < words->count; i++)
        list =
            rk_json_append(list, rk_json_join(json_pack("{s:o}", name, rk_json_out_text(words->rows[i].word)),
                                              sum_of(&words->rows[i].sum)));
    return list;
}

static json_t *companions_of(const rk_bundle_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->companions.count; i++) {
        const rk_bundle_word_row *row = &facts->companions.rows[i];
        list = rk_json_append(list, json_pack("{s:o, s:o, s:o}", "why", rk_json_out_text(row->word), "keys",
                                              rk_json_out_count(row->sum.jobs), "blocked",
                                              rk_json_out_count(row->blocked)));
    }
    return list;
}

static json_t *due_of(const rk_bundle_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < RK_DUE_ROWS; i++)
        list = rk_json_append(list,
                              json_pack("{s:o, s:o}", "within_s",
                                        i + 1 < RK_DUE_ROWS ? json_real(facts->due[i].within_s) : json_null(),
                                        "jobs", rk_json_out_count(facts->due[i].jobs)));
    return list;
}

static json_t *warnings_of(const rk_bundle *bundle)
{
    json_t *list = json_array();
    const char *sentence;
    for (size_t i = 0; (sentence = rk_bundle_warning(bundle, i)) != NULL; i++)
        list = rk_json_append(list, rk_json_out_string(sentence));
    return list;
}

static json_t *summary_of(const rk_bundle_report *report, const rk_bundle *bundle,
                          const rk_bundle_facts *facts)
{
    json_t *json = rk_json_join(rk_bundle_json_head(report, bundle), sum_of(&facts->all));
    return rk_json_join(
        json,
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "longest_payload",
                  rk_json_out_count(facts->longest_payload), "sources", sources_of(bundle), "places",
                  places_of(facts), "classes", words_of(&facts->classes, "class"), "more_classes",
                  rk_json_out_count(facts->classes.others), "verdicts", words_of(&facts->verdicts, "verdict"),
                  "held", words_of(&facts->reasons, "reason"), "at_once", rk_json_out_count(facts->at_once),
                  "due", due_of(facts), "companions", companions_of(facts), "warnings", warnings_of(bundle)));
}

/* ---- line by line ---------------------------------------------------------------------------------------------------- */

static bool write_jobs(const rk_bundle_report *report, rk_bundle *bundle, rk_err *err)
{
    rk_bundle_job job;
    rk_bundle_rewind(bundle, false);
    while (!ferror(report->out) && rk_bundle_next(bundle, &job, err)) {
        json_t *json = rk_json_join(json_pack("{s:s}", "type", "job"), rk_bundle_json_job(&job));
        if (report->payloads)
            json = rk_json_set(json, "payload", rk_json_out_text(job.payload));
        if (report->payloads && job.act == RK_ACT_REPLACE)
            json = rk_json_set(json, "replaces", rk_json_out_text(job.replaces));
        if (!rk_bundle_json_put(report, json, err))
            return false;
    }
    return err->code == RK_OK;
}

static bool write_companions(const rk_bundle_report *report, rk_bundle *bundle, rk_err *err)
{
    rk_companion c;
    rk_bundle_rewind_companions(bundle);
    while (!ferror(report->out) && rk_bundle_next_companion(bundle, &c, err)) {
        json_t *json = json_pack(
            "{s:s, s:o, s:o, s:s, s:o, s:o, s:b, s:o}", "type", "companion", "db", rk_json_out_count(c.db),
            "key", rk_json_out_text(c.key), "kind", rk_type_name(c.type), "expire_ms",
            c.expire_ms == RK_NO_EXPIRY ? json_null() : json_integer(c.expire_ms), "why",
            rk_json_out_text(c.why), "blocked", c.blocked, "item_count", rk_json_out_count(c.item_count));
        json_t *items = report->payloads ? json_array() : NULL;
        for (size_t i = 0; report->payloads && i < c.item_count; i++)
            items = rk_json_append(items, rk_json_out_text(c.items[i]));
        if (report->payloads)
            json = rk_json_set(json, "items", items);
        if (!rk_bundle_json_put(report, json, err))
            return false;
    }
    return err->code == RK_OK;
}

bool rk_bundle_json_show(const rk_bundle_report *report, rk_bundle *bundle, const rk_bundle_facts *facts,
                         rk_err *err)
{
    if (report->form == RK_BUNDLE_JSON)
        return rk_bundle_json_put(report, summary_of(report, bundle, facts), err);
    return write_jobs(report, bundle, err) && write_companions(report, bundle, err) &&
           rk_bundle_json_put(
               report, rk_json_join(json_pack("{s:s}", "type", "summary"), summary_of(report, bundle, facts)),
               err);
}
