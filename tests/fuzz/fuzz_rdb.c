/* fuzz_rdb: the whole reader. What must hold, whatever the bytes:
 * - reading in steps of one byte tells the same records and elements as reading at once, and fails at the
 * same place with the same words;
 * - an offset that an error names lies within the input;
 * - passing over values sees the same keys as decoding them, whenever decoding succeeds;
 * - so does pulling units, and they hold the items that elements tell;
 * - what a trace tells covers the bytes that are read, without a gap;
 * - the digest of a value is that of its bytes; a second look at it tells the same elements and units. */
#include <stdlib.h>

#include "../unit/rdb/events.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static rk_slice input;

static event_log read_log(size_t step, bool decode)
{
    rk_err err = { 0 };
    rk_source *source = rk_source_memory(input, step, &err);
    must(source != NULL);
    event_log log = event_log_of(source, decode);
    rk_source_close(source);
    return log;
}

static rk_digest fold(rk_digest so_far, rk_slice item, double score)
{
    uint64_t bits;
    rk_digest d = rk_digest_of(item);
    memcpy(&bits, &score, 8);
    d.lo += bits;
    return event_chain(so_far, d);
}

static rk_digest by_elements(rk_rdb *rdb, rk_err *err)
{
    rk_element e;
    rk_digest all = { 0 };
    while (rk_rdb_element(rdb, &e, err))
        all = fold(all, e.item, e.score);
    return all;
}

static rk_digest by_units(rk_rdb *rdb, rk_err *err)
{
    rk_unit unit;
    rk_unit_walk walk;
    rk_buf scratch = { 0 };
    rk_slice item, content;
    rk_digest all = { 0 };
    double score;
    while (rk_rdb_unit(rdb, &unit, err)) {
        must(unit.str.offset + unit.raw.len <= input.len);
        must(memcmp(unit.raw.ptr, input.ptr + unit.str.offset, unit.raw.len) == 0);
        if (!rk_str_bytes(&unit.str, &scratch, &content, err) ||
            !rk_unit_walk_open(&walk, &unit, content, err))
            break;
        while (rk_unit_walk_next(&walk, &item, &score))
            all = fold(all, item, score);
        if (err->code != RK_OK)
            break;
    }
    rk_buf_free(&scratch);
    return all;
}

static void must_be_within(const rk_err *err)
{
    must(err->code != RK_OK && err->what[0] && err->source[0]);
    must(!err->has_offset || err->offset <= input.len);
}

/* Keys at their offsets again: by element, by unit. */
static void look_again(const rk_rdb *first, const uint64_t *offsets, size_t count, const rk_digest *told)
{
    rk_err err = { 0 };
    rk_record rec;
    rk_rdb *again = rk_rdb_second(first, &err);
    must(again != NULL);
    for (size_t i = count; i-- > 0;) {
        must(rk_rdb_seek_key(again, offsets[i], &rec, &err));
        must(rk_digest_is(by_elements(again, &err), told[i]) && err.code == RK_OK);
        must(rk_rdb_seek_key(again, offsets[i], &rec, &err));
        bool has_units = rec.key.type == RK_LIST || rec.key.type == RK_ZSET;
        must(!has_units || rk_digest_is(by_units(again, &err), told[i]));
        must(err.code == RK_OK);
    }
    rk_rdb_close(again);
}

enum { KEYS_MOST = 256 };

/* The input decodes: all other ways to read it agree with the elements. */
static void other_ways(void)
{
    static uint64_t offsets[KEYS_MOST];
    static rk_digest told[KEYS_MOST];
    rk_err err = { 0 };
    rk_record rec, same;
    rk_digest digest;
    size_t count = 0;
    rk_source *source = rk_source_memory(input, 0, &err), *other = rk_source_memory(input, 5, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err), *beside = rk_rdb_open(other, &err);
    while (rk_rdb_next(rdb, &rec, &err)) {
        must(rk_rdb_next(beside, &same, &err) && rec.kind == same.kind && rec.offset == same.offset);
        if (rec.kind == RK_RECORD_END)
            break;
        if (rec.kind != RK_RECORD_KEY)
            continue;
        uint64_t from = rk_rdb_offset(beside);
        rk_rdb_digest_begin(beside);
        must(rk_rdb_digest_end(beside, &digest, &err));
        rk_slice value = { input.ptr + from, (size_t)(rk_rdb_offset(beside) - from) };
        must(rk_digest_is(digest, rk_digest_of(value)));
        if (count == KEYS_MOST)
            continue;
        offsets[count] = rec.key.offset;
        told[count++] = by_elements(rdb, &err);
        must(err.code == RK_OK);
    }
    must(err.code == RK_OK);
    look_again(rdb, offsets, count, told);
    rk_rdb_close(rdb);
    rk_rdb_close(beside);
    rk_source_close(source);
    rk_source_close(other);
}

/* Units of an input that need not decode: they may fail, and nothing else. */
static void units_alone(void)
{
    rk_err err = { 0 };
    rk_record rec = { .kind = RK_RECORD_AUX };
    rk_source *source = rk_source_memory(input, 3, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    while (rdb && rec.kind != RK_RECORD_END && err.code == RK_OK && rk_rdb_next(rdb, &rec, &err))
        if (rec.kind == RK_RECORD_KEY)
            by_units(rdb, &err);
    if (err.code != RK_OK)
        must(!err.has_offset || err.offset <= input.len);
    rk_rdb_close(rdb);
    rk_source_close(source);
}

/* Where the next thing that is read must begin. */
static void must_follow(void *self, const rk_traced *traced)
{
    uint64_t *next = self;
    must(traced->from == *next && traced->to > traced->from && traced->to <= input.len);
    *next = traced->to;
    if (traced->kind == RK_TRACE_STRING)
        *next = traced->number > input.len - traced->to ? UINT64_MAX : traced->to + traced->number;
}

/* What is told of the bytes that are read covers them without a gap. */
static void trace_covers(bool decode)
{
    rk_err err = { 0 };
    rk_record rec = { .kind = RK_RECORD_AUX };
    rk_element e;
    rk_source *source = rk_source_memory(input, 0, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    uint64_t next = rdb ? rk_rdb_begin(rdb) : 0;
    if (rdb)
        rk_rdb_trace(rdb, must_follow, &next);
    while (rdb && rec.kind != RK_RECORD_END && err.code == RK_OK && rk_rdb_next(rdb, &rec, &err))
        while (decode && rec.kind == RK_RECORD_KEY && rk_rdb_element(rdb, &e, &err))
            ;
    must(!rdb || err.code != RK_OK || next == rk_rdb_offset(rdb));
    rk_rdb_close(rdb);
    rk_source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    input = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    event_log whole = read_log(0, true), steps = read_log(1, true), keys = read_log(0, false);
    must(rk_digest_is(whole.all, steps.all) && whole.ended == steps.ended &&
         whole.trailing == steps.trailing);
    must(whole.err.code == steps.err.code && whole.err.offset == steps.err.offset);
    must(strcmp(whole.err.what, steps.err.what) == 0 && strcmp(whole.err.where, steps.err.where) == 0);
    if (whole.err.code != RK_OK)
        must_be_within(&whole.err);
    if (keys.err.code != RK_OK)
        must_be_within(&keys.err);
    if (whole.err.code == RK_OK) {
        must(keys.err.code == RK_OK && rk_digest_is(whole.keys, keys.keys) &&
             keys.trailing == whole.trailing);
        other_ways();
    }
    units_alone();
    trace_covers(true);
    trace_covers(false);
    return 0;
}
