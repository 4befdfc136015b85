/* stream: what can be done with a stream as a value; the table of its commands. */
#include "stream.h"

ks_stream *ks_stream_new(rk_keyspace *ks)
{
    ks_stream *stream = rk_alloc(sizeof *stream);
    if (!stream) {
        rk_no_memory(ks->err);
        return NULL;
    }
    ks_ids_start(&stream->entries, sizeof(ks_entry));
    ks_dict_start(&stream->groups, sizeof(ks_group_row));
    ks_dict_start(&stream->idmp.producers, sizeof(ks_producer));
    stream->idmp.duration_s = stream->idmp.most = KS_IDMP_USUAL;
    return stream;
}

static void free_stream(rk_keyspace *ks, ks_stream *stream)
{
    ks_entry *entry;
    ks_group_row *row;
    if (!stream)
        return;
    for (ks_ids_place place = { 0 }; (entry = ks_ids_next(&stream->entries, &place)) != NULL;)
        ks_str_free(ks, &entry->body);
    ks_ids_clear(&stream->entries);
    for (uint32_t at = 0; (row = ks_dict_next(&stream->groups, &at)) != NULL;)
        ks_group_free(ks, row->group);
    ks_dict_clear(ks, &stream->groups);
    ks_idmp_forget(ks, &stream->idmp);
    rk_free(stream);
}

ks_stream *ks_stream_open(ks_call *c, size_t arg, bool *wrong)
{
    ks_key *key = ks_open(c, arg, RK_STREAM, wrong);
    return key ? key->stream : NULL;
}

ks_stream *ks_stream_open_or_make(ks_call *c, size_t arg, bool *wrong)
{
    ks_stream *stream = ks_stream_open(c, arg, wrong);
    if (stream || *wrong || ks_bad(c->ks))
        return stream;
    stream = ks_stream_new(c->ks);
    ks_key *key = stream ? ks_make(c->ks, c->db, ks_arg(c, arg), RK_STREAM) : NULL;
    if (!key) {
        free_stream(c->ks, stream);
        return NULL;
    }
    return key->stream = stream;
}

rk_outcome ks_stream_wrong(ks_call *c, size_t arg)
{
    return ks_wrong_type(c, ks_peek(c->ks, c->db, ks_arg(c, arg)));
}

bool ks_stream_remove(rk_keyspace *ks, ks_stream *stream, rk_stream_id id)
{
    ks_entry *entry = ks_ids_find(&stream->entries, id);
    if (!entry)
        return false;
    ks_str_free(ks, &entry->body);
    ks_ids_remove(&stream->entries, id);
    return true;
}

/* ---- copies ----------------------------------------------------------------------------------------------- */

static bool copy_entries(rk_keyspace *ks, const ks_ids *from, ks_ids *to)
{
    ks_entry *entry;
    for (ks_ids_place place = { 0 }; (entry = ks_ids_next(from, &place)) != NULL;) {
        ks_entry *twin = ks_ids_put(ks, to, entry->id);
        if (!twin || !ks_str_copy(ks, &entry->body, &twin->body))
            return false;
    }
    return true;
}

static bool copy_consumers(rk_keyspace *ks, const ks_group *from, ks_group *to, ks_consumer **twins)
{
    ks_consumer_row *row;
    uint32_t mark = 0;
    for (uint32_t at = 0; (row = ks_dict_next(&from->consumers, &at)) != NULL; mark++) {
        rk_slice name;
        if (!ks_str_bytes(ks, &row->name, &ks->scratch[2], &name) ||
            !(twins[mark] = ks_consumer_add(ks, to, name)))
            return false;
        *twins[mark] = *row->consumer;
        row->consumer->mark = mark;
    }
    return true;
}

static bool copy_group(rk_keyspace *ks, const ks_group *from, ks_group *to)
{
    ks_consumer **twins = rk_alloc((from->consumers.count + 1) * sizeof *twins);
    ks_pending *pending;
    bool whole = twins && copy_consumers(ks, from, to, twins);
    for (ks_ids_place place = { 0 }; whole && (pending = ks_ids_next(&from->pending, &place)) != NULL;) {
        ks_pending *twin = ks_ids_put(ks, &to->pending, pending->id);
        if ((whole = twin != NULL)) {
            *twin = *pending;
            twin->owner = pending->owner ? twins[pending->owner->mark] : NULL;
        }
    }
    to->last = from->last;
    to->read = from->read;
    to->nacks = from->nacks;
    to->nacked = from->nacked;
    rk_free(twins);
    return whole || rk_no_memory(ks->err);
}

static bool copy_groups(rk_keyspace *ks, const ks_dict *from, ks_stream *to)
{
    ks_group_row *row;
    for (uint32_t at = 0; (row = ks_dict_next(from, &at)) != NULL;) {
        rk_slice name;
        if (!ks_str_bytes(ks, &row->name, &ks->scratch[2], &name))
            return false;
        ks_group *group = ks_group_add(ks, to, name);
        if (!group || !copy_group(ks, row->group, group))
            return false;
    }
    return true;
}

static bool copy_producer(rk_keyspace *ks, const ks_producer *from, ks_idmp *to)
{
    rk_slice bytes;
    ks_idempotent *record;
    ks_producer *twin =
        ks_str_bytes(ks, &from->name, &ks->scratch[2], &bytes) ? ks_producer_add(ks, to, bytes) : NULL;
    if (!twin)
        return false;
    for (uint32_t at = 0; (record = ks_dict_next(&from->iids, &at)) != NULL;)
        if (!ks_str_bytes(ks, &record->iid, &ks->scratch[2], &bytes) ||
            !ks_idempotent_add(ks, twin, bytes, record->id))
            return false;
    return true;
}

static bool copy_idmp(rk_keyspace *ks, const ks_idmp *from, ks_idmp *to)
{
    ks_producer *producer;
    for (uint32_t at = 0; (producer = ks_dict_next(&from->producers, &at)) != NULL;)
        if (!copy_producer(ks, producer, to))
            return false;
    to->duration_s = from->duration_s;
    to->most = from->most;
    to->added = from->added;
    to->duplicates = from->duplicates;
    return true;
}

/* ---- the type --------------------------------------------------------------------------------------------- */

static uint64_t stream_count(const ks_key *key)
{
    return key->stream ? key->stream->entries.count : 0;
}

static void stream_free(rk_keyspace *ks, ks_key *key)
{
    free_stream(ks, key->stream);
    key->stream = NULL;
}

static bool stream_copy(rk_keyspace *ks, const ks_key *from, ks_key *to)
{
    const ks_stream *stream = from->stream;
    ks_stream *twin = to->stream = ks_stream_new(ks);
    if (!twin)
        return false;
    twin->last = stream->last;
    twin->max_deleted = stream->max_deleted;
    twin->added = stream->added;
    twin->has_active = stream->has_active;
    return copy_entries(ks, &stream->entries, &twin->entries) && copy_groups(ks, &stream->groups, twin) &&
           copy_idmp(ks, &stream->idmp, &twin->idmp);
}

const ks_type ks_stream_type = { .count = stream_count,
                                 .free = stream_free,
                                 .load = ks_stream_load,
                                 .copy = stream_copy,
                                 .save = ks_stream_save,
                                 .needs = ks_stream_needs_version };

const ks_verb ks_stream_verbs[] = {
    { RK_VERB_XADD, ks_xadd },     { RK_VERB_XTRIM, ks_xtrim },     { RK_VERB_XDEL, ks_xdel },
    { RK_VERB_XDELEX, ks_xdelex }, { RK_VERB_XACK, ks_xack },       { RK_VERB_XACKDEL, ks_xackdel },
    { RK_VERB_XSETID, ks_xsetid }, { RK_VERB_XCFGSET, ks_xcfgset }, { RK_VERB_XIDMPRECORD, ks_xidmprecord },
    { RK_VERB_UNKNOWN, NULL },
};
