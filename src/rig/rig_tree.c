/**
 * Bodies, joints, coordinates and motion of a rig, from those of a chain.
 *
 *   C      from the frame of the motion to the rig's world (oik_rig.world)
 *   N      rotation of a merged joint at zero: product of A_j B_j^T over the joints that it stands for
 *   E      rotation of a merged joint in a frame, A^T R_p^T R_c B
 *
 * Where y is not up in the frame of the motion, the root's joint frame stays that of a motion with y up, so that its coordinates mean the
 * same (pelvis_ty is height, pelvis_tilt 0 for an upright pelvis); they are found anew in every frame.
 *
 * A segment of the chain begins anywhere on its bone, a body at the centre of its joint: s of the rig is s - b of the chain, b the centre
 * of the parent's own joint in the parent's frame.
 */
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ik/joint_angles.h"
#include "rig/rig_build.h"

/** Coordinates of a spherical joint. */
enum { BALL_DOFS = 3 };

#define PI 3.14159265358979323846

/** Segments that are one torso in a plain rig. */
static const char *const trunk_names[] = {"lumbar",     "thorax",     "neck",      "head",
                                          "clavicle_r", "clavicle_l", "scapula_r", "scapula_l"};

/** Of the joint "back" (Rajagopal et al. 2016); the ranges hold where the joints that it stands for tell none. */
static const oik_dof back_dofs[BALL_DOFS] = {
    {.name = "lumbar_extension", .axis = {0, 0, 1}, .lower = -0.5 * PI, .upper = 0.5 * PI},
    {.name = "lumbar_bending", .axis = {1, 0, 0}, .lower = -0.5 * PI, .upper = 0.5 * PI},
    {.name = "lumbar_rotation", .axis = {0, 1, 0}, .lower = -0.5 * PI, .upper = 0.5 * PI}};

/** From the frame that the chain's root is at home in to the rig's world. */
static oik_mat3 ground_turn(const oik_rig_builder *b) {
    oik_mat3 C = b->rig->world;
    return b->root_turned ? m3_mul(C, m3_transpose(oik_up_turn(b->rig->up))) : C;
}

/** Can the joint hold any rotation and place? */
static bool is_free(const oik_chain *chain, const oik_chain_joint *joint) {
    const double slack = 1e-9; /* cosine between axes of translation */
    if (joint->n_rotations != BALL_DOFS || joint->n_translations != 3)
        return false;
    const oik_dof *dofs = chain->dofs + joint->first_dof + BALL_DOFS;
    oik_vec3 t[3] = {dofs[0].axis, dofs[1].axis, dofs[2].axis};
    return fabs(v3_dot(t[0], t[1])) < slack && fabs(v3_dot(t[1], t[2])) < slack && fabs(v3_dot(t[2], t[0])) < slack;
}

/* ------------------------------------------------------------------ which bodies there are */

static bool is_trunk(const oik_chain *chain, int segment) {
    for (size_t i = 0; i < sizeof trunk_names / sizeof *trunk_names; i++)
        if (strcmp(chain->segment_names[segment], trunk_names[i]) == 0)
            return true;
    return false;
}

/** The joints from the parent body to segment i. thorax: -1 in a full rig. @return the parent segment; -2 when the path is too long */
static int climb(oik_rig_link *link, const oik_chain *chain, int i, int thorax) {
    int reversed[OIK_RIG_MAX_PATH], n = 0, p = i;
    do {
        if (n == OIK_RIG_MAX_PATH)
            return -2;
        reversed[n++] = p;
        p = chain->joints[p].parent;
    } while (thorax >= 0 && p >= 0 && p != thorax && is_trunk(chain, p));
    link->tip = i;
    link->n_path = n;
    for (int k = 0; k < n; k++)
        link->path[k] = reversed[n - 1 - k];
    link->merged = n > 1 || i == thorax;
    link->centre = i == thorax ? link->path[0] : i; /* the back bends at its lowest joint, the arm at the shoulder */
    return p;
}

/** Links, parents and body_of_segment. */
static oik_status list_bodies(oik_rig_builder *b, oik_error *err) {
    const oik_chain *chain = b->input->chain;
    oik_rig *rig = b->rig;
    int thorax = rig->detail == OIK_RIG_PLAIN ? oik_rig_find_segment(chain, "thorax") : -1;
    for (int i = 0; i < chain->n_segments; i++) {
        b->body_of_segment[i] = -1;
        if (thorax >= 0 && i != thorax && is_trunk(chain, i))
            continue;
        int parent = climb(&b->links[rig->n_bodies], chain, i, thorax);
        if (parent == -2)
            return oik_fail(err, OIK_E_MODEL, "segment %s: more than %d joints between it and the next body", chain->segment_names[i],
                            OIK_RIG_MAX_PATH);
        rig->bodies[rig->n_bodies].parent = parent < 0 ? -1 : b->body_of_segment[parent];
        b->body_of_segment[i] = rig->n_bodies++;
    }
    for (int i = 0; i < chain->n_segments; i++)
        if (b->body_of_segment[i] < 0)
            b->body_of_segment[i] = b->body_of_segment[thorax];
    return OIK_OK;
}

/* ------------------------------------------------------------------ names */

/** Replace what a name is before its side suffix. */
static void rename_from(char name[OIK_NAME_LENGTH], const char *from, const char *to) {
    size_t n = strlen(from), n_to = strlen(to), n_side = strlen(name) - n;
    if (strncmp(name, from, n) != 0 || (name[n] != '\0' && name[n] != '_') || n_to + n_side >= OIK_NAME_LENGTH)
        return;
    memmove(name + n_to, name + n, n_side + 1);
    memcpy(name, to, n_to);
}

/** Names of body i after Rajagopal et al. 2016, where that model has the body and the joint. */
static void name_body(oik_rig_builder *b, int i) {
    const oik_chain *chain = b->input->chain;
    const oik_rig_link *link = &b->links[i];
    oik_rig_body *body = &b->rig->bodies[i];
    memcpy(body->name, chain->segment_names[link->tip], sizeof body->name);
    memcpy(body->joint_name, chain->joints[link->tip].name, sizeof body->joint_name);
    rename_from(body->joint_name, "knee", "walker_knee");
    if (body->parent >= 0 && strncmp(b->rig->bodies[body->parent].name, "radius", strlen("radius")) == 0)
        rename_from(body->joint_name, "wrist", "radius_hand");
    if (b->rig->detail != OIK_RIG_PLAIN)
        return;
    rename_from(body->joint_name, "shoulder", "acromial");
    if (strcmp(body->name, "thorax") == 0) {
        strcpy(body->name, "torso");
        strcpy(body->joint_name, "back");
    }
}

/* ------------------------------------------------------------------ joints and coordinates */

/** Append coordinates to the rig; source: of the first one in the chain, -1: they are not copied. */
static void add_dofs(oik_rig_builder *b, const oik_dof *dofs, int n, int source) {
    for (int k = 0; k < n; k++) {
        b->source[b->rig->n_dofs] = source < 0 ? -1 : source + k;
        b->rig->dofs[b->rig->n_dofs++] = dofs[k];
    }
}

/** Sum of the ranges of the merged coordinates about the same axis, where there are any. */
static void sum_ranges(oik_dof *dof, const oik_chain *chain, const oik_rig_link *link) {
    const double same = 0.99; /* cosine */
    double lower = 0.0, upper = 0.0;
    for (int j = 0; j < link->n_path; j++) {
        const oik_chain_joint *joint = &chain->joints[link->path[j]];
        for (int k = joint->first_dof; k < joint->first_dof + joint->n_rotations; k++)
            if (v3_dot(chain->dofs[k].axis, dof->axis) > same) {
                lower += chain->dofs[k].lower;
                upper += chain->dofs[k].upper;
            }
    }
    if (lower < upper)
        dof->lower = lower, dof->upper = upper;
}

/** A joint of the chain as it is. */
static void copy_joint(oik_rig_builder *b, int i) {
    const oik_chain *chain = b->input->chain;
    const oik_chain_joint *joint = &chain->joints[b->links[i].tip];
    oik_rig_body *body = &b->rig->bodies[i];
    body->kind = joint->kind;
    body->n_rotations = joint->n_rotations;
    body->n_translations = joint->n_translations;
    add_dofs(b, chain->dofs + joint->first_dof, joint->n_rotations + joint->n_translations, joint->first_dof);
    body->A = joint->A, body->B = joint->B;
    if (body->parent < 0) {
        body->A = m3_mul(ground_turn(b), joint->A);
        body->s = m3_mulv(ground_turn(b), joint->s);
    } else {
        body->s = v3_sub(joint->s, chain->joints[joint->parent].b);
    }
}

/** One spherical joint for several: back with coordinates of its own, an arm's joint with those of its last one. */
static oik_status merge_joints(oik_rig_builder *b, int i, oik_error *err) {
    const oik_chain *chain = b->input->chain;
    const oik_rig_link *link = &b->links[i];
    const oik_chain_joint *first = &chain->joints[link->path[0]], *last = &chain->joints[link->tip];
    oik_rig_body *body = &b->rig->bodies[i];
    bool back = link->centre != link->tip || strcmp(body->name, "torso") == 0;
    oik_mat3 N = m3_identity();
    if (!back && last->n_rotations != BALL_DOFS)
        return oik_fail(err, OIK_E_MODEL,
                        "joint %s: expected 3 rotations to take the place of the joints between it and the torso, found %d", last->name,
                        last->n_rotations);
    for (int j = 0; j < link->n_path; j++)
        N = m3_mul(N, m3_mul(chain->joints[link->path[j]].A, m3_transpose(chain->joints[link->path[j]].B)));
    body->A = back ? first->A : m3_mul(N, last->B);
    body->B = back ? m3_tmul(N, first->A) : last->B;
    if (body->parent < 0)
        body->A = m3_mul(ground_turn(b), body->A);
    body->kind = OIK_JOINT_BALL;
    body->n_rotations = BALL_DOFS;
    add_dofs(b, back ? back_dofs : chain->dofs + last->first_dof, BALL_DOFS, -1);
    oik_dof *dofs = b->rig->dofs + body->first_dof;
    for (int k = 0; k < BALL_DOFS; k++)
        dofs[k].n_coefficients = 0;
    for (int k = 0; back && k < BALL_DOFS; k++)
        sum_ranges(&dofs[k], chain, link);
    return OIK_OK;
}

/** A coordinate follows another one of the rig, or none. */
static void renumber_masters(oik_rig_builder *b) {
    for (int d = 0; d < b->rig->n_dofs; d++) {
        oik_dof *dof = &b->rig->dofs[d];
        int master = -1;
        for (int k = 0; k < b->rig->n_dofs && dof->n_coefficients; k++)
            if (b->source[k] == dof->master)
                master = k;
        if (master < 0)
            dof->n_coefficients = 0;
        dof->master = master < 0 ? 0 : master;
    }
}

/** Where the bodies are in the posture of the bones; joints in a torso are where they are there. */
static void place_bodies(oik_rig_builder *b) {
    oik_rig *rig = b->rig;
    oik_mat3 C = b->rig->world;
    for (int i = 0; i < rig->n_bodies; i++) {
        const oik_rig_link *link = &b->links[i];
        oik_rig_body *body = &rig->bodies[i];
        b->R[i] = m3_mul(C, b->lie->R[link->tip]);
        b->o[i] = m3_mulv(C, b->lie->centre[link->centre]);
        if (body->parent < 0 || !(link->merged || b->links[body->parent].merged))
            continue;
        body->s = m3_tmulv(b->R[body->parent], v3_sub(b->o[i], b->o[body->parent]));
        for (int k = body->n_rotations; k < body->n_rotations + body->n_translations; k++) {
            int d = body->first_dof + k;
            body->s = v3_madd(body->s, -b->lie->q[b->source[d]], m3_mulv(body->A, rig->dofs[d].axis));
        }
    }
}

/** A plain rig needs what its names say. */
static oik_status check_segments(const oik_rig_builder *b, oik_error *err) {
    const char *const needed[] = {"pelvis", "thorax"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed && b->rig->detail == OIK_RIG_PLAIN; i++)
        if (oik_rig_find_segment(b->input->chain, needed[i]) < 0)
            return oik_fail(err, OIK_E_MODEL, "the chain has no segment %s, which a plain rig needs", needed[i]);
    return OIK_OK;
}

oik_status oik_rig_build_tree(oik_rig_builder *b, oik_error *err) {
    oik_status status = check_segments(b, err);
    if (!status)
        status = list_bodies(b, err);
    if (!status)
        b->root_turned =
            b->rig->up.y != 1.0 && !b->links[0].merged && is_free(b->input->chain, &b->input->chain->joints[b->links[0].tip]);
    for (int i = 0; i < b->rig->n_bodies && !status; i++) {
        b->rig->bodies[i].first_dof = b->rig->n_dofs;
        name_body(b, i);
        if (b->links[i].merged)
            status = merge_joints(b, i, err);
        else
            copy_joint(b, i);
    }
    if (status)
        return status;
    renumber_masters(b);
    place_bodies(b);
    return OIK_OK;
}

/* ------------------------------------------------------------------ motion */

/**
 * Coordinates of a merged joint, or of a turned root: in the first frame inside the range where that is possible, then those nearest to
 * the last frame's.
 * q: 3, of this frame; last: of the frame before, or NULL.
 */
static void find_angles(double *q, const double *last, const oik_rig_builder *b, const oik_chain_pose *pose, int i) {
    const oik_rig_body *body = &b->rig->bodies[i];
    const oik_dof *dofs = b->rig->dofs + body->first_dof;
    oik_mat3 R_p = body->parent < 0 ? m3_transpose(b->rig->world) : pose->R[b->links[body->parent].tip];
    oik_mat3 E = m3_mul(m3_tmul(m3_mul(R_p, body->A), pose->R[b->links[i].tip]), body->B);
    double start[BALL_DOFS];
    if (!last) {
        oik_joint_angles_in_range(start, dofs, BALL_DOFS, E);
        last = start;
    }
    oik_joint_angles(q, dofs, BALL_DOFS, E, last);
}

/** Coordinates of a free root; last: of the frame before, or NULL. */
static void find_root(double *q, const double *last, const oik_rig_builder *b, const oik_chain_pose *pose) {
    const oik_rig_body *root = &b->rig->bodies[0];
    find_angles(q, last, b, pose, 0);
    oik_vec3 shift = m3_tmulv(root->A, v3_sub(m3_mulv(b->rig->world, pose->centre[b->links[0].tip]), root->s));
    for (int k = root->n_rotations; k < root->n_rotations + root->n_translations; k++)
        q[k] = v3_dot(b->rig->dofs[k].axis, shift);
}

static void fill_frame(oik_rig_builder *b, oik_chain_pose *pose, int f) {
    const oik_rig_input *input = b->input;
    size_t n = (size_t)b->rig->n_dofs;
    double *q = b->rig->q + (size_t)f * n;
    oik_chain_forward(pose, input->chain, input->motion->q + (size_t)f * (size_t)input->chain->n_dofs);
    for (size_t d = 0; d < n; d++)
        if (b->source[d] >= 0)
            q[d] = pose->q[b->source[d]];
    if (b->root_turned)
        find_root(q, f ? q - n : NULL, b, pose);
    for (int i = 0; i < b->rig->n_bodies; i++) {
        int first = b->rig->bodies[i].first_dof;
        if (b->links[i].merged)
            find_angles(q + first, f ? q - n + first : NULL, b, pose, i);
    }
}

oik_status oik_rig_build_motion(oik_rig_builder *b, oik_error *err) {
    oik_rig *rig = b->rig;
    size_t n = (size_t)b->input->motion->n_frames;
    oik_chain_pose *pose = NULL;
    if (!(rig->time = oik_new(n, sizeof *rig->time, err)) || !(rig->q = oik_new(n, (size_t)rig->n_dofs * sizeof *rig->q, err)))
        return OIK_E_MEMORY;
    oik_status status = oik_chain_pose_new(&pose, b->input->chain, err);
    if (status)
        return status;
    rig->n_frames = (int)n;
    memcpy(rig->time, b->input->motion->time, n * sizeof *rig->time);
    for (int f = 0; f < rig->n_frames; f++)
        fill_frame(b, pose, f);
    oik_chain_pose_free(pose);
    return OIK_OK;
}
