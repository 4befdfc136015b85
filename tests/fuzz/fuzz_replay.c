/* fuzz_replay: a log, applied. The input is a log as it lies on a disk when it begins like one or like a snapshot;
 * else it is text, a command a line and its words parted by blanks, so that commands meet and not only bytes. What must
 * hold:
 * - read in steps of one byte, or at once, it gives the same state, the same counts and the same words of failure;
 * - an offset that an error names lies within the input;
 * - the effects that are told of lists, sets and sorted sets add up to the items that are there at the end;
 * - a state can be saved, what was saved can be read, and it holds as many keys; only where no version has all types of
 *   the state, it is refused in words. */
#include "command_lines.h"
#include "rdbkit/keyspace.h"
#include "rdbkit/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static unsigned watch_all(void *self, uint32_t db, rk_slice name)
{
    (void)self;
    (void)db;
    (void)name;
    return RK_INTEREST_KEEP | RK_INTEREST_WATCH;
}

/* Items that came in less those that left. */
typedef struct {
    int64_t items[RK_OTHER + 1];
    uint64_t steps, effects;
} tally;

static void add_effects(tally *t, const rk_step *step)
{
    t->steps++;
    t->effects += step->effect_count;
    for (size_t i = 0; i < step->effect_count; i++) {
        const rk_effect *e = &step->effects[i];
        t->items[e->type] += e->kind == RK_EFFECT_IN ? 1 : e->kind == RK_EFFECT_OUT ? -1 : 0;
    }
}

/* Saves the state and reads it back: its digest, and its items by type. *saved: no version has arrays of Redis as well as
 * path hashes of Valkey. */
static rk_digest state_of(rk_replay *replay, uint64_t *elements, bool *saved)
{
    rk_err err = { 0 };
    rk_keyspace_save_options options = { .server = RK_EMPTY };
    rk_key key;
    uint64_t keys = 0;
    rk_digest all = { 0 };
    rk_sink *sink = rk_sink_open_temporary(&err);
    must(sink != NULL);
    if (!rk_keyspace_save(rk_replay_keyspace(replay), sink, &options, &err)) {
        must(err.code == RK_USAGE && err.what[0] != 0);
        *saved = false;
        rk_sink_close(sink);
        return all;
    }
    rk_source *source = rk_sink_to_source(sink, "state", &err);
    must(source != NULL);
    rk_snapshot *snapshot = rk_snapshot_open_source(source, &err);
    rk_look *look = NULL;
    must(snapshot != NULL);
    while (rk_snapshot_next(snapshot, &key, &err)) {
        rk_logical logical;
        rk_key again;
        rk_digest name = rk_digest_seeded(key.name, key.db);
        keys++;
        look = look ? look : rk_look_open(snapshot, &err);
        must(look && rk_look_key(look, key.offset, &again, &err) && rk_look_logical(look, &logical, &err));
        rk_digest both[3] = { name, logical.core, { (uint64_t)key.expire_ms, key.type } };
        all = rk_digest_sum(all, rk_digest_of((rk_slice){ (const uint8_t *)both, sizeof both }));
        elements[key.type] += logical.elements;
    }
    must(err.code == RK_OK && keys == rk_keyspace_count(rk_replay_keyspace(replay)));
    rk_look_close(look);
    rk_snapshot_close(snapshot);
    return all;
}

typedef struct {
    rk_digest state;
    rk_err err;
    uint64_t done, failed, opaque;
    bool torn;
} outcome;

static outcome replay(rk_slice log, size_t step)
{
    outcome o = { 0 };
    rk_step pulled;
    tally t = { 0 };
    uint64_t elements[RK_OTHER + 1] = { 0 };
    rk_replay_options options = { .interest = watch_all };
    rk_source *source = rk_source_memory(log, step, &o.err);
    must(source != NULL);
    rk_replay *r = rk_replay_open_source(source, &options, &o.err);
    must(r != NULL);
    while (rk_replay_next(r, &pulled, &o.err))
        add_effects(&t, &pulled);
    const rk_replay_info *info = rk_replay_info_of(r);
    must(!o.err.has_offset || o.err.offset <= log.len);
    must(!info->torn || info->torn_bytes <= log.len);
    if (o.err.code == RK_OK) {
        bool saved = true;
        static const rk_type told[] = { RK_LIST, RK_SET, RK_ZSET };
        o.state = state_of(r, elements, &saved);
        for (size_t i = 0; saved && i < 3; i++)
            must(t.items[told[i]] == (int64_t)elements[told[i]]);
    }
    o.done = info->done;
    o.failed = info->failed;
    o.opaque = info->opaque;
    o.torn = info->torn;
    rk_replay_close(r);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_buf room = { 0 };
    rk_slice log = command_lines((rk_slice){ bytes, size }, &room);
    outcome whole = replay(log, 0), steps = replay(log, 1);
    must(whole.err.code == steps.err.code && whole.err.offset == steps.err.offset &&
         strcmp(whole.err.what, steps.err.what) == 0);
    must(rk_digest_is(whole.state, steps.state));
    must(whole.done == steps.done && whole.failed == steps.failed && whole.opaque == steps.opaque &&
         whole.torn == steps.torn);
    rk_buf_free(&room);
    return 0;
}
