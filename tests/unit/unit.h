/* unit: what a unit test file needs. A file lists its tests in UNIT_MAIN; each becomes one line of TAP
 * ("ok 1 - intset: odd width"), so that the runner can count them. Assertions are CUnit's. */
#ifndef RDBKIT_UNIT_H
#define RDBKIT_UNIT_H

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rdbkit/base.h"

typedef struct {
    const char *name; /* a sentence */
    void (*run)(void);
} unit_test;

/* "\1\2..." as a slice, zeros included. */
#define BYTES(text) ((rk_slice){ (const uint8_t *)(text), sizeof(text) - 1 })

/* The n-th test failed: prints CUnit's record of where. */
static void unit_failures(void)
{
    for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext)
        printf("# %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
}

static int unit_run(const char *suite_name, const unit_test *tests, size_t count)
{
    unsigned failed = 0;
    printf("1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        if (CU_initialize_registry() != CUE_SUCCESS)
            return 2;
        CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
        CU_add_test(suite, tests[i].name, tests[i].run);
        CU_run_all_tests();
        bool bad = CU_get_number_of_failures() > 0;
        printf("%sok %zu - %s: %s\n", bad ? "not " : "", i + 1, suite_name, tests[i].name);
        if (bad)
            unit_failures();
        fflush(stdout);
        failed += bad;
        CU_cleanup_registry();
    }
    return failed != 0;
}

/* UNIT_MAIN("intset", { "odd width", odd_width }, ...) */
#define UNIT_MAIN(suite, ...)                                                                                \
    int main(void)                                                                                           \
    {                                                                                                        \
        static const unit_test unit_tests[] = { __VA_ARGS__ };                                               \
        return unit_run(suite, unit_tests, sizeof unit_tests / sizeof unit_tests[0]);                        \
    }

#endif
