/* harm_hand: does a command look like what Sidekiq writes when jobs are removed in its web interface (spec: Sidekiq, "Hands:
 * web UI and API")? A queue is cleared with its list and its name in `queues`, in one transaction. */
#include "harm.h"

const char *rk_harm_hand_name(rk_harm_hand hand)
{
    static const char *const names[] = {
        [RK_HAND_OTHER] = "other", [RK_HAND_MAYBE] = "maybe", [RK_HAND_SIDEKIQ] = "sidekiq"
    };
    return (unsigned)hand <= RK_HAND_SIDEKIQ ? names[hand] : NULL;
}

bool harm_note_unlisted(rk_harms *h, const rk_step *step, rk_err *err)
{
    if (!step->command->in_multi)
        return true;
    for (size_t i = 0; i < step->effect_count; i++) {
        const rk_effect *e = &step->effects[i];
        rk_slice queue;
        if (e->type != RK_SET || e->kind != RK_EFFECT_OUT || e->whole || !log_holds_jobs(e->key, RK_SET))
            continue;
        if (!rk_replay_item(h->replay, e->item, &h->scratch, &queue, err) ||
            !rk_grow((void **)&h->unlisted, &h->unlisted_cap, h->unlisted_count + 1, sizeof *h->unlisted,
                     err))
            return false;
        harm_unlisted *u = &h->unlisted[h->unlisted_count];
        u->db = e->db;
        if (!rk_arena_copy(&h->arena, e->key, &u->set, err) ||
            !rk_arena_copy(&h->arena, queue, &u->queue, err))
            return false;
        h->unlisted_count++;
    }
    return true;
}

/* The list and the name in `queues` have the same prefix, and the name is that of the list. */
static bool is_of(const harm_unlisted *u, const rk_harm_key *key)
{
    static const char head[] = "queue:";
    size_t prefix = u->set.len - strlen("queues"), middle = prefix + strlen(head);
    return u->db == key->db && key->name.len == middle + u->queue.len &&
           memcmp(key->name.ptr, u->set.ptr, prefix) == 0 &&
           memcmp(key->name.ptr + prefix, head, strlen(head)) == 0 &&
           rk_slice_is(rk_slice_from(key->name, middle), u->queue);
}

static bool was_unlisted(const rk_harms *h, const rk_harm_key *key)
{
    for (size_t i = 0; i < h->unlisted_count; i++)
        if (is_of(&h->unlisted[i], key))
            return true;
    return false;
}

static bool all_unlisted(const rk_harms *h, const rk_harm *harm)
{
    for (size_t i = 0; i < harm->key_count; i++)
        if (harm->keys[i].type != RK_LIST || !was_unlisted(h, &harm->keys[i]))
            return false;
    return harm->key_count > 0;
}

rk_harm_hand harm_hand_of(const rk_harms *h, const rk_harm *harm)
{
    rk_verb verb = harm->spot.verb;
    bool is_set = harm->key_count == 1 && harm->keys[0].type == RK_ZSET;
    if (harm->kind == RK_HARM_TRIMMED)
        return RK_HAND_SIDEKIQ;
    if (harm->kind == RK_HARM_DELETED && (verb == RK_VERB_DEL || verb == RK_VERB_UNLINK)) {
        if (all_unlisted(h, harm))
            return RK_HAND_SIDEKIQ;
        return is_set ? RK_HAND_MAYBE : RK_HAND_OTHER;
    }
    /* 2.0 to 2.8 took all due jobs at once */
    return harm->kind == RK_HARM_CUT && verb == RK_VERB_ZREMRANGEBYSCORE && is_set ? RK_HAND_MAYBE
                                                                                   : RK_HAND_OTHER;
}
