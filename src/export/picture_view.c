/**
 * Views (see picture_view.h). The image is drawn in strips of rows, so that the samples of a strip stay in the processor's cache; a face
 * waits in the list of the strip where it begins and moves on to the next one until it ends.
 *
 * Of a sample, paper or bone with colour C at depth z, one sees
 *
 *   s (e C + (1 - e) T) + (1 - s) S
 *   e = r + (1 - r) exp(-k d),   d = sum over the skin's faces of +-max(z_face, z),   s = product of (1 - a)
 *
 * d: way through the body in front of the sample, + for faces towards the viewer and - for those away from him, z growing towards him;
 * k, r: what tissue takes, and what it leaves in any case; T: colour of tissue; S, a: colour and opacity of the skin's surface, of faces
 * towards the viewer in front of the sample. Neither sum nor product asks for an order of the faces.
 */
#include "export/picture_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "export/picture_raster.h"

enum {
    SIDE = 3,        /* SIDE x SIDE samples a pixel */
    STRIP_ROWS = 16, /* of pixels */
    MAX_PLACE = 1 << 20 /* [samples], beyond any image */
};

const uint8_t oik_picture_paper[3] = {246, 247, 249};

typedef struct colour {
    float r, g, b;
} colour;

/* light, not sRGB: 0 .. 1 */
static const colour bone_colour = {0.92F, 0.83F, 0.66F};
static const colour sky_colour = {0.98F, 0.97F, 0.97F};
static const colour lamp_colour = {1.06F, 1.00F, 0.90F};
static const colour tissue_colour = {0.235F, 0.355F, 0.475F};
static const colour surface_colour = {0.16F, 0.24F, 0.33F};

static const float empty = -INFINITY; /* depth of the paper */

typedef struct sample {
    float z;      /**< [m] */
    colour light; /**< of bone */
    float way;    /**< through the body in front [m] */
    float clear;  /**< share of light that the surfaces in front let pass */
} sample;

/** Faces waiting for their strips: lists by number, -1 ends. */
typedef struct queue {
    int32_t *head; /**< n_strips + 1; the last one is never drawn */
    int32_t *next; /**< n_faces */
} queue;

enum { N_TONES = 4096, N_WAYS = 1024 };
static const float longest_way = 0.8F; /* [m], beyond that the tables end */

typedef struct view {
    const oik_picture_image *image;
    const oik_picture_scene *scene;
    const oik_picture_camera *camera;
    oik_raster_point *bones, *skin;
    queue bone_queue, skin_queue;
    int n_strips;
    oik_raster_window window;  /**< samples of the current strip */
    sample *samples;           /**< of the strip */
    int *touched;              /**< per row of the strip: first and end of the samples that are not as they began */
    uint8_t tones[N_TONES + 1]; /**< linear to sRGB */
    float passed[N_WAYS + 1];  /**< e, of ways 0 .. longest_way */
} view;

static float clamp01(float x) {
    return x < 0.0F ? 0.0F : x > 1.0F ? 1.0F : x;
}

/* ---- colours ---- */

/** sRGB's curve. Source: IEC 61966-2-1. */
static double to_srgb(double x) {
    return x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1.0 / 2.4) - 0.055;
}
static double from_srgb(double x) {
    return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
}

static colour paper_light(void) {
    const uint8_t *p = oik_picture_paper;
    return (colour){(float)from_srgb(p[0] / 255.0), (float)from_srgb(p[1] / 255.0), (float)from_srgb(p[2] / 255.0)};
}

static void fill_tables(view *v) {
    const double per_metre = 9.0, rest = 0.4; /* a limb shows against the paper; a trunk veils the bones behind, no more than half */
    for (int i = 0; i <= N_TONES; i++)
        v->tones[i] = (uint8_t)(255.0 * to_srgb((double)i / N_TONES) + 0.5);
    for (int i = 0; i <= N_WAYS; i++)
        v->passed[i] = (float)(rest + (1.0 - rest) * exp(-per_metre * (double)longest_way * i / N_WAYS));
}

/** A bone's own brightness, 0.94 .. 1: neighbours can be told apart. */
static float bone_tint(int32_t bone) {
    uint32_t mixed = (uint32_t)bone * 2654435769U; /* 2^32 / golden ratio: successive numbers come to lie far apart */
    return 0.94F + 0.06F * (float)(mixed >> 24) / 255.0F;
}

static void shade_bone(float out[3], const view *v, size_t i) {
    const oik_picture_scene *scene = v->scene;
    const oik_picture_camera *camera = v->camera;
    /* lamp: above the viewer's left shoulder */
    oik_vec3 lamp = v3_unit(v3_madd(v3_madd(v3_scale(camera->toward, 0.72), 0.55, camera->up), -0.42, camera->right));
    float sky = scene->bone_light[i];
    float lit = clamp01((float)v3_dot(scene->bones.normals[i], lamp)) * (0.25F + 0.75F * clamp01(1.4F * sky));
    float tint = scene->bone_of_vertex ? bone_tint(scene->bone_of_vertex[i]) : 1.0F;
    float facing = clamp01((float)v3_dot(scene->bones.normals[i], camera->toward));
    tint *= 1.0F - 0.35F * (1.0F - facing) * (1.0F - facing);
    const float from_sky = 0.62F * sky * (0.5F + 0.5F * clamp01(sky)), from_lamp = 0.75F * lit;
    out[0] = tint * bone_colour.r * (sky_colour.r * from_sky + lamp_colour.r * from_lamp);
    out[1] = tint * bone_colour.g * (sky_colour.g * from_sky + lamp_colour.g * from_lamp);
    out[2] = tint * bone_colour.b * (sky_colour.b * from_sky + lamp_colour.b * from_lamp);
}

/** Opacity of the skin's surface where its normal leans from the viewer by this cosine. */
static float surface_opacity(float cosine) {
    float grazing = 1.0F - clamp01(cosine), squared = grazing * grazing;
    return 0.03F + squared * (0.30F + 0.50F * squared);
}

/* ---- places ---- */

/** Coordinates are held to 0 .. MAX_PLACE, so that they are whole numbers of 32 bits. */
static oik_raster_point project(const view *v, oik_vec3 p) {
    const oik_picture_camera *c = v->camera;
    const double steps = SIDE * OIK_RASTER_STEPS, limit = (double)MAX_PLACE * OIK_RASTER_STEPS;
    double x = steps * (c->x + c->pixels_per_metre * v3_dot(p, c->right));
    double y = steps * (c->y - c->pixels_per_metre * v3_dot(p, c->up));
    return (oik_raster_point){.x = (int32_t)fmin(fmax(x, 0.0), limit),
                              .y = (int32_t)fmin(fmax(y, 0.0), limit),
                              .z = (float)v3_dot(p, c->toward)};
}

static void place_points(view *v) {
    const oik_picture_mesh *bones = &v->scene->bones, *skin = &v->scene->skin;
    for (size_t i = 0; i < bones->n_vertices; i++) {
        v->bones[i] = project(v, bones->vertices[i]);
        shade_bone(v->bones[i].value, v, i);
    }
    for (size_t i = 0; i < skin->n_vertices; i++) {
        v->skin[i] = project(v, skin->vertices[i]);
        v->skin[i].value[0] = (float)v3_dot(skin->normals[i], v->camera->toward);
    }
}

/* ---- faces in their strips ---- */

static void enqueue(queue *q, int strip, int32_t face) {
    q->next[face] = q->head[strip];
    q->head[strip] = face;
}

static void fill_queue(queue *q, int n_strips, const oik_picture_mesh *mesh, const oik_raster_point *points) {
    const int height = STRIP_ROWS * SIDE * OIK_RASTER_STEPS;
    for (int s = 0; s <= n_strips; s++)
        q->head[s] = -1;
    for (size_t f = 0; f < mesh->n_faces; f++) {
        const int32_t *c = mesh->faces[f];
        int top = oik_raster_min(points[c[0]].y, oik_raster_min(points[c[1]].y, points[c[2]].y));
        enqueue(q, oik_raster_min(top / height, n_strips), (int32_t)f);
    }
}

/** Take the next face of a strip; one that goes on below is left to the next strip. -1: none is left. */
static int32_t dequeue(queue *q, int strip, const oik_picture_mesh *mesh, const oik_raster_point *points) {
    int32_t face = q->head[strip];
    if (face < 0)
        return -1;
    q->head[strip] = q->next[face];
    const int32_t *c = mesh->faces[face];
    int bottom = oik_raster_max(points[c[0]].y, oik_raster_max(points[c[1]].y, points[c[2]].y));
    if (bottom >= (strip + 1) * STRIP_ROWS * SIDE * OIK_RASTER_STEPS)
        enqueue(q, strip + 1, face);
    return face;
}

/** First sample of the current row of t, whose covered samples will be touched. */
static sample *touch(view *v, const oik_raster_triangle *t) {
    const int row = t->y - v->window.y0;
    int *range = &v->touched[2 * row];
    if (t->first < t->end) {
        range[0] = oik_raster_min(range[0], t->first);
        range[1] = oik_raster_max(range[1], t->end);
    }
    return &v->samples[(size_t)row * (size_t)v->window.x1];
}

static void draw_bones(view *v, int strip) {
    const oik_picture_mesh *mesh = &v->scene->bones;
    int32_t face;
    while ((face = dequeue(&v->bone_queue, strip, mesh, v->bones)) >= 0) {
        const int32_t *c = mesh->faces[face];
        oik_raster_triangle t;
        if (!oik_raster_begin(&t, &v->bones[c[0]], &v->bones[c[1]], &v->bones[c[2]], &v->window))
            continue;
        oik_raster_plane depth = oik_raster_fit(&t, t.a->z, t.b->z, t.c->z), rgb[3];
        for (int k = 0; k < 3; k++)
            rgb[k] = oik_raster_fit(&t, t.a->value[k], t.b->value[k], t.c->value[k]);
        while (oik_raster_row(&t)) {
            sample *row = touch(v, &t);
            for (int x = t.first; x < t.end; x++) {
                float z = oik_raster_at(&t, &depth, x);
                if (z <= row[x].z)
                    continue;
                row[x].z = z;
                row[x].light = (colour){oik_raster_at(&t, &rgb[0], x), oik_raster_at(&t, &rgb[1], x), oik_raster_at(&t, &rgb[2], x)};
            }
        }
    }
}

static void draw_skin(view *v, int strip) {
    const oik_picture_mesh *mesh = &v->scene->skin;
    int32_t face;
    while ((face = dequeue(&v->skin_queue, strip, mesh, v->skin)) >= 0) {
        const int32_t *c = mesh->faces[face];
        oik_raster_triangle t;
        if (!oik_raster_begin(&t, &v->skin[c[0]], &v->skin[c[1]], &v->skin[c[2]], &v->window))
            continue;
        const bool front = t.per_area > 0.0;
        oik_raster_plane depth = oik_raster_fit(&t, t.a->z, t.b->z, t.c->z);
        oik_raster_plane cosine = oik_raster_fit(&t, t.a->value[0], t.b->value[0], t.c->value[0]);
        while (oik_raster_row(&t)) {
            sample *row = touch(v, &t);
            for (int x = t.first; x < t.end; x++) {
                float z = oik_raster_at(&t, &depth, x);
                row[x].way += front ? fmaxf(z, row[x].z) : -fmaxf(z, row[x].z);
                if (front && z > row[x].z)
                    row[x].clear *= 1.0F - surface_opacity(oik_raster_at(&t, &cosine, x));
            }
        }
    }
}

/* ---- samples to pixels ---- */

static void add_sample(colour *sum, const view *v, const sample *s, colour paper) {
    colour base = s->z > empty ? s->light : paper;
    float way = clamp01(s->way / longest_way);
    float e = v->passed[(int)(way * N_WAYS)];
    float from_base = e * s->clear, from_tissue = (1.0F - e) * s->clear, from_surface = 1.0F - s->clear;
    sum->r += from_base * base.r + from_tissue * tissue_colour.r + from_surface * surface_colour.r;
    sum->g += from_base * base.g + from_tissue * tissue_colour.g + from_surface * surface_colour.g;
    sum->b += from_base * base.b + from_tissue * tissue_colour.b + from_surface * surface_colour.b;
}

static uint8_t tone(const view *v, float sum) {
    return v->tones[(int)(clamp01(sum / (SIDE * SIDE)) * N_TONES + 0.5F)];
}

/** One pixel of the strip from its samples, which become as they began. */
static void resolve_pixel(uint8_t out[3], const view *v, int x, int row, colour paper) {
    colour sum = {0, 0, 0};
    for (int j = 0; j < SIDE; j++) {
        sample *s = &v->samples[(size_t)(row * SIDE + j) * (size_t)v->window.x1 + (size_t)(x * SIDE)];
        for (int i = 0; i < SIDE; i++) {
            add_sample(&sum, v, &s[i], paper);
            s[i] = (sample){.z = empty, .clear = 1.0F};
        }
    }
    out[0] = tone(v, sum.r);
    out[1] = tone(v, sum.g);
    out[2] = tone(v, sum.b);
}

static void resolve_strip(view *v, int strip) {
    const colour paper = paper_light();
    const int n_rows = (v->window.y1 - v->window.y0) / SIDE;
    for (int row = 0; row < n_rows; row++) {
        int first = v->window.x1, end = 0;
        for (int j = 0; j < SIDE; j++) {
            int *range = &v->touched[2 * (row * SIDE + j)];
            first = oik_raster_min(first, range[0] / SIDE);
            end = oik_raster_max(end, (range[1] + SIDE - 1) / SIDE);
            range[0] = v->window.x1;
            range[1] = 0;
        }
        uint8_t(*pixels)[3] = &v->image->pixels[(size_t)(strip * STRIP_ROWS + row) * (size_t)v->image->width];
        for (int x = first; x < end; x++)
            resolve_pixel(pixels[x], v, x, row, paper);
    }
}

static void draw_strips(view *v) {
    const int width = v->image->width * SIDE, height = v->image->height * SIDE, strip_height = STRIP_ROWS * SIDE;
    for (size_t i = 0; i < (size_t)width * (size_t)strip_height; i++)
        v->samples[i] = (sample){.z = empty, .clear = 1.0F};
    for (int row = 0; row < strip_height; row++) {
        v->touched[2 * row] = width;
        v->touched[2 * row + 1] = 0;
    }
    for (int s = 0; s < v->n_strips; s++) {
        v->window = (oik_raster_window){0, s * strip_height, width, oik_raster_min((s + 1) * strip_height, height)};
        draw_bones(v, s);
        draw_skin(v, s);
        resolve_strip(v, s);
    }
}

oik_status oik_picture_view_draw(const oik_picture_image *image, const oik_picture_scene *scene, const oik_picture_camera *camera,
                                 oik_error *err) {
    view *v = oik_new(1, sizeof *v, err);
    if (!v)
        return OIK_E_MEMORY;
    *v = (view){.image = image, .scene = scene, .camera = camera, .n_strips = (image->height + STRIP_ROWS - 1) / STRIP_ROWS};
    const size_t n_heads = (size_t)v->n_strips + 1, n_rows = (size_t)STRIP_ROWS * SIDE;
    oik_status status = OIK_OK;
    if (!(v->bones = oik_new(scene->bones.n_vertices, sizeof *v->bones, err)) ||
        !(v->skin = oik_new(scene->skin.n_vertices, sizeof *v->skin, err)) ||
        !(v->bone_queue.head = oik_new(n_heads, sizeof *v->bone_queue.head, err)) ||
        !(v->skin_queue.head = oik_new(n_heads, sizeof *v->skin_queue.head, err)) ||
        !(v->bone_queue.next = oik_new(scene->bones.n_faces, sizeof *v->bone_queue.next, err)) ||
        !(v->skin_queue.next = oik_new(scene->skin.n_faces, sizeof *v->skin_queue.next, err)) ||
        !(v->samples = oik_new(n_rows * (size_t)image->width * SIDE, sizeof *v->samples, err)) ||
        !(v->touched = oik_new(2 * n_rows, sizeof *v->touched, err))) {
        status = OIK_E_MEMORY;
        goto done;
    }
    fill_tables(v);
    place_points(v);
    fill_queue(&v->bone_queue, v->n_strips, &scene->bones, v->bones);
    fill_queue(&v->skin_queue, v->n_strips, &scene->skin, v->skin);
    draw_strips(v);
done:
    free(v->bones);
    free(v->skin);
    free(v->bone_queue.head);
    free(v->skin_queue.head);
    free(v->bone_queue.next);
    free(v->skin_queue.next);
    free(v->samples);
    free(v->touched);
    free(v);
    return status;
}
