/* fuzz_aof: the reader of append-only files. What must hold, whatever the bytes:
 * - read in steps of any size, and as a source that can or cannot be read again, the same is yielded and told;
 * - the arguments of a command lie where its offsets say, in the order of the file, with CR LF behind each;
 * - a failure is of a known kind and its offset is within the input; asking again gives the same failure;
 * - commands, annotations and what was passed over follow on each other without a gap or an overlap, from the first byte
 *   to the last, so that no byte is lost silently;
 * - MULTI and EXEC alternate, and what stands between them says so; the last good place never moves back. */
#include <stdlib.h>

#include "rdbkit/aof.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

/* What one reading yields, summed up, and how far it has come. */
typedef struct {
    rk_slice input;
    rk_digest sum;
    uint64_t at, good;
    bool in_multi;
} reading;

static void sum_up(reading *r, const void *what, size_t len)
{
    rk_digest both[2] = { r->sum, rk_digest_of((rk_slice){ what, len }) };
    r->sum = rk_digest_of((rk_slice){ (const uint8_t *)both, sizeof both });
}

/* Annotations alone lie between `r->at` and `to`. */
static void must_be_notes(reading *r, uint64_t to)
{
    must(r->at <= to && to <= r->input.len);
    while (r->at < to) {
        const uint8_t *line = r->input.ptr + r->at;
        const uint8_t *stop = memchr(line, '\n', (size_t)(to - r->at));
        must(line[0] == '#' && stop);
        r->at += (uint64_t)(stop - line) + 1;
    }
}

static void check_command(reading *r, const rk_aof_command *c)
{
    uint64_t at = c->offset;
    must_be_notes(r, c->offset);
    must(c->end <= r->input.len && c->argc > 0 && r->input.ptr[c->offset] == '*');
    for (size_t i = 0; i < c->argc; i++) {
        const uint8_t *arg = r->input.ptr + c->offsets[i];
        must(c->offsets[i] > at && c->offsets[i] + c->args[i].len + 2 <= c->end);
        must(memcmp(arg, c->args[i].ptr, c->args[i].len) == 0 &&
             memcmp(arg + c->args[i].len, "\r\n", 2) == 0);
        at = c->offsets[i] + c->args[i].len + 1;
    }
    must(at + 1 == c->end && c->verb == rk_verb_of(c->args[0]));
    if (c->verb == RK_VERB_MULTI)
        must(!r->in_multi && c->in_multi);
    else
        must(c->in_multi == r->in_multi && (c->verb != RK_VERB_EXEC || c->in_multi));
    r->in_multi = c->in_multi && c->verb != RK_VERB_EXEC;
    r->at = c->end;
    sum_up(r, c->offsets, c->argc * sizeof *c->offsets);
    sum_up(r, &c->number, sizeof c->number);
    sum_up(r, &c->time_s, sizeof c->time_s);
}

static void check_failure(reading *r, rk_aof *aof, const rk_err *err)
{
    rk_err again = { 0 };
    rk_aof_command c;
    must(err->code == RK_DAMAGED || err->code == RK_TRUNCATED);
    must(err->has_offset && err->offset <= r->input.len && err->offset >= rk_aof_good(aof));
    must(!r->in_multi && rk_aof_good(aof) <= r->at);
    must(!rk_aof_next(aof, &c, &again) && again.code == err->code && again.offset == err->offset);
    must(strcmp(again.what, err->what) == 0 && strcmp(again.where, err->where) == 0);
    sum_up(r, err->what, strlen(err->what));
    sum_up(r, err->where, strlen(err->where));
    sum_up(r, &err->offset, sizeof err->offset);
}

/* False where reading does not go on. */
static bool go_on(reading *r, rk_aof *aof)
{
    rk_err err = { 0 };
    uint64_t from, to;
    bool found = rk_aof_resume(aof, &from, &to, &err);
    must_be_notes(r, from);
    must(from < to && to <= r->input.len);
    must(found ? err.code == RK_OK : err.code == RK_DAMAGED || to == r->input.len);
    r->at = to;
    sum_up(r, &to, sizeof to);
    return found;
}

static void read_all(reading *r, rk_aof *aof)
{
    rk_aof_command c;
    bool more = true;
    while (more) {
        rk_err err = { 0 };
        while (rk_aof_next(aof, &c, &err)) {
            check_command(r, &c);
            must(rk_aof_good(aof) >= r->good && rk_aof_good(aof) <= c.end);
            r->good = rk_aof_good(aof);
        }
        if (err.code == RK_OK)
            must_be_notes(r, r->input.len);
        else
            check_failure(r, aof, &err);
        more = err.code != RK_OK && go_on(r, aof);
    }
    rk_aof_times times = rk_aof_times_of(aof);
    sum_up(r, &times.last_s, sizeof times.last_s);
    sum_up(r, &times.count, sizeof times.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const size_t steps[] = { 0, 1, 5, 64 };
    rk_digest first = { 0 };
    rk_slice input = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        rk_err err = { 0 };
        reading r = { .input = input };
        rk_source *source = rk_source_memory(input, steps[i], &err);
        rk_aof *aof = source ? rk_aof_open(source, &err) : NULL;
        must(aof != NULL);
        read_all(&r, aof);
        rk_aof_close(aof);
        rk_source_close(source);
        first = i == 0 ? r.sum : first;
        must(rk_digest_is(first, r.sum));
    }
    return 0;
}
