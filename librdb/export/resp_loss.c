/* resp_loss: what commands cannot bring over, in words. */
#include <stdio.h>

#include "resp.h"

/* `what` takes the name of the target where it has a %s. */
static const struct {
    const char *id, *what;
} kinds[RESP_LOSSES] = {
    [LOSS_ZSET] = { "zset", "sorted sets were left out: %s has none" },
    [LOSS_HASH] = { "hash", "hashes were left out: %s has none" },
    [LOSS_STREAM] = { "stream", "streams were left out: %s has none" },
    [LOSS_ARRAY] = { "array", "arrays were left out: %s has none" },
    [LOSS_MODULE] = { "module", "values of modules were left out: only RESTORE brings them over (--restore), "
                                "unredacted, to a server that has modules" },
    [LOSS_OTHER] = { "other", "values for which %s has no command were left out" },
    [LOSS_FIELD_TTL] = { "field_ttl", "fields of hashes lost their time to live: %s has none" },
    [LOSS_FIELD_TTL_RANGE] = { "field_ttl_range",
                               "fields of hashes lost their time to live: it is beyond what %s takes" },
    [LOSS_VENDOR_TTL] = { "vendor_ttl",
                          "fields and members lost a time to live in a unit that is not known" },
    [LOSS_SUB_KEY] = { "sub_key_expiry",
                       "members that KeyDB would have expired will not: %s cannot do that" },
    [LOSS_KEY_META] = { "key_meta",
                        "keys lost their metadata: only RESTORE brings it over, to Redis 8.6 or newer" },
    [LOSS_UNOWNED] = { "unowned", "pending entries that belong to no consumer were given to the consumer "
                                  "'rdbkit-unowned'" },
    [LOSS_PENDING] = { "pending",
                       "pending entries of consumers were left out: their group does not have them" },
    [LOSS_NO_FIELDS] = { "no_fields", "entries of streams were left out: without a field, or without an id" },
    [LOSS_IDMP] = { "idmp", "streams lost what was known of their producers: %s has none" },
    [LOSS_LONG] = { "long", "strings of more than 512 MiB were left out" },
    [LOSS_SCORE] = { "score", "members of sorted sets were left out: their score is no number" },
    [LOSS_FUNCTION] = { "function",
                        "libraries of functions were left out: %s has none, or they had to be redacted" },
    [LOSS_MODULE_AUX] = { "module_aux", "records that modules keep beside the keys were left out" },
    [NOTE_COUNTERS] = { "stream_counters", "streams and their groups lost counters that %s does not keep" },
    [NOTE_LONG] = { "long_string",
                    "strings of more than 512 MiB: the server must allow them (proto-max-bulk-len)" },
    [NOTE_MODULE] = { "needs_module", "values of modules: the server must have the module (one before Redis "
                                      "6.2 exits without it)" },
    [NOTE_KEY_META] = { "needs_class", "keys with metadata: the server must know its classes" },
    [NOTE_DATABASES] = { "databases",
                         "keys in database 16 or above: the server must have as many (databases)" },
};

bool resp_lose(resp *r, resp_loss_kind kind, uint64_t count, rk_err *err)
{
    resp_loss *loss = &r->losses[kind];
    bool first = loss->count == 0 && count > 0;
    loss->count += count;
    if (!first || !r->has_key)
        return true;
    loss->has_example = true;
    loss->db = r->db;
    return rk_buf_add(&loss->key, rk_buf_slice(&r->name), err);
}

bool rk_export_loss_next(const rk_export *run, size_t i, rk_export_loss *loss)
{
    for (size_t kind = 0; run->resp && kind < RESP_LOSSES; kind++) {
        const resp_loss *one = &run->resp->losses[kind];
        if (one->count == 0 || i-- > 0)
            continue;
        *loss = (rk_export_loss){ .lost = kind < NOTE_COUNTERS,
                                  .id = kinds[kind].id,
                                  .count = one->count,
                                  .has_example = one->has_example,
                                  .db = one->db,
                                  .key = rk_buf_slice(&one->key) };
        const char *name = strstr(kinds[kind].what, "%s");
        int before = name ? (int)(name - kinds[kind].what) : (int)strlen(kinds[kind].what);
        snprintf(loss->what, sizeof loss->what, "%.*s%s%s", before, kinds[kind].what,
                 name ? run->resp->target.name : "", name ? name + 2 : "");
        return true;
    }
    return false;
}
