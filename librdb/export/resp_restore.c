/* resp_restore: a value as it lies in the file, for RESTORE (spec: RDB, "DUMP payload"). Its length must be known
 * before it is sent, and it is not held: so it is passed over, then copied by a second look. */
#include <stdio.h>

#include "resp.h"

enum { TINY = 64, CHUNK = 32 * 1024, TRAILER = 10, OP_KEY_META = 243 };

typedef struct {
    unsigned version;
    bool has_meta;
    uint64_t begin, end; /* of the value in the file */
    uint64_t crc;
} payload;

static uint64_t payload_len(const payload *p, const rk_key *key)
{
    return (p->has_meta ? 1 + key->meta.len : 0) + 1 + (p->end - p->begin) + TRAILER;
}

/* A vendor's type has a number that means something else to the target. */
static bool is_foreign(const resp *r, const rk_key *key)
{
    const rk_snapshot_info *info = rk_snapshot_info_of(r->run->snapshot);
    return (key->type == RK_OTHER && !info->valkey_magic) ||
           (key->type_byte >= 22 && rk_slice_starts(rk_slice_of(info->server), RK_TEXT("Dragonfly")));
}

/* Looks at the entries of a stream on the way: a length that is not theirs makes Redis 8.8 refuse it. */
static bool pass_stream(resp *r, bool *sound, rk_err *err)
{
    rk_element e;
    uint64_t live = 0, length = 0;
    while (export_element(r->run, &e, err)) {
        live += e.kind == RK_ELEMENT_ENTRY;
        if (e.kind == RK_ELEMENT_STREAM)
            length = e.number;
    }
    *sound = live == length;
    return err->code == RK_OK;
}

/* RESTORE refuses a collection without elements, which servers drop when they load a file. */
static bool is_empty(resp *r, const rk_key *key, bool *empty, rk_err *err)
{
    rk_element e;
    if (!export_look_again(r->run, key, err))
        return false;
    *empty = !export_element(r->run, &e, err);
    return err->code == RK_OK;
}

static void send_raw(resp *r, payload *p, rk_slice bytes)
{
    p->crc = rk_crc64(p->crc, bytes);
    export_out_bytes(&r->run->out, bytes);
}

static bool send_value(resp *r, payload *p, rk_err *err)
{
    uint8_t chunk[CHUNK];
    for (uint64_t at = p->begin; at < p->end;) {
        size_t count = p->end - at < CHUNK ? (size_t)(p->end - at) : CHUNK;
        if (!rk_snapshot_bytes(r->run->snapshot, at, chunk, count, err))
            return false;
        send_raw(r, p, (rk_slice){ chunk, count });
        at += count;
    }
    return true;
}

/* [243 meta] type value | version, 2 bytes | CRC-64 of all before, 8 bytes */
static bool send_payload(resp *r, const rk_key *key, payload *p, rk_err *err)
{
    static const uint8_t meta_mark = OP_KEY_META;
    uint8_t version[2] = { (uint8_t)p->version, (uint8_t)(p->version >> 8) }, crc[8];
    export_out_byte(&r->run->out, '$');
    export_out_u64(&r->run->out, payload_len(p, key));
    export_out_text(&r->run->out, "\r\n");
    if (p->has_meta) {
        send_raw(r, p, (rk_slice){ &meta_mark, 1 });
        send_raw(r, p, key->meta);
    }
    send_raw(r, p, (rk_slice){ &key->type_byte, 1 });
    if (!send_value(r, p, err))
        return false;
    send_raw(r, p, (rk_slice){ version, sizeof version });
    for (int i = 0; i < 8; i++)
        crc[i] = (uint8_t)(p->crc >> 8 * i);
    export_out_bytes(&r->run->out, (rk_slice){ crc, sizeof crc });
    export_out_text(&r->run->out, "\r\n");
    return true;
}

/* What stands behind the payload. */
static bool add_words(resp *r, const rk_key *key, rk_err *err)
{
    bool absolute = resp_has(&r->target, RESP_ABSTTL);
    if (resp_has(&r->target, RESP_REPLACE) && !resp_add_text(r, "REPLACE", err))
        return false;
    if (absolute && key->expire_ms != RK_NO_EXPIRY && !resp_add_text(r, "ABSTTL", err))
        return false;
    if (absolute && key->idle_s >= 0)
        return resp_add_text(r, "IDLETIME", err) && resp_add_i64(r, key->idle_s, err);
    if (absolute && key->frequency >= 0)
        return resp_add_text(r, "FREQ", err) && resp_add_i64(r, key->frequency, err);
    return true;
}

/* RESTORE key ttl payload [words]: the payload is not held, so the words wait in `args`. An expiry of 0 would mean
 * none; before ABSTTL the expiry is set by a command of its own. */
static bool send_restore(resp *r, const rk_key *key, payload *p, rk_err *err)
{
    bool expires = key->expire_ms != RK_NO_EXPIRY, absolute = resp_has(&r->target, RESP_ABSTTL);
    int64_t ttl = !expires || !absolute ? 0 : key->expire_ms > 0 ? key->expire_ms : 1;
    char room[24];
    int len = snprintf(room, sizeof room, "%" PRId64, ttl);
    if (!resp_has(&r->target, RESP_REPLACE))
        resp_clear_key(r);
    if (!add_words(r, key, err))
        return false;
    resp_send_head(r, "RESTORE", 2 + r->arg_count, true);
    resp_send_bytes(r, (rk_slice){ (uint8_t *)room, (size_t)len });
    if (!send_payload(r, key, p, err))
        return false;
    resp_send_args(r);
    return !expires || absolute || resp_write_expiry(r, key->expire_ms, err);
}

/* May it be sent so? Passes over the value. */
static bool measure(resp *r, const rk_key *key, payload *p, bool *fits, bool *empty, rk_err *err)
{
    bool sound = true, looking = r->run->looking;
    uint64_t bytes = 0;
    p->begin = looking ? rk_look_offset(r->run->look) : rk_snapshot_offset(r->run->snapshot);
    if (key->type == RK_STREAM && !pass_stream(r, &sound, err))
        return false;
    if (!export_record_bytes(r->run, key, &bytes, err))
        return false;
    p->end = key->begin + bytes;
    *fits = sound && payload_len(p, key) <= RESP_BULK_MOST;
    bool may_be_empty = key->type != RK_STRING && key->type != RK_STREAM && key->type != RK_MODULE;
    return !may_be_empty || p->end - p->begin > TINY || is_empty(r, key, empty, err);
}

bool resp_restore(resp *r, const rk_key *key, bool *done, rk_err *err)
{
    bool valkey = rk_snapshot_info_of(r->run->snapshot)->valkey_magic, fits = true;
    payload p = { .has_meta = key->meta_classes && resp_has(&r->target, RESP_KEY_META) };
    p.version = resp_restore_version(&r->target, key->type_byte, valkey, p.has_meta);
    *done = false;
    if (p.version == 0 || r->hides_values || is_foreign(r, key))
        return true;
    if (!measure(r, key, &p, &fits, done, err))
        return false;
    if (*done)
        return true;
    if (!fits)
        return export_look_again(r->run, key, err);
    *done = true;
    if (key->type == RK_MODULE && !resp_lose(r, NOTE_MODULE, 1, err))
        return false;
    if (key->meta_classes && !resp_lose(r, p.has_meta ? NOTE_KEY_META : LOSS_KEY_META, 1, err))
        return false;
    return send_restore(r, key, &p, err);
}
