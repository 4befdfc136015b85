/* run: keys from snapshots to the writer of a format. */
#include "run.h"

static const export_format *const formats[] = {
    [RK_EXPORT_NDJSON] = &export_ndjson, [RK_EXPORT_JSON] = &export_json, [RK_EXPORT_CSV] = &export_csv,
    [RK_EXPORT_RESP] = &export_resp,     [RK_EXPORT_KEYS] = &export_keys,
};

rk_export *rk_export_open(const rk_export_options *options, FILE *out, rk_err *err)
{
    rk_export *run = rk_alloc(sizeof *run);
    if (!run) {
        rk_no_memory(err);
        return NULL;
    }
    run->options = options;
    run->format = formats[options->format];
    if (!export_out_open(&run->out, out, err) || (run->format->open && !run->format->open(run, err))) {
        rk_export_close(run);
        return NULL;
    }
    if (run->format->begin)
        run->format->begin(run);
    return run;
}

void rk_export_close(rk_export *run)
{
    if (!run)
        return;
    if (run->format->close)
        run->format->close(run);
    export_out_close(&run->out);
    rk_buf_free(&run->held);
    rk_free(run->rows);
    rk_free(run);
}

bool rk_export_is_done(const rk_export *run)
{
    return run->out.failed || run->keys >= run->options->limit;
}

void rk_export_finish(rk_export *run)
{
    if (!run->broken && run->format->finish)
        run->format->finish(run);
    export_out_flush(&run->out);
}

/* ---- the key at hand ------------------------------------------------------------------------------------------ */

static void redact(rk_export *run, rk_element *e)
{
    bool has_text =
        e->kind != RK_ELEMENT_MODULE && (e->kind != RK_ELEMENT_OPAQUE || e->number2 == RK_OPCODE_STRING);
    if (has_text)
        e->item = rk_redact_value(run->options->redactor, e->item, run->room[0]);
    if (e->kind == RK_ELEMENT_FIELD || e->kind == RK_ELEMENT_ENTRY_FIELD)
        e->value = rk_redact_value(run->options->redactor, e->value, run->room[1]);
}

bool export_element(rk_export *run, rk_element *element, rk_err *err)
{
    if (run->out.failed || !(run->looking ? rk_look_element(run->look, element, err)
                                          : rk_snapshot_element(run->snapshot, element, err)))
        return false;
    if (run->options->redactor)
        redact(run, element);
    return true;
}

rk_slice export_name(rk_export *run, const rk_key *key)
{
    return rk_redact_key(run->options->redactor, key->name, run->room[0]);
}

bool export_record_bytes(rk_export *run, const rk_key *key, uint64_t *bytes, rk_err *err)
{
    uint64_t end = 0;
    if (!run->looking) {
        if (!rk_snapshot_pass(run->snapshot, &end, err))
            return false;
        run->bytes = end - key->begin;
    }
    *bytes = run->bytes;
    return true;
}

bool export_look_again(rk_export *run, const rk_key *key, rk_err *err)
{
    rk_key again;
    if (!run->look && !(run->look = rk_look_open(run->snapshot, err)))
        return false;
    run->looking = true;
    return rk_look_key(run->look, key->offset, &again, err);
}

/* Is the record of a size that is asked for? It is passed over to find out; the value is then read again. */
static bool has_size(rk_export *run, const rk_key *key, bool *yes, rk_err *err)
{
    const rk_range *size = &run->options->size;
    uint64_t end = 0;
    if (!rk_snapshot_pass(run->snapshot, &end, err))
        return false;
    run->bytes = end - key->begin;
    *yes = run->bytes >= size->least && run->bytes <= size->most;
    return !*yes || export_look_again(run, key, err);
}

/* Is the key meant? What AUX fields say stands before the first key: then it is known when the snapshot was saved. */
static bool is_meant(rk_export *run, const rk_key *key)
{
    const rk_export_options *options = run->options;
    const rk_snapshot_info *info = rk_snapshot_info_of(run->snapshot);
    bool tells = info->ctime >= 0 && info->ctime < INT64_MAX / 1000;
    if (options->filter && !options->fixed_now && info->keys == 1 && tells)
        rk_filter_set_now(options->filter, info->ctime * 1000);
    return rk_filter_wants(options->filter, key);
}

static bool write_key(rk_export *run, const rk_key *key, rk_err *err)
{
    bool yes = true;
    run->looking = false;
    if (!is_meant(run, key))
        return true;
    if (run->options->size.set && !has_size(run, key, &yes, err))
        return false;
    if (!yes)
        return true;
    if (!run->format->key(run, key, err))
        return false;
    run->keys++;
    return true;
}

bool rk_export_snapshot(rk_export *run, rk_snapshot *snapshot, rk_err *err)
{
    rk_record rec;
    bool ok = true;
    run->snapshot = snapshot;
    run->broken = true;
    while (ok && !rk_export_is_done(run) && rk_snapshot_next_record(snapshot, &rec, err))
        ok = rec.kind == RK_RECORD_KEY ? write_key(run, &rec.key, err)
                                       : !run->format->record || run->format->record(run, &rec, err);
    if (run->format->leave)
        run->format->leave(run);
    rk_look_close(run->look);
    run->look = NULL;
    export_out_flush(&run->out);
    if (err->code != RK_OK)
        return false;
    const rk_snapshot_info *info = rk_snapshot_info_of(snapshot);
    run->broken = !rk_export_is_done(run) && info->checksum == RK_CHECKSUM_UNSEEN;
    return true;
}

bool rk_export_write(rk_snapshot *snapshot, const rk_export_options *options, FILE *out, rk_err *err)
{
    rk_export *run = rk_export_open(options, out, err);
    bool ok = run && rk_export_snapshot(run, snapshot, err);
    if (run)
        rk_export_finish(run);
    rk_export_close(run);
    return ok;
}
