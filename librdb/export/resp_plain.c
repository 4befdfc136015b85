/* resp_plain: strings, lists, sets, sorted sets, hashes and arrays as commands. */
#include <math.h>
#include <stdio.h>

#include "resp.h"

enum { STRING_PART = 256 << 20 };
#define FIELD_EXPIRY_MOST ((INT64_C(1) << 48) - 1) /* of Redis, in ms */

/* One longer than a server takes at once comes in parts: that it may be refused then breaks nothing else. */
static bool write_string(resp *r, rk_slice value, rk_err *err)
{
    const char *verb = "SET";
    r->cleared = true; /* SET replaces whatever there is */
    if (value.len > RESP_BULK_MOST) {
        if (!resp_lose(r, NOTE_LONG, 1, err))
            return false;
        for (; value.len > STRING_PART; verb = "APPEND") {
            resp_send_head(r, verb, 1, true);
            resp_send_bytes(r, rk_slice_head(value, STRING_PART));
            value = rk_slice_from(value, STRING_PART);
        }
    }
    resp_send_head(r, verb, 1, true);
    resp_send_bytes(r, value);
    return true;
}

/* Text from which a server reads the same double. */
static rk_slice score_text(double score, char room[32])
{
    int len = isinf(score) ? snprintf(room, 32, score > 0 ? "inf" : "-inf")
              : fabs(score) < 1e15 && score != 0 && trunc(score) == score
                  ? snprintf(room, 32, "%" PRId64, (int64_t)score)
                  : snprintf(room, 32, "%.17g", score);
    return (rk_slice){ (uint8_t *)room, (size_t)len };
}

static bool write_member(resp *r, const rk_key *key, const rk_element *e, rk_err *err)
{
    char room[32];
    rk_slice cells[2] = { e->item, e->item };
    bool scored = e->kind == RK_ELEMENT_SCORED, alone = !resp_has(&r->target, RESP_MANY);
    (void)key;
    if (scored && isnan(e->score))
        return resp_lose(r, LOSS_SCORE, 1, err);
    if (scored)
        cells[0] = score_text(e->score, room);
    if (e->expire_ms != RK_NO_EXPIRY && !resp_lose(r, LOSS_VENDOR_TTL, 1, err))
        return false;
    return scored ? resp_add_row(r, "ZADD", cells, 2, alone, err)
                  : resp_add_row(r, e->kind == RK_ELEMENT_ITEM ? "RPUSH" : "SADD", cells, 1, alone, err);
}

/* ---- hashes --------------------------------------------------------------------------------------------------------- */

enum { FIRST_OF_VENDORS = 31 }; /* from this type byte on a field's time is in units of the vendor's own */

/* Puts HPEXPIREAT behind the command that sets the field. */
static bool expire_field(resp *r, const rk_element *e, rk_err *err)
{
    char room[32];
    rk_slice ms = { (uint8_t *)room, (size_t)snprintf(room, sizeof room, "%" PRId64, e->expire_ms) };
    if (e->item.len > RESP_BULK_MOST)
        return true; /* has been left out */
    return rk_buf_add(&r->after, RK_TEXT("*6\r\n$10\r\nHPEXPIREAT\r\n"), err) &&
           rk_buf_add(&r->after, rk_buf_slice(&r->key), err) && resp_arg(&r->after, ms, err) &&
           rk_buf_add(&r->after, RK_TEXT("$6\r\nFIELDS\r\n$1\r\n1\r\n"), err) &&
           resp_arg(&r->after, e->item, err);
}

static bool write_field(resp *r, const rk_key *key, const rk_element *e, rk_err *err)
{
    const char *verb = resp_has(&r->target, RESP_HSET) ? "HSET" : "HMSET";
    rk_slice cells[2] = { e->item, e->value };
    if (!resp_add_row(r, verb, cells, 2, false, err))
        return false;
    if (e->expire_ms == RK_NO_EXPIRY)
        return true;
    if (key->type_byte >= FIRST_OF_VENDORS)
        return resp_lose(r, LOSS_VENDOR_TTL, 1, err);
    if (!resp_has(&r->target, RESP_FIELD_TTL))
        return resp_lose(r, LOSS_FIELD_TTL, 1, err);
    if (!r->target.valkey && e->expire_ms > FIELD_EXPIRY_MOST)
        return resp_lose(r, LOSS_FIELD_TTL_RANGE, 1, err);
    if (!expire_field(r, e, err))
        return false;
    if (r->arg_count == 0)
        resp_send_after(r); /* the field has been sent already */
    return true;
}

/* ---- arrays --------------------------------------------------------------------------------------------------------- */

static bool write_indexed(resp *r, const rk_key *key, const rk_element *e, rk_err *err)
{
    char room[24];
    rk_slice index = { (uint8_t *)room, (size_t)snprintf(room, sizeof room, "%" PRIu64, e->number) };
    rk_slice cells[2] = { index, e->item };
    (void)key;
    return resp_add_row(r, "ARMSET", cells, 2, false, err);
}

/* ARSEEK names the index of the next insert. */
static bool write_cursor(resp *r, const rk_key *key, const rk_element *e, rk_err *err)
{
    (void)key;
    resp_send_rows(r, "ARMSET");
    if (!resp_add_u64(r, e->number + 1, err))
        return false;
    resp_send(r, "ARSEEK", true);
    return true;
}

/* ---- all ------------------------------------------------------------------------------------------------------------ */

typedef bool write_element(resp *r, const rk_key *key, const rk_element *e, rk_err *err);

static const struct {
    write_element *write;
    const char *verb; /* of the rows that are left at the end */
} elements[] = {
    [RK_ELEMENT_ITEM] = { write_member, "RPUSH" },      [RK_ELEMENT_MEMBER] = { write_member, "SADD" },
    [RK_ELEMENT_SCORED] = { write_member, "ZADD" },     [RK_ELEMENT_FIELD] = { write_field, "HSET" },
    [RK_ELEMENT_INDEXED] = { write_indexed, "ARMSET" }, [RK_ELEMENT_CURSOR] = { write_cursor, "ARMSET" },
};

bool resp_plain(resp *r, const rk_key *key, rk_err *err)
{
    rk_element e;
    const char *verb = "";
    while (export_element(r->run, &e, err)) {
        if (e.kind == RK_ELEMENT_STRING)
            return write_string(r, e.item, err);
        verb = elements[e.kind].verb;
        if (!elements[e.kind].write(r, key, &e, err))
            return false;
    }
    if (err->code != RK_OK)
        return false;
    resp_send_rows(r, key->type == RK_HASH && !resp_has(&r->target, RESP_HSET) ? "HMSET" : verb);
    return true;
}
