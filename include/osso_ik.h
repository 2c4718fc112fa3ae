/**
 * osso_ik: bones from body meshes, and how they move.
 *
 * The only public header. One call per pipeline stage; every call takes const inputs, gives an owned
 * output and reports what went wrong in an oik_error that the caller owns (it may be NULL).
 *
 * Units and frames: metres, radians, seconds; Y up, the subject's left on +x, facing +z in model space.
 * Rotations are 3x3 row-major or quaternions wxyz. The library never prints and never exits.
 *
 * The objects of a call must belong together: bodies and skeletons to the model (loaded once or twice), chains and motions to the segments
 * of the skeleton. Where they do not, calls return OIK_E_ARGUMENT.
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
    const char *family;      /**< "STAR" or "SMPL" of an imported model, whose shape space is SMPL's; NULL: a shape space of its own */
    size_t n_pose_features;  /**< that drive correctives of the skin: 92 (STAR), 207 (SMPL) or 0 */
    size_t n_rigid_parts;    /**< that placing and posing move; a part of the output may be several of them */
    int has_reference;       /**< 1: the published method can run on it */
    const int32_t *skin_faces; /**< n_skin_faces x 3, counter-clockwise seen from outside; lives as long as the model */
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

/** What a mesh holds; the pointers live as long as it. */
typedef struct oik_mesh_info {
    size_t n_vertices, n_faces;
    const double *vertices; /**< n_vertices x 3, in the unit and order of its source */
    const int32_t *faces;   /**< n_faces x 3, numbers of vertices from 0; polygons are fanned */
} oik_mesh_info;
oik_mesh_info oik_mesh_get_info(const oik_mesh *mesh);

/* ------------------------------------------------------------------ stage 1: registered body */

typedef struct oik_body oik_body;

/** Which solver stages 1 to 4 run. */
typedef enum oik_method {
    OIK_METHOD_REFINED,  /**< this project's: solved to convergence, independent of orientation, bones kept inside the skin */
    OIK_METHOD_REFERENCE /**< the published method (Keller et al., OSSO, CVPR 2022) step by step; imported models only */
} oik_method;

/** An accepted step of registration, placing or posing. Pointers live as long as the call that gets it. */
typedef struct oik_step {
    const char *stage;   /**< name of the call that takes it, as oik_call_info has it */
    int iteration;       /**< from 1; where it does not grow within a call, bones that left the skin are solved for anew */
    double cost;         /**< sum of squares; registration of the refined method: root mean square distance [m] */
    const double *skin;  /**< n_skin_vertices x 3, the model's in SMPL order [m]; NULL when placing and posing */
    size_t n_parts;      /**< n_rigid_parts; 0 when registering */
    const double *part_R; /**< n_parts x 9 row-major, or NULL; with part_t and shape for oik_skeleton_place */
    const double *part_t; /**< n_parts x 3 [m] */
    const double *shape;  /**< n_skeleton_modes */
} oik_step;

/** All zero: the defaults. */
typedef struct oik_stage_options {
    int more_iterations;     /**< 1: tolerances of the iterative solvers twice as tight; reference: on to convergence */
    int (*cancel)(void *context); /**< polled at each optimisation step; non-zero stops with OIK_E_CANCELLED; may be NULL */
    void *cancel_context;
    oik_method method;
    int (*on_step)(void *context, const oik_step *step); /**< after each accepted step; non-zero stops as cancel; may be NULL */
    void *step_context;
} oik_stage_options;

/**
 * Register the body model to a mesh in SMPL vertex order, in any orientation, unit and chirality (the published method: upright and
 * facing +z).
 * @return OIK_E_SHAPE (vertex count), OIK_E_ORDER (another vertex order), OIK_E_NOT_FINITE, OIK_E_MEMORY; OIK_E_MODEL (the published
 *         method on a model without its tables)
 */
oik_status oik_body_from_mesh(oik_body **out, const oik_model *model, const oik_mesh *mesh, const char *name,
                              const oik_stage_options *options, oik_error *err);

/** Body parameters of the SMPL family, Y up unless z_up is set. */
typedef struct oik_body_parameters {
    size_t n_betas;      /**< those past the model's modes are not used */
    const double *betas; /**< n_betas, in SMPL's shape space: used by imported models only */
    const double *pose;  /**< 24 x 3 rotation vectors [rad] */
    const double *trans; /**< 3 [m], NULL: zeros; as in SMPL, the root turns about its rest joint */
    int z_up;            /**< 1: of a world with Z up, as in AMASS; the body comes out with Y up */
} oik_body_parameters;

/** A body from parameters in place of a mesh: the model's skin, nothing to register. OIK_E_NOT_FINITE, OIK_E_MEMORY, OIK_E_MODEL. */
oik_status oik_body_from_parameters(oik_body **out, const oik_model *model, const oik_body_parameters *parameters,
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

/** The skins of a body, vertex by vertex in the model's order; the pointers live as long as the body. */
typedef struct oik_skin_info {
    size_t n_vertices, n_faces;
    const double *measured;  /**< n_vertices x 3, the input [m]; of body parameters the same as posed */
    const double *posed;     /**< n_vertices x 3, the model registered to it, in the input's frame [m] */
    const double *unposed;   /**< n_vertices x 3, the subject's own skin in the model's posture of rest and frame [m] */
    const int32_t *faces;    /**< n_faces x 3, closed, counter-clockwise seen from outside: the input's where it bounds the body */
    const int32_t *of_input; /**< n_vertices, vertex of the input: another one only where the input was mirrored */
} oik_skin_info;
oik_skin_info oik_body_get_skin(const oik_body *body);
/**
 * The subject's own skin around the lying bones, in the frame of the lying skeleton.
 * @param[out] vertices n_vertices x 3 [m]
 * @return OIK_E_ARGUMENT for a body of another model; OIK_E_MEMORY
 */
oik_status oik_body_place_lying_skin(double *vertices, const oik_model *model, const oik_body *body, oik_error *err);

/** One call of a minimiser; a stage of the published method may have several. */
typedef struct oik_call_info {
    const char *name;       /**< "registration", "placing", "posing"; reference: "registration 1" to "4", "placing", "posing A" to "C" */
    int n_iterations;       /**< accepted steps */
    double initial_cost, final_cost; /**< sums of squares; NaN where there is none */
    const char *stop;       /**< why it stopped */
} oik_call_info;

size_t oik_body_n_calls(const oik_body *body);
/** All zero, with empty texts, for a call that there is not. */
oik_call_info oik_body_get_call(const oik_body *body, size_t index);

/* ------------------------------------------------------------------ stages 2-4: skeleton */

typedef struct oik_skeleton oik_skeleton;

/**
 * Skeleton shape and placing in the lying pose, inside the subject's own un-posed skin.
 * @return OIK_E_MEMORY, OIK_E_SOLVER; of the published method OIK_E_MODEL (no tables), OIK_E_ARGUMENT (a body of the other method)
 */
oik_status oik_skeleton_infer(oik_skeleton **out, const oik_model *model, const oik_body *body,
                              const oik_stage_options *options, oik_error *err);
/** The same bones posed into the input body. Errors as above; OIK_E_ARGUMENT also when lying is posed already. */
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
    double initial_cost, final_cost; /**< of the first and of the last call */
    int n_iterations;               /**< of all calls */
    const char *stop;               /**< why the last call stopped */
} oik_skeleton_info;
oik_skeleton_info oik_skeleton_get_info(const oik_skeleton *skeleton);

size_t oik_skeleton_n_calls(const oik_skeleton *skeleton);
/** All zero, with empty texts, for a call that there is not. */
oik_call_info oik_skeleton_get_call(const oik_skeleton *skeleton, size_t index);

/**
 * Bone vertices of a step.
 * @param[out] vertices n_bone_vertices x 3 [m]
 * @param[in]  part_R,part_t,shape as in oik_step
 * @return OIK_E_MEMORY
 */
oik_status oik_skeleton_place(double *vertices, const oik_model *model, const double *part_R, const double *part_t, const double *shape,
                              oik_error *err);

/* ------------------------------------------------------------------ results of stages in files (.npz, arrays in man osso_ik) */

/*
 * A file holds a result and the key of what it was computed from: version of the library, stage, method, more_iterations, content of
 * mesh or parameters, model, result of the stage before. The load calls take the same inputs as the calls that compute; they give the
 * same result to the last bit, or OIK_E_FORMAT with a sentence on what the file was made from instead, or what is damaged;
 * OIK_E_IO; OIK_E_MEMORY.
 */

/** OIK_E_ARGUMENT for the body of a sequence; OIK_E_IO; OIK_E_MEMORY. */
oik_status oik_body_save(const oik_body *body, const oik_model *model, const char *path, oik_error *err);
oik_status oik_body_load(oik_body **out, const oik_model *model, const oik_mesh *mesh, const oik_stage_options *options,
                         const char *path, oik_error *err);
oik_status oik_body_load_from_parameters(oik_body **out, const oik_model *model, const oik_body_parameters *parameters,
                                         const oik_stage_options *options, const char *path, oik_error *err);
/** Errors as oik_body_save. */
oik_status oik_skeleton_save(const oik_skeleton *skeleton, const oik_model *model, const char *path, oik_error *err);
/** @param[in] lying NULL for the lying skeleton; else the one that was posed */
oik_status oik_skeleton_load(oik_skeleton **out, const oik_model *model, const oik_body *body, const oik_skeleton *lying,
                             const oik_stage_options *options, const char *path, oik_error *err);

/* ------------------------------------------------------------------ kinematic chain and inverse kinematics */

typedef struct oik_chain oik_chain;

/** Subject-specific chain (joint centres, axes, segment frames, ranges of motion) from the lying skeleton. */
oik_status oik_chain_from_skeleton(oik_chain **out, const oik_model *model, const oik_skeleton *lying, oik_error *err);
void oik_chain_free(oik_chain *chain);

typedef struct oik_motion oik_motion; /**< solved coordinates of a chain, in one frame or many */

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
/** Of frame 0. */
oik_coordinate oik_motion_coordinate(const oik_motion *motion, size_t index);

size_t oik_motion_n_frames(const oik_motion *motion);
/** A frame as the solver left it; pointers live as long as the motion. */
typedef struct oik_motion_frame {
    double time;                /**< [s] */
    const double *coordinates;  /**< n_coordinates [rad], [m] */
    double position_error;      /**< root mean square distance to the measured points [m]; NaN when there are none */
} oik_motion_frame;
/** All zero for a frame that the motion does not have. */
oik_motion_frame oik_motion_get_frame(const oik_motion *motion, size_t frame);

size_t oik_motion_n_segments(const oik_motion *motion);
/** "" for an index that the chain does not have. */
const char *oik_motion_segment_name(const oik_motion *motion, size_t index);
/**
 * Where the segments are in one frame.
 * @param[out] R      n_segments x 9 row-major, segment -> world
 * @param[out] origin n_segments x 3 [m]
 * @return OIK_E_ARGUMENT (no such frame); OIK_E_MEMORY
 */
oik_status oik_motion_place_segments(double *R, double *origin, const oik_motion *motion, size_t frame, oik_error *err);

/* ------------------------------------------------------------------ motion from keypoints */

typedef struct oik_chain_file oik_chain_file; /**< a chain, its posture of rest, and which keypoint measures what */

/**
 * Read a chain (docs/chain-files.md).
 * @param[in] name one of a collection; NULL: the file's only one
 * @return OIK_E_IO; OIK_E_FORMAT naming file, joint and what was expected; OIK_E_MEMORY
 */
oik_status oik_chain_load(oik_chain_file **out, const char *path, const char *name, oik_error *err);
/** The subject's own chain, with the 17 keypoints of Human3.6M at its joint centres. */
oik_status oik_chain_file_from_skeleton(oik_chain_file **out, const oik_skeleton *lying, oik_error *err);
void oik_chain_file_free(oik_chain_file *file);

/** Measured keypoints as arrays, which stay the caller's. */
typedef struct oik_keypoint_arrays {
    size_t n_frames, n_points;
    int n_numbers;            /**< 3: x y z; 4: a confidence >= 0 as well */
    const double *values;     /**< n_frames x n_points x n_numbers [m]; NaN or confidence 0: missing */
    const char *const *names; /**< n_points, or NULL: those of Human3.6M when there are 17, else "0", "1", ... */
    const double *time;       /**< n_frames ascending [s], or NULL: even steps */
    double fps;               /**< without time; 0: 30 */
} oik_keypoint_arrays;

/** All zero: the defaults. */
typedef struct oik_keypoint_options {
    double noise;      /**< standard deviation of a measured coordinate [m]; 0: measured */
    double smoothness; /**< factor on the weight of smooth motion; 0: 1 */
    double robust;     /**< distance beyond which keypoints count less and less [m]; 0: squares */
    double cutoff_hz;  /**< low-pass without delay over the solved motion; 0: none */
    int (*progress)(void *context, size_t n_done); /**< non-zero stops with OIK_E_CANCELLED; may be NULL */
    void *context;
} oik_keypoint_options;

/** How keypoints and chain went together. */
typedef struct oik_keypoint_report {
    size_t n_matched;        /**< keypoints that measure a point of the chain */
    size_t n_dropped_pairs;  /**< pairs of the chain file that contradict the measured distances */
    double scale;            /**< measured lengths / the chain's; lengths are made the chain's */
    double length_mismatch;  /**< how far lengths differ once the scale is taken out, relative */
    double noise;            /**< measured [m]; NaN: not measured */
} oik_keypoint_report;

/**
 * Motion of a chain from keypoints, over the whole sequence at once, in the frame of the keypoints.
 *
 * @param[out] out    it keeps a reference to the chain, which must outlive it
 * @param[out] report may be NULL
 * @param[in]  options NULL for the defaults
 * @return OIK_E_ARGUMENT (options, times that do not ascend or, for a low-pass, are not even); OIK_E_FORMAT (a keypoint that the chain
 *         needs is not there, none is seen); OIK_E_NOT_FINITE; OIK_E_CANCELLED; OIK_E_SOLVER; OIK_E_MEMORY
 */
oik_status oik_motion_from_keypoints(oik_motion **out, oik_keypoint_report *report, const oik_chain_file *chain,
                                     const oik_keypoint_arrays *keypoints, const oik_keypoint_options *options, oik_error *err);
/**
 * The same from a file: .txt (17 rows a frame), .trc or .npz.
 * @param[in] fps frames per second; 0: the file's own, else 30
 * @return also OIK_E_IO
 */
oik_status oik_motion_from_keypoint_file(oik_motion **out, oik_keypoint_report *report, const oik_chain_file *chain, const char *path,
                                         double fps, const oik_keypoint_options *options, oik_error *err);

/* ------------------------------------------------------------------ sequences of meshes */

/**
 * One subject over time: every mesh is registered and its bones are posed from the frame before (35 ms instead of 350), then joint
 * angles are solved over all frames at once. Memory for one frame, and 4 kB more for each.
 */
typedef struct oik_sequence oik_sequence;

/** What one frame gave. */
typedef struct oik_sequence_frame {
    double registration_rms;  /**< [m] */
    double repose_rms;        /**< of the subject's own skin re-posed [m] */
    double long_edge_share;
    double outside_share;     /**< bone vertices outside the skin, of every eighth one */
    double outside_depth;     /**< the farthest of them [m] */
    double hip_gap, shoulder_gap; /**< [m] */
    int restarted;            /**< 1: posed without the frame before, 0: from it */
    int n_iterations;         /**< of posing */
} oik_sequence_frame;

/**
 * @param[in] options copied; cancel is polled before each frame. The model must outlive the sequence.
 * @return OIK_E_ARGUMENT for the published method, which knows single bodies only; OIK_E_MEMORY
 */
oik_status oik_sequence_new(oik_sequence **out, const oik_model *model, const oik_stage_options *options, oik_error *err);
void oik_sequence_free(oik_sequence *sequence);
/**
 * Add the next frame. The subject is learned from the first one, whose unit, chirality and faces are those of all frames.
 * @param[in] time later than the last frame's [s]
 * @param[in] name of the mesh, for messages
 * @return as oik_body_from_mesh; OIK_E_ARGUMENT for the time. A frame that fails leaves no trace: the next one can be added.
 */
oik_status oik_sequence_add(oik_sequence *sequence, const oik_mesh *mesh, double time, const char *name, oik_error *err);
size_t oik_sequence_n_frames(const oik_sequence *sequence);
oik_sequence_frame oik_sequence_get_frame(const oik_sequence *sequence, size_t frame);
/** The last frame's body and posed bones, and the lying bones; they change with the next frame. NULL before the first frame. */
const oik_body *oik_sequence_body(const oik_sequence *sequence);
const oik_skeleton *oik_sequence_posed(const oik_sequence *sequence);
const oik_skeleton *oik_sequence_lying(const oik_sequence *sequence);

/** Joint angles of all frames; the chain is that of oik_sequence_lying (oik_chain_from_skeleton). Errors as in oik_motion_solve. */
oik_status oik_sequence_solve(oik_motion **out, const oik_sequence *sequence, const oik_chain *chain, oik_error *err);

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

/** The same over a sequence: every gate at its worst frame, and at the mean of the frames. */
oik_status oik_sequence_quality(oik_quality *worst, oik_quality *mean, const oik_sequence *sequence, const oik_motion *motion,
                                oik_error *err);

/* ------------------------------------------------------------------ output (each writes a temporary file and renames it) */

/** Registered body: lying = 0 in the input's pose and frame, 1 un-posed. PLY, input units for the posed one. */
oik_status oik_write_body(const oik_model *model, const oik_body *body, int lying, const char *path, oik_error *err);
/** Bones with a label per vertex. what: "all", or the name of one part or one bone. PLY, the input's frame and units when posed. */
oik_status oik_write_skeleton(const oik_skeleton *skeleton, const char *what, const char *path, oik_error *err);
/**
 * Joints, axes, ranges, values and segment frames of the posed subject, schema docs/schema/chain.schema.json.
 * Of a sequence: in its first frame. OIK_E_ARGUMENT for a motion from keypoints.
 */
oik_status oik_write_chain(const oik_chain *chain, const oik_motion *motion, const char *path, oik_error *err);
/** NAME_angles.csv: coordinates, a line per frame. */
oik_status oik_write_angles(const oik_motion *motion, const char *path, oik_error *err);
/** NAME_orientations.txt: "# format: quat", then rows "frame joint qw qx qy qz". */
oik_status oik_write_orientations(const oik_motion *motion, const char *path, oik_error *err);
/** NAME_segments.csv: position, orientation, angular velocity and acceleration of every segment, a line per frame. */
oik_status oik_write_segments(const oik_motion *motion, const char *path, oik_error *err);
/** NAME_rates.csv: velocity and acceleration of every coordinate, a line per frame. */
oik_status oik_write_rates(const oik_motion *motion, const char *path, oik_error *err);
/** NAME_motion.json: coordinates, residuals, bounds, solver, schema docs/schema/motion.schema.json. */
oik_status oik_write_motion(const oik_motion *motion, const char *path, oik_error *err);

/* ------------------------------------------------------------------ rigs: what other programs of the field open */

typedef struct oik_rig oik_rig; /**< bones on a tree of bodies with joints, masses, markers, skin and motion; keeps nothing of its inputs */

/** All zero: the defaults. */
typedef struct oik_rig_options {
    const char *name; /**< of the subject; what is not a letter, digit or _ becomes _; NULL: "subject" */
    double mass;      /**< [kg], 1 to 500; 0: estimated from the volume of the skin */
    int full;         /**< 0: the bodies, joints and coordinates of Rajagopal et al. 2016; 1: also neck, head, clavicles and scapulae */
    double up[3];     /**< signed axis that points up in the frame of the motion, such as 0 0 1; zeros: found by oik_motion_up */
} oik_rig_options;

/**
 * The signed axis that points up in the frame of a motion. Text keypoints say it: their z, which is y in the motion of a subject's own
 * chain. Else it is that nearest to the way from the feet to the neck, in the mean of all frames; a subject who lies down misleads it.
 *
 * @param[out] up 3
 * @return OIK_E_MEMORY
 */
oik_status oik_motion_up(double up[3], const oik_motion *motion, oik_error *err);

/**
 * A rig stands on the ground of OpenSim, x forward, y up, z right: the motion is turned so that up becomes y, then its z to x and its x to
 * -z. It stays about the same origin.
 *
 * @param[in] skeleton posed: the motion is of its mesh (of a sequence: its last frame; its bones ride at the mean of their places over all
 *                     frames); lying: any motion of the subject's chain, also from keypoints
 * @param[in] options  NULL for the defaults
 * @return OIK_E_ARGUMENT (the mass, up; skeleton and motion that do not belong together); OIK_E_MODEL when the chain has not the segments
 *         that a rig needs, naming one; OIK_E_NOT_FINITE; OIK_E_MEMORY
 * Cost: about 15 ms, and 20 us a frame.
 */
oik_status oik_rig_from_skeleton(oik_rig **out, const oik_model *model, const oik_body *body, const oik_skeleton *skeleton,
                                 const oik_motion *motion, const oik_rig_options *options, oik_error *err);
void oik_rig_free(oik_rig *rig);

/**
 * What a rig holds; the pointers of this and the next calls live as long as it.
 *
 * A body's frame has x to the front, y up and z to the right of its segment, and begins at the centre of the joint that moves it. With R_p,
 * o_p the place of the parent (of the ground: no turn, the origin), coordinates q of the joint about and along axes a:
 *
 *   R = R_p A Rot(a_1, q_1) Rot(a_2, q_2) ... B^T,     o = o_p + R_p (centre + A (sum over translations q a))
 */
typedef struct oik_rig_info {
    const char *name, *gender;
    double mass, stature;         /**< [kg], [m] */
    int mass_estimated;           /**< 1: from the volume of the skin */
    double up[3];                 /**< in the frame of the motion */
    double world[9];              /**< row-major rotation from the frame of the motion to the rig's: x forward, y up, z right */
    size_t n_bodies, n_coordinates, n_bones, n_markers, n_frames;
    const double *time;           /**< n_frames [s] */
    const double *coordinates;    /**< n_frames x n_coordinates [rad], [m] */
} oik_rig_info;
oik_rig_info oik_rig_get_info(const oik_rig *rig);

/** A body and the joint that moves it; rotations come before translations. */
typedef struct oik_rig_body_info {
    const char *name, *joint;
    int parent;                   /**< body before it; -1: ground */
    double mass;                  /**< [kg] */
    double mass_centre[3];        /**< in the body's frame [m] */
    double inertia[6];            /**< about the mass centre along the body's axes: xx yy zz xy xz yz [kg m^2] */
    double centre[3];             /**< of the joint, in the parent's frame [m] */
    double A[9], B[9];            /**< joint frame in the parent's and in this body's frame, row-major */
    size_t first_coordinate, n_rotations, n_translations;
} oik_rig_body_info;
/** All zero, with empty names, for a body that the rig does not have; so with the next three. */
oik_rig_body_info oik_rig_get_body(const oik_rig *rig, size_t index);

typedef struct oik_rig_coordinate_info {
    const char *name;
    int body;                     /**< that it moves */
    int translation;              /**< 1: metres, 0: radians */
    double axis[3];               /**< in the joint frame, unit */
    double lower, upper, neutral; /**< range, and value in the neutral posture */
    int follows;                  /**< coordinate that it is a function of, else -1 */
} oik_rig_coordinate_info;
oik_rig_coordinate_info oik_rig_get_coordinate(const oik_rig *rig, size_t index);

typedef struct oik_rig_marker_info {
    const char *name;
    int body;
    double at[3];                 /**< in the body's frame [m] */
    int fixed;                    /**< 1: over a bony landmark or at a joint centre, 0: on soft tissue */
} oik_rig_marker_info;
oik_rig_marker_info oik_rig_get_marker(const oik_rig *rig, size_t index);

typedef struct oik_rig_bone_info {
    const char *name;
    int body;
    size_t n_vertices, n_faces;
    const double *vertices;       /**< n_vertices x 3, in the body's frame [m] */
    const int32_t *faces;         /**< n_faces x 3 */
} oik_rig_bone_info;
oik_rig_bone_info oik_rig_get_bone(const oik_rig *rig, size_t index);

/**
 * Where the bodies are.
 * @param[out] R           n_bodies x 9 row-major, body -> the rig's world; NULL: not wanted
 * @param[out] origin      n_bodies x 3 [m]; NULL: not wanted
 * @param[in]  coordinates n_coordinates, of a frame or any others [rad], [m]; those that follow others are taken as they are
 * @return OIK_E_MEMORY
 */
oik_status oik_rig_place_bodies(double *R, double *origin, const oik_rig *rig, const double *coordinates, oik_error *err);
/** Where the markers are: at, n_markers x 3, in the rig's world [m]. Errors as above. */
oik_status oik_rig_place_markers(double *at, const oik_rig *rig, const double *coordinates, oik_error *err);

/**
 * Write a rig. Formats:
 *
 *   "osim"         DIR/NAME.osim, and in DIR what OpenSim runs with it: NAME.mot, NAME.trc, NAME_static.trc, NAME_ik_setup.xml,
 *                  NAME_scale_setup.xml, Geometry/
 *   "mot", "trc"   coordinates, virtual markers
 *   "c3d"          virtual markers, and the poses of the bodies (ROTATION)
 *   "bvh", "glb"   animation; binary glTF with bones and skin
 *   "mjcf", "urdf" MuJoCo, ROS; the bones' meshes in a folder beside the file
 *   "addb"         path is a folder for AddBiomechanics, made when it is not there
 *
 * @return OIK_E_ARGUMENT (another format; a path that does not end with .osim; bvh, c3d: uneven time steps); OIK_E_MODEL (addb of a full
 *         rig); OIK_E_NOT_FINITE; OIK_E_IO; OIK_E_MEMORY. Of several files those before the one that failed stay.
 */
oik_status oik_write_rig(const oik_rig *rig, const char *format, const char *path, oik_error *err);
/**
 * NAME.png: bones inside the translucent skin, from the front, from the right and from behind, upright.
 * @param[in] title of the picture, or NULL
 * @return OIK_E_ARGUMENT for a lying skeleton; OIK_E_IO; OIK_E_MEMORY. Cost: 0.3 s, 20 MB.
 */
oik_status oik_write_picture(const oik_body *body, const oik_skeleton *posed, const char *title, const char *path, oik_error *err);

/** What NAME_report.html shows; everything stays the caller's. A body, a motion that plays, or both. All else zero or NULL. */
typedef struct oik_report_input {
    const char *name;          /**< heading, any text */
    const char *input_path;    /**< what it was made from, or NULL */
    const oik_model *model;
    const oik_body *body;      /**< whose skin is shown with the bones, or whose stature is told; NULL: neither */
    const oik_skeleton *posed; /**< bones in that body; NULL: no body is shown */
    const oik_motion *motion;  /**< of the posed skeleton: its joint angles; of a sequence: its segment lengths; or NULL */
    const oik_rig *rig;        /**< whose frames play, with joint angles over time: best a full one; NULL: none */
    const oik_quality *quality; /**< or NULL; of a sequence in the worst frame */
    const oik_quality *mean;   /**< of a sequence in the mean of the frames, or NULL */
    size_t n_steps;            /**< 0: the posed bones alone */
    const oik_step *steps;     /**< n_steps copies of what on_step got, in that order, to look at the optimisation */
    double up[3];              /**< signed axis that points up in the frame of the body; zeros: found, so that the pelvis is upright */
} oik_report_input;

/**
 * Write a page in one file for a browser, which loads nothing from elsewhere. Equal inputs give equal bytes.
 * @return OIK_E_ARGUMENT: no name or model, up that is no axis, neither body nor rig, posed bones without body, a lying skeleton, a motion
 *         of many frames for one body, steps without body; OIK_E_NOT_FINITE; OIK_E_MODEL: a rig that other programs would refuse; OIK_E_IO;
 *         OIK_E_MEMORY
 * Cost: 0.1 s; 2.7 MB for a body, 1.2 MB for a motion and 0.8 kB a frame (of long ones at most 4,000 frames are shown).
 */
oik_status oik_write_report(const oik_report_input *input, const char *path, oik_error *err);
/**
 * NAME_isb.csv: joint angles as the International Society of Biomechanics defines them, a line per frame.
 * @param[in] up 3, signed axis that points up in the frame of the motion, for the angles about the ground; NULL or zeros: oik_motion_up
 * @return OIK_E_ARGUMENT (up that is no axis); OIK_E_MODEL; OIK_E_IO; OIK_E_MEMORY
 */
oik_status oik_write_isb_angles(const oik_motion *motion, const double up[3], const char *path, oik_error *err);

/** Library version, e.g. "0.1.0". */
const char *oik_version(void);

#ifdef __cplusplus
}
#endif

#endif
