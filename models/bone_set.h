/**
 * The bones of the open anatomical model: closed triangle meshes with named landmarks, made by code.
 *
 * Only left bones and midline bones are made; a right bone is the mirror image (x -> -x) of its left one.
 * Every mesh is one component, closed, 2-manifold and oriented outwards. Midline bones are exactly symmetric: the
 * mirror image of every vertex is a vertex, and of every face a face.
 *
 * A set as generated is that of an adult male of 1.75 m, near published dimensions; bone_fit.h makes the sets of both sexes of it.
 *
 * Frames (+x the subject's left, +y up, +z forward):
 *   torso  origin midway between the hip-joint centres: vertebrae, sacrum, hip bone, ribs, sternum, cartilages
 *   skull  origin midway between the poria, Frankfurt plane horizontal: skull, mandible
 *   thigh  origin hip-joint centre: femur; patella has its own centre as origin
 *   shank  origin knee centre: tibia, fibula
 *   foot   origin ankle centre: talus, calcaneus, navicular, cun1..3, cuboid, mt1..5, toe11..53
 *   arm    origin glenohumeral centre: humerus, scapula (scapular plane = xy plane); clavicle: sternoclavicular centre
 *   forearm origin elbow centre, full supination: ulna, radius
 *   hand   origin wrist centre, palm forward: car0..7 (scaphoid, lunate, triquetrum, pisiform, trapezium, trapezoid,
 *          capitate, hamate), mc1..5, fin11..53 (ray, then 1 proximal, 2 middle, 3 distal phalanx)
 */
#ifndef OIK_MODELS_BONE_SET_H
#define OIK_MODELS_BONE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

#define OIK_BONE_NAME 24
#define OIK_BONE_MAX_LANDMARKS 64

typedef struct oik_landmark {
    char name[OIK_BONE_NAME];
    bool on_surface; /**< lies on the mesh; false: a joint centre or another point off the surface */
    oik_vec3 p;      /**< [m] */
    oik_vec3 rest;   /**< before fitting, equal to p in a set that is not fitted [m] */
} oik_landmark;

typedef struct oik_bone {
    char name[OIK_BONE_NAME];
    bool midline;   /**< symmetric in x; false: the left one of a pair */
    bool cartilage; /**< costal cartilage, not bone */
    oik_mat3 axes;  /**< columns: lateral, up, forward of the bone; its frame's, but for vertebrae and sacrum, which lean in it */
    size_t n_v, n_f;
    oik_vec3 *v;        /**< n_v vertices [m] */
    oik_vec3 *rest;     /**< n_v vertices before fitting [m]; NULL in a set that is not fitted */
    int32_t (*f)[3];    /**< n_f faces, counter-clockwise seen from outside */
    int n_landmarks;
    oik_landmark landmarks[OIK_BONE_MAX_LANDMARKS];
} oik_bone;

struct oik_bone_warps;

typedef struct oik_bone_set {
    int n;
    oik_bone *bones;              /**< n */
    struct oik_bone_warps *warps; /**< what fitted the set (bone_fit.h); NULL in a set that is not fitted */
} oik_bone_set;

/**
 * Generate all bones.
 *
 * @param[out] out       owned by the caller, NULL on error
 * @param[in]  detail    scales the number of faces; 1: about 52,000 vertices when the left bones are counted twice;
 *                       0.1 to 8
 * @param[in]  n_threads >= 1; bones are shared out between threads, the result does not depend on their number
 * @param[out] err       may be NULL
 * @return OIK_OK; OIK_E_ARGUMENT; OIK_E_MEMORY; OIK_E_MODEL when a shape description does not give one closed surface
 * Cost: about 13 s of one core and up to 160 MB per thread at detail 1.
 */
oik_status oik_bone_set_new(oik_bone_set **out, double detail, int n_threads, oik_error *err);

/** As oik_bone_set_new, but only the bone of this name (OIK_E_ARGUMENT when there is none). */
oik_status oik_bone_set_new_one(oik_bone_set **out, const char *name, double detail, oik_error *err);

void oik_bone_set_free(oik_bone_set *set);

/** NULL when there is no bone of that name. */
const oik_bone *oik_bone_find(const oik_bone_set *set, const char *name);

/** A landmark by its name; NULL when the bone has none of that name. */
const oik_landmark *oik_bone_mark_of(const oik_bone *bone, const char *name);

/** Position of a landmark [m]; NULL when the bone has none of that name. */
const oik_vec3 *oik_bone_landmark(const oik_bone *bone, const char *name);

#endif
