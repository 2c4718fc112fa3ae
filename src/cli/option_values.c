/** What the commands' parsers share (see option_values.h). */
#include "cli/option_values.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

oik_exit oik_complain(oik_complaint to, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(to.message, to.size, format, args);
    va_end(args);
    return OIK_EXIT_USAGE;
}

oik_exit oik_complain_getopt(oik_complaint to, int answer, char **argv) {
    const char *word = argv[optind - 1];
    if (answer == ':')
        return oik_complain(to, "option %s needs a value", word);
    if (strncmp(word, "--", 2) != 0 && optopt > 0 && optopt < 256)
        return oik_complain(to, "unknown option -%c", optopt);
    if (optopt >= 256 && strchr(word, '='))
        return oik_complain(to, "option %s takes no value", word);
    return oik_complain(to, "unknown option %s", word);
}

int oik_word_index(const char *const *list, const char *word, size_t length) {
    for (int i = 0; list[i]; i++)
        if (strlen(list[i]) == length && strncmp(list[i], word, length) == 0)
            return i;
    return -1;
}

oik_exit oik_option_level(oik_log_level *out, const char *text, oik_complaint to) {
    static const char *const levels[] = {"error", "warning", "info", "debug", NULL};
    int i = oik_word_index(levels, text, strlen(text));
    if (i < 0)
        return oik_complain(to, "--log-level %s: expected error, warning, info or debug", text);
    *out = (oik_log_level)i;
    return OIK_EXIT_DONE;
}

/** "csv, json and all" */
static void list_words(char *out, size_t size, const char *const *words) {
    size_t used = 0;
    for (int i = 0; words[i] && used < size; i++) {
        const char *before = i == 0 ? "" : words[i + 1] ? ", " : " and ";
        int n = snprintf(out + used, size - used, "%s%s", before, words[i]);
        used += n > 0 ? (size_t)n : 0;
    }
}

oik_exit oik_option_set(unsigned *bits, const char *option, const char *text, const char *const *words, const unsigned *values,
                        oik_complaint to) {
    *bits = 0;
    for (const char *word = text;; word++) {
        size_t length = strcspn(word, ",");
        int i = oik_word_index(words, word, length);
        if (i < 0) {
            char available[128];
            list_words(available, sizeof available, words);
            return oik_complain(to, "%s %s: unknown format \"%.*s\", available are %s", option, text, (int)length, word, available);
        }
        *bits |= values[i];
        word += length;
        if (*word == '\0')
            return OIK_EXIT_DONE;
    }
}

oik_exit oik_option_number(double *out, const char *option, const char *text, double lower, double upper, const char *what,
                           oik_complaint to) {
    double value = 0.0;
    size_t length = strlen(text), used = oik_number_parse(&value, text, text + length);
    if (used == 0 || used != length || !(value >= lower && value <= upper))
        return oik_complain(to, "%s %s: expected %s", option, text, what);
    *out = value;
    return OIK_EXIT_DONE;
}
