/* test_path: path hashes of Valkey. */
#include "starved.h"

static void setting(void)
{
    REPLAYED({ "phset p /a fields 2 f 1 g 2; PHSET p /b FIELDS 1 f 3; phset p /a fields 1 f 4",
               "other:'p'{path '/a' 'f'='4' 'g'='2' path '/b' 'f'='3'}", "DDD" },
             { "phmset p /a fields 1 f 1 /b fields 2 f 2 g 3 /a fields 1 h 4",
               "other:'p'{path '/a' 'f'='1' 'h'='4' path '/b' 'f'='2' 'g'='3'}", "D" },
             { "phset p /a fnx fields 1 f 1; phset p /a FNX fields 2 g 2 f 3; phset p /a fxx fields 1 f 5; "
               "phset p /a fxx fields "
               "2 f 6 g 7; phset p /b fxx fields 1 f 1; phset q /a fxx fields 1 f 1",
               "other:'p'{path '/a' 'f'='5'}", "DNDNNN" },
             { "phset p /a fields 2 f 1 g; phset p /a fields 1 f 1 g; phset p /a fields 0 f 1; phset p /a "
               "fields x f 1; phset p "
               "/a some 1 f 1 2; phmset p /a fields 1 f 1 /b; phmset p /a fields 1 f 1 /b fields 2 f 1",
               "", "FFFFFFF" },
             { "set s v; phset s /a fields 1 f 1; phmset s /a fields 1 f 1; phdel s /a", "string:'s'{'v'}",
               "DFFF" },
             { "phset p /a fields 1 f 1; pexpireat p 4000000000000; copy p q; phdel p /a f",
               "other:'q'@4000000000000{path '/a' 'f'='1'}", "DDDD" }, );
}

static void deleting(void)
{
    REPLAYED({ "phmset p /a fields 2 f 1 g 2 /b fields 1 f 3; phdel p /a f x; phdel p /a x; phdel p /c; "
               "phdel q /a",
               "other:'p'{path '/a' 'g'='2' path '/b' 'f'='3'}", "DDNNN" },
             { "phmset p /a fields 2 f 1 g 2 /b fields 1 f 3; phdel p /a; phdel p /a",
               "other:'p'{path '/b' 'f'='3'}", "DDN" },
             { "phmset p /a fields 2 f 1 g 2 /b fields 1 f 3; phdel p /a f g; phdel p /b", "", "DDD" }, );
}

static void without_memory(void)
{
    starved("phset p /aaaaaaaaaaaa fields 2 ffffffffffff 1 g 222222222222; phmset p /a fields 1 f 1 /b "
            "fields 1 f 1; copy p "
            "q; phdel p /a; phdel q /b f");
}

UNIT_MAIN("path", { "paths get fields", setting }, { "fields and paths are deleted", deleting },
          { "without memory a replay ends with an error", without_memory })
