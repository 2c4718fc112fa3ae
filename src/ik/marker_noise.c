/** Noise of markers from the varying lengths of rigid segments (see sequence_ik.h). */
#include <stdlib.h>

#include "base/mem.h"
#include "ik/marker_lengths.h"
#include "ik/sequence_ik.h"

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n) {
    qsort(v, (size_t)n, sizeof *v, ascending);
    return n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

/** Noise per coordinate from one pair; NaN when it is seen too seldom. lengths: n_frames, scratch. */
static double pair_noise(double *lengths, const oik_measurement *m, int a, int b) {
    enum { FEWEST = 3, MOST = 1000 }; /* frames looked at; they are spread evenly */
    const double normal = 1.4826; /* standard deviation of a normal distribution per median absolute deviation */
    int n = 0, n_markers = m->markers->n_markers;
    for (int f = 0; f < m->n_frames; f += 1 + m->n_frames / MOST) {
        size_t at = (size_t)f * (size_t)n_markers;
        if (m->weight[at + (size_t)a] > 0.0 && m->weight[at + (size_t)b] > 0.0)
            lengths[n++] = v3_dist(m->x[at + (size_t)a], m->x[at + (size_t)b]);
    }
    if (n < FEWEST)
        return NAN;
    double middle = median(lengths, n);
    for (int f = 0; f < n; f++)
        lengths[f] = fabs(lengths[f] - middle);
    return normal * median(lengths, n) / sqrt(2.0);
}

oik_status oik_marker_noise(double *sigma, const oik_chain *chain, const oik_measurement *m, oik_error *err) {
    int n_markers = m->markers ? m->markers->n_markers : 0, n = 0;
    double *lengths = oik_new((size_t)m->n_frames, sizeof *lengths, err);
    double *noise = oik_new((size_t)n_markers * (size_t)n_markers, sizeof *noise, err);
    oik_status status = lengths && noise ? OIK_OK : OIK_E_MEMORY;
    for (int a = 0; a < n_markers && !status; a++)
        for (int b = 0; b < a; b++) {
            if (!oik_markers_are_rigid(&m->markers->markers[a], &m->markers->markers[b], chain))
                continue;
            noise[n] = pair_noise(lengths, m, a, b);
            n += !isnan(noise[n]);
        }
    *sigma = n > 0 ? median(noise, n) : NAN;
    free(lengths);
    free(noise);
    return status;
}
