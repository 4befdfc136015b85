/* space: databases and their keys by name, and what happens to a key as a whole. */
#include "keyspace.h"

#define TOMB ((ks_key *)1) /* a slot whose key has left */

/* ---- databases -------------------------------------------------------------------------------------------- */

static ks_db *db_of(const rk_keyspace *ks, uint32_t id)
{
    return id < ks->db_count ? ks->dbs[id] : NULL;
}

static ks_db *make_db(rk_keyspace *ks, uint32_t id)
{
    ks_db *db = db_of(ks, id);
    if (db)
        return db;
    if (id >= KS_DBS_MOST) {
        rk_fail(ks->err, RK_USAGE, RK_NO_OFFSET, "database %" PRIu32 " is beyond %d, the last that is held",
                id, KS_DBS_MOST - 1);
        return NULL;
    }
    if (id >= ks->db_count) {
        size_t cap = ks->db_count;
        if (!rk_grow((void **)&ks->dbs, &cap, (size_t)id + 1, sizeof *ks->dbs, ks->err))
            return NULL;
        memset(ks->dbs + ks->db_count, 0, (cap - ks->db_count) * sizeof *ks->dbs);
        ks->db_count = cap;
    }
    db = rk_alloc(sizeof *db);
    if (!db) {
        rk_no_memory(ks->err);
        return NULL;
    }
    db->id = id;
    return ks->dbs[id] = db;
}

static size_t home_of(const rk_keyspace *ks, const ks_db *db, uint64_t hash)
{
    return rk_spread_slot(ks->spread, (rk_digest){ hash, hash >> 32 }, db->slot_count);
}

static bool is_key(const ks_key *slot)
{
    return slot && slot != TOMB;
}

static bool make_slots(rk_keyspace *ks, ks_db *db, size_t count)
{
    size_t old_count = db->slot_count, slots = 16;
    ks_key **old = db->slots;
    while (slots < count * 2)
        slots *= 2;
    ks_key **fresh = rk_alloc(slots * sizeof(ks_key *));
    if (!fresh)
        return rk_no_memory(ks->err);
    db->slots = fresh;
    db->slot_count = slots;
    db->filled = db->count;
    for (size_t i = 0; i < old_count; i++) {
        if (!is_key(old[i]))
            continue;
        size_t at = home_of(ks, db, old[i]->hash);
        while (db->slots[at])
            at = (at + 1) & (slots - 1);
        db->slots[at] = old[i];
    }
    rk_free(old);
    return true;
}

static ks_key **slot_of(const rk_keyspace *ks, const ks_db *db, rk_slice name, uint64_t hash)
{
    if (!db || !db->slot_count)
        return NULL;
    for (size_t at = home_of(ks, db, hash); db->slots[at]; at = (at + 1) & (db->slot_count - 1)) {
        ks_key *key = db->slots[at];
        if (key != TOMB && key->hash == hash && rk_slice_is(ks_name(key), name))
            return &db->slots[at];
    }
    return NULL;
}

ks_key *ks_peek(const rk_keyspace *ks, uint32_t db, rk_slice name)
{
    ks_db *there = db_of(ks, db);
    if (!there || !there->count)
        return NULL;
    ks_key **slot = slot_of(ks, there, name, rk_hash64(name));
    return slot ? *slot : NULL;
}

/* ---- keys ------------------------------------------------------------------------------------------------- */

static void link_last(ks_db *db, ks_key *key)
{
    key->db = db;
    key->before = db->last;
    key->after = NULL;
    if (db->last)
        db->last->after = key;
    else
        db->first = key;
    db->last = key;
}

static void unlink_key(ks_db *db, ks_key *key)
{
    if (key->before)
        key->before->after = key->after;
    else
        db->first = key->after;
    if (key->after)
        key->after->before = key->before;
    else
        db->last = key->before;
}

ks_key *ks_make(rk_keyspace *ks, uint32_t id, rk_slice name, rk_type type)
{
    ks_db *db = make_db(ks, id);
    if (!db || name.len > UINT32_MAX ||
        ((db->filled + 1) * 4 > db->slot_count * 3 && !make_slots(ks, db, db->count + 1)))
        return NULL;
    ks_key *key = rk_alloc(sizeof *key + name.len);
    if (!key) {
        rk_no_memory(ks->err);
        return NULL;
    }
    memcpy(key->name, name.ptr, name.len);
    key->name_len = (uint32_t)name.len;
    key->hash = rk_hash64(name);
    key->expire_ms = RK_NO_EXPIRY;
    key->meta = RK_EMPTY;
    key->type = (uint8_t)type;
    key->watched = ks->interest && (ks->interest(ks->self, id, name) & RK_INTEREST_WATCH);
    size_t at = home_of(ks, db, key->hash);
    while (is_key(db->slots[at]))
        at = (at + 1) & (db->slot_count - 1);
    db->filled += db->slots[at] == NULL;
    db->slots[at] = key;
    link_last(db, key);
    db->count++;
    ks->count++;
    return key;
}

static void free_value(rk_keyspace *ks, ks_key *key)
{
    if (!key->is_stored && ks_type_of(key))
        ks_type_of(key)->free(ks, key);
    if (key->meta.len)
        rk_free((void *)(uintptr_t)key->meta.ptr);
}

/* The key leaves its database; nobody has told that yet, or has to. */
static void remove_key(rk_keyspace *ks, ks_key *key)
{
    ks_db *db = key->db;
    *slot_of(ks, db, ks_name(key), key->hash) = TOMB;
    unlink_key(db, key);
    db->count--;
    ks->count--;
    free_value(ks, key);
    if (ks->effect_count > 0) {
        key->after = ks->gone;
        ks->gone = key;
    } else {
        rk_free(key);
    }
}

static void tell_whole(rk_keyspace *ks, ks_key *key, rk_effect_kind kind)
{
    if (!key->watched || !ks_thaw(ks, key))
        return;
    const ks_type *type = ks_type_of(key);
    if (kind == RK_EFFECT_OUT)
        ks_tell_gone(ks, key, type ? type->count(key) : 1);
    if (type && type->tell)
        type->tell(ks, key, kind);
    else if (kind == RK_EFFECT_IN)
        ks_tell_came(ks, key);
    if (kind == RK_EFFECT_IN && key->expire_ms != RK_NO_EXPIRY)
        ks_tell_expiry(ks, key);
}

void ks_drop(rk_keyspace *ks, ks_key *key)
{
    tell_whole(ks, key, RK_EFFECT_OUT);
    remove_key(ks, key);
}

void ks_drop_empty(rk_keyspace *ks, ks_key *key)
{
    remove_key(ks, key);
}

void ks_drop_name(rk_keyspace *ks, uint32_t db, rk_slice name)
{
    ks_key *key = ks_peek(ks, db, name);
    if (key)
        ks_drop(ks, key);
}

ks_key *ks_carry(rk_keyspace *ks, ks_key *key, uint32_t db, rk_slice name)
{
    ks_key *moved = ks_make(ks, db, name, (rk_type)key->type);
    if (!moved)
        return NULL;
    tell_whole(ks, key, RK_EFFECT_OUT);
    moved->expire_ms = key->expire_ms;
    moved->is_stored = key->is_stored;
    moved->string = key->string; /* whatever the value is: no member of the union is larger */
    moved->meta = key->meta;
    key->meta = RK_EMPTY;
    key->is_stored = true; /* owns no value any more */
    remove_key(ks, key);
    tell_whole(ks, moved, RK_EFFECT_IN);
    return moved;
}

void ks_tell_arrival(rk_keyspace *ks, ks_key *key)
{
    tell_whole(ks, key, RK_EFFECT_IN);
}

void ks_set_expiry(rk_keyspace *ks, ks_key *key, int64_t expire_ms)
{
    if (key->expire_ms == expire_ms)
        return;
    key->expire_ms = expire_ms;
    ks_tell_expiry(ks, key);
}

ks_key *ks_open_any(ks_call *c, size_t arg)
{
    ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, arg));
    return key && ks_thaw(c->ks, key) ? key : NULL;
}

ks_key *ks_open(ks_call *c, size_t arg, rk_type type, bool *wrong)
{
    ks_key *key = ks_peek(c->ks, c->db, ks_arg(c, arg));
    *wrong = key && (key->type != type || !ks_type_of(key));
    return key && !*wrong && ks_thaw(c->ks, key) ? key : NULL;
}

void ks_flush(rk_keyspace *ks, uint32_t id)
{
    ks_db *db = db_of(ks, id);
    while (db && db->first && !ks_bad(ks))
        ks_drop(ks, db->first);
    if (db && db->count == 0) {
        rk_free(db->slots);
        db->slots = NULL;
        db->slot_count = db->filled = 0;
    }
}

/* Every watched key of a database is told to have gone, or to have come. */
static void tell_db(rk_keyspace *ks, ks_db *db, rk_effect_kind kind)
{
    for (ks_key *key = db->first; key; key = key->after)
        tell_whole(ks, key, kind);
}

/* Interest depends on the number of the database. */
static void renumber(rk_keyspace *ks, ks_db *db, uint32_t id)
{
    db->id = id;
    for (ks_key *key = db->first; key && ks->interest; key = key->after)
        key->watched = ks->interest(ks->self, id, ks_name(key)) & RK_INTEREST_WATCH;
}

bool ks_swap(rk_keyspace *ks, uint32_t one, uint32_t other)
{
    ks_db *a = make_db(ks, one), *b = a ? make_db(ks, other) : NULL;
    if (!a || !b)
        return false;
    if (a == b)
        return true;
    tell_db(ks, a, RK_EFFECT_OUT);
    tell_db(ks, b, RK_EFFECT_OUT);
    ks->dbs[one] = b;
    ks->dbs[other] = a;
    renumber(ks, a, other);
    renumber(ks, b, one);
    tell_db(ks, a, RK_EFFECT_IN);
    tell_db(ks, b, RK_EFFECT_IN);
    return !ks_bad(ks);
}

/* ---- doubt ------------------------------------------------------------------------------------------------ */

static rk_slice doubt_name(rk_keyspace *ks, uint32_t db, rk_slice name)
{
    uint8_t number[4] = { (uint8_t)db, (uint8_t)(db >> 8), (uint8_t)(db >> 16), (uint8_t)(db >> 24) };
    rk_buf *text = &ks->scratch[1];
    text->len = 0;
    if (!rk_buf_add(text, (rk_slice){ number, 4 }, ks->err) || !rk_buf_add(text, name, ks->err))
        return RK_EMPTY;
    return rk_buf_slice(text);
}

bool ks_doubt(rk_keyspace *ks, uint32_t db, rk_slice name)
{
    ks_str own;
    rk_slice full = doubt_name(ks, db, name);
    if (ks_bad(ks) || ks_dict_find(ks, &ks->doubts, full, rk_hash64(full)))
        return !ks_bad(ks);
    return ks_str_of(ks, full, &own) && ks_dict_add(ks, &ks->doubts, own);
}

void ks_trust(rk_keyspace *ks, uint32_t db, rk_slice name)
{
    if (ks->doubts.count == 0)
        return;
    rk_slice full = doubt_name(ks, db, name);
    void *item = ks_bad(ks) ? NULL : ks_dict_find(ks, &ks->doubts, full, rk_hash64(full));
    if (item)
        ks_dict_remove(ks, &ks->doubts, item);
}

bool ks_is_doubtful(rk_keyspace *ks, uint32_t db, rk_slice name)
{
    if (ks->doubts.count == 0)
        return false;
    rk_slice full = doubt_name(ks, db, name);
    return !ks_bad(ks) && ks_dict_find(ks, &ks->doubts, full, rk_hash64(full));
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

rk_keyspace *ks_new(rk_err *err)
{
    rk_keyspace *ks = rk_alloc(sizeof *ks);
    if (!ks) {
        rk_no_memory(err);
        return NULL;
    }
    ks->spread = rk_spread_new();
    ks->err = err;
    ks_dict_start(&ks->libraries, sizeof(ks_library));
    ks_dict_start(&ks->doubts, sizeof(ks_str));
    ks_dict_start(&ks->pop_scripts, sizeof(ks_str));
    ks_fill_handlers(ks);
    return ks;
}

static void free_db(rk_keyspace *ks, ks_db *db)
{
    if (!db)
        return;
    for (ks_key *key = db->first, *next; key; key = next) {
        next = key->after;
        free_value(ks, key);
        rk_free(key);
    }
    rk_free(db->slots);
    rk_free(db);
}

void ks_free(rk_keyspace *ks)
{
    ks_library *library;
    rk_err ignored = { 0 };
    if (!ks)
        return;
    ks->err = &ignored;
    ks_effects_clear(ks);
    for (size_t i = 0; i < ks->db_count; i++)
        free_db(ks, ks->dbs[i]);
    for (uint32_t at = 0; (library = ks_dict_next(&ks->libraries, &at)) != NULL;)
        rk_free((void *)(uintptr_t)library->source.ptr);
    ks_dict_clear(ks, &ks->libraries);
    ks_dict_clear(ks, &ks->doubts);
    ks_dict_clear(ks, &ks->pop_scripts);
    for (size_t i = 0; i < ks->base_count; i++) {
        rk_rdb_close(ks->bases[i].second);
        rk_rdb_close(ks->bases[i].rdb);
    }
    for (size_t i = 0; i < sizeof ks->scratch / sizeof ks->scratch[0]; i++)
        rk_buf_free(&ks->scratch[i]);
    rk_free(ks->dbs);
    rk_free(ks->bases);
    rk_free(ks->files);
    rk_free(ks->effects);
    rk_free(ks->told);
    rk_free(ks->graves);
    rk_free(ks);
}

uint32_t ks_keep_file(rk_keyspace *ks, const rk_source *source)
{
    rk_err ignored = { 0 };
    if (ks->file_count >= (1u << 24) - KS_FILE - 1 ||
        !rk_grow((void **)&ks->files, &ks->file_cap, ks->file_count + 1, sizeof *ks->files, &ignored))
        return KS_HEAP;
    ks->files[ks->file_count++] = source;
    return KS_FILE + (uint32_t)ks->file_count - 1;
}

uint64_t rk_keyspace_count(const rk_keyspace *ks)
{
    return ks->count;
}
