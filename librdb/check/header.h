/* header: the header of a snapshot that is lost, or that is known better than the file tells it. */
#ifndef RDBKIT_CHECK_HEADER_H
#define RDBKIT_CHECK_HEADER_H

#include "run.h"

/* ---- header.c ---- */

/* Opens c->first, under a header that is assumed or guessed where `options` ask for it and it is needed. Then c->rdb
 * stands before a record, or c->ended. */
bool check_header_open(rk_check *c, const rk_check_options *options, rk_err *err);

/* At the end: was anything found that is no chance? False and says why when the header was lost, and nothing was. */
bool check_header_borne_out(const rk_check *c, rk_err *err);

/* ---- header_signs.c: what the bytes behind a header tell of it ---- */

enum { HEADER_NOT_MET, HEADER_DOUBTFUL /* just before a loss */, HEADER_SURE };

typedef struct {
    uint8_t types[256], opcodes[256]; /* was it met? */
    bool checksum;                    /* eight bytes stand behind the EOF opcode */
    uint64_t first;                   /* where the foremost records begin; RK_NO_OFFSET: there are none */
    uint64_t records, bytes;          /* without doubt */
    bool broken;                      /* something between them could not be read */
    char redis[40], valkey[40];       /* the versions in AUX; empty: not told */
    bool dragonfly;
} header_signs;

/* Reads the records of what `second` reads, wherever they stand. False only when it cannot be read. */
bool check_header_signs(rk_rdb *second, header_signs *signs, rk_err *err);

/* ---- header_guess.c: which header a server would have written ---- */

/* `why` tells how it is known. */
rk_rdb_header check_header_guess(const header_signs *signs, bool valkey, char *why, size_t cap);

/* Does AUX name a version of a server that is known? */
bool check_header_is_told(const header_signs *signs, bool valkey);

/* Does AUX name Valkey? */
bool check_header_is_valkey(const header_signs *signs);

#endif
