/* convert: replays a source, and writes what the keyspace is then. */
#include "rdbkit/convert.h"

#include <stdio.h>
#include <sys/stat.h>

#include "rdbkit/check.h"

/* ---- the source ------------------------------------------------------------------------------------------- */

/* Can it be opened by its name, as often as needed? */
static bool is_named(const char *path)
{
    struct stat info;
    return strcmp(path, "-") != 0 && (stat(path, &info) != 0 || !S_ISFIFO(info.st_mode));
}

static rk_replay *open_path(const char *path, const rk_replay_options *options, rk_err *err)
{
    rk_source_options reading = { .second_look = true, .progress = options->progress };
    if (is_named(path))
        return rk_replay_open(path, options, err);
    rk_source *source = rk_source_open(path, &reading, err);
    return source ? rk_replay_open_source(source, options, err) : NULL;
}

static rk_replay *open_words(const rk_convert_options *o, rk_moment *until, rk_err *err)
{
    size_t len;
    rk_replay_options options = { .progress = o->progress, .has_without = o->without != NULL };
    if (!rk_moment_split(o->words, &len, until, err) ||
        (o->without && !rk_moment_parse_offset(o->without, &options.without, err)))
        return NULL;
    options.until = *until;
    char *path = rk_alloc(len + 1);
    if (!path) {
        rk_no_memory(err);
        return NULL;
    }
    memcpy(path, o->words, len);
    rk_replay *replay = open_path(path, &options, err);
    rk_free(path);
    return replay;
}

/* A snapshot alone is of one moment. */
static bool check_moment(const rk_convert_options *o, const rk_log_facts *log, const rk_moment *until,
                         rk_err *err)
{
    if (until->kind == RK_MOMENT_END || log->commands > 0 || log->stopped || log->base_keys == 0)
        return true;
    rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a snapshot is of one moment: only an append-only file has others");
    return rk_err_source(err, o->words);
}

/* ---- the snapshot ----------------------------------------------------------------------------------------- */

static bool same_file(const char *path, const struct stat *there)
{
    struct stat info;
    return stat(path, &info) == 0 && info.st_dev == there->st_dev && info.st_ino == there->st_ino;
}

/* Nothing of the source is ever replaced, by force neither. */
static bool check_target(const rk_convert_options *o, const rk_aof_set *set, rk_err *err)
{
    struct stat there;
    bool same = false;
    if (stat(o->path, &there) != 0)
        return true; /* whether it can be written is found out by the sink */
    for (size_t i = 0; i < set->count && !same; i++)
        same = same_file(set->files[i].path, &there);
    if (!same && !(set->manifest && same_file(set->manifest, &there)))
        return true;
    rk_fail(err, RK_USAGE, RK_NO_OFFSET, "belongs to the source, which is never written to");
    return rk_err_source(err, o->path);
}

static bool is_wanted(void *self, uint32_t db, rk_slice name, rk_type type)
{
    rk_key key = { .db = db, .name = name, .type = type, .expire_ms = RK_NO_EXPIRY };
    return rk_filter_wants(self, &key);
}

static void note_servers(const rk_check *check, rk_converted *out)
{
    bool relaxed = false;
    const char *redis = rk_oldest_redis(check), *valkey = rk_oldest_valkey(check, &relaxed);
    snprintf(out->redis, sizeof out->redis, "%s", redis ? redis : "");
    snprintf(out->valkey, sizeof out->valkey, "%s", valkey && !relaxed ? valkey : "");
}

static bool save(const rk_convert_options *o, rk_replay *replay, const rk_moment *until, rk_converted *out,
                 rk_err *err)
{
    const rk_replay_info *info = rk_replay_info_of(replay);
    rk_sink_options writing = { .force = o->force };
    rk_check *check = NULL;
    rk_keyspace_save_options options = { .plain = true,
                                         .server = info->server,
                                         .valkey = info->valkey,
                                         .wanted = rk_filter_is_all(o->filter) ? NULL : is_wanted,
                                         .self = (void *)(uintptr_t)o->filter,
                                         .saved = &out->saved };
    options.now_s = until->kind == RK_MOMENT_TIME && info->stopped ? until->time_s : info->time_s;
    options.has_now = options.now_s >= 0;
    rk_sink *sink = check_target(o, info->set, err) ? rk_sink_open(o->path, &writing, err) : NULL;
    bool ok = sink && rk_keyspace_save(rk_replay_keyspace(replay), sink, &options, err) &&
              rk_check_read_back(sink, o->path, &check, err) && rk_sink_commit(sink, err);
    if (ok)
        note_servers(check, out);
    rk_check_free(check);
    rk_sink_close(sink);
    return ok;
}

bool rk_convert(const rk_convert_options *o, rk_converted *out, rk_err *err)
{
    rk_moment until = { 0 };
    *out = (rk_converted){ 0 };
    rk_replay *replay = open_words(o, &until, err);
    bool ok = replay && rk_replay_run(replay, err);
    if (ok) {
        out->log = rk_log_facts_of(replay, &out->partial);
        ok = check_moment(o, &out->log, &until, err) && save(o, replay, &until, out, err);
    }
    rk_replay_close(replay);
    return ok || rk_err_source(err, o->words);
}
