/**
 * --config FILE: options in a text file, one per line, by their long names without dashes.
 *
 *   # comment
 *   gender = female
 *   export = osim,glb
 *   per_bones               an option without a value; "= yes" is the same, "= no" leaves it out
 *   mesh_input = a.ply      several: a line each
 *
 * What the command line says comes after the file and overrides it. Paths are relative to where the program runs.
 */
#ifndef OIK_CLI_CONFIG_H
#define OIK_CLI_CONFIG_H

#include <getopt.h>

#include "cli/option_values.h"

typedef struct oik_config {
    const char *path; /**< NULL: none is given */
    char *text;       /**< the values that are taken point into it */
    size_t size, n_lines;
} oik_config;

/** Take one option; value: NULL for an option that has none. */
typedef oik_exit oik_config_take(void *options, int option, const char *value, oik_complaint to);

/**
 * Read the file that --config names, if one is named; the other options are only passed over. Resets getopt.
 * @param[out] config release with oik_config_free, also after an error
 * @param[in]  words  getopt's, as those of `known`
 * @param[in]  option of `known`, that of --config
 * @return OIK_EXIT_USAGE (named twice); OIK_EXIT_INPUT (cannot be read)
 */
oik_exit oik_config_open(oik_config *config, int argc, char **argv, const char *words, const struct option *known, int option,
                         oik_complaint to);

/** Take the file's options in the order of its lines. @return OIK_EXIT_USAGE naming the file and the line */
oik_exit oik_config_apply(oik_config *config, const struct option *known, oik_config_take *take, void *options, oik_complaint to);
void oik_config_free(oik_config *config);

#endif
