/* NAME.png on bodies of spheres and cubes: what is seen where, from every side; determinism, refusals, failing memory and folders. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

#include "base/file.h"
#include "base/rot.h"
#include "comma_locale.h"
#include "export/picture.h"
#include "export/picture_layout.h"
#include "failing_malloc.h"
#include "rig_writer.h"
#include "shapes.h"
#include "temp_dir.h"

enum { WIDTH = 600, HEIGHT = 300 };

/** A picture with the meshes that it shows. */
typedef struct body {
    oik_mesh *skin, *bones;
    oik_picture picture;
} body;

/** Takes the meshes. */
static body body_of(oik_mesh *skin, oik_mesh *bones) {
    body b = {.skin = skin, .bones = bones};
    b.picture = (oik_picture){.name = "test",
                              .stature = 1.7,
                              .n_skin_vertices = skin->n_vertices,
                              .n_skin_faces = skin->n_faces,
                              .skin_vertices = skin->vertices,
                              .skin_faces = (const int32_t(*)[3])skin->faces,
                              .n_bone_vertices = bones->n_vertices,
                              .n_bone_faces = bones->n_faces,
                              .bone_vertices = bones->vertices,
                              .bone_faces = (const int32_t(*)[3])bones->faces,
                              .upright = m3_identity(),
                              .width = WIDTH,
                              .height = HEIGHT};
    return b;
}

static void body_free(body *b) {
    oik_mesh_free(b->skin);
    oik_mesh_free(b->bones);
}

/** A bone of 30 cm in a cube of 60 cm. */
static body sphere_in_cube(void) {
    return body_of(shape_cube(v3(0, 0, 0), 0.6), shape_sphere(v3(0, 0, 0), 0.15, 30, 40));
}

static void write_picture(const body *b, const char *path) {
    oik_error err = {0};
    if (oik_picture_write(&b->picture, path, &err))
        fail_msg("%s", err.message);
}

/** Pixels of a PNG, 3 bytes each; free them. */
static uint8_t (*read_png(const char *path, int width, int height))[3] {
    png_image png = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_file(&png, path));
    assert_int_equal(png.format, PNG_FORMAT_RGB); /* 8 bits, no alpha, no palette */
    assert_int_equal(png.width, width);
    assert_int_equal(png.height, height);
    uint8_t(*pixels)[3] = malloc(PNG_IMAGE_SIZE(png));
    assert_true(png_image_finish_read(&png, NULL, pixels, 0, NULL));
    return pixels;
}

static uint8_t (*draw(const body *b))[3] {
    char path[TEMP_PATH_LENGTH];
    write_picture(b, temp_path(path, "body.png"));
    return read_png(path, WIDTH, HEIGHT);
}

/** The pixel where a point of the upright body, whose box is around the origin, is seen in a view. */
static const uint8_t *seen(uint8_t (*pixels)[3], oik_vec3 size, int view, oik_vec3 at) {
    oik_picture_layout layout = oik_picture_layout_of(WIDTH, HEIGHT, size);
    const oik_picture_camera *c = &layout.panels[view].camera;
    int x = (int)floor(c->x + c->pixels_per_metre * v3_dot(at, c->right));
    int y = (int)floor(c->y - c->pixels_per_metre * v3_dot(at, c->up));
    assert_in_range(x, 0, WIDTH - 1);
    assert_in_range(y, 0, HEIGHT - 1);
    return pixels[y * WIDTH + x];
}

static bool is_paper(const uint8_t *p) {
    return memcmp(p, oik_picture_paper, 3) == 0;
}
/** How much blue outweighs red: 20 and more in skin without bone, less in bone however deep; warm bone is below 0. */
static int coolness(const uint8_t *p) {
    return p[2] - p[0];
}
static bool is_bone(const uint8_t *p) {
    return coolness(p) < 12 && !is_paper(p);
}
static int brightness(const uint8_t *p) {
    return p[0] + p[1] + p[2];
}

/* ---- what is seen ---- */

static void bone_is_warm_skin_is_cool_and_around_it_is_paper(void **state) {
    (void)state;
    body b = sphere_in_cube();
    const oik_vec3 size = v3(0.6, 0.6, 0.6);
    uint8_t(*pixels)[3] = draw(&b);
    for (int view = 0; view < OIK_PICTURE_N_VIEWS; view++) {
        const uint8_t *bone = seen(pixels, size, view, v3(0, 0, 0)), *skin = seen(pixels, size, view, v3(0.22, 0.22, 0.22));
        assert_true(is_bone(bone));
        assert_true(coolness(skin) > 18);
        assert_true(brightness(skin) < brightness(oik_picture_paper) - 60); /* it can be told from the paper */
        assert_true(is_paper(seen(pixels, size, view, v3(0.33, 0.2, 0.33))));
        assert_true(is_paper(seen(pixels, size, view, v3(-0.33, 0.2, -0.33))));
    }
    free(pixels);
    body_free(&b);
}

static void the_outline_of_the_skin_stands_out(void **state) {
    (void)state;
    /* so small that its inside takes next to no light; the surface alone is seen */
    const double radius = 0.002;
    body b = body_of(shape_sphere(v3(0, 0, 0), radius, 40, 60), shape_sphere(v3(0, 0, 0), 0.1 * radius, 20, 20));
    const oik_vec3 size = v3(2 * radius, 2 * radius, 2 * radius);
    uint8_t(*pixels)[3] = draw(&b);
    int last = brightness(seen(pixels, size, 0, v3(0.3 * radius, 0, 0)));
    assert_true(last > brightness(oik_picture_paper) - 80);
    static const double places[] = {0.6, 0.8, 0.9, 0.96};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int now = brightness(seen(pixels, size, 0, v3(places[i] * radius, 0, 0)));
        assert_true(now < last);
        last = now;
    }
    assert_true(last < brightness(oik_picture_paper) - 70);
    free(pixels);
    body_free(&b);
}

static void a_translucent_face_shows_no_seam_between_triangles(void **state) {
    (void)state;
    body b = body_of(shape_cube(v3(0, 0, 0), 0.6), shape_sphere(v3(0.2, 0.25, 0.2), 0.01, 8, 8));
    uint8_t(*pixels)[3] = draw(&b);
    const oik_vec3 size = v3(0.6, 0.6, 0.6);
    for (int view = 0; view < OIK_PICTURE_N_VIEWS; view++)
        for (int i = -20; i <= 0; i++) { /* both diagonals, below the bone, where the cube's faces and their halves meet */
            double t = 0.01 * i;
            for (int turn = 0; turn < 2; turn++) {
                double s = turn ? -t : t;
                const uint8_t *on = seen(pixels, size, view, v3(s, t, s)), *beside = seen(pixels, size, view, v3(s, t + 0.01, s));
                /* a sample drawn twice or not at all is a layer of skin: 5 and more; normals change by 1 to 3 from pixel to pixel */
                assert_true(abs(on[0] - beside[0]) <= 4);
            }
        }
    free(pixels);
    body_free(&b);
}

static void a_coarse_skin_has_a_round_outline(void **state) {
    (void)state;
    const double radius = 0.3, turn = 3.14159265358979 / 8; /* between two of the eight corners seen from the front */
    body b = body_of(shape_sphere(v3(0, 0, 0), radius, 4, 8), shape_sphere(v3(0, 0, 0), 0.05, 8, 8));
    uint8_t(*pixels)[3] = draw(&b);
    const oik_vec3 size = v3(2 * radius, 2 * radius, 2 * radius), between = v3(radius * sin(turn), radius * cos(turn), 0);
    /* flat faces would end at cos(pi / 8) = 0.924 of the radius; bent ones do at cos + sin^2 cos / 2 = 0.992; a pixel is 0.008 of it */
    assert_false(is_paper(seen(pixels, size, 0, v3_scale(between, 0.98))));
    assert_true(is_paper(seen(pixels, size, 0, v3_scale(between, 1.01))));
    free(pixels);
    body_free(&b);
}

static void nearer_skin_veils_bones_and_deeper_bones_more(void **state) {
    (void)state;
    /* two bones at the same height: one near the front, one near the back */
    oik_mesh *left = shape_sphere(v3(0.15, 0, 0.2), 0.06, 20, 20), *right = shape_sphere(v3(-0.15, 0, -0.2), 0.06, 20, 20);
    body b = body_of(shape_cube(v3(0, 0, 0), 0.6), shape_union(left, right));
    const oik_vec3 size = v3(0.6, 0.6, 0.6);
    uint8_t(*pixels)[3] = draw(&b);
    for (int view = 0; view < OIK_PICTURE_N_VIEWS; view += 2) {
        const uint8_t *l = seen(pixels, size, view, v3(0.15, 0, 0)), *r = seen(pixels, size, view, v3(-0.15, 0, 0));
        if (view == 0)
            assert_true(coolness(l) < coolness(r) - 10);
        else
            assert_true(coolness(r) < coolness(l) - 10);
    }
    free(pixels);
    oik_mesh_free(left);
    oik_mesh_free(right);
    body_free(&b);
}

/** Inside the skin, which it takes, a large bone around the middle and a small one: up, to the subject's left and forward. */
static body with_marker(oik_mesh *skin) {
    oik_mesh *marker = shape_sphere(v3(0.2, 0.17, 0.1), 0.05, 20, 20), *trunk = shape_sphere(v3(0, -0.1, 0), 0.08, 20, 20);
    body b = body_of(skin, shape_union(trunk, marker));
    oik_mesh_free(marker);
    oik_mesh_free(trunk);
    return b;
}

/** Whether bone is seen so far to the right of the middle of a panel and so far up [m]. */
static bool bone_at(uint8_t (*pixels)[3], int view, double right, double up) {
    oik_picture_layout layout = oik_picture_layout_of(WIDTH, HEIGHT, v3(0.6, 0.6, 0.6));
    int x = (int)(layout.panels[view].middle + right * layout.pixels_per_metre);
    int y = (int)(layout.floor - (up + 0.3) * layout.pixels_per_metre);
    return is_bone(pixels[y * WIDTH + x]);
}

static void left_is_right_in_front_and_left_from_behind(void **state) {
    (void)state;
    body b = with_marker(shape_cube(v3(0, 0, 0), 0.6));
    uint8_t(*pixels)[3] = draw(&b);
    assert_true(bone_at(pixels, 0, 0.2, 0.17) && !bone_at(pixels, 0, -0.2, 0.17));
    assert_true(bone_at(pixels, 2, -0.2, 0.17) && !bone_at(pixels, 2, 0.2, 0.17));
    assert_true(bone_at(pixels, 1, 0.1, 0.17) && !bone_at(pixels, 1, -0.1, 0.17)); /* from the right side forward is right */
    for (int view = 0; view < OIK_PICTURE_N_VIEWS; view++)
        assert_true(bone_at(pixels, view, 0, -0.1) && !bone_at(pixels, view, 0, 0.2)); /* up is up */
    free(pixels);
    body_free(&b);
}

static void from_the_right_side_the_right_is_nearer(void **state) {
    (void)state;
    body b = body_of(shape_cube(v3(0, 0, 0), 0.6), shape_sphere(v3(-0.23, 0, 0), 0.06, 20, 20));
    uint8_t(*pixels)[3] = draw(&b);
    const int near = coolness(seen(pixels, v3(0.6, 0.6, 0.6), 1, v3(0, 0, 0)));
    free(pixels);
    body_free(&b);
    b = body_of(shape_cube(v3(0, 0, 0), 0.6), shape_sphere(v3(0.23, 0, 0), 0.06, 20, 20));
    pixels = draw(&b);
    assert_true(near < coolness(seen(pixels, v3(0.6, 0.6, 0.6), 1, v3(0, 0, 0))) - 10);
    free(pixels);
    body_free(&b);
}

static void views_share_one_scale_and_stand_on_one_floor(void **state) {
    (void)state;
    oik_picture_layout l = oik_picture_layout_of(1800, 1000, v3(1.2, 1.7, 0.4));
    double end = 0.0;
    for (int i = 0; i < OIK_PICTURE_N_VIEWS; i++) {
        const oik_picture_panel *p = &l.panels[i];
        assert_true(p->camera.pixels_per_metre == l.pixels_per_metre);
        assert_true(fabs(p->width - l.pixels_per_metre * (i == 1 ? 0.4 : 1.2)) < 1e-9);
        assert_true(p->middle - 0.5 * p->width > end + 20.0); /* clear of its neighbour */
        assert_true(fabs(p->camera.y + 0.85 * l.pixels_per_metre - l.floor) < 1e-9);
        end = p->middle + 0.5 * p->width;
        /* right-handed: what the viewer has to his right, above him and before him */
        assert_true(v3_dist(v3_cross(p->camera.right, p->camera.up), p->camera.toward) < 1e-15);
    }
    assert_true(end < 1780.0);
    assert_true(l.floor < 930.0);
    assert_true(l.pixels_per_metre * 1.7 > 800.0); /* it fills the picture */
}

/* ---- orientation of the input ---- */

static void any_orientation_of_the_input_gives_the_same_picture(void **state) {
    (void)state;
    /* round: of a cube's face that is seen edge-on rounding can move all samples along the edge */
    body b = with_marker(shape_sphere(v3(0, 0, 0), 0.4, 25, 37));
    uint8_t(*expected)[3] = draw(&b);
    oik_mat3 R = oik_rot_exp(v3(1.1, -2.0, 0.7));
    for (size_t i = 0; i < b.skin->n_vertices; i++)
        b.skin->vertices[i] = v3_add(m3_mulv(R, b.skin->vertices[i]), v3(3, -8, 2));
    for (size_t i = 0; i < b.bones->n_vertices; i++)
        b.bones->vertices[i] = v3_add(m3_mulv(R, b.bones->vertices[i]), v3(3, -8, 2));
    b.picture.upright = R;
    uint8_t(*found)[3] = draw(&b);
    int n_other = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        for (int k = 0; k < 3; k++)
            n_other += abs(found[i][k] - expected[i][k]) > 1;
    assert_true(n_other < 200); /* of 540,000: rounding moves a few samples across an edge */
    free(expected);
    free(found);
    body_free(&b);
}

static void an_upright_frame_follows_the_nearest_axis(void **state) {
    (void)state;
    static const oik_vec3 tilts[] = {{0, 0, 0}, {0.6, 0, 0}, {0, 2.5, 0}, {-0.5, 0, 0.3}};
    for (size_t i = 0; i < sizeof tilts / sizeof *tilts; i++) {
        oik_mat3 pelvis = oik_rot_exp(tilts[i]), up = oik_picture_upright(pelvis);
        assert_true(v3_dist(m3_column(up, 1), v3(0, 1, 0)) < 1e-15); /* copied from the axis */
        assert_true(oik_rot_angle_between(m3_tmul(up, up), m3_identity()) < 1e-7 && m3_det(up) > 0.0); /* acos near 1 */
        assert_true(v3_dot(m3_column(up, 2), m3_column(pelvis, 2)) > 0.7);
        assert_true(v3_dot(m3_column(up, 0), m3_column(pelvis, 0)) > 0.7);
    }
    /* one who lies on his back with his head about towards -z: upright all the same */
    oik_mat3 tilted = m3_mul(oik_rot_exp(v3(0.4, 0, 0)), m3_columns(v3(1, 0, 0), v3(0, 0, -1), v3(0, 1, 0)));
    oik_mat3 held = oik_picture_upright(tilted);
    assert_true(v3_dist(m3_column(held, 1), v3(0, 0, -1)) < 1e-15);
    assert_true(v3_dist(m3_column(held, 2), v3(0, 1, 0)) < 1e-15);
    oik_mat3 supine = m3_columns(v3(1, 0, 0), v3(0, 0, -1), v3(0, 1, 0)), up = oik_picture_upright(supine);
    for (int k = 0; k < 3; k++)
        assert_true(v3_dist(m3_column(up, k), m3_column(supine, k)) < 1e-15);
    /* between the axes: the pelvis's own */
    oik_vec3 diagonal = v3_unit(v3(1, 1, 1)), left = v3_unit(v3(1, -1, 0));
    oik_mat3 slanting = m3_columns(left, diagonal, v3_cross(left, diagonal));
    oik_mat3 same = oik_picture_upright(slanting);
    assert_memory_equal(&same, &slanting, sizeof same);
}

/* ---- the file ---- */

static char *file_of(const body *b, const char *name, size_t *size) {
    char path[TEMP_PATH_LENGTH];
    uint8_t *data = NULL;
    write_picture(b, temp_path(path, name));
    assert_int_equal(oik_file_read(&data, size, path, NULL), OIK_OK);
    return (char *)data;
}

static void the_same_body_gives_the_same_bytes_in_any_locale(void **state) {
    (void)state;
    body b = with_marker(shape_cube(v3(0, 0, 0), 0.6));
    size_t size, again_size;
    char *first = file_of(&b, "first.png", &size), *again = file_of(&b, "again.png", &again_size);
    assert_int_equal(size, again_size);
    assert_memory_equal(first, again, size);
    free(again);
    if (comma_locale_enter()) {
        again = file_of(&b, "comma.png", &again_size);
        comma_locale_leave();
        assert_int_equal(size, again_size);
        assert_memory_equal(first, again, size);
        free(again);
    }
    free(first);
    body_free(&b);
}

static void numbers_of_bones_change_their_colour_a_little(void **state) {
    (void)state;
    body b = sphere_in_cube();
    const oik_vec3 size = v3(0.6, 0.6, 0.6);
    int32_t *bone = calloc(b.bones->n_vertices, sizeof *bone);
    b.picture.bone_of_vertex = bone;
    int low = 999, high = 0;
    for (int k = 0; k < 6; k++) {
        for (size_t i = 0; i < b.bones->n_vertices; i++)
            bone[i] = k;
        uint8_t(*pixels)[3] = draw(&b);
        int now = brightness(seen(pixels, size, 0, v3(0, 0, 0)));
        low = now < low ? now : low;
        high = now > high ? now : high;
        free(pixels);
    }
    assert_in_range(high - low, 6, 40);
    free(bone);
    body_free(&b);
}

static void the_usual_size_is_used_when_none_is_given(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    body b = sphere_in_cube();
    b.picture.width = b.picture.height = 0;
    b.picture.name = NULL;
    b.picture.stature = 0.0;
    write_picture(&b, temp_path(path, "usual.png"));
    uint8_t(*pixels)[3] = read_png(path, OIK_PICTURE_WIDTH, OIK_PICTURE_HEIGHT);
    for (int y = 0; y < 90; y++)
        for (int x = 0; x < OIK_PICTURE_WIDTH / 2; x++)
            assert_true(is_paper(pixels[y * OIK_PICTURE_WIDTH + x])); /* no title */
    free(pixels);
    body_free(&b);
}

/* ---- what is refused ---- */

static void check_refused(const body *b, oik_status status, const char *text) {
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    temp_path(path, "refused.png");
    assert_int_equal(oik_picture_write(&b->picture, path, &err), status);
    if (!strstr(err.message, text) || !strstr(err.message, "refused.png"))
        fail_msg("expected \"%s\" in \"%s\"", text, err.message);
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_E_IO);
}

static void empty_and_damaged_meshes_are_refused(void **state) {
    (void)state;
    body b = sphere_in_cube();
    const oik_picture good = b.picture;
    b.picture.n_skin_faces = 0;
    check_refused(&b, OIK_E_ARGUMENT, "a skin to draw");
    b.picture = good;
    b.picture.n_bone_faces = b.picture.n_bone_vertices = 0;
    check_refused(&b, OIK_E_ARGUMENT, "a skeleton to draw");
    b.picture = good;
    b.skin->faces[7][1] = 8;
    check_refused(&b, OIK_E_SHAPE, "skin face 7");
    b.skin->faces[7][1] = -1;
    check_refused(&b, OIK_E_SHAPE, "number -1");
    b.skin->faces[7][1] = 0;
    b.bones->vertices[3].y = NAN;
    check_refused(&b, OIK_E_NOT_FINITE, "skeleton vertex 3");
    b.bones->vertices[3].y = 1e300;
    check_refused(&b, OIK_E_ARGUMENT, "1 mm to 1 km");
    body_free(&b);
    b = body_of(shape_cube(v3(2, 2, 2), 0.0), shape_cube(v3(2, 2, 2), 0.0));
    check_refused(&b, OIK_E_ARGUMENT, "1 mm to 1 km");
    body_free(&b);
}

static void frames_and_sizes_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const oik_mat3 mirrored = {{{-1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, scaled = {{{1, 0, 0}, {0, 1.01, 0}, {0, 0, 1}}};
    body b = sphere_in_cube();
    b.picture.upright = mirrored;
    check_refused(&b, OIK_E_ARGUMENT, "rotation");
    b.picture.upright = scaled;
    check_refused(&b, OIK_E_ARGUMENT, "rotation");
    b.picture.upright = m3_diag(v3(1, NAN, 1));
    check_refused(&b, OIK_E_ARGUMENT, "rotation");
    b.picture.upright = m3_identity();
    b.picture.width = OIK_PICTURE_MIN_SIZE - 1;
    check_refused(&b, OIK_E_ARGUMENT, "found 99 x 300");
    b.picture.width = WIDTH;
    b.picture.height = OIK_PICTURE_MAX_SIZE + 1;
    check_refused(&b, OIK_E_ARGUMENT, "8193");
    body_free(&b);
}

static void an_absent_folder_is_refused(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    body b = sphere_in_cube();
    oik_error err = {0};
    assert_int_equal(oik_picture_write(&b.picture, temp_path(path, "absent/body.png"), &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "absent/body.png"));
    body_free(&b);
}

static oik_status write_cubes(const oik_rig *rig, const char *path, oik_error *err) {
    (void)rig;
    body b = body_of(shape_cube(v3(0, 0, 0), 0.6), shape_cube(v3(0, 0, 0), 0.3));
    b.picture.width = b.picture.height = OIK_PICTURE_MIN_SIZE;
    oik_status status = oik_picture_write(&b.picture, path, err);
    body_free(&b);
    return status;
}

static void a_full_disk_is_reported(void **state) {
    (void)state;
    rig_check_disk(write_cubes);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char folder[TEMP_PATH_LENGTH], path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    assert_int_equal(oik_dir_make(temp_path(folder, "sweep"), NULL), OIK_OK);
    temp_path(path, "sweep/body.png");
    body b = body_of(shape_cube(v3(0, 0, 0), 0.6), shape_cube(v3(0, 0, 0), 0.3));
    b.picture.width = b.picture.height = OIK_PICTURE_MIN_SIZE;
    failing_malloc_arm(-1);
    assert_int_equal(oik_picture_write(&b.picture, path, &err), OIK_OK);
    const long n = failing_malloc_disarm();
    assert_true(n > 30);
    assert_int_equal(remove(path), 0);
    for (long i = 0; i < n; i++) {
        failing_malloc_arm(i);
        oik_status status = oik_picture_write(&b.picture, path, &err);
        failing_malloc_disarm();
        if (status != OIK_E_MEMORY)
            fail_msg("allocation %ld of %ld: status %s", i, n, oik_status_name(status));
        assert_int_equal(count_entries(folder), 0);
    }
    body_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bone_is_warm_skin_is_cool_and_around_it_is_paper),
                                       cmocka_unit_test(the_outline_of_the_skin_stands_out),
                                       cmocka_unit_test(a_translucent_face_shows_no_seam_between_triangles),
                                       cmocka_unit_test(a_coarse_skin_has_a_round_outline),
                                       cmocka_unit_test(nearer_skin_veils_bones_and_deeper_bones_more),
                                       cmocka_unit_test(left_is_right_in_front_and_left_from_behind),
                                       cmocka_unit_test(from_the_right_side_the_right_is_nearer),
                                       cmocka_unit_test(views_share_one_scale_and_stand_on_one_floor),
                                       cmocka_unit_test(any_orientation_of_the_input_gives_the_same_picture),
                                       cmocka_unit_test(an_upright_frame_follows_the_nearest_axis),
                                       cmocka_unit_test(the_same_body_gives_the_same_bytes_in_any_locale),
                                       cmocka_unit_test(numbers_of_bones_change_their_colour_a_little),
                                       cmocka_unit_test(the_usual_size_is_used_when_none_is_given),
                                       cmocka_unit_test(empty_and_damaged_meshes_are_refused),
                                       cmocka_unit_test(frames_and_sizes_that_cannot_be_are_refused),
                                       cmocka_unit_test(an_absent_folder_is_refused),
                                       cmocka_unit_test(a_full_disk_is_reported),
                                       cmocka_unit_test(every_failing_allocation_is_reported)};
    return cmocka_run_group_tests_name("test_export_picture", tests, temp_dir_setup, temp_dir_teardown);
}
