/* test_cursor: the one bounds check, and the sentence that a failure becomes. */
#include "../unit.h"

static void reads(void)
{
    rk_err err = { 0 };
    rk_cursor c = { BYTES("\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30"), 100, &err,
                    false };
    CU_ASSERT_EQUAL(rk_cursor_u8(&c, "byte"), 1);
    CU_ASSERT_EQUAL(rk_cursor_u16le(&c, "word"), 0x0302);
    CU_ASSERT_EQUAL(rk_cursor_u32le(&c, "word"), 0x07060504);
    CU_ASSERT_EQUAL(c.offset, 107);
    CU_ASSERT_EQUAL(rk_cursor_u64le(&c, "word"), 0x0f0e0d0c0b0a0908);
    CU_ASSERT_EQUAL(rk_cursor_u64be(&c, "word"), 0x1011121314151617);
    CU_ASSERT(rk_cursor_ok(&c) && rk_slice_is(rk_cursor_take(&c, 1, "last"), BYTES("\30")));
    CU_ASSERT(rk_cursor_take(&c, 0, "nothing").len == 0 && rk_cursor_ok(&c));
}

static void fails_once(void)
{
    char sentence[600];
    rk_err err = { 0 };
    rk_cursor c = { BYTES("\1\2\3"), 100, &err, false };
    rk_cursor_u8(&c, "head");
    CU_ASSERT_EQUAL(rk_cursor_u32le(&c, "word"), 0);
    CU_ASSERT(!rk_cursor_ok(&c) && err.code == RK_TRUNCATED && err.offset == 101);
    CU_ASSERT_EQUAL(rk_cursor_u8(&c, "a later read"), 0);
    CU_ASSERT_EQUAL(rk_cursor_take(&c, UINT64_MAX, "a later read").len, 0);
    CU_ASSERT_STRING_EQUAL(err.what, "word takes 4 bytes, 2 remain");
    rk_within(&err, "list '%s' in db %d", "q", 0);
    rk_within(&err, "somebody farther");
    rk_err_source(&err, "new.rdb");
    CU_ASSERT_STRING_EQUAL(rk_err_sentence(&err, sentence, sizeof sentence),
                           "cannot read new.rdb: word takes 4 bytes, 2 remain (list 'q' in db 0, byte 101)");
}

static void pinned(void)
{
    rk_err err = { 0 };
    rk_cursor c = { BYTES("\1\2\3"), 100, &err, true };
    rk_cursor_u16le(&c, "word");
    CU_ASSERT_EQUAL(c.offset, 100);
    CU_ASSERT(!rk_cursor_fail(&c, RK_DAMAGED, "it is %d", 7) && c.rest.len == 0);
    CU_ASSERT(err.code == RK_DAMAGED && err.offset == 100);
    CU_ASSERT_STRING_EQUAL(err.what, "it is 7");
}

static void sentences(void)
{
    char sentence[600];
    rk_err plain = { 0 }, nowhere = { 0 }, quiet = { 0 };
    rk_fail(&plain, RK_IO, RK_NO_OFFSET, "cannot open");
    rk_fail(&plain, RK_IO, 5, "a later failure is not kept");
    CU_ASSERT_STRING_EQUAL(rk_err_sentence(&plain, sentence, sizeof sentence), "cannot open");
    rk_fail(&nowhere, RK_DAMAGED, 0, "no magic");
    rk_err_source(&nowhere, "a\nb");
    CU_ASSERT_STRING_EQUAL(rk_err_sentence(&nowhere, sentence, sizeof sentence),
                           "cannot read a\\x0ab: no magic (byte 0)");
    rk_within(&quiet, "nothing has failed");
    rk_err_source(&quiet, "x");
    rk_err_hint(&quiet, "none");
    CU_ASSERT(!quiet.where[0] && !quiet.source[0] && !quiet.hint[0]);
    rk_err_hint(&plain, "try %s", "this");
    rk_err_hint(&plain, "not that");
    CU_ASSERT_STRING_EQUAL(plain.hint, "try this");
}

UNIT_MAIN("cursor", { "numbers of every width and order", reads },
          { "the first failure ends it", fails_once }, { "a pinned cursor stays at its offset", pinned },
          { "a failure ends as a sentence", sentences })
