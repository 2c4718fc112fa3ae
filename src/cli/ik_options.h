/** The command line of osso_ik ik as a struct. */
#ifndef OIK_CLI_IK_OPTIONS_H
#define OIK_CLI_IK_OPTIONS_H

#include "cli/options.h"
#include "ik/keypoint_motion.h"

/** Formats of --export, as bits. */
typedef enum oik_ik_export { OIK_IK_EXPORT_CSV = 1, OIK_IK_EXPORT_JSON = 2, OIK_IK_EXPORT_TXT = 4, OIK_IK_EXPORT_ALL = 7 } oik_ik_export;

typedef struct oik_ik_command_options {
    const char *chain;   /**< FILE[:NAME] as given */
    const char *motion;
    const char *out;     /**< default "out" */
    double fps;          /**< 0: the file's own */
    oik_keypoint_motion_options solving;
    unsigned exports;    /**< oik_ik_export bits */
    bool json, dry_run, help;
    oik_log_level level;
} oik_ik_command_options;

/**
 * Parse argv, which begins with the command's own name. Resets getopt.
 * @param[out] message one sentence on what is wrong
 * @return OIK_EXIT_DONE or OIK_EXIT_USAGE
 */
oik_exit oik_ik_command_options_parse(oik_ik_command_options *options, char *message, size_t message_size, int argc, char **argv);

/** Text of --help; belongs to the program. */
const char *oik_ik_command_help(void);

/** "sequence", "frames", "patch" */
const char *oik_ik_solver_name(oik_motion_solver solver);

#endif
