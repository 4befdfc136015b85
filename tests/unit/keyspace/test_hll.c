/* test_hll: HyperLogLogs, byte by byte as a server writes them: bytes and digests are of what Redis 7.0.15 had after the
 * same commands. */
#include "starved.h"

#define EMPTY_COUNT "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80"
#define SPARSE      "HYLL\\x01\\x00\\x00\\x00"
#define ONE         SPARSE "\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00"

static void small(void)
{
    REPLAYED({ "pfadd h", "string:'h'{'" SPARSE EMPTY_COUNT "\\x7f\\xff'}", "D" },
             { "pfadd h a; pfadd h a; pfadd h", "string:'h'{'" SPARSE EMPTY_COUNT "q\\xa6\\x84NW'}", "DNN" },
             { "pfadd h \"\"", "string:'h'{'" SPARSE EMPTY_COUNT "W1\\x84h\\xcc'}", "D" },
             { "pfadd h a; pfcount h; pfcount h; pfcount x", "string:'h'{'" ONE "q\\xa6\\x84NW'}", "DDNN" },
             { "pfadd h a b c d e f; pfcount h",
               "string:'h'{'" SPARSE "\\x06\\x00\\x00\\x00\\x00\\x00\\x00\\x00Fm\\x80V\\x0c\\x80Dv\\x80P\\xb1"
               "\\x84I\\x8c\\x80Bm\\x80BZ'}",
               "DD" },
             { "pfadd h a; pfadd g b; pfmerge h g; del g",
               "string:'h'{'" SPARSE EMPTY_COUNT "q\\xa6\\x84K\\xfb\\x80BZ'}", "DDDD" },
             { "pfmerge h x", "string:'h'{'" SPARSE EMPTY_COUNT "\\x7f\\xff'}", "D" },
             { "pfadd h a; pfcount h; pfmerge h x",
               "string:'h'{'" SPARSE "\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x80q\\xa6\\x84NW'}", "DDD" },
             { "pfadd h a; pfcount h x", "string:'h'{'" SPARSE EMPTY_COUNT "q\\xa6\\x84NW'}", "DN" },
             { "pfadd h a; pexpireat h 4000000000000; pfadd h a; pfcount h",
               "string:'h'@4000000000000{'" ONE "q\\xa6\\x84NW'}", "DDND" }, );
}

static void broken(void)
{
    REPLAYED({ "set h abc; pfadd h a; pfcount h; pfmerge g h; pfmerge h g; set g \"\"; pfadd g a",
               "string:'h'{'abc'} string:'g'{''}", "DFFFFDF" },
             { "rpush l a; pfadd l a; pfcount l; pfmerge l x", "list:'l'{'a'}", "DFFF" },
             { "pfadd h a; setrange h 4 \"\\x00\"; pfadd h a; setrange h 4 \"\\x02\"; pfcount h; del h", "",
               "DDFDFD" },
             { "pfadd h a; setrange h 16 \"\\x7f\"; pfcount h; pfadd g a; pfmerge g h",
               "string:'h'{'" SPARSE EMPTY_COUNT "\\x7f\\xa6\\x84NW'} string:'g'{'" SPARSE EMPTY_COUNT
               "q\\xa6\\x84NW'}",
               "DDFDF" },
             { "pfadd h; setrange h 17 \"\\xfe\"; pfcount h; pfadd g a; pfmerge g h; del g",
               "string:'h'{'" SPARSE EMPTY_COUNT "\\x7f\\xfe'}", "DDFDFD" },
             { "set h \""
               "HYLL\\x01\\x00\\x00\\x00" EMPTY_COUNT
               "\"; pfadd h a; pfcount h; append h \"\\x7f\"; pfadd h a",
               "string:'h'{'" SPARSE EMPTY_COUNT "\\x7f'}", "DFFDF" }, );
}

/* Elements e0 to e(count - 1), the first of them number `from`, as one PFADD for each. */
static void add(rk_buf *commands, const char *key, unsigned from, unsigned count)
{
    rk_err err = { 0 };
    for (unsigned i = from; i < from + count; i++)
        rk_buf_printf(commands, &err, "pfadd %s e%u;", key, i);
}

/* The digest of the string that was set last. */
static uint64_t last_digest(rk_buf *commands)
{
    rk_buf resp = { 0 };
    rk_err err = { 0 };
    rk_step step;
    uint64_t digest = 0;
    rk_replay_options options = { .interest = replayed_watch };
    rk_buf_add(commands, (rk_slice){ (const uint8_t *)"", 1 }, &err);
    replayed_resp((const char *)commands->ptr, &resp, &err);
    rk_source *source = rk_source_memory(rk_buf_slice(&resp), 0, &err);
    rk_replay *replay = rk_replay_open_source(source, &options, &err);
    while (rk_replay_next(replay, &step, &err))
        if (step.effect_count)
            digest = step.effects[step.effect_count - 1].hash;
    CU_ASSERT_EQUAL(err.code, RK_OK);
    rk_replay_close(replay);
    rk_buf_free(&resp);
    rk_buf_free(commands);
    return digest;
}

static void grown(void)
{
    static const struct {
        unsigned count;
        uint64_t digest, counted;
    } rows[] = {
        { 10, 0x536bf96355a74985, 0x9753300e30ccd182 },    { 100, 0xbe9b564ecdf0ddec, 0xabf81925918addf2 },
        { 1000, 0xa1599fd401762141, 0xec78e648c860706f },  { 1400, 0x7eff57f0562b72ad, 0xa0c226b8d94137c6 },
        { 1500, 0x309f04e3f08e9721, 0x77f355e13de3725c },  { 3000, 0x3db543bc8ea371f4, 0x7553c92de1104801 },
        { 30000, 0x4e7893586b70bb5f, 0x26f57f6ec8e84ebd },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_buf commands = { 0 };
        rk_err err = { 0 };
        add(&commands, "h", 0, rows[i].count);
        CU_ASSERT_EQUAL(last_digest(&commands), rows[i].digest);
        add(&commands, "h", 0, rows[i].count);
        rk_buf_printf(&commands, &err, "pfcount h");
        CU_ASSERT_EQUAL(last_digest(&commands), rows[i].counted);
    }
}

static void merged(void)
{
    static const struct {
        unsigned into, from;
        uint64_t digest;
    } rows[] = {
        { 100, 100, 0xb5dab5657483c670 }, { 1000, 900, 0x7eff57f0562b72ad }, { 10, 3000, 0x623d3a2932331304 },
        { 3000, 10, 0x3db543bc8ea371f4 }, { 0, 500, 0x048de8f9f48059db },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_buf commands = { 0 };
        rk_err err = { 0 };
        add(&commands, "h", 0, rows[i].into);
        add(&commands, "g", rows[i].into / 2, rows[i].from);
        rk_buf_printf(&commands, &err, "pfmerge h g");
        CU_ASSERT_EQUAL(last_digest(&commands), rows[i].digest);
    }
}

static void without_memory(void)
{
    rk_buf commands = { 0 };
    rk_err err = { 0 };
    rk_buf_printf(&commands, &err, "pfadd h a b c; pfcount h; pfmerge g h; pfadd d");
    for (unsigned i = 0; i < 2500; i++)
        rk_buf_printf(&commands, &err, " e%u", i);
    rk_buf_printf(&commands, &err, "; pfmerge g d");
    starved((const char *)commands.ptr);
    rk_buf_free(&commands);
}

UNIT_MAIN("hll", { "small ones", small }, { "what is none, or broken", broken },
          { "from sparse to dense", grown }, { "merged", merged }, { "without memory", without_memory })
