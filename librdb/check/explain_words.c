/* explain_words: the words of the reader, where what they name has its place, and how it is shown. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "explain.h"

/* Sorted by nothing: looked up by the text, once for each thing that is read. */
static const explain_word words[] = {
    /* records and what stands before a key */
    { "key", ROLE_PART, 0, SHOW_TEXT },
    { "expiry", ROLE_PART, 0, SHOW_EXPIRY },
    { "idle time", ROLE_PART, 0, SHOW_SECONDS },
    { "number of metadata classes", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "metadata class", ROLE_EACH, 1, SHOW_CLASS },
    { "number of slot ranges", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "first slot", ROLE_EACH, 1, SHOW_UNSIGNED },
    { "last slot", ROLE_PART, 1, SHOW_UNSIGNED },
    { "the checksum", ROLE_PART, 0, SHOW_CHECKSUM },
    /* plain values */
    { "list length", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "list item", ROLE_EACH, 1, SHOW_TEXT },
    { "set size", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "set member", ROLE_EACH, 1, SHOW_TEXT },
    { "sorted set size", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "sorted set member", ROLE_EACH, 1, SHOW_TEXT },
    { "score", ROLE_PART, 2, SHOW_SCORE },
    { "score text", ROLE_PART, 3, SHOW_TEXT },
    { "hash size", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "hash field", ROLE_EACH, 1, SHOW_TEXT },
    { "hash value", ROLE_PART, 2, SHOW_TEXT },
    { "smallest field expiry", ROLE_PART, 0, SHOW_TIME_MS },
    { "field expiry", ROLE_PART, 1, SHOW_TIME_MS },
    { "member expiry", ROLE_PART, 2, SHOW_TEXT },
    { "number of quicklist nodes", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "quicklist container", ROLE_EACH, 1, SHOW_CONTAINER },
    { "quicklist node", ROLE_NODE, 1, SHOW_TEXT },
    /* streams */
    { "number of stream nodes", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "stream node key", ROLE_EACH, 1, SHOW_TEXT },
    { "stream node", ROLE_PART, 2, SHOW_TEXT },
    { "last id of the stream", ROLE_PAIR, 0, SHOW_UNSIGNED },
    { "first id of the stream", ROLE_PAIR, 0, SHOW_UNSIGNED },
    { "largest deleted id", ROLE_PAIR, 0, SHOW_UNSIGNED },
    { "number of groups", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "group name", ROLE_EACH, 1, SHOW_TEXT },
    { "last id of the group", ROLE_PAIR, 2, SHOW_UNSIGNED },
    { "entries read", ROLE_PART, 2, SHOW_SIGNED },
    { "number of pending entries", ROLE_COUNT, 2, SHOW_UNSIGNED },
    { "pending id", ROLE_EACH, DEPTH_OF_COUNT, SHOW_ID },
    { "delivery time", ROLE_PART, 4, SHOW_TIME_MS },
    { "delivery count", ROLE_PART, 4, SHOW_UNSIGNED },
    { "number of consumers", ROLE_COUNT, 2, SHOW_UNSIGNED },
    { "consumer name", ROLE_EACH, 3, SHOW_TEXT },
    { "seen time", ROLE_PART, 4, SHOW_TIME_MS },
    { "active time", ROLE_PART, 4, SHOW_TIME_MS },
    { "number of a consumer's pending entries", ROLE_COUNT, 4, SHOW_UNSIGNED },
    { "size of the NACK zone", ROLE_COUNT, 2, SHOW_UNSIGNED },
    { "idempotence duration", ROLE_PART, 0, SHOW_SECONDS },
    { "number of producers", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "producer id", ROLE_EACH, 1, SHOW_TEXT },
    { "number of idempotent ids", ROLE_COUNT, 2, SHOW_UNSIGNED },
    { "idempotent id", ROLE_EACH, 3, SHOW_TEXT },
    { "id of an idempotent entry", ROLE_PAIR, 4, SHOW_UNSIGNED },
    /* modules */
    { "module type id", ROLE_PART, 0, SHOW_MODULE },
    { "module opcode", ROLE_EACH, 1, SHOW_MODULE_OP },
    { "module integer", ROLE_PART, 2, SHOW_UNSIGNED },
    { "module float", ROLE_PART, 2, SHOW_FLOAT },
    { "module double", ROLE_PART, 2, SHOW_DOUBLE },
    { "module string", ROLE_PART, 2, SHOW_TEXT },
    /* arrays, templates, vendors */
    { "array size", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "array index", ROLE_EACH, 1, SHOW_UNSIGNED },
    { "array tag", ROLE_PART, 2, SHOW_ARRAY_TAG },
    { "array string", ROLE_PART, 2, SHOW_TEXT },
    { "array integer", ROLE_PART, 2, SHOW_SIGNED },
    { "array float", ROLE_PART, 2, SHOW_DOUBLE },
    { "template size", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "template field", ROLE_EACH, 1, SHOW_TEXT },
    { "number of paths", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "path", ROLE_EACH, 1, SHOW_TEXT },
    { "number of path fields", ROLE_COUNT, 2, SHOW_UNSIGNED },
    { "path field", ROLE_EACH, 3, SHOW_TEXT },
    { "path value", ROLE_PART, 4, SHOW_TEXT },
    { "cron start", ROLE_PART, 0, SHOW_TIME_MS },
    { "cron interval", ROLE_PART, 0, SHOW_UNSIGNED },
    { "number of cron keys", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "cron key", ROLE_EACH, 1, SHOW_TEXT },
    { "number of cron arguments", ROLE_COUNT, 0, SHOW_UNSIGNED },
    { "cron argument", ROLE_EACH, 1, SHOW_TEXT },
    /* the rest: parts of their own */
    { "arrival time", ROLE_PART, 0, SHOW_UNSIGNED },
};

const explain_word *explain_word_of(rk_explain *e, const char *what)
{
    /* the reader's words are few and stand where they stand: most are found by their address */
    size_t slot = (size_t)((uintptr_t)what >> 2) % EXPLAIN_RECENT;
    if (e->recent[slot] && e->recent_what[slot] == what)
        return e->recent[slot];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].what, what) == 0) {
            e->recent_what[slot] = what;
            return e->recent[slot] = &words[i];
        }
    return NULL;
}

const char *explain_opcode_name(uint8_t byte, bool valkey)
{
    static const char *const names[256] = {
        [107] = "RAM_LRU of Redis Enterprise",
        [121] = "SLOT_NUM of Redis Enterprise",
        [220] = "DF_MASK of Dragonfly",
        [242] = "HASH_TEMPLATE",
        [244] = "SLOT_INFO",
        [245] = "FUNCTION2",
        [246] = "FUNCTION (pre-release)",
        [247] = "MODULE_AUX",
        [248] = "IDLE",
        [249] = "FREQ",
        [250] = "AUX",
        [251] = "RESIZEDB",
        [252] = "EXPIRETIME_MS",
        [253] = "EXPIRETIME",
        [254] = "SELECTDB",
        [255] = "EOF",
    };
    return byte == 243 ? (valkey ? "SLOT_IMPORT" : "KEY_META") : names[byte];
}

static const explain_pack packs[] = {
    { "packed value", "zipmap", RK_HASH, PACK_ZIPMAP, NULL, { "field", "value" }, false },
    { "packed value", "ziplist", RK_LIST, PACK_ZIPLIST, NULL, { "item" }, false },
    { "packed value", "ziplist", RK_ZSET, PACK_ZIPLIST, NULL, { "member", "score" }, false },
    { "packed value", "ziplist", RK_HASH, PACK_ZIPLIST, NULL, { "field", "value" }, false },
    { "packed value", "intset", RK_SET, PACK_INTSET, NULL, { "member" }, false },
    { "packed value", "listpack", RK_HASH, PACK_LISTPACK, NULL, { "field", "value" }, false },
    { "packed value", "listpack", RK_ZSET, PACK_LISTPACK, NULL, { "member", "score" }, false },
    { "packed value", "listpack", RK_SET, PACK_LISTPACK, NULL, { "member" }, false },
    { "packed value", "listpack with", RK_HASH, PACK_LISTPACK, NULL, { "field", "value", "expiry" }, false },
    { "packed value", "template", RK_HASH, PACK_LISTPACK, "template id", { "value" }, false },
    { "listpack", "template", RK_HASH, PACK_LISTPACK, "template id", { "value" }, false },
    { "template fields", "template", RK_HASH, PACK_LISTPACK, NULL, { "field" }, false },
    { "quicklist node", "quicklist of z", RK_LIST, PACK_ZIPLIST, NULL, { "item" }, false },
    { "quicklist node", "quicklist of l", RK_LIST, PACK_LISTPACK, NULL, { "item" }, false },
    { "stream node", "stream", RK_STREAM, PACK_LISTPACK, NULL, { "element" }, true },
};

/* Rows are told apart by the beginning of the encoding; "listpack" begins another one, which is asked for first. */
const explain_pack *explain_pack_of(const char *what, const rk_record *record, uint64_t container)
{
    const explain_pack *found = NULL;
    size_t best = 0;
    if (record->kind != RK_RECORD_KEY || (strcmp(what, "quicklist node") == 0 && container == 1))
        return NULL;
    for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++) {
        const explain_pack *p = &packs[i];
        size_t len = strlen(p->encoding);
        if (strcmp(p->what, what) != 0 || p->type != record->key.type || len < best ||
            strncmp(p->encoding, record->key.encoding, len) != 0)
            continue;
        found = p;
        best = len;
    }
    return found;
}

/* ---- how numbers are shown ---- */

static void show_time(int64_t ms, char *out, size_t cap)
{
    struct tm parts;
    char text[40];
    time_t seconds = (time_t)(ms / 1000);
    bool likely = ms > INT64_C(100000000000) && ms < INT64_C(253402300800000); /* years 1973 to 9999 */
    if (!likely || !gmtime_r(&seconds, &parts) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts))
        snprintf(out, cap, "%" PRId64, ms);
    else
        snprintf(out, cap, "%" PRId64 " ms, %s.%03dZ", ms, text, (int)(ms % 1000));
}

/* `characters` of 6 bits, the first in the highest bits. */
static void show_name(uint64_t packed, int characters, const char *last, char *out)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    out[characters] = 0;
    for (int i = characters - 1; i >= 0; i--, packed >>= 6)
        out[i] = (packed & 63) < 62 ? alphabet[packed & 63] : last[(packed & 63) - 62];
}

void explain_show_number(explain_show show, uint64_t number, char *out, size_t cap)
{
    static const char *const module_ops[] = { "end", "signed", "unsigned", "float", "double", "string" };
    static const char *const tags[] = { "string", "integer", "float", "short string" };
    char name[16];
    switch (show) {
    case SHOW_SIGNED:
        snprintf(out, cap, "%" PRId64, (int64_t)number);
        break;
    case SHOW_SECONDS:
        snprintf(out, cap, "%" PRIu64 " s", number);
        break;
    case SHOW_TIME_MS:
        show_time((int64_t)number, out, cap);
        break;
    case SHOW_MODULE:
        show_name(number >> 10, 9, "-_", name);
        snprintf(out, cap, "'%s', encoding version %u", name, (unsigned)(number & 1023));
        break;
    case SHOW_MODULE_OP:
        snprintf(out, cap, "%" PRIu64 ", %s", number, number < 6 ? module_ops[number] : "no known one");
        break;
    case SHOW_CONTAINER:
        snprintf(out, cap, "%" PRIu64 ", %s", number,
                 number == 1   ? "plain: one item"
                 : number == 2 ? "packed: a listpack"
                               : "no known one");
        break;
    case SHOW_ARRAY_TAG:
        snprintf(out, cap, "%" PRIu64 ", %s", number, number < 4 ? tags[number] : "no known one");
        break;
    default:
        snprintf(out, cap, "%" PRIu64, number);
    }
}

static uint64_t little(rk_slice bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.len && i < 8; i++)
        value |= (uint64_t)bytes.ptr[i] << (8 * i);
    return value;
}

static uint64_t big(rk_slice bytes)
{
    return __builtin_bswap64(little(bytes));
}

static void show_double(rk_slice bytes, char *out, size_t cap)
{
    double value;
    float half;
    uint64_t bits = little(bytes);
    uint32_t low = (uint32_t)bits;
    memcpy(&value, &bits, 8);
    memcpy(&half, &low, 4);
    snprintf(out, cap, "%.17g", bytes.len == 4 ? (double)half : value);
}

static void show_score(rk_slice bytes, char *out, size_t cap)
{
    static const char *const special[] = { "not a number", "infinity", "-infinity" };
    if (bytes.len == 1 && bytes.ptr[0] >= 253)
        snprintf(out, cap, "%s", special[bytes.ptr[0] - 253]);
    else if (bytes.len == 1)
        snprintf(out, cap, "%u bytes of text", bytes.ptr[0]);
    else
        show_double(bytes, out, cap);
}

static void show_class(uint64_t spec, char *out, size_t cap)
{
    char name[8];
    show_name(spec >> 8, 4, "_-", name);
    snprintf(out, cap, "'%s', version %u, flags %u", name, (unsigned)(spec >> 3 & 31), (unsigned)(spec & 7));
}

/* The checksum: what is stored, and whether the bytes before it give it. */
static void show_checksum(const rk_explain *e, uint64_t stored, char *out, size_t cap)
{
    static const char *const verdicts[] = {
        [RK_CHECKSUM_OK] = "right",
        [RK_CHECKSUM_ABSENT] = "none was taken",
        [RK_CHECKSUM_BAD] = "wrong: the bytes before it give another",
        [RK_CHECKSUM_UNSEEN] = "not compared",
    };
    rk_checksum checksum = stored ? rk_rdb_checksum(e->first) : RK_CHECKSUM_ABSENT;
    snprintf(out, cap, "%016" PRIx64 ", %s", stored, verdicts[checksum]);
}

void explain_show_bytes(const rk_explain *e, explain_show show, rk_slice bytes, char *out, size_t cap)
{
    uint64_t number = little(bytes);
    switch (show) {
    case SHOW_DOUBLE:
    case SHOW_FLOAT:
        show_double(bytes, out, cap);
        break;
    case SHOW_SCORE:
        show_score(bytes, out, cap);
        break;
    case SHOW_TEXT:
        explain_quote(bytes, bytes.len, out, cap);
        break;
    case SHOW_EXPIRY:
        show_time(bytes.len == 4 ? (int64_t)(int32_t)number * 1000 : (int64_t)number, out, cap);
        break;
    case SHOW_ID:
        snprintf(out, cap, "%" PRIu64 "-%" PRIu64, big(rk_slice_head(bytes, 8)),
                 big(rk_slice_from(bytes, 8)));
        break;
    case SHOW_CLASS:
        show_class(number, out, cap);
        break;
    case SHOW_CHECKSUM:
        show_checksum(e, number, out, cap);
        break;
    default:
        explain_show_number(show, number, out, cap);
    }
}
