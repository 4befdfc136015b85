/* resp: keys as commands (spec: AOF, "What a rewrite contains"): each is deleted, built, and given its expiry; what has
 * no commands goes by RESTORE, or not at all. */
#include "resp.h"

static bool redacts_values(const rk_redactor *redactor)
{
    char room[RK_REDACTED_TEXT];
    return rk_redact_value(redactor, RK_TEXT("x"), room).ptr == (const uint8_t *)room;
}

static bool open_resp(rk_export *run, rk_err *err)
{
    resp *r = run->resp = rk_alloc(sizeof *r);
    if (!r)
        return rk_no_memory(err);
    r->run = run;
    r->hides_values = redacts_values(run->options->redactor);
    if (run->options->restore && r->hides_values)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "values that are redacted cannot be restored as they are");
    return resp_target_of(run->options, &r->target, err);
}

static void close_resp(rk_export *run)
{
    resp *r = run->resp;
    if (!r)
        return;
    rk_buf *const buffers[] = { &r->name,           &r->key,          &r->args,
                                &r->after,          &r->stream.group, &r->stream.consumer,
                                &r->stream.producer };
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++)
        rk_buf_free(buffers[i]);
    for (size_t i = 0; i < RESP_LOSSES; i++)
        rk_buf_free(&r->losses[i].key);
    rk_free(r->stream.wanted);
    rk_free(r->stream.pending);
    rk_free(r);
    run->resp = NULL;
}

/* ---- what is no key ------------------------------------------------------------------------------------------------- */

/* The pre-release form lacks the line that tells the engine (spec: RDB, "Functions"). */
static bool write_function(resp *r, const rk_record *record, rk_err *err)
{
    bool whole = record->engine.len == 0;
    r->has_key = false;
    if (!resp_has(&r->target, RESP_FUNCTIONS) || r->hides_values)
        return resp_lose(r, LOSS_FUNCTION, 1, err);
    if (record->value.len > RESP_BULK_MOST / 2)
        return resp_lose(r, LOSS_LONG, 1, err);
    r->name.len = 0;
    if (!whole && !(rk_buf_add(&r->name, RK_TEXT("#!"), err) && rk_buf_add(&r->name, record->engine, err) &&
                    rk_buf_add(&r->name, RK_TEXT(" name="), err) && rk_buf_add(&r->name, record->name, err) &&
                    rk_buf_add(&r->name, RK_TEXT("\n"), err)))
        return false;
    if (!rk_buf_add(&r->name, record->value, err) || !resp_add_text(r, "REPLACE", err) ||
        !resp_add(r, rk_buf_slice(&r->name), err))
        return false;
    resp_send(r, "FUNCTION LOAD", false);
    return true;
}

/* They belong to all keys: who chooses keys does not choose them. */
static bool write_record(rk_export *run, const rk_record *record, rk_err *err)
{
    if (!rk_filter_is_all(run->options->filter) || run->options->size.set)
        return true;
    run->resp->has_key = false;
    if (record->kind == RK_RECORD_FUNCTION)
        return write_function(run->resp, record, err);
    return record->kind != RK_RECORD_MODULE_AUX || resp_lose(run->resp, LOSS_MODULE_AUX, 1, err);
}

static void leave_snapshot(rk_export *run)
{
    rk_err none = { 0 };
    run->resp->has_key = false;
    resp_lose(run->resp, LOSS_SUB_KEY, rk_snapshot_info_of(run->snapshot)->sub_key_expiries, &none);
}

/* ---- keys ----------------------------------------------------------------------------------------------------------- */

/* What a type needs, and what it means to be without. */
static const struct {
    bool has_commands;
    resp_feature needs;
    resp_loss_kind loss;
} types[] = {
    [RK_STRING] = { true, RESP_FEATURES, 0 },
    [RK_LIST] = { true, RESP_FEATURES, 0 },
    [RK_SET] = { true, RESP_FEATURES, 0 },
    [RK_ZSET] = { true, RESP_ZSETS, LOSS_ZSET },
    [RK_HASH] = { true, RESP_HASHES, LOSS_HASH },
    [RK_STREAM] = { true, RESP_STREAMS, LOSS_STREAM },
    [RK_MODULE] = { false, RESP_FEATURES, LOSS_MODULE },
    [RK_ARRAY] = { true, RESP_ARRAYS, LOSS_ARRAY },
    [RK_OTHER] = { false, RESP_FEATURES, LOSS_OTHER },
};

static bool select_db(resp *r, uint32_t db, rk_err *err)
{
    if (r->has_db && r->db == db)
        return true;
    r->has_db = true;
    r->db = db;
    if (!resp_add_u64(r, db, err))
        return false;
    resp_send(r, "SELECT", false);
    return true;
}

/* Everything that is sent of the key begins with this; *fits is false where no server would take it. */
static bool begin_key(resp *r, const rk_key *key, bool *fits, rk_err *err)
{
    rk_slice name = export_name(r->run, key);
    r->has_key = true;
    r->cleared = false;
    r->name.len = r->key.len = r->args.len = r->after.len = 0;
    r->arg_count = 0;
    *fits = name.len <= RESP_BULK_MOST;
    if (!*fits) {
        r->has_key = false; /* such a name is no example */
        return resp_lose(r, LOSS_LONG, 1, err);
    }
    return rk_buf_add(&r->name, name, err) && resp_arg(&r->key, name, err) && select_db(r, key->db, err) &&
           (key->db < 16 || resp_lose(r, NOTE_DATABASES, 1, err));
}

/* Seconds are rounded up, so that nothing is gone early. */
bool resp_write_expiry(resp *r, int64_t expire_ms, rk_err *err)
{
    bool exact = resp_has(&r->target, RESP_PEXPIREAT);
    int64_t seconds = expire_ms / 1000 + (expire_ms % 1000 > 0);
    if (!resp_add_i64(r, exact ? expire_ms : seconds, err))
        return false;
    resp_send(r, exact ? "PEXPIREAT" : "EXPIREAT", true);
    return true;
}

static bool write_commands(resp *r, const rk_key *key, rk_err *err)
{
    if (!types[key->type].has_commands ||
        (types[key->type].needs != RESP_FEATURES && !resp_has(&r->target, types[key->type].needs)))
        return resp_lose(r, types[key->type].loss, 1, err);
    if (key->meta_classes && !resp_lose(r, LOSS_KEY_META, 1, err))
        return false;
    if (!(key->type == RK_STREAM ? resp_write_stream(r, key, err) : resp_plain(r, key, err)))
        return false;
    return key->expire_ms == RK_NO_EXPIRY || !r->cleared || resp_write_expiry(r, key->expire_ms, err);
}

static bool write_key(rk_export *run, const rk_key *key, rk_err *err)
{
    resp *r = run->resp;
    bool fits = true, done = false;
    if (!begin_key(r, key, &fits, err))
        return false;
    if (!fits)
        return true;
    bool only_so = key->type == RK_MODULE && resp_has(&r->target, RESP_SURVIVES);
    if ((run->options->restore || only_so) && !resp_restore(r, key, &done, err))
        return false;
    return done || write_commands(r, key, err);
}

const export_format export_resp = {
    .key = write_key, .open = open_resp, .close = close_resp, .record = write_record, .leave = leave_snapshot
};
