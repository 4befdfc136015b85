/* slots: the commands that delete all keys of some hash slots of a cluster (spec: AOF, "Keys"). A slot's keys may lie in
 * any database. */
#include "keys.h"

enum { SLOTS = 16384 };

typedef struct {
    uint8_t wanted[SLOTS / 8];
} slot_set;

/* Adds the slots from argument `arg` to the one behind. False: these are none. */
static bool add_slots(ks_call *c, size_t arg, size_t last_arg, slot_set *set)
{
    int64_t first, last;
    if (last_arg >= ks_argc(c) || !ks_int(ks_arg(c, arg), &first) || !ks_int(ks_arg(c, last_arg), &last) ||
        first < 0 || last < first || last >= SLOTS) {
        ks_fails(c, "the slots are no numbers from 0 to %d", SLOTS - 1);
        return false;
    }
    for (int64_t slot = first; slot <= last; slot++)
        set->wanted[slot / 8] |= (uint8_t)(1u << slot % 8);
    return true;
}

static rk_outcome drop_slots(ks_call *c, const slot_set *set)
{
    uint64_t before = c->ks->count;
    for (size_t i = 0; i < c->ks->db_count; i++) {
        ks_key *key = c->ks->dbs[i] ? c->ks->dbs[i]->first : NULL;
        for (ks_key *next; key; key = next) {
            unsigned slot = rk_key_slot(ks_name(key));
            next = key->after;
            if (set->wanted[slot / 8] >> slot % 8 & 1)
                ks_drop(c->ks, key);
        }
    }
    return c->ks->count < before ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}

/* SFLUSH first last [first last ...] [ASYNC|SYNC] */
rk_outcome ks_sflush(ks_call *c)
{
    slot_set set = { { 0 } };
    rk_slice mode = ks_arg(c, ks_argc(c) - 1);
    size_t to = ks_argc(c) - (ks_is(mode, "async") || ks_is(mode, "sync"));
    if (to < 3 || to % 2 == 0)
        return ks_fails(c, "the slots do not come in pairs");
    for (size_t i = 1; i < to; i += 2)
        if (!add_slots(c, i, i + 1, &set))
            return RK_OUTCOME_FAILED;
    return drop_slots(c, &set);
}

/* TRIMSLOTS RANGES n first last [first last ...] */
rk_outcome ks_trimslots(ks_call *c)
{
    slot_set set = { { 0 } };
    int64_t n;
    if (!ks_is(ks_arg(c, 1), "ranges") || !ks_int(ks_arg(c, 2), &n) || n <= 0 ||
        (uint64_t)n != (ks_argc(c) - 3) / 2 || ks_argc(c) % 2 == 0)
        return ks_fails(c, "RANGES, their number and as many pairs of slots are wanted");
    for (size_t i = 3; i < ks_argc(c); i += 2)
        if (!add_slots(c, i, i + 1, &set))
            return RK_OUTCOME_FAILED;
    return drop_slots(c, &set);
}

/* CLUSTER FLUSHSLOT slot [ASYNC|SYNC]; what else there is of CLUSTER moves no key by itself. */
rk_outcome ks_cluster(ks_call *c)
{
    slot_set set = { { 0 } };
    if (!ks_is(ks_arg(c, 1), "flushslot"))
        return RK_OUTCOME_NOTHING;
    if (ks_argc(c) < 3 || !add_slots(c, 2, 2, &set))
        return ks_fails(c, "the slot is no number from 0 to %d", SLOTS - 1);
    return drop_slots(c, &set);
}
