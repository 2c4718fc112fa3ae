/**
 * What the stages 1 to 4 share: which method runs, what a result was made from, the calls of its solver, stopping and telling steps.
 *
 *   key = SHA-256 of the lines  version, stage, method, more_iterations, input, model, key of the stage before
 *
 * where input is the SHA-256 of the mesh's vertices and faces, or of the body parameters. Equal keys: equal results, to the last bit.
 */
#ifndef OIK_API_STAGE_H
#define OIK_API_STAGE_H

#include "api/sha256.h"
#include "base/vec3.h"
#include "osso_ik.h"
#include "solve/lsq.h"

enum { OIK_MAX_CALLS = 4, OIK_UNIT_LENGTH = 8 };

typedef enum oik_stage { OIK_STAGE_REGISTRATION, OIK_STAGE_PLACING, OIK_STAGE_POSING, OIK_N_STAGES } oik_stage;

/** What a result was made from. */
typedef struct oik_stage_origin {
    oik_stage stage;
    oik_method method;
    bool more_iterations;
    char input[OIK_HASH_LENGTH + 1];
    char model[OIK_HASH_LENGTH + 1];
    char key[OIK_HASH_LENGTH + 1]; /**< "": made by no stage */
} oik_stage_origin;

/** How the calls of a stage's solver ended. */
typedef struct oik_stage_calls {
    int n;
    oik_lsq_report report[OIK_MAX_CALLS];
} oik_stage_calls;

/** "registration", "placing", "posing". */
const char *oik_stage_name(oik_stage stage);
/** "refined", "reference". */
const char *oik_method_name(oik_method method);
/** Number and names of a stage's calls; "" past the last. */
int oik_stage_n_calls(oik_stage stage, oik_method method);
const char *oik_stage_call_name(oik_stage stage, oik_method method, int call);
oik_call_info oik_stage_call_info(const oik_stage_origin *origin, const oik_stage_calls *calls, size_t index);

/** Origin of a body. @param[in] input 64 digits */
oik_stage_origin oik_stage_origin_first(const oik_model *model, const oik_stage_options *options, const char *input);
/** Origin of what is made from a result of the stage before. */
oik_stage_origin oik_stage_origin_next(const oik_stage_origin *before, const oik_stage_options *options);

/** OIK_E_ARGUMENT for no method that there is, OIK_E_MODEL for the published method on a model without its tables. */
oik_status oik_stage_check_method(const oik_model *model, const oik_stage_options *options, oik_error *err);
oik_method oik_stage_method(const oik_stage_options *options);

/** Between the solvers' step callbacks and the caller: tells steps, polls whether to stop and remembers the answer. */
typedef struct oik_stage_watch {
    const oik_stage_options *options; /**< may be NULL */
    oik_stage stage;
    bool cancelled;
} oik_stage_watch;

/** Non-zero when the caller wants to stop. */
int oik_stage_poll(oik_stage_watch *watch);
/** Tell the caller of a step, which is filled but for the name of its call; then poll. */
int oik_stage_step(oik_stage_watch *watch, int call, oik_step *step);
/** status, or OIK_E_CANCELLED with its sentence when the caller has stopped the stage. what: "registration", ... */
oik_status oik_stage_status(const oik_stage_watch *watch, oik_status status, const char *what, oik_error *err);

/** "iterate to limits twice as tight": 0.5 with more_iterations, else 1. */
double oik_tolerance_factor(const oik_stage_options *options);

#endif
