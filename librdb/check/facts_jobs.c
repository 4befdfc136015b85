/* facts_jobs: what the jobs of a snapshot are written like, where that matters to a version of Sidekiq (spec: Sidekiq,
 * "The payload"). Every job is decoded, so this is done only for whoever asks. */
#include "facts_parts.h"

const char *rk_job_form_name(rk_job_form form)
{
    static const char *const names[RK_FORM_COUNT] = {
        [RK_FORM_MS_TIME] = "ms_time",     [RK_FORM_MS_LIMIT] = "ms_limit",
        [RK_FORM_TEXT_TIME] = "text_time", [RK_FORM_NEW_WRAPPER] = "new_wrapper",
        [RK_FORM_EXTENSION] = "extension", [RK_FORM_NO_JID] = "no_jid",
        [RK_FORM_BROKEN] = "broken",
    };
    return names[form];
}

void check_facts_look_into_jobs(check_facts *facts)
{
    facts->look_into_jobs = true;
}

/* An integer above 10^11: milliseconds (spec: Sidekiq, "Times, one rule"). */
static bool is_ms(rk_json_value value)
{
    double number;
    bool integer;
    return value.kind == RK_JSON_NUMBER && rk_json_number(value, &number, &integer) && integer &&
           number > 1e11;
}

static bool is_time_key(rk_slice key)
{
    return rk_slice_is(key, RK_TEXT("created_at")) || rk_slice_is(key, RK_TEXT("enqueued_at")) ||
           rk_slice_is(key, RK_TEXT("failed_at")) || rk_slice_is(key, RK_TEXT("retried_at"));
}

/* Sets a bit for each form that the payload has. */
static unsigned forms_of(rk_slice payload)
{
    rk_json_walk walk;
    rk_slice key, class_name = RK_EMPTY;
    rk_json_value value;
    bool jid = false, ms = false, failed_ms = false, limited = false, text = false;
    if (!rk_json_open(&walk, payload))
        return 1U << RK_FORM_BROKEN;
    while (rk_json_next(&walk, &key, &value)) {
        jid |= rk_slice_is(key, RK_TEXT("jid"));
        limited |= rk_slice_is(key, RK_TEXT("retry_for"));
        if (rk_slice_is(key, RK_TEXT("class")))
            class_name = value.text;
        if (!is_time_key(key))
            continue;
        ms |= is_ms(value);
        failed_ms |= is_ms(value) && rk_slice_is(key, RK_TEXT("failed_at"));
        text |= value.kind == RK_JSON_STRING;
    }
    if (!rk_json_ok(&walk) || class_name.len == 0)
        return 1U << RK_FORM_BROKEN;
    return (unsigned)ms << RK_FORM_MS_TIME | (unsigned)(failed_ms && limited) << RK_FORM_MS_LIMIT |
           (unsigned)text << RK_FORM_TEXT_TIME | (unsigned)!jid << RK_FORM_NO_JID |
           (unsigned)rk_slice_is(class_name, RK_TEXT("\"Sidekiq::ActiveJob::Wrapper\""))
               << RK_FORM_NEW_WRAPPER |
           (unsigned)rk_slice_starts(class_name, RK_TEXT("\"Sidekiq::Extensions::")) << RK_FORM_EXTENSION;
}

static void note(check_facts *facts, unsigned forms, const rk_candidate *c)
{
    for (unsigned i = 0; i < RK_FORM_COUNT; i++) {
        rk_trait *form = &facts->out.job_forms[i];
        if (!(forms >> i & 1))
            continue;
        form->count++;
        if (form->has_example)
            continue;
        form->has_example = true;
        form->db = c->db;
        form->key = rk_slice_head(c->name, RK_FACTS_NAME); /* the candidates live as long as the facts */
    }
}

bool facts_jobs_look(check_facts *facts, rk_look *look, rk_err *err)
{
    rk_key key;
    rk_element element;
    for (size_t i = 0; i < facts->candidate_count; i++) {
        const rk_candidate *c = &facts->candidates[i];
        if (!c->place || ((const rk_place *)c->place)->kind == RK_PLACE_WORK)
            continue;
        if (!rk_look_key(look, rk_spot_offset(c->spot), &key, err))
            return false;
        while (rk_look_element(look, &element, err))
            note(facts, forms_of(element.item), c);
        if (err->code != RK_OK)
            return false;
    }
    facts->out.jobs_looked_into = true;
    return true;
}
