/* piece: the sound and the bad pieces of a value that is a count and so many nodes, members, fields or items. As long
 * as all are sound nothing is noted. */
#include "run.h"

void check_pieces_begin(rk_check *c, check_value *v)
{
    v->packed = !rk_rdb_has_pieces(c->rdb, v->key->type_byte) && v->key->type <= RK_HASH;
    v->run_from = v->piece_from = v->packed ? v->value : rk_rdb_pieces_at(c->rdb);
    v->in_pieces = rk_rdb_has_pieces(c->rdb, v->key->type_byte);
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
    v->bad_pieces = 0;
    if (!v->packed)
        v->piece_from = rk_rdb_offset(c->rdb);
}

bool check_piece_bad(rk_check *c, check_value *v, rk_err *err)
{
    uint64_t to = rk_rdb_offset(c->rdb);
    v->pulled++;
    if (v->bad_from == RK_NO_OFFSET)
        v->bad_from = v->piece_from;
    v->bad_pieces++;
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

/* How many pieces of the run lie before `to`, and where the last of them ends. */
static bool count_before(rk_check *c, const rk_span *run, uint64_t to, uint64_t *count, uint64_t *end,
                         rk_err *err)
{
    uint8_t type_byte = c->damaged[run->key].type_byte;
    bool units = c->damaged[run->key].type == RK_LIST || c->damaged[run->key].type == RK_ZSET;
    rk_err why = { 0 };
    rk_unit unit;
    rk_element element;
    *count = 0;
    *end = run->from;
    if (!rk_rdb_seek_pieces(c->second, type_byte, run->from, run->count, err))
        return false;
    while (units ? rk_rdb_unit(c->second, &unit, &why) : rk_rdb_element(c->second, &element, &why)) {
        if (rk_rdb_offset(c->second) > to)
            break;
        *end = rk_rdb_offset(c->second);
        ++*count;
    }
    return (why.code != RK_IO && why.code != RK_NO_MEMORY) || ((*err = why), false);
}

bool check_pieces_back(rk_check *c, size_t key, uint64_t to, uint64_t *end, rk_err *err)
{
    rk_span *last;
    *end = to;
    while (c->span_count && (last = &c->spans[c->span_count - 1])->key == key && last->to > to) {
        if (last->kind != RK_SPAN_PIECES || last->count == 0 || last->from >= to) {
            if (last->from < to) {
                last->to = to;
                return true;
            }
            *end = last->from;
            c->span_count--;
            continue;
        }
        uint64_t count;
        if (!count_before(c, last, to, &count, end, err))
            return false;
        last->count = count;
        last->to = *end;
        last->suspect = true;
        c->span_count -= count == 0;
        return true;
    }
    return true;
}

bool check_pieces_count(rk_check *c, size_t key, uint64_t to, uint64_t *begin, uint64_t *count, uint64_t *end,
                        rk_err *err)
{
    rk_damaged_key *damaged = &c->damaged[key];
    bool units = damaged->type == RK_LIST || damaged->type == RK_ZSET;
    rk_err why = { 0 };
    rk_unit unit;
    rk_element element;
    *count = 0;
    *begin = *end = UINT64_MAX;
    while (units ? rk_rdb_unit(c->second, &unit, &why) : rk_rdb_element(c->second, &element, &why)) {
        if (*begin == UINT64_MAX) {
            *begin = *end = rk_rdb_pieces_at(c->second);
            damaged->announced = rk_rdb_left(c->second) + 1;
        }
        if (rk_rdb_offset(c->second) > to)
            break;
        *end = rk_rdb_offset(c->second);
        ++*count;
    }
    return (why.code != RK_IO && why.code != RK_NO_MEMORY) || ((*err = why), false);
}
