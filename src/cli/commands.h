/** The commands of the program. Each takes argv from its own name on and gives the exit code. */
#ifndef OIK_CLI_COMMANDS_H
#define OIK_CLI_COMMANDS_H

#include "cli/options.h"
#include "osso_ik.h"

/** The pipeline: osso_ik --mesh_input ... */
oik_exit oik_command_run(int argc, char **argv);
/** osso_ik ik --chain FILE[:NAME] --motion FILE */
oik_exit oik_command_ik(int argc, char **argv);
/** osso_ik info MODEL|MESH */
oik_exit oik_command_info(int argc, char **argv);
/** osso_ik convert [--ascii] IN OUT */
oik_exit oik_command_convert(int argc, char **argv);
/** osso_ik import --star PLACE --osso DIR --loss DIR --gender female|male -o FILE */
oik_exit oik_command_import(int argc, char **argv);

/** Exit code for an error of the library: what the user gave (3), or a failure inside (1). */
oik_exit oik_exit_of(oik_status status);

#endif
