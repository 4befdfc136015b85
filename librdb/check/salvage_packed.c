/* salvage_packed: values that are one packed string, some of whose entries cannot be decoded: those in front of the
 * damage are read from the front, those behind it from the tail; both are written as a plain value. */
#include "salvage.h"

#include <math.h>

#include "salvage_entries.h"

typedef struct {
    packed_form form;
    uint8_t multiple; /* entries that belong together */
    uint8_t plain;    /* type that the key becomes */
    uint8_t before;   /* bytes between the name and the string */
    bool scored;      /* the second one is a score */
    bool ttl;         /* the third one is an expiry */
} packed_type;

enum {
    PLAIN_LIST = 1,
    PLAIN_SET = 2,
    ZSET_TEXT = 3,
    PLAIN_HASH = 4,
    ZSET_BINARY = 5,
    HASH_TTL = 24,
    FIRST_BINARY = 8
};

static const packed_type packed_types[] = {
    [9] = { PACKED_ZIPMAP, 2, PLAIN_HASH, 0, false, false },
    [10] = { PACKED_ZIPLIST, 1, PLAIN_LIST, 0, false, false },
    [11] = { PACKED_INTSET, 1, PLAIN_SET, 0, false, false },
    [12] = { PACKED_ZIPLIST, 2, ZSET_BINARY, 0, true, false },
    [13] = { PACKED_ZIPLIST, 2, PLAIN_HASH, 0, false, false },
    [16] = { PACKED_LISTPACK, 2, PLAIN_HASH, 0, false, false },
    [17] = { PACKED_LISTPACK, 2, ZSET_BINARY, 0, true, false },
    [20] = { PACKED_LISTPACK, 1, PLAIN_SET, 0, false, false },
    [23] = { PACKED_LISTPACK, 3, HASH_TTL, 0, false, true },
    [25] = { PACKED_LISTPACK, 3, HASH_TTL, 8, false, true },
};

bool salvage_is_packed(const salvage *s, uint8_t type_byte)
{
    bool known = type_byte < sizeof packed_types / sizeof packed_types[0] && packed_types[type_byte].multiple;
    return known && (type_byte < 22 || !rk_rdb_is_valkey(s->rdb));
}

/* ---- the bytes ---- */

/* Decompresses as much as can be: what is behind the first code that makes no sense is gone. */
static bool decode_front(salvage *s, const rk_str *str, rk_slice stored, rk_err *err)
{
    rk_err ignored = { 0 };
    size_t good = 0, bad;
    uint64_t most = rk_lzf_most(stored.len);
    bad = (size_t)(str->len < most ? str->len : most) + 1;
    if (!rk_buf_reserve(&s->text, bad, err))
        return false;
    while (bad - good > 1) {
        size_t middle = good + (bad - good) / 2;
        ignored = (rk_err){ 0 };
        if (rk_lzf_peek(stored, s->text.ptr, middle, 0, &ignored))
            good = middle;
        else
            bad = middle;
    }
    ignored = (rk_err){ 0 };
    s->text.len = good && rk_lzf_peek(stored, s->text.ptr, good, 0, &ignored) ? good : 0;
    return true;
}

/* The bytes of the string, as far as they lie before `end`. *whole: none is missing. */
static bool take_bytes(salvage *s, uint64_t at, uint64_t end, rk_slice *bytes, bool *whole, rk_err *err)
{
    rk_err why = { 0 };
    rk_str str;
    *bytes = RK_EMPTY;
    if (!rk_rdb_seek_str(s->rdb, at, &str, &why) || str.form == RK_STR_INT || str.content >= end)
        return why.code != RK_IO && why.code != RK_NO_MEMORY;
    rk_slice stored = rk_slice_head(str.stored, (size_t)(end - str.content));
    *whole = stored.len == str.stored.len;
    *bytes = stored;
    if (str.form == RK_STR_RAW)
        return true;
    if (!decode_front(s, &str, stored, err))
        return false;
    *bytes = rk_buf_slice(&s->text);
    *whole = bytes->len == str.len;
    return true;
}

/* ---- entries that make sense together ---- */

static bool makes_sense(const packed_type *type, const rk_packed *group)
{
    double score;
    if (type->scored && !group[1].is_int && (!rk_slice_double(group[1].text, &score) || isnan(score)))
        return false;
    return !type->ttl || (group[2].is_int && group[2].integer >= 0 && group[2].integer >> 48 == 0);
}

/* Drops groups that make no sense, or whose first entry was there before (but for lists). */
static bool sift(salvage *s, const packed_type *type, packed_entries *entries, rk_err *err)
{
    char room[RK_PACKED_TEXT];
    size_t kept = 0, groups = entries->count / type->multiple;
    distinct_item *before;
    (void)s;
    distinct *seen = distinct_new(groups + 1, err);
    if (!seen)
        return false;
    distinct_start(seen);
    bool ok = true;
    for (size_t i = 0; ok && i < groups; i++) {
        rk_packed *group = &entries->at[i * type->multiple];
        distinct_item item = { .digest = rk_digest_of(rk_packed_bytes(&group[0], room)) };
        if (!makes_sense(type, group))
            continue;
        before = NULL;
        if (type->plain != PLAIN_LIST)
            ok = distinct_add(seen, &item, &before, err);
        if (ok && !before)
            memmove(&entries->at[type->multiple * kept++], group, type->multiple * sizeof *group);
    }
    entries->count = kept * type->multiple;
    distinct_free(seen);
    return ok;
}

/* ---- writing ---- */

static bool write_score(salvage *s, const rk_packed *entry, rk_err *err)
{
    double score = (double)entry->integer;
    if (!entry->is_int)
        rk_slice_double(entry->text, &score);
    return s->out.version < FIRST_BINARY ? rk_rdb_write_text_double(&s->out, score, err)
                                         : rk_rdb_write_double(&s->out, score, err);
}

static uint64_t smallest_expiry(const packed_entries *entries)
{
    uint64_t smallest = 0;
    for (size_t i = 2; i < entries->count; i += 3) {
        uint64_t expiry = (uint64_t)entries->at[i].integer;
        if (expiry && (!smallest || expiry < smallest))
            smallest = expiry;
    }
    return smallest;
}

static bool write_group(salvage *s, const packed_type *type, const rk_packed *group, uint64_t smallest,
                        rk_err *err)
{
    char room[RK_PACKED_TEXT];
    uint64_t expiry = type->ttl ? (uint64_t)group[2].integer : 0;
    if (type->ttl && !rk_rdb_write_len(&s->out, expiry ? expiry - smallest + 1 : 0, err))
        return false;
    if (!rk_rdb_write_str(&s->out, rk_packed_bytes(&group[0], room), err))
        return false;
    if (type->scored)
        return write_score(s, &group[1], err);
    return type->multiple == 1 || rk_rdb_write_str(&s->out, rk_packed_bytes(&group[1], room), err);
}

static bool write_key(salvage *s, const rk_damaged_key *key, const packed_type *type,
                      const packed_entries *entries, rk_err *err)
{
    uint8_t plain = type->plain == ZSET_BINARY && s->out.version < FIRST_BINARY ? ZSET_TEXT : type->plain;
    uint64_t smallest = type->ttl ? smallest_expiry(entries) : 0;
    if (!salvage_db(s, key->db, err) || !salvage_copy(s, key->begin, key->offset, err) ||
        !rk_rdb_write_byte(&s->out, plain, err) || !salvage_copy(s, key->offset + 1, key->value, err) ||
        (type->ttl && !rk_rdb_write_le64(&s->out, smallest, err)) ||
        !rk_rdb_write_len(&s->out, entries->count / type->multiple, err))
        return false;
    for (size_t i = 0; i < entries->count; i += type->multiple)
        if (!write_group(s, type, &entries->at[i], smallest, err))
            return false;
    return true;
}

bool salvage_packed(salvage *s, const salvage_key *key, uint64_t *pieces, rk_err *err)
{
    const packed_type *type = &packed_types[key->key->type_byte];
    packed_entries entries = { 0 };
    rk_slice bytes;
    bool whole = false;
    uint64_t end = s->check->spans[key->end - 1].to;
    bool ok = take_bytes(s, key->key->value + type->before, end, &bytes, &whole, err) &&
              packed_entries_take(&entries, type->form, type->multiple, bytes, whole, err) &&
              sift(s, type, &entries, err);
    *pieces = ok ? entries.count / type->multiple : 0;
    if (*pieces > 0)
        ok = write_key(s, key->key, type, &entries, err);
    rk_free(entries.at);
    return ok;
}
