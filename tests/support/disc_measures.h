/**
 * Heights of the intervertebral disc spaces of a placed puppet of the built-in model, as lateral radiographs are measured: between the facing
 * end plates, along the bisector of their normals (Frobin et al. 1997, Clin Biomech 12 Suppl 1 [L]), in front, in the middle and behind, as
 * the heights of "the radiological space between two vertebrae" are published (MRI of 106, abstract discovery.researcher.life 9fbcab06d9e2).
 * The places on the plates are fixed points of the bones, found once on the template, so that they are the same in every subject and pose.
 */
#ifndef TESTS_SUPPORT_DISC_MEASURES_H
#define TESTS_SUPPORT_DISC_MEASURES_H

#include "skeleton/skeleton.h"

/** Sacrum and L5 first, C3 and C2 last. */
enum { N_DISCS = 23, FIRST_NECK_DISC = 17 };
enum { DISC_MIDDLE, DISC_FRONT, DISC_BACK, DISC_LEFT, DISC_RIGHT, N_DISC_PLACES };

/** A point of a triangle: its corner + u, v times its edges. */
typedef struct plate_point {
    size_t face;
    double u, v;
} plate_point;

typedef struct spine_discs {
    const oik_skel_model *model; /**< borrowed */
    plate_point plate[N_DISCS][2][N_DISC_PLACES]; /**< upper end plate of the lower bone, lower one of the upper bone */
} spine_discs;

/** Lengths in millimetres. */
typedef struct disc_heights {
    double at[N_DISC_PLACES];
    double space; /**< mean of front, middle and back: the height of the disc space in the median plane */
} disc_heights;

/** Ends the test when an end plate is not found. */
spine_discs spine_discs_find(const oik_skel_model *model);
void spine_discs_measure(disc_heights out[N_DISCS], const spine_discs *discs, const oik_puppet *puppet);
/** e.g. "sacrum and L5" */
const char *disc_name(int disc);

#endif
