/* test_function: libraries of functions: loaded, replaced, deleted, and restored from a payload. */
#include "dumped.h"
#include "starved.h"

#define LIB(name, body) "\"#!lua name=" name "\\n" body "\""

static void loading(void)
{
    REPLAYED({ "function load " LIB("a", "one"), "function('#!lua name=a\\x0aone')", "D" },
             { "function load " LIB("a", "one") "; FUNCTION LOAD " LIB("a", "two"),
               "function('#!lua name=a\\x0aone')", "DF" },
             { "function load " LIB("a", "one") "; function load REPLACE " LIB(
                   "a", "two") "; function load replace " LIB("b", ""),
               "function('#!lua name=a\\x0atwo') function('#!lua name=b\\x0a')", "DDD" },
             { "function load \"#!lua   name=a_9  \\nx\"", "function('#!lua   name=a_9  \\x0ax')", "D" },
             { "function load \"#!js NAME=a\\nx\"", "function('#!js NAME=a\\x0ax')", "D" },
             { "function load \"return 1\"; function load \"#!lua name=a\"; function load \"#!lua\\nx\"; "
               "function load "
               "\"#!lua name=\\nx\"; function load \"#!lua name=a-b\\nx\"; function load \"#!lua name=a "
               "name=b\\nx\"; "
               "function load \"#!lua name=a other=b\\nx\"; function load \"#! name=a\\nx\"",
               "", "FFFFFFFF" },
             { "function load lua " LIB("a", "one") "; function load; function", "", "FFF" }, );
}

static void deleting(void)
{
    REPLAYED({ "function load " LIB("a", "1") "; function load " LIB(
                   "b", "2") "; function delete a; function delete c",
               "function('#!lua name=b\\x0a2')", "DDDF" },
             { "function load " LIB(
                   "a", "1") "; flushall; function flush async; function flush; function flush later",
               "", "DNDNF" },
             { "function load " LIB("a", "1") "; function flush SYNC; function delete; function stats", "",
               "DDFF" }, );
}

static void expect(const char *name, const char *before, const char *payload, const char *behind,
                   const char *state, const char *outcomes)
{
    replayed r = dumped_replay(before, payload, behind, false);
    if (strcmp(r.state, state) != 0)
        replayed_differs(name, "state", r.state, state);
    if (strcmp(r.outcomes, outcomes) != 0)
        replayed_differs(name, "outcomes", r.outcomes, outcomes);
    CU_PASS("");
    replayed_free(&r);
}

#define TWO "\365\17#!lua name=a\n11\365\17#!lua name=b\n22"
#define A1  "function('#!lua name=a\\x0a11')"
#define B2  "function('#!lua name=b\\x0a22')"

static void restoring(void)
{
    const char *two = dumped(BYTES(TWO), 11, 1), *one = dumped(BYTES("\365\17#!lua name=a\n99"), 10, 0);
    expect("two libraries", "function restore", two, "", A1 " " B2, "D");
    expect("one is there", "function load " LIB("b", "x") "; function restore", two, "append",
           "function('#!lua name=b\\x0ax')", "DF");
    expect("one is replaced", "function load " LIB("b", "x") "; function restore", two, "REPLACE", A1 " " B2,
           "DD");
    expect("all others go", "function load " LIB("c", "x") "; function restore", two, "flush", A1 " " B2,
           "DD");
    expect("nothing goes when the payload is unsound", "function load " LIB("c", "x") "; function restore",
           dumped(BYTES(TWO), 11, 2), "flush", "function('#!lua name=c\\x0ax')", "DF");
    expect("no checksum", "function restore", one, "replace", "function('#!lua name=a\\x0a99')", "D");
    expect("an empty payload", "function restore", dumped(BYTES(""), 11, 1), "", "", "N");
    expect("the form of release candidates", "function restore", dumped(BYTES("\366\1q\3lua\0\4code"), 10, 1),
           "", "function('#!lua name=q\\x0acode')", "D");
    expect("a library twice", "function restore",
           dumped(BYTES("\365\17#!lua name=a\n11\365\17#!lua name=a\n22"), 11, 1), "replace", "", "F");
    expect("a library without a name", "function restore", dumped(BYTES("\365\4code"), 11, 1), "", "", "F");
    expect("a key", "function restore", dumped(BYTES("\0\1v"), 11, 1), "", "", "F");
    expect("cut off", "function restore", dumped(BYTES("\365\17#!lua"), 11, 1), "", "", "F");
    expect("a word that is none", "function restore", two, "later", "", "F");
}

static void short_of_memory(void)
{
    char commands[4096];
    snprintf(commands, sizeof commands, "function load %s; function restore %s replace; function delete a",
             LIB("a", "1"), dumped(BYTES(TWO), 11, 1));
    starved(commands);
}

UNIT_MAIN("function", { "libraries are loaded by the name in their first line", loading },
          { "libraries are deleted", deleting }, { "libraries are restored", restoring },
          { "short of memory", short_of_memory })
