/* words: nothing that a diff can say is without a name, and names are fit for programs. */
#include "../../../librdb/report/exit.h"
#include "../unit.h"

/* Small letters, digits and underscores: what is safe in a shell, a label and a JSON path. */
static bool is_name(const char *name)
{
    return name && name[0] && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static bool is_sentence(const char *words)
{
    size_t len = words ? strlen(words) : 0;
    return len > 0 && len <= 90 && words[len - 1] != '.' && words[0] >= 'a' && words[0] <= 'z';
}

static void every_reason_has_a_name_and_a_sentence(void)
{
    CU_ASSERT_PTR_NULL(rk_why_name(RK_WHY_NONE));
    CU_ASSERT_PTR_NULL(rk_why_name(RK_WHYS));
    for (unsigned why = 0; why < RK_WHYS; why++) {
        CU_ASSERT_TRUE(why == RK_WHY_NONE || is_name(rk_why_name(why)));
        CU_ASSERT_TRUE(is_sentence(rk_why_sentence(why)));
        for (unsigned other = RK_WHY_NONE + 1; other < why; other++)
            CU_ASSERT_STRING_NOT_EQUAL(rk_why_name(why), rk_why_name(other));
    }
}

static void every_verdict_has_a_title_and_words(void)
{
    CU_ASSERT_PTR_NULL(rk_verdict_title(RK_VERDICTS));
    for (unsigned v = 0; v < RK_VERDICTS; v++) {
        CU_ASSERT_TRUE(is_name(rk_verdict_name(v)));
        CU_ASSERT_PTR_NOT_NULL_FATAL(rk_verdict_title(v));
        CU_ASSERT_PTR_NOT_NULL_FATAL(rk_verdict_words(v));
    }
}

static void other_enums_have_names(void)
{
    for (unsigned level = 0; level <= RK_BY_LOG; level++)
        CU_ASSERT_TRUE(is_name(rk_evidence_name(level)));
    for (unsigned proof = 0; proof <= RK_PROOF_OTHER_HISTORY; proof++)
        CU_ASSERT_TRUE(is_name(rk_repl_proof_name(proof)));
    for (unsigned code = 0; code <= RK_NO_MEMORY; code++)
        CU_ASSERT_TRUE(is_name(rk_code_name(code)));
    for (unsigned verdict = 0; verdict <= RK_KEY_EXPIRED; verdict++)
        CU_ASSERT_TRUE(is_name(rk_key_verdict_name(verdict)));
    CU_ASSERT_PTR_NULL(rk_transition_name(RK_TRANSITION_NONE));
    CU_ASSERT_TRUE(is_name(rk_transition_name(RK_PROGRESS)));
    CU_ASSERT_TRUE(is_name(rk_transition_name(RK_IRREGULAR)));
}

/* True when `word` stands in "a|b|c" or "a,b,c". */
static bool lists(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += len)
        if ((at == words || strchr("|,", at[-1])) && (at[len] == 0 || strchr("|,", at[len])))
            return true;
    return false;
}

static void every_verdict_but_kept_can_make_a_difference(void)
{
    CU_ASSERT_FALSE(lists(RK_FAIL_ON_CHOICES, "kept"));
    for (unsigned v = RK_JOB_KEPT + 1; v < RK_VERDICTS; v++)
        CU_ASSERT_TRUE(lists(RK_FAIL_ON_CHOICES, rk_verdict_name(v)));
}

static void what_counts_is_what_was_asked_for(void)
{
    static const struct {
        const char *fail_on;
        bool strict, lost, added, irregular, keys;
    } cases[] = {
        { NULL, false, true, false, true, false },         { NULL, true, true, true, true, true },
        { "none", false, false, false, false, false },     { "all", false, true, true, true, true },
        { "keys", false, false, false, false, true },      { "added,lost", false, true, true, false, false },
        { "irregular", false, false, false, true, false }, { "los", false, false, false, false, false },
        { "", false, false, false, false, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rk_report_options options = { .fail_on = cases[i].fail_on, .strict = cases[i].strict };
        CU_ASSERT_EQUAL(rk_report_counts(&options, "lost"), cases[i].lost);
        CU_ASSERT_EQUAL(rk_report_counts(&options, "added"), cases[i].added);
        CU_ASSERT_EQUAL(rk_report_counts(&options, "irregular"), cases[i].irregular);
        CU_ASSERT_EQUAL(rk_report_counts(&options, "keys"), cases[i].keys);
    }
}

UNIT_MAIN("report words",
          { "every reason has a name and a sentence", every_reason_has_a_name_and_a_sentence },
          { "every verdict has a title and words", every_verdict_has_a_title_and_words },
          { "levels, proofs, codes and transitions have names", other_enums_have_names },
          { "every verdict but kept can make a difference", every_verdict_but_kept_can_make_a_difference },
          { "what counts is what was asked for", what_counts_is_what_was_asked_for })
