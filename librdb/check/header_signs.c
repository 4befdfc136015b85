/* header_signs: goes through the records of a snapshot without a header, from one loss to the next, and notes what they
 * are: this costs a fraction of a check. */
#include "header.h"
#include "rescue.h"

#include <stdio.h>

enum { CHECKSUM_SIZE = 8 };

static void note_key(header_signs *s, const rk_key *key)
{
    s->types[key->type_byte] = true;
    s->opcodes[252] |= key->expiry_opcode == 252;
    s->opcodes[248] |= key->idle_s >= 0;
    s->opcodes[249] |= key->frequency >= 0;
    s->opcodes[243] |= key->meta_classes > 0;
}

static void note_aux(header_signs *s, const rk_record *rec)
{
    if (rk_slice_is(rec->name, RK_TEXT("redis-ver")))
        rk_slice_print(rec->value, s->redis, sizeof s->redis);
    else if (rk_slice_is(rec->name, RK_TEXT("valkey-ver")))
        rk_slice_print(rec->value, s->valkey, sizeof s->valkey);
    else if (rk_slice_is(rec->name, RK_TEXT("df-ver")))
        s->dragonfly = true;
}

static void note_record(header_signs *s, const rk_record *rec)
{
    s->records++;
    if (rec->kind == RK_RECORD_KEY)
        note_key(s, &rec->key);
    else if (rec->kind != RK_RECORD_VENDOR)
        s->opcodes[check_opcode_of(rec)] = true;
    if (rec->kind == RK_RECORD_AUX)
        note_aux(s, rec);
}

static bool is_trouble(const rk_err *why)
{
    return why->code != RK_DAMAGED && why->code != RK_TRUNCATED && why->code != RK_UNKNOWN;
}

/* From where they were found to where the framing is lost, which is *to. What lies before `sure` may be chance. */
static bool follow(rk_rdb *second, uint64_t from, uint64_t sure, uint64_t size, header_signs *s, uint64_t *to,
                   rk_err *err)
{
    rk_record rec = { .kind = RK_RECORD_AUX };
    uint64_t at = from;
    if (!rk_rdb_seek_record(second, from, 0, err))
        return false;
    for (;;) {
        rk_err why = { 0 };
        bool read = rk_rdb_next(second, &rec, &why);
        uint64_t behind = rk_rdb_offset(second);
        if (why.code != RK_OK && is_trouble(&why)) {
            *err = why;
            return false;
        }
        if (rec.kind == RK_RECORD_END && (read || behind > rec.offset)) {
            s->checksum |= size - rec.offset > CHECKSUM_SIZE;
            s->bytes += rec.offset - at;
            *to = size - rec.offset <= CHECKSUM_SIZE + 1 ? size : rec.offset + 1;
            return true;
        }
        if (read && rec.offset >= sure)
            note_record(s, &rec);
        if (!read && !rk_rdb_goes_on(second)) {
            s->broken = true;
            *to = behind > from ? behind : from + 1;
            return true;
        }
        s->bytes += behind - at;
        at = behind;
    }
}

bool check_header_signs(rk_rdb *second, header_signs *s, rk_err *err)
{
    rescue_landing landing = { 0 };
    uint64_t from = 0;
    *s = (header_signs){ .first = RK_NO_OFFSET };
    while (check_rescue(second, from, NULL, 0, &landing, err)) {
        if (landing.kind != RESCUE_RECORDS)
            return true;
        if (s->first == RK_NO_OFFSET)
            s->first = landing.from;
        if (!follow(second, landing.from, landing.to, rk_source_size(rk_rdb_source(second)), s, &from, err))
            return false;
    }
    return false;
}
