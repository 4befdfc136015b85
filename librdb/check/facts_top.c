/* facts_top: the biggest keys of a snapshot, by the bytes of their records: a heap with the smallest of them at its
 * head, so that most keys cost one comparison. */
#include "facts_parts.h"

#include <stdlib.h>

/* `a` gives way before `b`: it is smaller, or as big and came later. */
static bool is_less(const facts_big *a, const facts_big *b)
{
    return a->key.bytes != b->key.bytes ? a->key.bytes < b->key.bytes : a->order > b->order;
}

static void swap(facts_big *a, facts_big *b)
{
    facts_big held = *a;
    *a = *b;
    *b = held;
}

static void sift_up(facts_big *heap, size_t i)
{
    for (; i > 0 && is_less(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&heap[i], &heap[(i - 1) / 2]);
}

static void sift_down(facts_big *heap, size_t count)
{
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && is_less(&heap[child + 1], &heap[child]))
            child++;
        if (!is_less(&heap[child], &heap[i]))
            return;
        swap(&heap[i], &heap[child]);
    }
}

static bool fill(facts_big *big, const rk_key *key, uint64_t elements, uint64_t bytes, uint64_t order,
                 rk_err *err)
{
    big->key = (rk_big_key){
        .db = key->db, .type = key->type, .encoding = key->encoding, .bytes = bytes, .elements = elements
    };
    big->order = order;
    big->name.len = 0;
    return rk_buf_add(&big->name, rk_slice_head(key->name, RK_FACTS_NAME), err);
}

bool facts_top_add(check_facts *facts, const rk_key *key, uint64_t elements, uint64_t bytes, rk_err *err)
{
    uint64_t order = facts->out.keys;
    if (facts->heap_count < facts->top) {
        if (!rk_grow((void **)&facts->heap, &facts->heap_cap, facts->heap_count + 1, sizeof *facts->heap,
                     err))
            return false;
        facts->heap[facts->heap_count++] = (facts_big){ 0 };
        if (!fill(&facts->heap[facts->heap_count - 1], key, elements, bytes, order, err))
            return false;
        sift_up(facts->heap, facts->heap_count - 1);
        return true;
    }
    if (facts->top == 0 || bytes <= facts->heap[0].key.bytes)
        return true;
    if (!fill(&facts->heap[0], key, elements, bytes, order, err))
        return false;
    sift_down(facts->heap, facts->heap_count);
    return true;
}

static int biggest_first(const void *a, const void *b)
{
    return is_less(a, b) - is_less(b, a);
}

bool facts_top_end(check_facts *facts, rk_err *err)
{
    if (facts->heap_count == 0)
        return true;
    qsort(facts->heap, facts->heap_count, sizeof *facts->heap, biggest_first);
    facts->out.biggest = rk_alloc(facts->heap_count * sizeof *facts->out.biggest);
    if (!facts->out.biggest)
        return rk_no_memory(err);
    for (size_t i = 0; i < facts->heap_count; i++) {
        facts->out.biggest[i] = facts->heap[i].key;
        facts->out.biggest[i].name = rk_buf_slice(&facts->heap[i].name);
    }
    facts->out.biggest_count = facts->heap_count;
    return true;
}

void facts_top_free(check_facts *facts)
{
    for (size_t i = 0; i < facts->heap_count; i++)
        rk_buf_free(&facts->heap[i].name);
    rk_free(facts->heap);
    rk_free(facts->out.biggest);
}
