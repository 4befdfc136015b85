/* rescue_run: pieces of one value, one behind the other. Packed nodes prove themselves. Plain strings follow each other
 * through any text, so that a run of them is believed when a record follows that bears itself out, or when many weigh
 * something. */
#include "rescue_run.h"

#include "rescue_chain.h"

enum { PLAIN_LEAST = 8, ALONE_LEAST = 30, ALONE_COUNT = 3, SETTLE_STEPS = 64 };

bool run_is_packed(uint8_t type_byte)
{
    return type_byte > 5 && type_byte != 22 && type_byte != 24;
}

bool run_has_ttl(const rk_probe *probe, uint8_t type_byte)
{
    return (type_byte == 22 || type_byte == 24) && !rk_probe_is_valkey(probe);
}

static bool record_follows(rk_probe *probe, uint64_t at)
{
    chain next = chain_walk(probe, at, 0);
    return next.sure || next.ended;
}

/* Packed nodes, and plain ones between them: these count when a packed node or a record follows. */
static void walk_packed(rk_probe *probe, uint8_t type_byte, uint64_t left, run *r)
{
    rk_look look;
    uint64_t at = r->from, plain = 0;
    while (rk_probe_piece(probe, type_byte, at, &look)) {
        bool packed = look.bits >= RK_PROOF;
        if (!packed && record_follows(probe, at))
            break;
        r->first_end = r->first_end ? r->first_end : look.next;
        at = look.next;
        plain++;
        if (packed) {
            r->bits = RK_PROOF;
            r->to = at;
            r->count += plain;
            plain = 0;
        }
        r->too_many = r->count > left;
    }
    r->by_record = record_follows(probe, at);
    if (r->by_record && plain > 0 && r->count > 0) {
        r->count += plain;
        r->to = at;
    }
    r->too_many = r->count > left;
}

/* A field that has no TTL, among those of a hash that has: 0, field, value. A key of a string looks the same. */
static bool looks_like_string(rk_probe *probe, uint8_t type_byte, uint64_t at)
{
    rk_slice bytes = run_has_ttl(probe, type_byte) ? rk_probe_bytes(probe, at) : RK_EMPTY;
    return bytes.len && bytes.ptr[0] == 0;
}

/* Does a record begin here, and not a piece? */
static bool ends_here(rk_probe *probe, uint8_t type_byte, uint64_t at)
{
    if (!looks_like_string(probe, type_byte, at))
        return record_follows(probe, at);
    rk_look look;
    return rk_probe_record(probe, at, &look) && look.bits >= RK_PROOF;
}

static void walk_plain(rk_probe *probe, uint8_t type_byte, uint64_t left, run *r)
{
    rk_look look;
    while (!r->too_many) {
        bool full =
            r->count == left && run_has_ttl(probe, type_byte); /* what looks like more of them is none */
        r->by_record = full ? record_follows(probe, r->to) : ends_here(probe, type_byte, r->to);
        if (r->by_record || !rk_probe_piece(probe, type_byte, r->to, &look))
            return;
        r->ttls += !looks_like_string(probe, type_byte, r->to);
        r->bits += look.bits;
        r->to = look.next;
        r->count++;
        r->first_end = r->first_end ? r->first_end : look.next;
        r->too_many = r->count > left;
    }
}

bool run_walk(rk_probe *probe, uint8_t type_byte, uint64_t from, uint64_t left, run *r)
{
    bool halves = type_byte == 4; /* fields and values look the same: only the end tells which is which */
    *r = (run){ .from = from, .to = from };
    if (run_is_packed(type_byte)) {
        walk_packed(probe, type_byte, left, r);
        return r->bits >= RK_PROOF;
    }
    walk_plain(probe, type_byte, left, r);
    if (r->count == 0 || r->too_many)
        return false;
    if (r->by_record)
        return r->bits >= PLAIN_LEAST &&
               r->bits >= r->count; /* strings that weigh nothing follow each other by chance */
    return !halves && r->count >= ALONE_COUNT && r->bits >= ALONE_LEAST && r->bits >= 2 * r->count;
}

/* What the pieces weigh from `at` to exactly `upto`, and how many they are; 0 when none ends there. */
static unsigned weight_before(rk_probe *probe, uint8_t type_byte, uint64_t at, uint64_t upto, uint64_t *count)
{
    rk_look look;
    unsigned bits = 0;
    for (*count = 0; at < upto && *count < SETTLE_STEPS; ++*count) {
        if (!rk_probe_piece(probe, type_byte, at, &look))
            return 0;
        bits += look.bits;
        at = look.next;
    }
    return at == upto ? bits : 0;
}

bool run_settle(rk_probe *probe, uint8_t type_byte, uint64_t left, run *r)
{
    rk_look look;
    uint64_t first_end = r->first_end, count = 0, rest = r->count - 1;
    if (!rk_probe_piece(probe, type_byte, r->from, &look))
        return false;
    unsigned best = look.bits;
    for (uint64_t at = r->from + 1; at < first_end; at++) {
        unsigned bits = weight_before(probe, type_byte, at, first_end, &count);
        if (bits <= best || rest + count > left)
            continue;
        best = bits;
        r->from = at;
        r->count = rest + count;
    }
    return true;
}

bool run_cut(rk_probe *probe, uint8_t type_byte, uint64_t at, run *r)
{
    rk_look look;
    uint64_t to = r->from, count = 0;
    unsigned bits = 0;
    for (; count < r->count && rk_probe_piece(probe, type_byte, to, &look) && look.next <= at; count++) {
        bits += look.bits;
        to = look.next;
    }
    r->by_record = to == at;
    r->to = to;
    r->count = count;
    r->bits = bits;
    return count > 0 && bits >= PLAIN_LEAST;
}
