/* fuzz_manifest: manifests. What must hold, whatever the bytes:
 * - what is refused has a sentence, a code of damage and an offset within the text, and leaves nothing allocated;
 * - what is taken has one base at most, then increments in strictly rising order, then history; every name is a plain one
 *   and is the last part of its path, every seq is from 1 on, every offset of replication from -1 on;
 * - written out again, one file a line, names in quotes, it is the same set. */
#include <stdlib.h>

#include "rdbkit/aof.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* abort() and not assert(): these hold in every build. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_order(const rk_aof_set *set)
{
    uint64_t last = 0;
    must(set->loaded <= set->count);
    for (size_t i = 0; i < set->count; i++) {
        const rk_aof_file *f = &set->files[i];
        must(f->role == RK_AOF_HISTORY ? i >= set->loaded : i < set->loaded);
        must(f->role != RK_AOF_BASE || i == 0);
        must(f->role != RK_AOF_INCREMENT || f->seq > last);
        last = f->role == RK_AOF_INCREMENT ? f->seq : last;
        must(f->seq > 0 && f->start_offset >= -1 && f->end_offset >= -1);
        must(f->name[0] && !strchr(f->name, '/') && !strchr(f->name, '\\') && strcmp(f->name, "..") != 0);
        must(strncmp(f->path, "some/folder/", 12) == 0 && f->name == f->path + 12);
    }
}

static void write_again(const rk_aof_set *set, rk_buf *text, rk_err *err)
{
    for (size_t i = 0; i < set->count; i++) {
        const rk_aof_file *f = &set->files[i];
        rk_buf_printf(text, err, "file \"");
        for (const char *at = f->name; *at; at++)
            rk_buf_printf(text, err, "\\x%02x", (unsigned)(uint8_t)*at);
        rk_buf_printf(text, err, "\" seq %" PRIu64 " type %c startoffset %" PRId64 " endoffset %" PRId64 "\n",
                      f->seq, "bih"[f->role], f -> start_offset, f -> end_offset);
    }
}

static void check_again(const rk_aof_set *set)
{
    rk_err err = { 0 };
    rk_buf text = { 0 };
    rk_aof_set again;
    write_again(set, &text, &err);
    must(rk_aof_manifest_parse(rk_buf_slice(&text), "some/folder", "M", &again, &err));
    must(again.count == set->count && again.loaded == set->loaded);
    for (size_t i = 0; i < set->count; i++) {
        const rk_aof_file *a = &set->files[i], *b = &again.files[i];
        must(strcmp(a->path, b->path) == 0 && a->role == b->role && a->seq == b->seq &&
             a->start_offset == b->start_offset && a->end_offset == b->end_offset);
    }
    rk_aof_set_free(&again);
    rk_buf_free(&text);
}

static bool has_long_name(const rk_aof_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (strlen(set->files[i].name) > 200)
            return true; /* it would not fit into a line as it is written here */
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_err err = { 0 };
    rk_aof_set set;
    rk_slice text = size ? (rk_slice){ bytes, size } : RK_EMPTY;
    if (rk_aof_manifest_parse(text, "some/folder/", "M", &set, &err)) {
        must(err.code == RK_OK);
        check_order(&set);
        if (set.count > 0 && !has_long_name(&set))
            check_again(&set);
    } else {
        must(err.code == RK_DAMAGED && err.what[0] && strcmp(err.source, "M") == 0);
        must(!err.has_offset || err.offset < size);
        must(set.count == 0 && !set.files);
    }
    rk_aof_set_free(&set);
    return 0;
}
