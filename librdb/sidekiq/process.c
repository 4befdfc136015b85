/* process: the processes of a layout and the jobs that their work hashes show (spec: Sidekiq, "Keys of the free
 * edition", "Work hashes"). */
#include "layout.h"

#include <math.h>

bool layout_is_expired(const rk_evidence *evidence, int64_t expire_ms)
{
    return expire_ms != RK_NO_EXPIRY && evidence->now_s >= 0 && expire_ms < evidence->now_s * 1000;
}

static rk_look *look_at(layout_finder *f, rk_spot spot, rk_key *key)
{
    rk_look *look = f->evidence->looks[rk_spot_shard(spot)];
    return rk_look_key(look, rk_spot_offset(spot), key, f->err) ? look : NULL;
}

bool layout_read_string(layout_finder *f, rk_spot spot, rk_slice *value)
{
    rk_key key;
    rk_element element;
    rk_look *look = look_at(f, spot, &key);
    if (!look || key.type != RK_STRING || !rk_look_element(look, &element, f->err))
        return false;
    return rk_arena_copy(&f->out->arena, element.item, value, f->err);
}

/* The process hash of `p->identity`, where there is one. */
static bool read_process(layout_finder *f, const rk_layout *layout, rk_process *p)
{
    rk_key key;
    rk_element e;
    f->blob.len = 0;
    if (!rk_buf_add(&f->blob, layout->prefix, f->err) || !rk_buf_add(&f->blob, p->identity, f->err))
        return false;
    const rk_catalog_key *found = rk_catalog_find(f->evidence->catalog, layout->db, rk_buf_slice(&f->blob));
    if (!found || found->type != RK_HASH)
        return true;
    rk_look *look = look_at(f, found->spot, &key);
    while (look && rk_look_element(look, &e, f->err)) {
        if (rk_slice_is(e.item, RK_TEXT("beat")))
            rk_slice_double(e.value, &p->beat);
        else if (rk_slice_is(e.item, RK_TEXT("busy")))
            rk_slice_int(e.value, &p->busy);
        else if (rk_slice_is(e.item, RK_TEXT("concurrency")))
            rk_slice_int(e.value, &p->concurrency);
        else if (rk_slice_is(e.item, RK_TEXT("quiet")))
            p->quiet = rk_slice_is(e.value, RK_TEXT("true"));
        else if (rk_slice_is(e.item, RK_TEXT("info")) &&
                 !rk_arena_copy(&f->out->arena, e.value, &p->info, f->err))
            return false;
    }
    if (f->err->code != RK_OK)
        return false;
    rk_json_value value;
    double number;
    bool integer;
    if (p->concurrency == 0 && rk_json_member(p->info, "concurrency", &value) &&
        rk_json_number(value, &number, &integer) && number > 0 && number < 1e6)
        p->concurrency = (int64_t)number;
    if (p->quiet || p->concurrency < 0 || p->concurrency > 100000)
        p->concurrency = 0; /* takes no jobs; or no number of threads */
    if (f->evidence->now_s >= 0)
        p->silent_s = (double)f->evidence->now_s - p->beat;
    p->alive = !isnan(p->beat) && !layout_is_expired(f->evidence, found->expire_ms) &&
               !(p->silent_s > f->evidence->alive_within_s);
    return true;
}

static bool add_process(layout_finder *f, rk_layout *layout, rk_slice identity)
{
    rk_process p = { .beat = NAN, .silent_s = NAN, .info = RK_EMPTY };
    if (!rk_arena_copy(&f->out->arena, identity, &p.identity, f->err) ||
        !rk_grow((void **)&layout->processes, &layout->process_cap, layout->process_count + 1, sizeof p,
                 f->err))
        return false;
    layout->processes[layout->process_count++] = p;
    return true; /* in the index once the array has its place */
}

bool layout_read_processes(layout_finder *f, rk_layout *layout)
{
    rk_key key;
    rk_element e;
    f->blob.len = 0;
    if (!rk_buf_add(&f->blob, layout->prefix, f->err) || !rk_buf_add(&f->blob, RK_TEXT("processes"), f->err))
        return false;
    rk_digest name = rk_catalog_name(layout->db, rk_buf_slice(&f->blob));
    for (const rk_catalog_key *set = NULL;
         (set = rk_catalog_find_digest(f->evidence->catalog, name, set)) != NULL;) {
        rk_look *look = set->type == RK_SET ? look_at(f, set->spot, &key) : NULL;
        while (look && rk_look_element(look, &e, f->err))
            if (!add_process(f, layout, e.item))
                return false;
        if (f->err->code != RK_OK)
            return false;
    }
    for (size_t i = 0; i < layout->process_count; i++) {
        rk_process *p = &layout->processes[i];
        if (!read_process(f, layout, p) ||
            !layout_index_put(&f->index, layout_key(p->identity, layout->id, LAYOUT_PROCESS), p, f->err))
            return false;
    }
    return true;
}

rk_process *layout_process(const layout_finder *f, const rk_layout *layout, rk_slice identity)
{
    return layout_index_get(&f->index, layout_key(identity, layout->id, LAYOUT_PROCESS));
}

/* The job within the JSON of one thread: an object until 6.0.1, a text in a string from 6.0.2 on. */
static bool held_payload(layout_finder *f, rk_slice json, rk_slice *payload)
{
    rk_json_value value;
    rk_slice text;
    *payload = RK_EMPTY;
    if (!rk_json_member(json, "payload", &value))
        return true;
    text = value.text;
    if (value.kind == RK_JSON_STRING && !rk_json_string(value, &f->text, &text, f->err))
        return false;
    return rk_arena_copy(&f->out->arena, text, payload, f->err);
}

bool layout_is_work(layout_finder *f, const rk_candidate *candidate)
{
    rk_key key;
    rk_element e;
    rk_json_value payload;
    rk_look *look = look_at(f, candidate->spot, &key);
    return look && rk_look_element(look, &e, f->err) && rk_json_member(e.value, "payload", &payload);
}

bool layout_read_work(layout_finder *f, rk_candidate *candidate, rk_place *place)
{
    rk_key key;
    rk_element e;
    rk_process *process = layout_process(f, place->layout, place->owner);
    rk_look *look = look_at(f, candidate->spot, &key);
    place->alive = process && process->alive && !layout_is_expired(f->evidence, candidate->expire_ms);
    while (look && rk_look_element(look, &e, f->err)) {
        rk_held held = {
            .place = place, .spot = candidate->spot, .order = f->out->held_count, .process = process
        };
        rk_json_value payload;
        if (f->evidence->counts_only) {
            bool shown = rk_json_member(e.value, "payload", &payload);
            place->jobs += shown;
            if (process)
                process->shown += shown;
            continue;
        }
        if (!held_payload(f, e.value, &held.payload))
            return false;
        if (held.payload.len == 0)
            continue;
        if (!rk_grow((void **)&f->out->held, &f->out->held_cap, f->out->held_count + 1, sizeof held, f->err))
            return false;
        f->out->held[f->out->held_count++] = held;
        if (process)
            process->shown++;
    }
    return f->err->code == RK_OK;
}

/* True when `weights`, an object, or an array of objects or names, names the queue. */
static bool is_name(rk_slice raw, rk_slice queue)
{
    /* with escapes in it, it may well be the one: a thread too many does no harm */
    return rk_slice_is(raw, queue) || rk_slice_find(raw, RK_TEXT("\\"), 0) != SIZE_MAX;
}

static bool names_queue(rk_slice json, rk_slice queue)
{
    rk_json_walk walk;
    rk_json_value value;
    rk_slice key;
    if (rk_json_open(&walk, json)) {
        while (rk_json_next(&walk, &key, &value))
            if (is_name(key, queue))
                return true;
        return false;
    }
    if (!rk_json_array_open(&walk, json))
        return false;
    while (rk_json_array_next(&walk, &value))
        if (value.kind == RK_JSON_STRING &&
            is_name((rk_slice){ value.text.ptr + 1, value.text.len - 2 }, queue))
            return true;
    return false;
}

bool rk_process_serves(const rk_process *process, rk_slice queue)
{
    rk_json_value value, capsule, weights;
    rk_json_walk walk;
    rk_slice key;
    bool told = false;
    if (rk_json_member(process->info, "capsules", &value) && rk_json_open(&walk, value.text)) {
        while (rk_json_next(&walk, &key, &capsule)) {
            if (!rk_json_member(capsule.text, "weights", &weights))
                continue;
            told = true;
            if (names_queue(weights.text, queue))
                return true;
        }
        if (told)
            return false;
    }
    return !rk_json_member(process->info, "queues", &value) || names_queue(value.text, queue);
}
