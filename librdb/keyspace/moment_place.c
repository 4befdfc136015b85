/* moment_place: where a moment lies in a set, found by a pass over its files that applies nothing. */
#include "replay.h"

bool replay_find_file(const rk_replay *r, const rk_moment *moment, size_t *file, rk_err *err)
{
    *file = r->set.loaded - 1;
    if (!moment->file[0])
        return r->set.loaded > 0 || rk_fail(err, RK_USAGE, RK_NO_OFFSET, "the log has no file");
    for (size_t i = 0; i < r->set.loaded; i++) {
        *file = i;
        if (strcmp(r->set.files[i].name, moment->file) == 0)
            return true;
    }
    return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "no file '%.200s' belongs to the log", moment->file);
}

/* The commands of a file, behind the snapshot at its head if there is one. */
static rk_aof *open_commands(rk_source *source, rk_err *err)
{
    rk_rdb *rdb = NULL;
    rk_aof *aof = NULL;
    rk_record rec;
    rk_window behind;
    if (!ks_open_head(source, &rdb, &aof, err) || !rdb)
        return aof;
    while (rk_rdb_next(rdb, &rec, err) && rec.kind != RK_RECORD_END)
        ;
    if (err->code == RK_OK) {
        rk_rdb_hand_over(rdb, &behind);
        aof = rk_aof_open_behind(&behind, err);
    }
    rk_rdb_close(rdb);
    return aof;
}

static bool is_meant(const rk_moment *m, const rk_aof_command *command)
{
    return m->kind == RK_MOMENT_OFFSET ? command->end > m->offset : command->verb == m->verb;
}

/* Looks through one file; *found where the moment is in it. The first one, or the last. What could not be read of it goes
 * to `unread`. */
static bool look_through(rk_replay *r, size_t file, bool *found, rk_err *unread, rk_err *err)
{
    const rk_moment *m = &r->options.until;
    rk_source_options options = { .second_look = true };
    rk_aof_command command;
    uint64_t unit = 0; /* where the command, or the transaction around it, begins */
    rk_source *source = rk_source_open(r->set.files[file].path, &options, err);
    rk_aof *aof = source ? open_commands(source, err) : NULL;
    while (aof && !(*found && !m->last) && rk_aof_next(aof, &command, err)) {
        if (!command.in_multi || command.verb == RK_VERB_MULTI)
            unit = command.offset;
        if (!is_meant(m, &command))
            continue;
        *found = true;
        r->stop = (replay_place){ file, unit };
    }
    rk_aof_close(aof);
    rk_source_close(source);
    if (err->code != RK_TRUNCATED && err->code != RK_DAMAGED)
        return err->code == RK_OK;
    bool torn = err->code == RK_TRUNCATED && file + 1 == r->set.loaded; /* which a server leaves out */
    if (!torn && unread->code == RK_OK) {
        *unread = *err;
        rk_err_source(unread, r->set.files[file].path);
        rk_err_hint(unread, "`rdbcheck %s` shows what can be saved", r->set.path);
    }
    *err = (rk_err){ 0 }; /* the replay will say so, if it comes so far */
    return true;
}

/* The command may stand where nothing could be read. */
static bool may_be_unread(const rk_replay *r, const rk_err *unread)
{
    const rk_moment *m = &r->options.until;
    return m->kind == RK_MOMENT_BEFORE && unread->code != RK_OK && (m->last || !r->has_stop);
}

bool replay_find_stop(rk_replay *r, rk_err *err)
{
    const rk_moment *m = &r->options.until;
    rk_err unread = { 0 };
    size_t from = 0, to = r->set.loaded;
    if (m->kind != RK_MOMENT_OFFSET && m->kind != RK_MOMENT_BEFORE)
        return true;
    if (r->given)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "a moment by command or offset needs a file that can be read twice");
    if (m->kind == RK_MOMENT_OFFSET) {
        if (!replay_find_file(r, m, &from, err))
            return false;
        to = from + 1;
    }
    for (size_t i = from; i < to && !(r->has_stop && !m->last); i++)
        if (!look_through(r, i, &r->has_stop, &unread, err))
            return false;
    if (may_be_unread(r, &unread)) {
        *err = unread;
        return false;
    }
    if (!r->has_stop && m->kind == RK_MOMENT_OFFSET) {
        r->has_stop = true; /* behind the last whole command of that file */
        r->stop = (replay_place){ from + 1, 0 };
    }
    if (!r->has_stop)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "no command '%s' is in the log", m->word);
    return true;
}
