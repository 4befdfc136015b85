/* explain_trace: what the reader tells, put in its place: operands below their opcode, elements below their count. */
#include <stdio.h>

#include "explain.h"

enum { BYTES_MOST = 256, VALUE_DEPTH = 1, OPERAND_DEPTH = 2 };

static const char *form_of_length(uint64_t bytes)
{
    return bytes == 1 ? "6 bits" : bytes == 2 ? "14 bits" : bytes == 5 ? "32 bits" : "64 bits";
}

/* The byte that begins a record, or an attribute of the key to come. */
static void tell_opcode(rk_explain *e, const rk_traced *t)
{
    const char *name = explain_opcode_name((uint8_t)t->number, rk_rdb_is_valkey(e->again));
    explain_spot spot = { .depth = 1, .from = t->from, .len = 1, .head = true };
    if (!e->open || e->headed) {
        explain_end_record(e, t->from);
        explain_start_record(e, t->from);
    }
    if (name)
        explain_add(e, spot, "opcode %u: %s", (unsigned)t->number, name);
    else
        explain_add(e, spot, "byte 0x%02x", (unsigned)t->number);
}

/* Counts the element that begins at `depth`, and says which it is. */
static void number_element(rk_explain *e, const explain_word *word, unsigned depth, char *name, size_t cap)
{
    explain_counter *c = &e->counters[depth < EXPLAIN_DEPTHS ? depth : EXPLAIN_DEPTHS - 1];
    c->seen++;
    if (c->counted)
        snprintf(name, cap, "%s %" PRIu64 " of %" PRIu64, word->what, c->seen, c->total);
    else
        snprintf(name, cap, "%s", word->what);
}

static void count_elements(rk_explain *e, unsigned depth, uint64_t total)
{
    e->last_count = depth;
    if (depth + 1 < EXPLAIN_DEPTHS)
        e->counters[depth + 1] = (explain_counter){ .total = total, .counted = true };
}

/* What the reader has just read, as its word has it; `name` also says which of many it is. */
static unsigned name_it(rk_explain *e, const explain_word *word, const rk_traced *t, char *name, size_t cap)
{
    unsigned base = e->headed ? VALUE_DEPTH : OPERAND_DEPTH;
    unsigned depth = word->depth == DEPTH_OF_COUNT ? e->last_count + 1 : base + word->depth;
    if (strcmp(word->what, "key") == 0)
        depth = VALUE_DEPTH;
    snprintf(name, cap, "%s", word->what);
    if (word->role == ROLE_NODE && e->container)
        depth++;
    else if (word->role == ROLE_EACH || word->role == ROLE_NODE)
        number_element(e, word, depth, name, cap);
    if (word->role == ROLE_PAIR) {
        bool second = e->pair_what == word->what;
        snprintf(name, cap, "%s, %s", word->what, second ? "sequence" : "milliseconds");
        e->pair_what = second ? NULL : word->what;
    }
    if (word->role == ROLE_COUNT)
        count_elements(e, depth, t->number);
    return depth;
}

static void tell_bytes(rk_explain *e, const explain_word *word, const char *name, explain_spot spot)
{
    uint8_t room[BYTES_MOST];
    char shown[160] = "";
    if (explain_is_near(e, false, spot.from, spot.from + spot.len) || spot.head) {
        size_t got =
            explain_read(e, spot.from, room, spot.len < sizeof room ? (size_t)spot.len : sizeof room);
        explain_show_bytes(e, word->show, (rk_slice){ room, got }, shown, sizeof shown);
    }
    explain_add(e, spot, "%s%s%s", name, shown[0] ? ": " : "", shown);
}

void explain_told(void *self, const rk_traced *t)
{
    rk_explain *e = self;
    char name[120], shown[120];
    if (e->trouble.code != RK_OK)
        return;
    e->next = t->to;
    if (strcmp(t->what, "the next record") == 0) {
        tell_opcode(e, t);
        return;
    }
    const explain_word *word = explain_word_of(e, t->what);
    explain_word unknown = { .what = t->what };
    word = word ? word : &unknown;
    unsigned depth = name_it(e, word, t, name, sizeof name);
    bool head = word->role != ROLE_EACH && depth <= (e->headed ? VALUE_DEPTH : OPERAND_DEPTH);
    explain_spot spot = { .depth = depth, .from = t->from, .len = t->to - t->from, .head = head };
    switch (t->kind) {
    case RK_TRACE_BYTES:
        tell_bytes(e, word, name, spot);
        break;
    case RK_TRACE_LENGTH:
        if (word->show == SHOW_CONTAINER)
            e->container = t->number;
        explain_show_number(word->show, t->number, shown, sizeof shown);
        explain_add(e, spot, "%s: %s (%s)", name, shown, form_of_length(spot.len));
        break;
    case RK_TRACE_STRING:
        explain_string(e, depth, head, name, t,
                       e->headed ? explain_pack_of(t->what, &e->record, e->container) : NULL);
        e->next = t->number > UINT64_MAX - t->to ? UINT64_MAX : t->to + t->number;
        break;
    }
}
