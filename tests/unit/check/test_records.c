/* test_records: what is wrong with a snapshot as a whole: keys that are there twice, a lost framing, its end. */
#include "told.h"

#define Z "\0\1z\1z"

/* Keys that prove themselves: a packed list each. */
#define PACKED(name) "\20\1" name "\30\30\0\0\0\4\0\203one\4\203uno\4\203two\4\1\1\377"
#define PACKED_SIZE  28

static const snapshot_row key_rows[] = {
    { "a key that is there twice", NULL, BYTES("\0\1k\1v" Z "\0\1k\1w\376\1\0\1k\1v"),
      "damage duplicate key @19 string 'k': the key is there twice, first at byte 9; sound 9-19 left_out "
      "19-24 sound "
      "24-31" },
    { "the same, with an AUX field between its expiry and its type, as KeyDB writes it", NULL,
      BYTES("\0\1k\1v\374\1\0\0\0\0\0\0\0\372\1a\1b\0\1k\1w"),
      "damage duplicate key @28 string 'k': the key is there twice, first at byte 9; sound 9-14 left_out "
      "14-33" },
    { "three keys damaged in three ways", NULL,
      BYTES("\0\1a\303\5\12\0a\40\7\0" Z
            "\1\1b\2\1x\303\5\12\0a\40\7\0\0\1y\1y\13\1c\14\2\0\0\0\2\0\0\0\2\0\1\0"
            "\0\1x\1x"),
      "damage lzf @12 string 'a': LZF reference reaches 8 bytes back, 1 precede it; damage lzf @31 list 'b': "
      "LZF "
      "reference reaches 8 bytes back, 1 precede it; damage intset @58 set 'c': intset member 1 comes after "
      "2, not "
      "ascending; lost 9-20 sound 20-25 pieces(0) 25-29 pieces(1) 29-31 lost 31-39 sound 39-44 lost 44-60 "
      "sound "
      "60-65" },
    { "a type of a newer version", "REDIS0009", BYTES("\20\1k\13\13\0\0\0\2\0\1\1\2\1\377"),
      "notice record @9 hash 'k': type 16 (listpack) came with RDB version 10, this is version 9; sound "
      "9-24" },
    { "an expiry that belongs to nobody", NULL, BYTES("\0\1k\1v\374\1\0\0\0\0\0\0\0"),
      "damage end @14: an expiry or the like stands before the end, and belongs to no key; sound 9-14 lost "
      "14-23" },
    { "a version that is not known yet", "REDIS0099", BYTES("\0\1k\1v"),
      "unseen header @0: RDB version 99 is newer than 15, the newest that is known; sound 9-14" },
    { "a byte that is not known, in a newer version", "REDIS0099", BYTES("\0\1k\1v\120"),
      "unseen header @0: RDB version 99 is newer than 15, the newest that is known; unseen record @14: byte "
      "0x50 is no "
      "known type or opcode in RDB 99; 10 bytes were not seen; sound 9-14 lost 14-15" },
};

static void keys(void)
{
    CHECK_PROBLEMS(key_rows);
}

/* Keys, damage in the middle, keys again: `damage` is put in place of what stands at `at`. */
typedef struct {
    const char *name;
    rk_slice middle;
    const char *told;
} lost_row;

#define FRONT "REDIS0011\376\0" PACKED("a") PACKED("b")
#define BACK  PACKED("y") PACKED("z")

static const lost_row lost_rows[] = {
    { "a byte that is no type", BYTES("\360\361\362"),
      "damage record @67: byte 0xf0 is no known type or opcode in RDB 11; 68 bytes were not seen; sound 9-67 "
      "lost 67-70 "
      "sound 70-126" },
    { "zeros", BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
      "damage length @67: what was read from here on as 1 key is something else: a length or a type is "
      "wrong; sound "
      "9-67 lost 67-85 sound 85-141" },
    { "0xff, which is read as an end", BYTES("\377\377\377\377\377\377\377\377\377\377\377\377"),
      "damage end @67: the end stands here, and records follow; sound 9-67 "
      "lost 67-79 "
      "sound 79-135" },
};

static void framing_lost(void)
{
    for (size_t i = 0; i < sizeof lost_rows / sizeof lost_rows[0]; i++) {
        const lost_row *row = &lost_rows[i];
        rk_buf file = { 0 };
        rk_err err = { 0 };
        int status;
        rk_buf_add(&file, BYTES(FRONT), &err);
        rk_buf_add(&file, row->middle, &err);
        rk_buf_add(&file, BYTES(BACK), &err);
        rk_buf_add(&file, BYTES("\377\1\2\3\4\5\6\7\10"), &err);
        for (size_t step = 0; step < 2; step++) {
            rk_buf told = tell_check(rk_buf_slice(&file), step, &status);
            size_t at = rk_slice_find(rk_buf_slice(&told), RK_TEXT("damage checksum"), 0);
            size_t to = at == SIZE_MAX ? at : rk_slice_find(rk_buf_slice(&told), RK_TEXT("sound"), at);
            if (to != SIZE_MAX) { /* whatever it is */
                memmove(told.ptr + at, told.ptr + to, told.len - to);
                told.len -= to - at;
            }
            check_told(row->name, step ? "byte by byte" : "whole", told, row->told);
            CU_ASSERT(status == 1);
            rk_buf_free(&told);
        }
        rk_buf_free(&file);
    }
}

static const struct {
    const char *name;
    rk_slice file;
    const char *told;
} end_rows[] = {
    { "bytes behind the checksum", BYTES("REDIS0006\376\0\0\1k\1v\377\255\251\166\125\230\030\030\042tail"),
      "damage trailing @25: 4 bytes stand behind the end of the snapshot; sound 9-16 lost 25-29" },
    { "the mark of a replication stream",
      BYTES("$EOF:0123456789012345678901234567890123456789\r\n"
            "REDIS0006\376\0\0\1k\1v\377\255\251\166\125\230\030\030\0420123456789012345678901234567890123456"
            "789"),
      "sound 56-63" },
    { "a checksum that does not hold", BYTES("REDIS0006\376\0\0\1k\1w\377\255\251\166\125\230\030\030\042"),
      "damage checksum @17: the checksum is 221818985576a9ad, the bytes before it give abf1876526cb76c4; "
      "sound 9-16" },
    { "half a checksum", BYTES("REDIS0006\376\0\0\1k\1v\377\255\251\166\125"),
      "damage checksum @17: the checksum takes 8 bytes, 4 remain; sound 9-16" },
    { "no end", BYTES("REDIS0006\376\0\0\1k\1v"),
      "damage end @16: the next record takes 1 bytes, 0 remain; sound 9-16" },
    { "a string that is cut", BYTES("REDIS0006\376\0\0\1k\11v"),
      "damage length @15 string 'k': string takes 9 bytes, 1 remain; sound 9-11 lost 11-16" },
    { "nothing but a magic", BYTES("REDIS0006"), "damage end @9: the next record takes 1 bytes, 0 remain; " },
    { "no snapshot", BYTES("hello, world"),
      "error: not a Redis snapshot: it begins with 'hello, wo', not REDIS or "
      "VALKEY" },
};

static void ends(void)
{
    for (size_t i = 0; i < sizeof end_rows / sizeof end_rows[0]; i++) {
        for (size_t step = 0; step < 2; step++) {
            int status;
            rk_buf told = tell_check(end_rows[i].file, step, &status);
            check_told(end_rows[i].name, step ? "byte by byte" : "whole", told, end_rows[i].told);
            rk_buf_free(&told);
        }
    }
}

/* More problems than are kept are counted all the same. */
static void many_problems(void)
{
    rk_buf file = { 0 };
    rk_err err = { 0 };
    rk_buf_add(&file, BYTES("REDIS0011"), &err);
    for (int i = 0; i < 50; i++)
        rk_buf_add(&file, BYTES("\0\1k\1v"), &err);
    rk_buf_add(&file, BYTES("\377\0\0\0\0\0\0\0\0"), &err);
    rk_check *check = rk_check_source(rk_source_memory(rk_buf_slice(&file), 0, &err),
                                      &(rk_check_options){ .problems_most = 7 }, &err);
    CU_ASSERT_FATAL(check != NULL);
    CU_ASSERT(rk_check_problems(check, RK_PROBLEM_DAMAGE) == 49);
    CU_ASSERT(rk_check_problem(check, 6) != NULL && rk_check_problem(check, 7) == NULL);
    CU_ASSERT(rk_check_span(check, 49) != NULL && rk_check_span(check, 50) == NULL);
    rk_check_free(check);
    rk_buf_free(&file);
}

UNIT_MAIN("check of records", { "keys", keys }, { "a lost framing", framing_lost }, { "the end", ends },
          { "more problems than are kept are counted", many_problems })
