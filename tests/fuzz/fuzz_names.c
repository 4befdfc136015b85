/* fuzz_names: names of keys. What must hold, whatever the bytes:
 * - an identity ends in digits, or in a nonce behind them, and has a host before them;
 * - what a list of jobs in hand tells of its queue and its owner are pieces of its name, in that order or the other,
 *   and an owner that a fetcher of today writes is an identity;
 * - a queue that is listed is never a list of jobs in hand;
 * - a key that changes by itself is no candidate for a place of jobs, but for work hashes, `processes` and counters;
 * - asking twice gives the same answer, and no byte behind the name matters. */
#include <stdlib.h>

#include "../../librdb/sidekiq/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool is_within(rk_slice piece, rk_slice whole)
{
    return piece.len == 0 || (piece.ptr >= whole.ptr && piece.ptr + piece.len <= whole.ptr + whole.len);
}

static void check_identity(rk_slice name)
{
    if (!rk_identity_is(name))
        return;
    uint8_t last = name.ptr[name.len - 1];
    must(name.len >= 3);
    must((last >= '0' && last <= '9') || (last >= 'a' && last <= 'f'));
    must(rk_slice_find(name, RK_TEXT(":"), 1) != SIZE_MAX);
}

static void check_private(rk_slice name)
{
    rk_layouts out = { 0 };
    rk_evidence evidence = { 0 };
    rk_layout layout = { .prefix = RK_EMPTY };
    rk_err err = { 0 };
    layout_finder f = { .out = &out, .evidence = &evidence, .err = &err };
    rk_slice queue, owner;
    if (layout_private_list(&f, &layout, name, &queue, &owner)) {
        must(is_within(queue, name) && is_within(owner, name) && queue.len + owner.len < name.len);
        bool super = rk_slice_starts(name, RK_TEXT("queue:sq"));
        must(!super || owner.len == 0 || rk_identity_is(owner));
    }
    if (!rk_slice_starts(name, RK_TEXT("queue:")))
        return;
    rk_slice rest = rk_slice_from(name, 6);
    must(layout_index_put(&f.index, layout_key(rest, 0, LAYOUT_QUEUE), &layout, &err));
    must(layout_is_listed(&f, &layout, rest));
    must(!layout_private_list(&f, &layout, name, &queue, &owner));
    layout_index_free(&f.index);
}

static void check_volatile(rk_slice name, rk_type type)
{
    bool is = rk_key_is_volatile(name, type), candidate = rk_candidate_is(name, type);
    must(is == rk_key_is_volatile(name, type));
    if (!is || !candidate)
        return;
    must(type == RK_HASH || type == RK_SET || type == RK_STRING ||
         (type == RK_LIST &&
          (rk_slice_starts(name, RK_TEXT("throttled:")) || rk_slice_starts(name, RK_TEXT("sidekiq-alive")) ||
           rk_slice_starts(name, RK_TEXT("limit_fetch:")) || rk_slice_starts(name, RK_TEXT("uniquejobs:")) ||
           rk_slice_ends(name, RK_TEXT("-signals")) || rk_slice_starts(name, RK_TEXT("SIDEKIQ")))) ||
         type == RK_ZSET);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *own = malloc(size ? size : 1); /* so that a read behind the name is seen */
    must(own != NULL);
    if (size)
        memcpy(own, bytes, size);
    rk_slice name = size ? (rk_slice){ own, size } : RK_EMPTY;
    check_identity(name);
    check_private(name);
    for (rk_type type = RK_STRING; type <= RK_OTHER; type++)
        check_volatile(name, type);
    free(own);
    return 0;
}
