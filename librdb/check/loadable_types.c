/* loadable_types: values in an encoding that the server does not know, and what rewriting them would lose (spec:
 * Compatibility, "Value by value"). */
#include "loadable.h"

#include <stdio.h>

/* What becomes of a value when it is written in the best form that an older server knows. */
static const struct {
    const char *types; /* type bytes */
    const char *id, *advice;
} type_rows[] = {
    { "3 4", "type", "there is no older form: it would have to be left out" },
    { "5", "encoding", "written with its scores as text, nothing is lost" },
    { "6 7", "module", "there is no other form: it would have to be left out" },
    { "9-14 16-18 20", "encoding", "written in the plain form of its type, nothing is lost" },
    { "28", "array",
      "there is no older form: as a hash of index and value, or as a list, it loses its type, cursor or "
      "holes" },
    { "29-32", "template", "written as a plain hash, nothing is lost" },
    { "33", "rate_limiter", "there is no other form: it would have to be left out" },
    { "64", "cron", "there is no other form: it would have to be left out" },
    { "0-255", "type", "no other form is known: it would have to be left out" },
};

static bool is_field_ttl(const load_view *v, const rk_encoding_facts *e)
{
    return !v->dragonfly && e->type == RK_HASH && server_lists("22-25", e->type_byte);
}

static bool is_stream(const rk_encoding_facts *e)
{
    return e->type == RK_STREAM;
}

static rk_obstacle obstacle_of(const char *id, const rk_encoding_facts *e)
{
    return (rk_obstacle){ .id = id,
                          .blocks = true,
                          .count = e->keys,
                          .has_example = true,
                          .db = e->example_db,
                          .key = e->example };
}

/* ---- hashes with field TTL ----------------------------------------------------------------------------------- */

/* The server has a form for them, though not the one that the file has. */
static bool has_own_field_ttl(const load_view *v)
{
    return v->row->valkey_types ? server_lists(v->row->valkey_types, 22) : server_lists(v->row->types, 24);
}

static void add_field_ttl(load_view *v, const rk_encoding_facts *e)
{
    const rk_facts *facts = v->subject->facts;
    const rk_trait *live = &facts->traits[RK_TRAIT_FIELD_TTL];
    char things[280], advice[300];
    load_words hashes, fields;
    rk_obstacle o = load_of_trait("field_ttl", true, live);
    load_things(live->count, "hash with field TTL", "hashes with field TTL", &hashes);
    load_things(facts->field_ttls, "field", "fields", &fields);
    snprintf(things, sizeof things, "%s (%s)", hashes.text, fields.text);
    if (has_own_field_ttl(v))
        snprintf(advice, sizeof advice, "it has a form of its own for them: rewritten, nothing is lost");
    else
        snprintf(advice, sizeof advice, "writing %s makes %s permanent",
                 live->count == 1 ? "it as a plain hash" : "them as plain hashes", fields.text);
    if (live->count > 0) {
        load_add(v, &o, things, has_own_field_ttl(v) ? "cannot load them in this form" : "cannot load them",
                 advice);
        return;
    }
    o = obstacle_of("field_ttl", e);
    load_things(e->keys, "hash in a form for field TTL, without any",
                "hashes in a form for field TTL, without any", &hashes);
    load_add(v, &o, hashes.text, "does not know this form", "written as a plain hash, nothing is lost");
}

/* ---- streams ----------------------------------------------------------------------------------------------------- */

/* What a stream of the type byte loses on its way to a server that goes by a Redis before `until`. */
static const struct {
    uint8_t from_type;
    unsigned until;
    const char *loss;
} stream_losses[] = {
    { 19, 700, "counters and lag (the server estimates them)" },
    { 21, 702, "when consumers were active last" },
    { 26, 806, "the memory of idempotent producers" },
    { 27, 808, "entries given back (NACK), which get an owner" },
};

static void add_stream(load_view *v, const rk_encoding_facts *e)
{
    rk_obstacle o = obstacle_of("stream", e);
    load_words things;
    char words[80], advice[240] = "there is no older form: it would have to be left out";
    size_t len = 0;
    load_things(e->keys, "stream", "streams", &things);
    snprintf(words, sizeof words, "does not know type %u", e->type_byte);
    if (!server_lists(v->row->types, 15)) {
        load_add(v, &o, things.text, "knows no streams", advice);
        return;
    }
    for (size_t i = 0; i < sizeof stream_losses / sizeof stream_losses[0]; i++)
        if (e->type_byte >= stream_losses[i].from_type && v->row->like < stream_losses[i].until &&
            len < sizeof advice)
            len += (size_t)snprintf(advice + len, sizeof advice - len, "%s%s",
                                    len ? ", " : "an older form loses ", stream_losses[i].loss);
    load_add(v, &o, things.text, words, advice);
}

/* ---- all others --------------------------------------------------------------------------------------------------- */

static void add_type(load_view *v, const rk_encoding_facts *e)
{
    size_t row = 0;
    char one[100], many[100], words[80];
    const char *type = e->type == RK_OTHER ? "value" : rk_type_name(e->type);
    load_words things;
    uint8_t byte = e->type_byte == 29 && e->type == RK_OTHER
                       ? 33
                       : e->type_byte; /* a rate limiter's, of private builds */
    while (!server_lists(type_rows[row].types, byte))
        row++;
    if (v->dragonfly && e->type_byte >= 22)
        row = sizeof type_rows / sizeof type_rows[0] - 1;
    rk_obstacle o = obstacle_of(type_rows[row].id, e);
    snprintf(one, sizeof one, "%s (%s)", type, e->encoding);
    snprintf(many, sizeof many, "%s%s (%s)", type, e->type == RK_HASH ? "es" : "s", e->encoding);
    snprintf(words, sizeof words, "does not know type %u", e->type_byte);
    load_add(v, &o, load_things(e->keys, one, many, &things), words, type_rows[row].advice);
}

void load_types(load_view *v)
{
    const rk_facts *facts = v->subject->facts;
    bool told = false;
    for (size_t i = 0; i < facts->encoding_count; i++) {
        const rk_encoding_facts *e = &facts->encodings[i];
        if (load_knows_type(v, e))
            continue;
        if (is_field_ttl(v, e)) {
            if (!told)
                add_field_ttl(v, e);
            told = true;
        } else if (is_stream(e)) {
            add_stream(v, e);
        } else {
            add_type(v, e);
        }
    }
}
