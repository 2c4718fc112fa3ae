#include "skeleton/path.h"

#include "base/rot.h"
#include "skeleton/puppet_terms.h"

oik_vec3 oik_path_axis(const oik_skel_model *model, size_t path, const double *shape) {
    const int32_t *axis = model->paths.axis[path];
    return v3_unit(v3_sub(oik_puppet_local(shape, model, (size_t)axis[1]), oik_puppet_local(shape, model, (size_t)axis[0])));
}

double oik_path_angle(const oik_skel_model *model, size_t path, const oik_puppet *puppet) {
    const oik_paths *paths = &model->paths;
    int32_t base = model->point_part[paths->axis[path][0]], driver = paths->driver[path];
    oik_mat3 now = m3_tmul(puppet->R[base], puppet->R[driver]), then = m3_tmul(model->rest_R[base], model->rest_R[driver]);
    oik_quat q = oik_quat_from_rot(m3_mul(now, m3_transpose(then)));
    return 2.0 * atan2(v3_dot(v3(q.x, q.y, q.z), oik_path_axis(model, path, puppet->shape)), q.w);
}

oik_vec3 oik_path_local(const oik_skel_model *model, size_t path, const double *shape, double angle) {
    const oik_paths *paths = &model->paths;
    int32_t low = paths->start[path], high = paths->start[path + 1] - 1;
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (paths->angle[middle] <= angle)
            low = middle;
        else
            high = middle;
    }
    double s = (angle - paths->angle[low]) / (paths->angle[high] - paths->angle[low]);
    oik_vec3 from = oik_puppet_local(shape, model, (size_t)paths->point[low]);
    return v3_lerp(from, oik_puppet_local(shape, model, (size_t)paths->point[high]), fmin(1.0, fmax(0.0, s)));
}
