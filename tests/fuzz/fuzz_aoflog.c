/* fuzz_aoflog: the history in a log. The input is a log as it lies on a disk, or text (see command_lines.h). What must
 * hold:
 * - as many commands are listed as are counted, and names and files add up to them;
 * - gaps and commands lie within the file, one behind the other;
 * - what a key was before a command is what the one before left;
 * - jobs before and after one that was taken away differ by no more than what its keys held;
 * - what is printed as JSON is JSON. */
#include <jansson.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command_lines.h"
#include "rdbkit/aoflog_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { KEYS_MOST = 64 };

/* ---- reports ------------------------------------------------------------------------------------------------ */

typedef struct {
    rk_aoflog_report report;
    char *text;
    size_t len;
} printed;

static void print_to(printed *p, rk_aoflog_question question, rk_aoflog_form form)
{
    p->report =
        (rk_aoflog_report){ .tool = "fuzz", .path = "log", .question = question, .form = form, .limit = 5 };
    p->report.out = open_memstream(&p->text, &p->len);
    must(p->report.out != NULL);
}

static void must_be_json(printed *p)
{
    json_error_t why;
    fclose(p->report.out);
    json_t *json = json_loadb(p->text, p->len, JSON_ALLOW_NUL, &why);
    must(json != NULL);
    json_decref(json);
    free(p->text);
}

/* ---- framing ------------------------------------------------------------------------------------------------ */

/* False: it is no log. */
static bool count_and_list(const char *path, uint64_t size)
{
    rk_err err = { 0 };
    rk_aoflog_entry entry;
    printed p;
    uint64_t listed = 0, named = 0, behind = 0;
    rk_aoflog_counter *counter = rk_aoflog_count(path, NULL, NULL, &err);
    if (!counter) {
        must(err.code == RK_FORMAT);
        return false;
    }
    rk_aoflog *log = rk_aoflog_open(path, NULL, NULL, &err);
    must(log && err.code == RK_OK);
    const rk_aoflog_counts *counts = rk_aoflog_counts_of(counter);
    for (; rk_aoflog_next(log, &entry, &err); listed++) {
        must(entry.command->offset >= behind && entry.command->end <= size &&
             entry.unit <= entry.command->offset);
        behind = entry.command->end;
    }
    for (size_t i = 0; i < counts->name_count; i++)
        named += counts->names[i].commands;
    const rk_aoflog_file *file = &counts->info->files[0];
    must(listed == counts->all.commands && named + counts->other_names == listed && file->commands == listed);
    for (size_t i = 0; i < file->gap_count && i < RK_AOFLOG_GAPS; i++)
        must(file->gaps[i].from <= file->gaps[i].to && file->gaps[i].to <= size);
    print_to(&p, RK_AOFLOG_SUMMARY, RK_AOFLOG_JSON);
    must(rk_aoflog_report_counts(&p.report, counts, &err));
    must_be_json(&p);
    print_to(&p, RK_AOFLOG_SUMMARY, RK_AOFLOG_TEXT);
    must(rk_aoflog_report_counts(&p.report, counts, &err));
    fclose(p.report.out);
    free(p.text);
    rk_aoflog_close(log);
    rk_aoflog_counter_free(counter);
    return true;
}

/* ---- replays ------------------------------------------------------------------------------------------------ */

static void must_agree(const rk_harm *harm)
{
    uint64_t held = 0;
    for (size_t i = 0; i < harm->key_count; i++)
        held += harm->keys[i].before;
    must(harm->more_keys > 0 || harm->jobs_after + held >= harm->jobs_before ||
         harm->kind == RK_HARM_FLUSHED || harm->kind == RK_HARM_SWAPPED);
}

static void take_away(const char *path, rk_aoflog_form form)
{
    rk_err err = { 0 };
    rk_harm harm;
    rk_harm_options options = { .least = 2 };
    rk_harm_tally tally = { 0 };
    printed p;
    rk_harms *harms = rk_harms_open(path, &options, &err);
    must(harms != NULL);
    const rk_harms_info *info = rk_harms_info_of(harms);
    print_to(&p, RK_AOFLOG_DESTRUCTIVE, form);
    p.report.why = &err;
    rk_err print = { 0 };
    must(rk_aoflog_report_begin(&p.report, &print));
    while (rk_harms_next(harms, &harm, &err)) {
        must_agree(&harm);
        rk_harm_tally_add(&tally, info, &harm);
        must(rk_aoflog_report_harm(&p.report, info, &harm, &print));
    }
    must(rk_aoflog_report_harm_end(&p.report, info, &tally, &print));
    if (form == RK_AOFLOG_JSON) {
        must_be_json(&p);
    } else {
        fclose(p.report.out);
        free(p.text);
    }
    rk_harms_close(harms);
}

typedef struct {
    rk_digest name;
    rk_slice text; /* owned */
    bool there;
    uint64_t elements, number;
} seen_key;

static seen_key *find(seen_key *keys, size_t count, uint32_t db, rk_slice key)
{
    rk_digest name = rk_digest_seeded(key, db);
    for (size_t i = 0; i < count; i++)
        if (rk_digest_is(keys[i].name, name))
            return &keys[i];
    return NULL;
}

/* Where a key went, its arrival is not told. */
static void arrive(seen_key *keys, size_t count, const rk_key_event *e)
{
    seen_key *other = NULL;
    if (e->what == RK_KEY_LIFE_RENAMED || e->what == RK_KEY_LIFE_MOVED)
        other = find(keys, count, e->other_db, e->other);
    if (!other || other->there)
        return;
    other->there = true;
    other->elements = e->before;
}

static seen_key *seen(seen_key *keys, size_t *count, const rk_key_event *e)
{
    rk_digest name = rk_digest_seeded(e->key, e->db);
    seen_key *known = find(keys, *count, e->db, e->key);
    if (known)
        return known;
    if (*count == KEYS_MOST)
        return NULL;
    uint8_t *own = malloc(e->key.len + 1);
    must(own != NULL);
    memcpy(own, e->key.ptr, e->key.len);
    keys[*count] = (seen_key){
        .name = name, .text = { own, e->key.len }, .there = e->has_before, .elements = e->before
    };
    return &keys[(*count)++];
}

static void live(const char *path)
{
    rk_err err = { 0 };
    rk_key_event e;
    rk_keys_options all = { 0 };
    seen_key known[KEYS_MOST];
    size_t count = 0;
    printed p;
    rk_keys *keys = rk_keys_open(path, &all, &err);
    must(keys != NULL);
    print_to(&p, RK_AOFLOG_KEY, RK_AOFLOG_JSON);
    rk_err print = { 0 };
    must(rk_aoflog_report_begin(&p.report, &print));
    while (rk_keys_next(keys, &e, &err)) {
        seen_key *key = seen(known, &count, &e);
        must(rk_aoflog_report_key(&p.report, rk_keys_info_of(keys), &e, &print));
        if (!key)
            continue;
        arrive(known, count, &e);
        must(key->there == e.has_before && (!e.has_before || key->elements == e.before));
        key->there = e.has_after;
        key->elements = e.after;
        key->number = e.spot.number;
    }
    must(rk_aoflog_report_key_end(&p.report, rk_keys_info_of(keys), &print));
    must_be_json(&p);
    rk_keys_close(keys);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)known[i].text.ptr);
}

static void follow_job(const char *path)
{
    rk_err err = { 0 };
    rk_job_event event;
    rk_job_fate fate;
    printed p;
    rk_job_life_options options = { .jid = RK_TEXT("j") };
    rk_job_life *life = rk_job_life_open(path, &options, &err);
    must(life != NULL);
    const rk_history_info *info = rk_job_life_info(life);
    rk_err print = { 0 };
    print_to(&p, RK_AOFLOG_JID, RK_AOFLOG_JSON);
    must(rk_aoflog_report_begin(&p.report, &print));
    while (rk_job_life_next(life, &event, &err))
        must(rk_aoflog_report_job(&p.report, info, &event, &print));
    while (err.code == RK_OK && rk_job_life_fate(life, &fate, &err))
        must(rk_aoflog_report_fate(&p.report, info, &fate, &print));
    must(rk_aoflog_report_job_end(&p.report, info, &print));
    must_be_json(&p);
    rk_job_life_close(life);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_buf room = { 0 };
    char path[64];
    rk_slice log = command_lines((rk_slice){ bytes, size }, &room);
    int fd = memfd_create("log", 0);
    must(fd >= 0 && write(fd, log.ptr, log.len) == (ssize_t)log.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    rk_aof_kind kind;
    rk_err err = { 0 };
    if (rk_aof_kind_of(path, &kind, &err) && kind != RK_AOF_MANIFEST && count_and_list(path, log.len)) {
        take_away(path, RK_AOFLOG_JSON);
        take_away(path, RK_AOFLOG_TEXT);
        live(path);
        follow_job(path);
    }
    close(fd);
    rk_buf_free(&room);
    return 0;
}
