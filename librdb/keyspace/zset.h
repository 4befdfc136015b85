/* zset: sorted sets. Members are found by name in a dict; their order, by score and then by bytes, is made when a command
 * first asks for it, and kept up to date from then on: most sorted sets of a log never need one. */
#ifndef RDBKIT_KEYSPACE_ZSET_H
#define RDBKIT_KEYSPACE_ZSET_H

#include "family.h"

typedef struct {
    ks_str name;
    double score;  /* never NaN */
    uint32_t node; /* of the order, when there is one */
} ks_member;

/* A node of a binary tree in which each is luckier than those below it: what luck a name has is known to nobody who
 * writes a log, so that the tree is about as high as that of names that came by chance. */
typedef struct {
    ks_str name; /* that of the member, which owns it */
    double score;
    uint32_t sides[2]; /* before and behind it; 0: none */
    uint32_t up, size; /* size: of the tree from here down */
    uint64_t peek;     /* of a string in a file, once it was asked for: see ks_tie */
    size_t peeked_at;  /* 0: never */
} ks_node;

typedef struct {
    ks_node *nodes; /* node 0 stands for none */
    size_t cap;
    uint32_t used, root, idle; /* idle: a chain, by `up`, of nodes that wait to be used again */
    bool made, has_common;
    rk_buf common; /* what the strings that were peeked into begin with, all of them */
} ks_order;

struct ks_zset {
    ks_dict members; /* of ks_member */
    ks_order order;
};

/* ---- zset.c ------------------------------------------------------------------------------------------------- */

ks_zset *ks_zset_new(rk_keyspace *ks); /* NULL: no memory */
void ks_zset_free(rk_keyspace *ks, ks_zset *zset);
ks_member *ks_zset_find(rk_keyspace *ks, const ks_zset *zset, rk_slice name);

/* Adds a member that is not there; the name becomes the set's. Pointers to members hold until then. NULL: trouble. */
ks_member *ks_zset_add(rk_keyspace *ks, ks_zset *zset, ks_str name, double score);

/* The member has another score from here on; not told. False: trouble. */
bool ks_zset_rescore(rk_keyspace *ks, ks_zset *zset, ks_member *member, double score);

/* Takes the member out of the value of the key, and tells it; the key stays, even without members. */
void ks_zset_remove(rk_keyspace *ks, ks_key *key, ks_member *member);

/* Puts the sorted set in place of whatever argument `arg` names, or removes that when it is empty. The set becomes the
 * key's, or is ended. */
rk_outcome ks_zset_store(ks_call *c, size_t arg, ks_zset *zset);

/* Removes the first member with a score of at most `most` from the sorted set that argument `key_arg` names, and tells
 * it. False: there is none, or there was trouble. */
bool ks_zset_pop_upto(ks_call *c, size_t key_arg, double most);

/* ---- zset_order.c: what takes the order makes it first ------------------------------------------------------ */

/* Makes the order unless there is one. False: trouble. */
bool ks_order_make(rk_keyspace *ks, ks_zset *zset);

/* The member at a rank from 0 on, which must be there; NULL: trouble. The order must have been made. */
ks_member *ks_order_at(rk_keyspace *ks, const ks_zset *zset, uint64_t rank);

/* One end of a range. */
typedef struct {
    bool lex;   /* by `bytes`, which are borrowed; else by `score` */
    bool open;  /* what stands at the end itself is not part of the range */
    int beyond; /* lex: -1 before all, 1 behind all */
    double score;
    rk_slice bytes;
} ks_bound;

/* The ranks [*first, *last) of what lies between two ends. `from_end`: it is sought from there, which matters only by
 * bytes where scores differ. The order must have been made. False: it is empty, or there was trouble. */
bool ks_order_range(rk_keyspace *ks, const ks_zset *zset, const ks_bound ends[2], bool from_end,
                    uint64_t *first, uint64_t *last);

/* ---- zset_tie.c --------------------------------------------------------------------------------------------- */

/* A member whose place is sought; zeroed but for name and score. Its bytes are read once, when another one has the same
 * score. */
typedef struct {
    const ks_str *name;
    double score;
    bool is_read, is_aligned;
    rk_slice bytes;
} ks_sought;

/* The node has the same score as what is sought: in which order do their bytes stand? Negative: the node comes first. Uses
 * scratch 2 and 3. 0, too, on trouble. */
int ks_tie(rk_keyspace *ks, ks_order *order, ks_node *node, ks_sought *sought);

/* For zset.c: keep an order that was made up to date. */
bool ks_order_add(rk_keyspace *ks, ks_order *order, ks_member *member);
void ks_order_remove(const rk_keyspace *ks, ks_order *order, const ks_member *member);

/* ---- zset_add.c --------------------------------------------------------------------------------------------- */

enum { KS_ZADD_NX = 1, KS_ZADD_XX = 2, KS_ZADD_GT = 4, KS_ZADD_LT = 8, KS_ZADD_INCR = 16 };

/* Gives scores to the members that arguments `first`, `first + step` ... name, in the key that argument 1 does. */
rk_outcome ks_zset_put(ks_call *c, unsigned how, const double *scores, size_t count, size_t first,
                       size_t step);
ks_handler ks_zadd, ks_zincrby, ks_zrem;

/* ---- zset_range.c ------------------------------------------------------------------------------------------- */

/* Both ends of a range as arguments have them: `(5`, `+inf`; `[a`, `(b`, `-`, `+`. False: they are none, and ks_fails has
 * been called. */
bool ks_bounds(ks_call *c, bool lex, size_t min_arg, size_t max_arg, ks_bound ends[2]);
ks_handler ks_zremrangebyrank, ks_zremrangebyscore, ks_zremrangebylex, ks_zpopmin, ks_zpopmax, ks_zrangestore;

#endif
