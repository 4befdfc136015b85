/* every_cut: what must hold of whoever consumes a snapshot, tried on many snapshots: read at once or in small steps it
 * tells the same; cut off at any byte it ends in order, with what it has to say or with an error that lies in the file;
 * with any allocation failing it says so, or has told all the same. A consumer is one function. */
#ifndef RDBKIT_TESTS_EVERY_CUT_H
#define RDBKIT_TESTS_EVERY_CUT_H

#include "unit.h"

#include "rdbkit/io.h"

/* Consumes the source, which it closes, and folds all that it tells into `told`. False: it failed, `err` says why. */
typedef bool cut_use(rk_source *source, rk_digest *told, rk_err *err);

typedef struct {
    const char *name;
    cut_use *use;
} cut_consumer;

static inline void cut_tell(rk_digest *told, const void *bytes, size_t len)
{
    rk_digest part = rk_digest_of((rk_slice){ bytes, len });
    rk_digest both[2] = { *told, part };
    *told = rk_digest_of((rk_slice){ (const uint8_t *)both, sizeof both });
}

static inline void cut_tell_text(rk_digest *told, const char *text)
{
    cut_tell(told, text ? text : "-", text ? strlen(text) : 1);
}

static inline void cut_tell_number(rk_digest *told, uint64_t number)
{
    cut_tell(told, &number, sizeof number);
}

static inline bool cut_run(const cut_consumer *c, rk_slice bytes, size_t step, rk_digest *told, rk_err *err)
{
    *told = (rk_digest){ 0 };
    *err = (rk_err){ 0 };
    rk_source *source = rk_source_memory(bytes, step, err);
    return source && c->use(source, told, err);
}

static inline void cut_fails(const cut_consumer *c, const char *file, const char *how, uint64_t at,
                             const rk_err *err)
{
    printf("# %s, %s, %s %" PRIu64 ": %d %s\n", c->name, file, how, at, err->code, err->what);
}

/* Ends in order: an error has a sentence, and lies in the file. */
static inline bool cut_in_order(bool ok, const rk_err *err, size_t len)
{
    return ok ? err->code == RK_OK
              : err->code != RK_OK && err->what[0] && (!err->has_offset || err->offset <= len);
}

static inline unsigned cut_steps(const cut_consumer *c, const char *file, rk_slice bytes)
{
    static const size_t steps[] = { 1, 2, 7, 4095 };
    rk_digest whole, told;
    rk_err err, again;
    unsigned bad = 0;
    bool ok = cut_run(c, bytes, 0, &whole, &err);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        bool same = cut_run(c, bytes, steps[i], &told, &again) == ok && again.code == err.code &&
                    strcmp(again.what, err.what) == 0 && (!ok || rk_digest_is(whole, told));
        if (!same && bad++ == 0)
            cut_fails(c, file, "in steps of", steps[i], &again);
    }
    return bad;
}

/* At most `most` cuts, evenly over the file; a part of them is read in steps, too. */
static inline unsigned cut_everywhere(const cut_consumer *c, const char *file, rk_slice bytes, size_t most)
{
    unsigned bad = 0;
    size_t by = bytes.len / most + 1, number = 0;
    for (size_t cut = 0; cut < bytes.len; cut += by, number++) {
        rk_digest told, again;
        rk_err err, other;
        rk_slice head = rk_slice_head(bytes, cut);
        bool ok = cut_run(c, head, 0, &told, &err), good = cut_in_order(ok, &err, cut);
        if (number % 5 == 0)
            good = good && cut_run(c, head, 3, &again, &other) == ok && (!ok || rk_digest_is(told, again)) &&
                   strcmp(err.what, other.what) == 0;
        if (!good && bad++ == 0)
            cut_fails(c, file, "cut at", cut, &err);
    }
    return bad;
}

/* Every `by`-th allocation fails in its turn, and all behind it. */
static inline unsigned cut_memory(const cut_consumer *c, const char *file, rk_slice bytes, int64_t by)
{
    rk_digest whole, told;
    rk_err err, first;
    unsigned bad = 0;
    bool ok = cut_run(c, bytes, 0, &whole, &first), done = false;
    for (int64_t n = 0; !done && n < 100000; n += by) {
        rk_alloc_fail_after(n);
        done = cut_run(c, bytes, 0, &told, &err);
        rk_alloc_fail_after(-1);
        if (!done && err.code != RK_NO_MEMORY)
            done = !ok && err.code == first.code; /* it would fail anyway, and has come so far */
        bool good =
            done ? err.code == first.code && (!ok || rk_digest_is(whole, told)) : err.code == RK_NO_MEMORY;
        if (!good && bad++ == 0)
            cut_fails(c, file, "without memory after", (uint64_t)n, &err);
    }
    return bad + !done;
}

#endif
