/* test_keys: keys as a whole: deleted, renamed, copied, moved; databases; expiries; slots of a cluster. */
#include "starved.h"

static void deleting(void)
{
    REPLAYED(
        { "mset a 1 b 2 c 3; del a x c; unlink x; unlink b b", "", "DDND" },
        { "set a 1; delex a; set a 1; delex a ifeq 2; delex a ifeq 1; delex a", "", "DDDNDN" },
        { "set a hello; delex a ifne hello; delex a ifdne 9555e8555c62dcfd; delex a ifdeq 9555e8555c62dcfd",
          "", "DNND" },
        { "set a 1; delex a ifxx 1; delex a ifeq; delifeq a 2; delifeq a 1", "", "DFFND" },
        { "rpush l a; getdel l; delifeq l a; set s v; getdel s; getdel s", "list:'l'{'a'}", "DFFDDN" }, );
}

static void renaming(void)
{
    REPLAYED({ "set a 1 pxat 4000000000000; set b 2; rename a b", "string:'b'@4000000000000{'1'}", "DDD" },
             { "set a 1; set b 2 pxat 4000000000000; rename a b", "string:'b'{'1'}", "DDD" },
             { "set a 1; rename a a; rename x a; renamenx a a; renamenx x b", "string:'a'{'1'}", "DNFNF" },
             { "set a 1; set b 2; renamenx a b; renamenx a c", "string:'b'{'2'} string:'c'{'1'}", "DDND" },
             { "rpush l a b; rename l m; lpop m", "list:'m'{'b'}", "DDD" },
             { "rpush l a; set m v; rename l m", NULL, NULL,
               "in l 'a' tail, string m 'v', gone m of 1, gone l of 1, out l 'a' whole, in m 'a' whole" }, );
}

static void databases(void)
{
    REPLAYED(
        { "set a 1 pxat 4000000000000; move a 3; move a 3; select 3; append a 2",
          "db 3 string:'a'@4000000000000{'12'}", "DDNDD" },
        { "set a 1; select 1; set a 2; select 0; move a 1; move a 0; move a x; move a -1",
          "string:'a'{'1'} db 1 string:'a'{'2'}", "DDDDNFFF" },
        { "set a 1 pxat 4000000000000; copy a b; append b x; copy a b; copy a b replace; copy a c db 2; copy "
          "x y",
          "string:'a'@4000000000000{'1'} string:'b'@4000000000000{'1'} db 2 string:'c'@4000000000000{'1'}",
          "DDDNDDN" },
        { "rpush l a; copy l m; rpush m b; copy l l; copy l l db 0; copy l l db 1; copy l m db; copy l m to "
          "1",
          "list:'l'{'a'} list:'m'{'a' 'b'} db 1 list:'l'{'a'}", "DDDFFDFF" },
        { "set a 1; select 1; set b 2 pxat 4000000000000; swapdb 0 1; swapdb 1 1; swapdb 0 x; set c 3",
          "string:'b'@4000000000000{'2'} db 1 string:'a'{'1'} db 1 string:'c'{'3'}", "DDDDNFD" },
        { "set a 1; select 1; set b 2; flushdb async; flushdb; select 0", "string:'a'{'1'}", "DDDDND" },
        { "set a 1; select 1; set b 2; flushall; flushall sync; set c 1", "db 1 string:'c'{'1'}", "DDDDND" },
        { "rpush l a; flushall", NULL, NULL, "in l 'a' tail, gone l of 1, out l 'a' whole" },
        { "rpush l a; copy l m", NULL, NULL, "in l 'a' tail, in m 'a' whole" },
        { "rpush l a; swapdb 0 1", NULL, NULL,
          "in l 'a' tail, gone l of 1, out l 'a' whole, in l 'a' whole" }, );
}

static void expiries(void)
{
    REPLAYED({ "set a 1; pexpireat a 5; set b 1; expireat b 7; set c 1; pexpireat c -5; pexpireat d 1",
               "string:'a'@5{'1'} string:'b'@7000{'1'} string:'c'@-5{'1'}", "DDDDDDN" },
             { "#TS:1700000000; set a 1; expire a 10; set b 1; pexpire b 5; set c 1; expire c -1",
               "string:'a'@1700000010000{'1'} string:'b'@1700000000005{'1'} string:'c'@1699999999000{'1'}",
               "DDDDDD" },
             { "set a 1; pexpireat a 5 xx; pexpireat a 5 gt; pexpireat a 5 nx; pexpireat a 9 NX; pexpireat a "
               "4 gt; pexpireat a 8 gt; "
               "pexpireat a 9 lt; pexpireat a 7 XX LT",
               "string:'a'@7{'1'}", "DNNDNNDND" },
             { "set a 1; pexpireat a 5 lt", "string:'a'@5{'1'}", "DD" },
             { "set a 1; pexpireat a 5 nx gt; pexpireat a 5 gt lt; pexpireat a 5 yy; pexpireat a x; expireat "
               "a 9223372036854775807",
               "string:'a'{'1'}", "DFFFFF" },
             { "set a 1 pxat 5; persist a; persist a; persist b", "string:'a'{'1'}", "DDNN" },
             { "set a 1; pexpireat a 5; pexpireat a 5; persist a", NULL, NULL,
               "string a '1', expiry a 5, expiry a none" },
             { "set a 1; pexpireat a -9223372036854775808", "string:'a'@-9223372036854775807{'1'}", "DD" }, );
}

static void slots(void)
{
    REPLAYED({ "mset foo 1 bar 2 {foo}x 3; sflush 5061 5061; sflush 1 2 3 4 SYNC",
               "string:'foo'{'1'} string:'{foo}x'{'3'}", "DDN" },
             { "mset foo 1 bar 2; trimslots ranges 2 0 100 12000 16383", "string:'bar'{'2'}", "DD" },
             { "mset foo 1 bar 2; cluster flushslot 12182; cluster flushslot 1; cluster syncslots finish",
               "string:'bar'{'2'}", "DDNN" },
             { "set foo 1; sflush 0 16384; sflush 5 4; sflush 1 2 3; trimslots ranges 2 0 1; trimslots slots "
               "1 0 1; "
               "cluster flushslot 16384; cluster flushslot",
               "string:'foo'{'1'}", "DFFFFFFF" }, );
}

static void without_memory(void)
{
    starved(
        "set aaaaaaaaaaaa aaaaaaaaaaaa; rpush l aaaaaaaaaaaa bbbbbbbbbbbb; rename aaaaaaaaaaaa bbbbbbbbbbbb; "
        "copy l m; move l 5; "
        "swapdb 0 5; pexpireat l 4000000000000; json.set q . 1; rename q r; del l m; sflush 0 100; flushdb");
}

UNIT_MAIN("keys", { "deleting", deleting }, { "renaming", renaming }, { "databases", databases },
          { "expiries", expiries }, { "slots", slots }, { "without memory", without_memory })
