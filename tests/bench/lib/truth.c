/* truth: see truth.h. */
#include "truth.h"

#include <errno.h>
#include <stdio.h>

#include "app_keys.h"
#include "text.h"

typedef struct {
    FILE *out;
    const gen_world *world;
    const gen_change *change;
    rk_buf text;
} truth;

gen_side gen_side_of(const gen_world *world, uint64_t bytes)
{
    return (gen_side){
        .bytes = bytes,
        .keys = world->key_count,
        .jobs = gen_world_jobs(world),
        .ctime_s = world->now_us / 1000000,
        .processed = world->processed,
        .failed = world->failed,
    };
}

static void print_side(truth *t, const char *name, const gen_side *side)
{
    fprintf(t->out,
            " \"%s\": {\"bytes\": %" PRIu64 ", \"keys\": %" PRIu64 ", \"jobs\": %" PRIu64
            ", \"ctime\": %" PRId64 ",\n  \"stats\": {\"0/stat:failed\": %" PRId64
            ", \"0/stat:processed\": %" PRId64 "}},\n",
            name, side->bytes, side->keys, side->jobs, side->ctime_s, side->failed, side->processed);
}

/* As a C string that lives until the next call. */
static const char *jid(truth *t, uint32_t job)
{
    t->text.len = 0;
    gen_jid(t->world->seed, job, &t->text);
    gen_add_byte(&t->text, 0);
    return (const char *)t->text.ptr;
}

static void print_place(truth *t, const char *name, const char *place, unsigned queue)
{
    if (place)
        fprintf(t->out, ", \"%s\": \"%s%s\"", name, place,
                strcmp(place, "queue:") == 0 ? gen_queue_names[queue] : "");
}

static void print_fate(truth *t, gen_fate fate)
{
    const char *between = "";
    fprintf(t->out, "  \"%s\": [", gen_fate_name(fate));
    for (size_t i = 0; i < t->change->event_count; i++) {
        const gen_event *event = &t->change->events[i];
        if (event->fate != fate)
            continue;
        fprintf(t->out, "%s\n   {\"jid\": \"%s\"", between, jid(t, event->job));
        print_place(t, "from", event->from, event->from_queue);
        print_place(t, "to", event->to, event->to_queue);
        fputs(fate == GEN_DUPLICATED ? ", \"copies\": 2}" : "}", t->out);
        between = ",";
    }
    fputs("]", t->out);
}

/* The jids of one fate, as a list. */
static void print_jids(truth *t, const char *name, gen_fate fate)
{
    const char *between = "";
    fprintf(t->out, "  \"%s\": [", name);
    for (size_t i = 0; i < t->change->event_count; i++) {
        if (t->change->events[i].fate != fate)
            continue;
        fprintf(t->out, "%s\n   \"%s\"", between, jid(t, t->change->events[i].job));
        between = ",";
    }
    fputs("]", t->out);
}

static void print_keys(truth *t, const char *name, const gen_key *keys, size_t count)
{
    fprintf(t->out, ",\n  \"%s\": [", name);
    for (size_t i = 0; i < count; i++) {
        gen_app_name(t->world->seed, keys[i].index, &t->text);
        fprintf(t->out, "%s\"%.*s\"", i ? ", " : "", (int)t->text.len, (const char *)t->text.ptr);
    }
    fputs("]", t->out);
}

static void print_counts(truth *t)
{
    uint64_t unchanged = t->world->job_count;
    fputs(" \"counts\": {", t->out);
    for (gen_fate fate = 0; fate < GEN_FATES; fate++) {
        uint32_t count = gen_change_count(t->change, fate);
        fprintf(t->out, "\"%s\": %" PRIu32 ", ", gen_fate_name(fate), count);
        if (fate != GEN_NEW)
            unchanged -= count;
    }
    fprintf(t->out, "\"unchanged\": %" PRIu64 "},\n", unchanged);
}

void gen_truth_write(const char *path, const gen_world *world, const gen_side *before, const gen_side *after,
                     const gen_change *change)
{
    truth t = { .out = fopen(path, "w"), .world = world, .change = change };
    if (!t.out)
        gen_die("cannot create %s: %s", path, strerror(errno));
    fprintf(t.out, "{\n \"scenario\": \"gen_pair\",\n \"seed\": %" PRIu64 ",\n \"sidekiq\": \"7.3\",\n",
            world->seed);
    print_side(&t, "old", before);
    print_side(&t, "new", after);
    print_counts(&t);
    fprintf(
        t.out,
        " \"keys\": {\n  \"counts\": {\"changed\": %zu, \"removed\": %zu, \"added\": %zu, \"equal\": %zu}",
        change->changed_count, change->removed_count, change->added_count,
        world->app_count - change->changed_count - change->removed_count);
    print_keys(&t, "changed", change->changed, change->changed_count);
    print_keys(&t, "removed", change->removed, change->removed_count);
    print_keys(&t, "added", change->added, change->added_count);
    fputs("\n },\n \"expect\": {\n", t.out);
    print_jids(&t, "restore", GEN_LOST);
    fputs(",\n", t.out);
    print_jids(&t, "must_not_restore", GEN_FINISHED);
    fputs("\n },\n \"fates\": {\n", t.out);
    for (gen_fate fate = 0; fate < GEN_FATES; fate++) {
        print_fate(&t, fate);
        fputs(fate + 1 < GEN_FATES ? ",\n" : "\n", t.out);
    }
    fputs(" }\n}\n", t.out);
    rk_buf_free(&t.text);
    bool bad = ferror(t.out) != 0;
    if (fclose(t.out) != 0 || bad)
        gen_die("cannot write %s", path);
}
