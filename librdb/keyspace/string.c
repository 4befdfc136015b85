/* string: strings as values, and how they are changed in place. */
#include "string.h"

#include "save.h"

ks_key *ks_string_set(rk_keyspace *ks, uint32_t db, rk_slice name, ks_str value, int64_t expire_ms)
{
    ks_key *key = ks_peek(ks, db, name);
    bool in_place = key && key->type == RK_STRING && key->meta.len == 0;
    if (key && !in_place)
        ks_drop(ks, key);
    if (!in_place)
        key = ks_make(ks, db, name, RK_STRING);
    if (!key) {
        ks_str_free(ks, &value);
        return NULL;
    }
    if (!key->is_stored)
        ks_str_free(ks, &key->string);
    key->is_stored = false;
    memset(&key->stored, 0, sizeof key->stored);
    key->string = value;
    ks_tell_string(ks, key, &key->string);
    ks_set_expiry(ks, key, expire_ms);
    return key;
}

ks_key *ks_string_open_or_make(ks_call *c, size_t arg, bool *wrong)
{
    ks_key *key = ks_open(c, arg, RK_STRING, wrong);
    if (key || *wrong || ks_bad(c->ks))
        return key;
    return ks_make(c->ks, c->db, ks_arg(c, arg), RK_STRING);
}

/* Bytes on the heap with room for `len`; zeros behind those that there are. Where there will be much more than there is,
 * zeros are asked for anew, since the system then has not to write them. */
static uint8_t *grown(rk_keyspace *ks, ks_str *str, size_t len)
{
    uint8_t *bytes;
    size_t before = (size_t)str->len;
    if (str->home == KS_HEAP && len / 2 < before) {
        bytes = rk_realloc(str->ptr, len);
        if (bytes && len > before)
            memset(bytes + before, 0, len - before);
    } else {
        rk_slice old;
        bytes = ks_str_bytes(ks, str, &ks->scratch[1], &old) ? rk_alloc(len) : NULL;
        if (bytes) {
            memcpy(bytes, old.ptr, old.len < len ? old.len : len);
            ks_str_free(ks, str);
        }
    }
    if (!bytes && !ks_bad(ks))
        rk_no_memory(ks->err);
    return bytes;
}

uint8_t *ks_string_edit(rk_keyspace *ks, ks_key *key, size_t len)
{
    ks_str *str = &key->string;
    if (len <= KS_SMALL_MOST && str->home == KS_SMALL) {
        memset(str->small + str->len, 0, KS_SMALL_MOST - str->len);
        str->len = len;
        return str->small;
    }
    if (str->home == KS_HEAP && len == str->len)
        return str->ptr;
    uint8_t *bytes = grown(ks, str, len);
    if (!bytes)
        return NULL;
    *str = (ks_str){ .ptr = bytes, .len = len, .home = KS_HEAP };
    return bytes;
}

void ks_string_edited(rk_keyspace *ks, ks_key *key)
{
    rk_slice bytes;
    if (!key->watched || !ks_string_bytes(ks, key, &ks->scratch[1], &bytes))
        return;
    key->string.hash = rk_hash64(bytes);
    ks_tell_string(ks, key, &key->string);
}

/* ---- the type --------------------------------------------------------------------------------------------- */

static uint64_t string_count(const ks_key *key)
{
    (void)key;
    return 1;
}

static void string_free(rk_keyspace *ks, ks_key *key)
{
    ks_str_free(ks, &key->string);
}

static bool string_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb)
{
    rk_element e;
    return rk_rdb_element(rdb, &e, ks->err) && ks_str_of(ks, e.item, &key->string);
}

static bool string_copy(rk_keyspace *ks, const ks_key *from, ks_key *to)
{
    return ks_str_copy(ks, &from->string, &to->string);
}

static void string_tell(rk_keyspace *ks, ks_key *key, rk_effect_kind kind)
{
    if (kind == RK_EFFECT_IN)
        ks_string_edited(ks, key);
}

static bool string_save(ks_saver *saver, const ks_key *key)
{
    enum { TYPE_STRING = 0 };
    return ks_save_key(saver, key, TYPE_STRING) && ks_save_str(saver, &key->string);
}

const ks_type ks_string_type = { .count = string_count,
                                 .free = string_free,
                                 .load = string_load,
                                 .copy = string_copy,
                                 .tell = string_tell,
                                 .save = string_save };
