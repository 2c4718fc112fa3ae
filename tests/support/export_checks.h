/** What the tests of every exporter of a motion check alike. Files lie in the test's folder (temp_dir.h must be set up). */
#ifndef TESTS_SUPPORT_EXPORT_CHECKS_H
#define TESTS_SUPPORT_EXPORT_CHECKS_H

#include <stddef.h>

#include "ik/motion.h"

/** The exporter under test, such as oik_rates_csv_write. */
typedef oik_status export_writer(const char *path, const oik_ik_motion *motion, oik_error *err);

/** Write the motion to path and read the file back. @param[out] size bytes @return malloc'ed, one NUL byte after its end */
char *export_write_and_read(export_writer *write, const oik_ik_motion *motion, const char *path, size_t *size);

/** How often a character is among the bytes of a text. */
size_t export_count(const char *text, size_t size, char c);

/** The motion, written once more, has the bytes of path. */
void export_check_same_again(export_writer *write, const oik_ik_motion *motion, const char *path);

/** The tiny motion has the same bytes where the decimal point is a comma. Skips the test on a machine without such a locale. */
void export_check_comma_locale(export_writer *write);

/** A good motion into a folder that is not there is refused with OIK_E_IO and the folder's name. */
void export_check_absent_folder(export_writer *write, const oik_ik_motion *motion);

/** Written to the file of that name, the motion is refused: this status, a message with that text, and no file. */
void export_check_refused(export_writer *write, const oik_ik_motion *motion, const char *name, oik_status status, const char *text);

#endif
