/* bundle_line: the bundle in words and in JSON, with the command that restores it. */
#include "bundle_line.h"

#include "human.h"
#include "ink.h"

/* ---- the command ---------------------------------------------------------------------------------------------------- */

static bool is_plain(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,.@%/";
    return *path && path[strspn(path, plain)] == 0;
}

/* In quotes, unless a shell takes it as it is. */
static bool add_quoted(rk_buf *line, const char *path, rk_err *err)
{
    if (is_plain(path))
        return rk_buf_add(line, rk_slice_of(path), err);
    bool ok = rk_buf_add(line, RK_TEXT("'"), err);
    for (; ok && *path; path++)
        ok = rk_buf_add(line, *path == '\'' ? RK_TEXT("'\\''") : (rk_slice){ (const uint8_t *)path, 1 }, err);
    return ok && rk_buf_add(line, RK_TEXT("'"), err);
}

char *rk_bundle_command_line(const rk_diff_bundle *bundle)
{
    rk_buf line = { 0 }, path = { 0 };
    rk_err err = { 0 };
    const uint8_t end = 0;
    bool ok =
        rk_buf_add(&path, rk_slice_of(bundle->path), &err) &&
        rk_buf_add(&path, RK_TEXT("/restore.resp"), &err) && rk_buf_add(&path, (rk_slice){ &end, 1 }, &err) &&
        rk_buf_add(&line, RK_TEXT("redis-cli --pipe < "), &err) &&
        add_quoted(&line, (const char *)path.ptr, &err) && rk_buf_add(&line, (rk_slice){ &end, 1 }, &err);
    rk_buf_free(&path);
    if (!ok)
        rk_buf_free(&line);
    return ok ? (char *)line.ptr : NULL;
}

/* ---- words ------------------------------------------------------------------------------------------------------------ */

static void counts(const rk_diff_bundle *bundle, char *text, size_t cap)
{
    static const char *const words[RK_ACTS] = { "to restore", "to replace", "to push back", "held" };
    rk_human number;
    *text = 0;
    for (unsigned act = 0; act < RK_ACTS; act++)
        if (bundle->acts[act] > 0)
            rk_human_join(text, cap, ", ", "%s %s", rk_human_count(bundle->acts[act], &number), words[act]);
}

static void written(const rk_diff_bundle *bundle, FILE *out)
{
    char *command = rk_bundle_command_line(bundle), shown[400], text[300];
    rk_human jobs;
    counts(bundle, text, sizeof text);
    fprintf(out, "%s in %s (%s)", rk_human_things(bundle->jobs, "job", &jobs),
            rk_slice_print(rk_slice_of(bundle->path), shown, sizeof shown), text);
    if (command && bundle->acts[RK_ACT_HOLD] < bundle->jobs)
        fprintf(out, "; give them back: %s", command);
    fputc('\n', out);
    rk_free(command);
}

void rk_text_bundle(const rk_report_options *options, FILE *out)
{
    const rk_diff_bundle *bundle = options->bundle;
    rk_human jobs;
    if (!bundle)
        return;
    fprintf(out, "%sbundle:%s ", rk_ink_code(options->colour, RK_INK_BOLD),
            rk_ink_code(options->colour, RK_INK_PLAIN));
    if (options->bundle_error)
        fprintf(out, "not written: %s\n", options->bundle_error->what);
    else if (bundle->outcome == RK_DIFF_BUNDLE_PARTIAL)
        fputs("not written: part of the input was not seen, and what seems lost may be there (--force writes "
              "it "
              "all the same)\n",
              out);
    else if (bundle->outcome == RK_DIFF_BUNDLE_WRITTEN)
        written(bundle, out);
    else if (bundle->without_payload > 0)
        fprintf(out, "not written: of %s that a log knows to be lost, no source has the payload\n",
                rk_human_things(bundle->without_payload, "job", &jobs));
    else
        fputs("not written: there is no job to put into it\n", out);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------------- */

static json_t *acts(const rk_diff_bundle *bundle)
{
    json_t *object = json_object();
    for (unsigned act = 0; object && act < RK_ACTS; act++)
        if (json_object_set_new(object, rk_act_name((rk_act)act),
                                json_integer((json_int_t)bundle->acts[act])) != 0) {
            json_decref(object);
            return NULL;
        }
    return object;
}

json_t *rk_json_out_bundle(const rk_report_options *options)
{
    const rk_diff_bundle *bundle = options->bundle;
    if (!bundle)
        return json_null();
    bool is_written = !options->bundle_error && bundle->outcome == RK_DIFF_BUNDLE_WRITTEN;
    char *command = is_written ? rk_bundle_command_line(bundle) : NULL;
    json_t *object = json_pack(
        "{s:o, s:s, s:o, s:I, s:o, s:I, s:I, s:o, s:o}", "path", rk_json_out_string(bundle->path), "outcome",
        options->bundle_error ? "failed" : rk_diff_bundle_outcome_name(bundle->outcome), "id",
        is_written ? json_string(bundle->id) : json_null(), "jobs",
        (json_int_t)(is_written ? bundle->jobs : 0), "acts", is_written ? acts(bundle) : json_null(),
        "may_have_run", (json_int_t)(is_written ? bundle->may_have_run : 0), "without_payload",
        (json_int_t)bundle->without_payload, "command", command ? rk_json_out_string(command) : json_null(),
        "error", options->bundle_error ? rk_json_out_error(options->bundle_error) : json_null());
    rk_free(command);
    return object;
}
