/* servers: the table (spec: Compatibility, "Servers and snapshot versions"; Sidekiq's own README and upgrade notes for
 * what it runs on). */
#include "servers.h"

/* Opcodes 253 (seconds), 254 and 255 are known to all. */
#define OPS_1  "253-255"
#define OPS_26 "252-255"
#define OPS_32 "250-255"
#define OPS_50 "247-255"
#define OPS_70 "245-255"
#define OPS_72 "245 247-255"
#define OPS_74 "244 245 247-255"
#define OPS_86 "243-245 247-255"

#define TYPES_72 "0-5 7 9-21"

#define REDIS(major, minor, oldest, newest, types, opcodes)                                                  \
    {                                                                                                        \
        RK_SERVER_REDIS, major, minor, #major "." #minor, (major)*100 + (minor), oldest, newest, 0, 0,       \
            types, opcodes, NULL, NULL                                                                       \
    }

static const server_row server_rows[] = {
    REDIS(1, 0, 1, 1, "0-2", OPS_1),
    REDIS(1, 2, 1, 1, "0-3", OPS_1),
    REDIS(2, 0, 1, 1, "0-4", OPS_1),
    REDIS(2, 2, 1, 1, "0-4", OPS_1),
    REDIS(2, 4, 1, 2, "0-4 9-12", OPS_1),
    REDIS(2, 6, 1, 6, "0-4 9-13", OPS_26),
    REDIS(2, 8, 1, 6, "0-4 9-13", OPS_26),
    REDIS(3, 0, 1, 6, "0-4 9-13", OPS_26),
    REDIS(3, 2, 1, 7, "0-4 9-14", OPS_32),
    REDIS(4, 0, 1, 8, "0-7 9-14", OPS_32),
    REDIS(5, 0, 1, 9, "0-7 9-15", OPS_50),
    REDIS(6, 0, 1, 9, "0-7 9-15", OPS_50),
    REDIS(6, 2, 1, 9, "0-7 9-15", OPS_50),
    REDIS(7, 0, 1, 10, "0-7 9-19", OPS_70),
    REDIS(7, 2, 1, 11, TYPES_72, OPS_72),
    REDIS(7, 4, 1, 12, "0-5 7 9-25", OPS_74),
    REDIS(8, 0, 1, 12, "0-5 7 9-25", OPS_74),
    REDIS(8, 2, 1, 12, "0-5 7 9-25", OPS_74),
    REDIS(8, 4, 1, 12, "0-5 7 9-25", OPS_74),
    REDIS(8, 6, 1, 13, "0-5 7 9-26", OPS_86),
    REDIS(8, 8, 1, 14, "0-5 7 9-28", OPS_86),
    REDIS(8, 10, 1, 15, "0-5 7 9-33", "242-245 247-255"),
    { RK_SERVER_VALKEY, 7, 2, "7.2", 702, 1, 11, 0, 0, TYPES_72, OPS_72, NULL, NULL },
    { RK_SERVER_VALKEY, 8, 0, "8.0", 702, 1, 11, 0, 0, TYPES_72, OPS_72, NULL, NULL },
    { RK_SERVER_VALKEY, 8, 1, "8.1", 702, 1, 11, 0, 0, TYPES_72, OPS_72, NULL, NULL },
    { RK_SERVER_VALKEY, 9, 0, "9.0", 702, 1, 11, 80, 80, TYPES_72, OPS_74, TYPES_72 " 22", OPS_86 },
    { RK_SERVER_VALKEY, 9, 1, "9.1", 702, 1, 11, 80, 80, TYPES_72, OPS_74, TYPES_72 " 22", OPS_86 },
    { RK_SERVER_VALKEY, 9, 2, "9.2", 702, 1, 11, 80, 81, TYPES_72, OPS_74, TYPES_72 " 22 23",
      "242-245 247-255" },
    { RK_SERVER_KEYDB, 5, 0, "5", 500, 1, 9, 0, 0, "0-7 9-15 64", OPS_50, NULL, NULL },
    { RK_SERVER_KEYDB, 6, 0, "6", 602, 1, 9, 0, 0, "0-7 9-15 64", OPS_50, NULL, NULL },
    { RK_SERVER_DRAGONFLY, 1, 0, "1", 702, 1, 12, 0, 0, "0-5 9-21", OPS_72, NULL, NULL },
};

/* What `rdb-version-check relaxed` adds, from this version on. 8.1 tries any number under VALKEY, 012 to 079 too. */
static const struct {
    unsigned major, minor;
    uint32_t newest, valkey, valkey_newest;
} relaxed_rows[] = {
    { 8, 1, 11, 1, 999 },
    { 9, 0, 79, 80, 999 },
};

const server_row *servers(size_t *count)
{
    *count = sizeof server_rows / sizeof server_rows[0];
    return server_rows;
}

static bool is_from(const rk_target *target, unsigned major, unsigned minor)
{
    return target->major > major || (target->major == major && target->minor >= minor);
}

bool server_of(const rk_target *target, server_row *row)
{
    const server_row *found = NULL;
    for (size_t i = 0; i < sizeof server_rows / sizeof server_rows[0]; i++)
        if (server_rows[i].kind == target->kind &&
            is_from(target, server_rows[i].major, server_rows[i].minor))
            found = &server_rows[i];
    if (!found)
        return false;
    *row = *found;
    for (size_t i = 0; target->relaxed && i < sizeof relaxed_rows / sizeof relaxed_rows[0]; i++)
        if (is_from(target, relaxed_rows[i].major, relaxed_rows[i].minor)) {
            row->newest = relaxed_rows[i].newest;
            row->valkey = relaxed_rows[i].valkey;
            row->valkey_newest = relaxed_rows[i].valkey_newest;
        }
    return true;
}

bool server_lists(const char *words, uint32_t number)
{
    while (*words) {
        uint32_t from = 0, to = 0;
        for (; *words >= '0' && *words <= '9'; words++)
            from = from * 10 + (uint32_t)(*words - '0');
        to = from;
        if (*words == '-')
            for (to = 0, words++; *words >= '0' && *words <= '9'; words++)
                to = to * 10 + (uint32_t)(*words - '0');
        if (number >= from && number <= to)
            return true;
        words += *words == ' ';
    }
    return false;
}

static const sidekiq_row sidekiq_rows[] = {
    { 2, 0, 2, 4, "2.4", NULL },
    { 4, 0, 2, 8, "2.8", NULL },
    { 6, 0, 4, 0, "4.0", NULL },
    { 7, 0, 6, 2, "6.2", NULL },
    { 8, 0, 7, 0, "7.0", "Valkey 7.2 or Dragonfly 1.27" },
};

const sidekiq_row *sidekiq_of(const rk_target *target)
{
    const sidekiq_row *found = NULL;
    for (size_t i = 0; i < sizeof sidekiq_rows / sizeof sidekiq_rows[0]; i++)
        if (is_from(target, sidekiq_rows[i].major, sidekiq_rows[i].minor))
            found = &sidekiq_rows[i];
    return found;
}
