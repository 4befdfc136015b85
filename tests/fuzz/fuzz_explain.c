/* fuzz_explain: annotated bytes. The last two bytes of the input choose the byte that is explained. What must hold,
 * whatever the bytes:
 * - there is an explanation: the byte lies in an item, and in all that is above it, in the order of the file;
 * - reading in steps of one byte tells the same;
 * - both views can be written, and the JSON parses. */
#include <jansson.h>
#include <stdlib.h>

#include "../unit/check/explain_holds.h"
#include "rdbkit/check_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static rk_explain *explain(rk_slice bytes, uint64_t offset, size_t step)
{
    rk_err err = { 0 };
    rk_source *source = rk_source_memory(bytes, step, &err);
    must(source != NULL);
    rk_explain *e = rk_explain_source(source, offset, NULL, &err);
    must(e != NULL && err.code == RK_OK);
    return e;
}

static char *text_of(const rk_explain *e, bool json, size_t *len)
{
    char *text = NULL;
    rk_err err = { 0 };
    FILE *out = open_memstream(&text, len);
    must(out != NULL);
    if (json)
        must(rk_check_report_explain_json(e, out, &err));
    else
        rk_check_report_explain_text(e, out);
    must(fclose(out) == 0);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t len = 0, same = 0;
    json_error_t why;
    if (size < 3)
        return 0;
    rk_slice file = { bytes, size - 2 };
    uint64_t offset = ((uint64_t)bytes[size - 1] << 8 | bytes[size - 2]) % file.len;
    rk_explain *e = explain(file, offset, 0), *steps = explain(file, offset, 1);
    must(explain_holds_together(e));
    char *text = text_of(e, false, &len), *other = text_of(steps, false, &same);
    must(len == same && memcmp(text, other, len) == 0);
    free(text);
    free(other);
    text = text_of(e, true, &len);
    json_t *parsed = json_loadb(text, len, JSON_ALLOW_NUL, &why);
    must(parsed != NULL);
    json_decref(parsed);
    free(text);
    rk_explain_free(e);
    rk_explain_free(steps);
    return 0;
}
