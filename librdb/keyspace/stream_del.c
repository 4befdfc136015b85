/* stream_del: XDEL and XDELEX, XACK and XACKDEL (spec: AOF, "Streams"). */
#include "stream.h"

bool ks_stream_needs(const ks_stream *stream, rk_stream_id id)
{
    ks_group_row *row;
    for (uint32_t at = 0; (row = ks_dict_next(&stream->groups, &at)) != NULL;)
        if (ks_id_compare(id, row->group->last) > 0 || ks_ids_find(&row->group->pending, id))
            return true;
    return false;
}

bool ks_stream_drop_refs(ks_stream *stream, rk_stream_id id)
{
    ks_group_row *row;
    bool dropped = false;
    for (uint32_t at = 0; (row = ks_dict_next(&stream->groups, &at)) != NULL;)
        dropped |= ks_pending_remove(row->group, id);
    return dropped;
}

bool ks_stream_delete(rk_keyspace *ks, ks_stream *stream, rk_stream_id id, ks_refs refs)
{
    if (refs == KS_ACKED && ks_stream_needs(stream, id))
        return false;
    if (!ks_stream_remove(ks, stream, id))
        return false;
    if (refs == KS_DELREF)
        ks_stream_drop_refs(stream, id);
    if (ks_id_compare(id, stream->max_deleted) > 0)
        stream->max_deleted = id;
    return true;
}

static rk_outcome changed(bool is)
{
    return is ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

/* The entries that the arguments [from, to) name. */
static rk_outcome delete_entries(ks_call *c, ks_refs refs, size_t from, size_t to)
{
    bool wrong, deleted = false;
    ks_stream *stream = ks_stream_open(c, 1, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    for (size_t i = from; stream && i < to; i++)
        deleted |= ks_stream_delete(c->ks, stream, ks_id_arg(c, i), refs);
    return changed(deleted);
}

/* XDEL k id... */
rk_outcome ks_xdel(ks_call *c)
{
    if (!ks_are_ids(c, 2, ks_argc(c)))
        return RK_OUTCOME_FAILED;
    return delete_entries(c, KS_KEEPREF, 2, ks_argc(c));
}

/* `[KEEPREF|DELREF|ACKED] IDS n id...` from argument `at` to the end; the word may come last, too. */
static bool read_mode_and_ids(ks_call *c, size_t at, ks_refs *refs, size_t *first, size_t *behind)
{
    *refs = KS_KEEPREF;
    at += ks_refs_word(ks_arg(c, at), refs);
    if (!ks_ids_argument(c, at, first, behind))
        return false;
    size_t end = *behind;
    end += end < ks_argc(c) && ks_refs_word(ks_arg(c, end), refs);
    if (end != ks_argc(c))
        ks_fails(c, "%zu arguments behind the ids", ks_argc(c) - end);
    return end == ks_argc(c);
}

/* XDELEX k [KEEPREF|DELREF|ACKED] IDS n id... */
rk_outcome ks_xdelex(ks_call *c)
{
    ks_refs refs;
    size_t first, behind;
    if (!read_mode_and_ids(c, 2, &refs, &first, &behind))
        return RK_OUTCOME_FAILED;
    return delete_entries(c, refs, first, behind);
}

/* *wrong: the key is of another type; NULL, too, where there is no stream or no group. */
static ks_group *open_group(ks_call *c, ks_stream **stream, bool *wrong)
{
    *stream = ks_stream_open(c, 1, wrong);
    return *stream ? ks_group_find(c->ks, *stream, ks_arg(c, 2)) : NULL;
}

/* XACK k g id... */
rk_outcome ks_xack(ks_call *c)
{
    bool wrong, acknowledged = false;
    ks_stream *stream;
    ks_group *group = open_group(c, &stream, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    if (!group)
        return RK_OUTCOME_NOTHING;
    if (!ks_are_ids(c, 3, ks_argc(c)))
        return RK_OUTCOME_FAILED;
    for (size_t i = 3; i < ks_argc(c); i++)
        acknowledged |= ks_pending_remove(group, ks_id_arg(c, i));
    return changed(acknowledged);
}

/* XACKDEL k g [KEEPREF|DELREF|ACKED] IDS n id...: what is acknowledged is deleted, too. */
rk_outcome ks_xackdel(ks_call *c)
{
    bool wrong, acknowledged = false;
    ks_stream *stream;
    ks_refs refs;
    size_t first, behind;
    if (!read_mode_and_ids(c, 3, &refs, &first, &behind))
        return RK_OUTCOME_FAILED;
    ks_group *group = open_group(c, &stream, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    for (size_t i = first; group && i < behind; i++) {
        if (!ks_pending_remove(group, ks_id_arg(c, i)))
            continue;
        acknowledged = true;
        ks_stream_delete(c->ks, stream, ks_id_arg(c, i), refs);
    }
    return changed(acknowledged);
}
