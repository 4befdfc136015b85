/* rescue_chain: records one behind the other, weighed. */
#include "rescue_chain.h"

enum { RECORDS_MOST = 4096, NAMES = 8, ODD_LOOK = 8 };

/* The names of the last keys: damaged runs repeat themselves, keys do not. */
typedef struct {
    uint64_t names[NAMES];
    unsigned count;
} last_names;

static bool is_repeated(last_names *last, uint64_t name)
{
    for (unsigned i = 0; i < last->count && i < NAMES; i++)
        if (last->names[i] == name)
            return true;
    last->names[last->count++ % NAMES] = name;
    return false;
}

chain chain_walk(rk_probe *probe, uint64_t from, uint64_t upto)
{
    chain c = { .from = from, .end = from };
    last_names last = { 0 };
    rk_look look;
    for (unsigned n = 0; n < RECORDS_MOST && !(c.sure && c.end >= upto); n++) {
        if (!rk_probe_record(probe, c.end, &look) || (look.is_key && is_repeated(&last, look.name)))
            break;
        if (n == 0) {
            c.first_bits = look.bits;
            c.first_is_odd = look.is_odd;
            c.first_end = look.next;
        }
        c.bits += look.bits;
        c.keys += look.is_key;
        c.ended = look.is_end;
        c.sure |= c.bits >= RK_PROOF || (c.ended && c.keys > 0 && c.bits >= RK_PROOF - 8);
        if (look.next == 0 || c.ended) {
            c.end = look.next ? look.next : UINT64_MAX;
            break;
        }
        c.end = look.next;
    }
    return c;
}

/* What the records weigh that begin before `upto`; 0 when they do not lead there. */
static unsigned weight_before(rk_probe *probe, uint64_t from, uint64_t upto)
{
    rk_look look;
    last_names last = { 0 };
    unsigned bits = 0;
    for (unsigned n = 0; n < RECORDS_MOST && from < upto; n++) {
        if (!rk_probe_record(probe, from, &look) || (look.is_key && is_repeated(&last, look.name)))
            return 0;
        bits += look.bits;
        if (look.next == 0)
            return bits;
        from = look.next;
    }
    return from == upto || chain_walk(probe, from, 0).sure ? bits : 0;
}

/* A chain that nobody doubts from its first record on beats any other. One that leads as far as the doubtful record
 * beats it by its weight. */
static bool beats(rk_probe *probe, const chain *doubtful, uint64_t at, chain *other)
{
    *other = chain_walk(probe, at, 0);
    if (other->bits < CHAIN_LEAST && !other->ended)
        return false;
    if (other->first_bits >= RK_PROOF)
        return true;
    if (!doubtful->sure)
        return other->sure;
    return weight_before(probe, at, doubtful->first_end) > doubtful->first_bits;
}

/* Where within [at, to) a record may begin, by its first byte; `to` when nowhere. What is passed over earns its credit. */
static uint64_t next_begin(rk_probe *probe, uint64_t at, uint64_t to)
{
    while (at < to) {
        rk_slice bytes = rk_probe_bytes(probe, at);
        size_t most = bytes.len < to - at ? bytes.len : (size_t)(to - at), i = 0;
        while (i < most && !rk_probe_begins(probe, bytes.ptr[i]))
            i++;
        rk_probe_earn(probe, i + 1);
        if (bytes.len == 0 || i < most)
            return bytes.len ? at + i : to;
        at += i;
    }
    return to;
}

bool chain_contest(rk_probe *probe, const chain *doubtful, chain *better)
{
    uint64_t to = doubtful->sure ? doubtful->first_end : doubtful->end;
    bool found = false;
    chain best = *doubtful, other;
    for (uint64_t at = doubtful->from + 1; (at = next_begin(probe, at, to)) < to; at++) {
        if (!beats(probe, &best, at, &other))
            continue;
        *better = best = other;
        found = true;
        if (best.first_bits >= RK_PROOF)
            break;
        to = best.sure ? best.first_end : best.end;
    }
    return found;
}

/* Do the records from `at` on lead beyond `beyond`, and are those that they lead to beyond doubt? They must not come to
 * `known`, where a record was read. */
static bool leads_beyond(rk_probe *probe, uint64_t at, swallowed where)
{
    rk_look look;
    last_names last = { 0 };
    unsigned bits = 0, before = 0;
    bool proven = !where.by_proof;
    for (unsigned n = 0; n < RECORDS_MOST && (at <= where.beyond || bits < RK_PROOF || !proven); n++) {
        if (at == where.known || !rk_probe_record(probe, at, &look) ||
            (look.is_key && is_repeated(&last, look.name)))
            return false;
        bool behind = at >= where.beyond;
        *(behind ? &bits : &before) += look.bits;
        proven |= look.bits >= RK_PROOF;
        if (look.is_end)
            return proven && behind && before >= CHAIN_LEAST;
        if (look.next == 0 && !rk_probe_record_end(probe, at, &look.next))
            return before >= CHAIN_LEAST; /* it is damaged behind what was seen of it */
        at = look.next;
    }
    return at > where.beyond && bits >= RK_PROOF && before >= CHAIN_LEAST && proven;
}

bool chain_swallowed(rk_probe *probe, swallowed where, uint64_t *at)
{
    for (uint64_t i = where.from + 1; (i = next_begin(probe, i, where.to)) < where.to; i++)
        if (leads_beyond(probe, i, where)) {
            *at = i;
            return true;
        }
    return false;
}

/* Have most of the next keys names that are no text? */
static bool are_odd(rk_probe *probe, uint64_t at)
{
    rk_look look;
    unsigned keys = 0, odd = 0;
    while (keys < ODD_LOOK && rk_probe_record(probe, at, &look) && look.next > at) {
        keys += look.is_key;
        odd += look.is_odd && look.bits > 0;
        at = look.next;
    }
    return keys > ODD_LOOK / 2 && 2 * odd > keys;
}

void chain_trim(rk_probe *probe, chain *c)
{
    while (c->sure && c->first_end && c->first_bits < CHAIN_ODD &&
           (c->first_bits == 0 || (c->first_is_odd && !are_odd(probe, c->first_end))))
        *c = chain_walk(probe, c->first_end, 0);
}
