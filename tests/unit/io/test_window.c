/* test_window: the part of a source that is in memory: nothing is lost, everything is drained once, memory
 * follows the bytes that arrive. */
#include "../unit.h"
#include "rdbkit/io.h"

enum { CONTENT = 1500 * 1000 };

static uint8_t content[CONTENT];

static void make_content(void)
{
    uint32_t state = 7;
    for (size_t i = 0; i < CONTENT; i++) {
        state = state * 1664525 + 1013904223;
        content[i] = (uint8_t)(state >> 24);
    }
}

/* What drain has been shown: it must be the content, in order, without a gap. */
typedef struct {
    size_t seen;
    unsigned wrong;
} drained;

static void drain(void *self, const uint8_t *bytes, size_t count)
{
    drained *d = self;
    d->wrong += d->seen + count > CONTENT || memcmp(bytes, content + d->seen, count) != 0;
    d->seen += count;
}

static rk_source *open_content(size_t step, rk_err *err)
{
    rk_source *source = rk_source_memory((rk_slice){ content, CONTENT }, step, err);
    CU_ASSERT_FATAL(source != NULL);
    return source;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Takes, skips and holds of random sizes, up to more than a window. */
static void walk(size_t step, uint32_t seed)
{
    rk_err err = { 0 };
    rk_window w;
    drained d = { 0 };
    rk_slice bytes;
    uint64_t at = 0;
    unsigned wrong = 0;
    rk_source *source = open_content(step, &err);
    CU_ASSERT_FATAL(rk_window_open(&w, source, &err));
    w.drain = drain;
    w.self = &d;
    while (at < CONTENT) {
        uint32_t pick = next_random(&seed), most = pick % 20 == 0 ? 300000 : pick % 5 ? 100 : 30000;
        uint64_t n = next_random(&seed) % most, left = CONTENT - at;
        n = n < left ? n : left;
        wrong += rk_window_offset(&w) != at;
        if (pick % 3 == 0) {
            wrong += !rk_window_skip(&w, n, "skip", &err);
        } else if (pick % 3 == 1) {
            wrong += !rk_window_take(&w, n, &bytes, "take", &err) || memcmp(bytes.ptr, content + at, n) != 0;
        } else {
            rk_window_hold(&w);
            wrong += !rk_window_skip(&w, n / 2, "skip", &err);
            wrong += !rk_window_take(&w, n - n / 2, &bytes, "take", &err);
            rk_window_let_go(&w);
            wrong += n > 0 && memcmp(rk_window_at(&w, at), content + at, n) != 0;
        }
        at += n;
    }
    rk_window_drain(&w);
    CU_ASSERT(wrong == 0 && d.wrong == 0 && d.seen == CONTENT && err.code == RK_OK);
    CU_ASSERT(w.cap <= 1024 * 1024);
    rk_window_close(&w);
    rk_source_close(source);
}

static void walks(void)
{
    static const size_t steps[] = { 0, 997, 300000 };
    make_content();
    for (uint32_t i = 0; i < 12; i++)
        walk(steps[i % 3], i);
}

static void beyond_the_end(void)
{
    rk_err err = { 0 }, skipped = { 0 };
    rk_window w;
    rk_slice bytes;
    rk_source *source = open_content(4096, &err);
    CU_ASSERT_FATAL(rk_window_open(&w, source, &err));
    CU_ASSERT(rk_window_skip(&w, CONTENT - 5, "most", &err));
    CU_ASSERT(!rk_window_take(&w, 6, &bytes, "a thing", &err) && err.code == RK_TRUNCATED);
    CU_ASSERT_STRING_EQUAL(err.what, "a thing takes 6 bytes, 5 remain");
    CU_ASSERT_EQUAL(err.offset, CONTENT - 5);
    CU_ASSERT(!rk_window_skip(&w, UINT64_MAX, "a thing", &skipped) && skipped.code == RK_TRUNCATED);
    CU_ASSERT_STRING_EQUAL(skipped.what, "a thing takes 18446744073709551615 bytes, 5 remain");
    CU_ASSERT_EQUAL(skipped.offset, CONTENT - 5);
    CU_ASSERT_EQUAL(w.cap, 256 * 1024);
    rk_window_close(&w);
    rk_source_close(source);
}

static void rest(void)
{
    rk_err err = { 0 };
    rk_window w;
    uint64_t count = 0;
    rk_source *source = open_content(1000, &err);
    CU_ASSERT_FATAL(rk_window_open(&w, source, &err));
    CU_ASSERT(rk_window_skip(&w, 1234, "some", &err) && rk_window_skip_rest(&w, &count, &err));
    CU_ASSERT_EQUAL(count, CONTENT - 1234);
    CU_ASSERT(rk_window_skip_rest(&w, &count, &err) && count == 0);
    CU_ASSERT(!rk_window_seek(&w, 0, &err) && err.code == RK_USAGE);
    rk_window_close(&w);
    rk_source_close(source);
}

static void second(void)
{
    rk_err err = { 0 };
    rk_window w;
    rk_slice bytes;
    uint32_t seed = 3;
    unsigned wrong = 0;
    rk_source *source = open_content(0, &err);
    CU_ASSERT_FATAL(rk_window_open_second(&w, source, &err));
    for (int i = 0; i < 3000; i++) {
        uint64_t at = next_random(&seed) % CONTENT, n = next_random(&seed) % (i % 50 ? 500 : 100000);
        if (i % 3 == 0)
            at = i * 300 % CONTENT; /* near the last place */
        n = n < CONTENT - at ? n : CONTENT - at;
        wrong += !rk_window_seek(&w, at, &err) || !rk_window_take(&w, n, &bytes, "part", &err) ||
                 memcmp(bytes.ptr, content + at, n) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(rk_window_seek(&w, CONTENT + 9, &err));
    CU_ASSERT(!rk_window_take(&w, 1, &bytes, "a thing", &err));
    CU_ASSERT_STRING_EQUAL(err.what, "a thing takes 1 bytes, 0 remain");
    rk_window_close(&w);
    rk_source_close(source);
}

UNIT_MAIN("window", { "taking, skipping and holding lose nothing and drain all once", walks },
          { "what reaches beyond the end is refused without asking for memory", beyond_the_end },
          { "the rest is passed over and counted", rest }, { "a second look goes anywhere", second })
