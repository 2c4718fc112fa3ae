/** The plane of symmetry (see the header). */
#include "skeleton/midline.h"

#include <math.h>

static const double IN_MIDLINE = 1e-6; /* rounding of the archive's single precision [m] */
static const double ASIDE = 0.1e-3;    /* less than a hundredth of a triangle's side, much more than rounding [m] */

bool oik_in_midline(const oik_skel_model *model, size_t vertex) {
    int32_t part = model->point_part[vertex];
    return model->part_mirror[part] == part &&
           fabs(m3_mulv(model->rest_R[part], model->mean[vertex]).x + model->rest_t[part].x) < IN_MIDLINE;
}

oik_vec3 oik_aside(const oik_skel_model *model, int32_t part) {
    return m3_tmulv(model->rest_R[part], v3(ASIDE, 0, 0));
}
