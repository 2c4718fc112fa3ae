/** Lines and words of a text in memory. Nothing is copied; nothing is written; every function is O(bytes passed over). */
#ifndef OIK_BASE_TEXT_H
#define OIK_BASE_TEXT_H

#include <stddef.h>

/** Some bytes of a text, not NUL-terminated. */
typedef struct oik_span {
    const char *p, *end;
} oik_span;

/** A text that is read line by line. */
typedef struct oik_lines {
    const char *p, *end; /**< what is left */
    size_t number;       /**< of the line given last, from 1 */
} oik_lines;

/** Next line without its end, which is LF, CRLF or CR. @return 0 at the end of the text */
int oik_lines_next(oik_lines *lines, oik_span *line);

/** Cut the next word, separated by blanks, tabs, vertical tabs or form feeds, off the line. @return 0 when only blanks are left */
int oik_span_word(oik_span *line, oik_span *word);

int oik_span_is(oik_span span, const char *text);

/** "s", but nothing after a count of one: "%zu frame%s", n, oik_plural(n). */
static inline const char *oik_plural(size_t n) {
    return n == 1 ? "" : "s";
}

#define OIK_SHOWN_LENGTH 41

/** The span as text for a message: without leading blanks, at most 40 bytes; bytes that are not printable ASCII become '?'. @return out */
const char *oik_span_show(char out[OIK_SHOWN_LENGTH], oik_span span);

#endif
