/* RESP: which commands a snapshot becomes for which server, what is said to be lost, and that every command parses
 * back. A row's records stand between the magic and the end; its commands are shown as words, with `; ` between. */
#include "commands.h"
#include "rdbkit/export.h"
#include "unit.h"

typedef struct {
    const char *name, *magic;
    rk_slice records;
    rk_target target;
    bool restore;
    const char *commands;
    const char *losses; /* ids, with spaces between; a note in brackets */
} resp_row;

#define REDIS(major, minor)                                                                                  \
    {                                                                                                        \
        RK_SERVER_REDIS, major, minor, false                                                                 \
    }
#define VALKEY(major, minor)                                                                                 \
    {                                                                                                        \
        RK_SERVER_VALKEY, major, minor, false                                                                \
    }

/* Entries 5-3 {f: v} and 6-3 {g: x}, and between them one that is deleted, as in test_stream. */
#define ID "\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\3"
#define ENTRIES                                                                                              \
    "\1\20\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\3\70\70\0\0\0\26\0"                                                 \
    "\2\1\1\1\1\1\201f\2\0\1"                                                                                \
    "\2\1\0\1\0\1\201v\2\4\1"                                                                                \
    "\3\1\0\1\1\1\201w\2\4\1"                                                                                \
    "\0\1\1\1\0\1\1\1\201g\2\201x\2\6\1\377"                                                                 \
    "\2\6\3"
#define COUNTERS "\5\3\5\4\3"
#define GONE     "\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\4" /* the deleted entry */
#define XADDS    "XADD k 5-3 f v; XADD k 6-3 g x; "
#define XADDS_3  "XADD k 5-3 f v; XADD k 5-4 x y; XADD k 6-3 g x; "

static const resp_row rows[] = {
    { "a string", "REDIS0009", BYTES("\0\1k\1v"), REDIS(7, 0), false, "SELECT 0; SET k v", "" },
    { "an integer that is a string", "REDIS0009", BYTES("\0\1k\300\177"), REDIS(7, 0), false,
      "SELECT 0; SET k 127", "" },
    { "an expiry in ms", "REDIS0009", BYTES("\374\1\20\0\0\0\0\0\0\0\1k\1v"), REDIS(2, 6), false,
      "SELECT 0; SET k v; PEXPIREAT k 4097", "" },
    { "an expiry in seconds is rounded up", "REDIS0009", BYTES("\374\1\20\0\0\0\0\0\0\0\1k\1v"), REDIS(2, 4),
      false, "SELECT 0; SET k v; EXPIREAT k 5", "" },
    { "databases", "REDIS0009", BYTES("\376\3\0\1k\1v\0\1l\1v\376\1\0\1k\1w"), REDIS(7, 0), false,
      "SELECT 3; SET k v; SET l v; SELECT 1; SET k w", "" },
    { "a database beyond the usual", "REDIS0009", BYTES("\376\20\0\1k\1v"), REDIS(7, 0), false,
      "SELECT 16; SET k v", "(databases)" },
    { "a list", "REDIS0009", BYTES("\1\1k\2\1a\1b"), REDIS(7, 0), false, "SELECT 0; DEL k; RPUSH k a b", "" },
    { "a list one by one", "REDIS0009", BYTES("\1\1k\2\1a\1b"), REDIS(2, 2), false,
      "SELECT 0; DEL k; RPUSH k a; RPUSH k b", "" },
    { "a set", "REDIS0009", BYTES("\2\1k\2\1a\1b"), REDIS(7, 0), false, "SELECT 0; DEL k; SADD k a b", "" },
    { "scores", "REDIS0009",
      BYTES("\3\1k\6\1a\3"
            "0.1\1b\2-0\1c\377\1d\376\1e\4"
            "1e15\1f\2"
            "42"),
      REDIS(7, 0), false,
      "SELECT 0; DEL k; ZADD k 0.10000000000000001 a -0 b -inf c inf d 1000000000000000 e 42 f", "" },
    { "a hash", "REDIS0009", BYTES("\4\1k\1\1f\1v"), REDIS(7, 0), false, "SELECT 0; DEL k; HSET k f v", "" },
    { "a hash for 3.2", "REDIS0009", BYTES("\4\1k\1\1f\1v"), REDIS(3, 2), false,
      "SELECT 0; DEL k; HMSET k f v", "" },
    { "a hash for 1.2", "REDIS0009", BYTES("\4\1k\1\1f\1v"), REDIS(1, 2), false, "SELECT 0", "hash" },
    { "nothing in it", "REDIS0009", BYTES("\1\1k\0\2\1l\0\0\1m\1v"), REDIS(7, 0), false, "SELECT 0; SET m v",
      "" },
    { "fields that expire", "REDIS0012", BYTES("\30\1k\0\20\0\0\0\0\0\0\2\1\1f\1v\0\1g\1w"), REDIS(7, 4),
      false, "SELECT 0; DEL k; HSET k f v g w; HPEXPIREAT k 4096 FIELDS 1 f", "" },
    { "fields that expire, for 7.2", "REDIS0012", BYTES("\30\1k\0\20\0\0\0\0\0\0\2\1\1f\1v\0\1g\1w"),
      REDIS(7, 2), false, "SELECT 0; DEL k; HSET k f v g w", "field_ttl" },
    { "fields of Valkey that expire", "VALKEY080", BYTES("\26\1k\1\1f\1v\0\20\0\0\0\0\0\0"), VALKEY(9, 0),
      false, "SELECT 0; DEL k; HSET k f v; HPEXPIREAT k 4096 FIELDS 1 f", "" },
    { "fields of Valkey that expire later than Redis can say", "VALKEY080",
      BYTES("\26\1k\1\1f\1v\0\0\0\0\0\0\0\1"), REDIS(8, 0), false, "SELECT 0; DEL k; HSET k f v",
      "field_ttl_range" },
    { "an array", "REDIS0014", BYTES("\34\1k\2\1\7\3\3\1a\4\3\1b"), REDIS(8, 8), false,
      "SELECT 0; DEL k; ARMSET k 3 a 4 b; ARSEEK k 8", "" },
    { "an array for 8.6", "REDIS0014", BYTES("\34\1k\1\0\3\3\1a"), REDIS(8, 6), false, "SELECT 0", "array" },
    { "a library of functions", "REDIS0010", BYTES("\365\3lib\0\1k\1v"), REDIS(7, 0), false,
      "FUNCTION LOAD REPLACE lib; SELECT 0; SET k v", "" },
    { "a function of a release candidate", "REDIS0010", BYTES("\366\1n\3LUA\0\4code"), REDIS(7, 0), false,
      "FUNCTION LOAD REPLACE #!LUA name=n\\x0acode", "" },
    { "a library for 6.2", "REDIS0010", BYTES("\365\3lib"), REDIS(6, 2), false, "", "function" },

    /* ---- streams ------------------------------------------------------------------------------------------------- */

    { "a stream", "REDIS0009", BYTES("\17\1k" ENTRIES "\0"), REDIS(6, 2), false,
      "SELECT 0; DEL k; " XADDS "XSETID k 6-3", "" },
    { "a stream for 7.0", "REDIS0010", BYTES("\23\1k" ENTRIES COUNTERS "\0"), REDIS(7, 0), false,
      "SELECT 0; DEL k; " XADDS "XSETID k 6-3 ENTRIESADDED 3 MAXDELETEDID 5-4", "" },
    { "a stream for 4.0", "REDIS0009", BYTES("\17\1k" ENTRIES "\0\0\1l\1v"), REDIS(4, 0), false,
      "SELECT 0; SET l v", "stream" },
    { "a stream of 7.0 for 6.2", "REDIS0010", BYTES("\23\1k" ENTRIES COUNTERS "\0"), REDIS(6, 2), false,
      "SELECT 0; DEL k; " XADDS "XSETID k 6-3", "(stream_counters)" },
    { "an empty stream", "REDIS0009", BYTES("\17\1k\0\0\7\1\0"), REDIS(7, 0), false,
      "SELECT 0; DEL k; XADD k MAXLEN 0 0-1 x y; XSETID k 7-1 ENTRIESADDED 0 MAXDELETEDID 0-0", "" },
    { "a group", "REDIS0010",
      BYTES("\23\1k" ENTRIES COUNTERS "\1\1g\5\3\1\1" ID "\7\0\0\0\0\0\0\0\2\1\1c\10\0\0\0\0\0\0\0\1" ID),
      REDIS(7, 0), false,
      "SELECT 0; DEL k; " XADDS
      "XSETID k 6-3 ENTRIESADDED 3 MAXDELETEDID 5-4; XGROUP CREATE k g 5-3 ENTRIESREAD 1; "
      "XCLAIM k g c 0 5-3 TIME 7 RETRYCOUNT 2 FORCE JUSTID",
      "" },
    { "a pending entry that is gone", "REDIS0009",
      BYTES("\17\1k" ENTRIES "\1\1g\5\4\1" GONE "\7\0\0\0\0\0\0\0\2\1\1c\10\0\0\0\0\0\0\0\1" GONE),
      REDIS(5, 0), false,
      "SELECT 0; DEL k; " XADDS_3
      "XSETID k 6-3; XGROUP CREATE k g 5-4; XCLAIM k g c 0 5-4 TIME 7 RETRYCOUNT 2 FORCE JUSTID; "
      "XDEL k 5-4; XSETID k 6-3",
      "" },
    { "a pending entry of an emptied stream", "REDIS0009",
      BYTES("\17\1k\0\0\6\3\1\1g\5\3\1" ID "\7\0\0\0\0\0\0\0\2\1\1c\10\0\0\0\0\0\0\0\1" ID), REDIS(7, 0),
      false,
      "SELECT 0; DEL k; XADD k 5-3 x y; XSETID k 6-3 ENTRIESADDED 1 MAXDELETEDID 0-0; XGROUP CREATE k g 5-3; "
      "XCLAIM k g c 0 5-3 TIME 7 RETRYCOUNT 2 FORCE JUSTID; XTRIM k MAXLEN 0; XSETID k 6-3 ENTRIESADDED 0 "
      "MAXDELETEDID 0-0",
      "" },
    { "an idle consumer", "REDIS0009", BYTES("\17\1k\0\0\6\3\1\1g\5\3\0\1\1c\10\0\0\0\0\0\0\0\0"),
      REDIS(6, 2), false,
      "SELECT 0; DEL k; XADD k MAXLEN 0 0-1 x y; XSETID k 6-3; XGROUP CREATE k g 5-3; XGROUP CREATECONSUMER "
      "k g c",
      "" },
    { "an idle consumer for 6.0", "REDIS0009", BYTES("\17\1k\0\0\6\3\1\1g\5\3\0\1\1c\10\0\0\0\0\0\0\0\0"),
      REDIS(6, 0), false,
      "SELECT 0; DEL k; XADD k MAXLEN 0 0-1 x y; XSETID k 6-3; XGROUP CREATE k g 5-3; "
      "XREADGROUP GROUP g c COUNT 1 STREAMS k 0",
      "" },
    { "an entry that nobody owns, for 7.2", "REDIS0014",
      BYTES("\33\1k" ENTRIES COUNTERS "\1\1g\5\3\1\1" ID "\0\0\0\0\0\0\0\0\2\0\1" ID
            "\100\144\100\144\0\0\0"),
      REDIS(7, 2), false,
      "SELECT 0; DEL k; " XADDS
      "XSETID k 6-3 ENTRIESADDED 3 MAXDELETEDID 5-4; XGROUP CREATE k g 5-3 ENTRIESREAD 1; "
      "XCLAIM k g rdbkit-unowned 0 5-3 TIME 0 RETRYCOUNT 2 FORCE JUSTID",
      "unowned" },
    { "an entry that nobody owns, and producers", "REDIS0014",
      BYTES("\33\1k" ENTRIES COUNTERS "\1\1g\5\3\1\1" ID "\0\0\0\0\0\0\0\0\2\0\1" ID
            "\12\100\144\1\1p\1\2id\5\3\1\0"),
      REDIS(8, 8), false,
      "SELECT 0; DEL k; " XADDS
      "XSETID k 6-3 ENTRIESADDED 3 MAXDELETEDID 5-4; XCFGSET k IDMP-DURATION 10 IDMP-MAXSIZE 100; "
      "XGROUP CREATE k g 5-3 ENTRIESREAD 1; XNACK k g FAIL IDS 1 5-3 RETRYCOUNT 2 FORCE; XIDMPRECORD k p id "
      "5-3",
      "" },

    /* ---- RESTORE --------------------------------------------------------------------------------------------------- */

    { "the vector of the specification", "REDIS0011", BYTES("\0\1k\1v"), REDIS(2, 8), true,
      "SELECT 0; DEL k; RESTORE k 0 \\x00\\x01v\\x06\\x00\\x07\\xe5\\xa62\\xecm\\xb6]", "" },
    { "with an expiry", "REDIS0011", BYTES("\374\1\20\0\0\0\0\0\0\0\1k\1v"), REDIS(7, 0), true,
      "SELECT 0; RESTORE k 4097 V REPLACE ABSTTL", "" },
    { "with an expiry for 4.0", "REDIS0011", BYTES("\374\1\20\0\0\0\0\0\0\0\1k\1v"), REDIS(4, 0), true,
      "SELECT 0; RESTORE k 0 V REPLACE; PEXPIREAT k 4097", "" },
    { "with an expiry of 0", "REDIS0011", BYTES("\374\0\0\0\0\0\0\0\0\0\1k\1v"), REDIS(7, 0), true,
      "SELECT 0; RESTORE k 1 V REPLACE ABSTTL", "" },
    { "with idle time and counter", "REDIS0011", BYTES("\370\11\0\1k\1v\371\7\0\1l\1v"), REDIS(7, 0), true,
      "SELECT 0; RESTORE k 0 V REPLACE IDLETIME 9; RESTORE l 0 V REPLACE FREQ 7", "" },
    { "a type that the target does not know", "REDIS0011", BYTES("\24\1k\12\12\0\0\0\1\0\201a\2\377"),
      REDIS(7, 0), true, "SELECT 0; DEL k; SADD k a", "" },
    { "a type that it does", "REDIS0011", BYTES("\24\1k\12\12\0\0\0\1\0\201a\2\377"), REDIS(7, 2), true,
      "SELECT 0; RESTORE k 0 V REPLACE", "" },
    { "a type of Valkey to Redis", "VALKEY080", BYTES("\26\1k\1\1f\1v\377\377\377\377\377\377\377\377"),
      REDIS(8, 10), true, "SELECT 0; DEL k; HSET k f v", "" },
    { "a type of Valkey to Valkey", "VALKEY080", BYTES("\26\1k\1\1f\1v\377\377\377\377\377\377\377\377"),
      VALKEY(9, 1), true, "SELECT 0; RESTORE k 0 V REPLACE", "" },
    { "nothing in it, for RESTORE", "REDIS0011", BYTES("\1\1k\0\15\1h\13\13\0\0\0\12\0\0\0\0\0\377"),
      REDIS(7, 0), true, "SELECT 0", "" },
    { "a stream that tells another length than it has", "REDIS0009", BYTES("\17\1k\0\7\6\3\0"), REDIS(8, 10),
      true, "SELECT 0; DEL k; XADD k MAXLEN 0 0-1 x y; XSETID k 6-3 ENTRIESADDED 0 MAXDELETEDID 0-0", "" },
    { "a value of a module", "REDIS0010", BYTES("\7\1k\201\265\353\55\377\372\335\154\1\2\1\0"), REDIS(7, 0),
      false, "SELECT 0; RESTORE k 0 V REPLACE", "(needs_module)" },
    { "a value of a module for 6.0", "REDIS0010", BYTES("\7\1k\201\265\353\55\377\372\335\154\1\2\1\0"),
      REDIS(6, 0), false, "SELECT 0", "module" },
    { "key metadata", "REDIS0013", BYTES("\363\1\10\365\304\50\0\0\1k\1v"), REDIS(8, 6), true,
      "SELECT 0; RESTORE k 0 V REPLACE", "(needs_class)" },
    { "key metadata for 8.4", "REDIS0013", BYTES("\363\1\10\365\304\50\0\0\1k\1v"), REDIS(8, 4), true,
      "SELECT 0; RESTORE k 0 V REPLACE", "key_meta" },
    { "key metadata by commands", "REDIS0013", BYTES("\363\1\10\365\304\50\0\0\1k\1v"), REDIS(8, 6), false,
      "SELECT 0; SET k v", "key_meta" },
};

/* All commands as words; a payload whose checksum holds is a V, but where the row shows it. */
static void show(rk_slice text, bool payloads, rk_buf *shown)
{
    static command one;
    static char word[8192];
    rk_err err = { 0 };
    size_t at = 0;
    while (command_next(text, &at, &one)) {
        rk_buf_printf(shown, &err, "%s", shown->len ? "; " : "");
        for (size_t i = 0; i < one.count; i++) {
            bool payload = i == 3 && rk_slice_is(one.args[0], RK_TEXT("RESTORE"));
            if (payload)
                CU_ASSERT(command_payload_holds(one.args[i]));
            rk_buf_printf(shown, &err, "%s%s", i ? " " : "",
                          payload && !payloads ? "V" : rk_slice_print(one.args[i], word, sizeof word));
        }
    }
    CU_ASSERT_EQUAL(at, text.len);
    rk_buf_add(shown, (rk_slice){ (const uint8_t *)"", 1 }, &err);
}

static void show_losses(const rk_export *run, rk_buf *shown)
{
    rk_export_loss loss;
    rk_err err = { 0 };
    for (size_t i = 0; rk_export_loss_next(run, i, &loss); i++)
        rk_buf_printf(shown, &err, "%s%s%s%s", i ? " " : "", loss.lost ? "" : "(", loss.id,
                      loss.lost ? "" : ")");
    rk_buf_add(shown, (rk_slice){ (const uint8_t *)"", 1 }, &err);
}

/* What is written of a row when the allocation behind so many fails (-1: none does). The ids of losses go to `losses`,
 * unless that is NULL. */
static rk_buf write_row(const resp_row *row, int64_t allocations, rk_buf *losses, bool *ok, rk_err *err)
{
    rk_buf file = { 0 }, told = { 0 };
    rk_err ignored = { 0 };
    char *text = NULL;
    size_t len = 0;
    rk_export_options options = { .format = RK_EXPORT_RESP,
                                  .limit = UINT64_MAX,
                                  .restore = row->restore,
                                  .has_target = true,
                                  .target = row->target };
    rk_buf_add(&file, rk_slice_of(row->magic), &ignored);
    rk_buf_add(&file, row->records, &ignored);
    rk_buf_add(&file, BYTES("\377\0\0\0\0\0\0\0\0"), &ignored);
    FILE *out = open_memstream(&text, &len);
    rk_alloc_fail_after(allocations);
    rk_source *source = rk_source_memory(rk_buf_slice(&file), 0, err);
    rk_snapshot *snapshot = source ? rk_snapshot_open_source(source, err) : NULL;
    rk_export *run = snapshot ? rk_export_open(&options, out, err) : NULL;
    *ok = run && rk_export_snapshot(run, snapshot, err);
    if (run)
        rk_export_finish(run);
    rk_alloc_fail_after(-1);
    if (run && losses)
        show_losses(run, losses);
    rk_export_close(run);
    rk_snapshot_close(snapshot);
    fclose(out);
    rk_buf_add(&told, (rk_slice){ (uint8_t *)text, len }, &ignored);
    free(text);
    rk_buf_free(&file);
    return told;
}

static void each_row(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_buf commands = { 0 }, losses = { 0 };
        rk_err err = { 0 };
        bool ok = false;
        rk_buf told = write_row(&rows[i], -1, &losses, &ok, &err);
        CU_ASSERT(ok);
        show(rk_buf_slice(&told), strstr(rows[i].commands, "\\x") != NULL, &commands);
        bool right = strcmp((char *)commands.ptr, rows[i].commands) == 0 && losses.ptr &&
                     strcmp((char *)losses.ptr, rows[i].losses) == 0;
        CU_ASSERT(right);
        if (!right)
            printf("# %s:\n#   %s\n#   %s\n#   %s %s\n", rows[i].name, (char *)commands.ptr, rows[i].commands,
                   losses.ptr ? (char *)losses.ptr : "", err.what);
        rk_buf_free(&told);
        rk_buf_free(&commands);
        rk_buf_free(&losses);
    }
}

/* No memory at the n-th allocation: an error, and whole commands before it. */
static void no_memory(void)
{
    static command one;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool ok = false;
        for (int64_t n = 0; !ok && n < 500; n++) {
            rk_err err = { 0 };
            size_t at = 0;
            rk_buf told = write_row(&rows[i], n, NULL, &ok, &err);
            CU_ASSERT(ok || err.code == RK_NO_MEMORY);
            while (command_next(rk_buf_slice(&told), &at, &one))
                ;
            CU_ASSERT_EQUAL(at, told.len);
            rk_buf_free(&told);
        }
        CU_ASSERT(ok);
    }
}

/* Elements are sent in commands of bounded size; one that is long alone. */
static void batches(void)
{
    static command one;
    rk_buf records = { 0 };
    rk_err err = { 0 };
    size_t at = 0, items = 0, longest = 0;
    char *text = NULL;
    size_t len = 0;
    uint8_t item[5 + 100000] = { 0x80, 0, 1, 0x86, 0xa0 };              /* 100,000 bytes */
    rk_buf_add(&records, BYTES("REDIS0009\1\1k\200\0\0\23\211"), &err); /* 5001 */
    for (int i = 0; i < 5000; i++)
        rk_buf_add(&records, i == 2500 ? (rk_slice){ item, sizeof item } : BYTES("\3abc"), &err);
    rk_buf_add(&records, BYTES("\1z\377\0\0\0\0\0\0\0\0"), &err);
    rk_export_options options = { .format = RK_EXPORT_RESP, .limit = UINT64_MAX };
    FILE *out = open_memstream(&text, &len);
    rk_snapshot *snapshot = rk_snapshot_open_source(rk_source_memory(rk_buf_slice(&records), 0, &err), &err);
    CU_ASSERT_FATAL(snapshot && rk_export_write(snapshot, &options, out, &err));
    rk_snapshot_close(snapshot);
    fclose(out);
    while (command_next((rk_slice){ (uint8_t *)text, len }, &at, &one)) {
        if (!rk_slice_is(one.args[0], RK_TEXT("RPUSH")))
            continue;
        items += one.count - 2;
        longest = one.count > longest ? one.count : longest;
        CU_ASSERT(one.args[2].len < 100000 || one.count == 3);
    }
    CU_ASSERT_EQUAL(at, len);
    CU_ASSERT_EQUAL(items, 5001);
    CU_ASSERT(longest > 100 && longest < 1000);
    free(text);
    rk_buf_free(&records);
}

UNIT_MAIN("resp", { "commands for servers of every age", each_row }, { "batches", batches },
          { "no memory", no_memory })
