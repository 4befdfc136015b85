/* behind: going on behind bytes in which the framing was lost. Where it shows is not where it began: a string whose
 * length is wrong swallows what stands behind it, and reading goes on for a while in the middle of something. So
 * what was read just before is doubted first, then a second reader looks for what can be read again. */
#include "rescue.h"
#include "run.h"

enum { END = 9 /* bytes of an EOF record with its checksum */ };

void check_recent_add(rk_check *c, const check_recent *key)
{
    c->recent[c->recent_count++ % CHECK_RECENT] = *key;
}

/* The first reader passes over the rest, so that all of it can be read again. */
static bool drain(rk_check *c, rk_err *err)
{
    if (!c->drained) {
        c->notes.info.checksum = rk_rdb_checksum(c->first);
        rk_rdb_trailing(c->first, err);
        c->drained = true;
        c->size = rk_source_size(c->source);
    }
    return err->code == RK_OK && (c->second || (c->second = rk_rdb_second(c->first, err)));
}

static const check_recent *recent_key(const rk_check *c, uint64_t i)
{
    size_t most = c->recent_count < CHECK_RECENT ? c->recent_count : CHECK_RECENT;
    return i < most ? &c->recent[(c->recent_count - 1 - i) % CHECK_RECENT] : NULL;
}

/* How many of the last `records` records are keys. */
static uint64_t count_keys(const rk_check *c, uint64_t records)
{
    uint64_t keys = 0;
    for (uint64_t i = 0; i < records; i++)
        keys += recent_key(c, i)->key;
    return keys;
}

/* How many of the keys before `to` may be chance, one before the other; *from is where the foremost begins. */
static uint64_t count_doubtful(const rk_check *c, uint64_t to, uint64_t *from)
{
    const check_recent *r;
    uint64_t count = 0;
    for (*from = to; (r = recent_key(c, count)) && r->to == *from && r->from >= c->landed && !r->proven;
         count++)
        *from = r->from;
    return count;
}

/* Zeros that were taken for a key just before more of them showed. */
static bool is_nothing(const rk_check *c, const check_recent *r)
{
    return c->zeros && r->to - r->from == CHECK_ZEROS;
}

/* Goes back over the keys that ended at *sound_to, as long as they may be chance: their own bytes could not be decoded,
 * or records begin within them that lead beyond the place where the framing was lost. Of one that ended in pieces that
 * could not be decoded (*broken), the others stay. */
static bool go_back(rk_check *c, uint64_t lost_at, uint64_t *sound_to, uint64_t *records,
                    const check_recent **broken, uint64_t *at, rk_err *err)
{
    const check_recent *r;
    uint64_t from, doubtful = count_doubtful(c, *sound_to, &from);
    *records = 0;
    rescue_doubt where = { from, *sound_to, lost_at, *sound_to, false };
    if (!check_swallowed(c->second, where, at, err))
        return false;
    for (; *records < doubtful; ++*records) {
        r = recent_key(c, *records);
        if (r->to <= *at && !r->bad && !is_nothing(c, r))
            break;
        if (r->damaged != SIZE_MAX && (r->to <= *at || *at >= r->bad_from)) {
            *broken = r;
            break;
        }
        *sound_to = r->from;
    }
    return true;
}

static bool land(rk_check *c, const rescue_landing *landing, rk_err *err)
{
    const rk_span *last = c->span_count ? &c->spans[c->span_count - 1] : NULL;
    uint64_t lost_at = last && last->kind == RK_SPAN_LOST ? last->from : landing->from;
    c->rdb = c->second;
    c->db_lost = true;
    c->suspect_to = landing->to;
    c->framing_lost = true;
    c->landed = landing->from;
    c->recent_count = 0;
    return check_segment_begin(c, landing->from, lost_at, err) &&
           rk_rdb_seek_record(c->second, landing->from, c->db, err);
}

/* What was found inside of a key. */
static bool add_pieces(rk_check *c, const rescue_landing *landing, size_t key, rk_err *err)
{
    c->suspect_to = landing->suspect ? landing->to : 0;
    bool ok = check_span_add(c, RK_SPAN_PIECES, landing->from, landing->to, key, landing->count, err);
    c->suspect_to = 0;
    return ok;
}

/* Where it is looked on, and for what. */
typedef struct {
    uint64_t sound_to, from; /* where the spans end; where to look from on */
    bool inside;             /* for pieces of `key`, too, `left` at most, that do not reach beyond `bound` */
    rk_key key;
    uint64_t left, bound;
    size_t damaged; /* whose bytes are lost from here on, or SIZE_MAX */
} going_on;

static void inside_of(const rk_check *c, size_t damaged, going_on *g)
{
    const rk_damaged_key *key = &c->damaged[damaged];
    g->inside = true;
    g->damaged = damaged;
    g->key = (rk_key){ .db = key->db, .name = key->name, .type = key->type, .type_byte = key->type_byte };
}

/* What is found next from g->from on. */
static bool find_next(rk_check *c, going_on *g, rescue_landing *landing, rk_err *err)
{
    c->suspect_to = 0;
    if (!check_rescue(c->second, g->from, g->inside ? &g->key : NULL, g->left, landing, err))
        return false;
    if (landing->kind != RESCUE_PIECES || landing->to <= g->bound)
        return true;
    g->inside = false;
    return check_rescue(c->second, g->bound, NULL, 0, landing, err);
}

/* What lies behind g->sound_to and is not found is lost. */
static bool look_on(rk_check *c, going_on *g, rk_err *err)
{
    rescue_landing landing = { 0 };
    bool pieces = false;
    for (;;) {
        if (!find_next(c, g, &landing, err))
            return false;
        bool nothing = landing.kind == RESCUE_NOTHING;
        if (pieces && landing.from > g->sound_to)
            c->spans[c->span_count - 1].suspect = true; /* lost bytes before and behind */
        pieces = landing.kind == RESCUE_PIECES;
        if (!check_span_add(c, RK_SPAN_LOST, g->sound_to, nothing ? c->size : landing.from, g->damaged, 0,
                            err))
            return false;
        if (landing.kind == RESCUE_RECORDS)
            return land(c, &landing, err);
        if (nothing)
            break;
        if (!add_pieces(c, &landing, g->damaged, err))
            return false;
        g->left -= landing.count < g->left ? landing.count : g->left;
        g->from = g->sound_to = landing.to;
    }
    c->framing_lost = c->ended = true;
    c->end_at = c->size;
    return true;
}

/* The pieces that were read of a key before `at`, where a record begins; then it is looked on inside of it. */
static bool keep_front(rk_check *c, size_t key, uint64_t at, going_on *g, rk_err *err)
{
    rk_record rec;
    const rk_key *found;
    rk_damaged_key *damaged = &c->damaged[key];
    if (!rk_rdb_has_pieces(c->second, damaged->type_byte) || check_type_proves(damaged->type_byte) ||
        !check_key_again(c, damaged->begin, damaged->db, &rec, &found, err) || !found)
        return err->code == RK_OK;
    uint64_t count, end, begin;
    if (!check_pieces_count(c, key, at, &begin, &count, &end, err) || begin > at)
        return err->code == RK_OK;
    if (!check_span_add(c, RK_SPAN_PIECES, damaged->begin, begin, key, 0, err) ||
        !check_span_add(c, RK_SPAN_PIECES, begin, end, key, count, err))
        return false;
    inside_of(c, key, g);
    g->sound_to = end;
    g->from = end + 1;
    g->bound = at;
    g->left = damaged->announced > count ? damaged->announced - count : 0;
    return true;
}

/* The foremost of the keys that were chance gets a name, if it has one, for what is lost from here on. */
static bool name_lost(rk_check *c, uint64_t from, size_t *key, rk_err *err)
{
    rk_record rec;
    const rk_key *found;
    *key = SIZE_MAX;
    if (!check_key_again(c, from, c->db, &rec, &found, err))
        return false;
    if (!found || found->name.len == 0)
        return true;
    return check_damaged_add(c, found, rk_rdb_offset(c->second), 0, key, err);
}

/* The last `records` keys, from `back` on, were read where there are none. What was noted of them is a consequence, but
 * for what the foremost could not decode. */
static bool take_back(rk_check *c, uint64_t back, uint64_t records, uint64_t at, rk_err *err)
{
    size_t key;
    const check_recent *foremost = recent_key(c, records - 1);
    uint64_t keys = count_keys(c, records);
    check_span_back(c, back, keys);
    check_problems_back(c, foremost->bad ? foremost->problems : foremost->problems_before);
    if (!foremost->bad && !check_problem_add(c, RK_PROBLEM_DAMAGE, "length", back, NULL, err,
                                             "what was read from here on as %" PRIu64
                                             " key%s is something else: a length or a type is wrong",
                                             keys, keys == 1 ? "" : "s"))
        return false;
    going_on g = { .sound_to = back, .from = back + 1, .bound = UINT64_MAX };
    if (!name_lost(c, back, &key, err))
        return false;
    g.damaged = key;
    return (key == SIZE_MAX || at == UINT64_MAX || keep_front(c, key, at, &g, err)) && look_on(c, &g, err);
}

/* Fields of a hash with TTL that have none themselves look like keys of strings: 0, field, value. */
static bool looks_like_records(const rk_check *c, uint8_t type_byte)
{
    return (type_byte == 22 || type_byte == 24) && !c->notes.info.valkey_magic;
}

/* How many pieces of a damaged key have not been found. */
static uint64_t pieces_left(const rk_check *c, size_t key)
{
    uint64_t announced = c->damaged[key].announced, found = 0;
    for (size_t i = c->span_count; i > 0 && c->spans[i - 1].key == key; i--)
        found += c->spans[i - 1].kind == RK_SPAN_PIECES ? c->spans[i - 1].count : 0;
    return announced == 0 ? UINT64_MAX : announced > found ? announced - found : 0;
}

/* Plain strings follow each other through anything, and a name may be thousands of bytes long: where records begin in
 * the bytes of the value itself, what was read behind them is taken back. */
static bool look_into_value(rk_check *c, const check_value *v, going_on *g, rk_err *err)
{
    uint64_t at, begin = v->key->begin;
    rescue_doubt where = { begin, g->sound_to, g->sound_to, RK_NO_OFFSET,
                           looks_like_records(c, v->key->type_byte) };
    if (!check_swallowed(c->second, where, &at, err))
        return false;
    if (at == UINT64_MAX)
        return true;
    if (at >= v->value && v->damaged != SIZE_MAX) {
        if (!check_pieces_back(c, v->damaged, at, &g->sound_to, err))
            return false;
        g->from = g->sound_to + 1;
        g->left = pieces_left(c, v->damaged);
        g->bound = at;
        return true;
    }
    g->inside = false;
    g->from = at;
    check_span_back(c, begin, 0); /* the key itself was chance */
    g->sound_to = begin;
    g->damaged = SIZE_MAX;
    return true;
}

/* The key before ended in pieces that could not be decoded, and may have swallowed what stood behind them. */
static void resume(rk_check *c, const check_recent *r, going_on *g)
{
    *g = (going_on){
        .sound_to = r->bad_from, .from = r->bad_from + 1, .left = r->bad_pieces, .bound = UINT64_MAX
    };
    inside_of(c, r->damaged, g);
}

static bool go_on(rk_check *c, const check_value *v, uint64_t sound_to, rk_err *err)
{
    uint64_t records = 0, at, back = v ? v->key->begin : sound_to;
    going_on g = {
        .sound_to = sound_to, .from = sound_to, .bound = UINT64_MAX, .damaged = v ? v->damaged : SIZE_MAX
    };
    const check_recent *broken = NULL;
    g.inside = v && v->in_pieces && v->damaged != SIZE_MAX;
    g.left = !g.inside ? 0 : v->pulled ? rk_rdb_left(c->rdb) : UINT64_MAX;
    if (v)
        g.key = *v->key;
    if (g.inside)
        g.key.name =
            c->damaged[v->damaged].name; /* the key's own may be the second reader's, which is moved about */
    if (!(v && v->proven) && !go_back(c, sound_to, &back, &records, &broken, &at, err))
        return false;
    if (records > 0 && !broken) /* the key in which it showed, if any, was chance, too */
        return take_back(c, back, records, at, err);
    if (broken)
        resume(c, broken, &g);
    else if (v && g.inside && v->bad_from != RK_NO_OFFSET) {
        g.from = v->bad_from + 1; /* a bad node just before may have swallowed what stood behind it */
        g.left += v->bad_pieces;
    }
    if (!broken && v && !v->proven && !look_into_value(c, v, &g, err))
        return false;
    if (g.from <= c->landed)
        g.from = c->landed + 1; /* a landing that was none */
    if (g.from < g.sound_to || broken)
        check_span_back(c, g.sound_to = g.from < g.sound_to ? g.from : g.sound_to,
                        broken ? count_keys(c, records) : 0);
    return look_on(c, &g, err);
}

bool check_go_on(rk_check *c, const check_value *v, uint64_t sound_to, rk_err *why, rk_err *err)
{
    return check_problem_told(c, why, v ? v->key : NULL, err) && drain(c, err) && go_on(c, v, sound_to, err);
}

bool check_go_on_from(rk_check *c, uint64_t from, rk_err *err)
{
    going_on g = { .sound_to = from, .from = from, .bound = UINT64_MAX, .damaged = SIZE_MAX };
    return drain(c, err) && look_on(c, &g, err);
}

bool check_is_early(rk_check *c, uint64_t sound_to, const rk_record *rec, bool *early, rk_err *err)
{
    rescue_landing landing;
    rk_checksum checksum = rk_rdb_checksum(c->rdb);
    uint64_t behind = rk_rdb_offset(c->rdb);
    *early = false;
    if (c->notes.info.aof_preamble || checksum == RK_CHECKSUM_OK || !drain(c, err))
        return err->code == RK_OK;
    if (c->size <= behind + rk_rdb_mark(c->first))
        return true;
    if (!check_rescue(c->second, rec->offset + 1, NULL, 0, &landing, err))
        return false;
    *early = landing.kind == RESCUE_RECORDS && landing.from + END < c->size &&
             (!landing.suspect || checksum != RK_CHECKSUM_ABSENT);
    if (!*early)
        return true;
    c->why = (rk_err){ 0 };
    return check_problem_add(c, RK_PROBLEM_DAMAGE, "end", rec->offset, NULL, err,
                             "an EOF opcode stands before the end: %" PRIu64 " bytes and more records follow",
                             c->size - rec->offset - 1) &&
           go_on(c, NULL, sound_to, err);
}
