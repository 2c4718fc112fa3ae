/* Made-up motions (see random_motion.h). */
#include "support/random_motion.h"

#include <stdlib.h>
#include <string.h>

#include "ik/frame_terms.h"
#include "support/random.h"

static const double PI = 3.14159265358979323846, DEG = 3.14159265358979323846 / 180.0;

enum { N_WAVES = 3 };

/* the way of one coordinate */
typedef struct course {
    double middle, amplitude[N_WAVES], frequency[N_WAVES], phase[N_WAVES];
} course;

random_motion_options random_motion_defaults(uint64_t seed) {
    return (random_motion_options){.seed = seed, .n_frames = 30, .frame_rate = 30.0, .speed = RANDOM_MOTION_MEDIUM,
                                   .root_turn = 25.0 * DEG, .heading = PI};
}

static double uniform(uint64_t *random, double lower, double upper) {
    return lower + (upper - lower) * 0.5 * (1.0 + random_signed(random));
}

/* standard normal (Box and Muller) */
static double normal(uint64_t *random) {
    double u = 0.5 * (1.0 - random_signed(random)), v = PI * random_signed(random); /* u in (0, 1] */
    return sqrt(-2.0 * log(u)) * cos(v);
}

/* a hinge that can be straight: one rotation over more than 60 degrees with a bound at 0 */
static bool can_extend(const oik_chain *chain, int joint) {
    const oik_dof *dof = &chain->dofs[chain->joints[joint].first_dof];
    bool hinge = chain->joints[joint].n_rotations == 1 && chain->joints[joint].parent >= 0;
    return hinge && dof->upper - dof->lower > 60.0 * DEG && fmin(fabs(dof->lower), fabs(dof->upper)) < 1.0 * DEG;
}

/* where the coordinate may go; the root's are the caller's choice */
static void allowed(double *lower, double *upper, const oik_chain *chain, int joint, int dof, const random_motion_options *options) {
    const double margin = 0.1, bent = 20.0 * DEG, room = 5.0;
    const oik_dof *d = &chain->dofs[dof];
    double inset = margin * (d->upper - d->lower);
    *lower = d->lower + inset;
    *upper = d->upper - inset;
    if (d->translation || chain->joints[joint].parent < 0) {
        double limit = d->translation ? room : dof == chain->joints[joint].first_dof ? options->heading : options->root_turn;
        *lower = fmax(*lower, -limit);
        *upper = fmin(*upper, limit);
    } else if (can_extend(chain, joint)) {
        *lower = fabs(d->lower) < fabs(d->upper) ? fmax(*lower, bent) : *lower;
        *upper = fabs(d->lower) < fabs(d->upper) ? *upper : fmin(*upper, -bent);
    }
}

static course draw(uint64_t *random, double lower, double upper, double speed) {
    const double slowest = 0.3, fastest = 1.0; /* [Hz] */
    course c = {0};
    double square = 0.0, reach = 0.0;
    for (int i = 0; i < N_WAVES; i++) {
        c.frequency[i] = uniform(random, slowest, fastest);
        c.phase[i] = uniform(random, -PI, PI);
        c.amplitude[i] = uniform(random, 0.3, 1.0);
        double rate = 2.0 * PI * c.frequency[i] * c.amplitude[i];
        square += 0.5 * rate * rate;
        reach += c.amplitude[i];
    }
    double scale = fmin(speed / sqrt(square), 0.5 * (upper - lower) / reach);
    for (int i = 0; i < N_WAVES; i++)
        c.amplitude[i] *= scale;
    c.middle = uniform(random, lower + scale * reach, upper - scale * reach);
    return c;
}

static double follow(const course *c, double t) {
    double q = c->middle;
    for (int i = 0; i < N_WAVES; i++)
        q += c->amplitude[i] * sin(2.0 * PI * c->frequency[i] * t + c->phase[i]);
    return q;
}

static bool is_extended(int frame) {
    int f = frame % 30;
    return f <= 2 || (f >= 12 && f <= 17) || f >= 27;
}

static void move_joint(random_motion *m, int joint, const random_motion_options *options, uint64_t *random) {
    const oik_chain_joint *j = &m->chain->joints[joint];
    for (int d = j->first_dof; d < j->first_dof + j->n_rotations + j->n_translations; d++) {
        double lower, upper;
        allowed(&lower, &upper, m->chain, joint, d, options);
        course c = draw(random, lower, upper, m->chain->dofs[d].translation ? options->travel : options->speed);
        for (int f = 0; f < m->n_frames; f++) {
            bool straight = options->extended && is_extended(f) && can_extend(m->chain, joint);
            m->q[f * m->chain->n_dofs + d] = straight ? 0.0 : follow(&c, m->time[f]);
        }
    }
}

static void measure(random_motion *m, oik_chain_pose *pose, double noise, uint64_t *random) {
    int n_markers = m->markers->n_markers, n_segments = m->chain->n_segments;
    for (int f = 0; f < m->n_frames; f++) {
        double *q = m->q + f * m->chain->n_dofs;
        oik_chain_complete(q, m->chain);
        oik_chain_forward(pose, m->chain, q);
        memcpy(m->R + f * n_segments, pose->R, (size_t)n_segments * sizeof *pose->R);
        for (int i = 0; i < n_markers; i++) {
            double x = normal(random), y = normal(random), z = normal(random);
            m->x[f * n_markers + i] = v3_madd(oik_marker_position(&m->markers->markers[i], pose), noise, v3(x, y, z));
            m->weight[f * n_markers + i] = 1.0;
        }
    }
}

static void lose(random_motion *m, const random_motion_options *options, uint64_t *random) {
    for (int f = 0; f < m->n_frames; f++)
        for (int i = 0; i < m->markers->n_markers; i++)
            if (uniform(random, 0.0, 1.0) < options->missing)
                random_motion_hide(m, i, f, f + 1);
    for (int g = 0; g < options->n_gaps; g++) {
        int marker = (int)uniform(random, 0.0, m->markers->n_markers);
        int first = (int)uniform(random, 0.0, fmax(1.0, m->n_frames - options->gap_frames));
        random_motion_hide(m, marker, first, first + options->gap_frames);
    }
}

random_motion *random_motion_new(const oik_chain *chain, const oik_markers *markers, const random_motion_options *options) {
    random_motion *m = calloc(1, sizeof *m);
    oik_chain_pose *pose = NULL;
    size_t n = (size_t)options->n_frames;
    uint64_t random = options->seed, losses = ~options->seed;
    if (!m || oik_chain_pose_new(&pose, chain, NULL)) {
        free(m);
        return NULL;
    }
    *m = (random_motion){.n_frames = options->n_frames, .chain = chain, .markers = markers};
    m->time = calloc(n, sizeof *m->time);
    m->q = calloc(n * (size_t)chain->n_dofs, sizeof *m->q);
    m->R = calloc(n * (size_t)chain->n_segments, sizeof *m->R);
    m->x = calloc(n * (size_t)markers->n_markers, sizeof *m->x);
    m->weight = calloc(n * (size_t)markers->n_markers, sizeof *m->weight);
    if (m->time && m->q && m->R && m->x && m->weight) {
        for (int f = 0; f < m->n_frames; f++)
            m->time[f] = options->time ? options->time[f] : f / options->frame_rate;
        for (int i = 0; i < chain->n_segments; i++)
            move_joint(m, i, options, &random);
        measure(m, pose, options->noise, &losses);
        lose(m, options, &losses);
    } else {
        random_motion_free(m);
        m = NULL;
    }
    oik_chain_pose_free(pose);
    return m;
}

void random_motion_free(random_motion *m) {
    if (!m)
        return;
    free(m->time);
    free(m->q);
    free(m->R);
    free(m->x);
    free(m->weight);
    free(m);
}

oik_measurement random_motion_measurement(const random_motion *m) {
    return (oik_measurement){.n_frames = m->n_frames, .time = m->time, .markers = m->markers, .x = m->x, .weight = m->weight};
}

void random_motion_hide(random_motion *m, int marker, int first, int last) {
    int n = m->markers->n_markers;
    for (int f = first; f < last && f < m->n_frames; f++)
        for (int i = marker < 0 ? 0 : marker; i < (marker < 0 ? n : marker + 1); i++) {
            m->weight[f * n + i] = 0.0;
            m->x[f * n + i] = v3(NAN, NAN, NAN);
        }
}
