/* test_memory: with the n-th allocation failing for every n, a check of a damaged snapshot is the same or one error. */
#include "told.h"

#define NODE_9  "\2\11\11\0\0\0\1\0\1\1\377"
#define BAD_LZF "\303\5\12\0a\40\7\0"
#define HASH(n) "\20\1" n "\30\30\0\0\0\4\0\203one\4\203uno\4\203two\4\1\1\377"
#define DAMAGED                                                                                              \
    "REDIS0011\372\1a\1b\376\0" HASH("a")                                                                    \
        HASH("a") "\22\1l\3" NODE_9 "\2" BAD_LZF NODE_9 "\2\1s\2\1x\1x"                                      \
                  "\25\1x\0\0\6\3\0\0\0\0\1\1\1g\5\3\1\0\0\360\361" HASH("y")                                \
                      HASH("z") "\377\1\2\3\4\5\6\7\10"

static rk_buf told_of(const rk_check *check)
{
    rk_buf told = { 0 };
    rk_err err = { 0 };
    tell_problems(check, &told, &err);
    tell_spans(check, &told, &err);
    return told;
}

static void fail_each(rk_slice bytes, const rk_check_options *options)
{
    rk_err none = { 0 };
    rk_check *sound = rk_check_source(rk_source_memory(bytes, 0, &none), options, &none);
    CU_ASSERT_FATAL(sound != NULL && rk_check_exit(sound) == 1);
    rk_buf whole = told_of(sound);
    rk_check_free(sound);
    bool same = false;
    for (int64_t n = 0; n < 2000 && !same; n++) {
        rk_err err = { 0 };
        rk_source *source = rk_source_memory(bytes, 0, &err);
        rk_alloc_fail_after(n);
        rk_check *check = rk_check_source(source, options, &err);
        rk_alloc_fail_after(-1);
        CU_ASSERT(check ? err.code == RK_OK : err.code == RK_NO_MEMORY);
        if (!check)
            continue;
        rk_buf told = told_of(check);
        same = rk_slice_is(rk_buf_slice(&told), rk_buf_slice(&whole));
        CU_ASSERT(same); /* no allocation that failed may go unnoticed */
        rk_buf_free(&told);
        rk_check_free(check);
    }
    CU_ASSERT(same);
    rk_buf_free(&whole);
}

static void every_allocation(void)
{
    fail_each(BYTES(DAMAGED), NULL);
}

static void every_allocation_without_header(void)
{
    static uint8_t bytes[] = DAMAGED;
    rk_check_options options = { .header_may_be_lost = true };
    rk_slice all = { bytes, sizeof bytes - 1 };
    memcpy(bytes, "redis", 5); /* the header alone */
    fail_each(all, &options);
    memcpy(bytes + 9, "\0\0\0\0", 4); /* and what stands behind it */
    fail_each(all, &options);
    memcpy(bytes, "REDIS0999", 9);
    memcpy(bytes + 9, "\372\1a\1", 4);
    fail_each(all, &options);
}

/* A small file asks for little, whatever it announces. */
static void little_for_little(void)
{
    static const char lie[] = "REDIS0011\373\201\377\377\377\377\377\377\377\377\0\2\1s\100\144\1a";
    int status;
    rk_alloc_largest();
    rk_buf told = tell_check(BYTES(lie), 0, &status);
    CU_ASSERT(status == 1);
    CU_ASSERT(rk_alloc_largest() <= 1024 * 1024);
    rk_buf_free(&told);
}

UNIT_MAIN("check and memory", { "each allocation fails in turn", every_allocation },
          { "and where the header is lost", every_allocation_without_header },
          { "what a small file announces costs nothing", little_for_little })
