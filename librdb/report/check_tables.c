/* check_tables: what is in a snapshot, in tables: keys, encodings, the biggest keys, Sidekiq's places, AUX fields. */
#include "check_view.h"
#include "table.h"

#include <stdlib.h>

static const char indent[] = "  ";

static const char *name_shown(rk_slice name, char *room, size_t cap)
{
    return name.len ? rk_slice_print(name, room, cap) : "''";
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static void key_row(rk_table *table, const char *db, const char *type, const uint64_t numbers[4])
{
    rk_human keys, expiries, elements, bytes;
    const char *cells[] = { db,
                            type,
                            rk_human_count(numbers[0], &keys),
                            rk_human_count(numbers[1], &expiries),
                            rk_human_count(numbers[2], &elements),
                            rk_human_size(numbers[3], &bytes) };
    rk_table_row(table, cells);
}

bool check_write_keys(const check_view *v)
{
    static const char *const titles[] = { "DB", "TYPE", ">KEYS", ">EXPIRING", ">ELEMENTS", ">SIZE", NULL };
    rk_table *table;
    uint64_t total[4] = { 0 };
    char db[16];
    rk_human number;
    if (v->facts->keys == 0)
        return true;
    table = rk_table_new(titles);
    for (size_t i = 0; i < v->facts->db_count; i++) {
        const rk_db_facts *row = &v->facts->dbs[i];
        snprintf(db, sizeof db, "%" PRIu32, row->db);
        for (unsigned t = 0; t <= RK_OTHER; t++) {
            const uint64_t numbers[4] = { row->keys[t], row->expiries[t], row->elements[t], row->bytes[t] };
            if (row->keys[t] == 0)
                continue;
            key_row(table, db, rk_type_name(t), numbers);
            for (unsigned n = 0; n < 4; n++)
                total[n] += numbers[n];
        }
    }
    key_row(table, "TOTAL", "", total);
    rk_table_bold(table, rk_ink_code(v->options->colour, RK_INK_BOLD));
    fputc('\n', v->out);
    bool ok = rk_table_write(table, indent, v->out, v->err);
    if (v->facts->keys_elsewhere)
        fprintf(v->out, "%sand %s in further databases\n", indent,
                rk_human_things(v->facts->keys_elsewhere, "key", &number));
    return ok;
}

/* ---- encodings --------------------------------------------------------------------------------------------------- */

bool check_write_encodings(const check_view *v)
{
    static const char *const titles[] = {
        "TYPE", "ENCODING", ">BYTE", ">KEYS", ">SIZE", "FOR INSTANCE", NULL
    };
    rk_table *table;
    if (v->facts->encoding_count == 0)
        return true;
    table = rk_table_new(titles);
    for (size_t i = 0; i < v->facts->encoding_count; i++) {
        const rk_encoding_facts *e = &v->facts->encodings[i];
        rk_human keys, bytes;
        char byte[8], name[80];
        snprintf(byte, sizeof byte, "%u", e->type_byte);
        const char *cells[] = { rk_type_name(e->type),
                                e->encoding,
                                byte,
                                rk_human_count(e->keys, &keys),
                                rk_human_size(e->bytes, &bytes),
                                name_shown(e->example, name, sizeof name) };
        rk_table_row(table, cells);
    }
    fputc('\n', v->out);
    return rk_table_write(table, indent, v->out, v->err);
}

/* ---- the biggest -------------------------------------------------------------------------------------------------- */

bool check_write_biggest(const check_view *v)
{
    static const char *const titles[] = { ">SIZE", ">ELEMENTS",    "TYPE", "ENCODING",
                                          ">DB",   "BIGGEST KEYS", NULL };
    rk_table *table;
    if (v->facts->biggest_count == 0)
        return true;
    table = rk_table_new(titles);
    for (size_t i = 0; i < v->facts->biggest_count; i++) {
        const rk_big_key *k = &v->facts->biggest[i];
        rk_human bytes, elements;
        char db[16], name[100];
        snprintf(db, sizeof db, "%" PRIu32, k->db);
        const char *cells[] = { rk_human_size(k->bytes, &bytes),
                                rk_human_count(k->elements, &elements),
                                rk_type_name(k->type),
                                k->encoding,
                                db,
                                name_shown(k->name, name, sizeof name) };
        rk_table_row(table, cells);
    }
    fputc('\n', v->out);
    return rk_table_write(table, indent, v->out, v->err);
}

/* ---- Sidekiq -------------------------------------------------------------------------------------------------------- */

uint64_t check_view_jobs(const rk_facts *facts, uint64_t *in_hand)
{
    uint64_t jobs = 0;
    *in_hand = 0;
    for (size_t i = 0; facts->sidekiq && i < facts->sidekiq->place_count; i++) {
        const rk_place *place = facts->sidekiq->places[i];
        *(place->kind == RK_PLACE_WORK ? in_hand : &jobs) += place->jobs;
    }
    return jobs;
}

/* By layout, kind and name. */
static int by_name(const void *a, const void *b)
{
    const rk_place *x = *(rk_place *const *)a, *y = *(rk_place *const *)b;
    if (x->layout != y->layout)
        return x->layout->id < y->layout->id ? -1 : 1;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : rk_slice_compare(x->name, y->name);
}

static const char *remark(const rk_place *place)
{
    if (place->kind == RK_PLACE_WORK)
        return "in hand, not in the total";
    if (place->kind == RK_PLACE_PRIVATE)
        return place->alive ? "in hand of a live process" : "its process is not alive";
    if (place->kind == RK_PLACE_QUEUE && place->layout->has_queues_set && !place->listed)
        return "not in the set queues";
    return "";
}

static bool many_dbs(const rk_layouts *layouts)
{
    for (size_t i = 0; i < layouts->count; i++)
        if (layouts->items[i]->db != 0)
            return true;
    return false;
}

static void write_layout(const check_view *v, const rk_layout *layout, bool with_db)
{
    rk_human_place_room name;
    char line[400] = "";
    rk_human number;
    size_t alive = 0;
    for (size_t i = 0; i < layout->process_count; i++)
        alive += layout->processes[i].alive;
    rk_human_join(line, sizeof line, "", "Sidekiq, %s", rk_human_layout(layout, with_db, &name));
    if (layout->has_counters) {
        rk_human_join(line, sizeof line, ": ", "%s processed",
                      rk_human_count((uint64_t)layout->processed, &number));
        rk_human_join(line, sizeof line, ", ", "%s failed",
                      rk_human_count((uint64_t)layout->failed, &number));
    }
    if (layout->process_count > 0)
        rk_human_join(line, sizeof line, ", ", "%s %s (%zu alive)",
                      rk_human_count(layout->process_count, &number),
                      layout->process_count == 1 ? "process" : "processes", alive);
    rk_human_fill(v->out, indent, line);
}

bool check_write_places(const check_view *v)
{
    static const char *const titles[] = { "PLACE", ">JOBS", "", NULL };
    const rk_layouts *layouts = v->facts->sidekiq;
    rk_human number;
    if (!layouts)
        fprintf(v->out, "\n%sSidekiq was not looked for: its keys could not be read again\n", indent);
    if (v->facts->sidekiq_unseen)
        fprintf(v->out, "\n%s%s more may be Sidekiq's; so many are not looked at\n", indent,
                rk_human_things(v->facts->sidekiq_unseen, "key", &number));
    if (!layouts || layouts->count == 0)
        return true;
    bool with_db = many_dbs(layouts), ok = true;
    uint64_t in_hand, total = check_view_jobs(v->facts, &in_hand), listed = 0;
    rk_place **places = rk_alloc((layouts->place_count + 1) * sizeof(rk_place *));
    rk_table *table = rk_table_new(titles);
    if (!places) {
        rk_table_write(table, indent, v->out, v->err);
        return rk_no_memory(v->err);
    }
    fputc('\n', v->out);
    for (size_t i = 0; i < layouts->count; i++)
        write_layout(v, layouts->items[i], with_db);
    if (layouts->place_count) /* a layout may have counters alone */
        memcpy(places, layouts->places, layouts->place_count * sizeof(rk_place *));
    qsort(places, layouts->place_count, sizeof(rk_place *), by_name);
    for (; listed < layouts->place_count && listed < v->options->limit; listed++) {
        const rk_place *place = places[listed];
        rk_human_place_room name;
        const char *cells[] = { rk_human_place(place, with_db, &name), rk_human_count(place->jobs, &number),
                                remark(place) };
        rk_table_row(table, cells);
    }
    const char *cells[] = { "TOTAL", rk_human_count(total, &number), "" };
    rk_table_row(table, cells);
    rk_table_bold(table, rk_ink_code(v->options->colour, RK_INK_BOLD));
    ok = rk_table_write(table, indent, v->out, v->err);
    if (listed < layouts->place_count)
        fprintf(v->out, "%s... and %s more places (--limit all)\n", indent,
                rk_human_count(layouts->place_count - listed, &number));
    rk_free(places);
    return ok;
}

/* ---- AUX ---------------------------------------------------------------------------------------------------------- */

bool check_write_aux(const check_view *v)
{
    static const char *const titles[] = { "AUX FIELD", ">TIMES", "VALUE", NULL };
    rk_human number;
    if (v->facts->aux_count == 0)
        return true;
    rk_table *table = rk_table_new(titles);
    for (size_t i = 0; i < v->facts->aux_count; i++) {
        const rk_aux_field *field = &v->facts->aux[i];
        char name[80], value[80];
        const char *cells[] = { rk_slice_print(field->name, name, sizeof name),
                                rk_human_count(field->count, &number),
                                rk_slice_print(field->value, value, sizeof value) };
        rk_table_row(table, cells);
    }
    fputc('\n', v->out);
    bool ok = rk_table_write(table, indent, v->out, v->err);
    if (v->facts->aux_elsewhere)
        fprintf(v->out, "%sand %s with further names\n", indent,
                rk_human_things(v->facts->aux_elsewhere, "field", &number));
    return ok;
}
