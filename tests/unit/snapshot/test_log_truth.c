/* test_log_truth: every append-only file of the corpus, replayed, yields what its server said that it holds, and so does
 * every damaged one that a server loads; the others are refused in a sentence that names the file. What the servers' own
 * replay makes different (`replay_differences`) may be either. Prints TAP of its own: one set a line. */
#include <unistd.h>

#include "rdbkit/keyspace.h"
#include "truth_form.h"

enum { SETS_MOST = 256 };

static int lines;
static unsigned complaints;
static char room[] = "/tmp/rdbkit-logs-XXXXXX";

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void complain(const char *format, ...)
{
    va_list args;
    if (complaints++ >= 12)
        return;
    va_start(args, format);
    printf("#   ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
}

static bool say(const char *name, const char *what)
{
    bool ok = complaints == 0;
    printf("%sok %d - %s %s\n", ok ? "" : "not ", ++lines, name, what);
    fflush(stdout);
    complaints = 0;
    return ok;
}

/* ---- what may differ -------------------------------------------------------------------------------------- */

/* Of a list: the object of that name, or the row that begins with that id. */
static json_t *in_list(json_t *list, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *own = json_is_object(item) ? json_string_value(json_object_get(item, "name"))
                                               : json_string_value(json_array_get(item, 0));
        if (own && strcmp(own, name) == 0)
            return item;
    }
    return NULL;
}

static json_t *step(json_t *from, const json_t *path_item)
{
    if (json_is_integer(path_item))
        return json_array_get(from, (size_t)json_integer_value(path_item));
    const char *name = json_string_value(path_item);
    return json_is_object(from) ? json_object_get(from, name) : name ? in_list(from, name) : NULL;
}

/* Takes what stands at the path out of both, if what was read is one of the two values that it may have. */
static void allow(json_t *told, json_t *read, const json_t *at)
{
    const json_t *path = json_object_get(at, "path"), *key;
    size_t count = json_array_size(path);
    for (size_t i = 0; i + 1 < count; i++) {
        told = step(told, json_array_get(path, i));
        read = step(read, json_array_get(path, i));
    }
    key = json_array_get(path, count - 1);
    const char *name = json_string_value(key);
    if (!told || !read || !name)
        return;
    if (json_is_array(told)) { /* a consumer or a row that is there or not */
        size_t i;
        json_t *item, *lists[] = { told, read };
        for (int side = 0; side < 2; side++)
            json_array_foreach(lists[side], i, item) if (item == in_list(lists[side], name))
            {
                json_array_remove(lists[side], i);
                break;
            }
        return;
    }
    json_t *value = json_object_get(read, name);
    const json_t *live = json_object_get(at, "live"), *replayed = json_object_get(at, "replayed");
    /* a span counts from a moment that nobody knows; a rewritten log has lost what the ids count from */
    bool lost = strcmp(name, "expire_ms") == 0 || strcmp(name, "iids_added") == 0;
    if (lost || (live && json_equal(value, live)) || (replayed && json_equal(value, replayed))) {
        json_object_del(told, name);
        json_object_del(read, name);
    }
}

/* Code points back to bytes; the string must be freed by rk_buf_free. */
static rk_buf bytes_of(const json_t *string)
{
    rk_buf out = { 0 };
    rk_err err = { 0 };
    const uint8_t *text = (const uint8_t *)json_string_value(string);
    size_t len = json_string_length(string);
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = text[i] < 0x80 ? text[i] : (uint8_t)(text[i] << 6 | (text[i + 1] & 0x3f));
        i += text[i] >= 0x80;
        rk_buf_add(&out, (rk_slice){ &byte, 1 }, &err);
    }
    return out;
}

/* A HyperLogLog is what its registers are; how they are packed depends on the server. */
static void unpack_registers(json_t *line)
{
    uint8_t registers[RK_HLL_REGISTERS];
    json_t *value = json_object_get(line, "value");
    if (!json_is_string(value) || strncmp(json_string_value(value), "HYLL", 4) != 0)
        return;
    rk_buf bytes = bytes_of(value);
    if (rk_hll_registers(rk_buf_slice(&bytes), registers))
        json_object_set_new(line, "value", latin_1((rk_slice){ registers, sizeof registers }));
    rk_buf_free(&bytes);
}

/* What the server does not tell (before 7.0), a replay knows all the same. */
static void forget_untold(json_t *told, json_t *read)
{
    static const char *const members[] = { "entries_added", "max_deleted_id", "entries_read" };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (json_is_null(json_object_get(told, members[i]))) {
            json_object_del(told, members[i]);
            json_object_del(read, members[i]);
        }
}

/* Of streams: when a consumer was seen is the time of the replay. */
static void drop_times(json_t *value)
{
    size_t i, k;
    json_t *group, *consumer;
    json_array_foreach(json_object_get(value, "groups"), i, group)
    {
        json_array_foreach(json_object_get(group, "consumers"), k, consumer)
        {
            json_object_del(consumer, "seen_ms");
            json_object_del(consumer, "active_ms");
        }
    }
}

static void compare_loosely(json_t *told, json_t *read)
{
    json_t *groups = json_object_get(told, "groups"), *others = json_object_get(read, "groups");
    drop_times(told);
    drop_times(read);
    forget_untold(told, read);
    for (size_t i = 0; i < json_array_size(groups); i++)
        forget_untold(json_array_get(groups, i), json_array_get(others, i));
}

/* ---- keys ------------------------------------------------------------------------------------------------- */

static bool pull(void *self, rk_element *e, rk_err *err)
{
    return rk_snapshot_element(self, e, err);
}

static void compare_key(rk_snapshot *snapshot, const rk_key *key, json_t *truth, const json_t *differences,
                        rk_err *err)
{
    char id[80], other[80];
    json_t *name = latin_1(key->name), *line = json_object_get(truth, corpus_id(key->db, name, id)), *one;
    json_t *read =
        json_pack("{s:i,s:O,s:s,s:o,s:o}", "db", (int)key->db, "key", name, "type", rk_type_name(key->type),
                  "expire_ms", form_or_null(key->expire_ms != RK_NO_EXPIRY, key->expire_ms), "value",
                  form_value(key->type, pull, snapshot, err));
    size_t i, k;
    json_t *at;
    json_array_foreach(differences, i, one)
    {
        corpus_id((uint64_t)json_integer_value(json_object_get(one, "db")), json_object_get(one, "key"),
                  other);
        if (line && strcmp(id, other) == 0)
            json_array_foreach(json_object_get(one, "at"), k, at) allow(line, read, at);
    }
    if (key->type == RK_STREAM)
        compare_loosely(json_object_get(line, "value"), json_object_get(read, "value"));
    unpack_registers(line);
    unpack_registers(read);
    if (!line || !json_equal(line, read)) {
        char *a = json_dumps(line ? line : json_null(), JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_ENSURE_ASCII),
             *b = json_dumps(read, JSON_SORT_KEYS | JSON_ENSURE_ASCII);
        size_t same = 0;
        while (a[same] && a[same] == b[same])
            same++;
        same = same > 60 ? same - 60 : 0;
        complain("%s '%s' in db %u: read %.160s", rk_type_name(key->type), json_string_value(name), key->db,
                 b + same);
        complain("    in truth %.160s", strlen(a) > same ? a + same : a);
        free(a);
        free(b);
    }
    json_object_del(truth, id);
    json_decref(name);
    json_decref(read);
}

static void complain_error(const char *doing, const rk_err *err)
{
    char sentence[900];
    complain("%s: %s", doing, rk_err_sentence(err, sentence, sizeof sentence));
}

/* All that `path` holds against the truth, which is consumed; so many keys may be missing. */
static void compare_all(const char *path, json_t *truth, const json_t *differences, bool torn, size_t missing)
{
    rk_err err = { 0 };
    rk_key key;
    rk_snapshot *snapshot = rk_snapshot_open(path, NULL, &err);
    while (snapshot && rk_snapshot_next(snapshot, &key, &err)) {
        compare_key(snapshot, &key, truth, differences, &err);
        if (err.code != RK_OK)
            break;
    }
    if (err.code != RK_OK)
        complain_error("reading", &err);
    if (json_object_size(truth) > missing)
        complain("%zu keys of the truth were not read", json_object_size(truth));
    if (snapshot) {
        const rk_snapshot_info *info = rk_snapshot_info_of(snapshot);
        if (strcmp(info->format, "aof") != 0 || info->log.opaque > 0 || info->log.torn != torn ||
            info->partial != torn)
            complain("format %s, %" PRIu64 " commands not replayed, torn %d, partial %d", info->format,
                     info->log.opaque, info->log.torn, info->partial);
    }
    rk_snapshot_close(snapshot);
    json_decref(truth);
}

/* ---- sets ------------------------------------------------------------------------------------------------- */

static void copy_file(const char *folder, const char *name, const char *to)
{
    char from[300], own[600];
    rk_buf content = { 0 };
    rk_err err = { 0 };
    size_t len = strlen(name);
    snprintf(own, sizeof own, "%s/%s", to, name);
    if (len > 3 && strcmp(name + len - 3, ".gz") == 0)
        own[strlen(own) - 3] = 0;
    snprintf(from, sizeof from, "%s", name);
    FILE *out = corpus_read(corpus_path(folder, from), &content, &err) ? fopen(own, "wb") : NULL;
    if (!out || fwrite(content.ptr, 1, content.len, out) != content.len)
        complain("cannot copy %s", name);
    if (out)
        fclose(out);
    rk_buf_free(&content);
}

/* The set of a folder of the corpus, unpacked below `room`; its path. */
static const char *unpack(const char *folder, const char *name)
{
    static char path[600];
    char from[400];
    struct dirent *entry;
    snprintf(from, sizeof from, "%s/%s", folder, name);
    if (!corpus_has(from, "appendonlydir")) {
        const char *file = corpus_has(from, "appendonly.aof") ? "appendonly.aof" : "appendonly.aof.gz";
        copy_file(from, file, room);
        snprintf(path, sizeof path, "%s/appendonly.aof", room);
        return path;
    }
    snprintf(path, sizeof path, "%s/%s", room, name);
    mkdir(path, 0700);
    snprintf(from, sizeof from, "%s/%s/appendonlydir", folder, name);
    DIR *dir = opendir(corpus_path(from, ""));
    while (dir && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            copy_file(from, entry->d_name, path);
    if (dir)
        closedir(dir);
    return path;
}

static json_t *load_json(const char *folder, const char *file)
{
    rk_buf text = { 0 };
    rk_err err = { 0 };
    json_t *json = NULL;
    if (corpus_read(corpus_path(folder, file), &text, &err))
        json = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, NULL);
    rk_buf_free(&text);
    return json;
}

/* Scripts that were logged as such, and commands of modules: that is told, and no more can be said. */
static bool is_opaque(const char *name)
{
    return strcmp(name, "redis-2.8.24-eval") == 0 || strcmp(name, "redis-8.7-dev-20260625-multi-ts") == 0;
}

static void test_opaque(const char *path)
{
    rk_err err = { 0 };
    rk_key key;
    rk_snapshot *snapshot = rk_snapshot_open(path, NULL, &err);
    while (snapshot && rk_snapshot_next(snapshot, &key, &err))
        ;
    if (!snapshot || err.code != RK_OK) {
        complain_error("reading", &err);
        return;
    }
    const rk_snapshot_info *info = rk_snapshot_info_of(snapshot);
    if (!info->partial || info->log.opaque == 0 || !strstr(info->reason.what, "could not be replayed") ||
        !info->reason.source[0] || !info->reason.has_offset)
        complain_error("reason", &info->reason);
    rk_snapshot_close(snapshot);
}

static bool test_set(const char *name)
{
    char folder[200];
    const char *path = unpack("aof", name);
    snprintf(folder, sizeof folder, "aof/%.150s", name);
    json_t *meta = load_json(folder, "meta.json");
    if (is_opaque(name))
        test_opaque(path);
    else
        compare_all(path, corpus_lines(folder, "truth", ".ndjson"),
                    json_object_get(meta, "replay_differences"), false, 0);
    json_decref(meta);
    return say(name, is_opaque(name) ? "is replayed as far as it can be" : "holds what is in truth");
}

/* ---- damaged ones ----------------------------------------------------------------------------------------- */

static void test_refused(const char *path)
{
    rk_err err = { 0 };
    rk_key key;
    rk_snapshot *snapshot = rk_snapshot_open(path, NULL, &err);
    while (snapshot && rk_snapshot_next(snapshot, &key, &err))
        ;
    const rk_snapshot_info *info = snapshot ? rk_snapshot_info_of(snapshot) : NULL;
    const rk_err *why = info && info->partial ? &info->reason : &err;
    bool unknown = strstr(path, "unknown-command") || strstr(why->what, "NOCMD");
    bool manifest = strstr(path, "manifest") != NULL;
    if (why->code == RK_OK || !why->source[0] || (!why->has_offset && !manifest) ||
        strncmp(why->source, room, strlen(room)) != 0 || (info && !unknown && why != &err))
        complain_error("refused", why);
    rk_snapshot_close(snapshot);
}

/* Redis 2.8 applies the commands of a transaction that does not end; later servers, and we, do not. How many keys these
 * made. */
static size_t keys_of_open_multi(const char *name)
{
    bool old = strncmp(name, "redis-2.8", 9) == 0;
    return old && strstr(name, "trunc-in-multi") ? 2 : old && strstr(name, "trunc-before-exec") ? 6 : 0;
}

/* What the index says of one folder: loads with a truth, or not at all. Without its manifest a server begins anew, and
 * leaves the files alone: here that is an error. */
static bool test_damaged(const json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "dir"));
    const json_t *loads = json_object_get(entry, "aof_load_truncated_yes"),
                 *strict = json_object_get(entry, "aof_load_truncated_no");
    const char *truth = json_string_value(json_object_get(loads, "truth")),
               *path = unpack("damaged/aof", name);
    bool torn = json_is_false(json_object_get(strict, "loads"));
    char folder[300];
    if (!truth || strcmp(name, "redis-7.4.1-manifest-gone") == 0) {
        test_refused(path);
        return say(name, "is refused");
    }
    snprintf(folder, sizeof folder, "damaged/aof/%.*s", (int)strcspn(truth, "/"), truth);
    compare_all(path, corpus_lines(folder, "truth", ".ndjson"), NULL, torn, keys_of_open_multi(name));
    return say(name, torn ? "holds what a server keeps of it, and is torn" : "holds what a server loads");
}

static int list_folders(char names[][128])
{
    DIR *dir = opendir(corpus_path("aof", ""));
    struct dirent *entry;
    int count = 0;
    while (dir && (entry = readdir(dir)) != NULL && count < SETS_MOST)
        if (entry->d_name[0] != '.' && strlen(entry->d_name) < 128)
            snprintf(names[count++], 128, "%.127s", entry->d_name);
    if (dir)
        closedir(dir);
    if (count)
        qsort(names, (size_t)count, 128, corpus_by_name);
    return count;
}

int main(void)
{
    static char names[SETS_MOST][128];
    char command[100];
    int failed = 0, count = list_folders(names);
    json_t *index = count ? load_json("damaged/aof", "index.json") : NULL, *entry;
    size_t i;
    if (count == 0 || !mkdtemp(room)) {
        printf("1..1\nok 1 # skip the corpus is not here: 116 sets were not compared with their truth\n");
        return 0;
    }
    printf("1..%d\n", count + (int)json_array_size(index));
    for (int k = 0; k < count; k++)
        failed += !test_set(names[k]);
    json_array_foreach(index, i, entry) failed += !test_damaged(entry);
    json_decref(index);
    snprintf(command, sizeof command, "rm -r %s", room);
    return failed > 0 || system(command) != 0;
}
