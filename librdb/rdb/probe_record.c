/* probe_record: attributes, keys and the records between them (spec: RDB, "Order of records", "Opcodes"). */
#include "opcode.h"
#include "probe.h"

#include <limits.h>

enum { DB_MOST = 65536, DB_USUAL = 16 };

/* The bits of a byte that is a type or opcode; a database, a slot, an expiry that is likely ... */
enum {
    BITS_BYTE = 3,
    BITS_HEAD = 2,
    BITS_MS = 18,
    BITS_SECONDS = 6,
    BITS_DB = 10,
    BITS_SIZES = 8,
    BITS_SLOT = 10,
    BITS_FUNCTION = 24,
    BITS_RARE = 10,
    BITS_END = 24,
    NAME_TEXT_MOST = 8,
    NAME_HASH_LOOK = 1024,
    NAME_SHORT = 64,
    NAME_LEAST = 3,
    ODD_MOST = 2,        /* bits of a record whose name is no text ... */
    ODD_PROOF_MOST = 14, /* ... when its value is proof, and the name short */
    ATTRIBUTES_MOST = 4,
    COST_READER = 3000
};

/* The version that brought a type into the files of stock servers; 0: none did. */
static uint32_t version_of(uint8_t type_byte)
{
    static const uint8_t versions[] = { 1,  1,  1,  1,  1,  8,  8,  8,  0,  2,  2,  2,  2,  3,  7,  9,  10,
                                        10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 14, 14, 14, 15, 15, 15, 14 };
    return type_byte < sizeof versions ? versions[type_byte] : 0;
}

/* Does a server that writes this version write this type? Then the byte says something; others do write what is
 * out of time, and are believed for their values alone. */
static bool is_of_its_time(const rk_probe *p, uint8_t type_byte)
{
    uint32_t version = p->rdb->header.version;
    bool outdated = (type_byte == 1 && version > 6) || (type_byte == 3 && version > 7) ||
                    (type_byte == 9 && version > 3) || (type_byte == 10 && version > 6);
    return !outdated && version_of(type_byte) && version_of(type_byte) <= version;
}

/* The name of a key: how it weighs, and its hash. One that is no text is legal, and may as well be whatever stands before
 * a sound value: *most says how much such a record can weigh at all. */
static bool probe_name(rk_probe *p, uint64_t *offset, rk_look *look, unsigned *most)
{
    probe_str str;
    unsigned content;
    bool clean;
    if (!rdb_probe_str(p, *offset, &str) || !rdb_probe_content(p, &str, NAME_TEXT_MOST, &content, &clean))
        return false;
    size_t look_at = str.stored < NAME_HASH_LOOK ? (size_t)str.stored : NAME_HASH_LOOK;
    const uint8_t *at = rdb_probe_at(p, str.content, look_at);
    if (!at)
        return false;
    look->name = look_at ? rk_hash64((rk_slice){ at, look_at }) : 0;
    look->is_odd = !clean || str.len == 0;
    *most = !look->is_odd                                   ? UINT_MAX
            : str.len >= NAME_LEAST && str.len < NAME_SHORT ? ODD_PROOF_MOST
            : str.len >= NAME_LEAST                         ? ODD_MOST
                                                            : 0;
    look->bits += look->is_odd ? 0 : BITS_HEAD + content;
    *offset = str.next;
    return true;
}

static bool probe_key(rk_probe *p, uint64_t offset, uint8_t byte, rk_look *look)
{
    uint64_t at = offset + 1;
    unsigned most, before = look->bits; /* of the attributes */
    look->is_key = true;
    look->bits += is_of_its_time(p, byte) ? BITS_BYTE : 0;
    if (!probe_name(p, &at, look, &most))
        return false;
    bool empty = look->name == 0;
    if (!rdb_probe_value(p, byte, offset, at, look))
        return false;
    if (empty && look->bits < RK_PROOF) /* zeros read as empty strings under empty names */
        return false;
    if (most == ODD_PROOF_MOST && look->bits - before < RK_PROOF)
        most = ODD_MOST;
    if (look->bits - before > most) {
        look->bits = before + most;
        return look->next != 0 || rdb_probe_skip_value(p, offset, look);
    }
    return true;
}

/* AUX: a name of letters; the names that servers write are short. */
static bool probe_aux(rk_probe *p, uint64_t offset, rk_look *look)
{
    probe_str name, value;
    unsigned bits[2];
    bool clean[2];
    if (!rdb_probe_str(p, offset, &name) ||
        !rdb_probe_content(p, &name, NAME_TEXT_MOST, &bits[0], &clean[0]) ||
        !rdb_probe_str(p, name.next, &value) ||
        !rdb_probe_content(p, &value, NAME_TEXT_MOST, &bits[1], &clean[1]))
        return false;
    look->bits += BITS_BYTE + 2 * BITS_HEAD + bits[0] + bits[1];
    look->next = value.next;
    return clean[0] && name.len > 1 && name.len < 64 && name.form == RK_STR_RAW;
}

static bool probe_lengths(rk_probe *p, uint64_t offset, unsigned count, uint64_t *lengths, rk_look *look)
{
    for (unsigned i = 0; i < count; i++)
        if (!rdb_probe_len(p, &offset, &lengths[i]))
            return false;
    look->next = offset;
    return true;
}

/* A database weighs something only where its sizes follow, as they do since version 7. */
static bool probe_db(rk_probe *p, uint64_t offset, rk_look *look)
{
    uint64_t db;
    if (!probe_lengths(p, offset + 1, 1, &db, look) || db >= DB_MOST)
        return false;
    const uint8_t *next = rdb_probe_at(p, look->next, 1);
    bool sizes = next && *next == OP_RESIZEDB;
    look->bits += sizes || (p->rdb->header.version < FIRST_SIZES && db < DB_USUAL) ? BITS_DB : 0;
    return true;
}

static bool probe_function(rk_probe *p, uint64_t offset, rk_look *look)
{
    probe_str str;
    rk_slice source;
    bool affordable;
    if (!rdb_probe_str(p, offset, &str) || !rdb_probe_decoded(p, &str, &source, &affordable))
        return false;
    look->next = str.next;
    look->bits += BITS_FUNCTION;
    return rk_slice_starts(source, RK_TEXT("#!"));
}

/* EOF is nothing but the end: its checksum is the last that the file has, but for the end mark of a replication
 * stream. Runs of one byte are not it. */
static bool probe_end(rk_probe *p, uint64_t offset, rk_look *look)
{
    uint64_t left = p->size - offset - 1, checksum = p->rdb->header.version < FIRST_CHECKSUM ? 0 : 8;
    uint64_t wrapping = p->rdb->first ? p->rdb->first->wrapping : 0;
    const uint8_t *stored = checksum ? rdb_probe_at(p, offset + 1, 8) : NULL;
    if (left != checksum && left != checksum + wrapping)
        return false;
    look->is_end = true;
    look->bits += BITS_END;
    look->next = p->size;
    return !checksum || (stored && memcmp(stored, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) != 0);
}

/* What is rare is left to the reader. */
static bool by_reader(rk_probe *p, uint64_t offset, rk_look *look)
{
    rk_err err = { 0 };
    rk_record record;
    rk_rdb *rdb = p->rdb;
    if (!rdb_probe_charge(p, COST_READER))
        return false;
    bool ok = rk_rdb_seek_record(rdb, offset, 0, &err) && rk_rdb_next(rdb, &record, &err);
    uint64_t next = rk_window_offset(&rdb->win);
    rdb_probe_charge(p, (next - offset) / 4);
    if (err.code == RK_IO || err.code == RK_NO_MEMORY)
        p->err = err;
    if (!ok)
        return false;
    look->bits += BITS_RARE;
    look->next = next;
    return record.kind != RK_RECORD_KEY || probe_key(p, record.key.offset, record.key.type_byte, look);
}

/* Passes over one attribute. *mine: it was one, and it is likely. */
static bool pass_attribute(rk_probe *p, uint8_t byte, uint64_t *offset, bool *mine, rk_look *look)
{
    const uint8_t *at;
    uint64_t idle;
    *mine = byte == OP_EXPIRETIME_MS || byte == OP_EXPIRETIME || byte == OP_IDLE || byte == OP_FREQ;
    switch (byte) {
    case OP_EXPIRETIME_MS: /* 48 bits of ms last for 8,900 years; none is 0 */
        at = rdb_probe_at(p, *offset + 1, 8);
        *offset += 9;
        look->bits += BITS_MS;
        return at && !at[7] && !at[6] && (at[5] || at[4]);
    case OP_EXPIRETIME:
        at = rdb_probe_at(p, *offset + 1, 4);
        *offset += 5;
        look->bits += BITS_SECONDS;
        return at && at[3] >= 0x30 && at[3] < 0x80;
    case OP_IDLE:
        ++*offset;
        return rdb_probe_len(p, offset, &idle);
    case OP_FREQ:
        *offset += 2;
        return *offset < p->size;
    default:
        return true;
    }
}

static bool probe_other(rk_probe *p, uint8_t byte, uint64_t offset, rk_look *look)
{
    uint64_t lengths[3];
    switch (byte) {
    case OP_EOF:
        return probe_end(p, offset, look);
    case OP_SELECTDB:
        return probe_db(p, offset, look);
    case OP_RESIZEDB:
        look->bits += BITS_SIZES;
        return probe_lengths(p, offset + 1, 2, lengths, look) && lengths[1] <= lengths[0];
    case OP_SLOT_INFO:
        look->bits += BITS_SLOT;
        return probe_lengths(p, offset + 1, 3, lengths, look) && lengths[0] < 16384 &&
               lengths[2] <= lengths[1];
    case OP_AUX:
        return probe_aux(p, offset + 1, look);
    case OP_FUNCTION2:
        return probe_function(p, offset + 1, look);
    case OP_MODULE_AUX:
    case OP_KEY_META:
    case OP_HASH_TEMPLATE:
        return by_reader(p, offset, look);
    default:
        return rdb_value_type_of(p->rdb, byte) && probe_key(p, offset, byte, look);
    }
}

bool rk_probe_record(rk_probe *p, uint64_t offset, rk_look *look)
{
    bool mine = true;
    uint64_t begin = offset;
    *look = (rk_look){ 0 };
    for (unsigned i = 0; mine; i++) {
        const uint8_t *at = rdb_probe_at(p, offset, 1);
        if (!at || i > ATTRIBUTES_MOST)
            return false;
        uint8_t byte = *at;
        if (!pass_attribute(p, byte, &offset, &mine, look))
            return false;
        if (!mine && !probe_other(p, byte, offset, look))
            return false;
    }
    return look->is_key || offset == begin; /* attributes belong to keys */
}

bool rk_probe_record_end(rk_probe *p, uint64_t offset, uint64_t *end)
{
    rk_err err = { 0 };
    rk_record record;
    bool ok = rdb_probe_charge(p, COST_READER) && rk_rdb_seek_record(p->rdb, offset, 0, &err) &&
              rk_rdb_next(p->rdb, &record, &err) && rk_rdb_pass(p->rdb, &err);
    *end = rk_window_offset(&p->rdb->win);
    rdb_probe_charge(p, ok ? (*end - offset) / 4 : 0);
    if (err.code == RK_IO || err.code == RK_NO_MEMORY)
        p->err = err;
    return ok;
}
