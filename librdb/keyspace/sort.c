/* sort: SORT with STORE (spec: AOF, "Keys", SORT); without, it changes nothing. */
#include "list.h"
#include "sort.h"
#include "zset.h"

/* ---- options ---------------------------------------------------------------------------------------------- */

/* Reads the option at argument *i, which then stands at its last one. */
static bool read_option(ks_call *c, size_t *i, sort_job *job)
{
    rk_slice word = ks_arg(c, *i);
    size_t behind = ks_argc(c) - 1 - *i;
    bool gets = behind >= 1 && ks_is(word, "get"), by = behind >= 1 && ks_is(word, "by");
    if (ks_is(word, "asc") || ks_is(word, "desc")) {
        job->descending = ks_is(word, "desc");
        return true;
    }
    if (ks_is(word, "alpha"))
        return job->alpha = true;
    if (ks_is(word, "limit") && behind >= 2) {
        *i += 2;
        return ks_int(ks_arg(c, *i - 1), &job->skip) && ks_int(ks_arg(c, *i), &job->most);
    }
    if (ks_is(word, "store") && behind >= 1) {
        job->store = ++*i;
        return true;
    }
    if (!gets && !by)
        return false;
    rk_slice pattern = ks_arg(c, ++*i);
    bool star = memchr(pattern.ptr, '*', pattern.len) != NULL;
    job->patterns |= star;
    job->gets += gets;
    if (by) {
        job->by = *i;
        job->as_found |= !star;
    }
    return true;
}

static bool read_options(ks_call *c, sort_job *job)
{
    char shown[40];
    for (size_t i = 2; i < ks_argc(c); i++) {
        size_t at = i;
        if (!read_option(c, &i, job)) {
            ks_fails(c, "'%s' is no option of SORT, or not a whole one",
                     rk_slice_print(ks_arg(c, at), shown, sizeof shown));
            return false;
        }
    }
    return true;
}

/* ---- elements --------------------------------------------------------------------------------------------- */

static bool add(rk_keyspace *ks, sort_job *job, const ks_str *str)
{
    rk_slice bytes;
    if (!rk_grow((void **)&job->items, &job->cap, job->count + 1, sizeof *job->items, ks->err))
        return false;
    sort_item *item = &job->items[job->count];
    *item = (sort_item){ .index = job->count };
    if (!ks_str_bytes(ks, str, &ks->scratch[1], &bytes) ||
        !rk_arena_copy(&job->arena, bytes, &item->element, ks->err))
        return false;
    job->count++;
    return true;
}

static bool add_list(rk_keyspace *ks, sort_job *job, const ks_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!add(ks, job, ks_list_at(list, i)))
            return false;
    return true;
}

static bool add_set(rk_keyspace *ks, sort_job *job, const ks_dict *set)
{
    const ks_str *member;
    for (uint32_t at = 0; (member = ks_dict_next(set, &at)) != NULL;)
        if (!add(ks, job, member))
            return false;
    return true;
}

/* By rank. */
static bool add_zset(rk_keyspace *ks, sort_job *job, ks_zset *zset)
{
    if (!ks_order_make(ks, zset))
        return false;
    for (uint64_t rank = 0; rank < zset->members.count; rank++) {
        const ks_member *member = ks_order_at(ks, zset, rank);
        if (!member || !add(ks, job, &member->name))
            return false;
    }
    return true;
}

/* The elements of the key of argument 1; none when there is no key. False: it has none, or trouble. */
static bool gather(ks_call *c, sort_job *job, rk_outcome *outcome)
{
    ks_key *key = ks_open_any(c, 1);
    if (!key)
        return !ks_bad(c->ks);
    switch (key->type) {
    case RK_LIST:
        return add_list(c->ks, job, key->list);
    case RK_ZSET:
        return add_zset(c->ks, job, key->zset);
    case RK_SET:
        if (job->as_found) { /* a set has no order of its own: servers sort it, so that all have the same one */
            job->as_found = false;
            job->alpha = true;
            job->by = 0;
        }
        return add_set(c->ks, job, key->set);
    default:
        *outcome = ks_wrong_type(c, key);
        return false;
    }
}

static void reverse(sort_job *job)
{
    for (size_t i = 0; i < job->count / 2; i++) {
        sort_item kept = job->items[i];
        job->items[i] = job->items[job->count - 1 - i];
        job->items[job->count - 1 - i] = kept;
    }
}

/* ---- the result ------------------------------------------------------------------------------------------- */

static bool put(rk_keyspace *ks, ks_list *list, rk_slice bytes)
{
    ks_str item;
    if (!ks_list_reserve(ks, list, 1) || !ks_str_of(ks, bytes, &item))
        return false;
    ks_list_put(list, true, item);
    return true;
}

/* What is stored of one element: itself, or what each GET yields; empty strings where it yields nothing. */
static bool put_item(ks_call *c, sort_job *job, ks_list *list, rk_slice element)
{
    rk_slice value;
    bool found;
    if (job->gets == 0)
        return put(c->ks, list, element);
    for (size_t i = 2; i < ks_argc(c); i++) {
        sort_job ignored = { 0 };
        bool gets = ks_is(ks_arg(c, i), "get");
        read_option(c, &i, &ignored);
        if (gets && (!ks_sort_follow(c, job, i, element, &value, &found) || !put(c->ks, list, value)))
            return false;
    }
    return true;
}

static rk_outcome store(ks_call *c, sort_job *job, ks_list *list)
{
    rk_slice name = ks_arg(c, job->store);
    bool was = ks_peek(c->ks, c->db, name) != NULL;
    bool doubtful = ks_is_doubtful(c->ks, c->db, ks_arg(c, 1)) ||
                    (job->patterns && c->ks->interest); /* what they lead to need not have been kept */
    ks_drop_name(c->ks, c->db, name);
    if (doubtful)
        ks_doubt(c->ks, c->db, name);
    else
        ks_trust(c->ks, c->db, name);
    if (list->count == 0) {
        ks_list_free(c->ks, list);
        return was ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
    }
    ks_key *key = ks_make(c->ks, c->db, name, RK_LIST);
    if (!key) {
        ks_list_free(c->ks, list);
        return RK_OUTCOME_FAILED;
    }
    key->list = list;
    ks_tell_arrival(c->ks, key);
    return RK_OUTCOME_DONE;
}

static rk_outcome sort_and_store(ks_call *c, sort_job *job)
{
    rk_outcome outcome = RK_OUTCOME_FAILED;
    if (!gather(c, job, &outcome) || (!job->as_found && !ks_sort_weigh(c, job, &outcome)))
        return outcome;
    if (!job->as_found)
        ks_sort_order(job);
    else if (job->descending)
        reverse(job);
    size_t first = job->skip < 0 ? 0 : (uint64_t)job->skip < job->count ? (size_t)job->skip : job->count;
    size_t count = job->count - first;
    if (job->most >= 0 && (uint64_t)job->most < count)
        count = (size_t)job->most;
    ks_list *list = ks_list_new(c->ks);
    for (size_t i = first; list && i < first + count; i++)
        if (!put_item(c, job, list, job->items[i].element))
            break;
    if (list && !ks_bad(c->ks))
        return store(c, job, list);
    ks_list_free(c->ks, list);
    return outcome;
}

static rk_outcome sort(ks_call *c)
{
    sort_job job = { .most = -1 };
    if (!read_options(c, &job))
        return RK_OUTCOME_FAILED;
    if (!job.store)
        return RK_OUTCOME_NOTHING;
    rk_outcome outcome = sort_and_store(c, &job);
    rk_free(job.items);
    rk_arena_free(&job.arena);
    return outcome;
}

const ks_verb ks_sort_verbs[] = { { RK_VERB_SORT, sort }, { RK_VERB_UNKNOWN, NULL } };
