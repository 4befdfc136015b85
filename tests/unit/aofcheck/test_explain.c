/* test_explain: what a byte of an append-only file is told to be. */
#include "../check/explain_holds.h"
#include "rdbkit/aofcheck.h"
#include "unit.h"

#define NOTE    "#TS:1700000000\r\n"                                                   /* 16 bytes */
#define SELECT0 "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n"                                    /* 23 */
#define SET     "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n"                        /* 31 */
#define MULTI   "*1\r\n$5\r\nMULTI\r\n"                                                /* 15 */
#define BROKEN  "*3\r\n$3\r\nSET\r\n$x\r\nk\r\n"                                       /* 20 */
#define HEAD    "REDIS0010\372\14aof-preamble\300\1\376\0\0\1a\1b\377\0\0\0\0\0\0\0\0" /* 41 */

static const char text[] = NOTE SELECT0 MULTI SET "*1\r\n$4\r\nEXEC\r\n" BROKEN SET;

typedef struct {
    uint64_t offset;
    const char *record; /* NULL: it is in none */
    uint64_t begin, end;
    const char *first, *deepest; /* what is said of the record, and of the bytes around it */
} row;

static const row rows[] = {
    { 3, "annotation", 0, 16, "annotation: #TS:1700000000", "annotation: #TS:1700000000" },
    { 16, "command", 16, 39, "command 1: SELECT, 2 arguments, in no transaction, behind #TS:1700000000",
      "arguments: 2" },
    { 25, "command", 16, 39, "command 1: SELECT, 2 arguments, in no transaction, behind #TS:1700000000",
      "argument 1 of 2: 'SELECT', then CR LF" },
    { 40, "command", 39, 54, "command 2: MULTI, 1 argument, in a transaction, behind #TS:1700000000",
      "arguments: 1" },
    { 75, "command", 54, 85, "command 3: SET, 3 arguments, in a transaction, behind #TS:1700000000",
      "length of argument 3 of 3: 5" },
    { 98, "command", 85, 99, "command 4: EXEC, 1 argument, in a transaction, behind #TS:1700000000",
      "argument 1 of 1: 'EXEC', then CR LF" },
    { 101, "command", 99, 112, "command 5: SET, 3 arguments, in no transaction, behind #TS:1700000000",
      "arguments: 3" },
    { 113, NULL, 0, 0, NULL, "not read, 7 bytes" },
    { 140, "command", 119, 150, "command 6: SET, 3 arguments, in no transaction, behind #TS:1700000000",
      "length of argument 3 of 3: 5" },
};

/* The item that holds the byte, at depth 0 or the deepest one. */
static const char *told(const rk_explain *e, bool deepest)
{
    const rk_explained *item, *found = NULL;
    for (size_t i = 0; (item = rk_explain_item(e, i)) != NULL; i++)
        if (item->holds && (deepest ? !item->has_parts : item->depth == 0 && !found))
            found = item;
    return found ? found->text : "";
}

static rk_explain *explain(rk_slice bytes, uint64_t offset, rk_err *err)
{
    rk_source *source = rk_source_memory(bytes, 0, err);
    return rk_aofcheck_explain_source(source, offset, NULL, err);
}

static void each_row(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const row *r = &rows[i];
        rk_err err = { 0 };
        rk_explain *e = explain(BYTES(text), r->offset, &err);
        CU_ASSERT_FATAL(e != NULL);
        const rk_explained_place *place = rk_explain_where(e);
        CU_ASSERT(explain_holds_together(e) && place->size == sizeof text - 1);
        bool ok = place->in_record == (r->record != NULL) && strcmp(told(e, true), r->deepest) == 0;
        if (r->record)
            ok = ok && strcmp(place->record, r->record) == 0 && place->begin == r->begin &&
                 place->end == r->end && strcmp(told(e, false), r->first) == 0;
        if (!ok)
            printf("# byte %" PRIu64 ": %s %" PRIu64 " to %" PRIu64 ": %s; %s\n", r->offset,
                   place->in_record ? place->record : "-", place->begin, place->end, told(e, false),
                   told(e, true));
        CU_ASSERT(ok);
        rk_explain_free(e);
    }
}

static void every_byte(void)
{
    static const char all[] = HEAD NOTE SELECT0 SET BROKEN SET "*2\r\n$3\r\nDEL";
    for (uint64_t at = 0; at < sizeof all - 1; at++) {
        rk_err err = { 0 };
        rk_explain *e = explain(BYTES(all), at, &err);
        CU_ASSERT_FATAL(e != NULL);
        CU_ASSERT(explain_holds_together(e));
        CU_ASSERT(rk_explain_where(e)->size == sizeof all - 1);
        rk_explain_free(e);
    }
}

static void the_head_is_a_snapshot(void)
{
    rk_err err = { 0 };
    rk_explain *e = explain(BYTES(HEAD SELECT0), 29, &err);
    CU_ASSERT_FATAL(e != NULL);
    CU_ASSERT(rk_explain_where(e)->has_key && rk_slice_is(rk_explain_where(e)->key, RK_TEXT("a")));
    rk_explain_free(e);
    e = explain(BYTES(HEAD SELECT0), 41, &err);
    CU_ASSERT(e && strcmp(told(e, false), "command 1: SELECT, 2 arguments, in no transaction") == 0);
    rk_explain_free(e);
}

static void nothing_beyond_the_end(void)
{
    rk_err err = { 0 };
    CU_ASSERT(explain(BYTES(SELECT0), 23, &err) == NULL && err.code == RK_USAGE);
    CU_ASSERT_STRING_EQUAL(err.what, "there is no byte 23: it has 23 bytes");
}

static void every_allocation(void)
{
    static const char all[] = HEAD NOTE SELECT0 SET BROKEN SET;
    static const uint64_t offsets[] = { 29, 60, 130 };
    for (size_t i = 0; i < 3; i++) {
        bool done = false;
        for (int64_t n = 0; n < 500 && !done; n++) {
            rk_err err = { 0 };
            rk_source *source = rk_source_memory(BYTES(all), 0, &err);
            rk_alloc_fail_after(n);
            rk_explain *e = rk_aofcheck_explain_source(source, offsets[i], NULL, &err);
            rk_alloc_fail_after(-1);
            done = e != NULL;
            CU_ASSERT(done || err.code == RK_NO_MEMORY);
            rk_explain_free(e);
        }
        CU_ASSERT(done);
    }
}

UNIT_MAIN("explained commands", { "what each byte is", each_row }, { "every byte is told of", every_byte },
          { "the head is explained as a snapshot", the_head_is_a_snapshot },
          { "there is nothing beyond the end", nothing_beyond_the_end },
          { "every allocation may fail", every_allocation })
