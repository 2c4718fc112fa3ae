/** Options in a file (see config.h). */
#include "cli/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

static oik_exit read_text(oik_config *config, oik_complaint to) {
    oik_error err = {0};
    uint8_t *data = NULL;
    if (oik_file_read(&data, &config->size, config->path, &err) != OIK_OK) {
        oik_complain(to, "--config: %s", err.message);
        return err.status == OIK_E_MEMORY ? OIK_EXIT_INTERNAL : OIK_EXIT_INPUT;
    }
    config->text = (char *)data;
    oik_span line;
    oik_lines lines = {config->text, config->text + config->size, 0};
    while (oik_lines_next(&lines, &line))
        config->n_lines++;
    return OIK_EXIT_DONE;
}

oik_exit oik_config_open(oik_config *config, int argc, char **argv, const char *words, const struct option *known, int option,
                         oik_complaint to) {
    *config = (oik_config){0};
    opterr = 0;
    optind = 0; /* GNU: start anew */
    for (int found; (found = getopt_long(argc, argv, words, known, NULL)) != -1;) {
        if (found != option)
            continue;
        if (config->path)
            return oik_complain(to, "--config is given twice: %s and %s", config->path, optarg);
        config->path = optarg;
    }
    return config->path ? read_text(config, to) : OIK_EXIT_DONE;
}

/** A line as name and value, each without the blanks around it and ended by NUL; value NULL: there is no "=". name "": nothing is there. */
static void split(char **name, char **value, oik_span line) {
    char *begin = (char *)(uintptr_t)line.p, *end = begin + (line.end - line.p);
    *end = '\0'; /* the end of the line, or of the text */
    char *equals = strchr(begin, '=');
    char *ends[] = {equals ? equals : end, equals ? end : NULL};
    char **out[] = {name, value}, *starts[] = {begin, equals ? equals + 1 : NULL};
    for (int i = 0; i < 2; i++) {
        *out[i] = starts[i];
        while (*out[i] && *out[i] < ends[i] && strchr(" \t", **out[i]))
            ++*out[i];
        while (*out[i] && ends[i] > *out[i] && strchr(" \t", ends[i][-1]))
            ends[i]--;
        if (*out[i])
            *ends[i] = '\0';
    }
}

static oik_exit take_line(char *name, char *value, const struct option *known, oik_config_take *take, void *options, oik_complaint to) {
    static const char *const answers[] = {"yes", "no", NULL};
    while (known->name && strcmp(known->name, name) != 0)
        known++;
    if (!known->name)
        return oik_complain(to, "unknown option %s", name);
    if (known->has_arg == required_argument && (!value || !*value))
        return oik_complain(to, "option %s needs a value: %s = ...", name, name);
    if (known->has_arg != no_argument)
        return take(options, known->val, value, to);
    int answer = value ? oik_word_index(answers, value, strlen(value)) : 0;
    if (answer < 0)
        return oik_complain(to, "%s = %s: expected yes or no", name, value);
    return answer == 0 ? take(options, known->val, NULL, to) : OIK_EXIT_DONE;
}

oik_exit oik_config_apply(oik_config *config, const struct option *known, oik_config_take *take, void *options, oik_complaint to) {
    oik_span line;
    oik_lines lines = {config->text, config->text + config->size, 0};
    oik_exit code = OIK_EXIT_DONE;
    while (code == OIK_EXIT_DONE && config->path && oik_lines_next(&lines, &line)) {
        char *name, *value;
        bool is_text = !memchr(line.p, '\0', (size_t)(line.end - line.p));
        split(&name, &value, line);
        if (is_text && (*name == '\0' || *name == '#') && !(value && *name == '\0'))
            continue;
        code = is_text ? take_line(name, value, known, take, options, to) : oik_complain(to, "expected text, found a zero byte");
    }
    if (code != OIK_EXIT_DONE) {
        char what[512];
        snprintf(what, sizeof what, "%s", to.message);
        oik_complain(to, "%s: line %zu: %s", config->path, lines.number, what);
    }
    return code;
}

void oik_config_free(oik_config *config) {
    free(config->text);
    *config = (oik_config){0};
}
