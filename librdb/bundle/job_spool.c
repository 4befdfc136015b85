/* job_spool: jobs that an application wrote to a file, a line each. */
#include <math.h>

#include "origin.h"

enum { PIECE = 128 * 1024 };

struct rk_job_spool {
    rk_source *source;
    rk_buf text; /* what has been read: bytes from `base` of the source on */
    size_t at;   /* where the next line begins in it */
    uint64_t base, number;
    uint64_t read; /* bytes of the source so far */
    bool ended, again;
    rk_buf payload, queue, key, jid, class_name;
};

rk_job_spool *rk_job_spool_open(const char *path, const rk_source_options *options, rk_err *err)
{
    rk_job_spool *spool = rk_alloc(sizeof *spool);
    if (!spool) {
        rk_no_memory(err);
        return NULL;
    }
    rk_source_options all = options ? *options : (rk_source_options){ 0 };
    all.second_look = true; /* for the digest of what is no plain file */
    spool->source = rk_source_open(path, &all, err);
    if (spool->source)
        return spool;
    rk_job_spool_close(spool);
    return NULL;
}

void rk_job_spool_close(rk_job_spool *spool)
{
    if (!spool)
        return;
    rk_source_close(spool->source);
    rk_buf_free(&spool->text);
    rk_buf_free(&spool->payload);
    rk_buf_free(&spool->queue);
    rk_buf_free(&spool->key);
    rk_buf_free(&spool->jid);
    rk_buf_free(&spool->class_name);
    rk_free(spool);
}

uint64_t rk_job_spool_line(const rk_job_spool *spool)
{
    return spool->number;
}

bool rk_job_spool_rewind(rk_job_spool *spool, rk_err *err)
{
    if (!spool->ended)
        return rk_fail(err, RK_USAGE, RK_NO_OFFSET, "a spool is read to its end before it is read again");
    spool->text.len = spool->at = 0;
    spool->base = spool->number = spool->read = 0;
    spool->ended = false;
    spool->again = true;
    return true;
}

/* ---- lines ----------------------------------------------------------------------------------------------------------- */

/* Forgets the lines before the one at hand, and reads on. */
static bool read_more(rk_job_spool *s, rk_err *err)
{
    size_t got, left = s->text.len - s->at;
    if (s->at > 0 && left > 0)
        memmove(s->text.ptr, s->text.ptr + s->at, left);
    s->base += s->at;
    s->text.len = left;
    s->at = 0;
    if (!rk_buf_reserve(&s->text, left + PIECE, err))
        return false;
    size_t room = s->text.cap - left;
    if (!(s->again ? rk_source_read_at(s->source, s->read, s->text.ptr + left, room, &got, err)
                   : rk_source_read(s->source, s->text.ptr + left, room, &got, err)))
        return false;
    s->read += got;
    s->text.len += got;
    s->ended = got == 0;
    return true;
}

static bool next_line(rk_job_spool *s, rk_slice *line, uint64_t *offset, rk_err *err)
{
    size_t looked = 0;
    for (;;) {
        const uint8_t *begin = s->text.len > 0 ? s->text.ptr + s->at : (const uint8_t *)"";
        size_t left = s->text.len - s->at;
        const uint8_t *end = left > looked ? memchr(begin + looked, '\n', left - looked) : NULL;
        if (end || (s->ended && left > 0)) {
            *line = (rk_slice){ begin, end ? (size_t)(end - begin) : left };
            *offset = s->base + s->at;
            s->at += line->len + (end != NULL);
            s->number++;
            return true;
        }
        looked = left;
        if (s->ended || !read_more(s, err))
            return false;
    }
}

static bool is_blank(rk_slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!memchr(" \t\r", line.ptr[i], 3))
            return false;
    return true;
}

/* ---- what a line says ---------------------------------------------------------------------------------------------------- */

/* A line taken apart; the texts are decoded. */
typedef struct {
    rk_slice payload, queue;
    uint64_t offset; /* of the payload in the source, or of the line where the payload is a text in it */
    bool has_at;
    double at;
} spooled;

static bool wrong(const rk_job_spool *s, uint64_t offset, const char *what, rk_err *err)
{
    rk_fail(err, RK_DAMAGED, offset, "line %" PRIu64 " %s", s->number, what);
    return rk_err_source(err, rk_source_name(s->source));
}

static bool read_at(rk_job_spool *s, rk_slice object, spooled *out, rk_err *err)
{
    rk_json_value value;
    if (!rk_json_member(object, "at", &value) || value.kind == RK_JSON_NULL)
        return true;
    out->has_at = true;
    out->at = value.kind == RK_JSON_NUMBER ? rk_json_time(value) : NAN;
    return isfinite(out->at) || wrong(s, out->offset, "has an `at` that is no time", err);
}

static bool read_queue(rk_job_spool *s, rk_slice object, spooled *out, rk_err *err)
{
    rk_json_value value;
    if (out->queue.len > 0 || !rk_json_member(object, "queue", &value) || value.kind == RK_JSON_NULL)
        return true;
    if (value.kind != RK_JSON_STRING)
        return wrong(s, out->offset, "has a queue that is no text", err);
    return rk_json_string(value, &s->queue, &out->queue, err) &&
           (out->queue.len > 0 || wrong(s, out->offset, "has a queue that is empty", err));
}

/* An object around the payload? Then its queue and time come first. */
static bool read_wrapper(rk_job_spool *s, rk_slice object, spooled *out, rk_err *err)
{
    rk_json_value value;
    rk_envelope envelope;
    rk_envelope_scan(object, &envelope);
    if (envelope.has_class || !rk_json_member(object, "payload", &value))
        return true;
    if (value.kind == RK_JSON_STRING) {
        if (!rk_json_string(value, &s->payload, &out->payload, err))
            return false;
    } else if (value.kind == RK_JSON_OBJECT) {
        out->payload = value.text;
        out->offset += (uint64_t)(value.text.ptr - object.ptr);
    } else {
        return wrong(s, out->offset, "has a payload that is neither an object nor a text", err);
    }
    return read_at(s, object, out, err) && read_queue(s, object, out, err);
}

static bool take_apart(rk_job_spool *s, rk_slice line, uint64_t offset, spooled *out, rk_err *err)
{
    rk_json_value value;
    if (!rk_json_parse(line, &value) || value.kind != RK_JSON_OBJECT)
        return wrong(s, offset, "is not a JSON object", err);
    *out = (spooled){ .payload = value.text,
                      .queue = RK_EMPTY,
                      .offset = offset + (uint64_t)(value.text.ptr - line.ptr) };
    if (!read_wrapper(s, value.text, out, err) || (!out->has_at && !read_at(s, out->payload, out, err)) ||
        !read_queue(s, out->payload, out, err))
        return false;
    rk_poison poison = rk_poison_of(out->has_at ? RK_PLACE_SCHEDULE : RK_PLACE_QUEUE, out->payload);
    char sentence[100] = "holds a payload that ";
    strncat(sentence, rk_poison_words(poison), sizeof sentence - strlen(sentence) - 1);
    return poison == RK_POISON_NONE || wrong(s, out->offset, sentence, err);
}

static bool fill_in(rk_job_spool *s, const spooled *in, rk_bundle_job *job, rk_err *err)
{
    rk_envelope envelope;
    rk_envelope_scan(in->payload, &envelope);
    *job = (rk_bundle_job){ .act = RK_ACT_RESTORE,
                            .prefix = RK_EMPTY,
                            .kind = in->has_at ? RK_PLACE_SCHEDULE : RK_PLACE_QUEUE,
                            .key = RK_TEXT("schedule"),
                            .queue = RK_EMPTY,
                            .has_score = in->has_at,
                            .score = in->at,
                            .verdict = RK_TEXT("chosen"),
                            .reason = RK_EMPTY,
                            .jid = envelope.jid,
                            .has_offset = true,
                            .offset = in->offset,
                            .payload = in->payload,
                            .replaces = RK_EMPTY,
                            .from_key = RK_EMPTY };
    if ((envelope.jid_escaped && !rk_json_unescape(envelope.jid, &s->jid, &job->jid, err)) ||
        !rk_envelope_class(&envelope, &s->class_name, &job->class_name, err))
        return false;
    if (in->has_at)
        return true;
    job->queue = in->queue.len > 0 ? in->queue : RK_TEXT("default");
    s->key.len = 0;
    if (!rk_buf_add(&s->key, RK_TEXT("queue:"), err) || !rk_buf_add(&s->key, job->queue, err))
        return false;
    job->key = rk_buf_slice(&s->key);
    return true;
}

bool rk_job_spool_next(rk_job_spool *spool, rk_bundle_job *job, rk_err *err)
{
    rk_slice line;
    uint64_t offset;
    spooled out;
    do {
        if (!next_line(spool, &line, &offset, err))
            return false;
    } while (is_blank(line));
    return take_apart(spool, line, offset, &out, err) && fill_in(spool, &out, job, err);
}

bool rk_bundle_source_of_spool(const char *path, const rk_job_spool *spool, rk_bundle_source *source,
                               rk_err *err)
{
    return rk_bundle_source_of_file(path, "spool", spool->source, source, err);
}
