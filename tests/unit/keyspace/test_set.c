/* test_set: the commands of sets, and what they tell of watched ones. */
#include "replayed.h"
#include "starved.h"

#define LONG_A                                                                                               \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"   \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"
#define LONG_B                                                                                               \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"   \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2"

static void adding_and_removing(void)
{
    REPLAYED(
        { "sadd s a b a", "set:'s'{'a' 'b'}", "D" },
        { "sadd s a; sadd s a; sadd s a b", "set:'s'{'a' 'b'}", "DND" },
        { "sadd s a b c; srem s a x c; srem s x; srem t a", "set:'s'{'b'}", "DDNN" },
        { "sadd s a b; srem s b a; sadd s c", "set:'s'{'c'}", "DDD" },
        { "sadd s a; pexpireat s 4000000000000; sadd s b; srem s a", "set:'s'@4000000000000{'b'}", "DDDD" },
        { "sadd s a; pexpireat s 4000000000000; srem s a; sadd s b", "set:'s'{'b'}", "DDDD" },
        { "sadd s \"\" \"x\\x00\" x", "set:'s'{'' 'x\\x00' 'x'}", "D" },
        { "sadd s " LONG_A " " LONG_B "; srem s " LONG_A "; sadd s " LONG_B, "set:'s'{'" LONG_B "'}", "DDN" },
        { "set k v; sadd k a; srem k a; smove k s a; sadd", "string:'k'{'v'}", "DFFFF" }, );
}

static void many_members(void)
{
    REPLAYED(
        { "sadd s 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; srem s 1 2 3 4 5 6 7 8 9 10 11 12; "
          "sadd s 1 13 21; srem s 14 15 16 17 18; sadd s 22 23 24 25",
          "set:'s'{'13' '19' '20' '1' '21' '22' '23' '24' '25'}", "DDDDD" }, );
}

static void popping(void)
{
    REPLAYED({ "sadd s a b; spop s 2", "", "DD" }, { "sadd s a b; spop s 7", "", "DD" },
             { "sadd s a; spop s; spop s; spop s 3", "", "DDNN" },
             { "sadd s a b; spop s; spop s 1; spop s 0", "set:'s'{'a' 'b'}", "DOON" },
             { "sadd s a; spop s -1; spop s x; spop s 1 1; set k v; spop k", "set:'s'{'a'} string:'k'{'v'}",
               "DFFFDF" }, );
    replayed r = replay_text("sadd s a b; sadd t a b; spop s; spop t; del t", false);
    CU_ASSERT_EQUAL(r.info.uncertain_keys, 1);
    CU_ASSERT_STRING_EQUAL(r.info.opaque_first.what, "SPOP took members at random");
    replayed_free(&r);
}

static void moving(void)
{
    REPLAYED({ "sadd s a b; sadd t c; smove s t a", "set:'s'{'b'} set:'t'{'c' 'a'}", "DDD" },
             { "sadd s a; smove s t a; smove s t a", "set:'t'{'a'}", "DDN" },
             { "sadd s a; sadd t a b; smove s t a", "set:'t'{'a' 'b'}", "DDD" },
             { "sadd s a; smove s s a; smove s t b; smove s t", "set:'s'{'a'}", "DNNF" },
             { "sadd s a; set k v; smove s k a; smove x k a; smove k s a", "set:'s'{'a'} string:'k'{'v'}",
               "DDFNF" }, );
}

static void combining(void)
{
    REPLAYED({ "sadd a 1 2 3; sadd b 2 3 4; sinterstore d a b",
               "set:'a'{'1' '2' '3'} set:'b'{'2' '3' '4'} "
               "set:'d'{'2' '3'}",
               "DDD" },
             { "sadd a 1 2; sadd b 2 3; sunionstore a a b nothing", "set:'b'{'2' '3'} set:'a'{'1' '2' '3'}",
               "DDD" },
             { "sadd a 1 2 3 4; sadd b 2; sadd c 4; sdiffstore b a b c",
               "set:'a'{'1' '2' '3' '4'} set:'c'{'4'} "
               "set:'b'{'1' '3'}",
               "DDDD" },
             { "sadd a 1; sdiffstore a a a", "", "DD" },
             { "sadd a 1; sinterstore d a nothing; sinterstore d nothing a; sdiffstore d nothing a",
               "set:'a'{'1'}", "DNNN" },
             { "sadd a 1; set d v; pexpireat d 4000000000000; sunionstore d a", "set:'a'{'1'} set:'d'{'1'}",
               "DDDD" },
             { "sadd a 1; set d v; sinterstore d a nothing", "set:'a'{'1'}", "DDD" },
             { "sadd a 1; set k v; sunionstore d a k; sinterstore d nothing k; sdiffstore d k a",
               "set:'a'{'1'} string:'k'{'v'}", "DDFFF" },
             { "sadd a " LONG_A "; sadd b " LONG_A " " LONG_B "; sinterstore d a b; sdiffstore e b a",
               "set:'a'{'" LONG_A "'} set:'b'{'" LONG_A "' '" LONG_B "'} set:'d'{'" LONG_A
               "'} set:'e'{'" LONG_B "'}",
               "DDDD" }, );
}

static void doubts_spread(void)
{
    replayed r = replay_text(
        "sadd s a b; sadd t a b c; spop s; sunionstore d s t; sunionstore e t; sinterstore d t", false);
    CU_ASSERT_EQUAL(r.info.uncertain_keys, 1); /* s; d was, until it was made from t alone */
    replayed_free(&r);
    r = replay_text("sadd s a b; spop s; sunionstore d s", false);
    CU_ASSERT_EQUAL(r.info.uncertain_keys, 2);
    replayed_free(&r);
}

static void told(void)
{
    REPLAYED({ "sadd s a b a; srem s b x; srem s a", NULL, NULL, "in s 'a', in s 'b', out s 'b', out s 'a'" },
             { "sadd s a; smove s t a", NULL, NULL, "in s 'a', out s 'a', in t 'a'" },
             { "sadd s a b; spop s 2", NULL, NULL, "in s 'a', in s 'b', out s 'a', out s 'b'" },
             { "sadd s a b; sadd t c; sunionstore t s", NULL, NULL,
               "in s 'a', in s 'b', in t 'c', gone t of 1, out t 'c' whole, in t 'a' whole, in t 'b' whole" },
             { "sadd s a; del s", NULL, NULL, "in s 'a', gone s of 1, out s 'a' whole" },
             { "sadd s " LONG_A "; srem s " LONG_A, "", "DD", "in s '" LONG_A "', out s '" LONG_A "'" }, );
}

static void no_memory(void)
{
    starved("sadd s a b cccccccccccc 1 2 3 4 5 6 7 8 9; srem s a; sadd t cccccccccccc; smove s t b; "
            "sunionstore u s t; sinterstore u u s; sdiffstore v u t; copy u w; spop t 5; rename w t");
}

UNIT_MAIN("set", { "members are added and removed; an emptied set goes", adding_and_removing },
          { "many members come and go", many_members },
          { "what SPOP took is known when it was all, else the key is uncertain", popping },
          { "a member moves, if it is there", moving },
          { "sets are joined, intersected and subtracted; an empty result removes the key", combining },
          { "what is made from an uncertain set is uncertain", doubts_spread },
          { "a watched set tells what came and left", told },
          { "no memory is an error at every allocation", no_memory })
