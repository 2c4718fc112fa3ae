/** The frame rate of a sequence, under the names that archives of motions give it. */
#include <stdlib.h>

#include "base/npz_archive.h"
#include "base/status.h"

/** The number in an array of any dimension that has one entry. */
static oik_status read_single(const oik_npz *npz, const char *name, double *value, oik_error *err) {
    int n_dim;
    size_t shape[OIK_NPZ_MAX_DIM], n = 1;
    double *values = NULL;
    oik_status status = oik_npz_shape(npz, name, &n_dim, shape, err);
    for (int i = 0; !status && i < n_dim; i++)
        n = shape[i] == 1 ? n : 0;
    if (status)
        return status;
    if (n != 1) {
        status = oik_fail(err, OIK_E_SHAPE, "expected one number, found an array of %d dimensions with several or none", n_dim);
        return oik_npz_name_array(status, npz, name, err);
    }
    status = oik_npz_read_f64(npz, name, n_dim, shape, &values, err);
    if (!status)
        *value = values[0];
    free(values);
    return status;
}

oik_status oik_npz_read_frame_rate(const oik_npz *npz, double *fps, oik_error *err) {
    static const char *const names[] = {"fps", "frame_rate", "mocap_framerate", "mocap_frame_rate"};
    *fps = 0.0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!oik_npz_has(npz, names[i]))
            continue;
        double found = 0.0;
        oik_status status = read_single(npz, names[i], &found, err);
        if (!status && found <= 0.0) {
            status = oik_fail(err, OIK_E_FORMAT, "expected a frame rate > 0, found %g", found);
            return oik_npz_name_array(status, npz, names[i], err);
        }
        *fps = status ? 0.0 : found;
        return status;
    }
    return OIK_OK;
}
