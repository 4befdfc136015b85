/* run: the inside of an rk_check, shared by the files of this room that walk a snapshot. */
#ifndef RDBKIT_CHECK_RUN_H
#define RDBKIT_CHECK_RUN_H

#include "../snapshot/info.h"
#include "distinct.h"
#include "facts.h"

/* A problem as it is kept. */
typedef struct {
    rk_problem problem;
    bool unknown; /* of an unknown byte: damage or unseen, as the checksum will tell */
    size_t order; /* in which it was found */
} check_problem;

/* The value being checked. */
typedef struct {
    const rk_key *key;
    uint64_t value;    /* offset behind the name */
    uint64_t elements; /* items, members, fields, entries read soundly */
    uint64_t ttls;     /* fields that expire */
    bool twice;        /* the key was there before */
    bool in_pieces;    /* see piece.c */
    bool packed;       /* it is one string: problems stand where that begins */
    bool bad;          /* something of it could not be decoded, or must not be there */
    bool refused;      /* it decodes, and yet a server refuses or changes it */
    bool lost;         /* the framing was lost in it: why */
    bool proven;       /* some of it decoded that is no chance: a packed node */
    bool unordered;    /* that has been said */
    bool tail_sound;   /* of a stream: what stands behind the nodes */
    rk_err why;

    uint64_t pulled;     /* pieces so far, bad ones too */
    uint64_t run_from;   /* of the sound pieces not yet noted, which end where the present piece begins */
    uint64_t run_count;  /* of them */
    uint64_t piece_from; /* where the piece being read begins */
    uint64_t bad_from;   /* of the bad pieces just before the present one, or RK_NO_OFFSET */
    uint64_t bad_pieces; /* how many they are */
    size_t damaged;      /* index of the rk_damaged_key, or SIZE_MAX */
} check_value;

/* A key that was read; `bad`: what it ends in could not be decoded; `proven`: it decoded, and is no chance. */
typedef struct {
    uint64_t from, to;
    bool key, bad, proven;
    size_t problems_before, problems; /* noted before it, and with it */
    size_t damaged; /* of a key in pieces that ends in bad ones: index of the rk_damaged_key, or SIZE_MAX */
    uint64_t bad_from, bad_pieces;
} check_recent;

enum { CHECK_RECENT = 32, CHECK_ZEROS = 3 };

/* Two keys of one name. */
typedef struct {
    uint64_t first, again;
    uint32_t db;
} check_twin;

/* What was read without a loss between, from `from` on. Behind a loss the database is a guess, up to the next SELECTDB. */
typedef struct {
    uint64_t from;
    uint64_t guessed_to; /* the SELECTDB; UINT64_MAX: none came */
    uint32_t db, next_db;
    bool strange; /* a loss before it and a loss behind it */
    bool moved;   /* into the next database, as its keys are there before */
} check_segment;

/* A record that is taken out of a sound span: index of its rk_damaged_key. */
typedef struct {
    uint64_t from, to;
    uint32_t db;
    size_t key;
} check_leaving;

struct rk_check {
    rk_source *source;
    rk_rdb *first, *second;
    rk_rdb *rdb; /* the one that is pulled: the second one once the framing was lost */
    rk_info_notes notes;
    check_facts *facts;
    rk_arena arena; /* texts and names */

    check_problem *problems;
    size_t problem_count, problem_cap;
    uint64_t problems_most, found[RK_PROBLEM_NOTICE + 1];
    uint64_t type_told[4]; /* bits by type byte: newer than the header's version, and said */

    check_segment *segments;
    size_t segment_count, segment_cap;
    uint32_t db_trusted; /* at the end of the last segment that is not strange */
    check_twin *twins;
    size_t twin_count, twin_cap;

    rk_span *spans;
    size_t span_count, span_cap;
    rk_damaged_key *damaged;
    size_t damaged_count, damaged_cap;

    distinct *keys, *members, *names, *consumers, *ids;
    rk_buf text[2];

    uint64_t magic_at;  /* of the header; 0 when it is lost */
    uint64_t begin;     /* of the first record; 0 when the header is lost */
    rk_err header_lost; /* why; code RK_OK: it is not */
    uint64_t size;      /* of the decompressed content, once it is known */
    bool db_lost;
    bool commands_behind; /* bytes behind the checksum are no fault */
    uint64_t suspect_to; /* what begins before it was found behind damage, and little proves it */
    check_recent recent[CHECK_RECENT];
    size_t recent_count;
    uint32_t db;
    uint64_t keys_hinted; /* by RESIZEDB, so far */
    rk_err why;           /* what a reader said, until it is noted */
    bool framing_lost, drained, ended;
    bool zeros;              /* the framing was lost in zeros */
    uint64_t landed;         /* where records were found again, last */
    uint64_t end_at, stored; /* of the EOF opcode, and the checksum behind it */
    bool has_checksum;       /* eight bytes stand behind the EOF opcode */
};

/* ---- problem.c ---- */

/* Notes a problem. False when there is no memory. */
bool check_problem_add(rk_check *c, rk_problem_kind kind, const char *step, uint64_t offset,
                       const rk_key *key, rk_err *err, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* Notes what a reader said, and clears `why`. False when that is no fault of the snapshot (no memory, a source that
 * cannot be read): then it is moved to `err`. */
bool check_problem_told(rk_check *c, rk_err *why, const rk_key *key, rk_err *err);

/* Forgets the problems behind the first `count`. */
void check_problems_back(rk_check *c, size_t count);

/* Settles what is damage and what is unseen, and puts the problems in the order of their offsets. */
void check_problems_end(rk_check *c);

/* ---- span.c ---- */

/* Bytes [from, to) are sound; `keys` keys begin in them. Joined with the span before where they belong together. With
 * both: what was noted from `from` on is taken back, and bytes between the last span and `from` are lost. */
bool check_span_sound(rk_check *c, uint64_t from, uint64_t to, uint64_t keys, rk_err *err);
bool check_span_add(rk_check *c, rk_span_kind kind, uint64_t from, uint64_t to, size_t key, uint64_t count,
                    rk_err *err);

/* Bytes behind the checksum: the one span that does not begin where the last ends. */
bool check_span_trailing(rk_check *c, uint64_t from, uint64_t to, rk_err *err);

/* Takes records, in any order, out of the sound spans in which they lie. */
bool check_span_leave_out(rk_check *c, check_leaving *leaving, size_t count, rk_err *err);

/* What was noted from `to` on is no longer so; `keys` are gone with it. */
void check_span_back(rk_check *c, uint64_t to, uint64_t keys);

/* A key that is not whole or left out. */
bool check_damaged_add(rk_check *c, const rk_key *key, uint64_t value, uint64_t announced, size_t *index,
                       rk_err *err);

/* ---- record.c ---- */

/* The byte that a record of this kind begins with. */
uint8_t check_opcode_of(const rk_record *rec);

/* Reads the next record; at the end, c->ended. */
bool check_record(rk_check *c, rk_err *err);

/* Reads the key whose record begins at `offset` again, by the second reader, which is made if need be; *key is NULL when
 * there is none. Borrowed from `record`. */
bool check_key_again(rk_check *c, uint64_t offset, uint32_t db, rk_record *record, const rk_key **key,
                     rk_err *err);

/* ---- value.c and stream.c: the value of a key, to its end or to where the framing is lost (v->lost) ---- */

bool check_value_read(rk_check *c, check_value *v, rk_err *err);
bool check_stream_read(rk_check *c, check_value *v, rk_err *err);

/* Pulls the next element. True with *there false at the end, and after what could not be decoded, which has been
 * noted (*bad), or with v->lost. */
bool check_element(rk_check *c, check_value *v, rk_element *element, bool *there, bool *bad, rk_err *err);

/* ---- piece.c ---- */

/* The first pull of the value has been made. */
void check_pieces_begin(rk_check *c, check_value *v);

/* The piece ends where the reader stands. */
void check_piece_sound(rk_check *c, check_value *v);
bool check_piece_bad(rk_check *c, check_value *v, rk_err *err);

/* Notes what has come of a value that is not whole, up to `to`, or up to the piece in which the framing was lost. */
bool check_pieces_end(rk_check *c, check_value *v, uint64_t to, rk_err *err);

/* Takes back the pieces of a damaged key that do not lie before `to`; *end is where those that are left end. */
bool check_pieces_back(rk_check *c, size_t key, uint64_t to, uint64_t *end, rk_err *err);

/* Counts the pieces before `to` of a damaged key whose value the second reader stands before; *begin is where the first
 * begins, or UINT64_MAX: there is none. */
bool check_pieces_count(rk_check *c, size_t key, uint64_t to, uint64_t *begin, uint64_t *count, uint64_t *end,
                        rk_err *err);

/* ---- behind.c: going on behind a framing that is lost ---- */

void check_recent_add(rk_check *c, const check_recent *key);

/* Looks for what can be read again; `sound_to` is where the spans end, `v` the value in which it happened or NULL. Then
 * c->rdb stands before a record, or c->ended. */
bool check_go_on(rk_check *c, const check_value *v, uint64_t sound_to, rk_err *why, rk_err *err);

/* The same before anything was read: what lies behind `from` and is not found is lost. */
bool check_go_on_from(rk_check *c, uint64_t from, rk_err *err);

/* The EOF opcode was read where `rec` stands. True in *early when it is not the end: records stand behind it, and c->rdb
 * before them. */
bool check_is_early(rk_check *c, uint64_t sound_to, const rk_record *rec, bool *early, rk_err *err);

/* ---- twins.c ---- */

/* A segment begins; what was read before it was lost at `lost_at`. Sets c->db. */
bool check_segment_begin(rk_check *c, uint64_t from, uint64_t lost_at, rk_err *err);
void check_segment_db(rk_check *c, uint64_t offset, uint32_t db);

bool check_twin_add(rk_check *c, const distinct_item *first, const distinct_item *again, rk_err *err);

/* At the end: one of each two is left out. */
bool check_twins_settle(rk_check *c, rk_err *err);

/* ---- end.c: checksum, trailing bytes, keys that are there twice ---- */

bool check_end(rk_check *c, rk_err *err);

#endif
