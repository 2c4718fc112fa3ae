/** Which way is up (see up.h). */
#include "ik/up.h"

#include <string.h>
#include <strings.h>

#include "base/status.h"

enum { N_AXES = 6 };

/** In the order in which ties are decided. */
static const oik_vec3 axes[N_AXES] = {{0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {0, -1, 0}, {0, 0, -1}, {-1, 0, 0}};

/** The turns of those, row by row. */
static const oik_mat3 turns[N_AXES] = {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},   {{{1, 0, 0}, {0, 0, 1}, {0, -1, 0}}},
                                       {{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}},  {{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}},
                                       {{{1, 0, 0}, {0, 0, -1}, {0, 1, 0}}},  {{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}}}};

static int find_axis(oik_vec3 up) {
    for (int i = 0; i < N_AXES; i++)
        if (up.x == axes[i].x && up.y == axes[i].y && up.z == axes[i].z)
            return i;
    return -1;
}

oik_status oik_up_check(oik_vec3 up, oik_error *err) {
    if (find_axis(up) >= 0)
        return OIK_OK;
    return oik_fail(err, OIK_E_ARGUMENT, "up is (%g, %g, %g), expected one of the axes with length 1 and a sign", up.x, up.y, up.z);
}

oik_mat3 oik_up_turn(oik_vec3 up) {
    int i = find_axis(up);
    return turns[i < 0 ? 0 : i];
}

/* ------------------------------------------------------------------ found from a motion */

static bool contains(const char *name, const char *word) {
    size_t n = strlen(word);
    for (; *name; name++)
        if (strncasecmp(name, word, n) == 0)
            return true;
    return false;
}

static bool is_called(const oik_chain *chain, int i, const char *word) {
    return contains(chain->segment_names[i], word) || contains(chain->joints[i].name, word);
}

/** The first of the words that something in the chain is called, or NULL. */
static const char *first_word(const oik_chain *chain, const char *const *words, size_t n) {
    for (size_t w = 0; w < n; w++)
        for (int i = 0; i < chain->n_segments; i++)
            if (is_called(chain, i, words[w]))
                return words[w];
    return NULL;
}

/** Mean of the centres of the joints that are called so; of the root without a word. */
static oik_vec3 middle(const oik_chain *chain, const oik_chain_pose *pose, const char *word) {
    oik_vec3 sum = v3(0, 0, 0);
    int n = 0;
    for (int i = 0; i < chain->n_segments && word; i++)
        if (is_called(chain, i, word)) {
            sum = v3_add(sum, pose->centre[i]);
            n++;
        }
    return n ? v3_scale(sum, 1.0 / n) : pose->centre[0];
}

static oik_vec3 nearest_axis(oik_vec3 direction) {
    const double tie = 1e-9; /* of the length: rounding of sums */
    int best = 0;
    for (int i = 1; i < N_AXES; i++)
        if (v3_dot(axes[i], direction) > v3_dot(axes[best], direction) + tie * v3_norm(direction))
            best = i;
    return axes[best];
}

oik_status oik_up_of_motion(oik_vec3 *up, const oik_ik_motion *motion, oik_error *err) {
    static const char *const low_words[] = {"calcn", "talus", "ankle", "foot", "tibia", "knee", "shank"};
    static const char *const high_words[] = {"neck", "head", "thorax", "torso", "chest", "spine"};
    const oik_chain *chain = motion->chain;
    const char *low = first_word(chain, low_words, sizeof low_words / sizeof *low_words);
    const char *high = first_word(chain, high_words, sizeof high_words / sizeof *high_words);
    oik_chain_pose *pose = NULL;
    oik_vec3 sum = v3(0, 0, 0);
    oik_status status = oik_chain_pose_new(&pose, chain, err);
    for (int f = 0; f < motion->n_frames && !status; f++) {
        oik_chain_forward(pose, chain, motion->q + (size_t)f * (size_t)chain->n_dofs);
        sum = v3_add(sum, v3_sub(middle(chain, pose, high), middle(chain, pose, low)));
    }
    oik_chain_pose_free(pose);
    *up = nearest_axis(sum);
    return status;
}
