/* test_records: the skeleton of a snapshot: magic, versions, opcodes, attributes of keys, the end (spec: RDB,
 * "File skeleton", "Order of records", "Opcodes", "Length encoding", "String encoding"). */
#include "rows.h"

#define NOT_SEEN_10 "; 10 bytes were not seen"

static const snapshot_row version_rows[] = {
    { "version 1", "REDIS0001", BYTES("\376\0\0\1k\1v"), "db(0) string:'k'{'v'} end" },
    { "version 2", "REDIS0002", BYTES("\0\1k\1v"), "string:'k'{'v'} end" },
    { "version 3", "REDIS0003", BYTES("\374\1\0\0\0\0\0\0\0\0\1k\1v"), "string:'k'@1{'v'} end" },
    { "version 4", "REDIS0004", BYTES("\0\1k\1v"), "string:'k'{'v'} end" },
    { "version 5, the first with a checksum", "REDIS0005", BYTES("\0\1k\1v"), "string:'k'{'v'} end" },
    { "version 6", "REDIS0006", BYTES("\0\1k\1v"), "string:'k'{'v'} end" },
    { "version 7", "REDIS0007", BYTES("\372\1a\1b\373\1\0"), "aux('a'='b') sizes(1,0,0) end" },
    { "version 8", "REDIS0008", BYTES("\0\1k\201\0\0\0\0\0\0\0\1v"), "string:'k'{'v'} end" },
    { "version 9", "REDIS0009", BYTES("\370\100\100\0\1k\1v"), "string:'k' idle 64{'v'} end" },
    { "version 10", "REDIS0010", BYTES("\365\2#!"), "function('#!') end" },
    { "version 11", "REDIS0011", BYTES("\371\7\0\1k\1v"), "string:'k' frequency 7{'v'} end" },
    { "version 12", "REDIS0012", BYTES("\364\5\2\1"), "slot(5,2,1) end" },
    { "version 13", "REDIS0013", BYTES("\0\1k\1v"), "string:'k'{'v'} end" },
    { "version 14", "REDIS0014", BYTES("\0\1k\1v"), "string:'k'{'v'} end" },
    { "version 15", "REDIS0015", BYTES("\362\0\1\1f"), "template(0,1,0) end" },
    { "a version to come", "REDIS0016", BYTES("\0\1k\1v"), "string:'k'{'v'} end" },
    { "Valkey 9", "VALKEY080", BYTES("\0\1k\1v"), "string:'k'{'v'} end" },
    { "a type of a version to come", "REDIS0016", BYTES("\0\1k\1v\42\1x"),
      "string:'k'{'v'} error: byte 0x22 is no known type or opcode in RDB 16; 12 bytes were not seen @14" },
    { "version 0", "REDIS0000", BYTES(""), "error: no server writes RDB version 0 @5" },
    { "version 9999", "REDIS9999", BYTES(""), "error: no server writes RDB version 9999 @5" },
    { "Valkey 79", "VALKEY079", BYTES(""),
      "error: no server writes RDB version 79 under the magic VALKEY @6" },
    { "version 00a1", "REDIS00a1", BYTES(""), "error: the version in the magic is not a number @7" },
    { "another magic", "RODIS0011", BYTES(""),
      "error: not a Redis snapshot: it begins with 'RODIS0011', not REDIS or VALKEY @0" },
    { "an append-only file", "*2\r\n$6\r\nSELECT", BYTES(""),
      "error: an append-only file of commands, not a snapshot @0" },
    { "a manifest", "file appendonly.aof.1", BYTES(""),
      "error: the manifest of an append-only directory, not a snapshot @0" },
    { "the envelope of Valkey 9.2", "VCS\1\1", BYTES("\0\1"),
      "error: a compressed snapshot of Valkey 9.2 (VCS envelope): decompress it first @0" },
};

static const snapshot_row record_rows[] = {
    { "an unknown opcode tells how much was not seen", NULL, BYTES("\0\1k\1v\310"),
      "string:'k'{'v'} error: byte 0xc8 is no known type or opcode in RDB 11" NOT_SEEN_10 " @14" },
    { "a type that was never assigned", NULL, BYTES("\10"),
      "error: byte 0x08 is no known type or opcode in RDB 11" NOT_SEEN_10 " @9" },
    { "a module value of 4.0 release candidates", "REDIS0008", BYTES("\6"),
      "error: byte 0x06 a pre-release module value cannot be passed over in RDB 8" NOT_SEEN_10 " @9" },
    { "a hash template under VALKEY", "VALKEY080", BYTES("\362"),
      "error: byte 0xf2 is no known type or opcode in RDB VALKEY80" NOT_SEEN_10 " @9" },
    { "seconds of expiry, negative ones too", NULL, BYTES("\375\1\0\0\0\0\1k\1v\375\377\377\377\377\0\1l\1v"),
      "string:'k'@1000{'v'} string:'l'@-1000{'v'} end" },
    { "the last attribute wins, and all end with the key", NULL,
      BYTES("\374\1\0\0\0\0\0\0\0\374\2\0\0\0\0\0\0\0\371\3\370\4\0\1k\1v\0\1l\1v"),
      "string:'k'@2 idle 4 frequency 3{'v'} string:'l'{'v'} end" },
    { "attributes stay across AUX, SELECTDB and RESIZEDB", NULL,
      BYTES("\374\1\0\0\0\0\0\0\0\372\1a\1b\373\1\0\376\2\0\1k\1v"),
      "aux('a'='b') sizes(1,0,0) db(2) db 2 string:'k'@1{'v'} end" },
    { "AUX of KeyDB after a key", "REDIS0009",
      BYTES(
          "\372\13mvcc-tstamp\0029x\2\1s\1\1m\372\23keydb-subexpire-key\1m\372\24keydb-subexpire-when\0019"),
      "aux('mvcc-tstamp'='9x') set:'s'{'m'} aux('keydb-subexpire-key'='m') aux('keydb-subexpire-when'='9') "
      "end" },
    { "an expiry that no key follows", NULL, BYTES("\374\1\0\0\0\0\0\0\0"), "end, attributes pending" },
    { "records of Redis Enterprise", NULL, BYTES("\153\5\171\100\377\0\1k\1v"),
      "vendor(107,5,0) vendor(121,255,0) string:'k'{'v'} end" },
    { "a function of 7.0 release candidates", "REDIS0010",
      BYTES("\366\1n\3LUA\1\4told\2hi\366\1m\3LUA\0\2ho"),
      "function('hi' 'n' in 'LUA') function('ho' 'm' in 'LUA') end" },
    { "AUX of a module", NULL,
      BYTES("\367\201\265\353\055\377\372\335\154\001\2\1\2\7\5\2hi\3ffff\4dddddddd\0"),
      "module_aux('test__rdb' version 1 when 1) end" },
    { "AUX of a module whose time is no number", NULL, BYTES("\367\1\5\1\0"),
      "error: the time of a module's AUX has the opcode 5, not 2 @10" },
    { "AUX of a module with an unknown opcode", NULL, BYTES("\367\1\2\1\6"),
      "error: module opcode is 6, not 0 to 5 @13" },
    { "key metadata before its key", "REDIS0014", BYTES("\363\1\1\2\3\4\2\5\0\0\1k\1v\0\1l\1v"),
      "string:'k' meta 1 of 8 bytes{'v'} string:'l'{'v'} end" },
    { "no class of key metadata", "REDIS0014", BYTES("\363\0"),
      "error: a key has 0 metadata classes, not 1 to 7 @10" },
    { "eight classes of key metadata", "REDIS0014", BYTES("\363\10"),
      "error: a key has 8 metadata classes, not 1 to 7 @10" },
    { "a slot import", "VALKEY080",
      BYTES("\363\050"
            "0123456789012345678901234567890123456789"
            "\2\0\5\6\100\7"),
      "slot_import('0123456789012345678901234567890123456789' 2: 0-5) end" },
    { "a slot import of a short name", "VALKEY080", BYTES("\363\1x\0"),
      "error: the name of a slot import has 1 bytes, not 40 @10" },
    { "a slot import of no range", "VALKEY080",
      BYTES("\363\050"
            "0123456789012345678901234567890123456789"
            "\1\6\5"),
      "error: slots 6 to 5 are no range @10" },
    { "a slot beyond the last", "VALKEY080",
      BYTES("\363\050"
            "0123456789012345678901234567890123456789"
            "\1\0\200\0\0\100\0"),
      "error: slots 0 to 16384 are no range @10" },
    { "a database beyond any", NULL, BYTES("\376\200\177\377\377\377"),
      "error: database number 2147483647 is beyond any server's @10" },
    { "flags of Dragonfly before a key", "REDIS0009",
      BYTES("\372\6df-ver\1x\334\1\0\0\0\0\1k\1v\334\2\0\0\0mmmm\0\1l\1v"),
      "aux('df-ver'='x') string:'k'{'v'} string:'l'{'v'} end" },
    { "flags of Dragonfly without Dragonfly", "REDIS0009", BYTES("\334\1\0\0\0"),
      "error: byte 0xdc is no known type or opcode in RDB 9; 14 bytes were not seen @9" },
};

static const snapshot_row string_rows[] = {
    { "a length of 14 bits", NULL, BYTES("\0\100\1k\1v"), "string:'k'{'v'} end" },
    { "a length of 32 bits", NULL, BYTES("\0\200\0\0\0\1k\1v"), "string:'k'{'v'} end" },
    { "integers of 8, 16 and 32 bits", NULL, BYTES("\1\300\377\3\300\200\301\0\200\302\0\0\0\200"),
      "list:'-1'{'-128' '-32768' '-2147483648'} end" },
    { "LZF", NULL, BYTES("\0\1k\303\11\062\1yy\340\45\0\1yy"),
      "string:'k'{'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'} end" },
    { "six low bits that loaders up to 3.2 ignored", "REDIS0007", BYTES("\0\277\0\0\0\1k\1v"),
      "string:'k'{'v'} end" },
    { "the same six bits later", "REDIS0008", BYTES("\0\277\0\0\0\1k\1v"),
      "error: key has the undefined length form 0xbf @10" },
    { "an undefined encoding", NULL, BYTES("\0\1k\304"),
      "string:'k'{} error: string has the undefined string encoding 4 @12" },
    { "a string encoding where a length stands", NULL, BYTES("\1\1k\300\1"),
      "list:'k'{} error: list length is the string encoding 0, not a length @12" },
    { "LZF that yields less than it says", NULL, BYTES("\0\1k\303\4\5\2yyy"),
      "string:'k'{} error: LZF string yields 3 bytes, not 5 @12" },
    { "LZF of no bytes", NULL, BYTES("\0\1k\303\0\4"),
      "string:'k'{} error: string: 0 bytes of LZF cannot yield 4 bytes @12" },
    { "LZF that says it yields what it cannot", NULL, BYTES("\0\1k\303\3\200\177\377\377\377\1yy"),
      "string:'k'{} error: string: 3 bytes of LZF cannot yield 2147483647 bytes @12" },
    { "a length of all ones", NULL, BYTES("\0\1k\201\377\377\377\377\377\377\377\377"),
      "string:'k'{} error: string takes 18446744073709551615 bytes, 9 remain @21" },
    { "a count of more than the bytes that are left", NULL, BYTES("\1\1k\100\377"),
      "list:'k'{} error: list length is 255, 9 bytes remain @12" },
    { "an empty string, and one of zeros", NULL, BYTES("\0\0\0\0\1\0\2\0\0"),
      "string:''{''} string:'\\x00'{'\\x00\\x00'} end" },
};

static void versions(void)
{
    CHECK_ROWS(version_rows);
}

static void records(void)
{
    CHECK_ROWS(record_rows);
}

static void strings(void)
{
    CHECK_ROWS(string_rows);
}

/* What stands around or behind a snapshot; nothing is added to these rows. */
static const struct {
    const char *name;
    rk_slice file;
    const char *told;
} wrapped_rows[] = {
    { "a captured stream with an end mark",
      BYTES("\n\n$EOF:"
            "0123456789012345678901234567890123456789\r\nREDIS0006\376\0\0\1k\1v\377\255\251\166\125\230\030"
            "\030"
            "\042"
            "0123456789012345678901234567890123456789"),
      "db(0) string:'k'{'v'} end" },
    { "the same and two bytes more",
      BYTES("$EOF:"
            "0123456789012345678901234567890123456789\r\nREDIS0006\376\0\0\1k\1v\377\255\251\166\125\230\030"
            "\030"
            "\042"
            "0123456789012345678901234567890123456789ab"),
      "db(0) string:'k'{'v'} end and 2 bytes" },
    { "a captured stream with a length",
      BYTES("$25\r\nREDIS0006\376\0\0\1k\1v\377\255\251\166\125\230\030\030\042"),
      "db(0) string:'k'{'v'} end" },
    { "a header of a stream without an end",
      BYTES("$0123456789012345678901234567890123456789012345678901234567890123456789"),
      "error: not a Redis snapshot: it begins with '$01234567', not REDIS or VALKEY @0" },
    { "bytes behind the checksum", BYTES("REDIS0006\376\0\0\1k\1v\377\255\251\166\125\230\030\030\042tail"),
      "db(0) string:'k'{'v'} end and 4 bytes" },
    { "a checksum that does not hold", BYTES("REDIS0006\376\0\0\1k\1w\377\255\251\166\125\230\030\030\042"),
      "db(0) string:'k'{'w'} error: the checksum is 221818985576a9ad" },
    { "no checksum before version 5", BYTES("REDIS0004\377tail"), "end and 4 bytes" },
    { "nothing", BYTES(""), "error: the magic takes 1 bytes, 0 remain @0" },
    { "half a magic", BYTES("VALK"), "error: the magic takes 9 bytes, 4 remain @0" },
};

static void wrapped(void)
{
    for (size_t i = 0; i < sizeof wrapped_rows / sizeof wrapped_rows[0]; i++) {
        rk_err err = { 0 }, why = { 0 };
        rk_source *source = rk_source_memory(wrapped_rows[i].file, i % 2, &err);
        rk_buf told = render_source(source, false, ' ', true, &why);
        size_t len = strlen(wrapped_rows[i].told);
        if (why.code == RK_DAMAGED && told.len > len)
            told.len = len; /* the other checksum is not worth a number here */
        check_told(wrapped_rows[i].name, "whole", told, wrapped_rows[i].told);
        rk_source_close(source);
        rk_buf_free(&told);
    }
}

/* Metadata and a value that reach beyond the first window, of 256 KiB. */
static void beyond_the_window(void)
{
    enum { LONG = 300 * 1000 };
    static char filler[LONG];
    rk_buf file = { 0 };
    rk_err err = { 0 };
    rk_record rec;
    rk_digest digest;
    memset(filler, 'x', sizeof filler);
    for (size_t before = 262000; before < 262200; before++) {
        uint8_t size[5] = { 0x80, (uint8_t)(before >> 24), (uint8_t)(before >> 16), (uint8_t)(before >> 8),
                            (uint8_t)before };
        file.len = 0;
        rk_buf_add(&file, BYTES("REDIS0014\372\1a"), &err);
        rk_buf_add(&file, (rk_slice){ size, 5 }, &err);
        rk_buf_add(&file, (rk_slice){ (uint8_t *)filler, before }, &err);
        rk_buf_add(&file, BYTES("\363\1abcd\5\44metadata across the end of a window.\0"), &err);
        size_t value = file.len + 3;
        rk_buf_add(&file, BYTES("\0\1k\200\0\4\223\340"), &err);
        rk_buf_add(&file, (rk_slice){ (uint8_t *)filler, LONG }, &err);
        size_t end = file.len;
        rk_buf_add(&file, BYTES("\377\0\0\0\0\0\0\0\0"), &err);
        rk_source *source = rk_source_memory(rk_buf_slice(&file), 0, &err);
        rk_rdb *rdb = rk_rdb_open(source, &err);
        CU_ASSERT_FATAL(rk_rdb_next(rdb, &rec, &err) && rk_rdb_next(rdb, &rec, &err));
        CU_ASSERT(rk_slice_is(rec.key.meta, BYTES("\1abcd\5\44metadata across the end of a window.\0")));
        rk_rdb_digest_begin(rdb);
        CU_ASSERT(rk_rdb_digest_end(rdb, &digest, &err));
        CU_ASSERT(rk_digest_is(digest, rk_digest_of((rk_slice){ file.ptr + value, end - value })));
        rk_rdb_close(rdb);
        rk_source_close(source);
    }
    rk_buf_free(&file);
}

UNIT_MAIN("records", { "every version there is, and some there are not", versions },
          { "opcodes, attributes and vendors", records }, { "lengths and strings", strings },
          { "what stands around and behind a snapshot", wrapped },
          { "metadata and digests reach across the end of the window", beyond_the_window })
