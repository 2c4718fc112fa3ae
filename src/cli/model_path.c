/** Where the built-in models are. */
#define _XOPEN_SOURCE 700 /* realpath */

#include "cli/model_path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/status.h"

/* The name under which the kernel started it is asked for, and not /proc, which a bare chroot lacks. */
bool oik_program_directory(char path[PATH_MAX]) {
    const char *started_as = (const char *)getauxval(AT_EXECFN);
    if (!started_as || !realpath(started_as, path))
        return false;
    char *slash = strrchr(path, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

/** Is there a readable DIR/FOLDER/GENDER.npz? Then it is left in path, else path is as before. */
static int try_place(oik_buf *path, const char *dir, const char *folder, const char *gender) {
    size_t before = path->size;
    oik_buf_printf(path, "%s%s/%s.npz", dir, folder, gender);
    if (!path->status && access(path->data + before, R_OK) == 0)
        return 1;
    path->size = before;
    return 0;
}

oik_status oik_model_path(oik_buf *path, const char *gender, oik_error *err) {
    static const char *const folders[] = {"/models", "/../build/models", "/../share/osso_ik/models"};
    const char *named = getenv("OSSO_IK_MODELS");
    if (named && *named) {
        if (try_place(path, named, "", gender))
            return OIK_OK;
        return oik_fail(err, OIK_E_MODEL, "%s/%s.npz: the built-in model is not where OSSO_IK_MODELS says", named, gender);
    }
    char dir[PATH_MAX];
    if (!oik_program_directory(dir))
        return oik_fail(err, OIK_E_MODEL, "the program's own directory is unknown: name the model with --model FILE");
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (try_place(path, dir, folders[i], gender))
            return OIK_OK;
    if (path->status)
        return oik_fail(err, path->status, "%s", oik_status_sentence(path->status));
    return oik_fail(err, OIK_E_MODEL,
                    "the built-in model %s.npz is neither in %s/models nor in ../build/models or ../share/osso_ik/models "
                    "beside it: run make, or name it with --model FILE",
                    gender, dir);
}
