/* rescue: goes through the bytes behind damage, offset by offset. */
#include "rescue.h"

#include "rescue_chain.h"
#include "rescue_run.h"

typedef struct {
    rk_probe *probe;
    uint64_t from;
    bool pieces, packed; /* pieces are looked for, and they are packed */
    uint8_t type_byte;
    uint64_t left;
    rescue_landing *landing;
    uint64_t skip; /* up to here there are pieces of somebody else */
} search;

enum {
    GAP_SLACK = 512,
    GAP_FOREIGN = 8,
    GAP_FILLED = 3,
    MISREAD = 8,
    NODE_LARGE = 64 * 1024,
    ITEM_LARGE = 8
};

static bool land_on_records(search *s, chain c)
{
    chain better;
    if (c.first_bits < RK_PROOF && chain_contest(s->probe, &c, &better))
        c = better;
    chain_trim(s->probe, &c);
    bool doubt_first = c.first_bits < CHAIN_CLEAR && c.keys > 0;
    *s->landing = (rescue_landing){ .kind = RESCUE_RECORDS,
                                    .from = c.from,
                                    .to = !c.sure       ? c.end
                                          : doubt_first ? c.first_end
                                                        : c.from,
                                    .suspect = (!c.sure && c.keys > 0) || doubt_first };
    return true;
}

static bool try_records(search *s, uint64_t at)
{
    chain c = chain_walk(s->probe, at, 0);
    if (c.bits < CHAIN_LEAST && !c.ended)
        return false;
    return land_on_records(s, c);
}

/* Could the pieces that are missing, each `largest` bytes long or as long as those that are there, have filled the bytes
 * between? Where they could not, another key has lost its beginning there, and the pieces are its own. */
static bool fits_the_gap(const search *s, const run *r, unsigned times, uint64_t largest)
{
    uint64_t mean = (r->to - r->from) / r->count + 1, missing = s->left - r->count + 2;
    uint64_t gap = r->from - s->from, most = times * (mean + largest);
    return missing >= UINT64_MAX / most || gap <= missing * most + GAP_SLACK;
}

/* Are the pieces that are missing as many as the bytes between had room for? */
static bool fills_the_gap(const search *s, const run *r)
{
    uint64_t mean = (r->to - r->from) / r->count + 1, missing = s->left - r->count;
    uint64_t room = (r->from - s->from + GAP_SLACK) * GAP_FILLED;
    return missing <= room / mean;
}

static bool land_on_pieces(search *s, const run *r)
{
    *s->landing =
        (rescue_landing){ .kind = RESCUE_PIECES,
                          .from = r->from,
                          .to = r->to,
                          .count = r->count,
                          .suspect = !fits_the_gap(s, r, 2, ITEM_LARGE) || (!s->packed && !r->by_record) };
    return true;
}

/* Records may begin among plain pieces: the run ends before the first that is beyond doubt, and does not stand where a
 * piece does. *cut: it had to be. */
static bool cut_at_records(search *s, run *r, bool *cut)
{
    uint64_t at;
    bool by_proof = run_has_ttl(s->type_byte);
    *cut = chain_swallowed(s->probe, (swallowed){ r->from, r->to, r->to - 1, UINT64_MAX, by_proof }, &at);
    return !*cut || run_cut(s->probe, s->type_byte, at, r);
}

static bool try_pieces(search *s, uint64_t at)
{
    run r;
    bool cut;
    if (!run_walk(s->probe, s->type_byte, at, s->left, &r))
        return false;
    if (r.too_many || !fits_the_gap(s, &r, GAP_FOREIGN, s->packed ? NODE_LARGE : ITEM_LARGE)) {
        s->skip = r.to;
        return false;
    }
    if (s->packed)
        return land_on_pieces(s, &r);
    if (run_has_ttl(s->type_byte) && r.ttls == 0 && !fills_the_gap(s, &r))
        return false; /* keys of strings, more likely */
    return cut_at_records(s, &r, &cut) && run_settle(s->probe, s->type_byte, s->left, &r) &&
           land_on_pieces(s, &r);
}

/* What cannot be the first byte of a piece is not looked at. */
static bool may_be_piece(const search *s, uint8_t byte)
{
    enum { CONTAINER_MOST = 2, MASTER_ID = 16, LEN_MOST = 0x81, LZF = 0xc3 };
    bool string = byte <= LEN_MOST || (byte >= 0xc0 && byte <= LZF);
    switch (s->pieces ? s->type_byte : 0) {
    case 0:
        return false;
    case 18:
        return byte > 0 && byte <= CONTAINER_MOST;
    case 15:
    case 19:
    case 21:
    case 26:
    case 27:
        return byte == MASTER_ID;
    case 22:
    case 24:
        return string;
    default:
        return string && byte != 0;
    }
}

static bool try_place(search *s, uint64_t at, uint8_t byte)
{
    bool piece = at >= s->skip && may_be_piece(s, byte);
    bool first = s->packed || (run_has_ttl(s->type_byte) && byte == 0);
    if (piece && first && try_pieces(s, at))
        return true;
    if (rk_probe_begins(s->probe, byte) && try_records(s, at))
        return true;
    return piece && !first && try_pieces(s, at);
}

static bool look_through(search *s)
{
    uint64_t at = s->from;
    for (;;) {
        rk_slice bytes = rk_probe_bytes(s->probe, at);
        size_t i = 0;
        if (bytes.len == 0)
            break;
        while (i < bytes.len && !s->pieces && !rk_probe_begins(s->probe, bytes.ptr[i]))
            i++;
        rk_probe_earn(s->probe, i + 1);
        if (i < bytes.len && try_place(s, at + i, bytes.ptr[i]))
            return true;
        at += i < bytes.len ? i + 1 : i;
    }
    *s->landing = (rescue_landing){ .kind = RESCUE_NOTHING, .from = at, .to = at };
    return false;
}

bool check_rescue(rk_rdb *second, uint64_t from, const rk_key *inside, uint64_t left, rescue_landing *landing,
                  rk_err *err)
{
    search s = { .probe = rk_probe_of(second, err), .from = from, .left = left, .landing = landing };
    if (!s.probe)
        return false;
    if (inside && left > 0 && rk_rdb_has_pieces(second, inside->type_byte)) {
        s.pieces = true;
        s.type_byte = inside->type_byte;
        s.packed = run_is_packed(inside->type_byte);
        if (!s.packed && left < UINT64_MAX - MISREAD)
            s.left += MISREAD; /* some that were read were none */
    }
    look_through(&s);
    return rk_probe_ok(s.probe, err);
}

bool check_swallowed(rk_rdb *second, rescue_doubt where, uint64_t *at, rk_err *err)
{
    rk_probe *probe = rk_probe_of(second, err);
    swallowed bytes = { where.from, where.to, where.lost_at, where.known, where.by_proof };
    *at = UINT64_MAX;
    return probe && (chain_swallowed(probe, bytes, at), rk_probe_ok(probe, err));
}

bool check_type_proves(uint8_t type_byte)
{
    return type_byte >= 9 && type_byte <= 27 && type_byte != 22 && type_byte != 24;
}
