/* notes: sentences about the jobs of a bundle that everybody should see who looks at it. */
#include "notes.h"

#include <math.h>
#include <stdio.h>

bool rk_bundle_is_expired(rk_slice payload, int64_t now_s)
{
    rk_json_value value;
    double time = NAN;
    if (rk_slice_find(payload, RK_TEXT("\"expiry\""), 0) != SIZE_MAX &&
        rk_json_member(payload, "expiry", &value) && value.kind == RK_JSON_NUMBER)
        time = rk_json_time(value);
    return time < (double)now_s;
}

bool rk_bundle_warn_count(rk_bundle_writer *writer, uint64_t count, const char *one, const char *many,
                          rk_err *err)
{
    char sentence[400];
    snprintf(sentence, sizeof sentence, "%" PRIu64 " %s", count, count == 1 ? one : many);
    return count == 0 || rk_bundle_warn(writer, sentence, err);
}

bool rk_bundle_warn_partial(rk_bundle_writer *writer, const rk_err *reason, rk_err *err)
{
    char sentence[1024], words[800];
    snprintf(sentence, sizeof sentence, "a source was read in part only: %s",
             rk_err_sentence(reason, words, sizeof words));
    return rk_bundle_warn(writer, sentence, err);
}
