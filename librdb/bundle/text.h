/* text: bytes and numbers as the lines of a bundle hold them, and back. */
#ifndef RDBKIT_BUNDLE_TEXT_H
#define RDBKIT_BUNDLE_TEXT_H

#include "rdbkit/json.h"

bool rk_bundle_add_word(rk_buf *out, const char *word,
                        rk_err *err); /* our own: nothing in it wants an escape */
bool rk_bundle_add_u64(rk_buf *out, uint64_t number, rk_err *err);
bool rk_bundle_add_i64(rk_buf *out, int64_t number, rk_err *err);

/* With 17 significant digits, which read back to the same double; "inf" and "-inf" as Redis has them. */
bool rk_bundle_add_score(rk_buf *out, double score, rk_err *err);

/* A JSON string where the bytes are valid UTF-8, else {"b64":"..."}; always reversible. */
bool rk_bundle_add_bytes(rk_buf *out, rk_slice bytes, rk_err *err);
bool rk_bundle_add_base64(rk_buf *out, rk_slice bytes, rk_err *err); /* the text alone */

/* The bytes that a value of either form stands for, copied to the arena. *fits is false for any other value. False when
 * memory is short. */
bool rk_bundle_read_bytes(rk_json_value value, rk_buf *scratch, rk_arena *arena, rk_slice *bytes, bool *fits,
                          rk_err *err);

/* The bytes of a base64 text with its padding; false when it is none. `into` has room for 3/4 of its length. */
bool rk_bundle_base64_read(rk_slice text, uint8_t *into, size_t *len);

/* A whole number that is not negative, as the writer spells it. */
bool rk_bundle_read_u64(rk_json_value value, uint64_t *number);

#endif
