/* opcode: the bytes that begin a record, and the versions that brought what every reader has to know (spec: RDB,
 * "Opcodes", "Which release writes which version"). */
#ifndef RDBKIT_RDB_OPCODE_H
#define RDBKIT_RDB_OPCODE_H

enum {
    OP_HASH_TEMPLATE = 242,
    OP_KEY_META = 243,
    OP_SLOT_IMPORT = 243,
    OP_SLOT_INFO = 244,
    OP_FUNCTION2 = 245,
    OP_FUNCTION = 246,
    OP_MODULE_AUX = 247,
    OP_IDLE = 248,
    OP_FREQ = 249,
    OP_AUX = 250,
    OP_RESIZEDB = 251,
    OP_EXPIRETIME_MS = 252,
    OP_EXPIRETIME = 253,
    OP_SELECTDB = 254,
    OP_EOF = 255,
    OP_RLEC_RAM_LRU = 107,
    OP_RLEC_SLOT = 121,
    OP_DRAGONFLY_MASK = 220
};

/* RDB versions: milliseconds, the checksum, AUX and RESIZEDB, lengths of 64 bits. */
enum { FIRST_MS = 3, FIRST_CHECKSUM = 5, FIRST_SIZES = 7, FIRST_WIDE = 8 };

#endif
