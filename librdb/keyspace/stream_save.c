/* stream_save: a stream into a snapshot, in the newest form that the snapshot's version has (spec: RDB, "Streams"). */
#include <stdlib.h>

#include "save.h"
#include "stream.h"

enum { COUNTERS = 10, ACTIVE_TIMES = 11, IDEMPOTENCE = 13, NACK_ZONES = 14 }; /* RDB versions */
enum { NODE_ENTRIES_MOST = 100, NODE_BYTES_MOST = 4096 };                     /* as servers are set up */
enum { OWN_FIELDS = 0, SAME_FIELDS = 2 };                                     /* flags of an entry */

/* ---- which form ------------------------------------------------------------------------------------------- */

/* The newest version whose form of streams can be written. */
static uint32_t form_of(const ks_saver *s)
{
    uint32_t version = ks_save_version(s), newest = s->valkey ? ACTIVE_TIMES : NACK_ZONES;
    return version < newest ? version : newest;
}

static uint8_t type_byte(uint32_t form)
{
    return form >= NACK_ZONES     ? 27
           : form >= IDEMPOTENCE  ? 26
           : form >= ACTIVE_TIMES ? 21
           : form >= COUNTERS     ? 19
                                  : 15;
}

static bool uses_idmp(const ks_idmp *idmp)
{
    return idmp->producers.count > 0 || idmp->duration_s != KS_IDMP_USUAL || idmp->most != KS_IDMP_USUAL ||
           idmp->added || idmp->duplicates;
}

static bool is_counted(const ks_stream *stream)
{
    ks_group_row *row;
    for (uint32_t at = 0; (row = ks_dict_next(&stream->groups, &at)) != NULL;)
        if (row->group->read != KS_READ_UNKNOWN)
            return true;
    return stream->added != stream->entries.count || stream->max_deleted.ms || stream->max_deleted.seq;
}

uint32_t ks_stream_needs_version(rk_keyspace *ks, const ks_key *key, bool valkey, const char **why)
{
    const ks_stream *stream = key->stream;
    ks_group_row *row;
    bool zones = false;
    for (uint32_t at = 0; (row = ks_dict_next(&stream->groups, &at)) != NULL;)
        zones |= row->group->nacked > 0;
    *why = zones ? "entries that were given back" : "idempotent producers";
    if (zones || uses_idmp(&stream->idmp))
        return valkey ? 0 : zones ? NACK_ZONES : IDEMPOTENCE;
    *why = "the times at which consumers were active";
    if (stream->has_active && stream->groups.count > 0)
        return ACTIVE_TIMES;
    *why = "the counters of streams";
    if (!ks->before_7 && is_counted(stream))
        return COUNTERS;
    *why = "streams";
    return 9;
}

/* ---- nodes ------------------------------------------------------------------------------------------------ */

typedef struct {
    ks_saver *s;
    rk_listpack_writer pack;
    rk_buf first_room, room;
    rk_slice first; /* body of the first entry of the node */
    rk_stream_id master;
} nodes;

/* How many of the entries behind the place go into one node. */
static uint32_t node_length(const ks_ids *entries, ks_ids_place place)
{
    uint32_t count = 0;
    uint64_t bytes = 0;
    const ks_entry *entry;
    while (count < NODE_ENTRIES_MOST && (entry = ks_ids_next(entries, &place)) != NULL) {
        bytes += entry->body.len;
        if (count > 0 && bytes > NODE_BYTES_MOST)
            break;
        count++;
    }
    return count;
}

static uint64_t count_nodes(const ks_ids *entries)
{
    ks_ids_place place = { 0 };
    uint64_t count = 0;
    for (uint32_t left; (left = node_length(entries, place)) > 0; count++)
        for (; left > 0; left--)
            ks_ids_next(entries, &place);
    return count;
}

/* The next piece of a body; false at its end, and, then it is told, where it cannot be read. */
static bool next_piece(const nodes *n, rk_slice *rest, rk_slice *piece)
{
    bool bad;
    if (ks_body_next(rest, piece, &bad))
        return true;
    if (bad)
        rk_fail(n->s->ks->err, RK_IO, RK_NO_OFFSET, "the log has changed since it was read");
    return false;
}

static int64_t count_fields(const nodes *n, rk_slice body)
{
    rk_slice piece;
    int64_t count = 0;
    while (next_piece(n, &body, &piece))
        count++;
    return count / 2;
}

static bool has_same_fields(const nodes *n, rk_slice body)
{
    rk_slice first = n->first, field, other, value;
    while (next_piece(n, &first, &field) && next_piece(n, &first, &value))
        if (!next_piece(n, &body, &other) || !rk_slice_is(field, other) || !next_piece(n, &body, &value))
            return false;
    return body.len == 0;
}

/* Fields and values of a body, or, as asked for, only the ones or the others. */
static bool pack_body(nodes *n, rk_slice body, bool fields, bool values)
{
    rk_slice piece;
    rk_err *err = n->s->ks->err;
    for (bool is_value = false; next_piece(n, &body, &piece); is_value = !is_value)
        if ((is_value ? values : fields) && !rk_listpack_write_text(&n->pack, piece, err))
            return false;
    return err->code == RK_OK;
}

static bool pack_int(nodes *n, int64_t value)
{
    return rk_listpack_write_int(&n->pack, value, n->s->ks->err);
}

/* flags | ms | seq | [number of fields] | fields and values | number of elements */
static bool pack_entry(nodes *n, const ks_entry *entry)
{
    rk_slice body;
    if (!ks_str_bytes(n->s->ks, &entry->body, &n->room, &body))
        return false;
    bool same = has_same_fields(n, body);
    int64_t fields = count_fields(n, body);
    return pack_int(n, same ? SAME_FIELDS : OWN_FIELDS) &&
           pack_int(n, (int64_t)(entry->id.ms - n->master.ms)) &&
           pack_int(n, (int64_t)(entry->id.seq - n->master.seq)) && (same || pack_int(n, fields)) &&
           pack_body(n, body, !same, true) && pack_int(n, same ? fields + 3 : 2 * fields + 4);
}

/* Id and listpack; the place then stands behind the node. */
static bool save_node(nodes *n, const ks_ids *entries, ks_ids_place *place)
{
    uint8_t id[16];
    rk_slice packed;
    uint32_t left = node_length(entries, *place);
    ks_ids_place head = *place;
    const ks_entry *first = ks_ids_next(entries, &head);
    n->master = first->id;
    rk_listpack_write_begin(&n->pack, form_of(n->s) >= NACK_ZONES);
    if (!ks_str_bytes(n->s->ks, &first->body, &n->first_room, &n->first) || !pack_int(n, left) ||
        !pack_int(n, 0) || !pack_int(n, count_fields(n, n->first)) || !pack_body(n, n->first, true, false) ||
        !pack_int(n, 0))
        return false;
    for (; left > 0; left--)
        if (!pack_entry(n, ks_ids_next(entries, place)))
            return false;
    for (unsigned i = 0; i < 8; i++) {
        id[i] = (uint8_t)(n->master.ms >> (56 - 8 * i));
        id[8 + i] = (uint8_t)(n->master.seq >> (56 - 8 * i));
    }
    return rk_listpack_write_end(&n->pack, &packed, n->s->ks->err) &&
           ks_save_text(n->s, (rk_slice){ id, sizeof id }) && ks_save_text(n->s, packed);
}

static bool save_nodes(ks_saver *s, const ks_ids *entries)
{
    nodes n = { .s = s };
    ks_ids_place place = { 0 };
    uint64_t left = count_nodes(entries);
    bool whole = ks_save_count(s, left);
    for (; whole && left > 0; left--)
        whole = save_node(&n, entries, &place);
    rk_listpack_write_free(&n.pack);
    rk_buf_free(&n.first_room);
    rk_buf_free(&n.room);
    return whole;
}

/* ---- groups ----------------------------------------------------------------------------------------------- */

static rk_slice held(const ks_str *name)
{
    return name->home == KS_HEAP ? (rk_slice){ name->ptr, (size_t)name->len }
                                 : (rk_slice){ name->small, (size_t)name->len };
}

static int by_name(const void *a, const void *b)
{
    return rk_slice_compare(held(*(ks_str *const *)a), held(*(ks_str *const *)b));
}

/* The rows of a dict whose names are held, in the order of their bytes, as servers have them. The caller frees it. */
static void **sorted(rk_keyspace *ks, const ks_dict *dict)
{
    void **rows = rk_alloc((dict->count + (size_t)1) * sizeof *rows);
    size_t count = 0;
    if (!rows) {
        rk_no_memory(ks->err);
        return NULL;
    }
    for (uint32_t at = 0; (rows[count] = ks_dict_next(dict, &at)) != NULL;)
        count++;
    qsort(rows, count, sizeof *rows, by_name);
    return rows;
}

static bool save_pending(ks_saver *s, const ks_ids *all)
{
    const ks_pending *pending;
    if (!ks_save_count(s, all->count))
        return false;
    for (ks_ids_place place = { 0 }; (pending = ks_ids_next(all, &place)) != NULL;)
        if (!ks_save_id(s, pending->id) || !ks_save_ms(s, pending->time_ms) ||
            !ks_save_count(s, pending->deliveries))
            return false;
    return true;
}

/* The ids of what is pending, consumer by consumer in the order of `rows`. The caller frees it. */
static rk_stream_id *ids_by_owner(rk_keyspace *ks, const ks_group *group, void **rows)
{
    rk_stream_id *ids = rk_alloc((group->pending.count + 1) * sizeof *ids);
    uint64_t *begins = rk_alloc((group->consumers.count + (size_t)1) * sizeof *begins);
    const ks_pending *pending;
    if (!ids || !begins) {
        rk_no_memory(ks->err);
        rk_free(ids);
        rk_free(begins);
        return NULL;
    }
    for (uint32_t i = 0; i < group->consumers.count; i++) {
        ks_consumer *consumer = ((ks_consumer_row *)rows[i])->consumer;
        consumer->mark = i;
        begins[i + 1] = begins[i] + consumer->pending;
    }
    for (ks_ids_place place = { 0 }; (pending = ks_ids_next(&group->pending, &place)) != NULL;)
        if (pending->owner)
            ids[begins[pending->owner->mark]++] = pending->id;
    rk_free(begins);
    return ids;
}

static bool save_consumer(ks_saver *s, const ks_consumer_row *row, const rk_stream_id *ids)
{
    const ks_consumer *consumer = row->consumer;
    if (!ks_save_str(s, &row->name) || !ks_save_ms(s, consumer->seen_ms) ||
        (form_of(s) >= ACTIVE_TIMES && !ks_save_ms(s, consumer->active_ms)) ||
        !ks_save_count(s, consumer->pending))
        return false;
    for (uint64_t i = 0; i < consumer->pending; i++)
        if (!ks_save_id(s, ids[i]))
            return false;
    return true;
}

static bool save_consumers(ks_saver *s, const ks_group *group)
{
    void **rows = sorted(s->ks, &group->consumers);
    rk_stream_id *ids = rows ? ids_by_owner(s->ks, group, rows) : NULL;
    bool whole = ids && ks_save_count(s, group->consumers.count);
    uint64_t begin = 0;
    for (uint32_t i = 0; whole && i < group->consumers.count; i++) {
        const ks_consumer_row *row = rows[i];
        whole = save_consumer(s, row, ids + begin);
        begin += row->consumer->pending;
    }
    rk_free(ids);
    rk_free(rows);
    return whole;
}

static int by_zone(const void *a, const void *b)
{
    uint64_t x = (*(ks_pending *const *)a)->zone, y = (*(ks_pending *const *)b)->zone;
    return x < y ? -1 : x > y;
}

static bool save_zone(ks_saver *s, const ks_group *group)
{
    const ks_pending **zone = rk_alloc((group->nacked + 1) * sizeof(ks_pending *));
    ks_pending *pending;
    size_t count = 0;
    if (!zone)
        return rk_no_memory(s->ks->err);
    for (ks_ids_place place = { 0 }; (pending = ks_ids_next(&group->pending, &place)) != NULL;)
        if (pending->zone)
            zone[count++] = pending;
    qsort(zone, count, sizeof *zone, by_zone);
    bool whole = ks_save_count(s, count);
    for (size_t i = 0; whole && i < count; i++)
        whole = ks_save_id(s, zone[i]->id);
    rk_free(zone);
    return whole;
}

static bool save_group(ks_saver *s, const ks_group_row *row)
{
    const ks_group *group = row->group;
    return ks_save_str(s, &row->name) && ks_save_id_lengths(s, group->last) &&
           (form_of(s) < COUNTERS || ks_save_count(s, (uint64_t)group->read)) &&
           save_pending(s, &group->pending) && save_consumers(s, group) &&
           (form_of(s) < NACK_ZONES || save_zone(s, group));
}

static bool save_groups(ks_saver *s, const ks_dict *groups)
{
    void **rows = sorted(s->ks, groups);
    bool whole = rows && ks_save_count(s, groups->count);
    for (uint32_t i = 0; whole && i < groups->count; i++)
        whole = save_group(s, rows[i]);
    rk_free(rows);
    return whole;
}

/* ---- producers -------------------------------------------------------------------------------------------- */

static bool save_producer(ks_saver *s, const ks_producer *producer)
{
    const ks_idempotent *record;
    if (!ks_save_str(s, &producer->name) || !ks_save_count(s, producer->iids.count))
        return false;
    for (uint32_t at = 0; (record = ks_dict_next(&producer->iids, &at)) != NULL;)
        if (!ks_save_str(s, &record->iid) || !ks_save_id_lengths(s, record->id))
            return false;
    return true;
}

static bool save_idmp(ks_saver *s, const ks_idmp *idmp)
{
    void **rows = sorted(s->ks, &idmp->producers);
    bool whole = rows && ks_save_count(s, idmp->duration_s) && ks_save_count(s, idmp->most) &&
                 ks_save_count(s, idmp->producers.count);
    for (uint32_t i = 0; whole && i < idmp->producers.count; i++)
        whole = save_producer(s, rows[i]);
    rk_free(rows);
    return whole && ks_save_count(s, idmp->added) && ks_save_count(s, idmp->duplicates);
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

bool ks_stream_save(ks_saver *s, const ks_key *key)
{
    const ks_stream *stream = key->stream;
    uint32_t form = form_of(s);
    const ks_entry *first = ks_ids_first(&stream->entries);
    rk_stream_id first_id = first ? first->id : (rk_stream_id){ 0, 0 };
    if (!ks_save_key(s, key, type_byte(form)) || !save_nodes(s, &stream->entries) ||
        !ks_save_count(s, stream->entries.count) || !ks_save_id_lengths(s, stream->last))
        return false;
    if (form >= COUNTERS && (!ks_save_id_lengths(s, first_id) ||
                             !ks_save_id_lengths(s, stream->max_deleted) || !ks_save_count(s, stream->added)))
        return false;
    return save_groups(s, &stream->groups) && (form < IDEMPOTENCE || save_idmp(s, &stream->idmp));
}
