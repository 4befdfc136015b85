/* memory: the allocator that tests can make fail, growable arrays and buffers, the arena. */
#include "rdbkit/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* The only mutable globals of the library; they are for tests alone. -1: never. */
static _Atomic int64_t allocations_left = -1;
static _Atomic size_t largest_allocation;

void rk_alloc_fail_after(int64_t count)
{
    atomic_store(&allocations_left, count);
}

size_t rk_alloc_largest(void)
{
    return atomic_exchange(&largest_allocation, 0);
}

static bool may_allocate(size_t size)
{
    if (size > atomic_load_explicit(&largest_allocation, memory_order_relaxed))
        atomic_store_explicit(&largest_allocation, size, memory_order_relaxed);
    int64_t left = atomic_load_explicit(&allocations_left, memory_order_relaxed);
    if (left < 0)
        return true;
    if (left > 0)
        atomic_store(&allocations_left, left - 1);
    return left > 0;
}

void *rk_alloc(size_t size)
{
    return may_allocate(size) ? calloc(1, size ? size : 1) : NULL;
}

void *rk_realloc(void *old, size_t size)
{
    return may_allocate(size) ? realloc(old, size ? size : 1) : NULL;
}

void rk_free(void *ptr)
{
    free(ptr);
}

bool rk_grow(void **array, size_t *capacity, size_t need, size_t size, rk_err *err)
{
    size_t wanted = *capacity ? *capacity : 16;
    if (need <= *capacity)
        return true;
    while (wanted < need)
        wanted = wanted > SIZE_MAX / 2 ? need : wanted * 2;
    if (wanted > SIZE_MAX / size)
        return rk_no_memory(err);
    void *larger = rk_realloc(*array, wanted * size);
    if (!larger)
        return rk_no_memory(err);
    *array = larger;
    *capacity = wanted;
    return true;
}

void rk_buf_free(rk_buf *buf)
{
    rk_free(buf->ptr);
    *buf = (rk_buf){ 0 };
}

bool rk_buf_reserve(rk_buf *buf, size_t total, rk_err *err)
{
    return rk_grow((void **)&buf->ptr, &buf->cap, total, 1, err);
}

bool rk_buf_add(rk_buf *buf, rk_slice bytes, rk_err *err)
{
    if (bytes.len > SIZE_MAX - buf->len)
        return rk_no_memory(err);
    if (!rk_buf_reserve(buf, buf->len + bytes.len, err))
        return false;
    if (bytes.len)
        memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
    buf->len += bytes.len;
    return true;
}

bool rk_buf_printf(rk_buf *buf, rk_err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0 || !rk_buf_reserve(buf, buf->len + (size_t)length + 1, err))
        return false;
    va_start(args, format);
    vsnprintf((char *)buf->ptr + buf->len, (size_t)length + 1, format, args);
    va_end(args);
    buf->len += (size_t)length;
    return true;
}

struct rk_arena_block {
    rk_arena_block *next;
    uint64_t align; /* the bytes behind begin at a multiple of 16 */
    uint8_t bytes[];
};

enum { ARENA_BLOCK = 64 * 1024 };

void *rk_arena_take(rk_arena *arena, size_t size, rk_err *err)
{
    if (size > SIZE_MAX / 2) {
        rk_no_memory(err);
        return NULL;
    }
    size = (size + 15) & ~(size_t)15;
    if (!arena->blocks || size > arena->cap - arena->used) {
        size_t cap = size > ARENA_BLOCK ? size : ARENA_BLOCK;
        rk_arena_block *block = rk_alloc(sizeof *block + cap);
        if (!block) {
            rk_no_memory(err);
            return NULL;
        }
        block->next = arena->blocks;
        arena->blocks = block;
        arena->used = 0;
        arena->cap = cap;
    }
    void *taken = arena->blocks->bytes + arena->used;
    arena->used += size;
    return taken;
}

bool rk_arena_copy(rk_arena *arena, rk_slice bytes, rk_slice *copy, rk_err *err)
{
    uint8_t *own = rk_arena_take(arena, bytes.len + 1, err); /* a zero behind, for callers that print */
    if (!own)
        return false;
    memcpy(own, bytes.ptr, bytes.len);
    *copy = (rk_slice){ own, bytes.len };
    return true;
}

void rk_arena_clear(rk_arena *arena)
{
    if (arena->blocks && !arena->blocks->next && arena->cap == ARENA_BLOCK) {
        memset(arena->blocks->bytes, 0, arena->used);
        arena->used = 0;
    } else {
        rk_arena_free(arena);
    }
}

void rk_arena_free(rk_arena *arena)
{
    while (arena->blocks) {
        rk_arena_block *next = arena->blocks->next;
        rk_free(arena->blocks);
        arena->blocks = next;
    }
    *arena = (rk_arena){ 0 };
}
