/* companion_batch: all keys of the batches that jobs belong to: a batch comes back whole, or jobs never complete it. */
#include "companions.h"

/* Batches of one maker: a key is `head` BID `tail`. */
typedef struct {
    const char *head;
    const char *const *tails; /* the first is "": the batch itself */
} batch_form;

static const char *const pro_tails[] = { "",        "-jids",     "-failinfo", "-failed", "-died",
                                         "-notify", "-complete", "-success",  "-cbsucc", "-pending",
                                         "-kids",   "-pkids",    "-pdead",    NULL };
static const char *const gem_tails[] = {
    "", "-jids", "-failed", "-success", "-complete", "-callbacks-complete", "-callbacks-success", NULL
};
static const batch_form forms[] = { { "b-", pro_tails }, { "BID-", gem_tails } };

/* Keys in which each batch is a member. */
static const char *const lists_of_batches[] = { "batches", "dead-batches", "batch-died", NULL };

static bool open_batch(rk_companions *c, uint32_t layout, rk_slice bid, rk_err *err)
{
    bool fresh;
    rk_slice kept;
    if (bid.len == 0)
        return true;
    if (!rk_bundle_ids_add(&c->batches, rk_hash64(bid) + layout, &fresh, err))
        return false;
    if (!fresh)
        return true;
    if (!rk_arena_copy(&c->arena, bid, &kept, err) ||
        !rk_grow((void **)&c->open_batches, &c->open_cap, c->open_count + 1, sizeof kept, err))
        return false;
    c->open_batches[c->open_count++] = kept;
    return true;
}

/* A batch may be part of another one. */
static bool open_parents(rk_companions *c, const rk_catalog_key *batch, uint32_t layout, rk_err *err)
{
    rk_key key;
    rk_element e;
    if (batch->type != RK_HASH)
        return true;
    rk_look *look = rk_companion_look(&c->from, batch, &key, err);
    while (look && rk_look_element(look, &e, err))
        if (e.kind == RK_ELEMENT_FIELD &&
            (rk_slice_is(e.item, RK_TEXT("parent")) || rk_slice_is(e.item, RK_TEXT("pbid"))) &&
            !open_batch(c, layout, e.value, err))
            return false;
    return err->code == RK_OK;
}

static bool want_tails(rk_companions *c, const batch_form *form, rk_slice bid, uint32_t layout, rk_err *err)
{
    const rk_catalog_key *key;
    rk_buf head = { 0 };
    bool ok = rk_buf_add(&head, rk_slice_of(form->head), err) && rk_buf_add(&head, bid, err);
    for (const char *const *tail = form->tails; ok && *tail; tail++) {
        ok = rk_companion_find(c, &c->from, layout, rk_buf_slice(&head), rk_slice_of(*tail), &key, err);
        if (!ok || !key)
            continue;
        c->old_batches |= strcmp(*tail, "-failinfo") == 0;
        ok = rk_companion_wish(c, key, layout, COMPANION_BATCH, RK_EMPTY, false, err) &&
             (**tail || open_parents(c, key, layout, err));
    }
    rk_buf_free(&head);
    return ok;
}

static bool want_membership(rk_companions *c, rk_slice bid, uint32_t layout, rk_err *err)
{
    const rk_catalog_key *key;
    for (const char *const *name = lists_of_batches; *name; name++) {
        if (!rk_companion_find(c, &c->from, layout, rk_slice_of(*name), RK_EMPTY, &key, err))
            return false;
        if (key && (key->type == RK_ZSET || key->type == RK_SET) &&
            !rk_companion_wish(c, key, layout, COMPANION_BATCH, bid, false, err))
            return false;
    }
    return true;
}

static bool find_batch(rk_companions *c, rk_slice bid, uint32_t layout, const batch_form **form, rk_err *err)
{
    const rk_catalog_key *key;
    *form = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && !*form; i++) {
        if (!rk_companion_find(c, &c->from, layout, rk_slice_of(forms[i].head), bid, &key, err))
            return false;
        *form = key ? &forms[i] : NULL;
    }
    return true;
}

bool rk_companion_want_batch(rk_companions *c, const companion_job *job, rk_err *err)
{
    rk_slice bid = job->envelope->bid;
    const batch_form *form;
    if (bid.len == 0)
        return true;
    if (job->envelope->bid_escaped && !rk_json_unescape(bid, &c->scratch, &bid, err))
        return false;
    c->open_count = 0;
    if (!find_batch(c, bid, job->layout, &form, err))
        return false;
    if (!form)
        c->jobs_without_batch++;
    if (!open_batch(c, job->layout, bid, err))
        return false;
    for (size_t i = 0; i < c->open_count; i++) {
        rk_slice open = c->open_batches[i];
        if (!find_batch(c, open, job->layout, &form, err) ||
            (form &&
             (!want_tails(c, form, open, job->layout, err) || !want_membership(c, open, job->layout, err))))
            return false;
    }
    return true;
}
