/* rdb_probe: what could stand at any offset of a damaged snapshot, and how much speaks for it. Nothing in the format
 * marks the beginning of a record, so what is there is weighed: the weight of a look is the number of bits, n, for which
 * bytes that came by chance would look like that once in 2^n times (carefully estimated; text and zeros, which are
 * no chance, prove little). Packed encodings, decoded to their end, weigh most.
 *
 * A look costs little when it fails at the first bytes. What is costly (long walks, decompression, reads far away) is
 * paid from a credit that grows with the bytes that are passed: looking at every offset of a file takes linear
 * time, whatever it holds. Without credit less is found, and nothing is found that is not there. */
#ifndef RDBKIT_RDB_PROBE_H
#define RDBKIT_RDB_PROBE_H

#include "rdbkit/rdb.h"

enum { RK_PROOF = 48 }; /* bits that leave no doubt */

typedef struct {
    unsigned bits;
    uint64_t
        next; /* of the first byte behind; 0: not looked for, as there is proof enough (RK_PROOF) without */
    bool is_key; /* a record of a key; its name has the hash `name` */
    bool is_odd; /* its name is empty or no text: few keys are like that, and chance yields no other */
    bool is_end; /* the EOF record that ends the file */
    uint64_t name;
} rk_look;

typedef struct rk_probe rk_probe;

/* The probe of a second reader, which owns it and is moved about by it. NULL when memory is short. */
rk_probe *rk_probe_of(rk_rdb *second, rk_err *err);

/* Looks for a record, the attributes of a key included. False: there is none. */
bool rk_probe_record(rk_probe *probe, uint64_t offset, rk_look *look);

/* Finds the end of a record of which enough was seen (look.next is 0). False: it is damaged. */
bool rk_probe_record_end(rk_probe *probe, uint64_t offset, uint64_t *end);

/* Looks for one piece (rk_rdb_seek_pieces) of a value of this type. */
bool rk_probe_piece(rk_probe *probe, uint8_t type_byte, uint64_t offset, rk_look *look);

/* The bytes that are at hand from `offset` on, some 32 KB at least unless the source ends before, borrowed until the
 * next look; empty at the end. Whoever goes through a source offset by offset asks for them and earns credit by
 * them: `passed` bytes lie behind for good. */
rk_slice rk_probe_bytes(rk_probe *probe, uint64_t offset);
void rk_probe_earn(rk_probe *probe, uint64_t passed);

bool rk_probe_is_valkey(const rk_probe *probe);

/* Can a record begin with this byte? (No byte of text can.) */
bool rk_probe_begins(const rk_probe *probe, uint8_t byte);

/* False, with err, when the source could not be read, or memory was short: nothing that was looked for since counts. */
bool rk_probe_ok(const rk_probe *probe, rk_err *err);

#endif
