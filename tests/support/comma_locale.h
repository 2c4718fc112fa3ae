/** A locale whose decimal point is a comma, for tests that output and input do not depend on it. */
#ifndef TESTS_SUPPORT_COMMA_LOCALE_H
#define TESTS_SUPPORT_COMMA_LOCALE_H

/**
 * Switch the process to such a locale: an installed one, or one that localedef makes in the test's folder (temp_dir.h must be set up).
 * @return 0, after a message on stderr, when the machine has neither; the test should then skip
 */
int comma_locale_enter(void);

/** Back to the C locale. */
void comma_locale_leave(void);

#endif
