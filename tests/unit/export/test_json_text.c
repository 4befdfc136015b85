/* test_json_text: what is written as JSON is read back by Jansson as the same bytes and numbers, by either code. */
#include <math.h>

#include "../../../librdb/export/json_text.h"
#include "told.h"
#include "unit.h"

enum { ROUNDS = 20000 };

static uint64_t random_state = 88172645463325252u;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* ---- writing to memory ---------------------------------------------------------------------------------------- */

typedef struct {
    char *text;
    size_t len;
    export_out out;
    FILE *file;
} page;

static void open_page(page *p, bool plainly)
{
    rk_err err = { 0 };
    *p = (page){ 0 };
    p->file = open_memstream(&p->text, &p->len);
    CU_ASSERT_FATAL(export_out_open(&p->out, p->file, &err));
    if (plainly)
        export_escape_plainly(p->out.escape);
}

static rk_slice read_page(page *p)
{
    export_out_flush(&p->out);
    fflush(p->file);
    return (rk_slice){ (const uint8_t *)p->text, p->len };
}

static void close_page(page *p)
{
    export_out_close(&p->out);
    fclose(p->file);
    free(p->text);
}

/* ---- strings -------------------------------------------------------------------------------------------------- */

/* Both codes write the same, and it reads back as `bytes`. */
static bool survives(rk_slice bytes)
{
    char why[200] = "";
    rk_buf back = { 0 };
    page fast, plain;
    open_page(&fast, false);
    open_page(&plain, true);
    export_json_bytes(&fast.out, bytes);
    export_json_bytes(&plain.out, bytes);
    rk_slice text = read_page(&fast);
    json_error_t error;
    json_t *json = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    bool same = rk_slice_is(text, read_page(&plain)) && json && told_bytes(json, &back) &&
                rk_slice_is(rk_buf_slice(&back), bytes) && json_is_string(json) == rk_slice_utf8(bytes);
    if (!same)
        printf("# %zu bytes: %s%.300s\n", bytes.len, why, json ? "" : error.text);
    rk_buf_free(&back);
    json_decref(json);
    close_page(&fast);
    close_page(&plain);
    return same;
}

static void strings_as_rows(void)
{
    static const struct {
        rk_slice bytes;
        const char *text;
    } rows[] = {
        { BYTES(""), "\"\"" },
        { BYTES("plain"), "\"plain\"" },
        { BYTES("\"\\/"), "\"\\\"\\\\/\"" },
        { BYTES("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"" },
        { BYTES("\0\1\37\177"), "\"\\u0000\\u0001\\u001f\177\"" },
        { BYTES("{\"jid\":\"0123456789abcdef\",\"args\":[\"a\\\\b\"]}"),
          "\"{\\\"jid\\\":\\\"0123456789abcdef\\\",\\\"args\\\":[\\\"a\\\\\\\\b\\\"]}\"" },
        { BYTES("\303\234bung \342\202\254 \360\237\230\200"),
          "\"\303\234bung \342\202\254 \360\237\230\200\"" },
        { BYTES("\377"), "{\"b64\":\"/w==\"}" },
        { BYTES("ab\200"), "{\"b64\":\"YWKA\"}" },
        { BYTES("abc\300\200"), "{\"b64\":\"YWJjwIA=\"}" },
        { BYTES("\355\240\200"), "{\"b64\":\"7aCA\"}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        page p;
        open_page(&p, false);
        export_json_bytes(&p.out, rows[i].bytes);
        CU_ASSERT(rk_slice_is(read_page(&p), rk_slice_of(rows[i].text)));
        close_page(&p);
        CU_ASSERT(survives(rows[i].bytes));
    }
}

/* Bytes of a kind: any, ASCII, JSON, control, UTF-8, nearly UTF-8. */
static size_t fill(uint8_t *bytes, size_t len, unsigned kind)
{
    static const char json[] = "{\"class\":\"J\",\"args\":[1,\"x\\\\y\"]}\n", *const sequences[] = {
        "a", "\303\274", "\342\202\254", "\360\237\230\200", "\"", "\\", "\n", "b", "\337\277", "\357\277\277"
    };
    size_t at = 0;
    while (at < len) {
        uint64_t r = next_random();
        const char *sequence = sequences[r % 10];
        size_t n = strlen(sequence);
        switch (kind) {
        case 0:
            bytes[at++] = (uint8_t)r;
            break;
        case 1:
            bytes[at++] = (uint8_t)(' ' + r % 95);
            break;
        case 2:
            bytes[at] = (uint8_t)json[at % (sizeof json - 1)];
            at++;
            break;
        case 3:
            bytes[at++] = (uint8_t)(r % 0x24);
            break;
        default:
            if (at + n > len)
                return at;
            memcpy(bytes + at, sequence, n);
            at += n;
        }
    }
    if (kind == 5 && len > 0)
        bytes[next_random() % len] = 0xe2;
    return len;
}

static void strings_of_all_kinds(void)
{
    static uint8_t bytes[400];
    bool good = true;
    for (int round = 0; good && round < ROUNDS; round++) {
        size_t len = next_random() % (round % 8 ? 70 : sizeof bytes);
        size_t skew = next_random() % 8; /* the text may begin anywhere */
        len = fill(bytes + skew, len < sizeof bytes - skew ? len : sizeof bytes - skew, (unsigned)round % 6);
        good = survives(len ? (rk_slice){ bytes + skew, len } : RK_EMPTY);
    }
    CU_ASSERT(good);
}

/* Around the lengths at which a string is written in parts, and at which the buffer is emptied. */
static void long_strings(void)
{
    enum { MOST = 700 * 1024 };
    static const size_t lengths[] = { 20479, 20480, 20481, 20496, 40959, 40960, 65536, 131072, 262144, MOST };
    uint8_t *bytes = malloc(MOST);
    CU_ASSERT_FATAL(bytes != NULL);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (unsigned kind = 0; kind < 6; kind++) {
            size_t len = fill(bytes, lengths[i], kind);
            CU_ASSERT(survives((rk_slice){ bytes, len }));
        }
    memset(bytes, 1, MOST); /* six bytes for each */
    CU_ASSERT(survives((rk_slice){ bytes, MOST }));
    free(bytes);
}

/* Memory that is asked for has its exact size, so that a sanitizer sees a byte too many that is read. */
static void strings_at_the_end_of_memory(void)
{
    for (size_t len = 1; len < 70; len++) {
        uint8_t *bytes = malloc(len);
        CU_ASSERT_FATAL(bytes != NULL);
        memset(bytes, '"', len);
        CU_ASSERT(survives((rk_slice){ bytes, len }));
        free(bytes);
    }
}

/* ---- numbers -------------------------------------------------------------------------------------------------- */

static bool same_double(export_out *out, page *p, double value, int digits)
{
    char wanted[64];
    size_t from = read_page(p).len;
    export_json_double(out, value, digits);
    rk_slice told = rk_slice_from(read_page(p), from);
    snprintf(wanted, sizeof wanted, "\"%.*g\"", digits, value);
    bool same = rk_slice_is(told, rk_slice_of(wanted));
    if (!same)
        printf("# %.*s instead of %s\n", (int)told.len, told.ptr, wanted);
    return same;
}

static void doubles(void)
{
    static const double rows[] = {
        0,
        -0.0,
        1,
        -1,
        0.1,
        1.5,
        1e9,
        999999999999999.0,
        1e15,
        1e16,
        1e17,
        1e21,
        1e22,
        5e-324,
        1.7e308,
        0.5,
        9.5,
        1e-5,
        1700000000.123456,
        9007199254740991.0,
        9007199254740992.0,
        9007199254740993.0,
        0.3,
        9.9999999999999982,
        99999999999999.984,
        4503599627370495.5,
        4503599627370496.5,
        1.0000000000000002,
        2.5,
        INFINITY,
        -INFINITY,
        8.0000000000000071,
        1234567890123.4567,
    };
    page p;
    bool good = true;
    open_page(&p, false);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        good &= same_double(&p.out, &p, rows[i], 17) && same_double(&p.out, &p, rows[i], 9);
    for (int i = 0; good && i < 200000; i++) {
        double value,
            time = 1.7e9 + (double)(next_random() % 100000000) + (double)(next_random() % 1000000) / 1e6;
        uint64_t bits = next_random();
        memcpy(&value, &bits, sizeof value);
        double near = ldexp(1 + ldexp((double)(bits >> 12), -52), (int)(bits % 64)); /* 1 to 2^64 */
        double half = (double)(bits >> 20) / 1024;                                   /* ties, too */
        good = (isnan(value) || same_double(&p.out, &p, value, 17)) && same_double(&p.out, &p, time, 17) &&
               same_double(&p.out, &p, near, 17) && same_double(&p.out, &p, half, 17);
        if (i % 1000 == 0) {
            close_page(&p);
            open_page(&p, false);
        }
    }
    close_page(&p);
    CU_ASSERT(good);
}

static void whole_numbers(void)
{
    page p;
    open_page(&p, false);
    export_out_u64(&p.out, 0);
    export_out_byte(&p.out, ' ');
    export_out_u64(&p.out, UINT64_MAX);
    export_out_byte(&p.out, ' ');
    export_out_i64(&p.out, INT64_MIN);
    export_out_byte(&p.out, ' ');
    export_out_i64(&p.out, -1);
    export_out_byte(&p.out, ' ');
    export_json_id(&p.out, (rk_stream_id){ UINT64_MAX, 7 });
    export_out_byte(&p.out, ' ');
    export_json_i64_or_null(&p.out, false, 1);
    CU_ASSERT(rk_slice_is(
        read_page(&p),
        RK_TEXT("0 18446744073709551615 -9223372036854775808 -1 \"18446744073709551615-7\" null")));
    close_page(&p);
}

static void no_memory_for_the_buffer(void)
{
    for (int64_t n = 0; n < 2; n++) {
        export_out out;
        rk_err err = { 0 };
        rk_alloc_fail_after(n);
        CU_ASSERT(!export_out_open(&out, stdout, &err) && err.code == RK_NO_MEMORY);
        rk_alloc_fail_after(-1);
        export_out_close(&out);
    }
}

UNIT_MAIN("json text", { "strings and their JSON", strings_as_rows },
          { "strings of all kinds read back as the same bytes", strings_of_all_kinds },
          { "strings that are written in parts", long_strings },
          { "strings at the end of memory", strings_at_the_end_of_memory },
          { "doubles as printf writes them", doubles }, { "whole numbers", whole_numbers },
          { "no memory for the buffer", no_memory_for_the_buffer })
