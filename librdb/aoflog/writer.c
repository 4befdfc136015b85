/* writer: the last command that wrote a key. */
#include "aoflog.h"

struct rk_writer {
    rk_keys *keys;
    bool found;
    rk_key_event event;
    rk_aof_command command; /* a copy, in the arena */
    rk_arena arena;         /* of what the event refers to */
};

static bool keep_command(rk_writer *w, const rk_aof_command *c, rk_err *err)
{
    rk_slice *args = rk_arena_take(&w->arena, c->argc * sizeof *args, err);
    for (size_t i = 0; i < c->argc; i++)
        if (!args || !rk_arena_copy(&w->arena, c->args[i], &args[i], err))
            return false;
    w->command = *c;
    w->command.args = args;
    w->command.offsets = NULL;
    return true;
}

static bool keep(rk_writer *w, const rk_key_event *event, rk_err *err)
{
    rk_arena_clear(&w->arena);
    w->found = true;
    w->event = *event;
    if (!rk_arena_copy(&w->arena, event->key, &w->event.key, err) ||
        !rk_arena_copy(&w->arena, event->other, &w->event.other, err) ||
        (event->command && !keep_command(w, event->command, err)))
        return false;
    w->event.command = event->command ? &w->command : NULL;
    return true;
}

rk_writer *rk_writer_find(const char *path, const rk_keys_options *options, rk_err *err)
{
    rk_key_event event;
    rk_writer *w = rk_alloc(sizeof *w);
    if (!w) {
        rk_no_memory(err);
        return NULL;
    }
    w->keys = rk_keys_open(path, options, err);
    while (w->keys &&
           rk_keys_next(w->keys, &event, err)) /* where it went by a new name, that is the last of it */
        if (rk_slice_is(event.key, options->key) && !keep(w, &event, err))
            break;
    if (w->keys && (err->code == RK_OK || w->found))
        return w;
    rk_writer_free(w);
    return NULL;
}

void rk_writer_free(rk_writer *w)
{
    if (!w)
        return;
    rk_keys_close(w->keys);
    rk_arena_free(&w->arena);
    rk_free(w);
}

const rk_keys_info *rk_writer_info(const rk_writer *w)
{
    return rk_keys_info_of(w->keys);
}

const rk_key_event *rk_writer_event(const rk_writer *w)
{
    return w->found ? &w->event : NULL;
}
