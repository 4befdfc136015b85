/* Payloads that would be destroyed if they were put back. */
#include "../unit.h"
#include "rdbkit/bundle_make.h"

#define GOOD "\"class\":\"A\",\"args\":[]"

static void knows_what_the_scheduler_destroys(void)
{
    static const struct {
        rk_slice payload;
        rk_poison scheduled, queued;
    } rows[] = {
        { BYTES("{" GOOD "}"), RK_POISON_NONE, RK_POISON_NONE },
        { BYTES("{" GOOD ",\"at\":1.5,\"tags\":[],\"queue\":\"q\"}"), RK_POISON_NONE, RK_POISON_NONE },
        { BYTES(""), RK_POISON_TEXT, RK_POISON_TEXT },
        { BYTES("{" GOOD), RK_POISON_TEXT, RK_POISON_TEXT },
        { BYTES("[1]"), RK_POISON_TEXT, RK_POISON_TEXT },
        { BYTES("null"), RK_POISON_TEXT, RK_POISON_TEXT },
        { BYTES("{\"args\":[]}"), RK_POISON_CLASS, RK_POISON_CLASS },
        { BYTES("{\"class\":1,\"args\":[]}"), RK_POISON_CLASS, RK_POISON_CLASS },
        { BYTES("{\"class\":\"A\"}"), RK_POISON_ARGS, RK_POISON_NONE },
        { BYTES("{\"class\":\"A\",\"args\":\"[]\"}"), RK_POISON_ARGS, RK_POISON_NONE },
        { BYTES("{" GOOD ",\"tags\":\"a\"}"), RK_POISON_TAGS, RK_POISON_NONE },
        { BYTES("{" GOOD ",\"queue\":\"\"}"), RK_POISON_QUEUE, RK_POISON_NONE },
        { BYTES("{" GOOD ",\"queue\":null}"), RK_POISON_QUEUE, RK_POISON_NONE },
        { BYTES("{" GOOD ",\"at\":\"noon\"}"), RK_POISON_AT, RK_POISON_NONE },
        { BYTES("{" GOOD ",\"x\":\"\xff\"}"), RK_POISON_UTF8, RK_POISON_NONE },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_EQUAL(rk_poison_of(RK_PLACE_SCHEDULE, rows[i].payload), rows[i].scheduled);
        CU_ASSERT_EQUAL(rk_poison_of(RK_PLACE_RETRY, rows[i].payload), rows[i].scheduled);
        CU_ASSERT_EQUAL(rk_poison_of(RK_PLACE_QUEUE, rows[i].payload), rows[i].queued);
        CU_ASSERT_EQUAL(rk_poison_of(RK_PLACE_WORK, rows[i].payload), rows[i].queued);
        CU_ASSERT_EQUAL(rk_poison_of(RK_PLACE_DEAD, rows[i].payload), RK_POISON_NONE);
        CU_ASSERT_EQUAL(rk_poison_of(RK_PLACE_INTERRUPTED, rows[i].payload), RK_POISON_NONE);
    }
}

static void says_what_is_wrong(void)
{
    CU_ASSERT_STRING_EQUAL(rk_poison_words(RK_POISON_NONE), "");
    CU_ASSERT_STRING_EQUAL(rk_poison_words(RK_POISON_CLASS), "has no class");
    CU_ASSERT_STRING_EQUAL(rk_poison_words(RK_POISON_UTF8), "holds bytes that are not valid UTF-8");
    CU_ASSERT_STRING_EQUAL(rk_poison_words((rk_poison)99), "");
}

UNIT_MAIN("poison", { "knows what the scheduler destroys", knows_what_the_scheduler_destroys },
          { "says what is wrong", says_what_is_wrong })
