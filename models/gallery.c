/**
 * Pictures of a model's bones, group by group, from the front, the side, behind and three quarters: gallery MODEL DIR.
 * DIR/SEX_GROUP.png; the bones as the template has them, lying. Needs no display.
 */
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/status.h"
#include "export/picture_png.h"
#include "export/picture_scene.h"
#include "export/picture_text.h"
#include "skeleton/skeleton.h"

/** Bones of a picture: patterns of names, divided by spaces. */
static const struct {
    const char *name, *bones;
} groups[] = {{"skeleton", "*"},
              {"skull", "skull mandible hyoid C1* C2*"},
              {"neck", "C? C1_* C2_* hyoid T1"},
              {"spine", "C? C1_* C2_* T? T1? L? sacrum coccyx"},
              {"thoracic_vertebrae", "T6 T7 T8 T9"},
              {"lumbar_vertebrae", "L? T12 sacrum"},
              {"cage", "T? T1? rib_* costal_* sternum"},
              {"shoulder", "clavicle_l scapula_l humerus_l sternum rib_1_l rib_2_l"},
              {"arm", "humerus_l ulna_l radius_l"},
              {"hand", "scaphoid_l lunate_l triquetrum_l pisiform_l trapezium_l trapezoid_l capitate_l hamate_l metacarpal_*_l finger_*_l"},
              {"pelvis", "hip_bone_? sacrum coccyx L5"},
              {"thigh", "hip_bone_l femur_l patella_l"},
              {"shank", "patella_l tibia_l fibula_l talus_l"},
              {"foot", "talus_l calcaneus_l navicular_l cuboid_l *_cuneiform_l metatarsal_*_l toe_*_l"}};

enum { N_GROUPS = sizeof groups / sizeof *groups, N_VIEWS = 4, WIDTH = 2000, HEIGHT = 1000, MARGIN = 40, FOOTER = 60 };

static const struct {
    const char *caption;
    double turn_deg; /**< of the viewer about the vertical, from the front to the subject's left */
} views[N_VIEWS] = {{"front", 0}, {"left side", 90}, {"back", 180}, {"three quarters", 40}};

/* ------------------------------------------------------------------ bones */

static bool is_in(const char *bones, const char *name) {
    char pattern[OIK_NAME_LENGTH];
    for (const char *c = bones; *c;) {
        size_t n = strcspn(c, " ");
        snprintf(pattern, sizeof pattern, "%.*s", (int)n, c);
        if (fnmatch(pattern, name, 0) == 0)
            return true;
        c += n + strspn(c + n, " ");
    }
    return false;
}

/** The bones of one group, owned. */
typedef struct bone_mesh {
    size_t n_vertices, n_faces;
    oik_vec3 *vertices;
    int32_t (*faces)[3], *bone;
} bone_mesh;

static void bone_mesh_free(bone_mesh *m) {
    free(m->vertices);
    free(m->faces);
    free(m->bone);
}

static oik_status bone_mesh_new(bone_mesh *m, const oik_skel_model *model, const oik_vec3 *vertices, const char *bones, oik_error *err) {
    int32_t *place = oik_new(model->n_vertices, sizeof *place, err);
    *m = (bone_mesh){.vertices = oik_new(model->n_vertices, sizeof *m->vertices, err),
                     .faces = oik_new(model->n_faces, sizeof *m->faces, err),
                     .bone = oik_new(model->n_vertices, sizeof *m->bone, err)};
    oik_status status = place && m->vertices && m->faces && m->bone ? OIK_OK : OIK_E_MEMORY;
    for (size_t v = 0; v < model->n_vertices && !status; v++) {
        place[v] = is_in(bones, model->bone_names[model->vertex_bone[v]]) ? (int32_t)m->n_vertices : -1;
        if (place[v] < 0)
            continue;
        m->vertices[m->n_vertices] = vertices[v];
        m->bone[m->n_vertices++] = model->vertex_bone[v];
    }
    for (size_t f = 0; f < model->n_faces && !status; f++) {
        const int32_t *corner = model->faces[f];
        if (place[corner[0]] < 0 || place[corner[1]] < 0 || place[corner[2]] < 0)
            continue;
        for (int k = 0; k < 3; k++)
            m->faces[m->n_faces][k] = place[corner[k]];
        m->n_faces++;
    }
    free(place);
    return status;
}

/* ------------------------------------------------------------------ picture */

/** A viewer turned about the vertical, and the width of what he sees [m]. */
static oik_picture_camera camera_of(double *width, double turn_deg, const bone_mesh *m) {
    const double degree = 3.14159265358979323846 / 180.0, turn = turn_deg * degree;
    oik_picture_camera c = {.right = v3(cos(turn), 0, -sin(turn)), .up = v3(0, 1, 0), .toward = v3(sin(turn), 0, cos(turn))};
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < m->n_vertices; i++) {
        low = fmin(low, v3_dot(m->vertices[i], c.right));
        high = fmax(high, v3_dot(m->vertices[i], c.right));
    }
    *width = high - low;
    c.x = -0.5 * (low + high); /* [m] so far */
    return c;
}

static void letter(const oik_picture_image *image, double middle, double y, const char *text) {
    const double cap_height = 18.0;
    oik_picture_pen pen = {.x = middle - 0.5 * oik_picture_text_width(text, cap_height), .y = y, .end = WIDTH, .cap_height = cap_height,
                           .stroke = 2.2, .ink = {60, 60, 60}};
    oik_picture_text_draw(image, &pen, text);
}

static oik_status draw_views(const oik_picture_image *image, const oik_picture_scene *scene, const bone_mesh *around, double height,
                             oik_error *err) {
    oik_picture_camera cameras[N_VIEWS];
    double widths[N_VIEWS], across = 0.0;
    for (int i = 0; i < N_VIEWS; i++) {
        cameras[i] = camera_of(&widths[i], views[i].turn_deg, around);
        across += widths[i];
    }
    const double scale = fmin((WIDTH - (N_VIEWS + 1) * MARGIN) / across, (HEIGHT - 2 * MARGIN - FOOTER) / height);
    const double gap = (WIDTH - across * scale) / (N_VIEWS + 1);
    double x = gap;
    oik_status status = OIK_OK;
    for (int i = 0; i < N_VIEWS && !status; i++) {
        const double middle = x + 0.5 * widths[i] * scale;
        cameras[i].pixels_per_metre = scale;
        cameras[i].x = middle + cameras[i].x * scale;
        cameras[i].y = 0.5 * (HEIGHT - FOOTER);
        status = oik_picture_view_draw(image, scene, &cameras[i], err);
        letter(image, middle, HEIGHT - 0.4 * FOOTER, views[i].caption);
        x += widths[i] * scale + gap;
    }
    return status;
}

/** The scene has the vertices about the middle of their box. */
static oik_status draw_group(const bone_mesh *m, const char *path, oik_error *err) {
    const oik_picture picture = {.n_bone_vertices = m->n_vertices,
                                 .n_bone_faces = m->n_faces,
                                 .bone_vertices = m->vertices,
                                 .bone_faces = (const int32_t(*)[3])m->faces,
                                 .bone_of_vertex = m->bone,
                                 .upright = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}};
    oik_picture_scene scene = {0};
    oik_vec3 size;
    oik_picture_image image = {WIDTH, HEIGHT, oik_new((size_t)WIDTH * HEIGHT, sizeof *image.pixels, err)};
    oik_status status = image.pixels ? oik_picture_scene_fill(&scene, &size, &picture, path, err) : OIK_E_MEMORY;
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT && !status; i++)
        memcpy(image.pixels[i], oik_picture_paper, sizeof oik_picture_paper);
    if (!status) {
        const bone_mesh middle = {.n_vertices = m->n_vertices, .vertices = scene.bones.vertices};
        status = draw_views(&image, &scene, &middle, size.y, err);
    }
    if (!status)
        status = oik_picture_png_write(&image, path, err);
    oik_picture_scene_free(&scene);
    free(image.pixels);
    return status;
}

static oik_status draw_model(const oik_model *model, const char *dir, oik_error *err) {
    const oik_skel_model *skeleton = model->skeleton;
    oik_puppet *puppet = NULL;
    oik_vec3 *vertices = oik_new(skeleton->n_vertices, sizeof *vertices, err);
    oik_status status = vertices ? oik_puppet_new(&puppet, skeleton, err) : OIK_E_MEMORY;
    if (!status)
        oik_puppet_vertices(vertices, puppet, skeleton);
    for (int g = 0; g < N_GROUPS && !status; g++) {
        char path[1024];
        bone_mesh mesh;
        snprintf(path, sizeof path, "%s/%s_%s.png", dir, model->gender, groups[g].name);
        status = bone_mesh_new(&mesh, skeleton, vertices, groups[g].bones, err);
        if (!status && mesh.n_faces > 0) {
            status = draw_group(&mesh, path, err);
            puts(path);
        }
        bone_mesh_free(&mesh);
    }
    oik_puppet_free(puppet);
    free(vertices);
    return status;
}

int main(int argc, char **argv) {
    oik_error err = {0};
    oik_model *model = NULL;
    if (argc != 3) {
        fprintf(stderr, "usage: %s MODEL.npz DIRECTORY\n", argv[0]);
        return 2;
    }
    oik_status status = oik_model_load(&model, argv[1], &err);
    if (!status)
        status = oik_dir_make(argv[2], &err);
    if (!status)
        status = draw_model(model, argv[2], &err);
    if (status)
        fprintf(stderr, "%s\n", err.message);
    oik_model_free(model);
    return status ? 1 : 0;
}
