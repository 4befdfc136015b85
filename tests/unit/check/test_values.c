/* test_values: what is wrong with values, type by type (spec: RDB, "Integrity"): the sentence, the place, and which
 * bytes are sound all the same. Every row is followed by a key that must be found again: "\0\1z\1z". */
#include "told.h"

#define Z "\0\1z\1z"

static const snapshot_row string_rows[] = {
    { "sound strings", NULL, BYTES("\0\1k\1v" Z), "sound 9-19" },
    { "LZF that reaches before its beginning", NULL, BYTES("\0\1k\303\5\12\0a\40\7\0" Z),
      "damage lzf @12 string 'k': LZF reference reaches 8 bytes back, 1 precede it; lost 9-20 sound 20-25" },
    { "LZF that cannot yield so much", NULL, BYTES("\0\1k\303\3\200\0\1\0\0\0aa" Z),
      "damage lzf @12 string 'k': string: 3 bytes of LZF cannot yield 65536 bytes; lost 9-22 sound 22-27" },
    { "a key whose name does not decode", NULL, BYTES("\0\303\5\12\0a\40\7\0\1v" Z),
      "damage lzf @10: LZF reference reaches 8 bytes back, 1 precede it; lost 9-20 sound 20-25" },
    { "an AUX value that does not decode", NULL, BYTES("\372\1a\303\5\12\0a\40\7\0" Z),
      "damage lzf @12: LZF reference reaches 8 bytes back, 1 precede it; lost 9-20 sound 20-25" },
    { "a database beyond any server's", NULL, BYTES("\376\200\377\377\377\377" Z),
      "damage record @10: database number 4294967295 is beyond any server's; lost 9-15 sound 15-20" },
};

static const snapshot_row list_rows[] = {
    { "sound lists", NULL, BYTES("\1\1k\2\1a\1b" Z), "sound 9-22" },
    { "a list without an item", NULL, BYTES("\1\1k\0" Z),
      "damage empty @9 list 'k': the list is empty: servers before 6.2 may crash on it, later ones skip it; "
      "left_out 9-13 sound 13-18" },
    { "an item that does not decode", NULL, BYTES("\1\1k\3\1a\303\5\12\0a\40\7\0\1b" Z),
      "damage lzf @15 list 'k': LZF reference reaches 8 bytes back, 1 precede it; pieces(0) 9-13 pieces(1) "
      "13-15 "
      "lost 15-23 pieces(1) 23-25 sound 25-30" },
    { "nodes: one whose end mark is missing, one that counts more than it has", NULL,
      BYTES("\22\1k\4\2\11\11\0\0\0\1\0\1\1\377\2\11\11\0\0\0\1\0\1\1\0\2\11\11\0\0\0\2\0\1\1\377\2\11\11\0\0"
            "\0\1\0"
            "\2\1\377" Z),
      "damage listpack @34 list 'k': listpack ends in byte 0x00, not 0xff; damage listpack @45 list 'k': "
      "listpack "
      "counts 2 elements, 1 are there; pieces(0) 9-13 pieces(1) 13-24 lost 24-46 pieces(1) 46-57 sound "
      "57-62" },
    { "a plain node that is empty", NULL, BYTES("\22\1k\2\1\1a\1\0" Z),
      "damage quicklist @17 list 'k': a plain quicklist node is empty; pieces(0) 9-13 pieces(1) 13-16 lost "
      "16-18 "
      "sound 18-23" },
    { "a ziplist whose prevlen is wrong", "REDIS0006",
      BYTES("\12\1k\20\20\0\0\0\15\0\0\0\2\0\0\361\0\3\362\377" Z),
      "damage ziplist @25 list 'k': ziplist prevlen is 0, the entry before takes 2 bytes; lost 9-29 sound "
      "29-34" },
};

static const snapshot_row set_rows[] = {
    { "a member that is there twice", NULL, BYTES("\2\1k\4\1a\1b\1a\1c" Z),
      "damage duplicate member @17 set 'k': member 'a' is there twice, first at byte 13; pieces(0) 9-13 "
      "pieces(2) "
      "13-17 lost 17-19 pieces(1) 19-21 sound 21-26" },
    { "a member of a listpack that is there twice", NULL, BYTES("\24\1k\13\13\0\0\0\2\0\1\1\1\1\377" Z),
      "damage duplicate member @12 set 'k': member '1' is there twice; left_out 9-24 sound 24-29" },
    { "an intset that does not ascend", NULL, BYTES("\13\1k\14\2\0\0\0\2\0\0\0\2\0\1\0" Z),
      "damage intset @23 set 'k': intset member 1 comes after 2, not ascending; lost 9-25 sound 25-30" },
    { "an empty set", NULL, BYTES("\2\1k\0" Z),
      "damage empty @9 set 'k': the set is empty: servers before 6.2 may crash on it, later ones skip it; "
      "left_out "
      "9-13 sound 13-18" },
};

static const snapshot_row zset_rows[] = {
    { "a score that is not a number", NULL, BYTES("\5\1k\2\1a\0\0\0\0\0\0\370\177\1b\0\0\0\0\0\0\0\0" Z),
      "damage score @15 zset 'k': score is not a number; pieces(0) 9-13 lost 13-23 pieces(1) 23-33 sound "
      "33-38" },
    { "a score text that is no number", "REDIS0006", BYTES("\3\1k\3\1a\1x\1b\0011\1c\375" Z),
      "damage score @15 zset 'k': score 'x' is not a number; damage score @23 zset 'k': score is not a "
      "number; "
      "pieces(0) 9-13 lost 13-17 pieces(1) 17-21 lost 21-24 sound 24-29" },
    { "a member that is there twice", NULL, BYTES("\5\1k\2\1a\0\0\0\0\0\0\0\0\1a\0\0\0\0\0\0\0\0" Z),
      "damage duplicate member @23 zset 'k': member 'a' is there twice, first at byte 13; pieces(0) 9-13 "
      "pieces(1) "
      "13-23 lost 23-33 sound 33-38" },
    { "a packed sorted set out of order", NULL, BYTES("\21\1k\21\21\0\0\0\4\0\201a\2\2\1\201b\2\1\1\377" Z),
      "notice order @12 zset 'k': the members of a packed sorted set are not in the order of their scores; "
      "sound "
      "9-35" },
    { "members of one score out of order", NULL, BYTES("\21\1k\21\21\0\0\0\4\0\201b\2\1\1\201a\2\1\1\377" Z),
      "notice order @12 zset 'k': the members of a packed sorted set are not in the order of their scores; "
      "sound "
      "9-35" },
    { "a member without a score", NULL, BYTES("\21\1k\12\12\0\0\0\1\0\201a\2\377" Z),
      "damage score @19 zset 'k': the last member of a packed sorted set has no score; lost 9-23 sound "
      "23-28" },
};

static const snapshot_row hash_rows[] = {
    { "a field that does not decode keeps its value in step", NULL,
      BYTES("\4\1k\2\303\5\12\0a\40\7\0\1v\1b\1w" Z),
      "damage lzf @13 hash 'k': LZF reference reaches 8 bytes back, 1 precede it; pieces(0) 9-13 lost 13-23 "
      "pieces(1) 23-27 sound 27-32" },
    { "a field that is there twice", NULL, BYTES("\4\1k\2\1a\1v\1a\1w" Z),
      "damage duplicate member @17 hash 'k': field 'a' is there twice, first at byte 13; pieces(0) 9-13 "
      "pieces(1) "
      "13-17 lost 17-21 sound 21-26" },
    { "a field of a listpack that is there twice", NULL,
      BYTES("\20\1k\17\17\0\0\0\4\0\1\1\2\1\1\1\2\1\377" Z),
      "damage duplicate member @12 hash 'k': field '1' is there twice; left_out 9-28 sound 28-33" },
    { "a field of a listpack without a value", NULL, BYTES("\20\1k\11\11\0\0\0\1\0\1\1\377" Z),
      "damage listpack @19 hash 'k': the last entry of the packed pairs has no partner; lost 9-22 sound "
      "22-27" },
    { "a zipmap that counts more", "REDIS0003", BYTES("\11\1k\7\2\1a\1\0v\377" Z),
      "damage zipmap @19 hash 'k': zipmap counts 2 pairs, 1 are there; lost 9-20 sound 20-25" },
    { "a field expiry beyond the largest", "REDIS0012",
      BYTES("\30\1k\1\0\0\0\0\0\0\0\2\201\0\2\0\0\0\0\0\0\1a\1v\0\1b\1w" Z),
      "damage ttl @21 hash 'k': field expiry 562949953421312 is above 2^48-1 ms; pieces(0) 9-21 lost 21-34 "
      "pieces(1) 34-39 sound 39-44" },
    { "a smallest expiry beyond the largest", "REDIS0012", BYTES("\30\1k\1\0\0\0\0\0\0\1\1\0\1a\1v" Z),
      "damage ttl @12 hash 'k': smallest field expiry 72057594037927937 is above 2^48 ms; lost 9-26 sound "
      "26-31" },
    { "an expiry of a listpack that is text", "REDIS0012",
      BYTES("\31\1k\0\0\0\0\0\0\0\0\16\16\0\0\0\3\0\1\1\2\1\201x\2\377" Z),
      "damage ttl @31 hash 'k': field expiry is not a positive integer; lost 9-35 sound 35-40" },
    { "fields of a listpack not in the order of their expiries", "REDIS0012",
      BYTES("\31\1k\0\0\0\0\0\0\0\0\23\23\0\0\0\6\0\1\1\2\1\0\1\3\1\2\1\7\1\377" Z),
      "notice order @12 hash 'k': the fields of a packed hash are not in the order of their expiries; sound "
      "9-45" },
    { "a Valkey field expiry below -1", "VALKEY080",
      BYTES("\26\1k\2\1a\1v\376\377\377\377\377\377\377\377\1b\1w\377\377\377\377\377\377\377\377" Z),
      "damage ttl @17 hash 'k': field expiry -2 is below -1; pieces(0) 9-13 lost 13-25 pieces(1) 25-37 sound "
      "37-42" },
};

static const snapshot_row other_rows[] = {
    { "an array without an element", "REDIS0014", BYTES("\34\1k\0\0" Z),
      "damage array @12 array 'k': an array without elements; lost 9-14 sound 14-19" },
    { "a short string that is long, and an index too many", "REDIS0014",
      BYTES("\34\1k\2\0\0\3\0101234567x\201\377\377\377\377\377\377\377\377\3\1a" Z),
      "damage array @16 array 'k': short array string has 8 bytes, 7 at most; damage array @25 array 'k': "
      "array index "
      "is 2^64-1; lost 9-37 sound 37-42" },
    { "indexes that do not ascend", "REDIS0014", BYTES("\34\1k\2\0\5\3\1a\4\3\1b" Z),
      "notice order @18 array 'k': the indexes of an array do not ascend; sound 9-27" },
    { "a template that is not there", "REDIS0015", BYTES("\36\1k\13\13\0\0\0\2\0\5\1\1\1\377" Z),
      "damage template @12 hash 'k': hash template 5 is not there; lost 9-24 sound 24-29" },
    { "a template twice, out of order, without fields", "REDIS0015",
      BYTES("\362\0\1\1a\362\0\1\1a\362\1\2\1b\1a\362\2\0" Z),
      "damage template @15: hash template 0 is there twice; damage template @20: field 1 of the hash "
      "template is out "
      "of order; damage template @27: a hash template without fields; sound 9-14 lost 14-29 sound 29-34" },
    { "a slot import with a short name and slots that are no range", "VALKEY080", BYTES("\363\1x\1\5\2" Z),
      "damage slots @10: the name of a slot import has 1 bytes, not 40; lost 9-15 sound 15-20" },
};

static void strings(void)
{
    CHECK_PROBLEMS(string_rows);
}

static void lists(void)
{
    CHECK_PROBLEMS(list_rows);
}

static void sets(void)
{
    CHECK_PROBLEMS(set_rows);
}

static void zsets(void)
{
    CHECK_PROBLEMS(zset_rows);
}

static void hashes(void)
{
    CHECK_PROBLEMS(hash_rows);
}

static void others(void)
{
    CHECK_PROBLEMS(other_rows);
}

UNIT_MAIN("check of values", { "strings, names and other records", strings }, { "lists", lists },
          { "sets", sets }, { "sorted sets", zsets }, { "hashes", hashes },
          { "arrays, templates, slots", others })
