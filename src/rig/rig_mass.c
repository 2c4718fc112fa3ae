/**
 * Masses, mass centres and inertias of the bodies, from anthropometry.h scaled to the subject's mass and segment lengths.
 *
 *   symbol          code               meaning
 *   m, L, c         mass, length, centre   of one part of the body: its mass, its length, its mass centre
 *   I_k = m (r_k L)^2                  about the axes of its segment, r_k the radius of gyration over the length
 *
 * Lengths and places are the subject's own, in the neutral posture, between joint centres. The trunk lies on the line from the middle of
 * the hips to the joint below the neck, cut in the proportions of the source. Where the chain has several segments for one part, small
 * ones take a share of its mass; what is left is the main segment's, placed so that the whole part keeps its mass centre. Bodies of a plain
 * rig are sums over their segments where the bones lie.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rig/anthropometry.h"
#include "rig/rig_build.h"

typedef enum role {
    ROLE_MAIN,  /**< what the others leave */
    ROLE_ALIKE, /**< a share that has the mass centre and the radii of the whole part */
    ROLE_SMALL  /**< a share in a solid ball of the body's density in the middle of its bones */
} role;

typedef struct mass_row {
    const char *segment; /**< without side for parts of the limbs */
    oik_body_part part;
    role role;
    double share; /**< of the part's mass */
} mass_row;

/*
 * Shares. Clavicle and scapula: 0.156 and 0.704 kg in the upper limb model of Saul et al. 2015 [L], of an upper trunk of 11.65 kg (73 kg).
 * Ulna and radius: equal, as in Rajagopal et al. 2016. Talus and toes: 0.1 and 0.2166 of 1.5666 kg of foot, ibid. Neck: a fifth of head
 * and neck, by judgement (1 kg of 5).
 */
static const mass_row rows[] = {
    {"pelvis", OIK_PART_LOWER_TRUNK, ROLE_MAIN, 1},
    {"lumbar", OIK_PART_MIDDLE_TRUNK, ROLE_MAIN, 1},
    {"thorax", OIK_PART_UPPER_TRUNK, ROLE_MAIN, 1},
    {"clavicle_r", OIK_PART_UPPER_TRUNK, ROLE_SMALL, 0.156 / 11.65},
    {"clavicle_l", OIK_PART_UPPER_TRUNK, ROLE_SMALL, 0.156 / 11.65},
    {"scapula_r", OIK_PART_UPPER_TRUNK, ROLE_SMALL, 0.704 / 11.65},
    {"scapula_l", OIK_PART_UPPER_TRUNK, ROLE_SMALL, 0.704 / 11.65},
    {"head", OIK_PART_HEAD, ROLE_MAIN, 1},
    {"neck", OIK_PART_HEAD, ROLE_SMALL, 0.2},
    {"humerus", OIK_PART_UPPER_ARM, ROLE_MAIN, 1},
    {"ulna", OIK_PART_FOREARM, ROLE_MAIN, 1},
    {"radius", OIK_PART_FOREARM, ROLE_ALIKE, 0.5},
    {"hand", OIK_PART_HAND, ROLE_MAIN, 1},
    {"femur", OIK_PART_THIGH, ROLE_MAIN, 1},
    {"tibia", OIK_PART_SHANK, ROLE_MAIN, 1},
    {"calcn", OIK_PART_FOOT, ROLE_MAIN, 1},
    {"talus", OIK_PART_FOOT, ROLE_SMALL, 0.1 / 1.5666},
    {"toes", OIK_PART_FOOT, ROLE_SMALL, 0.2166 / 1.5666},
};
enum { N_ROWS = sizeof rows / sizeof *rows, MIDLINE = 0 };

/** Of one segment, in the neutral posture, frame of the motion. */
typedef struct segment_mass {
    double mass;      /**< 0: not known yet [kg] */
    oik_vec3 centre;  /**< [m] */
    oik_vec3 inertia; /**< about the axes of the segment through the centre [kg m^2] */
    oik_vec3 middle;  /**< of the vertices of its bones, of the joint where it has none [m] */
} segment_mass;

typedef struct masses {
    const oik_rig_builder *b;
    const oik_chain *chain;
    oik_chain_pose *neutral;
    segment_mass *of_segment; /**< n_segments */
    oik_status status;
    oik_error *err;
} masses;

/* ------------------------------------------------------------------ places in the neutral posture */

/** A point that rides on a segment, from where the bones lie to the neutral posture. */
static oik_vec3 to_neutral(const masses *m, int segment, oik_vec3 p) {
    const oik_chain_pose *lie = m->b->lie;
    oik_vec3 local = m3_tmulv(lie->R[segment], v3_sub(p, lie->origin[segment]));
    return v3_add(m->neutral->origin[segment], m3_mulv(m->neutral->R[segment], local));
}

static oik_vec3 list_mean(const masses *m, int segment, int32_t list) {
    return to_neutral(m, segment, oik_rig_list_mean(m->b, list));
}

/** Segment by name and side ('r', 'l', or MIDLINE), -1 when the chain has none. */
static int find(const masses *m, const char *name, char side) {
    char full[OIK_NAME_LENGTH];
    snprintf(full, sizeof full, side ? "%s_%c" : "%s", name, side);
    return oik_rig_find_segment(m->chain, full);
}

/** The same; when there is none, an error and 0. */
static int need(masses *m, const char *name, char side) {
    int segment = find(m, name, side);
    if (segment < 0 && !m->status)
        m->status = oik_fail(m->err, OIK_E_MODEL, "the chain has no segment %s%s%.1s, which masses need", name, side ? "_" : "",
                             side ? &side : "");
    return segment < 0 ? 0 : segment;
}

/** Centre of the joint that moves a segment. */
static oik_vec3 joint(masses *m, const char *name, char side) {
    return m->neutral->centre[need(m, name, side)];
}

/** Joint below the neck. */
static oik_vec3 top_of_trunk(masses *m) {
    return joint(m, find(m, "neck", MIDLINE) < 0 ? "head" : "neck", MIDLINE);
}

/** Point of the trunk's line at a height above the hips that the source has it at [m]. */
static oik_vec3 on_trunk(masses *m, double height) {
    oik_vec3 hips = v3_lerp(joint(m, "femur", 'r'), joint(m, "femur", 'l'), 0.5);
    return v3_lerp(hips, top_of_trunk(m), height / oik_trunk_length(m->b->input->gender));
}

static void trunk_ends(oik_vec3 end[2], masses *m, oik_body_part part) {
    double height = 0.0;
    for (int p = OIK_PART_LOWER_TRUNK; p > (int)part; p--)
        height += oik_anthropometry_of((oik_body_part)p, m->b->input->gender).length;
    end[0] = on_trunk(m, height + oik_anthropometry_of(part, m->b->input->gender).length);
    end[1] = on_trunk(m, height);
}

/** A hand without a point at its knuckles points to its middle and is as long, for its forearm, as in the source. */
static void hand_ends(oik_vec3 end[2], masses *m, char side) {
    const char *gender = m->b->input->gender;
    int hand = need(m, "hand", side);
    const oik_segment_recipe *recipe = &m->b->input->model->segments[m->b->recipe[hand]];
    end[0] = m->neutral->centre[hand];
    if (recipe->distal >= 0) {
        end[1] = list_mean(m, hand, recipe->distal);
        return;
    }
    double ratio = oik_anthropometry_of(OIK_PART_HAND, gender).length / oik_anthropometry_of(OIK_PART_FOREARM, gender).length;
    oik_vec3 along = v3_unit(v3_sub(list_mean(m, hand, recipe->primary_from), end[0]));
    end[1] = v3_madd(end[0], ratio * v3_dist(joint(m, "ulna", side), end[0]), along);
}

/** From the heel to the toes, or to what is foremost on a foot without them. */
static void foot_ends(oik_vec3 end[2], masses *m, char side) {
    const oik_segment_recipe *recipes = m->b->input->model->segments;
    int foot = need(m, "calcn", side), toes = find(m, "toes", side);
    const oik_segment_recipe *heel = &recipes[m->b->recipe[foot]], *tip = toes < 0 ? NULL : &recipes[m->b->recipe[toes]];
    end[0] = list_mean(m, foot, heel->origin);
    end[1] = tip && tip->distal >= 0 ? list_mean(m, toes, tip->distal) : list_mean(m, foot, heel->primary_to);
}

/** Ends of a part, between which its length and mass centre are measured. */
static void find_ends(oik_vec3 end[2], masses *m, oik_body_part part, char side) {
    const oik_skel_model *model = m->b->input->model;
    int head;
    switch (part) {
    case OIK_PART_HEAD:
        head = need(m, "head", side);
        end[0] = model->segments[m->b->recipe[head]].distal < 0
                     ? m->neutral->origin[head]
                     : list_mean(m, head, model->segments[m->b->recipe[head]].distal);
        end[1] = top_of_trunk(m);
        break;
    case OIK_PART_UPPER_TRUNK:
    case OIK_PART_MIDDLE_TRUNK:
    case OIK_PART_LOWER_TRUNK:
        trunk_ends(end, m, part);
        break;
    case OIK_PART_UPPER_ARM:
        end[0] = joint(m, "humerus", side), end[1] = joint(m, "ulna", side);
        break;
    case OIK_PART_FOREARM:
        end[0] = joint(m, "ulna", side), end[1] = joint(m, "hand", side);
        break;
    case OIK_PART_HAND:
        hand_ends(end, m, side);
        break;
    case OIK_PART_THIGH:
        end[0] = joint(m, "femur", side), end[1] = joint(m, "tibia", side);
        break;
    case OIK_PART_SHANK:
        end[0] = joint(m, "tibia", side), end[1] = joint(m, find(m, "talus", side) < 0 ? "calcn" : "talus", side);
        break;
    case OIK_PART_FOOT:
    case OIK_N_BODY_PARTS:
        foot_ends(end, m, side);
        break;
    }
}

/* ------------------------------------------------------------------ masses of segments */

/** Squared radii of gyration about the axes of a segment: y along the limbs, x along the foot [m^2]. */
static oik_vec3 squared_radii(const oik_anthropometry *a, oik_body_part part, double length) {
    double sagittal = a->sagittal * length, transverse = a->transverse * length, along = a->longitudinal * length;
    oik_vec3 r = part == OIK_PART_FOOT ? v3(along, sagittal, transverse) : v3(sagittal, along, transverse);
    return v3_mul(r, r);
}

/** Inertia of a solid ball, 2/5 m r^2. */
static double ball_inertia(double mass) {
    const double pi = 3.14159265358979323846;
    double radius = cbrt(3.0 * mass / (4.0 * pi * OIK_BODY_DENSITY));
    return 0.4 * mass * radius * radius;
}

/** Masses of all segments of a part on one side. total: of the part [kg]. */
static void share_part(masses *m, oik_body_part part, char side, double total) {
    const oik_anthropometry a = oik_anthropometry_of(part, m->b->input->gender);
    oik_vec3 end[2];
    find_ends(end, m, part, side);
    if (m->status)
        return;
    oik_vec3 centre = v3_lerp(end[0], end[1], a.centre), moment = v3_scale(centre, total);
    oik_vec3 radii = squared_radii(&a, part, v3_dist(end[0], end[1]));
    double left = total;
    segment_mass *main_segment = NULL;
    for (int r = 0; r < N_ROWS; r++) {
        int segment = rows[r].part == part ? find(m, rows[r].segment, side) : -1;
        if (segment < 0)
            continue;
        segment_mass *s = &m->of_segment[segment];
        if (rows[r].role == ROLE_MAIN) {
            main_segment = s;
            continue;
        }
        bool small = rows[r].role == ROLE_SMALL;
        s->mass = rows[r].share * total;
        s->centre = small ? s->middle : centre;
        s->inertia = small ? v3_scale(v3(1, 1, 1), ball_inertia(s->mass)) : v3_scale(radii, s->mass);
        left -= s->mass;
        moment = v3_madd(moment, -s->mass, s->centre);
    }
    if (!main_segment)
        return;
    main_segment->mass = left;
    main_segment->centre = v3_scale(moment, 1.0 / left);
    main_segment->inertia = v3_scale(radii, left);
}

static bool is_midline(oik_body_part part) {
    return part <= OIK_PART_LOWER_TRUNK;
}

/** Every row of the table that leads a part must have its segment. */
static void check_main_segments(masses *m) {
    for (int r = 0; r < N_ROWS; r++) {
        bool midline = is_midline(rows[r].part);
        if (rows[r].role != ROLE_MAIN)
            continue;
        need(m, rows[r].segment, midline ? MIDLINE : 'r');
        need(m, rows[r].segment, midline ? MIDLINE : 'l');
    }
}

static void share_body(masses *m) {
    double sum = 0.0;
    for (int p = 0; p < OIK_N_BODY_PARTS; p++)
        sum += oik_anthropometry_of((oik_body_part)p, m->b->input->gender).mass * (is_midline((oik_body_part)p) ? 1.0 : 2.0);
    check_main_segments(m);
    for (int p = 0; p < OIK_N_BODY_PARTS && !m->status; p++) {
        oik_body_part part = (oik_body_part)p;
        double total = m->b->rig->mass * oik_anthropometry_of(part, m->b->input->gender).mass / sum;
        share_part(m, part, is_midline(part) ? MIDLINE : 'r', total);
        if (!is_midline(part))
            share_part(m, part, 'l', total);
    }
    for (int i = 0; i < m->chain->n_segments && !m->status; i++)
        if (!(m->of_segment[i].mass > 0.0))
            m->status = oik_fail(m->err, OIK_E_MODEL, "no mass is known for segment %s", m->chain->segment_names[i]);
}

/** Middle of the vertices of each segment's bones. */
static oik_status find_middles(masses *m) {
    const oik_skel_model *model = m->b->input->model;
    size_t *n = oik_new((size_t)m->chain->n_segments, sizeof *n, m->err);
    if (!n)
        return OIK_E_MEMORY;
    for (size_t v = 0; v < model->n_vertices; v++) {
        int segment = m->b->segment_of_part[model->point_part[v]];
        segment_mass *s = &m->of_segment[segment];
        s->middle = v3_add(s->middle, oik_puppet_point(m->b->puppet, model, v));
        n[segment]++;
    }
    for (int i = 0; i < m->chain->n_segments; i++) {
        segment_mass *s = &m->of_segment[i];
        s->middle = n[i] ? to_neutral(m, i, v3_scale(s->middle, 1.0 / (double)n[i])) : m->neutral->centre[i];
    }
    free(n);
    return OIK_OK;
}

/* ------------------------------------------------------------------ bodies */

/** Mass centre of a segment in the frame of its body, where the bones lie. */
static oik_vec3 centre_in_body(const masses *m, int segment) {
    oik_vec3 local = m3_tmulv(m->neutral->R[segment], v3_sub(m->of_segment[segment].centre, m->neutral->origin[segment]));
    oik_vec3 lying = v3_add(m->b->lie->origin[segment], m3_mulv(m->b->lie->R[segment], local));
    return oik_rig_in_body(m->b, m->b->body_of_segment[segment], lying);
}

/** I += R diag(inertia) R^T + mass (|d|^2 1 - d d^T), d from the body's mass centre to the segment's. */
static void add_inertia(oik_rig_body *body, const segment_mass *s, oik_mat3 R, oik_vec3 d) {
    oik_mat3 I = m3_mul(R, m3_mul(m3_diag(s->inertia), m3_transpose(R)));
    double dd = v3_dot(d, d);
    I = m3_add(I, m3_scale(m3_add(m3_diag(v3(dd, dd, dd)), m3_scale(m3_outer(d, d), -1.0)), s->mass));
    const double six[6] = {I.m[0][0], I.m[1][1], I.m[2][2], I.m[0][1], I.m[0][2], I.m[1][2]};
    for (int k = 0; k < 6; k++)
        body->inertia[k] += six[k];
}

static void fill_bodies(const masses *m) {
    oik_rig *rig = m->b->rig;
    const oik_chain_pose *lie = m->b->lie;
    double sum = 0.0;
    for (int i = 0; i < m->chain->n_segments; i++) {
        oik_rig_body *body = &rig->bodies[m->b->body_of_segment[i]];
        body->mass += m->of_segment[i].mass;
        body->mass_centre = v3_madd(body->mass_centre, m->of_segment[i].mass, centre_in_body(m, i));
    }
    for (int b = 0; b < rig->n_bodies; b++) {
        rig->bodies[b].mass_centre = v3_scale(rig->bodies[b].mass_centre, 1.0 / rig->bodies[b].mass);
        sum += rig->bodies[b].mass;
    }
    for (int i = 0; i < m->chain->n_segments; i++) {
        int b = m->b->body_of_segment[i];
        oik_rig_body *body = &rig->bodies[b];
        oik_mat3 R = m3_tmul(lie->R[m->b->links[b].tip], lie->R[i]);
        add_inertia(body, &m->of_segment[i], R, v3_sub(centre_in_body(m, i), body->mass_centre));
    }
    rig->bodies[0].mass += rig->mass - sum; /* rounding */
}

/** The neutral posture: coordinates at rest. */
static oik_status pose_neutral(masses *m) {
    oik_status status = oik_chain_pose_new(&m->neutral, m->chain, m->err);
    double *q = status ? NULL : oik_new((size_t)m->chain->n_dofs, sizeof *q, m->err);
    if (!q)
        return OIK_E_MEMORY;
    for (int d = 0; d < m->chain->n_dofs; d++)
        q[d] = m->chain->dofs[d].rest;
    oik_chain_forward(m->neutral, m->chain, q);
    free(q);
    return OIK_OK;
}

oik_status oik_rig_build_masses(oik_rig_builder *b, oik_error *err) {
    masses m = {.b = b, .chain = b->input->chain, .err = err};
    m.of_segment = oik_new((size_t)m.chain->n_segments, sizeof *m.of_segment, err);
    m.status = m.of_segment ? pose_neutral(&m) : OIK_E_MEMORY;
    if (!m.status)
        m.status = find_middles(&m);
    if (!m.status)
        share_body(&m);
    if (!m.status)
        fill_bodies(&m);
    oik_chain_pose_free(m.neutral);
    free(m.of_segment);
    return m.status;
}
