/** Tables in text files: one row a line, columns separated by '|', comments after '#' at the beginning of a line. */
#ifndef OIK_MODELS_TABLE_LINES_H
#define OIK_MODELS_TABLE_LINES_H

#include "osso_ik.h"

/** A file that is cut into lines in place. */
typedef struct oik_table_lines {
    char *text; /**< owned: free() */
    char *rest;
    int number; /**< of the line given last, from 1 */
    const char *path;
} oik_table_lines;

oik_status oik_table_lines_open(oik_table_lines *lines, const char *path, oik_error *err);

/**
 * Next row.
 * @param[out] column n pointers into the text, blanks at both ends taken off
 * @return OIK_OK with column[0] NULL after the last row; OIK_E_FORMAT when a row has another number of columns
 */
oik_status oik_table_lines_next(oik_table_lines *lines, char *column[], int n, oik_error *err);

/** Cut a text at blanks, in place. @return number of words, at most limit; words past the limit stay in the last one */
int oik_words(char *text, char *word[], int limit);

#endif
