/* replayed: commands as a person types them, replayed, and what comes of them as text: how each went, what it did to the
 * keys, and the data set at the end, which is saved as a snapshot and read again.
 *
 *     replayed r = replay_text("rpush l a b c; lpop l; set s \"x y\\x00\"", false);
 *     r.state     "list:'l'{'b' 'c'} string:'s'{'x y\x00'}"
 *     r.outcomes  "DDD"
 *     replayed_free(&r);
 *
 * Commands end with a semicolon or at the end of a line. Words stand between blanks, or in double quotes with \xHH, \n,
 * \r, \" and \\ in them. A line `#TS:1700000000` is an annotation. */
#ifndef RDBKIT_TESTS_REPLAYED_H
#define RDBKIT_TESTS_REPLAYED_H

#include <stdlib.h>

#include "rdbkit/keyspace.h"

#include "../rdb/render.h"
#include "../unit.h"

typedef struct {
    char *state; /* keys in the order in which they came to be, as render_key and render_element show them */
    char *outcomes; /* a letter a command: Done, Nothing, Failed, Opaque, Unwanted, Left out */
    char *effects;  /* see replayed_effect; of a replay that watches */
    rk_replay_info info;
    rk_err err; /* of the replay; a message is also added to the state */
} replayed;

/* ---- from words to an append-only file --------------------------------------------------------------------- */

static inline bool replayed_ends(char c)
{
    return c == 0 || c == ';' || c == '\n';
}

/* The word that begins at `at`, its escapes resolved, into `word`; returns where it ends. */
static inline const char *replayed_word(const char *at, rk_buf *word, rk_err *err)
{
    bool quoted = *at == '"';
    word->len = 0;
    for (at += quoted; quoted ? *at && *at != '"' : !replayed_ends(*at) && *at != ' '; at++) {
        uint8_t byte = (uint8_t)*at;
        if (quoted && *at == '\\') {
            at++;
            byte = *at == 'n' ? '\n' : *at == 'r' ? '\r' : (uint8_t)*at;
            if (*at == 'x') {
                char digits[3] = { at[1], at[2], 0 };
                byte = (uint8_t)strtoul(digits, NULL, 16);
                at += 2;
            }
        }
        rk_buf_add(word, (rk_slice){ &byte, 1 }, err);
    }
    return at + (quoted && *at);
}

/* Adds the commands of the text as a server writes them. */
static inline void replayed_resp(const char *text, rk_buf *resp, rk_err *err)
{
    rk_buf word = { 0 }, args = { 0 };
    while (*text) {
        size_t argc = 0;
        args.len = 0;
        while (*text == ' ' || *text == ';' || *text == '\n')
            text++;
        if (*text == '#') {
            size_t len = strcspn(text, ";\n");
            rk_buf_printf(resp, err, "%.*s\r\n", (int)len, text);
            text += len;
            continue;
        }
        while (!replayed_ends(*text)) {
            text = replayed_word(text, &word, err);
            rk_buf_printf(&args, err, "$%zu\r\n", word.len);
            rk_buf_add(&args, rk_buf_slice(&word), err);
            rk_buf_add(&args, RK_TEXT("\r\n"), err);
            argc++;
            while (*text == ' ')
                text++;
        }
        if (argc > 0) {
            rk_buf_printf(resp, err, "*%zu\r\n", argc);
            rk_buf_add(resp, rk_buf_slice(&args), err);
        }
    }
    rk_buf_free(&word);
    rk_buf_free(&args);
}

/* ---- from a replay to text --------------------------------------------------------------------------------- */

/* "in l 'x' tail", "out l 'x' whole", "score z 'm' 1->2", "gone l of 3", "string s '5'", "expiry s 1000". */
static inline void replayed_effect(rk_replay *replay, const rk_effect *e, render *r)
{
    static const char *const kinds[] = {
        [RK_EFFECT_IN] = "in",        [RK_EFFECT_OUT] = "out",   [RK_EFFECT_SCORE] = "score",
        [RK_EFFECT_GONE] = "gone",    [RK_EFFECT_CAME] = "came", [RK_EFFECT_STRING] = "string",
        [RK_EFFECT_EXPIRY] = "expiry"
    };
    rk_buf scratch = { 0 };
    rk_slice bytes;
    rk_buf_printf(&r->text, &r->err, "%s%s %.*s", r->text.len ? ", " : "", kinds[e->kind], (int)e->key.len,
                  (const char *)e->key.ptr);
    if (e->kind == RK_EFFECT_GONE)
        rk_buf_printf(&r->text, &r->err, " of %" PRIu64, e->count);
    else if (e->kind == RK_EFFECT_EXPIRY && e->expire_ms == RK_NO_EXPIRY)
        rk_buf_printf(&r->text, &r->err, " none");
    else if (e->kind == RK_EFFECT_EXPIRY)
        render_number(r, " ", (uint64_t)e->expire_ms);
    else if (e->kind != RK_EFFECT_CAME && rk_replay_item(replay, e->item, &scratch, &bytes, &r->err)) {
        render_bytes(r, " ", bytes);
        CU_ASSERT_EQUAL(e->hash, rk_hash64(bytes));
    }
    if (e->kind == RK_EFFECT_IN && e->type == RK_HASH &&
        rk_replay_item(replay, e->value, &scratch, &bytes, &r->err))
        render_bytes(r, "=", bytes);
    if (e->kind == RK_EFFECT_SCORE)
        rk_buf_printf(&r->text, &r->err, " %.17g->%.17g", e->score_before, e->score);
    else if (e->type == RK_ZSET && (e->kind == RK_EFFECT_IN || e->kind == RK_EFFECT_OUT))
        rk_buf_printf(&r->text, &r->err, "=%.17g", e->score);
    rk_buf_printf(&r->text, &r->err, "%s%s", e->tail ? " tail" : "", e->whole ? " whole" : "");
    rk_buf_free(&scratch);
}

/* The keys (and functions) of a snapshot. */
static inline void replayed_read(rk_source *source, render *r)
{
    rk_record record = { .kind = RK_RECORD_AUX };
    rk_element e;
    rk_rdb *rdb = rk_rdb_open(source, &r->err);
    while (rdb && record.kind != RK_RECORD_END && rk_rdb_next(rdb, &record, &r->err)) {
        if (record.kind != RK_RECORD_KEY && record.kind != RK_RECORD_FUNCTION)
            continue;
        if (r->text.len)
            rk_buf_printf(&r->text, &r->err, " ");
        if (record.kind == RK_RECORD_FUNCTION) {
            render_record(r, &record);
            continue;
        }
        render_key(r, &record.key);
        rk_buf_printf(&r->text, &r->err, "{");
        for (bool first = true; rk_rdb_element(rdb, &e, &r->err); first = false) {
            rk_buf_printf(&r->text, &r->err, "%s", first ? "" : " ");
            render_element(r, &e);
        }
        rk_buf_printf(&r->text, &r->err, "}");
    }
    rk_rdb_close(rdb);
}

/* The keyspace as a snapshot in a temporary file, which is read and gone. */
static inline void replayed_state(rk_keyspace *keyspace, render *r)
{
    rk_keyspace_save_options options = { .plain = true };
    rk_sink *sink = rk_sink_open_temporary(&r->err);
    if (!sink || !rk_keyspace_save(keyspace, sink, &options, &r->err)) {
        rk_sink_close(sink);
        return;
    }
    rk_source *source = rk_sink_to_source(sink, "state", &r->err);
    if (source)
        replayed_read(source, r);
    rk_source_close(source);
}

static inline unsigned replayed_watch(void *self, uint32_t db, rk_slice name)
{
    (void)self, (void)db, (void)name;
    return RK_INTEREST_KEEP | RK_INTEREST_WATCH;
}

static inline char *replayed_text(rk_buf *text)
{
    rk_err ignored = { 0 };
    rk_buf_add(text, (rk_slice){ (const uint8_t *)"", 1 }, &ignored);
    return (char *)text->ptr;
}

/* Replays the bytes of a file; with `watch` the effects on all keys are told. */
static inline replayed replay_bytes(rk_slice file, bool watch)
{
    replayed out = { 0 };
    render state = { 0 }, effects = { 0 };
    rk_buf outcomes = { 0 };
    rk_step step;
    rk_replay_options options = { .interest = watch ? replayed_watch : NULL };
    rk_source *source = rk_source_memory(file, 0, &out.err);
    rk_replay *replay = source ? rk_replay_open_source(source, &options, &out.err) : NULL;
    while (replay && rk_replay_next(replay, &step, &out.err)) {
        if (step.command)
            rk_buf_printf(&outcomes, &state.err, "%c", "DNFOUL"[step.outcome]);
        for (size_t i = 0; i < step.effect_count; i++)
            replayed_effect(replay, &step.effects[i], &effects);
    }
    if (replay && out.err.code == RK_OK) {
        replayed_state(rk_replay_keyspace(replay), &state);
        out.info = *rk_replay_info_of(replay); /* without what points into the replay */
        out.info.set = NULL;
        out.info.files = NULL;
    }
    rk_replay_close(replay);
    if (out.err.code != RK_OK || state.err.code != RK_OK)
        rk_buf_printf(&state.text, &effects.err, " error: %s", out.err.code ? out.err.what : state.err.what);
    out.state = replayed_text(&state.text);
    out.effects = replayed_text(&effects.text);
    out.outcomes = replayed_text(&outcomes);
    return out;
}

/* Replays commands as they are typed. */
static inline replayed replay_text(const char *commands, bool watch)
{
    rk_buf resp = { 0 };
    rk_err err = { 0 };
    replayed_resp(commands, &resp, &err);
    replayed out = replay_bytes(rk_buf_slice(&resp), watch);
    rk_buf_free(&resp);
    return out;
}

static inline void replayed_free(replayed *r)
{
    rk_free(r->state);
    rk_free(r->effects);
    rk_free(r->outcomes);
    *r = (replayed){ 0 };
}

/* ---- rows -------------------------------------------------------------------------------------------------- */

/* What the commands of a row leave behind. NULL: not looked at. */
typedef struct {
    const char *commands, *state, *outcomes, *effects;
} replayed_row;

static inline void replayed_differs(const char *commands, const char *what, const char *got,
                                    const char *expected)
{
    printf("# %s\n#   %s: %s\n#   expected: %s\n", commands, what, got, expected);
    CU_FAIL("not as expected");
}

static inline void replayed_rows(const replayed_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        replayed r = replay_text(rows[i].commands, rows[i].effects != NULL);
        if (rows[i].state && strcmp(r.state, rows[i].state) != 0)
            replayed_differs(rows[i].commands, "state", r.state, rows[i].state);
        if (rows[i].outcomes && strcmp(r.outcomes, rows[i].outcomes) != 0)
            replayed_differs(rows[i].commands, "outcomes", r.outcomes, rows[i].outcomes);
        if (rows[i].effects && strcmp(r.effects, rows[i].effects) != 0)
            replayed_differs(rows[i].commands, "effects", r.effects, rows[i].effects);
        CU_PASS("");
        replayed_free(&r);
    }
}

#define REPLAYED(...)                                                                                        \
    do {                                                                                                     \
        static const replayed_row replayed_list[] = { __VA_ARGS__ };                                         \
        replayed_rows(replayed_list, sizeof replayed_list / sizeof replayed_list[0]);                        \
    } while (0)

#endif
