/* test_zset_store: sorted sets from several sets and sorted sets. */
#include "replayed.h"

#define BOTH "zadd a 1 x 2 y; zadd b 10 y 20 z; "

static void uniting(void)
{
    REPLAYED(
        { BOTH "zunionstore d 2 a b; del a b", "zset:'d'{'x'=1 'y'=12 'z'=20}", "DDDD" },
        { BOTH "zunionstore d 2 a b weights 2 0.5; del a b", "zset:'d'{'x'=2 'y'=9 'z'=10}", "DDDD" },
        { BOTH "zunionstore d 2 a b aggregate MIN; del a b", "zset:'d'{'x'=1 'y'=2 'z'=20}", "DDDD" },
        { BOTH "zunionstore d 2 a b aggregate max weights 6 1; del a b", "zset:'d'{'x'=6 'y'=12 'z'=20}",
          "DDDD" },
        { BOTH
          "zunionstore d 2 a b aggregate count; zunionstore e 2 a b weights 2 5 aggregate count; del a b",
          "zset:'d'{'x'=1 'y'=2 'z'=1} zset:'e'{'x'=2 'y'=7 'z'=5}", "DDDDD" },
        { BOTH "zunionstore a 2 a a; del b", "zset:'a'{'x'=2 'y'=4}", "DDDD" },
        { "zadd a 1 x; sadd s x y; zunionstore d 3 a s nothing weights 1 5 7; del a s",
          "zset:'d'{'x'=6 'y'=5}", "DDDD" },
        { "zadd a inf x; zadd b -inf x; zunionstore d 2 a b; del a b", "zset:'d'{'x'=0}", "DDDD" },
        { "zadd a inf x 1 y; zunionstore d 1 a weights 0; del a", "zset:'d'{'x'=0 'y'=0}", "DDD" },
        { "zadd a 1 y; zadd d 1 x; pexpireat d 4000000000000; zunionstore d 1 a; del a", "zset:'d'{'y'=1}",
          "DDDDD" },
        { "set d v; zunionstore d 1 nothing; zunionstore d 1 nothing", "", "DDN" }, );
}

/* Sums of doubles depend on the order: the smallest set comes first. */
static void order_of_sums(void)
{
    REPLAYED({ "zadd a 1e16 x 1 p 1 q; zadd b -1e16 x 1 p; zadd c 1 x; zunionstore d 3 a b c; del a b c",
               "zset:'d'{'x'=0 'p'=2 'q'=1}", "DDDDD" },
             { "zadd a 1e16 x; zadd b -1e16 x 1 p; zadd c 1 x 1 p 1 q; zunionstore d 3 c b a; del a b c",
               "zset:'d'{'x'=1 'p'=2 'q'=1}", "DDDDD" }, );
}

static void intersecting(void)
{
    REPLAYED({ BOTH "zinterstore d 2 a b; del a b", "zset:'d'{'y'=12}", "DDDD" },
             { BOTH "zinterstore d 2 a b weights 3 1 aggregate min; del a b", "zset:'d'{'y'=6}", "DDDD" },
             { BOTH "zinterstore d 2 a a; del a b", "zset:'d'{'x'=2 'y'=4}", "DDDD" },
             { BOTH "zinterstore d 2 a b aggregate count; del a b", "zset:'d'{'y'=2}", "DDDD" },
             { BOTH "sadd s y z; zinterstore d 3 a b s; zinterstore e 2 b nothing; del a b s",
               "zset:'d'{'y'=13}", "DDDDND" },
             { "zadd a inf x 1 y; zadd b -inf x 1 y; zinterstore d 2 a b; del a b", "zset:'d'{'x'=0 'y'=2}",
               "DDDD" }, );
}

static void subtracting(void)
{
    REPLAYED({ BOTH "zdiffstore d 2 a b; del a b", "zset:'d'{'x'=1}", "DDDD" },
             { BOTH "sadd s x; zdiffstore d 3 a nothing s; zdiffstore e 2 s b; del a b s",
               "zset:'d'{'y'=2} zset:'e'{'x'=1}", "DDDDDD" },
             { BOTH "zdiffstore a 2 a a; zdiffstore d 2 nothing a; del b", "", "DDDND" }, );
}

static void failing(void)
{
    REPLAYED({ "zadd a 1 x; zunionstore d 0 a; zunionstore d 2 a; zunionstore d x a; zunionstore d -1 a; "
               "zunionstore d 1 "
               "a b; zunionstore d 1 a weights; zunionstore d 1 a weights x; zunionstore d 1 a weights nan; "
               "zunionstore d "
               "1 a aggregate; zunionstore d 1 a aggregate avg; zdiffstore d 1 a weights 1; zunionstore d 1 "
               "a limit 1",
               "zset:'a'{'x'=1}", "DFFFFFFFFFFFF" },
             { "zadd a 1 x; set k v; zunionstore d 2 a k; zinterstore d 2 nothing k; zdiffstore d 2 a k",
               "zset:'a'{'x'=1} string:'k'{'v'}", "DDFFF" }, );
}

/* Keys that are not kept. */
static unsigned only_d(void *self, uint32_t db, rk_slice name)
{
    (void)self, (void)db;
    return rk_slice_is(name, RK_TEXT("d")) ? RK_INTEREST_KEEP : 0;
}

static void from_keys_that_are_not_kept(void)
{
    rk_buf resp = { 0 };
    rk_err err = { 0 };
    rk_replay_options options = { .interest = only_d };
    rk_keyspace_key key = { 0 };
    replayed_resp("zadd d 1 x; zadd a 1 y; zunionstore d 2 d a", &resp, &err);
    rk_source *source = rk_source_memory(rk_buf_slice(&resp), 0, &err);
    rk_replay *replay = rk_replay_open_source(source, &options, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(replay);
    CU_ASSERT(rk_replay_run(replay, &err));
    CU_ASSERT(rk_keyspace_find(rk_replay_keyspace(replay), 0, RK_TEXT("d"), &key, &err));
    CU_ASSERT(key.uncertain);
    CU_ASSERT_EQUAL(rk_keyspace_count(rk_replay_keyspace(replay)), 1);
    rk_replay_close(replay);
    rk_buf_free(&resp);
}

static void told(void)
{
    REPLAYED({ "zadd a 1 x; zadd d 5 y; zunionstore d 1 a; zinterstore d 1 nothing", NULL, NULL,
               "in a 'x'=1, in d 'y'=5, gone d of 1, out d 'y'=5 whole, in d 'x'=1 whole, gone d of 1, out d "
               "'x'=1 "
               "whole" }, );
}

UNIT_MAIN("zset_store", { "unions sum, or take the least, the most or the number", uniting },
          { "sums are taken in the order of servers", order_of_sums }, { "intersections", intersecting },
          { "differences keep the scores of the first", subtracting },
          { "what does not go together fails and changes nothing", failing },
          { "what is made from keys that are not kept is uncertain", from_keys_that_are_not_kept },
          { "a watched key tells that it was replaced", told })
