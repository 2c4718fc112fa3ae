/** What osso_ik info says of a model. */
#include "cli/info_model.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/internal.h"
#include "base/npz.h"

/** Array of an imported archive: a line for each licensed file, its name and the SHA-256 of its bytes. */
#define SOURCES "meta_sources"

static void print_counts(const oik_model_info *m) {
    printf("model: %s\ngender: %s\nlicence: %s\ncontent hash: %s\n", m->name, m->gender, m->licence, m->hash);
    printf("skin: %zu vertices, %zu faces, %zu shape modes\n", m->n_skin_vertices, m->n_skin_faces, m->n_skin_modes);
    printf("skeleton: %zu bones in %zu parts, %zu vertices, %zu faces, %zu shape modes\n", m->n_bones, m->n_parts,
           m->n_bone_vertices, m->n_bone_faces, m->n_skeleton_modes);
    printf("kinematics: %zu joints, %zu degrees of freedom\n", m->n_joints, m->n_dofs);
    printf("shape space: %s\n", m->family ? "SMPL's" : "the model's own");
    if (m->family)
        printf("family: %s, %zu pose features\n", m->family, m->n_pose_features);
    printf("reference method: %s\n", m->has_reference ? "available" : "not available: no tables of the published method");
}

static void print_parts(const oik_skel_model *model) {
    printf("rigid parts:\n");
    for (int p = 0; p < model->n_parts; p++) {
        size_t n = 0;
        for (size_t i = 0; i < model->n_vertices; i++)
            n += model->point_part[i] == p;
        printf("  %-24s %6zu vertices\n", model->part_names[p], n);
    }
}

/** A line for each pair of parts. Stitches of a pair follow one another. */
static void print_stitches(const oik_skel_model *model) {
    const int32_t *edge = model->published->stitch_edge;
    const oik_stitches *s = &model->stitches;
    printf("  %zu stitches between parts\n", s->n);
    for (size_t i = 0, n; i < s->n; i += n) {
        for (n = 1; i + n < s->n && edge[i + n] == edge[i]; n++) {
        }
        printf("    %s and %s: %zu\n", model->part_names[model->point_part[s->point_a[i]]],
               model->part_names[model->point_part[s->point_b[i]]], n);
    }
}

static void print_terms(const oik_skel_model *model) {
    const oik_published *tables = model->published;
    size_t n_clavicle = 0, n_coincide = 0;
    for (size_t i = 0; i < model->ligaments.n; i++)
        n_clavicle += tables->ligament_group[i] == OIK_LIGAMENT_CLAVICLE;
    for (size_t i = 0; i < tables->n_balls; i++)
        n_coincide += tables->ball_coincide[i] != 0;
    printf("terms:\n  %zu landmarks\n", model->landmarks.n);
    printf("  %zu contacts of bone and skin when lying\n", tables->n_contacts);
    printf("  %zu springs between bone and skin\n", model->springs.n);
    print_stitches(model);
    printf("  %zu ligaments: %zu of the clavicles, %zu of the knees\n", model->ligaments.n, n_clavicle, model->ligaments.n - n_clavicle);
    printf("  %zu ball joints: in %zu the centres coincide\n", tables->n_balls, n_coincide);
}

static oik_status print_sources(const char *path, oik_error *err) {
    oik_npz *npz = NULL;
    size_t n = 0;
    char **lines = NULL;
    oik_status status = oik_npz_open_on_disk(&npz, path, err);
    if (!status && oik_npz_has(npz, SOURCES))
        status = oik_npz_read_text(npz, SOURCES, &n, &lines, err);
    if (!status && n)
        printf("made from:\n");
    for (size_t i = 0; i < n && !status; i++)
        printf("  %s\n", lines[i]);
    free(lines);
    oik_npz_free(npz);
    return status;
}

oik_status oik_info_model(const char *path, oik_error *err) {
    oik_model *model = NULL;
    oik_status status = oik_model_load(&model, path, err);
    if (status)
        return status;
    oik_model_info info = oik_model_get_info(model);
    print_counts(&info);
    if (info.has_reference) {
        print_parts(model->skeleton);
        print_terms(model->skeleton);
    }
    status = print_sources(path, err);
    oik_model_free(model);
    return status;
}
