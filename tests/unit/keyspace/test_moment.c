/* test_moment: what may stand behind the @ of a source, and what is said of the rest. */
#include "../unit.h"
#include "rdbkit/keyspace.h"

static void times(void)
{
    static const struct {
        const char *text;
        int64_t time_s;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2026-11-23T03:11:59Z", 1795403519 },
        { "2026-11-23t03:11:59z", 1795403519 },
        { "2026-11-23 03:11:59Z", 1795403519 },
        { "2026-11-23T03:11Z", 1795403460 },
        { "2026-11-23T03:11:59+00:00", 1795403519 },
        { "2026-11-23T05:11:59+02:00", 1795403519 },
        { "2026-11-22T23:41:59-0330", 1795403519 },
        { "2024-02-29T12:00:00Z", 1709208000 },
        { "2000-02-29T00:00:00Z", 951782400 },
        { "2100-03-01T00:00:00Z", 4107542400 },
        { "1795404719", 1795404719 },
        { "0", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_moment m;
        rk_err err = { 0 };
        bool ok =
            rk_moment_parse(rows[i].text, &m, &err) && m.kind == RK_MOMENT_TIME && m.time_s == rows[i].time_s;
        if (!ok)
            printf("# %s: %" PRId64 " %s\n", rows[i].text, m.time_s, err.what);
        CU_ASSERT(ok && rk_moment_is_like(rows[i].text));
    }
}

static void places(void)
{
    rk_moment m;
    rk_err err = { 0 };
    CU_ASSERT(rk_moment_parse("offset:4118220107", &m, &err) && m.kind == RK_MOMENT_OFFSET &&
              m.offset == 4118220107 && !m.file[0]);
    CU_ASSERT(rk_moment_parse("offset:a:b.aof:0", &m, &err) && m.offset == 0 &&
              strcmp(m.file, "a:b.aof") == 0);
    CU_ASSERT(rk_moment_parse_offset("18446744073709551615", &m, &err) && m.offset == UINT64_MAX);
    CU_ASSERT(rk_moment_parse_offset("x.aof:12", &m, &err) && m.offset == 12 && strcmp(m.file, "x.aof") == 0);
    CU_ASSERT(rk_moment_parse("before:FLUSHALL", &m, &err) && m.kind == RK_MOMENT_BEFORE && !m.last &&
              m.verb == RK_VERB_FLUSHALL && strcmp(m.word, "FLUSHALL") == 0);
    CU_ASSERT(rk_moment_parse("before:last:del", &m, &err) && m.kind == RK_MOMENT_BEFORE && m.last &&
              m.verb == RK_VERB_DEL && strcmp(m.word, "del") == 0);
    CU_ASSERT(err.code == RK_OK);
}

static void mistakes(void)
{
    static const struct {
        const char *text, *what;
        bool like;
    } rows[] = {
        { "", "'' is no moment", false },
        { "rdb", "'rdb' is no moment", false },
        { "yesterday", "'yesterday' is no moment", false },
        { "2026-11-23", "'2026-11-23' is no moment: a date is like 2026-11-23T03:11:59Z", true },
        { "2026-11-23T03:11:59",
          "'2026-11-23T03:11:59' is no moment: it ends in Z, or in the distance to it, like +02:00", true },
        { "2026-11-23T03:11:59Zx",
          "'2026-11-23T03:11:59Zx' is no moment: it ends in Z, or in the distance to it, like +02:00", true },
        { "2026-02-29T00:00:00Z", "'2026-02-29T00:00:00Z' is no moment: there is no such day or time", true },
        { "2026-13-01T00:00:00Z", "'2026-13-01T00:00:00Z' is no moment: there is no such day or time", true },
        { "2026-11-23T24:00:00Z", "'2026-11-23T24:00:00Z' is no moment: there is no such day or time", true },
        { "1795404719000", "'1795404719000' is no moment: seconds are wanted, these look like milliseconds",
          false },
        { "99999999999999999999", "'99999999999999999999' is no moment: a date is like 2026-11-23T03:11:59Z",
          false },
        { "2.aof", "'2.aof' is no moment: a date is like 2026-11-23T03:11:59Z", false },
        { "offset:",
          "'' is no place of a command, which is like 4118220107 or "
          "appendonly.aof.5.incr.aof:4118220107",
          true },
        { "offset::7",
          "':7' is no place of a command, which is like 4118220107 or "
          "appendonly.aof.5.incr.aof:4118220107",
          true },
        { "offset:-1",
          "'-1' is no place of a command, which is like 4118220107 or "
          "appendonly.aof.5.incr.aof:4118220107",
          true },
        { "offset:18446744073709551616",
          "'18446744073709551616' is no place of a command, which is like 4118220107 or "
          "appendonly.aof.5.incr.aof:4118220107",
          true },
        { "before:", "'before:' is no moment: no command of that name is known", true },
        { "before:NOTHING", "'before:NOTHING' is no moment: no command of that name is known", true },
        { "before:last:", "'before:last:' is no moment: no command of that name is known", true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_moment m;
        rk_err err = { 0 };
        bool refused = !rk_moment_parse(rows[i].text, &m, &err) && err.code == RK_USAGE;
        if (!refused || strcmp(err.what, rows[i].what) != 0)
            printf("# %s: %s\n", rows[i].text, err.what);
        CU_ASSERT(refused && strcmp(err.what, rows[i].what) == 0);
        CU_ASSERT(rk_moment_is_like(rows[i].text) == rows[i].like);
    }
}

static void long_names(void)
{
    char text[600] = "offset:";
    rk_moment m;
    rk_err err = { 0 };
    memset(text + 7, 'x', 256);
    strcpy(text + 7 + 256, ":1");
    CU_ASSERT(!rk_moment_parse(text, &m, &err) && strstr(err.what, "has 256 bytes, not less than 256"));
    err = (rk_err){ 0 };
    strcpy(text + 7 + 255, ":1");
    CU_ASSERT(rk_moment_parse(text, &m, &err) && strlen(m.file) == 255 && m.offset == 1);
    strcpy(text, "before:json.");
    memset(text + 12, 'x', 40);
    text[52] = 0;
    CU_ASSERT(!rk_moment_parse(text, &m, &err));
}

UNIT_MAIN("moment", { "times", times }, { "places and commands", places },
          { "what is no moment is told, and whether it was meant as one", mistakes },
          { "names that are too long", long_names })
