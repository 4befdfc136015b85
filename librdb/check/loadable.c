/* loadable: asks the tables, one finding after the other. */
#include "loadable.h"

#include <stdio.h>

const char *load_things(uint64_t count, const char *one, const char *many, load_words *room)
{
    char number[32];
    snprintf(room->text, sizeof room->text, "%s %s", rk_count_print(count, number), count == 1 ? one : many);
    return room->text;
}

void load_add(load_view *v, const rk_obstacle *obstacle, const char *things, const char *words,
              const char *advice)
{
    if (v->met++ != v->wanted)
        return;
    *v->out = *obstacle;
    snprintf(v->out->what, sizeof v->out->what, "%s: %s %s", things, v->name, words);
    snprintf(v->out->advice, sizeof v->out->advice, "%s", advice);
}

rk_obstacle load_of_trait(const char *id, bool blocks, const rk_trait *trait)
{
    return (rk_obstacle){ .id = id,
                          .blocks = blocks,
                          .count = trait->count,
                          .has_example = trait->has_example,
                          .db = trait->db,
                          .key = trait->key };
}

bool load_knows_type(const load_view *v, const rk_encoding_facts *encoding)
{
    uint8_t byte = encoding->type_byte;
    if (byte < 22)
        return server_lists(v->row->types, byte);
    if (v->dragonfly)
        return v->row->kind == RK_SERVER_DRAGONFLY;
    if (v->subject->info->valkey_magic)
        return v->row->valkey_types && server_lists(v->row->valkey_types, byte);
    if (byte == 29 && encoding->type == RK_OTHER)
        return false; /* a rate limiter of private builds; 29 means something else since */
    return server_lists(v->row->types, byte);
}

bool load_knows_opcode(const load_view *v, unsigned opcode)
{
    if (v->subject->info->valkey_magic && v->row->valkey_opcodes)
        return server_lists(v->row->valkey_opcodes, opcode);
    return server_lists(v->row->opcodes, opcode);
}

static void load_damage(load_view *v)
{
    load_words things;
    rk_obstacle o = { .id = "damage", .blocks = true, .count = v->subject->damage };
    if (o.count > 0)
        load_add(v, &o, load_things(o.count, "problem of damage", "problems of damage", &things),
                 "stops there, or loads what is not true", "`rdbcheck --salvage OUT` saves what is sound");
}

/* One finding after the other; those of a Sidekiq are its own. */
static const struct {
    void (*look)(load_view *v);
    bool of_sidekiq;
} findings[] = {
    { load_damage, false },  { load_header, false }, { load_types, false },  { load_records, false },
    { load_modules, false }, { load_values, false }, { load_sidekiq, true },
};

bool loadable_obstacle(const load_subject *subject, const rk_target *target, size_t i, rk_obstacle *obstacle)
{
    server_row row = { 0 };
    rk_target_room name;
    bool sidekiq = target->kind == RK_SERVER_SIDEKIQ;
    load_view v = { .subject = subject,
                    .target = target,
                    .row = &row,
                    .name = rk_target_name(target, &name),
                    .dragonfly = strncmp(subject->info->server, "Dragonfly", 9) == 0,
                    .wanted = i,
                    .out = obstacle };
    if (!sidekiq && !server_of(target, &row))
        return false;
    for (size_t f = 0; f < sizeof findings / sizeof findings[0] && v.met <= i; f++)
        if (findings[f].of_sidekiq == sidekiq)
            findings[f].look(&v);
    return v.met > i;
}

static bool loads(const load_subject *subject, const rk_target *target)
{
    rk_obstacle o;
    for (size_t i = 0; loadable_obstacle(subject, target, i, &o); i++)
        if (o.blocks && !o.needs)
            return false;
    return true;
}

const char *loadable_oldest(const load_subject *subject, rk_server_kind kind, bool *relaxed)
{
    size_t count;
    const server_row *rows = servers(&count);
    for (unsigned pass = 0; pass <= (kind == RK_SERVER_VALKEY); pass++)
        for (size_t i = 0; i < count; i++) {
            rk_target target = {
                .kind = kind, .major = rows[i].major, .minor = rows[i].minor, .relaxed = pass > 0
            };
            if (rows[i].kind != kind || !loads(subject, &target))
                continue;
            *relaxed = pass > 0;
            return rows[i].version;
        }
    return NULL;
}
