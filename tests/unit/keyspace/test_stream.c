/* test_stream: entries, how they come, are trimmed and deleted, and what is known of idempotent producers. */
#include "starved.h"

/* A log of which nobody knows who wrote it is taken for one of a server before 7.0, until it shows something newer; here
 * that is a command on a key that is not there. */
#define OF_7 "xsetid none 0-1 entriesadded 0; "

static void adding(void)
{
    REPLAYED(
        { "xadd s 1-1 a b; XADD s 1-2 c d e f",
          "stream:'s'{entry 1-1 of 1 'a'='b' entry 1-2 of 2 'c'='d' 'e'='f' length 2 last 1-2}", "DD" },
        { "xadd s 5 a b", "stream:'s'{entry 5-0 of 1 'a'='b' length 1 last 5-0}", "D" },
        { "xadd s 5-1 a b; xadd s 5-1 a c; xadd s 5-0 a c; xadd s 4-9 a c; xadd s 0-0 a b; xadd t 0-0 a b",
          "stream:'s'{entry 5-1 of 1 'a'='b' length 1 last 5-1}", "DFFFFF" },
        { "xadd s 5-* a b; xadd s 5-* a c; xadd s 6-* a d; xadd s 5-* a e; xadd t 0-* a b",
          "stream:'s'{entry 5-0 of 1 'a'='b' entry 5-1 of 1 'a'='c' entry 6-0 of 1 'a'='d' length 3 last "
          "6-0} "
          "stream:'t'{entry 0-1 of 1 'a'='b' length 1 last 0-1}",
          "DDDFD" },
        { "xadd s 18446744073709551615-18446744073709551615 a b; xadd s 18446744073709551615-* a b",
          "stream:'s'{entry 18446744073709551615-18446744073709551615 of 1 'a'='b' length 1 "
          "last 18446744073709551615-18446744073709551615}",
          "DF" },
        { OF_7
          "xadd s nomkstream 1-1 a b; xadd s 1-1 a b; xadd s NOMKSTREAM 1-2 a b; xdel s 1-1 1-2; xdel t 1-1",
          "stream:'s'{length 0 last 1-2 first 0-0 deleted 1-2 added 2}", "FNDDDN" },
        { "xadd s 1-1 a; xadd s 1-1 a b c; xadd s x a b; xadd s 1-x a b; xadd s 1-1-1 a b; xadd s nomkstream",
          "", "FFFFFF" },
        { "xadd s 1-1 \"\" \"\"; xadd s 2-1 12 -7; xadd s 3-1 12 \"\\x00\\n\"",
          "stream:'s'{entry 1-1 of 1 ''='' entry 2-1 of 1 '12'='-7' entry 3-1 of 1 '12'='\\x00\\x0a' length "
          "3 "
          "last "
          "3-1}",
          "DDD" },
        { "set s v; xadd s 1-1 a b; xdel s 1-1; xtrim s maxlen 0; xsetid s 1-1; xack s g 1-1; xgroup create "
          "s g $",
          "string:'s'{'v'}", "DFFFFFF" },
        { OF_7 "xadd s 1-1 a b; pexpireat s 4000000000000; xadd s 1-2 a b; xtrim s maxlen 0; rename s t",
          "stream:'t'@4000000000000{length 0 last 1-2 first 0-0 deleted 0-0 added 2}", "FDDDDD" }, );
}

/* An id that a server makes is told in logs; what is logged without one added nothing. */
static void ids_that_are_not_told(void)
{
    replayed r = replay_text("xadd s 1-1 a b; xadd s * a c", false);
    CU_ASSERT_STRING_EQUAL(r.outcomes, "DO");
    CU_ASSERT_STRING_EQUAL(r.info.opaque_first.what, "the id of the entry is not told");
    CU_ASSERT_EQUAL(r.info.uncertain_keys, 1);
    replayed_free(&r);
    REPLAYED({ "xadd s idmp p i 1-1 a b; xadd s idmp p i maxlen ~ 9 * a b; xdel s 1-1; xadd s idmp q j * a b",
               "stream:'s'{length 0 last 1-1 first 0-0 deleted 1-1 added 1 producer 'p' 'i'->1-1 "
               "idmp 100 s, 100 at most, added 1 duplicates 2}",
               "DNDN" }, );
}

static void long_bodies_stay_in_the_log(void)
{
    char commands[1000], expected[1000];
    char text[301] = "";
    memset(text, 'y', 300);
    snprintf(commands, sizeof commands, OF_7 "xadd s 1-1 a b; xadd s 2-1 %s 7 c %s; copy s t; xdel s 2-1",
             text, text);
    snprintf(expected, sizeof expected,
             "stream:'s'{entry 1-1 of 1 'a'='b' length 1 last 2-1 first 1-1 deleted 2-1 added 2} "
             "stream:'t'{entry 1-1 of 1 'a'='b' entry 2-1 of 2 '%s'='7' 'c'='%s' length 2 last 2-1 first 1-1 "
             "deleted "
             "0-0 added 2}",
             text, text);
    REPLAYED({ "del s", "", "N" });
    replayed r = replay_text(commands, false);
    CU_ASSERT_STRING_EQUAL(r.state, expected);
    CU_ASSERT_STRING_EQUAL(r.outcomes, "FDDDD");
    replayed_free(&r);
}

#define FOUR OF_7 "xadd s 1-1 a 1; xadd s 2-1 a 2; xadd s 2-2 a 3; xadd s 3-1 a 4; "

static void trimming(void)
{
    REPLAYED(
        { FOUR "xtrim s maxlen 2",
          "stream:'s'{entry 2-2 of 1 'a'='3' entry 3-1 of 1 'a'='4' length 2 last 3-1 first 2-2 deleted 0-0 "
          "added 4}",
          "FDDDDD" },
        { FOUR "xtrim s MAXLEN = 1 limit 7; xtrim s maxlen 1; xtrim t maxlen 1",
          "stream:'s'{entry 3-1 of 1 'a'='4' length 1 last 3-1 first 3-1 deleted 0-0 added 4}", "FDDDDDNN" },
        { FOUR "xtrim s minid 2-2; xtrim s minid = 2",
          "stream:'s'{entry 2-2 of 1 'a'='3' entry 3-1 of 1 'a'='4' length 2 last 3-1 first 2-2 deleted 0-0 "
          "added 4}",
          "FDDDDDN" },
        { FOUR "xadd s maxlen 1 4-1 a 5; xadd s minid = 9 limit 2 5-1 a 6",
          "stream:'s'{length 0 last 5-1 first 0-0 deleted 0-0 added 6}", "FDDDDDD" },
        { FOUR
          "xtrim s maxlen -1; xtrim s maxlen x; xtrim s minid +; xtrim s maxlen 1 minid 2; xtrim s limit 2; "
          "xtrim s maxlen 1 so; xtrim s keepref delref",
          NULL, "FDDDDFFFFFFF" },
        { "xadd s maxlen 0 0-1 x y; xsetid s 7-7 entriesadded 9 maxdeletedid 7-6",
          "stream:'s'{length 0 last 7-7 first 0-0 deleted 7-6 added 9}", "DD" }, );
}

static void trimming_about_so_much(void)
{
    replayed r = replay_text(FOUR "xtrim s maxlen ~ 4; xtrim s maxlen ~ 2; xadd s minid ~ 2 4-1 a 5", false);
    CU_ASSERT_STRING_EQUAL(r.outcomes, "FDDDDNOO");
    CU_ASSERT_STRING_EQUAL(r.info.opaque_first.what, "how many entries went is not told");
    CU_ASSERT_EQUAL(r.info.uncertain_keys, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.state, "entry 1-1 of 1 'a'='1'"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.state, "entry 4-1 of 1 'a'='5'"));
    replayed_free(&r);
}

static void deleting(void)
{
    REPLAYED(
        { FOUR "xdel s 2-2 9-9 1-1; xdel s 2-2; xdel s 2-1 x; xdel s 2",
          "stream:'s'{entry 2-1 of 1 'a'='2' entry 3-1 of 1 'a'='4' length 2 last 3-1 first 2-1 deleted 2-2 "
          "added 4}",
          "FDDDDDNFN" },
        { FOUR "xdelex s ids 2 1-1 2-1; xdelex s KEEPREF IDS 1 2-2; xdelex s ids 1 2-2; xdelex t ids 1 1-1",
          "stream:'s'{entry 3-1 of 1 'a'='4' length 1 last 3-1 first 3-1 deleted 2-2 added 4}", "FDDDDDDNN" },
        { FOUR "xdelex s ids 2 1-1; xdelex s ids 0 1-1; xdelex s ids x 1-1; xdelex s ids 1 1-x; xdelex s ids "
               "1 1-1 "
               "2-1; xdelex s some ids 1 1-1",
          NULL, "FDDDDFFFFFF" }, );
}

#define PENDING                                                                                              \
    FOUR "xgroup create s g 0; xgroup create s h 0; xgroup setid s g 2-2; xgroup setid s h 3-1; "            \
         "xclaim s g c 0 1-1 2-1 time 5 retrycount 1 force justid; xclaim s h d 0 2-1 time 5 retrycount 1 "  \
         "force justid; "

/* g has been given all but 3-1, and 1-1 and 2-1 are pending; h has been given all, and 2-1 is pending. */
static void deleting_what_groups_know(void)
{
    REPLAYED(
        { PENDING "xdelex s ACKED ids 4 1-1 2-1 2-2 3-1",
          "stream:'s'{entry 1-1 of 1 'a'='1' entry 2-1 of 1 'a'='2' entry 3-1 of 1 'a'='4' length 3 last 3-1 "
          "first "
          "1-1 deleted 2-2 added 4 group 'g' at 2-2 read -1 pending 1-1 since 5 times 1 pending 2-1 since 5 "
          "times 1 "
          "consumer 'c' seen 5 owns 1-1 owns 2-1 group 'h' at 3-1 read -1 pending 2-1 since 5 times 1 "
          "consumer 'd' "
          "seen 5 owns 2-1}",
          "FDDDDDDDDDDD" },
        { PENDING "xdelex s DELREF ids 1 2-1; xdelex s ids 3 1-1 2-2 3-1",
          "stream:'s'{length 0 last 3-1 first 0-0 deleted 3-1 added 4 group 'g' at 2-2 read -1 pending 1-1 "
          "since 5 "
          "times 1 consumer 'c' seen 5 owns 1-1 group 'h' at 3-1 read -1 consumer 'd' seen 5}",
          "FDDDDDDDDDDDD" },
        { PENDING "xackdel s g ACKED ids 3 1-1 2-1 2-2",
          "stream:'s'{entry 2-1 of 1 'a'='2' entry 2-2 of 1 'a'='3' entry 3-1 of 1 'a'='4' length 3 last 3-1 "
          "first "
          "2-1 deleted 1-1 added 4 group 'g' at 2-2 read -1 consumer 'c' seen 5 group 'h' at 3-1 read -1 "
          "pending 2-1 "
          "since 5 times 1 consumer 'd' seen 5 owns 2-1}",
          "FDDDDDDDDDDD" },
        { PENDING
          "xackdel s h DELREF ids 2 2-1 1-1; xackdel s h ids 1 2-1; xackdel s x ids 1 1-1; xackdel t g ids "
          "1 1-1",
          "stream:'s'{entry 1-1 of 1 'a'='1' entry 2-2 of 1 'a'='3' entry 3-1 of 1 'a'='4' length 3 last 3-1 "
          "first "
          "1-1 deleted 2-1 added 4 group 'g' at 2-2 read -1 pending 1-1 since 5 times 1 consumer 'c' seen 5 "
          "owns 1-1 "
          "group 'h' at 3-1 read -1 consumer 'd' seen 5}",
          "FDDDDDDDDDDDNNN" },
        { PENDING "xtrim s acked maxlen 0; xtrim s maxlen 2 delref",
          "stream:'s'{entry 2-1 of 1 'a'='2' entry 3-1 of 1 'a'='4' length 2 last 3-1 first 2-1 deleted 0-0 "
          "added 4 "
          "group 'g' at 2-2 read -1 pending 2-1 since 5 times 1 consumer 'c' seen 5 owns 2-1 group 'h' at "
          "3-1 read "
          "-1 pending 2-1 since 5 times 1 consumer 'd' seen 5 owns 2-1}",
          "FDDDDDDDDDDDD" }, );
}

static void setting_the_last_id(void)
{
    REPLAYED(
        { FOUR
          "xsetid s 9-9; xsetid s 3-0; xsetid t 1-1; xsetid s 9-9 entriesadded 3; xsetid s x; xsetid s 9 so "
          "1; xsetid s 9 entriesadded; xsetid s 9-9 maxdeletedid 9-10; xsetid s 3-1 entriesadded 4",
          "stream:'s'{entry 1-1 of 1 'a'='1' entry 2-1 of 1 'a'='2' entry 2-2 of 1 'a'='3' entry 3-1 of 1 "
          "'a'='4' length 4 last 3-1}",
          "FDDDDDFFFFFFFD" },
        { FOUR "xdel s 3-1 2-2; xsetid s 2-2; xsetid s 3-1 maxdeletedid 2-9",
          "stream:'s'{entry 1-1 of 1 'a'='1' entry 2-1 of 1 'a'='2' length 2 last 3-1 first 1-1 deleted 2-9 "
          "added "
          "4}",
          "FDDDDDFD" }, );
}

/* Servers before 7.0 keep no counters, and let the last id fall behind that of a deleted entry. */
static void before_7(void)
{
    REPLAYED({ "xadd s 1-1 a b; xadd s 1-2 a c; xadd s 1-3 a d; xdel s 1-3 1-1; xsetid s 1-2",
               "stream:'s'{entry 1-2 of 1 'a'='c' length 1 last 1-2}", "DDDDD" },
             { "xadd s 1-1 a b; xadd s 1-2 a c; xdel s 1-2; xtrim s maxlen 1 keepref; xsetid s 1-1",
               "stream:'s'{entry 1-1 of 1 'a'='b' length 1 last 1-2 first 1-1 deleted 1-2 added 2}",
               "DDDNF" }, );
}

/* What a server of a development build of 8.8 has saved of such commands. */
static void idempotent_ids(void)
{
    REPLAYED(
        { "xadd s idmpauto p 1-1 w lima31; xadd s IDMPAUTO q 1-2 ev queue-ca050e n 0",
          "stream:'s'{entry 1-1 of 1 'w'='lima31' entry 1-2 of 2 'ev'='queue-ca050e' 'n'='0' length 2 last "
          "1-2 first "
          "1-1 deleted 0-0 added 2 producer 'p' "
          "'\\x7f\\x9b<\\x0a\\x1b\\xbfzu\\x10!\\x9f\\xf7\\xc2e\\xa6('->1-1 producer 'q' "
          "'\\x272f\\xef\\x1c\\xefR\xdc\xb6"
          "V\\xa7\\x11D\\xedq\\xb2'->1-2 idmp 100 s, 100 at most, added 2 "
          "duplicates 0}",
          "DD" },
        { "xadd s idmpauto q 1-1 n 0 ev queue-ca050e",
          "stream:'s'{entry 1-1 of 2 'n'='0' 'ev'='queue-ca050e' length 1 last 1-1 first 1-1 deleted 0-0 "
          "added 1 "
          "producer 'q' '\\x272f\\xef\\x1c\\xefR\xdc\xb6"
          "V\\xa7\\x11D\\xedq\\xb2'->1-1 idmp 100 s, 100 at "
          "most, added 1 "
          "duplicates 0}",
          "D" },
        { "xadd s idmp p i 1-1 a b; xadd s nomkstream idmp p i 1-2 a c; xadd s maxlen 1 idmp o j 1-3 a d",
          "stream:'s'{entry 1-3 of 1 'a'='d' length 1 last 1-3 first 1-3 deleted 0-0 added 3 producer 'o' "
          "'j'->1-3 "
          "producer 'p' 'i'->1-2 idmp 100 s, 100 at most, added 3 duplicates 0}",
          "DDD" },
        { "xadd s idmp p 1-1 a b; xadd s idmp \"\" i 1-1 a b; xadd s idmp p \"\" 1-1 a b; xadd s idmp p i "
          "idmpauto p "
          "1-1 a b; xadd s idmpauto",
          "", "FFFFF" }, );
}

static void idempotent_records(void)
{
    REPLAYED(
        { "xadd s 1-1 a b; xcfgset s idmp-duration 7 idmp-maxsize 2; xidmprecord s p i 1-1; xidmprecord s p "
          "j 1-1; "
          "xidmprecord s p k 1-1; xidmprecord s p k 1-1; xidmprecord s p k 1-2; xidmprecord t p k 1-1; "
          "xidmprecord s "
          "\"\" k 1-1",
          "stream:'s'{entry 1-1 of 1 'a'='b' length 1 last 1-1 first 1-1 deleted 0-0 added 1 producer 'p' "
          "'j'->1-1 "
          "'k'->1-1 idmp 7 s, 2 at most, added 3 duplicates 0}",
          "DDDDDNFFF" },
        { "xadd s idmp p i 1-1 a b; xcfgset s idmp-duration 100; xcfgset s idmp-maxsize 99",
          "stream:'s'{entry 1-1 of 1 'a'='b' length 1 last 1-1 first 1-1 deleted 0-0 added 1 idmp 100 s, 99 "
          "at most, "
          "added 1 duplicates 0}",
          "DND" },
        { "xadd s 1-1 a b; xcfgset s idmp-duration 0; xcfgset s idmp-duration 86401; xcfgset s idmp-maxsize "
          "10001; "
          "xcfgset s idmp-maxsize x; xcfgset s so 1; xcfgset t idmp-maxsize 1; xidmprecord s p i 9-9; "
          "xidmprecord s "
          "p i x",
          "stream:'s'{entry 1-1 of 1 'a'='b' length 1 last 1-1}", "DFFFFFFFF" },
        { "xadd s idmp p i 1-1 a b; copy s t; xcfgset s idmp-maxsize 5; xcfgset s idmp-maxsize 100; del s",
          "stream:'t'{entry 1-1 of 1 'a'='b' length 1 last 1-1 first 1-1 deleted 0-0 added 1 producer 'p' "
          "'i'->1-1 "
          "idmp 100 s, 100 at most, added 1 duplicates 0}",
          "DDDDD" }, );
}

/* Some thousands of entries that come and go anywhere are those that are there in the end, in order. */
static void many_entries(void)
{
    enum { MOST = 3000 };
    static bool there[MOST];
    rk_buf commands = { 0 }, expected = { 0 };
    rk_err err = { 0 };
    uint32_t random = 12345, length = 0, first = 0, deleted = 0;
    rk_buf_printf(&commands, &err, OF_7 "\n");
    for (uint32_t id = 1; id < MOST; id++) {
        rk_buf_printf(&commands, &err, "xadd s %u-0 f%u v%u\n", id, id % 3, id);
        there[id] = true;
        for (int i = 0; i < 2; i++) {
            random = random * 1103515245 + 12345;
            uint32_t gone = id < 500 ? 0 : random / 65536 % (id - 300) + 1;
            if (gone && there[gone]) {
                rk_buf_printf(&commands, &err, "xdel s %u\n", gone);
                there[gone] = false;
                deleted = gone > deleted ? gone : deleted;
            }
        }
    }
    rk_buf_printf(&commands, &err, "xtrim s minid 200\n%c", 0);
    rk_buf_printf(&expected, &err, "stream:'s'{");
    for (uint32_t id = 200; id < MOST; id++)
        if (there[id]) {
            rk_buf_printf(&expected, &err, "entry %u-0 of 1 'f%u'='v%u' ", id, id % 3, id);
            first = first ? first : id;
            length++;
        }
    rk_buf_printf(&expected, &err, "length %u last %d-0 first %u-0 deleted %u-0 added %d}%c", length,
                  MOST - 1, first, deleted, MOST - 1, 0);
    replayed r = replay_text((const char *)commands.ptr, false);
    CU_ASSERT_STRING_EQUAL(r.state, (const char *)expected.ptr);
    CU_ASSERT(length > 300 && length < 2000);
    replayed_free(&r);
    rk_buf_free(&commands);
    rk_buf_free(&expected);
}

static void without_memory(void)
{
    starved("xadd s 1-1 aaaaaaaaaaaa b; xadd s idmp pppppppppppp iiiiiiiiiiii maxlen 9 1-2 a bbbbbbbbbbbb; "
            "xadd s "
            "idmpauto q 2-1 a b; xgroup create s gggggggggggg 0; xclaim s gggggggggggg cccccccccccc 0 1-1 "
            "2-1 time 5 "
            "force; xnack s gggggggggggg fail ids 1 2-1; copy s t; xdel s 1-1; xtrim t maxlen 1; xgroup "
            "delconsumer s "
            "gggggggggggg cccccccccccc; xcfgset t idmp-maxsize 9; del s");
}

UNIT_MAIN("stream", { "entries are added, each with a greater id", adding },
          { "an id that is not told makes the key uncertain", ids_that_are_not_told },
          { "long entries are read again from the log", long_bodies_stay_in_the_log },
          { "the oldest entries are trimmed", trimming },
          { "nothing is trimmed by a length that is about so", trimming_about_so_much },
          { "entries are deleted", deleting },
          { "entries are deleted as their groups allow", deleting_what_groups_know },
          { "the last id is set", setting_the_last_id }, { "servers before 7.0 kept no counters", before_7 },
          { "idempotent ids are kept, and made as a server makes them", idempotent_ids },
          { "idempotent records are limited in number", idempotent_records },
          { "thousands of entries come and go", many_entries },
          { "without memory a replay ends with an error", without_memory })
