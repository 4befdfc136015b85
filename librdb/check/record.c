/* record: the records of a snapshot one after the other: each is sound, damaged, left out, or the place where the
 * framing is lost. */
#include "rescue.h"
#include "run.h"

#include <stdio.h>

enum { LONG_STRING = 512 * 1024 * 1024, UNKNOWN_SIZE = 256 * 1024, FIRST_CHECKSUM = 5 };

uint8_t check_opcode_of(const rk_record *rec)
{
    static const uint8_t bytes[] = {
        [RK_RECORD_AUX] = 250,         [RK_RECORD_DB] = 254,   [RK_RECORD_SIZES] = 251,
        [RK_RECORD_FUNCTION] = 245,    [RK_RECORD_SLOT] = 244, [RK_RECORD_MODULE_AUX] = 247,
        [RK_RECORD_SLOT_IMPORT] = 243, [RK_RECORD_END] = 255,  [RK_RECORD_TEMPLATE] = 242,
    };
    if (rec->kind == RK_RECORD_VENDOR)
        return (uint8_t)rec->numbers[0];
    if (rec->kind == RK_RECORD_FUNCTION && rec->name.len)
        return 246;
    return bytes[rec->kind];
}

/* The RDB version in which servers began to write a type byte; 0: always, or not known. */
static unsigned first_version(const rk_check *c, uint8_t type_byte)
{
    static const uint8_t first[] = {
        [5] = 8,   [7] = 8,   [9] = 2,   [10] = 2,  [11] = 2,  [12] = 2,  [13] = 4,  [14] = 7,  [15] = 9,
        [16] = 10, [17] = 10, [18] = 10, [19] = 10, [20] = 11, [21] = 11, [22] = 12, [23] = 12, [24] = 12,
        [25] = 12, [26] = 13, [27] = 14, [28] = 14, [29] = 14, [30] = 15, [31] = 15, [32] = 15, [33] = 15
    };
    bool valkey = c->notes.info.valkey_magic && type_byte >= 22;
    return type_byte < sizeof first && !valkey ? first[type_byte] : 0;
}

/* What the record alone tells of what servers may stumble over. */
static bool note_traits(rk_check *c, const rk_key *key, rk_err *err)
{
    rk_rdb_traits t = rk_rdb_traits_take(c->rdb);
    check_facts_string(c->facts, t.longest_string);
    if (!t.wide_lengths && !t.small_ints && !t.backlen_old && !t.backlen_new &&
        t.longest_string <= LONG_STRING)
        return true;
    return (!t.wide_lengths || check_facts_trait(c->facts, RK_TRAIT_WIDE_LENGTH, t.wide_lengths, key, err)) &&
           (!t.small_ints || check_facts_trait(c->facts, RK_TRAIT_SMALL_ZIPLIST_INT, 1, key, err)) &&
           (!t.backlen_old || check_facts_trait(c->facts, RK_TRAIT_BACKLEN_OLD, 1, key, err)) &&
           (!t.backlen_new || check_facts_trait(c->facts, RK_TRAIT_BACKLEN_NEW, 1, key, err)) &&
           (t.longest_string <= LONG_STRING ||
            check_facts_trait(c->facts, RK_TRAIT_LONG_STRING, 1, key, err));
}

static bool note_version(rk_check *c, const rk_key *key, rk_err *err)
{
    uint64_t *bits = &c->type_told[key->type_byte / 64], bit = UINT64_C(1) << key->type_byte % 64;
    unsigned first = first_version(c, key->type_byte);
    if ((*bits & bit) || c->notes.info.rdb_version >= first)
        return true;
    *bits |= bit;
    return check_problem_add(c, RK_PROBLEM_NOTICE, "record", key->offset, key, err,
                             "type %u (%s) came with RDB version %u, this is version %" PRIu32,
                             (unsigned)key->type_byte, key->encoding, first, c->notes.info.rdb_version);
}

/* ---- keys ---- */

/* Zeros read as strings without a name and without a byte, one behind the other. */
static bool is_zeros(const rk_check *c, const check_value *v)
{
    const check_recent *before = &c->recent[(c->recent_count - 1) % CHECK_RECENT];
    return v->twice && v->key->type_byte == 0 && v->key->name.len == 0 && c->recent_count > 0 &&
           before->to == v->key->begin && before->to - before->from == CHECK_ZEROS;
}

/* Is it the first of its name? */
static bool add_key(rk_check *c, check_value *v, rk_err *err)
{
    const rk_key *key = v->key;
    distinct_item *before,
        item = { .digest = rk_digest_seeded(key->name, key->db), .from = key->begin, .to = key->db };
    if (!distinct_add(c->keys, &item, &before, err))
        return false;
    if (!before)
        return true;
    v->twice = true;
    if (is_zeros(c, v))
        return true;
    return check_twin_add(c, before, &item, err) &&
           check_facts_trait(c->facts, RK_TRAIT_DUPLICATE_KEY, 1, key, err) &&
           check_problem_add(c, RK_PROBLEM_DAMAGE, "duplicate key", key->offset, key, err,
                             "the key is there twice, first at byte %" PRIu64, before->from);
}

static bool may_be_empty(rk_type type)
{
    return type != RK_LIST && type != RK_SET && type != RK_ZSET && type != RK_HASH;
}

static bool leave_out(rk_check *c, check_value *v, uint64_t to, rk_err *err)
{
    return (v->damaged != SIZE_MAX || check_damaged_add(c, v->key, v->value, 0, &v->damaged, err)) &&
           check_span_add(c, RK_SPAN_LEFT_OUT, v->key->begin, to, v->damaged, 0, err);
}

/* The value has been read to its end, at `to`. */
static bool end_key(rk_check *c, check_value *v, uint64_t to, rk_err *err)
{
    const rk_key *key = v->key;
    bool damaged = v->bad || v->damaged != SIZE_MAX;
    bool empty = !damaged && v->elements == 0 && !may_be_empty(key->type);
    if (!check_facts_key(c->facts, key, v->elements, to - key->begin, err) || !note_traits(c, key, err) ||
        !note_version(c, key, err))
        return false;
    if (empty &&
        (!check_facts_trait(c->facts, RK_TRAIT_EMPTY, 1, key, err) ||
         !check_problem_add(c, RK_PROBLEM_DAMAGE, "empty", key->offset, key, err,
                            "the %s is empty: servers before 6.2 may crash on it, later ones skip it",
                            rk_type_name(key->type))))
        return false;
    if (damaged || (v->refused && key->type == RK_STREAM))
        return check_pieces_end(c, v, to, err);
    if (v->refused || empty)
        return leave_out(c, v, to, err);
    return check_span_sound(c, key->begin, to, 1, err);
}

static bool say_zeros(rk_check *c, check_value *v, rk_err *err)
{
    rk_err why = { 0 };
    rk_fail(&why, RK_DAMAGED, v->key->begin, "zeros, which read as keys without a name");
    c->zeros = true;
    bool ok = check_go_on(c, NULL, v->key->begin, &why, err);
    c->zeros = false;
    return ok;
}

static bool read_key(rk_check *c, const rk_key *key, rk_err *err)
{
    check_value v = {
        .key = key, .value = rk_rdb_offset(c->rdb), .damaged = SIZE_MAX, .bad_from = RK_NO_OFFSET
    };
    size_t problems = c->problem_count;
    if (!add_key(c, &v, err))
        return false;
    if (is_zeros(c, &v))
        return say_zeros(c, &v, err);
    if (!check_value_read(c, &v, err))
        return false;
    rk_info_value_read(&c->notes, c->rdb);
    if (!v.lost) {
        uint64_t to = rk_rdb_offset(c->rdb);
        check_recent recent = { .key = true,
                                .from = key->begin,
                                .to = to,
                                .bad = v.bad && (!v.in_pieces || v.bad_from != RK_NO_OFFSET),
                                .proven = !v.bad && v.elements > 0 && check_type_proves(key->type_byte),
                                .damaged = v.in_pieces && v.bad_from != RK_NO_OFFSET ? v.damaged : SIZE_MAX,
                                .bad_from = v.bad_from,
                                .bad_pieces = v.bad_pieces,
                                .problems_before = problems,
                                .problems = c->problem_count };
        check_recent_add(c, &recent);
        return end_key(c, &v, to, err);
    }
    return check_pieces_end(c, &v, v.piece_from, err) && check_go_on(c, &v, v.piece_from, &v.why, err);
}

/* ---- all records ---- */

/* What there is of a record that could not be decoded is passed over. */
static bool pass_over(rk_check *c, uint64_t from, const rk_record *rec, rk_err *err)
{
    rk_element element;
    bool key = rec->kind == RK_RECORD_KEY;
    if (!check_problem_told(c, &c->why, NULL, err))
        return false;
    while (key && (rk_rdb_element(c->rdb, &element, &c->why) || c->why.code != RK_OK)) {
        if (c->why.code == RK_OK)
            continue;
        uint64_t at = rk_rdb_offset(c->rdb);
        rk_err why = c->why;
        c->why = (rk_err){ 0 };
        if (!rk_rdb_goes_on(c->rdb))
            return check_span_add(c, RK_SPAN_LOST, from, at, SIZE_MAX, 0, err) &&
                   check_go_on(c, NULL, at, &why, err);
        if (!check_problem_told(c, &why, NULL, err))
            return false;
    }
    rk_rdb_traits_take(c->rdb);
    uint64_t to = rk_rdb_offset(c->rdb);
    if (!check_span_add(c, RK_SPAN_LOST, from, to, SIZE_MAX, 0, err))
        return false;
    rk_rdb_forget_pending(c->rdb); /* an expiry before it is lost with it */
    if (rec->kind != RK_RECORD_DB)
        return true;
    c->db_lost = true; /* a database began here, nobody knows which; what was read before it is no stranger */
    return check_segment_begin(c, to, UINT64_MAX, err);
}

/* The EOF opcode, at which a bad checksum is told, or a missing one. Where records follow it is none: 0xff is found in
 * what blocks of a disk are filled with. */
static bool read_end(rk_check *c, uint64_t from, const rk_record *rec, rk_err *err)
{
    bool early;
    if (!check_is_early(c, from, rec, &early, err))
        return false;
    if (early)
        return true;
    c->ended = true;
    c->end_at = rec->offset;
    c->stored = rec->numbers[1];
    c->has_checksum = c->notes.info.rdb_version >= 5 && c->why.code != RK_TRUNCATED;
    if (c->why.code != RK_OK && !check_problem_told(c, &c->why, NULL, err))
        return false;
    rk_info_record(&c->notes, rec);
    if (from == rec->offset)
        return true;
    return check_span_add(c, RK_SPAN_LOST, from, rec->offset, SIZE_MAX, 0, err) &&
           check_problem_add(c, RK_PROBLEM_DAMAGE, "end", from, NULL, err,
                             "an expiry or the like stands before the end, and belongs to no key");
}

/* A hint, and not to be trusted: a key takes four bytes at least. */
static bool expect_keys(rk_check *c, uint64_t keys, rk_err *err)
{
    uint64_t size = rk_source_size(c->source);
    if (size == UINT64_MAX)
        size = UNKNOWN_SIZE;
    c->keys_hinted += keys < size / 4 ? keys : size / 4;
    return distinct_expect(c->keys, c->keys_hinted, err);
}

bool check_record(rk_check *c, rk_err *err)
{
    rk_record rec;
    uint64_t held =
        rk_rdb_pending(c->rdb); /* records between the attributes of a key and the key are of its span */
    uint64_t from = held == RK_NO_OFFSET ? rk_rdb_offset(c->rdb) : held;
    bool read = rk_rdb_next(c->rdb, &rec, &c->why);
    if (rec.kind == RK_RECORD_END && (read || c->why.code != RK_USAGE))
        return read_end(c, from, &rec, err);
    if (!read && rk_rdb_goes_on(c->rdb))
        return pass_over(c, from, &rec, err);
    if (!read) {
        rk_err why = c->why;
        c->why = (rk_err){ 0 };
        return check_go_on(c, NULL, from, &why, err);
    }
    rk_info_record(&c->notes, &rec);
    c->db = rec.db;
    if (rec.kind == RK_RECORD_KEY)
        return read_key(c, &rec.key, err);
    if (rec.kind == RK_RECORD_DB) {
        c->db_lost = false;
        check_segment_db(c, rec.offset, rec.db);
    }
    if (rec.kind == RK_RECORD_SIZES && !expect_keys(c, rec.numbers[0], err))
        return false;
    check_recent_add(c, &(check_recent){ .from = from,
                                         .to = rk_rdb_offset(c->rdb),
                                         .damaged = SIZE_MAX,
                                         .problems_before = c->problem_count,
                                         .problems = c->problem_count });
    if (!check_facts_record(c->facts, &rec, check_opcode_of(&rec), err) || !note_traits(c, NULL, err))
        return false;
    return rk_rdb_pending(c->rdb) != RK_NO_OFFSET || check_span_sound(c, from, rk_rdb_offset(c->rdb), 0, err);
}

bool check_key_again(rk_check *c, uint64_t offset, uint32_t db, rk_record *record, const rk_key **key,
                     rk_err *err)
{
    rk_err ignored = { 0 };
    bool read;
    *key = NULL;
    if (!c->second && !(c->second = rk_rdb_second(c->first, err)))
        return false;
    if (!rk_rdb_seek_record(c->second, offset, db, err))
        return false;
    do /* other records may stand between a key and what belongs to it */
        read = rk_rdb_next(c->second, record, &ignored);
    while (read && record->kind != RK_RECORD_KEY && rk_rdb_pending(c->second) != RK_NO_OFFSET);
    if (read && record->kind == RK_RECORD_KEY)
        *key = &record->key;
    return true;
}
