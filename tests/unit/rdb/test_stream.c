/* test_stream: streams of every type byte, part by part and damaged; and arrays (spec: RDB, "Streams",
 * "Array"). */
#include "rows.h"

/* Fields: 5-3 f=v; a deleted entry; 6-3 g=x, whose field is its own. */
#define MASTER                                                                                               \
    "\2\1"                                                                                                   \
    "\1\1"                                                                                                   \
    "\1\1"                                                                                                   \
    "\201f\2"                                                                                                \
    "\0\1" /* 2 live, 1 deleted, 1 field: f */
#define LIVE                                                                                                 \
    "\2\1"                                                                                                   \
    "\0\1"                                                                                                   \
    "\0\1"                                                                                                   \
    "\201v\2"                                                                                                \
    "\4\1"
#define DELETED                                                                                              \
    "\3\1"                                                                                                   \
    "\0\1"                                                                                                   \
    "\1\1"                                                                                                   \
    "\201w\2"                                                                                                \
    "\4\1"
#define OWN                                                                                                  \
    "\0\1"                                                                                                   \
    "\1\1"                                                                                                   \
    "\0\1"                                                                                                   \
    "\1\1"                                                                                                   \
    "\201g\2"                                                                                                \
    "\201x\2"                                                                                                \
    "\6\1"
#define NODE_KEY  "\20\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\3"
#define NODE      "\70\70\0\0\0\26\0" MASTER LIVE DELETED OWN "\377"
#define ENTRIES   "\1" NODE_KEY NODE
#define LENGTH    "\2\6\3"     /* and last id */
#define COUNTERS  "\5\3\5\4\3" /* first id, largest deleted id, entries added */
#define ID        "\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\3"
#define PENDING   "\1" ID "\7\0\0\0\0\0\0\0\2"
#define CONSUMERS "\1\1c\10\0\0\0\0\0\0\0\1" ID
#define ACTIVE    "\1\1c\10\0\0\0\0\0\0\0\377\377\377\377\377\377\377\377\1" ID
#define IDMP      "\100\144\100\144\2\1p\1\2id\5\3\1q\0\3\1"

#define TOLD      "stream:'k'{entry 5-3 of 1 'f'='v' entry 6-3 of 1 'g'='x' length 2 last 6-3"
#define TOLD_MORE TOLD " first 5-3 deleted 5-4 added 3"

static const snapshot_row stream_rows[] = {
    { "a stream of 5.0", "REDIS0009", BYTES("\17\1k" ENTRIES LENGTH "\1\1g\5\3" PENDING CONSUMERS),
      TOLD " group 'g' at 5-3 pending 5-3 since 7 times 2 consumer 'c' seen 8 owns 5-3} end" },
    { "a stream of 7.0", "REDIS0010", BYTES("\23\1k" ENTRIES LENGTH COUNTERS "\1\1g\5\3\1" PENDING CONSUMERS),
      TOLD_MORE " group 'g' at 5-3 read 1 pending 5-3 since 7 times 2 consumer 'c' seen 8 owns 5-3} end" },
    { "a stream of 7.2", "REDIS0011", BYTES("\25\1k" ENTRIES LENGTH COUNTERS "\1\1g\5\3\1" PENDING ACTIVE),
      TOLD_MORE
      " group 'g' at 5-3 read 1 pending 5-3 since 7 times 2 consumer 'c' seen 8 active -1 owns 5-3} end" },
    { "a stream of 8.6", "REDIS0013", BYTES("\32\1k" ENTRIES LENGTH COUNTERS "\0" IDMP),
      TOLD_MORE " producer 'p' 'id'->5-3 producer 'q' idmp 100 s, 100 at most, added 3 duplicates 1} end" },
    { "a stream of 8.8", "REDIS0014",
      BYTES("\33\1k" ENTRIES LENGTH COUNTERS "\1\1g\5\3\201\377\377\377\377\377\377\377\377" PENDING
            "\0\1" ID IDMP),
      TOLD_MORE " group 'g' at 5-3 read -1 pending 5-3 since 7 times 2 nacked 5-3 "
                "producer 'p' 'id'->5-3 producer 'q' idmp 100 s, 100 at most, added 3 duplicates 1} end" },
    { "an empty stream", "REDIS0009", BYTES("\17\1k\0\0\6\3\0"), "stream:'k'{length 0 last 6-3} end" },
    { "a length larger than the entries, as 5.0 betas wrote", "REDIS0009", BYTES("\17\1k" ENTRIES "\7\6\3\0"),
      "stream:'k'{entry 5-3 of 1 'f'='v' entry 6-3 of 1 'g'='x' length 7 last 6-3} end" },
    { "a node key of 15 bytes", "REDIS0009", BYTES("\17\1k\1\17\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\0"),
      "stream:'k'{} error: stream node key has 15 bytes, not 16 @13" },
    { "a node that is empty", "REDIS0009", BYTES("\17\1k\1" NODE_KEY "\7\7\0\0\0\0\0\377"),
      "stream:'k'{} error: the stream node ends before the number of entries @37" },
    { "a number of entries that is text", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\12\12\0\0\0\1\0\201a\2\377"),
      "stream:'k'{} error: the number of entries is not an integer @37" },
    { "a number of entries below 0", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\20\20\0\0\0\4\0\337\377\2\0\1\0\1\0\1\377"),
      "stream:'k'{} error: a stream node counts -1 entries, 0 deleted ones and 0 fields @31" },
    { "more fields than the node has", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\17\17\0\0\0\3\0\1\1\0\1\361\377\177\3\377"),
      "stream:'k'{} error: the stream node ends before a field of its master entry @45" },
    { "a master entry that does not end in 0", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\17\17\0\0\0\4\0\0\1\0\1\0\1\5\1\377"),
      "stream:'k'{} error: a stream node's master entry ends in 5, not 0 @31" },
    { "fewer entries than the node counts", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\35\35\0\0\0\12\0" MASTER LIVE "\377"),
      "stream:'k'{entry 5-3 of 1 'f'='v'} error: a stream node lacks 1 entries and 1 deleted ones of those "
      "it counts @59" },
    { "more deleted entries than the node counts", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\50\50\0\0\0\17\0" MASTER DELETED DELETED "\377"),
      "stream:'k'{} error: a stream node has more deleted entries than it counts @59" },
    { "an entry that ends in another number of elements", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\35\35\0\0\0\12\0" MASTER "\2\1\0\1\0\1\201v\2\5\1\377"),
      "stream:'k'{entry 5-3 of 1 'f'='v'} error: a stream entry says it has 5 elements and has 4 @59" },
    { "an entry of more fields than there are", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\34\34\0\0\0\11\0" MASTER "\0\1\0\1\0\1\361\377\177\3\377"),
      "stream:'k'{entry 5-3 of 32767} error: the stream node ends before a field @58" },
    { "an entry of a negative number of fields", "REDIS0009",
      BYTES("\17\1k\1" NODE_KEY "\33\33\0\0\0\11\0" MASTER "\0\1\0\1\0\1\337\377\2\377"),
      "stream:'k'{} error: a stream entry has -1 fields @48" },
};

static const snapshot_row array_rows[] = {
    { "the example of the specification", "REDIS0014",
      BYTES("\34\10arr:ends\5\0\0\3\5first\201\177\377\377\377\377\377\377\377\3\3mid\201\200\0\0\0\0\0\0\0\2"
            "\0\0\0\0\0\0\370\077\201\377\377\377\377\377\377\377\375\1\7\0\0\0\0\0\0\0"
            "\201\377\377\377\377\377\377\377\376\3\4last"),
      "array:'arr:ends'{0='first' 9223372036854775807='mid' 9223372036854775808='1.5' "
      "18446744073709551613='7' "
      "18446744073709551614='last'} end" },
    { "a cursor, told last", "REDIS0014", BYTES("\34\1k\1\1\201\377\377\377\377\377\377\377\376\3\0\1a"),
      "array:'k'{3='a' cursor 18446744073709551614} end" },
    { "floats", "REDIS0014",
      BYTES("\34\1k\6\0\0\2\0\0\0\0\0\0\24\100\1\2\0\0\0\0\0\0\0\200\2\2\0\0\0\0\0\0\360\100"
            "\3\2\361\150\343\210\265\370\344\76\4\2\0\0\0\0\0\0\240\103\5\2\0\0\120\105\157\62\235\101"),
      "array:'k'{0='5.0' 1='-0.0' 2='65536.0' 3='0.00001' 4='576460752303423488.0' 5='122461137.328125'} "
      "end" },
    { "no elements", "REDIS0014", BYTES("\34\1k\0\0"), "array:'k'{} error: an array without elements @12" },
    { "an unknown flag", "REDIS0014", BYTES("\34\1k\1\2"),
      "array:'k'{} error: array cursor flag is 2, not 0 or 1 @13" },
    { "an unknown tag", "REDIS0014", BYTES("\34\1k\1\0\0\4\0"),
      "array:'k'{} error: array tag is 4, not 0 to 3 @14" },
    { "index 2^64-1", "REDIS0014", BYTES("\34\1k\1\0\201\377\377\377\377\377\377\377\377\0\0"),
      "array:'k'{} error: array index is 2^64-1 @14" },
    { "a short string of 8 bytes", "REDIS0014", BYTES("\34\1k\1\0\0\3\01012345678"),
      "array:'k'{} error: short array string has 8 bytes, 7 at most @16" },
    { "a float that is not a number", "REDIS0014", BYTES("\34\1k\1\0\0\2\1\0\0\0\0\0\370\177"),
      "array:'k'{} error: array float is not a number @16" },
};

static void streams(void)
{
    CHECK_ROWS(stream_rows);
}

static void arrays(void)
{
    CHECK_ROWS(array_rows);
}

/* The digest of a stream is made of all parts of its elements. */
static void untold_things_leave_nothing(void)
{
    rk_slice file = BYTES("REDIS0009\17\1k" ENTRIES LENGTH "\0\377\0\0\0\0\0\0\0\0");
    rk_err err = { 0 };
    rk_record rec;
    rk_element e;
    rk_source *source = rk_source_memory(file, 0, &err);
    rk_rdb *rdb = rk_rdb_open(source, &err);
    CU_ASSERT_FATAL(rdb && rk_rdb_next(rdb, &rec, &err));
    while (rk_rdb_element(rdb, &e, &err))
        CU_ASSERT(e.number2 == 0 &&
                  (e.kind == RK_ELEMENT_ENTRY_FIELD || (e.item.len == 0 && e.value.len == 0)));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    rk_rdb_close(rdb);
    rk_source_close(source);
}

UNIT_MAIN("stream", { "streams of every type byte, part by part and damaged", streams }, { "arrays", arrays },
          { "nodes and deleted entries leave nothing behind", untold_things_leave_nothing })
