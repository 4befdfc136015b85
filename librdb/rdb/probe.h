/* probe: the inside of an rk_probe, shared by the files that look at records, values and pieces. */
#ifndef RDBKIT_RDB_PROBE_PRIVATE_H
#define RDBKIT_RDB_PROBE_PRIVATE_H

#include "rdbkit/rdb_probe.h"
#include "reader.h"

enum { PROBE_FAR_COUNT = 8, PROBE_FAR_SIZE = 4096 };

/* Bytes of the source at `base`. */
typedef struct {
    uint64_t base;
    size_t len;
    uint8_t *bytes;
} probe_page;

struct rk_probe {
    rk_rdb *rdb; /* the second reader, for what is too rare to be probed here */
    uint64_t size;
    int64_t credit; /* nanoseconds, roughly */
    rk_err err;
    probe_page near, far[PROBE_FAR_COUNT];
    unsigned far_next;
    rk_buf stored, text; /* of one string: its stored bytes, its decoded ones */
    bool begins[256];
};

/* A string as its first bytes tell. */
typedef struct {
    rk_str_form form;
    uint64_t offset, content, stored, len, next;
} probe_str;

bool rdb_probe_charge(rk_probe *p, uint64_t cost); /* false: there is no credit */

/* `n` bytes (PROBE_FAR_SIZE at most) at `offset`, or NULL: the source ends before, or there is no credit. */
const uint8_t *rdb_probe_at(rk_probe *p, uint64_t offset, size_t n);

/* A length in its shortest form, as every server writes it. */
bool rdb_probe_len(rk_probe *p, uint64_t *offset, uint64_t *len);

/* The head of a string in the form that a server would choose, all of whose bytes are in the source. */
bool rdb_probe_str(rk_probe *p, uint64_t offset, probe_str *str);

/* All its bytes, decoded, or false: it cannot be decoded, or *affordable says that it was not tried. */
bool rdb_probe_decoded(rk_probe *p, const probe_str *str, rk_slice *bytes, bool *affordable);

/* What its content weighs, `most` at most: text weighs, an LZF string that can be decoded to text, too, other bytes
 * nothing. It is little: strings lie about everywhere in a damaged snapshot, and not as what they are looked for.
 * False: it cannot be what it says. *clean: no control bytes. */
bool rdb_probe_content(rk_probe *p, const probe_str *str, unsigned most, unsigned *bits, bool *clean);

/* A string that holds a ziplist or listpack. */
bool rdb_probe_packed(rk_probe *p, uint64_t offset, bool ziplist, unsigned multiple, rk_look *look);

/* A string that holds an intset, or a zipmap. */
bool rdb_probe_intset(rk_probe *p, uint64_t offset, rk_look *look);
bool rdb_probe_zipmap(rk_probe *p, uint64_t offset, rk_look *look);

/* The value of a key of this type, at `offset`. Adds its weight and sets next. */
bool rdb_probe_value(rk_probe *p, uint8_t type_byte, uint64_t type_offset, uint64_t offset, rk_look *look);

/* Finds the end of the value of the key whose type byte stands at `type_offset`. */
bool rdb_probe_skip_value(rk_probe *p, uint64_t type_offset, rk_look *look);

void rdb_probe_close(rk_probe *p);

#endif
