/* stream_trim: the oldest entries go, by XTRIM and by XADD (spec: AOF, "Streams"). */
#include "stream.h"

/* MAXLEN or MINID, then perhaps `=` or `~`, then the threshold; *at stands on the first word. */
static bool read_threshold(ks_call *c, size_t *at, ks_trim *trim)
{
    bool by_length = ks_is(ks_arg(c, *at), "MAXLEN");
    int64_t length = 0;
    size_t i = *at + 1;
    if (trim->kind != KS_TRIM_NOT) {
        ks_fails(c, "MAXLEN and MINID do not go together");
        return false;
    }
    trim->kind = by_length ? KS_TRIM_LENGTH : KS_TRIM_ID;
    trim->about = i + 1 < ks_argc(c) && ks_is(ks_arg(c, i), "~");
    i += trim->about || (i + 1 < ks_argc(c) && ks_is(ks_arg(c, i), "="));
    if (by_length ? !ks_int(ks_arg(c, i), &length) || length < 0
                  : !ks_stream_id(ks_arg(c, i), 0, &trim->id)) {
        ks_fails(c, "argument %zu is no threshold", i);
        return false;
    }
    trim->length = (uint64_t)length;
    *at = i + 1;
    return true;
}

bool ks_trim_option(ks_call *c, size_t *at, ks_trim *trim)
{
    rk_slice word = ks_arg(c, *at);
    bool more = *at + 1 < ks_argc(c);
    if (ks_refs_word(word, &trim->refs)) {
        c->ks->before_7 = false; /* which had no such word */
        ++*at;
        return true;
    }
    if (more && (ks_is(word, "MAXLEN") || ks_is(word, "MINID")))
        return read_threshold(c, at, trim);
    if (!more || !ks_is(word, "LIMIT"))
        return false;
    *at += 2; /* servers do not look at it either: what is logged is what was left */
    return true;
}

static bool must_go(const ks_stream *stream, const ks_trim *trim, const ks_entry *entry)
{
    if (!entry)
        return false;
    if (trim->kind == KS_TRIM_LENGTH)
        return stream->entries.count > trim->length;
    return trim->kind == KS_TRIM_ID && ks_id_compare(entry->id, trim->id) < 0;
}

bool ks_trim_apply(rk_keyspace *ks, ks_stream *stream, const ks_trim *trim, bool *unsure)
{
    ks_ids_place place = { 0 };
    ks_entry *entry;
    bool trimmed = false;
    *unsure = false;
    while (must_go(stream, trim, entry = ks_ids_next(&stream->entries, &place))) {
        if (trim->about) {
            *unsure = true;
            return false;
        }
        if (trim->refs == KS_ACKED && ks_stream_needs(stream, entry->id))
            continue;
        if (trim->refs == KS_DELREF)
            ks_stream_drop_refs(stream, entry->id);
        ks_str_free(ks, &entry->body);
        ks_ids_remove_before(&stream->entries, &place);
        trimmed = true;
    }
    return trimmed;
}

rk_outcome ks_trim_unsure(ks_call *c)
{
    ks_fails(c, "how many entries went is not told");
    ks_doubt(c->ks, c->db, ks_arg(c, 1));
    return RK_OUTCOME_OPAQUE;
}

/* XTRIM k MAXLEN|MINID [=] x [LIMIT n] [KEEPREF|DELREF|ACKED] */
rk_outcome ks_xtrim(ks_call *c)
{
    bool wrong, unsure;
    ks_trim trim = { .kind = KS_TRIM_NOT };
    for (size_t at = 2; at < ks_argc(c);)
        if (!ks_trim_option(c, &at, &trim))
            return ks_fails(c, "argument %zu is no option", at);
    if (trim.kind == KS_TRIM_NOT)
        return ks_fails(c, "neither MAXLEN nor MINID");
    ks_stream *stream = ks_stream_open(c, 1, &wrong);
    if (wrong)
        return ks_stream_wrong(c, 1);
    if (!stream)
        return RK_OUTCOME_NOTHING;
    bool trimmed = ks_trim_apply(c->ks, stream, &trim, &unsure);
    return unsure ? ks_trim_unsure(c) : trimmed ? RK_OUTCOME_DONE : RK_OUTCOME_NOTHING;
}
