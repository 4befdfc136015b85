/* facts_sidekiq: which keys are Sidekiq's, and how many jobs lie in its places. Only keys whose names may belong to a
 * layout are kept; the layouts are found among these when the file has been read. */
#include "facts_parts.h"

/* So many keys, with names of so many bytes, are looked at: some 25 MB with all that is made of them. */
enum { CANDIDATES_MOST = 50000, NAMES_MOST = 8 * 1024 * 1024, NAME_MOST = 4096 };

/* A process counts as alive when it was heard of so shortly before the snapshot (spec: Sidekiq, "Heartbeat"). */
#define ALIVE_WITHIN_S 60.0

/* The hash of a process: HOST:PID:NONCE. Older ones, HOST:PID, cannot be told from anybody's "user:42". */
static bool is_process_hash(const rk_key *key)
{
    return key->type == RK_HASH && key->name.len > 13 && key->name.ptr[key->name.len - 13] == ':' &&
           rk_identity_is(key->name);
}

bool facts_sidekiq_add(check_facts *facts, const rk_key *key, uint64_t elements, rk_err *err)
{
    bool candidate = rk_candidate_is(key->name, key->type);
    if (!candidate && !is_process_hash(key))
        return true;
    if (key->name.len > NAME_MOST || facts->catalog.count == CANDIDATES_MOST ||
        facts->candidate_bytes + key->name.len > NAMES_MOST) {
        facts->out.sidekiq_unseen += candidate;
        return true;
    }
    facts->candidate_bytes += key->name.len;
    if (!rk_catalog_add(&facts->catalog, key, 0, (rk_digest){ 0 }, err))
        return false;
    if (!candidate)
        return true;
    rk_candidate c = { .db = key->db,
                       .type = key->type,
                       .spot = rk_spot_of(0, key->offset),
                       .expire_ms = key->expire_ms,
                       .jobs = key->type == RK_LIST || key->type == RK_ZSET ? elements : 0 };
    if (!rk_arena_copy(&facts->arena, key->name, &c.name, err) ||
        !rk_grow((void **)&facts->candidates, &facts->candidate_cap, facts->candidate_count + 1, sizeof c,
                 err))
        return false;
    facts->candidates[facts->candidate_count++] = c;
    return true;
}

bool facts_sidekiq_end(check_facts *facts, const rk_rdb *first, int64_t now_s, rk_err *err)
{
    rk_err met = { 0 };
    rk_look *look = NULL;
    rk_evidence evidence = { .catalog = &facts->catalog,
                             .looks = &look,
                             .candidates = facts->candidates,
                             .candidate_count = facts->candidate_count,
                             .now_s = now_s,
                             .alive_within_s = ALIVE_WITHIN_S,
                             .counts_only = true,
                             .only_prefix = RK_EMPTY };
    if (!rk_catalog_close(&facts->catalog, err) || !(look = rk_look_open_rdb(first, err)))
        return false;
    bool found = rk_layouts_find(&facts->layouts, &evidence, &met) &&
                 (!facts->look_into_jobs || facts_jobs_look(facts, look, &met));
    rk_look_close(look);
    if (found)
        facts->out.sidekiq = &facts->layouts;
    if (found || met.code == RK_DAMAGED || met.code == RK_TRUNCATED || met.code == RK_UNKNOWN)
        return true; /* damage has been told by the check */
    *err = met;
    return false;
}

void facts_sidekiq_free(check_facts *facts)
{
    rk_layouts_free(&facts->layouts);
    rk_catalog_free(&facts->catalog);
    rk_free(facts->candidates);
}
