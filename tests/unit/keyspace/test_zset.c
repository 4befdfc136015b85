/* test_zset: sorted sets: scores, ranges, pops, and what they tell of watched ones; the order against a plain one. */
#include "../../../librdb/keyspace/zset.h"

#include "replayed.h"
#include "starved.h"

#define LONG                                                                                                 \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"   \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void adding(void)
{
    REPLAYED(
        { "zadd z 1 a 2.5 b 1 a", "zset:'z'{'a'=1 'b'=2.5}", "D" },
        { "zadd z 1 a; zadd z 1 a; zadd z 3 a", "zset:'z'{'a'=3}", "DND" },
        { "zadd z inf a -inf b +Inf c 1e3 d 0x10 e -0 f .5 g 0.1 h",
          "zset:'z'{'a'=inf 'b'=-inf 'c'=inf 'd'=1000 'e'=16 'f'=-0 'g'=0.5 'h'=0.10000000000000001}", "D" },
        { "zadd z nan a; zadd z 1 a x b; zadd z \" 1\" a; zadd z \"\" a; zadd z 1x a; zadd z 1; zadd z 1 a 2",
          "", "FFFFFFF" },
        { "zadd z 1 a; zadd z nx 2 a 3 b; zadd z xx 4 a 5 c; zadd y xx 1 a", "zset:'z'{'a'=4 'b'=3}",
          "DDDN" },
        { "zadd z 5 a 5 b; zadd z gt 4 a 6 b 1 c; zadd z lt ch 4 a 7 b 9 d",
          "zset:'z'{'a'=4 'b'=6 'c'=1 'd'=9}", "DDD" },
        { "zadd z xx gt 1 a; zadd z nx xx 1 a; zadd z gt lt 1 a; zadd z nx gt 1 a; zadd z lt nx 1 a", "",
          "NFFFF" },
        { "zadd z incr 5 a; zadd z INCR -2 a; zadd z incr 1 a 1 b; zadd z nx incr 9 a; zadd z xx incr 9 b",
          "zset:'z'{'a'=3}", "DDFNN" },
        { "zadd z 5 a; zadd z gt incr -1 a; zadd z lt incr -1 a", "zset:'z'{'a'=4}", "DND" },
        { "zincrby z 1.5 a; zincrby z 2 a; zincrby z inf b; zincrby z -inf b; zincrby z x a; zincrby z 1 a b",
          "zset:'z'{'a'=3.5 'b'=inf}", "DDDFFF" },
        { "zadd z 1 a; pexpireat z 4000000000000; zadd z 2 b; zrem z a", "zset:'z'@4000000000000{'b'=2}",
          "DDDD" },
        { "zadd z 1 a 2 b 3 c; zrem z a x c; zrem z x; zrem y a; zrem z b; zadd z 4 d", "zset:'z'{'d'=4}",
          "DDNNDD" },
        { "set k v; zadd k 1 a; zincrby k 1 a; zrem k a; zpopmin k; zremrangebyrank k 0 1; zremrangebyscore "
          "k 0 1; "
          "zremrangebylex k - +; zadd k xx 1 a",
          "string:'k'{'v'}", "DFFFFFFFF" }, );
}

static void ranges(void)
{
    REPLAYED({ "zadd z 1 a 2 b 3 c 4 d; zremrangebyrank z 1 2", "zset:'z'{'a'=1 'd'=4}", "DD" },
             { "zadd z 4 d 3 c 2 b 1 a; zremrangebyrank z -2 -1", "zset:'z'{'b'=2 'a'=1}", "DD" },
             { "zadd z 1 a 2 b; zremrangebyrank z 0 -3; zremrangebyrank z 2 5; zremrangebyrank z 1 0; "
               "zremrangebyrank y 0 1",
               "zset:'z'{'a'=1 'b'=2}", "DNNNN" },
             { "zadd z 1 a 2 b; zremrangebyrank z 0 -1", "", "DD" },
             { "zadd z 1 b 1 a 1 c 1 ab; zremrangebyrank z 0 1", "zset:'z'{'b'=1 'c'=1}", "DD" },
             { "zadd z 1 a 2 b 3 c 4 d; zremrangebyscore z (1 3", "zset:'z'{'a'=1 'd'=4}", "DD" },
             { "zadd z 1 a 2 b 3 c 4 d; zremrangebyscore z -inf (3; zremrangebyscore z (4 +inf; "
               "zremrangebyscore z 5 1",
               "zset:'z'{'c'=3 'd'=4}", "DDNN" },
             { "zadd z -inf a inf b 0 c; zremrangebyscore z (-inf (inf", "zset:'z'{'a'=-inf 'b'=inf}", "DD" },
             { "zadd z -0 a 0 b; zremrangebyscore z 0 0", "", "DD" },
             { "zadd z 1 a; zremrangebyscore z nan 1; zremrangebyscore z x 1; zremrangebyscore z 1; "
               "zremrangebyrank z x 1; "
               "zremrangebylex z a b; zremrangebylex z [a \"\"; zremrangebylex z - ++",
               "zset:'z'{'a'=1}", "DFFFFFFF" },
             { "zadd z 0 a 0 b 0 c 0 d; zremrangebylex z [b (d", "zset:'z'{'a'=0 'd'=0}", "DD" },
             { "zadd z 0 a 0 b 0 c; zremrangebylex z (a +; zremrangebylex z + -; zremrangebylex z [c [b",
               "zset:'z'{'a'=0}", "DDNN" },
             { "zadd z 0 aaaaaaaaaa 0 b 0 \"\" 0 aaaaaaaaab; zremrangebylex z - [aaaaaaaaaa",
               "zset:'z'{'b'=0 'aaaaaaaaab'=0}", "DD" },
             { "zadd z 1 c 2 b 3 a 4 d; zremrangebylex z [b [c", "zset:'z'{'d'=4}", "DD" },
             { "zadd z 1 c 2 b 3 a; zremrangebylex z [b [c", "zset:'z'{'c'=1 'b'=2 'a'=3}", "DN" }, );
}

static void popping(void)
{
    REPLAYED(
        { "zadd z 2 b 1 a 3 c; zpopmin z", "zset:'z'{'b'=2 'c'=3}", "DD" },
        { "zadd z 2 b 1 a 3 c; ZPOPMAX z 2", "zset:'z'{'a'=1}", "DD" },
        { "zadd z 1 b 1 a; zpopmin z; zpopmin z; zpopmin z", "", "DDDN" },
        { "zadd z 1 b 1 a 1 c; zpopmax z", "zset:'z'{'b'=1 'a'=1}", "DD" },
        { "zadd z 1 a; zpopmin z 0; zpopmin z -1; zpopmin z x; zpopmin z 1 1; zpopmin z 9", "", "DNFFFD" },
        { "zadd z 1 " LONG "b 1 " LONG "a 1 " LONG "; zpopmin z; zpopmax z", "zset:'z'{'" LONG "a'=1}",
          "DDD" },
        { "zadd z 1 a 2 b; zpopmin z; zadd z 0 c; zadd z 5 b; zpopmin z; zadd z 1 d; zpopmax z",
          "zset:'z'{'d'=1}", "DDDDDDD" }, );
}

static void storing_ranges(void)
{
    REPLAYED(
        { "zadd z 1 a 2 b 3 c; zrangestore d z 1 -1", "zset:'z'{'a'=1 'b'=2 'c'=3} zset:'d'{'b'=2 'c'=3}",
          "DD" },
        { "zadd z 1 a 2 b 3 c; zrangestore z z 0 0 rev", "zset:'z'{'c'=3}", "DD" },
        { "zadd z 1 a 2 b 3 c 4 d; zrangestore z z (1 4 byscore limit 1 1", "zset:'z'{'c'=3}", "DD" },
        { "zadd z 1 a 2 b 3 c 4 d; zrangestore z z 4 (1 byscore rev limit 1 -1", "zset:'z'{'b'=2 'c'=3}",
          "DD" },
        { "zadd z 0 a 0 b 0 c; zrangestore z z [c - bylex rev limit 0 2", "zset:'z'{'b'=0 'c'=0}", "DD" },
        { "zadd z 1 a; set d v; pexpireat d 4000000000000; zrangestore d z 5 6; zrangestore d z 5 6; "
          "zrangestore d y 0 1",
          "zset:'z'{'a'=1}", "DDDDNN" },
        { "zadd z 1 a; zrangestore d z 0 9 byscore limit -1 5; zrangestore d z 0 9 byscore limit 0 0; "
          "zrangestore d z 0 9 "
          "byscore limit 1 1",
          "zset:'z'{'a'=1}", "DNNN" },
        { "zadd z 1 a; zrangestore d z 0 1 limit 0 1; zrangestore d z 0 1 bylex; zrangestore d z x 1; "
          "zrangestore d z 0 "
          "1 withscores; zrangestore d z 0 1 byscore bylex; zrangestore d z 0 1 byscore limit 0; set k v; "
          "zrangestore d "
          "k 0 1",
          "zset:'z'{'a'=1} string:'k'{'v'}", "DFFFFFFDF" },
        { "zadd z 1 c 2 b 3 a; zrangestore d z [a [b bylex; zrangestore e z [c [a bylex rev",
          "zset:'z'{'c'=1 'b'=2 'a'=3} zset:'e'{'c'=1 'b'=2 'a'=3}", "DND" }, );
}

static void told(void)
{
    REPLAYED({ "zadd z 1 a 2 b; zadd z 3 a; zrem z b", NULL, NULL,
               "in z 'a'=1, in z 'b'=2, score z 'a' 1->3, out z 'b'=2" },
             { "zadd z 1 a 2 b; zpopmin z; zincrby z 1 b; zpopmax z", NULL, NULL,
               "in z 'a'=1, in z 'b'=2, out z 'a'=1, score z 'b' 2->3, out z 'b'=3" },
             { "zadd z 1 a 2 b 3 c; zremrangebyscore z 1 2; zremrangebyrank z 0 0", NULL, NULL,
               "in z 'a'=1, in z 'b'=2, in z 'c'=3, out z 'a'=1, out z 'b'=2, out z 'c'=3" },
             { "zadd z 1 a 2 b 3 c; zpopmax z 2", NULL, NULL,
               "in z 'a'=1, in z 'b'=2, in z 'c'=3, out z 'c'=3, out z 'b'=2" },
             { "zadd z 1 a; zadd z 1 a; zrangestore d z 0 0; unlink d", NULL, NULL,
               "in z 'a'=1, in d 'a'=1 whole, gone d of 1, out d 'a'=1 whole" },
             { "zadd z 1 " LONG "; zpopmin z", NULL, NULL, "in z '" LONG "'=1, out z '" LONG "'=1" }, );
}

static void no_memory(void)
{
    starved(
        "zadd z 1 a 2 bbbbbbbbbbbbb 3 c 4 d 5 e 6 f 7 g 8 h 9 i 10 j; zremrangebyrank z 0 0; zadd z 0 k 9 c; "
        "zrangestore y z 0 3; zunionstore x 2 z y; zinterstore w 2 z y weights 2 3; zdiffstore v 2 z y; copy "
        "x u; "
        "zpopmax u 2; zadd f 1 " LONG "a 1 " LONG "b 1 " LONG "c; zpopmin f; zadd f 1 " LONG
        "d; zadd t 1 1 1 2 1 3 1 4 1 5 1 6 1 7 1 8 1 9 1 10 1 11 1 12 1 13 1 14 1 15 1 16 1 17");
}

/* ---- the order, against one that is sorted anew each time --------------------------------------------------- */

enum { NAMES = 300, STEPS = 6000 };

typedef struct {
    rk_keyspace *ks;
    ks_key *key;
    bool there[NAMES];
    double scores[NAMES];
    char names[NAMES][40];
    uint64_t random;
} trial;

static uint32_t below(trial *t, uint32_t limit)
{
    t->random = t->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(t->random >> 33) % limit;
}

static int compare(const trial *t, size_t a, size_t b)
{
    if (t->scores[a] != t->scores[b])
        return t->scores[a] < t->scores[b] ? -1 : 1;
    return rk_slice_compare(rk_slice_of(t->names[a]), rk_slice_of(t->names[b]));
}

static size_t plain_rank(const trial *t, size_t name)
{
    size_t rank = 0;
    for (size_t i = 0; i < NAMES; i++)
        rank += t->there[i] && compare(t, i, name) < 0;
    return rank;
}

static size_t plain_below(const trial *t, double score, bool through)
{
    size_t count = 0;
    for (size_t i = 0; i < NAMES; i++)
        count += t->there[i] && (t->scores[i] < score || (through && t->scores[i] == score));
    return count;
}

static void change(trial *t, size_t i)
{
    ks_zset *zset = t->key->zset;
    ks_member *member = ks_zset_find(t->ks, zset, rk_slice_of(t->names[i]));
    ks_str name;
    CU_ASSERT_EQUAL(member != NULL, t->there[i]);
    if (member && below(t, 2)) {
        ks_zset_remove(t->ks, t->key, member);
        t->there[i] = false;
        return;
    }
    t->scores[i] = (double)below(t, 12);
    if (member)
        ks_zset_rescore(t->ks, zset, member, t->scores[i]);
    else if (ks_str_of(t->ks, rk_slice_of(t->names[i]), &name))
        ks_zset_add(t->ks, zset, name, t->scores[i]);
    t->there[i] = true;
}

static void look(trial *t, size_t i)
{
    double least = below(t, 14), most = below(t, 14);
    ks_bound ends[2] = { { .score = least, .open = below(t, 2) }, { .score = most, .open = below(t, 2) } };
    uint64_t first, last;
    size_t from = plain_below(t, least, ends[0].open), to = plain_below(t, most, !ends[1].open);
    CU_ASSERT(ks_order_make(t->ks, t->key->zset));
    if (t->there[i])
        CU_ASSERT_PTR_EQUAL(ks_order_at(t->ks, t->key->zset, plain_rank(t, i)),
                            ks_zset_find(t->ks, t->key->zset, rk_slice_of(t->names[i])));
    CU_ASSERT_EQUAL(ks_order_range(t->ks, t->key->zset, ends, false, &first, &last), from < to);
    CU_ASSERT(first == from && last == to);
}

static void order_holds(void)
{
    rk_err err = { 0 };
    trial t = { .ks = ks_new(&err), .random = 7 };
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.ks);
    t.key = ks_make(t.ks, 0, RK_TEXT("z"), RK_ZSET);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.key);
    t.key->zset = ks_zset_new(t.ks);
    for (size_t i = 0; i < NAMES; i++)
        snprintf(t.names[i], sizeof t.names[i], i % 3 ? "%zu" : "member number %zu", i);
    for (size_t step = 0; step < STEPS; step++) {
        change(&t, below(&t, NAMES));
        if (step > STEPS / 6) /* the order is made of what is there by then */
            look(&t, below(&t, NAMES));
    }
    CU_ASSERT_EQUAL(err.code, RK_OK);
    ks_free(t.ks);
}

/* ---- members of one score that lie in a file: they begin alike, some all the way ---------------------------- */

enum { ALIKE = 120, ALIKE_MOST = 400 };

static int by_bytes(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The n-th name: a long beginning of one of four lengths, and a few letters that may be none. */
static void name_alike(size_t n, char name[ALIKE_MOST])
{
    static const size_t lengths[] = { 300, 200, 299, 250 };
    size_t len = lengths[n * 7 % 11 % 4];
    memset(name, 'a', len);
    snprintf(name + len, ALIKE_MOST - len, "%s%zu", n % 3 ? "b" : "", n * 37 % ALIKE);
    if (n < 4)
        name[lengths[n]] = 0; /* nothing but the beginning */
    if (n > ALIKE / 2 && n % 2)
        name[150] = (char)('0' + n % 9); /* from here on less is alike, and then still less */
    if (n > ALIKE * 3 / 4 && n % 5 == 0)
        name[100] = (char)(n % 2 ? 'b' : 'A');
}

static void ties_in_a_file(void)
{
    static char names[ALIKE][ALIKE_MOST];
    rk_buf commands = { 0 }, expected = { 0 };
    rk_err err = { 0 };
    for (size_t i = 0; i < ALIKE; i++) {
        name_alike(i, names[i]);
        rk_buf_printf(&commands, &err, "zadd z 7 %s\n%s", names[i],
                      i == ALIKE / 2 ? "zremrangebyrank z 0 -200\n" : "");
        rk_buf_printf(&expected, &err, "%sin z '%s'=7", i ? ", " : "", names[i]);
        if (i == ALIKE / 4)
            rk_buf_printf(&commands, &err, "zadd z -1 first\nzpopmin z\n");
        if (i == ALIKE / 4)
            rk_buf_printf(&expected, &err, ", in z 'first'=-1, out z 'first'=-1");
    }
    qsort(names, ALIKE, sizeof names[0], by_bytes);
    for (size_t i = 0; i < ALIKE; i++) {
        rk_buf_printf(&commands, &err, "zpopmin z\n");
        rk_buf_printf(&expected, &err, ", out z '%s'=7", names[i]);
    }
    replayed r = replay_text(replayed_text(&commands), true);
    CU_ASSERT_STRING_EQUAL(r.effects, replayed_text(&expected));
    CU_ASSERT_STRING_EQUAL(r.state, "");
    replayed_free(&r);
    rk_buf_free(&commands);
    rk_buf_free(&expected);
}

/* ---- popping by score --------------------------------------------------------------------------------------- */

static void popping_by_score(void)
{
    rk_err err = { 0 };
    ks_str name;
    rk_keyspace *ks = ks_new(&err);
    const rk_slice args[] = { RK_TEXT("eval"), RK_TEXT("z"), RK_TEXT("none") };
    rk_aof_command command = { .args = args, .argc = 3 };
    ks_call c = { .ks = ks, .command = &command, .home = KS_HEAP };
    ks_key *key = ks_make(ks, 0, RK_TEXT("z"), RK_ZSET);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    key->zset = ks_zset_new(ks);
    for (int i = 3; i > 0; i--) {
        ks_str_of(ks, (rk_slice){ (const uint8_t *)&"abc"[i - 1], 1 }, &name);
        ks_zset_add(ks, key->zset, name, i);
    }
    CU_ASSERT(!ks_zset_pop_upto(&c, 1, 0.5));
    CU_ASSERT(!ks_zset_pop_upto(&c, 2, 9));
    CU_ASSERT(ks_zset_pop_upto(&c, 1, 1));
    CU_ASSERT_PTR_NULL(ks_zset_find(ks, key->zset, RK_TEXT("a")));
    CU_ASSERT_EQUAL(key->zset->members.count, 2);
    CU_ASSERT(ks_zset_pop_upto(&c, 1, 9) && ks_zset_pop_upto(&c, 1, 9));
    CU_ASSERT_PTR_NULL(ks_peek(ks, 0, RK_TEXT("z")));
    CU_ASSERT(!ks_zset_pop_upto(&c, 1, 9));
    CU_ASSERT_EQUAL(err.code, RK_OK);
    ks_free(ks);
}

UNIT_MAIN("zset", { "members get scores, under conditions; all scores are read first", adding },
          { "ranges go by rank, score and bytes", ranges },
          { "the lowest or highest are popped: by score, then by bytes", popping },
          { "a range takes the place of a key", storing_ranges },
          { "a watched sorted set tells members with their scores", told },
          { "no memory is an error at every allocation", no_memory },
          { "the order is that of scores and bytes whatever came before", order_holds },
          { "members of one score that lie in a file are in the order of their bytes", ties_in_a_file },
          { "the first member up to a score is popped", popping_by_score })
