/* lines: finds where lines begin, and reads them in blocks in either direction. */
#include "lines.h"

enum { BLOCK = 128 * 1024 };

static bool fill(rk_bundle_lines *lines, uint64_t from, uint64_t to, rk_err *err)
{
    size_t size = (size_t)(to - from), got = 0;
    if (size > lines->block_cap) {
        rk_free(lines->block);
        lines->block_cap = 0;
        lines->block = rk_alloc(size);
        if (!lines->block)
            return rk_no_memory(err);
        lines->block_cap = size;
    }
    lines->from = lines->to = from;
    while (lines->to < to) {
        if (!rk_source_read_at(lines->source, lines->to, lines->block + (lines->to - from),
                               (size_t)(to - lines->to), &got, err))
            return false;
        if (got == 0)
            return rk_fail(err, RK_TRUNCATED, lines->to, "file ends within a line: it has changed meanwhile");
        lines->to += got;
    }
    return true;
}

static bool add_start(rk_bundle_lines *lines, uint64_t start, rk_err *err)
{
    if (!rk_grow((void **)&lines->starts, &lines->cap, lines->count + 2, sizeof *lines->starts, err))
        return false;
    lines->starts[++lines->count] = start;
    return true;
}

/* The lines that end in the block. */
static bool find_in_block(rk_bundle_lines *lines, uint64_t most, rk_err *err)
{
    const uint8_t *at = lines->block, *end = at + (lines->to - lines->from), *newline;
    for (; at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL; at = newline + 1) {
        uint64_t next = lines->from + (uint64_t)(newline + 1 - lines->block);
        if (next - lines->starts[lines->count] == 1)
            return rk_fail(err, RK_DAMAGED, next - 1, "line %zu is empty", lines->count + 1);
        if (lines->count == most)
            return rk_fail(err, RK_DAMAGED, lines->starts[lines->count],
                           "file has more lines than the %" PRIu64 " of the manifest", most);
        if (!add_start(lines, next, err))
            return false;
    }
    return true;
}

bool rk_bundle_lines_open(rk_bundle_lines *lines, rk_source *source, uint64_t most, rk_err *err)
{
    *lines = (rk_bundle_lines){ .source = source };
    uint64_t size = rk_source_size(source);
    if (!rk_grow((void **)&lines->starts, &lines->cap, 1, sizeof *lines->starts, err))
        return false;
    lines->starts[0] = 0;
    for (uint64_t from = 0; from < size; from = lines->to)
        if (!fill(lines, from, size - from < BLOCK ? size : from + BLOCK, err) ||
            !find_in_block(lines, most, err))
            return false;
    if (lines->starts[lines->count] != size)
        return rk_fail(err, RK_TRUNCATED, size, "line %zu has no end", lines->count + 1);
    return true;
}

void rk_bundle_lines_close(rk_bundle_lines *lines)
{
    rk_source_close(lines->source);
    rk_free(lines->starts);
    rk_free(lines->block);
    *lines = (rk_bundle_lines){ 0 };
}

/* The block around a line: it begins there when the line lies behind what was read last, else it ends there. */
static bool move_to(rk_bundle_lines *lines, uint64_t start, uint64_t end, rk_err *err)
{
    uint64_t size = lines->starts[lines->count];
    if (start >= lines->from && end <= lines->to)
        return true;
    if (end - start >= BLOCK)
        return fill(lines, start, end, err);
    if (start >= lines->from)
        return fill(lines, start, size - start < BLOCK ? size : start + BLOCK, err);
    return fill(lines, end < BLOCK ? 0 : end - BLOCK, end, err);
}

bool rk_bundle_lines_get(rk_bundle_lines *lines, size_t i, rk_slice *line, rk_err *err)
{
    uint64_t start = lines->starts[i], end = lines->starts[i + 1];
    if (!move_to(lines, start, end, err))
        return false;
    *line = (rk_slice){ lines->block + (start - lines->from), (size_t)(end - start - 1) };
    return true;
}
