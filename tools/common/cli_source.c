/* cli_source: the words about sources. */
#include "cli_source.h"

const char cli_without_details[] =
    "Of an append-only file: what came before and after that command is replayed, as if it had never been "
    "sent. A "
    "transaction is left out as a whole, by the byte of its MULTI. Without a FILE it is the last one of the "
    "log. aoflog(1) tells where commands stand. A source to which no such command belongs is read as it is, "
    "but one of them must have it.";

const char cli_sources_text[] =
    "What is read is recognised by its content, never by its name:\n\n"
    "- snapshot :: an RDB file of any version of Redis and Valkey\n"
    "- append-only file :: a plain one, or one with a snapshot at its head; a manifest; a directory with a "
    "manifest (`appendonlydir`, a sealed backup), which is one source\n\n"
    "Single files may be packed with gzip or zstd, and may be pipes. An append-only file is replayed in "
    "memory, by the rules of servers: nothing expires but by what the log says, a command that fails on a "
    "server fails here, a torn end is left out. What cannot be replayed (a script that was logged as such, "
    "a command of a module, one that is not known) makes the keys that it names uncertain, and the answer "
    "with them; it is counted and told. The state is kept in a temporary file (TMPDIR) meanwhile.\n\n"
    "`SOURCE@MOMENT` is the state of a log at a moment:\n\n"
    "- log@2026-11-23T03:11:59Z :: with all that was logged up to that second; Unix seconds do, too. The log "
    "must have annotations (`aof-timestamp-enabled yes`)\n"
    "- log@offset:4118220107 :: before the command that stands at this byte of its last file; of another "
    "file: "
    "`offset:appendonly.aof.5.incr.aof:4118`\n"
    "- log@before:FLUSHALL :: before the first command of that name, or the transaction around it\n"
    "- log@before:last:DEL :: before the last one";

bool cli_without_check(const char *without, bool left_out, rk_err *err)
{
    return !without || left_out ||
           rk_fail(err, RK_USAGE, RK_NO_OFFSET,
                   "option '--without': no command begins at '%.100s' in any log that is read here", without);
}
