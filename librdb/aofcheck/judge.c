/* judge: one whole command: does any server take it, and what does it need of one? */
#include "run.h"

#include <stdio.h>

enum { FOOTER = 10 /* of a RESTORE payload: the RDB version in 2 bytes, a checksum */ };

static void note_use(aofcheck_use *use, size_t part, uint64_t offset)
{
    if (use->count++ > 0)
        return;
    use->part = part;
    use->offset = offset;
}

static bool refuse(rk_aofcheck *c, size_t part, const rk_aof_command *command, const char *step, rk_err *err,
                   const char *what)
{
    char name[48];
    rk_slice_print(command->args[0], name, sizeof name);
    rk_aof_problem p = {
        .problem = { .kind = RK_PROBLEM_DAMAGE, .step = step, .offset = command->offset },
        .part = part,
        .number = command->number,
        .command = name,
        .in_multi = command->in_multi,
        .from = command->offset,
        .to = command->end,
    };
    return aofcheck_problem_add(c, &p, err, "%s", what);
}

/* What is wrong with it; "" when nothing is. */
static const char *fault(const rk_aof_command *command, const char **step, char out[160])
{
    char name[48];
    const rk_verb_row *row = rk_verb_row_of(command->verb);
    int64_t db;
    out[0] = 0;
    *step = "command";
    rk_slice_print(command->args[0], name, sizeof name);
    if (command->verb == RK_VERB_UNKNOWN && !aofcheck_is_unlogged(command->args[0])) {
        snprintf(out, 160, "no server that is known has a command '%s'", name);
    } else if (command->argc < (size_t)row->least) {
        *step = "arity";
        snprintf(out, 160, "%zu arguments, '%s' needs %d at least", command->argc, name, row->least);
    } else if (!aofcheck_knows_subcommand(command)) {
        char sub[48];
        snprintf(out, 160, "no server that is known has a subcommand '%s' of '%s'",
                 rk_slice_print(command->args[1], sub, sizeof sub), name);
    } else if (command->verb == RK_VERB_SELECT && (!rk_slice_int(command->args[1], &db) || db < 0)) {
        *step = "database";
        snprintf(out, 160, "the database is no number from 0 on");
    }
    return out;
}

static void note_database(rk_aofcheck *c, size_t part, const rk_aof_command *command)
{
    int64_t db = 0;
    if (!rk_slice_int(command->args[1], &db) || (uint64_t)db <= c->highest_db)
        return;
    c->highest_db = (uint64_t)db;
    c->high_db = (aofcheck_use){ 1, part, command->offset };
}

static void note_payload(rk_aofcheck *c, size_t part, const rk_aof_command *command)
{
    rk_slice payload = command->args[3];
    if (payload.len < FOOTER)
        return;
    const uint8_t *footer = payload.ptr + payload.len - FOOTER;
    uint64_t version = footer[0] | (uint64_t)footer[1] << 8;
    if (version <= c->newest_payload)
        return;
    c->newest_payload = version;
    c->payload = (aofcheck_use){ 1, part, command->offset };
}

static void note_needs(rk_aofcheck *c, size_t part, const rk_aof_command *command)
{
    uint64_t bits = 0;
    note_use(&c->verbs[command->verb], part, command->offset);
    c->parts[part].verbs[command->verb]++;
    if (c->form_index.count[command->verb])
        bits = aofcheck_forms_of(&c->form_index, command);
    for (; bits; bits &= bits - 1)
        note_use(&c->forms[__builtin_ctzll(bits)], part, command->offset);
    if (command->verb == RK_VERB_SELECT)
        note_database(c, part, command);
    else if (command->verb == RK_VERB_RESTORE || command->verb == RK_VERB_RESTORE_ASKING)
        note_payload(c, part, command);
}

bool aofcheck_judge(rk_aofcheck *c, size_t part, const rk_aof_command *command, bool *stays, rk_err *err)
{
    char what[160];
    const char *step;
    const rk_verb_row *row = rk_verb_row_of(command->verb);
    *stays = true;
    bool quick = command->verb != RK_VERB_UNKNOWN && command->verb != RK_VERB_SELECT &&
                 command->argc >= (size_t)row->least && command->verb != RK_VERB_XGROUP &&
                 command->verb != RK_VERB_FUNCTION;
    if (!quick && fault(command, &step, what)[0]) {
        *stays = false;
        return refuse(c, part, command, step, err, what);
    }
    note_needs(c, part, command);
    return true;
}
