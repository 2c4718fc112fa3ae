/**
 * The whole model of an oracle (oracle_body.h), through the importer: tools/import_model.py makes an archive of the licensed files, which
 * is loaded like any other.
 */
#ifndef TESTS_SUPPORT_ORACLE_SKELETON_H
#define TESTS_SUPPORT_ORACLE_SKELETON_H

#include "skeleton/published.h"
#include "support/oracle_body.h"

/** One body of one oracle. */
typedef struct oracle_subject {
    char folder[ORACLE_PATH_LENGTH];
    const char *gender;
    oik_body_model *skin;
    oik_skel_model *skeleton;
    oik_published_body body; /**< the reference's result of stage 1 */
} oracle_subject;

enum { MAX_ORACLE_SUBJECTS = 2 * N_ORACLES };

/**
 * Import and load every body of every oracle there is, after temp_dir_setup. 0, after a message on stderr, without oracles or without
 * Python 3, numpy and scipy, which the importer needs ($PYTHON, python3, /usr/bin/python3 are tried).
 * @return number of subjects, or -1, after a message, when the importer or the loader fails
 */
int oracle_subjects_new(oracle_subject subjects[MAX_ORACLE_SUBJECTS]);
void oracle_subjects_free(oracle_subject subjects[MAX_ORACLE_SUBJECTS], int n);

#endif
