/* test_values: values of every type byte in every branch, whole and damaged (spec: RDB, "Value types"). Key
 * and value stand at byte 9: the type byte at 9, the name at 10, the value at 12. */
#include "rows.h"

static const snapshot_row plain_rows[] = {
    { "list", NULL, BYTES("\1\1k\2\1a\1b"), "list:'k'{'a' 'b'} end" },
    { "an empty list, set, zset and hash", NULL, BYTES("\1\1k\0\2\1k\0\5\1k\0\4\1k\0"),
      "list:'k'{} set:'k'{} zset:'k'{} hash:'k'{} end" },
    { "hash", NULL, BYTES("\4\1k\1\1f\300\1"), "hash:'k'{'f'='1'} end" },
    { "text doubles", NULL, BYTES("\3\1k\4\1a\0031.5\1b\376\1c\377\1d\0041e-1"),
      "zset:'k'{'a'=1.5 'b'=inf 'c'=-inf 'd'=0.10000000000000001} end" },
    { "a text double that is not a number", NULL, BYTES("\3\1k\1\1a\375"),
      "zset:'k'{} error: score is not a number @15" },
    { "a text double of letters", NULL, BYTES("\3\1k\1\1a\003abc"),
      "zset:'k'{} error: score 'abc' is not a number @15" },
    { "a text double of no letters", NULL, BYTES("\3\1k\1\1a\0"),
      "zset:'k'{} error: score '' is not a number @15" },
    { "binary doubles", NULL, BYTES("\5\1k\2\1a\0\0\0\0\0\0\370\077\1b\0\0\0\0\0\0\360\377"),
      "zset:'k'{'a'=1.5 'b'=-inf} end" },
    { "a binary double that is not a number", NULL, BYTES("\5\1k\1\1a\1\0\0\0\0\0\370\177"),
      "zset:'k'{} error: score is not a number @15" },
    { "module", "REDIS0008",
      BYTES("\7\1k\201\265\353\055\377\372\335\154\001\1\200\377\377\377\377\2\5\3abcd\4abcdefgh\5\300\7\0"),
      "module:'k'{module 'test__rdb' version 1 op 1 4294967295 '' op 2 5 '' op 3 1684234849 '' "
      "op 4 7523094288207667809 '' op 5 0 '7'} end" },
    { "module of an unknown opcode", "REDIS0008", BYTES("\7\1k\1\6"),
      "module:'k'{module 'AAAAAAAAA' version 1} error: module opcode is 6, not 0 to 5 @13" },
    { "a rate limiter of 8.8", "REDIS0014", BYTES("\35\1k\5"), "other:'k'{op 2 5 ''} end" },
    { "a rate limiter of 8.10", "REDIS0015", BYTES("\41\1k\5"), "other:'k'{op 2 5 ''} end" },
    { "cron of KeyDB", "REDIS0009", BYTES("\100\1k\2hi\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\1\1a\2\1b\1c"),
      "other:'k'{op 5 0 'hi' op 2 1 '' op 2 2 '' op 5 0 'a' op 5 0 'b' op 5 0 'c'} end" },
    { "types of Dragonfly", "REDIS0009",
      BYTES("\372\6df-ver\1x\36\1j\2{}\37\1h\1\1f\1v\300\7\40\1s\2\1a\300\377\1b\310"),
      "aux('df-ver'='x') other:'j'{op 5 0 '{}'} hash:'h'{'f'='v'@7} set:'s'{'a'} "
      "error: member expiry has the undefined string encoding 8 @45" },
    { "an expiry of Dragonfly that is no number", "REDIS0009", BYTES("\372\6df-ver\1x\40\1s\1\1a\1x"),
      "aux('df-ver'='x') set:'s'{} error: member expiry is not an integer @25" },
    { "a type of Redis under VALKEY", "VALKEY080", BYTES("\30"),
      "error: byte 0x18 is no known type or opcode in RDB VALKEY80; 10 bytes were not seen @9" },
};

static const snapshot_row packed_rows[] = {
    { "intset", NULL, BYTES("\13\1k\14\2\0\0\0\2\0\0\0\377\377\5\0"), "set:'k'{'-1' '5'} end" },
    { "intset of no order", NULL, BYTES("\13\1k\14\2\0\0\0\2\0\0\0\5\0\5\0"),
      "set:'k'{'5'} error: intset member 5 comes after 5, not ascending @23" },
    { "set of a listpack", NULL, BYTES("\24\1k\14\14\0\0\0\2\0\201a\2\5\1\377"), "set:'k'{'a' '5'} end" },
    { "hash of a listpack", NULL, BYTES("\20\1k\15\15\0\0\0\2\0\201a\2\201b\2\377"),
      "hash:'k'{'a'='b'} end" },
    { "hash of a listpack that lacks a value", NULL, BYTES("\20\1k\12\12\0\0\0\1\0\201a\2\377"),
      "hash:'k'{} error: the last entry of the packed pairs has no partner @19" },
    { "zset of a listpack", NULL, BYTES("\21\1k\14\14\0\0\0\2\0\201a\2\5\1\377"), "zset:'k'{'a'=5} end" },
    { "zset of a listpack whose score is text", NULL, BYTES("\21\1k\15\15\0\0\0\2\0\201a\2\201x\2\377"),
      "zset:'k'{} error: score 'x' is not a number @22" },
    { "list of a ziplist", NULL, BYTES("\12\1k\20\20\0\0\0\15\0\0\0\2\0\0\1a\3\362\377"),
      "list:'k'{'a' '1'} end" },
    { "hash of a ziplist", NULL, BYTES("\15\1k\20\20\0\0\0\15\0\0\0\2\0\0\1a\3\362\377"),
      "hash:'k'{'a'='1'} end" },
    { "zset of a ziplist", NULL, BYTES("\14\1k\20\20\0\0\0\15\0\0\0\2\0\0\1a\3\362\377"),
      "zset:'k'{'a'=1} end" },
    { "hash of a zipmap", "REDIS0002", BYTES("\11\1k\7\1\1a\1\0b\377"), "hash:'k'{'a'='b'} end" },
    { "quicklist of ziplists, one of them empty", NULL,
      BYTES("\16\1k\2\13\13\0\0\0\12\0\0\0\0\0\377\20\20\0\0\0\15\0\0\0\2\0\0\1a\3\362\377"),
      "list:'k'{'a' '1'} end" },
    { "quicklist of listpacks and of plain nodes", NULL,
      BYTES("\22\1k\3\1\2hi\2\12\12\0\0\0\1\0\201a\2\377\1\2ho"), "list:'k'{'hi' 'a' 'ho'} end" },
    { "quicklist of an unknown container", NULL, BYTES("\22\1k\1\3\2hi"),
      "list:'k'{} error: quicklist container is 3, not 1 or 2 @13" },
};

static const snapshot_row hash_rows[] = {
    { "field TTL, pre-release", "REDIS0012", BYTES("\26\1k\2\0\1a\1b\7\1c\1d"),
      "hash:'k'{'a'='b' 'c'='d'@7} end" },
    { "field TTL", "REDIS0012", BYTES("\30\1k\144\0\0\0\0\0\0\0\2\0\1a\1b\3\1c\1d"),
      "hash:'k'{'a'='b' 'c'='d'@102} end" },
    { "field TTL above 2^48", "REDIS0012", BYTES("\30\1k\377\377\377\377\377\377\0\0\1\2\1c\1d"),
      "hash:'k'{} error: field expiry 281474976710656 is above 2^48-1 ms @21" },
    { "a smallest TTL above 2^48", "REDIS0012", BYTES("\30\1k\1\0\0\0\0\0\1\0\1\2\1c\1d"),
      "hash:'k'{} error: smallest field expiry 281474976710657 is above 2^48 ms @12" },
    { "listpack with TTL", "REDIS0012", BYTES("\31\1k\7\0\0\0\0\0\0\0\17\17\0\0\0\3\0\201a\2\201b\2\7\1\377"),
      "hash:'k'{'a'='b'@7} end" },
    { "listpack with TTL, pre-release", "REDIS0012", BYTES("\27\1k\17\17\0\0\0\3\0\201a\2\201b\2\0\1\377"),
      "hash:'k'{'a'='b'} end" },
    { "listpack with a TTL of text", "REDIS0012", BYTES("\27\1k\20\20\0\0\0\3\0\201a\2\201b\2\201x\2\377"),
      "hash:'k'{} error: field expiry is not a positive integer @25" },
    { "listpack that lacks a TTL", "REDIS0012", BYTES("\27\1k\15\15\0\0\0\2\0\201a\2\201b\2\377"),
      "hash:'k'{} error: the last field has no value and expiry @19" },
    { "field TTL of Valkey", "VALKEY080",
      BYTES("\26\1k\2\1a\1b\377\377\377\377\377\377\377\377\1c\1d\7\0\0\0\0\0\0\0"),
      "hash:'k'{'a'='b' 'c'='d'@7} end" },
    { "field TTL of Valkey below -1", "VALKEY080", BYTES("\26\1k\1\1a\1b\376\377\377\377\377\377\377\377"),
      "hash:'k'{} error: field expiry -2 is below -1 @17" },
    { "path hash of Valkey", "VALKEY081", BYTES("\27\1k\2\1p\2\1a\1b\1c\1d\1q\1\1e\1f"),
      "other:'k'{path 'p' 'a'='b' 'c'='d' path 'q' 'e'='f'} end" },
    { "template arrays, whose ids are of no order", "REDIS0015",
      BYTES("\362\5\2\1b\2aa\362\1\1\1f\40\1k\5\1x\1y\40\1l\1\1z"),
      "template(5,2,0) template(1,1,0) hash:'k'{'b'='x' 'aa'='y'} hash:'l'{'f'='z'} end" },
    { "template listpack", "REDIS0015", BYTES("\362\0\1\1f\36\1k\14\14\0\0\0\2\0\0\1\201v\2\377"),
      "template(0,1,0) hash:'k'{'f'='v'} end" },
    { "template listpack of too few values", "REDIS0015", BYTES("\362\0\1\1f\36\1k\11\11\0\0\0\1\0\0\1\377"),
      "template(0,1,0) hash:'k'{} error: a template hash has fewer values than its template's 1 fields @27" },
    { "template listpack of too many values", "REDIS0015",
      BYTES("\362\0\1\1f\36\1k\17\17\0\0\0\3\0\0\1\201v\2\201w\2\377"),
      "template(0,1,0) hash:'k'{'f'='v'} error: a template hash has more values than its template's 1 fields "
      "@33" },
    { "template listpack without an id", "REDIS0015", BYTES("\362\0\1\1f\36\1k\12\12\0\0\0\1\0\201a\2\377"),
      "template(0,1,0) hash:'k'{} error: the values of a template hash do not begin with its id @18" },
    { "an array with fields of its own", "REDIS0015", BYTES("\37\1k\1\2\1a\1b\1x\1y"),
      "hash:'k'{'a'='x' 'b'='y'} end" },
    { "an array with packed fields of its own", "REDIS0015",
      BYTES("\37\1k\0\15\15\0\0\0\2\0\201a\2\201b\2\377\1x\1y"), "hash:'k'{'a'='x' 'b'='y'} end" },
    { "a listpack with fields of its own", "REDIS0015",
      BYTES("\35\1k\1\1\1a\14\14\0\0\0\2\0\0\1\201v\2\377\35\1l\1\1\1b\14\14\0\0\0\2\0\0\1\201w\2\377"),
      "hash:'k'{'a'='v'} hash:'l'{'b'='w'} end" },
    { "an array with no field of its own", "REDIS0015", BYTES("\37\1k\1\0"), "hash:'k'{} end" },
    { "a template form that is not known", "REDIS0015", BYTES("\37\1k\2"),
      "hash:'k'{} error: template form is 2, not 0 or 1 @12" },
    { "a template that is there twice", "REDIS0015", BYTES("\362\7\1\1a\362\7\1\1a"),
      "template(7,1,0) error: hash template 7 is there twice @15" },
    { "a template that is not there", "REDIS0015", BYTES("\362\7\1\1a\40\1k\6\1x"),
      "template(7,1,0) hash:'k'{} error: hash template 6 is not there @17" },
    { "a template without fields", "REDIS0015", BYTES("\362\7\0"),
      "error: a hash template without fields @10" },
    { "a template out of order", "REDIS0015", BYTES("\362\7\2\2aa\1b"),
      "error: field 1 of the hash template is out of order @10" },
};

static void plain(void)
{
    CHECK_ROWS(plain_rows);
}

static void packed(void)
{
    CHECK_ROWS(packed_rows);
}

static void hashes(void)
{
    CHECK_ROWS(hash_rows);
}

UNIT_MAIN("values", { "plain values, modules and vendors", plain },
          { "packed values and quicklists", packed },
          { "hashes with field TTL, hash templates, path hashes", hashes })
