/**
 * Smooth fields that fit bones to dimensions, as data. A bone point moves by the sum of the fields that name its bone:
 *
 *   x' = x + sum_k w_k(x) d_k(x; a_k)      x in the frame before fitting, a_k the amounts
 *
 * so that fields do not depend on each other, bones that share a field stay congruent, and amounts add up linearly (but for rotations).
 * In a midline bone a field is evaluated at |x| and mirrored. Then the spine is stood up again and the cage follows (bone_stand.h).
 *
 * Rows of the table: "group | bones | name | field | weight". Rows of one group and name share the amount. Bones are separated by
 * blanks, a name may end in "*"; "each" before them makes one row, with an amount of its own, for each bone. Points and directions as in
 * bone_geometry.h, of the first bone (after "each": of each bone), before fitting.
 *
 *   stretch P Q        a [mm] along P -> Q: rises from 0 at P to a at Q; what lies before P and beyond Q moves as one piece
 *   scale D C          a [1]: along direction D about point C
 *   swell C            a [1]: in all directions about C
 *   section P Q        a [1]: away from the line through P and Q, fading out at both
 *   rotate D C         a [deg] about direction D through C
 *   move D             a [mm]
 *
 *   weight: "all", or a product of
 *   in P R F           1 within R mm of P, 0 beyond F mm
 *   from P Q           0 at P, 1 at Q and beyond, along P -> Q
 *   out C R            1 within R mm of C, R / distance beyond, so that what lies further away is pushed by a swelling as one piece
 */
#ifndef OIK_MODELS_BONE_WARP_H
#define OIK_MODELS_BONE_WARP_H

#include "models/bone_set.h"

typedef enum oik_warp_kind {
    OIK_WARP_STRETCH, OIK_WARP_SCALE, OIK_WARP_SWELL, OIK_WARP_SECTION, OIK_WARP_ROTATE, OIK_WARP_MOVE, OIK_WARP_STAND
} oik_warp_kind;

typedef enum oik_warp_weight_kind { OIK_WARP_IN, OIK_WARP_FROM, OIK_WARP_OUT } oik_warp_weight_kind;

enum { OIK_WARP_MOST_WEIGHTS = 4 };

typedef struct oik_warp_weight {
    oik_warp_weight_kind kind;
    oik_vec3 p, q;
    double r, f; /**< [m] */
} oik_warp_weight;

/** One row for one bone. */
typedef struct oik_warp_row {
    int bone, parameter;
    oik_warp_kind kind;
    oik_vec3 p, q; /**< points, or a direction in p and a point in q */
    int n_weights;
    oik_warp_weight weights[OIK_WARP_MOST_WEIGHTS];
} oik_warp_row;

typedef struct oik_warp_parameter {
    char group[24], name[40];
    oik_warp_kind kind;
    double amount; /**< [mm], [1] or [deg] */
} oik_warp_parameter;

struct oik_bone_stand;

typedef struct oik_bone_warps {
    int n_rows, n_parameters, n_bones;
    oik_warp_row *rows; /**< by bone: those of bone b are first[b] .. first[b + 1] - 1 */
    int *first;         /**< n_bones + 1 */
    oik_warp_parameter *parameters;
    struct oik_bone_stand *stand; /**< bone_stand.h */
} oik_bone_warps;

/** @return OIK_E_IO; OIK_E_FORMAT; OIK_E_MODEL naming the line. Amounts are 0. */
oik_status oik_bone_warps_load(oik_bone_warps **out, const char *path, const oik_bone_set *base, oik_error *err);
void oik_bone_warps_free(oik_bone_warps *warps);

/** Index of the parameter of this group and name, made when there is none; -1 without memory. */
int oik_bone_warps_parameter(oik_bone_warps *warps, const char *group, const char *name, oik_warp_kind kind, oik_error *err);

/** Where the fields of a bone take a point of the frame before fitting [m]; `midline` as in oik_bone. */
oik_vec3 oik_bone_warps_apply(const oik_bone_warps *warps, int bone, bool midline, oik_vec3 x);

#endif
