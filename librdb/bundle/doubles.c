/* doubles: which jobs do several bundles have, and which of their copies counts? Only ids that occur more than once are held
 * in full, the others for a moment as 8 bytes. */
#include <math.h>
#include <stdlib.h>

#include "combine.h"

static bool id_of(const rk_bundle_job *job, rk_envelope *envelope, rk_buf *scratch, uint64_t *id, rk_err *err)
{
    rk_envelope_scan(job->payload, envelope);
    return rk_bundle_id_of(job->payload, envelope, scratch, id, err);
}

/* ---- ids that occur more than once ------------------------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static bool gather_ids(uint64_t *ids, size_t most, rk_bundle *const *bundles, size_t count, rk_buf *scratch,
                       rk_err *err)
{
    rk_bundle_job job;
    rk_envelope envelope;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        rk_bundle_rewind(bundles[i], false);
        while (at < most && rk_bundle_next(bundles[i], &job, err))
            if (!id_of(&job, &envelope, scratch, &ids[at++], err))
                return false;
        rk_bundle_rewind(bundles[i], false);
        if (err->code != RK_OK)
            return false;
    }
    return true;
}

static bool find_repeated(rk_bundle_ids *repeated, rk_bundle *const *bundles, size_t count, rk_buf *scratch,
                          rk_err *err)
{
    uint64_t all = 0;
    bool fresh;
    for (size_t i = 0; i < count; i++)
        all += rk_bundle_info_of(bundles[i])->jobs;
    uint64_t *ids = rk_alloc(((size_t)all + 1) * sizeof *ids);
    bool ok = (ids || rk_no_memory(err)) && gather_ids(ids, (size_t)all, bundles, count, scratch, err);
    if (ok)
        qsort(ids, (size_t)all, sizeof *ids, by_number);
    for (size_t i = 1; ok && i < all; i++)
        if (ids[i] == ids[i - 1])
            ok = rk_bundle_ids_add(repeated, ids[i], &fresh, err);
    rk_free(ids);
    return ok;
}

/* ---- their copies ------------------------------------------------------------------------------------------------------- */

static double latest(const rk_envelope *e)
{
    const double times[] = { e->created_at, e->enqueued_at, e->failed_at, e->retried_at };
    double time = -1;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        if (!isnan(times[i]) && times[i] > time)
            time = times[i];
    return time;
}

static bool add_copies(bundle_doubles *d, rk_bundle *bundle, uint32_t index, const rk_bundle_ids *repeated,
                       rk_buf *scratch, rk_err *err)
{
    rk_bundle_job job;
    rk_envelope e;
    uint64_t id;
    rk_bundle_rewind(bundle, false);
    while (rk_bundle_next(bundle, &job, err)) {
        if (!id_of(&job, &e, scratch, &id, err))
            return false;
        if (!rk_bundle_ids_has(repeated, id))
            continue;
        if (!rk_grow((void **)&d->copies, &d->cap, d->count + 1, sizeof *d->copies, err))
            return false;
        d->copies[d->count++] = (bundle_copy){ .id = id,
                                               .bytes = rk_digest_of(job.payload).lo,
                                               .place = rk_hash64(job.key) + job.db * 16 + job.kind,
                                               .time = latest(&e),
                                               .seq = job.seq,
                                               .bundle = index,
                                               .held = job.act == RK_ACT_HOLD };
    }
    rk_bundle_rewind(bundle, false);
    return err->code == RK_OK;
}

/* Copies of a job side by side, those that are alike together, the first bundle first. */
static int by_job(const void *a, const void *b)
{
    const bundle_copy *c = a, *d = b;
    if (c->id != d->id)
        return c->id < d->id ? -1 : 1;
    if (c->bytes != d->bytes)
        return c->bytes < d->bytes ? -1 : 1;
    if (c->place != d->place)
        return c->place < d->place ? -1 : 1;
    if (c->bundle != d->bundle)
        return c->bundle < d->bundle ? -1 : 1;
    return c->seq < d->seq ? -1 : c->seq > d->seq;
}

static int by_place_in_bundle(const void *a, const void *b)
{
    const bundle_copy *c = a, *d = b;
    if (c->bundle != d->bundle)
        return c->bundle < d->bundle ? -1 : 1;
    return c->seq < d->seq ? -1 : c->seq > d->seq;
}

static bool is_alike(const bundle_copy *a, const bundle_copy *b)
{
    return a->bytes == b->bytes && a->place == b->place;
}

static bool is_of_one_bundle(const bundle_copy *copies, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (copies[i].bundle != copies[0].bundle)
            return false;
    return true;
}

/* Those that are alike: what the first bundle has of them stays; one that is held anywhere is held. Returns their number. */
static size_t judge_alike(bundle_copy *copies, size_t count)
{
    size_t alike = 0;
    bool held = false;
    for (; alike < count && is_alike(&copies[alike], &copies[0]); alike++)
        held |= copies[alike].held;
    for (size_t i = 0; i < alike; i++)
        copies[i].fate = copies[i].bundle != copies[0].bundle ? COPY_DROPPED : held ? COPY_HELD : COPY_KEPT;
    return alike;
}

/* All copies of one id. */
static void judge(bundle_copy *copies, size_t count)
{
    const bundle_copy *newest = &copies[0];
    if (is_of_one_bundle(copies, count))
        return;
    for (size_t i = 0; i < count; i += judge_alike(copies + i, count - i))
        if (copies[i].time > newest->time ||
            (copies[i].time == newest->time && copies[i].bundle < newest->bundle))
            newest = &copies[i];
    for (size_t i = 0; i < count; i++)
        if (!is_alike(&copies[i], newest) && copies[i].fate != COPY_DROPPED)
            copies[i].fate = COPY_OLDER;
}

static void judge_all(bundle_doubles *d)
{
    size_t count;
    if (d->count == 0)
        return;
    qsort(d->copies, d->count, sizeof *d->copies, by_job);
    for (size_t i = 0; i < d->count; i += count) {
        for (count = 1; i + count < d->count && d->copies[i + count].id == d->copies[i].id;)
            count++;
        judge(d->copies + i, count);
    }
    qsort(d->copies, d->count, sizeof *d->copies, by_place_in_bundle);
}

bool rk_bundle_doubles_find(bundle_doubles *doubles, rk_bundle *const *bundles, size_t count, rk_err *err)
{
    rk_bundle_ids repeated = { 0 };
    rk_buf scratch = { 0 };
    bool ok = find_repeated(&repeated, bundles, count, &scratch, err);
    for (size_t i = 0; ok && repeated.count > 0 && i < count; i++)
        ok = add_copies(doubles, bundles[i], (uint32_t)i, &repeated, &scratch, err);
    if (ok)
        judge_all(doubles);
    rk_bundle_ids_free(&repeated);
    rk_buf_free(&scratch);
    return ok;
}

copy_fate rk_bundle_doubles_fate(const bundle_doubles *doubles, size_t bundle, uint64_t seq)
{
    bundle_copy wanted = { .bundle = (uint32_t)bundle, .seq = seq };
    const bundle_copy *found = doubles->count == 0 ? NULL
                                                   : bsearch(&wanted, doubles->copies, doubles->count,
                                                             sizeof wanted, by_place_in_bundle);
    return found ? (copy_fate)found->fate : COPY_KEPT;
}

void rk_bundle_doubles_free(bundle_doubles *doubles)
{
    rk_free(doubles->copies);
    *doubles = (bundle_doubles){ 0 };
}
