/* payload: what RESTORE and FUNCTION RESTORE carry: records, then the RDB version in 2 bytes, and the CRC-64 of all before
 * in 8 (spec: RDB, "DUMP payload"). A CRC of 0 is none. */
#ifndef RDBKIT_KEYSPACE_PAYLOAD_H
#define RDBKIT_KEYSPACE_PAYLOAD_H

#include "keyspace.h"

typedef struct {
    rk_source *source;
    rk_rdb *rdb; /* stands at the first record; keys have no names */
    rk_rdb_header header;
    uint64_t len; /* bytes of records */
} ks_payload;

/* Opens argument `arg`. False, ks->err says why: the version or the checksum is not sound, or there is no memory. */
bool ks_payload_open(ks_payload *payload, const ks_call *c, size_t arg);
void ks_payload_close(ks_payload *payload);

/* Makes of ks->err, where a payload turned out to be damaged, the outcome of the command: it fails, as on a server. What
 * is no fault of the payload stays in ks->err. */
rk_outcome ks_payload_fails(ks_call *c);

/* Is it a type that refers to what stands elsewhere in a file? RESTORE takes none. */
bool ks_payload_refers(uint8_t type_byte, rk_rdb_header header);

#endif
