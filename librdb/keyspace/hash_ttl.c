/* hash_ttl: HSETEX, HEXPIRE and its kin, HPERSIST, HGETDEL, and how a hash is saved (spec: AOF, "Hashes"; RDB, "Hashes
 * with field TTL"). No expiry deletes a field here, be it ever so far in the past: servers do not either, while they
 * load. */
#include "expiry.h"
#include "hash.h"
#include "save.h"

/* ---- words -------------------------------------------------------------------------------------------------- */

enum {
    ONLY_NEW = 1, /* of an expiry: NX, XX, GT, LT; of HSETEX: the key */
    ONLY_OLD = 2,
    ONLY_LATER = 4,
    ONLY_EARLIER = 8,
    FIELDS_NEW = 16,
    FIELDS_OLD = 32,
    KEEP = 64,
    WITH_TIME = 128
};

static const struct {
    const char *word;
    unsigned flag;
} word_rows[] = {
    { "nx", ONLY_NEW },    { "xx", ONLY_OLD },    { "gt", ONLY_LATER }, { "lt", ONLY_EARLIER },
    { "fnx", FIELDS_NEW }, { "fxx", FIELDS_OLD }, { "keepttl", KEEP },
};

typedef struct {
    unsigned allowed, given;
    size_t first, count, step; /* the fields: the first one's argument, their number, arguments for each */
    int64_t expire_ms;
} words;

static unsigned flag_of(rk_slice word)
{
    for (size_t i = 0; i < sizeof word_rows / sizeof word_rows[0]; i++)
        if (ks_is(word, word_rows[i].word))
            return word_rows[i].flag;
    return 0;
}

/* FIELDS, their number, and they themselves, at argument *at, which then stands behind them. */
static bool read_fields(ks_call *c, words *w, size_t *at)
{
    int64_t count;
    size_t left = ks_argc(c) - *at;
    if (w->count || left < 2 || !ks_int(ks_arg(c, *at + 1), &count) || count < 1 ||
        (uint64_t)count > (left - 2) / w->step)
        return false;
    w->first = *at + 2;
    w->count = (size_t)count;
    *at = w->first + w->count * w->step;
    return true;
}

/* The words from argument `at` on, in whatever order. False: they do not go together, and ks_fails has been called. */
static bool read_words(ks_call *c, size_t at, words *w)
{
    unsigned how;
    while (at < ks_argc(c)) {
        unsigned flag = flag_of(ks_arg(c, at)) & w->allowed;
        if (flag) {
            w->given |= flag;
            at++;
        } else if (ks_is(ks_arg(c, at), "fields")) {
            if (!read_fields(c, w, &at))
                break;
        } else if ((w->allowed & WITH_TIME) && at + 1 < ks_argc(c) && ks_is_time_word(ks_arg(c, at), &how)) {
            if ((w->given & WITH_TIME) || !ks_when(c, at + 1, how, true, &w->expire_ms))
                break;
            w->given |= WITH_TIME;
            at += 2;
        } else {
            break;
        }
    }
    unsigned rivals = w->given & (ONLY_NEW | ONLY_LATER | ONLY_EARLIER);
    bool clash = (rivals & (rivals - 1)) || (w->given & (ONLY_NEW | ONLY_OLD)) == (ONLY_NEW | ONLY_OLD) ||
                 (w->given & (FIELDS_NEW | FIELDS_OLD)) == (FIELDS_NEW | FIELDS_OLD) ||
                 (w->given & (KEEP | WITH_TIME)) == (KEEP | WITH_TIME);
    if (at == ks_argc(c) && w->count && !clash)
        return true;
    ks_fails(c, "the words and fields do not go together");
    return false;
}

/* ---- HSETEX ------------------------------------------------------------------------------------------------- */

/* Are the fields as FNX or FXX want them? */
static bool suits(ks_call *c, const ks_key *key, const words *w)
{
    if (((w->given & ONLY_NEW) && key) || ((w->given & ONLY_OLD) && !key))
        return false;
    for (size_t i = 0; (w->given & (FIELDS_NEW | FIELDS_OLD)) && i < w->count; i++) {
        bool there = key && ks_hash_find(c, key, w->first + i * w->step);
        if (there == ((w->given & FIELDS_NEW) != 0))
            return false;
    }
    return true;
}

rk_outcome ks_hsetex(ks_call *c)
{
    ks_key *key;
    ks_str value;
    words w = { .allowed = ONLY_NEW | ONLY_OLD | FIELDS_NEW | FIELDS_OLD | KEEP | WITH_TIME,
                .step = 2,
                .expire_ms = RK_NO_EXPIRY };
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!read_words(c, 2, &w))
        return RK_OUTCOME_FAILED;
    if (!ks_look(c, 1, RK_HASH, &key, &outcome) || !suits(c, key, &w) || ks_bad(c->ks) ||
        !(key = ks_hash_open(c, &outcome)))
        return outcome;
    for (size_t i = 0; i < w.count && !ks_bad(c->ks); i++) {
        size_t at = w.first + 2 * i;
        const ks_field *field = w.given & KEEP ? ks_hash_find(c, key, at) : NULL;
        int64_t expire_ms = field ? field->expire_ms : w.expire_ms;
        if (ks_str_of_arg(c, at + 1, &value))
            ks_hash_put(c, key, at, value, expire_ms);
    }
    return RK_OUTCOME_DONE;
}

/* ---- expiries of fields ------------------------------------------------------------------------------------- */

static bool is_met(unsigned conditions, int64_t before, int64_t after)
{
    bool has = before != RK_NO_EXPIRY; /* none counts as never */
    return !((conditions & ONLY_NEW) && has) && !((conditions & ONLY_OLD) && !has) &&
           !((conditions & ONLY_LATER) && (!has || after <= before)) &&
           !((conditions & ONLY_EARLIER) && has && after >= before);
}

static rk_outcome expire_fields(ks_call *c, const words *w)
{
    ks_key *key;
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!ks_look(c, 1, RK_HASH, &key, &outcome) || !key)
        return outcome;
    for (size_t i = 0; i < w->count; i++) {
        ks_field *field = ks_hash_find(c, key, w->first + i);
        if (!field || field->expire_ms == w->expire_ms || !is_met(w->given, field->expire_ms, w->expire_ms))
            continue;
        field->expire_ms = w->expire_ms;
        outcome = RK_OUTCOME_DONE;
    }
    return outcome;
}

static rk_outcome expire_as(ks_call *c, unsigned how)
{
    words w = { .allowed = ONLY_NEW | ONLY_OLD | ONLY_LATER | ONLY_EARLIER, .step = 1 };
    if (!ks_when(c, 2, how, false, &w.expire_ms) || !read_words(c, 3, &w))
        return RK_OUTCOME_FAILED;
    if (w.expire_ms < 0 && w.expire_ms != RK_NO_EXPIRY)
        return ks_fails(c, "a field cannot expire before 1970");
    return expire_fields(c, &w);
}

rk_outcome ks_hexpire(ks_call *c)
{
    return expire_as(c, KS_IN_SECONDS | KS_AS_SPAN);
}

rk_outcome ks_hpexpire(ks_call *c)
{
    return expire_as(c, KS_AS_SPAN);
}

rk_outcome ks_hexpireat(ks_call *c)
{
    return expire_as(c, KS_IN_SECONDS);
}

rk_outcome ks_hpexpireat(ks_call *c)
{
    return expire_as(c, 0);
}

rk_outcome ks_hpersist(ks_call *c)
{
    words w = { .step = 1, .expire_ms = RK_NO_EXPIRY };
    return read_words(c, 2, &w) ? expire_fields(c, &w) : RK_OUTCOME_FAILED;
}

rk_outcome ks_hgetdel(ks_call *c)
{
    words w = { .step = 1 };
    return read_words(c, 2, &w) ? ks_hash_remove(c, w.first, w.count) : RK_OUTCOME_FAILED;
}

/* ---- saving ------------------------------------------------------------------------------------------------- */

enum {
    PLAIN_HASH = 4,
    HASH_2 = 22, /* of Valkey */
    HASH_METADATA = 24,
    HASH_METADATA_FIRST = 12, /* the first versions that have them */
    HASH_2_FIRST = 80
};
#define FIELD_EXPIRY_MOST ((INT64_C(1) << 48) - 1) /* of Redis, in ms */

/* The earliest and the latest expiry of a field, RK_NO_EXPIRY both when there is none. */
static void find_expiries(const ks_key *key, int64_t *earliest, int64_t *latest)
{
    const ks_field *field;
    *earliest = *latest = RK_NO_EXPIRY;
    for (uint32_t at = 0; (field = ks_dict_next(key->hash_fields, &at)) != NULL;) {
        if (field->expire_ms == RK_NO_EXPIRY)
            continue;
        if (*earliest == RK_NO_EXPIRY || field->expire_ms < *earliest)
            *earliest = field->expire_ms;
        if (field->expire_ms > *latest)
            *latest = field->expire_ms;
    }
}

uint32_t ks_hash_needs(rk_keyspace *ks, const ks_key *key, bool valkey, const char **why)
{
    int64_t earliest, latest;
    (void)ks;
    find_expiries(key, &earliest, &latest);
    if (latest == RK_NO_EXPIRY)
        return KS_LOWEST_RDB;
    *why = "expiries of hash fields";
    if (valkey)
        return HASH_2_FIRST;
    return latest <= FIELD_EXPIRY_MOST ? HASH_METADATA_FIRST : 0;
}

static bool save_field(ks_saver *saver, const ks_field *field)
{
    return ks_save_str(saver, &field->name) && ks_save_str(saver, &field->value);
}

static bool save_plain(ks_saver *saver, const ks_key *key)
{
    const ks_field *field;
    if (!ks_save_key(saver, key, PLAIN_HASH) || !ks_save_count(saver, key->hash_fields->count))
        return false;
    for (uint32_t at = 0; (field = ks_dict_next(key->hash_fields, &at)) != NULL;)
        if (!save_field(saver, field))
            return false;
    return true;
}

/* Each field, its value, and its expiry in 8 bytes, -1 for none. */
static bool save_hash_2(ks_saver *saver, const ks_key *key)
{
    const ks_field *field;
    if (!ks_save_key(saver, key, HASH_2) || !ks_save_count(saver, key->hash_fields->count))
        return false;
    for (uint32_t at = 0; (field = ks_dict_next(key->hash_fields, &at)) != NULL;)
        if (!save_field(saver, field) ||
            !ks_save_ms(saver, field->expire_ms == RK_NO_EXPIRY ? -1 : field->expire_ms))
            return false;
    return true;
}

/* The earliest expiry; each field behind what its own is later than that, and 1, or 0 for none. */
static bool save_metadata(ks_saver *saver, const ks_key *key, int64_t earliest)
{
    const ks_field *field;
    if (!ks_save_key(saver, key, HASH_METADATA) || !ks_save_ms(saver, earliest) ||
        !ks_save_count(saver, key->hash_fields->count))
        return false;
    for (uint32_t at = 0; (field = ks_dict_next(key->hash_fields, &at)) != NULL;) {
        uint64_t later =
            field->expire_ms == RK_NO_EXPIRY ? 0 : (uint64_t)field->expire_ms - (uint64_t)earliest + 1;
        if (!ks_save_count(saver, later) || !save_field(saver, field))
            return false;
    }
    return true;
}

bool ks_hash_save(ks_saver *saver, const ks_key *key)
{
    int64_t earliest, latest;
    find_expiries(key, &earliest, &latest);
    if (latest == RK_NO_EXPIRY)
        return save_plain(saver, key);
    return saver->valkey ? save_hash_2(saver, key) : save_metadata(saver, key, earliest);
}
