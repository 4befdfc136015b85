/* test_corpus: every append-only file of the corpus is framed into the commands that its servers counted, and every
 * damaged one is told as what was done to it. Prints TAP of its own: one folder a line. */
#include "../snapshot/corpus.h"
#include "rdbkit/aof.h"
#include "rdbkit/rdb.h"

enum { MOST = 200 };

static int lines;
static char why[1000];

static bool say(bool ok, const char *name)
{
    printf("%sok %d - %s\n", ok ? "" : "not ", ++lines, name);
    if (!ok)
        printf("#   %s\n", why);
    fflush(stdout);
    return ok;
}

static bool because(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool because(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return false;
}

/* A reader of commands, behind a snapshot where there is one. */
static rk_aof *open_log(rk_source *source, bool preamble, rk_err *err)
{
    rk_window window;
    rk_record record = { 0 };
    if (!preamble)
        return rk_aof_open(source, err);
    rk_rdb *rdb = rk_rdb_open(source, err);
    while (rdb && rk_rdb_next(rdb, &record, err) && record.kind != RK_RECORD_END)
        ;
    if (err->code == RK_OK)
        rk_rdb_hand_over(rdb, &window);
    rk_rdb_close(rdb);
    return err->code == RK_OK ? rk_aof_open_behind(&window, err) : NULL;
}

/* ---- sound files --------------------------------------------------------------------------------------------- */

/* Takes the command off the counts of the meta file, where those with a subcommand go by both words. */
static void take_off(json_t *counts, const rk_aof_command *c)
{
    char name[80];
    size_t len = 0;
    bool container = c->verb == RK_VERB_XGROUP || c->verb == RK_VERB_FUNCTION;
    for (size_t i = 0; i < (container ? 2u : 1u); i++) {
        if (i)
            name[len++] = ' ';
        for (size_t at = 0; at < c->args[i].len && len < sizeof name - 1; at++) {
            uint8_t byte = c->args[i].ptr[at];
            name[len++] = (char)(byte >= 'a' && byte <= 'z' ? byte - 32 : byte);
        }
    }
    name[len] = 0;
    json_object_set_new(counts, name, json_integer(json_integer_value(json_object_get(counts, name)) - 1));
}

static bool counts_fit(const char *folder, json_t *file)
{
    const char *name = json_string_value(json_object_get(file, "stored_as"));
    rk_err err = { 0 };
    rk_aof_command c;
    json_t *counts = json_deep_copy(json_object_get(file, "commands"));
    uint64_t number = 0, end = 0;
    if (!name)
        name = json_string_value(json_object_get(file, "file"));
    rk_source *source = rk_source_open(corpus_path(folder, name), NULL, &err);
    end = (uint64_t)json_integer_value(json_object_get(file, "preamble_bytes"));
    rk_aof *aof = source ? open_log(source, end > 0, &err) : NULL;
    bool ok = aof && (rk_aof_good(aof) == end || because("%s: begins at %" PRIu64, name, rk_aof_good(aof)));
    while (ok && rk_aof_next(aof, &c, &err)) {
        ok = (c.number == ++number && c.offset >= end && c.verb != RK_VERB_UNKNOWN) ||
             because("%s: command %" PRIu64 " at %" PRIu64, name, c.number, c.offset);
        end = c.end;
        take_off(counts, &c);
    }
    if (err.code != RK_OK)
        ok = because("%s: %s", name, err.what);
    const char *key;
    json_t *left;
    json_object_foreach(counts, key, left) if (ok && json_integer_value(left) != 0) ok =
        because("%s: %lld of %s were not there", name, (long long)json_integer_value(left), key);
    uint64_t bytes = (uint64_t)json_integer_value(json_object_get(file, "bytes"));
    if (ok && number > 0 && (end != bytes || rk_aof_good(aof) != bytes))
        ok = because("%s: ends at %" PRIu64, name, end);
    json_t *times = json_object_get(file, "timestamps");
    if (ok && times && json_is_integer(times) &&
        rk_aof_times_of(aof).count != (uint64_t)json_integer_value(times))
        ok = because("%s: %" PRIu64 " annotations", name, rk_aof_times_of(aof).count);
    rk_aof_close(aof);
    rk_source_close(source);
    json_decref(counts);
    return ok;
}

static bool test_sound(const char *name)
{
    char folder[256];
    size_t i;
    bool ok = true;
    snprintf(folder, sizeof folder, "aof/%.127s", name);
    json_t *meta = json_load_file(corpus_path(folder, "meta.json"), 0, NULL), *file;
    json_array_foreach(json_object_get(meta, "files"), i, file) if (json_object_get(file, "commands")) ok =
        ok && counts_fit(folder, file);
    json_decref(meta);
    return say(ok, name);
}

/* ---- damaged files ------------------------------------------------------------------------------------------- */

/* What is said of a file with this damage. */
static const struct {
    const char *damage;
    rk_code code;
    const char *what; /* within the message */
    bool open;        /* an open transaction */
    int more;         /* commands that are yielded beyond those of the base, where reading goes on behind */
} kinds[] = {
    { "base", RK_OK, "", false, 0 },
    { "trunc-clean", RK_OK, "", false, MOST },
    { "unknown-command", RK_OK, "", false, 1 },
    { "wrong-type", RK_OK, "", false, 3 },
    { "trunc-mid-body", RK_TRUNCATED, "argument ", false, MOST },
    { "trunc-mid-crlf", RK_TRUNCATED, "bytes and CR LF, ", false, MOST },
    { "trunc-after-star", RK_TRUNCATED, "the file ends in the count of arguments", false, MOST },
    { "trunc-in-header", RK_TRUNCATED, "the file ends in the length of argument 1 of ", false, MOST },
    { "trunc-in-multi", RK_TRUNCATED, "no EXEC follows on the MULTI at byte ", true, MOST },
    { "trunc-in-multi-mid", RK_TRUNCATED, "bytes and CR LF, ", true, MOST },
    { "trunc-before-exec", RK_TRUNCATED, "no EXEC follows on the MULTI at byte ", true, MOST },
    { "half-command-tail", RK_TRUNCATED, "argument 2 of 3 takes 1 bytes and CR LF, 1 remain", false, 0 },
    { "len-too-big", RK_TRUNCATED, "argument 1 of 3 takes 9999999 bytes and CR LF, ", false, -1 },
    { "garbage-tail", RK_DAMAGED, "a command begins with '\\xde', not with '*'", false, 0 },
    { "text-tail", RK_DAMAGED, "a command begins with 't', not with '*'", false, 0 },
    { "nul-tail", RK_DAMAGED, "4096 zeros up to the end of the file", false, 0 },
    { "nul-tail-mid", RK_DAMAGED, "3000 zeros up to the end of the file", false, MOST },
    { "len-negative", RK_DAMAGED, "'-' in the length of argument 1 of ", false, -1 },
    { "len-text", RK_DAMAGED, "'a' in the length of argument 1 of ", false, -1 },
    { "argc-zero", RK_DAMAGED, "a command of 0 arguments", false, 0 },
    { "argc-huge", RK_DAMAGED, "argument 4 of 1000000000 begins with '*', not with '$'", false, -1 },
    { "no-crlf", RK_DAMAGED, ", not CR LF", false, -1 },
    { "noise-mid", RK_DAMAGED, " in the length of argument 1 of ", false, -1 },
};

/* The file that is damaged: the only one, or the last of the set. */
static bool damaged_file(const char *folder, char path[1024])
{
    rk_err err = { 0 };
    rk_aof_set set;
    bool dir = corpus_has(folder, "appendonlydir");
    if (!rk_aof_set_open(corpus_path(folder, dir ? "appendonlydir" : "appendonly.aof"), &set, &err))
        return because("%s", err.what);
    snprintf(path, 1024, "%s", set.files[set.loaded - 1].path);
    rk_aof_set_free(&set);
    return true;
}

/* How many commands there are, the first failure, and how many commands follow behind it. */
typedef struct {
    rk_err first;
    uint64_t good, before, after;
    bool open;
} reading;

static void read_through(rk_aof *aof, reading *r)
{
    rk_aof_command c;
    rk_err err = { 0 };
    uint64_t from, to;
    while (rk_aof_next(aof, &c, &r->first))
        r->before++;
    r->good = rk_aof_good(aof);
    r->open = rk_aof_in_open_multi(aof);
    bool more = r->first.code != RK_OK;
    while (more && rk_aof_resume(aof, &from, &to, &err)) {
        while (rk_aof_next(aof, &c, &err))
            r->after++;
        more = err.code != RK_OK;
        err = (rk_err){ 0 };
    }
}

static bool read_damaged(const char *folder, reading *r)
{
    char path[1024];
    rk_err err = { 0 };
    *r = (reading){ 0 };
    if (!damaged_file(folder, path))
        return false;
    rk_source *source = rk_source_open(path, NULL, &err);
    rk_aof *aof = source ? open_log(source, strstr(folder, "-pre-") != NULL, &err) : NULL;
    if (aof)
        read_through(aof, r);
    rk_aof_close(aof);
    rk_source_close(source);
    return aof || because("%s", err.what);
}

/* The number behind " at ", where the description has one. */
static uint64_t place_in(const char *description)
{
    const char *at = strstr(description, " at "), *begun = strstr(description, "MULTI at ");
    at = strstr(description, "(at ") ? strstr(description, "(at ") + 1
         : begun                     ? begun + 5
         : at                        ? at + 1
                                     : NULL;
    return at ? strtoull(at + 3, NULL, 10) : 0;
}

static bool says(const reading *r, const reading *base, size_t kind, const char *description)
{
    uint64_t place = place_in(description), total = r->before + r->after;
    bool in_multi =
        r->open && !kinds[kind].open; /* the damaged command stands in a transaction: all of it is lost */
    if (r->first.code != kinds[kind].code || !strstr(r->first.what, kinds[kind].what))
        return because("%s", r->first.what);
    if (kinds[kind].open && !r->open)
        return because("there is no open transaction");
    if (kinds[kind].more != MOST && !in_multi && total != base->before + (uint64_t)(int64_t)kinds[kind].more)
        return because("%" PRIu64 " and %" PRIu64 " commands, %" PRIu64 " in the base", r->before, r->after,
                       base->before);
    if (place && !in_multi && r->first.code != RK_OK && (r->good > place || r->good + 4 < place))
        return because("good up to %" PRIu64, r->good);
    return true;
}

static bool test_damaged(json_t *entry)
{
    const char *dir = json_string_value(json_object_get(entry, "dir"));
    const char *description = json_string_value(json_object_get(entry, "damage"));
    char folder[256], base_folder[256];
    reading r, base;
    size_t best = MOST, best_len = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strlen(kinds[i].damage) > best_len &&
            rk_slice_ends(rk_slice_of(dir), rk_slice_of(kinds[i].damage))) {
            best = i;
            best_len = strlen(kinds[i].damage);
        }
    bool last = strstr(dir, "-last-") || strstr(dir, "-pre-") || strncmp(dir, "redis-2", 7) == 0;
    if (best == MOST || (!last && strcmp(dir, "redis-7.4.1-base") != 0))
        return true;
    snprintf(folder, sizeof folder, "damaged/aof/%s", dir);
    snprintf(base_folder, sizeof base_folder, "damaged/aof/%s-base",
             strncmp(dir, "redis-2", 7) == 0   ? "redis-2.8.24"
             : strncmp(dir, "redis-6", 7) == 0 ? "redis-6.2.16-pre"
                                               : "redis-7.4.1");
    bool ok =
        read_damaged(base_folder, &base) && read_damaged(folder, &r) && says(&r, &base, best, description);
    return say(ok, dir);
}

/* ---- sets ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *dir, *what; /* NULL: it is opened */
} sets[] = {
    { "manifest-missing-incr", "the manifest lists 'appendonly.aof.2.incr.aof': No such file or directory" },
    { "manifest-missing-base", "the manifest lists 'appendonly.aof.2.base.rdb': No such file or directory" },
    { "manifest-gone", "a directory of append-only files without a manifest: a server starts empty on it" },
    { "manifest-empty", "an empty manifest" },
    { "manifest-seq-order", "seq 3 of an increment follows on 4" },
    { "manifest-seq-dup", "seq 2 of an increment follows on 2" },
    { "manifest-two-bases", "a second base" },
    { "manifest-path", "'../appendonly.aof.2.incr.aof' is a path, not a name" },
    { "manifest-no-type", "the type is missing" },
    { "manifest-bad-type", "type is 'q', not b, h or i" },
    { "manifest-odd-words", "3 words, not pairs of them" },
    { "manifest-no-newline", "no newline at its end" },
    { "manifest-comment", NULL },
    { "manifest-unknown-key", NULL },
    { "manifest-quoted", NULL },
    { "manifest-nul", "no newline at its end" },
    { "manifest-cut", "no newline at its end" },
    { "manifest-long-line", "more than 1024 bytes without a newline" },
    { "stray-temp", NULL },
    { "stray-incr", NULL },
};

static bool test_set(size_t i)
{
    char folder[256];
    rk_err err = { 0 };
    rk_aof_set set;
    snprintf(folder, sizeof folder, "damaged/aof/redis-7.4.1-%s", sets[i].dir);
    bool opened = rk_aof_set_open(corpus_path(folder, "appendonlydir"), &set, &err);
    bool ok = sets[i].what ? !opened && strcmp(err.what, sets[i].what) == 0
                           : opened && set.loaded == 4 && set.count == 4 && set.files[0].role == RK_AOF_BASE;
    because("%s", opened ? "it is opened" : err.what);
    rk_aof_set_free(&set);
    return say(ok, sets[i].dir);
}

int main(void)
{
    static char names[MOST][128];
    int files = corpus_list("aof", "", names, MOST), failed = 0;
    size_t i;
    json_t *entry, *index = json_load_file(corpus_path("damaged/aof", "index.json"), 0, NULL);
    if (files == 0 || !index) {
        printf("1..2\nok 1 # skip the corpus is not here: 20 append-only files were not framed\n"
               "ok 2 # skip the corpus is not here: 96 damaged ones were not framed\n");
        return 0;
    }
    for (int n = 0; n < files; n++)
        failed += !test_sound(names[n]);
    json_array_foreach(index, i, entry) failed += !test_damaged(entry);
    for (i = 0; i < sizeof sets / sizeof sets[0]; i++)
        failed += !test_set(i);
    printf("1..%d\n", lines);
    json_decref(index);
    return failed > 0;
}
