/* fuzz_spool: files of jobs, a line each. What must hold, whatever the bytes:
 * - what is refused is damage, with the number of its line and an offset within it;
 * - each job that is taken is a JSON object with a class, lies in its line byte for byte or as a text in it, goes to a queue
 *   with a name or to `schedule` with a score that is a number, and is no poison there;
 * - read again it is the same, job by job. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rdbkit/bundle_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Offset of the line behind the first `number` - 1 ones, and of its end. */
static void find_line(rk_slice all, uint64_t number, size_t *from, size_t *to)
{
    *from = 0;
    for (uint64_t i = 1; i < number; i++) {
        *from = rk_slice_find(all, RK_TEXT("\n"), *from);
        must(*from != SIZE_MAX);
        ++*from;
    }
    *to = rk_slice_find(all, RK_TEXT("\n"), *from);
    *to = *to == SIZE_MAX ? all.len : *to;
}

static void check_job(const rk_job_spool *spool, const rk_bundle_job *job, rk_slice all)
{
    size_t from, to;
    rk_envelope envelope;
    find_line(all, rk_job_spool_line(spool), &from, &to);
    must(job->offset >= from && job->offset < to);
    must(rk_envelope_scan(job->payload, &envelope) && envelope.class_name.len > 0);
    must(rk_poison_of(job->kind, job->payload) == RK_POISON_NONE);
    must(job->act == RK_ACT_RESTORE && job->has_offset);
    if (job->kind == RK_PLACE_SCHEDULE)
        must(job->has_score && isfinite(job->score) && rk_slice_is(job->key, RK_TEXT("schedule")));
    else
        must(job->kind == RK_PLACE_QUEUE && job->queue.len > 0 && rk_slice_ends(job->key, job->queue));
    rk_slice there = rk_slice_head(rk_slice_from(all, (size_t)job->offset), job->payload.len);
    bool as_text = rk_slice_find(rk_slice_head(rk_slice_from(all, from), to - from), RK_TEXT("\"payload"),
                                 0) != SIZE_MAX;
    must(as_text || rk_slice_is(there, job->payload) ||
         rk_slice_find(rk_slice_head(rk_slice_from(all, from), to - from), RK_TEXT("\\u"), 0) != SIZE_MAX);
}

/* Reads it to its end; tells the sum of what it says. */
static rk_digest read_all(rk_job_spool *spool, rk_slice all, rk_err *err)
{
    rk_bundle_job job;
    rk_digest sum = { 0 };
    while (rk_job_spool_next(spool, &job, err)) {
        check_job(spool, &job, all);
        sum = rk_digest_sum(sum, rk_digest_seeded(job.payload, rk_job_spool_line(spool)));
        sum = rk_digest_sum(sum, rk_digest_of(job.key));
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_err err = { 0 };
    char path[64];
    rk_slice all = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    if (rk_slice_starts(all, RK_TEXT("\x1f\x8b")) || rk_slice_starts(all, RK_TEXT("\x28\xb5\x2f\xfd")))
        return 0; /* a packed file is another input */
    int fd = memfd_create("spool", 0);
    must(fd >= 0 && write(fd, all.ptr, all.len) == (ssize_t)all.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    rk_job_spool *spool = rk_job_spool_open(path, NULL, &err);
    must(spool != NULL);
    rk_digest sum = read_all(spool, all, &err);
    if (err.code == RK_OK) {
        must(rk_job_spool_rewind(spool, &err));
        must(rk_digest_is(sum, read_all(spool, all, &err)) && err.code == RK_OK);
    } else {
        size_t from, to;
        must(err.code == RK_DAMAGED && err.has_offset && strncmp(err.what, "line ", 5) == 0);
        must(strtoull(err.what + 5, NULL, 10) == rk_job_spool_line(spool));
        find_line(all, rk_job_spool_line(spool), &from, &to);
        must(err.offset >= from && err.offset < to);
    }
    rk_job_spool_close(spool);
    close(fd);
    return 0;
}
