/* resp_out: commands in the form of the protocol (spec: AOF, "RESP framing"): *<arguments>, then each as $<length> and
 * its bytes. */
#include <stdio.h>

#include "resp.h"

enum { HEAD_MOST = 24 };

/* The text of a number between two other bytes: "$12\r\n". Returns how many bytes it has. */
static size_t head_text(uint8_t room[HEAD_MOST], char mark, uint64_t number)
{
    uint8_t digits[20];
    size_t at = sizeof digits, len = 0;
    do {
        digits[--at] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    room[len++] = (uint8_t)mark;
    memcpy(room + len, digits + at, sizeof digits - at);
    len += sizeof digits - at;
    room[len++] = '\r';
    room[len++] = '\n';
    return len;
}

bool resp_arg(rk_buf *out, rk_slice bytes, rk_err *err)
{
    uint8_t head[HEAD_MOST];
    size_t len = head_text(head, '$', bytes.len);
    if (!rk_buf_reserve(out, out->len + len + bytes.len + 2, err))
        return false;
    memcpy(out->ptr + out->len, head, len);
    memcpy(out->ptr + out->len + len, bytes.ptr, bytes.len);
    out->len += len + bytes.len;
    memcpy(out->ptr + out->len, "\r\n", 2);
    out->len += 2;
    return true;
}

bool resp_add(resp *r, rk_slice bytes, rk_err *err)
{
    r->arg_count++;
    return resp_arg(&r->args, bytes, err);
}

bool resp_add_raw(resp *r, const rk_buf *argument, rk_err *err)
{
    r->arg_count++;
    return rk_buf_add(&r->args, rk_buf_slice(argument), err);
}

bool resp_add_text(resp *r, const char *text, rk_err *err)
{
    return resp_add(r, rk_slice_of(text), err);
}

bool resp_add_u64(resp *r, uint64_t number, rk_err *err)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    return resp_add_text(r, text, err);
}

bool resp_add_i64(resp *r, int64_t number, rk_err *err)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    return resp_add_text(r, text, err);
}

bool resp_add_id(resp *r, rk_stream_id id, rk_err *err)
{
    char text[48];
    snprintf(text, sizeof text, "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
    return resp_add_text(r, text, err);
}

void resp_send_bytes(resp *r, rk_slice bytes)
{
    export_out *out = &r->run->out;
    uint8_t *room = export_out_room(out, HEAD_MOST);
    export_out_took(out, room + head_text(room, '$', bytes.len));
    export_out_bytes(out, bytes);
    export_out_text(out, "\r\n");
}

void resp_send_head(resp *r, const char *verb, uint64_t args, bool keyed)
{
    export_out *out = &r->run->out;
    rk_slice words = rk_slice_of(verb);
    size_t space = rk_slice_find(words, RK_TEXT(" "), 0);
    bool two = space != SIZE_MAX;
    uint8_t *room = export_out_room(out, HEAD_MOST);
    export_out_took(out, room + head_text(room, '*', args + 1 + two + keyed));
    resp_send_bytes(r, rk_slice_head(words, space));
    if (two)
        resp_send_bytes(r, rk_slice_from(words, space + 1));
    if (keyed)
        export_out_bytes(out, rk_buf_slice(&r->key));
}

void resp_send_args(resp *r)
{
    export_out_bytes(&r->run->out, rk_buf_slice(&r->args));
    r->args.len = 0;
    r->arg_count = 0;
}

void resp_send(resp *r, const char *verb, bool keyed)
{
    resp_send_head(r, verb, r->arg_count, keyed);
    resp_send_args(r);
}

void resp_clear_key(resp *r)
{
    if (!r->cleared)
        resp_send_head(r, "DEL", 0, true);
    r->cleared = true;
}

/* ---- rows of collections ------------------------------------------------------------------------------------------ */

void resp_send_after(resp *r)
{
    export_out_bytes(&r->run->out, rk_buf_slice(&r->after));
    r->after.len = 0;
}

void resp_send_rows(resp *r, const char *verb)
{
    if (r->arg_count == 0)
        return;
    resp_clear_key(r);
    resp_send(r, verb, true);
    resp_send_after(r);
}

bool resp_add_row(resp *r, const char *verb, const rk_slice *cells, size_t count, bool alone, rk_err *err)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].len > RESP_BULK_MOST)
            return resp_lose(r, LOSS_LONG, 1, err);
        bytes += cells[i].len;
    }
    if (bytes > RESP_BATCH_BYTES) { /* not to be held twice */
        resp_send_rows(r, verb);
        resp_clear_key(r);
        resp_send_head(r, verb, count, true);
        for (size_t i = 0; i < count; i++)
            resp_send_bytes(r, cells[i]);
        return true;
    }
    for (size_t i = 0; i < count; i++)
        if (!resp_add(r, cells[i], err))
            return false;
    if (alone || r->arg_count >= RESP_BATCH_ARGS || r->args.len >= RESP_BATCH_BYTES)
        resp_send_rows(r, verb);
    return true;
}
