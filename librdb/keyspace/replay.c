/* replay: a set of files, command by command, onto a keyspace (spec: AOF, "Manifest", "Truncation, repair",
 * "Transactions"). */
#include "replay.h"

#include <stdio.h>

/* ---- opening ------------------------------------------------------------------------------------------------ */

static rk_replay *fail_open(rk_replay *r)
{
    rk_replay_close(r);
    return NULL;
}

/* Where the command stands that is to be left out. */
static bool find_without(rk_replay *r, rk_err *err)
{
    rk_err elsewhere = { 0 };
    r->without.offset = r->options.without.offset;
    if (replay_find_file(r, &r->options.without, &r->without.file, &elsewhere))
        return true;
    r->options.has_without = false;
    if (!r->options.may_lack_it)
        *err = elsewhere;
    return r->options.may_lack_it;
}

/* Servers from 7.0 on list the files of a set in a manifest; who names one of these files alone names it as they do. */
static bool is_of_old_server(const rk_aof_set *set)
{
    rk_slice name = set->loaded ? rk_slice_of(set->files[0].name) : RK_EMPTY;
    return !set->manifest && !rk_slice_ends(name, RK_TEXT(".incr.aof")) &&
           !rk_slice_ends(name, RK_TEXT(".base.aof")) && !rk_slice_ends(name, RK_TEXT(".base.rdb"));
}

static bool prepare(rk_replay *r, rk_err *err)
{
    r->ks = ks_new(err);
    r->files = rk_alloc((r->set.loaded + 1) * sizeof *r->files);
    r->sources = rk_alloc((r->set.loaded + 1) * sizeof(rk_source *));
    if (!r->ks || !r->files || !r->sources)
        return rk_no_memory(err);
    r->ks->interest = r->options.interest;
    r->ks->self = r->options.self;
    r->base_told = !r->options.interest;
    r->ks->before_7 = r->ks->before_6 = is_of_old_server(&r->set);
    r->call = (ks_call){ .ks = r->ks, .now_ms = -1 };
    r->info = (rk_replay_info){ .set = &r->set, .files = r->files, .time_s = -1, .server = RK_EMPTY };
    if (r->options.has_without && !find_without(r, err))
        return false;
    return replay_find_stop(r, err);
}

static rk_replay *new_replay(const rk_replay_options *options, rk_err *err)
{
    rk_replay *r = rk_alloc(sizeof *r);
    if (!r)
        rk_no_memory(err);
    else if (options)
        r->options = *options;
    return r;
}

rk_replay *rk_replay_open(const char *path, const rk_replay_options *options, rk_err *err)
{
    rk_replay *r = new_replay(options, err);
    if (!r)
        return NULL;
    if (!rk_aof_set_open(path, &r->set, err) || !prepare(r, err)) {
        rk_err_source(err, path);
        return fail_open(r);
    }
    return r;
}

/* A set of one file, that of the source. */
static bool set_of_one(rk_aof_set *set, const char *name, rk_err *err)
{
    size_t size = strlen(name) + 1;
    set->path = rk_alloc(size);
    set->files = rk_alloc(sizeof *set->files);
    char *path = rk_alloc(size);
    if (!set->path || !set->files || !path) {
        rk_free(path);
        return rk_no_memory(err);
    }
    memcpy(set->path, name, size);
    memcpy(path, name, size);
    const char *slash = strrchr(path, '/');
    set->files[0] = (rk_aof_file){ .path = path,
                                   .name = slash ? slash + 1 : path,
                                   .role = RK_AOF_INCREMENT,
                                   .start_offset = -1,
                                   .end_offset = -1 };
    set->count = set->loaded = 1;
    return true;
}

rk_replay *rk_replay_open_source(rk_source *source, const rk_replay_options *options, rk_err *err)
{
    rk_replay *r = new_replay(options, err);
    if (!r) {
        rk_source_close(source);
        return NULL;
    }
    r->given = source;
    if (!set_of_one(&r->set, rk_source_name(source), err) || !prepare(r, err)) {
        rk_err_source(err, rk_source_name(source));
        return fail_open(r);
    }
    return r;
}

void rk_replay_close(rk_replay *r)
{
    if (!r)
        return;
    rk_aof_close(r->aof);
    ks_free(r->ks);
    for (size_t i = 0; r->sources && i < r->set.loaded; i++)
        rk_source_close(r->sources[i]);
    rk_source_close(r->given);
    rk_free(r->sources);
    rk_free(r->files);
    rk_aof_set_free(&r->set);
    rk_free(r);
}

/* ---- files -------------------------------------------------------------------------------------------------- */

static const char *path_of(const rk_replay *r)
{
    return r->set.files[r->file].path;
}

static bool note_base(rk_replay *r, rk_err *err)
{
    const ks_base_facts *b = &r->base;
    r->files[r->file].base_keys = b->keys;
    if (b->server[0]) {
        r->info.server = rk_slice_of(r->base.server);
        r->ks->before_7 = !b->valkey && b->server[0] < '7' && b->server[1] == '.';
        r->ks->before_6 = r->ks->before_7 && b->server[0] < '6';
    }
    r->info.valkey |= b->valkey;
    if (b->ctime_s > r->info.time_s)
        r->info.time_s = b->ctime_s;
    const rk_moment *until = &r->options.until;
    if (until->kind == RK_MOMENT_TIME && b->ctime_s > until->time_s) {
        rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                "the snapshot with which the log begins was saved %" PRId64
                " s after the moment that was asked for: an older one is needed",
                b->ctime_s - until->time_s);
        return rk_err_source(err, path_of(r));
    }
    return true;
}

/* Opens the file that is next, and reads the snapshot at its head, if there is one. */
static bool open_file(rk_replay *r, rk_err *err)
{
    rk_source_options options = { .second_look = true, .progress = r->options.progress };
    rk_rdb *rdb = NULL;
    rk_window behind;
    rk_source *source = r->given ? r->given : rk_source_open(path_of(r), &options, err);
    r->given = NULL;
    r->sources[r->file] = source;
    if (!source || !ks_open_head(source, &rdb, &r->aof, err))
        return false;
    if (rdb) {
        if (!ks_base_load(r->ks, rdb, &r->base) || !note_base(r, err))
            return false;
        rk_rdb_hand_over(rdb, &behind);
        r->aof = rk_aof_open_behind(&behind, err);
    }
    r->call.db = 0;
    r->call.home = ks_keep_file(r->ks, source);
    r->command = (rk_aof_command){ 0 }; /* its arguments are gone */
    r->leaving_out = false;
    return r->aof != NULL;
}

static void note_file(rk_replay *r)
{
    rk_replay_file *f = &r->files[r->file];
    f->good = rk_aof_good(r->aof);
    f->file_bytes = rk_source_file_size(r->sources[r->file]);
    f->packing = rk_source_packing(r->sources[r->file]);
    f->bytes = rk_source_size(r->sources[r->file]);
    if (f->bytes == UINT64_MAX)
        f->bytes = f->file_bytes; /* a pipe that was not read to its end */
    f->times = rk_aof_times_of(r->aof);
}

/* ---- the end ------------------------------------------------------------------------------------------------ */

static bool has_annotations(const rk_replay *r)
{
    for (size_t i = 0; i < r->set.loaded; i++)
        if (r->files[i].times.count)
            return true;
    return false;
}

static void count_doubts(rk_replay *r)
{
    ks_str *name;
    rk_slice bytes;
    rk_keyspace *ks = r->ks;
    r->info.all_uncertain = ks->all_uncertain;
    r->info.uncertain_keys = 0;
    for (uint32_t at = 0; (name = ks_dict_next(&ks->doubts, &at)) != NULL;)
        r->info.uncertain_keys += ks_str_bytes(ks, name, &ks->scratch[1], &bytes);
    r->info.relative_time = r->call.relative_time;
}

/* Nothing more will be pulled. False: what was asked for did not occur. */
static bool finish(rk_replay *r, rk_err *err)
{
    r->ended = true;
    r->info.left_out = r->left_out || (r->options.has_without && r->info.stopped);
    count_doubts(r);
    if (err->code != RK_OK)
        return false;
    if (r->options.until.kind == RK_MOMENT_TIME && !r->info.stopped && !has_annotations(r))
        rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                "a moment by time needs annotations (aof-timestamp-enabled yes), and the log has none");
    else if (r->options.has_without && !r->info.left_out && !r->options.may_lack_it)
        rk_fail(err, RK_USAGE, r->without.offset, "the command to be left out: none begins there");
    else
        return false;
    rk_err_source(err, r->set.files[r->options.has_without ? r->without.file : 0].path);
    return false;
}

/* Does what cannot be read begin only where the replay was to stop: at a place behind the last whole command? */
static bool stops_before(const rk_replay *r, const rk_err *broken)
{
    const rk_moment *until = &r->options.until;
    uint64_t size = r->files[r->file].bytes;
    if (until->kind != RK_MOMENT_OFFSET || r->stop.file != r->file + 1)
        return false;
    return broken->code == RK_TRUNCATED ? until->offset < size
                                        : broken->code == RK_DAMAGED && until->offset <= broken->offset;
}

/* The file has ended, or cannot be read further. True: the next one may be opened. */
static bool end_file(rk_replay *r, rk_err *err)
{
    bool last = r->file + 1 == r->set.loaded;
    note_file(r);
    if (stops_before(r, err)) {
        *err = (rk_err){ 0 };
        r->info.stopped = true;
        return false;
    }
    if (err->code == RK_TRUNCATED && last) {
        const rk_replay_file *f = &r->files[r->file];
        r->info.torn = true;
        r->info.open_multi = rk_aof_in_open_multi(r->aof);
        r->info.torn_bytes = f->bytes > f->good ? f->bytes - f->good : 0;
        r->info.tear = *err;
        rk_err_source(&r->info.tear, path_of(r));
        *err = (rk_err){ 0 };
    }
    if (err->code != RK_OK) {
        if (err->code == RK_TRUNCATED)
            rk_err_hint(err,
                        "a server lets only the last file of a set end so; rdbcheck shows what can be saved");
        else
            rk_err_hint(err, "`rdbcheck %s` shows what can be saved", r->set.path);
        return rk_err_source(err, path_of(r));
    }
    rk_aof_close(r->aof);
    r->aof = NULL;
    r->file++;
    return true;
}

/* ---- steps -------------------------------------------------------------------------------------------------- */

/* The next key of the base that is watched is told. False: there is none. */
static bool tell_base(rk_replay *r, rk_step *step)
{
    rk_keyspace *ks = r->ks;
    while (r->telling < ks->db_count) {
        ks_db *db = ks->dbs[r->telling];
        ks_key *key = r->told ? r->told->after : db ? db->first : NULL;
        while (key && !key->watched)
            key = key->after;
        r->told = key;
        if (!key) {
            r->telling++;
            continue;
        }
        ks_tell_arrival(ks, key);
        *step = (rk_step){ .file = r->file,
                           .db = r->telling,
                           .effects = ks->effects,
                           .effect_count = ks->effect_count,
                           .keys_before = ks->count,
                           .keys_after = ks->count };
        return true;
    }
    r->base_told = true;
    return false;
}

static bool is_stop(const rk_replay *r, const rk_aof_command *command)
{
    if (r->has_stop &&
        (r->file > r->stop.file || (r->file == r->stop.file && command->offset >= r->stop.offset)))
        return true;
    bool within = command->in_multi && command->verb != RK_VERB_MULTI;
    return r->options.until.kind == RK_MOMENT_TIME && !within && command->time_s > r->options.until.time_s;
}

/* The one command that is not wanted; a transaction as a whole, if its MULTI is named. */
static bool is_left_out(rk_replay *r, const rk_aof_command *command)
{
    if (r->leaving_out) {
        r->leaving_out = command->verb != RK_VERB_EXEC;
        return true;
    }
    if (!r->options.has_without || r->file != r->without.file || command->offset != r->without.offset)
        return false;
    r->left_out = true;
    r->leaving_out = command->verb == RK_VERB_MULTI;
    return true;
}

static void keep_first(const rk_replay *r, const rk_aof_command *command, const rk_err *why, rk_err *first)
{
    char shown[60];
    if (first->code != RK_OK || why->code == RK_OK)
        return;
    *first = *why;
    rk_within(first, "command %" PRIu64 " '%s' in db %" PRIu32, command->number,
              rk_slice_print(command->args[0], shown, sizeof shown), r->call.db);
    rk_err_source(first, path_of(r));
}

static void count_outcome(rk_replay *r, const rk_aof_command *command, rk_outcome outcome)
{
    rk_replay_info *info = &r->info;
    info->done += outcome == RK_OUTCOME_DONE;
    info->nothing += outcome == RK_OUTCOME_NOTHING;
    info->failed += outcome == RK_OUTCOME_FAILED;
    info->opaque += outcome == RK_OUTCOME_OPAQUE;
    info->unwanted += outcome == RK_OUTCOME_UNWANTED;
    if (outcome == RK_OUTCOME_FAILED)
        keep_first(r, command, &r->call.why, &info->failed_first);
    else if (outcome == RK_OUTCOME_OPAQUE)
        keep_first(r, command, &r->call.why, &info->opaque_first);
}

static bool apply(rk_replay *r, const rk_aof_command *command, rk_step *step, rk_err *err)
{
    char shown[60];
    *step = (rk_step){ .command = command, .file = r->file, .keys_before = r->ks->count };
    r->call.command = command;
    r->call.why.code = RK_OK;
    if (command->time_s >= 0) {
        r->ks->before_7 = r->ks->before_6 = false; /* which had no annotations */
        r->info.time_s = command->time_s;
        r->call.now_ms = command->time_s * 1000;
    }
    step->outcome = is_left_out(r, command) ? RK_OUTCOME_LEFT_OUT : ks_apply(&r->call);
    if (err->code != RK_OK) {
        rk_within(err, "command %" PRIu64 " '%s'", command->number,
                  rk_slice_print(command->args[0], shown, sizeof shown));
        return rk_err_source(err, path_of(r));
    }
    r->files[r->file].commands++;
    count_outcome(r, command, step->outcome);
    step->db = r->call.db;
    step->effects = r->ks->effects;
    step->effect_count = r->ks->effect_count;
    step->keys_after = r->ks->count;
    return true;
}

bool rk_replay_next(rk_replay *r, rk_step *step, rk_err *err)
{
    rk_keyspace *ks = r->ks;
    ks->err = err;
    while (!r->ended) {
        ks_effects_clear(ks);
        if (!r->aof) {
            if (r->file == r->set.loaded || !open_file(r, err))
                return finish(r, err);
            r->base_told = !r->options.interest || !r->files[r->file].base_keys;
            r->telling = 0;
            r->told = NULL;
        }
        if (!r->base_told && (tell_base(r, step) || ks_bad(ks)))
            return err->code == RK_OK || finish(r, err);
        if (!rk_aof_next(r->aof, &r->command, err)) {
            if (!end_file(r, err))
                return finish(r, err);
            continue;
        }
        if (is_stop(r, &r->command)) {
            r->info.stopped = true;
            note_file(r);
            return finish(r, err);
        }
        return apply(r, &r->command, step, err) || finish(r, err);
    }
    return false;
}

bool rk_replay_run(rk_replay *r, rk_err *err)
{
    rk_step step;
    while (rk_replay_next(r, &step, err))
        ;
    return err->code == RK_OK;
}

const rk_replay_info *rk_replay_info_of(const rk_replay *r)
{
    return &r->info;
}

rk_keyspace *rk_replay_keyspace(rk_replay *r)
{
    return r->ks;
}

/* What the command at hand has brought lies in the window still, and need not be read from the file. */
static bool is_argument(const rk_replay *r, const ks_str *str, rk_slice *bytes)
{
    const rk_aof_command *c = &r->command;
    size_t from = 0, to = c->argc;
    if (str->home < KS_FILE || str->home != r->call.home || str->offset < c->offset || str->offset >= c->end)
        return false;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (c->offsets[middle] < str->offset)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == c->argc || c->offsets[from] != str->offset || c->args[from].len != str->len)
        return false;
    *bytes = c->args[from];
    return true;
}

bool rk_replay_item(rk_replay *r, uint32_t item, rk_buf *scratch, rk_slice *bytes, rk_err *err)
{
    r->ks->err = err;
    return is_argument(r, &r->ks->told[item], bytes) ||
           ks_str_bytes(r->ks, &r->ks->told[item], scratch, bytes);
}

bool rk_keyspace_find(rk_keyspace *ks, uint32_t db, rk_slice name, rk_keyspace_key *found, rk_err *err)
{
    ks_key *key = ks_peek(ks, db, name);
    ks->err = err;
    if (!key || !ks_thaw(ks, key))
        return false;
    const ks_type *type = ks_type_of(key);
    *found = (rk_keyspace_key){ .type = (rk_type)key->type,
                                .elements = type ? type->count(key) : 1,
                                .expire_ms = key->expire_ms,
                                .uncertain = ks_is_doubtful(ks, db, name) };
    return !ks_bad(ks);
}
