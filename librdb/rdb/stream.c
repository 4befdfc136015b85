/* stream: entries in listpacks, groups with pending entries and consumers, idempotent producers (spec: RDB,
 * "Streams"). Elements come in the order of the file: entries, RK_ELEMENT_STREAM, groups, producers. */
#include "reader.h"

#include <stdio.h>

enum { ENTRY_DELETED = 1, ENTRY_SAME_FIELDS = 2 };

/* What the type byte adds to the form of Redis 5.0. */
static bool has_counters(const rk_rdb *rdb)
{
    return rdb->type_byte >= 19;
}

static bool has_active_time(const rk_rdb *rdb)
{
    return rdb->type_byte >= 21;
}

static bool has_idmp(const rk_rdb *rdb)
{
    return rdb->type_byte >= 26;
}

static bool has_nack_zone(const rk_rdb *rdb)
{
    return rdb->type_byte >= 27;
}

bool rdb_stream_open(rk_rdb *rdb, rk_err *err)
{
    rdb->stream = (rdb_stream){ .phase = STREAM_NODE };
    return rdb_count(rdb, &rdb->stream.nodes, "number of stream nodes", err);
}

/* The next listpack element, which must be an integer. */
static bool pack_integer(rk_listpack *pack, int64_t *value, const char *what, rk_err *err)
{
    rk_packed entry;
    if (!rk_listpack_next(pack, &entry))
        return rk_fail(err, RK_DAMAGED, pack->cursor.offset, "the stream node ends before %s", what);
    *value = entry.integer;
    return entry.is_int || rk_fail(err, RK_DAMAGED, entry.offset, "%s is not an integer", what);
}

static bool pack_text(rk_listpack *pack, char *room, rk_slice *text, const char *what, rk_err *err)
{
    rk_packed entry;
    if (!rk_listpack_next(pack, &entry))
        return rk_fail(err, RK_DAMAGED, pack->cursor.offset, "the stream node ends before %s", what);
    *text = rk_packed_bytes(&entry, room);
    return true;
}

/* count | deleted | num-fields | field_1 .. field_n | 0 */
static bool read_master(rdb_stream *s, uint64_t offset, rk_err *err)
{
    int64_t end = 0;
    char room[48];
    rk_slice name;
    if (!pack_integer(&s->pack, &s->live, "the number of entries", err) ||
        !pack_integer(&s->pack, &s->deleted, "the number of deleted entries", err) ||
        !pack_integer(&s->pack, &s->master_count, "the number of fields", err))
        return false;
    if (s->live < 0 || s->deleted < 0 || s->master_count < 0)
        return rk_fail(err, RK_DAMAGED, offset,
                       "a stream node counts %" PRId64 " entries, %" PRId64 " deleted ones and %" PRId64
                       " fields",
                       s->live, s->deleted, s->master_count);
    s->master_fields = s->pack;
    for (int64_t i = 0; i < s->master_count; i++)
        if (!pack_text(&s->pack, room, &name, "a field of its master entry", err))
            return false;
    if (!pack_integer(&s->pack, &end, "the end of its master entry", err))
        return false;
    return end == 0 ||
           rk_fail(err, RK_DAMAGED, offset, "a stream node's master entry ends in %" PRId64 ", not 0", end);
}

/* *told: `element` holds the node. */
static bool next_node(rk_rdb *rdb, rk_element *element, bool *told, rk_err *err)
{
    rdb_stream *s = &rdb->stream;
    rk_slice key;
    rk_blob blob;
    uint64_t offset = rk_window_offset(&rdb->win);
    if (s->nodes == 0) {
        s->phase = rdb->in_pieces ? STREAM_DONE : STREAM_META;
        return true;
    }
    s->nodes--;
    if (!rdb_text(rdb, 0, &key, "stream node key", err))
        return false;
    if (key.len != 16)
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "stream node key has %zu bytes, not 16", key.len);
    rk_cursor c = { key, offset, &rdb->bad, true };
    s->master.ms = rk_cursor_u64be(&c, "stream node key");
    s->master.seq = rk_cursor_u64be(&c, "stream node key");
    if (!rdb_blob(rdb, 0, &blob, "stream node", err) || rdb->bad.code != RK_OK)
        return false;
    s->phase = STREAM_ENTRY;
    if (!rk_listpack_open(&s->pack, blob, &rdb->bad) || !read_master(s, blob.offset, &rdb->bad))
        return false;
    *told = rdb->tell_nodes;
    element->kind = RK_ELEMENT_NODE;
    element->id = s->master;
    element->number = (uint64_t)s->live;
    element->number2 = (uint64_t)s->deleted;
    return true;
}

/* The node is at its end: have all entries come that it counts? */
static bool end_node(rdb_stream *s, rk_err *err)
{
    s->phase = STREAM_NODE;
    if (s->live == 0 && s->deleted == 0)
        return true;
    return rk_fail(err, RK_DAMAGED, s->pack.cursor.offset,
                   "a stream node lacks %" PRId64 " entries and %" PRId64 " deleted ones of those it counts",
                   s->live, s->deleted);
}

/* flags | ms-delta | seq-delta | [num-fields]; *ended when the node has no more entries. */
static bool read_entry_head(rdb_stream *s, rk_element *element, bool *ended, rk_err *err)
{
    rk_packed first;
    int64_t ms = 0, seq = 0;
    *ended = !rk_listpack_next(&s->pack, &first);
    if (*ended)
        return err->code == RK_OK && end_node(s, err);
    if (!first.is_int)
        return rk_fail(err, RK_DAMAGED, first.offset, "the flags of a stream entry are not an integer");
    if (!pack_integer(&s->pack, &ms, "the time of an entry", err) ||
        !pack_integer(&s->pack, &seq, "the sequence of an entry", err))
        return false;
    s->same_fields = first.integer & ENTRY_SAME_FIELDS;
    s->skip_entry = first.integer & ENTRY_DELETED;
    s->fields = s->master_count;
    s->names = s->master_fields;
    if (!s->same_fields && !pack_integer(&s->pack, &s->fields, "the number of fields of an entry", err))
        return false;
    if (s->fields < 0 || s->fields > UINT32_MAX)
        return rk_fail(err, RK_DAMAGED, first.offset, "a stream entry has %" PRId64 " fields", s->fields);
    s->lp_count = s->same_fields ? s->fields + 3 : 2 * s->fields + 4;
    int64_t *left = s->skip_entry ? &s->deleted : &s->live;
    if ((*left)-- == 0)
        return rk_fail(err, RK_DAMAGED, first.offset, "a stream node has more %s entries than it counts",
                       s->skip_entry ? "deleted" : "live");
    s->phase = STREAM_FIELD;
    element->kind = RK_ELEMENT_ENTRY;
    element->id.ms = s->master.ms + (uint64_t)ms; /* deltas wrap around, as they do in the server */
    element->id.seq = s->master.seq + (uint64_t)seq;
    element->number = (uint64_t)s->fields;
    return true;
}

/* One field of the entry, or its end. *told: `element` holds a field. */
static bool read_entry_field(rdb_stream *s, rk_element *element, bool *told, rk_err *err)
{
    int64_t count = 0;
    *told = false;
    if (s->fields == 0) {
        s->phase = STREAM_ENTRY;
        if (!pack_integer(&s->pack, &count, "the end of an entry", err))
            return false;
        return count == s->lp_count ||
               rk_fail(err, RK_DAMAGED, s->pack.cursor.offset,
                       "a stream entry says it has %" PRId64 " elements and has %" PRId64, count,
                       s->lp_count);
    }
    s->fields--;
    *told = !s->skip_entry;
    element->kind = RK_ELEMENT_ENTRY_FIELD;
    return pack_text(s->same_fields ? &s->names : &s->pack, s->room[0], &element->item, "a field", err) &&
           pack_text(&s->pack, s->room[1], &element->value, "a value", err);
}

static bool read_meta(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    element->kind = RK_ELEMENT_STREAM;
    element->has_counters = has_counters(rdb);
    if (!rdb_len(rdb, &element->number, "stream length", err) ||
        !rdb_stream_id_len(rdb, &element->id, "last id of the stream", err))
        return false;
    if (element->has_counters && (!rdb_stream_id_len(rdb, &element->first, "first id of the stream", err) ||
                                  !rdb_stream_id_len(rdb, &element->max_deleted, "largest deleted id", err) ||
                                  !rdb_len(rdb, &element->more[0], "number of entries added", err)))
        return false;
    rdb->stream.phase = STREAM_GROUP;
    return rdb_count(rdb, &rdb->stream.groups, "number of groups", err);
}

static bool read_group(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rdb_stream *s = &rdb->stream;
    s->groups--;
    s->phase = STREAM_PENDING;
    element->kind = RK_ELEMENT_GROUP;
    element->has_counters = has_counters(rdb);
    return rdb_text_kept(rdb, 0, &element->item, "group name", err) &&
           rdb_stream_id_len(rdb, &element->id, "last id of the group", err) &&
           (!element->has_counters || rdb_len(rdb, &element->number, "entries read", err)) &&
           rdb_count(rdb, &s->pending, "number of pending entries", err);
}

static bool read_pending(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    uint64_t time = 0;
    rdb->stream.pending--;
    element->kind = RK_ELEMENT_PENDING;
    if (!rdb_stream_id(rdb, &element->id, "pending id", err) || !rdb_le(rdb, 8, &time, "delivery time", err))
        return false;
    element->time_ms = (int64_t)time;
    return rdb_len(rdb, &element->number, "delivery count", err);
}

static bool read_consumer(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    uint64_t seen = 0, active = 0;
    rdb->stream.consumers--;
    rdb->stream.phase = STREAM_OWNED;
    element->kind = RK_ELEMENT_CONSUMER;
    element->has_active = has_active_time(rdb);
    if (!rdb_text_kept(rdb, 0, &element->item, "consumer name", err) ||
        !rdb_le(rdb, 8, &seen, "seen time", err) ||
        (element->has_active && !rdb_le(rdb, 8, &active, "active time", err)))
        return false;
    element->time_ms = (int64_t)seen;
    element->active_ms = element->has_active ? (int64_t)active : (int64_t)seen;
    return rdb_count(rdb, &rdb->stream.owned, "number of a consumer's pending entries", err);
}

static bool read_id(rk_rdb *rdb, uint64_t *left, rk_element_kind kind, rk_element *element, rk_err *err)
{
    (*left)--;
    element->kind = kind;
    return rdb_stream_id(rdb, &element->id, "pending id", err);
}

static bool read_idmp_head(rk_rdb *rdb, rk_err *err)
{
    rdb_stream *s = &rdb->stream;
    s->phase = STREAM_PRODUCER;
    return rdb_len(rdb, &s->idmp_duration, "idempotence duration", err) &&
           rdb_len(rdb, &s->idmp_max, "idempotence entries", err) &&
           rdb_count(rdb, &s->producers, "number of producers", err);
}

static bool read_producer(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rdb->stream.producers--;
    rdb->stream.phase = STREAM_IDEMPOTENT;
    element->kind = RK_ELEMENT_PRODUCER;
    return rdb_text_kept(rdb, 0, &element->item, "producer id", err) &&
           rdb_count(rdb, &rdb->stream.idempotents, "number of idempotent ids", err);
}

static bool read_idempotent(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rdb->stream.idempotents--;
    element->kind = RK_ELEMENT_IDEMPOTENT;
    return rdb_text_kept(rdb, 0, &element->item, "idempotent id", err) &&
           rdb_stream_id_len(rdb, &element->id, "id of an idempotent entry", err);
}

static bool read_idmp_end(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rdb->stream.phase = STREAM_DONE;
    element->kind = RK_ELEMENT_IDMP;
    element->number = rdb->stream.idmp_duration;
    element->number2 = rdb->stream.idmp_max;
    return rdb_len(rdb, &element->more[0], "idempotent ids added", err) &&
           rdb_len(rdb, &element->more[1], "idempotent duplicates", err);
}

/* One step behind the entries; *told as in read_entry_field. */
static bool step_groups(rk_rdb *rdb, rk_element *element, bool *told, rk_err *err)
{
    rdb_stream *s = &rdb->stream;
    *told = true;
    switch (s->phase) {
    case STREAM_GROUP:
        if (s->groups > 0)
            return read_group(rdb, element, err);
        *told = false;
        s->phase = STREAM_DONE;
        return !has_idmp(rdb) || read_idmp_head(rdb, err);
    case STREAM_PENDING:
        if (s->pending > 0)
            return read_pending(rdb, element, err);
        *told = false;
        s->phase = STREAM_CONSUMER;
        return rdb_count(rdb, &s->consumers, "number of consumers", err);
    case STREAM_CONSUMER:
        if (s->consumers > 0)
            return read_consumer(rdb, element, err);
        *told = false;
        s->phase = has_nack_zone(rdb) ? STREAM_NACK : STREAM_GROUP;
        return !has_nack_zone(rdb) || rdb_count(rdb, &s->nacked, "size of the NACK zone", err);
    case STREAM_OWNED:
        if (s->owned > 0)
            return read_id(rdb, &s->owned, RK_ELEMENT_OWNED, element, err);
        *told = false;
        s->phase = STREAM_CONSUMER;
        return true;
    case STREAM_NACK:
        if (s->nacked > 0)
            return read_id(rdb, &s->nacked, RK_ELEMENT_NACKED, element, err);
        *told = false;
        s->phase = STREAM_GROUP;
        return true;
    case STREAM_PRODUCER:
        if (s->producers > 0)
            return read_producer(rdb, element, err);
        return read_idmp_end(rdb, element, err);
    default:
        if (s->idempotents > 0)
            return read_idempotent(rdb, element, err);
        *told = false;
        s->phase = STREAM_PRODUCER;
        return true;
    }
}

bool rdb_stream_next(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    rdb_stream *s = &rdb->stream;
    while (s->phase != STREAM_DONE) {
        bool told = true, ok, ended = false;
        switch (s->phase) {
        case STREAM_NODE:
            told = false;
            ok = next_node(rdb, element, &told, err);
            break;
        case STREAM_ENTRY:
            ok = read_entry_head(s, element, &ended, &rdb->bad);
            rdb->traits.backlen_old |= s->pack.backlen_old;
            rdb->traits.backlen_new |= s->pack.backlen_new;
            told = !ended && !s->skip_entry;
            break;
        case STREAM_FIELD:
            ok = read_entry_field(s, element, &told, &rdb->bad);
            break;
        case STREAM_META:
            ok = read_meta(rdb, element, err);
            break;
        default:
            ok = step_groups(rdb, element, &told, err);
        }
        if (!ok && s->phase <= STREAM_FIELD)
            s->phase = STREAM_NODE; /* what is left of the node cannot be told */
        if (!ok || told || rdb->bad.code != RK_OK)
            return ok;
        *element =
            (rk_element){ .item = RK_EMPTY, .value = RK_EMPTY, .expire_ms = RK_NO_EXPIRY }; /* untold */
    }
    return false;
}

bool rdb_stream_skip(rk_rdb *rdb, rk_err *err)
{
    rk_element ignored;
    uint64_t nodes = 0;
    if (!rdb_count(rdb, &nodes, "number of stream nodes", err))
        return false;
    for (; nodes > 0; nodes--)
        if (!rdb_skip_str(rdb, "stream node key", err) || !rdb_skip_str(rdb, "stream node", err))
            return false;
    rdb->stream = (rdb_stream){ .phase = STREAM_META };
    while (rdb_stream_next(rdb, &ignored, err))
        ;
    return err->code == RK_OK;
}
