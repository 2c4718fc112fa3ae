#include "skin_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/status.h"

static const double rad_per_deg = 3.14159265358979323846 / 180;

/** longest ray [m]: more than the half breadth of any trunk */
static const double ray_length = 0.26;
/** a crossing is known to this [m] */
static const double ray_tolerance = 1e-8;

static oik_status check_segments(char *line, const char *path, int number, oik_error *err) {
    int i = -1;
    char *rest = NULL;
    for (char *word = strtok_r(line, " \r", &rest); word; word = strtok_r(NULL, " \r", &rest), i++)
        if (i >= 0 && (i >= OIK_SKIN_N_SEGMENTS || strcmp(word, oik_skin_segment_name[i]) != 0))
            return oik_fail(err, OIK_E_FORMAT, "%s line %d: segment %d is %s, which the axes do not have there", path,
                            number, i, word);
    if (i != OIK_SKIN_N_SEGMENTS)
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: expected %d segments, found %d", path, number,
                        OIK_SKIN_N_SEGMENTS, i);
    return OIK_OK;
}

static oik_status parse_row(oik_skin_address_table *T, const char *line, const char *path, int number,
                            oik_error *err) {
    int index, mirror, segment, n = (int)T->n_vertices;
    double t, theta, tilt;
    if (sscanf(line, "%d %d %d %lf %lf %lf", &index, &mirror, &segment, &t, &theta, &tilt) != 6)
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: expected six numbers", path, number);
    if (index < 0 || index >= n || mirror < 0 || mirror >= n || segment < 0 || segment >= OIK_SKIN_N_SEGMENTS)
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: vertex or segment out of range", path, number);
    if (T->mirror[index] >= 0 || T->mirror[mirror] >= 0)
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: vertex %d or %d appears twice", path, number, index, mirror);
    T->mirror[index] = mirror;
    T->mirror[mirror] = index;
    T->row_of[index] = T->row_of[mirror] = (int32_t)T->n_left;
    T->vertex[T->n_left] = index;
    T->row[T->n_left++] = (oik_skin_address){.segment = (uint8_t)segment,
                                             .t = t / 100,
                                             .theta = theta * rad_per_deg,
                                             .tilt = tilt * rad_per_deg};
    return OIK_OK;
}

static oik_status parse_table(oik_skin_address_table *T, char *text, const char *path, oik_error *err) {
    oik_status status = OIK_OK;
    char *rest = text;
    for (int number = 1; status == OIK_OK && rest && *rest; number++) {
        char *line = rest, *end = strchr(line, '\n');
        rest = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        if (strncmp(line, "segments ", 9) == 0)
            status = check_segments(line, path, number, err);
        else if (line[0] != '#' && line[0] != '\0' && line[0] != '\r')
            status = parse_row(T, line, path, number, err);
    }
    for (size_t i = 0; status == OIK_OK && i < T->n_vertices; i++)
        if (T->mirror[i] < 0)
            status = oik_fail(err, OIK_E_FORMAT, "%s: vertex %zu has no address", path, i);
    return status;
}

oik_status oik_skin_address_load(oik_skin_address_table **out, const char *path, oik_error *err) {
    enum { N_VERTICES = 6890 }; /* of the SMPL order that the table describes */
    uint8_t *data = NULL;
    size_t size = 0;
    *out = NULL;
    oik_skin_address_table *T = oik_new(1, sizeof *T, err);
    oik_status status = OIK_E_MEMORY;
    if (!T)
        return status;
    T->n_vertices = N_VERTICES;
    T->vertex = oik_new(N_VERTICES, sizeof *T->vertex, err);
    T->row = oik_new(N_VERTICES, sizeof *T->row, err);
    T->mirror = oik_new(N_VERTICES, sizeof *T->mirror, err);
    T->row_of = oik_new(N_VERTICES, sizeof *T->row_of, err);
    if (!T->vertex || !T->row || !T->mirror || !T->row_of)
        goto done;
    for (size_t i = 0; i < N_VERTICES; i++)
        T->mirror[i] = -1;
    status = oik_file_read(&data, &size, path, err);
    if (status == OIK_OK)
        status = parse_table(T, (char *)data, path, err);
done:
    free(data);
    if (status == OIK_OK)
        *out = T;
    else
        oik_skin_address_free(T);
    return status;
}

void oik_skin_address_free(oik_skin_address_table *table) {
    if (!table)
        return;
    free(table->vertex);
    free(table->row);
    free(table->mirror);
    free(table->row_of);
    free(table);
}

unsigned oik_skin_segment_region(size_t segment) {
    if (segment == OIK_SKIN_NECK || segment == OIK_SKIN_HEAD)
        return OIK_SKIN_SKULL;
    if (segment == OIK_SKIN_FARM || segment >= OIK_SKIN_FINGERS)
        return OIK_SKIN_PALM;
    return segment >= OIK_SKIN_SHANK ? OIK_SKIN_SOLE : OIK_SKIN_BODY;
}

void oik_skin_ray(oik_vec3 *origin, oik_vec3 *direction, const oik_skin_segment *axes,
                  const oik_skin_address *address) {
    const oik_skin_segment *s = &axes[address->segment];
    oik_vec3 d = v3_unit(v3_sub(s->B, s->A));
    oik_vec3 across = v3_add(v3_scale(s->u, cos(address->theta)), v3_scale(s->w, sin(address->theta)));
    *origin = v3_lerp(s->A, s->B, address->t);
    *direction = v3_add(v3_scale(across, cos(address->tilt)), v3_scale(d, sin(address->tilt)));
}

typedef struct ray {
    const oik_skin_surface *surface;
    oik_vec3 origin, direction;
    unsigned region;
} ray;

static double at(const ray *q, double s) {
    return oik_skin_field(q->surface, v3_madd(q->origin, s, q->direction), q->region);
}

/** crossing between lo (field < 0) and hi (field >= 0) by regula falsi, Illinois variant */
static double crossing(const ray *q, double lo, double f_lo, double hi, double f_hi) {
    int side = 0;
    for (int i = 0; i < 60 && hi - lo > ray_tolerance; i++) {
        double s = lo + (hi - lo) * f_lo / (f_lo - f_hi), f = at(q, s);
        if (fabs(f) < ray_tolerance)
            return s;
        if (f < 0) {
            lo = s;
            f_lo = f;
            if (side == -1)
                f_hi /= 2;
            side = -1;
        } else {
            hi = s;
            f_hi = f;
            if (side == 1)
                f_lo /= 2;
            side = 1;
        }
    }
    return (lo + hi) / 2;
}

/** on the sides of the head the ear overhangs: there the last way out is meant */
static int below_ear(const oik_skin_address *address) {
    return address->segment == OIK_SKIN_HEAD && fabs(cos(address->theta)) < 0.7; /* within 45 deg of sideways */
}

/**
 * First, or last, way out of the surface.
 * Steps of most of the field's value, at least 1 mm, at most 6 mm. @return < 0: none
 */
static double march(const ray *q, int last) {
    double s = 0, f = at(q, s), found = -1;
    while (s < ray_length) {
        double next = s + fmin(fmax(0.7 * fabs(f), 1e-3), 6e-3), f_next = at(q, next);
        if (f < 0 && f_next >= 0) {
            found = crossing(q, s, f, next, f_next);
            if (!last)
                break;
        }
        s = next;
        f = f_next;
    }
    return found;
}

/** crossing nearest to start: growing steps against the sign of the field, 60 mm at most. @return < 0: none */
static double track(const ray *q, double start) {
    double s = start, f = at(q, s), step = 1e-3;
    while (fabs(s - start) < 0.06) {
        double next = f < 0 ? s + step : fmax(s - step, 0), f_next = at(q, next);
        if (f < 0 && f_next >= 0)
            return crossing(q, s, f, next, f_next);
        if (f >= 0 && f_next < 0)
            return crossing(q, next, f_next, s, f);
        if (next <= 0)
            return -1;
        s = next;
        f = f_next;
        step *= 1.6;
    }
    return -1;
}

size_t oik_skin_cast(double *radius, const oik_skin_address_table *table, const oik_skin_body *body,
                     const double *start) {
    size_t missed = 0;
    for (size_t i = 0; i < table->n_left; i++) {
        ray q = {.surface = &body->surface, .region = oik_skin_segment_region(table->row[i].segment)};
        oik_skin_ray(&q.origin, &q.direction, body->axes, &table->row[i]);
        double s = start ? track(&q, start[i]) : march(&q, below_ear(&table->row[i]));
        if (s < 0) {
            missed++;
            s = start ? start[i] : s;
        }
        radius[i] = s;
    }
    return missed;
}

void oik_skin_place(oik_vec3 *vertices, const oik_skin_address_table *table, const oik_skin_segment *axes,
                    const double *radius) {
    for (size_t i = 0; i < table->n_left; i++) {
        oik_vec3 origin, direction;
        oik_skin_ray(&origin, &direction, axes, &table->row[i]);
        oik_vec3 x = v3_madd(origin, radius[i], direction);
        int32_t left = table->vertex[i], right = table->mirror[left];
        if (left == right)
            x.x = 0;
        vertices[left] = x;
        vertices[right] = right == left ? x : v3(-x.x, x.y, x.z);
    }
}
