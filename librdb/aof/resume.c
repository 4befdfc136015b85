/* resume: where commands go on behind what is broken. The broken part is passed over byte by byte, but for arguments
 * that are whole, which are passed over in one piece, so that the text of commands in a value is not taken for
 * commands. A command is believed when it is known, has the arguments that it needs, is whole, and something that
 * can follow does follow; and not when the commands that follow on it end in CR LF and go on as the rest of a
 * command does: then all of them are the value of one argument. */
#include "aof.h"

enum {
    CHAIN_MOST = 1024 * 1024, /* bytes of commands that are followed before they are believed */
    DIGITS_MOST = 9,          /* of the length of an argument that is believed on its own */
    FREE_WASTE =
        16 * 1024 * 1024, /* arguments that may be framed in vain, and how many more for each byte: */
    WASTE_PER_BYTE = 16   /* else a file could be made that takes time without end */
};

/* A failed look at one place: whether something worse than the bytes is the reason. */
static bool is_trouble(const rk_err *looking, rk_err *err)
{
    if (looking->code == RK_OK || looking->code == RK_DAMAGED || looking->code == RK_TRUNCATED)
        return false;
    *err = *looking;
    return true;
}

/* Whether what stands at `at` is the end or one of `marks`. */
static bool goes_on(rk_aof *aof, size_t at, const char *marks)
{
    rk_err looking = { 0 };
    if (!aof_has(aof, at + 1, &looking))
        return looking.code == RK_OK;
    return strchr(marks, *aof_at(aof, at)) && *aof_at(aof, at) != 0;
}

/* A look at what may be the beginning of commands. */
typedef struct {
    bool found;
    bool exec_first; /* an EXEC follows before any MULTI: they are the rest of a transaction */
    size_t skip;     /* not found: so many bytes at least are none of them */
} aof_look;

/* Whether `at`, where a chain of commands has ended, is within a command that has them as the value of an argument. */
static bool is_in_a_value(rk_aof *aof, size_t at)
{
    rk_err looking = { 0 };
    return aof_has(aof, at + 2, &looking) && memcmp(aof_at(aof, at), "\r\n", 2) == 0 &&
           goes_on(aof, at + 2, "$*#");
}

/* Follows the commands behind `first`, which is whole. */
static void follow(rk_aof *aof, aof_frame first, aof_look *look)
{
    rk_err looking = { 0 };
    aof_frame f = first;
    rk_verb verb = aof_verb(aof, &f, true);
    size_t at = f.end;
    int64_t time_s;
    bool decided = verb == RK_VERB_EXEC || verb == RK_VERB_MULTI;
    look->exec_first = verb == RK_VERB_EXEC;
    while (at < CHAIN_MOST && aof_has(aof, at + 1, &looking)) {
        if (*aof_at(aof, at) == '#' && aof_note(aof, at, &at, &time_s, &looking))
            continue;
        f.at = at;
        if (*aof_at(aof, at) != '*')
            break;
        if (!aof_frame_command(aof, &f, false, &looking)) {
            aof->wasted += f.seen;
            break;
        }
        verb = decided ? RK_VERB_UNKNOWN : aof_verb(aof, &f, true);
        look->exec_first |= verb == RK_VERB_EXEC;
        decided |= verb == RK_VERB_EXEC || verb == RK_VERB_MULTI;
        at = f.end;
    }
    look->found = !is_in_a_value(aof, at);
    look->skip = at + 2;
}

/* Whether commands can go on at the window's place, where '*' or an annotation stands. */
static bool look_at_command(rk_aof *aof, aof_look *look, rk_err *err)
{
    rk_err looking = { 0 };
    aof_frame f = { 0 };
    int64_t time_s = 0;
    while (aof_has(aof, f.at + 1, &looking) && *aof_at(aof, f.at) == '#' && time_s >= 0)
        if (!aof_note(aof, f.at, &f.at, &time_s, &looking))
            return !is_trouble(&looking, err);
    if (time_s < 0 || !aof_has(aof, f.at + 2, &looking) || *aof_at(aof, f.at) != '*' ||
        *aof_at(aof, f.at + 1) < '0' || *aof_at(aof, f.at + 1) > '9')
        return !is_trouble(&looking, err);
    if (!aof_frame_command(aof, &f, false, &looking)) {
        aof->wasted += f.seen;
        return !is_trouble(&looking, err);
    }
    rk_verb verb = aof_verb(aof, &f, false);
    if (verb != RK_VERB_UNKNOWN && f.argc >= (uint64_t)rk_verb_row_of(verb)->least &&
        goes_on(aof, f.end, "*#"))
        follow(aof, f, look);
    else
        aof->wasted += f.seen;
    return true;
}

/* Whether the length of the argument at the window's place is one that a server takes. */
static bool is_moderate(rk_aof *aof, rk_err *err)
{
    size_t digits = 0;
    while (digits <= DIGITS_MOST && aof_has(aof, digits + 2, err) && *aof_at(aof, digits + 1) != '\r')
        digits++;
    return digits <= DIGITS_MOST;
}

/* An argument that is whole and behind which the rest of a command or another one stands. */
static bool look_at_argument(rk_aof *aof, aof_look *look, rk_err *err)
{
    rk_err looking = { 0 };
    aof_frame f = { .argc = 1 };
    if (is_moderate(aof, &looking) && aof_frame_argument(aof, &f, &looking) && goes_on(aof, f.end, "$*#"))
        look->skip = f.end;
    return !is_trouble(&looking, err);
}

/* Moves the window to where commands go on. `line`: a command was expected where it stands. False when that is
 * nowhere, and on failure. */
static bool search(rk_aof *aof, bool line, aof_look *look, rk_err *err)
{
    uint8_t last = 0;
    while (aof_has(aof, 1, err)) {
        uint8_t byte = *aof_at(aof, 0);
        *look = (aof_look){ .skip = 1 };
        if (byte == '*' || (byte == '#' && line)) {
            if (!look_at_command(aof, look, err) || look->found)
                return err->code == RK_OK;
        } else if (byte == '$' && line && !look_at_argument(aof, look, err)) {
            return false;
        }
        if (aof->wasted > FREE_WASTE + WASTE_PER_BYTE * aof_offset(aof, aof->win.end - aof->win.pos))
            return rk_fail(err, RK_DAMAGED, aof_offset(aof, 0), "too many broken commands lie in each other");
        line = look->skip > 1 || (last == '\r' && byte == '\n');
        last = byte;
        aof->win.pos += look->skip;
    }
    return false;
}

/* Passes over the rest of a transaction: behind its EXEC, or up to a MULTI. False where something else is broken on the
 * way, at the end, and on failure. */
static bool leave_transaction(rk_aof *aof, rk_err *err)
{
    rk_err looking = { 0 };
    size_t end;
    int64_t time_s;
    while (aof_has(aof, 1, err)) {
        if (*aof_at(aof, 0) == '#') {
            if (!aof_note(aof, 0, &end, &time_s, &looking))
                break;
            aof_note_time(aof, time_s);
            aof->win.pos += end;
            continue;
        }
        aof_frame f = { 0 };
        if (!aof_frame_command(aof, &f, false, &looking))
            break;
        rk_verb verb = aof_verb(aof, &f, true);
        if (verb == RK_VERB_MULTI)
            return true;
        aof->win.pos += f.end;
        if (verb == RK_VERB_EXEC)
            return true;
    }
    is_trouble(&looking, err);
    return false;
}

bool rk_aof_resume(rk_aof *aof, uint64_t *from, uint64_t *to, rk_err *err)
{
    aof_look look;
    aof_break was = aof->broken;
    if (!was.failed)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "nothing has failed from which to resume");
    aof->broken = (aof_break){ 0 };
    *from = was.from;
    aof->win.pos += (size_t)(was.look_at - aof_offset(aof, 0));
    bool found = was.at_command && aof_has(aof, 1, err);
    while (!found && search(aof, true, &look, err)) {
        was.in_multi |= look.exec_first;
        found = !was.in_multi || leave_transaction(aof, err);
        if (err->code != RK_OK)
            break;
    }
    *to = aof_offset(aof, 0);
    if (err->code != RK_OK)
        rk_err_source(err, rk_source_name(aof->win.source));
    return found && err->code == RK_OK;
}
