/* words: what arguments and values are made of. */
#ifndef GEN_WORDS_H
#define GEN_WORDS_H

#include "rdbkit/base.h"
#include "rng.h"

/* One of the words, some of them not ASCII. */
const char *gen_word(gen_rng *rng);

/* Words with spaces between, at least `len` bytes. */
void gen_add_words(rk_buf *out, gen_rng *rng, size_t len);

/* zoe.mueller1234@example.com */
void gen_add_email(rk_buf *out, gen_rng *rng);

/* 8-4-4-4-12 hex digits. */
void gen_add_uuid(rk_buf *out, gen_rng *rng);

#endif
