/* progress: the thread that draws the line, and the terminal it draws on. */
#include "common/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MS = 500, EVERY_MS = 200 };

struct progress_view {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop_asked;
    bool stop; /* under `lock` */
    bool drawn;
    size_t count;
    const progress_source *sources; /* a copy, behind `readings` */
    progress_reading readings[];    /* of the last time the line was drawn */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned terminal_columns(void)
{
    struct winsize size = { 0 };
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

/* A job in the background would draw over what the shell's user types. */
static bool in_foreground(void)
{
    pid_t foreground = tcgetpgrp(STDERR_FILENO);
    return foreground < 0 || foreground == getpgrp();
}

/* A rate that follows changes within a second or two, but does not jump. */
static void take_reading(progress_reading *reading, rk_progress *now, double elapsed_s, bool first)
{
    uint64_t done = atomic_load_explicit(&now->done, memory_order_relaxed);
    double rate = done > reading->done ? (double)(done - reading->done) / elapsed_s : 0;
    reading->per_second = first ? rate : reading->per_second * 0.8 + rate * 0.2;
    reading->done = done;
    reading->total = atomic_load_explicit(&now->total, memory_order_relaxed);
}

/* What does not reach the terminal is not worth a word. */
static void put(const char *bytes, size_t count)
{
    ssize_t ignored = write(STDERR_FILENO, bytes, count);
    (void)ignored;
}

static void draw(progress_view *p)
{
    char line[4096], bytes[sizeof line + 8];
    /* The last column stays free: filled, it would make some terminals begin a new line. */
    progress_line(p->readings, p->count, terminal_columns() - 1, line, sizeof line);
    int length = snprintf(bytes, sizeof bytes, "\r%s\033[K", line);
    if (!in_foreground())
        return;
    put(bytes, (size_t)length);
    p->drawn = true;
}

/* Sleeps until `at_ms`. True when it was woken up to stop. The lock is held. */
static bool wait_until(progress_view *p, int64_t at_ms)
{
    struct timespec at = { .tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000 };
    while (!p->stop)
        if (pthread_cond_timedwait(&p->stop_asked, &p->lock, &at) != 0)
            break;
    return p->stop;
}

static void *run(void *self)
{
    progress_view *p = self;
    int64_t before = now_ms(), next = before + FIRST_MS;
    pthread_mutex_lock(&p->lock);
    for (bool first = true; !wait_until(p, next); first = false) {
        int64_t now = now_ms();
        double elapsed_s = now > before ? (double)(now - before) / 1000 : 0.001;
        for (size_t i = 0; i < p->count; i++)
            take_reading(&p->readings[i], p->sources[i].progress, elapsed_s, first);
        draw(p);
        before = now;
        next = now + EVERY_MS;
    }
    pthread_mutex_unlock(&p->lock);
    if (p->drawn)
        put("\r\033[K", 4);
    return NULL;
}

/* Signals are left to the tool's own threads. */
static bool start_thread(progress_view *p)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&p->thread, NULL, run, p) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void destroy(progress_view *p)
{
    pthread_cond_destroy(&p->stop_asked);
    pthread_mutex_destroy(&p->lock);
    rk_free(p);
}

progress_view *progress_start(const progress_source *sources, size_t count, bool quiet)
{
    const char *terminal = getenv("TERM");
    pthread_condattr_t monotonic;
    if (quiet || count == 0 || !isatty(STDERR_FILENO) || (terminal && strcmp(terminal, "dumb") == 0))
        return NULL;
    progress_view *p = rk_alloc(sizeof *p + count * (sizeof p->readings[0] + sizeof *sources));
    if (!p)
        return NULL;
    p->count = count;
    p->sources = memcpy(p->readings + count, sources, count * sizeof *sources);
    for (size_t i = 0; i < count; i++)
        p->readings[i].name = sources[i].name;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->stop_asked, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (!start_thread(p)) {
        destroy(p);
        return NULL;
    }
    return p;
}

void progress_stop(progress_view *view)
{
    if (!view)
        return;
    pthread_mutex_lock(&view->lock);
    view->stop = true;
    pthread_cond_signal(&view->stop_asked);
    pthread_mutex_unlock(&view->lock);
    pthread_join(view->thread, NULL);
    destroy(view);
}
