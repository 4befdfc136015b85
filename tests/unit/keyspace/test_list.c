/* test_list: the commands of lists, and what they tell of watched ones. */
#include "starved.h"

static void pushing_and_popping(void)
{
    REPLAYED(
        { "rpush l a b c", "list:'l'{'a' 'b' 'c'}", "D" }, { "lpush l a b c", "list:'l'{'c' 'b' 'a'}", "D" },
        { "rpush l b; lpush l a; RPush l c", "list:'l'{'a' 'b' 'c'}", "DDD" },
        { "lpushx l a; rpushx l b; rpush l c; lpushx l a b; rpushx l d", "list:'l'{'b' 'a' 'c' 'd'}",
          "NNDDD" },
        { "rpush l a b c; lpop l", "list:'l'{'b' 'c'}", "DD" },
        { "rpush l a b c; rpop l", "list:'l'{'a' 'b'}", "DD" },
        { "rpush l a b c; lpop l 2", "list:'l'{'c'}", "DD" }, { "rpush l a; rpop l 5", "", "DD" },
        { "rpush l a; lpop l 0; lpop l -1; lpop l x; lpop m; lpop m 2", "list:'l'{'a'}", "DNFFNN" },
        { "rpush l a; lpop l 1 1", "list:'l'{'a'}", "DF" },
        { "set s v; lpush s a; rpop s", "string:'s'{'v'}", "DFF" },
        { "rpush l a; pexpireat l 4000000000000; rpush l b; lpop l", "list:'l'@4000000000000{'b'}", "DDDD" },
        { "rpush l a; pexpireat l 4000000000000; lpop l; rpush l b", "list:'l'{'b'}", "DDDD" },
        { "rpush l a b; rpush m c; blpop k l m 0; brpop m l 5", "list:'l'{'b'}", "DDDD" },
        { "set s v; rpush l a; blpop s l 0; brpop l s 0; blpop k j 0", "string:'s'{'v'}", "DDFDN" },
        { "rpush l a b c d; lmpop 2 k l right count 3", "list:'l'{'a'}", "DD" },
        { "rpush l a b; lmpop 1 l LEFT; lmpop 2 l left; lmpop 1 l up; lmpop 1 l left count 0; lmpop 1 l left "
          "2",
          "list:'l'{'b'}", "DDFFFF" }, );
}

static void within(void)
{
    REPLAYED({ "rpush l a b c b; linsert l before b x; linsert l after b y",
               "list:'l'{'a' 'x' 'b' 'y' 'c' 'b'}", "DDD" },
             { "rpush l a; linsert l after a z; linsert l before a A", "list:'l'{'A' 'a' 'z'}", "DDD" },
             { "rpush l a; linsert l before q x; linsert m before a x; linsert l near a x", "list:'l'{'a'}",
               "DNNF" },
             { "rpush l a b c; lset l 0 x; lset l -1 z; lset l 3 q; lset l -4 q; lset m 0 q; lset l x q",
               "list:'l'{'x' 'b' 'z'}", "DDDFFFF" },
             { "rpush l a b a c a; lrem l 2 a", "list:'l'{'b' 'c' 'a'}", "DD" },
             { "rpush l a b a c a; lrem l -2 a", "list:'l'{'a' 'b' 'c'}", "DD" },
             { "rpush l a b a c a; lrem l 0 a", "list:'l'{'b' 'c'}", "DD" },
             { "rpush l a a a; lrem l 0 a; rpush m a; lrem m 1 b; lrem k 1 b; lrem m x a", "list:'m'{'a'}",
               "DDDNNF" },
             { "rpush l 1 2 3 4 5 6 7 8 x; lrem l 1 x", "list:'l'{'1' '2' '3' '4' '5' '6' '7' '8'}", "DD" },
             { "rpush l x 1 2 3 4 5 6 7 8; lrem l -1 x", "list:'l'{'1' '2' '3' '4' '5' '6' '7' '8'}", "DD" },
             { "rpush l a b c d e; ltrim l 1 3", "list:'l'{'b' 'c' 'd'}", "DD" },
             { "rpush l a b c d e; ltrim l -2 -1", "list:'l'{'d' 'e'}", "DD" },
             { "rpush l a b; ltrim l 0 -1; ltrim l -100 100; ltrim m 0 1; ltrim l a b", "list:'l'{'a' 'b'}",
               "DNNNF" },
             { "rpush l a b c; ltrim l 2 1; rpush m a; ltrim m 5 9", "", "DDDD" }, );
}

static void moving(void)
{
    REPLAYED({ "rpush s a b c; rpush d x; rpoplpush s d", "list:'s'{'a' 'b'} list:'d'{'c' 'x'}", "DDD" },
             { "rpush s a; rpoplpush s d; rpoplpush s d", "list:'d'{'a'}", "DDN" },
             { "rpush s a b c; rpoplpush s s", "list:'s'{'c' 'a' 'b'}", "DD" },
             { "rpush s a; set d v; rpoplpush s d; rpoplpush d s; brpoplpush s d 0",
               "list:'s'{'a'} string:'d'{'v'}", "DDFFF" },
             { "rpush s a b c; brpoplpush s d 0; lmove s d LEFT right; blmove s d left left 0",
               "list:'d'{'b' 'c' 'a'}", "DDDD" },
             { "rpush s a b; lmove s s left left; lmove s s left right; lmove s s up left",
               "list:'s'{'b' 'a'}", "DNDF" },
             { "rpush s a; pexpireat s 4000000000000; lmove s s left right", "list:'s'@4000000000000{'a'}",
               "DDD" },
             { "rpush s a b c d; lmovem s d left right; lmovem s d right left",
               "list:'s'{'b' 'c'} list:'d'{'d' 'a'}", "DDD" },
             { "rpush s a b c d; rpush d x; lmovem s d left left count 3 obo",
               "list:'s'{'d'} list:'d'{'c' 'b' 'a' 'x'}", "DDD" },
             { "rpush s a b c d; rpush d x; lmovem s d left left count 3 bulk",
               "list:'s'{'d'} list:'d'{'a' 'b' 'c' 'x'}", "DDD" },
             { "rpush s a b c d; rpush d x; lmovem s d right right count 3 bulk",
               "list:'s'{'a'} list:'d'{'x' 'b' 'c' 'd'}", "DDD" },
             { "rpush s a b c d; rpush d x; lmovem s d right left count 9 bulk",
               "list:'d'{'a' 'b' 'c' 'd' 'x'}", "DDD" },
             { "rpush s a b; lmovem s d left right exactly 3 obo; lmovem s d left right exactly 2 OBO",
               "list:'d'{'a' 'b'}", "DND" },
             { "rpush s a b c; lmovem s s left left count 2 bulk; lmovem s s left right count 2 bulk",
               "list:'s'{'c' 'a' 'b'}", "DND" },
             { "rpush s a b c; lmovem s s left left count 2 obo", "list:'s'{'a' 'b' 'c'}", NULL },
             { "rpush s a; lmovem s d left left count 2; lmovem s d left left count 0 obo", "list:'s'{'a'}",
               "DFF" }, );
}

static void told(void)
{
    REPLAYED(
        { "rpush l a b; lpush l c", NULL, NULL, "in l 'a' tail, in l 'b' tail, in l 'c'" },
        { "rpush l a b c; rpop l; lpop l 2", NULL, NULL,
          "in l 'a' tail, in l 'b' tail, in l 'c' tail, out l 'c' tail, out l 'a', out l 'b'" },
        { "rpush l a b; lrem l 0 b; lset l 0 x; linsert l before x w", NULL, NULL,
          "in l 'a' tail, in l 'b' tail, out l 'b' tail, out l 'a' tail, in l 'x' tail, in l 'w'" },
        { "rpush l a b a a; lrem l -2 a", NULL, NULL,
          "in l 'a' tail, in l 'b' tail, in l 'a' tail, in l 'a' tail, out l 'a' tail, out l 'a' tail" },
        { "rpush l a b c d; ltrim l 1 2; ltrim l 1 0", NULL, NULL,
          "in l 'a' tail, in l 'b' tail, in l 'c' tail, in l 'd' tail, out l 'a', out l 'd' tail, out l 'b', "
          "out l 'c'" },
        { "rpush s a; rpoplpush s d; lmove d d left right", NULL, NULL,
          "in s 'a' tail, out s 'a' tail, in d 'a', out d 'a', in d 'a' tail" },
        { "rpush s a b; del s", NULL, NULL,
          "in s 'a' tail, in s 'b' tail, gone s of 2, out s 'a' whole, out s 'b' whole" },
        { "rpush s a; set s v", NULL, NULL, "in s 'a' tail, gone s of 1, out s 'a' whole, string s 'v'" }, );
}

/* A ring whose head has gone round is made larger, and items of every length come back as they were. */
static void round_the_ring(void)
{
    rk_buf commands = { 0 }, expected = { 0 };
    rk_err err = { 0 };
    rk_buf_printf(&expected, &err, "list:'l'{");
    for (int i = 0; i < 100; i++)
        rk_buf_printf(&commands, &err, "lpush l %0*d;%s", 1 + i * 2, i,
                      i % 3 == 2 ? "lmove l l left right;" : "");
    for (int i = 0; i < 30; i++)
        rk_buf_printf(&commands, &err, "rpoplpush l l; linsert l after %0*d y%d; lrem l -1 y%d;", 1 + 98 * 2,
                      98, i, i);
    for (int i = 0; i < 100; i++)
        rk_buf_printf(&commands, &err, "lrem l 0 %0*d; rpush l %0*d;", 1 + i * 2, i, 1 + i * 2, i);
    for (int i = 0; i < 100; i++)
        rk_buf_printf(&expected, &err, "%s'%0*d'", i ? " " : "", 1 + i * 2, i);
    rk_buf_printf(&expected, &err, "}");
    replayed r = replay_text((const char *)commands.ptr, true);
    CU_ASSERT_STRING_EQUAL(r.state, (const char *)expected.ptr);
    CU_ASSERT_PTR_NULL(strpbrk(r.outcomes, "NFOUL"));
    replayed_free(&r);
    rk_buf_free(&commands);
    rk_buf_free(&expected);
}

/* Texts are longer than what a string holds in itself. */
static void without_memory(void)
{
    starved("rpush l aaaaaaaaaaaa bbbbbbbbbbbb cccccccccccc dddddddddddd eeeeeeeeeeee; lpush l ffffffffffff; "
            "lset l 1 gggggggggggg; "
            "linsert l before bbbbbbbbbbbb hhhhhhhhhhhh; lrem l -1 eeeeeeeeeeee; rpoplpush l m; lmove m l "
            "left left; "
            "lmovem l m right left count 3 bulk; ltrim m 1 1; copy l k; lpop l 2; del k");
}

UNIT_MAIN("list", { "pushing and popping", pushing_and_popping }, { "within a list", within },
          { "from one list to another", moving }, { "what is told", told },
          { "round the ring", round_the_ring }, { "without memory", without_memory })
