/* test_group: consumer groups: deliveries as logs have them, acknowledgements, and what is given back. */
#include "starved.h"

/* A log of which nobody knows who wrote it is taken for one of a server before 7.0, until it shows something newer; here
 * that is a command on a key that is not there. */
#define OF_7 "xsetid none 0-1 entriesadded 0; "
#define FOUR OF_7 "xadd s 1-1 a 1; xadd s 2-1 a 2; xadd s 2-2 a 3; xadd s 3-1 a 4; "
#define ENTRIES                                                                                              \
    "entry 1-1 of 1 'a'='1' entry 2-1 of 1 'a'='2' entry 2-2 of 1 'a'='3' entry 3-1 of 1 'a'='4' length 4 "

static void creating(void)
{
    REPLAYED(
        { "xgroup create s g $; XGROUP create s g $ mkstream; xgroup create s h 5-5 MKSTREAM ENTRIESREAD 3",
          "stream:'s'{length 0 last 0-0 first 0-0 deleted 0-0 added 0 group 'g' at 0-0 read -1 group 'h' at "
          "5-5 read 3}",
          "FDD" },
        { FOUR "xgroup create s g $; xgroup create s h 0; xgroup create s g 0",
          "stream:'s'{" ENTRIES "last 3-1 group 'g' at 3-1 group 'h' at 0-0}", "FDDDDDDF" },
        { FOUR "xgroup create s g 2; xgroup setid s g 3-1 entriesread 4; xgroup setid s g $; xgroup setid s "
               "h 1; xgroup "
               "setid t g 1",
          "stream:'s'{" ENTRIES "last 3-1 group 'g' at 3-1}", "FDDDDDDDFF" },
        { FOUR "xgroup create s g 2; xgroup setid s g +; xgroup create s h -; xgroup create s h x; xgroup "
               "create s h 0 so; "
               "xgroup create s h 0 entriesread -2; xgroup create s h; xgroup swim s g",
          "stream:'s'{" ENTRIES "last 3-1 group 'g' at 18446744073709551615-18446744073709551615}",
          "FDDDDDDFFFFFF" },
        { "xgroup create s g $ mkstream; xgroup destroy s h; xgroup destroy s g; xgroup destroy t g",
          "stream:'s'{length 0 last 0-0}", "DNDF" },
        { "#TS:7;xgroup create s g $ mkstream; xgroup createconsumer s g b; xgroup createconsumer s g a; "
          "xgroup "
          "createconsumer s g b; xgroup createconsumer s h a; xgroup createconsumer s g",
          "stream:'s'{length 0 last 0-0 group 'g' at 0-0 consumer 'a' seen 7000 consumer 'b' seen 7000}",
          "DDDNFF" },
        { "set s v; xgroup create s g $ mkstream; xclaim s g c 0 1-1; xack s g 1-1; xnack s g fail ids 1 1-1",
          "string:'s'{'v'}", "DFFFF" }, );
}

#define GROUP FOUR "xgroup create s g 0; "

static void claiming(void)
{
    REPLAYED(
        { GROUP "XCLAIM s g c 0 1-1 TIME 1000 RETRYCOUNT 3 FORCE JUSTID LASTID 2-1",
          "stream:'s'{" ENTRIES
          "last 3-1 group 'g' at 2-1 pending 1-1 since 1000 times 3 consumer 'c' seen 1000 owns "
          "1-1}",
          "FDDDDDD" },
        { GROUP "xclaim s g c 0 2-1 time 7 retrycount 1 force justid lastid 2-1; xclaim s g d 0 2-1 1-1 time "
                "9; xclaim s "
                "g d 0 2-1 time 8 justid lastid 1-1",
          "stream:'s'{" ENTRIES
          "last 3-1 group 'g' at 2-1 pending 2-1 since 8 times 2 consumer 'c' seen 7 consumer 'd' "
          "seen 9 owns 2-1}",
          "FDDDDDDDD" },
        { GROUP
          "xclaim s g c 0 1-1 2-1 2-2 time 5 force", /* a new one counts as given twice, as on a server */
          "stream:'s'{" ENTRIES
          "last 3-1 group 'g' at 0-0 pending 1-1 since 5 times 2 pending 2-1 since 5 times 2 "
          "pending 2-2 since 5 times 2 consumer 'c' seen 5 owns 1-1 owns 2-1 owns 2-2}",
          "FDDDDDD" },
        { GROUP
          "xclaim s g c 0 9-9 time 5 force; xclaim s g c 0 1-1 time 5; xclaim s g c 0 1-1 time 5 lastid 1-1",
          "stream:'s'{" ENTRIES "last 3-1 group 'g' at 1-1 consumer 'c' seen 0}", "FDDDDDDND" },
        { GROUP "xclaim s g c 0 1-1 time 5 so; xclaim s g c x 1-1; xclaim s g c 0 1-1 time; xclaim s h c 0 "
                "1-1; xclaim t "
                "g c 0 1-1; xclaim s g c 0 1-1 lastid x",
          "stream:'s'{" ENTRIES "last 3-1 group 'g' at 0-0}", "FDDDDDFFFFFF" },
        { GROUP "xclaim s g c 0 1-1 2-1 time 5 force justid; xdel s 1-1 2-1; xclaim s g d 0 1-1 time 6",
          "stream:'s'{entry 2-2 of 1 'a'='3' entry 3-1 of 1 'a'='4' length 2 last 3-1 first 2-2 deleted 2-1 "
          "added 4 "
          "group 'g' at 0-0 read -1 pending 2-1 since 5 times 1 consumer 'c' seen 5 owns 2-1 consumer 'd' "
          "seen 0}",
          "FDDDDDDDD" }, );
}

/* Up to 6.2 what is pending outlives its entry, and a consumer comes to be only with something to own. */
static void claiming_before_7(void)
{
    REPLAYED({ "xadd s 1-1 a b; xadd s 1-2 a b; xgroup create s g 0; xclaim s g c 0 1-1 time 5 retrycount 1 "
               "force justid; "
               "xdel s 1-1; xclaim s g d 0 1-1 time 6; xclaim s g e 0 1-1 time 6 idle x; xclaim s g e 0 9-9 "
               "time 6 force",
               "stream:'s'{entry 1-2 of 1 'a'='b' length 1 last 1-2 group 'g' at 0-0 pending 1-1 since 6 "
               "times 2 consumer "
               "'c' seen 5 consumer 'd' seen 6 owns 1-1}",
               "DDDDDDFN" },
             { "xadd s 1-1 a b; xgroup create s g 0; xclaim s g c 0 1-1 time 5 retrycount 1 force justid; "
               "xdel s 1-1; "
               "xgroup setid s g 0 entriesread 1; xclaim s g d 0 1-1 time 6",
               "stream:'s'{length 0 last 1-1 first 0-0 deleted 1-1 added 1 group 'g' at 0-0 read 1 consumer "
               "'c' seen 5 "
               "consumer 'd' seen 0}",
               "DDDDDD" }, );
}

static void claiming_by_the_clock(void)
{
    REPLAYED({ "#TS:100\n" GROUP
               "xclaim s g c 0 1-1 force justid; xclaim s g c 0 2-1 idle 400 force justid; xclaim s g "
               "c 0 2-2 idle 200000 force justid; xclaim s g d 500 1-1 2-1 time 101000",
               "stream:'s'{" ENTRIES
               "last 3-1 group 'g' at 0-0 pending 1-1 since 100000 times 1 pending 2-1 since 99600 "
               "times 1 pending 2-2 since 100000 times 1 consumer 'c' seen 100000 owns 1-1 owns 2-1 owns 2-2 "
               "consumer "
               "'d' seen 0}",
               "FDDDDDDDDD" }, );
    replayed r = replay_text(GROUP "xclaim s g c 0 1-1 force", false);
    CU_ASSERT_STRING_EQUAL(r.outcomes, "FDDDDDD");
    CU_ASSERT(r.info.relative_time);
    replayed_free(&r);
}

static void acknowledging(void)
{
    REPLAYED({ GROUP "xclaim s g c 0 1-1 2-1 2-2 time 5 force justid; xack s g 1-1 9-9 2-2; xack s g 1-1; "
                     "xack s h 2-1; xack t "
                     "g 2-1; xack s g 2-1 x",
               "stream:'s'{" ENTRIES
               "last 3-1 group 'g' at 0-0 pending 2-1 since 5 times 1 consumer 'c' seen 5 owns 2-1}",
               "FDDDDDDDNNNF" },
             { GROUP "xclaim s g c 0 1-1 2-2 time 5 force justid; xclaim s g d 0 2-1 time 5 force justid; "
                     "xgroup delconsumer s "
                     "g c; xgroup delconsumer s g c; xgroup delconsumer s g",
               "stream:'s'{" ENTRIES
               "last 3-1 group 'g' at 0-0 pending 2-1 since 5 times 1 consumer 'd' seen 5 owns 2-1}",
               "FDDDDDDDDNF" },
             { GROUP "xclaim s g c 0 1-1 time 5 force justid; copy s t; xack s g 1-1; xgroup destroy t x",
               "stream:'s'{" ENTRIES "last 3-1 group 'g' at 0-0 consumer 'c' seen 5} stream:'t'{" ENTRIES
               "last 3-1 group 'g' at 0-0 pending 1-1 since 5 times 1 consumer 'c' seen 5 owns 1-1}",
               "FDDDDDDDDN" }, );
}

#define CLAIMED GROUP "xclaim s g c 0 1-1 2-1 2-2 time 5 retrycount 4 force justid; "
#define COUNTED "last 3-1 first 1-1 deleted 0-0 added 4 group 'g' at 0-0 read -1 "
#define NO_IDMP "idmp 100 s, 100 at most, added 0 duplicates 0}"

static void giving_back(void)
{
    REPLAYED(
        { CLAIMED "xnack s g SILENT ids 1 2-2; xnack s g FAIL ids 1 1-1; xnack s g FATAL ids 1 2-1",
          "stream:'s'{" ENTRIES COUNTED
          "pending 1-1 since 0 times 4 pending 2-1 since 0 times 9223372036854775807 "
          "pending 2-2 since 0 times 3 consumer 'c' seen 5 active 5 nacked 2-2 nacked 1-1 nacked "
          "2-1 " NO_IDMP,
          "FDDDDDDDDD" },
        { CLAIMED
          "xnack s g fail ids 2 2-1 1-1 retrycount 0; xnack s g silent ids 1 1-1; xclaim s g d 0 2-1 time 8 "
          "justid",
          "stream:'s'{" ENTRIES COUNTED
          "pending 1-1 since 0 times 0 pending 2-1 since 8 times 0 pending 2-2 since 5 "
          "times 4 consumer 'c' seen 5 active 5 owns 2-2 consumer 'd' seen 8 active 8 owns 2-1 nacked "
          "1-1 " NO_IDMP,
          "FDDDDDDDDD" },
        { CLAIMED
          "xnack s g fail ids 3 3-1 9-9 1-1 force retrycount 7; xack s g 1-1; xgroup delconsumer s g c",
          "stream:'s'{" ENTRIES COUNTED "pending 3-1 since 0 times 7 nacked 3-1 " NO_IDMP, "FDDDDDDDDD" },
        { CLAIMED
          "xnack s g fail ids 1 3-1; xnack s g so ids 1 1-1; xnack s g fail 1-1 2 3; xnack s g fail ids 1 "
          "1-1 so; "
          "xnack s g fail ids 1 1-1 retrycount -1; xnack s h fail ids 1 1-1; xnack t g fail ids 1 1-1",
          "stream:'s'{" ENTRIES
          "last 3-1 group 'g' at 0-0 pending 1-1 since 5 times 4 pending 2-1 since 5 times 4 "
          "pending 2-2 since 5 times 4 consumer 'c' seen 5 owns 1-1 owns 2-1 owns 2-2}",
          "FDDDDDDNFFFFFF" }, );
}

static void without_memory(void)
{
    starved("xadd s 1-1 a b; xadd s 1-2 a b; xgroup create s gggggggggggg 0; xgroup create s hhhhhhhhhhhh 0; "
            "xgroup "
            "createconsumer s gggggggggggg cccccccccccc; xclaim s gggggggggggg dddddddddddd 0 1-1 1-2 time 5 "
            "force; xnack "
            "s gggggggggggg fail ids 1 1-1; copy s t; xgroup destroy s gggggggggggg");
}

UNIT_MAIN("group", { "groups and consumers come and go", creating },
          { "deliveries are taken from the log", claiming },
          { "deliveries of servers before 7.0 are taken as these did", claiming_before_7 },
          { "times without a time are those of annotations", claiming_by_the_clock },
          { "what was delivered is acknowledged", acknowledging },
          { "what was delivered is given back", giving_back },
          { "without memory a replay ends with an error", without_memory })
