/* salvage_entries: packed strings from both ends (spec: RDB, "Ziplist", "Listpack", "Intset", "Zipmap"). What lies
 * between is passed over: the front is read as far as every entry bears out the one before, the tail backwards by the
 * sizes that the entries tell of those before them. */
#include "salvage_entries.h"

#include <stdlib.h>

enum {
    LISTPACK_HEAD = 6,
    ZIPLIST_HEAD = 10,
    ZIPMAP_HEAD = 1,
    INTSET_HEAD = 8,
    COUNT_UNKNOWN = 65535,
    END = 0xff
};

static bool add(packed_entries *entries, const rk_packed *entry, rk_err *err)
{
    if (!rk_grow((void **)&entries->at, &entries->cap, entries->count + 1, sizeof *entry, err))
        return false;
    entries->at[entries->count++] = *entry;
    return true;
}

/* One entry of a listpack or ziplist that stands at `at` and ends before `end`; its size, 0 when there is none.
 * `previous` is the size of the one before. */
static size_t one_entry(packed_form form, rk_slice bytes, size_t at, size_t end, uint32_t previous,
                        rk_packed *entry)
{
    rk_err err = { 0 };
    rk_cursor cursor = { { bytes.ptr + at, end - at }, at, &err, false };
    bool there;
    size_t rest;
    if (at >= end || bytes.ptr[at] == END)
        return 0;
    if (form == PACKED_LISTPACK) {
        rk_listpack list = { .cursor = cursor, .count = COUNT_UNKNOWN };
        there = rk_listpack_next(&list, entry);
        rest = list.cursor.rest.len;
    } else {
        rk_ziplist list = { .cursor = cursor, .count = COUNT_UNKNOWN, .previous = previous };
        there = rk_ziplist_next(&list, entry);
        rest = list.cursor.rest.len;
    }
    return there ? end - at - rest : 0;
}

/* Reads from the front; returns where what can be read ends. */
static bool take_front(packed_entries *entries, packed_form form, rk_slice bytes, size_t end, size_t *stop,
                       rk_err *err)
{
    rk_packed entry;
    uint32_t previous = 0;
    size_t size, at = form == PACKED_LISTPACK ? LISTPACK_HEAD : ZIPLIST_HEAD;
    for (; (size = one_entry(form, bytes, at, end, previous, &entry)) > 0; at += size) {
        previous = (uint32_t)size;
        if (!add(entries, &entry, err))
            return false;
    }
    *stop = at;
    return true;
}

/* The size of the listpack entry that ends at `end`, by its backlen; 0: that is none. */
static size_t back_size(rk_slice bytes, size_t end)
{
    uint64_t size = 0;
    for (unsigned i = 0; i < 5 && i < end; i++) {
        uint8_t byte = bytes.ptr[end - 1 - i];
        size |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (!(byte & 0x80))
            return size + i + 1 <= end ? (size_t)size + i + 1 : 0;
    }
    return 0;
}

/* The size of the entry that stands before the ziplist entry at `at`. */
static size_t size_before(rk_slice bytes, size_t at)
{
    uint32_t size;
    if (bytes.ptr[at] < 254)
        return bytes.ptr[at];
    if (bytes.len - at < 5)
        return 0;
    memcpy(&size, bytes.ptr + at + 1, 4);
    return size;
}

/* Where the last entry of a ziplist stands, as its header has it; 0: nowhere. */
static size_t last_entry(rk_slice bytes)
{
    uint32_t last;
    memcpy(&last, bytes.ptr + 4, 4);
    return last >= ZIPLIST_HEAD && last + 1 < bytes.len ? last : 0;
}

/* Where the entry before the one at `at` (a listpack: that ends there) begins, not before `stop`; 0: unknown. */
static size_t step_back(packed_form form, rk_slice bytes, size_t at, size_t stop)
{
    size_t size = form == PACKED_LISTPACK ? back_size(bytes, at) : size_before(bytes, at);
    return size > 0 && size <= at - stop ? at - size : 0;
}

/* Reads from the tail to `stop`; the entries come last first. A ziplist's first sound entry from the front is not known
 * to follow `stop`, so that its size before is taken as it says. */
static bool take_tail(packed_entries *tail, packed_form form, rk_slice bytes, size_t stop, rk_err *err)
{
    size_t end = bytes.len - 1;
    size_t at = form == PACKED_LISTPACK ? step_back(form, bytes, end, stop) : last_entry(bytes);
    if (bytes.ptr[end] != END)
        return true;
    while (at >= stop && at > 0) {
        rk_packed entry;
        uint32_t previous = form == PACKED_ZIPLIST ? (uint32_t)size_before(bytes, at) : 0;
        if (one_entry(form, bytes, at, end, previous, &entry) != end - at)
            break;
        if (!add(tail, &entry, err))
            return false;
        end = at;
        at = at > stop ? step_back(form, bytes, at, stop) : 0;
    }
    return true;
}

static bool take_list(packed_entries *entries, packed_form form, unsigned multiple, rk_slice bytes,
                      bool whole, rk_err *err)
{
    size_t head = form == PACKED_LISTPACK ? LISTPACK_HEAD : ZIPLIST_HEAD, stop = 0;
    packed_entries tail = { 0 };
    if (bytes.len <= head)
        return true;
    size_t end = bytes.len - (whole && bytes.ptr[bytes.len - 1] == END);
    if (!take_front(entries, form, bytes, end, &stop, err))
        return false;
    if (stop == end && whole)
        return true;
    entries->count -= entries->count % multiple;
    bool ok = !whole || take_tail(&tail, form, bytes, stop, err);
    for (size_t i = tail.count - tail.count % multiple; ok && i > 0; i--)
        ok = add(entries, &tail.at[i - 1], err);
    rk_free(tail.at);
    return ok;
}

static bool take_zipmap(packed_entries *entries, rk_slice bytes, rk_err *err)
{
    rk_err ignored = { 0 };
    rk_packed field, value;
    if (bytes.len <= ZIPMAP_HEAD)
        return true;
    rk_zipmap map = { .cursor = { rk_slice_from(bytes, ZIPMAP_HEAD), 0, &ignored, false },
                      .count = END,
                      .seen = 1 };
    while (rk_zipmap_next(&map, &field, &value))
        if (!add(entries, &field, err) || !add(entries, &value, err))
            return false;
    return true;
}

static int64_t member_at(rk_slice bytes, unsigned width, size_t i)
{
    uint64_t raw = 0;
    memcpy(&raw, bytes.ptr + INTSET_HEAD + i * width, width);
    return (int64_t)(raw << (64 - 8 * width)) >> (64 - 8 * width);
}

static bool add_member(packed_entries *entries, int64_t member, rk_err *err)
{
    rk_packed entry = { .is_int = true, .integer = member, .text = RK_EMPTY };
    return add(entries, &entry, err);
}

/* Members of one width ascend: those are left that do from the front, and from the tail down to these. */
static bool take_intset(packed_entries *entries, rk_slice bytes, bool whole, rk_err *err)
{
    uint32_t width = 0;
    if (bytes.len < INTSET_HEAD)
        return true;
    memcpy(&width, bytes.ptr, 4);
    if (width != 2 && width != 4 && width != 8)
        return true;
    size_t count = (bytes.len - INTSET_HEAD) / width, front = 0, tail = count;
    for (;
         front < count && (front == 0 || member_at(bytes, width, front) > member_at(bytes, width, front - 1));
         front++)
        if (!add_member(entries, member_at(bytes, width, front), err))
            return false;
    if (front == count || !whole)
        return true;
    int64_t last = member_at(bytes, width, front - 1);
    while (tail > front && member_at(bytes, width, tail - 1) > last &&
           (tail == count || member_at(bytes, width, tail - 1) < member_at(bytes, width, tail)))
        tail--;
    for (; tail < count; tail++)
        if (!add_member(entries, member_at(bytes, width, tail), err))
            return false;
    return true;
}

bool packed_entries_take(packed_entries *entries, packed_form form, unsigned multiple, rk_slice bytes,
                         bool whole, rk_err *err)
{
    switch (form) {
    case PACKED_INTSET:
        return take_intset(entries, bytes, whole, err);
    case PACKED_ZIPMAP:
        return take_zipmap(entries, bytes, err);
    default:
        return take_list(entries, form, multiple, bytes, whole, err);
    }
}
