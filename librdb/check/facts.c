/* facts: what is in a snapshot, counted while it is read: by database and type, by encoding, and what some servers
 * cannot take. Called for every key, so that it does no more than it must. */
#include "facts_parts.h"

#include <stdlib.h>

enum { OP_KEY_META = 243, OP_IDLE = 248, OP_FREQ = 249 };

/* 2038-01-19, the last second that 32 bits hold. */
#define LATE_EXPIRY_MS (INT64_C(2147483647) * 1000 + 999)

check_facts *check_facts_new(size_t top, rk_err *err)
{
    check_facts *facts = rk_alloc(sizeof *facts);
    if (!facts) {
        rk_no_memory(err);
        return NULL;
    }
    facts->top = top;
    return facts;
}

void check_facts_free(check_facts *facts)
{
    if (!facts)
        return;
    facts_top_free(facts);
    facts_sidekiq_free(facts);
    rk_free(facts->out.dbs);
    rk_free(facts->out.encodings);
    rk_free(facts->out.aux);
    rk_free(facts->out.functions);
    rk_arena_free(&facts->arena);
    rk_free(facts);
}

const rk_facts *check_facts_of(const check_facts *facts)
{
    return &facts->out;
}

bool facts_keep(check_facts *facts, rk_slice name, rk_slice *kept, rk_err *err)
{
    return rk_arena_copy(&facts->arena, rk_slice_head(name, RK_FACTS_NAME), kept, err);
}

/* ---- by database and by encoding ----------------------------------------------------------------------------- */

/* The row of the database, made when it is not there, in its place; NULL with no failure when there is no more room. */
static rk_db_facts *db_row(check_facts *facts, uint32_t db, rk_err *err)
{
    rk_facts *out = &facts->out;
    if (facts->db_at < out->db_count && out->dbs[facts->db_at].db == db)
        return &out->dbs[facts->db_at];
    size_t from = 0, to = out->db_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (out->dbs[middle].db < db)
            from = middle + 1;
        else
            to = middle;
    }
    facts->db_at = from;
    if (from < out->db_count && out->dbs[from].db == db)
        return &out->dbs[from];
    if (out->db_count == RK_FACTS_DBS ||
        !rk_grow((void **)&out->dbs, &facts->db_cap, out->db_count + 1, sizeof *out->dbs, err))
        return NULL;
    memmove(&out->dbs[from + 1], &out->dbs[from], (out->db_count - from) * sizeof *out->dbs);
    out->dbs[from] = (rk_db_facts){ .db = db };
    out->db_count++;
    return &out->dbs[from];
}

static bool count_db(check_facts *facts, const rk_key *key, uint64_t elements, uint64_t bytes, rk_err *err)
{
    rk_db_facts *row = db_row(facts, key->db, err);
    if (err->code != RK_OK)
        return false;
    if (!row) {
        facts->out.keys_elsewhere++;
        return true;
    }
    row->keys[key->type]++;
    row->expiries[key->type] += key->expire_ms != RK_NO_EXPIRY;
    row->bytes[key->type] += bytes;
    row->elements[key->type] += elements;
    return true;
}

static bool count_encoding(check_facts *facts, const rk_key *key, uint64_t bytes, rk_err *err)
{
    rk_facts *out = &facts->out;
    uint16_t *row = &facts->encoding_rows[key->type_byte];
    if (*row == 0) {
        rk_encoding_facts first = {
            .type_byte = key->type_byte, .type = key->type, .encoding = key->encoding, .example_db = key->db
        };
        if (!facts_keep(facts, key->name, &first.example, err) ||
            !rk_grow((void **)&out->encodings, &facts->encoding_cap, out->encoding_count + 1, sizeof first,
                     err))
            return false;
        out->encodings[out->encoding_count++] = first;
        *row = (uint16_t)out->encoding_count;
    }
    out->encodings[*row - 1].keys++;
    out->encodings[*row - 1].bytes += bytes;
    return true;
}

static int by_type_byte(const void *a, const void *b)
{
    return ((const rk_encoding_facts *)a)->type_byte - ((const rk_encoding_facts *)b)->type_byte;
}

/* ---- traits ---------------------------------------------------------------------------------------------------- */

const char *rk_trait_name(rk_trait_kind kind)
{
    static const char *const names[RK_TRAIT_COUNT] = {
        [RK_TRAIT_FIELD_TTL] = "field_ttl",
        [RK_TRAIT_STREAM] = "stream",
        [RK_TRAIT_STREAM_COUNTERS] = "stream_counters",
        [RK_TRAIT_STREAM_IDMP] = "stream_idmp",
        [RK_TRAIT_STREAM_NACK] = "stream_nack",
        [RK_TRAIT_STREAM_LENGTH] = "stream_length",
        [RK_TRAIT_STREAM_UNOWNED] = "stream_unowned",
        [RK_TRAIT_ARRAY] = "array",
        [RK_TRAIT_MODULE] = "module",
        [RK_TRAIT_KEY_META] = "key_meta",
        [RK_TRAIT_IDLE] = "idle",
        [RK_TRAIT_LATE_EXPIRY] = "late_expiry",
        [RK_TRAIT_EMPTY] = "empty",
        [RK_TRAIT_DUPLICATE_KEY] = "duplicate_key",
        [RK_TRAIT_DUPLICATE_MEMBER] = "duplicate_member",
        [RK_TRAIT_WIDE_LENGTH] = "wide_length",
        [RK_TRAIT_LONG_STRING] = "long_string",
        [RK_TRAIT_SMALL_ZIPLIST_INT] = "small_ziplist_int",
        [RK_TRAIT_BACKLEN_OLD] = "backlen_old",
        [RK_TRAIT_BACKLEN_NEW] = "backlen_new",
        [RK_TRAIT_SUB_KEY_EXPIRY] = "sub_key_expiry",
    };
    return names[kind];
}

bool check_facts_trait(check_facts *facts, rk_trait_kind kind, uint64_t count, const rk_key *key, rk_err *err)
{
    rk_trait *trait = &facts->out.traits[kind];
    if (kind == RK_TRAIT_FIELD_TTL) {
        facts->out.field_ttls += count;
        count = 1;
    }
    trait->count += count;
    if (!key || trait->has_example)
        return true;
    trait->has_example = true;
    trait->db = key->db;
    return facts_keep(facts, key->name, &trait->key, err);
}

void check_facts_string(check_facts *facts, uint64_t len)
{
    if (len > facts->out.longest_string)
        facts->out.longest_string = len;
}

/* What the record of a key tells without its value. */
static bool count_record_traits(check_facts *facts, const rk_key *key, rk_err *err)
{
    uint64_t *opcodes = facts->out.opcodes;
    bool aged = key->idle_s >= 0 || key->frequency >= 0, late = key->expire_ms > LATE_EXPIRY_MS;
    opcodes[key->expiry_opcode] += key->expiry_opcode != 0;
    opcodes[OP_IDLE] += key->idle_s >= 0;
    opcodes[OP_FREQ] += key->frequency >= 0;
    opcodes[OP_KEY_META] += key->meta_classes > 0;
    return (key->type != RK_STREAM || check_facts_trait(facts, RK_TRAIT_STREAM, 1, key, err)) &&
           (key->type != RK_ARRAY || check_facts_trait(facts, RK_TRAIT_ARRAY, 1, key, err)) &&
           (key->type != RK_MODULE || check_facts_trait(facts, RK_TRAIT_MODULE, 1, key, err)) &&
           (key->meta_classes == 0 || check_facts_trait(facts, RK_TRAIT_KEY_META, 1, key, err)) &&
           (!aged || check_facts_trait(facts, RK_TRAIT_IDLE, 1, key, err)) &&
           (!late || check_facts_trait(facts, RK_TRAIT_LATE_EXPIRY, 1, key, err));
}

/* ---- records and keys ------------------------------------------------------------------------------------------ */

bool check_facts_record(check_facts *facts, const rk_record *record, uint8_t opcode, rk_err *err)
{
    facts->out.opcodes[opcode]++;
    switch (record->kind) {
    case RK_RECORD_AUX:
        return facts_aux_add(facts, record->name, record->value, err);
    case RK_RECORD_FUNCTION:
        return facts_function_add(facts, record, err);
    default:
        return true;
    }
}

bool check_facts_key(check_facts *facts, const rk_key *key, uint64_t elements, uint64_t bytes, rk_err *err)
{
    facts->out.keys++;
    facts->out.expiries += key->expire_ms != RK_NO_EXPIRY;
    return count_db(facts, key, elements, bytes, err) && count_encoding(facts, key, bytes, err) &&
           count_record_traits(facts, key, err) && facts_top_add(facts, key, elements, bytes, err) &&
           facts_sidekiq_add(facts, key, elements, err);
}

bool check_facts_end(check_facts *facts, const rk_rdb *first, int64_t snapshot_time_s, rk_err *err)
{
    rk_facts *out = &facts->out;
    if (out->encoding_count > 1)
        qsort(out->encodings, out->encoding_count, sizeof *out->encodings, by_type_byte);
    return facts_top_end(facts, err) && (!first || facts_sidekiq_end(facts, first, snapshot_time_s, err));
}
