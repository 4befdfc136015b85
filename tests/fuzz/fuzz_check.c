/* fuzz_check: the whole check. What must hold, whatever the bytes:
 * - spans tile the input: they begin behind the magic and end before the EOF opcode or at the end, without a gap
 * or an overlap but for the checksum;
 * - offsets of problems lie within the input, in order;
 * - a check that finds no damage and nothing unseen agrees with the reader, which then reads everything;
 * - what the reader refuses, the check tells of;
 * - reading in steps of one byte finds the same;
 * - all that holds of spans and problems, too, where the header may be lost, which no input is refused for that is not
 * refused without. */
#include <stdlib.h>

#include "../unit/rdb/events.h"
#include "rdbkit/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static rk_check *check(rk_slice input, size_t step, rk_err *err)
{
    rk_source *source = rk_source_memory(input, step, err);
    must(source != NULL);
    return rk_check_source(source, NULL, err);
}

static void check_problems(const rk_check *c, rk_slice input)
{
    const rk_problem *p;
    uint64_t before = 0;
    for (size_t i = 0; (p = rk_check_problem(c, i)) != NULL; i++) {
        must(p->offset == RK_NO_OFFSET || p->offset <= input.len);
        must(p->offset >= before && p->what && p->what[0] && p->step);
        before = p->offset;
    }
}

static void check_spans(const rk_check *c, rk_slice input)
{
    enum { TAIL = 9 };
    const rk_span *s, *before = NULL;
    uint64_t pieces = 0, told = 0;
    for (size_t i = 0; (s = rk_check_span(c, i)) != NULL; before = s, i++) {
        const rk_damaged_key *key = s->key == SIZE_MAX ? NULL : rk_check_damaged(c, s->key);
        must(s->from < s->to && s->to <= input.len);
        must(s->key == SIZE_MAX || key);
        must((s->kind != RK_SPAN_PIECES && s->kind != RK_SPAN_LEFT_OUT) || key);
        if (before) {
            uint64_t gap = s->from - before->to;
            must(s->from >= before->to && gap <= TAIL && (gap == 0 || input.ptr[before->to] == 0xff));
        }
        pieces += s->kind == RK_SPAN_PIECES ? s->count : 0;
    }
    if (before)
        must(before->to == input.len || input.ptr[before->to] == 0xff);
    const rk_damaged_key *key;
    for (size_t i = 0; (key = rk_check_damaged(c, i)) != NULL; i++) {
        must(key->begin <= key->offset && key->offset < key->value && key->value <= input.len);
        told += key->pieces;
    }
    must(told == pieces);
}

static void same_problems(const rk_check *a, const rk_check *b)
{
    const rk_problem *p, *q;
    for (size_t i = 0;; i++) {
        p = rk_check_problem(a, i);
        q = rk_check_problem(b, i);
        must(!p == !q);
        if (!p)
            break;
        must(p->kind == q->kind && p->offset == q->offset && strcmp(p->what, q->what) == 0);
    }
    for (size_t i = 0;; i++) {
        const rk_span *s = rk_check_span(a, i), *t = rk_check_span(b, i);
        must(!s == !t);
        if (!s)
            break;
        must(s->kind == t->kind && s->from == t->from && s->to == t->to && s->count == t->count);
    }
}

static void without_header(rk_slice input, bool readable)
{
    rk_check_options options = { .header_may_be_lost = true };
    rk_err err = { 0 };
    rk_source *source = rk_source_memory(input, 0, &err);
    must(source != NULL);
    rk_check *c = rk_check_source(source, &options, &err);
    must(c ? readable || rk_check_exit(c) == 1 : !readable && err.what[0]);
    if (!c)
        return;
    check_problems(c, input);
    check_spans(c, input);
    rk_check_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_slice input = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    rk_err err = { 0 }, other = { 0 }, why = { 0 };
    rk_check *c = check(input, 0, &err), *steps = check(input, 1, &other);
    rk_source *source = rk_source_memory(input, 0, &why);
    event_log log = event_log_of(source, true);
    rk_source_close(source);
    must(!c == !steps);
    without_header(input, c != NULL);
    if (!c) {
        must(err.code != RK_OK && err.what[0] && log.err.code != RK_OK);
        return 0;
    }
    check_problems(c, input);
    check_spans(c, input);
    same_problems(c, steps);
    if (rk_check_exit(c) == 0)
        must(log.err.code == RK_OK && log.ended && log.key_count == rk_check_info(c)->keys);
    if (log.err.code != RK_OK)
        must(rk_check_exit(c) != 0);
    rk_check_free(c);
    rk_check_free(steps);
    return 0;
}
