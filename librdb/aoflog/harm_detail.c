/* harm_detail: which keys and which jobs a command took away. */
#include <stdlib.h>

#include "harm.h"

enum { ARGS_MOST = 64, LOOKS_MOST = 10000, CLASSES_SEEN = 64 };

static bool copy_command(rk_harms *h, const rk_aof_command *c, rk_harm *harm, rk_err *err)
{
    size_t kept = c->argc < ARGS_MOST ? c->argc : ARGS_MOST;
    rk_slice *args = rk_arena_take(&h->arena, kept * sizeof *args, err);
    for (size_t i = 0; i < kept; i++)
        if (!args || !rk_arena_copy(&h->arena, c->args[i], &args[i], err))
            return false;
    harm->args = args;
    harm->argc = c->argc;
    harm->args_kept = kept;
    return true;
}

static bool took_from(const log_place *p, rk_harm_kind kind)
{
    bool cut = kind == RK_HARM_CUT || kind == RK_HARM_TRIMMED;
    return (p->jobs || p->type == RK_SET) && p->before > 0 && (cut ? p->out > 0 : p->gone);
}

/* The fullest first. */
static int by_size(const void *a, const void *b)
{
    const rk_harm_key *x = a, *y = b;
    if (x->before != y->before)
        return x->before < y->before ? 1 : -1;
    return x->db != y->db ? (x->db > y->db) - (x->db < y->db) : rk_slice_compare(x->name, y->name);
}

static bool copy_keys(rk_harms *h, rk_harm *harm, rk_err *err)
{
    size_t count = h->tally.touched_count < RK_HARM_KEYS ? h->tally.touched_count : RK_HARM_KEYS;
    rk_harm_key *keys = rk_arena_take(&h->arena, (count + 1) * sizeof *keys, err);
    if (!keys)
        return false;
    harm->keys = keys;
    for (size_t i = 0; i < h->tally.touched_count; i++) {
        const log_place *p = &h->tally.places[h->tally.touched[i]];
        if (!took_from(p, harm->kind))
            continue;
        if (harm->key_count == RK_HARM_KEYS) {
            harm->more_keys++;
            continue;
        }
        rk_harm_key *key = &keys[harm->key_count];
        *key = (rk_harm_key){
            .db = p->db, .type = p->type, .jobs = p->jobs, .before = p->before, .after = p->items
        };
        if (!rk_arena_copy(&h->arena, p->name, &key->name, err))
            return false;
        harm->key_count++;
    }
    qsort(keys, harm->key_count, sizeof *keys, by_size);
    return true;
}

/* ---- classes ------------------------------------------------------------------------------------------------ */

typedef struct {
    rk_class_count items[CLASSES_SEEN];
    size_t count;
} class_list;

static bool add_class(rk_harms *h, class_list *list, rk_slice name, rk_err *err)
{
    for (size_t i = 0; i < list->count; i++)
        if (rk_slice_is(list->items[i].name, name)) {
            list->items[i].count++;
            return true;
        }
    if (list->count == CLASSES_SEEN)
        return true;
    if (!rk_arena_copy(&h->arena, name, &list->items[list->count].name, err))
        return false;
    list->items[list->count++].count = 1;
    return true;
}

static int by_count(const void *a, const void *b)
{
    const rk_class_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return rk_slice_compare(x->name, y->name);
}

static bool look_at_classes(rk_harms *h, const rk_step *step, rk_harm *harm, rk_err *err)
{
    class_list list = { .count = 0 };
    rk_envelope job;
    rk_slice bytes, name;
    for (size_t i = 0; i < step->effect_count && harm->looked_at < LOOKS_MOST; i++) {
        const rk_effect *e = &step->effects[i];
        if (e->kind != RK_EFFECT_OUT || (e->type != RK_LIST && e->type != RK_ZSET) ||
            !log_holds_jobs(e->key, e->type))
            continue;
        if (!rk_replay_item(h->replay, e->item, &h->scratch, &bytes, err))
            return false;
        if (!log_is_job(bytes, &job))
            continue;
        harm->looked_at++;
        if (!rk_envelope_class(&job, &h->text, &name, err) || !add_class(h, &list, name, err))
            return false;
    }
    if (list.count > 0)
        qsort(list.items, list.count, sizeof *list.items, by_count);
    harm->class_count = list.count < RK_HARM_CLASSES ? list.count : RK_HARM_CLASSES;
    memcpy(harm->classes, list.items, harm->class_count * sizeof *list.items);
    return true;
}

bool harm_fill(rk_harms *h, const rk_step *step, rk_harm *harm, rk_err *err)
{
    return copy_command(h, step->command, harm, err) && copy_keys(h, harm, err) &&
           look_at_classes(h, step, harm, err);
}
