/* door: what a source is, by its content: a snapshot, which is read as it is, or an append-only file, which is replayed
 * (spec: AOF, "Kinds of AOF on disk"). */
#include "snapshot.h"

/* ---- what it is ------------------------------------------------------------------------------------------- */

/* Is it the snapshot at the head of an append-only file, or of a set? Its first records say so. */
static bool is_head_of_log(rk_slice head, rk_err *err)
{
    bool yes = false;
    rk_record rec;
    rk_err cut = { 0 };
    rk_source *source = rk_source_memory(head, 0, err);
    rk_rdb *rdb = source ? rk_rdb_open(source, &cut) : NULL;
    while (rdb && !yes && rk_rdb_next(rdb, &rec, &cut) && rec.kind == RK_RECORD_AUX)
        yes =
            (rk_slice_is(rec.name, RK_TEXT("aof-preamble")) || rk_slice_is(rec.name, RK_TEXT("aof-base"))) &&
            rk_slice_is(rec.value, RK_TEXT("1"));
    rk_rdb_close(rdb);
    rk_source_close(source);
    if (cut.code == RK_NO_MEMORY)
        *err = cut;
    return yes;
}

/* Does anything stand behind the snapshot? It is passed over, by a second look. What is damaged is found again by whoever
 * reads it. */
static bool has_tail(rk_source *source, rk_slice head, rk_err *err)
{
    rk_rdb_header header;
    rk_record rec = { 0 };
    rk_err bad = { 0 };
    rk_slice magic = rk_slice_head(head, 9);
    rk_rdb *rdb = rk_rdb_header_parse(magic, 0, &header, &bad)
                      ? rk_rdb_open_headless(source, magic.len, header, &bad)
                      : NULL;
    while (rdb && rk_rdb_next(rdb, &rec, &bad) && rec.kind != RK_RECORD_END)
        ;
    bool yes = bad.code == RK_OK && rk_rdb_offset(rdb) < rk_source_size(source);
    rk_rdb_close(rdb);
    if (bad.code == RK_NO_MEMORY || bad.code == RK_IO)
        *err = bad;
    return yes;
}

static bool is_commands(rk_slice head)
{
    return rk_slice_starts(head, RK_TEXT("*")) || rk_slice_starts(head, RK_TEXT("#TS:"));
}

/* Is the source an append-only file? Where the commands behind a snapshot can only be found by reading it, it is taken
 * for one if its head says so. */
static bool find_log(rk_source *source, bool *log, rk_err *err)
{
    uint8_t bytes[RK_PEEK_MOST];
    size_t len = 0;
    if (!rk_source_peek(source, bytes, sizeof bytes, &len, err))
        return false;
    rk_slice head = { bytes, len };
    bool can_look = rk_source_size(source) != UINT64_MAX && strcmp(rk_source_packing(source), "plain") == 0;
    *log = is_commands(head) || (is_head_of_log(head, err) && (!can_look || has_tail(source, head, err)));
    return err->code == RK_OK;
}

/* ---- opening ---------------------------------------------------------------------------------------------- */

/* What is to be opened. */
typedef struct {
    const char *words; /* as the user named it */
    rk_moment until;
    rk_replay_options replay;
} request;

static bool no_moment(const request *r, rk_err *err)
{
    if (r->until.kind == RK_MOMENT_END)
        return true;
    rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a snapshot is of one moment: only an append-only file has others");
    return rk_err_source(err, r->words);
}

static rk_snapshot *open_log(rk_replay *replay, const request *r, rk_err *err)
{
    if (replay)
        return snapshot_of_log(replay, r->words, &r->until, err);
    rk_err_source(err, r->words);
    return NULL;
}

/* `path`: where the source can be opened again; NULL: it cannot. */
static rk_snapshot *open_source(rk_source *source, const char *path, const request *r, rk_err *err)
{
    bool log = false, ok = find_log(source, &log, err) && (log || no_moment(r, err));
    if (ok && !log)
        return snapshot_of_source(source, err);
    if (ok && path && rk_source_size(source) != UINT64_MAX) {
        rk_source_close(source);
        return open_log(rk_replay_open(path, &r->replay, err), r, err);
    }
    if (ok && rk_source_want_second_look(source, err))
        return open_log(rk_replay_open_source(source, &r->replay, err), r, err);
    rk_source_close(source);
    rk_err_source(err, r->words);
    return NULL;
}

rk_snapshot *rk_snapshot_open_source(rk_source *source, rk_err *err)
{
    size_t size = strlen(rk_source_name(source)) + 1;
    char *name = rk_alloc(size); /* outlives the source */
    request r = { .words = name };
    if (!name) {
        rk_source_close(source);
        rk_no_memory(err);
        return NULL;
    }
    memcpy(name, rk_source_name(source), size);
    rk_snapshot *snapshot = open_source(source, NULL, &r, err);
    rk_free(name);
    return snapshot;
}

static rk_snapshot *open_path(const char *path, const rk_source_options *options, const request *r,
                              rk_err *err)
{
    rk_aof_kind kind;
    if (!rk_aof_kind_of(path, &kind, err))
        return NULL;
    if (kind != RK_AOF_NONE)
        return open_log(rk_replay_open(path, &r->replay, err), r, err);
    rk_source *source = rk_source_open(path, options, err);
    return source ? open_source(source, path, r, err) : NULL;
}

rk_snapshot *rk_snapshot_open_with(const char *words, const rk_snapshot_options *options, rk_err *err)
{
    size_t len;
    request r = { .words = words };
    if (!rk_moment_split(words, &len, &r.until, err))
        return NULL;
    r.replay.until = r.until;
    r.replay.progress = options->source.progress;
    r.replay.has_without = r.replay.may_lack_it = options->without != NULL;
    if (options->without && !rk_moment_parse_offset(options->without, &r.replay.without, err))
        return NULL;
    char *path = rk_alloc(len + 1);
    if (!path) {
        rk_no_memory(err);
        return NULL;
    }
    memcpy(path, words, len);
    rk_snapshot *snapshot = open_path(path, &options->source, &r, err);
    rk_free(path);
    return snapshot;
}

rk_snapshot *rk_snapshot_open(const char *words, const rk_source_options *options, rk_err *err)
{
    rk_snapshot_options with = { .source = options ? *options : (rk_source_options){ 0 } };
    return rk_snapshot_open_with(words, &with, err);
}
