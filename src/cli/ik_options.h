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
    char *config_text;   /**< that values of --config point into */
} oik_ik_command_options;

/**
 * Parse argv, which begins with the command's own name, after the file of --config (config.h). Resets getopt.
 * @param[out] options release with oik_ik_command_options_free also after an error
 * @param[out] message one sentence on what is wrong
 * @return OIK_EXIT_DONE, OIK_EXIT_USAGE, OIK_EXIT_INPUT (a file of --config that cannot be read) or OIK_EXIT_INTERNAL (out of memory)
 */
oik_exit oik_ik_command_options_parse(oik_ik_command_options *options, char *message, size_t message_size, int argc, char **argv);
void oik_ik_command_options_free(oik_ik_command_options *options);

/** Text of --help; belongs to the program. */
const char *oik_ik_command_help(void);

/** "sequence", "frames", "patch" */
const char *oik_ik_solver_name(oik_motion_solver solver);

#endif
