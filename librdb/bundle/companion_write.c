/* companion_write: reads the keys that were found, and adds them to the bundle. */
#include "companions.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- which ------------------------------------------------------------------------------------------------------ */

static int by_turn(const void *a, const void *b)
{
    const companion_wish *w = a, *v = b;
    if (w->why != v->why)
        return w->why < v->why ? -1 : 1;
    if (w->key != v->key)
        return w->key < v->key ? -1 : 1;
    return w->order < v->order ? -1 : w->order > v->order;
}

/* Wishes for one key, side by side. */
typedef struct {
    const companion_wish *first;
    size_t count;
    bool part, blocked; /* of all of them */
    rk_bundle_ids members;
} wish_group;

static bool gather_group(const companion_wish *wishes, size_t left, wish_group *group, rk_err *err)
{
    bool fresh;
    *group = (wish_group){ .first = wishes, .part = true, .blocked = true };
    for (; group->count < left; group->count++) {
        const companion_wish *w = &wishes[group->count];
        if (w->why != wishes->why || w->key != wishes->key)
            break;
        group->part &= w->part;
        group->blocked &= w->blocked;
        if (w->part && !rk_bundle_ids_add(&group->members, rk_hash64(w->member), &fresh, err))
            return false;
    }
    return true;
}

/* ---- what is in them ---------------------------------------------------------------------------------------------- */

static bool add_item(rk_companions *c, rk_slice bytes, rk_err *err)
{
    rk_slice kept;
    if (!rk_arena_copy(&c->item_arena, bytes, &kept, err) ||
        !rk_grow((void **)&c->items, &c->item_cap, c->item_count + 1, sizeof kept, err))
        return false;
    c->items[c->item_count++] = kept;
    return true;
}

static bool add_element(rk_companions *c, const rk_element *e, rk_err *err)
{
    char score[32];
    if (!add_item(c, e->item, err))
        return false;
    if (e->kind == RK_ELEMENT_FIELD)
        return add_item(c, e->value, err);
    if (e->kind != RK_ELEMENT_SCORED)
        return true;
    int len = snprintf(score, sizeof score, "%.17g", e->score);
    return add_item(c, (rk_slice){ (const uint8_t *)score, (size_t)len }, err);
}

static bool read_items(rk_companions *c, rk_look *look, const wish_group *group, rk_err *err)
{
    rk_element e;
    while (rk_look_element(look, &e, err))
        if (!group->part || rk_bundle_ids_has(&group->members, rk_hash64(e.item)))
            if (!add_element(c, &e, err))
                return false;
    return err->code == RK_OK;
}

/* ---- warnings ------------------------------------------------------------------------------------------------------ */

static bool warn_of_pause(rk_companions *c, rk_bundle_writer *writer, rk_err *err)
{
    char sentence[400], queue[200];
    for (size_t i = 0; i < c->item_count; i++) {
        snprintf(sentence, sizeof sentence,
                 "queue '%s' was paused: the flag is put back before its jobs, and they wait for somebody to "
                 "take it away",
                 rk_slice_print(c->items[i], queue, sizeof queue));
        if (!rk_bundle_warn(writer, sentence, err))
            return false;
    }
    return true;
}

static bool warn_of_batches(const rk_companions *c, rk_bundle_writer *writer, rk_err *err)
{
    char sentence[300];
    snprintf(sentence, sizeof sentence,
             "%" PRIu64 " %s to a batch that is not there: no callback will fire for %s",
             c->jobs_without_batch, c->jobs_without_batch == 1 ? "job belongs" : "jobs belong",
             c->jobs_without_batch == 1 ? "it" : "them");
    if (c->jobs_without_batch > 0 && !rk_bundle_warn(writer, sentence, err))
        return false;
    return !c->old_batches ||
           rk_bundle_warn(
               writer,
               "there are batches of a form older than Sidekiq Pro 8, which does not process those "
               "written before 7.3.6",
               err);
}

/* ---- writing ------------------------------------------------------------------------------------------------------- */

/* The name that a key gets where its layout has another prefix. */
static bool name_key(rk_companions *c, const companion_layout *layout, rk_slice name, rk_slice *key,
                     rk_err *err)
{
    c->name.len = 0;
    return rk_buf_add(&c->name, layout->home, err) &&
           rk_buf_add(&c->name, rk_slice_from(name, layout->prefix.len), err) &&
           rk_arena_copy(&c->item_arena, rk_buf_slice(&c->name), key, err);
}

static bool write_group(rk_companions *c, const wish_group *group, const rk_redactor *redactor,
                        rk_bundle_writer *writer, rk_err *err)
{
    static const char *const words[] = { "paused", "batch", "iteration", "lock" };
    const rk_catalog_key *key = &c->from.catalog->keys[group->first->key];
    const companion_layout *layout = &c->layouts[group->first->layout];
    rk_companion out = { .db = layout->home_db,
                         .prefix = layout->home,
                         .type = (rk_type)key->type,
                         .expire_ms = key->expire_ms,
                         .why = rk_slice_of(words[group->first->why]),
                         .blocked = group->blocked };
    rk_key seen;
    rk_arena_clear(&c->item_arena);
    c->item_count = 0;
    if (out.type > RK_HASH)
        return true;
    rk_look *look = rk_companion_look(&c->from, key, &seen, err);
    if (!look || !name_key(c, layout, seen.name, &out.key, err) || !read_items(c, look, group, err))
        return false;
    if (c->item_count == 0)
        return true;
    out.items = c->items;
    out.item_count = c->item_count;
    return (!redactor || rk_redact_companion(redactor, &out, c->items, &c->item_arena, err)) &&
           rk_bundle_add_companion(writer, &out, err) &&
           (group->first->why != COMPANION_PAUSED || warn_of_pause(c, writer, err));
}

bool rk_companions_write(rk_companions *c, const rk_redactor *redactor, rk_bundle_writer *writer, rk_err *err)
{
    bool ok = true;
    if (c->wish_count > 0)
        qsort(c->wishes, c->wish_count, sizeof *c->wishes, by_turn);
    for (size_t i = 0; ok && i < c->wish_count;) {
        wish_group group;
        ok = gather_group(c->wishes + i, c->wish_count - i, &group, err) &&
             write_group(c, &group, redactor, writer, err);
        i += group.count;
        rk_bundle_ids_free(&group.members);
    }
    return ok && warn_of_batches(c, writer, err);
}
