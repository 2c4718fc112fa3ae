/** Keypoints of Human3.6M on the program's own chain (see h36m_chain.h). */
#include "ik/h36m_chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ik/frame_terms.h"

enum { MAX_NAMES = 3 };

/** Where a keypoint is. */
typedef enum place {
    AT_JOINT,      /**< at the centre of the joint */
    BETWEEN_HIPS,  /**< in the middle between the hips, on the segment that carries both */
    IN_TRUNK,      /**< in the middle between pelvis and thorax, on the segment below the joint */
    AT_CROWN,      /**< on the head, up from the joint by CROWN necks */
    NOWHERE        /**< no joint carries it */
} place;

typedef struct row {
    const char *name;
    place place;
    const char *joints[MAX_NAMES]; /**< names of the joint, the first that the chain has */
    double doubt;   /**< of where another body's keypoint is [mm] */
} row;

/**
 * Joints of our models first, then those of Rajagopal et al. 2016. Doubt: joint centres of our body model and of the skeleton in the same
 * body are 3 to 22 mm apart, of which the fit of lengths along measured directions leaves a part; where on the back or the head a
 * keypoint lies differs from set to set.
 */
static const row rows[OIK_H36M_POINTS] = {
    {"pelvis", BETWEEN_HIPS, {"hip_r"}, 5},
    {"hip_r", AT_JOINT, {"hip_r"}, 5},
    {"knee_r", AT_JOINT, {"knee_r", "walker_knee_r"}, 5},
    {"ankle_r", AT_JOINT, {"ankle_r"}, 5},
    {"hip_l", AT_JOINT, {"hip_l"}, 5},
    {"knee_l", AT_JOINT, {"knee_l", "walker_knee_l"}, 5},
    {"ankle_l", AT_JOINT, {"ankle_l"}, 5},
    {"spine", IN_TRUNK, {"thoracolumbar"}, 15},
    {"thorax", AT_JOINT, {"cervicothoracic"}, 8},
    {"nose", NOWHERE, {NULL}, 0},
    {"head", AT_CROWN, {"atlantooccipital"}, 15},
    {"shoulder_l", AT_JOINT, {"shoulder_l", "acromial_l"}, 5},
    {"elbow_l", AT_JOINT, {"elbow_l"}, 5},
    {"wrist_l", AT_JOINT, {"wrist_l", "radius_hand_l"}, 5},
    {"shoulder_r", AT_JOINT, {"shoulder_r", "acromial_r"}, 5},
    {"elbow_r", AT_JOINT, {"elbow_r"}, 5},
    {"wrist_r", AT_JOINT, {"wrist_r", "radius_hand_r"}, 5},
};

/** Ends of the bones, and of the trunk, whose directions are matched. */
static const char *const links[][2] = {
    {"hip_r", "knee_r"},      {"knee_r", "ankle_r"},     {"hip_l", "knee_l"},    {"knee_l", "ankle_l"},
    {"shoulder_r", "elbow_r"}, {"elbow_r", "wrist_r"},    {"shoulder_l", "elbow_l"}, {"elbow_l", "wrist_l"},
    {"hip_r", "hip_l"},       {"shoulder_r", "shoulder_l"}, {"pelvis", "thorax"},  {"thorax", "head"},
};

enum { N_LINKS = sizeof links / sizeof *links };

const char *oik_h36m_name(int i) {
    return i >= 0 && i < OIK_H36M_POINTS ? rows[i].name : NULL;
}

static int find_joint(const oik_chain *chain, const char *const names[MAX_NAMES]) {
    for (int k = 0; k < MAX_NAMES && names[k]; k++)
        for (int i = 0; i < chain->n_segments; i++)
            if (strcmp(chain->joints[i].name, names[k]) == 0)
                return i;
    return -1;
}

/** Middle between the two hips, when one segment carries both. */
static bool between_hips(oik_marker *out, const oik_chain *chain, int hip) {
    static const char *const other_side[MAX_NAMES] = {"hip_l"};
    int other = find_joint(chain, other_side);
    if (other < 0)
        return false;
    oik_marker a = oik_marker_at_joint(chain, hip), b = oik_marker_at_joint(chain, other);
    *out = (oik_marker){.segment = a.segment, .local = v3_lerp(a.local, b.local, 0.5)};
    return a.segment == b.segment;
}

/** The crown, straight up (y of the ISB frame) from the joint below the head; the neck below that joint is the measure. */
static void at_crown(oik_marker *out, const oik_chain *chain, int joint) {
    const double crown = 1.1; /* necks from the joint to the top of the skull in the built-in models, 0.146 m by 0.132 m */
    const oik_chain_joint *head = &chain->joints[joint];
    double neck = head->parent >= 0 ? v3_dist(head->s, chain->joints[head->parent].b) : 0.0;
    *out = (oik_marker){.segment = joint, .local = v3_add(head->b, v3(0, crown * neck, 0))};
}

/**
 * Keypoints of the trunk lie on a line, not along the curve of the spine, which is 50 mm behind the hips: to put one there would bend
 * the trunk. With all coordinates at 0. Without hips or neck: at the joint.
 */
static void in_trunk(oik_marker *out, const oik_chain *chain, const oik_chain_pose *pose, int joint) {
    static const char *const hips[MAX_NAMES] = {"hip_r"}, *const necks[MAX_NAMES] = {"cervicothoracic"};
    int hip = find_joint(chain, hips), neck = find_joint(chain, necks);
    oik_marker pelvis, thorax;
    *out = oik_marker_at_joint(chain, joint);
    if (hip < 0 || neck < 0 || !between_hips(&pelvis, chain, hip))
        return;
    thorax = oik_marker_at_joint(chain, neck);
    oik_vec3 middle = v3_lerp(oik_marker_position(&pelvis, pose), oik_marker_position(&thorax, pose), 0.5);
    out->local = m3_tmulv(pose->R[out->segment], v3_sub(middle, pose->origin[out->segment]));
}

static bool place_marker(oik_marker *out, const oik_chain *chain, const oik_chain_pose *pose, int keypoint) {
    const row *r = &rows[keypoint];
    int joint = find_joint(chain, r->joints);
    if (joint < 0 || r->place == NOWHERE)
        return false;
    bool placed = true;
    if (r->place == BETWEEN_HIPS)
        placed = between_hips(out, chain, joint);
    else if (r->place == AT_CROWN)
        at_crown(out, chain, joint);
    else if (r->place == IN_TRUNK)
        in_trunk(out, chain, pose, joint);
    else
        *out = oik_marker_at_joint(chain, joint);
    memset(out->name, 0, sizeof out->name);
    memcpy(out->name, r->name, strlen(r->name));
    out->keypoint = -1; /* found by its name */
    out->doubt = 1e-3 * r->doubt;
    return placed;
}

static oik_status place_markers(oik_markers *m, const oik_chain *chain, oik_error *err) {
    oik_chain_pose *pose = NULL;
    double *q = oik_new((size_t)chain->n_dofs, sizeof *q, err);
    oik_status status = q ? oik_chain_pose_new(&pose, chain, err) : OIK_E_MEMORY;
    m->n_markers = 0;
    if (!status)
        oik_chain_forward(pose, chain, q);
    for (int i = 0; i < OIK_H36M_POINTS && !status; i++)
        m->n_markers += place_marker(&m->markers[m->n_markers], chain, pose, i);
    oik_chain_pose_free(pose);
    free(q);
    return status;
}

oik_status oik_h36m_markers(oik_markers **out, const oik_chain *chain, oik_error *err) {
    const int least = 3; /* fewer points leave the turn of the body open */
    oik_markers *m;
    *out = NULL;
    oik_status status = oik_markers_new(&m, OIK_H36M_POINTS, N_LINKS, err);
    if (!status)
        status = place_markers(m, chain, err);
    if (status) {
        oik_markers_free(m);
        return status;
    }
    m->n_links = 0;
    for (int i = 0; i < N_LINKS; i++) {
        int from = oik_markers_find(m, links[i][0]), to = oik_markers_find(m, links[i][1]);
        if (from >= 0 && to >= 0)
            m->links[m->n_links++] = (oik_marker_link){from, to, 1.0};
    }
    if (m->n_markers < least) {
        oik_markers_free(m);
        return oik_fail(err, OIK_E_MODEL, "expected joints called hip_r, knee_r, shoulder_r and so on for the keypoints of Human3.6M, the "
                                          "chain of %d joints has fewer than %d of them", chain->n_segments, least);
    }
    *out = m;
    return OIK_OK;
}
