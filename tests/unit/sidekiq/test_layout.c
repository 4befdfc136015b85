/* test_layout: which layouts and places a snapshot has: prefixes, pitfalls of names, what is listed nowhere, Resque
 * beside, layouts within layouts, and more of them than anybody has. */
#include "../diff/pair.h"

#define D "queue:default"

typedef struct {
    const char *name;
    pair_key keys[PAIR_KEYS];
    const char *layouts; /* "PREFIX(place place ...)", each layout in the order of its keys */
    const char *only;    /* the one namespace that is looked at */
} layout_row;

static void tell_place(rk_buf *told, const rk_place *place)
{
    char name[300];
    pair_say(told, "%s%s", told->len && told->ptr[told->len - 1] != '(' ? " " : "",
             rk_slice_print(place->name, name, sizeof name));
    if (place->kind == RK_PLACE_QUEUE && !place->listed)
        pair_say(told, "?");
    if (place->kind == RK_PLACE_PRIVATE)
        pair_say(told, "=%.*s/%.*s", (int)place->queue.len, (const char *)place->queue.ptr,
                 (int)place->owner.len, (const char *)place->owner.ptr);
}

static void tell_layouts(rk_buf *told, const rk_layouts *layouts)
{
    char name[300];
    for (size_t i = 0; i < layouts->count; i++) {
        const rk_layout *l = layouts->items[i];
        CU_ASSERT(l->id == i);
        pair_say(told, "%s%s(", i ? "; " : "", rk_slice_print(l->prefix, name, sizeof name));
        for (size_t k = 0; k < l->place_count; k++)
            tell_place(told, l->places[k]);
        pair_say(told, ")");
    }
}

static void check_layouts(const layout_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pair p = { .options = { .namespace_only = rows[i].only } };
        pair_row row = { .name = rows[i].name };
        memcpy(row.old, rows[i].keys, sizeof row.old);
        pair_row_side(&p, &row, false);
        row.old[0].name = NULL;
        pair_row_side(&p, &row, true);
        CU_ASSERT_FATAL(pair_run(&p));
        tell_layouts(&p.told, rk_diff_layouts(p.diff, false));
        pair_check(rows[i].name, "layouts", &p.told, rows[i].layouts);
        pair_close(&p);
    }
}

#define CHECK_LAYOUTS(rows) check_layouts(rows, sizeof(rows) / sizeof(rows)[0])

static void prefixes(void)
{
    static const layout_row rows[] = {
        { "none", { LIST(D, { J("a") }), SET("queues", { "default" }) }, "(queue:default)" },
        { "a word", { LIST("app:" D, { J("a") }), SET("app:queues", { "default" }) }, "app:(queue:default)" },
        { "with colons in it", { LIST("prod:blog:" D, { J("a") }) }, "prod:blog:(queue:default?)" },
        { "by a sorted set alone", { ZSET("x:y:retry", { J("a"), 1 }) }, "x:y:(retry)" },
        { "by what was interrupted alone", { ZSET("interrupted", { J("a"), 1 }) }, "(interrupted)" },
        { "by a counter alone", { STRING("app:stat:processed", "5") }, "app:()" },
        { "a counter that is none", { STRING("app:stat:processed", "five") }, "" },
        { "a set of queues without a list", { SET("queues", { "default" }) }, "" },
        { "a set of queues of other things", { SET("queues", { "default" }), LIST(D, { "1" }) }, "" },
        { "jobs of 2.0, without a jid, with the set",
          { SET("queues", { "default" }), LIST(D, { "{\"class\":\"A\",\"args\":[]}" }) },
          "(queue:default)" },
        { "jobs without a jid and without the set: Resque's, perhaps",
          { LIST(D, { "{\"class\":\"A\",\"args\":[]}" }) },
          "" },
        { "Resque beside",
          { LIST("resque:" D, { "{\"class\":\"A\",\"args\":[]}" }), SET("resque:queues", { "default" }),
            STRING("resque:stat:processed", "5"), LIST(D, { J("a") }) },
          "(queue:default?)" },
        { "two of them and none",
          { LIST("a:" D, { J("a") }), LIST(D, { J("b") }), LIST("b:" D, { J("c") }) },
          "a:(queue:default?); (queue:default?); b:(queue:default?)" },
        { "one within another",
          { LIST("a:" D, { J("a") }), ZSET("a:retry", { J("r"), 1 }), LIST("a:b:" D, { J("b") }),
            ZSET("a:b:retry", { J("s"), 1 }) },
          "a:(queue:default? retry); a:b:(queue:default? retry)" },
        { "a namespace that holds the word",
          { LIST("queue:app:" D, { J("a") }), SET("queue:app:queues", { "default" }) },
          "queue:app:(queue:default)" },
        { "no colon before the anchor", { LIST("my" D, { J("a") }), ZSET("reschedule", { J("a"), 1 }) }, "" },
        { "the first of a list is nonsense", { LIST(D, { "x" }, { "{" }, { J("a") }) }, "(queue:default?)" },
        { "only the one that was asked for",
          { LIST("a:" D, { J("a") }), LIST("b:" D, { J("b") }) },
          "b:(queue:default?)",
          .only = "b" },
        { "only what has no prefix",
          { LIST("a:" D, { J("a") }), LIST(D, { J("b") }) },
          "(queue:default?)",
          .only = "" },
    };
    CHECK_LAYOUTS(rows);
}

static void names_of_queues(void)
{
    static const layout_row rows[] = {
        { "with colons, bars, spaces, other letters",
          { LIST("queue:geo:tiles", { J("a") }), LIST("queue:a|b", { J("b") }), LIST("queue:a b", { J("c") }),
            LIST("queue:\303\251", { J("d") }) },
          "(queue:geo:tiles? queue:a|b? queue:a b? queue:\303\251?)" },
        { "called like anchors",
          { LIST("queue:queue:x", { J("a") }), LIST("queue:queues", { J("b") }), LIST("queue:", { J("c") }) },
          "(queue:queue:x? queue:queues? queue:?)" },
        { "called like a private list, and listed",
          { LIST("queue:x:working", { J("a") }), LIST("queue:a_host_0", { J("b") }),
            SET("queues", { "x:working" }, { "a_host_0" }, { "a" }) },
          "(queue:x:working queue:a_host_0)" },
        { "not listed, under a prefix",
          { LIST("p:queue:x:working", { J("a") }), LIST("p:queue:a_host_0", { J("b") }),
            SET("p:queues", { "a" }), LIST("p:queue:a", { J("c") }) },
          "p:(private:queue:x:working=x/ private:queue:a_host_0=a/host queue:a)" },
        { "keys of others that look alike",
          { LIST(D, { J("a") }), ZSET("schedules_changed", { "x", 1 }),
            HASH("schedules", { "a", .value = "{}" }), LIST("failed", { J("f") }),
            ZSET("cron_job:x:enqueued", { "1", 1 }), LIST("batching:queue", { "1" }) },
          "(queue:default?)" },
    };
    CHECK_LAYOUTS(rows);
}

static void private_lists(void)
{
    static const layout_row rows[] = {
        { "super_fetch",
          { LIST("queue:sq|h:1:0123456789ab|a", { J("a") }),
            LIST("queue:sq|h:1:0123456789ab|a|b", { J("b") }) },
          "(private:queue:sq|h:1:0123456789ab|a=a/h:1:0123456789ab "
          "private:queue:sq|h:1:0123456789ab|a|b=a|b/h:1:0123456789ab)" },
        { "super_fetch of 3.4",
          { LIST("queue:sq_my_host:1:0123456789ab_a_b", { J("a") }) },
          "(private:queue:sq_my_host:1:0123456789ab_a_b=a_b/my_host:1:0123456789ab)" },
        { "not quite",
          { LIST("queue:sq|nobody|a", { J("a") }), LIST("queue:sq", { J("b") }),
            LIST("queue:sq_x", { J("c") }) },
          "(queue:sq|nobody|a? queue:sq? queue:sq_x?)" },
        { "GitLab's",
          { LIST("working:queue:a:b:h:1:0123456789ab", { J("a") }),
            LIST("x:working:queue:a:h:1", { J("b") }) },
          "(private:working:queue:a:b:h:1:0123456789ab=a:b/h:1:0123456789ab); "
          "x:(private:working:queue:a:h:1=a/h:1)" },
        { "GitLab's without an owner",
          { LIST("working:queue:a", { J("a") }) },
          "(private:working:queue:a=a/)" },
        { "unique-jobs 9",
          { LIST("uniquejobs:working:h:1", { J("a") }), LIST(D, { J("b") }) },
          "(private:uniquejobs:working:h:1=/h:1 queue:default?)" },
    };
    CHECK_LAYOUTS(rows);
}

static void work_hashes(void)
{
    static const layout_row rows[] = {
        { "of a process in the set, whatever is in it",
          { LIST(D, { J("a") }), PROCESSES({ "h:1" }), HASH("h:1:workers", { "t", .value = "?" }) },
          "(queue:default? work:h:1)" },
        { "of a process that is gone, by its content",
          { LIST(D, { J("a") }), HASH("h:1:0123456789ab:work", { "t", .value = "{\"payload\":{}}" }) },
          "(queue:default? work:h:1:0123456789ab)" },
        { "an application's",
          { LIST(D, { J("a") }), HASH("order:12:work", { "t", .value = "{}" }),
            HASH("x:work", { "t", .value = "{\"payload\":{}}" }) },
          "(queue:default?)" },
    };
    CHECK_LAYOUTS(rows);
}

enum { MANY = 20000 };

/* Each with a queue of its own: that many prefixes, queues and processes are no reason to be slow. */
static void many(void)
{
    char name[64];
    for (int kind = 0; kind < 3; kind++) {
        pair p = { 0 };
        rk_buf out[2] = { { 0 }, { 0 } };
        for (int side = 0; side < 2; side++) {
            pair_begin(&out[side], OLD_TIME);
            if (kind == 2) {
                pair_head(&out[side], 0, 0, 2, "processes");
                pair_length(&out[side], MANY);
                for (int i = 0; i < MANY; i++) {
                    snprintf(name, sizeof name, "h%d:1:0123456789ab", i);
                    pair_string(&out[side], rk_slice_of(name));
                }
            }
            for (int i = 0; i < MANY; i++) {
                snprintf(name, sizeof name,
                         kind == 0   ? "p%d:queue:x"
                         : kind == 1 ? "queue:%d"
                                     : "queue:sq|h%d:1:0123456789ab|a",
                         i);
                pair_key key = LIST(name, { J("a") });
                pair_put(&out[side], &key);
            }
            pair_end(&out[side]);
            pair_snapshot(&p, side, &out[side]);
        }
        CU_ASSERT_FATAL(pair_run(&p));
        CU_ASSERT(rk_diff_total(p.diff)->counts[kind == 2 ? RK_JOB_STRANDED : RK_JOB_KEPT] == MANY);
        CU_ASSERT(rk_diff_layouts(p.diff, true)->count == (kind ? 1 : MANY));
        pair_close(&p);
    }
}

UNIT_MAIN("layout", { "prefixes", prefixes }, { "names of queues", names_of_queues },
          { "private lists", private_lists }, { "work hashes", work_hashes },
          { "twenty thousand of each", many })
