/* test_array: sparse arrays, their cursor, and rings. */
#include "starved.h"

static void setting(void)
{
    REPLAYED(
        { "arset a 3 x y z; ARSET a 4 q", "array:'a'{3='x' 4='q' 5='z'}", "DD" },
        { "armset a 7 x 2 y 7 z 18446744073709551614 end",
          "array:'a'{2='y' 7='z' 18446744073709551614='end'}", "D" },
        { "arset a 18446744073709551614 x; arset a 18446744073709551614 x y; arset a 18446744073709551615 x; "
          "arset a -1 "
          "x; arset a x y; armset a 1 x 2; armset a 1 x y 2",
          "array:'a'{18446744073709551614='x'}", "DFFFFFF" },
        { "arset a 0 1 -5 007 1.50 \"\" 2305843009213693952 -2305843009213693952 9223372036854775807",
          "array:'a'{0='1' 1='-5' 2='007' 3='1.50' 4='' 5='2305843009213693952' 6='-2305843009213693952' "
          "7='9223372036854775807'}",
          "D" },
        { "set s v; arset s 0 x; armset s 0 x; arinsert s x; arring s 2 x; arseek s 1; ardel s 0; ardelrange "
          "s 0 1",
          "string:'s'{'v'}", "DFFFFFFF" },
        { "arset a 1 x; pexpireat a 4000000000000; arset a 2 y; copy a b; rename a c; ardel c 1",
          "array:'b'@4000000000000{1='x' 2='y'} array:'c'@4000000000000{2='y'}", "DDDDDD" }, );
}

static void deleting(void)
{
    REPLAYED({ "arset a 0 a b c d e; ardel a 1 3 9; ardel a 1; ardel b 1; ardel a x; ardel a 0 x",
               "array:'a'{0='a' 2='c' 4='e'}", "DDNNFF" },
             { "arset a 0 a b c d e; ardelrange a 3 1; ardelrange a 7 9; ardelrange a 1; ardelrange b 1 2",
               "array:'a'{0='a' 4='e'}", "DDNFN" },
             { "arset a 0 a b c d e; ardelrange a 0 0 18446744073709551614 4; ardel a 1 2 3", "", "DDD" },
             { "arinsert a x; ardelrange a 0 5; arinsert a y", "array:'a'{0='y' cursor 0}", "DDD" }, );
}

static void inserting(void)
{
    REPLAYED(
        { "arinsert a x y; arinsert a z", "array:'a'{0='x' 1='y' 2='z' cursor 2}", "DD" },
        { "arset a 9 q; arinsert a x; arseek a 5; arinsert a y z; arseek b 5",
          "array:'a'{0='x' 5='y' 6='z' 9='q' cursor "
          "6}",
          "DDDDN" },
        { "arinsert a x y; arseek a 0; arinsert a z; arseek a x", "array:'a'{0='z' 1='y' cursor 0}", "DDDF" },
        { "arset a 9 q; arseek a 0", "array:'a'{9='q'}", "DD" },
        { "arset a 9 q; arseek a 18446744073709551615; arinsert a x",
          "array:'a'{9='q' cursor 18446744073709551614}", "DDF" },
        { "arset a 9 q; arseek a 18446744073709551614; arinsert a x y; arinsert a x",
          "array:'a'{9='q' 18446744073709551614='x' cursor 18446744073709551614}", "DDFD" }, );
}

static void rings(void)
{
    REPLAYED(
        { "arring a 3 a b c d e", "array:'a'{0='d' 1='e' 2='c' cursor 1}", "D" },
        { "arring a 3 a b; arring a 3 c d", "array:'a'{0='d' 1='b' 2='c' cursor 0}", "DD" },
        { "arring a 3 a b c d; arring a 5 e", /* it had begun anew: oldest first, then the new one */
          "array:'a'{0='b' 1='c' 2='d' 3='e' cursor 3}", "DD" },
        { "arring a 3 a b c; arring a 5 d e f", "array:'a'{0='f' 1='b' 2='c' 3='d' 4='e' cursor 0}", "DD" },
        { "arring a 4 a b c d e; arring a 2 f", "array:'a'{0='f' 1='e' cursor 0}", "DD" },
        { "arring a 4 a b c d e; ardel a 3; arring a 2 f", "array:'a'{0='f' 1='e' cursor 0}", "DDD" },
        { "arset a 0 a b c; arring a 2 d", "array:'a'{0='d' 1='c' cursor 0}", "DD" },
        { "arset a 0 a b c; arring a 9 d", "array:'a'{0='d' 1='b' 2='c' cursor 0}", "DD" },
        { "arring a 3 a b c; arseek a 0; arring a 5 d", "array:'a'{0='d' 1='b' 2='c' cursor 0}", "DDD" },
        { "arset a 18446744073709551614 z; arring a 2 x", "array:'a'{0='z' 1='x' cursor 1}", "DD" },
        { "arring a 0 x; arring a -1 x; arring a x x", "", "FFF" }, );
}

static void without_memory(void)
{
    starved("arset a 5 aaaaaaaaaaaa b c; armset a 1 q 99 rrrrrrrrrrrr; arring a 3 x y z; copy a b; ardel a "
            "0; arinsert b "
            "vvvvvvvvvvvv; ardelrange a 0 9");
}

UNIT_MAIN("array", { "elements are set anywhere", setting }, { "elements are deleted", deleting },
          { "elements are inserted at the cursor", inserting },
          { "rings begin anew and change their size", rings },
          { "without memory a replay ends with an error", without_memory })
