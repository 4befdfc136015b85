/* payload: opens what RESTORE carries. */
#include "payload.h"

enum {
    TRAILER = 10,
    VERSION_SIZE = 2,
    FIRST_VALKEY = 80,
    TEMPLATE_LISTPACK_REF = 30,
    TEMPLATE_ARRAY_REF = 32
};

/* The version names the family, too. Any that is known to none is refused where its types are met. */
static bool read_trailer(rk_slice bytes, rk_rdb_header *header, rk_err *err)
{
    if (bytes.len < TRAILER)
        return rk_fail(err, RK_TRUNCATED, 0, "the payload has %zu bytes, not %d or more", bytes.len, TRAILER);
    rk_slice summed = rk_slice_head(bytes, bytes.len - TRAILER + VERSION_SIZE);
    rk_cursor c = { rk_slice_from(bytes, bytes.len - TRAILER), bytes.len - TRAILER, err, false };
    uint16_t version = rk_cursor_u16le(&c, "version");
    uint64_t stored = rk_cursor_u64le(&c, "checksum"), sum = rk_crc64(0, summed);
    *header = (rk_rdb_header){ .version = version, .valkey = version >= FIRST_VALKEY };
    if (version == 0)
        return rk_fail(err, RK_DAMAGED, summed.len - VERSION_SIZE, "the payload has the RDB version 0");
    return stored == 0 || stored == sum ||
           rk_fail(err, RK_DAMAGED, summed.len,
                   "the checksum of the payload is %016" PRIx64 ", its bytes give %016" PRIx64, stored, sum);
}

bool ks_payload_open(ks_payload *p, const ks_call *c, size_t arg)
{
    rk_slice bytes = ks_arg(c, arg);
    rk_err *err = c->ks->err;
    *p = (ks_payload){ 0 };
    if (!read_trailer(bytes, &p->header, err))
        return false;
    p->len = bytes.len - TRAILER;
    p->source = rk_source_memory(rk_slice_head(bytes, bytes.len - TRAILER), 0, err);
    p->rdb = p->source ? rk_rdb_open_headless(p->source, 0, p->header, err) : NULL;
    if (p->rdb) {
        rk_rdb_nameless(p->rdb);
        return true;
    }
    ks_payload_close(p);
    return false;
}

void ks_payload_close(ks_payload *p)
{
    rk_rdb_close(p->rdb);
    rk_source_close(p->source);
    *p = (ks_payload){ 0 };
}

rk_outcome ks_payload_fails(ks_call *c)
{
    rk_err *err = c->ks->err;
    if (err->code == RK_TRUNCATED || err->code == RK_DAMAGED || err->code == RK_UNKNOWN) {
        ks_fails(c, "%s", err->what);
        *err = (rk_err){ 0 };
    }
    return RK_OUTCOME_FAILED;
}

bool ks_payload_refers(uint8_t type_byte, rk_rdb_header header)
{
    return !header.valkey && (type_byte == TEMPLATE_LISTPACK_REF || type_byte == TEMPLATE_ARRAY_REF);
}
