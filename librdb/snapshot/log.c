/* log: an append-only file as a snapshot. Its commands are replayed, and what the keyspace is then is written to a
 * temporary image, so that whoever looks at keys, twice or by their units, does it as with any snapshot. */
#include <stdio.h>

#include "snapshot.h"

/* What could not be replayed, or was left out at the torn end. */
static rk_err reason_of(const rk_replay_info *info)
{
    rk_err reason = { 0 };
    char what[sizeof reason.what];
    if (info->opaque > 0) {
        reason = info->opaque_first;
        snprintf(what, sizeof what, "%" PRIu64 " command%s could not be replayed%s %.120s", info->opaque,
                 info->opaque > 1 ? "s" : "", info->opaque > 1 ? ", the first:" : ":", reason.what);
        reason.code = RK_UNKNOWN;
    } else if (info->torn) {
        reason = info->tear;
        snprintf(what, sizeof what, "%.120s; %" PRIu64 " bytes were left out, as servers do", reason.what,
                 info->torn_bytes);
    } else {
        return reason;
    }
    memcpy(reason.what, what, sizeof what);
    return reason;
}

rk_log_facts rk_log_facts_of(const rk_replay *replay, rk_err *reason)
{
    const rk_replay_info *info = rk_replay_info_of(replay);
    rk_log_facts log = { .files = info->set->loaded,
                         .failed = info->failed,
                         .opaque = info->opaque,
                         .uncertain_keys = info->uncertain_keys,
                         .all_uncertain = info->all_uncertain,
                         .torn = info->torn,
                         .open_multi = info->open_multi,
                         .torn_bytes = info->torn_bytes,
                         .relative_times = info->relative_time,
                         .stopped = info->stopped,
                         .left_out = info->left_out,
                         .first_failed = info->failed_first,
                         .first_opaque = info->opaque_first };
    for (size_t i = 0; i < info->set->loaded; i++) {
        log.commands += info->files[i].commands;
        log.base_keys += info->files[i].base_keys;
        log.annotated |= info->files[i].times.count > 0;
    }
    *reason = reason_of(info);
    return log;
}

/* What the reader of the image has noted is not true of the log. */
static void tell_log(rk_snapshot *s, const rk_replay *replay)
{
    const rk_replay_info *info = rk_replay_info_of(replay);
    rk_snapshot_info *told = &s->notes.info;
    rk_err reason;
    told->log = rk_log_facts_of(replay, &reason);
    for (size_t i = 0; i < info->set->loaded; i++) {
        s->file_size += info->files[i].file_bytes;
        s->content_size += info->files[i].bytes;
    }
    told->path = s->words;
    told->format = info->set->loaded == 1 && told->log.commands == 0 && told->log.base_keys ? "rdb" : "aof";
    told->packing = info->set->loaded == 1 && info->files[0].packing ? info->files[0].packing : "plain";
    told->rdb_version = 0;
    told->valkey_magic = false;
    if (reason.code != RK_OK)
        snapshot_set_partial(s, &reason);
}

/* When it was so: known from the log, or at least the moment that was asked for. */
static bool time_of(const rk_replay_info *info, const rk_moment *until, int64_t *time_s)
{
    *time_s = until->kind == RK_MOMENT_TIME && info->stopped ? until->time_s : info->time_s;
    return *time_s >= 0;
}

static rk_source *write_image(rk_replay *replay, const char *words, const rk_moment *until, bool plain,
                              rk_err *err)
{
    const rk_replay_info *info = rk_replay_info_of(replay);
    rk_keyspace_save_options options = { .plain = plain, .server = info->server, .valkey = info->valkey };
    char name[300];
    rk_sink *sink = rk_sink_open_temporary(err);
    if (!sink)
        return NULL;
    options.has_now = time_of(info, until, &options.now_s);
    if (!rk_keyspace_save(rk_replay_keyspace(replay), sink, &options, err)) {
        rk_sink_close(sink);
        return NULL;
    }
    snprintf(name, sizeof name, "the replay of %.250s", words);
    return rk_sink_to_source(sink, name, err);
}

static rk_snapshot *fail(rk_snapshot *s, const char *words, rk_err *err)
{
    rk_snapshot_close(s);
    rk_err_source(err, words);
    return NULL;
}

rk_snapshot *snapshot_of_log(rk_replay *replay, const char *words, const rk_moment *until, rk_err *err)
{
    rk_snapshot *s = NULL;
    rk_source *image = rk_replay_run(replay, err) ? write_image(replay, words, until, false, err) : NULL;
    if (image)
        s = snapshot_of_source(image, err);
    if (s && !(s->words = rk_alloc(strlen(words) + 1)))
        rk_no_memory(err);
    if (s && s->words) {
        memcpy(s->words, words, strlen(words));
        tell_log(s, replay);
    }
    rk_replay_close(replay);
    return s && s->words ? s : fail(s, words, err);
}

/* The path before the moment, as a C string of our own. */
static char *path_before(const char *words, size_t len, rk_err *err)
{
    char *path = rk_alloc(len + 1);
    if (!path)
        rk_no_memory(err);
    else
        memcpy(path, words, len);
    return path;
}

rk_source *rk_snapshot_image(const char *words, rk_progress *progress, rk_err *reason, rk_err *err)
{
    size_t len;
    rk_replay_options options = { .progress = progress };
    rk_source *image = NULL;
    rk_replay *replay = NULL;
    char *path = rk_moment_split(words, &len, &options.until, err) ? path_before(words, len, err) : NULL;
    *reason = (rk_err){ 0 };
    if (path)
        replay = rk_replay_open(path, &options, err);
    if (replay && rk_replay_run(replay, err))
        image = write_image(replay, words, &options.until, true, err);
    if (image)
        *reason = reason_of(rk_replay_info_of(replay));
    else
        rk_err_source(err, words);
    rk_replay_close(replay);
    rk_free(path);
    return image;
}
