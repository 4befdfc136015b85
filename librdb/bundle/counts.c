/* counts: how many jobs a bundle has in all, by act, by verdict and by place. */
#include "manifest.h"

/* Takes `value`, which may be NULL. */
static bool set(json_t *object, const char *name, json_t *value, rk_err *err)
{
    return json_object_set_new(object, name, value) == 0 || rk_no_memory(err);
}

bool rk_bundle_counts_start(rk_bundle_counts *counts, rk_err *err)
{
    *counts = (rk_bundle_counts){ .verdicts = json_object(), .places = json_array() };
    return (counts->verdicts && counts->places) || rk_no_memory(err);
}

void rk_bundle_counts_free(rk_bundle_counts *counts)
{
    json_decref(counts->verdicts);
    json_decref(counts->places);
    rk_buf_free(&counts->key);
    *counts = (rk_bundle_counts){ 0 };
}

static json_t *text_of(rk_slice bytes, rk_err *err)
{
    rk_buf room = { 0 };
    json_t *text = NULL;
    if (rk_slice_utf8(bytes))
        text = json_stringn((const char *)bytes.ptr, bytes.len);
    else if (rk_bundle_add_base64(&room, bytes, err))
        text = json_pack("{s:s%}", "b64", (const char *)room.ptr, room.len);
    rk_buf_free(&room);
    if (!text)
        rk_no_memory(err);
    return text;
}

/* The place at hand is complete. */
static bool end_place(rk_bundle_counts *counts, rk_err *err)
{
    uint64_t jobs = counts->place_jobs;
    counts->place_jobs = 0;
    if (jobs == 0)
        return true;
    if (json_array_size(counts->places) >= RK_BUNDLE_LISTED_MOST) {
        counts->more_places++;
        counts->more_jobs += jobs;
        return true;
    }
    json_t *place = json_object();
    bool ok = place && set(place, "db", json_integer(counts->db), err) &&
              set(place, "key", text_of(rk_buf_slice(&counts->key), err), err) &&
              set(place, "place", json_string(rk_bundle_place_name(counts->kind)), err) &&
              set(place, "jobs", json_integer((json_int_t)jobs), err);
    if (ok)
        return json_array_append_new(counts->places, place) == 0 || rk_no_memory(err);
    json_decref(place);
    return rk_no_memory(err);
}

static bool count_verdict(rk_bundle_counts *counts, rk_slice verdict, rk_err *err)
{
    char word[64];
    rk_slice_print(verdict, word, sizeof word);
    json_t *known = json_object_get(counts->verdicts, word);
    if (known)
        return json_integer_set(known, json_integer_value(known) + 1) == 0;
    if (json_object_size(counts->verdicts) >= RK_BUNDLE_LISTED_MOST)
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "bundle has more than %d verdicts",
                       RK_BUNDLE_LISTED_MOST);
    return set(counts->verdicts, word, json_integer(1), err);
}

bool rk_bundle_counts_add(rk_bundle_counts *counts, const rk_bundle_job *job, rk_err *err)
{
    bool same = counts->jobs > 0 && counts->db == job->db && counts->kind == job->kind &&
                rk_slice_is(rk_buf_slice(&counts->key), job->key);
    if (!same) {
        if (!end_place(counts, err))
            return false;
        counts->db = job->db;
        counts->kind = job->kind;
        counts->key.len = 0;
        if (!rk_buf_add(&counts->key, job->key, err))
            return false;
    }
    counts->jobs++;
    counts->place_jobs++;
    counts->acts[job->act]++;
    counts->payload_bytes += job->payload.len;
    return count_verdict(counts, job->verdict, err);
}

static bool set_number(json_t *object, const char *name, uint64_t number, rk_err *err)
{
    return set(object, name, json_integer((json_int_t)number), err);
}

static bool set_acts(json_t *all, const rk_bundle_counts *counts, rk_err *err)
{
    json_t *acts = json_object();
    bool ok = set(all, "acts", acts, err);
    for (unsigned i = 0; ok && i < RK_ACTS; i++)
        ok = set_number(acts, rk_act_name((rk_act)i), counts->acts[i], err);
    return ok;
}

json_t *rk_bundle_counts_json(rk_bundle_counts *counts, rk_err *err)
{
    json_t *all = json_object();
    if (all && end_place(counts, err) && set_number(all, "jobs", counts->jobs, err) &&
        set_number(all, "companions", counts->companions, err) &&
        set_number(all, "payload_bytes", counts->payload_bytes, err) && set_acts(all, counts, err) &&
        set(all, "verdicts", json_incref(counts->verdicts), err) &&
        set(all, "places", json_incref(counts->places), err) &&
        set_number(all, "more_places", counts->more_places, err) &&
        set_number(all, "more_place_jobs", counts->more_jobs, err))
        return all;
    json_decref(all);
    rk_no_memory(err);
    return NULL;
}

/* ---- comparison ------------------------------------------------------------------------------------------------ */

static bool same_numbers(const json_t *manifest, const json_t *there, const char *what, rk_err *err)
{
    const char *name;
    json_t *number;
    json_object_foreach((json_t *)there, name, number)
    {
        json_t *said = json_object_get(manifest, name);
        if (json_is_integer(number) && (!said || !json_equal(said, number)))
            return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                           "manifest counts %" JSON_INTEGER_FORMAT " %s%s, %" JSON_INTEGER_FORMAT
                           " are there",
                           json_integer_value(said), what, name, json_integer_value(number));
    }
    return true;
}

static bool same_places(const json_t *manifest, const json_t *there, rk_err *err)
{
    char shown[80];
    for (size_t i = 0; i < json_array_size(there); i++) {
        json_t *mine = json_array_get(there, i), *said = json_array_get(manifest, i);
        const char *key = json_string_value(json_object_get(mine, "key"));
        rk_slice_print(key ? rk_slice_of(key) : RK_TEXT("(no text)"), shown, sizeof shown);
        if (!said || !json_equal(said, mine))
            return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                           "manifest counts other than the %" JSON_INTEGER_FORMAT
                           " jobs of '%s' that are there",
                           json_integer_value(json_object_get(mine, "jobs")), shown);
    }
    return true;
}

bool rk_bundle_counts_same(const json_t *manifest, const json_t *there, rk_err *err)
{
    if (!same_numbers(manifest, there, "", err) ||
        !same_numbers(json_object_get(manifest, "acts"), json_object_get(there, "acts"), "jobs of act ",
                      err) ||
        !same_numbers(json_object_get(manifest, "verdicts"), json_object_get(there, "verdicts"),
                      "jobs of verdict ", err) ||
        !same_places(json_object_get(manifest, "places"), json_object_get(there, "places"), err))
        return false;
    return json_equal(manifest, there) ||
           rk_fail(err, RK_DAMAGED, RK_NO_OFFSET,
                   "manifest counts more kinds of jobs, or places, than are there");
}
