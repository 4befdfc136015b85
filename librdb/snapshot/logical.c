/* logical: the digest of a value that does not depend on how it is encoded (design: "Other keys are compared too,
 * by their logical value"). Times at which stream consumers were last seen are left out: they change by looking. */
#include "snapshot.h"

#include "rdbkit/keyspace.h"

#include <math.h>

/* What is known of one element, in a form without padding that can be digested. */
typedef struct {
    uint64_t kind;
    rk_digest item, value;
    uint64_t numbers[8];
} element_facts;

static uint64_t score_bits(double score)
{
    uint64_t bits;
    score = score == 0 ? 0 : score; /* -0 and 0 are one score: some encodings cannot tell them apart */
    memcpy(&bits, &score, sizeof bits);
    return bits;
}

/* A HyperLogLog is what its registers are: how they are packed, and the count that was computed last, come and go. */
static rk_digest item_digest(const rk_element *e)
{
    uint8_t registers[RK_HLL_REGISTERS];
    if (e->kind == RK_ELEMENT_STRING && rk_slice_starts(e->item, RK_TEXT("HYLL")) &&
        rk_hll_registers(e->item, registers))
        return rk_digest_seeded((rk_slice){ registers, sizeof registers }, RK_HLL_REGISTERS);
    return rk_digest_of(e->item);
}

static rk_digest facts_digest(const rk_element *e)
{
    element_facts facts = { .kind = (uint64_t)e->kind,
                            .item = item_digest(e),
                            .value = rk_digest_of(e->value),
                            .numbers = { score_bits(e->score), (uint64_t)e->expire_ms, e->id.ms, e->id.seq,
                                         e->number, e->number2, e->more[0], e->more[1] } };
    return rk_digest_of((rk_slice){ (const uint8_t *)&facts, sizeof facts });
}

/* Joins `next` to a digest of things in order. */
static rk_digest chain(rk_digest so_far, rk_digest next)
{
    rk_digest both[2] = { so_far, next };
    return rk_digest_of((rk_slice){ (const uint8_t *)both, sizeof both });
}

static bool is_unordered(rk_element_kind kind)
{
    return kind == RK_ELEMENT_MEMBER || kind == RK_ELEMENT_SCORED || kind == RK_ELEMENT_FIELD;
}

/* The parts of a stream that only servers from 7.0 on tell go to the details; what a server sets by its clock, and
 * what was never used, goes nowhere. Returns false when nothing is left for the core. */
static bool split_stream_element(rk_element *e, rk_logical *logical)
{
    if (e->kind == RK_ELEMENT_STREAM || e->kind == RK_ELEMENT_GROUP) {
        rk_element newer = {
            .kind = e->kind, .item = RK_EMPTY, .value = RK_EMPTY, .expire_ms = RK_NO_EXPIRY
        };
        if (e->kind == RK_ELEMENT_STREAM) {
            newer.id = e->max_deleted;
            newer.number = e->more[0];
            e->more[0] = 0;
        } else {
            newer.number = e->number;
            e->number = 0;
        }
        logical->has_details = e->has_counters;
        if (e->has_counters)
            logical->details = chain(logical->details, facts_digest(&newer));
    }
    if (e->kind == RK_ELEMENT_IDMP)
        return e->number != 100 || e->number2 != 100 || e->more[0] || e->more[1];
    return e->kind != RK_ELEMENT_PRODUCER;
}

bool rk_look_logical(rk_look *look, rk_logical *logical, rk_err *err)
{
    rk_element e;
    rk_digest producer = { 0 };
    *logical = (rk_logical){ 0 };
    while (rk_look_element(look, &e, err)) {
        if (e.kind == RK_ELEMENT_PRODUCER)
            producer = rk_digest_of(e.item);
        if (!split_stream_element(&e, logical))
            continue;
        rk_digest d = facts_digest(&e);
        if (e.kind == RK_ELEMENT_IDEMPOTENT)
            d = chain(producer, d); /* a producer without entries is none */
        logical->elements += e.kind != RK_ELEMENT_ENTRY_FIELD;
        logical->core = is_unordered(e.kind) ? rk_digest_sum(logical->core, d) : chain(logical->core, d);
    }
    return err->code == RK_OK;
}
