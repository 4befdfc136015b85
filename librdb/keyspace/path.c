/* path: path hashes of Valkey 9.2 (spec: AOF, "Path hashes"; RDB, "Valkey path hash"): a key has paths, a path has
 * fields. A path without fields and a key without paths are not there. */
#include "save.h"

enum { FIRST_PATHS = 81, TYPE_PATHS = 23 }; /* under the magic of Valkey */

typedef struct {
    ks_str name;
    ks_dict fields; /* of ks_field */
} path;

struct ks_paths {
    ks_dict paths;   /* of path */
    uint64_t fields; /* of all of them */
};

/* ---- parts ------------------------------------------------------------------------------------------------ */

static ks_paths *new_paths(rk_keyspace *ks)
{
    ks_paths *paths = rk_alloc(sizeof *paths);
    if (paths)
        ks_dict_start(&paths->paths, sizeof(path));
    else
        rk_no_memory(ks->err);
    return paths;
}

static void clear_fields(rk_keyspace *ks, ks_paths *paths, path *p)
{
    ks_field *field;
    for (uint32_t at = 0; (field = ks_dict_next(&p->fields, &at)) != NULL;)
        ks_str_free(ks, &field->value);
    paths->fields -= p->fields.count;
    ks_dict_clear(ks, &p->fields);
}

static path *find_path(rk_keyspace *ks, const ks_paths *paths, rk_slice name)
{
    return ks_dict_find(ks, &paths->paths, name, rk_hash64(name));
}

/* The path; where there is none it comes to be, and `name` is its own then. NULL: no memory. */
static path *path_of(rk_keyspace *ks, ks_paths *paths, ks_str name)
{
    path *p = ks_dict_find_str(ks, &paths->paths, &name);
    if (p || ks_bad(ks)) {
        ks_str_free(ks, &name);
        return p;
    }
    p = ks_dict_add(ks, &paths->paths, name);
    if (p)
        ks_dict_start(&p->fields, sizeof(ks_field));
    return p;
}

/* The field has that value from now on. Both strings become the path's, on failure too. */
static bool set_field(rk_keyspace *ks, ks_paths *paths, path *p, ks_str name, ks_str value)
{
    ks_field *field = ks_dict_find_str(ks, &p->fields, &name);
    if (field) {
        ks_str_free(ks, &name);
        ks_str_free(ks, &field->value);
    } else if (!ks_bad(ks) && (field = ks_dict_add(ks, &p->fields, name)) != NULL) {
        field->expire_ms = RK_NO_EXPIRY;
        paths->fields++;
    }
    if (field)
        field->value = value;
    else
        ks_str_free(ks, &value);
    return field != NULL;
}

/* ---- the type --------------------------------------------------------------------------------------------- */

static uint64_t paths_count(const ks_key *key)
{
    return key->paths ? key->paths->fields : 0;
}

static void paths_free(rk_keyspace *ks, ks_key *key)
{
    path *p;
    if (!key->paths)
        return;
    for (uint32_t at = 0; (p = ks_dict_next(&key->paths->paths, &at)) != NULL;)
        clear_fields(ks, key->paths, p);
    ks_dict_clear(ks, &key->paths->paths);
    rk_free(key->paths);
    key->paths = NULL;
}

static bool paths_load(rk_keyspace *ks, ks_key *key, rk_rdb *rdb)
{
    rk_element e;
    ks_str name, value;
    path *p = NULL;
    key->paths = new_paths(ks);
    while (key->paths && rk_rdb_element(rdb, &e, ks->err)) {
        if (e.kind == RK_ELEMENT_PATH) {
            p = ks_str_of(ks, e.item, &name) ? path_of(ks, key->paths, name) : NULL;
            if (!p)
                return false;
        } else if (p && e.kind == RK_ELEMENT_FIELD) {
            if (!ks_str_of(ks, e.item, &name))
                return false;
            if (!ks_str_of(ks, e.value, &value)) {
                ks_str_free(ks, &name);
                return false;
            }
            if (!set_field(ks, key->paths, p, name, value))
                return false;
        }
    }
    return !ks_bad(ks);
}

static bool copy_fields(rk_keyspace *ks, const path *from, ks_paths *to, path *twin)
{
    ks_field *field;
    ks_str name, value;
    for (uint32_t at = 0; (field = ks_dict_next(&from->fields, &at)) != NULL;) {
        if (!ks_str_copy(ks, &field->name, &name))
            return false;
        if (!ks_str_copy(ks, &field->value, &value)) {
            ks_str_free(ks, &name);
            return false;
        }
        if (!set_field(ks, to, twin, name, value))
            return false;
    }
    return true;
}

static bool paths_copy(rk_keyspace *ks, const ks_key *from, ks_key *to)
{
    path *p;
    ks_str name;
    to->is_paths = true;
    to->paths = new_paths(ks);
    for (uint32_t at = 0; to->paths && (p = ks_dict_next(&from->paths->paths, &at)) != NULL;) {
        path *twin = ks_str_copy(ks, &p->name, &name) ? path_of(ks, to->paths, name) : NULL;
        if (!twin || !copy_fields(ks, p, to->paths, twin))
            return false;
    }
    return to->paths != NULL;
}

static bool save_path(ks_saver *s, const path *p)
{
    const ks_field *field;
    if (!ks_save_str(s, &p->name) || !ks_save_count(s, p->fields.count))
        return false;
    for (uint32_t at = 0; (field = ks_dict_next(&p->fields, &at)) != NULL;)
        if (!ks_save_str(s, &field->name) || !ks_save_str(s, &field->value))
            return false;
    return true;
}

static bool paths_save(ks_saver *s, const ks_key *key)
{
    const path *p;
    if (!ks_save_key(s, key, TYPE_PATHS) || !ks_save_count(s, key->paths->paths.count))
        return false;
    for (uint32_t at = 0; (p = ks_dict_next(&key->paths->paths, &at)) != NULL;)
        if (!save_path(s, p))
            return false;
    return true;
}

static uint32_t paths_needs(rk_keyspace *ks, const ks_key *key, bool valkey, const char **why)
{
    (void)ks;
    (void)key;
    *why = "path hashes";
    return valkey ? FIRST_PATHS : 0;
}

const ks_type ks_paths_type = { .count = paths_count,
                                .free = paths_free,
                                .load = paths_load,
                                .copy = paths_copy,
                                .save = paths_save,
                                .needs = paths_needs };

/* ---- commands --------------------------------------------------------------------------------------------- */

/* `FIELDS n f v ...` at argument `at`; *first and *behind are the arguments of the fields. */
static bool read_fields(ks_call *c, size_t at, size_t *first, size_t *behind)
{
    int64_t count;
    if (at + 3 >= ks_argc(c) || !ks_is(ks_arg(c, at), "FIELDS") || !ks_int(ks_arg(c, at + 1), &count) ||
        count <= 0 || (uint64_t)count > (ks_argc(c) - at - 2) / 2) {
        ks_fails(c, "FIELDS, their number, fields and values are expected at argument %zu", at);
        return false;
    }
    *first = at + 2;
    *behind = at + 2 + 2 * (size_t)count;
    return true;
}

/* The key's paths, made where there are none; NULL: another type, which is then told, or trouble. */
static ks_paths *open_or_make(ks_call *c)
{
    bool wrong;
    ks_key *key = ks_open(c, 1, RK_OTHER, &wrong);
    if (wrong)
        ks_no_key(c, 1, wrong);
    if (key || wrong || ks_bad(c->ks))
        return key ? key->paths : NULL;
    ks_paths *paths = new_paths(c->ks);
    key = paths ? ks_make(c->ks, c->db, ks_arg(c, 1), RK_OTHER) : NULL;
    if (!key) {
        rk_free(paths);
        return NULL;
    }
    key->is_paths = true;
    return key->paths = paths;
}

/* Fields and values in the arguments [first, behind) come into the path of argument `arg`. */
static bool set_fields(ks_call *c, ks_paths *paths, size_t arg, size_t first, size_t behind)
{
    ks_str name, value;
    path *p = ks_str_of_arg(c, arg, &name) ? path_of(c->ks, paths, name) : NULL;
    for (size_t i = first; p && i < behind; i += 2) {
        if (!ks_str_of_arg(c, i, &name))
            return false;
        if (!ks_str_of_arg(c, i + 1, &value)) {
            ks_str_free(c->ks, &name);
            return false;
        }
        if (!set_field(c->ks, paths, p, name, value))
            return false;
    }
    return p != NULL;
}

/* FNX: none of the fields is there; FXX: all are. */
static bool is_met(ks_call *c, const ks_paths *paths, bool present, size_t first, size_t behind)
{
    const path *p = paths ? find_path(c->ks, paths, ks_arg(c, 2)) : NULL;
    for (size_t i = first; i < behind; i += 2) {
        rk_slice name = ks_arg(c, i);
        bool found = p && ks_dict_find(c->ks, &p->fields, name, rk_hash64(name));
        if (found != present)
            return false;
    }
    return true;
}

/* PHSET k path [FNX|FXX] FIELDS n f v ... */
static rk_outcome phset(ks_call *c)
{
    bool wrong, absent = ks_is(ks_arg(c, 3), "FNX"), present = ks_is(ks_arg(c, 3), "FXX");
    size_t first, behind;
    if (!read_fields(c, absent || present ? 4 : 3, &first, &behind))
        return RK_OUTCOME_FAILED;
    if (behind != ks_argc(c))
        return ks_fails(c, "%zu arguments behind the fields", ks_argc(c) - behind);
    const ks_key *key = ks_open(c, 1, RK_OTHER, &wrong);
    if (wrong)
        return ks_no_key(c, 1, wrong);
    if ((absent || present) && !is_met(c, key ? key->paths : NULL, present, first, behind))
        return RK_OUTCOME_NOTHING;
    ks_paths *paths = ks_bad(c->ks) ? NULL : open_or_make(c);
    return paths && set_fields(c, paths, 2, first, behind) ? RK_OUTCOME_DONE : RK_OUTCOME_FAILED;
}

/* PHMSET k path FIELDS n f v ... [path FIELDS ...] */
static rk_outcome phmset(ks_call *c)
{
    size_t first, behind = 2;
    for (size_t at = 2; at < ks_argc(c); at = behind)
        if (!read_fields(c, at + 1, &first, &behind))
            return RK_OUTCOME_FAILED;
    ks_paths *paths = open_or_make(c);
    for (size_t at = 2; paths && at < ks_argc(c); at = behind)
        if (!read_fields(c, at + 1, &first, &behind) || !set_fields(c, paths, at, first, behind))
            return RK_OUTCOME_FAILED;
    return paths ? RK_OUTCOME_DONE : RK_OUTCOME_FAILED;
}

/* The fields in the arguments from 3 on; all of them when there are none. */
static bool delete_fields(ks_call *c, ks_paths *paths, path *p)
{
    bool deleted = ks_argc(c) == 3;
    if (deleted)
        clear_fields(c->ks, paths, p);
    for (size_t i = 3; i < ks_argc(c); i++) {
        ks_field *field = ks_dict_find(c->ks, &p->fields, ks_arg(c, i), rk_hash64(ks_arg(c, i)));
        if (!field)
            continue;
        ks_str_free(c->ks, &field->value);
        ks_dict_remove(c->ks, &p->fields, field);
        paths->fields--;
        deleted = true;
    }
    return deleted;
}

/* PHDEL k path [f...] */
static rk_outcome phdel(ks_call *c)
{
    bool wrong;
    ks_key *key = ks_open(c, 1, RK_OTHER, &wrong);
    if (!key)
        return ks_no_key(c, 1, wrong);
    path *p = find_path(c->ks, key->paths, ks_arg(c, 2));
    if (!p || !delete_fields(c, key->paths, p))
        return RK_OUTCOME_NOTHING;
    if (p->fields.count == 0) {
        clear_fields(c->ks, key->paths, p);
        ks_dict_remove(c->ks, &key->paths->paths, p);
    }
    if (key->paths->paths.count == 0)
        ks_drop_empty(c->ks, key);
    return RK_OUTCOME_DONE;
}

const ks_verb ks_path_verbs[] = {
    { RK_VERB_PHSET, phset },
    { RK_VERB_PHMSET, phmset },
    { RK_VERB_PHDEL, phdel },
    { RK_VERB_UNKNOWN, NULL },
};
