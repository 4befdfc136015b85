/* stream_args: ids and what else the commands of streams share among their arguments. */
#include "stream.h"

bool ks_unsigned(rk_slice text, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = text.ptr[i] - (unsigned)'0';
        if (digit > 9 || *value > (UINT64_MAX - digit) / 10)
            return false;
        *value = *value * 10 + digit;
    }
    return text.len > 0;
}

bool ks_stream_id(rk_slice text, uint64_t seq, rk_stream_id *id)
{
    size_t dash = rk_slice_find(text, RK_TEXT("-"), 0);
    id->seq = seq;
    return ks_unsigned(rk_slice_head(text, dash), &id->ms) &&
           (dash == SIZE_MAX || ks_unsigned(rk_slice_from(text, dash + 1), &id->seq));
}

bool ks_are_ids(ks_call *c, size_t from, size_t to)
{
    char shown[60];
    rk_stream_id id;
    for (size_t i = from; i < to; i++)
        if (!ks_stream_id(ks_arg(c, i), 0, &id)) {
            ks_fails(c, "'%s' is no id", rk_slice_print(ks_arg(c, i), shown, sizeof shown));
            return false;
        }
    return true;
}

bool ks_ids_argument(ks_call *c, size_t at, size_t *first, size_t *behind)
{
    int64_t count;
    if (at + 2 >= ks_argc(c) || !ks_is(ks_arg(c, at), "IDS") || !ks_int(ks_arg(c, at + 1), &count) ||
        count <= 0 || (uint64_t)count > ks_argc(c) - at - 2) {
        ks_fails(c, "IDS, their number and the ids are expected at argument %zu", at);
        return false;
    }
    c->ks->before_7 = false; /* which had no such commands */
    *first = at + 2;
    *behind = at + 2 + (size_t)count;
    return ks_are_ids(c, *first, *behind);
}

rk_stream_id ks_id_arg(const ks_call *c, size_t i)
{
    rk_stream_id id = { 0, 0 };
    ks_stream_id(ks_arg(c, i), 0, &id);
    return id;
}

bool ks_refs_word(rk_slice word, ks_refs *refs)
{
    static const char *const words[] = {
        [KS_KEEPREF] = "KEEPREF",
        [KS_DELREF] = "DELREF",
        [KS_ACKED] = "ACKED",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ks_is(word, words[i])) {
            *refs = (ks_refs)i;
            return true;
        }
    return false;
}
