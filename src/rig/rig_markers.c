/**
 * Markers: on bony landmarks, on joint centres, and, where there is a skin, on soft tissue.
 *
 * Names are those of the Plug-in Gait and CGM2 marker sets where they have the marker (RASI, RKNE, RANK, ...), a letter of the side
 * before an abbreviation of the landmark elsewhere. Landmarks are the points that the recipes of segments lie between; of an imported
 * skeleton only those are used that are an end of a bone. A landmark's marker is on the skin where that is nearest, seen from where a hand
 * comes to feel for it: from above on the forefoot, so that it is not on the sole, and on the shoulder, from the side at the ears. The
 * radius of the ball that a laboratory glues there is not added. Joint centres are where joints are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mesh/locate.h"
#include "rig/rig_build.h"

/** Skin over a bony landmark is not farther [m]; else the marker stays on the bone. */
static const double MAX_DEPTH = 0.06;
/** From where the skin is looked for, against the bone, along the axes of the segment [m]: nearer to it than to any other side. */
#define HERE {0, 0, 0}
#define DORSAL {0, 0.015, 0} /* more than half the height of the forefoot */
#define ABOVE {0, 0.03, 0}
#define RIGHT {0, 0, 0.03}
#define LEFT {0, 0, -0.03}

enum { MEAN = -1, MIDLINE = 0 };

typedef enum list { ORIGIN, PRIMARY_FROM, PRIMARY_TO, SECONDARY_FROM, SECONDARY_TO, DISTAL } list;

/** Landmark on one point of a list of a segment's recipe. */
typedef struct landmark_row {
    const char *name, *segment; /**< lateral: without side */
    bool lateral;
    list right, left; /**< lists that end on the right are turned round on the left, so that axes point right */
    int index;        /**< in the list; MEAN: its mean */
    bool imported;    /**< an imported skeleton has it too */
    oik_vec3 from;    /**< HERE, DORSAL, ... */
} landmark_row;

static const landmark_row landmarks[] = {
    {"RASI", "pelvis", false, SECONDARY_TO, SECONDARY_TO, 1, false, HERE},
    {"LASI", "pelvis", false, SECONDARY_TO, SECONDARY_TO, 0, false, HERE},
    {"RPSI", "pelvis", false, SECONDARY_FROM, SECONDARY_FROM, 1, false, HERE},
    {"LPSI", "pelvis", false, SECONDARY_FROM, SECONDARY_FROM, 0, false, HERE},
    {"CLAV", "thorax", false, ORIGIN, ORIGIN, 0, false, HERE}, /* suprasternal notch */
    {"STRN", "thorax", false, PRIMARY_FROM, PRIMARY_FROM, 0, false, HERE}, /* xiphoid process */
    {"C7", "thorax", false, PRIMARY_TO, PRIMARY_TO, 1, false, HERE},
    {"RPOR", "head", false, ORIGIN, ORIGIN, 1, false, RIGHT}, /* porion, above the ear hole */
    {"LPOR", "head", false, ORIGIN, ORIGIN, 0, false, LEFT},
    {"RORB", "head", false, SECONDARY_TO, SECONDARY_TO, 1, false, HERE}, /* orbitale, below the eye */
    {"LORB", "head", false, SECONDARY_TO, SECONDARY_TO, 0, false, HERE},
    {"VERT", "head", false, DISTAL, DISTAL, MEAN, true, HERE}, /* vertex */
    {"SHO", "clavicle", true, DISTAL, DISTAL, 0, false, ABOVE}, /* acromioclavicular joint */
    {"SC", "clavicle", true, ORIGIN, ORIGIN, 0, false, HERE}, /* sternoclavicular joint */
    {"AA", "scapula", true, ORIGIN, ORIGIN, 0, false, HERE}, /* acromial angle */
    {"TS", "scapula", true, SECONDARY_TO, SECONDARY_TO, 0, false, HERE}, /* root of the spine of the scapula */
    {"AI", "scapula", true, SECONDARY_FROM, SECONDARY_FROM, 0, false, HERE}, /* inferior angle */
    {"ELB", "humerus", true, PRIMARY_FROM, PRIMARY_FROM, 1, false, HERE}, /* lateral epicondyle */
    {"ELM", "humerus", true, PRIMARY_FROM, PRIMARY_FROM, 0, false, HERE}, /* medial epicondyle */
    {"WRA", "radius", true, SECONDARY_TO, SECONDARY_FROM, 0, false, HERE}, /* radial styloid */
    {"WRB", "ulna", true, DISTAL, DISTAL, 0, false, HERE}, /* head of the ulna */
    {"FIN", "hand", true, SECONDARY_TO, SECONDARY_FROM, 0, false, HERE}, /* head of metacarpal 2 */
    {"MC3", "hand", true, DISTAL, DISTAL, 0, false, HERE},
    {"MC5", "hand", true, SECONDARY_FROM, SECONDARY_TO, 0, false, HERE},
    {"KNE", "femur", true, PRIMARY_FROM, PRIMARY_FROM, 1, false, HERE}, /* lateral epicondyle */
    {"KNM", "femur", true, PRIMARY_FROM, PRIMARY_FROM, 0, false, HERE}, /* medial epicondyle */
    {"ANK", "tibia", true, ORIGIN, ORIGIN, 1, false, HERE}, /* lateral malleolus */
    {"MED", "tibia", true, ORIGIN, ORIGIN, 0, false, HERE}, /* medial malleolus */
    {"HEE", "calcn", true, ORIGIN, ORIGIN, MEAN, true, HERE},
    {"TOE", "calcn", true, PRIMARY_TO, PRIMARY_TO, 0, false, DORSAL}, /* head of metatarsal 2 */
    {"FMH", "calcn", true, DISTAL, DISTAL, 0, false, DORSAL}, /* head of metatarsal 1 */
    {"VMH", "calcn", true, DISTAL, DISTAL, 1, false, DORSAL}, /* head of metatarsal 5 */
    {"HLX", "toes", true, DISTAL, DISTAL, 0, false, DORSAL}, /* tip of the great toe */
};

/** Centre of the joint that moves a segment, on the body that it moves against. */
typedef struct joint_row {
    const char *name, *segment;
    const char *unless; /**< segment whose joint it is in a chain that has it, or NULL */
} joint_row;

static const joint_row joint_centres[] = {{"HJC", "femur", NULL},    {"KJC", "tibia", NULL},   {"AJC", "talus", NULL},
                                          {"AJC", "calcn", "talus"}, {"SJC", "humerus", NULL}, {"EJC", "ulna", NULL},
                                          {"WJC", "hand", NULL}};

/** Marker on the outer side of a limb, at a share of the way from its joint to the next one; of the leg in the lower third. */
typedef struct soft_row {
    const char *name, *segment, *next;
    double along;
} soft_row;

static const soft_row soft_markers[] = {{"THI", "femur", "tibia", 0.67}, {"TIB", "tibia", "calcn", 0.67}, {"UPA", "humerus", "ulna", 0.5},
                                        {"FRM", "ulna", "hand", 0.3}}; /* nearer to the elbow, where the skin goes with the ulna */

enum {
    N_LANDMARKS = sizeof landmarks / sizeof *landmarks,
    N_JOINTS = sizeof joint_centres / sizeof *joint_centres,
    N_SOFT = sizeof soft_markers / sizeof *soft_markers,
    N_SPINOUS = 1,
    N_HEAD_BAND = 4,
    MAX_MARKERS = 2 * (N_LANDMARKS + N_JOINTS + N_SOFT) + N_SPINOUS + N_HEAD_BAND
};

static int find(const oik_rig_builder *b, const char *name, char side) {
    char full[OIK_NAME_LENGTH];
    snprintf(full, sizeof full, side ? "%s_%c" : "%s", name, side);
    return oik_rig_find_segment(b->input->chain, full);
}

/** p: where the bones lie, frame of the motion. */
static void add(oik_rig_builder *b, const char *name, char side, int body, oik_vec3 p, bool fixed) {
    oik_rig_marker *marker = &b->rig->markers[b->rig->n_markers++];
    snprintf(marker->name, sizeof marker->name, "%s%s", side == 'r' ? "R" : side == 'l' ? "L" : "", name);
    marker->body = body;
    marker->at = oik_rig_in_body(b, body, p);
    marker->fixed = fixed;
}

/* ------------------------------------------------------------------ landmarks */

static int32_t list_of(const oik_segment_recipe *recipe, list which) {
    const int32_t lists[] = {[ORIGIN] = recipe->origin,
                             [PRIMARY_FROM] = recipe->primary_from,
                             [PRIMARY_TO] = recipe->primary_to,
                             [SECONDARY_FROM] = recipe->secondary_from,
                             [SECONDARY_TO] = recipe->secondary_to,
                             [DISTAL] = recipe->distal};
    return lists[which];
}

/** The skin over a point of a bone, nearest to where it is looked for from. skin: NULL for none. */
static oik_vec3 over(oik_vec3 p, oik_vec3 from, const oik_locator *skin) {
    oik_nearest nearest;
    return skin && oik_locator_nearest(&nearest, skin, from, MAX_DEPTH) ? nearest.point : p;
}

static void add_landmark(oik_rig_builder *b, const landmark_row *row, char side, const oik_locator *skin) {
    const oik_skel_model *model = b->input->model;
    int segment = find(b, row->segment, side);
    if (segment < 0 || (model->published && !row->imported))
        return;
    int32_t points = list_of(&model->segments[b->recipe[segment]], side == 'l' ? row->left : row->right);
    if (points < 0 || model->list_start[points + 1] - model->list_start[points] <= row->index)
        return;
    int32_t point = model->list_point[model->list_start[points] + (row->index == MEAN ? 0 : row->index)];
    oik_vec3 p = row->index == MEAN ? oik_rig_list_mean(b, points) : oik_puppet_point(b->puppet, model, (size_t)point);
    oik_vec3 from = v3_add(p, m3_mulv(b->lie->R[segment], row->from));
    add(b, row->name, side, b->body_of_segment[b->segment_of_part[model->point_part[point]]], over(p, from, skin), true);
}

/** On the spinous process of a vertebra of the thorax, the hindmost vertex of its bone. */
static void add_spinous(oik_rig_builder *b, const char *bone, const oik_locator *skin) {
    const oik_skel_model *model = b->input->model;
    int thorax = find(b, "thorax", MIDLINE);
    double hindmost = INFINITY;
    oik_vec3 place = {0};
    int body = -1;
    for (size_t v = 0; v < model->n_vertices && thorax >= 0; v++) {
        if (strcmp(model->bone_names[model->vertex_bone[v]], bone) != 0)
            continue;
        oik_vec3 p = oik_puppet_point(b->puppet, model, v);
        double x = v3_dot(p, m3_column(b->lie->R[thorax], 0));
        if (x < hindmost) {
            hindmost = x;
            place = p;
            body = b->body_of_segment[b->segment_of_part[model->point_part[v]]];
        }
    }
    if (body >= 0)
        add(b, bone, MIDLINE, body, over(place, place, skin), true);
}

/**
 * Four markers of a head band, half way from the ears to the vertex: front and back, 45 degrees to each side. The skin of the skull does
 * not slide, so they are as good as landmarks.
 */
static void add_head_band(oik_rig_builder *b, const oik_locator *skin) {
    const double reach = 0.1; /* from the middle of the head to beside it [m] */
    static const struct {
        const char *name;
        char side;
        oik_vec3 way;
    } rows[] = {{"FHD", 'r', {1, 0, 1}}, {"FHD", 'l', {1, 0, -1}}, {"BHD", 'r', {-1, 0, 1}}, {"BHD", 'l', {-1, 0, -1}}};
    int head = find(b, "head", MIDLINE);
    if (head < 0 || !skin || b->input->model->published)
        return;
    const oik_segment_recipe *recipe = &b->input->model->segments[b->recipe[head]];
    if (recipe->origin < 0 || recipe->distal < 0)
        return;
    oik_vec3 middle = v3_lerp(oik_rig_list_mean(b, recipe->origin), oik_rig_list_mean(b, recipe->distal), 0.5);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        oik_nearest nearest;
        oik_vec3 from = v3_madd(middle, reach, m3_mulv(b->lie->R[head], v3_unit(rows[i].way)));
        if (oik_locator_nearest(&nearest, skin, from, MAX_DEPTH))
            add(b, rows[i].name, rows[i].side, b->body_of_segment[head], nearest.point, true);
    }
}

/* ------------------------------------------------------------------ joint centres and soft tissue */

static void add_joint_centre(oik_rig_builder *b, const joint_row *row, char side) {
    const oik_chain *chain = b->input->chain;
    int segment = find(b, row->segment, side);
    if (segment < 0 || chain->joints[segment].parent < 0 || (row->unless && find(b, row->unless, side) >= 0))
        return;
    add(b, row->name, side, b->body_of_segment[chain->joints[segment].parent], b->lie->centre[segment], true);
}

/** The outermost vertex, on its side, of those near the height that the segment's own body carries most. */
static void add_soft_marker(oik_rig_builder *b, const soft_row *row, char side) {
    const double half_height = 0.02; /* of the band that is searched [m]; more than the edges of 6890 vertices are long */
    const oik_rig_input *input = b->input;
    int segment = find(b, row->segment, side), next = find(b, row->next, side);
    if (segment < 0 || next < 0)
        return;
    int body = b->body_of_segment[segment];
    double outward = side == 'r' ? 1.0 : -1.0, farthest = 0.0;
    oik_vec3 level = v3_scale(oik_rig_in_body(b, body, b->lie->centre[next]), row->along), best = {0};
    for (size_t v = 0; v < input->n_skin_vertices; v++) {
        oik_vec3 p = oik_rig_in_body(b, body, input->skin[v]);
        if (b->rig->skin.body[v][0] == body && fabs(p.y - level.y) < half_height && outward * p.z > farthest) {
            farthest = outward * p.z;
            best = input->skin[v];
        }
    }
    if (farthest > 0.0)
        add(b, row->name, side, body, best, false);
}

oik_status oik_rig_build_markers(oik_rig_builder *b, oik_error *err) {
    static const char sides[] = {'r', 'l'};
    const oik_rig_input *input = b->input;
    oik_locator *skin = NULL;
    if (!(b->rig->markers = oik_new(MAX_MARKERS, sizeof *b->rig->markers, err)))
        return OIK_E_MEMORY;
    oik_status status =
        input->skin ? oik_locator_new(&skin, input->skin, input->n_skin_vertices, input->skin_faces, input->n_skin_faces, err) : OIK_OK;
    if (status)
        return status;
    for (int r = 0; r < N_LANDMARKS; r++)
        for (size_t s = 0; s < (landmarks[r].lateral ? sizeof sides : 1); s++)
            add_landmark(b, &landmarks[r], landmarks[r].lateral ? sides[s] : MIDLINE, skin);
    add_spinous(b, "T10", skin);
    add_head_band(b, skin);
    for (size_t s = 0; s < sizeof sides; s++) {
        for (int r = 0; r < N_JOINTS; r++)
            add_joint_centre(b, &joint_centres[r], sides[s]);
        for (int r = 0; input->skin && r < N_SOFT; r++)
            add_soft_marker(b, &soft_markers[r], sides[s]);
    }
    oik_locator_free(skin);
    return OIK_OK;
}
