/* contents: what a snapshot holds, as digests of its elements, and where in the file each of them lies. */
#ifndef RDBKIT_TESTS_CONTENTS_H
#define RDBKIT_TESTS_CONTENTS_H

#include <stdlib.h>

#include "../unit.h"
#include "rdbkit/rdb.h"

/* An element: an item, a member with its score, a field, an entry of a stream with its fields. */
typedef struct {
    rk_digest digest;
} content_element;

/* A node, or a plain element, and the elements in it. */
typedef struct {
    uint64_t from, to;
    size_t first, count;
} content_piece;

typedef struct {
    uint32_t db;
    rk_slice name;
    rk_type type;
    uint8_t type_byte;
    int64_t expire_ms;
    uint64_t begin, end; /* of the record */
    uint64_t pieces_at;  /* where its first piece begins, when it has pieces */
    uint64_t select;     /* where the SELECTDB before it begins, to the end of that record */
    content_element *elements;
    size_t element_count, element_cap;
    content_piece *pieces;
    size_t piece_count, piece_cap;
    rk_digest all; /* of all elements: in their order for a list, a string and a stream */
} content_key;

typedef struct {
    content_key *keys;
    size_t count, cap;
    size_t *slots; /* finds a key by db and name: its number counted from 1 */
    size_t slot_count;
    rk_arena arena;
    bool whole;
    rk_err err;
} contents;

static inline rk_digest content_join(rk_digest a, rk_digest b)
{
    uint64_t both[4] = { a.lo, a.hi, b.lo, b.hi };
    return rk_digest_of((rk_slice){ (const uint8_t *)both, sizeof both });
}

static inline rk_digest content_digest(const rk_element *e)
{
    uint64_t numbers[10] = { e->kind,
                             (uint64_t)e->expire_ms,
                             e->id.ms,
                             e->id.seq,
                             e->kind == RK_ELEMENT_STREAM ? 0 : e->number,
                             e->number2,
                             (uint64_t)e->time_ms,
                             (uint64_t)e->active_ms };
    double score = e->score == 0 ? 0 : e->score;
    memcpy(&numbers[8], &score, 8);
    rk_digest d = content_join(rk_digest_of(e->item), rk_digest_of(e->value));
    return content_join(d, rk_digest_of((rk_slice){ (const uint8_t *)numbers, sizeof numbers }));
}

static inline bool content_is_ordered(const content_key *key)
{
    return key->type == RK_LIST || key->type == RK_STRING || key->type == RK_STREAM || key->type == RK_MODULE;
}

static inline size_t *content_slot(const contents *all, uint32_t db, rk_slice name)
{
    size_t at = (size_t)rk_digest_seeded(name, db).lo & (all->slot_count - 1);
    while (all->slots[at] &&
           !(all->keys[all->slots[at] - 1].db == db && rk_slice_is(all->keys[all->slots[at] - 1].name, name)))
        at = (at + 1) & (all->slot_count - 1);
    return &all->slots[at];
}

static inline content_key *content_find(const contents *all, uint32_t db, rk_slice name)
{
    size_t *slot = all->slot_count ? content_slot(all, db, name) : NULL;
    return slot && *slot ? &all->keys[*slot - 1] : NULL;
}

static inline void content_index(contents *all)
{
    for (all->slot_count = 16; all->slot_count < 2 * all->count + 2; all->slot_count *= 2)
        ;
    all->slots = calloc(all->slot_count, sizeof *all->slots);
    for (size_t i = 0; i < all->count; i++)
        *content_slot(all, all->keys[i].db, all->keys[i].name) = i + 1;
}

/* The last element and what belongs to it are one: a stream's entry and its fields. */
static inline void content_add(content_key *key, const rk_element *e, rk_err *err)
{
    rk_digest d = content_digest(e);
    if (e->kind == RK_ELEMENT_ENTRY_FIELD && key->element_count) {
        content_element *last = &key->elements[key->element_count - 1];
        last->digest = content_join(last->digest, d);
        return;
    }
    if (!rk_grow((void **)&key->elements, &key->element_cap, key->element_count + 1, sizeof *key->elements,
                 err))
        return;
    key->elements[key->element_count++] = (content_element){ d };
}

static inline void content_add_piece(content_key *key, uint64_t from, uint64_t to, size_t first, size_t count,
                                     rk_err *err)
{
    if (rk_grow((void **)&key->pieces, &key->piece_cap, key->piece_count + 1, sizeof *key->pieces, err))
        key->pieces[key->piece_count++] = (content_piece){ from, to, first, count };
}

/* Finds the pieces of a key by a second reader. */
static inline void content_pieces(rk_rdb *second, content_key *key, rk_err *err)
{
    rk_record rec;
    rk_unit unit = { 0 };
    rk_element e = { 0 };
    bool units = key->type == RK_LIST || key->type == RK_ZSET, begun = false;
    uint64_t from = 0;
    size_t first = 0;
    if (!rk_rdb_seek_key(second, key->pieces_at, &rec, err))
        return;
    rk_rdb_tell_nodes(second);
    while (units ? rk_rdb_unit(second, &unit, err) : rk_rdb_element(second, &e, err)) {
        if (!begun)
            from = key->pieces_at = rk_rdb_pieces_at(second);
        begun = true;
        bool piece = key->type != RK_STREAM || e.kind == RK_ELEMENT_NODE;
        size_t count = units ? unit.count : key->type != RK_STREAM ? 1 : (size_t)e.number;
        if (!piece)
            continue;
        content_add_piece(key, from, rk_rdb_offset(second), first, count, err);
        first += count;
        from = rk_rdb_offset(second);
    }
}

/* Reads all of `file`. */
static inline contents contents_read(rk_slice file)
{
    contents all = { 0 };
    rk_err *err = &all.err;
    rk_record rec = { 0 };
    rk_element e;
    rk_source *source = rk_source_memory(file, 0, err);
    rk_rdb *rdb = source ? rk_rdb_open(source, err) : NULL;
    uint64_t select = 0;
    while (rdb && rk_rdb_next(rdb, &rec, err)) {
        uint64_t begin = rec.kind == RK_RECORD_KEY ? rec.key.begin : rec.offset;
        if (all.count && all.keys[all.count - 1].end == 0)
            all.keys[all.count - 1].end = begin;
        if (rec.kind == RK_RECORD_DB)
            select = rec.offset;
        if ((all.whole = rec.kind == RK_RECORD_END))
            break;
        if (rec.kind != RK_RECORD_KEY ||
            !rk_grow((void **)&all.keys, &all.cap, all.count + 1, sizeof *all.keys, err))
            continue;
        content_key *key = &all.keys[all.count++];
        *key = (content_key){ .db = rec.key.db,
                              .type = rec.key.type,
                              .type_byte = rec.key.type_byte,
                              .begin = begin,
                              .expire_ms = rec.key.expire_ms,
                              .select = select,
                              .pieces_at = rec.key.offset };
        rk_arena_copy(&all.arena, rec.key.name, &key->name, err);
        while (rk_rdb_element(rdb, &e, err))
            content_add(key, &e, err);
        for (size_t i = 0; i < key->element_count; i++)
            key->all = content_is_ordered(key) ? content_join(key->all, key->elements[i].digest)
                                               : rk_digest_sum(key->all, key->elements[i].digest);
    }
    rk_rdb *second = all.whole ? rk_rdb_second(rdb, err) : NULL;
    for (size_t i = 0; second && i < all.count; i++)
        if (rk_rdb_has_pieces(second, all.keys[i].type_byte))
            content_pieces(second, &all.keys[i], err);
    rk_rdb_close(second);
    rk_rdb_close(rdb);
    rk_source_close(source);
    content_index(&all);
    return all;
}

static inline void contents_free(contents *all)
{
    for (size_t i = 0; i < all->count; i++) {
        rk_free(all->keys[i].elements);
        rk_free(all->keys[i].pieces);
    }
    rk_free(all->keys);
    free(all->slots);
    rk_arena_free(&all->arena);
}

#endif
