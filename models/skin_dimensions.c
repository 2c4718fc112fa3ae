#include "skin_dimensions.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"

enum { N_DIMENSIONS = sizeof(oik_skin_dimensions) / sizeof(double) };

static const char *const dimension_name[N_DIMENSIONS] = {
#define NAME(name) #name,
    OIK_SKIN_DIMENSION_LIST(NAME)
#undef NAME
};

const char *const oik_skin_parameter_name[OIK_SKIN_N_PARAMETERS] = {
#define NAME(name, sd) #name,
    OIK_SKIN_PARAMETER_LIST(NAME)
#undef NAME
};

static const double parameter_sd[OIK_SKIN_N_PARAMETERS] = {
#define SD(name, sd) sd,
    OIK_SKIN_PARAMETER_LIST(SD)
#undef SD
};

double oik_skin_parameter(const oik_skin_parameters *p, int parameter) {
    return p->value[parameter] * parameter_sd[parameter];
}

/** the struct seen as the array of its fields, all of which are double */
static double *fields(oik_skin_dimensions *d) {
    return (double *)d;
}

static int find_dimension(const char *name) {
    for (int i = 0; i < N_DIMENSIONS; i++)
        if (strcmp(dimension_name[i], name) == 0)
            return i;
    return -1;
}

/** Number of a parameter; stature comes after all others; -1: there is none of that name. */
static int find_parameter(const char *name) {
    for (int i = 0; i < OIK_SKIN_N_PARAMETERS; i++)
        if (strcmp(oik_skin_parameter_name[i], name) == 0)
            return i;
    return strcmp(name, "size") == 0 ? OIK_SKIN_N_PARAMETERS : -1;
}

static bool is_listed(const oik_skin_correlations *c, int parameter) {
    for (int i = 0; i < c->n; i++)
        if (c->parameter[i] == parameter)
            return true;
    return false;
}

/** "r parameter" and a number for each of the lines before it */
static oik_status parse_correlations(oik_skin_correlations *c, const char *line, const char *path, int number, oik_error *err) {
    char name[64];
    int used = 0;
    if (sscanf(line, "r %63s%n", name, &used) != 1)
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: expected a shape parameter after r", path, number);
    int parameter = find_parameter(name);
    if (parameter < 0 || is_listed(c, parameter))
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: %s is no shape parameter or comes twice", path, number, name);
    line += used;
    for (int j = 0; j < c->n; j++, line += used) {
        double *r = &c->r[c->n][j];
        if (sscanf(line, "%lf%n", r, &used) != 1 || !(fabs(*r) < 1.0))
            return oik_fail(err, OIK_E_FORMAT, "%s line %d: expected %d correlations between -1 and 1", path, number, c->n);
    }
    c->parameter[c->n++] = parameter;
    return OIK_OK;
}

static oik_status parse_dimension(oik_skin_dimension_table *out, const char *line, const char *path, int number, oik_error *err) {
    char name[64];
    double male, male_sd, female, female_sd;
    if (sscanf(line, "%63s %lf %lf %lf %lf", name, &male, &male_sd, &female, &female_sd) != 5)
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: expected a name and four numbers", path, number);
    int i = find_dimension(name);
    if (i < 0)
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: %s is not a dimension of the surface", path, number, name);
    if (!(male > 0.0 && female > 0.0))
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: %s is not positive", path, number, name);
    fields(&out->male)[i] = male;
    fields(&out->female)[i] = female;
    return OIK_OK;
}

static oik_status parse_line(oik_skin_dimension_table *out, const char *line, const char *path, int number, oik_error *err) {
    bool correlations = line[0] == 'r' && line[1] == ' ';
    return correlations ? parse_correlations(&out->correlations, line, path, number, err) : parse_dimension(out, line, path, number, err);
}

oik_status oik_skin_dimensions_load(oik_skin_dimension_table *out, const char *path, oik_error *err) {
    uint8_t *data = NULL;
    size_t size = 0;
    oik_skin_dimension_table table = {0};
    oik_status status = oik_file_read(&data, &size, path, err);
    char *rest = (char *)data;
    for (int number = 1; status == OIK_OK && rest && *rest; number++) {
        char *line = rest, *end = strchr(line, '\n');
        rest = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        if (line[0] != '#' && line[0] != '\0' && line[0] != '\r')
            status = parse_line(&table, line, path, number, err);
    }
    free(data);
    for (int i = 0; status == OIK_OK && i < N_DIMENSIONS; i++)
        if (fields(&table.male)[i] == 0.0)
            status = oik_fail(err, OIK_E_FORMAT, "%s: %s is missing", path, dimension_name[i]);
    if (status == OIK_OK)
        *out = table;
    return status;
}

oik_skin_dimensions oik_skin_dimensions_at(const oik_skin_dimension_table *table, double g) {
    oik_skin_dimensions male = table->male, female = table->female, out;
    for (int i = 0; i < N_DIMENSIONS; i++)
        fields(&out)[i] = (1.0 - g) * fields(&male)[i] + g * fields(&female)[i];
    return out;
}
