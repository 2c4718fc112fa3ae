/** Shapes around the bodies of a rig (see rig_shapes.h). */
#include "export/rig_shapes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

typedef struct bounds {
    size_t n;
    oik_vec3 lower, upper;
} bounds;

/** The body that carries most of a vertex. */
static int main_body(const oik_rig_skin *skin, size_t v) {
    int largest = 0;
    for (int k = 1; k < 4; k++)
        if (skin->weight[v][k] > skin->weight[v][largest])
            largest = k;
    return skin->body[v][largest];
}

static void include(bounds *b, oik_vec3 p) {
    b->lower = b->n ? v3(fmin(b->lower.x, p.x), fmin(b->lower.y, p.y), fmin(b->lower.z, p.z)) : p;
    b->upper = b->n ? v3(fmax(b->upper.x, p.x), fmax(b->upper.y, p.y), fmax(b->upper.z, p.z)) : p;
    b->n++;
}

static bool has_flat_sole(const char *body) {
    static const char *const names[] = {"calcn", "toes"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(body, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/** A capsule, or a ball where none of the sides is clearly the longest: rounding must not choose the axis. */
static oik_rig_shape capsule(oik_vec3 half) {
    const double clearly = 1.25;
    int longest = half.x >= half.y && half.x >= half.z ? 0 : half.y >= half.z ? 1 : 2;
    double length = v3_get(half, longest), sum = half.x + half.y + half.z, radius = 0.5 * (sum - length);
    if (length < clearly * radius)
        length = radius = sum / 3.0;
    return (oik_rig_shape){.kind = OIK_SHAPE_CAPSULE,
                           .axis = v3(longest == 0, longest == 1, longest == 2),
                           .radius = radius,
                           .half_line = length - radius};
}

static oik_rig_shape shape_of(const oik_rig *rig, int body, const bounds *b) {
    oik_vec3 half = v3_scale(v3_sub(b->upper, b->lower), 0.5);
    oik_rig_shape shape = has_flat_sole(rig->bodies[body].name) ? (oik_rig_shape){.kind = OIK_SHAPE_BOX, .half = half} : capsule(half);
    shape.body = body;
    shape.centre = v3_scale(v3_add(b->lower, b->upper), 0.5);
    return shape;
}

/** Bounds of the skin of each body in its own frame. R, o: room for the bodies. */
static void bound(bounds *all, oik_mat3 *R, oik_vec3 *o, const oik_rig *rig) {
    oik_rig_forward(R, o, rig, rig->q); /* the skin is that of the first frame */
    for (size_t v = 0; v < rig->skin.n_vertices; v++) {
        int i = main_body(&rig->skin, v);
        include(&all[i], m3_tmulv(R[i], v3_sub(rig->skin.vertices[v], o[i])));
    }
}

oik_status oik_rig_shapes_new(oik_rig_shape **shapes, int *n_shapes, const oik_rig *rig, oik_error *err) {
    const double thin = 1e-3; /* [m]; skin that bounds no room: of a vertex or two that a body carries by chance */
    size_t n = (size_t)rig->n_bodies;
    bounds *all = oik_new(n, sizeof *all, err);
    oik_mat3 *R = oik_new(n, sizeof *R, err);
    oik_vec3 *o = oik_new(n, sizeof *o, err);
    *n_shapes = 0;
    *shapes = oik_new(n, sizeof **shapes, err);
    oik_status status = all && R && o && *shapes ? OIK_OK : OIK_E_MEMORY;
    if (!status)
        bound(all, R, o, rig);
    for (int i = 0; i < rig->n_bodies && !status; i++) {
        oik_vec3 side = v3_sub(all[i].upper, all[i].lower);
        if (all[i].n > 0 && fmin(fmin(side.x, side.y), side.z) > thin)
            (*shapes)[(*n_shapes)++] = shape_of(rig, i, &all[i]);
    }
    free(all);
    free(R);
    free(o);
    if (status) {
        free(*shapes);
        *shapes = NULL;
    }
    return status;
}

double oik_rig_shapes_lowest(const oik_rig_shape *shapes, int n_shapes, const oik_mat3 *R, const oik_vec3 *o) {
    double lowest = INFINITY;
    for (const oik_rig_shape *s = shapes; s < shapes + n_shapes; s++) {
        const double *up = R[s->body].m[1]; /* world's y in the body's frame */
        double below = s->kind == OIK_SHAPE_BOX ? fabs(up[0]) * s->half.x + fabs(up[1]) * s->half.y + fabs(up[2]) * s->half.z
                                                : s->radius + s->half_line * fabs(v3_dot(v3(up[0], up[1], up[2]), s->axis));
        lowest = fmin(lowest, o[s->body].y + m3_mulv(R[s->body], s->centre).y - below);
    }
    return lowest;
}
