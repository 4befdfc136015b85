/* runs: sorted runs on a temporary file, merged through a heap of their heads. */
#include "runs.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../io/spool.h"

/* A run: `left` items at `at` (counted in items) are still in the file, [next, end) of its buffer in memory. */
typedef struct {
    uint64_t at, left;
    distinct_item *buffer;
    size_t next, end;
} run;

struct check_runs {
    int file;
    uint64_t written; /* items */
    run *runs;
    size_t count, cap;
    size_t room;  /* items in the buffer of each */
    size_t *heap; /* runs that have items, the one with the least head first */
    size_t heap_count;
    bool started;
    distinct_item first; /* the foremost of the present digest */
};

/* By digest, then by place. */
static int compare(const distinct_item *a, const distinct_item *b)
{
    if (a->digest.hi != b->digest.hi)
        return a->digest.hi < b->digest.hi ? -1 : 1;
    if (a->digest.lo != b->digest.lo)
        return a->digest.lo < b->digest.lo ? -1 : 1;
    return a->from < b->from ? -1 : a->from > b->from;
}

static int compare_items(const void *a, const void *b)
{
    return compare(a, b);
}

check_runs *check_runs_new(rk_err *err)
{
    check_runs *runs = rk_alloc(sizeof *runs);
    if (!runs) {
        rk_no_memory(err);
        return NULL;
    }
    runs->file = rk_spool_open(err);
    if (runs->file >= 0)
        return runs;
    rk_free(runs);
    return NULL;
}

void check_runs_free(check_runs *runs)
{
    if (!runs)
        return;
    close(runs->file);
    rk_free(runs->runs);
    rk_free(runs->heap);
    rk_free(runs);
}

bool check_runs_add(check_runs *runs, distinct_item *items, size_t count, rk_err *err)
{
    if (count == 0)
        return true;
    if (!rk_grow((void **)&runs->runs, &runs->cap, runs->count + 1, sizeof *runs->runs, err))
        return false;
    qsort(items, count, sizeof *items, compare_items);
    runs->runs[runs->count++] = (run){ .at = runs->written, .left = count };
    runs->written += count;
    return rk_spool_write(runs->file, items, count * sizeof *items, err);
}

/* Reads the next items of a run into its buffer. */
static bool refill(check_runs *runs, run *r, rk_err *err)
{
    size_t count = r->left < runs->room ? (size_t)r->left : runs->room, done = 0;
    size_t wanted = count * sizeof *r->buffer;
    while (done < wanted) {
        ssize_t n = pread(runs->file, (uint8_t *)r->buffer + done, wanted - done,
                          (off_t)(r->at * sizeof *r->buffer + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return rk_fail(err, RK_IO, RK_NO_OFFSET, "cannot read the temporary file again: %s",
                           n < 0 ? strerror(errno) : "it ends too early");
        done += (size_t)n;
    }
    r->at += count;
    r->left -= count;
    r->next = 0;
    r->end = count;
    return true;
}

static bool before(const check_runs *runs, size_t a, size_t b)
{
    const run *x = &runs->runs[runs->heap[a]], *y = &runs->runs[runs->heap[b]];
    return compare(&x->buffer[x->next], &y->buffer[y->next]) < 0;
}

/* Lets the run at the place `at` of the heap sink to where it belongs. */
static void sink(check_runs *runs, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < runs->heap_count; child++)
            if (before(runs, child, least))
                least = child;
        if (least == at)
            return;
        size_t swapped = runs->heap[at];
        runs->heap[at] = runs->heap[least];
        runs->heap[least] = swapped;
        at = least;
    }
}

bool check_runs_merge(check_runs *runs, distinct_item *memory, size_t room, rk_err *err)
{
    runs->heap = rk_alloc(runs->count * sizeof *runs->heap);
    if (!runs->heap)
        return rk_no_memory(err);
    runs->room = room / runs->count;
    if (runs->room == 0)
        return rk_no_memory(err); /* not before there are as many runs as a run has items */
    for (size_t i = 0; i < runs->count; i++) {
        runs->runs[i].buffer = memory + i * runs->room;
        runs->heap[runs->heap_count++] = i;
        if (!refill(runs, &runs->runs[i], err))
            return false;
    }
    for (size_t i = runs->heap_count; i-- > 0;)
        sink(runs, i);
    return true;
}

/* The least item of all runs; false at the end, and on failure. */
static bool take(check_runs *runs, distinct_item *item, rk_err *err)
{
    if (runs->heap_count == 0)
        return false;
    run *r = &runs->runs[runs->heap[0]];
    *item = r->buffer[r->next++];
    if (r->next == r->end && r->left > 0 && !refill(runs, r, err))
        return false;
    if (r->next == r->end)
        runs->heap[0] = runs->heap[--runs->heap_count];
    sink(runs, 0);
    return true;
}

bool check_runs_twice(check_runs *runs, distinct_item *first, distinct_item *again, rk_err *err)
{
    distinct_item item;
    while (take(runs, &item, err)) {
        bool same = runs->started && rk_digest_is(item.digest, runs->first.digest);
        runs->started = true;
        if (same) {
            *first = runs->first;
            *again = item;
            return true;
        }
        runs->first = item;
    }
    return false;
}
