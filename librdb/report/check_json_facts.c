/* check_json_facts: what is in a snapshot, as JSON. */
#include "check_json.h"

/* ---- keys ----------------------------------------------------------------------------------------------------------- */

static json_t *db_types(const rk_db_facts *db)
{
    json_t *list = json_array();
    for (unsigned t = 0; t <= RK_OTHER; t++)
        if (db->keys[t] > 0)
            list = rk_json_append(list, json_pack("{s:s, s:o, s:o, s:o, s:o}", "type", rk_type_name(t),
                                                  "keys", rk_json_out_count(db->keys[t]), "expiries",
                                                  rk_json_out_count(db->expiries[t]), "elements",
                                                  rk_json_out_count(db->elements[t]), "bytes",
                                                  rk_json_out_count(db->bytes[t])));
    return list;
}

static json_t *dbs(const rk_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->db_count; i++)
        list = rk_json_append(list, json_pack("{s:o, s:o}", "db", rk_json_out_count(facts->dbs[i].db),
                                              "types", db_types(&facts->dbs[i])));
    return list;
}

static json_t *encodings(const rk_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->encoding_count; i++) {
        const rk_encoding_facts *e = &facts->encodings[i];
        list = rk_json_append(
            list, json_pack("{s:s, s:s, s:i, s:o, s:o, s:{s:o, s:o}}", "type", rk_type_name(e->type),
                            "encoding", e->encoding, "type_byte", (int)e->type_byte, "keys",
                            rk_json_out_count(e->keys), "bytes", rk_json_out_count(e->bytes), "example", "db",
                            rk_json_out_count(e->example_db), "key", rk_json_out_text(e->example)));
    }
    return list;
}

static json_t *biggest(const rk_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->biggest_count; i++) {
        const rk_big_key *k = &facts->biggest[i];
        list = rk_json_append(list,
                              json_pack("{s:o, s:o, s:s, s:s, s:o, s:o}", "db", rk_json_out_count(k->db),
                                        "key", rk_json_out_text(k->name), "type", rk_type_name(k->type),
                                        "encoding", k->encoding, "elements", rk_json_out_count(k->elements),
                                        "bytes", rk_json_out_count(k->bytes)));
    }
    return list;
}

/* ---- beside the keys ----------------------------------------------------------------------------------------------- */

static json_t *opcodes(const rk_facts *facts)
{
    json_t *object = json_object();
    char byte[8];
    for (unsigned i = 0; i < 256; i++)
        if (facts->opcodes[i] > 0) {
            snprintf(byte, sizeof byte, "%u", i);
            object = rk_json_set(object, byte, rk_json_out_count(facts->opcodes[i]));
        }
    return object;
}

static json_t *trait(const rk_trait *t)
{
    json_t *example = t->has_example ? json_pack("{s:o, s:o}", "db", rk_json_out_count(t->db), "key",
                                                 rk_json_out_text(t->key))
                                     : json_null();
    return json_pack("{s:o, s:o}", "count", rk_json_out_count(t->count), "example", example);
}

static json_t *traits(const rk_facts *facts)
{
    json_t *object = json_object();
    for (unsigned i = 0; i < RK_TRAIT_COUNT; i++)
        if (facts->traits[i].count > 0)
            object = rk_json_set(object, rk_trait_name(i), trait(&facts->traits[i]));
    return object;
}

static json_t *job_forms(const rk_facts *facts)
{
    json_t *object = facts->jobs_looked_into ? json_object() : json_null();
    for (unsigned i = 0; facts->jobs_looked_into && i < RK_FORM_COUNT; i++)
        if (facts->job_forms[i].count > 0)
            object = rk_json_set(object, rk_job_form_name(i), trait(&facts->job_forms[i]));
    return object;
}

static json_t *aux(const rk_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->aux_count; i++)
        list = rk_json_append(list, json_pack("{s:o, s:o, s:o}", "name", rk_json_out_text(facts->aux[i].name),
                                              "value", rk_json_out_text(facts->aux[i].value), "count",
                                              rk_json_out_count(facts->aux[i].count)));
    return list;
}

static json_t *libraries(const rk_facts *facts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < facts->function_count; i++)
        list = rk_json_append(list, rk_json_out_text(facts->functions[i]));
    return list;
}

/* ---- Sidekiq --------------------------------------------------------------------------------------------------------- */

static const char *kind_name(rk_place_kind kind)
{
    static const char *const names[] = {
        [RK_PLACE_QUEUE] = "queue",     [RK_PLACE_SCHEDULE] = "schedule",       [RK_PLACE_RETRY] = "retry",
        [RK_PLACE_DEAD] = "dead",       [RK_PLACE_INTERRUPTED] = "interrupted", [RK_PLACE_WORK] = "work",
        [RK_PLACE_PRIVATE] = "private",
    };
    return names[kind];
}

static json_t *place(const rk_place *p)
{
    json_t *json = json_pack("{s:o, s:s, s:o}", "place", rk_json_out_text(p->name), "kind",
                             kind_name(p->kind), "jobs", rk_json_out_count(p->jobs));
    if (p->kind == RK_PLACE_QUEUE)
        json = rk_json_set(json, "listed", json_boolean(p->listed));
    if (p->kind == RK_PLACE_PRIVATE || p->kind == RK_PLACE_WORK)
        json = rk_json_set(json, "alive", json_boolean(p->alive));
    return json;
}

static json_t *layout(const rk_layout *l)
{
    json_t *places = json_array();
    size_t alive = 0;
    for (size_t i = 0; i < l->place_count; i++)
        places = rk_json_append(places, place(l->places[i]));
    for (size_t i = 0; i < l->process_count; i++)
        alive += l->processes[i].alive;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "db", rk_json_out_count(l->db), "namespace",
                     rk_json_out_namespace(l), "places", places, "processes",
                     rk_json_out_count(l->process_count), "alive", rk_json_out_count(alive), "processed",
                     l->has_counters ? json_integer(l->processed) : json_null(), "failed",
                     l->has_counters ? json_integer(l->failed) : json_null());
}

static json_t *sidekiq(const rk_facts *facts)
{
    json_t *list = facts->sidekiq ? json_array() : json_null();
    for (size_t i = 0; facts->sidekiq && i < facts->sidekiq->count; i++)
        list = rk_json_append(list, layout(facts->sidekiq->items[i]));
    return list;
}

json_t *check_json_facts(const rk_facts *facts)
{
    json_t *keys = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "keys", rk_json_out_count(facts->keys),
                             "expiries", rk_json_out_count(facts->expiries), "dbs", dbs(facts),
                             "keys_elsewhere", rk_json_out_count(facts->keys_elsewhere), "encodings",
                             encodings(facts), "biggest", biggest(facts));
    json_t *rest = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "opcodes", opcodes(facts),
                             "traits", traits(facts), "field_ttls", rk_json_out_count(facts->field_ttls),
                             "longest_string", rk_json_out_count(facts->longest_string), "aux", aux(facts),
                             "aux_elsewhere", rk_json_out_count(facts->aux_elsewhere), "libraries",
                             libraries(facts), "sidekiq", sidekiq(facts), "sidekiq_unseen",
                             rk_json_out_count(facts->sidekiq_unseen), "job_forms", job_forms(facts));
    return rk_json_join(keys, rest);
}
