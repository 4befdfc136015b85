/* cli_filter: from the words of the options to a filter. */
#include "cli_filter.h"

const char cli_filter_glob_details[] = "Patterns are those of the command KEYS (`*`, `?`, `[a-z]`, `\\x`) "
                                       "and are matched against whole names. A key is "
                                       "chosen when it matches one of `--key`, if there is any, and none of "
                                       "`--ignore`. All other filters must hold, too.";

const char cli_filter_re_details[] = "POSIX extended ones, matched against any part of a name (`^` and `$` "
                                     "are its ends), byte by byte, without "
                                     "back-references.";

const char cli_filter_type_details[] =
    "Types are string, list, set, zset, hash, stream, module, array and other.";

static bool read_words(const cli_filter *words, rk_filter_options *options, uint32_t *dbs, rk_err *err)
{
    for (size_t i = 0; i < words->dbs.count; i++)
        if (!rk_db_parse(words->dbs.items[i], &dbs[i], err))
            return false;
    for (size_t i = 0; i < words->types.count; i++)
        if (!rk_types_parse(words->types.items[i], &options->types, err))
            return false;
    return true;
}

bool cli_filter_open(const cli_filter *words, const rk_filter_options *others, uint32_t **dbs,
                     rk_filter **filter, rk_err *err)
{
    rk_filter_options options = others ? *others : (rk_filter_options){ 0 };
    *filter = NULL;
    *dbs = rk_alloc((words->dbs.count + 1) * sizeof **dbs);
    if (!*dbs)
        return rk_no_memory(err);
    options.keys = (const char *const *)words->keys.items;
    options.key_count = words->keys.count;
    options.not_keys = (const char *const *)words->ignores.items;
    options.not_key_count = words->ignores.count;
    options.regex = words->regex;
    options.dbs = *dbs;
    options.db_count = words->dbs.count;
    if (read_words(words, &options, *dbs, err) && (*filter = rk_filter_open(&options, err)) != NULL)
        return true;
    rk_free(*dbs);
    *dbs = NULL;
    return false;
}
