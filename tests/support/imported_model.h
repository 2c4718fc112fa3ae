/** An imported model for tests: osso_ik import on the made-up licensed files of an oracle. */
#ifndef TESTS_SUPPORT_IMPORTED_MODEL_H
#define TESTS_SUPPORT_IMPORTED_MODEL_H

enum { IMPORTED_MAX_PATH = 1200 };

typedef struct imported_model {
    char path[IMPORTED_MAX_PATH]; /**< the archive, of the female model */
    char body[IMPORTED_MAX_PATH]; /**< a mesh in the order of its skin */
} imported_model;

/**
 * Import into a folder.
 * @return 0; 1 after a message on stderr when there is no oracle or no python3 with numpy, so that the tests are to be skipped;
 *         -1 when importing failed
 */
int imported_model_make(imported_model *out, const char *folder);

#endif
