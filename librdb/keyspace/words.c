/* words: a source as a user names it: a path, and a moment behind it or none. */
#include <sys/stat.h>

#include "rdbkit/keyspace.h"

bool rk_moment_split(const char *words, size_t *path_len, rk_moment *until, rk_err *err)
{
    struct stat info;
    const char *at = strrchr(words, '@');
    *path_len = strlen(words);
    *until = (rk_moment){ 0 };
    if (!at || at == words || stat(words, &info) == 0 || !rk_moment_is_like(at + 1))
        return true;
    *path_len = (size_t)(at - words);
    return rk_moment_parse(at + 1, until, err);
}
