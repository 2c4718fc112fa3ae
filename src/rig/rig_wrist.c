/**
 * The wrist of a plain rig whose skeleton has one bone for the forearm.
 *
 * Such a chain has a ball joint between ulna and hand whose first rotation is pronation about the length of the forearm. Rajagopal's model
 * has a radius there: it turns against the ulna by pro_sup, and the hand against it by wrist_flex and wrist_dev. The ball joint is these
 * two in a row, so a radius between them changes no place, no angle and no coordinate: q stays as it is. It carries no bone, and half of
 * the forearm's mass, as in Rajagopal et al. 2016.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ik/joint_angles.h"
#include "rig/rig_build.h"

/** Body of a rig by name, -1 when there is none. */
static int find_body(const oik_rig *rig, const char *name, char side) {
    char full[OIK_NAME_LENGTH];
    snprintf(full, sizeof full, "%s_%c", name, side);
    for (int i = 0; i < rig->n_bodies; i++)
        if (strcmp(rig->bodies[i].name, full) == 0)
            return i;
    return -1;
}

static bool is_coordinate(const oik_dof *dof, const char *name) {
    return strncmp(dof->name, name, strlen(name)) == 0;
}

/** A hand on an ulna, with the three rotations of both joints. */
static bool has_ball(const oik_rig *rig, int hand, int ulna) {
    const oik_rig_body *body = &rig->bodies[hand];
    const oik_dof *dofs = rig->dofs + body->first_dof;
    return body->parent == ulna && body->n_rotations == 3 && body->n_translations == 0 && is_coordinate(&dofs[0], "pro_sup") &&
           is_coordinate(&dofs[1], "wrist_flex") && is_coordinate(&dofs[2], "wrist_dev");
}

static void shift(int *body, int from) {
    *body += *body >= from;
}

/** Numbers of bodies from `at` on grow by one, wherever they are told. */
static void renumber(oik_rig *rig, int at) {
    for (int i = 0; i < rig->n_bodies; i++)
        shift(&rig->bodies[i].parent, at);
    for (int i = 0; i < rig->n_bones; i++)
        shift(&rig->bones[i].body, at);
    for (int i = 0; i < rig->n_markers; i++)
        shift(&rig->markers[i].body, at);
    for (size_t v = 0; v < rig->skin.n_vertices; v++)
        for (size_t k = 0; k < sizeof rig->skin.body[v] / sizeof *rig->skin.body[v] && rig->skin.weight[v][k] > 0.0; k++)
            rig->skin.body[v][k] += rig->skin.body[v][k] >= at;
}

/** Half of the ulna's mass, where it is in the frame of a radius that is turned by R (radius -> ulna). */
static void share_mass(oik_rig_body *radius, oik_rig_body *ulna, oik_mat3 R) {
    double *I = ulna->inertia;
    ulna->mass *= 0.5;
    for (int k = 0; k < 6; k++)
        I[k] *= 0.5;
    const oik_mat3 tensor = {{{I[0], I[3], I[4]}, {I[3], I[1], I[5]}, {I[4], I[5], I[2]}}};
    oik_mat3 T = m3_mul(m3_tmul(R, tensor), R);
    const double turned[6] = {T.m[0][0], T.m[1][1], T.m[2][2], T.m[0][1], T.m[0][2], T.m[1][2]};
    memcpy(radius->inertia, turned, sizeof turned);
    radius->mass = ulna->mass;
    radius->mass_centre = m3_tmulv(R, v3_sub(ulna->mass_centre, radius->s));
}

/** q: pronation in the posture in which the bones lie. */
static void insert_radius(oik_rig *rig, int hand, int ulna, char side, double q) {
    renumber(rig, hand);
    memmove(&rig->bodies[hand + 1], &rig->bodies[hand], (size_t)(rig->n_bodies - hand) * sizeof *rig->bodies);
    rig->n_bodies++;
    oik_rig_body *radius = &rig->bodies[hand], *moved = &rig->bodies[hand + 1];
    const oik_dof *turn = &rig->dofs[moved->first_dof];
    oik_vec3 axis = m3_mulv(moved->A, turn->axis), wrist = moved->s;
    *radius = (oik_rig_body){.parent = ulna,
                             .kind = OIK_JOINT_HINGE,
                             .A = moved->A,
                             .B = moved->A,
                             .s = v3_madd(wrist, -v3_dot(axis, wrist), axis), /* the point of the axis nearest to the elbow */
                             .first_dof = moved->first_dof,
                             .n_rotations = 1,
                             .first_bone = moved->first_bone};
    snprintf(radius->name, sizeof radius->name, "radius_%c", side);
    snprintf(radius->joint_name, sizeof radius->joint_name, "radioulnar_%c", side);
    snprintf(moved->joint_name, sizeof moved->joint_name, "radius_hand_%c", side);
    moved->parent = hand;
    moved->kind = OIK_JOINT_UNIVERSAL;
    moved->s = v3_sub(wrist, radius->s); /* along the axis, so turning does not move it */
    moved->first_dof++;
    moved->n_rotations--;
    share_mass(radius, &rig->bodies[ulna], m3_mul(m3_mul(radius->A, oik_joint_rotation(turn, 1, &q)), m3_transpose(radius->B)));
}

oik_status oik_rig_build_wrists(oik_rig_builder *b, oik_error *err) {
    static const char sides[] = {'r', 'l'};
    oik_rig *rig = b->rig;
    for (size_t i = 0; i < sizeof sides && rig->detail == OIK_RIG_PLAIN; i++) {
        int hand = find_body(rig, "hand", sides[i]), ulna = find_body(rig, "ulna", sides[i]);
        if (hand < 0 || ulna < 0 || find_body(rig, "radius", sides[i]) >= 0 || !has_ball(rig, hand, ulna))
            continue;
        oik_rig_body *bodies = oik_resize(rig->bodies, (size_t)rig->n_bodies + 1, sizeof *bodies, err);
        if (!bodies)
            return OIK_E_MEMORY;
        rig->bodies = bodies;
        insert_radius(rig, hand, ulna, sides[i], b->lie->q[b->source[rig->bodies[hand].first_dof]]);
    }
    return OIK_OK;
}
