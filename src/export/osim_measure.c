/** Which distances between markers tell the size of each body (see osim_measure.h). */
#include "export/osim_measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/** "femur_l" is the mirror image of "femur_r". */
static int find_mirror(const oik_rig *rig, int body) {
    char name[OIK_NAME_LENGTH];
    memcpy(name, rig->bodies[body].name, sizeof name);
    size_t n = strlen(name);
    if (n < 2 || name[n - 2] != '_' || (name[n - 1] != 'r' && name[n - 1] != 'l'))
        return -1;
    name[n - 1] = name[n - 1] == 'r' ? 'l' : 'r';
    for (int i = 0; i < rig->n_bodies; i++)
        if (strcmp(rig->bodies[i].name, name) == 0)
            return i;
    return -1;
}

/** A marker in a joint's centre: no laboratory can glue one there. @param[in] o n_bodies, places of the joints */
static bool is_joint_centre(const oik_rig *rig, const oik_vec3 *o, oik_vec3 x) {
    const double same = 0.001; /* no landmark is that near [m] */
    for (int i = 0; i < rig->n_bodies; i++)
        if (v3_dist(o[i], x) < same)
            return true;
    return false;
}

/** "LKNE" is the mirror image of "RKNE"; -1: there is none. */
static int find_mirror_marker(const oik_rig *rig, int marker) {
    char name[OIK_NAME_LENGTH];
    memcpy(name, rig->markers[marker].name, sizeof name);
    if (name[0] != 'R' && name[0] != 'L')
        return -1;
    name[0] = name[0] == 'R' ? 'L' : 'R';
    for (int m = 0; m < rig->n_markers; m++)
        if (strcmp(rig->markers[m].name, name) == 0)
            return m;
    return -1;
}

/** The same pair on the other side; false when there is none. */
static bool mirror_pair(int out[2], const oik_rig *rig, const int pair[2]) {
    out[0] = find_mirror_marker(rig, pair[0]);
    out[1] = find_mirror_marker(rig, pair[1]);
    return out[0] >= 0 && out[1] >= 0;
}

/** A bony landmark of the body. @param[in] o n_bodies, places of the joints; @param[in] x n_markers, places of the markers */
static bool is_landmark_of(const oik_rig *rig, int marker, int body, const oik_vec3 *o, const oik_vec3 *x) {
    return rig->markers[marker].fixed && rig->markers[marker].body == body && !is_joint_centre(rig, o, x[marker]);
}

/** Medial markers: laboratories glue them on for a static trial at best, so that a lateral one is taken where there is one. */
static bool is_medial(const oik_rig_marker *marker) {
    static const char *const names[] = {"KNM", "MED", "ELM"}; /* rig_markers.c, after the letter of the side */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(marker->name + (marker->name[0] != '\0'), names[i]) == 0)
            return true;
    return false;
}

/** The landmark nearest to a joint, of the bodies on both its sides; -1 when there is none within reach. */
static int nearest_marker(const oik_rig *rig, const oik_vec3 *o, const oik_vec3 *x, int joint, double reach) {
    int best = -1, parent = rig->bodies[joint].parent;
    double nearest = reach;
    bool best_medial = true;
    for (int m = 0; m < rig->n_markers; m++) {
        bool beside = is_landmark_of(rig, m, joint, o, x) || is_landmark_of(rig, m, parent, o, x);
        bool medial = is_medial(&rig->markers[m]);
        double distance = v3_dist(x[m], o[joint]);
        bool better = medial == best_medial ? distance <= nearest : best_medial;
        if (!beside || distance > reach || !better)
            continue;
        nearest = distance;
        best_medial = medial;
        best = m;
    }
    return best;
}

/** The joint that lies farthest from the body's own; -1 for the last body of a limb. */
static int farthest_child(const oik_rig *rig, int body) {
    int best = -1;
    for (int i = 0; i < rig->n_bodies; i++)
        if (rig->bodies[i].parent == body && (best < 0 || v3_norm(rig->bodies[i].s) > v3_norm(rig->bodies[best].s)))
            best = i;
    return best;
}

static void measure_between_joints(oik_osim_measure *out, const oik_rig *rig, int body, const oik_vec3 *o, const oik_vec3 *x) {
    int child = farthest_child(rig, body);
    if (child < 0)
        return;
    double length = v3_dist(o[child], o[body]), reach = 0.5 * length;
    int a = nearest_marker(rig, o, x, body, reach), b = nearest_marker(rig, o, x, child, reach);
    if (a < 0 || b < 0 || v3_dist(x[a], x[b]) < reach)
        return;
    out->pair[0][0] = a;
    out->pair[0][1] = b;
    out->n_pairs = 1;
}

static void measure_widest(oik_osim_measure *out, const oik_rig *rig, int body, const oik_vec3 *o, const oik_vec3 *x) {
    double widest = 0.0;
    for (int a = 0; a < rig->n_markers; a++) {
        if (!is_landmark_of(rig, a, body, o, x))
            continue;
        for (int b = 0; b < a; b++) {
            if (!is_landmark_of(rig, b, body, o, x) || v3_dist(x[a], x[b]) <= widest)
                continue;
            widest = v3_dist(x[a], x[b]);
            out->pair[0][0] = b;
            out->pair[0][1] = a;
            out->n_pairs = 1;
        }
    }
}

/** q = sum_i c_i q_master^i */
static double follow(const oik_dof *dof, const double *q) {
    double sum = 0.0;
    for (int i = dof->n_coefficients - 1; i >= 0; i--)
        sum = sum * q[dof->master] + dof->coefficient[i];
    return sum;
}

/** Every joint at rest, or at the end of the range that is nearer; dependent coordinates as their masters give them. */
static void stand_neutral(double *q, const oik_rig *rig) {
    for (int d = 0; d < rig->n_dofs; d++)
        q[d] = fmin(fmax(rig->dofs[d].rest, rig->dofs[d].lower), rig->dofs[d].upper);
    for (int d = 0; d < rig->n_dofs; d++)
        if (rig->dofs[d].n_coefficients > 0)
            q[d] = follow(&rig->dofs[d], q);
}

/** Places of bodies and markers in the neutral posture: which markers are chosen does not depend on how the subject stands. */
typedef struct posture {
    double *q;
    oik_mat3 *R;
    oik_vec3 *o, *x;
} posture;

static oik_status posture_new(posture *p, const oik_rig *rig, oik_error *err) {
    p->q = oik_new((size_t)rig->n_dofs, sizeof *p->q, err);
    p->R = oik_new((size_t)rig->n_bodies, sizeof *p->R, err);
    p->o = oik_new((size_t)rig->n_bodies, sizeof *p->o, err);
    p->x = oik_new((size_t)rig->n_markers, sizeof *p->x, err);
    if (!p->q || !p->R || !p->o || !p->x)
        return OIK_E_MEMORY;
    stand_neutral(p->q, rig);
    oik_rig_forward(p->R, p->o, rig, p->q);
    for (int m = 0; m < rig->n_markers; m++) {
        int body = rig->markers[m].body;
        p->x[m] = v3_add(p->o[body], m3_mulv(p->R[body], rig->markers[m].at));
    }
    return OIK_OK;
}

static void posture_clear(posture *p) {
    free(p->q);
    free(p->R);
    free(p->o);
    free(p->x);
}

/** Bodies before it are done: the left side takes the mirror images of the right one's markers, or the other way round. */
static void measure_body(oik_osim_measure *measure, const oik_rig *rig, int body, const posture *p) {
    oik_osim_measure *own = &measure[body];
    *own = (oik_osim_measure){.like = -1, .mirror = find_mirror(rig, body)};
    bool other_done = own->mirror >= 0 && own->mirror < body && measure[own->mirror].n_pairs > 0;
    if (other_done && mirror_pair(own->pair[0], rig, measure[own->mirror].pair[0]))
        own->n_pairs = 1;
    else if (rig->bodies[body].parent < 0)
        measure_widest(own, rig, body, p->o, p->x);
    else
        measure_between_joints(own, rig, body, p->o, p->x);
    bool midline = own->mirror < 0 && own->n_pairs > 0 && mirror_pair(own->pair[1], rig, own->pair[0]);
    if (midline && own->pair[1][0] != own->pair[0][1]) /* not the same pair the other way round */
        own->n_pairs = 2;
}

oik_status oik_osim_measure_new(oik_osim_measure **out, const oik_rig *rig, oik_error *err) {
    posture p = {0};
    oik_osim_measure *measure = *out = oik_new((size_t)rig->n_bodies, sizeof *measure, err);
    oik_status status = measure ? posture_new(&p, rig, err) : OIK_E_MEMORY;
    if (status)
        goto done;
    for (int i = 0; i < rig->n_bodies; i++)
        measure_body(measure, rig, i, &p);
    for (int i = 0; i < rig->n_bodies; i++) {
        int mirror = measure[i].mirror, parent = rig->bodies[i].parent;
        bool mirrored = mirror >= 0 && measure[mirror].n_pairs > 0;
        measure[i].like = measure[i].n_pairs > 0 ? i : mirrored ? mirror : parent >= 0 ? measure[parent].like : -1;
    }
done:
    posture_clear(&p);
    if (status) {
        free(measure);
        *out = NULL;
    }
    return status;
}
