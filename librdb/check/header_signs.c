/* header_signs: goes through the records of a snapshot without a header, from one loss to the next, and notes what they
 * are: this costs a fraction of a check. */
#include "header.h"
#include "rescue.h"

#include <stdio.h>

enum { CHECKSUM_SIZE = 8, DOUBTFUL = 16 };

/* What is read just before the framing is lost may have been read at the wrong places: the bytes that records began with
 * are sure when so many more have been read, or at the end. */
typedef struct {
    uint8_t *places[DOUBTFUL];
    uint64_t count;
} recent_bytes;

static void make_sure(const recent_bytes *recent, uint64_t i)
{
    *recent->places[i % DOUBTFUL] = HEADER_SURE;
}

static void add_byte(recent_bytes *recent, uint8_t *place)
{
    if (recent->count >= DOUBTFUL)
        make_sure(recent, recent->count);
    recent->places[recent->count++ % DOUBTFUL] = place;
    if (*place == HEADER_NOT_MET)
        *place = HEADER_DOUBTFUL;
}

static void make_all_sure(const recent_bytes *recent)
{
    uint64_t most = recent->count < DOUBTFUL ? recent->count : DOUBTFUL;
    for (uint64_t i = 0; i < most; i++)
        make_sure(recent, i);
}

static void note_key(header_signs *s, const rk_key *key, recent_bytes *recent)
{
    enum { KEY_META = 243, IDLE = 248, FREQ = 249, EXPIRETIME_MS = 252 };
    if (key->expiry_opcode == EXPIRETIME_MS)
        add_byte(recent, &s->opcodes[EXPIRETIME_MS]);
    if (key->idle_s >= 0)
        add_byte(recent, &s->opcodes[IDLE]);
    if (key->frequency >= 0)
        add_byte(recent, &s->opcodes[FREQ]);
    if (key->meta_classes > 0)
        add_byte(recent, &s->opcodes[KEY_META]);
    add_byte(recent, &s->types[key->type_byte]);
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

static void note_record(header_signs *s, const rk_record *rec, recent_bytes *recent)
{
    if (rec->kind == RK_RECORD_VENDOR)
        return;
    s->records++;
    if (rec->kind == RK_RECORD_KEY)
        note_key(s, &rec->key, recent);
    else
        add_byte(recent, &s->opcodes[check_opcode_of(rec)]);
    if (rec->kind == RK_RECORD_AUX)
        note_aux(s, rec);
}

static bool is_trouble(const rk_err *why)
{
    return why->code != RK_DAMAGED && why->code != RK_TRUNCATED && why->code != RK_UNKNOWN;
}

/* How a walk over records goes on. */
typedef enum { WALK_ON, WALK_LOST, WALK_END, WALK_FAILED } walk_step;

static walk_step pull(rk_rdb *second, rk_record *rec, rk_err *err)
{
    rk_err why = { 0 };
    bool read = rk_rdb_next(second, rec, &why);
    if (why.code != RK_OK && is_trouble(&why)) {
        *err = why;
        return WALK_FAILED;
    }
    if (rec->kind == RK_RECORD_END && (read || rk_rdb_offset(second) > rec->offset))
        return WALK_END;
    return read || rk_rdb_goes_on(second) ? WALK_ON : WALK_LOST;
}

/* From where they were found to where the framing is lost, which is *from then. What lies before `sure` may be chance. */
static bool follow(rk_rdb *second, uint64_t *from, uint64_t sure, header_signs *s, rk_err *err)
{
    rk_record rec = { .offset = *from };
    recent_bytes recent = { .count = 0 };
    uint64_t begin = *from, size = rk_source_size(rk_rdb_source(second));
    walk_step step = WALK_ON;
    if (!rk_rdb_seek_record(second, begin, 0, err))
        return false;
    while (step == WALK_ON) {
        rec.kind = RK_RECORD_VENDOR; /* says nothing, should it not be filled in */
        step = pull(second, &rec, err);
        if (step == WALK_ON && rec.offset >= sure)
            note_record(s, &rec, &recent);
        if (step != WALK_LOST && step != WALK_FAILED)
            s->bytes += rec.offset - *from;
        *from = step == WALK_LOST ? rk_rdb_offset(second) : rec.offset;
    }
    s->broken |= step == WALK_LOST;
    if (step == WALK_END) {
        make_all_sure(&recent);
        s->checksum |= size - rec.offset > CHECKSUM_SIZE;
        *from = size - rec.offset <= CHECKSUM_SIZE + 1 ? size : rec.offset + 1;
    }
    if (*from <= begin)
        *from = begin + 1;
    return step != WALK_FAILED;
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
        from = landing.from;
        if (!follow(second, &from, landing.to, s, err))
            return false;
    }
    return false;
}
