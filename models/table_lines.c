#include "models/table_lines.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"

oik_status oik_table_lines_open(oik_table_lines *lines, const char *path, oik_error *err) {
    uint8_t *data = NULL;
    size_t size = 0;
    *lines = (oik_table_lines){.path = path};
    oik_status status = oik_file_read(&data, &size, path, err);
    lines->text = lines->rest = (char *)data;
    return status;
}

/** Next line that is neither empty nor a comment, cut off the rest; NULL at the end. */
static char *next_line(oik_table_lines *lines) {
    while (lines->rest && *lines->rest) {
        char *line = lines->rest, *end = strchr(line, '\n');
        lines->rest = end ? end + 1 : NULL;
        lines->number++;
        if (end)
            *end = '\0';
        if (line[0] != '#' && line[strspn(line, " \t\r")] != '\0')
            return line;
    }
    return NULL;
}

static char *trimmed(char *text) {
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r", text[n - 1]))
        text[--n] = '\0';
    return text;
}

oik_status oik_table_lines_next(oik_table_lines *lines, char *column[], int n, oik_error *err) {
    char *line = next_line(lines);
    column[0] = NULL;
    for (int k = 0; line && k < n; k++) {
        char *bar = k + 1 < n ? strstr(line, " | ") : NULL;
        if (k + 1 < n && !bar)
            return oik_fail(err, OIK_E_FORMAT, "%s line %d: expected %d columns, found %d", lines->path, lines->number, n, k + 1);
        if (bar)
            *bar = '\0';
        column[k] = trimmed(line);
        line = bar ? bar + 3 : line;
    }
    return OIK_OK;
}

int oik_words(char *text, char *word[], int limit) {
    int n = 0;
    for (char *c = text + strspn(text, " \t"); *c && n < limit; c += strspn(c, " \t")) {
        word[n++] = c;
        c += strcspn(c, " \t");
        if (*c && n < limit)
            *c++ = '\0';
    }
    return n;
}
