/* gen_commands: writes random commands of every family as RESP, to be sent to a real server: what its log then holds,
 * replayed, must be what the server has. The same seed gives the same commands. Some fail, as commands of users do. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/rng.h"
#include "lib/text.h"

/* Words of a row: %L %S %T %Z %H %X %E %G %P %B a key of a list, string, set, sorted set, hash, stream, stream with
 * groups, geo set, HyperLogLog, bit string; %Q of a sorted set whose scores are all one (where they are not, what a
 * range of texts is depends on chance in a server); %K of any; %v a value, %m a member, %f a field, %i a small integer, %I one of
 * up to 64 bits, %c a count, %s a score, %r a bound of scores, %l one of texts, %o a bit, %d a database, %t and %u a
 * far second and millisecond, %y and %x longitude and latitude, %# the next stream id, %- one of the past, %n a float.
 * A word ending in + comes one to four times; a group of words in ( ) does so together. The first number is how often. */
typedef struct {
    unsigned weight;
    const char *words;
} row;

static const row rows[] = {
    { 40, "lpush %L %v+" },
    { 40, "rpush %L %v+" },
    { 12, "lpop %L" },
    { 12, "rpop %L" },
    { 4, "lpop %L %c" },
    { 4, "rpop %L %c" },
    { 6, "rpoplpush %L %L" },
    { 6, "lmove %L %L left right" },
    { 6, "LMOVE %L %L RIGHT LEFT" },
    { 4, "linsert %L before %m %v" },
    { 4, "linsert %L after %m %v" },
    { 6, "lset %L %i %v" },
    { 8, "lrem %L %i %m" },
    { 3, "ltrim %L %i %i" },
    { 4, "lpushx %L %v+" },
    { 4, "rpushx %L %v+" },
    { 3, "lmpop 2 %L %L left count %c" },
    { 3, "blpop %L %L 0.01" },
    { 3, "brpoplpush %L %L 0.01" },
    { 30, "set %S %v" },
    { 8, "set %S %v px %u" },
    { 4, "set %S %v exat %t" },
    { 4, "set %S %v keepttl" },
    { 4, "set %S %v nx" },
    { 4, "set %S %v xx get" },
    { 4, "setex %S 100000000 %v" },
    { 4, "psetex %S 100000000000 %v" },
    { 4, "setnx %S %v" },
    { 6, "mset (%S %v)" },
    { 3, "msetnx (%S %v)" },
    { 4, "getset %S %v" },
    { 3, "getdel %S" },
    { 4, "getex %S persist" },
    { 4, "getex %S pxat %u" },
    { 8, "append %S %v" },
    { 6, "setrange %S %c %v" },
    { 12, "incr %S" },
    { 6, "decrby %S %I" },
    { 6, "incrby %S %i" },
    { 8, "incrbyfloat %S %n" },
    { 12, "setbit %B %o 1" },
    { 6, "setbit %B %o 0" },
    { 8, "bitfield %B set u8 %o %c incrby i5 %o %i" },
    { 8, "bitfield %B overflow sat incrby u4 #%c %i overflow fail incrby i16 %o %I" },
    { 4, "bitfield %B set i64 %o %I overflow wrap incrby i64 #1 %I" },
    { 4, "bitop and %B %B %B" },
    { 4, "bitop or %B %B %S %B" },
    { 4, "bitop xor %B %B %B" },
    { 3, "bitop not %B %B" },
    { 20, "pfadd %P %v+" },
    { 4, "pfmerge %P %P+" },
    { 4, "pfcount %P" },
    { 4, "pfcount %P %P" },
    { 40, "sadd %T %m+" },
    { 16, "srem %T %m+" },
    { 6, "spop %T" },
    { 6, "spop %T %c" },
    { 6, "smove %T %T %m" },
    { 4, "sinterstore %T %T %T" },
    { 4, "sunionstore %T %T+" },
    { 4, "sdiffstore %T %T %T" },
    { 40, "zadd %Z (%s %m)" },
    { 6, "zadd %Z nx ch (%s %m)" },
    { 6, "zadd %Z xx gt (%s %m)" },
    { 6, "zadd %Z lt (%s %m)" },
    { 6, "zadd %Z incr %s %m" },
    { 10, "zincrby %Z %s %m" },
    { 10, "zrem %Z %m+" },
    { 4, "zremrangebyrank %Z %i %i" },
    { 4, "zremrangebyscore %Z %r %r" },
    { 10, "zadd %Q (0 %m)" },
    { 4, "zremrangebylex %Q %l %l" },
    { 6, "zpopmin %Z" },
    { 4, "zpopmax %Z %c" },
    { 3, "zmpop 1 %Z min count %c" },
    { 3, "bzpopmin %Z 0.01" },
    { 4, "zunionstore %Z 2 %Z %T weights 2 %s aggregate max" },
    { 4, "zinterstore %Z 2 %Z %Z aggregate min" },
    { 4, "zunionstore %Z 3 %Z %Z %Z" },
    { 3, "zdiffstore %Z 2 %Z %Z" },
    { 4, "zrangestore %Z %Z %i %i" },
    { 3, "zrangestore %Z %Z %r %r byscore limit %c %c" },
    { 3, "zrangestore %Z %Q %l %l bylex" },
    { 3, "zrangestore %Z %Z %i %i rev" },
    { 40, "hset %H (%f %v)" },
    { 6, "hmset %H (%f %v)" },
    { 6, "hsetnx %H %f %v" },
    { 12, "hdel %H %f+" },
    { 8, "hincrby %H %f %i" },
    { 8, "hincrbyfloat %H %f %n" },
    { 14, "geoadd %G (%y %x %m)" },
    { 4, "georadius %G %y %x 500 km store %G" },
    { 4, "georadius %G %y %x 900 mi count 3 desc storedist %G" },
    { 4, "georadiusbymember %G %m 300 km asc store %G" },
    { 4, "geosearchstore %G %G fromlonlat %y %x byradius 800 km" },
    { 4, "geosearchstore %G %G fromlonlat %y %x bybox 900 700 km asc count 4 storedist" },
    { 30, "xadd %X * (%f %v)" },
    { 10, "xadd %X maxlen ~ 20 * (%f %v)" },
    { 6, "xadd %X nomkstream maxlen = 15 * %f %v" },
    { 3, "xadd %X minid %- * %f %v" },
    { 20, "xadd %E %# (%f %v)" },
    { 5, "xtrim %X maxlen %c" },
    { 8, "xdel %E %-+" },
    { 3, "xsetid %E %#" },
    { 8, "xgroup create %E g%c $ mkstream" },
    { 8, "xgroup create %E g%c 0" },
    { 3, "xgroup setid %E g%c %-" },
    { 2, "xgroup destroy %E g%c" },
    { 3, "xgroup createconsumer %E g%c c%c" },
    { 2, "xgroup delconsumer %E g%c c%c" },
    { 14, "xreadgroup group g%c c%c count %c streams %E >" },
    { 3, "xreadgroup group g%c c%c count 2 noack streams %E >" },
    { 8, "xack %E g%c %-+" },
    { 6, "xclaim %E g%c c%c 0 %-+" },
    { 4, "xclaim %E g%c c%c 0 %- force retrycount %c" },
    { 4, "xautoclaim %E g%c c%c 0 0 count %c" },
    { 6, "del %K+" },
    { 6, "unlink %K" },
    { 8, "expire %K 100000000" },
    { 6, "pexpireat %K %u" },
    { 4, "expireat %K %t nx" },
    { 4, "pexpire %K 100000000000 gt" },
    { 2, "expire %K -1" },
    { 6, "persist %K" },
    { 5, "rename %K %K" },
    { 4, "renamenx %K %K" },
    { 4, "move %K %d" },
    { 5, "copy %K %K" },
    { 4, "copy %K %K db %d replace" },
    { 3, "sort %L alpha desc store %L" },
    { 3, "sort %T limit 1 3 alpha get # get s:* store %L" },
    { 3, "sort %Z by nosort store %L" },
    { 3, "sort %T by s:* store %L" },
    { 3, "sort %L by h:*->f1 get h:*->f2 alpha store %L" },
    { 3, "swapdb %d %d" },
    { 20, "select %d" },
    { 4, "eval EVAL 2 %L %S %v" },
};

static const char script[] =
    "redis.call('rpush', KEYS[1], ARGV[1], ARGV[1]) redis.call('set', KEYS[2], ARGV[1]) "
    "redis.call('incrbyfloat', KEYS[2], 1)";

enum { ROWS = sizeof rows / sizeof rows[0], WORDS_MOST = 64 };

typedef struct {
    gen_rng rng;
    uint64_t stream_id;
    rk_buf text;             /* of the words of one command, one behind the other */
    size_t ends[WORDS_MOST]; /* of each */
    size_t words;
} generator;

static uint32_t below(generator *g, uint32_t limit)
{
    return gen_below(&g->rng, limit);
}

static void add_key(generator *g, char kind)
{
    static const char kinds[] = "LSTZHXEGPB", names[] = "lstzhxegpb";
    if (kind == 'Q') {
        gen_add_word(&g->text, below(g, 2) ? "q:0" : "q:1");
        return;
    }
    const char *at = strchr(kinds, kind);
    uint32_t i = at ? (uint32_t)(at - kinds) : below(g, sizeof kinds - 1);
    if (below(g, 200) == 0)
        i = below(g, sizeof kinds - 1); /* of another type: it fails, or takes the place */
    gen_add_byte(&g->text, (uint8_t)names[i]);
    gen_add_byte(&g->text, ':');
    gen_add_int(&g->text, below(g, 12));
}

static void add_bytes(generator *g, uint32_t len)
{
    static const char odd[] = "\r\n\0\xff\"\\$*3 e";
    for (uint32_t i = 0; i < len; i++)
        gen_add_byte(&g->text,
                     below(g, 6) ? (uint8_t)('a' + below(g, 26)) : (uint8_t)odd[below(g, sizeof odd - 1)]);
}

static void add_value(generator *g)
{
    switch (below(g, 10)) {
    case 0:
    case 1:
    case 2:
        gen_add_int(&g->text, (int64_t)below(g, 400) - 100);
        break;
    case 3:
        gen_add_int(&g->text, (int64_t)gen_next(&g->rng));
        break;
    case 4:
        add_bytes(g, 100 + below(g, 400));
        break;
    case 5:
        gen_add_word(&g->text, "3.25");
        break;
    default:
        add_bytes(g, below(g, 24));
    }
}

static void add_member(generator *g)
{
    if (below(g, 2))
        gen_add_int(&g->text, below(g, 30));
    else
        gen_add_byte(&g->text, (uint8_t)('a' + below(g, 20)));
}

static void add_number(generator *g, const char *format, double value)
{
    char text[64];
    snprintf(text, sizeof text, format, value);
    gen_add_word(&g->text, text);
}

static void add_score(generator *g)
{
    static const char *const odd[] = { "inf", "-inf", "-0", "1e300", "1.7e9", "0.1" };
    if (below(g, 12) == 0)
        gen_add_word(&g->text, odd[below(g, 6)]);
    else
        add_number(g, "%.17g", ((double)below(g, 2000000) - 500000) / 64.0 / (1 + below(g, 9)));
}

static void add_bound(generator *g, bool lex)
{
    gen_add_word(&g->text, lex ? (below(g, 2) ? "[" : "(") : (below(g, 3) ? "" : "("));
    if (lex)
        add_member(g);
    else
        gen_add_int(&g->text, (int64_t)below(g, 20000) - 6000);
}

static void add_id(generator *g, bool next)
{
    if (next)
        g->stream_id += 1 + below(g, 2);
    uint64_t id = next ? g->stream_id : g->stream_id > 40 ? g->stream_id - below(g, 40) : below(g, 40);
    gen_add_int(&g->text, (int64_t)(id / 8 + 1));
    gen_add_byte(&g->text, '-');
    gen_add_int(&g->text, (int64_t)(id % 8));
}

static void add_drawn(generator *g, char code)
{
    switch (code) {
    case 'v':
        add_value(g);
        break;
    case 'm':
        add_member(g);
        break;
    case 'f':
        gen_add_byte(&g->text, 'f');
        gen_add_int(&g->text, below(g, 30));
        break;
    case 'i':
        gen_add_int(&g->text, (int64_t)below(g, 12) - 4);
        break;
    case 'I':
        gen_add_int(&g->text, (int64_t)gen_next(&g->rng) >> below(g, 60));
        break;
    case 'c':
        gen_add_int(&g->text, 1 + below(g, 3));
        break;
    case 's':
        add_score(g);
        break;
    case 'r':
    case 'l':
        add_bound(g, code == 'l');
        break;
    case 'o':
        gen_add_int(&g->text, below(g, 900));
        break;
    case 'd':
        gen_add_int(&g->text, below(g, 3));
        break;
    case 't':
        gen_add_int(&g->text, 4102444800 + below(g, 100000));
        break;
    case 'u':
        gen_add_int(&g->text, (int64_t)4102444800000 + below(g, 100000000));
        break;
    case 'y':
        add_number(g, "%.6f", (double)below(g, 20000) / 1000 - 5);
        break;
    case 'x':
        add_number(g, "%.6f", (double)below(g, 12000) / 1000 + 42);
        break;
    case 'n':
        add_number(g, "%.5g", ((double)below(g, 100000) - 50000) / 128);
        break;
    case '#':
    case '-':
        add_id(g, code == '#');
        break;
    default:
        add_key(g, code);
    }
}

/* One word, ending before a blank, a bracket or the end; returns where it ends. */
static const char *add_word(generator *g, const char *at)
{
    for (; *at && !strchr(" ()+", *at); at++) {
        if (*at == '%')
            add_drawn(g, *++at);
        else
            gen_add_byte(&g->text, (uint8_t)*at);
    }
    if (g->words < WORDS_MOST)
        g->ends[g->words++] = g->text.len;
    return at;
}

/* Words up to the closing bracket or the end. */
static const char *add_words(generator *g, const char *at)
{
    while (*at && *at != ')') {
        const char *start = at;
        uint32_t more = below(g, 4);
        if (*at == '(') {
            do
                at = add_words(g, start + 1);
            while (more--);
            at++;
        } else {
            at = add_word(g, start);
            while (*at == '+' && more--)
                add_word(g, start);
            at += *at == '+';
        }
        at += *at == ' ';
    }
    return at;
}

static void put_bulk(const void *bytes, size_t len)
{
    printf("$%zu\r\n", len);
    fwrite(bytes, 1, len, stdout);
    fputs("\r\n", stdout);
}

static void put_command(generator *g)
{
    size_t from = 0;
    printf("*%zu\r\n", g->words);
    for (size_t i = 0; i < g->words; from = g->ends[i++]) {
        size_t len = g->ends[i] - from;
        bool is_script = len == 4 && memcmp(g->text.ptr + from, "EVAL", 4) == 0;
        put_bulk(is_script ? (const void *)script : g->text.ptr + from, is_script ? sizeof script - 1 : len);
    }
}

static void put_random(generator *g)
{
    uint32_t total = 0, drawn;
    size_t i = 0;
    for (size_t k = 0; k < ROWS; k++)
        total += rows[k].weight;
    for (drawn = below(g, total); drawn >= rows[i].weight; i++)
        drawn -= rows[i].weight;
    g->text.len = g->words = 0;
    gen_reserve(&g->text, 1);
    add_words(g, rows[i].words);
    put_command(g);
}

static void put_plain(const char *word)
{
    printf("*1\r\n$%zu\r\n%s\r\n", strlen(word), word);
}

static uint64_t number(const char *text)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || *text == '-')
        gen_die("'%s' is not a number", text);
    return value;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        gen_die("usage: gen_commands SEED COUNT");
    generator g = { .rng = gen_rng_for(number(argv[1]), 1, 0) };
    uint64_t count = number(argv[2]);
    for (uint64_t i = 0; i < count; i++) {
        if (below(&g, 40) == 0) {
            put_plain("multi");
            for (uint32_t n = 1 + below(&g, 5); n--; i++)
                put_random(&g);
            put_plain("exec");
        }
        if (below(&g, 15000) == 0)
            put_plain(below(&g, 3) ? "flushdb" : "flushall");
        put_random(&g);
    }
    rk_buf_free(&g.text);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 2;
}
