/* test_sort: SORT ... STORE. */
#include "starved.h"

static void orders(void)
{
    REPLAYED({ "rpush l 3 10 -1 2.5; sort l store d",
               "list:'l'{'3' '10' '-1' '2.5'} list:'d'{'-1' '2.5' '3' '10'}", "DD" },
             { "rpush l 3 10 -1 2.5; sort l store l desc", "list:'l'{'10' '3' '2.5' '-1'}", "DD" },
             { "rpush l b a c10 c9; sort l alpha store l", "list:'l'{'a' 'b' 'c10' 'c9'}", "DD" },
             { "rpush l b a B A; sort l ALPHA DESC STORE l", "list:'l'{'b' 'a' 'B' 'A'}", "DD" },
             { "rpush l 1 1.0 01 0x1; sort l store l; sort l desc store d",
               "list:'l'{'01' '0x1' '1' '1.0'} list:'d'{'1.0' '1' '0x1' '01'}", "DDD" },
             { "rpush l inf -inf 1e3 \"\"; sort l store l", "list:'l'{'-inf' '' '1e3' 'inf'}", "DD" },
             { "rpush l 1 x; sort l store d; rpush m nan; sort m store d; rpush k 1e999; sort k store d",
               "list:'l'{'1' 'x'} list:'m'{'nan'} list:'k'{'1e999'}", "DFDFDF" },
             { "zadd z 3 1 2 2 1 3; sort z store l; sort z by nosort store m; sort z desc by nosort store k; "
               "del z",
               "list:'l'{'1' '2' '3'} list:'m'{'3' '2' '1'} list:'k'{'1' '2' '3'}", "DDDDD" },
             { "rpush l c a b; sort l by nosort store m; sort l by nosort desc store k",
               "list:'l'{'c' 'a' 'b'} list:'m'{'c' 'a' 'b'} list:'k'{'b' 'a' 'c'}", "DDD" },
             { "sadd s c b a; sort s by nosort store l; sort s by nosort desc store m; del s",
               "list:'l'{'a' 'b' 'c'} list:'m'{'c' 'b' 'a'}", "DDDD" },
             { "sadd s 10 9 8; sort s store l; del s", "list:'l'{'8' '9' '10'}", "DDD" }, );
}

static void limits(void)
{
    REPLAYED({ "rpush l 5 4 3 2 1; sort l limit 1 2 store d",
               "list:'l'{'5' '4' '3' '2' '1'} list:'d'{'2' '3'}", "DD" },
             { "rpush l 5 4 3; sort l limit -1 2 store l", "list:'l'{'3' '4'}", "DD" },
             { "rpush l 5 4 3; sort l limit 1 -1 store l", "list:'l'{'4' '5'}", "DD" },
             { "rpush l 5 4 3; sort l limit 5 1 store l", "", "DD" },
             { "rpush l 5 4 3; sort l limit 0 0 store l; sort l store l", "", "DDN" },
             { "rpush l 5 4 3 2; sort l by nosort limit 1 2 store l", "list:'l'{'4' '3'}", "DD" },
             { "rpush l 5 4 3; set d v pxat 4000000000000; sort l store d; del l", "list:'d'{'3' '4' '5'}",
               "DDDD" },
             { "set d v; sort l store d; set s v; sort s store d; sort l limit 1 store d; sort l what store "
               "d; sort l limit x 1 store d",
               "string:'s'{'v'}", "DDDFFFF" },
             { "rpush l 2 1; sort l; sort l get #", "list:'l'{'2' '1'}", "DNN" }, );
}

static void patterns(void)
{
    REPLAYED({ "rpush l 1 2 3; mset w_1 30 w_2 20 w_3 10; sort l by w_* store l; del w_1 w_2 w_3",
               "list:'l'{'3' '2' '1'}", "DDDD" },
             { "rpush l 1 2 3; mset w_1 b w_3 a; sort l by w_* alpha store l; del w_1 w_3",
               "list:'l'{'2' '3' '1'}", "DDDD" },
             { "rpush l 1 2 3; mset w_1 5 w_3 -5; sort l by w_* store l; del w_1 w_3",
               "list:'l'{'3' '2' '1'}", "DDDD" },
             { "rpush l 1 2; hset w_1 f 9; hset w_2 f 8; sort l by w_*->f store l get # get w_*->f get "
               "w_*->g get x_*; del w_1 w_2",
               "list:'l'{'2' '8' '' '' '1' '9' '' ''}", "DDDDD" },
             { "rpush l 1 2; mset o_1 one o_2 two; sort l get o_* store d; sort l get o_*x get o* get x "
               "store e; del l o_1 o_2",
               "list:'d'{'one' 'two'} list:'e'{'' '' '' '' '' ''}", "DDDDD" },
             { "rpush l 1 2; rpush w_1 x; set w_2-> 7; sort l get w_* get w_*-> store l; del w_1 w_2->",
               "list:'l'{'' '' '' '7'}", "DDDDD" },
             { "rpush l b a c; mset w_a 1 w_b 1 w_c 1; sort l by w_* alpha store d; sort l by w_* store l; "
               "del w_a w_b w_c",
               "list:'d'{'b' 'a' 'c'} list:'l'{'a' 'b' 'c'}", NULL }, );
}

static void told(void)
{
    REPLAYED({ "rpush l 2 1; sort l store l", NULL, NULL,
               "in l '2' tail, in l '1' tail, gone l of 2, out l '2' whole, out l '1' whole, in l '1' whole, "
               "in l '2' whole" }, );
}

static void without_memory(void)
{
    starved("rpush l 3000000000 1000000000 2000000000; sadd s bbbbbbbbbbbb aaaaaaaaaaaa; zadd z 1 "
            "cccccccccccc 2 dddddddddddd; "
            "mset w1000000000 aaaaaaaaaaaa w3000000000 bbbbbbbbbbbb; hset h1000000000 f 1; sort l get # get "
            "w* get h*->f store d; "
            "sort s alpha store e; sort z by nosort store f; sort l by w* alpha desc store l");
}

UNIT_MAIN("sort", { "orders", orders }, { "limits", limits }, { "patterns", patterns },
          { "what is told", told }, { "without memory", without_memory })
