/* gen_pair: writes two large snapshots of a Sidekiq server, OLD and NEW, ten minutes apart, with a known
 * small difference, for benchmarks and for tests at full size. The same options give the same files. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/change.h"
#include "lib/snapshot.h"
#include "lib/text.h"
#include "lib/truth.h"

enum { FEWEST = 100, MOST = 1 << 30 };

typedef struct {
    uint64_t jobs, keys, seed, node_size, old_version, new_version, ctime;
    const char *out_old, *out_new, *truth;
    bool shuffle;
} options;

static const char usage[] =
    "usage: gen_pair --out-old FILE --out-new FILE [options]\n"
    "  --jobs N           jobs in OLD (1000000)\n"
    "  --keys K           keys beside Sidekiq's in OLD (200000)\n"
    "  --seed S           other jobs and keys (1)\n"
    "  --truth FILE       what the difference is, as JSON\n"
    "  --node-size BYTES  list-max-listpack-size (8192)\n"
    "  --old-version V    RDB version of OLD, 10 or 11 (10)\n"
    "  --new-version V    the same of NEW (that of OLD)\n"
    "  --ctime SECONDS    when OLD was taken (1795420800); keys expire 2 hours after it and later\n"
    "  --shuffle          give NEW another order of keys\n";

static uint64_t number(const char *name, const char *text, uint64_t least, uint64_t most)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || value < least || value > most)
        gen_die("--%s is '%s', not a number from %" PRIu64 " to %" PRIu64, name, text, least, most);
    return value;
}

static options parse(int argc, char **argv)
{
    static const struct option names[] = {
        { "jobs", 1, NULL, 'j' },      { "keys", 1, NULL, 'k' },        { "seed", 1, NULL, 's' },
        { "out-old", 1, NULL, 'o' },   { "out-new", 1, NULL, 'n' },     { "truth", 1, NULL, 't' },
        { "node-size", 1, NULL, 'b' }, { "old-version", 1, NULL, 'v' }, { "new-version", 1, NULL, 'w' },
        { "ctime", 1, NULL, 'c' },     { "shuffle", 0, NULL, 'x' },     { "help", 0, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    options opt = {
        .jobs = 1000000, .keys = 200000, .seed = 1, .node_size = 8192, .old_version = 10, .ctime = 1795420800
    };
    for (int found; (found = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (found) {
        case 'j':
            opt.jobs = number("jobs", optarg, FEWEST, MOST);
            break;
        case 'k':
            opt.keys = number("keys", optarg, FEWEST, MOST);
            break;
        case 's':
            opt.seed = number("seed", optarg, 0, INT64_MAX);
            break;
        case 'o':
            opt.out_old = optarg;
            break;
        case 'n':
            opt.out_new = optarg;
            break;
        case 't':
            opt.truth = optarg;
            break;
        case 'b':
            opt.node_size = number("node-size", optarg, 1024, 65536);
            break;
        case 'v':
            opt.old_version = number("old-version", optarg, 10, 11);
            break;
        case 'w':
            opt.new_version = number("new-version", optarg, 10, 11);
            break;
        case 'c':
            opt.ctime = number("ctime", optarg, 1000000000, 4000000000);
            break;
        case 'x':
            opt.shuffle = true;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (!opt.out_old || !opt.out_new || optind < argc) {
        fputs(usage, stderr);
        exit(2);
    }
    if (!opt.new_version)
        opt.new_version = opt.old_version;
    return opt;
}

int main(int argc, char **argv)
{
    options opt = parse(argc, argv);
    gen_wish wish = gen_wish_for((uint32_t)opt.jobs, (uint32_t)opt.keys);
    gen_change change = { 0 };
    gen_world world = {
        .seed = opt.seed,
        .old_us = (int64_t)opt.ctime * 1000000,
        .job_count = (uint32_t)opt.jobs,
        .app_count = (uint32_t)opt.keys,
        .node_bytes = (uint32_t)opt.node_size,
    };
    gen_world_build(&world, (gen_due){ wish.due, wish.failed_again });
    gen_side before = gen_side_of(&world, gen_snapshot_write(&world, opt.out_old, (int)opt.old_version));
    gen_change_make(&world, &wish, &change);
    if (opt.shuffle)
        gen_world_shuffle_keys(&world, 1);
    gen_side after = gen_side_of(&world, gen_snapshot_write(&world, opt.out_new, (int)opt.new_version));
    if (opt.truth)
        gen_truth_write(opt.truth, &world, &before, &after, &change);
    gen_change_free(&change);
    gen_world_free(&world);
    return 0;
}
