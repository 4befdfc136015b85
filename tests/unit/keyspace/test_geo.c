/* test_geo: places as scores, and searches around them; expected scores and distances are those of a server 7.0.15. */
#include "../../../librdb/keyspace/geohash.h"

#include "replayed.h"

#define SICILY  "geoadd g 13.361389 38.115556 P 15.087269 37.502669 C; "
#define CORNERS SICILY "geoadd g 12.758489 38.788135 e1 17.241510 38.788135 e2; "

static void adding(void)
{
    REPLAYED(
        { "geoadd g 13.361389 38.115556 P 15.087269 37.502669 C",
          "zset:'g'{'P'=3479099956230698 "
          "'C'=3479447370796909}",
          "D" },
        { SICILY "geoadd g nx 1 1 P; geoadd g xx 1 1 Q; geoadd g ch 13.361389 38.115556 P; zrem g C",
          "zset:'g'{'P'=3479099956230698}", "DNNND" },
        { "geoadd g 180 0 a -180 0 b 0 85.05112878 c 0 -85.05112878 d",
          "zset:'g'{'a'=10133099161583616 'b'=1125899906842624 'c'=6755399441055744 'd'=2251799813685248}",
          "D" },
        { "geoadd g 181 0 a; geoadd g 0 86 a; geoadd g x 0 a; geoadd g 0 0 a 0 0; geoadd g nx xx 0 0 a; "
          "geoadd g 0 "
          "0 a 200 0 b; geoadd g nx xx 0",
          "", "FFFFFFF" }, );
}

static void within_a_radius(void)
{
    REPLAYED(
        { SICILY "georadius g 15 37 200 km storedist d; del g",
          "zset:'d'{'P'=190.44242984775784 'C'=56.441257870158204}", "DDD" },
        { SICILY "georadius g 15 37 100 km store d; del g", "zset:'d'{'C'=3479447370796909}", "DDD" },
        { SICILY "georadius g 15 37 200 km count 1 store d; del g", "zset:'d'{'C'=3479447370796909}", "DDD" },
        { SICILY "georadius g 15 37 200 km count 1 desc store d; del g", "zset:'d'{'P'=3479099956230698}",
          "DDD" },
        { SICILY "georadiusbymember g P 200 KM STOREDIST d; del g", "zset:'d'{'P'=0 'C'=166.27415156960032}",
          "DDD" },
        { SICILY "georadius g 15 37 200 km; georadius g 15 37 200 km withdist", NULL, "DNN" },
        { SICILY "georadius g 15 37 10 m store g", "", "DD" },
        { "set d v; georadius g 15 37 10 m store d; georadiusbymember g x 10 m store d", "", "DDN" },
        { SICILY
          "georadius g 15 37 -1 m store d; georadius g 15 37 1 au store d; georadiusbymember g X 1 m store "
          "d; "
          "georadius g 15 37 1 m any store d; georadius g 15 37 1 m count 0 store d; georadius g 15 37 1 m "
          "withdist store d; georadius g 15 37 1 m store; georadius g 15 99 1 m store d",
          NULL, "DFFFFFFFF" },
        { "set k v; georadius k 15 37 1 m store d; geoadd k 1 1 a; geosearchstore d k frommember a byradius "
          "1 m",
          "string:'k'{'v'}", "DFFF" }, );
}

static void searching(void)
{
    REPLAYED(
        { CORNERS "geosearchstore d g fromlonlat 15 37 bybox 400 400 km storedist; del g",
          "zset:'d'{'P'=190.44242984775784 'e1'=279.74045213563431 'C'=56.441257870158204 "
          "'e2'=279.7403417843143}",
          "DDDD" },
        { CORNERS "geosearchstore d g fromlonlat 15 37 byradius 200 km asc; del g",
          "zset:'d'{'P'=3479099956230698 'C'=3479447370796909}", "DDDD" },
        { CORNERS "geosearchstore d g byradius 300 km frommember C count 2; del g",
          "zset:'d'{'C'=3479447370796909 'P'=3479099956230698}", "DDDD" },
        { CORNERS "geosearchstore d g bybox 0 0 m frommember C; del g", "zset:'d'{'C'=3479447370796909}",
          "DDDD" },
        { SICILY "geosearchstore g g fromlonlat 15 37 byradius 100 km", "zset:'g'{'C'=3479447370796909}",
          "DD" },
        { SICILY
          "geosearchstore d g fromlonlat 15 37; geosearchstore d g byradius 1 m; geosearchstore d g "
          "fromlonlat 15 "
          "37 frommember C byradius 1 m; geosearchstore d g frommember C byradius 1 m bybox 1 1 m; "
          "geosearchstore "
          "d g frommember C byradius 1 m withdist; geosearchstore d g frommember C byradius 1 m store x; "
          "geosearchstore d g frommember C bybox 1 m",
          NULL, "DFFFFFFF" },
        { "set d v; geosearchstore d g frommember x byradius 1 m", "", "DD" }, );
    replayed r = replay_text(SICILY "geosearchstore d g bypolygon 3 1 1 2 2 3 1", false);
    CU_ASSERT_STRING_EQUAL(r.outcomes, "DO");
    CU_ASSERT_STRING_EQUAL(r.info.opaque_first.what, "polygons are not known");
    replayed_free(&r);
}

static void scores_and_places(void)
{
    double scores[] = { 0, 1, 3479099956230698, 4503599627370495 };
    for (size_t i = 0; i < sizeof scores / sizeof scores[0]; i++) {
        ks_place place = ks_place_of(scores[i]);
        CU_ASSERT(ks_place_is_valid(place));
        CU_ASSERT_EQUAL(ks_place_score(place), scores[i]);
    }
    CU_ASSERT(ks_place_is_valid(ks_place_of(-1)) && ks_place_is_valid(ks_place_of(1e300)));
    CU_ASSERT(!ks_place_is_valid((ks_place){ 180.1, 0 }) && !ks_place_is_valid((ks_place){ 0, -85.06 }));
}

/* Whatever lies in an area lies in one of its cells. */
static void cells_cover(void)
{
    const ks_place centres[] = { { 0, 0 },      { 15, 37 },   { 179.9, 10 },
                                 { -180, -85 }, { 50, 84.9 }, { 180, 85.05112878 } };
    const double radii[] = { 0, 1, 5000, 300000 };
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 4; k++) {
            ks_area area = { .centre = centres[i], .radius = radii[k], .unit_m = 1 };
            ks_cell cells[KS_CELLS_MOST];
            size_t count = ks_area_cells(&area, cells);
            double score = ks_place_score(centres[i]);
            CU_ASSERT(count >= 1 && count <= KS_CELLS_MOST);
            CU_ASSERT(score >= cells[0].least && score < cells[0].beyond);
        }
    ks_area all = { .radius = 1e300, .unit_m = 1000 };
    ks_cell cells[KS_CELLS_MOST];
    double covered = 0;
    for (size_t i = ks_area_cells(&all, cells); i > 0; i--)
        covered += cells[i - 1].beyond - cells[i - 1].least;
    CU_ASSERT(covered >= 0x1p52);
}

UNIT_MAIN("geo", { "places become scores", adding },
          { "what lies within a radius is stored", within_a_radius },
          { "GEOSEARCHSTORE looks in a circle or a box", searching },
          { "a place and its score stand for each other", scores_and_places },
          { "cells cover what is looked for", cells_cover })
