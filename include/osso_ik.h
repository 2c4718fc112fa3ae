/**
 * osso_ik: bones from body meshes, and how they move.
 *
 * The only public header. One call per pipeline stage; every call takes const inputs, gives an owned
 * output and reports what went wrong in an oik_error that the caller owns (it may be NULL).
 *
 * Units and frames: metres, radians, seconds; Y up, the subject's left on +x, facing +z in model space.
 * Rotations are 3x3 row-major or quaternions wxyz. The library never prints and never exits.
 */
#ifndef OSSO_IK_H
#define OSSO_IK_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** name, sentence */
#define OIK_STATUS_LIST(X)                                                     \
    X(OIK_OK, "done")                                                          \
    X(OIK_E_ARGUMENT, "an argument is outside what the call accepts")          \
    X(OIK_E_MEMORY, "out of memory")                                           \
    X(OIK_E_IO, "a file could not be read or written")                         \
    X(OIK_E_FORMAT, "a file is not in the expected format")                    \
    X(OIK_E_SHAPE, "an array or mesh has another size than expected")          \
    X(OIK_E_NOT_FINITE, "a number is not finite")                              \
    X(OIK_E_ORDER, "the vertices are not in SMPL order")                       \
    X(OIK_E_MODEL, "a model file is missing, damaged or of another version")   \
    X(OIK_E_SOLVER, "a numerical factorisation failed")                        \
    X(OIK_E_CANCELLED, "stopped by the caller")

typedef enum oik_status {
#define OIK_STATUS_ENUM(name, sentence) name,
    OIK_STATUS_LIST(OIK_STATUS_ENUM)
#undef OIK_STATUS_ENUM
    OIK_N_STATUS
} oik_status;

#define OIK_ERROR_LENGTH 512

/** What went wrong: names the file, the element, what was expected and what was found. */
typedef struct oik_error {
    oik_status status;
    char message[OIK_ERROR_LENGTH];
} oik_error;

/** "OIK_E_FORMAT" for OIK_E_FORMAT; never NULL. */
const char *oik_status_name(oik_status status);
/** One sentence for a status; never NULL. */
const char *oik_status_sentence(oik_status status);

/* ------------------------------------------------------------------ models */

typedef struct oik_model oik_model; /**< body and skeleton model of one sex; const after loading, shared by threads */

/**
 * Read a model archive (format in models/README.md).
 * @return OIK_E_MODEL naming the array when something is missing or damaged, or the content hash does not match
 * Cost: about 0.1 s, 40 MB.
 */
oik_status oik_model_load(oik_model **out, const char *path, oik_error *err);
void oik_model_free(oik_model *model);
/** Human-readable facts of a model: name, sex, counts, licence. The strings live as long as the model. */
typedef struct oik_model_info {
    const char *name, *gender, *licence, *hash;
    size_t n_skin_vertices, n_skin_faces, n_skin_modes;
    size_t n_bones, n_bone_vertices, n_bone_faces, n_parts, n_skeleton_modes, n_joints, n_dofs;
} oik_model_info;
oik_model_info oik_model_get_info(const oik_model *model);

/* ------------------------------------------------------------------ meshes */

typedef struct oik_mesh oik_mesh;

/** Read a PLY or OBJ mesh; vertex order is kept. Errors: OIK_E_IO, OIK_E_FORMAT, OIK_E_SHAPE, OIK_E_NOT_FINITE. */
oik_status oik_mesh_read(oik_mesh **out, const char *path, oik_error *err);
/**
 * A mesh from arrays (copied).
 * @param[in] vertices n_vertices x 3, any of the known units
 * @param[in] faces    n_faces x 3, may be NULL with n_faces = 0
 */
oik_status oik_mesh_from_arrays(oik_mesh **out, const double *vertices, size_t n_vertices, const int32_t *faces,
                                size_t n_faces, oik_error *err);
void oik_mesh_free(oik_mesh *mesh);

/* ------------------------------------------------------------------ stage 1: registered body */

typedef struct oik_body oik_body;

typedef struct oik_stage_options {
    int more_iterations;     /**< 1: tolerances of the iterative solvers twice as tight */
    int (*cancel)(void *context); /**< polled at each optimisation step; non-zero stops with OIK_E_CANCELLED; may be NULL */
    void *cancel_context;
} oik_stage_options;

/**
 * Register the body model to a mesh in SMPL vertex order, in any orientation, unit and chirality.
 * @return OIK_E_SHAPE (vertex count), OIK_E_ORDER (another vertex order), OIK_E_NOT_FINITE, OIK_E_MEMORY
 */
oik_status oik_body_from_mesh(oik_body **out, const oik_model *model, const oik_mesh *mesh, const char *name,
                              const oik_stage_options *options, oik_error *err);
void oik_body_free(oik_body *body);

typedef struct oik_body_info {
    const char *unit;        /**< unit recognised: "m", "mm", ... */
    double units_per_metre;
    int mirrored;            /**< 1: the input was a mirrored body */
    double rms;              /**< registration error [m] */
    double repose_rms;       /**< error of the subject's own skin re-posed [m] */
    double long_edge_share;
    int n_iterations, converged;
    size_t n_modes;
    const double *beta;      /**< n_modes shape parameters, standard deviations */
    double stature;          /**< height of the un-posed subject [m] */
} oik_body_info;
oik_body_info oik_body_get_info(const oik_body *body);

/* ------------------------------------------------------------------ stages 2-4: skeleton */

typedef struct oik_skeleton oik_skeleton;

/** Skeleton shape and placing in the lying pose, inside the subject's own un-posed skin. */
oik_status oik_skeleton_infer(oik_skeleton **out, const oik_model *model, const oik_body *body,
                              const oik_stage_options *options, oik_error *err);
/** The same bones posed into the input body. */
oik_status oik_skeleton_pose(oik_skeleton **out, const oik_model *model, const oik_body *body,
                             const oik_skeleton *lying, const oik_stage_options *options, oik_error *err);
void oik_skeleton_free(oik_skeleton *skeleton);

typedef struct oik_skeleton_info {
    size_t n_vertices, n_faces, n_bones, n_parts;
    const char *const *bone_names;  /**< n_bones */
    const char *const *part_names;  /**< n_parts */
    const int32_t *bone_of_vertex;  /**< n_vertices */
    const int32_t *part_of_vertex;  /**< n_vertices */
    const int32_t *faces;           /**< n_faces x 3 */
    const double *vertices;         /**< n_vertices x 3 [m]; posed: the input's frame; lying: model frame */
    double initial_cost, final_cost;
    int n_iterations;
    const char *stop;               /**< why the solver stopped */
} oik_skeleton_info;
oik_skeleton_info oik_skeleton_get_info(const oik_skeleton *skeleton);

/* ------------------------------------------------------------------ kinematic chain and inverse kinematics */

typedef struct oik_chain oik_chain;

/** Subject-specific chain (joint centres, axes, segment frames, ranges of motion) from the lying skeleton. */
oik_status oik_chain_from_skeleton(oik_chain **out, const oik_model *model, const oik_skeleton *lying, oik_error *err);
void oik_chain_free(oik_chain *chain);

typedef struct oik_motion oik_motion; /**< solved coordinates of one frame, with the posed joint centres and frames */

/** Joint angles of the posed skeleton within the ranges of motion. The motion keeps a reference to the chain, which must outlive it. */
oik_status oik_motion_solve(oik_motion **out, const oik_model *model, const oik_chain *chain, const oik_skeleton *posed,
                            const oik_stage_options *options, oik_error *err);
void oik_motion_free(oik_motion *motion);

typedef struct oik_coordinate {
    const char *name, *joint;
    int translation;        /**< 1: metres, 0: radians */
    double value, lower, upper;
    int bound;              /**< -1 on its lower bound, 1 on its upper bound, else 0 */
    double disagreement;    /**< how far beyond the bound the bones lie */
} oik_coordinate;
size_t oik_motion_n_coordinates(const oik_motion *motion);
oik_coordinate oik_motion_coordinate(const oik_motion *motion, size_t index);

/* ------------------------------------------------------------------ quality gates */

typedef struct oik_gate {
    const char *name, *unit;    /**< SI */
    double value, warn, fail;
    int level;                  /**< 0 passed, 1 warning, 2 failed */
} oik_gate;

enum { OIK_N_GATES = 8 };

typedef struct oik_quality {
    oik_gate gates[OIK_N_GATES];
    int n_gates;
    int level;                  /**< worst of the gates */
} oik_quality;

/** Measure the gates of design: registration, bones outside the skin, joint gaps, ranges of motion. */
oik_status oik_quality_measure(oik_quality *out, const oik_model *model, const oik_body *body, const oik_skeleton *posed,
                               const oik_motion *motion, oik_error *err);

/* ------------------------------------------------------------------ output (each writes a temporary file and renames it) */

/** Registered body: lying = 0 in the input's pose and frame, 1 un-posed. PLY, input units for the posed one. */
oik_status oik_write_body(const oik_model *model, const oik_body *body, int lying, const char *path, oik_error *err);
/** Bones with a label per vertex. what: "all", or the name of one part or one bone. PLY, the input's frame and units when posed. */
oik_status oik_write_skeleton(const oik_skeleton *skeleton, const char *what, const char *path, oik_error *err);
/** Joints, axes, ranges, values and segment frames of the posed subject, schema docs/schema/chain.schema.json. */
oik_status oik_write_chain(const oik_chain *chain, const oik_motion *motion, const char *path, oik_error *err);
oik_status oik_write_angles(const oik_motion *motion, const char *path, oik_error *err);

/** Library version, e.g. "0.1.0". */
const char *oik_version(void);

#ifdef __cplusplus
}
#endif

#endif
