/* The whole model of an oracle (see the header). */
#include "support/oracle_skeleton.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/temp_dir.h"

enum { COMMAND_LENGTH = 8 * ORACLE_PATH_LENGTH };

/* A Python with what the importer needs; NULL when there is none. */
static const char *find_python(void) {
    const char *candidates[] = {getenv("PYTHON"), "python3", "/usr/bin/python3"};
    char command[COMMAND_LENGTH];
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (!candidates[i])
            continue;
        snprintf(command, sizeof command, "'%s' -c 'import numpy, scipy' 2>/dev/null", candidates[i]);
        if (system(command) == 0)
            return candidates[i];
    }
    fprintf(stderr, "skipped: no python3 with numpy and scipy\n");
    return NULL;
}

static oik_status load_archive(oracle_subject *subject, const char *path, oik_error *err) {
    oik_npz *npz = NULL;
    oik_status status = oik_npz_open(&npz, path, err);
    if (!status)
        status = oik_body_model_load(&subject->skin, npz, err);
    if (!status)
        status = oik_skel_model_load(&subject->skeleton, npz, subject->skin->n_vertices, err);
    oik_npz_free(npz);
    return status;
}

static bool import_and_load(oracle_subject *subject, const char *python) {
    char path[TEMP_PATH_LENGTH], command[COMMAND_LENGTH];
    oik_error err = {.status = OIK_OK};
    temp_path(path, "imported.npz");
    snprintf(command, sizeof command,
             "'%s' tools/import_model.py --star '%s/pack/data/star_1_1' --osso '%s/pack/data/skeleton' --loss '%s/pack/data/loss' "
             "--gender %s -o '%s' >/dev/null",
             python, subject->folder, subject->folder, subject->folder, subject->gender, path);
    bool done = system(command) == 0;
    if (done && load_archive(subject, path, &err)) {
        fprintf(stderr, "oracle: %s\n", err.message);
        done = false;
    }
    return done;
}

static bool read_into(double *out, const oik_npz *npz, const char *name, size_t n) {
    double *numbers = oracle_numbers(npz, name, &n);
    if (numbers)
        memcpy(out, numbers, n * sizeof *out);
    free(numbers);
    return numbers != NULL;
}

static bool read_body(oracle_subject *subject) {
    oik_npz *npz = oracle_expected(subject->folder, subject->gender, "star_posed");
    oik_published_body *body = &subject->body;
    bool done = npz && read_into(body->beta, npz, "betas", OIK_PUBLISHED_N_BETAS) &&
                read_into(&body->theta[0].x, npz, "pose", 3 * (size_t)OIK_N_JOINTS) && read_into(&body->tau.x, npz, "trans", 3);
    oik_npz_free(npz);
    return done;
}

int oracle_subjects_new(oracle_subject subjects[MAX_ORACLE_SUBJECTS]) {
    const char *python = find_python();
    int n = 0;
    memset(subjects, 0, MAX_ORACLE_SUBJECTS * sizeof *subjects);
    for (int k = 0; python && k < N_ORACLES; k++) {
        char folder[ORACLE_PATH_LENGTH];
        for (int g = 0; oracle_folder(folder, k) && g < 2; g++) {
            oracle_subject *subject = &subjects[n++];
            memcpy(subject->folder, folder, sizeof folder);
            subject->gender = oracle_genders[g];
            if (!read_body(subject) || !import_and_load(subject, python)) {
                oracle_subjects_free(subjects, n);
                return -1;
            }
        }
    }
    return n;
}

void oracle_subjects_free(oracle_subject subjects[MAX_ORACLE_SUBJECTS], int n) {
    for (int i = 0; i < n; i++) {
        oik_skel_model_free(subjects[i].skeleton);
        oik_body_model_free(subjects[i].skin);
    }
}
