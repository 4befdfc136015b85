#include "rescue.h"

bool check_rescue(rk_rdb *second, uint64_t from, const rk_key *inside, uint64_t left, rescue_landing *landing,
                  rk_err *err)
{
    (void)second;
    (void)inside;
    (void)left;
    (void)err;
    *landing = (rescue_landing){ .kind = RESCUE_NOTHING, .from = from };
    return true;
}
