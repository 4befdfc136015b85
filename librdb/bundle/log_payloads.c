/* log_payloads: one more pass over the logs, for the jobs that are wanted. */
#include "log_payloads.h"

#include <stdlib.h>

#include "ids.h"
#include "rdbkit/keyspace.h"

bool rk_log_payloads_ask(rk_log_payloads *p, const rk_job_finding *f, rk_err *err)
{
    const rk_log_place *place = &f->log->place;
    rk_log_payload item = { .id = f->payload_hash, .of = f->log->log, .db = place->db, .key = RK_EMPTY };
    p->key.len = 0;
    if (place->known && (!rk_buf_add(&p->key, place->prefix, err) || !rk_buf_add(&p->key, place->key, err) ||
                         !rk_arena_copy(&p->arena, rk_buf_slice(&p->key), &item.key, err)))
        return false;
    if (!rk_grow((void **)&p->items, &p->cap, p->count + 1, sizeof item, err))
        return false;
    p->items[p->count++] = item;
    return true;
}

void rk_log_payloads_free(rk_log_payloads *p)
{
    rk_free(p->items);
    rk_arena_free(&p->arena);
    rk_sink_close(p->sink);
    rk_source_close(p->source);
    rk_buf_free(&p->bytes);
    rk_buf_free(&p->key);
    rk_buf_free(&p->jid);
    rk_buf_free(&p->shown);
    *p = (rk_log_payloads){ 0 };
}

/* ---- by log and id --------------------------------------------------------------------------------------------------- */

static int by_log_and_id(const void *a, const void *b)
{
    const rk_log_payload *l = a, *m = b;
    if (l->of != m->of)
        return l->of < m->of ? -1 : 1;
    return l->id != m->id ? (l->id < m->id ? -1 : 1) : 0;
}

static rk_log_payload *find(const rk_log_payloads *p, const rk_diff_log *of, uint64_t id)
{
    rk_log_payload wanted = { .id = id, .of = of };
    return p->count ? bsearch(&wanted, p->items, p->count, sizeof wanted, by_log_and_id) : NULL;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

static unsigned interest(void *self, uint32_t db, rk_slice name)
{
    (void)self;
    (void)db;
    return rk_history_wants(name) ? RK_INTEREST_KEEP | RK_INTEREST_WATCH : 0;
}

/* Puts down what came into a place, unless something nearer to the last one of the job is known. */
static bool put_down(rk_log_payloads *p, rk_log_payload *item, const rk_effect *e, rk_slice payload,
                     rk_err *err)
{
    bool exact = item->db == e->db && item->key.len > 0 && rk_slice_is(item->key, e->key);
    if ((item->exact || (item->found && e->type == RK_HASH)) && !exact)
        return true;
    item->found = true;
    item->exact = exact;
    item->at = rk_sink_written(p->sink);
    item->len = payload.len;
    item->score = e->score;
    item->turn = p->turns++;
    return rk_sink_write(p->sink, payload, err);
}

static bool may_hold_jobs(const rk_effect *e)
{
    return (e->kind == RK_EFFECT_IN || e->kind == RK_EFFECT_SCORE) &&
           (e->type == RK_LIST || e->type == RK_ZSET || e->type == RK_HASH);
}

/* The payload in an item, or in what a work hash says of a thread. Empty: there is none. */
static bool payload_in(rk_log_payloads *p, rk_replay *replay, const rk_effect *e, rk_slice *payload,
                       rk_err *err)
{
    rk_json_value value;
    bool hash = e->type == RK_HASH;
    if (!rk_replay_item(replay, hash ? e->value : e->item, &p->bytes, payload, err) || !hash)
        return err->code == RK_OK;
    if (!rk_json_member(*payload, "payload", &value))
        value = (rk_json_value){ .text = RK_EMPTY };
    *payload = value.text;
    if (value.kind != RK_JSON_STRING || value.text.len == 0)
        return true;
    if (!rk_json_string(value, &p->shown, payload, err))
        *payload = RK_EMPTY;
    return err->code == RK_OK;
}

static bool take(rk_log_payloads *p, const rk_diff_log *of, rk_replay *replay, const rk_effect *e,
                 rk_err *err)
{
    rk_envelope envelope;
    rk_slice payload, jid;
    if (!may_hold_jobs(e))
        return true;
    if (!payload_in(p, replay, e, &payload, err))
        return false;
    rk_envelope_scan(payload, &envelope);
    jid = envelope.jid;
    if (envelope.jid_escaped && !rk_json_unescape(envelope.jid, &p->jid, &jid, err))
        return false;
    uint64_t id = rk_hash64(jid.len > 0 ? jid : payload);
    rk_log_payload *item = find(p, of, id + (id == 0));
    return !item || put_down(p, item, e, payload, err);
}

/* The path of a log without its moment, which goes to `until`. To be freed. */
static char *path_of(const char *words, rk_moment *until, rk_err *err)
{
    size_t len;
    if (!rk_moment_split(words, &len, until, err))
        return NULL;
    char *path = rk_alloc(len + 1);
    if (path)
        memcpy(path, words, len);
    else
        rk_no_memory(err);
    return path;
}

static bool read_log(rk_log_payloads *p, const rk_diff_log *of, rk_err *err)
{
    rk_replay_options options = { .interest = interest };
    rk_step step;
    char *path = path_of(of->path, &options.until, err);
    rk_replay *replay = path ? rk_replay_open(path, &options, err) : NULL;
    bool ok = replay != NULL;
    while (ok && rk_replay_next(replay, &step, err))
        for (size_t i = 0; ok && i < step.effect_count; i++)
            ok = take(p, of, replay, &step.effects[i], err);
    if (ok && err->code != RK_OK && of->partial && err->code != RK_NO_MEMORY)
        *err = (rk_err){ 0 };
    rk_replay_close(replay);
    rk_free(path);
    return ok && err->code == RK_OK;
}

bool rk_log_payloads_read(rk_log_payloads *p, rk_err *err)
{
    if (p->count == 0)
        return true;
    if (!(p->sink = rk_sink_open_temporary(err)))
        return false;
    qsort(p->items, p->count, sizeof *p->items, by_log_and_id);
    for (size_t i = 0; i < p->count; i++)
        if ((i == 0 || p->items[i].of != p->items[i - 1].of) && !read_log(p, p->items[i].of, err))
            return false;
    rk_sink *sink = p->sink;
    p->sink = NULL;
    return (p->source = rk_sink_to_source(sink, "a temporary file", err)) != NULL;
}

const rk_log_payload *rk_log_payloads_find(rk_log_payloads *p, const rk_job_finding *f, rk_slice *payload,
                                           rk_err *err)
{
    const rk_log_payload *item = find(p, f->log->log, f->payload_hash);
    size_t got;
    if (!item || !item->found || !rk_buf_reserve(&p->bytes, item->len + 1, err))
        return NULL;
    for (size_t done = 0; done < item->len; done += got)
        if (!rk_source_read_at(p->source, item->at + done, p->bytes.ptr + done, (size_t)item->len - done,
                               &got, err) ||
            (got == 0 && !rk_fail(err, RK_TRUNCATED, item->at, "temporary file has become shorter")))
            return NULL;
    *payload = (rk_slice){ p->bytes.ptr, (size_t)item->len };
    return item;
}
