/* An imported model for tests (see the header). */
#define _XOPEN_SOURCE 700
#include "imported_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_body.h"
#include "run_program.h"

int imported_model_make(imported_model *out, const char *folder) {
    char oracle[ORACLE_PATH_LENGTH], star[IMPORTED_MAX_PATH], osso[IMPORTED_MAX_PATH], loss[IMPORTED_MAX_PATH];
    if (!oracle_folder(oracle, 1) && !oracle_folder(oracle, 0))
        return 1;
    snprintf(out->path, sizeof out->path, "%s/imported_female.npz", folder);
    snprintf(out->body, sizeof out->body, "%s/bodies/female.ply", oracle);
    snprintf(star, sizeof star, "%s/pack/data/star_1_1", oracle);
    snprintf(osso, sizeof osso, "%s/pack/data/skeleton", oracle);
    snprintf(loss, sizeof loss, "%s/pack/data/loss", oracle);
    setenv("OSSO_IK_TOOLS", "tools", 0);
    run_result r =
        run_osso_ik("import", "--star", star, "--osso", osso, "--loss", loss, "--gender", "female", "-o", out->path, NULL);
    int result = r.code == 0 ? 0 : strstr(r.err, "numpy") ? 1 : -1;
    if (result)
        fprintf(stderr, "%s%s", result == 1 ? "skipped: " : "", r.err);
    run_free(&r);
    return result;
}
