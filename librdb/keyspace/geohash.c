/* geohash: places as scores, distances, and cells. The world is cut into 2^step columns and as many rows; a cell's
 * number has the bits of its column and its row by turns, so that all scores in a cell begin with it. */
#include "geohash.h"

#include <math.h>

#define LON_MOST   180.0
#define LAT_MOST   85.05112878
#define EARTH_M    6372797.560856 /* radius */
#define MERCATOR_M 20037726.37    /* half the way around, on the map */

enum { FULL = 26, COORDINATE_BITS = 32 };

static double radians(double degrees)
{
    return degrees * (M_PI / 180.0);
}

static double degrees(double radians)
{
    return radians / (M_PI / 180.0);
}

/* ---- numbers of cells --------------------------------------------------------------------------------------- */

/* A cell of the world that is cut into 2^step columns and rows. */
typedef struct {
    uint32_t column, row;
    unsigned step;
} cell;

static cell cell_of(ks_place place, unsigned step)
{
    double column = (place.lon + LON_MOST) / (LON_MOST + LON_MOST);
    double row = (place.lat + LAT_MOST) / (LAT_MOST + LAT_MOST);
    double count = (double)(UINT64_C(1) << step);
    return (cell){ (uint32_t)(column * count), (uint32_t)(row * count), step };
}

/* The bits of the row at even places, those of the column at odd ones. */
static uint64_t interleave(uint32_t row, uint32_t column)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < COORDINATE_BITS; i++)
        bits |= (uint64_t)(row >> i & 1) << (2 * i) | (uint64_t)(column >> i & 1) << (2 * i + 1);
    return bits;
}

static cell cell_of_score(double score)
{
    uint64_t bits = score >= 0 && score < 0x1p63 ? (uint64_t)score : 0;
    cell c = { .step = FULL };
    for (unsigned i = 0; i < COORDINATE_BITS; i++) {
        c.row |= (uint32_t)(bits >> (2 * i) & 1) << i;
        c.column |= (uint32_t)(bits >> (2 * i + 1) & 1) << i;
    }
    return c;
}

/* Where the n-th of 2^step equal parts of [-most, most] begins. */
static double edge(uint64_t n, unsigned step, double most)
{
    return -most + ((double)n / (double)(UINT64_C(1) << step)) * (most + most);
}

static double within(double value, double most)
{
    return value > most ? most : value < -most ? -most : value;
}

/* ---- places ------------------------------------------------------------------------------------------------- */

bool ks_place_is_valid(ks_place place)
{
    return fabs(place.lon) <= LON_MOST && fabs(place.lat) <= LAT_MOST;
}

double ks_place_score(ks_place place)
{
    cell c = cell_of(place, FULL);
    return (double)interleave(c.row, c.column);
}

ks_place ks_place_of(double score)
{
    cell c = cell_of_score(score);
    double west = edge(c.column, FULL, LON_MOST), east = edge((uint64_t)c.column + 1, FULL, LON_MOST);
    double south = edge(c.row, FULL, LAT_MOST), north = edge((uint64_t)c.row + 1, FULL, LAT_MOST);
    return (ks_place){ within((west + east) / 2, LON_MOST), within((south + north) / 2, LAT_MOST) };
}

static double distance_of_latitudes(double a, double b)
{
    return EARTH_M * fabs(radians(b) - radians(a));
}

double ks_place_distance(ks_place a, ks_place b)
{
    double v = sin((radians(b.lon) - radians(a.lon)) / 2);
    if (v == 0)
        return distance_of_latitudes(a.lat, b.lat);
    double south = radians(a.lat), north = radians(b.lat), u = sin((north - south) / 2);
    return 2.0 * EARTH_M * asin(sqrt(u * u + cos(south) * cos(north) * v * v));
}

/* ---- areas -------------------------------------------------------------------------------------------------- */

bool ks_area_holds(const ks_area *area, ks_place place, double *distance_m)
{
    if (area->box) {
        ks_place beside = { area->centre.lon, place.lat };
        if (distance_of_latitudes(place.lat, area->centre.lat) > area->height * area->unit_m / 2 ||
            ks_place_distance(place, beside) > area->width * area->unit_m / 2)
            return false;
    }
    *distance_m = ks_place_distance(area->centre, place);
    return area->box || *distance_m <= area->radius * area->unit_m;
}

typedef struct {
    double west, south, east, north;
} bounds;

static bounds bounds_of_area(const ks_area *area)
{
    ks_place at = area->centre;
    double up = area->unit_m * (area->box ? area->height / 2 : area->radius);
    double aside = area->unit_m * (area->box ? area->width / 2 : area->radius);
    double lat = degrees(up / EARTH_M);
    double widest = at.lat < 0 ? at.lat - lat : at.lat + lat; /* nearer to the pole */
    double lon = degrees(aside / EARTH_M / cos(radians(widest)));
    return (bounds){ at.lon - lon, at.lat - lat, at.lon + lon, at.lat + lat };
}

static bounds bounds_of_cell(cell c)
{
    return (bounds){ edge(c.column, c.step, LON_MOST), edge(c.row, c.step, LAT_MOST),
                     edge((uint64_t)c.column + 1, c.step, LON_MOST),
                     edge((uint64_t)c.row + 1, c.step, LAT_MOST) };
}

/* How finely the world is cut so that nine cells hold the area, as far as its size tells. */
static unsigned step_of(const ks_area *area)
{
    double w = area->width / 2, h = area->height / 2, lat = fabs(area->centre.lat);
    double reach = (area->box ? sqrt(w * w + h * h) : area->radius) * area->unit_m;
    int step = 1;
    if (reach == 0)
        return FULL;
    for (; reach < MERCATOR_M; reach *= 2)
        step++;
    step -= 2 + (lat > 66) + (lat > 80); /* columns are narrow near the poles */
    return (unsigned)(step < 1 ? 1 : step > FULL ? FULL : step);
}

/* The cell beside another; the world is round, in both directions. */
static cell beside(cell c, int columns, int rows)
{
    uint32_t mask = (UINT32_C(1) << c.step) - 1;
    if (columns)
        c.column = (c.column + (uint32_t)columns) & mask;
    if (rows)
        c.row = (c.row + (uint32_t)rows) & mask;
    return c;
}

/* Do the cells around it reach as far as the area, as far as can be told (of NaN nothing can)? */
static bool covers(cell middle, bounds wanted)
{
    return !(bounds_of_cell(beside(middle, 0, 1)).north < wanted.north) &&
           !(bounds_of_cell(beside(middle, 0, -1)).south > wanted.south) &&
           !(bounds_of_cell(beside(middle, 1, 0)).east < wanted.east) &&
           !(bounds_of_cell(beside(middle, -1, 0)).west > wanted.west);
}

/* Is a neighbour in that direction of no use, since the middle reaches beyond the area there? */
static bool is_idle(bounds middle, bounds wanted, int columns, int rows)
{
    return (rows < 0 && middle.south < wanted.south) || (rows > 0 && middle.north > wanted.north) ||
           (columns < 0 && middle.west < wanted.west) || (columns > 0 && middle.east > wanted.east);
}

size_t ks_area_cells(const ks_area *area, ks_cell cells[KS_CELLS_MOST])
{
    static const int8_t around[KS_CELLS_MOST][2] = { /* columns to the east, rows to the north */
                                                     { 0, 0 }, { 0, 1 },  { 0, -1 }, { 1, 0 },  { -1, 0 },
                                                     { 1, 1 }, { -1, 1 }, { 1, -1 }, { -1, -1 }
    };
    enum { IDLE_FROM = 2 };
    bounds wanted = bounds_of_area(area);
    unsigned step = step_of(area);
    cell middle = cell_of(area->centre, step), last = { 0 };
    size_t count = 0;
    if (step > 1 && !covers(middle, wanted))
        middle = cell_of(area->centre, --step);
    bounds reach = bounds_of_cell(middle);
    for (size_t i = 0; i < KS_CELLS_MOST; i++) {
        cell c = beside(middle, around[i][0], around[i][1]);
        if (step >= IDLE_FROM && is_idle(reach, wanted, around[i][0], around[i][1]))
            continue;
        if (count > 1 && c.column == last.column && c.row == last.row)
            continue; /* of a world of few cells, some are met twice */
        uint64_t number = interleave(c.row, c.column);
        unsigned shift = 2 * (FULL - step);
        cells[count++] = (ks_cell){ (double)(number << shift), (double)((number + 1) << shift) };
        last = c;
    }
    return count;
}
