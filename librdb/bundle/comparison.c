/* comparison: which jobs of a bundle are in a data set, how often, and with which bytes. */
#include "ids.h"
#include "rdbkit/bundle_look.h"

const char *rk_found_name(rk_found found)
{
    static const char *const names[RK_FOUND_KINDS] = { "once", "missing", "more", "other" };
    return (unsigned)found < RK_FOUND_KINDS ? names[found] : "unknown";
}

/* Jobs of one jid and the same bytes; sorted by both, so that no choice of jids makes looking one up take long. */
typedef struct {
    uint64_t id, bytes;       /* hashes */
    uint32_t due, same;       /* how many of them a restore puts back; how many are there */
    uint32_t due_id, same_id; /* of the first one of an id: the same of all that have the id */
} tally;

struct rk_comparison {
    rk_bundle *bundle;
    tally *tallies;
    size_t tally_count;
    rk_comparison_counts counts;
    bool partial;
    rk_err reason;
    rk_buf scratch;
};

/* ---- tallies -------------------------------------------------------------------------------------------------------- */

static bool is_before(const tally *a, const tally *b)
{
    return a->id != b->id ? a->id < b->id : a->bytes < b->bytes;
}

static void sift(tally *tallies, size_t from, size_t count)
{
    tally sinking = tallies[from];
    for (size_t child; (child = from * 2 + 1) < count; from = child) {
        if (child + 1 < count && is_before(&tallies[child], &tallies[child + 1]))
            child++;
        if (!is_before(&sinking, &tallies[child]))
            break;
        tallies[from] = tallies[child];
    }
    tallies[from] = sinking;
}

/* A heap sort: qsort would take as much memory again. */
static void sort_tallies(tally *tallies, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(tallies, i - 1, count);
    for (size_t end = count; end > 1; end--) {
        tally last = tallies[0];
        tallies[0] = tallies[end - 1];
        tallies[end - 1] = last;
        sift(tallies, 0, end - 1);
    }
}

/* The first that is not before. */
static tally *first_from(const rk_comparison *c, uint64_t id, uint64_t bytes)
{
    tally wanted = { .id = id, .bytes = bytes };
    size_t from = 0, to = c->tally_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (is_before(&c->tallies[middle], &wanted))
            from = middle + 1;
        else
            to = middle;
    }
    return c->tallies + from;
}

/* The first one of the id, or NULL. */
static tally *find_id(const rk_comparison *c, uint64_t id)
{
    tally *t = first_from(c, id, 0);
    return t < c->tallies + c->tally_count && t->id == id ? t : NULL;
}

static tally *find(const rk_comparison *c, uint64_t id, uint64_t bytes)
{
    tally *t = first_from(c, id, bytes);
    return t < c->tallies + c->tally_count && t->id == id && t->bytes == bytes ? t : NULL;
}

/* Makes one of those that are equal, and adds up what is due of each id. */
static void fold(rk_comparison *c)
{
    size_t kept = 0, head = 0;
    for (size_t i = 0; i < c->tally_count; i++) {
        tally t = c->tallies[i];
        if (kept == 0 || c->tallies[kept - 1].id != t.id)
            head = kept;
        if (kept > 0 && !is_before(&c->tallies[kept - 1], &t))
            c->tallies[kept - 1].due += t.due;
        else
            c->tallies[kept++] = t;
        c->tallies[head].due_id += t.due;
    }
    c->tally_count = kept;
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static bool identify(rk_comparison *c, const rk_bundle_job *job, uint64_t *id, uint64_t *bytes, rk_err *err)
{
    rk_envelope envelope;
    rk_envelope_scan(job->payload, &envelope);
    *bytes = rk_digest_of(job->payload).lo;
    return rk_bundle_id_of(job->payload, &envelope, &c->scratch, id, err);
}

static bool read_bundle(rk_comparison *c, rk_err *err)
{
    rk_bundle_job job;
    uint64_t jobs = rk_bundle_info_of(c->bundle)->jobs;
    if (jobs >= UINT32_MAX)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "%" PRIu64 " jobs, %" PRIu32 " are the most", jobs,
                       UINT32_MAX - 1);
    c->tallies = rk_alloc(((size_t)jobs + 1) * sizeof *c->tallies);
    if (!c->tallies)
        return rk_no_memory(err);
    rk_bundle_rewind(c->bundle, false);
    while (c->tally_count < jobs && rk_bundle_next(c->bundle, &job, err)) {
        tally *t = &c->tallies[c->tally_count++];
        t->due = job.act != RK_ACT_HOLD;
        if (!identify(c, &job, &t->id, &t->bytes, err))
            return false;
    }
    rk_bundle_rewind(c->bundle, false);
    sort_tallies(c->tallies, c->tally_count);
    fold(c);
    return err->code == RK_OK;
}

static void note_seen(rk_comparison *c, const rk_job_seen *seen)
{
    tally *head = seen->echo ? NULL : find_id(c, seen->id);
    if (!head)
        return;
    head->same_id++;
    tally *t = find(c, seen->id, rk_digest_of(seen->payload).lo);
    if (t)
        t->same++;
}

static bool read_jobs(rk_comparison *c, const rk_jobs_options *now, rk_err *err)
{
    rk_job_seen seen;
    rk_jobs *jobs = rk_jobs_open(now, err);
    while (jobs && rk_jobs_next(jobs, &seen, err))
        note_seen(c, &seen);
    for (size_t i = 0; jobs && i < now->paths->count; i++) {
        const rk_snapshot_info *info = rk_snapshot_info_of(rk_jobs_snapshot(jobs, i));
        if (info->partial && !c->partial)
            c->reason = info->reason;
        c->partial |= info->partial;
    }
    rk_jobs_close(jobs);
    return jobs && err->code == RK_OK;
}

/* ---- what is told --------------------------------------------------------------------------------------------------- */

static rk_found judge(const tally *t, const tally *head)
{
    if (t->same > t->due || head->same_id > head->due_id)
        return RK_FOUND_MORE;
    if (t->same == t->due)
        return RK_FOUND_ONCE;
    return head->same_id > t->same ? RK_FOUND_OTHER : RK_FOUND_MISSING;
}

static bool judge_job(rk_comparison *c, const rk_bundle_job *job, rk_found *found, const tally **t,
                      uint64_t *copies, rk_err *err)
{
    uint64_t id, bytes;
    if (!identify(c, job, &id, &bytes, err))
        return false;
    const tally *head = find_id(c, id);
    *t = find(c, id, bytes);
    *copies = head ? head->same_id : 0;
    *found = *t ? judge(*t, head) : RK_FOUND_MISSING;
    return true;
}

static bool count(rk_comparison *c, rk_err *err)
{
    rk_bundle_job job;
    rk_found found;
    const tally *t;
    uint64_t copies;
    while (rk_bundle_next(c->bundle, &job, err)) {
        if (!judge_job(c, &job, &found, &t, &copies, err))
            return false;
        if (job.act == RK_ACT_HOLD) {
            c->counts.held++;
            c->counts.held_there += t && t->same > t->due;
        } else {
            c->counts.jobs++;
            c->counts.found[found]++;
        }
    }
    rk_bundle_rewind(c->bundle, false);
    return err->code == RK_OK;
}

rk_comparison *rk_comparison_open(rk_bundle *bundle, const rk_jobs_options *now, rk_err *err)
{
    rk_comparison *c = rk_alloc(sizeof *c);
    if (!c) {
        rk_no_memory(err);
        return NULL;
    }
    c->bundle = bundle;
    if (read_bundle(c, err) && read_jobs(c, now, err) && count(c, err))
        return c;
    rk_comparison_close(c);
    return NULL;
}

void rk_comparison_close(rk_comparison *comparison)
{
    if (!comparison)
        return;
    rk_free(comparison->tallies);
    rk_buf_free(&comparison->scratch);
    rk_free(comparison);
}

const rk_comparison_counts *rk_comparison_counts_of(const rk_comparison *comparison)
{
    return &comparison->counts;
}

const rk_err *rk_comparison_partial(const rk_comparison *comparison)
{
    return comparison->partial ? &comparison->reason : NULL;
}

bool rk_comparison_next(rk_comparison *comparison, rk_bundle_job *job, rk_found *found, uint64_t *copies,
                        rk_err *err)
{
    const tally *t;
    while (rk_bundle_next(comparison->bundle, job, err)) {
        if (job->act == RK_ACT_HOLD)
            continue;
        if (!judge_job(comparison, job, found, &t, copies, err))
            return false;
        if (*found != RK_FOUND_ONCE)
            return true;
    }
    return false;
}
