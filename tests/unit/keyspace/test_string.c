/* test_string: SET and its relatives, and the commands that change a string in place. */
#include "starved.h"

static void setting(void)
{
    REPLAYED(
        { "set a 1", "string:'a'{'1'}", "D" }, { "SET a 1; set a \"\"", "string:'a'{''}", "DD" },
        { "set a 1 nx; set a 2 NX; set a 3 xx; set b 1 xx", "string:'a'{'3'}", "DNDN" },
        { "rpush a x; set a 1", "string:'a'{'1'}", "DD" },
        { "set a 1 pxat 4000000000000; set a 2 keepttl", "string:'a'@4000000000000{'2'}", "DD" },
        { "rpush a x; pexpireat a 4000000000000; set a 2 keepttl", "string:'a'@4000000000000{'2'}", "DDD" },
        { "set a 1 exat 4000000000; set a 2", "string:'a'{'2'}", "DD" },
        { "set a 1 get pxat 4000000000000 nx", "string:'a'@4000000000000{'1'}", "D" },
        { "rpush l a; set l 1 get; set l 1 ifeq 1; getset l 1", "list:'l'{'a'}", "DFFF" },
        { "set a 1; set a 2 ifeq 0; set a 3 ifeq 1; set b 1 ifeq 1", "string:'a'{'3'}", "DNDN" },
        { "set a 1; set a 2 ifne 1; set a 3 ifne 0; set b 1 ifne 1", "string:'a'{'3'} string:'b'{'1'}",
          "DNDD" },
        { "set a hello; set a 2 ifdeq 9555e8555c62dcfd; set a 3 ifdeq 9555e8555c62dcfd", "string:'a'{'2'}",
          "DDN" },
        { "set a hello; set a 2 ifdne 9555E8555c62dcfd; set a 3 ifdne 0000000000000000; set b 1 ifdne 1",
          "string:'a'{'3'} string:'b'{'1'}", "DNDD" },
        { "set a 1 ex 0; set a 1 px -5; set a 1 exat x; set a 1 pxat 99999999999999999999; set a 1 exat "
          "9223372036854775807",
          "", "FFFFF" },
        { "set a 1 nx xx; set a 1 ex 5 px 5; set a 1 keepttl px 5; set a 1 px; set a 1 ifeq; set a 1 what",
          "", "FFFFFF" },
        { "setnx a 1; setnx a 2", "string:'a'{'1'}", "DN" },
        { "set a 1 pxat 4000000000000; getset a 2", "string:'a'{'2'}", "DD" },
        { "mset a 1 b 2 a 3; mset a", "string:'a'{'3'} string:'b'{'2'}", "DF" }, { "mset a 1 b", "", "F" },
        { "msetnx a 1 b 2; msetnx b 3 c 4", "string:'a'{'1'} string:'b'{'2'}", "DN" },
        { "msetex 2 a 1 b 2 pxat 4000000000000; msetex 1 a 2 keepttl; msetex 2 a 3 c 4 nx; msetex 2 a 3 c 4 "
          "XX",
          "string:'a'@4000000000000{'2'} string:'b'@4000000000000{'2'}", "DDNN" },
        { "msetex 2 a 1; msetex 0 a 1; msetex 1 a 1 get; msetex 1 a 1 ifeq 2; msetex x a 1", "", "FFFFF" }, );
}

static void spans(void)
{
    REPLAYED({ "#TS:1700000000; set a 1 ex 10; set b 1 px 5; setex c 2 v; psetex d 7 v",
               "string:'a'@1700000010000{'1'} string:'b'@1700000000005{'1'} string:'c'@1700000002000{'v'} "
               "string:'d'@1700000000007{'v'}",
               "DDDD" },
             { "#TS:1700000000; set a 1 px 9223372036854775807; setex b 0 v; psetex b -1 v; setex b x v", "",
               "FFFF" },
             { "setex a 10 v; set b 1 px 5; pexpireat b 4000000000000; expire b 1",
               "string:'a'{'v'} string:'b'{'1'}", "DDDD" }, );
    replayed r = replay_text("set a 1 px 5", false);
    CU_ASSERT(r.info.relative_time);
    replayed_free(&r);
    r = replay_text("#TS:1700000000; set a 1 px 5; set a 1 pxat 1", false);
    CU_ASSERT_FALSE(r.info.relative_time);
    replayed_free(&r);
}

static void in_place(void)
{
    REPLAYED({ "append a xy; append a \"\"; append a z", "string:'a'{'xyz'}", "DDD" },
             { "append a \"\"", "string:'a'{''}", "D" },
             { "set a 1 pxat 4000000000000; append a 234567890123456789",
               "string:'a'@4000000000000{'1234567890123456789'}", "DD" },
             { "rpush l a; append l x; setrange l 0 x; incr l; incrbyfloat l 1; setbit l 1 1; bitfield l set "
               "u1 0 1",
               "list:'l'{'a'}", "DFFFFFF" },
             { "setrange a 3 xy; setrange a 0 b", "string:'a'{'b\\x00\\x00xy'}", "DD" },
             { "setrange a 0 \"\"; set b hello; setrange b 2 \"\"; setrange b 1 LL; setrange b 9 more",
               "string:'b'{'hLLlo\\x00\\x00\\x00\\x00more'}", "NDNDD" },
             { "setrange a -1 x; setrange a 536870911 xy; setrange a 9223372036854775807 x; setrange a x x",
               "", "FFFF" },
             { "incr n; incr n; decr n; incrby n 10; decrby n 3; incrby n -4", "string:'n'{'4'}", "DDDDDD" },
             { "set n 5 pxat 4000000000000; incr n", "string:'n'@4000000000000{'6'}", "DD" },
             { "set n 9223372036854775807; incr n; decr n; incrby n 1; incrby n 1",
               "string:'n'{'9223372036854775807'}", "DFDDF" },
             { "decrby n -9223372036854775808; decrby n 1; decrby n 9223372036854775807; decr n",
               "string:'n'{'-9223372036854775808'}", "FDDF" },
             { "set a x; incr a; set b \"\"; incr b; set d \" 1\"; incr d; incrby e 1.5; set f 01; incr f",
               "string:'a'{'x'} string:'b'{''} string:'d'{' 1'} string:'f'{'01'}", "DFDFDFFDF" }, );
}

static void floats(void)
{
    REPLAYED({ "incrbyfloat f 0.1; incrbyfloat f 0.2", "string:'f'{'0.3'}", "DD" },
             { "set f 10.50; incrbyfloat f 0.1; incrbyfloat f -5", "string:'f'{'5.6'}", "DDD" },
             { "set f 5.0e3; incrbyfloat f 2.0e2", "string:'f'{'5200'}", "DD" },
             { "set f 1; incrbyfloat f -1.0; incrbyfloat f -0.0", "string:'f'{'0'}", "DDD" },
             { "set f -0.5; incrbyfloat f 0.5", "string:'f'{'0'}", "DD" },
             { "set f 3; incrbyfloat f 1.000000000000000005", "string:'f'{'4.00000000000000001'}", "DD" },
             { "set f 1 pxat 4000000000000; incrbyfloat f 1.25", "string:'f'@4000000000000{'2.25'}", "DD" },
             { "set f x; incrbyfloat f 1; set g 1; incrbyfloat g x; incrbyfloat g inf; incrbyfloat g nan; "
               "incrbyfloat g \" 1\"",
               "string:'f'{'x'} string:'g'{'1'}", "DFDFFFF" }, );
}

static void told(void)
{
    REPLAYED({ "set a 1; set a 2 pxat 5; set a 3 keepttl; set a 4", NULL, NULL,
               "string a '1', string a '2', expiry a 5, string a '3', string a '4', expiry a none" },
             { "incr n; append n 0; del n", NULL, NULL, "string n '1', string n '10', gone n of 1" },
             { "set a 1; rename a b", NULL, NULL, "string a '1', gone a of 1, string b '1'" },
             { "mset a 1 a 2", NULL, NULL, "string a '1', string a '2'" },
             { "setrange a 20 x; setbit a 0 1; bitop not b a", NULL, NULL,
               "string a "
               "'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\"
               "x00\\x00x', "
               "string a "
               "'\\x80\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\"
               "x00\\x00x', "
               "string b "
               "'\\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\"
               "xff\\xff\\x87'" }, );
}

static void without_memory(void)
{
    starved("set a aaaaaaaaaaaa; set a bbbbbbbbbbbb pxat 4000000000000; set a cccccccccccc ifeq "
            "bbbbbbbbbbbb; append a dddddddddddd; "
            "setrange a 40 eeeeeeeeeeee; mset b aaaaaaaaaaaa c bbbbbbbbbbbb; getset b cccccccccccc; incrby n "
            "1000000000000; "
            "incrbyfloat n 0.123456789; append d eeeeeeeeeeee");
}

UNIT_MAIN("string", { "setting", setting }, { "spans from now on", spans }, { "in place", in_place },
          { "numbers with a point", floats }, { "what is told", told }, { "without memory", without_memory })
