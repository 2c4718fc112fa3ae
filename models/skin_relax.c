#include "skin_relax.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ITERATIONS = 4 };

/** half of a cell, with a tenth more so that neighbouring cells meet: 1 percent, 1 degree */
static const double cell_t = 0.0055, cell_angle = 0.55 * 3.14159265358979323846 / 180;
/** but at least this [m]: on ears, nose and fingers several vertices share a cell and need room */
static const double least_cell = 1.5e-3;

static double clamp_near(double value, double centre, double half) {
    return fmin(fmax(value, centre - half), centre + half);
}

/** difference of two angles in (-pi, pi] */
static double angle_difference(double a, double b) {
    return atan2(sin(a - b), cos(a - b));
}

/** address of x, about `radius` from the axis, on the axis of `cell`, as far as the cell allows; tilted rays keep t, others keep tilt */
static oik_skin_address address_in_cell(oik_vec3 x, const oik_skin_segment *axes, const oik_skin_address *cell,
                                        double radius, int on_midline) {
    const oik_skin_segment *s = &axes[cell->segment];
    oik_skin_address a = *cell;
    oik_vec3 axis = v3_sub(s->B, s->A), d = v3_unit(axis);
    int tilted = fabs(cell->tilt) > 0;
    double half_t = fmax(cell_t, least_cell / v3_norm(axis)), half_angle = fmax(cell_angle, least_cell / radius);
    if (!tilted) {
        a.t = clamp_near(v3_dot(v3_sub(x, s->A), axis) / v3_dot(axis, axis), cell->t, half_t);
        a.t = fmin(fmax(a.t, 0), 1);
    }
    oik_vec3 q = v3_sub(x, v3_lerp(s->A, s->B, a.t));
    if (tilted)
        a.tilt = clamp_near(asin(fmin(fmax(v3_dot(v3_unit(q), d), -1), 1)), cell->tilt, half_angle);
    if (!on_midline) {
        double turn = angle_difference(atan2(v3_dot(q, s->w), v3_dot(q, s->u)), cell->theta);
        a.theta = cell->theta + clamp_near(turn, 0, half_angle);
    }
    return a;
}

/** umbrella of x at a vertex: x minus the mean of its neighbours */
static oik_vec3 umbrella(const oik_skin_graph *graph, const oik_vec3 *x, int32_t vertex) {
    oik_vec3 sum = v3(0, 0, 0);
    size_t from = graph->start[vertex], to = graph->start[vertex + 1];
    for (size_t k = from; k < to; k++)
        sum = v3_add(sum, x[graph->neighbour[k]]);
    return v3_madd(x[vertex], -1.0 / (double)(to - from), sum);
}

oik_status oik_skin_relax(oik_skin_address_table *table, double *radius, oik_vec3 *vertices,
                          const oik_skin_address *cell, const oik_skin_body *body, const oik_skin_graph *graph,
                          oik_error *err) {
    size_t n = table->n_left;
    double *start = oik_new(n, sizeof *start, err);
    oik_vec3 *bump = oik_new(table->n_vertices, sizeof *bump, err);
    if (!start || !bump) {
        free(start);
        free(bump);
        return OIK_E_MEMORY;
    }
    for (int k = 0; k < ITERATIONS; k++) {
        for (size_t v = 0; v < table->n_vertices; v++)
            bump[v] = umbrella(graph, vertices, (int32_t)v);
        for (size_t i = 0; i < n; i++) {
            int32_t v = table->vertex[i];
            oik_vec3 x = v3_madd(vertices[v], -0.5, umbrella(graph, bump, v));
            table->row[i] = address_in_cell(x, body->axes, &cell[i], fmax(radius[i], 1e-3), table->mirror[v] == v);
        }
        memcpy(start, radius, n * sizeof *start);
        oik_skin_cast(radius, table, body, start);
        oik_skin_place(vertices, table, body->axes, radius);
    }
    free(start);
    free(bump);
    return OIK_OK;
}
