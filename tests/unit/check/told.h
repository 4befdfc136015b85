/* told: what a check tells of a crafted snapshot, as one line of text: its problems, then its spans. */
#ifndef RDBKIT_TESTS_TOLD_H
#define RDBKIT_TESTS_TOLD_H

#include "../rdb/rows.h"
#include "rdbkit/check.h"

static inline void tell_problems(const rk_check *check, rk_buf *out, rk_err *err)
{
    const rk_problem *p;
    for (size_t i = 0; (p = rk_check_problem(check, i)) != NULL; i++) {
        rk_buf_printf(out, err, "%s %s", rk_problem_kind_name(p->kind), p->step);
        if (p->offset != RK_NO_OFFSET)
            rk_buf_printf(out, err, " @%" PRIu64, p->offset);
        if (p->has_key)
            rk_buf_printf(out, err, " %s '%.*s'", rk_type_name(p->type), (int)p->key.len,
                          (const char *)p->key.ptr);
        rk_buf_printf(out, err, ": %s; ", p->what);
    }
}

static inline void tell_spans(const rk_check *check, rk_buf *out, rk_err *err)
{
    const rk_span *s;
    for (size_t i = 0; (s = rk_check_span(check, i)) != NULL; i++) {
        rk_buf_printf(out, err, "%s%s", i ? " " : "", rk_span_kind_name(s->kind));
        if (s->kind == RK_SPAN_PIECES)
            rk_buf_printf(out, err, "(%" PRIu64 ")", s->count);
        rk_buf_printf(out, err, " %" PRIu64 "-%" PRIu64 "%s", s->from, s->to, s->suspect ? "?" : "");
    }
}

/* The caller frees the buffer. */
static inline rk_buf tell_check(rk_slice file, size_t step, int *exit_status)
{
    rk_buf out = { 0 };
    rk_err err = { 0 };
    rk_source *source = rk_source_memory(file, step, &err);
    rk_check *check = rk_check_source(source, NULL, &err);
    *exit_status = check ? rk_check_exit(check) : -1;
    if (check) {
        tell_problems(check, &out, &err);
        tell_spans(check, &out, &err);
    } else {
        rk_buf_printf(&out, &(rk_err){ 0 }, "error: %s", err.what);
    }
    rk_check_free(check);
    return out;
}

/* `told` holds problems and spans; each row is checked whole and byte by byte. */
static inline void check_problem_rows(const snapshot_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rk_buf file = row_file(&rows[i]);
        int exit_status, expected = strstr(rows[i].told, "damage")   ? 1
                                    : strstr(rows[i].told, "unseen") ? 2
                                                                     : 0;
        for (size_t step = 0; step < 2; step++) {
            rk_buf told = tell_check(rk_buf_slice(&file), step, &exit_status);
            check_told(rows[i].name, step ? "byte by byte" : "whole", told, rows[i].told);
            CU_ASSERT(exit_status == expected);
            rk_buf_free(&told);
        }
        rk_buf_free(&file);
    }
}

#define CHECK_PROBLEMS(rows) check_problem_rows(rows, sizeof(rows) / sizeof(rows)[0])

#endif
