/* list: the ring, and what can be done with a list as a value. */
#include "list.h"

#include "save.h"

enum { CAP_LEAST = 4 };

ks_list *ks_list_new(rk_keyspace *ks)
{
    ks_list *list = rk_alloc(sizeof *list);
    if (!list)
        rk_no_memory(ks->err);
    return list;
}

void ks_list_free(rk_keyspace *ks, ks_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++)
        ks_str_free(ks, ks_list_at(list, i));
    rk_free(list->items);
    rk_free(list);
}

bool ks_list_reserve(rk_keyspace *ks, ks_list *list, size_t more)
{
    size_t cap = list->cap ? list->cap : CAP_LEAST;
    if (more <= list->cap - list->count)
        return true;
    while (cap - list->count < more) {
        if (cap > SIZE_MAX / 2 / sizeof *list->items)
            return rk_no_memory(ks->err);
        cap *= 2;
    }
    ks_str *items = rk_realloc(list->items, cap * sizeof *items);
    if (!items)
        return rk_no_memory(ks->err);
    size_t straight = list->cap - list->head; /* items up to the old end of the ring */
    if (list->count > straight) {
        memmove(items + cap - straight, items + list->head, straight * sizeof *items);
        list->head = cap - straight;
    }
    list->items = items;
    list->cap = cap;
    return true;
}

void ks_list_insert(ks_list *list, size_t i, ks_str item)
{
    bool tail = i > list->count / 2; /* the shorter side makes room */
    ks_list_put(list, tail, item);
    size_t at = tail ? list->count - 1 : 0;
    for (; at > i; at--)
        *ks_list_at(list, at) = *ks_list_at(list, at - 1);
    for (; at < i; at++)
        *ks_list_at(list, at) = *ks_list_at(list, at + 1);
    *ks_list_at(list, i) = item;
}

void ks_list_close(ks_list *list, size_t i, size_t n)
{
    size_t behind = list->count - i - n;
    if (i < behind) {
        for (size_t at = i; at > 0; at--)
            *ks_list_at(list, at + n - 1) = *ks_list_at(list, at - 1);
        list->head = (list->head + n) & (list->cap - 1);
    } else {
        for (size_t at = i; at < i + behind; at++)
            *ks_list_at(list, at) = *ks_list_at(list, at + n);
    }
    list->count -= n;
}

ks_key *ks_list_open_or_make(ks_call *c, size_t arg, bool *wrong)
{
    ks_key *key = ks_open(c, arg, RK_LIST, wrong);
    if (key || *wrong || ks_bad(c->ks))
        return key;
    ks_list *list = ks_list_new(c->ks);
    key = list ? ks_make(c->ks, c->db, ks_arg(c, arg), RK_LIST) : NULL;
    if (key)
        key->list = list;
    else
        rk_free(list);
    return key;
}

/* ---- the type --------------------------------------------------------------------------------------------- */

static uint64_t list_count(const ks_key *key)
{
    return key->list->count;
}

static void list_free(rk_keyspace *ks, ks_key *key)
{
    ks_list_free(ks, key->list);
}

static bool list_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb)
{
    rk_element e;
    ks_str item;
    key->list = ks_list_new(ks);
    while (key->list && rk_rdb_element(rdb, &e, ks->err)) {
        if (!ks_list_reserve(ks, key->list, 1) || !ks_str_of(ks, e.item, &item))
            return false;
        ks_list_put(key->list, true, item);
    }
    return !ks_bad(ks);
}

static bool list_copy(rk_keyspace *ks, const ks_key *from, ks_key *to)
{
    ks_str item;
    to->list = ks_list_new(ks);
    if (!to->list || !ks_list_reserve(ks, to->list, from->list->count))
        return false;
    for (size_t i = 0; i < from->list->count; i++) {
        if (!ks_str_copy(ks, ks_list_at(from->list, i), &item))
            return false;
        ks_list_put(to->list, true, item);
    }
    return true;
}

static void list_tell(rk_keyspace *ks, ks_key *key, rk_effect_kind kind)
{
    for (size_t i = 0; i < key->list->count; i++)
        ks_tell_whole(ks, key, ks_list_at(key->list, i), kind, 0);
}

static bool list_save(ks_saver *saver, const ks_key *key)
{
    enum { TYPE_LIST = 1 };
    bool whole = ks_save_key(saver, key, TYPE_LIST) && ks_save_count(saver, key->list->count);
    for (size_t i = 0; whole && i < key->list->count; i++)
        whole = ks_save_str(saver, ks_list_at(key->list, i));
    return whole;
}

const ks_type ks_list_type = { .count = list_count,
                               .free = list_free,
                               .load = list_load,
                               .copy = list_copy,
                               .tell = list_tell,
                               .save = list_save };
