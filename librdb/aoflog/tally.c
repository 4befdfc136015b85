/* tally: how many jobs there are, and in which keys, by the effects of a replay. */
#include "aoflog.h"

enum { LOOKS_MOST = 8 }; /* items of a key that are looked at before it is taken to hold no jobs */

bool log_is_job(rk_slice bytes, rk_envelope *envelope)
{
    return bytes.len > 2 && rk_envelope_scan(bytes, envelope) && envelope->has_class && envelope->has_args;
}

/* The place of an effect's key, made when it is new; NULL: it is none, or (err) no memory. */
static log_place *place_of(log_tally *t, const rk_effect *e, rk_err *err)
{
    if (!log_holds_jobs(e->key, e->type))
        return NULL;
    rk_digest digest = log_key_digest(e->db, e->key);
    uint32_t at = log_map_get(&t->map, digest);
    if (at == LOG_MAP_NONE) {
        at = (uint32_t)t->count;
        if (t->count >= LOG_MAP_NONE - 1 ||
            !rk_grow((void **)&t->places, &t->cap, t->count + 1, sizeof *t->places, err))
            return NULL;
        t->places[at] = (log_place){ .db = e->db };
        if (!rk_arena_copy(&t->arena, e->key, &t->places[at].name, err) ||
            !log_map_put(&t->map, digest, at, err))
            return NULL;
        t->count++;
    }
    log_place *place = &t->places[at];
    if (!place->out && !place->out_whole && !place->in && !place->gone) {
        if (!rk_grow((void **)&t->touched, &t->touched_cap, t->touched_count + 1, sizeof *t->touched, err))
            return NULL;
        t->touched[t->touched_count++] = at;
        place->before = place->items;
    }
    return place;
}

/* Sets of names of queues hold no jobs. */
static bool look(log_tally *t, rk_replay *replay, log_place *place, const rk_effect *e, rk_err *err)
{
    rk_envelope envelope;
    rk_slice bytes;
    if (place->jobs || place->looked >= LOOKS_MOST || e->type == RK_SET)
        return true;
    if (!rk_replay_item(replay, e->item, &t->scratch, &bytes, err))
        return false;
    place->looked++;
    place->jobs = log_is_job(bytes, &envelope);
    if (place->jobs)
        t->jobs += place->items; /* those before were counted as none */
    return true;
}

static void come(log_tally *t, log_place *place)
{
    place->in++;
    place->items++;
    t->jobs += place->jobs;
}

static void leave(log_tally *t, log_place *place, bool whole)
{
    if (whole)
        place->out_whole++;
    else
        place->out++;
    if (place->items == 0)
        return;
    place->items--;
    t->jobs -= place->jobs;
}

static bool take_effect(log_tally *t, rk_replay *replay, const rk_effect *e, rk_err *err)
{
    if (e->kind != RK_EFFECT_IN && e->kind != RK_EFFECT_OUT && e->kind != RK_EFFECT_GONE)
        return true;
    log_place *place = place_of(t, e, err);
    if (!place)
        return err->code == RK_OK;
    place->type = e->type;
    if (e->kind == RK_EFFECT_GONE) {
        place->gone = true;
        place->expire_ms = e->expire_ms;
    } else if (e->kind == RK_EFFECT_IN) {
        if (!look(t, replay, place, e, err))
            return false;
        come(t, place);
    } else {
        leave(t, place, e->whole);
    }
    return true;
}

bool log_tally_step(log_tally *t, rk_replay *replay, const rk_step *step, rk_err *err)
{
    for (size_t i = 0; i < t->touched_count; i++) {
        log_place *place = &t->places[t->touched[i]];
        if (place->gone && place->items == 0) { /* what comes to be by this name next may be something else */
            place->jobs = false;
            place->looked = 0;
        }
        place->out = place->out_whole = place->in = 0;
        place->gone = false;
    }
    t->touched_count = 0;
    for (size_t i = 0; i < step->effect_count; i++)
        if (!take_effect(t, replay, &step->effects[i], err))
            return false;
    return true;
}

void log_tally_free(log_tally *t)
{
    rk_free(t->places);
    rk_free(t->touched);
    log_map_free(&t->map);
    rk_arena_free(&t->arena);
    rk_buf_free(&t->scratch);
    *t = (log_tally){ 0 };
}
