/* test_memory: allocation that can be made to fail, arrays and buffers that grow, the arena, digests. */
#include "../unit.h"

static void failing(void)
{
    rk_err err = { 0 };
    rk_buf buf = { 0 };
    rk_alloc_fail_after(1);
    void *first = rk_alloc(1), *second = rk_alloc(1), *third = rk_realloc(NULL, 1);
    CU_ASSERT(first && !second && !third);
    CU_ASSERT(!rk_buf_add(&buf, BYTES("abc"), &err) && err.code == RK_NO_MEMORY && !err.has_offset);
    rk_alloc_fail_after(-1);
    rk_free(first);
    rk_alloc_largest();
    rk_free(rk_alloc(12345));
    rk_free(rk_alloc(3));
    CU_ASSERT_EQUAL(rk_alloc_largest(), 12345);
    CU_ASSERT_EQUAL(rk_alloc_largest(), 0);
}

static void growing(void)
{
    rk_err err = { 0 };
    uint64_t *array = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < 1000; i++) {
        CU_ASSERT_FATAL(rk_grow((void **)&array, &cap, i + 1, sizeof *array, &err));
        array[i] = i;
    }
    CU_ASSERT(cap >= 1000 && cap < 4096 && array[999] == 999 && array[0] == 0);
    uint64_t *before = array;
    CU_ASSERT(!rk_grow((void **)&array, &cap, SIZE_MAX / 4, sizeof *array, &err) && err.code == RK_NO_MEMORY);
    CU_ASSERT(array == before && array[999] == 999);
    rk_free(array);
}

static void buffers(void)
{
    rk_err err = { 0 };
    rk_buf buf = { 0 };
    CU_ASSERT(rk_slice_is(rk_buf_slice(&buf), RK_EMPTY));
    for (int i = 0; i < 500; i++)
        CU_ASSERT(rk_buf_add(&buf, BYTES("a\0b"), &err) && rk_buf_printf(&buf, &err, "%d,", i));
    CU_ASSERT(rk_slice_starts(rk_buf_slice(&buf), BYTES("a\0b0,a\0b1,")));
    CU_ASSERT(rk_slice_ends(rk_buf_slice(&buf), BYTES("a\0b499,")));
    rk_buf_free(&buf);
    CU_ASSERT(buf.ptr == NULL && buf.len == 0 && buf.cap == 0);
}

static void arenas(void)
{
    rk_err err = { 0 };
    rk_arena arena = { 0 };
    rk_slice copies[500];
    char text[300];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < 500; i++) {
        text[0] = (char)i;
        CU_ASSERT_FATAL(rk_arena_copy(&arena, (rk_slice){ (uint8_t *)text, i % 300 + 1 }, &copies[i], &err));
        CU_ASSERT(((uintptr_t)copies[i].ptr & 15) == 0);
    }
    for (size_t i = 0; i < 500; i++)
        CU_ASSERT(copies[i].len == i % 300 + 1 && copies[i].ptr[0] == (uint8_t)i &&
                  copies[i].ptr[copies[i].len] == 0);
    uint8_t *large = rk_arena_take(&arena, 1000000, &err);
    CU_ASSERT(large && large[0] == 0 && large[999999] == 0);
    CU_ASSERT(rk_arena_take(&arena, 0, &err) != NULL);
    CU_ASSERT(rk_arena_take(&arena, SIZE_MAX - 3, &err) == NULL && err.code == RK_NO_MEMORY);
    rk_arena_free(&arena);
}

static void digests(void)
{
    rk_err err = { 0 };
    uint8_t bytes[5000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    rk_digest whole = rk_digest_of((rk_slice){ bytes, sizeof bytes });
    rk_hasher *hasher = rk_hasher_new(&err);
    CU_ASSERT_FATAL(hasher != NULL);
    for (size_t cut = 0; cut <= sizeof bytes; cut += 499) {
        rk_hasher_start(hasher);
        rk_hasher_add(hasher, (rk_slice){ bytes, cut });
        rk_hasher_add(hasher, rk_slice_from((rk_slice){ bytes, sizeof bytes }, cut));
        CU_ASSERT(rk_digest_is(rk_hasher_end(hasher), whole));
    }
    rk_hasher_free(hasher);
    rk_digest a = rk_digest_of(BYTES("a")), b = rk_digest_of(BYTES("b"));
    CU_ASSERT(rk_digest_is(rk_digest_sum(a, b), rk_digest_sum(b, a)) && !rk_digest_is(a, b));
    rk_digest most = { UINT64_MAX, 1 }, one = { 1, 0 };
    CU_ASSERT(rk_digest_is(rk_digest_sum(most, one), (rk_digest){ 0, 2 }));
    CU_ASSERT(!rk_digest_is(rk_digest_seeded(BYTES("a"), 1), a));
}

UNIT_MAIN("memory", { "the n-th allocation fails, and all behind it", failing },
          { "an array grows, and stays when it cannot", growing }, { "buffers", buffers },
          { "an arena keeps things, aligned and zeroed", arenas },
          { "digests, whole and in pieces", digests })
