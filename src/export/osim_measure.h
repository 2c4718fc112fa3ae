/** Which distances between markers tell the size of each body: the measurements of OpenSim's ScaleTool (osim_setup.h says how). */
#ifndef OIK_EXPORT_OSIM_MEASURE_H
#define OIK_EXPORT_OSIM_MEASURE_H

#include "rig/rig.h"

typedef struct oik_osim_measure {
    int n_pairs;    /**< 0: it cannot be measured itself; 2: of a body on the midline, a pair and its mirror image */
    int pair[2][2]; /**< markers */
    int like;       /**< body whose measurement it takes: itself, its mirror image or an ancestor; -1: none */
    int mirror;     /**< body of the other side, -1: none */
} oik_osim_measure;

/** @param[out] out n_bodies, freed by the caller; NULL on error. OIK_E_MEMORY. O(n_bodies^2 n_markers + n_markers^2 n_bodies). */
oik_status oik_osim_measure_new(oik_osim_measure **out, const oik_rig *rig, oik_error *err);

#endif
