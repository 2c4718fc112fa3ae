/** The command line of the pipeline as a struct. */
#ifndef OIK_CLI_OPTIONS_H
#define OIK_CLI_OPTIONS_H

#include <stddef.h>

#include "cli/log.h"
#include "osso_ik.h"

/** Exit codes of the program. */
typedef enum oik_exit {
    OIK_EXIT_DONE = 0,
    OIK_EXIT_INTERNAL = 1,
    OIK_EXIT_USAGE = 2,
    OIK_EXIT_INPUT = 3,
    OIK_EXIT_QUALITY = 4,
    OIK_EXIT_INTERRUPTED = 130 /**< as a shell names an end by SIGINT, 128 + 2 */
} oik_exit;

/** Formats of --export, as bits. */
typedef enum oik_export {
    OIK_EXPORT_CSV = 1,
    OIK_EXPORT_JSON = 2,
    OIK_EXPORT_ISB = 4,
    OIK_EXPORT_REPORT = 8,
    OIK_EXPORT_OSIM = 16,
    OIK_EXPORT_MOT = 32,
    OIK_EXPORT_TRC = 64,
    OIK_EXPORT_OPENSIM = OIK_EXPORT_OSIM | OIK_EXPORT_MOT | OIK_EXPORT_TRC, /**< those that --osim-detail is about */
    OIK_EXPORT_BVH = 128,
    OIK_EXPORT_GLB = 256,
    OIK_EXPORT_MJCF = 512,
    OIK_EXPORT_URDF = 1024,
    OIK_EXPORT_ADDB = 2048,
    OIK_EXPORT_PNG = 4096,
    OIK_EXPORT_C3D = 8192,
    /** those that --mass is about */
    OIK_EXPORT_MASSES = OIK_EXPORT_OSIM | OIK_EXPORT_GLB | OIK_EXPORT_MJCF | OIK_EXPORT_URDF | OIK_EXPORT_ADDB,
    OIK_EXPORT_RIGS = OIK_EXPORT_OPENSIM | OIK_EXPORT_C3D | OIK_EXPORT_BVH | OIK_EXPORT_GLB | OIK_EXPORT_MJCF | OIK_EXPORT_URDF |
                      OIK_EXPORT_ADDB,
    OIK_EXPORT_UPRIGHT = OIK_EXPORT_ISB | OIK_EXPORT_REPORT | OIK_EXPORT_RIGS, /**< those that --up is about */
    OIK_EXPORT_DEFAULT = OIK_EXPORT_CSV | OIK_EXPORT_JSON | OIK_EXPORT_OSIM | OIK_EXPORT_MOT | OIK_EXPORT_REPORT,
    OIK_EXPORT_ALL = OIK_EXPORT_DEFAULT | OIK_EXPORT_ISB | OIK_EXPORT_PNG | OIK_EXPORT_RIGS
} oik_export;

/** --osim-detail */
typedef enum oik_osim_detail { OIK_OSIM_DETAIL_DEFAULT, OIK_OSIM_DETAIL_PLAIN, OIK_OSIM_DETAIL_FULL } oik_osim_detail;

typedef struct oik_options {
    const char **meshes;  /**< n_meshes, point into argv or into the text of --config */
    size_t n_meshes;
    const char *gender;   /**< "female", "male" or "neutral" */
    const char *out;      /**< default "out" */
    const char *model;    /**< "open" or a file */
    const char *pose_input; /**< file of body parameters in place of meshes, or NULL */
    const char *motion;   /**< file of keypoints that drive the chain of a single mesh, or NULL */
    double fps;           /**< frames per second; 0: the input's own, else 30 */
    unsigned exports;     /**< oik_export bits */
    oik_osim_detail osim_detail; /**< default: plain */
    double mass;          /**< of the subject [kg]; 0: estimated */
    double up[3];         /**< signed axis that points up in the input; zeros: found */
    bool sequence;        /**< the meshes are frames of one sequence */
    bool no_frame_meshes; /**< of a sequence: bones of every frame are not written */
    bool force;           /**< nothing of an earlier run is used */
    bool posing_only;     /**< the stages before posing are taken from an earlier run */
    bool display;         /**< a report with every step of optimisation */
    oik_method method;
    bool more_iterations, per_parts, per_bones, json, dry_run;
    int threads;          /**< bodies at a time; 0: not given, one */
    bool help, version;   /**< asked for: nothing else is checked */
    oik_log_level level;
    bool inputs_of_file;  /**< meshes or pose_input are those of --config: the command line's take their place */
    char *config_text;    /**< that values of --config point into */
} oik_options;

/**
 * Parse argv, after the file of --config (config.h). Resets getopt, so that it can be called again.
 * @param[out] options release with oik_options_free also after an error
 * @param[out] message one sentence on what is wrong
 * @return OIK_EXIT_DONE, OIK_EXIT_USAGE, OIK_EXIT_INPUT (a file of --config that cannot be read) or OIK_EXIT_INTERNAL (out of memory)
 */
oik_exit oik_options_parse(oik_options *options, char *message, size_t message_size, int argc, char **argv);
void oik_options_free(oik_options *options);

/** Text of --help; belongs to the program. */
const char *oik_options_help(void);

#endif
