/* behind: going on behind bytes in which the framing was lost: a second reader looks for what can be read again. */
#include "rescue.h"
#include "run.h"

/* The first reader passes over the rest, so that all of it can be read again. */
static bool drain(rk_check *c, rk_err *err)
{
    c->framing_lost = true;
    if (!c->drained) {
        c->notes.info.checksum = rk_rdb_checksum(c->first);
        rk_rdb_trailing(c->first, err);
        c->drained = true;
        c->size = rk_source_size(c->source);
    }
    return err->code == RK_OK && (c->second || (c->second = rk_rdb_second(c->first, err)));
}

static bool land(rk_check *c, const rescue_landing *landing, rk_err *err)
{
    c->rdb = c->second;
    c->db_lost = true;
    c->suspect = landing->suspect;
    c->proven = 0;
    c->landed = landing->from;
    return rk_rdb_seek_record(c->second, landing->from, c->db, err);
}

bool check_go_on(rk_check *c, const check_value *v, uint64_t sound_to, rk_err *why, rk_err *err)
{
    const rk_key *inside = v && v->damaged != SIZE_MAX && v->in_pieces ? v->key : NULL;
    size_t key = v ? v->damaged : SIZE_MAX;
    uint64_t left = inside ? rk_rdb_left(c->rdb) : 0, from = sound_to;
    rescue_landing landing = { 0 };
    if (!check_problem_told(c, why, v ? v->key : NULL, err) || !drain(c, err))
        return false;
    if (from <= c->landed)
        from = c->landed + 1; /* a landing that was none */
    for (;;) {
        c->suspect = false;
        if (!check_rescue(c->second, from, inside, left, &landing, err))
            return false;
        if (landing.from < sound_to)
            landing.from = sound_to;
        if (!check_span_add(c, RK_SPAN_LOST, sound_to,
                            landing.kind == RESCUE_NOTHING ? c->size : landing.from, key, 0, err))
            return false;
        if (landing.kind != RESCUE_PIECES)
            break;
        c->suspect = landing.suspect;
        if (!check_span_add(c, RK_SPAN_PIECES, landing.from, landing.to, key, landing.count, err))
            return false;
        c->damaged[key].pieces += landing.count;
        left -= landing.count < left ? landing.count : left;
        from = sound_to = landing.to;
    }
    if (landing.kind == RESCUE_RECORDS)
        return land(c, &landing, err);
    c->ended = true;
    c->end_at = c->size;
    return true;
}
