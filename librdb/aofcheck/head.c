/* head: the snapshot that a part is or begins with, and where it ends. Where it is sound, it says so itself. Where not,
 * the commands behind it are looked for: then the rest cannot be taken for a part of the snapshot (spec: AOF, "Kinds of
 * AOF on disk"). */
#include "run.h"
#include "walk.h"

enum {
    CHECKSUM_AND_END = 9, /* the EOF opcode and the checksum, which stand before the commands */
    EOF_OPCODE = 0xff,
    RUN = 3, /* so many commands in a row are believed where no end of a snapshot stands before them */
    STEP = 64 * 1024
};

bool aofcheck_is_snapshot(rk_slice first)
{
    return rk_slice_starts(first, RK_TEXT("REDIS")) || rk_slice_starts(first, RK_TEXT("VALKEY"));
}

/* ---- where the commands begin ------------------------------------------------------------------------------------ */

/* How many commands that are known stand in a row at `offset`, up to `most`. *ends: the file ends behind them. */
static bool commands_at(const rk_source *source, uint64_t offset, unsigned most, unsigned *count, bool *ends,
                        rk_err *err)
{
    aofcheck_walk walk;
    *count = 0;
    *ends = false;
    if (!aofcheck_walk_open(&walk, source, offset, err))
        return false;
    while (*count < most && aofcheck_walk_whole(&walk, err) && walk.verb != RK_VERB_UNKNOWN)
        ++*count;
    *ends = walk.at == rk_source_size(source);
    aofcheck_walk_close(&walk);
    return err->code == RK_OK;
}

typedef struct {
    uint64_t strong,
        weak; /* behind the end of a snapshot; wherever commands stand in a row. UINT64_MAX: nowhere */
} head_ends;

static bool try_place(const rk_source *source, uint64_t offset, bool strong, head_ends *ends, rk_err *err)
{
    unsigned count;
    bool last;
    if (!strong && ends->weak != UINT64_MAX)
        return true;
    if (!commands_at(source, offset, strong ? 1 : RUN, &count, &last, err))
        return false;
    if (strong && count > 0)
        ends->strong = offset;
    else if (!strong && (count == RUN || (count > 0 && last)))
        ends->weak = offset;
    return true;
}

/* Looks through all bytes for '*' or '#' as commands begin with them. */
static bool find_ends(const rk_source *source, head_ends *ends, rk_err *err)
{
    uint8_t *chunk = rk_alloc(STEP);
    uint64_t base = 0;
    size_t kept = 0, got = 1;
    bool ok = chunk || rk_no_memory(err);
    while (ok && ends->strong == UINT64_MAX) {
        ok = rk_source_read_at(source, base + kept, chunk + kept, STEP - kept, &got, err);
        size_t len = kept + got;
        for (size_t i = kept; ok && i < len && ends->strong == UINT64_MAX; i++)
            if (chunk[i] == '*' || chunk[i] == '#')
                ok = try_place(source, base + i,
                               i >= CHECKSUM_AND_END && chunk[i - CHECKSUM_AND_END] == EOF_OPCODE, ends, err);
        if (got == 0)
            break;
        kept = len < CHECKSUM_AND_END ? len : CHECKSUM_AND_END;
        memmove(chunk, chunk + len - kept, kept);
        base += len - kept;
    }
    rk_free(chunk);
    return ok;
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

/* The snapshot is checked again, up to where commands are found. */
static bool check_again(aofcheck_part *part, const head_ends *ends, const rk_check_options *options,
                        rk_err *err)
{
    part->whole = part->head;
    part->head = NULL;
    part->part.begin = ends->strong != UINT64_MAX ? ends->strong
                       : ends->weak != UINT64_MAX ? ends->weak
                                                  : rk_source_size(part->source);
    rk_source *head = rk_source_part(part->source, 0, part->part.begin, err);
    return head && (part->head = rk_check_source(head, options, err)) != NULL;
}

bool aofcheck_head(aofcheck_part *part, rk_source *source, const rk_check_options *options, bool alone,
                   bool *log, rk_err *err)
{
    head_ends ends = { UINT64_MAX, UINT64_MAX };
    rk_check_options own = *options;
    own.commands_behind = true;
    part->head = rk_check_source(source, &own, err);
    if (!part->head)
        return false;
    const rk_snapshot_info *info = rk_check_info(part->head);
    part->source = rk_check_source_of(part->head);
    part->part.begin = rk_source_size(part->source) - info->trailing;
    *log = !alone || info->aof_preamble || info->trailing > 0;
    if (rk_check_exit(part->head) != 0) { /* its end may have been missed */
        if (!find_ends(part->source, &ends, err))
            return false;
        *log = !alone || info->aof_preamble || ends.strong != UINT64_MAX;
        if (*log && !check_again(part, &ends, options, err))
            return false;
    }
    part->part.head = part->head;
    return true;
}

/* What stands behind a snapshot and does not begin as commands do is told with it. */
static bool begins_commands(const rk_source *source, uint64_t *end, rk_err *err)
{
    uint8_t first = 0;
    size_t got = 0;
    if (*end < rk_source_size(source) && !rk_source_read_at(source, *end, &first, 1, &got, err))
        return false;
    if (got == 0 || (first != '*' && first != '#'))
        *end = rk_source_size(source);
    return true;
}

bool aofcheck_head_end(rk_source *source, uint64_t *end, rk_err *err)
{
    head_ends ends = { UINT64_MAX, UINT64_MAX };
    rk_err why = { 0 };
    rk_record record = { .kind = RK_RECORD_AUX };
    uint8_t room[16 * 1024];
    size_t got = 1;
    rk_rdb *rdb = rk_rdb_open(source, &why);
    bool whole = rdb != NULL;
    while (whole && record.kind != RK_RECORD_END)
        whole = rk_rdb_next(rdb, &record, &why);
    *end = whole ? rk_rdb_offset(rdb) : 0;
    rk_rdb_close(rdb);
    if (why.code == RK_IO || why.code == RK_NO_MEMORY) {
        *err = why;
        return false;
    }
    while (rk_source_size(source) == UINT64_MAX && got > 0)
        if (!rk_source_read(source, room, sizeof room, &got, err))
            return false;
    if (!whole && !find_ends(source, &ends, err))
        return false;
    if (!whole)
        *end = ends.strong != UINT64_MAX ? ends.strong : rk_source_size(source);
    return begins_commands(source, end, err);
}
