/* fuzz_aofcheck: the check of an append-only file. What must hold, whatever the bytes:
 * - it comes to an answer, of commands or of a snapshot, or to an error with a sentence;
 * - offsets of problems lie within the input, in order; what was passed over, too;
 * - spans tile what stands behind the head, without a gap, and count all commands;
 * - a check that finds no damage agrees with the reader, which reads all of it;
 * - reading in steps of one byte finds the same;
 * - what is salvaged checks as whole, with as many commands as were sound;
 * - the byte that the first two choose is explained, and lies in what is told of it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../unit/check/explain_holds.h"
#include "rdbkit/aofcheck.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

typedef struct {
    rk_aofcheck *aof;
    rk_check *snapshot;
    rk_err err;
} outcome;

static outcome check(rk_slice input, size_t step)
{
    outcome o = { .aof = NULL };
    rk_source *source = rk_source_memory(input, step, &o.err);
    must(source != NULL);
    bool ok = rk_aofcheck_source(source, NULL, NULL, &o.aof, &o.snapshot, &o.err);
    must(ok == ((o.aof != NULL) != (o.snapshot != NULL)));
    must(ok || (o.err.code != RK_OK && o.err.what[0]));
    return o;
}

static void end(outcome *o)
{
    rk_aofcheck_free(o->aof);
    rk_check_free(o->snapshot);
}

static void check_problems(const rk_aofcheck *aof, rk_slice input)
{
    const rk_aof_problem *p;
    uint64_t before = 0;
    for (size_t i = 0; (p = rk_aofcheck_problem(aof, i)) != NULL; i++) {
        must(p->problem.offset == RK_NO_OFFSET || p->problem.offset <= input.len);
        must(p->problem.offset >= before && p->problem.what[0] && p->problem.step);
        must(p->part == 0 && p->from <= p->to && p->to <= input.len);
        before = p->problem.offset;
    }
}

/* Adds to `saved` what a salvage keeps. */
static void check_spans(const rk_aofcheck *aof, rk_slice input, rk_buf *saved)
{
    const rk_aof_part *part = rk_aofcheck_part(aof, 0);
    const rk_aof_span *s;
    rk_err err = { 0 };
    uint64_t at = part->begin, commands = 0;
    must(part->size == input.len && part->begin <= input.len && part->good <= input.len &&
         part->good >= part->begin);
    must(rk_buf_add(saved, rk_slice_head(input, (size_t)part->begin), &err));
    for (size_t i = 0; (s = rk_aofcheck_span(aof, 0, i)) != NULL; at = s->to, i++) {
        must(s->from == at && s->to > at && s->to <= input.len);
        commands += s->kind == RK_SPAN_SOUND ? s->commands : 0;
        if (s->kind == RK_SPAN_SOUND)
            must(rk_buf_add(saved, (rk_slice){ input.ptr + s->from, (size_t)(s->to - s->from) }, &err));
        else if (s->select >= 0)
            must(rk_buf_printf(saved, &err, "*2\r\n$6\r\nSELECT\r\n$%d\r\n%" PRId64 "\r\n",
                               snprintf(NULL, 0, "%" PRId64, s->select), s->select));
    }
    must(at == input.len && commands == part->commands);
}

static void check_whole(const rk_aofcheck *aof, rk_slice input)
{
    const rk_aof_part *part = rk_aofcheck_part(aof, 0);
    rk_err err = { 0 };
    rk_aof_command command;
    rk_window window;
    uint64_t count = 0;
    rk_source *source = rk_source_memory(input, 0, &err);
    must(rk_window_open_second(&window, source, &err) && rk_window_seek(&window, part->begin, &err));
    rk_aof *reader = rk_aof_open_behind(&window, &err);
    must(reader != NULL);
    while (rk_aof_next(reader, &command, &err))
        count++;
    must(err.code == RK_OK && count == part->commands && part->lost_bytes == 0 && part->good == input.len);
    rk_aof_close(reader);
    rk_source_close(source);
}

static void same(const rk_aofcheck *a, const rk_aofcheck *b)
{
    const rk_aof_problem *p, *q;
    for (size_t i = 0;; i++) {
        p = rk_aofcheck_problem(a, i);
        q = rk_aofcheck_problem(b, i);
        must(!p == !q);
        if (!p)
            break;
        must(p->problem.kind == q->problem.kind && p->problem.offset == q->problem.offset &&
             strcmp(p->problem.what, q->problem.what) == 0);
    }
}

static bool head_is_whole(const rk_aofcheck *aof)
{
    const rk_check *head = rk_aofcheck_part(aof, 0)->head;
    return !head || rk_check_problems(head, RK_PROBLEM_DAMAGE) == 0;
}

/* With commands left of it, it is an append-only file again; else a snapshot, or nothing. */
static void check_saved(const rk_aofcheck *aof, rk_slice saved)
{
    uint64_t commands = rk_aofcheck_part(aof, 0)->commands;
    if (commands == 0)
        return;
    outcome again = check(saved, 0);
    must(again.aof && rk_aofcheck_exit(again.aof) != 1);
    must(rk_aofcheck_part(again.aof, 0)->commands >= commands);
    end(&again);
}

/* A damaged head is salvaged, too: through files. */
static void check_salvage(const rk_aofcheck *aof)
{
    char folder[] = "/tmp/rdbkit-fuzz-XXXXXX", path[64];
    rk_aof_salvage result;
    rk_err err = { 0 };
    must(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/saved.aof", folder);
    bool ok = rk_aofcheck_salvage(aof, path, false, &result, &err);
    must(ok && result.commands == rk_aofcheck_part(aof, 0)->commands);
    unlink(path);
    rmdir(folder);
}

static void check_explained(rk_slice input)
{
    rk_err err = { 0 };
    rk_source *source = rk_source_memory(input, 0, &err);
    uint64_t offset =
        input.len > 1 ? (input.ptr[0] * 256u + input.ptr[1] * 7919u + input.len / 2) % input.len : 0;
    rk_explain *e = rk_aofcheck_explain_source(source, offset, NULL, &err);
    must(input.len == 0 ? !e : e != NULL);
    if (e)
        must(explain_holds_together(e));
    rk_explain_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_slice input = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    outcome o = check(input, 0), steps = check(input, 1);
    rk_buf saved = { 0 };
    must(!o.aof == !steps.aof && !o.snapshot == !steps.snapshot);
    check_explained(input);
    if (o.aof) {
        same(o.aof, steps.aof);
        check_problems(o.aof, input);
        check_spans(o.aof, input, &saved);
        if (rk_aofcheck_exit(o.aof) != 1)
            check_whole(o.aof, input);
        if (head_is_whole(o.aof))
            check_saved(o.aof, rk_buf_slice(&saved));
        else
            check_salvage(o.aof);
    }
    rk_buf_free(&saved);
    end(&o);
    end(&steps);
    return 0;
}
