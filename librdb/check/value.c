/* value: the values of keys, each to its end: what decodes, what is there twice, what is out of order. */
#include "run.h"

/* Notes what the reader said of the value. The framing may be lost by it. */
static bool told(rk_check *c, check_value *v, bool *bad, rk_err *err)
{
    if (!rk_rdb_goes_on(c->rdb)) {
        v->lost = true;
        v->why = c->why;
        c->why = (rk_err){ 0 };
        return true;
    }
    *bad = v->bad = true;
    return check_problem_told(c, &c->why, v->key, err);
}

bool check_element(rk_check *c, check_value *v, rk_element *element, bool *there, bool *bad, rk_err *err)
{
    *bad = false;
    *there = rk_rdb_element(c->rdb, element, &c->why);
    return *there || c->why.code == RK_OK || told(c, v, bad, err);
}

/* A member, field or the like: a second one of the same name is damage, and a piece of its own. */
static bool add_member(rk_check *c, check_value *v, rk_slice name, uint64_t seed, bool *bad, rk_err *err)
{
    distinct_item *before,
        item = { .digest = seed ? rk_digest_seeded(name, seed) : rk_digest_of(name), .from = v->piece_from };
    char shown[80];
    if (!distinct_add(c->members, &item, &before, err))
        return false;
    if (!before)
        return true;
    *bad = v->refused = true;
    rk_slice_print(name, shown, sizeof shown);
    const char *thing = v->key->type == RK_HASH ? "field" : "member";
    return check_facts_trait(c->facts, RK_TRAIT_DUPLICATE_MEMBER, 1, v->key, err) &&
           (before->from == item.from
                ? check_problem_add(c, RK_PROBLEM_DAMAGE, "duplicate member", item.from, v->key, err,
                                    "%s '%s' is there twice", thing, shown)
                : check_problem_add(c, RK_PROBLEM_DAMAGE, "duplicate member", item.from, v->key, err,
                                    "%s '%s' is there twice, first at byte %" PRIu64, thing, shown,
                                    before->from));
}

static bool late_members(rk_check *c, check_value *v, rk_err *err)
{
    distinct_item first, again;
    while (distinct_late(c->members, &first, &again, err)) {
        v->refused = true;
        if (!check_facts_trait(c->facts, RK_TRAIT_DUPLICATE_MEMBER, 1, v->key, err) ||
            !check_problem_add(c, RK_PROBLEM_DAMAGE, "duplicate member", again.from, v->key, err,
                               "a %s is there twice, first at byte %" PRIu64,
                               v->key->type == RK_HASH ? "field" : "member", first.from))
            return false;
    }
    return err->code == RK_OK;
}

static bool say_unordered(rk_check *c, check_value *v, const char *what, rk_err *err)
{
    if (v->unordered)
        return true;
    v->unordered = true;
    return check_problem_add(c, RK_PROBLEM_NOTICE, "order", v->piece_from, v->key, err, "%s", what);
}

/* ---- strings ---- */

static bool read_string(rk_check *c, check_value *v, rk_err *err)
{
    uint64_t len = 0;
    bool bad = false;
    v->elements = 1;
    if (rk_rdb_string(c->rdb, &len, &c->why))
        return true;
    return c->why.code == RK_OK || told(c, v, &bad, err);
}

/* ---- lists and sorted sets, unit by unit ---- */

/* The order of a packed sorted set: by score, then by member. */
typedef struct {
    bool begun;
    double score;
    rk_slice member;
    char room[RK_PACKED_TEXT];
} scored_order;

static bool comes_after(scored_order *order, rk_slice member, double score)
{
    bool after = !order->begun || score > order->score ||
                 (score == order->score && rk_slice_compare(member, order->member) >= 0);
    order->begun = true;
    order->score = score;
    order->member = member;
    if (member.len <= sizeof order->room) { /* the digits of an integer are gone with the next pull */
        memcpy(order->room, member.ptr, member.len);
        order->member.ptr = (const uint8_t *)order->room;
    }
    return after;
}

/* c->why tells what cannot be decoded. */
static bool read_scored(rk_check *c, check_value *v, const rk_unit *unit, rk_slice bytes, bool *bad,
                        rk_err *err)
{
    rk_unit_walk walk;
    rk_slice member;
    double score;
    scored_order order = { 0 };
    if (!rk_unit_walk_open(&walk, unit, bytes, &c->why))
        return true;
    while (rk_unit_walk_next(&walk, &member, &score)) {
        bool twice = false;
        if (!add_member(c, v, member, 0, &twice, err))
            return false;
        *bad |= twice;
        v->elements += !twice;
        if (unit->form != RK_UNIT_ITEM && !comes_after(&order, member, score) &&
            !say_unordered(c, v, "the members of a packed sorted set are not in the order of their scores",
                           err))
            return false;
    }
    if ((walk.ziplist.small_ints &&
         !check_facts_trait(c->facts, RK_TRAIT_SMALL_ZIPLIST_INT, 1, v->key, err)) ||
        (walk.listpack.backlen_old && !check_facts_trait(c->facts, RK_TRAIT_BACKLEN_OLD, 1, v->key, err)))
        return false;
    return !walk.listpack.backlen_new || check_facts_trait(c->facts, RK_TRAIT_BACKLEN_NEW, 1, v->key, err);
}

static bool read_ziplist(rk_check *c, check_value *v, rk_blob blob, rk_err *err)
{
    rk_ziplist list;
    rk_packed entry;
    if (!rk_ziplist_open(&list, blob, &c->why))
        return true;
    while (rk_ziplist_next(&list, &entry))
        v->elements++;
    return !list.small_ints || check_facts_trait(c->facts, RK_TRAIT_SMALL_ZIPLIST_INT, 1, v->key, err);
}

static bool read_listpack(rk_check *c, check_value *v, rk_blob blob, rk_err *err)
{
    rk_listpack list;
    rk_packed entry;
    if (!rk_listpack_open(&list, blob, &c->why))
        return true;
    while (rk_listpack_next(&list, &entry))
        v->elements++;
    return (!list.backlen_old || check_facts_trait(c->facts, RK_TRAIT_BACKLEN_OLD, 1, v->key, err)) &&
           (!list.backlen_new || check_facts_trait(c->facts, RK_TRAIT_BACKLEN_NEW, 1, v->key, err));
}

/* A single list item is not needed: it is enough that it could be decoded. */
static bool read_item(rk_check *c, check_value *v, const rk_unit *unit, bool *bad, rk_err *err)
{
    enum { QUICKLIST_2 = 18 };
    if (unit->str.form == RK_STR_LZF &&
        !rk_lzf_check(unit->str.stored, unit->str.len, unit->str.offset, &c->why))
        return true;
    if (unit->str.len == 0 && v->key->type_byte == QUICKLIST_2) {
        *bad = v->refused = true;
        return check_problem_add(c, RK_PROBLEM_DAMAGE, "quicklist", unit->str.offset, v->key, err,
                                 "a plain quicklist node is empty");
    }
    v->elements++;
    return true;
}

static bool read_unit(rk_check *c, check_value *v, const rk_unit *unit, bool *bad, rk_err *err)
{
    rk_slice bytes;
    if (unit->form == RK_UNIT_ITEM && !unit->scored)
        return read_item(c, v, unit, bad, err);
    if (!rk_str_bytes(&unit->str, &c->text[0], &bytes, &c->why))
        return true;
    if (unit->scored)
        return read_scored(c, v, unit, bytes, bad, err);
    bool pinned = unit->str.form != RK_STR_RAW;
    rk_blob blob = { bytes, pinned ? unit->str.offset : unit->str.content, pinned };
    return unit->form == RK_UNIT_ZIPLIST ? read_ziplist(c, v, blob, err) : read_listpack(c, v, blob, err);
}

static bool read_units(rk_check *c, check_value *v, rk_err *err)
{
    rk_unit unit;
    for (bool first = true;; first = false) {
        bool bad = false, there = rk_rdb_unit(c->rdb, &unit, &c->why);
        if (first) {
            check_pieces_begin(c, v);
            if (v->key->type == RK_ZSET && !distinct_expect(c->members, rk_rdb_left(c->rdb), err))
                return false;
        }
        if (!there && c->why.code == RK_OK)
            return true;
        if (!there && (!told(c, v, &bad, err) || v->lost))
            return err->code == RK_OK;
        if (there && !read_unit(c, v, &unit, &bad, err))
            return false;
        if (c->why.code != RK_OK) {
            bad = v->bad = true;
            if (!check_problem_told(c, &c->why, v->key, err))
                return false;
        }
        v->proven |= !bad && unit.form != RK_UNIT_ITEM;
        if (!bad)
            check_piece_sound(c, v);
        else if (!check_piece_bad(c, v, err))
            return false;
    }
}

/* ---- sets, hashes and all others, element by element ---- */

typedef struct {
    int64_t expire_ms; /* of the field before, as it is sorted: none is last */
    uint64_t path;     /* paths seen, of a path hash */
    uint64_t index;    /* of the array's element before */
    bool begun;
} element_order;

static bool read_field(rk_check *c, check_value *v, const rk_element *e, element_order *order, bool *bad,
                       rk_err *err)
{
    int64_t expire_ms = e->expire_ms == RK_NO_EXPIRY ? INT64_MAX : e->expire_ms;
    bool sorted = v->key->type_byte == 23 || v->key->type_byte == 25;
    bool after = !order->begun || expire_ms >= order->expire_ms;
    v->ttls += e->expire_ms != RK_NO_EXPIRY;
    order->expire_ms = expire_ms;
    order->begun = true;
    return add_member(c, v, e->item, order->path, bad, err) &&
           (!sorted || after ||
            say_unordered(c, v, "the fields of a packed hash are not in the order of their expiries", err));
}

static bool read_indexed(rk_check *c, check_value *v, const rk_element *e, element_order *order, rk_err *err)
{
    bool after = !order->begun || e->number > order->index;
    order->index = e->number;
    order->begun = true;
    return after || say_unordered(c, v, "the indexes of an array do not ascend", err);
}

static bool read_one(rk_check *c, check_value *v, const rk_element *e, element_order *order, bool *bad,
                     rk_err *err)
{
    v->elements++;
    switch (e->kind) {
    case RK_ELEMENT_MEMBER:
        /* an intset ascends, or it does not decode */
        return v->key->type_byte == 11 || add_member(c, v, e->item, 0, bad, err);
    case RK_ELEMENT_FIELD:
        return read_field(c, v, e, order, bad, err);
    case RK_ELEMENT_PATH:
        v->elements--;
        order->path = 0;
        if (!add_member(c, v, e->item, 0, bad, err))
            return false;
        order->path = v->pulled + 1;
        return true;
    case RK_ELEMENT_INDEXED:
        return read_indexed(c, v, e, order, err);
    case RK_ELEMENT_CURSOR:
    case RK_ELEMENT_MODULE:
        v->elements--;
        return true;
    default:
        return true;
    }
}

static bool read_elements(rk_check *c, check_value *v, rk_err *err)
{
    rk_element element;
    element_order order = { 0 };
    for (bool first = true;; first = false) {
        bool there, bad;
        if (!check_element(c, v, &element, &there, &bad, err))
            return false;
        if (first) {
            check_pieces_begin(c, v);
            if (!v->lost && !distinct_expect(c->members, rk_rdb_left(c->rdb), err))
                return false;
        }
        if (first && bad && rk_rdb_offset(c->rdb) == v->run_from)
            v->in_pieces = false; /* what the value begins with is bad */
        if (v->lost || (!there && !bad))
            return true;
        if (there && !read_one(c, v, &element, &order, &bad, err))
            return false;
        if (!bad)
            check_piece_sound(c, v);
        else if (!check_piece_bad(c, v, err))
            return false;
    }
}

bool check_value_read(rk_check *c, check_value *v, rk_err *err)
{
    v->run_from = v->piece_from = v->value;
    if (v->key->type == RK_STRING)
        return read_string(c, v, err);
    if (v->key->type == RK_STREAM)
        return check_stream_read(c, v, err);
    distinct_start(c->members);
    bool ok =
        v->key->type == RK_LIST || v->key->type == RK_ZSET ? read_units(c, v, err) : read_elements(c, v, err);
    return ok && late_members(c, v, err) &&
           (v->ttls == 0 || check_facts_trait(c->facts, RK_TRAIT_FIELD_TTL, v->ttls, v->key, err));
}
