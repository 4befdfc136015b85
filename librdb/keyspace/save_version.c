/* save_version: which version of RDB, and which of the two families, holds all that is to be written (spec: RDB, "Which
 * release writes which version", "Magic"); and which values can be copied as they lie in a base. */
#include "save.h"

enum {
    FUNCTIONS = 10,
    KEY_METADATA = 13,
    FAMILY_TYPES = 22,  /* from here on type bytes mean different things to Redis and Valkey */
    COMMON_NEWEST = 11, /* versions that mean the same to both */
    VALKEY_OLDEST = 80,
    TEMPLATES = 15,
    TEMPLATE_FIRST = 29,
    TEMPLATE_LISTPACK_REF = 30,
    TEMPLATE_ARRAY_REF = 32
};

/* The lowest version that holds the type byte, by family. 0: it has none. */
static uint32_t version_of_byte(uint8_t byte, bool valkey)
{
    static const uint8_t common[FAMILY_TYPES] = {
        [5] = 8, [7] = 8, [14] = 7, [15] = 9, [16] = 10, [17] = 10, [18] = 10, [19] = 10, [20] = 11, [21] = 11
    };
    static const uint8_t redis[] = { 12, 12, 12, 12, 13, 14, 14, 15, 15, 15, 15, 15 }; /* 22 and up */
    if (byte < FAMILY_TYPES)
        return common[byte] ? common[byte] : KS_LOWEST_RDB;
    if (valkey)
        return byte == FAMILY_TYPES ? VALKEY_OLDEST : VALKEY_OLDEST + 1;
    return (size_t)(byte - FAMILY_TYPES) < sizeof redis ? redis[byte - FAMILY_TYPES] : KS_LOWEST_RDB;
}

/* Can the value be copied into a file of that family, and mean the same there? References to templates of its file
 * cannot. */
static bool can_copy(const ks_saver *s, const ks_key *key, bool valkey)
{
    const rk_rdb_header *header = &s->ks->bases[key->stored.base].header;
    uint8_t byte = key->stored.type_byte;
    if (byte < FAMILY_TYPES)
        return true;
    if (header->valkey != valkey)
        return false;
    return valkey || (byte != TEMPLATE_LISTPACK_REF && byte != TEMPLATE_ARRAY_REF &&
                      (byte < TEMPLATE_FIRST || byte > TEMPLATE_ARRAY_REF || header->version >= TEMPLATES));
}

bool ks_is_copied(const ks_saver *s, const ks_key *key, bool valkey)
{
    if (!key->is_stored)
        return false;
    return !ks_type_of(key) || (!s->plain && can_copy(s, key, valkey));
}

/* ---- what is needed --------------------------------------------------------------------------------------- */

/* The needs of one family: the version, 0 when it has none for something; and what that is. */
typedef struct {
    uint32_t version;
    const char *why, *never;
} needs;

static void need(needs *all, uint32_t version, const char *why)
{
    if (version == 0 && !all->never)
        all->never = why ? why : "some values";
    if (version <= all->version)
        return;
    all->version = version;
    all->why = why;
}

static const char *word_of(const ks_key *key)
{
    return key->type == RK_MODULE ? "values of modules" : key->type == RK_OTHER ? "values of vendors" : NULL;
}

static void ask_bytes(const ks_saver *s, const ks_key *key, needs *family)
{
    uint8_t byte = key->stored.type_byte;
    for (int valkey = 0; valkey < 2; valkey++) {
        if (ks_is_copied(s, key, valkey))
            need(&family[valkey], can_copy(s, key, valkey) ? version_of_byte(byte, valkey) : 0, word_of(key));
    }
}

static bool ask_value(ks_saver *s, const ks_key *key)
{
    const ks_type *type = ks_type_of(key);
    needs *family = s->asking;
    for (int valkey = 0; valkey < 2; valkey++) {
        const char *why = NULL;
        if (!ks_is_copied(s, key, valkey) && type->needs) {
            uint32_t version = type->needs(s->ks, key, valkey, &why);
            need(&family[valkey], version, why);
        }
    }
    return !ks_bad(s->ks);
}

/* Does a stored value of this type have to be looked at? Streams and what can have expiries within it. */
static bool is_plain_byte(uint8_t byte)
{
    return byte < FAMILY_TYPES && byte != 15 && byte != 19 && byte != 21;
}

static bool ask_key(ks_saver *s, ks_key *key)
{
    needs *family = s->asking;
    if (key->meta.len) {
        need(&family[0], KEY_METADATA, "metadata of keys");
        need(&family[1], 0, "metadata of keys");
    }
    if (key->is_stored) {
        ask_bytes(s, key, family);
        if (is_plain_byte(key->stored.type_byte) ||
            (ks_is_copied(s, key, false) && ks_is_copied(s, key, true)))
            return true;
        if (!ks_type_of(key))
            return true;
    }
    return ks_save_thawed(s, key, ask_value);
}

static bool ask_all(ks_saver *s)
{
    needs *family = s->asking;
    for (int valkey = 0; valkey < 2 && s->ks->libraries.count > 0; valkey++)
        need(&family[valkey], FUNCTIONS, "functions");
    for (size_t i = 0; i < s->ks->db_count; i++)
        for (ks_key *key = s->ks->dbs[i] ? s->ks->dbs[i]->first : NULL; key; key = key->after)
            if (ks_is_wanted(s, key) && !ask_key(s, key))
                return false;
    return true;
}

static bool nothing_holds(const ks_saver *s, const needs *family)
{
    if (strcmp(family[0].never, family[1].never) == 0)
        return rk_fail(s->ks->err, RK_USAGE, RK_NO_OFFSET, "no snapshot of a known version holds %s",
                       family[0].never);
    return rk_fail(
        s->ks->err, RK_USAGE, RK_NO_OFFSET,
        "no snapshot holds both: %s, which Valkey does not have, and %s, which Redis does not have",
        family[1].never, family[0].never);
}

bool ks_settle_version(ks_saver *s)
{
    uint32_t floor = s->plain ? KS_LOWEST_RDB : COMMON_NEWEST;
    needs family[2] = { { .version = floor }, { .version = floor } };
    bool valkey = s->options->valkey;
    s->asking = family;
    bool ok = ask_all(s);
    s->asking = NULL;
    if (!ok)
        return false;
    if (family[valkey].never)
        valkey = !valkey;
    if (family[valkey].never)
        return nothing_holds(s, family);
    needs *chosen = &family[valkey];
    if (valkey && chosen->version > COMMON_NEWEST && chosen->version < VALKEY_OLDEST)
        chosen->version = VALKEY_OLDEST;
    s->valkey = valkey;
    s->saved.version = chosen->version;
    s->saved.why = chosen->why;
    s->saved.valkey = valkey && chosen->version >= VALKEY_OLDEST;
    return true;
}
