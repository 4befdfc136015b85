/* test_bit: SETBIT, BITFIELD, BITOP. */
#include "starved.h"

static void single_bits(void)
{
    REPLAYED({ "setbit a 7 1; setbit a 0 1; setbit a 7 0; setbit a 20 1", "string:'a'{'\\x80\\x00\\x08'}",
               "DDDD" },
             { "setbit a 9 0", "string:'a'{'\\x00\\x00'}", "D" },
             { "set a abc pxat 4000000000000; setbit a 6 1", "string:'a'@4000000000000{'cbc'}", "DD" },
             { "setbit a -1 1; setbit a x 1; setbit a 4294967296 1; setbit a 1 2; setbit a 1 -1; setbit a 1 "
               "x; setbit a #1 1",
               "", "FFFFFFF" }, );
}

static void fields(void)
{
    REPLAYED(
        { "bitfield a set u8 0 255 set i8 8 -128", "string:'a'{'\\xff\\x80'}", "D" },
        { "bitfield a set u4 #1 9 set u4 #3 15", "string:'a'{'\\x09\\x0f'}", "D" },
        { "bitfield a set u1 0 1 set u63 1 1 set i64 64 -2",
          "string:'a'{'\\x80\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe'}",
          "D" },
        { "bitfield a incrby u2 100 1; bitfield a incrby u2 100 1 overflow sat incrby u2 102 1",
          "string:'a'{'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x09'}", "DD" },
        { "bitfield a set u8 0 250; bitfield a incrby u8 0 10; bitfield a incrby u8 0 -5",
          "string:'a'{'\\xff'}", "DDD" },
        { "bitfield a overflow sat set u8 0 300 incrby u8 8 -1 set i8 16 -300 incrby i8 24 127 incrby i8 24 "
          "127",
          "string:'a'{'\\xff\\x00\\x80\\x7f'}", "D" },
        { "bitfield a set u8 0 300 set u8 8 -1 set i8 16 200 set i4 24 21", "string:'a'{',\\xff\\xc8P'}",
          "D" },
        { "bitfield a overflow fail set u8 0 300 incrby i8 8 200 incrby i8 8 100", "string:'a'{'\\x00d'}",
          "D" },
        { "bitfield a overflow fail set u8 0 300; bitfield a overflow fail set u8 0 300",
          "string:'a'{'\\x00'}", "DN" },
        { "set s s keepttl; bitfield a set i64 0 9223372036854775807; bitfield a incrby i64 0 1; bitfield a "
          "overflow sat incrby i64 0 -1",
          "string:'s'{'s'} string:'a'{'\\x80\\x00\\x00\\x00\\x00\\x00\\x00\\x00'}", "DDDD" },
        { "copy x y; bitfield a set i64 0 -9223372036854775808; bitfield a overflow sat incrby i64 0 -1 "
          "overflow "
          "wrap incrby i64 0 -1",
          "string:'a'{'\\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xff'}", "NDD" },
        { "bitfield a overflow sat incrby u63 0 9223372036854775807 incrby u63 0 1; bitfield a incrby u63 0 "
          "1",
          "string:'a'{'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'}", "DD" },
        { "bitfield a set i5 3 -3; bitfield a overflow wrap incrby i5 3 -14", "string:'a'{'\\x0f'}", "DD" },
        { "set a abc; bitfield a get u8 0; bitfield a overflow sat; bitfield a get u8 900 set u8 8 90",
          "string:'a'{'aZc'}", "DNND" },
        { "bitfield a set u64 0 1; bitfield a set i65 0 1; bitfield a set u0 0 1; bitfield a set x8 0 1; "
          "bitfield a set u8 -1 1; "
          "bitfield a set u8 0; bitfield a set u8 0 x; bitfield a overflow what; bitfield a add u8 0 1; "
          "bitfield a get u8 #-1; "
          "bitfield a set u8 0 1 set u8 #9223372036854775807 1",
          "", "FFFFFFFFFFF" }, );
}

/* Servers before 6.0 take every negative i64 for -1; what 6.0 and later log shows that it is none of them. */
static void old_servers(void)
{
    REPLAYED({ "bitfield a set i64 0 -70; bitfield a incrby i64 0 -4",
               "string:'a'{'\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfb'}", "DD" },
             { "bitfield a set i64 0 -70; copy x y; bitfield a incrby i64 0 -4",
               "string:'a'{'\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xb6'}", "DND" }, );
}

static void operations(void)
{
    REPLAYED({ "mset a \"\\xf0\\x0f\\xff\" b \"\\xff\\xff\"; bitop and d a b; bitop or e a b; bitop xor f a "
               "b c; bitop not g b",
               "string:'a'{'\\xf0\\x0f\\xff'} string:'b'{'\\xff\\xff'} string:'d'{'\\xf0\\x0f\\x00'} "
               "string:'e'{'\\xff\\xff\\xff'} string:'f'{'\\x0f\\xf0\\xff'} string:'g'{'\\x00\\x00'}",
               "DDDDD" },
             { "set a \"\\x0f\" pxat 4000000000000; bitop not a a", "string:'a'{'\\xf0'}", "DD" },
             { "set a abc; bitop and d a x; bitop or e x y; set d v; bitop or d x y; bitop and a x", "",
               "DDNDDD" },
             { "mset a \"\\xf0\\xf0\" b \"\\xcc\" c \"\\xaa\\x0f\"; bitop diff d a b c; bitop diff1 e a b c; "
               "bitop andor f a b c; "
               "bitop one g a b c; del a b c",
               "string:'d'{'\\x10\\xf0'} string:'e'{'\\x0e\\x0f'} string:'f'{'\\xe0\\x00'} "
               "string:'g'{'\\x16\\xff'}",
               "DDDDDD" },
             { "set a abcdefghijklmnopqrstuvwxyz; bitop or b a; bitop or b b a; append b 0",
               "string:'a'{'abcdefghijklmnopqrstuvwxyz'} "
               "string:'b'{'abcdefghijklmnopqrstuvwxyz0'}",
               "DDDD" },
             { "rpush l a; set a 1; bitop or a l; bitop not a a a; bitop diff a a; bitop nand d a a; rpush d "
               "x; bitop or d a",
               "list:'l'{'a'} string:'a'{'1'} string:'d'{'1'}", "DDFFFFDD" }, );
}

static void without_memory(void)
{
    starved("setbit a 200 1; setbit a 800 1; bitfield b set u8 200 5 incrby i16 #20 7; bitop or d a b; bitop "
            "one e a b d; bitop diff f a b");
}

UNIT_MAIN("bit", { "single bits", single_bits }, { "fields of any width", fields },
          { "negative numbers of 64 bits, of old servers", old_servers }, { "from bit to bit", operations },
          { "without memory", without_memory })
