/* target: the server that a user names, and the name that it has in sentences. */
#include "servers.h"

#include <limits.h>
#include <stdio.h>

static const struct {
    const char *word, *name;
    rk_server_kind kind;
    unsigned major, minor;               /* where no version is given */
    unsigned newest_major, newest_minor; /* that is known: later ones may do anything */
    const char *newest;
    bool needs_version;
} kinds[] = {
    { "redis", "Redis", RK_SERVER_REDIS, 0, 0, 8, 10, "8.10", true },
    { "valkey", "Valkey", RK_SERVER_VALKEY, 0, 0, 9, 2, "9.2", true },
    { "keydb", "KeyDB", RK_SERVER_KEYDB, 6, 0, 6, UINT_MAX, "6", false },
    { "dragonfly", "Dragonfly", RK_SERVER_DRAGONFLY, 1, 0, 1, UINT_MAX, "1", false },
    { "sidekiq", "Sidekiq", RK_SERVER_SIDEKIQ, 0, 0, 8, UINT_MAX, "8", true },
};
enum { KINDS = sizeof kinds / sizeof kinds[0], NUMBER_MOST = 10000 };

/* The minor version that "7" stands for: the oldest there is of it, which for Valkey 7 is 7.2. */
static unsigned oldest_minor(rk_server_kind kind, unsigned major)
{
    size_t count;
    const server_row *rows = servers(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == kind && rows[i].major == major)
            return rows[i].minor;
    return 0;
}

static bool take_number(const char **at, unsigned *number)
{
    const char *from = *at;
    *number = 0;
    for (; **at >= '0' && **at <= '9' && *number < NUMBER_MOST; (*at)++)
        *number = *number * 10 + (unsigned)(**at - '0');
    return *at > from && *number < NUMBER_MOST;
}

/* "6", "6.2", "6.2.16": a patch level makes no difference for what is loaded. */
static bool take_version(const char **at, size_t kind, rk_target *target)
{
    unsigned patch;
    if (!take_number(at, &target->major))
        return false;
    target->minor = oldest_minor(kinds[kind].kind, target->major);
    if (**at != '.')
        return true;
    (*at)++;
    if (!take_number(at, &target->minor))
        return false;
    if (**at != '.')
        return true;
    (*at)++;
    return take_number(at, &patch);
}

/* Is that version among those that are known? */
static bool check_known(const char *words, size_t kind, const rk_target *target, rk_err *err)
{
    server_row row;
    bool sidekiq = target->kind == RK_SERVER_SIDEKIQ;
    if (target->major > kinds[kind].newest_major ||
        (target->major == kinds[kind].newest_major && target->minor > kinds[kind].newest_minor))
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.60s' is newer than %s %s, the newest that is known",
                       words, kinds[kind].name, kinds[kind].newest);
    if (sidekiq ? !sidekiq_of(target) : !server_of(target, &row))
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.60s' is older than any %s that is known", words,
                       kinds[kind].name);
    return true;
}

static bool check_relaxed(const char *words, rk_target *target, rk_err *err)
{
    server_row strict, relaxed;
    target->relaxed = true;
    if (target->kind != RK_SERVER_VALKEY)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.60s': only Valkey can be told to be relaxed", words);
    rk_target plain = *target;
    plain.relaxed = false;
    if (!server_of(target, &relaxed) || !server_of(&plain, &strict) ||
        strict.valkey_newest == relaxed.valkey_newest)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.60s': Valkey can be told to be relaxed from 8.1 on",
                       words);
    return true;
}

bool rk_target_parse(const char *words, rk_target *target, rk_err *err)
{
    rk_slice text = rk_slice_of(words);
    size_t kind = 0, colon = rk_slice_find(text, RK_TEXT(":"), 0);
    rk_slice word = colon == SIZE_MAX ? text : rk_slice_head(text, colon);
    while (kind < KINDS && !rk_slice_is(word, rk_slice_of(kinds[kind].word)))
        kind++;
    if (kind == KINDS)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                       "'%.60s' names no server: redis, valkey, keydb, dragonfly or sidekiq, as in redis:6.2",
                       words);
    *target = (rk_target){ .kind = kinds[kind].kind, .major = kinds[kind].major, .minor = kinds[kind].minor };
    const char *at = words + word.len;
    if (*at == 0 && !kinds[kind].needs_version)
        return true;
    if (*at != ':')
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.60s' lacks a version, as in %s:%s", words,
                       kinds[kind].word, kinds[kind].kind == RK_SERVER_REDIS ? "6.2" : "8.1");
    at++;
    if (!take_version(&at, kind, target) || (*at != 0 && *at != ':'))
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.60s' has no version like 6.2", words);
    if (!check_known(words, kind, target, err))
        return false;
    if (*at == 0)
        return true;
    if (strcmp(at, ":relaxed") != 0)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "'%.60s' ends in what is not ':relaxed'", words);
    return check_relaxed(words, target, err);
}

const char *rk_target_name(const rk_target *target, rk_target_room *room)
{
    size_t kind = 0;
    while (kind + 1 < KINDS && kinds[kind].kind != target->kind)
        kind++;
    if (!kinds[kind].needs_version && target->kind == RK_SERVER_DRAGONFLY)
        snprintf(room->text, sizeof room->text, "%s", kinds[kind].name);
    else if (!kinds[kind].needs_version)
        snprintf(room->text, sizeof room->text, "%s %u", kinds[kind].name, target->major);
    else
        snprintf(room->text, sizeof room->text, "%s %u.%u%s", kinds[kind].name, target->major, target->minor,
                 target->relaxed ? " (relaxed)" : "");
    return room->text;
}
