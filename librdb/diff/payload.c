/* payload: the exact bytes of a job, read again when they are asked for. Jobs of one unit asked for in order cost
 * one decompression. */
#include "side.h"

bool payload_open(payload_reader *r, const side *s, rk_err *err)
{
    *r = (payload_reader){ .side = s, .unit_index = UNIT_ALONE };
    r->looks = rk_alloc(s->shard_count * sizeof *r->looks);
    if (!r->looks)
        return rk_no_memory(err);
    for (size_t i = 0; i < s->shard_count; i++)
        if (!(r->looks[i] = rk_look_open(s->shards[i], err)))
            return false;
    return true;
}

void payload_close(payload_reader *r)
{
    for (size_t i = 0; r->looks && i < r->side->shard_count; i++)
        rk_look_close(r->looks[i]);
    rk_free(r->looks);
    rk_buf_free(&r->blob);
    rk_buf_free(&r->text);
    *r = (payload_reader){ 0 };
}

bool payload_jid(const rk_envelope *envelope, rk_buf *scratch, uint64_t *hash, rk_err *err)
{
    rk_slice jid = envelope->jid;
    *hash = 0;
    if (jid.len == 0)
        return true;
    if (envelope->jid_escaped && !rk_json_unescape(jid, scratch, &jid, err))
        return false;
    *hash = rk_hash64(jid);
    *hash += *hash == 0;
    return true;
}

bool side_place_is_scored(const rk_place *place)
{
    return !rk_place_is_list(place->kind) && place->kind != RK_PLACE_WORK;
}

/* What went wrong while walking the unit. */
static bool pass_on(payload_reader *r, rk_err *err)
{
    if (r->walk_err.code == RK_OK || err->code != RK_OK)
        return false;
    *err = r->walk_err;
    return rk_err_source(err, r->side->paths->items[rk_spot_shard(r->side->units[r->unit_index].spot)]);
}

bool payload_open_unit(payload_reader *r, uint32_t index, bool scored, rk_err *err)
{
    const side_unit *u = &r->side->units[index];
    rk_slice bytes;
    r->unit = (rk_unit){ .form = u->form, .scored = scored, .count = u->count, .score = u->score };
    r->unit_index = index;
    r->next = 0;
    r->walk_err = (rk_err){ 0 };
    if (!rk_look_str(r->looks[rk_spot_shard(u->spot)], rk_spot_offset(u->spot), &r->unit.str, err) ||
        !rk_str_bytes(&r->unit.str, &r->blob, &bytes, err))
        return rk_err_source(err, r->side->paths->items[rk_spot_shard(u->spot)]);
    return rk_unit_walk_open(&r->walk, &r->unit, bytes, &r->walk_err) || pass_on(r, err);
}

bool payload_next(payload_reader *r, rk_slice *payload, double *score, rk_err *err)
{
    if (rk_unit_walk_next(&r->walk, payload, score)) {
        r->next++;
        return true;
    }
    return pass_on(r, err);
}

bool payload_get(payload_reader *r, const side_job *job, rk_slice *payload, rk_err *err)
{
    double score;
    *payload = RK_EMPTY;
    if (job->flags & JOB_HELD) {
        *payload = r->side->layouts.held[job->unit].payload;
        return true;
    }
    const rk_place *place = r->side->layouts.places[job->place];
    if ((r->unit_index != job->unit || r->next > job->index) &&
        !payload_open_unit(r, job->unit, side_place_is_scored(place), err))
        return false;
    while (r->next <= job->index)
        if (!payload_next(r, payload, &score, err))
            return err->code == RK_OK
                       ? rk_fail(err, RK_DAMAGED, rk_spot_offset(r->side->units[job->unit].spot),
                                 "the file changed while it was read")
                       : false;
    return true;
}
