/* explain_stream: what each element of a stream node is (spec: RDB, "Streams"):
 *
 *     master entry: count | deleted | num-fields | field_1 .. field_n | 0
 *     entry:        flags | ms-delta | seq-delta | [num-fields] | [field] value ... | lp-count */
#include <stdio.h>

#include "explain.h"

enum { ENTRY_DELETED = 1, ENTRY_SAME_FIELDS = 2 };

enum {
    AT_COUNT,
    AT_DELETED,
    AT_NUM_FIELDS,
    AT_MASTER_FIELD,
    AT_MASTER_END,
    AT_FLAGS,
    AT_MS,
    AT_SEQ,
    AT_ENTRY_FIELDS,
    AT_FIELD,
    AT_VALUE,
    AT_LP_COUNT
};

static const char *const names[] = {
    [AT_COUNT] = "number of entries",
    [AT_DELETED] = "number of deleted entries",
    [AT_NUM_FIELDS] = "number of fields",
    [AT_MASTER_FIELD] = "field of the master entry",
    [AT_MASTER_END] = "end of the master entry",
    [AT_FLAGS] = "flags",
    [AT_MS] = "milliseconds behind the node's key",
    [AT_SEQ] = "sequence behind the node's key",
    [AT_ENTRY_FIELDS] = "number of fields",
    [AT_FIELD] = "field",
    [AT_VALUE] = "value",
    [AT_LP_COUNT] = "number of elements of the entry",
};

static uint64_t positive(const rk_packed *entry)
{
    return entry->is_int && entry->integer > 0 ? (uint64_t)entry->integer : 0;
}

/* Fields or values come, or none, and then the end of the entry. */
static int first_of_entry(explain_stream *s, uint64_t count)
{
    s->left = count;
    return count == 0 ? AT_LP_COUNT : s->same_fields ? AT_VALUE : AT_FIELD;
}

static int step_behind(explain_stream *s, const rk_packed *entry)
{
    switch (s->step) {
    case AT_NUM_FIELDS:
        s->fields = s->left = positive(entry);
        return s->left ? AT_MASTER_FIELD : AT_MASTER_END;
    case AT_MASTER_FIELD:
        return --s->left ? AT_MASTER_FIELD : AT_MASTER_END;
    case AT_FLAGS:
        s->same_fields = positive(entry) & ENTRY_SAME_FIELDS;
        return AT_MS;
    case AT_SEQ:
        return s->same_fields ? first_of_entry(s, s->fields) : AT_ENTRY_FIELDS;
    case AT_ENTRY_FIELDS:
        return first_of_entry(s, positive(entry));
    case AT_VALUE:
        return --s->left == 0 ? AT_LP_COUNT : s->same_fields ? AT_VALUE : AT_FIELD;
    case AT_LP_COUNT:
        return AT_FLAGS;
    default:
        return s->step + 1;
    }
}

void explain_stream_name(explain_stream *s, const rk_packed *entry, char *out, size_t cap)
{
    uint64_t flags = positive(entry);
    s->entries += s->step == AT_FLAGS;
    if (s->step == AT_FLAGS)
        snprintf(out, cap, "entry %" PRIu64 ", flags%s%s", s->entries,
                 flags & ENTRY_DELETED ? " DELETED" : "", flags & ENTRY_SAME_FIELDS ? " SAMEFIELDS" : "");
    else if (s->step > AT_FLAGS)
        snprintf(out, cap, "entry %" PRIu64 ", %s", s->entries, names[s->step]);
    else
        snprintf(out, cap, "%s", names[s->step]);
    s->step = step_behind(s, entry);
}
