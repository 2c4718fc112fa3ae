/**
 * The files of --export that are made from rigs: OpenSim, AddBiomechanics, C3D, MJCF, URDF, BVH, glTF.
 *
 * OpenSim's have the rig of --osim-detail, AddBiomechanics' always the plain one, the others every segment of the chain. The names of all
 * files follow from the input's name and the model alone, so that they are known before there is a rig.
 */
#ifndef OIK_CLI_RIG_OUTPUTS_H
#define OIK_CLI_RIG_OUTPUTS_H

#include "cli/outputs.h"
#include "rig/rig.h"

/** The rigs of one body or sequence. */
typedef struct oik_rig_outputs {
    const char *name;    /**< of the input, base of the files' names */
    oik_rig *rigs[2];    /**< plain, full; NULL when no file needs it */
    unsigned osim_detail; /**< which of them OpenSim's files have */
} oik_rig_outputs;

/** Name of the rig of an input: letters, digits and _ of its name, cut to what a rig has room for. */
void oik_rig_output_name(char out[OIK_RIG_NAME_LENGTH], const char *name);

/** Append the files that the options ask for. */
void oik_rig_outputs_plan(oik_output_list *list, const oik_skel_model *skeleton, const char *name, const oik_options *options);

/**
 * Make the rigs that the files of the plan need, a report over time among them, of results->moved.
 * @return those of oik_rig_from_skeleton and oik_rig_check; what a subject or a model is refused for is bad input (OIK_E_FORMAT,
 *         OIK_E_MODEL). Release with oik_rig_outputs_free, also after an error.
 */
oik_status oik_rig_outputs_new(oik_rig_outputs *out, const oik_results *results, const oik_outputs *plan, const oik_options *options,
                               oik_error *err);
void oik_rig_outputs_free(oik_rig_outputs *rigs);

/** Write one file of the plan. Errors are the writers'. */
oik_status oik_rig_outputs_write(const oik_rig_outputs *rigs, const oik_output *file, const char *path, oik_error *err);

#endif
