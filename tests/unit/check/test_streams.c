/* test_streams: what must hold between the parts of a stream (spec: RDB, "Integrity", Stream). */
#include "told.h"

/* Two nodes of one entry each: 5-3 and 7-0, of the field f. */
#define KEY_5                   "\20\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\3"
#define KEY_7                   "\20\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0"
#define PACK                    "\35\35\0\0\0\12\0\1\1\0\1\1\1\201f\2\0\1\2\1\0\1\0\1\201v\2\4\1\377"
#define ENTRIES                 "\2" KEY_5 PACK KEY_7 PACK
#define TWO                     "\2\7\0"     /* length and last id */
#define COUNTERS                "\5\3\0\0\2" /* first id, largest deleted id, entries added */
#define ID_5                    "\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\3"
#define ID_7                    "\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0"
#define SINCE                   "\7\0\0\0\0\0\0\0\1" /* delivery time and count */
#define SEEN                    "\10\0\0\0\0\0\0\0"
#define SEEN_TWICE              SEEN SEEN
#define STREAM_15(groups)       "\17\1k" ENTRIES TWO groups
#define STREAM_27(groups, rest) "\33\1k" ENTRIES TWO COUNTERS groups rest
#define IDMP                    "\100\144\100\144\0\0\0"
#define Z                       "\0\1z\1z"

static const snapshot_row rows[] = {
    { "a sound stream of 5.0", "REDIS0009",
      BYTES(STREAM_15("\1\1g\7\0\2" ID_5 SINCE ID_7 SINCE "\2\1c" SEEN "\1" ID_5 "\1d" SEEN "\1" ID_7) Z),
      "sound 9-226" },
    { "a sound stream of 8.8", "REDIS0014",
      BYTES(STREAM_27("\1\1g\7\0\2\2" ID_5 SINCE ID_7 SINCE "\1\1c" SEEN_TWICE "\1" ID_5 "\1" ID_7, IDMP) Z),
      "sound 9-237" },
    { "an empty stream is legal", "REDIS0009", BYTES("\17\1k\0\0\6\3\0" Z), "sound 9-22" },
    { "a node that does not decode, and one that does", "REDIS0009",
      BYTES("\17\1k\2" KEY_5
            "\35\35\0\0\0\12\0\1\1\0\1\1\1\201f\2\0\1\2\1\0\1\0\1\201v\2\5\1\377" KEY_7 PACK TWO "\0" Z),
      "damage stream @59 stream 'k': a stream entry says it has 5 elements and has 4; pieces(0) 9-13 lost "
      "13-60 "
      "pieces(1) 60-107 pieces(0) 107-111 sound 111-116" },
    { "a node key that is there twice", "REDIS0009", BYTES("\17\1k\2" KEY_5 PACK KEY_5 PACK "\2\5\3\0" Z),
      "damage stream @60 stream 'k': stream node 5-3 is there twice, first at byte 13; notice stream @107 "
      "stream 'k': "
      "the entries of a stream do not ascend; pieces(0) 9-13 pieces(2) 13-107 lost 107-111 sound 111-116" },
    { "another length, before 8.8", "REDIS0009", BYTES("\17\1k" ENTRIES "\11\7\0\0" Z),
      "notice stream @107 stream 'k': the length is 9, 2 entries are there: Redis 8.8 refuses it; sound "
      "9-116" },
    { "another length, since 8.8", "REDIS0014", BYTES("\33\1k" ENTRIES "\11\7\0" COUNTERS "\0" IDMP Z),
      "damage stream @107 stream 'k': the length is 9, 2 entries are there; pieces(0) 9-13 pieces(2) 13-107 "
      "lost "
      "107-123 sound 123-128" },
    { "a last id below the last entry's", "REDIS0009", BYTES("\17\1k" ENTRIES "\2\6\0\0" Z),
      "damage stream @107 stream 'k': the last id is 6-0, the last entry has 7-0; pieces(0) 9-13 pieces(2) "
      "13-107 lost "
      "107-111 sound 111-116" },
    { "a first id that is another entry's, and so on", "REDIS0010",
      BYTES("\23\1k" ENTRIES TWO "\6\3\11\0\1\0" Z),
      "notice stream @107 stream 'k': the first id is not that of the first entry; notice stream @107 stream "
      "'k': the "
      "largest deleted id is above the last id; notice stream @107 stream 'k': fewer entries were added than "
      "are "
      "there; sound 9-121" },
    { "a group and a consumer that are there twice", "REDIS0009",
      BYTES(STREAM_15("\2\1g\7\0\0\2\1c" SEEN "\0\1c" SEEN "\0\1g\7\0\0\0") Z),
      "damage stream @128 stream 'k': consumer 'c' is there twice, first at byte 116; damage stream @139 "
      "stream 'k': "
      "group 'g' is there twice, first at byte 111; pieces(0) 9-13 pieces(2) 13-107 lost 107-145 sound "
      "145-150" },
    { "a pending id that is there twice", "REDIS0009",
      BYTES(STREAM_15("\1\1g\7\0\2" ID_5 SINCE ID_5 SINCE "\1\1c" SEEN "\1" ID_5) Z),
      "damage stream @141 stream 'k': pending id 5-3 is there twice, first at byte 116; pieces(0) 9-13 "
      "pieces(2) 13-107 "
      "lost 107-194 sound 194-199" },
    { "an entry of nobody, one of two, one that is not pending", "REDIS0009",
      BYTES(STREAM_15("\1\1g\7\0\2" ID_5 SINCE ID_7 SINCE "\2\1c" SEEN "\1" ID_5 "\1d" SEEN "\2" ID_5
                      "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1") Z),
      "damage stream @141 stream 'k': no consumer owns 1 pending entries of group 'g'; damage stream @205 "
      "stream 'k': a "
      "consumer owns 5-3, which a consumer owns already; damage stream @221 stream 'k': a consumer owns 1-1, "
      "which is "
      "not pending in the group; pieces(0) 9-13 pieces(2) 13-107 lost 107-237 sound 237-242" },
    { "an entry of the NACK zone that somebody owns", "REDIS0014",
      BYTES(STREAM_27("\1\1g\7\0\2\1" ID_5 SINCE "\1\1c" SEEN_TWICE "\1" ID_5 "\1" ID_5, IDMP) Z),
      "damage stream @183 stream 'k': the NACK zone owns 5-3, which a consumer owns already; pieces(0) 9-13 "
      "pieces(2) "
      "13-107 lost 107-207 sound 207-212" },
    { "idempotence out of range, a producer that is there twice", "REDIS0013",
      BYTES("\32\1k" ENTRIES TWO COUNTERS "\0\0\0\2\1p\2\1i\5\3\1i\7\0\1p\0\0\0" Z),
      "notice stream @126 stream 'k': an idempotent id is there twice: servers skip the second; damage "
      "stream @130 "
      "stream 'k': producer 'p' is there twice, first at byte 116; damage stream @133 stream 'k': the "
      "idempotence "
      "duration is 0 s, not 1 to 86400; damage stream @133 stream 'k': the number of idempotence entries is "
      "0, not 1 to "
      "10000; pieces(0) 9-13 pieces(2) 13-107 lost 107-135 sound 135-140" },
};

static void parts(void)
{
    CHECK_PROBLEMS(rows);
}

UNIT_MAIN("check of streams", { "the parts of a stream against each other", parts })
