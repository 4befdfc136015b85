/* salvage_trial: damages a snapshot, salvages it, and compares what was saved with what physically lies outside the
 * damage. */
#ifndef RDBKIT_TESTS_SALVAGE_TRIAL_H
#define RDBKIT_TESTS_SALVAGE_TRIAL_H

#include <sys/stat.h>
#include <unistd.h>

#include "contents.h"
#include "damage.h"
#include "rdbkit/check.h"

/* Counts over many trials. */
typedef struct {
    uint64_t trials, refused; /* refused: the salvage failed */
    uint64_t intact, saved,
        saved_elsewhere;           /* keys whose records lie outside the damage; under another database */
    uint64_t nodes, nodes_saved;   /* of lists and streams: pieces, too */
    uint64_t pieces, pieces_saved; /* of damaged keys whose names lie outside */
    uint64_t invented, invented_suspect; /* keys that were not there */
    uint64_t foreign, foreign_suspect;   /* elements that the key had not */
    uint64_t changed, changed_suspect;   /* damaged strings and the like with another value */
} trial_sums;

typedef struct {
    const char *name;
    rk_slice sound;
    const contents *before;
    rk_slice damaged;
    uint64_t from, to; /* of the damage */
    bool loud;
    trial_sums *sums;
} trial;

static const char *trial_folder(void)
{
    static char folder[64];
    if (!*folder) {
        const char *named = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%.30s/rdbkit-salvage-XXXXXX", named && *named ? named : "/tmp");
        CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    }
    return folder;
}

static inline const char *trial_path(const char *name)
{
    static char rooms[8][128];
    static unsigned next;
    char *path = rooms[next++ % 8];
    snprintf(path, sizeof rooms[0], "%s/%s", trial_folder(), name);
    return path;
}

static inline void trial_clean(void)
{
    static const char *const names[] = { "damaged.rdb", "saved.rdb", "sound.rdb", "other.rdb" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove(trial_path(names[i]));
    rmdir(trial_folder());
}

static inline void trial_put(const char *path, rk_slice bytes)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_FATAL(file != NULL && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len);
    fclose(file);
}

static inline rk_buf trial_get(const char *path)
{
    rk_buf buf = { 0 };
    rk_err err = { 0 };
    struct stat info;
    FILE *file = fopen(path, "rb");
    CU_ASSERT_FATAL(file != NULL && stat(path, &info) == 0 &&
                    rk_buf_reserve(&buf, (size_t)info.st_size + 1, &err));
    buf.len = fread(buf.ptr, 1, (size_t)info.st_size, file);
    fclose(file);
    return buf;
}

static inline bool trial_outside(const trial *t, uint64_t from, uint64_t to)
{
    return to <= t->from || from >= t->to;
}

static int trial_by_digest(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(rk_digest));
}

static inline bool trial_same(const content_key *a, const content_key *b)
{
    return a->type == b->type && a->element_count == b->element_count && a->expire_ms == b->expire_ms &&
           rk_digest_is(a->all, b->all);
}

/* How many elements of `after` are no elements of `before`. */
static inline uint64_t trial_foreign(const content_key *before, const content_key *after)
{
    size_t n = before->element_count;
    uint64_t foreign = 0;
    content_element *sorted = malloc((n + 1) * sizeof *sorted);
    if (n)
        memcpy(sorted, before->elements, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, trial_by_digest);
    for (size_t i = 0; i < after->element_count; i++)
        foreign += !bsearch(&after->elements[i], sorted, n, sizeof *sorted, trial_by_digest);
    free(sorted);
    return foreign;
}

/* The pieces of a damaged key that lie outside the damage: are their elements there, one behind the other? */
static inline void trial_pieces(const trial *t, const content_key *before, const content_key *after)
{
    trial_sums *s = t->sums;
    size_t at = 0, expected = 0, saved = 0;
    bool ordered = before->type == RK_LIST || before->type == RK_STREAM;
    content_element *sorted = NULL;
    size_t n = after ? after->element_count : 0;
    if (!ordered && after) {
        sorted = malloc((n + 1) * sizeof *sorted);
        memcpy(sorted, after->elements, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, trial_by_digest);
    }
    for (size_t i = 0; i < before->piece_count; i++) {
        const content_piece *p = &before->pieces[i];
        if (!trial_outside(t, p->from, p->to) || p->count == 0)
            continue;
        expected++;
        const content_element *e = &before->elements[p->first];
        if (!after)
            continue;
        if (!ordered) {
            saved += bsearch(e, sorted, n, sizeof *sorted, trial_by_digest) != NULL;
            continue;
        }
        size_t look = at;
        while (look < n && !rk_digest_is(after->elements[look].digest, e->digest))
            look++;
        if (look + p->count <= n && memcmp(&after->elements[look], e, p->count * sizeof *e) == 0) {
            saved++;
            at = look + p->count;
        }
    }
    free(sorted);
    s->pieces += expected;
    s->pieces_saved += saved;
    s->nodes += ordered ? expected : 0;
    s->nodes_saved += ordered ? saved : 0;
    if (t->loud && saved < expected)
        printf("#   %zu of %zu pieces of a %s (type %u, [%" PRIu64 ",%" PRIu64 ")) saved; damage [%" PRIu64
               ",%" PRIu64 ")\n",
               saved, expected, rk_type_name(before->type), before->type_byte, before->begin, before->end,
               t->from, t->to);
}

/* Does the name belong to a key that the check calls suspect? */
static inline bool trial_is_suspect(const rk_check *check, rk_rdb *second, uint32_t db, rk_slice name)
{
    for (size_t i = 0; rk_check_span(check, i); i++) {
        const rk_span *span = rk_check_span(check, i);
        rk_record rec;
        rk_err err = { 0 };
        if (!span->suspect)
            continue;
        if (span->kind == RK_SPAN_PIECES && rk_slice_is(rk_check_damaged(check, span->key)->name, name))
            return true;
        if (span->kind != RK_SPAN_SOUND || !rk_rdb_seek_record(second, span->from, span->db, &err))
            continue;
        while (rk_rdb_next(second, &rec, &err) && rec.offset < span->to)
            if (rec.kind == RK_RECORD_KEY && rk_slice_is(rec.key.name, name))
                return true;
    }
    (void)db;
    return false;
}

static inline void trial_print_key(const char *what, const content_key *key)
{
    char name[100];
    printf("#   %s: %s '%s' db %" PRIu32 " type %u [%" PRIu64 ",%" PRIu64 ")\n", what,
           rk_type_name(key->type), rk_slice_print(key->name, name, sizeof name), key->db, key->type_byte,
           key->begin, key->end);
}

static inline void trial_compare(const trial *t, const rk_check *check, rk_rdb *second, const contents *after)
{
    trial_sums *s = t->sums;
    for (size_t i = 0; i < t->before->count; i++) {
        const content_key *key = &t->before->keys[i], *there = content_find(after, key->db, key->name),
                          *other = there;
        bool intact = trial_outside(t, key->begin, key->end);
        for (uint32_t db = 0; db < 20 && !(other && trial_same(key, other)); db++) {
            const content_key *one = content_find(after, db, key->name);
            other = !other || (one && trial_same(key, one))
                        ? one
                        : other; /* a lost SELECTDB leaves it to a guess */
        }
        bool same = other && trial_same(key, other);
        if (intact) {
            s->intact++;
            s->saved += same;
            s->saved_elsewhere += same && other != there;
            if (t->loud && !same)
                trial_print_key(other ? "intact, and another value" : "intact, and not there", key);
        } else if (trial_outside(t, key->begin, key->pieces_at) && key->piece_count) {
            trial_pieces(t, key, other);
        }
    }
    for (size_t i = 0; i < after->count; i++) {
        const content_key *key = &after->keys[i], *was = content_find(t->before, key->db, key->name);
        for (uint32_t db = 0; db < 20 && !(was && trial_same(was, key)); db++) {
            const content_key *other = content_find(t->before, db, key->name);
            was = !was || (other && trial_same(other, key)) ? other : was;
        }
        if (was && trial_same(was, key))
            continue;
        bool suspect = trial_is_suspect(check, second, key->db, key->name);
        uint64_t foreign = was && was->type == key->type ? trial_foreign(was, key) : 0;
        bool invented = !was || was->type != key->type;
        bool changed = !invented && (was->piece_count == 0 || foreign);
        s->invented += invented && !suspect;
        s->invented_suspect += invented && suspect;
        s->foreign += suspect ? 0 : foreign;
        s->foreign_suspect += suspect ? foreign : 0;
        s->changed += changed && !suspect;
        s->changed_suspect += changed && suspect;
        if (t->loud && (invented || foreign)) {
            char what[100];
            snprintf(what, sizeof what, "%s%s, %" PRIu64 " foreign elements of %zu",
                     invented ? "invented" : "changed", suspect ? " (suspect)" : "", foreign,
                     key->element_count);
            trial_print_key(what, key);
        }
    }
}

/* Salvages t->damaged and compares. */
static inline void trial_run(const trial *t)
{
    rk_err err = { 0 };
    char sentence[700];
    rk_salvage_result result;
    const char *damaged = trial_path("damaged.rdb"), *saved = trial_path("saved.rdb");
    t->sums->trials++;
    trial_put(damaged, t->damaged);
    if (getenv("SALVAGE_KEEP") && strtoull(getenv("SALVAGE_KEEP"), NULL, 10) == t->from)
        trial_put(trial_path("../kept.rdb"), t->damaged);
    if (t->loud)
        printf("# %s, damaged at [%" PRIu64 ",%" PRIu64 ")\n", t->name, t->from, t->to);
    rk_check_options options = { .header_may_be_lost = t->from == 0 };
    rk_check *check = rk_check_run(damaged, &options, &err);
    if (!check || !rk_salvage_write(check, saved, true, &result, &err)) {
        t->sums->refused++;
        printf("#   %s, damaged at [%" PRIu64 ",%" PRIu64 "): %s\n", t->name, t->from, t->to,
               rk_err_sentence(&err, sentence, sizeof sentence));
        rk_check_free(check);
        return;
    }
    if (t->loud)
        for (size_t i = 0; rk_check_span(check, i) && i < 40; i++) {
            const rk_span *span = rk_check_span(check, i);
            printf("#   [%" PRIu64 ",%" PRIu64 ") %s%s db %" PRIu32 " keys %" PRIu64 " count %" PRIu64 "\n",
                   span->from, span->to, rk_span_kind_name(span->kind), span->suspect ? " suspect" : "",
                   span->db, span->keys, span->count);
        }
    rk_buf bytes = trial_get(saved);
    contents after = contents_read(rk_buf_slice(&bytes));
    CU_ASSERT(after.whole);
    if (!after.whole)
        printf("#   %s: the salvage cannot be read: %s\n", t->name, after.err.what);
    rk_source *source = rk_source_memory(t->damaged, 0, &err);
    rk_rdb_header header = { rk_check_info(check)->rdb_version, rk_check_info(check)->valkey_magic };
    rk_rdb *first = rk_rdb_open_headless(source, 0, header, &err);
    rk_rdb *second = first ? rk_rdb_second(first, &err) : NULL;
    CU_ASSERT_FATAL(second != NULL);
    trial_compare(t, check, second, &after);
    rk_rdb_close(second);
    rk_rdb_close(first);
    rk_source_close(source);
    contents_free(&after);
    rk_buf_free(&bytes);
    rk_check_free(check);
}

static inline void trial_print(const char *name, const trial_sums *s)
{
    printf("# %s: %" PRIu64 " trials (%" PRIu64 " refused); intact keys %" PRIu64 " of %" PRIu64
           " saved (%" PRIu64 " in a guessed db); intact pieces of damaged keys %" PRIu64 " of %" PRIu64
           " (nodes %" PRIu64 " of %" PRIu64 "); invented %" PRIu64 " (+%" PRIu64
           " suspect), foreign elements %" PRIu64 " (+%" PRIu64 "), changed %" PRIu64 " (+%" PRIu64 ")\n",
           name, s->trials, s->refused, s->saved, s->intact, s->saved_elsewhere, s->pieces_saved, s->pieces,
           s->nodes_saved, s->nodes, s->invented, s->invented_suspect, s->foreign, s->foreign_suspect,
           s->changed, s->changed_suspect);
}

#endif
