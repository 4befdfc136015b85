/* fields: lines of JSON by a table: one row a member, in the order in which members are written. A line that is read back
 * has the same members in any order, each at most once. */
#ifndef RDBKIT_BUNDLE_FIELDS_H
#define RDBKIT_BUNDLE_FIELDS_H

#include "text.h"

typedef enum {
    BUNDLE_BYTES, /* rk_slice */
    BUNDLE_U64,   /* uint64_t */
    BUNDLE_U32,   /* uint32_t */
    BUNDLE_SIZE,  /* size_t */
    BUNDLE_I64,   /* int64_t */
    BUNDLE_SCORE, /* double, as a string */
    BUNDLE_BOOL,  /* bool */
    BUNDLE_ACT,   /* rk_act */
    BUNDLE_PLACE, /* rk_place_kind */
    BUNDLE_TYPE,  /* rk_type */
    BUNDLE_ITEMS  /* const rk_slice *; the size_t of their number at `count` */
} rk_bundle_form;

typedef struct {
    const char *name;
    rk_bundle_form form;
    size_t at;    /* offset in the thing */
    size_t count; /* of ITEMS */
    bool optional;
    bool (*there)(
        const void *thing); /* of an optional one: it is written; NULL: where its bytes are not empty */
    size_t has;             /* of an optional one: offset of a bool to set; 0: none */
} rk_bundle_field;

/* The members without the outer braces. */
bool rk_bundle_fields_write(rk_buf *out, const rk_bundle_field *fields, size_t count, const void *thing,
                            rk_err *err);

/* What a line says, into `thing`, whose members are borrowed from the arena. The line stands `offset` bytes into its file;
 * what is wrong with it is RK_DAMAGED. At most 32 fields. */
bool rk_bundle_fields_read(rk_slice line, uint64_t offset, const rk_bundle_field *fields, size_t count,
                           void *thing, rk_buf *scratch, rk_arena *arena, rk_err *err);

#endif
