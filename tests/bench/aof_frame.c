/* aof_frame: what it costs to frame the commands of an append-only file, whatever they do. Reads FILE so many times
 * (once, if it is not said) and prints a line for each pass: commands, arguments, bytes, seconds. One pass does what a
 * pass of redis-check-aof does, so that both may be compared in one run. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rdbkit/aof.h"

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool pass(const char *path, rk_err *err)
{
    rk_aof_command command;
    uint64_t commands = 0, arguments = 0;
    double begin_s = now_s();
    rk_source *source = rk_source_open(path, NULL, err);
    rk_aof *aof = source ? rk_aof_open(source, err) : NULL;
    while (aof && rk_aof_next(aof, &command, err)) {
        commands++;
        arguments += command.argc;
    }
    if (err->code == RK_OK)
        printf("%" PRIu64 " commands, %" PRIu64 " arguments, %" PRIu64 " bytes, %.3f s\n", commands,
               arguments, rk_aof_good(aof), now_s() - begin_s);
    rk_aof_close(aof);
    rk_source_close(source);
    return err->code == RK_OK;
}

int main(int argc, char **argv)
{
    rk_err err = { 0 };
    char sentence[900];
    long passes = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
    if (argc < 2 || argc > 3 || passes < 1) {
        fprintf(stderr, "usage: aof_frame FILE [PASSES]\n");
        return 2;
    }
    for (long i = 0; i < passes; i++)
        if (!pass(argv[1], &err)) {
            fprintf(stderr, "aof_frame: %s\n", rk_err_sentence(&err, sentence, sizeof sentence));
            return 2;
        }
    return 0;
}
