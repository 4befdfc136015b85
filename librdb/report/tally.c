/* tally: of what classes a group of jobs is, and from what time. */
#include "tally.h"

#include <math.h>
#include <stdlib.h>

#include "human.h"

enum { NAMED = 5 };

static void add_time(rk_tally *tally, double time)
{
    if (!isfinite(time))
        return;
    tally->first = tally->timed && tally->first < time ? tally->first : time;
    tally->last = tally->timed && tally->last > time ? tally->last : time;
    tally->timed = true;
}

bool rk_tally_add(rk_tally *tally, rk_slice class_name, double time, rk_err *err)
{
    add_time(tally, time);
    for (size_t i = 0; i < tally->class_count; i++)
        if (rk_slice_is(tally->classes[i].name, class_name)) {
            tally->classes[i].count++;
            return true;
        }
    if (tally->class_count == RK_TALLY_CLASSES) {
        tally->others++;
        return true;
    }
    rk_tally_class added = { RK_EMPTY, 1 };
    if (!rk_grow((void **)&tally->classes, &tally->class_cap, tally->class_count + 1, sizeof added, err) ||
        !rk_arena_copy(&tally->names, class_name, &added.name, err))
        return false;
    tally->classes[tally->class_count++] = added;
    return true;
}

static int more_first(const void *a, const void *b)
{
    const rk_tally_class *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
                                : rk_slice_compare(x->name, y->name);
}

const char *rk_tally_words(rk_tally *tally, char *out, size_t cap)
{
    uint64_t others = tally->others;
    rk_human count, first, last;
    char name[100];
    size_t named = tally->class_count <= NAMED + 1 ? tally->class_count : NAMED; /* no "1 other class" */
    out[0] = 0;
    if (tally->class_count > 0)
        qsort(tally->classes, tally->class_count, sizeof *tally->classes, more_first);
    for (size_t i = 0; i < tally->class_count; i++) {
        const rk_tally_class *c = &tally->classes[i];
        if (i >= named) {
            others += c->count;
            continue;
        }
        rk_slice_print(c->name, name, sizeof name);
        rk_human_join(out, cap, ", ", "%s %s", rk_human_count(c->count, &count), name[0] ? name : "?");
    }
    if (others > 0)
        rk_human_join(out, cap, "", " and %s of other classes", rk_human_count(others, &count));
    if (tally->timed)
        rk_human_join(out, cap, "", "; enqueued from %s to %s", rk_human_time(tally->first, &first),
                      rk_human_time(tally->last, &last));
    return out;
}

void rk_tally_free(rk_tally *tally)
{
    rk_free(tally->classes);
    rk_arena_free(&tally->names);
    *tally = (rk_tally){ 0 };
}
