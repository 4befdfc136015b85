/* links: which keys data were carried between (RENAME, RPOPLPUSH, ZUNIONSTORE ...), by a pass over the commands: to know
 * what one key held, these have to be replayed, too. */
#include <strings.h>

#include "aoflog.h"

static uint32_t root_of(log_links *l, uint32_t at)
{
    while (l->parent[at] != at) {
        l->parent[at] = l->parent[l->parent[at]];
        at = l->parent[at];
    }
    return at;
}

static uint32_t name_of(log_links *l, rk_slice name, bool wanted, rk_err *err)
{
    rk_digest digest = rk_digest_of(name);
    uint32_t at = log_map_get(&l->map, digest);
    if (at != LOG_MAP_NONE)
        return at;
    at = (uint32_t)l->count;
    if (l->count >= LOG_MAP_NONE - 1 ||
        !rk_grow((void **)&l->parent, &l->cap, l->count + 1, sizeof *l->parent, err) ||
        !rk_grow((void **)&l->wanted, &l->wanted_cap, l->count + 1, sizeof *l->wanted, err) ||
        !log_map_put(&l->map, digest, at, err))
        return LOG_MAP_NONE;
    l->parent[at] = at;
    l->wanted[at] = wanted;
    l->count++;
    return at;
}

static void join(log_links *l, uint32_t a, uint32_t b)
{
    a = root_of(l, a);
    b = root_of(l, b);
    if (a == b)
        return;
    uint32_t low = a < b ? a : b, high = a < b ? b : a;
    l->parent[high] = low;
    l->wanted[low] |= l->wanted[high];
}

/* SORT with STORE reads whatever its patterns match. */
static bool reads_unnamed(const rk_aof_command *c)
{
    if (c->verb != RK_VERB_SORT)
        return false;
    for (size_t i = 2; i < c->argc; i++)
        if (c->args[i].len == 5 && strncasecmp((const char *)c->args[i].ptr, "store", 5) == 0)
            return true;
    return false;
}

/* All arguments are taken for keys: words among them do no harm, and keys stand behind words. */
static bool note(log_links *l, const rk_aof_command *c, bool (*wants)(void *, rk_slice), void *self,
                 rk_err *err)
{
    uint32_t first = LOG_MAP_NONE;
    if (!(rk_verb_row_of(c->verb)->flags & RK_VERB_LINKS))
        return true;
    l->all |= reads_unnamed(c);
    for (size_t i = 1; i < c->argc; i++) {
        uint32_t at = name_of(l, c->args[i], wants(self, c->args[i]), err);
        if (at == LOG_MAP_NONE)
            return rk_fail(err, RK_NO_MEMORY, RK_NO_OFFSET, "too many names");
        if (first == LOG_MAP_NONE)
            first = at;
        join(l, first, at);
    }
    return true;
}

bool log_links_find(log_links *l, const char *path, bool (*wants)(void *self, rk_slice name), void *self,
                    rk_progress *progress, rk_err *err)
{
    rk_aoflog_entry entry;
    rk_aoflog *log = rk_aoflog_open(path, NULL, progress, err);
    bool ok = log != NULL;
    while (ok && rk_aoflog_next(log, &entry, err))
        ok = note(l, entry.command, wants, self, err);
    rk_aoflog_close(log);
    for (uint32_t i = 0; i < l->count; i++)
        l->parent[i] = root_of(l, i);
    return ok && err->code == RK_OK;
}

bool log_links_has(const log_links *l, rk_slice name)
{
    uint32_t at = l->all || l->count == 0 ? LOG_MAP_NONE : log_map_get(&l->map, rk_digest_of(name));
    return l->all || (at != LOG_MAP_NONE && l->wanted[l->parent[at]]);
}

void log_links_free(log_links *l)
{
    log_map_free(&l->map);
    rk_free(l->parent);
    rk_free(l->wanted);
    *l = (log_links){ 0 };
}
