/* geohash: places on the earth as scores of a sorted set, distances, and the cells that a search looks into (spec: AOF,
 * "Sorted sets", GEOADD and GEOSEARCHSTORE). All numbers are those that servers compute. */
#ifndef RDBKIT_KEYSPACE_GEOHASH_H
#define RDBKIT_KEYSPACE_GEOHASH_H

#include "rdbkit/base.h"

/* In degrees: longitude -180 to 180, latitude -85.05112878 to 85.05112878. */
typedef struct {
    double lon, lat;
} ks_place;

bool ks_place_is_valid(ks_place place);

/* 26 bits each of longitude and latitude, interleaved, as a score; and the middle of what such a score stands for. */
double ks_place_score(ks_place place);
ks_place ks_place_of(double score);

double ks_place_distance(ks_place a, ks_place b); /* in metres */

/* What is looked for: all within a radius, or in a box around a place. Lengths are in units of so many metres. */
typedef struct {
    ks_place centre;
    bool box;
    double radius, width, height;
    double unit_m;
} ks_area;

/* Does the place lie in the area? *distance_m: from its centre; set if so. */
bool ks_area_holds(const ks_area *area, ks_place place, double *distance_m);

/* A cell holds the scores [least, beyond). */
typedef struct {
    double least, beyond;
} ks_cell;

enum { KS_CELLS_MOST = 9 };

/* The cells that cover an area, in the order in which servers look into them: the one in the middle, then those around
 * it. Returns how many. */
size_t ks_area_cells(const ks_area *area, ks_cell cells[KS_CELLS_MOST]);

#endif
