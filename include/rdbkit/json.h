/* json: the JSON text of a job, read where it lies. Nothing here builds a tree, and nothing recurses on
 * input.
 *
 * A text is well formed when a Sidekiq worker parses it (spec: Sidekiq, "The JSON text"): white space
 * anywhere between tokens, any key order, duplicate keys, nesting to depth 100, numbers of any length, any
 * bytes from 0x20 on inside strings, valid UTF-8 or not. Refused are: empty or truncated text, bytes behind
 * the value, a BOM, a raw control character in a string, NaN and Infinity, unknown escapes, leading zeros, a
 * 101st level. Ruby's json 2.6 is laxer in two things that no generator writes, comments and "\q" for "q";
 * here they are refused. A lone surrogate escape (\ud800) is accepted, and decodes to the three bytes that
 * UTF-8 would use.
 *
 * "raw" means: as it lies in the text; of a string, what stands between its quotes, escapes and all. Raw
 * slices are borrowed from the text. */
#ifndef RDBKIT_JSON_H
#define RDBKIT_JSON_H

#include "rdbkit/base.h"

/* Levels of objects and arrays, the outermost included. */
enum { RK_JSON_DEPTH = 100 };

typedef enum {
    RK_JSON_STRING,
    RK_JSON_NUMBER,
    RK_JSON_TRUE,
    RK_JSON_FALSE,
    RK_JSON_NULL,
    RK_JSON_OBJECT,
    RK_JSON_ARRAY
} rk_json_kind;

const char *rk_json_kind_name(rk_json_kind kind); /* "string", "number" ... */

typedef struct {
    rk_json_kind kind;
    rk_slice text; /* raw, without white space around it; a string's quotes are part of it */
} rk_json_value;

/* ---- one level of an object or an array ---------------------------------------------------------------- */

/* Walks the members of one object, or the items of one array, from front to back. Borrows the text. */
typedef struct {
    rk_slice whole;
    rk_slice rest; /* what is not read yet; after an error it begins where the text went wrong */
    enum { RK_JSON_BEGUN, RK_JSON_AMID, RK_JSON_ENDED, RK_JSON_BROKEN } state;
} rk_json_walk;

/* Stands before the first member (item). False: the text does not begin as an object (array). */
bool rk_json_open(rk_json_walk *walk, rk_slice text);
bool rk_json_array_open(rk_json_walk *walk, rk_slice text);

/* The next member (item); what is nested in `value` has been checked. False at the end and on error: ask
 * rk_json_ok. Keys may occur twice; for a worker the last one wins. */
bool rk_json_next(rk_json_walk *walk, rk_slice *raw_key, rk_json_value *value);
bool rk_json_array_next(rk_json_walk *walk, rk_json_value *value);

/* After a _next that returned false: the text was well formed to its very end. */
bool rk_json_ok(const rk_json_walk *walk);

/* How many bytes of the text have been read: after an error, where it went wrong. */
size_t rk_json_offset(const rk_json_walk *walk);

/* The last member called `name`. False when there is none, or when `text` is not a well-formed object. */
bool rk_json_member(rk_slice text, const char *name, rk_json_value *value);

/* Checks that `text` is one JSON value of any kind with white space around it at most; `value` gets it. */
bool rk_json_parse(rk_slice text, rk_json_value *value);

/* ---- strings and numbers ------------------------------------------------------------------------------- */

/* The string that `raw` stands for: `raw` itself when it holds no escape, else decoded into `scratch`, whose
 * former content goes. False when memory is short or when an escape is malformed (which no raw slice from
 * here is). */
bool rk_json_unescape(rk_slice raw, rk_buf *scratch, rk_slice *text, rk_err *err);

/* The same of a value. False, too, when it is not a string. */
bool rk_json_string(rk_json_value value, rk_buf *scratch, rk_slice *text, rk_err *err);

/* True when `raw` stands for `name`, with escapes or without. */
bool rk_json_key_is(rk_slice raw, const char *name);

/* The nearest double, however long the text: ±infinity beyond the range. `is_integer`: neither fraction nor
 * exponent. False when `value` is not a number. Does not depend on the locale. */
bool rk_json_number(rk_json_value value, double *number, bool *is_integer);

/* A point in time in Unix seconds, written in any of the forms of spec 5.1: a number with a fraction is
 * seconds, an integer above 10^11 is milliseconds, another integer is seconds; a string is what 2.x wrote,
 * "2013-05-01 12:34:56 UTC" or "2013-05-01T12:34:56.123Z". NaN when it is none of these. */
double rk_json_time(rk_json_value value);

/* ---- equal or not -------------------------------------------------------------------------------------- */

/* Digest of what a text means. Equal for texts that differ only in white space, in the order of keys, in
 * escapes (\u00e9 and é, \/ and /) and in how a float is spelled (1.10, 1.1, 11e-1). Of duplicate keys the
 * last counts. Integers are compared digit by digit at any length, floats (a fraction or an exponent) as
 * doubles; 1 and 1.0 differ. -0 is 0, as Ruby reads it; 0.0 and -0.0 differ, as Ruby writes them. Strings are
 * compared as bytes, without Unicode normalisation. False when the text is not one well-formed JSON value or
 * memory is short. `scratch` lends working space; its former content goes. */
bool rk_json_digest(rk_slice value_text, rk_buf *scratch, rk_digest *digest, rk_err *err);

typedef enum { RK_FIELD_CHANGED, RK_FIELD_LOST, RK_FIELD_ADDED } rk_field_state;

const char *rk_field_state_name(rk_field_state state); /* "changed", "lost", "added" */

/* A top-level field that differs between two payloads. */
typedef struct {
    rk_slice raw_key;
    rk_field_state state;
    rk_json_value before, after; /* empty text where there is none: added, lost */
} rk_json_difference;

/* Pulls the fields in which two payloads differ: first, in the order of `before`, what changed or was lost,
 * then, in the order of `after`, what was added. Values are compared by their digest; created_at,
 * enqueued_at, failed_at and retried_at also as times where one side has float seconds and the other integer
 * milliseconds: they are equal within 1 ms. */
typedef struct {
    rk_buf *scratch;
    size_t count, at; /* fields known by name in the scratch, and those asked for */
} rk_json_differ;

/* False unless both are well-formed objects. Texts and scratch must live, and stay alone, until the last
 * pull. */
bool rk_json_differ_open(rk_json_differ *differ, rk_slice before, rk_slice after, rk_buf *scratch,
                         rk_err *err);

/* False at the end, and when memory is short: `err` tells. */
bool rk_json_differ_next(rk_json_differ *differ, rk_json_difference *difference, rk_err *err);

/* ---- envelope ------------------------------------------------------------------------------------------ */

/* The top-level fields of a job that the toolkit looks at (spec: Sidekiq, "Fields"), found in one pass.
 * Texts are raw; `_escaped` says that they hold escapes and need rk_json_unescape before they are shown or
 * compared. Of duplicate keys the last counts, whatever its kind. */
typedef struct {
    rk_slice jid, class_name, wrapped, queue, retry_queue, error_class, bid; /* empty: absent or no string */
    rk_slice args;  /* raw array, brackets included; empty when absent or no array */
    rk_slice retry; /* raw value of any kind (true, false, 25); empty when absent */

    double created_at, enqueued_at, failed_at, retried_at, at; /* rk_json_time; NaN: absent or no time */
    int64_t retry_count, overrated, interrupted_count;         /* 0: absent or no integer of 64 bits */

    bool is_object; /* well formed to its end */
    bool has_jid, has_class, has_args, has_retry, has_at,
        has_overrated;    /* the key is there, with any value */
    bool has_retry_count; /* it is there, with an integer */
    bool args_is_array;
    bool jid_escaped, class_escaped, wrapped_escaped, queue_escaped, retry_queue_escaped, error_class_escaped,
        bid_escaped;
} rk_envelope;

/* False when `payload` is not one well-formed JSON object; the envelope then holds what was found before the
 * text went wrong, which may help a person and proves nothing. Allocates nothing. */
bool rk_envelope_scan(rk_slice payload, rk_envelope *envelope);

/* The class that people know: behind ActiveJob's wrapper classes it is `wrapped` or, where that is missing,
 * args[0].job_class; otherwise `class`. Decoded, borrowed from the payload or from `scratch`; empty when
 * there is none. False only when memory is short. */
bool rk_envelope_class(const rk_envelope *envelope, rk_buf *scratch, rk_slice *name, rk_err *err);

/* A member of ActiveJob's own record in args[0], such as "job_id", "job_class" or "executions". False when
 * args[0] is no object or has no such member; true proves nothing about the class. */
bool rk_envelope_active_job(const rk_envelope *envelope, const char *name, rk_json_value *value);

#endif
