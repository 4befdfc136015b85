/* fuzz_where: expressions over payloads. The first line of the input is the expression, what follows the payload. What must
 * hold, whatever the bytes:
 * - what is refused has a sentence and the code of a wrong option (bar want of memory);
 * - an expression that is taken gives an answer, the same one each time, and false for what is no JSON object;
 * - in parentheses it gives the same answer, behind a `!` with parentheses the other one, twice the first again;
 * - joined with itself by && or by || it is itself. */
#include <stdlib.h>

#include "rdbkit/bundle_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool ask(rk_where *where, rk_slice payload)
{
    rk_err err = { 0 };
    bool holds = true;
    must(rk_where_holds(where, payload, &holds, &err) && err.code == RK_OK);
    return holds;
}

/* The expression within others. `form` has the places for it. */
static bool ask_within(const char *before, const char *text, const char *between, const char *after,
                       rk_slice payload)
{
    rk_err err = { 0 };
    rk_buf whole = { 0 };
    must(rk_buf_printf(&whole, &err, "%s%s%s%s%s", before, text, between, *between ? text : "", after));
    must(rk_buf_add(&whole, (rk_slice){ (const uint8_t *)"", 1 }, &err));
    rk_where *where = rk_where_open((const char *)whole.ptr, &err);
    must(where != NULL);
    bool holds = ask(where, payload);
    rk_where_close(where);
    rk_buf_free(&whole);
    return holds;
}

static void check(rk_where *where, const char *text, rk_slice payload)
{
    rk_envelope envelope;
    bool holds = ask(where, payload), is_object = rk_envelope_scan(payload, &envelope);
    must(ask(where, payload) == holds && (is_object || !holds));
    must(ask_within("(", text, "", ")", payload) == holds);
    must(ask_within("!(", text, "", ")", payload) == (is_object && !holds));
    must(ask_within("!!(", text, "", ")", payload) == holds);
    must(ask_within("(", text, ")&&(", ")", payload) == holds);
    must(ask_within("(", text, ")||(", ")", payload) == holds);
}

/* Repetitions of repetitions take the C library's regular expressions as much memory as anybody likes: whoever writes an
 * expression does that to himself. */
static bool repeats_much(const char *text)
{
    size_t count = 0;
    for (const char *c = text; *c; c++)
        count += strchr("*+?{", *c) != NULL;
    return count > 4 && strstr(text, "=~");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_err err = { 0 };
    const uint8_t *end = size ? memchr(bytes, '\n', size) : NULL;
    size_t len = end ? (size_t)(end - bytes) : size;
    rk_slice payload = end ? (rk_slice){ end + 1, size - len - 1 } : RK_EMPTY;
    if (len > 20000 || (len > 0 && memchr(bytes, 0, len)))
        return 0; /* no text that a command line could hold, or too long to be doubled */
    char *text = calloc(1, len + 1);
    must(text != NULL);
    if (len > 0)
        memcpy(text, bytes, len);
    rk_where *where = repeats_much(text) ? NULL : rk_where_open(text, &err);
    if (where)
        check(where, text, payload);
    else
        must(repeats_much(text) || (err.code == RK_USAGE && err.what[0]));
    rk_where_close(where);
    free(text);
    return 0;
}
