/* open: from a source to a reader that stands before the first record, and back; the second reader; what is
 * known of a snapshot as a whole (spec: RDB, "Magic"). */
#include "probe.h"

enum { MAGIC_SIZE = 9, FIRST_VALKEY = 80, FIRST_FOREIGN = 1000 };

/* The first bytes of the input, as many as a magic has or as there are. */
static rk_slice head_of(rk_rdb *rdb)
{
    rk_window *w = &rdb->win;
    rk_err ignored = { 0 };
    size_t len = 0;
    while (len < MAGIC_SIZE && rk_window_need(w, len + 1, "the magic", &ignored))
        len++;
    return (rk_slice){ w->buf + w->pos, len };
}

static bool not_a_snapshot(rk_rdb *rdb, rk_err *err)
{
    char shown[64];
    rk_slice head = head_of(rdb);
    if (rk_slice_starts(head, RK_TEXT("VCS")) && head.len > 4)
        return rk_fail(err, RK_FORMAT, 0,
                       "a compressed snapshot of Valkey 9.2 (VCS envelope): decompress it first");
    if (head.len && (head.ptr[0] == '*' || rk_slice_starts(head, RK_TEXT("#TS:"))))
        return rk_fail(err, RK_FORMAT, 0, "an append-only file of commands, not a snapshot");
    if (rk_slice_starts(head, RK_TEXT("file ")))
        return rk_fail(err, RK_FORMAT, 0, "the manifest of an append-only directory, not a snapshot");
    return rk_fail(err, RK_FORMAT, 0, "not a Redis snapshot: it begins with '%s', not REDIS or VALKEY",
                   rk_slice_print(head, shown, sizeof shown));
}

/* Passes over `$EOF:<40 characters>\r\n` or `$<length>\r\n`, which a captured replication stream begins with.
 */
static bool unwrap(rk_rdb *rdb, rk_err *err)
{
    rk_window *w = &rdb->win;
    size_t at = 0;
    while (rk_window_need(w, 1, "the magic", err) && w->buf[w->pos] == '\n')
        w->pos++; /* a primary sends newlines while it saves */
    if (err->code != RK_OK || w->buf[w->pos] != '$')
        return err->code == RK_OK;
    while (at < 64 && rk_window_need(w, at + 1, "replication header", err) && w->buf[w->pos + at] != '\n')
        at++;
    if (err->code != RK_OK)
        return false;
    rk_slice line = { w->buf + w->pos, at };
    if (at == 64 || !rk_slice_ends(line, RK_TEXT("\r")))
        return not_a_snapshot(rdb, err);
    if (rk_slice_starts(line, RK_TEXT("$EOF:")))
        rdb->wrapping = at - 1 - 5;
    w->pos += at + 1;
    return true;
}

static bool is_magic(rk_slice head)
{
    return rk_slice_starts(head, RK_TEXT("REDIS")) || rk_slice_starts(head, RK_TEXT("VALKEY"));
}

bool rk_rdb_header_parse(rk_slice magic, uint64_t offset, rk_rdb_header *header, rk_err *err)
{
    char shown[64];
    uint32_t version = 0;
    bool valkey = rk_slice_starts(magic, RK_TEXT("VALKEY"));
    if (magic.len != MAGIC_SIZE || !is_magic(magic))
        return rk_fail(err, RK_FORMAT, offset, "'%s' is not REDIS with four digits or VALKEY with three",
                       rk_slice_print(magic, shown, sizeof shown));
    size_t digits_at = valkey ? 6 : 5;
    for (size_t i = digits_at; i < MAGIC_SIZE; i++) {
        if (magic.ptr[i] < '0' || magic.ptr[i] > '9')
            return rk_fail(err, RK_FORMAT, offset == RK_NO_OFFSET ? offset : offset + i,
                           "the version in the magic is not a number");
        version = version * 10 + (uint32_t)(magic.ptr[i] - '0');
    }
    if (version == 0 || (valkey && version < FIRST_VALKEY) || version >= FIRST_FOREIGN)
        return rk_fail(err, RK_FORMAT, offset == RK_NO_OFFSET ? offset : offset + digits_at,
                       "no server writes RDB version %" PRIu32 "%s", version,
                       valkey ? " under the magic VALKEY" : "");
    *header = (rk_rdb_header){ .version = version, .valkey = valkey };
    return true;
}

static bool read_magic(rk_rdb *rdb, rk_err *err)
{
    rk_window *w = &rdb->win;
    rk_err ended = { 0 };
    if (!unwrap(rdb, err))
        return false;
    w->drained = w->pos; /* the checksum begins with the magic */
    if (!rk_window_need(w, MAGIC_SIZE, "the magic", &ended)) {
        rk_slice there = head_of(rdb);
        bool begins = rk_slice_starts(there, rk_slice_head(RK_TEXT("REDIS"), there.len)) ||
                      rk_slice_starts(there, rk_slice_head(RK_TEXT("VALKEY"), there.len));
        if (!begins && ended.code == RK_TRUNCATED && there.len > 0)
            return not_a_snapshot(rdb, err);
        *err = ended;
        return false;
    }
    rk_slice magic = { w->buf + w->pos, MAGIC_SIZE };
    if (!is_magic(magic))
        return not_a_snapshot(rdb, err);
    if (!rk_rdb_header_parse(magic, rk_window_offset(w), &rdb->header, err))
        return false;
    w->pos += MAGIC_SIZE;
    return true;
}

static rk_rdb *new_reader(rk_source *source, rk_err *err)
{
    rk_rdb *rdb = rk_alloc(sizeof *rdb);
    if (!rdb) {
        rk_no_memory(err);
        return NULL;
    }
    rdb->source = source;
    rdb_reset_attributes(rdb);
    rdb->checksum = RK_CHECKSUM_UNSEEN;
    rdb->hasher = rk_hasher_new(err);
    return rdb;
}

rk_rdb *rk_rdb_open_window(rk_window *window, rk_err *err)
{
    rk_source *source = window->source;
    rk_rdb *rdb = new_reader(source, err);
    if (!rdb) {
        rk_window_close(window);
        return NULL;
    }
    rdb->win = *window;
    *window = (rk_window){ 0 };
    if (rdb->hasher && read_magic(rdb, err)) {
        rdb->win.drain = rdb_drain;
        rdb->win.self = rdb;
        rdb->records_at = rk_window_offset(&rdb->win);
        return rdb;
    }
    rk_err_source(err, rk_source_name(source));
    rk_rdb_close(rdb);
    return NULL;
}

void rk_rdb_hand_over(rk_rdb *rdb, rk_window *window)
{
    rdb->win.drain = NULL; /* what follows is no part of the snapshot */
    rdb->win.self = NULL;
    *window = rdb->win;
    rdb->win = (rk_window){ .source = rdb->source, .ended = true };
}

rk_rdb *rk_rdb_open(rk_source *source, rk_err *err)
{
    rk_window window = { 0 };
    if (rk_window_open(&window, source, err))
        return rk_rdb_open_window(&window, err);
    rk_window_close(&window);
    rk_err_source(err, rk_source_name(source));
    return NULL;
}

/* What the source has not yielded yet goes to where it can be read again. */
static bool read_out(rk_source *source, rk_window *w, rk_err *err)
{
    for (size_t got = 1; got > 0 && rk_source_size(source) == UINT64_MAX;)
        if (!rk_source_read(source, w->buf, w->cap, &got, err))
            return false;
    return true;
}

rk_rdb *rk_rdb_open_headless(rk_source *source, uint64_t offset, rk_rdb_header header, rk_err *err)
{
    rk_rdb *rdb = new_reader(source, err);
    if (!rdb)
        return NULL;
    rdb->header = header;
    rdb->win.drain = NULL;
    if (rdb->hasher && rk_window_open_second(&rdb->win, source, err) && read_out(source, &rdb->win, err)) {
        rdb->win.drain = rdb_drain;
        rdb->win.self = rdb;
        rdb->records_at = offset;
        if (rk_window_skip(&rdb->win, offset, "the magic", err))
            return rdb;
    }
    rk_err_source(err, rk_source_name(source));
    rk_rdb_close(rdb);
    return NULL;
}

void rk_rdb_assume(rk_rdb *rdb, rk_rdb_header header)
{
    rdb->header = header;
}

void rk_rdb_nameless(rk_rdb *rdb)
{
    rdb->nameless = true;
}

rk_rdb *rk_rdb_second(const rk_rdb *first, rk_err *err)
{
    rk_rdb *rdb = new_reader(first->source, err);
    if (!rdb)
        return NULL;
    if (!rdb->hasher || !rk_window_open_second(&rdb->win, first->source, err)) {
        rk_rdb_close(rdb);
        return NULL;
    }
    rdb->second = true;
    rdb->first = first;
    rdb->header = first->header;
    rdb->dragonfly = first->dragonfly;
    rdb->nameless = first->nameless;
    rdb->records_at = first->records_at;
    rdb->tell_nodes = first->tell_nodes;
    rdb->win.drain = rdb_drain;
    rdb->win.self = rdb;
    return rdb;
}

void rk_rdb_close(rk_rdb *rdb)
{
    if (!rdb)
        return;
    rk_window_close(&rdb->win);
    rdb_probe_close(rdb->probe);
    rk_hasher_free(rdb->hasher);
    rk_buf_free(&rdb->name);
    rk_buf_free(&rdb->meta);
    rk_buf_free(&rdb->copy);
    for (size_t i = 0; i < sizeof rdb->text / sizeof rdb->text[0]; i++)
        rk_buf_free(&rdb->text[i]);
    rk_arena_free(&rdb->arena);
    rk_arena_free(&rdb->value_arena);
    rk_free(rdb->templates);
    rk_free(rdb->template_slots);
    rk_free(rdb);
}

/* ---- facts
 * ------------------------------------------------------------------------------------------------------ */

void rk_rdb_module(const rk_rdb *rdb, char name[10])
{
    rdb_module_name(rdb->module_id, name);
}

uint32_t rk_rdb_version(const rk_rdb *rdb)
{
    return rdb->header.version;
}

rk_rdb_header rk_rdb_header_of(const rk_rdb *rdb)
{
    return rdb->header;
}

const rk_source *rk_rdb_source(const rk_rdb *rdb)
{
    return rdb->source;
}

bool rk_rdb_is_valkey(const rk_rdb *rdb)
{
    return rdb->header.valkey;
}

uint64_t rk_rdb_begin(const rk_rdb *rdb)
{
    return rdb->records_at;
}

uint64_t rk_rdb_offset(const rk_rdb *rdb)
{
    return rk_window_offset(&rdb->win);
}

rk_checksum rk_rdb_checksum(const rk_rdb *rdb)
{
    return rdb->checksum;
}

uint64_t rk_rdb_pending(const rk_rdb *rdb)
{
    return rdb->begin;
}

void rk_rdb_forget_pending(rk_rdb *rdb)
{
    rdb_reset_attributes(rdb);
}

uint64_t rk_rdb_mark(const rk_rdb *rdb)
{
    return rdb->wrapping;
}

void rk_rdb_tell_nodes(rk_rdb *rdb)
{
    rdb->tell_nodes = true;
}

rk_rdb_traits rk_rdb_traits_take(rk_rdb *rdb)
{
    rk_rdb_traits traits = rdb->traits;
    rdb_plain *p = &rdb->plain;
    traits.small_ints |= p->ziplist.small_ints;
    traits.backlen_old |= p->listpack.backlen_old;
    traits.backlen_new |= p->listpack.backlen_new;
    p->ziplist.small_ints = p->listpack.backlen_old = p->listpack.backlen_new = false;
    rdb->traits = (rk_rdb_traits){ 0 };
    return traits;
}

uint64_t rk_rdb_trailing(rk_rdb *rdb, rk_err *err)
{
    uint64_t count = 0;
    rdb->win.drain = NULL; /* they are no part of the snapshot */
    if (!rk_window_skip_rest(&rdb->win, &count, err))
        rk_err_source(err, rk_source_name(rdb->source));
    return rdb->wrapping && count >= rdb->wrapping ? count - rdb->wrapping : count;
}
