/* piece: the sound and the bad pieces of a value that is a count and so many nodes, members, fields or items. As long
 * as all are sound nothing is noted. */
#include "run.h"

void check_pieces_begin(rk_check *c, check_value *v)
{
    v->run_from = v->piece_from = rk_rdb_pieces_at(c->rdb);
    v->in_pieces = rk_rdb_has_pieces(c->rdb, v->key->type_byte) && !v->twice;
}

/* The key becomes one that is damaged; what it begins with is a span of no pieces. */
static bool make_damaged(rk_check *c, check_value *v, rk_err *err)
{
    uint64_t announced = v->in_pieces && v->pulled ? rk_rdb_left(c->rdb) + v->pulled : 0;
    if (v->damaged != SIZE_MAX)
        return true;
    return check_damaged_add(c, v->key, v->value, announced, &v->damaged, err) &&
           (!v->in_pieces ||
            check_span_add(c, RK_SPAN_PIECES, v->key->begin, rk_rdb_pieces_at(c->rdb), v->damaged, 0, err));
}

/* The sound pieces so far become a span. */
static bool end_run(rk_check *c, check_value *v, rk_err *err)
{
    bool ok = check_span_add(c, RK_SPAN_PIECES, v->run_from, v->piece_from, v->damaged, v->run_count, err);
    v->run_from = v->piece_from;
    v->run_count = 0;
    return ok;
}

void check_piece_sound(rk_check *c, check_value *v)
{
    v->pulled++;
    v->run_count++;
    v->bad_from = RK_NO_OFFSET;
    v->piece_from = rk_rdb_offset(c->rdb);
}

bool check_piece_bad(rk_check *c, check_value *v, rk_err *err)
{
    uint64_t to = rk_rdb_offset(c->rdb);
    v->pulled++;
    if (v->bad_from == RK_NO_OFFSET)
        v->bad_from = v->piece_from;
    if (!v->in_pieces)
        return true;
    if (!make_damaged(c, v, err) || !end_run(c, v, err) ||
        !check_span_add(c, RK_SPAN_LOST, v->piece_from, to, v->damaged, 0, err))
        return false;
    v->run_from = v->piece_from = to;
    return true;
}

bool check_pieces_end(rk_check *c, check_value *v, uint64_t to, rk_err *err)
{
    bool some = v->in_pieces && (v->damaged != SIZE_MAX || v->run_count > 0 || v->lost);
    v->in_pieces = some;
    if (!make_damaged(c, v, err))
        return false;
    if (!some)
        return check_span_add(c, RK_SPAN_LOST, v->key->begin, to, v->damaged, 0, err);
    return end_run(c, v, err) && check_span_add(c, v->tail_sound ? RK_SPAN_PIECES : RK_SPAN_LOST,
                                                v->piece_from, to, v->damaged, 0, err);
}
