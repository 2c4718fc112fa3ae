/** Lines and words of a text in memory. */
#include "base/text.h"

#include <string.h>

int oik_lines_next(oik_lines *lines, oik_span *line) {
    if (lines->p >= lines->end)
        return 0;
    const char *p = lines->p;
    while (p < lines->end && *p != '\n' && *p != '\r')
        p++;
    *line = (oik_span){lines->p, p};
    if (p + 1 < lines->end && p[0] == '\r' && p[1] == '\n')
        p++;
    lines->p = p < lines->end ? p + 1 : p;
    lines->number++;
    return 1;
}

static int is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

int oik_span_word(oik_span *line, oik_span *word) {
    const char *p = line->p;
    while (p < line->end && is_blank(*p))
        p++;
    word->p = p;
    while (p < line->end && !is_blank(*p))
        p++;
    word->end = line->p = p;
    return word->end > word->p;
}

int oik_span_is(oik_span span, const char *text) {
    size_t n = (size_t)(span.end - span.p);
    return strlen(text) == n && memcmp(span.p, text, n) == 0;
}

const char *oik_span_show(char out[OIK_SHOWN_LENGTH], oik_span span) {
    while (span.p < span.end && is_blank(*span.p))
        span.p++;
    size_t n = (size_t)(span.end - span.p);
    n = n < OIK_SHOWN_LENGTH - 1 ? n : OIK_SHOWN_LENGTH - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(span.p[i] >= ' ' && span.p[i] <= '~' ? span.p[i] : '?');
    out[n] = '\0';
    return out;
}
