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
    [1] = { RK_UNIT_ITEM, true, false, 0, false },      [3] = { RK_UNIT_ITEM, true, false, 3, true },
    [5] = { RK_UNIT_ITEM, true, false, 5, true },       [10] = { RK_UNIT_ZIPLIST, false, false, 0, false },
    [12] = { RK_UNIT_ZIPLIST, false, false, 0, true },  [14] = { RK_UNIT_ZIPLIST, true, false, 0, false },
    [17] = { RK_UNIT_LISTPACK, false, false, 0, true }, [18] = { RK_UNIT_LISTPACK, true, true, 0, false },
};

enum { COUNT_UNKNOWN = 65535, ZIPLIST_HEAD = 10, LISTPACK_HEAD = 6 };

/* How many entries the packed string has: by its header where that tells, else by walking it. */
static void count_entries(rk_rdb *rdb, const rk_unit *unit, uint64_t *count)
{
    rk_err *bad = &rdb->bad;
    uint8_t head[ZIPLIST_HEAD];
    size_t wanted = unit->form == RK_UNIT_ZIPLIST ? ZIPLIST_HEAD : LISTPACK_HEAD, got = 0;
    if (!rk_str_peek(&unit->str, head, wanted, &got, bad))
        return;
    if (got < wanted) {
        rk_fail(bad, RK_DAMAGED, unit->str.offset, "a packed node of %zu bytes, %zu at least", got, wanted);
        return;
    }
    *count = (uint64_t)head[wanted - 2] | (uint64_t)head[wanted - 1] << 8;
    if (*count != COUNT_UNKNOWN)
        return;

    rk_unit_walk walk;
    rk_slice bytes, item;
    double score;
    *count = 0;
    if (!rk_str_bytes(&unit->str, &rdb->text[0], &bytes, bad) || !rk_unit_walk_open(&walk, unit, bytes, bad))
        return;
    while (rk_unit_walk_next(&walk, &item, &score))
        *count += unit->scored ? 2 : 1;
}

static bool read_container(rk_rdb *rdb, rk_unit *unit, rk_err *err)
{
    uint64_t container = 0, offset = rk_window_offset(&rdb->win);
    if (!rdb_len(rdb, &container, "quicklist container", err))
        return false;
    if (container != 1 && container != 2)
        return rk_fail(err, RK_DAMAGED, offset, "quicklist container is %" PRIu64 ", not 1 or 2", container);
    if (container == 1)
        unit->form = RK_UNIT_ITEM;
    return true;
}

static bool read_score(rk_rdb *rdb, const unit_layout *layout, rk_unit *unit, rk_err *err)
{
    return layout->score == 0   ? true
           : layout->score == 3 ? rdb_text_double(rdb, &unit->score, err)
                                : rdb_double(rdb, &unit->score, "score", err);
}

/* Reads the unit's string and score; both are kept in sight, with the length bytes, wherever the window ends.
 */
static bool read_string(rk_rdb *rdb, const unit_layout *layout, rk_unit *unit, rk_err *err)
{
    const char *what = unit->form == RK_UNIT_ITEM ? "element" : "packed node";
    rk_window_hold(&rdb->win);
    bool ok = rdb_str(rdb, &unit->str, what, err);
    size_t len = (size_t)(rk_window_offset(&rdb->win) - unit->str.offset);
    ok = ok && read_score(rdb, layout, unit, err);
    rk_window_let_go(&rdb->win);
    if (!ok)
        return false;
    unit->raw = (rk_slice){ rk_window_at(&rdb->win, unit->str.offset), len };
    unit->str.stored.ptr = rk_window_at(&rdb->win, unit->str.content);
    return true;
}

static bool read_unit(rk_rdb *rdb, const unit_layout *layout, rk_unit *unit, rk_err *err)
{
    uint64_t count = 1;
    *unit = (rk_unit){ .form = layout->form, .scored = layout->scored };
    if ((layout->container && !read_container(rdb, unit, err)) || !read_string(rdb, layout, unit, err))
        return false;
    if (unit->form != RK_UNIT_ITEM) {
        count_entries(rdb, unit, &count);
        count /= unit->scored ? 2 : 1;
    }
    unit->count = (uint32_t)count;
    if (count > UINT32_MAX)
        rk_fail(&rdb->bad, RK_DAMAGED, unit->str.offset, "a packed node of too many entries");
    return rdb->bad.code != RK_NO_MEMORY || rdb_put_off(rdb, err);
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
    if (rdb->opened && !rdb->by_unit)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "units are asked for behind elements");
    if (!rdb_start(rdb, err))
        return false;
    if (!rdb->opened) {
        rdb->opened = rdb->by_unit = true;
        rdb->plain.left = rdb->in_pieces ? rdb->plain.left : 1;
        bool open =
            !layout->many || rdb->in_pieces || rdb_count(rdb, &rdb->plain.left, "number of elements", err);
        rdb->pieces_at = rk_window_offset(&rdb->win);
        if (!open)
            return rdb_settle(rdb, false, err);
    }
    if (rdb->plain.left == 0) {
        rdb->value_end = true;
        return false;
    }
    rdb->plain.left--;
    return rdb_settle(rdb, read_unit(rdb, layout, unit, err), err);
}

bool rk_unit_walk_open(rk_unit_walk *walk, const rk_unit *unit, rk_slice bytes, rk_err *err)
{
    bool pinned = unit->str.form != RK_STR_RAW;
    rk_blob blob = { bytes, pinned ? unit->str.offset : unit->str.content, pinned };
    *walk = (rk_unit_walk){
        .form = unit->form, .scored = unit->scored, .single = bytes, .score = unit->score, .err = err
    };
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
        return rk_fail(walk->err, RK_DAMAGED, entry.offset,
                       "the last member of a packed sorted set has no score");
    return rdb_packed_score(&second, score, walk->err);
}
