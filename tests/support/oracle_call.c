/* The reference's calls of its minimiser (see the header). */
#include "support/oracle_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "mesh/mesh.h"

static const struct stage {
    const char *name;
    const char *blocks[4]; /* residuals, in the order of the Jacobian's rows */
} stages[OIK_N_CALLS] = {{"min_infer_0", {"r0_ldm", "r0_contacts"}},
                         {"min_pose_0", {"r0_skin_spring", "r0_stitching", "r0_clavicle_cost"}},
                         {"min_pose_1", {"r0_skin_spring", "r0_stitching", "r0_clavicle_cost"}},
                         {"min_pose_2", {"r0_stitching", "r0_tendon_cost", "r0_ball_joint", "r0_skin_spring"}}};

oik_npz *oracle_subject_file(const oracle_subject *subject, const char *name) {
    oik_npz *npz = oracle_expected(subject->folder, subject->gender, name);
    assert_non_null(npz);
    return npz;
}

double *oracle_file_numbers(const oik_npz *npz, const char *name, size_t n) {
    double *out = oracle_numbers(npz, name, &n);
    assert_non_null(out);
    return out;
}

static void puppet_from(oik_puppet *puppet, const double *x) {
    size_t n_parts = (size_t)puppet->n_parts;
    memcpy(puppet->r, x, 3 * n_parts * sizeof *x);
    memcpy(puppet->t, x + 3 * n_parts, 3 * n_parts * sizeof *x);
    for (size_t p = 0; p < n_parts; p++)
        puppet->R[p] = oik_rot_exp(puppet->r[p]);
}

oik_vec3 *oracle_points_new(size_t n) {
    oik_vec3 *x = calloc(n, sizeof *x);
    assert_non_null(x);
    return x;
}

oik_puppet *oracle_puppet_new(const oracle_subject *subject) {
    oik_puppet *puppet;
    assert_int_equal(oik_puppet_new(&puppet, subject->skeleton, NULL), OIK_OK);
    assert_int_equal(oik_puppet_keep_vectors(puppet, NULL), OIK_OK);
    oik_published_shape(puppet->shape, subject->skeleton, subject->body.beta);
    return puppet;
}

oik_published_body oracle_lying_body(const oracle_subject *subject) {
    oik_published_body body = subject->body;
    memcpy(body.theta, subject->skeleton->published->lying_vector, sizeof body.theta);
    body.tau = v3(0, 0, 0);
    return body;
}

oik_vec3 *oracle_skin_new(const oracle_subject *subject, const oik_published_body *body) {
    oik_vec3 *x = oracle_points_new(subject->skin->n_vertices);
    assert_int_equal(oik_published_skin(x, subject->skin, body, NULL), OIK_OK);
    return x;
}

/* A skin of the reference as the next stage reads it: its last bit of single precision may not be that of ours. */
static oik_vec3 *reference_skin(const oracle_subject *subject, const char *file, const char *array) {
    oik_npz *npz = oracle_subject_file(subject, file);
    size_t n = subject->skin->n_vertices;
    oik_vec3 *x = (oik_vec3 *)oracle_file_numbers(npz, array, 3 * n);
    oik_published_round(x, n);
    oik_npz_free(npz);
    return x;
}

oik_puppet *oracle_lying_new(const oracle_subject *subject) {
    oik_puppet *puppet = oracle_puppet_new(subject);
    size_t n = 3 * (size_t)puppet->n_parts;
    oik_npz *npz = oracle_subject_file(subject, "skel_lying");
    double *r = oracle_file_numbers(npz, "r_abs", n), *t = oracle_file_numbers(npz, "t", n);
    memcpy(puppet->r, r, n * sizeof *r);
    memcpy(puppet->t, t, n * sizeof *t);
    for (int p = 0; p < puppet->n_parts; p++)
        puppet->R[p] = oik_rot_exp(puppet->r[p]);
    free(r);
    free(t);
    oik_npz_free(npz);
    return puppet;
}

void oracle_call_open(oracle_call *c, const oracle_subject *subject, oik_published_call which) {
    const oik_skel_model *model = subject->skeleton;
    const oik_body_model *skin = subject->skin;
    bool posing = which != OIK_CALL_LYING;
    oik_published_body at = oracle_lying_body(subject);
    *c = (oracle_call){.subject = subject,
                       .call = which,
                       .npz = oracle_subject_file(subject, stages[which].name),
                       .n_unknowns = 6 * (size_t)model->n_parts};
    c->lying_skin = posing ? reference_skin(subject, "skel_lying", "star_lying") : oracle_skin_new(subject, &at);
    c->skin = posing ? reference_skin(subject, "star_posed", "verts") : oracle_skin_new(subject, &at);
    c->normal = oracle_points_new(skin->n_vertices);
    oik_mesh_normals(c->normal, c->skin, skin->n_vertices, (const int32_t(*)[3])skin->faces, skin->n_faces);
    c->lying = oracle_lying_new(subject);
    c->start = oracle_puppet_new(subject);
    double *x0 = oracle_file_numbers(c->npz, "x0", c->n_unknowns);
    puppet_from(c->start, x0);
    free(x0);
    c->scene = (oik_published_scene){model, c->lying, c->lying_skin, c->skin, c->normal};
    oik_terms_init(&c->terms, model, false, c->lying->shape);
    c->terms.absolute = true;
    assert_int_equal(oik_published_add(&c->terms, which, &c->scene, NULL), OIK_OK);
}

void oracle_call_close(oracle_call *c) {
    oik_terms_free(&c->terms);
    oik_puppet_free(c->lying);
    oik_puppet_free(c->start);
    oik_npz_free(c->npz);
    free(c->lying_skin);
    free(c->skin);
    free(c->normal);
}

/* The reference's residuals, block after block. */
double *oracle_call_residuals(const oracle_call *c, size_t *n) {
    double *all = NULL;
    *n = 0;
    for (int b = 0; b < 4 && stages[c->call].blocks[b]; b++) {
        size_t count = SIZE_MAX;
        double *block = oracle_numbers(c->npz, stages[c->call].blocks[b], &count);
        assert_non_null(block);
        all = realloc(all, (*n + count) * sizeof *all);
        assert_non_null(all);
        memcpy(all + *n, block, count * sizeof *all);
        *n += count;
        free(block);
    }
    return all;
}

/* The reference keeps contacts of weight 0 as rows of zeros. */
bool oracle_call_leaves_out(const oracle_call *c, size_t reference_row) {
    size_t first = 3 * c->subject->skeleton->landmarks.n;
    return c->call == OIK_CALL_LYING && reference_row >= first &&
           c->subject->skeleton->published->contact_weight[reference_row - first] == 0.0;
}

/* The reference's Jacobian, dense, without the rows that are left out. */
double *oracle_call_jacobian(const oracle_call *c, size_t n_rows) {
    double *J = calloc(n_rows * c->n_unknowns, sizeof *J), *shape = oracle_file_numbers(c->npz, "J0_shape", 2);
    size_t n = (size_t)shape[0], n_entries = SIZE_MAX, row = 0;
    assert_true((size_t)shape[1] == c->n_unknowns && J);
    double *start = oracle_file_numbers(c->npz, "J0_indptr", n + 1), *value = oracle_numbers(c->npz, "J0_data", &n_entries);
    double *column = oracle_file_numbers(c->npz, "J0_indices", n_entries);
    for (size_t i = 0; i < n; i++) {
        if (oracle_call_leaves_out(c, i))
            continue;
        assert_true(row < n_rows);
        for (size_t e = (size_t)start[i]; e < (size_t)start[i + 1]; e++)
            J[row * c->n_unknowns + (size_t)column[e]] = value[e];
        row++;
    }
    assert_int_equal(row, n_rows);
    free(shape);
    free(start);
    free(value);
    free(column);
    return J;
}

double oracle_call_cost(const oracle_call *c) {
    double cost = 0.0;
    for (int b = 0; b < 4 && stages[c->call].blocks[b]; b++) {
        char name[32];
        size_t n = SIZE_MAX;
        snprintf(name, sizeof name, "r1%s", stages[c->call].blocks[b] + 2);
        double *r = oracle_numbers(c->npz, name, &n);
        assert_non_null(r);
        for (size_t i = 0; i < n; i++)
            cost += r[i] * r[i];
        free(r);
    }
    return cost;
}
