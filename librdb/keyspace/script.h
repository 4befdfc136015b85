/* script: what scripts.c and script_pop.c share. */
#ifndef RDBKIT_KEYSPACE_SCRIPT_H
#define RDBKIT_KEYSPACE_SCRIPT_H

#include "keyspace.h"

/* Is this the script by which Sidekiq (6.3 and later) takes a job that is due: of the sorted set KEYS[1], remove the first
 * member whose score is at most ARGV[1] (spec: Sidekiq, "The scheduler")? By its meaning: blanks, comments, semicolons,
 * kinds of quotes, case of commands and names of variables do not matter, nor whether ZRANGEBYSCORE or ZRANGE .. BYSCORE
 * finds the member. */
bool ks_script_pops_by_score(rk_slice source);

#endif
