/* cli_finish: how a tool meets its streams, and how it ends. */
#include "common/cli_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* What is opened in place of a closed descriptor fails when it is used: nothing is lost without a word. */
void cli_streams_start(void)
{
    static const int useless[] = { O_WRONLY, O_RDONLY, O_RDONLY };
    signal(SIGPIPE, SIG_IGN);
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", useless[fd]) != fd)
            return;
}

/* Why an earlier write failed, which stdio forgets: asked again with one byte. Should that one fit, then
 * behind an output that is cut off and reported as such. */
static int ask_why(void)
{
    return write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
}

/* Closes standard output. Returns 0, or the errno of what kept it from being written to its end. */
static int close_stdout(void)
{
    int reason = 0;
    bool failed_before = ferror(stdout) != 0;
    if (fflush(stdout) != 0)
        reason = errno;
    else if (failed_before)
        reason = ask_why();
    if (fclose(stdout) != 0 && reason == 0)
        reason = errno;
    return reason;
}

static void tell(const cli_tool *tool, const rk_err *err)
{
    char sentence[1200];
    rk_err_sentence(err, sentence, sizeof sentence);
    if (err->code == RK_USAGE && !err->hint[0])
        fprintf(stderr, "%s: %s; try `%s --help`\n", tool->name, sentence, tool->name);
    else
        fprintf(stderr, "%s: %s\n", tool->name, sentence);
    if (err->hint[0])
        fprintf(stderr, "%s: hint: %s\n", tool->name, err->hint);
}

int cli_finish(const cli_tool *tool, int status, const rk_err *err)
{
    int reason = close_stdout(); /* first, so that on a terminal the error stands behind the result */
    if (err && err->code != RK_OK) {
        tell(tool, err);
        status = CLI_TROUBLE;
    }
    if (reason != 0 && reason != EPIPE) {
        fprintf(stderr, "%s: cannot write standard output: %s\n", tool->name, strerror(reason));
        status = CLI_TROUBLE;
    }
    return status;
}

bool cli_colour(cli_colour_when when, FILE *stream)
{
    const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (when != CLI_COLOUR_AUTO)
        return when == CLI_COLOUR_ALWAYS;
    if (refused && refused[0])
        return false;
    return isatty(fileno(stream)) && !(terminal && strcmp(terminal, "dumb") == 0);
}
