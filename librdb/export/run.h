/* run: an export that is under way, shared by the files that write one format or one type of value each. */
#ifndef RDBKIT_EXPORT_RUN_H
#define RDBKIT_EXPORT_RUN_H

#include "json_text.h"
#include "rdbkit/export.h"

/* One row per format. */
typedef struct {
    void (*begin)(rk_export *run); /* before the first snapshot; or NULL */
    bool (*key)(rk_export *run, const rk_key *key,
                rk_err *err);                  /* a key that is meant; its value need not be pulled */
    void (*finish)(rk_export *run);            /* behind the last snapshot; or NULL */
    bool (*open)(rk_export *run, rk_err *err); /* makes what the format needs; or NULL, and so the others */
    void (*close)(rk_export *run);
    bool (*record)(rk_export *run, const rk_record *record, rk_err *err); /* what is no key */
    void (*leave)(rk_export *run);                                        /* at the end of a snapshot */
} export_format;

extern const export_format export_ndjson, export_json, export_csv, export_keys, export_resp;

/* A member of a set, a sorted set or a hash, held to be put in order. Texts lie in the run's `held`. */
typedef struct {
    uint64_t head; /* the first bytes of the item, the first one the highest: most comparisons need no more */
    uint32_t item, item_len, value, value_len;
    double score;
    int64_t expire_ms;
} export_row;

struct rk_export {
    const rk_export_options *options;
    const export_format *format;
    export_out out;
    uint64_t keys; /* written so far */
    bool broken;   /* a snapshot was not read to its end */
    rk_snapshot *snapshot;
    rk_look *look;        /* of this snapshot, opened when it is needed */
    bool looking;         /* the value at hand is pulled from there */
    struct resp *resp;    /* of that format */
    uint64_t bytes;       /* of the record at hand, when it has been passed for its size */
    rk_element_kind kind; /* of the element pulled last */
    char room[2][RK_REDACTED_TEXT];
    rk_buf held;
    export_row *rows;
    size_t row_count, row_cap;
};

/* Pulls the next element of the key at hand; its strings are redacted when that is asked for. False at the end, on
 * failure, and when the output takes no more. */
bool export_element(rk_export *run, rk_element *element, rk_err *err);

/* Goes back to the beginning of the value, which has been read or passed over. */
bool export_look_again(rk_export *run, const rk_key *key, rk_err *err);

/* The name of the key to show. Borrowed until the next name. */
rk_slice export_name(rk_export *run, const rk_key *key);

/* Passes over what is left of the value and tells how many bytes the record has in the file. */
bool export_record_bytes(rk_export *run, const rk_key *key, uint64_t *bytes, rk_err *err);

/* value.c and its neighbours: the value of a key as JSON. */
bool export_json_value(rk_export *run, const rk_key *key, rk_err *err);
bool export_json_sorted(rk_export *run, rk_err *err);
bool export_json_stream(rk_export *run, rk_err *err);
bool export_json_module(rk_export *run, rk_err *err);
bool export_json_array(rk_export *run, rk_err *err);
bool export_json_other(rk_export *run, const rk_key *key, rk_err *err);

/* One value of a module: ["signed",-1], ["unsigned","7"], ["double","1.5"], ["string","..."]. */
void export_json_opaque(export_out *out, uint64_t opcode, uint64_t bits, rk_slice text);

/* The metadata of a key as [[class,version,flags,[value,...]],...] sorted by class. */
bool export_json_key_meta(rk_export *run, const rk_key *key, rk_err *err);

#endif
