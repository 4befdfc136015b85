/* Expressions over the members of a payload. */
#include "../unit.h"
#include "rdbkit/bundle_make.h"

static const char payload[] =
    "{\"class\":\"MailJob\",\"retry_count\":4,\"args\":[{\"user_id\":42,\"a b\":[1,2.50]},\"caf\\u00e9\"],"
    "\"queue\":\"mail:out\",\"dead\":false,\"bid\":null,\"big\":9223372036854775807,\"t\":1795418990.5,"
    "\"twice\":1,\"twice\":2,\"empty\":\"\",\"zero\":0}";

typedef struct {
    const char *text;
    bool holds;
} row;

static bool ask(const char *text, rk_slice bytes)
{
    rk_err err = { 0 };
    bool holds = false;
    rk_where *where = rk_where_open(text, &err);
    if (!where)
        printf("# %s: %s\n", text, err.what);
    CU_ASSERT_FATAL(where != NULL);
    CU_ASSERT(rk_where_holds(where, bytes, &holds, &err) && err.code == RK_OK);
    rk_where_close(where);
    return holds;
}

#define CHECK(rows)                                                                                          \
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {                                              \
        if (ask(rows[i].text, rk_slice_of(payload)) != rows[i].holds)                                        \
            printf("# %s\n", rows[i].text);                                                                  \
        CU_ASSERT(ask(rows[i].text, rk_slice_of(payload)) == rows[i].holds);                                 \
    }

static void compares_values(void)
{
    static const row rows[] = {
        { "class == \"MailJob\"", true },
        { "class == 'MailJob'", true },
        { "class == 'mailjob'", false },
        { "class != 'X'", true },
        { "retry_count > 3", true },
        { "retry_count >= 4", true },
        { "retry_count > 4", false },
        { "retry_count < 4.5", true },
        { "retry_count <= 3", false },
        { "retry_count == 4.0", true },
        { "retry_count == 40e-1", true },
        { "retry_count == '4'", false },
        { "retry_count != '4'", true },
        { "retry_count < 'a'", false },
        { "-1 < zero", true },
        { "big == 9223372036854775807", true },
        { "big == 9223372036854775806", false },
        { "big > 9223372036854775806", true },
        { "t == 1795418990.5", true },
        { "queue > 'mail' && queue < 'mail:p'", true },
        { "twice == 2", true },
        { "3 == 3", true },
        { "class == class", true },
        { "args[0] == args[0]", true },
        { "args[0] == args[1]", false },
        { "\"\\u004dailJob\" == class", true },
    };
    CHECK(rows);
}

static void finds_members(void)
{
    static const row rows[] = {
        { "args[0].user_id == 42", true },
        { "args[0][\"user_id\"] == 42", true },
        { "args[0]['a b'][1] == 2.5", true },
        { "args[1] == 'caf\303\251'", true },
        { "args[2] == null", true },
        { "args[0].nobody", false },
        { "args.user_id", false },
        { "class[0]", false },
        { "class.length", false },
    };
    CHECK(rows);
}

static void knows_what_is_true(void)
{
    static const row rows[] = {
        { "class", true },
        { "dead", false },
        { "!dead", true },
        { "bid", false },
        { "missing", false },
        { "bid == null", true },
        { "missing == null", true },
        { "dead == null", false },
        { "dead == false", true },
        { "empty", true },
        { "zero", true },
        { "true", true },
        { "false", false },
        { "null", false },
        { "null == missing", true },
        { "dead != true", true },
        { "missing < 1", false },
        { "missing != 1", true },
    };
    CHECK(rows);
}

static void joins_tests(void)
{
    static const row rows[] = {
        { "class == 'MailJob' && retry_count > 3", true },
        { "true || true && false", true },
        { "(true || true) && false", false },
        { "false && false || true", true },
        { "!false && true", true },
        { "!(true && false)", true },
        { "!retry_count == 3", true }, /* the whole comparison */
        { "!!true", true },
        { "!(!(class == 'MailJob'))", true },
        { "((((retry_count)))) && (args[0].user_id == 41 || (twice == 2))", true },
        { "false||true", true },
        { "  true\t&&\ntrue ", true },
    };
    CHECK(rows);
}

static void matches_regular_expressions(void)
{
    static const row rows[] = {
        { "queue =~ '^mail'", true },    { "queue =~ \"out$\"", true },
        { "queue =~ '^out'", false },    { "class =~ '^(Mail|Web)Job$'", true },
        { "retry_count =~ '4'", false }, { "missing =~ '.*'", false },
        { "!(queue =~ 'x')", true },     { "args[1] =~ 'caf'", true },
    };
    CHECK(rows);
}

static void refuses_what_is_no_expression(void)
{
    static const struct {
        const char *text, *what;
    } rows[] = {
        { "", "expression ends where a value is expected" },
        { "class ==", "expression ends where a value is expected" },
        { "class = 1", "expression goes wrong at byte 7: expected a member, a text, a number or an operator, "
                       "found '= 1'" },
        { "class 1", "expression goes wrong at byte 7: expected '&&', '||' or the end, found '1'" },
        { "(class", "expression ends where ')' is expected" },
        { "class)", "expression goes wrong at byte 6: expected '&&', '||' or the end, found ')'" },
        { "a == b == c", "expression goes wrong at byte 8: expected '&&', '||' or the end, found '== c'" },
        { "a == (b)", "expression goes wrong at byte 6: expected a value, found '(b)'" },
        { "&& a", "expression goes wrong at byte 1: expected a value, found '&& a'" },
        { "a & b", "expression goes wrong at byte 3: expected a member, a text, a number or an operator, "
                   "found '& b'" },
        { "a == 'b", "expression ends within the text that begins at byte 6" },
        { "a == \"b\\\"", "expression ends within the text that begins at byte 6" },
        { "a == \"\\q\"", "expression goes wrong at byte 6: expected a text with the escapes of JSON, found "
                          "'\"\\x5cq\"'" },
        { "a == 01", "expression goes wrong at byte 6: expected a number, found '01'" },
        { "a == 1x", "expression goes wrong at byte 6: expected a number, found '1x'" },
        { "a == -", "expression goes wrong at byte 6: expected a number, found '-'" },
        { "a.", "expression ends where a name is expected" },
        { "a[", "expression ends where an index or a name in quotes is expected" },
        { "a[0", "expression ends where ']' is expected" },
        { "a[-1]", "expression goes wrong at byte 3: expected an index or a name in quotes, found '-1]'" },
        { "a[\"\\u0000\"]", "expression goes wrong at byte 3: expected a name without zero bytes, found "
                            "'\"\\x5cu0000\"]'" },
        { "'a' =~ 'b'",
          "expression goes wrong at byte 5: '=~' takes a member, and a text that is a regular expression" },
        { "a =~ b",
          "expression goes wrong at byte 3: '=~' takes a member, and a text that is a regular expression" },
        { "a =~ \"\\u0000\"", "regular expression at byte 3 holds a zero byte" },
        { "a && !", "expression ends where a value is expected" },
        { "()", "expression goes wrong at byte 2: expected a value, found ')'" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err = { 0 };
        CU_ASSERT(rk_where_open(rows[i].text, &err) == NULL && err.code == RK_USAGE);
        if (strcmp(err.what, rows[i].what) != 0)
            printf("# %s: %s\n", rows[i].text, err.what);
        CU_ASSERT_STRING_EQUAL(err.what, rows[i].what);
    }
}

static void refuses_a_regular_expression_that_is_none(void)
{
    rk_err err = { 0 };
    CU_ASSERT(rk_where_open("a =~ '('", &err) == NULL && err.code == RK_USAGE);
}

/* As deep as an expression can be: nothing recurses. */
static void takes_any_depth(void)
{
    enum { DEPTH = 32000 };
    rk_err err = { 0 };
    char *text = calloc(1, DEPTH * 2 + 10);
    CU_ASSERT_FATAL(text != NULL);
    memset(text, '(', DEPTH);
    strcpy(text + DEPTH, "true");
    memset(text + DEPTH + 4, ')', DEPTH);
    CU_ASSERT(ask(text, rk_slice_of(payload)));
    memset(text, '!', DEPTH);
    text[DEPTH + 4] = 0;
    CU_ASSERT(ask(text, rk_slice_of(payload)));
    free(text);
    text = malloc(70000);
    CU_ASSERT_FATAL(text != NULL);
    memset(text, ' ', 69999);
    text[69999] = 0;
    CU_ASSERT(rk_where_open(text, &err) == NULL);
    CU_ASSERT_STRING_EQUAL(err.what, "expression has 69999 bytes, 65536 are the most");
    free(text);
}

static void never_means_what_is_no_object(void)
{
    CU_ASSERT(!ask("true", RK_TEXT("not JSON")));
    CU_ASSERT(!ask("!a", RK_TEXT("[1]")));
    CU_ASSERT(!ask("true", RK_EMPTY));
    CU_ASSERT(ask("true", RK_TEXT("{}")));
}

static void survives_want_of_memory(void)
{
    static const char text[] =
        "(class == \"Mail\\u004aob\" || args[0]['a b'][1] > 2) && queue =~ '^m' && !missing";
    bool done = false;
    for (int n = 0; !done && n < 200; n++) {
        rk_err err = { 0 };
        bool holds;
        rk_alloc_fail_after(n);
        rk_where *where = rk_where_open(text, &err);
        done = where && rk_where_holds(where, rk_slice_of(payload), &holds, &err);
        rk_alloc_fail_after(-1);
        CU_ASSERT(done ? holds : err.code == RK_NO_MEMORY);
        rk_where_close(where);
    }
    CU_ASSERT(done);
}

UNIT_MAIN("where", { "compares values", compares_values }, { "finds members", finds_members },
          { "knows what is true", knows_what_is_true }, { "joins tests", joins_tests },
          { "matches regular expressions", matches_regular_expressions },
          { "refuses what is no expression", refuses_what_is_no_expression },
          { "refuses a regular expression that is none", refuses_a_regular_expression_that_is_none },
          { "takes any depth", takes_any_depth },
          { "never means what is no object", never_means_what_is_no_object },
          { "survives want of memory", survives_want_of_memory })
