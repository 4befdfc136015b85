/* snapshot: keys from a snapshot, be it a file or the image of a log. */
#include "snapshot.h"

static rk_snapshot *fail_open(rk_snapshot *snapshot)
{
    rk_snapshot_close(snapshot);
    return NULL;
}

rk_snapshot *snapshot_of_source(rk_source *source, rk_err *err)
{
    rk_snapshot *s = rk_alloc(sizeof *s);
    if (!s) {
        rk_source_close(source);
        rk_no_memory(err);
        return NULL;
    }
    s->source = source;
    s->rdb = rk_rdb_open(source, err);
    if (!s->rdb)
        return fail_open(s);
    rk_info_begin(&s->notes, source, s->rdb);
    return s;
}

void rk_snapshot_close(rk_snapshot *s)
{
    if (!s)
        return;
    rk_rdb_close(s->rdb);
    rk_source_close(s->source);
    rk_free(s->words);
    rk_free(s);
}

void snapshot_set_partial(rk_snapshot *s, const rk_err *reason)
{
    if (s->notes.info.partial)
        return;
    s->notes.info.partial = true;
    s->notes.info.reason = *reason;
}

/* The EOF opcode has been read. */
static bool end(rk_snapshot *s, rk_err *err)
{
    rk_snapshot_info *info = &s->notes.info;
    rk_err reason = { 0 };
    uint32_t newest = rk_info_newest(&s->notes);
    s->ended = true;
    info->checksum = rk_rdb_checksum(s->rdb);
    info->trailing = rk_rdb_trailing(s->rdb, err);
    if (err->code != RK_OK)
        return rk_err_source(err, info->path);
    rk_info_end(&s->notes, s->source);
    if (info->rdb_version > newest)
        rk_fail(&reason, RK_UNKNOWN, RK_NO_OFFSET,
                "RDB version %" PRIu32 " is newer than %" PRIu32 ", the newest that is known",
                info->rdb_version, newest);
    else if (info->aof_preamble && info->trailing)
        rk_fail(&reason, RK_UNKNOWN, RK_NO_OFFSET,
                "the head of an append-only file; the %" PRIu64
                " bytes of commands behind it were not replayed",
                info->trailing);
    if (reason.code != RK_OK) {
        rk_err_source(&reason, info->path);
        snapshot_set_partial(s, &reason);
    }
    if (info->log.files > 0) {
        info->checksum = RK_CHECKSUM_ABSENT;
        info->file_size = s->file_size;
        info->content_size = s->content_size;
    }
    info->complete = !info->partial;
    return true;
}

/* An unknown byte, or a failure. What stands before an unknown byte has been read soundly. */
static bool stop(rk_snapshot *s, rk_err *err)
{
    s->ended = true;
    s->notes.info.checksum = rk_rdb_checksum(s->rdb);
    s->notes.info.file_size = rk_source_file_size(s->source);
    s->notes.info.content_size = rk_source_size(s->source);
    if (err->code != RK_UNKNOWN)
        return false;
    snapshot_set_partial(s, err);
    *err = (rk_err){ 0 };
    return false;
}

bool rk_snapshot_next_record(rk_snapshot *s, rk_record *rec, rk_err *err)
{
    if (s->ended)
        return false;
    if (!rk_rdb_next(s->rdb, rec, err))
        return stop(s, err);
    rk_info_value_read(&s->notes, s->rdb);
    rk_info_record(&s->notes, rec);
    if (rec->kind != RK_RECORD_END)
        return true;
    end(s, err);
    return false;
}

bool rk_snapshot_next(rk_snapshot *s, rk_key *key, rk_err *err)
{
    rk_record rec;
    while (rk_snapshot_next_record(s, &rec, err))
        if (rec.kind == RK_RECORD_KEY) {
            *key = rec.key;
            return true;
        }
    return false;
}

uint64_t rk_snapshot_offset(const rk_snapshot *s)
{
    return rk_rdb_offset(s->rdb);
}

bool rk_snapshot_element(rk_snapshot *s, rk_element *element, rk_err *err)
{
    return rk_rdb_element(s->rdb, element, err);
}

bool rk_snapshot_unit(rk_snapshot *s, rk_unit *unit, rk_err *err)
{
    return rk_rdb_unit(s->rdb, unit, err);
}

bool rk_snapshot_pass(rk_snapshot *s, uint64_t *end, rk_err *err)
{
    bool ok = rk_rdb_pass(s->rdb, err);
    *end = rk_rdb_offset(s->rdb);
    return ok;
}

void rk_snapshot_digest_begin(rk_snapshot *s)
{
    rk_rdb_digest_begin(s->rdb);
}

bool rk_snapshot_digest_end(rk_snapshot *s, rk_digest *digest, rk_err *err)
{
    return rk_rdb_digest_end(s->rdb, digest, err);
}

bool rk_snapshot_bytes(const rk_snapshot *s, uint64_t offset, void *into, size_t count, rk_err *err)
{
    for (size_t done = 0, got = 0; done < count; done += got) {
        if (!rk_source_read_at(s->source, offset + done, (uint8_t *)into + done, count - done, &got, err))
            return rk_err_source(err, s->notes.info.path);
        if (got == 0) {
            rk_fail(err, RK_TRUNCATED, offset + done, "the file has become shorter");
            return rk_err_source(err, s->notes.info.path);
        }
    }
    return true;
}

const rk_snapshot_info *rk_snapshot_info_of(const rk_snapshot *s)
{
    return &s->notes.info;
}

const char *rk_checksum_name(rk_checksum checksum)
{
    static const char *const names[] = { [RK_CHECKSUM_OK] = "ok",
                                         [RK_CHECKSUM_ABSENT] = "absent",
                                         [RK_CHECKSUM_BAD] = "bad",
                                         [RK_CHECKSUM_UNSEEN] = "unseen" };
    return names[checksum];
}
