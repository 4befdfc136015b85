/* manifest: which files make up a data set (spec: AOF, "Manifest"). A line is refused for whatever makes a server
 * refuse to start, and also for names that no file can have. */
#include "rdbkit/aof.h"

#include <stdio.h>
#include <strings.h>

enum { LINE_MOST = 1024, WORDS_LEAST = 6 };

/* The line that is being read, and what it has said so far. */
typedef struct {
    rk_slice rest; /* of the line, without its newline */
    uint64_t offset;
    size_t number; /* from 1 */
    rk_buf word;   /* the last one, without its quotes */
    rk_buf name;
    uint64_t seq;
    uint8_t type; /* 0: not told */
    int64_t start_offset, end_offset;
    size_t words;
} manifest_line;

static bool wrong(const manifest_line *line, rk_err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool wrong(const manifest_line *line, rk_err *err, const char *format, ...)
{
    char what[160];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    rk_fail(err, RK_DAMAGED, line->offset, "%s", what);
    return rk_within(err, "line %zu", line->number);
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static void pass_blanks(manifest_line *line)
{
    while (line->rest.len > 0 && is_blank(line->rest.ptr[0]))
        line->rest = rk_slice_from(line->rest, 1);
}

/* ---- words (as redis-cli splits them) ------------------------------------------------------------------------ */

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* What the characters behind a backslash stand for; *len: how many they are. */
static uint8_t escaped(rk_slice s, size_t *len)
{
    static const char names[] = "nrtab", bytes[] = "\n\r\t\a\b";
    const char *name = memchr(names, s.ptr[0], sizeof names - 1);
    *len = 1;
    if (s.len >= 3 && s.ptr[0] == 'x' && hex_digit(s.ptr[1]) >= 0 && hex_digit(s.ptr[2]) >= 0) {
        *len = 3;
        return (uint8_t)(hex_digit(s.ptr[1]) * 16 + hex_digit(s.ptr[2]));
    }
    return name ? (uint8_t)bytes[name - names] : s.ptr[0];
}

/* The rest of a word in quotes, behind the first one. */
static bool quoted(manifest_line *line, uint8_t quote, rk_err *err)
{
    while (line->rest.len > 0) {
        rk_slice s = line->rest;
        size_t len = 1;
        uint8_t byte = s.ptr[0];
        if (byte == quote) {
            line->rest = rk_slice_from(s, 1);
            return line->rest.len == 0 || is_blank(line->rest.ptr[0]) ||
                   wrong(line, err, "a closing quote is followed by no blank");
        }
        bool escapes = byte == '\\' && s.len > 1 && (quote == '"' || s.ptr[1] == '\'');
        if (escapes) {
            byte = quote == '"' ? escaped(rk_slice_from(s, 1), &len) : '\'';
            len++;
        }
        if (!rk_buf_add(&line->word, (rk_slice){ &byte, 1 }, err))
            return false;
        line->rest = rk_slice_from(s, len);
    }
    return wrong(line, err, "a quote is not closed");
}

/* Takes the next word of the line into line->word; an empty rest is for the caller to see. */
static bool next_word(manifest_line *line, rk_err *err)
{
    line->word.len = 0;
    line->words++;
    while (line->rest.len > 0 && !is_blank(line->rest.ptr[0])) {
        uint8_t byte = line->rest.ptr[0];
        rk_slice one = { line->rest.ptr, 1 };
        line->rest = rk_slice_from(line->rest, 1);
        if (byte == '"' || byte == '\'') {
            if (!quoted(line, byte, err))
                return false;
        } else if (!rk_buf_add(&line->word, one, err)) {
            return false;
        }
    }
    pass_blanks(line);
    return true;
}

/* ---- fields ------------------------------------------------------------------------------------------------- */

static bool file_field(manifest_line *line, rk_err *err)
{
    char shown[80];
    rk_slice name = rk_buf_slice(&line->word);
    rk_slice_print(name, shown, sizeof shown);
    bool plain = name.len > 0 && !rk_slice_is(name, RK_TEXT(".")) && !rk_slice_is(name, RK_TEXT(".."));
    if (!plain || memchr(name.ptr, 0, name.len))
        return wrong(line, err, "'%s' is no name of a file", shown);
    if (memchr(name.ptr, '/', name.len) || memchr(name.ptr, '\\', name.len))
        return wrong(line, err, "'%s' is a path, not a name", shown);
    line->name.len = 0;
    return rk_buf_add(&line->name, name, err);
}

static bool seq_field(manifest_line *line, rk_err *err)
{
    char shown[48];
    rk_slice digits = rk_buf_slice(&line->word);
    uint64_t sum = 0;
    for (size_t i = 0; i < digits.len && sum <= INT64_MAX / 10 - 1; i++) {
        unsigned digit = (unsigned)digits.ptr[i] - '0';
        if (digit > 9)
            break;
        sum = sum * 10 + digit;
        if (i + 1 == digits.len && sum > 0) {
            line->seq = sum;
            return true;
        }
    }
    return wrong(line, err, "seq is '%s', not a number from 1 on",
                 rk_slice_print(digits, shown, sizeof shown));
}

static bool type_field(manifest_line *line, rk_err *err)
{
    char shown[48];
    rk_slice word = rk_buf_slice(&line->word);
    if (word.len == 0 || word.ptr[0] == 0 || !strchr("bhi", word.ptr[0]))
        return wrong(line, err, "type is '%s', not b, h or i", rk_slice_print(word, shown, sizeof shown));
    line->type = word.ptr[0];
    return true;
}

/* What is no number is not told: servers do not look at it either. */
static bool start_field(manifest_line *line, rk_err *err)
{
    (void)err;
    if (!rk_slice_int(rk_buf_slice(&line->word), &line->start_offset) || line->start_offset < 0)
        line->start_offset = -1;
    return true;
}

static bool end_field(manifest_line *line, rk_err *err)
{
    (void)err;
    if (!rk_slice_int(rk_buf_slice(&line->word), &line->end_offset) || line->end_offset < 0)
        line->end_offset = -1;
    return true;
}

static const struct {
    const char *name;
    bool (*take)(manifest_line *line, rk_err *err);
} fields[] = { { "file", file_field },
               { "seq", seq_field },
               { "type", type_field },
               { "startoffset", start_field },
               { "endoffset", end_field } };

enum { FIELDS = sizeof fields / sizeof fields[0] };

static bool is_field(rk_slice word, const char *name)
{
    return word.len == strlen(name) && strncasecmp((const char *)word.ptr, name, word.len) == 0;
}

/* One key and its value; keys that are not known are passed over. */
static bool take_field(manifest_line *line, rk_err *err)
{
    size_t field = 0;
    if (!next_word(line, err))
        return false;
    while (field < FIELDS && !is_field(rk_buf_slice(&line->word), fields[field].name))
        field++;
    if (line->rest.len == 0)
        return wrong(line, err, "%zu words, not pairs of them", line->words);
    return next_word(line, err) && (field == FIELDS || fields[field].take(line, err));
}

static bool take_fields(manifest_line *line, rk_err *err)
{
    pass_blanks(line);
    if (line->rest.len == 0)
        return wrong(line, err, "an empty line");
    while (line->rest.len > 0)
        if (!take_field(line, err))
            return false;
    if (line->name.len == 0 || line->seq == 0 || line->type == 0)
        return wrong(line, err, "the %s is missing",
                     line->name.len == 0 ? "file"
                     : line->seq == 0    ? "seq"
                                         : "type");
    return line->words >= WORDS_LEAST ||
           wrong(line, err, "%zu words, at least %d are needed", line->words, WORDS_LEAST);
}

/* ---- files -------------------------------------------------------------------------------------------------- */

/* What the lines so far have named. */
typedef struct {
    size_t cap;
    uint64_t last_seq; /* of the increments */
    bool has_base;
} manifest_state;

static rk_aof_role role_of(uint8_t type)
{
    return type == 'b' ? RK_AOF_BASE : type == 'i' ? RK_AOF_INCREMENT : RK_AOF_HISTORY;
}

static bool check_order(const manifest_line *line, manifest_state *state, rk_err *err)
{
    if (line->type == 'b' && state->has_base)
        return wrong(line, err, "a second base");
    if (line->type == 'i' && line->seq <= state->last_seq)
        return wrong(line, err, "seq %" PRIu64 " of an increment follows on %" PRIu64, line->seq,
                     state->last_seq);
    state->has_base |= line->type == 'b';
    if (line->type == 'i')
        state->last_seq = line->seq;
    return true;
}

static char *join(const char *folder, rk_slice name, size_t *name_at, rk_err *err)
{
    size_t len = strlen(folder);
    bool slash = len > 0 && folder[len - 1] != '/';
    char *path = rk_alloc(len + slash + name.len + 1);
    if (!path) {
        rk_no_memory(err);
        return NULL;
    }
    memcpy(path, folder, len);
    if (slash)
        path[len] = '/';
    *name_at = len + slash;
    memcpy(path + *name_at, name.ptr, name.len);
    return path;
}

static bool add_file(const manifest_line *line, const char *folder, manifest_state *state, rk_aof_set *set,
                     rk_err *err)
{
    size_t name_at;
    if (!rk_grow((void **)&set->files, &state->cap, set->count + 1, sizeof *set->files, err))
        return false;
    char *path = join(folder, rk_buf_slice(&line->name), &name_at, err);
    if (!path)
        return false;
    set->files[set->count++] = (rk_aof_file){ .path = path,
                                              .name = path + name_at,
                                              .role = role_of(line->type),
                                              .seq = line->seq,
                                              .start_offset = line->start_offset,
                                              .end_offset = line->end_offset };
    return true;
}

/* Cuts the next line off `text`. */
static bool cut_line(rk_slice *text, manifest_line *line, rk_err *err)
{
    const uint8_t *stop = memchr(text->ptr, '\n', text->len < LINE_MOST ? text->len : LINE_MOST);
    bool comment = text->ptr[0] == '#';
    if (!stop && text->len > LINE_MOST)
        return wrong(line, err, "more than %d bytes without a newline", LINE_MOST);
    if (!stop && !comment)
        return wrong(line, err, "no newline at its end");
    size_t len = stop ? (size_t)(stop - text->ptr) : text->len;
    line->rest = (rk_slice){ text->ptr, len };
    if (!comment && memchr(text->ptr, 0, len))
        return wrong(line, err, "a zero byte");
    *text = rk_slice_from(*text, len + (stop != NULL));
    return true;
}

static bool parse_lines(rk_slice text, const char *folder, manifest_line *line, rk_aof_set *set, rk_err *err)
{
    manifest_state state = { 0 };
    const uint8_t *begin = text.ptr;
    if (text.len == 0)
        return rk_fail(err, RK_DAMAGED, RK_NO_OFFSET, "an empty manifest");
    for (size_t number = 1; text.len > 0; number++) {
        *line = (manifest_line){ .offset = (uint64_t)(text.ptr - begin),
                                 .number = number,
                                 .word = line->word,
                                 .name = line->name,
                                 .start_offset = -1,
                                 .end_offset = -1 };
        line->name.len = 0;
        if (!cut_line(&text, line, err))
            return false;
        if (line->rest.len > 0 && line->rest.ptr[0] == '#')
            continue;
        if (!take_fields(line, err) || !check_order(line, &state, err) ||
            !add_file(line, folder, &state, set, err))
            return false;
    }
    return true;
}

/* Base, increments as they are listed, history. */
static bool sort_files(rk_aof_set *set, rk_err *err)
{
    size_t at = 0;
    if (set->count == 0)
        return true;
    rk_aof_file *sorted = rk_alloc(set->count * sizeof *sorted);
    if (!sorted)
        return rk_no_memory(err);
    for (int role = RK_AOF_BASE; role <= RK_AOF_HISTORY; role++) {
        for (size_t i = 0; i < set->count; i++)
            if ((int)set->files[i].role == role)
                sorted[at++] = set->files[i];
        set->loaded = role == RK_AOF_INCREMENT ? at : set->loaded;
    }
    rk_free(set->files);
    set->files = sorted;
    return true;
}

bool rk_aof_manifest_parse(rk_slice text, const char *folder, const char *path, rk_aof_set *set, rk_err *err)
{
    manifest_line line = { 0 };
    *set = (rk_aof_set){ 0 };
    bool ok = parse_lines(text, folder, &line, set, err) && sort_files(set, err);
    rk_buf_free(&line.word);
    rk_buf_free(&line.name);
    if (ok)
        return true;
    rk_aof_set_free(set);
    return rk_err_source(err, path);
}
