/* unit: lists and sorted sets pulled as they lie in the file, node by node or member by member, undecoded. */
#include "reader.h"

/* How the units of a type byte look. */
typedef struct {
    rk_unit_form form;
    bool many;      /* a count and that many units, else one */
    bool container; /* each has its container in front (quicklist 2) */
    uint8_t score;  /* 0 none, 3 text, 5 binary: behind the member */
    bool scored;
} unit_layout;

static const unit_layout layouts[] = {
    [1] = { RK_UNIT_ITEM, true, false, 0, false },     [3] = { RK_UNIT_ITEM, true, false, 3, true },
    [5] = { RK_UNIT_ITEM, true, false, 5, true },      [10] = { RK_UNIT_ZIPLIST, false, false, 0, false },
    [12] = { RK_UNIT_ZIPLIST, false, false, 0, true }, [14] = { RK_UNIT_ZIPLIST, true, false, 0, false },
    [17] = { RK_UNIT_LISTPACK, false, false, 0, true }, [18] = { RK_UNIT_LISTPACK, true, true, 0, false },
};

enum { COUNT_UNKNOWN = 65535, ZIPLIST_HEAD = 10, LISTPACK_HEAD = 6 };

/* How many entries the packed string has: by its header where that tells, else by walking it. */
static bool count_entries(rk_rdb *rdb, const rk_unit *unit, uint64_t *count, rk_err *err)
{
    uint8_t head[ZIPLIST_HEAD];
    size_t wanted = unit->form == RK_UNIT_ZIPLIST ? ZIPLIST_HEAD : LISTPACK_HEAD, got = 0;
    if (!rk_str_peek(&unit->str, head, wanted, &got, err))
        return false;
    if (got < wanted)
        return rk_fail(err, RK_DAMAGED, unit->str.offset, "a packed node of %zu bytes, %zu at least", got, wanted);
    *count = (uint64_t)head[wanted - 2] | (uint64_t)head[wanted - 1] << 8;
    if (*count != COUNT_UNKNOWN)
        return true;

    rk_unit_walk walk;
    rk_slice bytes, item;
    double score;
    *count = 0;
    if (!rk_str_bytes(&unit->str, &rdb->text[0], &bytes, err) || !rk_unit_walk_open(&walk, unit, bytes, err))
        return false;
    while (rk_unit_walk_next(&walk, &item, &score))
        *count += unit->scored ? 2 : 1;
    return err->code == RK_OK;
}

/* Reads one unit; its string lies in one piece in the window. */
static bool read_unit(rk_rdb *rdb, const unit_layout *layout, rk_unit *unit, rk_err *err)
{
    uint64_t container = 2, count = 0, score_bits;
    unit->form = layout->form;
    unit->scored = layout->scored;
    if (layout->container) {
        uint64_t offset = rk_window_offset(&rdb->win);
        if (!rdb_len(rdb, &container, "quicklist container", err))
            return false;
        if (container != 1 && container != 2)
            return rk_fail(err, RK_DAMAGED, offset, "quicklist container is %" PRIu64 ", not 1 or 2", container);
        if (container == 1)
            unit->form = RK_UNIT_ITEM;
    }
    if (!rdb_str(rdb, &unit->str, unit->form == RK_UNIT_ITEM ? "element" : "packed node", err))
        return false;
    size_t len = (size_t)(rk_window_offset(&rdb->win) - unit->str.offset);
    if (layout->score == 5 && rdb->win.end - rdb->win.pos < 8) {
        /* the score lies beyond the window: get it without losing sight of the member */
        rdb->win.pos -= len;
        if (!rk_window_need(&rdb->win, len + 8, "score", err))
            return false;
        unit->str.stored.ptr = rdb->win.buf + rdb->win.pos + (unit->str.content - unit->str.offset);
        if (unit->str.form == RK_STR_INT)
            unit->str.stored.ptr = rdb->win.buf + rdb->win.pos + 1;
        rdb->win.pos += len;
    }
    unit->raw = (rk_slice){ rdb->win.buf + rdb->win.pos - len, len };
    unit->count = 1;
    if (layout->score == 5) {
        memcpy(&score_bits, rdb->win.buf + rdb->win.pos, 8);
        return rdb_double(rdb, &unit->score, "score", err);
    }
    if (unit->form == RK_UNIT_ITEM)
        return true;
    if (!count_entries(rdb, unit, &count, err))
        return false;
    unit->count = (uint32_t)(unit->scored ? count / 2 : count);
    return count <= UINT32_MAX || rk_fail(err, RK_DAMAGED, unit->str.offset, "a packed node of too many entries");
}

/* A member with a text score, which may lie beyond the window: the member is kept in a buffer. */
static bool read_text_scored(rk_rdb *rdb, rk_unit *unit, rk_err *err)
{
    rk_buf *own = &rdb->text[1];
    *unit = (rk_unit){ .form = RK_UNIT_ITEM, .scored = true, .count = 1 };
    if (!rdb_str(rdb, &unit->str, "sorted set member", err))
        return false;
    size_t len = (size_t)(rk_window_offset(&rdb->win) - unit->str.offset), stored = unit->str.stored.len;
    own->len = 0;
    if (!rk_buf_add(own, (rk_slice){ rdb->win.buf + rdb->win.pos - len, len }, err))
        return false;
    unit->raw = rk_buf_slice(own);
    unit->str.stored = rk_slice_from(unit->raw, len - stored);
    return rdb_text_double(rdb, &unit->score, err);
}

static const unit_layout *layout_of(const rk_rdb *rdb)
{
    uint8_t byte = rdb->type_byte;
    bool known = byte < sizeof layouts / sizeof layouts[0] && (layouts[byte].many || layouts[byte].form);
    return known ? &layouts[byte] : NULL;
}

bool rk_rdb_unit(rk_rdb *rdb, rk_unit *unit, rk_err *err)
{
    const unit_layout *layout = rdb->type ? layout_of(rdb) : NULL;
    if (!layout || rdb->value_end)
        return false;
    if (!rdb->opened) {
        rdb->opened = rdb->by_unit = true;
        rdb->plain.left = 1;
        if (layout->many && !rdb_count(rdb, &rdb->plain.left, "number of elements", err))
            return false;
    }
    if (rdb->plain.left == 0) {
        rdb->value_end = true;
        return false;
    }
    rdb->plain.left--;
    return layout->score == 3 ? read_text_scored(rdb, unit, err) : read_unit(rdb, layout, unit, err);
}

bool rk_unit_walk_open(rk_unit_walk *walk, const rk_unit *unit, rk_slice bytes, rk_err *err)
{
    bool pinned = unit->str.form != RK_STR_RAW;
    rk_blob blob = { bytes, pinned ? unit->str.offset : unit->str.content, pinned };
    *walk = (rk_unit_walk){ .form = unit->form, .scored = unit->scored, .single = bytes, .score = unit->score,
                            .err = err };
    switch (unit->form) {
    case RK_UNIT_ZIPLIST:
        return rk_ziplist_open(&walk->ziplist, blob, err);
    case RK_UNIT_LISTPACK:
        return rk_listpack_open(&walk->listpack, blob, err);
    default:
        return true;
    }
}

static bool walk_entry(rk_unit_walk *walk, rk_packed *entry)
{
    return walk->form == RK_UNIT_ZIPLIST ? rk_ziplist_next(&walk->ziplist, entry)
                                         : rk_listpack_next(&walk->listpack, entry);
}

bool rk_unit_walk_next(rk_unit_walk *walk, rk_slice *item, double *score)
{
    rk_packed entry, second;
    if (walk->form == RK_UNIT_ITEM) {
        *item = walk->single;
        *score = walk->score;
        return !walk->done && (walk->done = true);
    }
    if (!walk_entry(walk, &entry))
        return false;
    *item = rk_packed_bytes(&entry, walk->room[0]);
    *score = 0;
    if (!walk->scored)
        return true;
    if (!walk_entry(walk, &second))
        return rk_fail(walk->err, RK_DAMAGED, entry.offset, "the last member of a packed sorted set has no score");
    return rdb_packed_score(&second, score, walk->err);
}
