/* geo: GEOADD, GEORADIUS and GEORADIUSBYMEMBER with STORE or STOREDIST, GEOSEARCHSTORE (spec: AOF, "Sorted sets"). */
#include "geohash.h"
#include "zset.h"

#include <stdlib.h>

/* ---- arguments ---------------------------------------------------------------------------------------------- */

static bool read_place(ks_call *c, size_t at, ks_place *place)
{
    return ks_double(ks_arg(c, at), &place->lon) && ks_double(ks_arg(c, at + 1), &place->lat) &&
           ks_place_is_valid(*place);
}

static bool read_unit(rk_slice word, double *metres)
{
    static const struct {
        const char *word;
        double metres;
    } rows[] = { { "m", 1 }, { "km", 1000 }, { "ft", 0.3048 }, { "mi", 1609.34 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (ks_is(word, rows[i].word)) {
            *metres = rows[i].metres;
            return true;
        }
    return false;
}

static bool read_length(rk_slice arg, double *length)
{
    return ks_double(arg, length) && *length >= 0;
}

/* ---- GEOADD ------------------------------------------------------------------------------------------------- */

static rk_outcome geoadd(ks_call *c)
{
    unsigned how = 0;
    size_t at = 2;
    for (; at < ks_argc(c); at++) {
        if (ks_is(ks_arg(c, at), "nx"))
            how |= KS_ZADD_NX;
        else if (ks_is(ks_arg(c, at), "xx"))
            how |= KS_ZADD_XX;
        else if (!ks_is(ks_arg(c, at), "ch"))
            break;
    }
    size_t count = (ks_argc(c) - at) / 3;
    if (count == 0 || (ks_argc(c) - at) % 3 || how == (KS_ZADD_NX | KS_ZADD_XX))
        return ks_fails(c, "the words or places of GEOADD do not go together");
    double *scores = rk_alloc(count * sizeof *scores);
    if (!scores) {
        rk_no_memory(c->ks->err);
        return RK_OUTCOME_FAILED;
    }
    rk_outcome outcome = RK_OUTCOME_DONE;
    for (size_t i = 0; i < count && outcome == RK_OUTCOME_DONE; i++) {
        ks_place place;
        if (read_place(c, at + 3 * i, &place))
            scores[i] = ks_place_score(place);
        else
            outcome = ks_fails(c, "longitude or latitude is out of range");
    }
    if (outcome == RK_OUTCOME_DONE)
        outcome = ks_zset_put(c, how, scores, count, at + 2, 3);
    rk_free(scores);
    return outcome;
}

/* ---- a search ----------------------------------------------------------------------------------------------- */

typedef struct {
    size_t source, into; /* arguments; into 0: nowhere */
    const ks_key *key;   /* the source; NULL: not there */
    ks_area area;
    bool has_centre, has_shape, polygon, shows; /* shows: words that ask for more than members */
    bool any, sorted, descending, as_distance;
    int64_t count; /* 0: all */
} search;

/* A member within the area. */
typedef struct {
    const ks_member *member;
    double distance_m;
    size_t place; /* in the order in which they were found */
} found;

typedef struct {
    found *items; /* owned */
    size_t count, cap;
} finds;

/* The centre is a member's place. False: it is not there. */
static bool read_member(ks_call *c, search *s, size_t arg)
{
    if (!s->key)
        return true; /* nothing will be found anyway */
    const ks_member *member = ks_zset_find(c->ks, s->key->zset, ks_arg(c, arg));
    if (member)
        s->area.centre = ks_place_of(member->score);
    return member != NULL;
}

static bool read_radius(ks_call *c, search *s, size_t at)
{
    return read_length(ks_arg(c, at), &s->area.radius) && read_unit(ks_arg(c, at + 1), &s->area.unit_m);
}

static bool read_box(ks_call *c, search *s, size_t at)
{
    s->area.box = true;
    return read_length(ks_arg(c, at), &s->area.width) && read_length(ks_arg(c, at + 1), &s->area.height) &&
           read_unit(ks_arg(c, at + 2), &s->area.unit_m);
}

/* ---- words: each of these returns how many arguments it has read, 0: none, there is something wrong ---- */

/* Those of GEOSEARCHSTORE. */
static size_t read_search_word(ks_call *c, search *s, size_t at, size_t left)
{
    rk_slice word = ks_arg(c, at);
    if (ks_is(word, "storedist")) {
        s->as_distance = true;
        return 1;
    }
    if (!s->has_centre && left >= 1 && ks_is(word, "frommember")) {
        s->has_centre = true;
        return read_member(c, s, at + 1) ? 2 : 0;
    }
    if (!s->has_centre && left >= 2 && ks_is(word, "fromlonlat")) {
        s->has_centre = true;
        return read_place(c, at + 1, &s->area.centre) ? 3 : 0;
    }
    if (!s->has_shape && left >= 2 && ks_is(word, "byradius")) {
        s->has_shape = true;
        return read_radius(c, s, at + 1) ? 3 : 0;
    }
    if (!s->has_shape && left >= 3 && ks_is(word, "bybox")) {
        s->has_shape = true;
        return read_box(c, s, at + 1) ? 4 : 0;
    }
    s->polygon = ks_is(word, "bypolygon");
    return 0;
}

static size_t read_word(ks_call *c, search *s, size_t at)
{
    rk_slice word = ks_arg(c, at);
    size_t left = ks_argc(c) - at - 1;
    if (ks_is(word, "asc") || ks_is(word, "desc")) {
        s->sorted = true;
        s->descending = ks_is(word, "desc");
        return 1;
    }
    if (ks_is(word, "any")) {
        s->any = true;
        return 1;
    }
    if (ks_is(word, "withdist") || ks_is(word, "withhash") || ks_is(word, "withcoord")) {
        s->shows = true;
        return 1;
    }
    if (left >= 1 && ks_is(word, "count"))
        return ks_int(ks_arg(c, at + 1), &s->count) && s->count > 0 ? 2 : 0;
    if (s->source == 2)
        return read_search_word(c, s, at, left);
    if (left < 1 || (!ks_is(word, "store") && !ks_is(word, "storedist")))
        return 0;
    s->into = at + 1;
    s->as_distance = ks_is(word, "storedist");
    return 2;
}

static bool read_words(ks_call *c, search *s, size_t at)
{
    while (at < ks_argc(c)) {
        size_t read = read_word(c, s, at);
        if (!read)
            return false;
        at += read;
    }
    return s->has_centre && s->has_shape && (!s->any || s->count) && !(s->shows && s->into);
}

/* ---- finding ------------------------------------------------------------------------------------------------ */

/* Adds what of a cell lies in the area. */
static bool look_into(rk_keyspace *ks, const search *s, const ks_cell *cell, finds *all)
{
    const ks_zset *zset = s->key->zset;
    const ks_bound ends[2] = { { .score = cell->least }, { .score = cell->beyond, .open = true } };
    uint64_t first, last;
    if (!ks_order_range(ks, zset, ends, false, &first, &last))
        return !ks_bad(ks);
    for (uint64_t rank = first; rank < last; rank++) {
        double distance_m;
        const ks_member *member = ks_order_at(ks, zset, rank);
        if (!member)
            return false;
        if (s->any && all->count >= (uint64_t)s->count)
            return true;
        if (!ks_area_holds(&s->area, ks_place_of(member->score), &distance_m))
            continue;
        if (!rk_grow((void **)&all->items, &all->cap, all->count + 1, sizeof *all->items, ks->err))
            return false;
        all->items[all->count] = (found){ member, distance_m, all->count };
        all->count++;
    }
    return true;
}

static bool find_all(rk_keyspace *ks, const search *s, finds *all)
{
    ks_cell cells[KS_CELLS_MOST];
    size_t count = ks_area_cells(&s->area, cells);
    if (!ks_order_make(ks, s->key->zset))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!look_into(ks, s, &cells[i], all))
            return false;
    return true;
}

static int nearest_first(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->distance_m != y->distance_m)
        return x->distance_m < y->distance_m ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int farthest_first(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->distance_m != y->distance_m)
        return x->distance_m > y->distance_m ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Those that COUNT leaves. */
static void choose(const search *s, finds *all)
{
    if (s->count == 0 || all->count <= (uint64_t)s->count)
        return;
    if (s->sorted || !s->any)
        qsort(all->items, all->count, sizeof *all->items, s->descending ? farthest_first : nearest_first);
    all->count = (size_t)s->count;
}

static bool add_finds(rk_keyspace *ks, const search *s, const finds *all, ks_zset *result)
{
    for (size_t i = 0; i < all->count; i++) {
        const found *f = &all->items[i];
        ks_str name;
        double score = s->as_distance ? f->distance_m / s->area.unit_m : f->member->score;
        if (ks_dict_find_str(ks, &result->members, &f->member->name))
            continue; /* cells may be met twice */
        if (ks_bad(ks) || !ks_str_copy(ks, &f->member->name, &name) || !ks_zset_add(ks, result, name, score))
            return false;
    }
    return true;
}

static rk_outcome store(ks_call *c, const search *s)
{
    finds all = { 0 };
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    ks_zset *result = ks_zset_new(c->ks);
    if (!result)
        return outcome;
    bool good = !s->key || find_all(c->ks, s, &all);
    choose(s, &all);
    if (good && add_finds(c->ks, s, &all, result)) {
        outcome = ks_zset_store(c, s->into, result);
        ks_doubt_like(c, s->into, s->source, 1);
    } else {
        ks_zset_free(c->ks, result);
    }
    rk_free(all.items);
    return outcome;
}

/* ---- commands ----------------------------------------------------------------------------------------------- */

/* The words from argument `at` on, and all that they ask for. */
static rk_outcome run(ks_call *c, search *s, size_t at)
{
    if (!read_words(c, s, at)) {
        ks_fails(c, s->polygon ? "polygons are not known" : "the words of the search do not go together");
        if (!s->polygon)
            return RK_OUTCOME_FAILED;
        ks_doubt(c->ks, c->db, ks_arg(c, 1));
        return RK_OUTCOME_OPAQUE;
    }
    return s->into ? store(c, s) : RK_OUTCOME_NOTHING;
}

static bool open_source(ks_call *c, search *s, rk_outcome *outcome)
{
    ks_key *key;
    if (!ks_look(c, s->source, RK_ZSET, &key, outcome))
        return false;
    s->key = key;
    return true;
}

static rk_outcome georadius(ks_call *c)
{
    search s = { .source = 1, .has_centre = true, .has_shape = true };
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!open_source(c, &s, &outcome))
        return outcome;
    if (!read_place(c, 2, &s.area.centre) || !read_radius(c, &s, 4))
        return ks_fails(c, "a centre or radius is none");
    return run(c, &s, 6);
}

static rk_outcome georadiusbymember(ks_call *c)
{
    search s = { .source = 1, .has_centre = true, .has_shape = true };
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    if (!open_source(c, &s, &outcome))
        return outcome;
    if (!read_member(c, &s, 2) || (s.key && !read_radius(c, &s, 3)))
        return ks_fails(c, "a centre or radius is none");
    return run(c, &s, 5);
}

static rk_outcome geosearchstore(ks_call *c)
{
    search s = { .source = 2, .into = 1 };
    rk_outcome outcome = RK_OUTCOME_NOTHING;
    return open_source(c, &s, &outcome) ? run(c, &s, 3) : outcome;
}

const ks_verb ks_geo_verbs[] = { { RK_VERB_GEOADD, geoadd },
                                 { RK_VERB_GEORADIUS, georadius },
                                 { RK_VERB_GEORADIUSBYMEMBER, georadiusbymember },
                                 { RK_VERB_GEOSEARCHSTORE, geosearchstore },
                                 { RK_VERB_UNKNOWN, NULL } };
