/* fuzz_resp: snapshots as commands. The first byte chooses the target, the second RESTORE; the rest is the file. What
 * must hold, whatever the bytes:
 * - all that is written is whole commands, even when the file cannot be read to its end;
 * - each begins with a word that such a server knows, and has a key where it needs one;
 * - the payload of a RESTORE has the version that the target takes, and its checksum;
 * - what is said to be lost names a number. */
#include <stdlib.h>

#include "../unit/export/commands.h"
#include "rdbkit/export.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static const rk_target targets[] = {
    { .kind = RK_SERVER_REDIS, .major = 8, .minor = 10 }, { .kind = RK_SERVER_REDIS, .major = 7, .minor = 0 },
    { .kind = RK_SERVER_REDIS, .major = 6, .minor = 0 },  { .kind = RK_SERVER_REDIS, .major = 4, .minor = 0 },
    { .kind = RK_SERVER_REDIS, .major = 2, .minor = 8 },  { .kind = RK_SERVER_REDIS, .major = 2, .minor = 2 },
    { .kind = RK_SERVER_VALKEY, .major = 9, .minor = 1 }, { .kind = RK_SERVER_KEYDB, .major = 6, .minor = 3 },
};
enum { TARGETS = sizeof targets / sizeof targets[0] };

/* The words that may begin a command, and the fewest arguments with them. */
static const struct {
    const char *word;
    size_t args;
} words[] = {
    { "SELECT", 2 },     { "FUNCTION", 4 }, { "DEL", 2 },         { "SET", 3 },     { "APPEND", 3 },
    { "RPUSH", 3 },      { "SADD", 3 },     { "ZADD", 4 },        { "HSET", 4 },    { "HMSET", 4 },
    { "HPEXPIREAT", 6 }, { "ARMSET", 4 },   { "ARSEEK", 3 },      { "XADD", 5 },    { "XSETID", 3 },
    { "XCFGSET", 6 },    { "XGROUP", 5 },   { "XCLAIM", 11 },     { "XNACK", 10 },  { "XREADGROUP", 9 },
    { "XTRIM", 4 },      { "XDEL", 3 },     { "XIDMPRECORD", 5 }, { "RESTORE", 4 }, { "PEXPIREAT", 3 },
    { "EXPIREAT", 3 },
};

static void check_command(const command *one, const rk_target *target)
{
    size_t i = 0;
    while (i < sizeof words / sizeof words[0] && !rk_slice_is(one->args[0], rk_slice_of(words[i].word)))
        i++;
    must(i < sizeof words / sizeof words[0] && one->count >= words[i].args);
    if (rk_slice_is(one->args[0], RK_TEXT("RESTORE"))) {
        must(command_payload_holds(one->args[3]));
        rk_slice payload = one->args[3];
        unsigned version = payload.ptr[payload.len - 10] | (unsigned)payload.ptr[payload.len - 9] << 8;
        must(target->major > 3 || version == 6);
        must(version <= (target->kind == RK_SERVER_VALKEY ? 80 : 15));
    }
}

static void check_losses(const rk_export *run)
{
    rk_export_loss loss;
    for (size_t i = 0; rk_export_loss_next(run, i, &loss); i++)
        must(loss.count > 0 && loss.id[0] && loss.what[0] && !strchr(loss.what, '%'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static command one;
    char *text = NULL;
    size_t len = 0, at = 0;
    rk_err err = { 0 };
    if (size < 2)
        return 0;
    rk_export_options options = { .format = RK_EXPORT_RESP,
                                  .limit = UINT64_MAX,
                                  .restore = bytes[1] & 1,
                                  .has_target = true,
                                  .target = targets[bytes[0] % TARGETS] };
    rk_slice file = size > 2 ? (rk_slice){ bytes + 2, size - 2 } : RK_EMPTY;
    FILE *out = open_memstream(&text, &len);
    rk_snapshot *snapshot = rk_snapshot_open_source(rk_source_memory(file, 0, &err), &err);
    rk_export *run = snapshot ? rk_export_open(&options, out, &err) : NULL;
    if (run) {
        rk_export_snapshot(run, snapshot, &err);
        rk_export_finish(run);
        check_losses(run);
    }
    rk_export_close(run);
    rk_snapshot_close(snapshot);
    must(out && fclose(out) == 0);
    rk_slice told = { (const uint8_t *)text, len };
    while (command_next(told, &at, &one))
        check_command(&one, &options.target);
    must(at == told.len);
    free(text);
    return 0;
}
