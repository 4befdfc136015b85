/* twins: keys that are there twice. Which of the two is left out depends on where they were found: between two losses lie
 * strangers, remains of another file perhaps, and yield to what belongs to the snapshot without doubt; where a SELECTDB
 * may have been lost, a key that was there before shows that it was. */
#include "run.h"

#include <stdlib.h>

enum { STRANGERS_MOST = 1024 * 1024, DB_MOST = 15 /* that a server has, unless it is told to have more */ };

/* ---- segments: what was read between two losses ---- */

bool check_segment_begin(rk_check *c, uint64_t from, uint64_t lost_at, rk_err *err)
{
    check_segment *last = c->segment_count ? &c->segments[c->segment_count - 1] : NULL;
    while (c->twin_count && c->twins[c->twin_count - 1].again >= lost_at)
        c->twin_count--; /* it was taken back */
    if (last) {
        last->strange = c->segment_count > 1 && lost_at - last->from < STRANGERS_MOST;
        if (!last->strange)
            c->db_trusted = c->db;
        c->db = c->db_trusted;
    }
    if (!rk_grow((void **)&c->segments, &c->segment_cap, c->segment_count + 1, sizeof *c->segments, err))
        return false;
    c->segments[c->segment_count++] =
        (check_segment){ .from = from, .db = c->db, .guessed_to = last ? UINT64_MAX : 0 };
    return true;
}

void check_segment_db(rk_check *c, uint64_t offset, uint32_t db)
{
    check_segment *last = &c->segments[c->segment_count - 1];
    if (last->guessed_to != UINT64_MAX)
        return;
    last->guessed_to = offset;
    last->next_db = db;
}

static check_segment *segment_of(const rk_check *c, uint64_t offset)
{
    size_t low = 0, high = c->segment_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (c->segments[middle].from <= offset)
            low = middle;
        else
            high = middle;
    }
    return &c->segments[low];
}

/* ---- pairs ---- */

bool check_twin_add(rk_check *c, const distinct_item *first, const distinct_item *again, rk_err *err)
{
    if (!rk_grow((void **)&c->twins, &c->twin_cap, c->twin_count + 1, sizeof *c->twins, err))
        return false;
    c->twins[c->twin_count++] = (check_twin){ first->from, again->from, (uint32_t)again->to };
    return true;
}

/* The database of what was guessed to be in another one was lost: it is one behind it. */
static bool may_move(const rk_check *c, check_segment *s, uint64_t offset)
{
    bool last = s == &c->segments[c->segment_count - 1];
    uint32_t most = s->guessed_to == UINT64_MAX ? DB_MOST : s->next_db - (s->next_db > 0);
    if (offset >= s->guessed_to || s->strange || (!last && s->guessed_to == UINT64_MAX))
        return false;
    if (s->moved)
        return true;
    s->moved = s->db + 1 <= most;
    return s->moved;
}

/* Was the key at `offset` taken back since? */
static bool is_lost(const rk_check *c, uint64_t offset)
{
    size_t low = 0, high = c->span_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (c->spans[middle].from <= offset)
            low = middle;
        else
            high = middle;
    }
    return c->span_count == 0 || c->spans[low].kind == RK_SPAN_LOST;
}

/* Which of the two goes: its offset, or RK_NO_OFFSET: none does. */
static uint64_t who_goes(const rk_check *c, const check_twin *twin)
{
    if (is_lost(c, twin->first) || is_lost(c, twin->again))
        return RK_NO_OFFSET;
    check_segment *first = segment_of(c, twin->first), *again = segment_of(c, twin->again);
    if (first->strange && !again->strange)
        return twin->first;
    if (first != again && !again->strange && may_move(c, again, twin->again))
        return RK_NO_OFFSET;
    return twin->again;
}

static int by_offset(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* ---- leaving ---- */

/* Reads the record at `offset` again, to its end. */
static bool read_again(rk_check *c, uint64_t offset, uint32_t db, check_leaving *leaving, rk_err *err)
{
    rk_record record;
    const rk_key *key;
    rk_err ignored = { 0 };
    *leaving = (check_leaving){ .from = offset, .to = offset, .db = db };
    if (!check_key_again(c, offset, db, &record, &key, err))
        return false;
    if (!key)
        return true;
    if (!check_damaged_add(c, key, rk_rdb_offset(c->second), 0, &leaving->key, err))
        return false;
    while (!rk_rdb_pass(c->second, &ignored) && rk_rdb_goes_on(c->second))
        ignored = (rk_err){ 0 };
    if (ignored.code == RK_OK)
        leaving->to = rk_rdb_offset(c->second);
    return true;
}

/* What is left of a damaged key that goes is left out, too; of one that is a packed string nothing is looked for. */
static void leave_out_pieces(rk_check *c, const uint64_t *going, size_t count)
{
    for (size_t i = 0; i < c->span_count; i++) {
        rk_span *span = &c->spans[i];
        if (span->key == SIZE_MAX || (span->kind != RK_SPAN_PIECES && span->kind != RK_SPAN_LOST))
            continue;
        uint64_t begin = c->damaged[span->key].begin;
        if (!bsearch(&begin, going, count, sizeof *going, by_offset))
            continue;
        if (span->kind == RK_SPAN_LOST) {
            span->key = SIZE_MAX;
            continue;
        }
        span->kind = RK_SPAN_LEFT_OUT;
        span->keys = span->from == begin;
        span->count = 0;
    }
}

static bool leave_out(rk_check *c, uint64_t *going, size_t count, rk_err *err)
{
    check_leaving *leaving = rk_alloc((count + 1) * sizeof *leaving);
    size_t leavers = 0;
    bool ok = leaving || rk_no_memory(err);
    qsort(going, count, sizeof *going, by_offset);
    for (size_t i = 0; ok && i < count; i++)
        if (i == 0 || going[i] != going[i - 1]) {
            ok = read_again(c, going[i], segment_of(c, going[i])->db, &leaving[leavers], err);
            leavers +=
                leaving[leavers].to > leaving[leavers].from; /* else it was taken back, or has pieces */
        }
    ok = ok && check_span_leave_out(c, leaving, leavers, err);
    if (ok)
        leave_out_pieces(c, going, count);
    rk_free(leaving);
    return ok;
}

/* Gives the spans of a segment the database that it was moved to, and says of strangers that they are suspect. */
static void settle_spans(rk_check *c)
{
    for (size_t i = 0; i < c->span_count; i++) {
        rk_span *span = &c->spans[i];
        const check_segment *s = segment_of(c, span->from);
        span->suspect |= s->strange && (span->kind == RK_SPAN_SOUND || span->kind == RK_SPAN_PIECES);
        if (!s->moved || span->from >= s->guessed_to || span->from < s->from)
            continue;
        span->db = s->db + 1;
        if (span->kind == RK_SPAN_PIECES)
            c->damaged[span->key].db = span->db;
    }
}

bool check_twins_settle(rk_check *c, rk_err *err)
{
    uint64_t *going = rk_alloc((c->twin_count + 1) * sizeof *going);
    size_t count = 0;
    bool ok = going || rk_no_memory(err);
    for (size_t i = 0; ok && i < c->twin_count; i++) {
        uint64_t offset = who_goes(c, &c->twins[i]);
        if (offset != RK_NO_OFFSET)
            going[count++] = offset;
    }
    ok = ok && (count == 0 || c->second || (c->second = rk_rdb_second(c->first, err))) &&
         leave_out(c, going, count, err);
    if (ok)
        settle_spans(c);
    rk_free(going);
    return ok;
}
