/** Python unit tests as cases of a cmocka program. */
#ifndef TESTS_SUPPORT_PYTHON_TESTS_H
#define TESTS_SUPPORT_PYTHON_TESTS_H

/** Look for a python3 that has numpy: python3, then /usr/bin/python3. Without one a message is printed and every class is skipped. */
void python_tests_find(void);

/** Run one class of a script of unit tests; the case fails when it does, and is skipped when python_tests_find found nothing. */
void python_tests_run(const char *script, const char *class_name);

#endif
