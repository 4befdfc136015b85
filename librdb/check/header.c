/* header: opens a snapshot whose header cannot be trusted. */
#include "header.h"
#include "rescue.h"

#include <stdio.h>

enum { MAGIC_SIZE = 9, HINT_SIZE = 256 * 1024 };

/* That knows all types of its branch. */
static const rk_rdb_header newest[] = { { 15, false }, { 81, true } };

static bool signs_under(rk_source *source, rk_rdb_header header, header_signs *signs, rk_err *err)
{
    rk_rdb *first = rk_rdb_open_headless(source, 0, header, err);
    rk_rdb *second = first ? rk_rdb_second(first, err) : NULL;
    bool ok = second && check_header_signs(second, signs, err);
    rk_rdb_close(second);
    rk_rdb_close(first);
    return ok;
}

/* A few types mean one thing in Redis and another in Valkey: where nobody tells, the one is taken under which more can be
 * read. */
static bool find_signs(rk_source *source, header_signs *signs, bool *valkey, rk_err *err)
{
    header_signs other;
    if (!signs_under(source, newest[false], signs, err))
        return false;
    *valkey = check_header_is_valkey(signs);
    bool shared = signs->broken || signs->types[22] != HEADER_NOT_MET || signs->types[23] != HEADER_NOT_MET;
    if (signs->redis[0] || signs->dragonfly || (!*valkey && !shared))
        return true;
    if (!signs_under(source, newest[true], &other, err))
        return false;
    *valkey |= check_header_is_valkey(&other) || other.bytes > signs->bytes;
    if (*valkey)
        *signs = other;
    return true;
}

static bool say_lost(rk_check *c, const rk_err *why, const char *read_as, rk_err *err)
{
    return check_problem_add(c, RK_PROBLEM_DAMAGE, "header", why->has_offset ? why->offset : 0, NULL, err,
                             "%s", why->what) &&
           check_problem_add(c, RK_PROBLEM_NOTICE, "header", 0, NULL, err, "%s", read_as);
}

static bool refuse(const rk_err *why, rk_err *err)
{
    return rk_fail(err, RK_FORMAT, why->has_offset ? why->offset : RK_NO_OFFSET,
                   "%.110s; no record of a snapshot was found in it", why->what);
}

/* The header cannot be read: `why`. */
static bool open_lost(rk_check *c, const rk_rdb_header *assumed, const rk_err *why, rk_err *err)
{
    header_signs signs;
    bool valkey;
    char read_as[160] = "it is read as the caller says";
    if (assumed ? !signs_under(c->source, *assumed, &signs, err)
                : !find_signs(c->source, &signs, &valkey, err))
        return false;
    if (signs.records == 0)
        return refuse(why, err);
    rk_rdb_header header = assumed ? *assumed : check_header_guess(&signs, valkey, read_as, sizeof read_as);
    bool behind = signs.first == MAGIC_SIZE; /* the header alone is damaged */
    c->header_lost = *why;
    c->first = rk_rdb_open_headless(c->source, behind ? MAGIC_SIZE : 0, header, err);
    return c->first && say_lost(c, why, read_as, err);
}

/* No server has written this version, and the file names another that is known: the digits are damaged. A file of a
 * server to come names that server. */
static bool contradicts_itself(rk_check *c, rk_rdb_header *header, char *read_as, size_t cap, rk_err *err)
{
    header_signs signs;
    rk_rdb_header said = rk_rdb_header_of(c->first);
    if (said.version <= newest[said.valkey].version)
        return false;
    if (!signs_under(c->source, newest[said.valkey], &signs, err) ||
        !check_header_is_told(&signs, said.valkey))
        return false;
    *header = check_header_guess(&signs, said.valkey || check_header_is_valkey(&signs), read_as, cap);
    return true;
}

/* The digits are damaged: what had been opened under them is opened again. */
static bool open_again(rk_check *c, rk_rdb_header header, const char *read_as, rk_err *err)
{
    rk_rdb_header said = rk_rdb_header_of(c->first);
    rk_rdb_close(c->first);
    c->first = rk_rdb_open_headless(c->source, c->begin, header, err);
    return c->first &&
           check_problem_add(c, RK_PROBLEM_DAMAGE, "header", c->magic_at, NULL, err,
                             "RDB version %" PRIu32 " does not go with what is found behind it",
                             said.version) &&
           check_problem_add(c, RK_PROBLEM_NOTICE, "header", c->magic_at, NULL, err, "%s", read_as);
}

/* What is known better replaces what the file says. */
static bool overrule(rk_check *c, rk_rdb_header assumed, rk_err *err)
{
    rk_rdb_header said = rk_rdb_header_of(c->first);
    if (said.version == assumed.version && said.valkey == assumed.valkey)
        return true;
    rk_rdb_assume(c->first, assumed);
    return check_problem_add(c, RK_PROBLEM_DAMAGE, "header", c->magic_at, NULL, err,
                             "the header says RDB version %" PRIu32 "%s, it is read as %" PRIu32 "%s",
                             said.version, said.valkey ? " of Valkey" : "", assumed.version,
                             assumed.valkey ? " of Valkey" : "");
}

static bool judge_digits(rk_check *c, const rk_check_options *options, rk_err *err)
{
    char read_as[160];
    rk_rdb_header header;
    if (!options->header_may_be_lost || c->magic_at > 0 ||
        !contradicts_itself(c, &header, read_as, sizeof read_as, err))
        return err->code == RK_OK;
    return open_again(c, header, read_as, err);
}

/* Are there records behind a header that cannot be read? Then it may be worth a salvage. */
static void add_hint(rk_source *source, rk_err *err)
{
    header_signs signs;
    rk_err ignored = { 0 };
    size_t got = 0;
    rk_source *head = NULL;
    uint8_t *bytes = rk_alloc(HINT_SIZE);
    if (bytes && rk_source_read_at(source, 0, bytes, HINT_SIZE, &got, &ignored))
        head = rk_source_memory((rk_slice){ bytes, got }, 0, &ignored);
    if (head && signs_under(head, newest[false], &signs, &ignored) && signs.records > 0)
        rk_err_hint(
            err, "its header is lost, and records stand behind it: `rdbcheck --salvage OUT FILE` saves them");
    rk_source_close(head);
    rk_free(bytes);
}

static bool open_first(rk_check *c, const rk_check_options *options, rk_err *err)
{
    rk_err why = { 0 };
    if ((c->first = rk_rdb_open(c->source, &why)) != NULL) {
        c->begin = rk_rdb_begin(c->first);
        c->magic_at = c->begin - MAGIC_SIZE;
        return options->assume ? overrule(c, *options->assume, err) : judge_digits(c, options, err);
    }
    if (why.code == RK_FORMAT && (options->assume || options->header_may_be_lost))
        return open_lost(c, options->assume, &why, err);
    *err = why;
    if (why.code == RK_FORMAT)
        add_hint(c->source, err);
    return false;
}

bool check_header_open(rk_check *c, const rk_check_options *options, rk_err *err)
{
    if (!open_first(c, options, err))
        return false;
    rk_rdb_tell_nodes(c->first);
    rk_info_begin(&c->notes, c->source, c->first);
    c->rdb = c->first;
    if (!check_segment_begin(c, c->begin, c->begin, err))
        return false;
    if (c->header_lost.code == RK_OK)
        return true;
    if (rk_rdb_begin(c->first) == 0)
        return check_go_on_from(c, 0, err);
    return check_span_add(c, RK_SPAN_LOST, 0, rk_rdb_begin(c->first), SIZE_MAX, 0, err);
}

bool check_header_borne_out(const rk_check *c, rk_err *err)
{
    if (c->header_lost.code == RK_OK)
        return true;
    for (size_t i = 0; i < c->span_count; i++)
        if (!c->spans[i].suspect && (c->spans[i].kind == RK_SPAN_SOUND || c->spans[i].count > 0))
            return true;
    return refuse(&c->header_lost, err);
}
