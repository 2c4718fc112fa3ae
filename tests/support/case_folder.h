/** An empty folder for each case of a test program. */
#ifndef TESTS_SUPPORT_CASE_FOLDER_H
#define TESTS_SUPPORT_CASE_FOLDER_H

#include "run_program.h"

extern char *folder; /**< of the case that runs */

/** Set-up and tear-down of a case. */
int new_folder(void **state);
int remove_folder(void **state);

/** A case with a folder, for the list of cases; after cmocka.h. */
#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, new_folder, remove_folder)

#endif
