/* salvage_stream: streams of which nodes are left. The nodes are copied; the length is counted anew; last id, counters and
 * groups are copied where they can be read behind the nodes, and are else as if the stream had been made of the
 * entries that are left, without a group. */
#include "salvage.h"

enum { FIRST_COUNTERS = 19, FIRST_IDMP = 26, IDMP_DEFAULT = 100, HEAD_MOST = 9 };

/* What the nodes that are left hold. */
typedef struct {
    uint64_t nodes, entries;
    rk_stream_id first, last;
    bool has_tail;
    uint64_t tail; /* where what stands behind the nodes begins */
    rk_element meta;
} stream_rest;

static bool is_run(const rk_span *span)
{
    return span->kind == RK_SPAN_PIECES && span->count > 0;
}

static bool comes_after(rk_stream_id a, rk_stream_id b)
{
    return a.ms > b.ms || (a.ms == b.ms && a.seq > b.seq);
}

static bool count_entries(salvage *s, const salvage_key *key, const rk_span *span, stream_rest *rest,
                          rk_err *err)
{
    rk_element e;
    if (!rk_rdb_seek_pieces(s->rdb, key->key->type_byte, span->from, span->count, err))
        return false;
    while (rk_rdb_element(s->rdb, &e, err)) {
        if (e.kind != RK_ELEMENT_ENTRY)
            continue;
        if (rest->entries++ == 0)
            rest->first = e.id;
        if (comes_after(e.id, rest->last))
            rest->last = e.id;
    }
    rest->nodes += span->count;
    return err->code == RK_OK;
}

/* Can what stands behind the nodes be read from `from`, up to exactly `to`? */
static void try_tail(salvage *s, const salvage_key *key, uint64_t from, uint64_t to, stream_rest *rest)
{
    rk_err ignored = { 0 };
    rk_element e;
    if (!rk_rdb_seek_tail(s->rdb, key->key->type_byte, from, &ignored) ||
        !rk_rdb_element(s->rdb, &rest->meta, &ignored))
        return;
    while (rk_rdb_element(s->rdb, &e, &ignored))
        ;
    rest->tail = from;
    rest->has_tail = ignored.code == RK_OK && rk_rdb_offset(s->rdb) == to;
}

static bool look_through(salvage *s, const salvage_key *key, stream_rest *rest, rk_err *err)
{
    const rk_span *last = NULL;
    for (size_t i = key->first; i < key->end; i++) {
        const rk_span *span = &s->check->spans[i];
        if (is_run(span) && !count_entries(s, key, span, rest, err))
            return false;
        if (span->from >= key->key->value)
            last = span; /* the one in which the value ends */
    }
    if (last)
        try_tail(s, key, is_run(last) ? last->to : last->from, last->to, rest);
    return true;
}

static bool write_id(salvage *s, rk_stream_id id, rk_err *err)
{
    return rk_rdb_write_len(&s->out, id.ms, err) && rk_rdb_write_len(&s->out, id.seq, err);
}

/* As of a stream that was made of the entries that are left. */
static void make_meta(const salvage_key *key, stream_rest *rest)
{
    rest->meta = (rk_element){ .id = rest->last, .has_counters = key->key->type_byte >= FIRST_COUNTERS };
    rest->meta.more[0] = rest->entries;
}

static bool write_meta(salvage *s, const stream_rest *rest, rk_err *err)
{
    const rk_element *m = &rest->meta;
    return rk_rdb_write_len(&s->out, rest->entries, err) && write_id(s, m->id, err) &&
           (!m->has_counters || (write_id(s, rest->first, err) && write_id(s, m->max_deleted, err) &&
                                 rk_rdb_write_len(&s->out, m->more[0], err)));
}

static bool write_no_groups(salvage *s, const salvage_key *key, rk_err *err)
{
    static const uint64_t idmp[] = { IDMP_DEFAULT, IDMP_DEFAULT, 0, 0, 0 };
    bool ok = rk_rdb_write_len(&s->out, 0, err);
    for (size_t i = 0; ok && key->key->type_byte >= FIRST_IDMP && i < sizeof idmp / sizeof idmp[0]; i++)
        ok = rk_rdb_write_len(&s->out, idmp[i], err);
    return ok;
}

bool salvage_stream(salvage *s, const salvage_key *key, uint64_t *pieces, rk_err *err)
{
    stream_rest rest = { 0 };
    if (!look_through(s, key, &rest, err))
        return false;
    *pieces = rest.nodes;
    if (rest.nodes == 0 || rest.entries == 0) {
        *pieces = 0;
        return true;
    }
    if (!rest.has_tail)
        make_meta(key, &rest);
    if (comes_after(rest.last, rest.meta.id))
        rest.meta.id = rest.last;
    if (!salvage_db(s, key->key->db, err) || !salvage_copy(s, key->key->begin, key->key->value, err) ||
        !rk_rdb_write_len(&s->out, rest.nodes, err))
        return false;
    for (size_t i = key->first; i < key->end; i++)
        if (is_run(&s->check->spans[i]) &&
            !salvage_copy(s, s->check->spans[i].from, s->check->spans[i].to, err))
            return false;
    if (!write_meta(s, &rest, err))
        return false;
    return rest.has_tail ? salvage_groups(s, key->key->type_byte, rest.tail, err)
                         : write_no_groups(s, key, err);
}
