/* zset_order: the order of a sorted set: by score, then by the bytes of the member. */
#include "zset.h"

/* ---- comparing ---------------------------------------------------------------------------------------------- */

/* Negative: the node stands before what is sought. */
static int compare(rk_keyspace *ks, ks_order *o, ks_node *node, ks_sought *s)
{
    if (node->score != s->score)
        return node->score < s->score ? -1 : 1;
    return ks_tie(ks, o, node, s);
}

static uint64_t luck(const rk_keyspace *ks, const ks_node *node)
{
    return (node->name.hash ^ ks->spread.hi) * (ks->spread.lo | 1);
}

/* ---- the tree ----------------------------------------------------------------------------------------------- */

static void resize(ks_order *o, uint32_t at)
{
    ks_node *n = &o->nodes[at];
    n->size = 1 + o->nodes[n->sides[0]].size + o->nodes[n->sides[1]].size;
}

/* `now` stands where `before` stood under `up`, or at the root. */
static void hang(ks_order *o, uint32_t up, uint32_t before, uint32_t now)
{
    if (!up)
        o->root = now;
    else
        o->nodes[up].sides[o->nodes[up].sides[1] == before] = now;
    if (now)
        o->nodes[now].up = up;
}

/* The node changes places with the one above it. */
static void rise(ks_order *o, uint32_t at)
{
    ks_node *n = o->nodes;
    uint32_t above = n[at].up;
    unsigned side = n[above].sides[1] == at;
    uint32_t inner = n[at].sides[!side];
    hang(o, n[above].up, above, at);
    n[above].sides[side] = inner;
    if (inner)
        n[inner].up = above;
    n[at].sides[!side] = above;
    n[above].up = at;
    resize(o, above);
    resize(o, at);
}

static uint32_t take_node(rk_keyspace *ks, ks_order *o)
{
    uint32_t at = o->idle;
    if (at) {
        o->idle = o->nodes[at].up;
        return at;
    }
    if (!rk_grow((void **)&o->nodes, &o->cap, (size_t)o->used + 2, sizeof *o->nodes, ks->err))
        return 0;
    if (o->used == 0)
        o->nodes[0] = (ks_node){ .size = 0 };
    return ++o->used;
}

bool ks_order_add(rk_keyspace *ks, ks_order *o, ks_member *member)
{
    ks_sought s = { .name = &member->name, .score = member->score };
    uint32_t at = take_node(ks, o), up = 0;
    unsigned side = 0;
    if (!at)
        return false;
    for (uint32_t below = o->root; below; below = o->nodes[below].sides[side]) {
        up = below;
        side = compare(ks, o, &o->nodes[below], &s) < 0;
    }
    o->nodes[at] = (ks_node){ .name = member->name, .score = member->score, .up = up, .size = 1 };
    if (up)
        o->nodes[up].sides[side] = at;
    else
        o->root = at;
    for (uint32_t above = up; above; above = o->nodes[above].up)
        o->nodes[above].size++;
    while (o->nodes[at].up && luck(ks, &o->nodes[at]) > luck(ks, &o->nodes[o->nodes[at].up]))
        rise(o, at);
    member->node = at;
    return !ks_bad(ks);
}

void ks_order_remove(const rk_keyspace *ks, ks_order *o, const ks_member *member)
{
    uint32_t at = member->node;
    ks_node *n = o->nodes;
    while (n[at].sides[0] && n[at].sides[1])
        rise(o, n[at].sides[luck(ks, &n[n[at].sides[1]]) > luck(ks, &n[n[at].sides[0]])]);
    hang(o, n[at].up, at, n[at].sides[0] ? n[at].sides[0] : n[at].sides[1]);
    for (uint32_t above = n[at].up; above; above = n[above].up)
        n[above].size--;
    n[at].up = o->idle;
    o->idle = at;
}

bool ks_order_make(rk_keyspace *ks, ks_zset *zset)
{
    ks_member *member;
    if (zset->order.made)
        return true;
    for (uint32_t at = 0; (member = ks_dict_next(&zset->members, &at)) != NULL;)
        if (!ks_order_add(ks, &zset->order, member))
            return false;
    zset->order.made = true;
    return true;
}

/* ---- ranks -------------------------------------------------------------------------------------------------- */

ks_member *ks_order_at(rk_keyspace *ks, const ks_zset *zset, uint64_t rank)
{
    const ks_node *n = zset->order.nodes;
    uint32_t at = zset->order.root;
    for (;;) {
        uint32_t before = n[n[at].sides[0]].size;
        if (rank == before)
            return ks_dict_find_str(ks, &zset->members, &n[at].name);
        bool behind = rank > before;
        rank -= behind ? before + 1 : 0;
        at = n[at].sides[behind];
    }
}

/* Negative: the node stands before the end of a range. */
static int compare_bound(rk_keyspace *ks, const ks_node *node, const ks_bound *bound)
{
    rk_slice bytes;
    if (!bound->lex)
        return node->score < bound->score ? -1 : node->score > bound->score;
    if (bound->beyond)
        return -bound->beyond;
    return ks_str_bytes(ks, &node->name, &ks->scratch[3], &bytes) ? rk_slice_compare(bytes, bound->bytes) : 0;
}

/* How many stand before it; `through`: those at it, too. */
static uint64_t count_before(rk_keyspace *ks, const ks_order *o, const ks_bound *bound, bool through)
{
    uint64_t count = 0;
    for (uint32_t at = o->root; at;) {
        int order = compare_bound(ks, &o->nodes[at], bound);
        bool before = order < 0 || (order == 0 && through);
        if (before)
            count += 1 + o->nodes[o->nodes[at].sides[0]].size;
        at = o->nodes[at].sides[before];
    }
    return count;
}

/* The first node (side 0) or the last one below and with `at`, which is one. */
static uint32_t outermost(const ks_order *o, uint32_t at, unsigned side)
{
    while (o->nodes[at].sides[side])
        at = o->nodes[at].sides[side];
    return at;
}

/* The next node on that side; 0: there is none. */
static uint32_t beside(const ks_order *o, uint32_t at, unsigned side)
{
    const ks_node *n = o->nodes;
    if (n[at].sides[side])
        return outermost(o, n[at].sides[side], !side);
    while (n[at].up && n[n[at].up].sides[side] == at)
        at = n[at].up;
    return n[at].up;
}

/* Is the node on the inner side of that end of a range: behind the lower one (side 0), before the upper one? */
static bool is_inside(rk_keyspace *ks, const ks_node *node, const ks_bound *bound, unsigned side)
{
    int order = compare_bound(ks, node, bound);
    return (side ? order < 0 : order > 0) || (order == 0 && !bound->open);
}

/* How many stand together within a range of bytes, from that side on, and how many are passed over before. Where scores
 * differ, bytes are in no order: a server that keeps the set in one piece of memory takes those from the first one that
 * is beyond the near end up to the first one that is beyond the far end. */
static void scan(rk_keyspace *ks, const ks_order *o, const ks_bound ends[2], unsigned side, uint64_t *passed,
                 uint64_t *taken)
{
    const ks_node *n = o->nodes;
    uint32_t at = outermost(o, o->root, side);
    *passed = *taken = 0;
    if (!is_inside(ks, &n[outermost(o, o->root, 0)], &ends[1], 1) ||
        !is_inside(ks, &n[outermost(o, o->root, 1)], &ends[0], 0))
        return;
    for (; at && !is_inside(ks, &n[at], &ends[side], side); at = beside(o, at, !side))
        ++*passed;
    for (; at && is_inside(ks, &n[at], &ends[!side], !side); at = beside(o, at, !side))
        ++*taken;
}

static bool scores_differ(const ks_order *o)
{
    return o->root && o->nodes[outermost(o, o->root, 0)].score != o->nodes[outermost(o, o->root, 1)].score;
}

bool ks_order_range(rk_keyspace *ks, const ks_zset *zset, const ks_bound ends[2], bool from_end,
                    uint64_t *first, uint64_t *last)
{
    const ks_order *o = &zset->order;
    if (ends[0].lex && scores_differ(o)) {
        uint64_t passed, taken;
        scan(ks, o, ends, from_end, &passed, &taken);
        *first = from_end ? zset->members.count - passed - taken : passed;
        *last = *first + taken;
    } else {
        *first = count_before(ks, o, &ends[0], ends[0].open);
        *last = count_before(ks, o, &ends[1], !ends[1].open);
    }
    return !ks_bad(ks) && *first < *last;
}
