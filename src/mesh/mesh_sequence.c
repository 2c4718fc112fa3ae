/** Sequences of meshes, one frame in memory at a time. Files come from frame_list.c, rows of arrays from base/npz_rows.h. */
#include "mesh/mesh_sequence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/npz_rows.h"
#include "base/status.h"
#include "base/text.h"
#include "mesh/frame_list.h"
#include "mesh/mesh_io.h"

struct oik_mesh_sequence {
    oik_frame_list files;
    size_t n_frames, n_vertices;
    double frame_rate;
    oik_npz *npz; /**< of an array sequence, else NULL: */
    oik_npz_rows *rows;
    int32_t *faces; /**< n_faces x 3, or NULL */
    size_t n_faces;
};

void oik_mesh_sequence_free(oik_mesh_sequence *seq) {
    if (!seq)
        return;
    oik_npz_rows_free(seq->rows);
    oik_npz_free(seq->npz);
    oik_frame_list_clear(&seq->files);
    free(seq->faces);
    free(seq);
}

/** "(6890, 3)" */
static const char *show_shape(char out[128], int n_dim, const size_t *shape) {
    size_t used = (size_t)snprintf(out, 128, "(");
    for (int i = 0; i < n_dim; i++)
        used += (size_t)snprintf(out + used, 128 - used, i ? ", %zu" : "%zu", shape[i]);
    snprintf(out + used, 128 - used, ")");
    return out;
}

static int is_sequence(int n_dim, const size_t *shape) {
    return n_dim == 3 && shape[2] == 3;
}

/** The only array of shape (F,V,3). Arrays that cannot be read at all are no candidates; the file's only one says why. */
static oik_status find_by_shape(char name[OIK_NPZ_NAME_LENGTH], const oik_npz *npz, const char *path, oik_error *err) {
    char candidate[OIK_NPZ_NAME_LENGTH], shown[128] = "";
    size_t n_found = 0, count = oik_npz_count(npz);
    oik_error why = {.status = OIK_OK};
    for (size_t i = 0; i < count; i++) {
        int n_dim = 0;
        size_t shape[OIK_NPZ_MAX_DIM];
        oik_status status = oik_npz_name(candidate, npz, i, err);
        if (!status)
            status = oik_npz_shape(npz, candidate, &n_dim, shape, &why);
        if (status == OIK_E_MEMORY)
            return oik_fail(err, status, "%s", oik_status_sentence(status));
        if (status)
            continue;
        show_shape(shown, n_dim, shape);
        if (!is_sequence(n_dim, shape))
            continue;
        if (n_found++)
            return oik_fail(err, OIK_E_SHAPE, "%s: expected one array of shape (frames, vertices, 3), found '%s' and '%s': "
                                              "call the right one 'vertices'", path, name, candidate);
        memcpy(name, candidate, sizeof candidate);
    }
    if (n_found == 1)
        return OIK_OK;
    if (why.status && count == 1)
        return oik_fail(err, why.status, "%s", why.message);
    return oik_fail(err, OIK_E_SHAPE, "%s: expected an array of shape (frames, vertices, 3), found %zu array%s%s%s", path, count,
                    oik_plural(count), count == 1 && shown[0] ? " of shape " : ", none of that shape", count == 1 ? shown : "");
}

/** The array with the frames, by its name or else by its shape. */
static oik_status find_array(char name[OIK_NPZ_NAME_LENGTH], const oik_npz *npz, const char *path, oik_error *err) {
    static const char *const names[] = {"vertices", "verts", "v"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (oik_npz_has(npz, names[i])) {
            strcpy(name, names[i]);
            return OIK_OK;
        }
    return find_by_shape(name, npz, path, err);
}

static oik_status open_frames(oik_mesh_sequence *seq, const char *path, oik_error *err) {
    char name[OIK_NPZ_NAME_LENGTH], shown[128];
    oik_status status = find_array(name, seq->npz, path, err);
    if (!status)
        status = oik_npz_rows_open(&seq->rows, seq->npz, name, err);
    if (status)
        return status;
    int n_dim;
    const size_t *shape = oik_npz_rows_shape(seq->rows, &n_dim);
    if (!is_sequence(n_dim, shape))
        return oik_fail(err, OIK_E_SHAPE, "%s: array '%s': expected the shape (frames, vertices, 3), found %s", path, name,
                        show_shape(shown, n_dim, shape));
    if (shape[0] == 0 || shape[1] == 0)
        return oik_fail(err, OIK_E_SHAPE, "%s: array '%s': expected at least one frame and one vertex, found the shape %s", path, name,
                        show_shape(shown, n_dim, shape));
    seq->n_frames = shape[0];
    seq->n_vertices = shape[1];
    return OIK_OK;
}

static oik_status load_faces(oik_mesh_sequence *seq, const char *path, oik_error *err) {
    if (!oik_npz_has(seq->npz, "faces"))
        return OIK_OK;
    size_t shape[2] = {SIZE_MAX, 3};
    oik_status status = oik_npz_read_i32(seq->npz, "faces", 2, shape, &seq->faces, err);
    if (status)
        return status;
    seq->n_faces = shape[0];
    for (size_t i = 0; i < 3 * seq->n_faces; i++)
        if (seq->faces[i] < 0 || (size_t)seq->faces[i] >= seq->n_vertices)
            return oik_fail(err, OIK_E_SHAPE, "%s: array 'faces': face %zu has the vertex %d, expected 0 to %zu", path, i / 3,
                            (int)seq->faces[i], seq->n_vertices - 1);
    return OIK_OK;
}

static oik_status open_array(oik_mesh_sequence *seq, oik_error *err) {
    const char *path = seq->files.paths[0];
    oik_status status = oik_npz_open_on_disk(&seq->npz, path, err);
    if (!status)
        status = open_frames(seq, path, err);
    if (!status)
        status = load_faces(seq, path, err);
    if (!status)
        status = oik_npz_read_frame_rate(seq->npz, &seq->frame_rate, err);
    return status;
}

/** One frame of files; n_vertices 0 takes any count. */
static oik_status read_file(oik_mesh **out, const oik_mesh_sequence *seq, size_t frame, oik_error *err) {
    const char *path = seq->files.paths[frame];
    oik_mesh *mesh;
    oik_status status = oik_mesh_read(&mesh, path, err);
    if (!status && seq->n_vertices && mesh->n_vertices != seq->n_vertices)
        status = oik_fail(err, OIK_E_SHAPE, "%s: expected %zu vertices as in frame 0 (%s), found %zu", path, seq->n_vertices,
                          seq->files.paths[0], mesh->n_vertices);
    if (status)
        oik_mesh_free(mesh);
    else
        *out = mesh;
    return status;
}

/** The first frame says how many vertices all have. */
static oik_status open_files(oik_mesh_sequence *seq, oik_error *err) {
    oik_mesh *first;
    seq->n_frames = seq->files.n;
    oik_status status = read_file(&first, seq, 0, err);
    if (status) {
        if (seq->n_frames > 1)
            oik_error_prefix(err, "frame 0");
        return status;
    }
    seq->n_vertices = first->n_vertices;
    oik_mesh_free(first);
    return OIK_OK;
}

oik_status oik_mesh_sequence_open(oik_mesh_sequence **out, const char *const *paths, size_t n_paths, oik_error *err) {
    *out = NULL;
    oik_mesh_sequence *seq = oik_new(1, sizeof *seq, err);
    if (!seq)
        return OIK_E_MEMORY;
    oik_status status = oik_frame_list_find(&seq->files, paths, n_paths, err);
    if (!status)
        status = seq->files.is_array ? open_array(seq, err) : open_files(seq, err);
    if (status)
        oik_mesh_sequence_free(seq);
    else
        *out = seq;
    return status;
}

size_t oik_mesh_sequence_n_frames(const oik_mesh_sequence *seq) {
    return seq->n_frames;
}

size_t oik_mesh_sequence_n_vertices(const oik_mesh_sequence *seq) {
    return seq->n_vertices;
}

double oik_mesh_sequence_frame_rate(const oik_mesh_sequence *seq) {
    return seq->frame_rate;
}

const char *oik_mesh_sequence_name(const oik_mesh_sequence *seq) {
    return seq->files.name;
}

static oik_status check_finite(const oik_mesh *mesh, const char *path, oik_error *err) {
    for (size_t i = 0; i < mesh->n_vertices; i++)
        if (!v3_finite(mesh->vertices[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: vertex %zu is (%g, %g, %g), expected finite numbers", path, i,
                            mesh->vertices[i].x, mesh->vertices[i].y, mesh->vertices[i].z);
    return OIK_OK;
}

static oik_status read_row(oik_mesh **out, oik_mesh_sequence *seq, size_t frame, oik_error *err) {
    oik_mesh *mesh;
    oik_status status = oik_mesh_new(&mesh, seq->n_vertices, seq->n_faces, err);
    if (!status)
        status = oik_npz_rows_read((double *)(void *)mesh->vertices, seq->rows, frame, err); /* an array of points is n x 3 doubles */
    if (!status)
        status = check_finite(mesh, seq->files.paths[0], err);
    if (status) {
        oik_mesh_free(mesh);
        return status;
    }
    if (seq->n_faces)
        memcpy(mesh->faces, seq->faces, seq->n_faces * sizeof *mesh->faces);
    *out = mesh;
    return OIK_OK;
}

oik_status oik_mesh_sequence_read(oik_mesh **out, oik_mesh_sequence *seq, size_t frame, oik_error *err) {
    *out = NULL;
    if (frame >= seq->n_frames)
        return oik_fail(err, OIK_E_ARGUMENT, "frame %zu of %s asked for, expected 0 to %zu", frame, seq->files.name, seq->n_frames - 1);
    oik_status status = seq->npz ? read_row(out, seq, frame, err) : read_file(out, seq, frame, err);
    if (status)
        oik_error_prefix(err, "frame %zu", frame);
    return status;
}
