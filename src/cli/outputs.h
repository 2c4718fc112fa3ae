/** The files that a run writes: planned before anything is computed, written when everything is. */
#ifndef OIK_CLI_OUTPUTS_H
#define OIK_CLI_OUTPUTS_H

#include <stdio.h>

#include "api/internal.h"
#include "cli/options.h"
#include "export/sequence_summary_json.h"
#include "export/summary_json.h"

typedef enum oik_output_kind {
    OIK_OUT_SKELETON,   /**< posed bones; what = "all", "part:NAME" or "bone:NAME" */
    OIK_OUT_CHAIN,
    OIK_OUT_ANGLES,     /**< of the mesh's own pose, or of the motion over time: of a sequence, or that drives the chain */
    OIK_OUT_SEGMENTS,   /**< of the motion over time, as the next two */
    OIK_OUT_RATES,
    OIK_OUT_MOTION,
    OIK_OUT_LYING,      /**< lying bones */
    OIK_OUT_BODY_POSED,
    OIK_OUT_BODY_LYING,
    OIK_OUT_BODY_FILE,  /**< result of registration, as the next two of placing and posing: oik_results.cached */
    OIK_OUT_LYING_FILE,
    OIK_OUT_POSED_FILE,
    OIK_OUT_TRACK,      /**< of a sequence, as the next one; both are written while it is tracked */
    OIK_OUT_FRAMES,     /**< a folder */
    OIK_OUT_REPORT,
    OIK_OUT_ISB,        /**< of the motion that OIK_OUT_ANGLES has */
    OIK_OUT_PICTURE,
    OIK_OUT_RIG,        /**< item: which one (rig_outputs.c) */
    OIK_OUT_RIG_OBJ,    /**< a bone for the rig of item; what = its name in the rig */
    OIK_OUT_RIG_STL,    /**< a bone's mesh, to which MJCF and URDF refer */
    OIK_OUT_SUMMARY     /**< always the last one */
} oik_output_kind;

typedef struct oik_output {
    oik_output_kind kind;
    const char *path; /**< relative to the output directory */
    const char *what;
    int item;
} oik_output;

typedef struct oik_outputs {
    size_t n;
    oik_output *files;
    char *text;       /**< the strings of all files */
    const char **paths; /**< n, files[i].path */
} oik_outputs;

/** Files on their way into a plan; the first error sticks. */
typedef struct oik_output_list {
    size_t n, room;
    oik_output *files; /**< kind and item; the rest when all are known */
    oik_buf text;      /**< path and what of each file, NUL-terminated */
    oik_status status;
} oik_output_list;

/** Append a file: its path is folder, name and suffix after each other. */
void oik_output_add(oik_output_list *list, oik_output_kind kind, int item, const char *what, const char *folder, const char *name,
                    const char *suffix);

/** Path of the file for a stage's result, relative to the output directory; appended. */
void oik_output_stage_file(oik_buf *path, const char *name, oik_stage stage);

/** Base of the output files of one input: its file name without folder and extension. Appended to name. */
void oik_output_name(oik_buf *name, const char *input_path);

/** All files of one input, a body or a sequence; release with oik_outputs_free. OIK_E_MEMORY. */
oik_status oik_outputs_plan(oik_outputs *out, const oik_model *model, const char *name, const oik_options *options,
                            oik_error *err);
void oik_outputs_free(oik_outputs *outputs);

/** Names of the files, a line each; the many meshes of a rig are one line with a * for the bones' names. */
void oik_outputs_print(FILE *to, const oik_outputs *outputs, const char *dir);

struct oik_display;
struct oik_rig_outputs;

/** Results of one body or one sequence. */
typedef struct oik_results {
    const char *name, *input_path;
    const oik_model *model;
    const oik_body *body;
    const oik_skeleton *lying, *posed;
    const oik_chain *chain;
    const oik_motion *motion;
    const oik_motion *over_time; /**< of a sequence, or by --motion; NULL: none */
    const oik_skeleton *moved;   /**< what over_time, or else motion, moves: the posed bones (of a sequence: in its last frame), with
                                      --motion the lying ones */
    const bool *cached;       /**< OIK_N_STAGES: was read from its file, which is left alone; NULL: none was */
    const struct oik_display *display; /**< or NULL */
    const struct oik_rig_outputs *rigs; /**< of the plan's rig files */
    const oik_summary *summary; /**< of a body */
    const oik_sequence_summary *sequence; /**< of a sequence */
    const double *up;         /**< 3, signed axis that points up in the frame of the motion; zeros: found */
} oik_results;

/**
 * Can files be made in this directory, or in the nearest one above it that exists? Makes nothing.
 * @return OIK_E_IO naming the directory
 */
oik_status oik_outputs_check_directory(const char *dir, oik_error *err);

/**
 * Write all files. On error the files that were written and the directories that were made are removed again.
 * @param[in] dir output directory
 */
oik_status oik_outputs_write(const oik_outputs *outputs, const char *dir, const oik_results *results, oik_error *err);

#endif
