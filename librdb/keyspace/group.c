/* group: consumer groups: their consumers and what is pending; XGROUP (spec: AOF, "Streams"). */
#include "stream.h"

/* ---- groups and consumers --------------------------------------------------------------------------------- */

ks_group *ks_group_find(rk_keyspace *ks, const ks_stream *stream, rk_slice name)
{
    ks_group_row *row = ks_dict_find(ks, &stream->groups, name, rk_hash64(name));
    return row ? row->group : NULL;
}

ks_group *ks_group_add(rk_keyspace *ks, ks_stream *stream, rk_slice name)
{
    ks_str own;
    ks_group *group = rk_alloc(sizeof *group);
    ks_group_row *row = group && ks_str_of(ks, name, &own) ? ks_dict_add(ks, &stream->groups, own) : NULL;
    if (!row) {
        rk_free(group);
        rk_no_memory(ks->err);
        return NULL;
    }
    ks_ids_start(&group->pending, sizeof(ks_pending));
    ks_dict_start(&group->consumers, sizeof(ks_consumer_row));
    group->read = KS_READ_UNKNOWN;
    return row->group = group;
}

void ks_group_free(rk_keyspace *ks, ks_group *group)
{
    ks_consumer_row *row;
    for (uint32_t at = 0; (row = ks_dict_next(&group->consumers, &at)) != NULL;)
        rk_free(row->consumer);
    ks_dict_clear(ks, &group->consumers);
    ks_ids_clear(&group->pending);
    rk_free(group);
}

static ks_consumer_row *consumer_row(rk_keyspace *ks, const ks_group *group, rk_slice name)
{
    return ks_dict_find(ks, &group->consumers, name, rk_hash64(name));
}

ks_consumer *ks_consumer_find(rk_keyspace *ks, const ks_group *group, rk_slice name)
{
    ks_consumer_row *row = consumer_row(ks, group, name);
    return row ? row->consumer : NULL;
}

ks_consumer *ks_consumer_add(rk_keyspace *ks, ks_group *group, rk_slice name)
{
    ks_str own;
    ks_consumer *consumer = rk_alloc(sizeof *consumer);
    ks_consumer_row *row =
        consumer && ks_str_of(ks, name, &own) ? ks_dict_add(ks, &group->consumers, own) : NULL;
    if (!row) {
        rk_free(consumer);
        rk_no_memory(ks->err);
        return NULL;
    }
    consumer->active_ms = -1;
    return row->consumer = consumer;
}

/* ---- what is pending -------------------------------------------------------------------------------------- */

/* Takes it from its owner, or out of the NACK zone. */
static void release(ks_group *group, ks_pending *pending)
{
    if (pending->owner)
        pending->owner->pending--;
    group->nacked -= pending->zone != 0;
    pending->owner = NULL;
    pending->zone = 0;
}

void ks_pending_own(ks_group *group, ks_pending *pending, ks_consumer *owner)
{
    release(group, pending);
    pending->owner = owner;
    owner->pending++;
}

void ks_pending_nack(ks_group *group, ks_pending *pending)
{
    release(group, pending);
    pending->zone = ++group->nacks;
    group->nacked++;
}

bool ks_pending_remove(ks_group *group, rk_stream_id id)
{
    ks_ids_place place = ks_ids_seek(&group->pending, id);
    ks_pending *pending = ks_ids_next(&group->pending, &place);
    if (!pending || ks_id_compare(pending->id, id) != 0)
        return false;
    release(group, pending);
    ks_ids_remove_before(&group->pending, &place);
    return true;
}

/* ---- XGROUP ----------------------------------------------------------------------------------------------- */

typedef struct {
    bool make_stream;
    int64_t read;
} options;

/* [MKSTREAM] [ENTRIESREAD n] from argument 5 on. */
static bool read_options(ks_call *c, bool creates, options *opt)
{
    *opt = (options){ .read = KS_READ_UNKNOWN };
    for (size_t at = 5; at < ks_argc(c); at++) {
        if (creates && ks_is(ks_arg(c, at), "MKSTREAM")) {
            opt->make_stream = true;
        } else if (ks_is(ks_arg(c, at), "ENTRIESREAD") && at + 1 < ks_argc(c) &&
                   ks_int(ks_arg(c, at + 1), &opt->read) && opt->read >= KS_READ_UNKNOWN) {
            c->ks->before_7 = false;
            at++;
        } else {
            ks_fails(c, "argument %zu is no option", at);
            return false;
        }
    }
    return true;
}

/* The id of argument 4: `$` is the last one of the stream; `-` and `+`, which SETID takes, are the ends of all ids. */
static bool read_group_id(ks_call *c, const ks_stream *stream, bool ends, rk_stream_id *id)
{
    rk_slice text = ks_arg(c, 4);
    if (ends && (ks_is(text, "-") || ks_is(text, "+"))) {
        id->ms = id->seq = ks_is(text, "+") ? UINT64_MAX : 0;
        return true;
    }
    if (ks_is(text, "$")) {
        *id = stream ? stream->last : (rk_stream_id){ 0, 0 };
        return true;
    }
    if (!ks_are_ids(c, 4, 5))
        return false;
    *id = ks_id_arg(c, 4);
    return true;
}

static rk_outcome create_group(ks_call *c, ks_stream *stream)
{
    options opt;
    bool wrong;
    rk_stream_id id;
    if (ks_argc(c) < 5 || !read_options(c, true, &opt) || !read_group_id(c, stream, false, &id))
        return ks_fails(c, "too few arguments"); /* unless something else was told already */
    if (!stream && !opt.make_stream)
        return ks_fails(c, "there is no such key");
    if (stream && ks_group_find(c->ks, stream, ks_arg(c, 3)))
        return ks_fails(c, "there is such a group already");
    stream = ks_stream_open_or_make(c, 2, &wrong);
    ks_group *group = stream ? ks_group_add(c->ks, stream, ks_arg(c, 3)) : NULL;
    if (!group)
        return RK_OUTCOME_FAILED;
    group->last = id;
    group->read = opt.read;
    return RK_OUTCOME_DONE;
}

static rk_outcome set_group(ks_call *c, ks_stream *stream, ks_group *group)
{
    options opt;
    rk_stream_id id;
    if (ks_argc(c) < 5 || !read_options(c, false, &opt) || !read_group_id(c, stream, true, &id))
        return ks_fails(c, "too few arguments"); /* unless something else was told already */
    group->last = id;
    group->read = opt.read;
    return RK_OUTCOME_DONE;
}

static rk_outcome destroy_group(ks_call *c, ks_stream *stream)
{
    rk_slice name = ks_arg(c, 3);
    ks_group_row *row = ks_dict_find(c->ks, &stream->groups, name, rk_hash64(name));
    if (!row)
        return RK_OUTCOME_NOTHING;
    ks_group_free(c->ks, row->group);
    ks_dict_remove(c->ks, &stream->groups, row);
    return RK_OUTCOME_DONE;
}

static rk_outcome create_consumer(ks_call *c, ks_group *group)
{
    if (ks_argc(c) != 5)
        return ks_fails(c, "%zu arguments, not 4", ks_argc(c) - 1);
    if (ks_consumer_find(c->ks, group, ks_arg(c, 4)))
        return RK_OUTCOME_NOTHING;
    ks_consumer *consumer = ks_bad(c->ks) ? NULL : ks_consumer_add(c->ks, group, ks_arg(c, 4));
    if (!consumer)
        return RK_OUTCOME_FAILED;
    consumer->seen_ms = c->now_ms > 0 ? c->now_ms : 0;
    return RK_OUTCOME_DONE;
}

/* What is pending at the consumer goes with it. */
static rk_outcome delete_consumer(ks_call *c, ks_group *group)
{
    if (ks_argc(c) != 5)
        return ks_fails(c, "%zu arguments, not 4", ks_argc(c) - 1);
    ks_consumer_row *row = consumer_row(c->ks, group, ks_arg(c, 4));
    if (!row)
        return RK_OUTCOME_NOTHING;
    ks_pending *pending;
    ks_ids_place place = { 0 };
    while (row->consumer->pending > 0 && (pending = ks_ids_next(&group->pending, &place)) != NULL)
        if (pending->owner == row->consumer) {
            release(group, pending);
            ks_ids_remove_before(&group->pending, &place);
        }
    rk_free(row->consumer);
    ks_dict_remove(c->ks, &group->consumers, row);
    return RK_OUTCOME_DONE;
}

/* XGROUP CREATE|SETID|DESTROY|CREATECONSUMER|DELCONSUMER k g ... */
static rk_outcome xgroup(ks_call *c)
{
    bool wrong;
    char shown[60];
    rk_slice word = ks_arg(c, 1);
    ks_stream *stream = ks_stream_open(c, 2, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 2);
    if (ks_is(word, "CREATE"))
        return create_group(c, stream);
    if (!stream)
        return ks_fails(c, "there is no such key");
    if (ks_is(word, "DESTROY"))
        return destroy_group(c, stream);
    ks_group *group = ks_group_find(c->ks, stream, ks_arg(c, 3));
    if (!group)
        return ks_fails(c, "there is no group '%s'", rk_slice_print(ks_arg(c, 3), shown, sizeof shown));
    if (ks_is(word, "SETID"))
        return set_group(c, stream, group);
    if (ks_is(word, "CREATECONSUMER"))
        return create_consumer(c, group);
    if (ks_is(word, "DELCONSUMER"))
        return delete_consumer(c, group);
    return ks_fails(c, "XGROUP has no '%s'", rk_slice_print(word, shown, sizeof shown));
}

const ks_verb ks_group_verbs[] = {
    { RK_VERB_XGROUP, xgroup },
    { RK_VERB_XCLAIM, ks_xclaim },
    { RK_VERB_XNACK, ks_xnack },
    { RK_VERB_UNKNOWN, NULL },
};
