/* header_guess: which header a server would have written, by what is left of the file: the versions in AUX (spec:
 * Compatibility, "AUX fields"), and the types and opcodes that were met. */
#include "header.h"
#include "servers.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    NEWEST_KNOWN = 100 /* major versions beyond it are those of development builds */,
    FIRST_CHECKSUM = 5
};

static const rk_rdb_header of_dragonfly = { .version = 9 };

/* "7.4.1". False: it says nothing. */
static bool parse_version(const char *text, rk_target *target)
{
    char *end = NULL;
    if (*text < '0' || *text > '9')
        return false;
    target->major = (unsigned)strtoul(text, &end, 10);
    target->minor = *end == '.' ? (unsigned)strtoul(end + 1, NULL, 10) : 0;
    return target->major < NEWEST_KNOWN;
}

/* What is doubtful counts where nothing else is there. */
static uint8_t least_that_counts(const header_signs *s)
{
    for (unsigned byte = 0; byte < 256; byte++)
        if (s->types[byte] == HEADER_SURE)
            return HEADER_SURE;
    return HEADER_DOUBTFUL;
}

static bool knows(const char *types, const char *opcodes, const header_signs *s)
{
    uint8_t least = least_that_counts(s);
    for (uint32_t byte = 0; types && byte < 256; byte++)
        if ((s->types[byte] >= least && !server_lists(types, byte)) ||
            (s->opcodes[byte] >= least && !server_lists(opcodes, byte)))
            return false;
    return types != NULL;
}

/* The header under which the server writes what was met; false: it does not. */
static bool header_of(const server_row *row, const header_signs *s, rk_rdb_header *header)
{
    bool redis = knows(row->types, row->opcodes, s);
    bool valkey = !redis && knows(row->valkey_types, row->valkey_opcodes, s);
    *header = (rk_rdb_header){ .version = valkey ? row->valkey_newest : row->newest, .valkey = valkey };
    return (redis || valkey) && (valkey || !s->checksum || row->newest >= FIRST_CHECKSUM);
}

/* The oldest server of this kind, from `least` on, that writes what was met. */
static bool oldest(rk_server_kind kind, const rk_target *least, const header_signs *s, rk_rdb_header *header)
{
    size_t count;
    const server_row *rows = servers(&count);
    server_row told;
    unsigned from = 0;
    if (least && server_of(least, &told))
        from = told.major * 100 + told.minor;
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == kind && rows[i].major * 100 + rows[i].minor >= from &&
            header_of(&rows[i], s, header))
            return true;
    return false;
}

bool check_header_is_valkey(const header_signs *s)
{
    return s->valkey[0] && !s->dragonfly;
}

bool check_header_is_told(const header_signs *s, bool valkey)
{
    size_t count;
    const server_row *rows = servers(&count), *last = NULL;
    rk_target told = { .kind = valkey || s->valkey[0] ? RK_SERVER_VALKEY : RK_SERVER_REDIS };
    if (!parse_version(told.kind == RK_SERVER_VALKEY ? s->valkey : s->redis, &told))
        return false;
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == told.kind)
            last = &rows[i];
    return told.major < last->major || (told.major == last->major && told.minor <= last->minor);
}

static const char *print_header(rk_rdb_header header, char room[16])
{
    if (header.valkey)
        snprintf(room, 16, "VALKEY%03" PRIu32, header.version);
    else
        snprintf(room, 16, "REDIS%04" PRIu32, header.version);
    return room;
}

rk_rdb_header check_header_guess(const header_signs *s, bool valkey, char *why, size_t cap)
{
    static const rk_server_kind others[] = { RK_SERVER_KEYDB, RK_SERVER_DRAGONFLY };
    char room[16];
    rk_rdb_header header = of_dragonfly, newest = { .version = 15 };
    rk_target told = { .kind = valkey ? RK_SERVER_VALKEY : RK_SERVER_REDIS };
    const char *version = valkey ? s->valkey : s->redis;
    bool is_told = parse_version(version, &told);
    bool found = s->dragonfly || oldest(told.kind, is_told ? &told : NULL, s, &header);
    for (size_t i = 0; !found && i < sizeof others / sizeof others[0]; i++)
        found = oldest(others[i], NULL, s, &header);
    if (!found)
        header = newest;
    if (s->dragonfly)
        snprintf(why, cap, "it is read as %s, which Dragonfly writes", print_header(header, room));
    else if (is_told && found)
        snprintf(why, cap, "it is read as %s, by what is found behind: %s-ver %s", print_header(header, room),
                 valkey ? "valkey" : "redis", version);
    else
        snprintf(why, cap, "it is read as %s, the oldest that has all %s", print_header(header, room),
                 found ? "types and opcodes that are found behind" : "types");
    return header;
}
