/* Commands as lines of text. */
#include "../../../librdb/report/command_text.h"

#include "../unit.h"

static void is(const rk_slice *args, size_t argc, bool full, const char *wanted)
{
    rk_buf line = { 0 };
    rk_err err = { 0 };
    CU_ASSERT(rk_command_text(&line, args, argc, full, &err));
    if (!rk_slice_is(rk_buf_slice(&line), rk_slice_of(wanted)))
        printf("# got    %.*s\n# wanted %s\n", (int)line.len, (const char *)line.ptr, wanted);
    CU_ASSERT(rk_slice_is(rk_buf_slice(&line), rk_slice_of(wanted)));
    rk_buf_free(&line);
}

static void quotes(void)
{
    static const struct {
        rk_slice arg;
        const char *text;
    } rows[] = {
        { BYTES("plain"), "plain" },
        { BYTES("{\"a\":1}"), "{\"a\":1}" },
        { BYTES(""), "\"\"" },
        { BYTES("two words"), "\"two words\"" },
        { BYTES("\"quoted"), "\"\\\"quoted\"" },
        { BYTES("a\nb\r\t\\ "), "\"a\\nb\\r\\t\\\\ \"" },
        { BYTES("\0\x01\x7f"), "\"\\x00\\x01\\x7f\"" },
        { BYTES("\xc3\xa9t\xc3\xa9"), "\xc3\xa9t\xc3\xa9" },
        { BYTES("\xff\xfe"), "\"\\xff\\xfe\"" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        is(&rows[i].arg, 1, true, rows[i].text);
        is(&rows[i].arg, 1, false, rows[i].text);
    }
}

static void shortens(void)
{
    rk_slice many[12];
    char wide[200];
    for (size_t i = 0; i < 12; i++)
        many[i] = RK_TEXT("x");
    is(many, 12, false, "x x x x x x x x ...(4 more)");
    is(many, 9, false, "x x x x x x x x x");
    is(many, 12, true, "x x x x x x x x x x x x");
    memset(wide, 'y', sizeof wide);
    rk_slice arg = { (const uint8_t *)wide, 61 };
    is(&arg, 1, false, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...(61 bytes)");
    memcpy(wide + 59, "\xe2\x82\xac", 3); /* is not cut in two */
    arg.len = 100;
    is(&arg, 1, false, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...(100 bytes)");
}

static void jobs(void)
{
    rk_slice job = BYTES("{\"class\":\"HardJob\",\"args\":[\"secret\"],\"jid\":\"abc123\"}");
    rk_slice none = BYTES("{\"class\":3,\"args\":[]}");
    is(&job, 1, false, "<HardJob abc123>");
    is(&none, 1, false, "<no class no jid>");
    is(&job, 1, true, "{\"class\":\"HardJob\",\"args\":[\"secret\"],\"jid\":\"abc123\"}");
}

UNIT_MAIN("command text", { "quotes where that is needed", quotes }, { "shortens", shortens },
          { "jobs are told by class and jid", jobs })
