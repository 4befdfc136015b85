/* test_hash: the commands of hashes and of their fields' expiries, and what they tell of watched ones. */
#include "replayed.h"
#include "starved.h"

#define LONG_A                                                                                               \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"   \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"

static void setting_and_deleting(void)
{
    REPLAYED({ "hset h a 1 b 2; hset h a 3", "hash:'h'{'a'='3' 'b'='2'}", "DD" },
             { "hmset h a 1 b 2 a 4", "hash:'h'{'a'='4' 'b'='2'}", "D" },
             { "hset h a 1; hsetnx h a 2; hsetnx h b 2; hsetnx i c 3",
               "hash:'h'{'a'='1' 'b'='2'} "
               "hash:'i'{'c'='3'}",
               "DNDD" },
             { "hset h a; hset h a 1 b; hsetnx h a 1 b 2; hmset h", "", "FFFF" },
             { "hset h a 1 b 2; hdel h a x; hdel h x; hdel i a", "hash:'h'{'b'='2'}", "DDNN" },
             { "hset h a 1 b 2; hdel h a b; hset h c 3", "hash:'h'{'c'='3'}", "DDD" },
             { "hset h a 1; pexpireat h 4000000000000; hset h b 2; hdel h a",
               "hash:'h'@4000000000000{'b'='2'}", "DDDD" },
             { "hset h a " LONG_A "; hset h b 1; hset h a 2; hset h " LONG_A " " LONG_A "; hdel h b",
               "hash:'h'{'a'='2' '" LONG_A "'='" LONG_A "'}", "DDDDD" },
             { "hset h \"\" \"\" \"\\x00\" 1", "hash:'h'{''='' '\\x00'='1'}", "D" },
             { "hsetc h a b 1 2; hsetc h b 3", "hash:'h'{'a'='1' 'b'='3'}", "DD" },
             { "hsetc h a b 1; hgetdel h fields 1 a", "", "FN" },
             { "set k v; hset k a 1; hsetnx k a 1; hdel k a; hincrby k a 1; hincrbyfloat k a 1; hsetc k a 1",
               "string:'k'{'v'}", "DFFFFFF" }, );
}

static void counting(void)
{
    REPLAYED({ "hincrby h a 5; hincrby h a -7; hincrby h b 9223372036854775807",
               "hash:'h'{'a'='-2' "
               "'b'='9223372036854775807'}",
               "DDD" },
             { "hset h a 9223372036854775807 b x c \" 1\" d 007 e 1.5; hincrby h a 1; hincrby h b 1; hincrby "
               "h c 1; "
               "hincrby h d 1; hincrby h e 1; hincrby h f x; hincrby h f 1 2; hincrby h a -1",
               "hash:'h'{'a'='9223372036854775806' 'b'='x' 'c'=' 1' 'd'='007' 'e'='1.5'}", "DFFFFFFFD" },
             { "hset h a -9223372036854775808; hincrby h a -1; hincrby h a 0",
               "hash:'h'{'a'='-9223372036854775808'}", "DFD" },
             { "hincrbyfloat h a 10.5; hincrbyfloat h a 0.1; hincrbyfloat h b 3; hincrbyfloat h b 0x1p-1; "
               "hincrbyfloat h c -1e2; hincrbyfloat h d 0.00000000000000001",
               "hash:'h'{'a'='10.6' 'b'='3.5' 'c'='-100' 'd'='0.00000000000000001'}", "DDDDDD" },
             { "hset h a x b inf; hincrbyfloat h a 1; hincrbyfloat h c nan; hincrbyfloat h c inf; "
               "hincrbyfloat h b "
               "1; hincrbyfloat h c y",
               "hash:'h'{'a'='x' 'b'='inf'}", "DFFFFF" },
             { "hset h a 5; hincrbyfloat h a -5; hincrbyfloat h a -0.0", "hash:'h'{'a'='0'}", "DDD" }, );
}

static void expiries_of_fields(void)
{
    REPLAYED(
        { "hset h a 1 b 2; hpexpireat h 4000000000000 fields 2 a x",
          "hash:'h'{'a'='1'@4000000000000 'b'='2'}", "DD" },
        { "hset h a 1; hpexpireat h 4000000000000 FIELDS 1 a; hset h a 2", "hash:'h'{'a'='2'}", "DDD" },
        { "hset h a 1; hpexpireat h 4000000000000 fields 1 a; hincrby h a 2",
          "hash:'h'{'a'='3'@4000000000000}", "DDD" },
        { "hset h a 1; hpexpireat h 4000000000000 fields 1 a; hincrbyfloat h a 2",
          "hash:'h'{'a'='3'@4000000000000}", "DDD" },
        { "hset h a 1; hexpireat h 4000000000 fields 1 a; hpersist h fields 1 a; hpersist h fields 1 a; "
          "hpersist i "
          "fields 1 a",
          "hash:'h'{'a'='1'}", "DDDNN" },
        { "hset h a 1; hpexpireat h 1000 fields 1 a; hpexpireat h 1000 fields 1 a; hset h b 2",
          "hash:'h'{'a'='1'@1000 'b'='2'}", "DDND" },
        { "hset h a 1; #TS:1700000000; hexpire h 100 fields 1 a; hset h b 2; hpexpire h 5000 fields 1 b",
          "hash:'h'{'a'='1'@1700000100000 'b'='2'@1700000005000}", "DDDD" },
        { "hset h a 1 b 2 c 3; hpexpireat h 2000 fields 2 a b; hpexpireat h 3000 nx fields 3 a b c; "
          "hpexpireat h 1000 "
          "xx fields 2 a x",
          "hash:'h'{'a'='1'@1000 'b'='2'@2000 'c'='3'@3000}", "DDDD" },
        { "hset h a 1 b 2 c 3; hpexpireat h 2000 fields 2 a b; hpexpireat h 3000 gt fields 2 a c; hpexpireat "
          "h 1000 "
          "fields 2 b c lt",
          "hash:'h'{'a'='1'@3000 'b'='2'@1000 'c'='3'@1000}", "DDDD" },
        { "hset h a 1; hpexpireat h 1 fields 0; hpexpireat h 1 fields 2 a; hpexpireat h 1 fields 1 a b; "
          "hpexpireat h x "
          "fields 1 a; hpexpireat h 1 nx; hpexpireat h -1 fields 1 a; hpexpireat h 1 nx gt fields 1 a; "
          "hpersist h nx "
          "fields 1 a; hpexpireat h 1 fields 1 a fields 1 a",
          "hash:'h'{'a'='1'}", "DFFFFFFFFF" },
        { "set k v; hpexpireat k 1 fields 1 a; hpersist k fields 1 a; hgetdel k fields 1 a; hsetex k fields "
          "1 a 1",
          "string:'k'{'v'}", "DFFFF" },
        { "hset h a 1 b 2 c 3; hgetdel h fields 2 a x; hgetdel h FIELDS 1 b", "hash:'h'{'c'='3'}", "DDD" },
        { "hset h a 1; hpexpireat h 4000000000000 fields 1 a; hgetdel h fields 1 a; hset h a 2",
          "hash:'h'{'a'='2'}", "DDDD" },
        { "hset h a 1; hpexpireat h 4000000000000 fields 1 a; copy h i; rename h j",
          "hash:'i'{'a'='1'@4000000000000} hash:'j'{'a'='1'@4000000000000}", "DDDD" }, );
}

static void setting_with_expiry(void)
{
    REPLAYED({ "hsetex h pxat 4000000000000 fields 2 a 1 b 2; hsetex h fields 1 a 3",
               "hash:'h'{'a'='3' 'b'='2'@4000000000000}", "DD" },
             { "hsetex h FIELDS 1 a 1 EXAT 4000000000", "hash:'h'{'a'='1'@4000000000000}", "D" },
             { "hsetex h pxat 4000000000000 fields 1 a 1; hsetex h keepttl fields 2 a 2 b 3",
               "hash:'h'{'a'='2'@4000000000000 'b'='3'}", "DD" },
             { "#TS:1700000000; hsetex h ex 10 fields 1 a 1; hsetex h px 10 fields 1 b 1",
               "hash:'h'{'a'='1'@1700000010000 'b'='1'@1700000000010}", "DD" },
             { "hset h a 1; hsetex h fnx fields 2 a 2 b 2; hsetex h fxx fields 2 a 2 b 2; hsetex h fnx "
               "fields 1 b 3; hsetex "
               "h fxx fields 2 a 4 b 4; hsetex i fxx fields 1 a 1; hsetex i fnx fields 1 a 1",
               "hash:'h'{'a'='4' 'b'='4'} hash:'i'{'a'='1'}", "DNNDDND" },
             { "hset h a 1; hsetex h nx fields 1 a 2; hsetex i nx fields 1 a 2; hsetex i xx fields 1 a 3; "
               "hsetex j xx fields "
               "1 a 3",
               "hash:'h'{'a'='1'} hash:'i'{'a'='3'}", "DNDDN" },
             { "hsetex h fnx fxx fields 1 a 1; hsetex h keepttl pxat 5 fields 1 a 1; hsetex h pxat 5 pxat 5 "
               "fields 1 a 1; "
               "hsetex h fields 2 a 1; hsetex h pxat 0 fields 1 a 1; hsetex h pxat x fields 1 a 1; hsetex h "
               "gt fields 1 a 1; "
               "hsetex h fnx pxat 5 px",
               "", "FFFFFFFF" }, );
    replayed r = replay_text("hsetex h ex 10 fields 1 a 1", false);
    CU_ASSERT_STRING_EQUAL(r.state, "hash:'h'{'a'='1'}");
    CU_ASSERT(r.info.relative_time);
    replayed_free(&r);
}

static void told(void)
{
    REPLAYED({ "hset h a 1 b 2; hset h a 3; hdel h b x", NULL, NULL,
               "in h 'a'='1', in h 'b'='2', in h 'a'='3', out h 'b'" },
             { "hset h a 1 a 22222222222222 a 3", NULL, NULL,
               "in h 'a'='1', in h 'a'='22222222222222', in h 'a'='3'" },
             { "hincrby h n 2; hincrby h n 3", NULL, NULL, "in h 'n'='2', in h 'n'='5'" },
             { "hset h a 1; rename h i; hgetdel i fields 1 a", NULL, NULL,
               "in h 'a'='1', gone h of 1, out h 'a' whole, in i 'a'='1' whole, out i 'a'" },
             { "hset h a " LONG_A "; hset h a 2", NULL, NULL, "in h 'a'='" LONG_A "', in h 'a'='2'" },
             { "hset h a 1; hpexpireat h 1000 fields 1 a; del h", NULL, NULL,
               "in h 'a'='1', gone h of 1, out h 'a' whole" }, );
}

static void no_memory(void)
{
    starved(
        "hset h a 1 bbbbbbbbbbbbbbb 2 c 3333333333333333 d 4 e 5 f 6 g 7 h 8 i 9; hdel h a c; hincrby h d 5; "
        "hincrbyfloat h e 0.5; hsetex h pxat 4000000000000 fields 1 jjjjjjjjjjjjjjj 5; hpexpireat h "
        "5000000000000 "
        "fields 2 e f; copy h k; rename k l; hset l bbbbbbbbbbbbbbb 22222222222222222");
}

UNIT_MAIN("hash", { "fields are set and deleted; an emptied hash goes", setting_and_deleting },
          { "numbers are counted as a server counts them", counting },
          { "fields have expiries of their own, under conditions", expiries_of_fields },
          { "HSETEX sets fields and their expiry, its words in whatever order", setting_with_expiry },
          { "a watched hash tells fields with their values", told },
          { "no memory is an error at every allocation", no_memory })
