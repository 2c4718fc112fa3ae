/**
 * sample_subjects: bones placed in random subjects drawn from the prior of the built-in models.
 *
 *   sample_subjects MODEL_DIR [N [SEED]]
 *
 * For women and men: how deep neighbouring bones intersect, how far bones stick out of the skin, and proportions. About 0.5 s for each
 * subject. Ends with 1 when a subject breaks a limit of subject_report.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/npz.h"
#include "models/subject_draw.h"
#include "models/subject_report.h"

static const double reach = 10e-3; /* neighbours in the template */

static oik_status load(oik_body_model **body, oik_skel_model **skeleton, const char *folder, const char *gender, oik_error *err) {
    char path[1024];
    oik_npz *npz = NULL;
    snprintf(path, sizeof path, "%s/%s.npz", folder, gender);
    oik_status status = oik_npz_open(&npz, path, err);
    if (!status)
        status = oik_body_model_load(body, npz, err);
    if (!status)
        status = oik_skel_model_load(skeleton, npz, (*body)->n_vertices, err);
    oik_npz_free(npz);
    return status;
}

static oik_status sample(oik_subject_report *report, const oik_body_model *body, int n, uint64_t seed, oik_error *err) {
    oik_subject_source source = {seed};
    double *beta = oik_new(body->n_modes, sizeof *beta, err);
    oik_status status = beta ? OIK_OK : OIK_E_MEMORY;
    for (int i = 0; i < n && !status; i++) {
        oik_subject_draw(beta, body, &source);
        status = oik_subject_report_add(report, body, beta, err);
    }
    free(beta);
    return status;
}

static bool has_fault(const oik_subject_report *r) {
    bool any = oik_subject_report_implausible(r) > 0;
    for (int i = 0; i < r->n; i++)
        any = any || r->rows[i].deepest > oik_subject_depth_limit || r->rows[i].outside > oik_subject_outside_limit;
    return any;
}

static oik_status sample_model(bool *fault, const char *folder, const char *gender, int n, uint64_t seed, oik_error *err) {
    oik_body_model *body = NULL;
    oik_skel_model *skeleton = NULL;
    oik_subject_gauge *gauge = NULL;
    oik_subject_report *report = NULL;
    oik_status status = load(&body, &skeleton, folder, gender, err);
    if (!status)
        status = oik_subject_gauge_new(&gauge, skeleton, reach, err);
    if (!status)
        status = oik_subject_report_new(&report, gauge, n, err);
    if (!status)
        status = sample(report, body, n, seed, err);
    if (!status) {
        oik_subject_report_print(stdout, report, gender);
        *fault = *fault || has_fault(report);
    }
    oik_subject_report_free(report);
    oik_subject_gauge_free(gauge);
    oik_skel_model_free(skeleton);
    oik_body_model_free(body);
    return status;
}

int main(int argc, char **argv) {
    if (argc < 2 || argc > 4) {
        fprintf(stderr, "usage: %s MODEL_DIR [N [SEED]]\n", argv[0]);
        return 2;
    }
    oik_error err = {OIK_OK, ""};
    int n = argc > 2 ? atoi(argv[2]) : 500;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    bool fault = false;
    oik_status status = sample_model(&fault, argv[1], "female", n, seed, &err);
    if (!status)
        status = sample_model(&fault, argv[1], "male", n, seed, &err);
    if (status)
        fprintf(stderr, "%s: %s\n", argv[0], err.message);
    return status || fault ? 1 : 0;
}
