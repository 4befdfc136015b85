/* reader: yields the commands of a file, one after the other, as they lie in the window. */
#include "aof.h"

static rk_aof *new_reader(rk_err *err)
{
    rk_aof *aof = rk_alloc(sizeof *aof);
    if (!aof) {
        rk_no_memory(err);
        return NULL;
    }
    aof->times.first_s = aof->times.last_s = -1;
    return aof;
}

rk_aof *rk_aof_open(rk_source *source, rk_err *err)
{
    rk_aof *aof = new_reader(err);
    if (aof && !rk_window_open(&aof->win, source, err)) {
        rk_aof_close(aof);
        aof = NULL;
    }
    if (!aof)
        rk_err_source(err, rk_source_name(source));
    return aof;
}

rk_aof *rk_aof_open_behind(rk_window *window, rk_err *err)
{
    rk_aof *aof = new_reader(err);
    if (!aof) {
        rk_err_source(err, rk_source_name(window->source));
        rk_window_close(window);
    } else {
        aof->win = *window;
        aof->win.drain = NULL; /* what summed up the snapshot has nothing to do with what follows */
        rk_window_let_go(&aof->win);
        aof->good = rk_window_offset(&aof->win);
    }
    *window = (rk_window){ 0 };
    return aof;
}

void rk_aof_close(rk_aof *aof)
{
    if (!aof)
        return;
    rk_window_close(&aof->win);
    rk_free(aof->args);
    rk_free(aof->offsets);
    rk_free(aof);
}

/* What begins at the window's place is broken. */
static bool broken(rk_aof *aof, const aof_frame *f, rk_err *err)
{
    uint64_t from = aof_offset(aof, 0);
    if (!aof->broken.failed) /* more may be known already */
        aof->broken = (aof_break){ .failed = true, .from = from, .look_at = from };
    aof->wasted += f->seen;
    return rk_err_source(err, rk_source_name(aof->win.source));
}

/* Passes over annotations, and takes down their times. False at the end, and on failure. */
static bool pass_notes(rk_aof *aof, rk_err *err)
{
    size_t end;
    int64_t time_s;
    while (aof_has(aof, 1, err) && *aof_at(aof, 0) == '#') {
        if (!aof_note(aof, 0, &end, &time_s, err))
            return false;
        aof_note_time(aof, time_s);
        aof->win.pos += end;
    }
    return err->code == RK_OK && aof_has(aof, 1, err);
}

static bool exec_alone(rk_aof *aof, const aof_frame *f, rk_err *err)
{
    aof->broken = (aof_break){
        .failed = true, .from = aof_offset(aof, f->at), .look_at = aof_offset(aof, f->end), .at_command = true
    };
    rk_fail(err, RK_DAMAGED, aof_offset(aof, f->at), "an EXEC without a MULTI");
    return aof_within(aof, f, err);
}

/* Hands out the command that was framed at the window's place, and passes over it. */
static void yield(rk_aof *aof, const aof_frame *f, rk_verb verb, rk_aof_command *command)
{
    size_t argc = (size_t)f->argc;
    for (size_t i = 0; i < argc; i++)
        aof->args[i].ptr = rk_window_at(&aof->win, aof->offsets[i]);
    *command = (rk_aof_command){ .args = aof->args,
                                 .offsets = aof->offsets,
                                 .argc = argc,
                                 .verb = verb,
                                 .offset = aof_offset(aof, f->at),
                                 .end = aof_offset(aof, f->end),
                                 .number = ++aof->number,
                                 .time_s = aof->times.last_s,
                                 .in_multi = aof->exec_end != 0 };
    aof->win.pos += f->end;
    if (aof->exec_end == 0 || verb == RK_VERB_EXEC) {
        aof->good = command->end;
        aof->exec_end = 0;
    }
}

bool rk_aof_next(rk_aof *aof, rk_aof_command *command, rk_err *err)
{
    aof_frame f = { .number = aof->number + 1 };
    aof->broken.failed = false;
    if (!pass_notes(aof, err))
        return err->code != RK_OK && broken(aof, &f, err);
    if (!aof_frame_command(aof, &f, true, err))
        return broken(aof, &f, err);
    rk_verb verb = aof_verb(aof, &f, false);
    if (!aof->exec_end && ((verb == RK_VERB_EXEC && !exec_alone(aof, &f, err)) ||
                           (verb == RK_VERB_MULTI && !aof_multi_look(aof, &f, err))))
        return broken(aof, &f, err);
    yield(aof, &f, verb, command);
    return true;
}

uint64_t rk_aof_good(const rk_aof *aof)
{
    return aof->good;
}

bool rk_aof_in_open_multi(const rk_aof *aof)
{
    return aof->broken.failed && aof->broken.in_multi;
}

rk_aof_times rk_aof_times_of(const rk_aof *aof)
{
    return aof->times;
}
