/**
 * Measures of bones as text, and the table of published dimensions.
 *
 * A list of bones is separated by blanks; "+" before a name means both sides. Texts without "bone:" refer to the first of the list.
 *
 *   longest                                  greatest distance of two vertices of the first bone
 *   extent D [region ..]                     along direction D, of all vertices of the list that lie in every region
 *   distance A B [along D]                   of two points; along D: its component
 *   through P D                              from surface to surface along the line through P
 *   sphere P R [region ..]                   diameter of the sphere that fits the vertices within R mm of P best
 *   cut P N D [R]                            extent along D of the section through P with normal N, within R mm of P
 *   girth P N [R]                            length of that section
 *   arc A B C ..                             length of the smooth curve (Catmull-Rom) through points
 *   angle A>B C>D [about N] [less DEG]       between two directions, 0 to 180 degrees; about N: of their projections along N; DEG is
 *                                            taken off
 *   sum A B C D ..                           distance A B plus distance C D and so on
 *
 * Units of results: mm and degrees.
 */
#ifndef OIK_MODELS_BONE_MEASURE_H
#define OIK_MODELS_BONE_MEASURE_H

#include "models/bone_set.h"

/** @return OIK_OK; OIK_E_MODEL naming what cannot be found or measured */
oik_status oik_bone_measure(double *value, const oik_bone_set *set, const char *bones, const char *measure, oik_error *err);

/** One line of the table: "region | bones | dimension | measure | male | female | unit | source". */
typedef struct oik_dimension {
    const char *region, *bones, *name, *measure, *source;
    double male, female; /**< [mm] or [deg] */
    bool angle;
} oik_dimension;

typedef struct oik_dimension_table {
    int n;
    oik_dimension *rows;
    char *text; /**< what the rows point into */
} oik_dimension_table;

/** @return OIK_E_IO; OIK_E_FORMAT naming file and line; OIK_E_MEMORY. *out is to be freed either way. */
oik_status oik_dimension_table_load(oik_dimension_table *out, const char *path, oik_error *err);
void oik_dimension_table_free(oik_dimension_table *table);

/** Value of a row for a gender: 0 male, 1 female, between them the mean that lies there. */
static inline double oik_dimension_value(const oik_dimension *row, double gender) {
    return (1.0 - gender) * row->male + gender * row->female;
}

#endif
