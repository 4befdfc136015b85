/* counts: how much was written, when, and by which commands: by framing alone. */
#include "aoflog.h"

#include <ctype.h>
#include <stdlib.h>

enum { OTHER_NAMES_MOST = 200, NAME_MOST = 40 };

struct rk_aoflog_counter {
    rk_aoflog *log;
    rk_aoflog_counts counts;
    rk_aoflog_share *files;
    rk_aoflog_name known[RK_VERBS]; /* by verb; those of UNKNOWN and of modules stand in `others` */
    rk_aoflog_name *others;
    size_t other_count, other_cap;
    rk_aoflog_name *sorted;
    rk_aoflog_suspect *suspects;
    size_t suspect_count, suspect_cap;
    uint64_t behind; /* bytes of the files before the one being read, for the line by offset */
    size_t file;
    rk_arena arena;
};

/* ---- names -------------------------------------------------------------------------------------------------- */

static bool is_same(rk_slice a, rk_slice b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (tolower(a.ptr[i]) != tolower(b.ptr[i]))
            return false;
    return a.len == b.len;
}

/* The entry of a name that no row has, made when it is new. NULL: there are too many, or (err) no memory. */
static rk_aoflog_name *other_name(rk_aoflog_counter *c, const rk_aof_command *command, rk_err *err)
{
    rk_slice name = rk_slice_head(command->args[0], NAME_MOST);
    for (size_t i = 0; i < c->other_count; i++)
        if (is_same(c->others[i].name, name))
            return &c->others[i];
    if (c->other_count == OTHER_NAMES_MOST ||
        !rk_grow((void **)&c->others, &c->other_cap, c->other_count + 1, sizeof *c->others, err))
        return NULL;
    rk_aoflog_name *fresh = &c->others[c->other_count];
    *fresh = (rk_aoflog_name){ .verb = command->verb };
    if (!rk_arena_copy(&c->arena, name, &fresh->name, err))
        return NULL;
    c->other_count++;
    return fresh;
}

static bool count_name(rk_aoflog_counter *c, const rk_aof_command *command, rk_err *err)
{
    rk_verb verb = command->verb;
    rk_aoflog_name *name = verb == RK_VERB_UNKNOWN || verb == RK_VERB_MODULE_VERB
                               ? other_name(c, command, err)
                               : &c->known[verb];
    if (!name) {
        c->counts.other_names++;
        return err->code == RK_OK;
    }
    name->commands++;
    name->bytes += command->end - command->offset;
    return true;
}

static int by_frequency(const void *a, const void *b)
{
    const rk_aoflog_name *x = a, *y = b;
    if (x->commands != y->commands)
        return x->commands < y->commands ? 1 : -1;
    return rk_slice_compare(x->name, y->name);
}

static bool sort_names(rk_aoflog_counter *c, rk_err *err)
{
    size_t count = 0;
    c->sorted = rk_alloc((RK_VERBS + c->other_count) * sizeof *c->sorted);
    if (!c->sorted)
        return rk_no_memory(err);
    for (unsigned verb = 0; verb < RK_VERBS; verb++) {
        if (!c->known[verb].commands)
            continue;
        c->known[verb].verb = (rk_verb)verb;
        c->known[verb].name = rk_slice_of(rk_verb_row_of((rk_verb)verb)->name);
        c->sorted[count++] = c->known[verb];
    }
    for (size_t i = 0; i < c->other_count; i++)
        c->sorted[count++] = c->others[i];
    qsort(c->sorted, count, sizeof *c->sorted, by_frequency);
    c->counts.names = c->sorted;
    c->counts.name_count = count;
    return true;
}

/* ---- one command -------------------------------------------------------------------------------------------- */

static bool note_suspect(rk_aoflog_counter *c, const rk_aoflog_entry *entry, rk_err *err)
{
    rk_slice key;
    if (!log_is_suspect(entry->command, &key))
        return true;
    c->counts.suspect_count++;
    if (c->suspect_count == RK_AOFLOG_SUSPECTS)
        return true;
    if (!rk_grow((void **)&c->suspects, &c->suspect_cap, c->suspect_count + 1, sizeof *c->suspects, err))
        return false;
    rk_aoflog_suspect *s = &c->suspects[c->suspect_count];
    *s = (rk_aoflog_suspect){ .spot = rk_aoflog_spot(entry),
                              .db = entry->db,
                              .in_multi = entry->command->in_multi };
    if (!rk_arena_copy(&c->arena, key, &s->key, err))
        return false;
    c->suspect_count++;
    return true;
}

/* Sizes of files are known when they have been read: the next one begins behind. */
static void reach_file(rk_aoflog_counter *c, size_t file)
{
    const rk_aoflog_info *info = c->counts.info;
    for (; c->file < file; c->file++)
        if (info->set->files[c->file].role != RK_AOF_BASE || info->set->loaded == 1)
            c->behind += info->files[c->file].size;
}

static bool place_write(rk_aoflog_counter *c, const rk_aoflog_entry *entry, rk_err *err)
{
    const rk_aof_set *set = c->counts.info->set;
    int64_t time_s = entry->command->time_s;
    if (set->files[entry->file].role == RK_AOF_BASE && set->manifest)
        return true;
    c->counts.untimed += time_s < 0;
    if (!rk_timeline_add(&c->counts.offsets, (int64_t)(c->behind + entry->command->offset), 1, err))
        return false;
    return time_s < 0 || rk_timeline_add(&c->counts.times, time_s, 1, err);
}

static void add_share(rk_aoflog_share *share, const rk_aof_command *command, bool writes)
{
    share->commands++;
    share->writes += writes;
    share->bytes += command->end - command->offset;
    if (command->time_s < 0)
        return;
    share->first_s =
        share->first_s < 0 || command->time_s < share->first_s ? command->time_s : share->first_s;
    share->last_s = command->time_s > share->last_s ? command->time_s : share->last_s;
}

static bool count_entry(rk_aoflog_counter *c, const rk_aoflog_entry *entry, rk_err *err)
{
    const rk_aof_command *command = entry->command;
    bool writes = !(rk_verb_row_of(command->verb)->flags & RK_VERB_NO_EFFECT);
    reach_file(c, entry->file);
    add_share(&c->files[entry->file], command, writes);
    add_share(&c->counts.all, command, writes);
    c->counts.transactions += command->verb == RK_VERB_MULTI;
    return count_name(c, command, err) && (!writes || place_write(c, entry, err)) &&
           note_suspect(c, entry, err);
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

static bool run(rk_aoflog_counter *c, const char *path, const rk_aoflog_range *range, rk_progress *progress,
                rk_err *err)
{
    rk_aoflog_entry entry;
    c->log = rk_aoflog_open(path, range, progress, err);
    if (!c->log)
        return false;
    const rk_aoflog_info *info = rk_aoflog_info_of(c->log);
    c->counts.info = info;
    c->files = rk_alloc((info->set->loaded + 1) * sizeof *c->files);
    if (!c->files)
        return rk_no_memory(err);
    c->counts.files = c->files;
    c->counts.all.first_s = c->counts.all.last_s = -1;
    for (size_t i = 0; i < info->set->loaded; i++)
        c->files[i].first_s = c->files[i].last_s = -1;
    while (rk_aoflog_next(c->log, &entry, err))
        if (!count_entry(c, &entry, err))
            return false;
    c->counts.suspects = c->suspects;
    for (size_t i = 0; i < info->set->loaded; i++)
        c->counts.stepped_back |= info->files[i].times.stepped_back;
    return err->code == RK_OK && sort_names(c, err);
}

rk_aoflog_counter *rk_aoflog_count(const char *path, const rk_aoflog_range *range, rk_progress *progress,
                                   rk_err *err)
{
    rk_aoflog_counter *c = rk_alloc(sizeof *c);
    if (!c) {
        rk_no_memory(err);
        return NULL;
    }
    if (run(c, path, range, progress, err))
        return c;
    rk_aoflog_counter_free(c);
    return NULL;
}

const rk_aoflog_counts *rk_aoflog_counts_of(const rk_aoflog_counter *c)
{
    return &c->counts;
}

void rk_aoflog_counter_free(rk_aoflog_counter *c)
{
    if (!c)
        return;
    rk_timeline_free(&c->counts.times);
    rk_timeline_free(&c->counts.offsets);
    rk_free(c->files);
    rk_free(c->others);
    rk_free(c->sorted);
    rk_free(c->suspects);
    rk_arena_free(&c->arena);
    rk_aoflog_close(c->log);
    rk_free(c);
}
