/**
 * The skin with the bodies that carry it: weights of the body model's 24 joints, each of which stands for a body.
 *
 * The forearm's joint has no twist of its own, the chain has: its weight goes from the ulna to the radius as the skin goes from the elbow
 * to the wrist, so that turning the hand turns the forearm gradually. Where bones and skin do not lie in the first frame, the skin is
 * brought there by linear blend skinning with these weights.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rig/rig_build.h"

enum { INFLUENCES = 4, CHOICES = 4 };

/** Segments that a joint of the skin may stand for, the first one that the chain has. */
static const char *const segments_of_joint[OIK_N_JOINTS][CHOICES] = {
    [OIK_J_PELVIS] = {"pelvis"},
    [OIK_J_HIP_L] = {"femur_l"},
    [OIK_J_HIP_R] = {"femur_r"},
    [OIK_J_SPINE1] = {"lumbar", "thorax"},
    [OIK_J_KNEE_L] = {"tibia_l"},
    [OIK_J_KNEE_R] = {"tibia_r"},
    [OIK_J_SPINE2] = {"thorax", "lumbar"},
    [OIK_J_ANKLE_L] = {"calcn_l", "talus_l", "tibia_l"},
    [OIK_J_ANKLE_R] = {"calcn_r", "talus_r", "tibia_r"},
    [OIK_J_SPINE3] = {"thorax", "lumbar"},
    [OIK_J_FOOT_L] = {"toes_l", "calcn_l", "tibia_l"},
    [OIK_J_FOOT_R] = {"toes_r", "calcn_r", "tibia_r"},
    [OIK_J_NECK] = {"neck", "head", "thorax"},
    [OIK_J_COLLAR_L] = {"clavicle_l", "scapula_l", "thorax"},
    [OIK_J_COLLAR_R] = {"clavicle_r", "scapula_r", "thorax"},
    [OIK_J_HEAD] = {"head", "neck", "thorax"},
    [OIK_J_SHOULDER_L] = {"humerus_l", "thorax"},
    [OIK_J_SHOULDER_R] = {"humerus_r", "thorax"},
    [OIK_J_ELBOW_L] = {"ulna_l", "humerus_l"},
    [OIK_J_ELBOW_R] = {"ulna_r", "humerus_r"},
    [OIK_J_WRIST_L] = {"hand_l", "radius_l", "ulna_l", "humerus_l"},
    [OIK_J_WRIST_R] = {"hand_r", "radius_r", "ulna_r", "humerus_r"},
    [OIK_J_HAND_L] = {"hand_l", "radius_l", "ulna_l", "humerus_l"},
    [OIK_J_HAND_R] = {"hand_r", "radius_r", "ulna_r", "humerus_r"},
};

/** A forearm whose weight is shared: of joint `joint`, between its own body and the radius. */
typedef struct forearm {
    int joint, radius;
    oik_vec3 elbow, axis; /**< world; axis points to the wrist, its length is 1 / that of the forearm [1/m] */
} forearm;

/** Body of each joint; the root's for one that the chain has no segment for. */
static void find_bodies(int body[OIK_N_JOINTS], const oik_rig_builder *b) {
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        int segment = -1;
        for (int k = 0; k < CHOICES && segment < 0 && segments_of_joint[j][k]; k++)
            segment = oik_rig_find_segment(b->input->chain, segments_of_joint[j][k]);
        body[j] = segment < 0 ? 0 : b->body_of_segment[segment];
    }
}

/** @return 0 when the chain has no such forearm */
static int find_forearm(forearm *out, const oik_rig_builder *b, int joint, const char *ulna, const char *radius, const char *hand) {
    const oik_chain *chain = b->input->chain;
    int u = oik_rig_find_segment(chain, ulna), r = oik_rig_find_segment(chain, radius), h = oik_rig_find_segment(chain, hand);
    if (u < 0 || r < 0 || h < 0)
        return 0;
    oik_vec3 elbow = m3_mulv(b->rig->world, b->lie->centre[u]), along = v3_sub(m3_mulv(b->rig->world, b->lie->centre[h]), elbow);
    *out = (forearm){joint, b->body_of_segment[r], elbow, v3_scale(along, 1.0 / v3_dot(along, along))};
    return v3_dot(along, along) > 0.0;
}

static void fill_weights(oik_rig_builder *b, double *sum, size_t vertex, const int *body, const forearm *forearms, int n_forearms) {
    const oik_body_model *model = b->input->body;
    oik_rig_skin *skin = &b->rig->skin;
    memset(sum, 0, (size_t)b->rig->n_bodies * sizeof *sum);
    for (size_t i = model->influence_start[vertex]; i < model->influence_start[vertex + 1]; i++) {
        int joint = model->influence_joint[i];
        double weight = model->influence_weight[i];
        for (int k = 0; k < n_forearms; k++)
            if (forearms[k].joint == joint) {
                double along = v3_dot(forearms[k].axis, v3_sub(skin->vertices[vertex], forearms[k].elbow));
                double share = weight * fmin(fmax(along, 0.0), 1.0);
                sum[forearms[k].radius] += share;
                weight -= share;
            }
        sum[body[joint]] += weight;
    }
    double total = 0.0;
    for (int k = 0; k < INFLUENCES; k++) {
        int best = 0;
        for (int i = 1; i < b->rig->n_bodies; i++)
            if (sum[i] > sum[best])
                best = i;
        if (!(sum[best] > 0.0))
            break;
        skin->body[vertex][k] = best;
        skin->weight[vertex][k] = sum[best];
        total += sum[best];
        sum[best] = 0.0;
    }
    for (int k = 0; k < INFLUENCES; k++)
        skin->weight[vertex][k] /= total;
}

/** Skin from where the bones lie to where they are in the first frame. */
static oik_status move_to_first_frame(oik_rig_builder *b, oik_error *err) {
    oik_rig *rig = b->rig;
    oik_mat3 *R = oik_new((size_t)rig->n_bodies, sizeof *R, err);
    oik_vec3 *o = oik_new((size_t)rig->n_bodies, sizeof *o, err);
    if (R && o) {
        oik_rig_forward(R, o, rig, rig->q);
        for (size_t v = 0; v < rig->skin.n_vertices; v++) {
            oik_vec3 x = rig->skin.vertices[v], moved = v3(0, 0, 0);
            for (int k = 0; k < INFLUENCES; k++) {
                int body = rig->skin.body[v][k];
                oik_vec3 local = m3_tmulv(b->R[body], v3_sub(x, b->o[body]));
                moved = v3_madd(moved, rig->skin.weight[v][k], v3_add(o[body], m3_mulv(R[body], local)));
            }
            rig->skin.vertices[v] = moved;
        }
    }
    oik_status status = R && o ? OIK_OK : OIK_E_MEMORY;
    free(R);
    free(o);
    return status;
}

oik_status oik_rig_build_skin(oik_rig_builder *b, oik_error *err) {
    const oik_rig_input *input = b->input;
    oik_rig_skin *skin = &b->rig->skin;
    size_t n = input->n_skin_vertices, n_faces = input->n_skin_faces;
    int body[OIK_N_JOINTS], n_forearms = 0;
    forearm forearms[2];
    if (!input->skin)
        return OIK_OK;
    double *sum = oik_new((size_t)b->rig->n_bodies, sizeof *sum, err);
    if (!sum || !(skin->vertices = oik_new(n, sizeof *skin->vertices, err)) ||
        !(skin->faces = oik_new(n_faces, sizeof *skin->faces, err)) || !(skin->body = oik_new(n, sizeof *skin->body, err)) ||
        !(skin->weight = oik_new(n, sizeof *skin->weight, err))) {
        free(sum);
        return OIK_E_MEMORY;
    }
    skin->n_vertices = n, skin->n_faces = n_faces;
    memcpy(skin->faces, input->skin_faces, n_faces * sizeof *skin->faces);
    for (size_t v = 0; v < n; v++)
        skin->vertices[v] = m3_mulv(b->rig->world, input->skin[v]);
    find_bodies(body, b);
    n_forearms += find_forearm(&forearms[n_forearms], b, OIK_J_ELBOW_R, "ulna_r", "radius_r", "hand_r");
    n_forearms += find_forearm(&forearms[n_forearms], b, OIK_J_ELBOW_L, "ulna_l", "radius_l", "hand_l");
    for (size_t v = 0; v < n; v++)
        fill_weights(b, sum, v, body, forearms, n_forearms);
    free(sum);
    return input->q ? move_to_first_frame(b, err) : OIK_OK;
}
