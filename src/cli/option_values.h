/** What the commands' parsers share: messages, words of a list, numbers. */
#ifndef OIK_CLI_OPTION_VALUES_H
#define OIK_CLI_OPTION_VALUES_H

#include "cli/options.h"

/** Where a parser puts its one sentence on what is wrong. */
typedef struct oik_complaint {
    char *message;
    size_t size;
} oik_complaint;

/** Write the sentence. @return OIK_EXIT_USAGE */
oik_exit oik_complain(oik_complaint to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** getopt's answers ':' (value missing) and '?' (unknown, ambiguous, or a value where none belongs). */
oik_exit oik_complain_getopt(oik_complaint to, int answer, char **argv);

/** Index of a word in a list that ends with NULL, -1 when it is not there. */
int oik_word_index(const char *const *list, const char *word, size_t length);

/** Log level by its name. */
oik_exit oik_option_level(oik_log_level *out, const char *text, oik_complaint to);

/**
 * Comma-separated words, each of which sets bits.
 * @param[out] bits   of all words
 * @param[in]  words  n names that end with NULL
 * @param[in]  values n
 */
oik_exit oik_option_set(unsigned *bits, const char *option, const char *text, const char *const *words, const unsigned *values,
                        oik_complaint to);

/** A decimal number within [lower, upper]; what: unit and range in words, for the message. */
oik_exit oik_option_number(double *out, const char *option, const char *text, double lower, double upper, const char *what,
                           oik_complaint to);

#endif
