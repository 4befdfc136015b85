/* note: annotations, lines between commands (spec: AOF, "Annotations"). Those that tell no time are passed over, as
 * servers do. */
#include "aof.h"

/* The time of `#TS:1700000000`, in seconds; -1: it is another line. */
static int64_t time_of(rk_slice line)
{
    int64_t time_s;
    if (!rk_slice_starts(line, RK_TEXT("#TS:")))
        return -1;
    line = rk_slice_from(line, 4);
    if (rk_slice_ends(line, RK_TEXT("\r")))
        line.len--;
    return rk_slice_int(line, &time_s) && time_s >= 0 ? time_s : -1;
}

bool aof_note(rk_aof *aof, size_t at, size_t *end, int64_t *time_s, rk_err *err)
{
    size_t seen = 0;
    while (aof_has(aof, at + seen + 1, err)) {
        size_t here = aof->win.end - aof->win.pos - at;
        const uint8_t *line = aof_at(aof, at);
        const uint8_t *stop = memchr(line + seen, '\n', (here < AOF_NOTE_MOST ? here : AOF_NOTE_MOST) - seen);
        if (stop) {
            *end = at + (size_t)(stop - line) + 1;
            *time_s = time_of((rk_slice){ line, (size_t)(stop - line) });
            return true;
        }
        seen = here;
        if (seen >= AOF_NOTE_MOST)
            return rk_fail(err, RK_DAMAGED, aof_offset(aof, at), "an annotation takes more than %d bytes",
                           AOF_NOTE_MOST);
    }
    return rk_fail(err, RK_TRUNCATED, aof_offset(aof, at), "the file ends in an annotation");
}

void aof_note_time(rk_aof *aof, int64_t time_s)
{
    rk_aof_times *t = &aof->times;
    if (time_s < 0)
        return;
    t->stepped_back |= t->count > 0 && time_s < t->last_s;
    t->first_s = t->count == 0 ? time_s : t->first_s;
    t->last_s = time_s;
    t->count++;
}
