/* end: what can be told only at the end: the checksum, bytes behind it, keys that are there twice. */
#include "run.h"

enum { FIRST_CHECKSUM = 5, CHECKSUM_SIZE = 8, STEP = 64 * 1024 };

/* The checksum of the bytes from the magic to the EOF opcode, read again. */
static bool take_checksum(rk_check *c, uint64_t *crc, rk_err *err)
{
    uint64_t at = c->magic_at, end = c->end_at + 1;
    *crc = 0;
    if (!rk_buf_reserve(&c->text[0], STEP, err))
        return false;
    while (at < end) {
        size_t got = 0, wanted = end - at < STEP ? (size_t)(end - at) : STEP;
        if (!rk_source_read_at(c->source, at, c->text[0].ptr, wanted, &got, err))
            return false;
        if (got == 0)
            return rk_fail(err, RK_IO, at, "the file became shorter while it was read");
        *crc = rk_crc64(*crc, (rk_slice){ c->text[0].ptr, got });
        at += got;
    }
    return true;
}

/* The framing was lost on the way: does the checksum tell whether the file was damaged before it was written? */
static bool judge_checksum(rk_check *c, rk_err *err)
{
    rk_snapshot_info *info = &c->notes.info;
    uint64_t crc = 0;
    info->checksum = c->has_checksum && c->stored == 0 ? RK_CHECKSUM_ABSENT : RK_CHECKSUM_UNSEEN;
    if (info->rdb_version < FIRST_CHECKSUM)
        info->checksum = RK_CHECKSUM_ABSENT;
    if (!c->has_checksum || info->checksum == RK_CHECKSUM_ABSENT)
        return true;
    if (!take_checksum(c, &crc, err))
        return false;
    info->checksum = crc == c->stored ? RK_CHECKSUM_OK : RK_CHECKSUM_BAD;
    if (info->checksum == RK_CHECKSUM_OK)
        return check_problem_add(
            c, RK_PROBLEM_NOTICE, "checksum", c->end_at + 1, NULL, err,
            "the checksum holds: it was taken of the bytes as they are, the damage came before");
    return check_problem_add(c, RK_PROBLEM_DAMAGE, "checksum", c->end_at + 1, NULL, err,
                             "the checksum is %016" PRIx64 ", the bytes before it give %016" PRIx64,
                             c->stored, crc);
}

static bool judge_trailing(rk_check *c, rk_err *err)
{
    rk_snapshot_info *info = &c->notes.info;
    uint64_t behind = c->end_at + 1 + (c->has_checksum ? CHECKSUM_SIZE : 0);
    if (info->trailing == 0)
        return true;
    if (c->commands_behind) {
        uint8_t first = 0;
        size_t got = 0;
        if (!rk_source_read_at(c->source, behind, &first, 1, &got, err))
            return false;
        if (info->aof_preamble || first == '*' || first == '#')
            return true;
    }
    if (info->aof_preamble)
        return check_problem_add(c, RK_PROBLEM_UNSEEN, "trailing", behind, NULL, err,
                                 "the head of an append-only file; the %" PRIu64
                                 " bytes of commands behind it were not checked",
                                 info->trailing);
    return check_span_trailing(c, behind, behind + info->trailing, err) &&
           check_problem_add(c, RK_PROBLEM_DAMAGE, "trailing", behind, NULL, err,
                             "%" PRIu64 " bytes stand behind the end of the snapshot", info->trailing);
}

static bool judge_version(rk_check *c, rk_err *err)
{
    const rk_snapshot_info *info = &c->notes.info;
    uint32_t newest = rk_info_newest(&c->notes);
    return info->rdb_version <= newest ||
           check_problem_add(c, RK_PROBLEM_UNSEEN, "header", c->magic_at, NULL, err,
                             "RDB version %" PRIu32 " is newer than %" PRIu32 ", the newest that is known",
                             info->rdb_version, newest);
}

/* ---- keys that were found to be there twice only now ---- */

static bool say_twice(rk_check *c, const distinct_item *first, const distinct_item *again, rk_err *err)
{
    rk_record record;
    const rk_key *key;
    return check_key_again(c, again->from, (uint32_t)again->to, &record, &key, err) &&
           check_problem_add(c, RK_PROBLEM_DAMAGE, "duplicate key", key ? key->offset : again->from, key, err,
                             "the key is there twice, first at byte %" PRIu64, first->from) &&
           check_facts_trait(c->facts, RK_TRAIT_DUPLICATE_KEY, 1, key, err) &&
           check_twin_add(c, first, again, err);
}

static bool late_keys(rk_check *c, rk_err *err)
{
    distinct_item first, again;
    while (distinct_late(c->keys, &first, &again, err))
        if (!say_twice(c, &first, &again, err))
            return false;
    return err->code == RK_OK && check_twins_settle(c, err);
}

/* Some pieces were noted and taken back. */
static void count_pieces(rk_check *c)
{
    for (size_t i = 0; i < c->damaged_count; i++)
        c->damaged[i].pieces = 0;
    for (size_t i = 0; i < c->span_count; i++)
        if (c->spans[i].kind == RK_SPAN_PIECES)
            c->damaged[c->spans[i].key].pieces += c->spans[i].count;
}

static void set_complete(rk_check *c)
{
    rk_snapshot_info *info = &c->notes.info;
    info->complete = c->found[RK_PROBLEM_DAMAGE] == 0 && c->found[RK_PROBLEM_UNSEEN] == 0;
    info->partial = !info->complete;
    for (size_t i = 0; info->partial && i < c->problem_count; i++) {
        const rk_problem *p = &c->problems[i].problem;
        if (p->kind == RK_PROBLEM_NOTICE)
            continue;
        rk_fail(&info->reason, p->kind == RK_PROBLEM_UNSEEN ? RK_UNKNOWN : RK_DAMAGED, p->offset, "%s",
                p->what);
        rk_err_source(&info->reason, info->path);
        break;
    }
}

bool check_end(rk_check *c, rk_err *err)
{
    rk_snapshot_info *info = &c->notes.info;
    if (!c->drained) {
        info->checksum = rk_rdb_checksum(c->first);
        if (!c->commands_behind || rk_source_size(c->source) == UINT64_MAX)
            rk_rdb_trailing(c->first, err);
        c->drained = true;
        c->size = rk_source_size(c->source);
    }
    uint64_t behind = c->end_at + 1 + (c->has_checksum ? CHECKSUM_SIZE : 0);
    bool cut = !c->has_checksum && info->rdb_version >= FIRST_CHECKSUM;
    info->trailing = !cut && behind < c->size ? c->size - behind : 0;
    if (rk_rdb_mark(c->first) && info->trailing >= rk_rdb_mark(c->first))
        info->trailing -= rk_rdb_mark(c->first);
    rk_info_end(&c->notes, c->source);
    if (err->code != RK_OK || (c->framing_lost && !judge_checksum(c, err)) || !judge_trailing(c, err) ||
        !judge_version(c, err) || !late_keys(c, err))
        return false;
    count_pieces(c);
    check_problems_end(c);
    set_complete(c);
    return check_facts_end(c->facts, c->first, info->ctime, err);
}
