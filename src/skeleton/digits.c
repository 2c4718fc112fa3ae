/** Which skin goes with which finger bone (formulas in digits.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "skeleton/digits_hand.h"

/** A joint bends the skin about as far as half a finger is thick, to both sides of it [m]. */
static const double HALF_WIDTH = 7e-3;
/** Rounds of averaging, so that skin of the web goes with both fingers, and what a vertex keeps of its own in a round. */
enum { WEB_ROUNDS = 2 };
static const double WEB_OWN = 0.3;

/* ---- bones ---- */

static bool is_wrist(int joint) {
    return joint == OIK_J_WRIST_L || joint == OIK_J_WRIST_R;
}

static bool is_hand(const oik_skel_model *model, int part) {
    int parent = model->part_parent[part];
    return is_wrist(model->part_joint[part]) && (parent < 0 || !is_wrist(model->part_joint[parent]));
}

static oik_vec3 template_point(const oik_skel_model *model, size_t point) {
    int32_t part = model->point_part[point];
    return v3_add(m3_mulv(model->rest_R[part], model->mean[point]), model->rest_t[part]);
}

/** Joint centre that a part shares with its parent; its own origin when there is none. */
static oik_vec3 joint_of(const oik_skel_model *model, int part) {
    const oik_stitches *stitches = &model->stitches;
    for (size_t i = 0; i < stitches->n; i++)
        if (!stitches->keep_offset[i] && model->point_part[stitches->point_b[i]] == part)
            return template_point(model, (size_t)stitches->point_b[i]);
    return model->rest_t[part];
}

static int bone_of(const oik_hand *h, int part) {
    for (int s = 0; s < h->n_bones; s++)
        if (h->bone[s].part == part)
            return s;
    return -1;
}

/** The vertex of a part that is farthest from its joint. */
static oik_vec3 far_end(const oik_skel_model *model, const oik_digit_bone *bone) {
    oik_vec3 end = bone->joint;
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->point_part[i] == bone->part && v3_dist(template_point(model, i), bone->joint) > v3_dist(end, bone->joint))
            end = template_point(model, i);
    return end;
}

static bool is_last(const oik_hand *h, int s) {
    for (int k = s + 1; k < h->n_bones; k++)
        if (h->bone[k].parent == s)
            return false;
    return true;
}

/** The hand and all that hangs on it. */
static void find_bones(oik_hand *h, const oik_skel_model *model, int hand_part) {
    for (int p = hand_part; p < model->n_parts; p++) {
        int parent = p == hand_part ? -1 : bone_of(h, model->part_parent[p]);
        if (p != hand_part && parent < 0)
            continue;
        oik_vec3 joint = joint_of(model, p);
        h->bone[h->n_bones++] = (oik_digit_bone){p, parent, joint, joint};
        if (parent >= 0)
            h->bone[parent].end = joint;
    }
    for (int s = 1; s < h->n_bones; s++)
        if (is_last(h, s))
            h->bone[s].end = far_end(model, &h->bone[s]);
}

/* ---- skin ---- */

/** How much the body moves a vertex with the joints of a hand. */
static double hand_share(const oik_body_model *body, size_t vertex, const bool *of_hand) {
    double share = 0.0;
    for (size_t e = body->influence_start[vertex]; e < body->influence_start[vertex + 1]; e++)
        share += of_hand[body->influence_joint[e]] ? body->influence_weight[e] : 0.0;
    return fmin(share, 1.0);
}

/** @param[out] number of each vertex of the body in the hand, or -1; h->n counts them. share: how much each moves with the hand */
static void count_vertices(oik_hand *h, int32_t *number, double *share, const oik_skel_model *model, const oik_body_model *body) {
    bool of_hand[OIK_N_JOINTS] = {false};
    for (int s = 0; s < h->n_bones; s++)
        of_hand[model->part_joint[h->bone[s].part]] = true;
    for (size_t v = 0; v < body->n_vertices; v++) {
        share[v] = hand_share(body, v, of_hand);
        number[v] = share[v] > 0.0 ? (int32_t)h->n++ : -1;
    }
}

/** Room for both edges that a vertex of the hand begins in each face, and for their mirror images. */
static size_t count_edges(const int32_t *number, const oik_body_model *body) {
    size_t n = 0;
    for (size_t f = 0; f < body->n_faces; f++)
        for (int k = 0; k < 3; k++) {
            int32_t v = body->faces[f][k];
            n += number[v] >= 0 ? 2u : 0u;
            n += number[body->mirror[v]] >= 0 ? 2u : 0u;
        }
    return n;
}

/** Edges of the faces and of their mirror images: the result is to be as symmetric as the input. */
static void find_edges(oik_hand *h, const int32_t *number, const oik_body_model *body) {
    for (size_t f = 0; f < body->n_faces; f++)
        for (int c = 0; c < 6; c++) {
            int32_t a = body->faces[f][c % 3], b = body->faces[f][(c % 3 + 1 + c / 3) % 3];
            const int32_t twins[2][2] = {{number[a], number[b]}, {number[body->mirror[a]], number[body->mirror[b]]}};
            for (int k = 0; k < 2; k++)
                if (twins[k][0] >= 0 && twins[k][1] >= 0)
                    memcpy(h->edge[h->n_edges++], twins[k], sizeof twins[k]);
        }
}

void oik_hand_average(oik_vec3 *value, const oik_vec3 *raw, const double *w, const oik_hand *h, oik_vec3 *sum, double *count) {
    memset(sum, 0, h->n * sizeof *sum);
    memset(count, 0, h->n * sizeof *count);
    for (size_t e = 0; e < h->n_edges; e++) {
        int32_t to = h->edge[e][0], from = h->edge[e][1];
        if (w[to] < 1.0) {
            sum[to] = v3_add(sum[to], value[from]);
            count[to] += 1.0;
        }
    }
    for (size_t v = 0; v < h->n; v++)
        if (count[v] > 0.0)
            value[v] = v3_lerp(v3_scale(sum[v], 1.0 / count[v]), raw[v], w[v]);
}

static double distance_to_line(oik_vec3 p, oik_vec3 a, oik_vec3 b) {
    oik_vec3 d = v3_sub(b, a);
    double s = v3_dot(v3_sub(p, a), d) / fmax(v3_dot(d, d), 1e-12);
    return v3_dist(p, v3_madd(a, fmax(0.0, fmin(1.0, s)), d));
}

/** Last bone of the digit whose bones, or whose line from the wrist to them, are nearest; 0 when there are no fingers. */
static int nearest_digit(const oik_hand *h, oik_vec3 p) {
    int digit = 0;
    double least = HUGE_VAL;
    for (int s = 1; s < h->n_bones; s++) {
        const oik_digit_bone *bone = &h->bone[s];
        double distance = distance_to_line(p, bone->joint, bone->end);
        if (bone->parent == 0)
            distance = fmin(distance, distance_to_line(p, h->bone[0].joint, bone->joint));
        if (distance < least) {
            least = distance;
            digit = s;
        }
    }
    for (int s = digit + 1; s < h->n_bones && digit > 0; s++)
        if (h->bone[s].parent == digit)
            digit = s;
    return digit;
}

/** A smooth step from 0 to 1 across the joint of a finger bone. */
static double beyond_joint(const oik_hand *h, int s, oik_vec3 p) {
    const oik_digit_bone *bone = &h->bone[s];
    oik_vec3 before = v3_unit(v3_sub(bone->joint, h->bone[bone->parent].joint)), behind = v3_unit(v3_sub(bone->end, bone->joint));
    double x = v3_dot(v3_sub(p, bone->joint), v3_unit(v3_add(before, behind))) / (2.0 * HALF_WIDTH) + 0.5;
    x = fmax(0.0, fmin(1.0, x));
    return x * x * (3.0 - 2.0 * x);
}

/** Average a_vs of three bones, as many as a point has numbers; s beyond the last one stand for nothing. */
static void average_three(oik_hand *h, oik_digits *scratch, int first) {
    double *a[3], *count = (double *)(void *)scratch->goal;
    for (int k = 0; k < 3; k++)
        a[k] = h->beyond + (size_t)(first + k < h->n_bones ? first + k : first) * h->n;
    for (size_t v = 0; v < h->n; v++)
        scratch->from[v] = scratch->to[v] = v3(a[0][v], a[1][v], a[2][v]);
    for (int i = 0; i < WEB_ROUNDS; i++)
        oik_hand_average(scratch->from, scratch->to, scratch->weight, h, scratch->blended, count);
    for (size_t v = 0; v < h->n; v++) {
        a[2][v] = scratch->from[v].z;
        a[1][v] = scratch->from[v].y;
        a[0][v] = scratch->from[v].x;
    }
}

static void set_beyond(oik_hand *h, oik_digits *scratch) {
    for (size_t v = 0; v < h->n; v++) {
        scratch->weight[v] = WEB_OWN;
        for (int s = nearest_digit(h, h->rest[v]); s > 0; s = h->bone[s].parent)
            h->beyond[(size_t)s * h->n + v] = beyond_joint(h, s, h->rest[v]);
    }
    for (int s = 1; s < h->n_bones; s += 3)
        average_three(h, scratch, s);
}

/** Shares of a vertex add up to how much it moves with the hand, where webs have been averaged too. */
static void set_share(oik_hand *h) {
    memcpy(h->share, h->beyond, (size_t)h->n_bones * h->n * sizeof *h->share);
    for (int s = 1; s < h->n_bones; s++)
        for (size_t v = 0; v < h->n; v++)
            h->share[(size_t)h->bone[s].parent * h->n + v] -= h->beyond[(size_t)s * h->n + v];
    for (size_t v = 0; v < h->n; v++) {
        double sum = 0.0;
        for (int s = 0; s < h->n_bones; s++)
            sum += fmax(0.0, h->share[(size_t)s * h->n + v]);
        for (int s = 0; s < h->n_bones; s++)
            h->share[(size_t)s * h->n + v] = fmax(0.0, h->share[(size_t)s * h->n + v]) * h->beyond[v] / sum;
    }
}

/* ---- making ---- */

/** number, share: n_vertices of the body, scratch. */
static oik_status hand_new(oik_hand *h, const oik_skel_model *model, const oik_body_model *body, int part, int32_t *number, double *share,
                           oik_error *err) {
    h->bone = oik_new((size_t)model->n_parts, sizeof *h->bone, err);
    if (!h->bone)
        return OIK_E_MEMORY;
    find_bones(h, model, part);
    count_vertices(h, number, share, model, body);
    size_t n_bones = (size_t)h->n_bones;
    h->vertex = oik_new(h->n, sizeof *h->vertex, err);
    h->rest = oik_new(h->n, sizeof *h->rest, err);
    h->beyond = oik_new(h->n * n_bones, sizeof *h->beyond, err);
    h->share = oik_new(h->n * n_bones, sizeof *h->share, err);
    h->edge = oik_new(count_edges(number, body), sizeof *h->edge, err);
    h->motion = oik_new(2 * n_bones, sizeof *h->motion, err);
    if (!h->vertex || !h->rest || !h->beyond || !h->share || !h->edge || !h->motion)
        return OIK_E_MEMORY;
    for (size_t v = 0; v < body->n_vertices; v++)
        if (number[v] >= 0) {
            h->vertex[number[v]] = (int32_t)v;
            h->beyond[number[v]] = share[v];
        }
    find_edges(h, number, body);
    return OIK_OK;
}

static oik_status scratch_new(oik_digits *d, size_t n, oik_error *err) {
    d->from = oik_new(n, sizeof *d->from, err);
    d->to = oik_new(n, sizeof *d->to, err);
    d->blended = oik_new(n, sizeof *d->blended, err);
    d->goal = oik_new(n, sizeof *d->goal, err);
    d->weight = oik_new(n, sizeof *d->weight, err);
    return d->from && d->to && d->blended && d->goal && d->weight ? OIK_OK : OIK_E_MEMORY;
}

/** The template's skin in the lying pose, at the vertices of the hands. */
static oik_status set_rest(oik_digits *digits, const oik_skel_model *model, const oik_body_model *body, oik_error *err) {
    oik_body_pose pose = {.tau = {0, 0, 0}};
    oik_body_frames frames;
    oik_vec3 *x = oik_new(body->n_vertices, sizeof *x, err);
    if (!x)
        return OIK_E_MEMORY;
    memcpy(pose.R, model->lying_R, sizeof pose.R);
    oik_body_forward(&frames, body, body->joints, &pose);
    oik_body_skin(x, body, body->template_v, &frames);
    for (int i = 0; i < digits->n_hands; i++)
        for (size_t v = 0; v < digits->hand[i].n; v++)
            digits->hand[i].rest[v] = x[digits->hand[i].vertex[v]];
    free(x);
    return OIK_OK;
}

/** All but the weights. */
static oik_status find_hands(oik_digits *digits, const oik_skel_model *model, const oik_body_model *body, oik_error *err) {
    oik_status status = scratch_new(digits, body->n_vertices, err);
    int32_t *number = oik_new(body->n_vertices, sizeof *number, err);
    digits->hand = oik_new((size_t)model->n_parts, sizeof *digits->hand, err);
    if (!number || !digits->hand)
        status = OIK_E_MEMORY;
    for (int p = 0; p < model->n_parts && !status && !model->published; p++)
        if (is_hand(model, p))
            status = hand_new(&digits->hand[digits->n_hands++], model, body, p, number, digits->weight, err);
    free(number);
    return status || digits->n_hands == 0 ? status : set_rest(digits, model, body, err);
}

oik_status oik_digits_new(oik_digits **out, const oik_skel_model *model, const oik_body_model *body, oik_error *err) {
    *out = NULL;
    oik_digits *digits = oik_new(1, sizeof *digits, err);
    if (!digits)
        return OIK_E_MEMORY;
    oik_status status = find_hands(digits, model, body, err);
    if (status) {
        oik_digits_free(digits);
        return status;
    }
    for (int i = 0; i < digits->n_hands; i++) {
        set_beyond(&digits->hand[i], digits);
        set_share(&digits->hand[i]);
    }
    *out = digits;
    return OIK_OK;
}

void oik_digits_free(oik_digits *digits) {
    if (!digits)
        return;
    for (int i = 0; i < digits->n_hands; i++) {
        oik_hand *h = &digits->hand[i];
        free(h->bone);
        free(h->vertex);
        free(h->rest);
        free(h->beyond);
        free(h->share);
        free(h->edge);
        free(h->motion);
    }
    free(digits->hand);
    free(digits->from);
    free(digits->to);
    free(digits->blended);
    free(digits->goal);
    free(digits->weight);
    free(digits);
}
