/** Keypoints in a NumPy archive (see keypoints.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/npz.h"
#include "base/status.h"
#include "ik/keypoints_read.h"

static bool has_keypoint_shape(int n_dim, const size_t *shape) {
    return n_dim == 3 && (shape[2] == 3 || shape[2] == 4);
}

/**
 * The array's name: "keypoints", or that of the only array (F, J, 3 or 4). Arrays that cannot be looked into (pickled objects, five
 * dimensions) are none of ours.
 */
static oik_status find_array(char name[OIK_NPZ_NAME_LENGTH], const oik_npz *npz, const char *path, oik_error *err) {
    static const char usual_name[] = "keypoints";
    int n_found = 0;
    if (oik_npz_has(npz, usual_name)) {
        memcpy(name, usual_name, sizeof usual_name);
        return OIK_OK;
    }
    for (size_t i = 0; i < oik_npz_count(npz); i++) {
        char candidate[OIK_NPZ_NAME_LENGTH];
        int n_dim;
        size_t shape[OIK_NPZ_MAX_DIM];
        oik_status status = oik_npz_name(candidate, npz, i, err);
        if (!status)
            status = oik_npz_shape(npz, candidate, &n_dim, shape, err);
        if (status == OIK_E_MEMORY)
            return status;
        if (status || !has_keypoint_shape(n_dim, shape))
            continue;
        memcpy(name, candidate, sizeof candidate);
        n_found++;
    }
    if (n_found != 1)
        return oik_fail(err, n_found ? OIK_E_FORMAT : OIK_E_SHAPE,
                        "%s: expected an array 'keypoints', or one array frames x points x 3 or 4, found %d of %zu arrays", path, n_found,
                        oik_npz_count(npz));
    return OIK_OK;
}

/** Names of the points where the archive has as many; else the usual ones. */
static oik_status read_names(oik_keypoints *k, const oik_npz *npz, const char *path, oik_error *err) {
    static const char *const arrays[] = {"names", "keypoint_names", "joint_names"};
    oik_keypoints_default_names(k);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        if (!oik_npz_has(npz, arrays[i]))
            continue;
        size_t n;
        char **text;
        oik_status status = oik_npz_read_text(npz, arrays[i], &n, &text, err);
        if (!status && n != (size_t)k->n_points)
            status = oik_fail(err, OIK_E_SHAPE, "%s: array '%s': expected %d names, found %zu", path, arrays[i], k->n_points, n);
        for (int m = 0; !status && m < k->n_points; m++)
            oik_keypoints_set_name(k, m, text[m], strlen(text[m]));
        free(text);
        return status;
    }
    return OIK_OK;
}

/** One point: x y z and, with four columns, its confidence. NaN or no confidence: missing. */
static oik_status read_point(oik_vec3 *x, double *confidence, const double *row, size_t n_columns, oik_error *err) {
    double trust = n_columns == 4 ? row[3] : 1.0;
    bool missing = isnan(row[0]) || isnan(row[1]) || isnan(row[2]) || isnan(trust);
    for (size_t c = 0; c < n_columns; c++)
        if (isinf(row[c]))
            return oik_fail(err, OIK_E_NOT_FINITE, "column %zu is infinite, expected a finite number or NaN", c);
    if (missing || trust == 0.0)
        return OIK_OK;
    if (trust < 0.0)
        return oik_fail(err, OIK_E_FORMAT, "expected a confidence of at least 0, found %g", trust);
    *x = v3(row[0], row[1], row[2]);
    *confidence = trust;
    return OIK_OK;
}

static oik_status read_points(oik_keypoints **out, const oik_npz *npz, const char *name, const char *path, oik_error *err) {
    size_t shape[OIK_NPZ_MAX_DIM] = {0};
    int n_dim = 0;
    double *values = NULL;
    oik_keypoints *k = NULL;
    oik_status status = oik_npz_shape(npz, name, &n_dim, shape, err);
    if (!status && !has_keypoint_shape(n_dim, shape))
        status = oik_fail(err, OIK_E_SHAPE, "%s: array '%s': expected frames x points x 3 or 4, found %d dimensions, the last of %zu", path,
                          name, n_dim, n_dim > 0 ? shape[n_dim - 1] : 1);
    if (!status)
        status = oik_npz_read_f64_gaps(npz, name, n_dim, shape, &values, err);
    if (!status)
        status = oik_keypoints_new(&k, shape[0], shape[1], path, err);
    for (size_t i = 0; !status && i < shape[0] * shape[1]; i++) {
        status = read_point(&k->x[i], &k->confidence[i], values + i * shape[2], shape[2], err);
        if (status)
            oik_error_prefix(err, "%s: array '%s': frame %zu, point %zu", path, name, i / shape[1], i % shape[1]);
    }
    free(values);
    if (status)
        oik_keypoints_free(k);
    else
        *out = k;
    return status;
}

oik_status oik_keypoints_read_npz(oik_keypoints **out, const oik_keypoints_source *in, oik_error *err) {
    char name[OIK_NPZ_NAME_LENGTH];
    double own_fps = 0.0;
    oik_npz *npz;
    oik_keypoints *k = NULL;
    *out = NULL;
    oik_status status = oik_npz_open_memory(&npz, in->data, in->size, in->path, err);
    if (!status)
        status = find_array(name, npz, in->path, err);
    if (!status)
        status = oik_npz_read_frame_rate(npz, &own_fps, err);
    if (!status && own_fps != 0.0 && !oik_keypoints_rate_is_usual(own_fps))
        status = oik_fail(err, OIK_E_FORMAT, "%s: expected 0.001 to 1000000 frames per second, found %g", in->path, own_fps);
    if (!status)
        status = read_points(&k, npz, name, in->path, err);
    if (!status)
        status = read_names(k, npz, in->path, err);
    if (!status)
        oik_keypoints_set_rate(k, in->fps > 0.0 ? in->fps : own_fps > 0.0 ? own_fps : OIK_DEFAULT_FPS);
    oik_npz_free(npz);
    if (status)
        oik_keypoints_free(k);
    else
        *out = k;
    return status;
}
