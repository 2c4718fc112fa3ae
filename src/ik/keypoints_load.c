/** Keypoints over time: opening the file, choosing the format by its ending, and the 17-row text (see keypoints.h). */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/status.h"
#include "ik/h36m_chain.h"
#include "ik/keypoints_read.h"

void oik_keypoints_free(oik_keypoints *keypoints) {
    if (!keypoints)
        return;
    free(keypoints->time);
    free(keypoints->x);
    free(keypoints->confidence);
    free(keypoints->names);
    free(keypoints);
}

oik_status oik_keypoints_new(oik_keypoints **out, size_t n_frames, size_t n_points, const char *path, oik_error *err) {
    *out = NULL;
    if (n_frames == 0 || n_points == 0)
        return oik_fail(err, OIK_E_SHAPE, "%s: expected at least one frame with one keypoint, found %zu frames of %zu", path, n_frames,
                        n_points);
    if (n_frames > INT_MAX / n_points)
        return oik_fail(err, OIK_E_SHAPE, "%s: %zu frames of %zu keypoints are more than %d points", path, n_frames, n_points, INT_MAX);
    size_t n = n_frames * n_points;
    oik_keypoints *k = oik_new(1, sizeof *k, err);
    if (!k || !(k->time = oik_new(n_frames, sizeof *k->time, err)) || !(k->x = oik_new(n, sizeof *k->x, err)) ||
        !(k->confidence = oik_new(n, sizeof *k->confidence, err)) || !(k->names = oik_new(n_points, OIK_NAME_LENGTH, err))) {
        oik_keypoints_free(k);
        return OIK_E_MEMORY;
    }
    k->n_frames = (int)n_frames;
    k->n_points = (int)n_points;
    *out = k;
    return OIK_OK;
}

bool oik_keypoints_rate_is_usual(double fps) {
    const double least = 1e-3, most = 1e6;
    return fps >= least && fps <= most;
}

void oik_keypoints_set_rate(oik_keypoints *keypoints, double fps) {
    for (int f = 0; f < keypoints->n_frames; f++)
        keypoints->time[f] = f / fps;
}

void oik_keypoints_set_name(oik_keypoints *keypoints, int i, const char *name, size_t length) {
    length = length < OIK_NAME_LENGTH ? length : OIK_NAME_LENGTH - 1;
    memset(keypoints->names[i], 0, OIK_NAME_LENGTH);
    memcpy(keypoints->names[i], name, length);
}

void oik_keypoints_default_names(oik_keypoints *keypoints) {
    for (int i = 0; i < keypoints->n_points; i++) {
        const char *name = oik_h36m_name(i);
        if (keypoints->n_points == OIK_H36M_POINTS && name)
            oik_keypoints_set_name(keypoints, i, name, strlen(name));
        else
            snprintf(keypoints->names[i], OIK_NAME_LENGTH, "%d", i);
    }
}

oik_status oik_keypoints_number(double *value, oik_span word, oik_error *err) {
    char shown[OIK_SHOWN_LENGTH];
    size_t used = oik_number_parse(value, word.p, word.end);
    if (used == 0 || word.p + used != word.end)
        return oik_fail(err, OIK_E_FORMAT, "expected a number, found '%s'", oik_span_show(shown, word));
    return OIK_OK;
}

/** Next line that is neither empty nor a comment. */
static int next_row(oik_lines *lines, oik_span *row) {
    while (oik_lines_next(lines, row)) {
        oik_span rest = *row, word;
        if (oik_span_word(&rest, &word) && *word.p != '#')
            return 1;
    }
    return 0;
}

/** Three numbers, or NaN three times for a keypoint that was not seen. */
static oik_status read_row(oik_vec3 *x, double *confidence, oik_span row, oik_error *err) {
    double v[3];
    oik_span word;
    for (int c = 0; c < 3; c++) {
        if (!oik_span_word(&row, &word))
            return oik_fail(err, OIK_E_FORMAT, "expected three numbers x y z, found %d", c);
        oik_status status = oik_keypoints_number(&v[c], word, err);
        if (status)
            return status;
    }
    char shown[OIK_SHOWN_LENGTH];
    if (oik_span_word(&row, &word))
        return oik_fail(err, OIK_E_FORMAT, "expected three numbers x y z, found a fourth: '%s'", oik_span_show(shown, word));
    if (isnan(v[0]) && isnan(v[1]) && isnan(v[2]))
        return OIK_OK;
    if (!isfinite(v[0]) || !isfinite(v[1]) || !isfinite(v[2]))
        return oik_fail(err, OIK_E_NOT_FINITE, "expected finite numbers, or nan nan nan for a missing keypoint, found %g %g %g", v[0],
                        v[1], v[2]);
    *x = v3(v[0], v[1], v[2]);
    *confidence = 1.0;
    return OIK_OK;
}

static oik_lines lines_of(const oik_keypoints_source *in) {
    return (oik_lines){(const char *)in->data, (const char *)in->data + in->size, 0};
}

oik_status oik_keypoints_read_text(oik_keypoints **out, const oik_keypoints_source *in, oik_error *err) {
    *out = NULL;
    oik_keypoints *k;
    oik_lines lines = lines_of(in);
    oik_span row;
    size_t n_rows = 0;
    while (next_row(&lines, &row))
        n_rows++;
    if (n_rows == 0 || n_rows % OIK_H36M_POINTS)
        return oik_fail(err, OIK_E_SHAPE, "%s: expected %d rows x y z per frame, found %zu row%s: %zu frame%s and %zu more", in->path,
                        OIK_H36M_POINTS, n_rows, oik_plural(n_rows), n_rows / OIK_H36M_POINTS, oik_plural(n_rows / OIK_H36M_POINTS),
                        n_rows % OIK_H36M_POINTS);
    oik_status status = oik_keypoints_new(&k, n_rows / OIK_H36M_POINTS, OIK_H36M_POINTS, in->path, err);
    if (status)
        return status;
    lines = lines_of(in);
    for (size_t i = 0; !status && next_row(&lines, &row); i++)
        status = read_row(&k->x[i], &k->confidence[i], row, err);
    if (status) {
        oik_error_prefix(err, "%s: line %zu", in->path, lines.number);
        oik_keypoints_free(k);
        return status;
    }
    k->z_up = true;
    oik_keypoints_default_names(k);
    oik_keypoints_set_rate(k, in->fps > 0.0 ? in->fps : OIK_DEFAULT_FPS);
    *out = k;
    return OIK_OK;
}

static int ends_with(const char *path, const char *ending) {
    size_t n = strlen(path), m = strlen(ending);
    return n >= m && strcasecmp(path + n - m, ending) == 0;
}

/** Editors on some systems begin a text with a byte order mark. */
static void skip_byte_order_mark(oik_keypoints_source *in) {
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    if (in->size >= sizeof mark && memcmp(in->data, mark, sizeof mark) == 0) {
        in->data += sizeof mark;
        in->size -= sizeof mark;
    }
}

oik_status oik_keypoints_parse(oik_keypoints **out, const uint8_t *data, size_t size, const char *path, double fps, oik_error *err) {
    *out = NULL;
    if (fps != 0.0 && !oik_keypoints_rate_is_usual(fps))
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected 0.001 to 1000000 frames per second, found %g", path, fps);
    oik_keypoints_source in = {data, size, path, fps};
    if (ends_with(path, ".npz"))
        return oik_keypoints_read_npz(out, &in, err);
    skip_byte_order_mark(&in);
    if (ends_with(path, ".trc"))
        return oik_keypoints_read_trc(out, &in, err);
    if (ends_with(path, ".txt"))
        return oik_keypoints_read_text(out, &in, err);
    return oik_fail(err, OIK_E_FORMAT, "%s: expected a file of keypoints that ends in .txt, .trc or .npz", path);
}

oik_status oik_keypoints_load(oik_keypoints **out, const char *path, double fps, oik_error *err) {
    uint8_t *data;
    size_t size;
    *out = NULL;
    oik_status status = oik_file_read(&data, &size, path, err);
    if (!status)
        status = oik_keypoints_parse(out, data, size, path, fps, err);
    free(data);
    return status;
}
