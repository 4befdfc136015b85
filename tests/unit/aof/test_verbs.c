/* test_verbs: names of commands, their rows, and where their keys stand. */
#include <ctype.h>

#include "rdbkit/verbs.h"
#include "unit.h"

enum { MOST = 8 };

static void every_row_is_found_by_its_name(void)
{
    for (rk_verb verb = RK_VERB_UNKNOWN + 1; verb < RK_VERB_MODULE_VERB; verb++) {
        const rk_verb_row *row = rk_verb_row_of(verb);
        char name[64];
        snprintf(name, sizeof name, "%s", row->name);
        CU_ASSERT_EQUAL(rk_verb_of(rk_slice_of(name)), verb);
        for (size_t i = 0; name[i]; i += 2)
            name[i] = (char)toupper((unsigned char)name[i]);
        CU_ASSERT_EQUAL(rk_verb_of(rk_slice_of(name)), verb);
        for (size_t i = 0; name[i]; i++)
            name[i] = (char)toupper((unsigned char)name[i]);
        CU_ASSERT_EQUAL(rk_verb_of(rk_slice_of(name)), verb);
    }
}

/* Any byte of a name that is another one makes it another name. */
static void a_name_that_differs_in_one_byte_is_another(void)
{
    for (rk_verb verb = RK_VERB_UNKNOWN + 1; verb < RK_VERB_MODULE_VERB; verb++) {
        const char *name = rk_verb_row_of(verb)->name;
        char other[64];
        for (size_t i = 0; name[i]; i++) {
            size_t len = (size_t)snprintf(other, sizeof other, "%s", name);
            for (int byte = 0; byte < 256; byte++) {
                other[i] = (char)byte;
                rk_verb found = rk_verb_of((rk_slice){ (const uint8_t *)other, len });
                CU_ASSERT_EQUAL_FATAL(found == verb, tolower(byte) == name[i] && byte < 128);
            }
        }
    }
}

static void what_is_no_command_is_unknown(void)
{
    static const rk_slice names[] = {
        BYTES(""),
        BYTES("s"),
        BYTES("se"),
        BYTES("nocmd"),
        BYTES("SET\0"),
        BYTES("\0SET"),
        BYTES("lpus"),
        BYTES("lpushxx"),
        BYTES("pu[lish"),
        BYTES("restore_asking"),
        BYTES("vadds"),
        BYTES("vaddr"),
        BYTES("vsetattrs"),
        BYTES("georadiusbymembers"),
        BYTES("georadiusbymembergeoradiusbymember"),
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CU_ASSERT_EQUAL(rk_verb_of(names[i]), RK_VERB_UNKNOWN);
    CU_ASSERT_STRING_EQUAL(rk_verb_row_of(RK_VERB_UNKNOWN)->name, "");
    CU_ASSERT_STRING_EQUAL(rk_verb_row_of(RK_VERBS)->name, "");
}

static void what_only_modules_call_so_is_of_a_module(void)
{
    static const rk_slice names[] = { BYTES("JSON.SET"),  BYTES("bf.add"),
                                      BYTES("FT.CREATE"), BYTES("vadd"),
                                      BYTES("VREM"),      BYTES("VSetAttr"),
                                      BYTES("."),         BYTES("TOPK.RESERVEANDMUCHMORETHANTHAT") };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CU_ASSERT_EQUAL(rk_verb_of(names[i]), RK_VERB_MODULE_VERB);
    CU_ASSERT_EQUAL(rk_verb_of(BYTES("keydb.cron")), RK_VERB_KEYDB_CRON);
}

/* A command as words with blanks between, and where its keys are, up to a 0. */
static const struct {
    const char *words;
    size_t keys[MOST];
} keyed[] = {
    { "set k v", { 1 } },
    { "set", { 0 } },
    { "select 3", { 0 } },
    { "nocmd a b", { 0 } },
    { "del a b c", { 1, 2, 3 } },
    { "mset a 1 b 2", { 1, 3 } },
    { "msetex 2 a 1 b 2 ex 5", { 2, 4 } },
    { "msetex 9 a 1 b 2", { 2, 4 } },
    { "msetex -1 a 1", { 0 } },
    { "msetex x a 1", { 0 } },
    { "msetex", { 0 } },
    { "msetex 18446744073709551615 a 1", { 0 } },
    { "rename a b", { 1, 2 } },
    { "rename a", { 1 } },
    { "blpop a b 0", { 1, 2 } },
    { "blpop a", { 0 } },
    { "bitop and d a b", { 2, 3, 4 } },
    { "zunionstore d 2 a b", { 1 } },
    { "xgroup create s g 0", { 2 } },
    { "xgroup", { 0 } },
    { "eval return 2 a b c", { 3, 4 } },
    { "lmpop 2 a b left", { 2, 3 } },
    { "lmove a b left right", { 1, 2 } },
    { "json.set doc $ 1", { 1 } },
    { "json.set", { 0 } },
};

static void keys_stand_where_the_row_says(void)
{
    for (size_t i = 0; i < sizeof keyed / sizeof keyed[0]; i++) {
        char words[80];
        rk_slice args[16];
        size_t argc = 0;
        snprintf(words, sizeof words, "%s", keyed[i].words);
        for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
            args[argc++] = rk_slice_of(word);
        for (size_t n = 0; n < MOST; n++) {
            size_t at = rk_verb_key(rk_verb_of(args[0]), args, argc, n);
            CU_ASSERT_EQUAL(at, keyed[i].keys[n]);
            if (at == 0)
                break;
        }
    }
    rk_slice args[] = { BYTES("mset"), BYTES("a"), BYTES("1") };
    CU_ASSERT_EQUAL(rk_verb_key(RK_VERB_MSET, args, 3, SIZE_MAX), 0);
    CU_ASSERT_EQUAL(rk_verb_key(RK_VERB_MSET, args, 3, SIZE_MAX / 2 + 1), 0);
}

UNIT_MAIN("verbs", { "every row is found by its name, in any case", every_row_is_found_by_its_name },
          { "a name that differs in one byte is another", a_name_that_differs_in_one_byte_is_another },
          { "what is no command is unknown", what_is_no_command_is_unknown },
          { "what only modules call so is of a module", what_only_modules_call_so_is_of_a_module },
          { "keys stand where the row says", keys_stand_where_the_row_says })
