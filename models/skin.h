/**
 * The skin of the built-in open model: template, triangulation, skinning weights, joint regressor and shape modes,
 * all made by code from published body dimensions (tables/skin_dimensions.txt) and from a table that says where on a body
 * each vertex of the SMPL order lies (tables/skin_address.txt).
 *
 * Frame: T-pose, Y up, the subject's left on +x, facing +z, soles on y = 0. Metres.
 * Everything is exactly symmetric: vertex mirror[i] is vertex i with x negated, and so are faces, weights, regressor, modes.
 *
 *   oik_skin_base *base;                                  the parts that the three models share
 *   oik_skin_base_new(&base, "models/tables", &err);
 *   oik_skin_new(&female, base, 1.0, &err);               0 male, 0.5 neutral, 1 female
 */
#ifndef OIK_MODELS_SKIN_H
#define OIK_MODELS_SKIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

#define OIK_SKIN_N_JOINTS 24
#define OIK_SKIN_N_WEIGHTS 4
#define OIK_SKIN_NAME 24

/** An axis of the body that addresses refer to, on the left side or the midline. */
typedef struct oik_skin_segment {
    char name[OIK_SKIN_NAME]; /**< trunk1 trunk2 collar uarm farm neck head thigh shank heel mid mt1 t1 ... thumb2 */
    oik_vec3 A, B;            /**< start and end of the axis [m] */
    oik_vec3 u, w;            /**< unit vectors across the axis: theta = 0 along u, 90 deg along w */
} oik_skin_segment;

/** Where a vertex lies: its ray starts at A + t (B - A) and leaves the skin there. */
typedef struct oik_skin_address {
    uint8_t segment; /**< index of oik_skin_segment */
    uint8_t right;   /**< 1: the address is that of its left-hand twin; negate x of what it gives */
    double t;        /**< 0..1 along the axis */
    double theta;    /**< around the axis [rad] */
    double tilt;     /**< of the ray towards the end B [rad]; not 0 only beyond the axis' ends */
} oik_skin_address;

typedef struct oik_skin {
    size_t n_vertices;                        /**< 6890, SMPL order */
    size_t n_faces;                           /**< 13776, closed manifold of genus 0 */
    size_t n_modes;                           /**< shape modes */
    size_t n_segments;                        /**< 41 address axes */
    size_t n_regressor;                       /**< entries of the joint regressor */
    double gender;                            /**< 0 male .. 1 female */
    oik_vec3 *template_v;                     /**< n_vertices [m] */
    int32_t (*faces)[3];                      /**< n_faces, counter-clockwise from outside; equal in all models of a base */
    oik_vec3 *modes;                          /**< n_modes x n_vertices [m per standard deviation] */
    char (*mode_names)[OIK_SKIN_NAME];        /**< n_modes */
    int32_t *mirror;                          /**< n_vertices, the vertex on the other side (itself on the midline) */
    uint8_t *part;                            /**< n_vertices, SMPL joint with the greatest weight */
    uint8_t (*weight_joint)[OIK_SKIN_N_WEIGHTS]; /**< n_vertices, greatest weight first; unused entries 0 */
    double (*weight)[OIK_SKIN_N_WEIGHTS];     /**< n_vertices, >= 0, sum 1 */
    uint8_t *regressor_joint;                 /**< n_regressor, ascending joint, then vertex */
    int32_t *regressor_vertex;                /**< n_regressor */
    double *regressor_value;                  /**< n_regressor, >= 0, sum 1 per joint */
    oik_vec3 joints[OIK_SKIN_N_JOINTS];       /**< joint centres the surface was built around [m] */
    oik_skin_segment *segments;               /**< n_segments, for this gender */
    oik_skin_address *address;                /**< n_vertices */
} oik_skin;

/** SMPL joint names ("pelvis", "l_hip", ...), parents (-1 for the pelvis) and left/right partners. */
extern const char *const oik_skin_joint_name[OIK_SKIN_N_JOINTS];
extern const int oik_skin_joint_parent[OIK_SKIN_N_JOINTS];
extern const int oik_skin_joint_mirror[OIK_SKIN_N_JOINTS];

/** What the models share: tables, triangulation, weights; computed on the neutral body. */
typedef struct oik_skin_base oik_skin_base;

/**
 * Read the tables and make the shared parts.
 * @param[in] table_dir folder with skin_address.txt and skin_dimensions.txt
 * @return OIK_E_IO, OIK_E_FORMAT with file and line; OIK_E_SOLVER when the triangulation is not a closed manifold of
 *         genus 0 that uses every vertex; OIK_E_MEMORY. *out is NULL on error. About 2 s.
 */
oik_status oik_skin_base_new(oik_skin_base **out, const char *table_dir, oik_error *err);
void oik_skin_base_free(oik_skin_base *base);

/**
 * The skin model of one gender. Deterministic: equal arguments give equal bytes.
 * @param[in] g 0 male .. 1 female; OIK_E_ARGUMENT outside
 * @return OIK_E_MEMORY; *out is NULL on error. Keeps no reference to base. About 0.5 s.
 */
oik_status oik_skin_new(oik_skin **out, const oik_skin_base *base, double g, oik_error *err);
void oik_skin_free(oik_skin *skin);

#endif
