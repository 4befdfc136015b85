/* keys: all keys that are not places of jobs, compared by their logical value (design: "Other keys are compared too").
 * Those whose raw bytes are equal are not looked at again. */
#include "run.h"

const char *rk_key_verdict_name(rk_key_verdict verdict)
{
    static const char *const names[] = { [RK_KEY_CHANGED] = "changed",
                                         [RK_KEY_ONLY_OLD] = "only_old",
                                         [RK_KEY_ONLY_NEW] = "only_new",
                                         [RK_KEY_EXPIRED] = "expired" };
    return names[verdict];
}

static rk_look *look_of(side *s, const rk_catalog_key *key)
{
    return s->looks[rk_spot_shard(key->spot)];
}

/* Reads the key again; its name is borrowed from the look. */
static bool look_again(rk_diff *d, side *s, const rk_catalog_key *key, rk_key *again)
{
    return rk_look_key(look_of(s, key), rk_spot_offset(key->spot), again, d->err);
}

/* ---- which keys take part ------------------------------------------------------------------------------------------- */

static bool is_filtered(const rk_diff *d)
{
    return !rk_filter_is_all(d->options.filter) || (d->options.namespace_only && *d->options.namespace_only);
}

/* `key` has been looked at again: what it was read with is in `k`. */
static bool is_wanted(const rk_diff *d, const side *s, const rk_catalog_key *k, const rk_key *key)
{
    const char *only = side_namespace(s);
    rk_slice head = rk_slice_of(only ? only : ""), name = key->name;
    rk_key asked = *key;
    if (head.len > 0 &&
        !(rk_slice_starts(name, head) &&
          (head.ptr[head.len - 1] == ':' || (name.len > head.len && name.ptr[head.len] == ':'))))
        return false;
    asked.db = k->db;
    asked.expire_ms = k->expire_ms;
    return rk_filter_wants(d->options.filter, &asked);
}

static bool is_process(const rk_layout *layout, rk_slice rest)
{
    for (size_t i = 0; i < layout->process_count; i++)
        if (rk_slice_is(layout->processes[i].identity, rest))
            return true;
    return false;
}

static bool ends_in_jid(rk_slice name)
{
    if (name.len < 26 || name.ptr[name.len - 25] != '-')
        return false;
    for (size_t i = name.len - 24; i < name.len; i++)
        if (!((name.ptr[i] >= '0' && name.ptr[i] <= '9') || (name.ptr[i] >= 'a' && name.ptr[i] <= 'f')))
            return false;
    return true;
}

/* TOKEN-JID, a hash with both: a profile of 8.0, which lives for a day. The name alone could be that of a cart. */
static bool is_profile(rk_diff *d, side *s, const rk_catalog_key *k, const rk_key *key)
{
    rk_element e;
    unsigned known = 0;
    if (key->type != RK_HASH || !ends_in_jid(key->name))
        return false;
    rk_slice jid = rk_slice_from(key->name, key->name.len - 24);
    rk_digest digest = rk_digest_of(jid); /* the name dies as the fields are read */
    rk_key again;
    if (!look_again(d, s, k, &again))
        return false;
    while (rk_look_element(look_of(s, k), &e, d->err)) {
        known += rk_slice_is(e.item, RK_TEXT("jid")) && rk_digest_is(rk_digest_of(e.value), digest);
        known += rk_slice_is(e.item, RK_TEXT("token")) + rk_slice_is(e.item, RK_TEXT("started_at"));
    }
    return known == 3;
}

static bool is_named_volatile(const side *s, const rk_key *key)
{
    if (rk_key_is_volatile(key->name, key->type))
        return true;
    for (size_t i = 0; i < s->layouts.count; i++) {
        const rk_layout *layout = s->layouts.items[i];
        if (layout->db != key->db || !rk_slice_starts(key->name, layout->prefix))
            continue;
        rk_slice rest = rk_slice_from(key->name, layout->prefix.len);
        if (rk_key_is_volatile(rest, key->type) || (key->type == RK_HASH && is_process(layout, rest)))
            return true;
    }
    return false;
}

static bool is_volatile(rk_diff *d, side *s, const rk_catalog_key *k, const rk_key *key)
{
    return is_named_volatile(s, key) || is_profile(d, s, k, key);
}

/* ---- comparing -------------------------------------------------------------------------------------------------------- */

static bool ttl_differs(const rk_diff *d, const rk_catalog_key *a, const rk_catalog_key *b)
{
    if ((a->expire_ms == RK_NO_EXPIRY) != (b->expire_ms == RK_NO_EXPIRY))
        return true;
    uint64_t apart = a->expire_ms > b->expire_ms ? (uint64_t)a->expire_ms - (uint64_t)b->expire_ms
                                                 : (uint64_t)b->expire_ms - (uint64_t)a->expire_ms;
    return apart > (uint64_t)d->options.ttl_tolerance_ms;
}

static bool logical_of(rk_diff *d, side *s, const rk_catalog_key *key, rk_logical *logical)
{
    rk_key again;
    return look_again(d, s, key, &again) && rk_look_logical(look_of(s, key), logical, d->err);
}

static bool logically_equal(rk_diff *d, const rk_catalog_key *a, const rk_catalog_key *b, bool *equal)
{
    rk_logical x, y;
    *equal = false;
    if (a->type != b->type)
        return true;
    if (!logical_of(d, &d->old, a, &x) || !logical_of(d, &d->new, b, &y))
        return false;
    *equal = rk_digest_is(x.core, y.core) && x.elements == y.elements &&
             (!x.has_details || !y.has_details || rk_digest_is(x.details, y.details));
    return true;
}

static bool add_difference(rk_diff *d, key_difference difference)
{
    if (!rk_grow((void **)&d->differences, &d->difference_cap, d->difference_count + 1, sizeof difference,
                 d->err))
        return false;
    d->differences[d->difference_count++] = difference;
    return true;
}

static bool compare_pair(rk_diff *d, rk_catalog_key *a, rk_catalog_key *b)
{
    rk_key key;
    key_difference diff = { .old_key = (uint32_t)(a - d->old.catalog.keys),
                            .new_key = (uint32_t)(b - d->new.catalog.keys),
                            .verdict = RK_KEY_CHANGED };
    bool same_bytes = a->type_byte == b->type_byte && rk_digest_is(a->value, b->value), equal = same_bytes;
    diff.ttl_differs = ttl_differs(d, a, b);
    if (!same_bytes && !logically_equal(d, a, b, &equal))
        return false;
    equal = equal && a->meta == b->meta;
    diff.type_differs = a->type != b->type;
    diff.value_differs = !equal;
    if (equal && !diff.ttl_differs) {
        d->keys.equal += same_bytes;
        d->keys.equal_other_encoding += !same_bytes;
        return true;
    }
    if (!look_again(d, &d->old, a, &key))
        return false;
    if (is_volatile(d, &d->old, a, &key)) {
        d->keys.volatile_keys++;
        return true;
    }
    d->keys.changed++;
    d->ttl_lost += a->expire_ms != RK_NO_EXPIRY && b->expire_ms == RK_NO_EXPIRY;
    return add_difference(d, diff);
}

/* A collection without elements is no key to a server: it drops it on loading. All of the value is decoded, since
 * nobody has looked into it yet: a damaged one must not pass for a difference. */
static bool is_empty(rk_diff *d, side *s, const rk_catalog_key *key, bool *empty)
{
    rk_logical logical;
    if (!logical_of(d, s, key, &logical))
        return false;
    *empty = logical.elements == 0 && key->type != RK_STREAM;
    return true;
}

static bool judge_alone(rk_diff *d, side *s, const rk_catalog_key *k)
{
    rk_key key;
    bool empty;
    uint32_t index = (uint32_t)(k - s->catalog.keys);
    key_difference diff = { .old_key = s->is_new ? NO_KEY : index,
                            .new_key = s->is_new ? index : NO_KEY,
                            .verdict = s->is_new ? RK_KEY_ONLY_NEW : RK_KEY_ONLY_OLD };
    if (!is_empty(d, s, k, &empty) || !look_again(d, s, k, &key))
        return false;
    if (empty) {
        d->keys.empty++;
        return true;
    }
    if (is_volatile(d, s, k, &key)) {
        d->keys.volatile_keys++;
        return true;
    }
    int64_t now_ms = d->new.now_s < 0 ? INT64_MIN : (d->new.now_s + 1) * 1000 + d->options.ttl_tolerance_ms;
    if (!s->is_new && k->expire_ms != RK_NO_EXPIRY && k->expire_ms <= now_ms) {
        d->keys.expired++;
        diff.verdict = RK_KEY_EXPIRED;
    } else if (s->is_new) {
        d->keys.only_new++;
    } else {
        d->keys.only_old++;
    }
    return add_difference(d, diff);
}

/* ---- pairing ---------------------------------------------------------------------------------------------------------- */

static bool takes_part(const rk_catalog_key *key)
{
    return (key->flags & (RK_KEY_COUNTED | RK_KEY_MATCHED | RK_KEY_SHADOW)) == RK_KEY_COUNTED;
}

/* Under one name, one from each shard: the one with the same bytes first. */
static rk_catalog_key *partner_of(rk_diff *d, const rk_catalog_key *key, rk_digest name)
{
    rk_catalog_key *any = NULL, *next = NULL;
    while ((next = rk_catalog_find_digest(&d->new.catalog, name, next)) != NULL) {
        if (!takes_part(next))
            continue;
        if (rk_digest_is(next->value, key->value))
            return next;
        any = any ? any : next;
    }
    return any;
}

/* Where names must be known (filters, mapped namespaces) each key is looked at again; *skip: it takes no part. */
static bool name_in_new(rk_diff *d, const rk_catalog_key *k, rk_digest *name, bool *skip)
{
    rk_key key;
    uint32_t db;
    rk_slice as = RK_EMPTY;
    *name = k->name;
    *skip = false;
    if (!is_filtered(d) && !run_has_mapping(d))
        return true;
    if (!look_again(d, &d->old, k, &key))
        return false;
    *skip = !is_wanted(d, &d->old, k, &key);
    if (run_map_name(d, k->db, key.name, &db, &d->scratch[0])) {
        as = rk_buf_slice(&d->scratch[0]);
        *name = rk_catalog_name(db, as);
    }
    return d->err->code == RK_OK;
}

static bool compare_old(rk_diff *d)
{
    for (size_t i = 0; i < d->old.catalog.count; i++) {
        rk_catalog_key *key = &d->old.catalog.keys[i];
        rk_digest name;
        bool skip;
        if (!takes_part(key))
            continue;
        if (!name_in_new(d, key, &name, &skip))
            return false;
        rk_catalog_key *partner = partner_of(d, key, name);
        if (!partner && !rk_digest_is(name, key->name)) /* what is not Sidekiq's has kept its name */
            partner = partner_of(d, key, key->name);
        if (partner)
            partner->flags |= RK_KEY_MATCHED;
        key->flags |= RK_KEY_MATCHED;
        if (!skip && !(partner ? compare_pair(d, key, partner) : judge_alone(d, &d->old, key)))
            return false;
    }
    return true;
}

static bool judge_new_alone(rk_diff *d)
{
    rk_key again;
    for (size_t i = 0; i < d->new.catalog.count; i++) {
        const rk_catalog_key *key = &d->new.catalog.keys[i];
        if (!takes_part(key))
            continue;
        if (is_filtered(d) && (!look_again(d, &d->new, key, &again) || !is_wanted(d, &d->new, key, &again))) {
            if (d->err->code != RK_OK)
                return false;
            continue;
        }
        if (!judge_alone(d, &d->new, key))
            return false;
    }
    return true;
}

bool run_keys(rk_diff *d)
{
    return compare_old(d) && judge_new_alone(d);
}
