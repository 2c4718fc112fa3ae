/**
 * Shape modes: how the skin moves when a dimension of the body changes by one standard deviation.
 *
 * Dimensions of people are correlated, the coordinates of a model's prior are not. With p the shape parameters, r their correlations and
 * r = L L', p = L beta has these correlations when beta ~ N(0, I): mode i is the sum of L_ji times the change by parameter j. The order is
 * that of skin_dimensions.txt: `size` takes along all that goes with stature, and so on; what comes late is what is left.
 */
#ifndef OIK_MODELS_SKIN_MODES_H
#define OIK_MODELS_SKIN_MODES_H

#include "skin_graph.h"
#include "skin_template.h"

/** One mode per shape parameter, then `gender` (half of the way from male to female, a quarter of that in models of one sex) and `size` (stature). */
enum { OIK_SKIN_N_MODES = OIK_SKIN_N_PARAMETERS + 2 };

typedef struct oik_skin_mode_input {
    const oik_skin_dimension_table *dimensions;
    const oik_skin_address_table *table;
    const oik_skin_graph *graph;
    double gender;
    const double *radius;         /**< n_left, of the body without changes [m] */
    const oik_vec3 *vertices;     /**< n_vertices, of the body without changes [m] */
    const oik_vec3 *male, *female; /**< n_vertices, mean bodies [m] */
} oik_skin_mode_input;

/**
 *   change by a parameter = (I + 3 G)^-1 (V(+1 SD) - V(-1 SD)) / 2,   G the graph Laplacian of the skin
 *
 * A vertex moves by at most 30 mm before smoothing (gender: 90 mm), which cuts off rays that pass from one body part to another.
 *
 * @param[out] modes OIK_SKIN_N_MODES x n_vertices [m per SD], exactly symmetric
 * @param[out] names OIK_SKIN_N_MODES
 * @return OIK_E_MEMORY, OIK_E_SOLVER; OIK_E_FORMAT when the correlations are not positive definite
 */
oik_status oik_skin_modes(oik_vec3 *modes, char (*names)[OIK_SKIN_NAME], const oik_skin_mode_input *in,
                          oik_error *err);

#endif
