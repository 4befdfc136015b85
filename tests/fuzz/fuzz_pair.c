/* fuzz_pair: two snapshots of a Sidekiq, made of a few names and payloads as the input says, three bytes an item, so
 * that each input is a pair that a server could have written. What must hold is what fuzz_diff says, and:
 * - a job that is where it was with the bytes that it had is kept, however the lists are cut into nodes: the verdicts
 *   are the same for nodes of one size and of another;
 * - the other way round nothing is kept that was not. */
#include "diff_holds.h"
#include "pair_items.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The counts of all verdicts of all rows, for nodes of that size. */
static rk_digest verdicts(size_t old_node, size_t new_node, uint8_t flags, bool swapped)
{
    char paths[2][40];
    int fds[2] = { write_side(swapped, old_node, flags, paths[0]),
                   write_side(!swapped, new_node, flags, paths[1]) };
    rk_digest all = diff_holds(paths[0], paths[1], !has_twins);
    diff_holds(paths[0], paths[0], true);
    close(fds[0]);
    close(fds[1]);
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2)
        return 0;
    make_sides(bytes + 2, size - 2);
    size_t nodes[2] = { bytes[0] & 7, bytes[0] >> 3 & 7 };
    rk_digest one = verdicts(nodes[0], nodes[0], bytes[1], false);
    rk_digest other = verdicts(nodes[1], nodes[0], bytes[1], false);
    must(rk_digest_is(one, other));
    verdicts(nodes[0], nodes[1], bytes[1], true);
    return 0;
}
