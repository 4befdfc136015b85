/* sort_weigh: what elements are sorted by, and their order (spec: AOF, "Keys", SORT). */
#include "sort.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* ---- patterns --------------------------------------------------------------------------------------------- */

/* The value of a key, or of a field of it, in the arena. */
static bool look_up(ks_call *c, sort_job *job, rk_slice name, rk_slice field, rk_slice *value, bool *found)
{
    rk_slice bytes;
    ks_key *key = ks_peek(c->ks, c->db, name);
    const ks_str *str = NULL;
    if (!key || !ks_thaw(c->ks, key))
        return !ks_bad(c->ks);
    if (field.len == 0 && key->type == RK_STRING) {
        str = &key->string;
    } else if (field.len > 0 && key->type == RK_HASH) {
        const ks_field *at = ks_dict_find(c->ks, key->hash_fields, field, rk_hash64(field));
        str = at ? &at->value : NULL;
    }
    if (!str)
        return !ks_bad(c->ks);
    *found = true;
    return ks_str_bytes(c->ks, str, &c->ks->scratch[2], &bytes) &&
           rk_arena_copy(&job->arena, bytes, value, c->ks->err);
}

bool ks_sort_follow(ks_call *c, sort_job *job, size_t arg, rk_slice element, rk_slice *value, bool *found)
{
    rk_slice pattern = ks_arg(c, arg), field = RK_EMPTY;
    size_t star = rk_slice_find(pattern, RK_TEXT("*"), 0);
    *found = rk_slice_is(pattern, RK_TEXT("#"));
    *value = *found ? element : RK_EMPTY;
    if (star == SIZE_MAX)
        return true;
    rk_slice before = rk_slice_head(pattern, star), behind = rk_slice_from(pattern, star + 1);
    size_t arrow = rk_slice_find(behind, RK_TEXT("->"), 0);
    if (arrow != SIZE_MAX && arrow + 2 < behind.len) {
        field = rk_slice_from(behind, arrow + 2);
        behind = rk_slice_head(behind, arrow);
    }
    rk_buf *name = &c->ks->scratch[1];
    name->len = 0;
    return rk_buf_add(name, before, c->ks->err) && rk_buf_add(name, element, c->ks->err) &&
           rk_buf_add(name, behind, c->ks->err) && look_up(c, job, rk_buf_slice(name), field, value, found);
}

/* ---- weights ---------------------------------------------------------------------------------------------- */

/* A number as SORT reads it: an empty text is 0, and so is what is not there. */
static bool read_score(rk_slice text, double *score)
{
    char copy[512], *end;
    size_t len = text.len < sizeof copy ? text.len : sizeof copy - 1;
    memcpy(copy, text.ptr, len);
    copy[len] = 0;
    errno = 0;
    *score = strtod(copy, &end);
    return *end == 0 && text.len < sizeof copy && errno != ERANGE && !isnan(*score);
}

bool ks_sort_weigh(ks_call *c, sort_job *job, rk_outcome *outcome)
{
    char shown[60];
    for (size_t i = 0; i < job->count; i++) {
        sort_item *item = &job->items[i];
        item->weight = item->element;
        item->has_weight = true;
        if (job->by && !ks_sort_follow(c, job, job->by, item->element, &item->weight, &item->has_weight))
            return false;
        if (job->alpha || !item->has_weight || read_score(item->weight, &item->score))
            continue;
        *outcome =
            ks_fails(c, "'%s' is no number to sort by", rk_slice_print(item->weight, shown, sizeof shown));
        return false;
    }
    return true;
}

/* ---- order ------------------------------------------------------------------------------------------------ */

static int compare(const sort_item *a, const sort_item *b, const sort_job *job)
{
    if (!job->alpha)
        return a->score != b->score ? (a->score > b->score ? 1 : -1)
                                    : rk_slice_compare(a->element, b->element);
    if (a->has_weight && b->has_weight)
        return rk_slice_compare(a->weight, b->weight);
    return a->has_weight - b->has_weight; /* what has none comes first */
}

/* What is equal stays as it was found. */
static int compare_in_order(const void *a, const void *b, void *self)
{
    const sort_item *x = a, *y = b;
    const sort_job *job = self;
    int order = compare(x, y, job);
    if (order == 0)
        return (x->index > y->index) - (x->index < y->index);
    return job->descending ? -order : order;
}

void ks_sort_order(sort_job *job)
{
    if (job->count > 1) /* of nothing there is no array */
        qsort_r(job->items, job->count, sizeof *job->items, compare_in_order, job);
}
