/* torn: a command in which the last part breaks off. Servers drop it, and so does a salvage; whoever looks for a job may
 * want to know that it still stands there. */
#include "rdbkit/json.h"
#include "run.h"
#include "walk.h"

static bool is_job(rk_slice value)
{
    rk_envelope envelope;
    return value.len > 1 && value.ptr[0] == '{' && rk_envelope_scan(value, &envelope) && envelope.has_class &&
           envelope.jid.len > 0;
}

static bool take_key(rk_aofcheck *c, rk_slice name, rk_err *err)
{
    rk_aof_torn *torn = &c->torn;
    rk_slice key = rk_slice_head(name, RK_FACTS_NAME);
    torn->has_key = true;
    return rk_arena_copy(&c->arena, key, &torn->key, err);
}

static bool look_at_arguments(rk_aofcheck *c, aofcheck_walk *walk, rk_err *err)
{
    rk_aof_torn *torn = &c->torn;
    aofcheck_argument a;
    while (aofcheck_walk_argument(walk, &a, err) && a.whole) {
        const rk_verb_row *row = rk_verb_row_of(walk->verb);
        uint64_t index = walk->seen - 1;
        if (row->first > 0 && index == (uint64_t)row->first && !(row->flags & RK_VERB_NUMKEYS) &&
            !take_key(c, a.bytes, err))
            return false;
        torn->values += torn->has_key && index > (uint64_t)row->first;
        torn->jobs += is_job(a.bytes);
    }
    torn->whole = walk->seen;
    if (walk->seen > 0 && !(torn->command = aofcheck_text(c, err, "%s", walk->name)))
        return false;
    return err->code == RK_OK;
}

bool aofcheck_torn_look(rk_aofcheck *c, size_t part, uint64_t offset, rk_err *err)
{
    aofcheck_walk walk;
    bool ok = aofcheck_walk_open(&walk, c->parts[part].source, offset, err);
    c->torn = (rk_aof_torn){ .there = true, .part = part, .offset = offset, .key = RK_EMPTY };
    if (ok && aofcheck_walk_command(&walk, err)) {
        c->torn.offset = walk.begin;
        c->torn.argc = walk.argc;
        ok = look_at_arguments(c, &walk, err);
    }
    aofcheck_walk_close(&walk);
    return ok && err->code == RK_OK;
}
