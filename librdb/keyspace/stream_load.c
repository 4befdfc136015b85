/* stream_load: a stream out of a snapshot (spec: RDB, "Streams"). */
#include "stream.h"

/* Elements arrive in the order of the file, each belonging to what came before it. */
typedef struct {
    rk_keyspace *ks;
    ks_stream *stream;
    bool in_entry; /* the body of an entry is being made */
    rk_stream_id entry;
    ks_group *group;
    ks_consumer *consumer;
    ks_producer *producer;
} loader;

static bool damaged(loader *l, rk_stream_id id, const char *what)
{
    return rk_fail(l->ks->err, RK_DAMAGED, RK_NO_OFFSET, "%s %" PRIu64 "-%" PRIu64, what, id.ms, id.seq);
}

/* The entry under way has all of its fields. */
static bool end_entry(loader *l)
{
    ks_str body;
    if (!l->in_entry)
        return true;
    l->in_entry = false;
    if (ks_ids_find(&l->stream->entries, l->entry))
        return damaged(l, l->entry, "two entries have the id");
    if (!ks_body_end(l->ks, &body))
        return false;
    ks_entry *entry = ks_ids_put(l->ks, &l->stream->entries, l->entry);
    if (entry)
        entry->body = body;
    else
        ks_str_free(l->ks, &body);
    return entry != NULL;
}

static bool load_entry(loader *l, const rk_element *e)
{
    l->in_entry = true;
    l->entry = e->id;
    ks_body_begin(l->ks);
    return true;
}

static bool load_field(loader *l, const rk_element *e)
{
    return ks_body_add(l->ks, e->item) && ks_body_add(l->ks, e->value);
}

static bool load_counters(loader *l, const rk_element *e)
{
    l->stream->last = e->id;
    l->stream->max_deleted = e->has_counters ? e->max_deleted : (rk_stream_id){ 0, 0 };
    l->stream->added = e->has_counters ? e->more[0] : l->stream->entries.count;
    return true;
}

/* What nobody owns is in the NACK zone, even where the file does not say so. */
static bool end_group(loader *l)
{
    ks_pending *pending;
    for (ks_ids_place place = { 0 }; l->group && (pending = ks_ids_next(&l->group->pending, &place)) != NULL;)
        if (!pending->owner && !pending->zone)
            ks_pending_nack(l->group, pending);
    l->group = NULL;
    return true;
}

static bool load_group(loader *l, const rk_element *e)
{
    if (ks_group_find(l->ks, l->stream, e->item))
        return rk_fail(l->ks->err, RK_DAMAGED, RK_NO_OFFSET, "two groups have the same name");
    l->group = ks_bad(l->ks) ? NULL : ks_group_add(l->ks, l->stream, e->item);
    if (!l->group)
        return false;
    l->group->last = e->id;
    l->group->read = e->has_counters ? (int64_t)e->number : KS_READ_UNKNOWN;
    return true;
}

static bool load_pending(loader *l, const rk_element *e)
{
    if (ks_ids_find(&l->group->pending, e->id))
        return damaged(l, e->id, "two pending entries of a group have the id");
    ks_pending *pending = ks_ids_put(l->ks, &l->group->pending, e->id);
    if (!pending)
        return false;
    pending->time_ms = e->time_ms;
    pending->deliveries = e->number;
    return true;
}

static bool load_consumer(loader *l, const rk_element *e)
{
    if (ks_consumer_find(l->ks, l->group, e->item))
        return rk_fail(l->ks->err, RK_DAMAGED, RK_NO_OFFSET, "two consumers of a group have the same name");
    l->consumer = ks_bad(l->ks) ? NULL : ks_consumer_add(l->ks, l->group, e->item);
    if (!l->consumer)
        return false;
    l->consumer->seen_ms = e->time_ms;
    l->consumer->active_ms = e->active_ms;
    l->stream->has_active |= e->has_active;
    return true;
}

static bool load_owned(loader *l, const rk_element *e)
{
    ks_pending *pending = ks_ids_find(&l->group->pending, e->id);
    if (!pending || pending->owner)
        return damaged(l, e->id, pending ? "two consumers own" : "a consumer owns, but nowhere is pending,");
    ks_pending_own(l->group, pending, l->consumer);
    return true;
}

static bool load_nacked(loader *l, const rk_element *e)
{
    ks_pending *pending = ks_ids_find(&l->group->pending, e->id);
    if (!pending || pending->owner || pending->zone)
        return damaged(l, e->id, "the NACK zone cannot have");
    ks_pending_nack(l->group, pending);
    return true;
}

static bool load_producer(loader *l, const rk_element *e)
{
    l->producer = ks_producer_find(l->ks, &l->stream->idmp, e->item);
    if (!l->producer && !ks_bad(l->ks))
        l->producer = ks_producer_add(l->ks, &l->stream->idmp, e->item);
    return l->producer != NULL;
}

static bool load_idempotent(loader *l, const rk_element *e)
{
    return ks_idempotent_find(l->ks, l->producer, e->item) || /* servers pass over the second one */
           ks_idempotent_add(l->ks, l->producer, e->item, e->id);
}

static bool load_idmp(loader *l, const rk_element *e)
{
    ks_idmp *idmp = &l->stream->idmp;
    idmp->duration_s = e->number;
    idmp->most = e->number2;
    idmp->added = e->more[0];
    idmp->duplicates = e->more[1];
    return true;
}

static bool load_element(loader *l, const rk_element *e)
{
    bool behind_group = e->kind == RK_ELEMENT_GROUP || e->kind == RK_ELEMENT_PRODUCER;
    if ((e->kind != RK_ELEMENT_ENTRY_FIELD && !end_entry(l)) || (behind_group && !end_group(l)))
        return false;
    switch (e->kind) {
    case RK_ELEMENT_ENTRY:
        return load_entry(l, e);
    case RK_ELEMENT_ENTRY_FIELD:
        return load_field(l, e);
    case RK_ELEMENT_STREAM:
        return load_counters(l, e);
    case RK_ELEMENT_GROUP:
        return load_group(l, e);
    case RK_ELEMENT_PENDING:
        return load_pending(l, e);
    case RK_ELEMENT_CONSUMER:
        return load_consumer(l, e);
    case RK_ELEMENT_OWNED:
        return load_owned(l, e);
    case RK_ELEMENT_NACKED:
        return load_nacked(l, e);
    case RK_ELEMENT_PRODUCER:
        return load_producer(l, e);
    case RK_ELEMENT_IDEMPOTENT:
        return load_idempotent(l, e);
    case RK_ELEMENT_IDMP:
        return load_idmp(l, e);
    default:
        return true;
    }
}

bool ks_stream_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb)
{
    rk_element e;
    loader l = { .ks = ks };
    l.stream = key->stream = ks_stream_new(ks);
    while (l.stream && rk_rdb_element(rdb, &e, ks->err))
        if (!load_element(&l, &e))
            return false;
    return !ks_bad(ks) && end_entry(&l) && end_group(&l);
}
