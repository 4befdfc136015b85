/* fuzz_script: is a script the one that pops by score? What must hold:
 * - the answer is the same with blanks, semicolons and a comment around the script;
 * - a script that is known names all that it works with, and reads nothing behind its end. */
#include <stdlib.h>

#include "../../librdb/keyspace/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool has(rk_slice source, const char *word)
{
    return rk_slice_find(source, rk_slice_of(word), 0) != SIZE_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char before[] = " -- a comment\n;\t", behind[] = "\r\n; -- end";
    rk_slice source = { size ? bytes : (const uint8_t *)"", size };
    rk_buf around = { 0 };
    rk_err err = { 0 };
    bool known = ks_script_pops_by_score(source);
    must(!known ||
         (has(source, "redis") && has(source, "KEYS") && has(source, "ARGV") && has(source, "return")));
    if (size < 4000) { /* longer ones are not looked at */
        must(rk_buf_add(&around, rk_slice_of(before), &err) && rk_buf_add(&around, source, &err) &&
             rk_buf_add(&around, rk_slice_of(behind), &err));
        must(ks_script_pops_by_score(rk_buf_slice(&around)) == known);
        rk_buf_free(&around);
    }
    return 0;
}
