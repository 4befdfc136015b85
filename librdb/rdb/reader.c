/* reader: the records of a snapshot, one after the other (spec: RDB, "File skeleton", "Order of records",
 * "Opcodes"). */
#include "opcode.h"
#include "reader.h"

static bool read_aux(rk_rdb *rdb, rk_record *rec, rk_err *err)
{
    rec->kind = RK_RECORD_AUX;
    if (!rdb_text_kept(rdb, 0, &rec->name, "AUX name", err) ||
        !rdb_text_kept(rdb, 1, &rec->value, "AUX value", err))
        return false;
    if (rk_slice_is(rec->name, RK_TEXT("df-ver")))
        rdb->dragonfly = true;
    return true;
}

static bool read_function(rk_rdb *rdb, rk_record *rec, rk_err *err)
{
    rec->kind = RK_RECORD_FUNCTION;
    return rdb_text(rdb, 0, &rec->value, "function library", err);
}

/* The form of 7.0 release candidates (spec: RDB, "Functions"). */
static bool read_old_function(rk_rdb *rdb, rk_record *rec, rk_err *err)
{
    uint64_t described = 0;
    rec->kind = RK_RECORD_FUNCTION;
    return rdb_text_kept(rdb, 0, &rec->name, "function name", err) &&
           rdb_text_kept(rdb, 1, &rec->engine, "function engine", err) &&
           rdb_len(rdb, &described, "function description flag", err) &&
           (!described || rdb_skip_str(rdb, "function description", err)) &&
           rdb_text(rdb, 2, &rec->value, "function code", err);
}

static bool read_module_aux(rk_rdb *rdb, rk_record *rec, rk_err *err)
{
    uint64_t id = 0, op = 0, offset = rk_window_offset(&rdb->win);
    rec->kind = RK_RECORD_MODULE_AUX;
    if (!rdb_len(rdb, &id, "module type id", err) || !rdb_len(rdb, &op, "module opcode", err) ||
        !rdb_len(rdb, &rec->numbers[0], "module time", err))
        return false;
    if (op != 2)
        return rk_fail(err, RK_DAMAGED, offset,
                       "the time of a module's AUX has the opcode %" PRIu64 ", not 2", op);
    rdb_module_name(id, rdb->plain.room[0]);
    rec->name = (rk_slice){ (const uint8_t *)rdb->plain.room[0], 9 };
    rec->version = (uint32_t)(id & 1023);
    return rdb_skip_module_values(rdb, err);
}

static bool read_slot_import(rk_rdb *rdb, rk_record *rec, rk_err *err)
{
    uint64_t offset = rk_window_offset(&rdb->win);
    rec->kind = RK_RECORD_SLOT_IMPORT;
    if (!rdb_text_kept(rdb, 0, &rec->name, "slot import job", err) ||
        !rdb_count(rdb, &rec->numbers[0], "number of slot ranges", err))
        return false;
    if (rec->name.len != 40)
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "the name of a slot import has %zu bytes, not 40",
                rec->name.len);
    for (uint64_t i = 0; i < rec->numbers[0]; i++) {
        uint64_t range[2];
        if (!rdb_len(rdb, &range[0], "first slot", err) || !rdb_len(rdb, &range[1], "last slot", err))
            return false;
        if (range[0] > range[1] || range[1] > 16383)
            rk_fail(&rdb->bad, RK_DAMAGED, offset, "slots %" PRIu64 " to %" PRIu64 " are no range", range[0],
                    range[1]);
        if (i == 0)
            memcpy(&rec->numbers[1], range, sizeof range);
    }
    return true;
}

/* Key metadata: kept as raw bytes, to be compared and copied (spec: RDB, "Key metadata"). */
static bool read_key_meta(rk_rdb *rdb, rk_err *err)
{
    uint64_t classes = 0, spec, offset = rk_window_offset(&rdb->win);
    rdb_copy_begin(rdb);
    if (!rdb_len(rdb, &classes, "number of metadata classes", err))
        return false;
    if (classes < 1 || classes > 7)
        return rk_fail(err, RK_DAMAGED, offset, "a key has %" PRIu64 " metadata classes, not 1 to 7",
                       classes);
    for (uint64_t i = 0; i < classes; i++)
        if (!rdb_le(rdb, 4, &spec, "metadata class", err) || !rdb_skip_module_values(rdb, err))
            return false;
    if (!rdb_copy_end(rdb, err))
        return false;
    rdb->meta.len = 0;
    rdb->meta_classes = (uint16_t)classes;
    return rk_buf_add(&rdb->meta, rk_buf_slice(&rdb->copy), err);
}

static bool read_expiry(rk_rdb *rdb, bool seconds, rk_err *err)
{
    uint64_t raw = 0;
    if (!rdb_le(rdb, seconds ? 4 : 8, &raw, "expiry", err))
        return false;
    rdb->expiry_opcode = seconds ? OP_EXPIRETIME : OP_EXPIRETIME_MS;
    rdb->expire_ms = seconds ? (int64_t)(int32_t)raw * 1000 : (int64_t)raw;
    if (rdb->expire_ms == RK_NO_EXPIRY)
        rdb->expire_ms++; /* the one value that is taken */
    return true;
}

static bool read_end(rk_rdb *rdb, rk_record *rec, rk_err *err)
{
    uint64_t stored = 0, offset = rk_window_offset(&rdb->win);
    rec->kind = RK_RECORD_END;
    rec->numbers[0] = rdb->begin != RK_NO_OFFSET;
    rdb->type = NULL;
    rdb->ended = true;
    rdb->checksum = RK_CHECKSUM_ABSENT;
    rk_window_drain(&rdb->win);
    if (rdb->header.version < FIRST_CHECKSUM)
        return true;
    uint64_t crc = rdb->crc;
    rdb->checksum = RK_CHECKSUM_UNSEEN;
    if (!rdb_le(rdb, 8, &stored, "the checksum", err))
        return false;
    rec->numbers[1] = stored;
    if (rdb->second)
        return true;
    rdb->checksum = stored == 0 ? RK_CHECKSUM_ABSENT : stored == crc ? RK_CHECKSUM_OK : RK_CHECKSUM_BAD;
    if (rdb->checksum == RK_CHECKSUM_BAD)
        return rk_fail(err, RK_DAMAGED, offset,
                       "the checksum is %016" PRIx64 ", the bytes before it give %016" PRIx64, stored, crc);
    return true;
}

static bool unknown_byte(rk_rdb *rdb, uint8_t byte, uint64_t offset, rk_err *err)
{
    uint64_t size = rk_source_size(rdb->source);
    const char *thing =
        byte == 6 ? "a pre-release module value cannot be passed over" : "is no known type or opcode";
    if (size == UINT64_MAX)
        return rk_fail(err, RK_UNKNOWN, offset,
                       "byte 0x%02x %s in RDB %s%" PRIu32 "; what follows was not seen", byte, thing,
                       rdb->header.valkey ? "VALKEY" : "", rdb->header.version);
    return rk_fail(err, RK_UNKNOWN, offset,
                   "byte 0x%02x %s in RDB %s%" PRIu32 "; %" PRIu64 " bytes were not seen", byte, thing,
                   rdb->header.valkey ? "VALKEY" : "", rdb->header.version, size - offset);
}

void rdb_reset_attributes(rk_rdb *rdb)
{
    rdb->expire_ms = RK_NO_EXPIRY;
    rdb->expiry_opcode = 0;
    rdb->idle_s = rdb->frequency = -1;
    rdb->meta_classes = 0;
    rdb->meta.len = 0;
    rdb->begin = RK_NO_OFFSET;
}

static void fill_key(rk_rdb *rdb, rk_record *rec, uint64_t offset)
{
    rec->kind = RK_RECORD_KEY;
    rec->key = (rk_key){ .db = rdb->db,
                         .name = rk_buf_slice(&rdb->name),
                         .type = rdb->type->type,
                         .type_byte = rdb->type_byte,
                         .encoding = rdb->type->encoding,
                         .offset = offset,
                         .begin = rdb->begin,
                         .expire_ms = rdb->expire_ms,
                         .expiry_opcode = rdb->expiry_opcode,
                         .idle_s = rdb->idle_s,
                         .frequency = rdb->frequency,
                         .meta_classes = rdb->meta_classes,
                         .meta = rk_buf_slice(&rdb->meta) };
    rdb_reset_attributes(rdb);
}

bool rdb_read_key(rk_rdb *rdb, uint8_t byte, uint64_t offset, rk_record *rec, rk_err *err)
{
    rk_str str;
    rk_slice name = RK_EMPTY;
    const rdb_value_type *type = rdb_value_type_of(rdb, byte);
    if (!type)
        return unknown_byte(rdb, byte, offset, err);
    if (!rdb->nameless && !rdb_str(rdb, &str, "key", err))
        return false;
    if (!rdb->nameless && !rk_str_bytes(&str, &rdb->text[0], &name, &rdb->bad)) {
        if (!rdb_put_off(rdb, err))
            return false;
        name = RK_EMPTY;
    }
    rdb->name.len = 0;
    if (!rk_buf_add(&rdb->name, name, err))
        return false;
    rdb->type = type;
    rdb->type_byte = byte;
    rdb->opened = rdb->by_unit = rdb->value_end = false;
    rdb->plain.broken = rdb->plain.in_ziplist = false;
    rdb->plain.left = 0;
    if (rdb->begin == RK_NO_OFFSET)
        rdb->begin = offset;
    fill_key(rdb, rec, offset);
    return true;
}

/* Opcodes that belong to the key that follows. True in *mine when `byte` was one. */
static bool read_attribute(rk_rdb *rdb, uint8_t byte, bool *mine, rk_err *err)
{
    uint64_t number = 0;
    uint8_t frequency = 0;
    *mine = true;
    switch (byte) {
    case OP_EXPIRETIME:
    case OP_EXPIRETIME_MS:
        return read_expiry(rdb, byte == OP_EXPIRETIME, err);
    case OP_IDLE:
        if (!rdb_len(rdb, &number, "idle time", err))
            return false;
        rdb->idle_s = number > INT64_MAX ? INT64_MAX : (int64_t)number;
        return true;
    case OP_FREQ:
        if (!rdb_u8(rdb, &frequency, "LFU counter", err))
            return false;
        rdb->frequency = frequency;
        return true;
    case OP_KEY_META:
        if (!rdb->header.valkey)
            return read_key_meta(rdb, err);
        break;
    case OP_DRAGONFLY_MASK:
        if (rdb->dragonfly && rdb_le(rdb, 4, &number, "Dragonfly flags", err))
            return !(number & 2) || rdb_skip_bytes(rdb, 4, "Dragonfly flags", err);
        break;
    default:
        break;
    }
    *mine = false;
    return err->code == RK_OK;
}

/* `names` ends in NULL. */
static bool read_sizes(rk_rdb *rdb, rk_record *rec, rk_record_kind kind, const char *const *names,
                       rk_err *err)
{
    rec->kind = kind;
    for (unsigned i = 0; names[i]; i++)
        if (!rdb_len(rdb, &rec->numbers[i], names[i], err))
            return false;
    return true;
}

static bool read_db(rk_rdb *rdb, rk_record *rec, rk_err *err)
{
    uint64_t db = 0, offset = rk_window_offset(&rdb->win);
    rec->kind = RK_RECORD_DB;
    if (!rdb_len(rdb, &db, "database number", err))
        return false;
    if (db < INT32_MAX)
        rdb->db = rec->db = (uint32_t)db;
    else /* the one before stays */
        rk_fail(&rdb->bad, RK_DAMAGED, offset, "database number %" PRIu64 " is beyond any server's", db);
    return true;
}

static bool read_record(rk_rdb *rdb, uint8_t byte, rk_record *rec, rk_err *err)
{
    static const char *const sizes[] = { "number of keys", "number of keys with expiry", NULL };
    static const char *const slot[] = { "slot", "number of keys", "number of keys with expiry", NULL };
    switch (byte) {
    case OP_EOF:
        return read_end(rdb, rec, err);
    case OP_SELECTDB:
        return read_db(rdb, rec, err);
    case OP_RESIZEDB:
        return read_sizes(rdb, rec, RK_RECORD_SIZES, sizes, err);
    case OP_AUX:
        return read_aux(rdb, rec, err);
    case OP_MODULE_AUX:
        return read_module_aux(rdb, rec, err);
    case OP_FUNCTION2:
        return read_function(rdb, rec, err);
    case OP_FUNCTION:
        return read_old_function(rdb, rec, err);
    case OP_SLOT_INFO:
        return read_sizes(rdb, rec, RK_RECORD_SLOT, slot, err);
    case OP_SLOT_IMPORT: /* under REDIS it is key metadata, read before */
        return read_slot_import(rdb, rec, err);
    case OP_HASH_TEMPLATE:
        rec->kind = RK_RECORD_TEMPLATE;
        return rdb->header.valkey ? unknown_byte(rdb, byte, rec->offset, err)
                                  : rdb_read_template(rdb, rec, err);
    case OP_RLEC_RAM_LRU:
    case OP_RLEC_SLOT:
        rec->kind = RK_RECORD_VENDOR;
        rec->numbers[0] = byte;
        return rdb_len(rdb, &rec->numbers[1], "vendor record", err);
    default:
        return rdb_read_key(rdb, byte, rec->offset, rec, err);
    }
}

static const char *key_where(rk_rdb *rdb, char *room, size_t cap)
{
    return rk_slice_print(rk_buf_slice(&rdb->name), room, cap);
}

/* Where a failure happened: in the value of the key pulled last, or in a record. */
bool rdb_say_where(rk_rdb *rdb, rk_err *err)
{
    char key[120];
    if (rdb->type)
        rk_within(err, "%s '%s' in db %" PRIu32, rk_type_name(rdb->type->type),
                  key_where(rdb, key, sizeof key), rdb->db);
    else if (rdb->name.len)
        rk_within(err, "after key '%s' in db %" PRIu32, key_where(rdb, key, sizeof key), rdb->db);
    return rk_err_source(err, rk_source_name(rdb->source));
}

bool rdb_start(rk_rdb *rdb, rk_err *err)
{
    rdb->goes_on = false;
    if (rdb->lost.code == RK_OK)
        return true;
    *err = rdb->lost;
    return false;
}

bool rdb_put_off(rk_rdb *rdb, rk_err *err)
{
    if (rdb->bad.code != RK_NO_MEMORY)
        return true;
    *err = rdb->bad;
    rdb->bad = (rk_err){ 0 };
    return false;
}

/* What came first is told first: when the framing was lost behind a content that could not be decoded, the next
 * pull tells that. */
bool rdb_settle(rk_rdb *rdb, bool ok, rk_err *err)
{
    if (err->code == RK_OK && rdb->bad.code == RK_OK)
        return ok;
    if (err->code != RK_OK) {
        rdb_say_where(rdb, err);
        rdb->lost = *err;
    }
    if (rdb->bad.code != RK_OK) {
        *err = rdb->bad;
        rdb->bad = (rk_err){ 0 };
        rdb->goes_on = true;
        rdb_say_where(rdb, err);
    }
    return false;
}

bool rk_rdb_goes_on(const rk_rdb *rdb)
{
    return rdb->goes_on;
}

bool rdb_skip_rest(rk_rdb *rdb, rk_err *err)
{
    rk_element element;
    rk_unit unit;
    if (!rdb->opened && !rdb->in_pieces) {
        rdb->opened = rdb->value_end = true;
        return rdb_settle(rdb, rdb->type->skip(rdb, err), err);
    }
    while (rdb->by_unit ? rk_rdb_unit(rdb, &unit, err) : rk_rdb_element(rdb, &element, err))
        ;
    return err->code == RK_OK;
}

bool rk_rdb_pass(rk_rdb *rdb, rk_err *err)
{
    if (!rdb_start(rdb, err))
        return false;
    if (!rdb->type)
        return true;
    if (!rdb_skip_rest(rdb, err))
        return false;
    rdb->type = NULL;
    rdb->digest_tap.on = false;
    return true;
}

bool rk_rdb_next(rk_rdb *rdb, rk_record *rec, rk_err *err)
{
    uint8_t byte = 0;
    bool mine = true;
    if (rdb->ended)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "the snapshot has been read to its end");
    if (!rk_rdb_pass(rdb, err))
        return false;
    while (mine) {
        *rec = (rk_record){ .offset = rk_window_offset(&rdb->win),
                            .db = rdb->db,
                            .name = RK_EMPTY,
                            .value = RK_EMPTY,
                            .engine = RK_EMPTY };
        if (!rdb_u8(rdb, &byte, "the next record", err) || !read_attribute(rdb, byte, &mine, err))
            return rdb_settle(rdb, false, err);
        if (mine && rdb->begin == RK_NO_OFFSET)
            rdb->begin = rec->offset;
    }
    return rdb_settle(rdb, read_record(rdb, byte, rec, err), err);
}

bool rk_rdb_element(rk_rdb *rdb, rk_element *element, rk_err *err)
{
    if (!rdb->type || rdb->value_end)
        return false;
    if (rdb->by_unit)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "elements are asked for behind units");
    if (!rdb_start(rdb, err))
        return false;
    if (!rdb->opened) {
        rdb->opened = true;
        bool open = rdb->in_pieces || rdb->type->open(rdb, err);
        rdb->pieces_at = rk_window_offset(&rdb->win);
        if (!open || rdb->bad.code != RK_OK) {
            rdb->plain.broken = true;
            return rdb_settle(rdb, false, err);
        }
    }
    *element = (rk_element){ .item = RK_EMPTY, .value = RK_EMPTY, .expire_ms = RK_NO_EXPIRY };
    bool there = rdb->type->next(rdb, element, err);
    rdb->value_end = !there && err->code == RK_OK && rdb->bad.code == RK_OK;
    return rdb_settle(rdb, there, err);
}

bool rk_rdb_string(rk_rdb *rdb, uint64_t *len, rk_err *err)
{
    if (!rdb->type || rdb->value_end || rdb->type->type != RK_STRING)
        return false;
    if (!rdb_start(rdb, err))
        return false;
    rdb->opened = rdb->value_end = true;
    return rdb_settle(rdb, rdb_verify_str(rdb, len, "string", err), err);
}

uint64_t rk_rdb_left(const rk_rdb *rdb)
{
    if (!rdb->type || rdb->type->type == RK_STRING)
        return 0;
    return rdb->type->type == RK_STREAM ? rdb->stream.nodes : rdb->plain.left;
}

uint64_t rk_rdb_pieces_at(const rk_rdb *rdb)
{
    return rdb->pieces_at;
}
