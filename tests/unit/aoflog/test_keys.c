/* The life of keys, from logs as they are typed. */
#include "typed.h"

static void add_state(rk_buf *text, bool there, uint64_t elements, rk_err *err)
{
    if (there)
        rk_buf_printf(text, err, "%" PRIu64, elements);
    else
        rk_buf_printf(text, err, "-");
}

/* "created k -:2" for each event; names that are followed elsewhere stand behind. */
static void add_event(rk_buf *text, const rk_key_event *e, rk_err *err)
{
    rk_buf_printf(text, err, "%s%s%s %" PRIu32 ":%.*s ", text->len ? ", " : "", rk_key_life_name(e->what),
                  e->expired ? " (expired)" : "", e->db, (int)e->key.len, (const char *)e->key.ptr);
    add_state(text, e->has_before, e->before, err);
    rk_buf_printf(text, err, ">");
    add_state(text, e->has_after, e->after, err);
    if (e->what == RK_KEY_LIFE_RENAMED || e->what == RK_KEY_LIFE_MOVED)
        rk_buf_printf(text, err, " to %" PRIu32 ":%.*s", e->other_db, (int)e->other.len,
                      (const char *)e->other.ptr);
}

static void told(const char *commands, const char *glob, const char *wanted)
{
    typed_log log = typed(commands);
    rk_filter_options names = { .keys = &glob, .key_count = 1 };
    rk_err err = { 0 }, ignored = { 0 };
    rk_filter *filter = rk_filter_open(&names, &err);
    rk_keys_options options = { .keys = filter };
    rk_key_event event;
    rk_buf text = { 0 };
    rk_keys *keys = rk_keys_open(log.path, &options, &err);
    while (keys && rk_keys_next(keys, &event, &err))
        add_event(&text, &event, &ignored);
    if (err.code != RK_OK)
        rk_buf_printf(&text, &ignored, " error: %s", err.what);
    rk_keys_close(keys);
    rk_filter_close(filter);
    typed_is(&text, wanted);
    rk_buf_free(&text);
    typed_close(&log);
}

static void of_every_type(void)
{
    told("lpush k a b; rpush k c; lset k 0 x; lpop k; lpop k; lpop k", "k",
         "created 0:k ->2, changed 0:k 2>3, changed 0:k 3>3, changed 0:k 3>2, changed 0:k 2>1, emptied 0:k "
         "1>-");
    told("sadd k a; sadd k a b; srem k a", "k", "created 0:k ->1, changed 0:k 1>2, changed 0:k 2>1");
    told("zadd k 1 a; zadd k 2 a; zincrby k 3 b", "k", "created 0:k ->1, changed 0:k 1>1, changed 0:k 1>2");
    told("hset k f v; hset k f w; hdel k f", "k", "created 0:k ->1, changed 0:k 1>1, emptied 0:k 1>-");
    told("set k 1; incr k; append k x; set k 2", "k",
         "created 0:k ->1, changed 0:k 1>1, changed 0:k 1>1, changed 0:k 1>1");
    told("xadd k 1-1 f v; xadd k 2-1 f v; xdel k 1-1; xadd other 1-1 f v", "k",
         "created 0:k ->1, changed 0:k 1>2, changed 0:k 2>1");
}

static void as_a_whole(void)
{
    told("set k 1; del x k; del k", "k", "created 0:k ->1, removed 0:k 1>-");
    told("set k 1; flushall", "k", "created 0:k ->1, flushed 0:k 1>-");
    told("set k 1; lpush l a b; sort l alpha store k", "k", "created 0:k ->1, replaced 0:k 1>2");
    told("set k 1; pexpireat k 5000; persist k", "k", "created 0:k ->1, expiry 0:k 1>1, expiry 0:k 1>1");
    told("#TS:4; set k 1; pexpireat k 5000; #TS:5; del k", "k",
         "created 0:k ->1, expiry 0:k 1>1, removed (expired) 0:k 1>-");
    told("select 3; set k 1; set other 2; select 1; set k 2", "k", "created 3:k ->1, created 1:k ->1");
    told("set a1 1; set a2 2; set b 3; del a1", "a*", "created 0:a1 ->1, created 0:a2 ->1, removed 0:a1 1>-");
}

static void goes_elsewhere(void)
{
    told("lpush k a; rename k n; rpush n b; del n", "k",
         "created 0:k ->1, renamed 0:k 1>- to 0:n, changed 0:n 1>2, removed 0:n 2>-");
    told("lpush k a; set n 1; rename k n; set k 2", "k",
         "created 0:k ->1, renamed 0:k 1>- to 0:n, created 0:k ->1");
    told("lpush x a b; rename x k", "k", "created 0:k ->2");
    told("lpush k a; move k 4; select 4; lpush k b", "k",
         "created 0:k ->1, moved 0:k 1>- to 4:k, changed 4:k 1>2");
    told("lpush k a; swapdb 0 2; select 2; lpush k b", "k",
         "created 0:k ->1, moved 0:k 1>- to 2:k, changed 2:k 1>2");
}

/* What comes into the key is replayed, too, whatever its name is. */
static void needs_others(void)
{
    told("rpush a 1 2; rpush b 3; rpoplpush a b; lmove b k left left; set unrelated 1", "k",
         "created 0:k ->1");
    told("zadd a 1 x 2 y; zadd b 3 z; zunionstore k 2 a b", "k", "created 0:k ->3");
    told("sadd a x y; sadd b y; sdiffstore k a b; smove a k x; sadd k q", "k",
         "created 0:k ->1, changed 0:k 1>2");
}

static void doubts(void)
{
    told("lpush k a; eval \"something else\" 1 k; lpush k b", "k",
         "created 0:k ->1, uncertain 0:k 1>1, changed 0:k 1>2");
    told("lpush k a; lpush k b\n; hset k f v; lpush k c", "k",
         "created 0:k ->1, changed 0:k 1>2, changed 0:k 2>3");
}

static void last_writer(void)
{
    static const struct {
        const char *commands;
        rk_key_life what;
        uint64_t number; /* 0: there is no such key */
    } rows[] = {
        { "set a 1; set k 1; set b 2; incr k; set c 1", RK_KEY_LIFE_CHANGED, 4 },
        { "set k 1; del k; set b 1", RK_KEY_LIFE_REMOVED, 2 },
        { "lpush k 1; rename k n; lpush n 2", RK_KEY_LIFE_RENAMED, 2 },
        { "set k 1; flushall; set b 1", RK_KEY_LIFE_FLUSHED, 2 },
        { "set a 1", RK_KEY_LIFE_FOUND, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rk_err err = { 0 };
        typed_log log = typed(rows[i].commands);
        rk_keys_options options = { .exact = true, .key = RK_TEXT("k") };
        rk_writer *writer = rk_writer_find(log.path, &options, &err);
        CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
        const rk_key_event *event = rk_writer_event(writer);
        CU_ASSERT_EQUAL(event != NULL, rows[i].number > 0);
        if (event) {
            CU_ASSERT_EQUAL(event->what, rows[i].what);
            CU_ASSERT_EQUAL(event->spot.number, rows[i].number);
            CU_ASSERT(event->command && event->command->argc > 0);
        }
        rk_writer_free(writer);
        typed_close(&log);
    }
}

UNIT_MAIN("keys", { "items of every type", of_every_type }, { "the key as a whole", as_a_whole },
          { "is followed where it goes", goes_elsewhere },
          { "what comes from others is right", needs_others }, { "doubts are told", doubts },
          { "the last writer", last_writer })
