/* str: the strings of a keyspace: in place, in memory, or where they stand in a file. */
#include "keyspace.h"

/* The bytes of a string of a file, read into `scratch`. */
static bool read_file(rk_keyspace *ks, const ks_str *str, rk_buf *scratch, rk_slice *bytes)
{
    const rk_source *source = ks->files[str->home - KS_FILE];
    size_t len = (size_t)str->len, got = 0;
    scratch->len = 0;
    if (!rk_buf_reserve(scratch, len, ks->err))
        return false;
    for (size_t done = 0; done < len; done += got) {
        if (!rk_source_read_at(source, str->offset + done, scratch->ptr + done, len - done, &got, ks->err))
            return rk_err_source(ks->err, rk_source_name(source));
        if (got == 0) {
            rk_fail(ks->err, RK_TRUNCATED, str->offset + done, "the file has become shorter");
            return rk_err_source(ks->err, rk_source_name(source));
        }
    }
    scratch->len = len;
    *bytes = rk_buf_slice(scratch);
    return true;
}

static bool hold(rk_keyspace *ks, rk_slice bytes, ks_str *str)
{
    str->len = bytes.len;
    if (bytes.len <= KS_SMALL_MOST) {
        str->home = KS_SMALL;
        memcpy(str->small, bytes.ptr, bytes.len);
        return true;
    }
    str->home = KS_HEAP;
    str->ptr = rk_alloc(bytes.len);
    if (!str->ptr) {
        *str = (ks_str){ 0 };
        return rk_no_memory(ks->err);
    }
    memcpy(str->ptr, bytes.ptr, bytes.len);
    return true;
}

bool ks_str_of(rk_keyspace *ks, rk_slice bytes, ks_str *str)
{
    *str = (ks_str){ .hash = rk_hash64(bytes) };
    return hold(ks, bytes, str);
}

bool ks_str_of_arg(ks_call *c, size_t i, ks_str *str)
{
    rk_slice bytes = ks_arg(c, i);
    *str = (ks_str){ .hash = rk_hash64(bytes) };
    if (c->home < KS_FILE || bytes.len < KS_FILE_LEAST)
        return hold(c->ks, bytes, str);
    str->len = bytes.len;
    str->home = c->home;
    str->offset = c->command->offsets[i];
    return true;
}

bool ks_str_bytes(rk_keyspace *ks, const ks_str *str, rk_buf *scratch, rk_slice *bytes)
{
    if (str->home >= KS_FILE)
        return read_file(ks, str, scratch, bytes);
    *bytes = str->home == KS_HEAP ? (rk_slice){ str->ptr, (size_t)str->len }
             : str->len           ? (rk_slice){ str->small, (size_t)str->len }
                                  : RK_EMPTY;
    return true;
}

bool ks_str_copy(rk_keyspace *ks, const ks_str *from, ks_str *to)
{
    *to = *from;
    return from->home != KS_HEAP || hold(ks, (rk_slice){ from->ptr, (size_t)from->len }, to);
}

bool ks_str_is(rk_keyspace *ks, const ks_str *str, rk_slice bytes, uint64_t hash)
{
    rk_slice own;
    return str->hash == hash && str->len == bytes.len && ks_str_bytes(ks, str, &ks->scratch[0], &own) &&
           memcmp(own.ptr, bytes.ptr, bytes.len) == 0;
}

bool ks_str_same(rk_keyspace *ks, const ks_str *a, const ks_str *b)
{
    rk_slice bytes;
    if (a->hash != b->hash || a->len != b->len)
        return false;
    if (a->home >= KS_FILE && a->home == b->home && a->offset == b->offset)
        return true;
    return ks_str_bytes(ks, b, &ks->scratch[3], &bytes) && ks_str_is(ks, a, bytes, b->hash);
}

int ks_str_compare(rk_keyspace *ks, const ks_str *a, const ks_str *b)
{
    rk_slice x, y;
    if (!ks_str_bytes(ks, a, &ks->scratch[2], &x) || !ks_str_bytes(ks, b, &ks->scratch[3], &y))
        return 0;
    return rk_slice_compare(x, y);
}

void ks_str_free(rk_keyspace *ks, ks_str *str)
{
    if (str->home == KS_HEAP) { /* without memory the step fails, and nobody looks at its effects */
        bool told = ks->effect_count > 0 && rk_grow((void **)&ks->graves, &ks->grave_cap, ks->grave_count + 1,
                                                    sizeof *ks->graves, ks->err);
        if (told)
            ks->graves[ks->grave_count++] = *str;
        else
            rk_free(str->ptr);
    }
    *str = (ks_str){ 0 };
}
