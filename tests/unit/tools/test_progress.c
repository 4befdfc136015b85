/* The progress line fits its terminal, tells what is known and no more, and leaves nothing behind. */
#include "common/progress.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../unit.h"

#define MIB (1024.0 * 1024)
#define GIB (1024 * 1024 * UINT64_C(1024))

/* ---- the line ---------------------------------------------------------------------------------------- */

typedef struct {
    progress_reading readings[6];
    size_t count;
    unsigned columns;
    const char *line;
} line_row;

static void check_lines(const line_row *rows, size_t count)
{
    char line[1024];
    for (size_t i = 0; i < count; i++) {
        progress_line(rows[i].readings, rows[i].count, rows[i].columns, line, sizeof line);
        if (strcmp(line, rows[i].line) != 0)
            printf("# row %zu: %s\n# wanted: %s\n", i, line, rows[i].line);
        CU_ASSERT_STRING_EQUAL(line, rows[i].line);
    }
}

#define OLD                                                                                                  \
    {                                                                                                        \
        "old.rdb", 43 * GIB / 100 + 1, GIB, 812 * MIB                                                        \
    }
#define NEW                                                                                                  \
    {                                                                                                        \
        "new.rdb", 2 * GIB, 5 * GIB, 790 * MIB                                                               \
    }
#define PIPE                                                                                                 \
    {                                                                                                        \
        "-", 3 * GIB + GIB / 10, 0, 9.25 * MIB                                                               \
    }
#define FAR_OLD                                                                                              \
    {                                                                                                        \
        "/var/backups/redis/2026-11-23/before/old.rdb", 43 * GIB / 100 + 1, GIB, 812 * MIB                   \
    }
#define FAR_NEW                                                                                              \
    {                                                                                                        \
        "/var/backups/redis/2026-11-23/after/new.rdb", 2 * GIB, 5 * GIB, 790 * MIB                           \
    }

static void what_is_known(void)
{
    static const line_row rows[] = {
        { { OLD, NEW }, 2, 120, "old.rdb 440 MiB 43% 812 MiB/s | new.rdb 2.0 GiB 40% 790 MiB/s | 4 s left" },
        { { OLD }, 1, 120, "old.rdb 440 MiB 43% 812 MiB/s | 1 s left" },
        { { OLD, PIPE }, 2, 120, "old.rdb 440 MiB 43% 812 MiB/s | - 3.1 GiB 9.2 MiB/s" },
        { { { "a", 0, 100, 0 } }, 1, 120, "a 0 B 0%" },
        { { { "a", 0, 0, 0 } }, 1, 120, "a 0 B" },
        { { { "a", 99, 100, 1 } }, 1, 120, "a 99 B 99% 1 B/s | 1 s left" },
        { { { "a", 100, 100, 5000 } }, 1, 120, "a 100 B 100% | comparing" },
        { { { "a", 120, 100, 5000 } },
          1,
          120,
          "a 120 B 100% | comparing" }, /* the file grows while it is read */
        { { { "a", 100, 100, 50 }, { "b", 50, 100, 0 } },
          2,
          120,
          "a 100 B 100% | b 50 B 50%" }, /* b stands still */
        { { { "a", 100, 100, 50 }, { "b", 40, 100, 20 } },
          2,
          120,
          "a 100 B 100% | b 40 B 40% 20 B/s | 3 s left" },
    };
    check_lines(rows, sizeof rows / sizeof rows[0]);
}

static void time_left(void)
{
    static const line_row rows[] = {
        { { { "a", 0, 60, 1 } }, 1, 120, "a 0 B 0% 1 B/s | 1 min 0 s left" },
        { { { "a", 0, 59, 1 } }, 1, 120, "a 0 B 0% 1 B/s | 59 s left" },
        { { { "a", 0, 125, 1 } }, 1, 120, "a 0 B 0% 1 B/s | 2 min 5 s left" },
        { { { "a", 0, 4200, 1 } }, 1, 120, "a 0 B 0% 1 B/s | 1 h 10 min left" },
        { { { "a", 0, 30, 10 }, { "b", 0, 30, 30 } },
          2,
          120,
          "a 0 B 0% 10 B/s | b 0 B 0% 30 B/s | 3 s left" },
        { { { "a", 0, 30, 30 }, { "b", 0, 30, 10 } },
          2,
          120,
          "a 0 B 0% 30 B/s | b 0 B 0% 10 B/s | 3 s left" },
        { { { "a", 0, UINT64_MAX, 1 } }, 1, 120, "a 0 B 0% 1 B/s" },
    };
    check_lines(rows, sizeof rows / sizeof rows[0]);
}

static void large_numbers(void)
{
    static const line_row rows[] = {
        { { { "a", 1023, 0, 0 } }, 1, 120, "a 1023 B" },
        { { { "a", 1024, 0, 0 } }, 1, 120, "a 1.0 KiB" },
        { { { "a", 1024 * 1024 - 1, 0, 0 } }, 1, 120, "a 1.0 MiB" },
        { { { "a", 10 * 1024, 0, 0 } }, 1, 120, "a 10 KiB" },
        { { { "a", UINT64_MAX, 0, 0 } }, 1, 120, "a 16 EiB" },
    };
    check_lines(rows, sizeof rows / sizeof rows[0]);
}

static void narrow_terminals(void)
{
    static const line_row rows[] = {
        { { OLD, NEW }, 2, 56, "old.rdb 43% 812 MiB/s | new.rdb 40% 790 MiB/s | 4 s left" },
        { { OLD, NEW }, 2, 55, "old.rdb 43% | new.rdb 40% | 4 s left" },
        { { OLD, NEW }, 2, 30, "old.rdb 43% | new.rdb 40%" },
        { { OLD, NEW }, 2, 10, "old.rdb 43" },
        { { OLD, NEW }, 2, 0, "" },
        { { FAR_OLD, FAR_NEW },
          2,
          79,
          "...efore/old.rdb 43% 812 MiB/s | ...after/new.rdb 40% 790 MiB/s | 4 s left" },
        { { FAR_OLD }, 1, 40, "...e/old.rdb 43% 812 MiB/s | 1 s left" },
    };
    check_lines(rows, sizeof rows / sizeof rows[0]);
}

static void odd_names(void)
{
    static const line_row rows[] = {
        { { { "a\033[31mb\n", 5, 10, 0 } }, 1, 120, "a\\x1b[31mb\\x0a 5 B 50%" },
        { { { "z\303\274rich-b\303\274ro-a.rdb", 5, 10, 0 } }, 1, 18, "...\303\274ro-a.rdb 50%" },
        { { { "\xff", 5, 10, 0 } }, 1, 120, "\\xff 5 B 50%" },
    };
    check_lines(rows, sizeof rows / sizeof rows[0]);
}

static void many_sources(void)
{
    static const line_row rows[] = {
        { { { "a", 5, 10, 1 }, { "b", 5, 10, 1 }, { "c", 0, 10, 1 }, { "d", 0, 10, 1 }, { "e", 0, 10, 1 } },
          5,
          120,
          "5 sources 10 B 20% 5 B/s | 8 s left" },
        { { { "a", 5, 10, 1 }, { "b", 5, 0, 1 }, { "c", 0, 10, 1 }, { "d", 0, 10, 1 }, { "e", 0, 10, 1 } },
          5,
          120,
          "5 sources 10 B 5 B/s" },
    };
    check_lines(rows, sizeof rows / sizeof rows[0]);
}

static void every_width_and_a_small_buffer(void)
{
    static const progress_reading readings[] = { FAR_OLD, FAR_NEW, PIPE };
    char line[512], small[24];
    for (unsigned columns = 0; columns < 200; columns++)
        CU_ASSERT(strlen(progress_line(readings, 3, columns, line, sizeof line)) <= columns);
    CU_ASSERT(strlen(progress_line(readings, 3, 200, small, sizeof small)) < sizeof small);
}

/* ---- the terminal ------------------------------------------------------------------------------------ */

static void sleep_ms(long ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

/* A child whose standard error is `fd`: shows the progress of two sources for `ms`. */
static pid_t show_on(int fd, long ms, bool quiet)
{
    fflush(NULL);
    pid_t child = fork();
    if (child != 0)
        return child;
    rk_progress progress[2] = { { 0, 1000 }, { 0, 0 } };
    progress_source sources[2] = { { "old.rdb", &progress[0] }, { "-", &progress[1] } };
    dup2(fd, STDERR_FILENO);
    setenv("TERM", "xterm", 1);
    progress_view *view = progress_start(sources, 2, quiet);
    for (long i = 0; i < ms; i += 10) {
        atomic_fetch_add(&progress[0].done, 10);
        atomic_fetch_add(&progress[1].done, 1);
        sleep_ms(10);
    }
    progress_stop(view);
    _exit(view ? 0 : 3);
}

/* What the child writes until it ends; its status. */
static int watch(int fd, pid_t child, char *seen, size_t cap)
{
    size_t used = 0;
    int status = 0;
    bool ended = false;
    for (;;) {
        struct pollfd asked = { .fd = fd, .events = POLLIN };
        ssize_t got = 0;
        if (poll(&asked, 1, 20) == 1 && (got = read(fd, seen + used, cap - 1 - used)) > 0)
            used += (size_t)got;
        if (got <= 0 && ended)
            break;
        if (!ended)
            ended = waitpid(child, &status, WNOHANG) == child;
    }
    seen[used] = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int on_terminal(unsigned short columns, long ms, bool quiet, char *seen, size_t cap)
{
    struct winsize size = { 24, columns, 0, 0 };
    int ours, theirs;
    if (openpty(&ours, &theirs, NULL, NULL, &size) != 0) {
        seen[0] = 0;
        return -1;
    }
    int status = watch(ours, show_on(theirs, ms, quiet), seen, cap);
    close(theirs);
    close(ours);
    return status;
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;
    for (; (text = strstr(text, part)); text++)
        count++;
    return count;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void terminal_shows_and_erases(void)
{
    static const char end[] = "\033[K\r\033[K";
    char seen[4096];
    double before = now_s();
    CU_ASSERT_EQUAL(on_terminal(100, 1300, false, seen, sizeof seen), 0);
    double times_at_most = 1 + (now_s() - before - 0.5) / 0.2;
    unsigned times = count_of(seen, "\rold.rdb ");
    CU_ASSERT(times >= 2 && times <= times_at_most);
    CU_ASSERT(strncmp(seen, "\rold.rdb ", 9) == 0);
    CU_ASSERT(strstr(seen, " B/s | - ") != NULL);
    CU_ASSERT(rk_slice_ends(rk_slice_of(seen), rk_slice_of(end)));
}

static void nothing_in_the_first_half_second(void)
{
    char seen[4096];
    CU_ASSERT_EQUAL(on_terminal(100, 200, false, seen, sizeof seen), 0);
    CU_ASSERT_STRING_EQUAL(seen, "");
}

static void quiet_is_quiet(void)
{
    char seen[4096];
    CU_ASSERT_EQUAL(on_terminal(100, 700, true, seen, sizeof seen), 3);
    CU_ASSERT_STRING_EQUAL(seen, "");
}

static void width_of_the_terminal(void)
{
    char seen[4096];
    CU_ASSERT_EQUAL(on_terminal(20, 620, false, seen, sizeof seen), 0);
    CU_ASSERT_EQUAL(count_of(seen, "B/s"), 0);
    CU_ASSERT(strstr(seen, "\rold.rdb ") != NULL);
}

static void no_terminal_no_line(void)
{
    char seen[64];
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid_t child = show_on(ends[1], 700, false);
    close(ends[1]);
    CU_ASSERT_EQUAL(watch(ends[0], child, seen, sizeof seen), 3);
    CU_ASSERT_STRING_EQUAL(seen, "");
    close(ends[0]);
    progress_stop(NULL);
}

UNIT_MAIN("progress", { "tells what is known of each source", what_is_known },
          { "tells the time left of the slowest", time_left }, { "keeps numbers short", large_numbers },
          { "shortens names, then drops rates, then the time", narrow_terminals },
          { "escapes names and cuts them between characters", odd_names },
          { "shows many sources as their sum", many_sources },
          { "is never wider than asked", every_width_and_a_small_buffer },
          { "draws on a terminal and erases at the end", terminal_shows_and_erases },
          { "shows nothing in the first half second", nothing_in_the_first_half_second },
          { "shows nothing when quiet", quiet_is_quiet },
          { "adapts to the width of the terminal", width_of_the_terminal },
          { "shows nothing where there is no terminal", no_terminal_no_line })
