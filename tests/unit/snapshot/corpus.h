/* corpus: where the files written by real servers lie, and how their truth is read. The corpus is not part of
 * the source: tests that need it say that they were skipped where it is absent. */
#ifndef RDBKIT_TESTS_CORPUS_H
#define RDBKIT_TESTS_CORPUS_H

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "rdbkit/io.h"

/* A file below the corpus, in one of a few rooms that are used in turn. */
static inline const char *corpus_path(const char *folder, const char *file)
{
    static char rooms[4][1024];
    static unsigned next;
    char *room = rooms[next++ % 4];
    const char *named = getenv("RDBKIT_CORPUS");
    snprintf(room, sizeof rooms[0], "%s/%s/%s", named && *named ? named : "../shared/corpus", folder, file);
    return room;
}

static inline bool corpus_has(const char *folder, const char *file)
{
    struct stat info;
    return stat(corpus_path(folder, file), &info) == 0;
}

static inline int corpus_by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The names in `folder` that end in `ending`, without it, sorted. */
static inline int corpus_list(const char *folder, const char *ending, char names[][128], int most)
{
    DIR *dir = opendir(corpus_path(folder, ""));
    struct dirent *entry;
    int count = 0;
    while (dir && (entry = readdir(dir)) != NULL && count < most) {
        size_t len = strlen(entry->d_name), cut = strlen(ending);
        if (entry->d_name[0] != '.' && len > cut && len < 128 &&
            strcmp(entry->d_name + len - cut, ending) == 0)
            snprintf(names[count++], 128, "%.*s", (int)(len - cut), entry->d_name);
    }
    if (dir)
        closedir(dir);
    if (count)
        qsort(names, (size_t)count, 128, corpus_by_name);
    return count;
}

/* All that a file holds, unpacked. Freed by rk_buf_free. */
static inline bool corpus_read(const char *path, rk_buf *content, rk_err *err)
{
    rk_source *source = rk_source_open(path, NULL, err);
    size_t got = 1;
    content->len = 0;
    while (source && got > 0 && rk_buf_reserve(content, content->len + 65536, err) &&
           rk_source_read(source, content->ptr + content->len, content->cap - content->len, &got, err))
        content->len += got;
    rk_source_close(source);
    return err->code == RK_OK;
}

/* Bytes as a JSON string in which each byte is the code point of the same number. */
static inline json_t *latin_1(rk_slice bytes)
{
    char *text = malloc(2 * bytes.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] >= 0x80)
            text[len++] = (char)(0xc0 | bytes.ptr[i] >> 6);
        text[len++] = (char)(bytes.ptr[i] < 0x80 ? bytes.ptr[i] : 0x80 | (bytes.ptr[i] & 0x3f));
    }
    json_t *string = json_stringn_nocheck(text, len);
    free(text);
    return string;
}

/* The name under which a key is found again: its database and the digest of its JSON string. */
static inline const char *corpus_id(uint64_t db, const json_t *key, char id[80])
{
    rk_slice text = { (const uint8_t *)json_string_value(key), json_string_length(key) };
    rk_digest digest = rk_digest_of(text.len ? text : RK_EMPTY);
    snprintf(id, 80, "%" PRIu64 "-%016" PRIx64 "%016" PRIx64, db, digest.hi, digest.lo);
    return id;
}

/* Puts quotes around the number that follows `"cursor":`, which may be above 2^63-1. */
static inline void quote_cursor(rk_slice line, rk_buf *out, rk_err *err)
{
    rk_slice needle = RK_TEXT("\"cursor\":");
    size_t at = rk_slice_find(line, needle, 0);
    out->len = 0;
    if (at == SIZE_MAX || line.ptr[at + needle.len] == 'n') {
        rk_buf_add(out, line, err);
        return;
    }
    size_t from = at + needle.len, to = from;
    while (line.ptr[to] >= '0' && line.ptr[to] <= '9')
        to++;
    rk_buf_add(out, rk_slice_head(line, from), err);
    rk_buf_printf(out, err, "\"%.*s\"", (int)(to - from), (const char *)line.ptr + from);
    rk_buf_add(out, rk_slice_from(line, to), err);
}

/* The lines of a truth file (or an .lru or .lfu file) by corpus_id; NULL when there is none. */
static inline json_t *corpus_lines(const char *folder, const char *name, const char *ending)
{
    char file[256];
    rk_buf text = { 0 }, line = { 0 };
    rk_err err = { 0 };
    json_t *lines = NULL;
    snprintf(file, sizeof file, "%s%s", name, ending);
    if (!corpus_has(folder, file))
        snprintf(file, sizeof file, "%s%s.gz", name, ending);
    if (corpus_has(folder, file) && corpus_read(corpus_path(folder, file), &text, &err))
        lines = json_object();
    for (size_t at = 0; lines && at < text.len;) {
        size_t end = rk_slice_find(rk_buf_slice(&text), RK_TEXT("\n"), at);
        end = end == SIZE_MAX ? text.len : end;
        quote_cursor((rk_slice){ text.ptr + at, end - at }, &line, &err);
        json_error_t why;
        char id[80];
        json_t *one = json_loadb((const char *)line.ptr, line.len, JSON_ALLOW_NUL, &why);
        if (!one)
            printf("# %s at byte %zu: %s\n", file, at, why.text);
        else
            json_object_set_new(lines,
                                corpus_id((uint64_t)json_integer_value(json_object_get(one, "db")),
                                          json_object_get(one, "key"), id),
                                one);
        at = end + 1;
    }
    rk_buf_free(&text);
    rk_buf_free(&line);
    return lines;
}

#endif
