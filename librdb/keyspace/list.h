/* list: a ring of strings that grows at both ends. Items are counted from the head. Pushing and popping at either end, and
 * finding an item by its index, take the same time however long the list is. */
#ifndef RDBKIT_KEYSPACE_LIST_H
#define RDBKIT_KEYSPACE_LIST_H

#include "keyspace.h"

struct ks_list {
    ks_str *items; /* a ring of `cap` places, a power of two */
    size_t cap, head, count;
};

ks_list *ks_list_new(rk_keyspace *ks); /* NULL: no memory */

/* Ends the list and its items; NULL is nothing. */
void ks_list_free(rk_keyspace *ks, ks_list *list);

/* Room for `more` further items, so that as many can be put in. False: no memory, nothing changed. */
bool ks_list_reserve(rk_keyspace *ks, ks_list *list, size_t more);

/* The item at an index below the count; it stays there until the next item is put in or taken out. */
static inline ks_str *ks_list_at(const ks_list *list, size_t i)
{
    return &list->items[(list->head + i) & (list->cap - 1)];
}

/* Puts the item at an end; there must be room for it, and it becomes the list's. */
static inline ks_str *ks_list_put(ks_list *list, bool tail, ks_str item)
{
    if (!tail)
        list->head = (list->head - 1) & (list->cap - 1);
    ks_str *place = ks_list_at(list, tail ? list->count : 0);
    *place = item;
    list->count++;
    return place;
}

/* Takes the item at an end, which becomes the caller's; there must be one. */
static inline ks_str ks_list_take(ks_list *list, bool tail)
{
    ks_str item = *ks_list_at(list, tail ? list->count - 1 : 0);
    list->head = tail ? list->head : (list->head + 1) & (list->cap - 1);
    list->count--;
    return item;
}

/* Puts the item before what stands at index `i`, at most the count; room and ownership as with ks_list_put. */
void ks_list_insert(ks_list *list, size_t i, ks_str item);

/* Closes the gap that `n` items from index `i` on leave, whose strings are no longer the list's. */
void ks_list_close(ks_list *list, size_t i, size_t n);

/* The list that argument `arg` names, made when there is none; NULL: of another type, or trouble (*wrong tells). */
ks_key *ks_list_open_or_make(ks_call *c, size_t arg, bool *wrong);

/* Handlers of list_move.c. */
ks_handler ks_rpoplpush, ks_lmove, ks_lmovem;

#endif
