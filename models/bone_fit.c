#include "models/bone_fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "models/bone_make.h"
#include "models/bone_stand.h"
#include "models/bone_warp.h"

oik_vec3 oik_bone_carry(const oik_bone_set *set, const oik_bone *bone, oik_vec3 x) {
    return set->warps ? oik_bone_stand_apply(set->warps, (int)(bone - set->bones), bone->midline, x) : x;
}

/* ---- the set ---- */

static oik_status copy_bone(oik_bone *out, const oik_bone *b, oik_error *err) {
    *out = *b;
    out->v = oik_new(b->n_v, sizeof *b->v, err);
    out->rest = oik_new(b->n_v, sizeof *b->v, err);
    out->f = oik_new(b->n_f, sizeof *b->f, err);
    if (!out->v || !out->rest || !out->f)
        return OIK_E_MEMORY;
    memcpy(out->v, b->v, b->n_v * sizeof *b->v);
    memcpy(out->rest, b->v, b->n_v * sizeof *b->v);
    memcpy(out->f, b->f, b->n_f * sizeof *b->f);
    return OIK_OK;
}

static oik_status copy_set(oik_bone_set **out, const oik_bone_set *base, oik_error *err) {
    oik_bone_set *set = *out = oik_new(1, sizeof *set, err);
    if (!set)
        return OIK_E_MEMORY;
    set->bones = oik_new((size_t)base->n, sizeof *set->bones, err);
    if (!set->bones)
        return OIK_E_MEMORY;
    set->n = base->n;
    oik_status status = OIK_OK;
    for (int i = 0; i < base->n && !status; i++)
        status = copy_bone(set->bones + i, base->bones + i, err);
    return status;
}

/* ---- fitting ---- */

typedef struct fitting {
    const oik_bone_set *base;
    oik_bone_set *set;
    oik_bone_warps *warps;
    const oik_dimension_table *table;
    double gender;
    oik_error *err;
    /* the group at hand */
    int n, m;     /* parameters, dimensions */
    int *parameter, *dimension;
    bool *needed; /* bones that its dimensions are measured on */
    double *value, *trial, *jacobian, *normal, *step; /* m, m, m x n, n x n, n */
} fitting;

static void move_bone(const fitting *f, int i) {
    oik_bone *b = f->set->bones + i;
    for (size_t k = 0; k < b->n_v; k++)
        b->v[k] = oik_bone_carry(f->set, b, b->rest[k]);
    for (int k = 0; k < b->n_landmarks; k++)
        b->landmarks[k].p = oik_bone_carry(f->set, b, b->landmarks[k].rest);
    b->axes = m3_mul(oik_bone_stand_rotation(f->warps, i), f->base->bones[i].axes);
}

/** Does a parameter move a bone? What stands in the trunk follows its vertebrae and ribs. */
static bool moves(const fitting *f, int parameter, int bone) {
    const oik_warp_parameter *p = f->warps->parameters + parameter;
    if (p->kind == OIK_WARP_STAND)
        return oik_bone_stand_has(f->warps, bone);
    for (int i = f->warps->first[bone]; i < f->warps->first[bone + 1]; i++)
        if (f->warps->rows[i].parameter == parameter)
            return true;
    return strcmp(p->group, "cage") == 0 && oik_bone_stand_follows_ribs(f->warps, bone);
}

/** Move the needed bones that a parameter of the group moves; any of its parameters for -1. */
static void move_bones(const fitting *f, int parameter) {
    oik_bone_stand_update(f->warps);
    for (int i = 0; i < f->set->n; i++) {
        bool moved = false;
        for (int j = 0; j < f->n && !moved && f->needed[i]; j++)
            moved = (parameter < 0 || f->parameter[j] == parameter) && moves(f, f->parameter[j], i);
        if (moved)
            move_bone(f, i);
    }
}

static void move_all(const fitting *f) {
    oik_bone_stand_update(f->warps);
    for (int i = 0; i < f->set->n; i++)
        move_bone(f, i);
}

/** Is a name a word of a text that is separated by blanks, signs and colons? */
static bool mentions(const char *text, const char *name) {
    size_t n = strlen(name);
    for (const char *c = strstr(text, name); c; c = strstr(c + 1, name)) {
        bool begins = c == text || strchr(" +:>-|^", c[-1]), ends = c[n] == '\0' || strchr(" :", c[n]);
        if (begins && ends)
            return true;
    }
    return false;
}

/** May a parameter change a dimension? */
static bool concerns(const fitting *f, int parameter, const oik_dimension *d) {
    for (int i = 0; i < f->set->n; i++)
        if (moves(f, parameter, i) && (mentions(d->bones, f->set->bones[i].name) || mentions(d->measure, f->set->bones[i].name)))
            return true;
    return false;
}

static double residual_scale(const fitting *f, const oik_dimension *d) {
    const double share = 0.002, degrees = 0.2;
    return d->angle ? degrees : share * oik_dimension_value(d, f->gender);
}

/** Usual size of an amount, and the step of its difference quotient. */
static double usual_size(oik_warp_kind kind) {
    return kind == OIK_WARP_STRETCH ? 10.0 : kind == OIK_WARP_ROTATE || kind == OIK_WARP_MOVE ? 5.0 : 0.05;
}

static oik_status measure(double *value, const fitting *f, int k) {
    const oik_dimension *d = f->table->rows + f->dimension[k];
    oik_status status = oik_bone_measure(value, f->set, d->bones, d->measure, f->err);
    if (status)
        oik_error_prefix(f->err, "dimension '%s'", d->name);
    return status;
}

static oik_status measure_group(double *value, const fitting *f) {
    oik_status status = OIK_OK;
    for (int k = 0; k < f->m && !status; k++)
        status = measure(value + k, f, k);
    return status;
}

/** Weight of the least deformation: one usual amount costs as much as 0.1 % of a length. */
static const double REGULARISER = 0.2;

static double cost(const fitting *f, const double *value) {
    double sum = 0.0;
    for (int i = 0; i < f->n; i++) {
        const oik_warp_parameter *p = f->warps->parameters + f->parameter[i];
        sum += REGULARISER * p->amount * p->amount / (usual_size(p->kind) * usual_size(p->kind));
    }
    for (int k = 0; k < f->m; k++) {
        const oik_dimension *d = f->table->rows + f->dimension[k];
        double r = (value[k] - oik_dimension_value(d, f->gender)) / residual_scale(f, d);
        sum += r * r;
    }
    return sum;
}

static oik_status differentiate(const fitting *f) {
    oik_status status = OIK_OK;
    for (int j = 0; j < f->n && !status; j++) {
        oik_warp_parameter *p = f->warps->parameters + f->parameter[j];
        double before = p->amount, h = 0.05 * usual_size(p->kind);
        p->amount = before + h;
        move_bones(f, f->parameter[j]);
        for (int k = 0; k < f->m && !status; k++) {
            double v = f->value[k];
            if (concerns(f, f->parameter[j], f->table->rows + f->dimension[k]))
                status = measure(&v, f, k);
            double unit = usual_size(p->kind) / residual_scale(f, f->table->rows + f->dimension[k]);
            f->jacobian[k * f->n + j] = unit * (v - f->value[k]) / h;
        }
        p->amount = before;
        move_bones(f, f->parameter[j]);
    }
    return status;
}

/** Cholesky of the n x n matrix and both substitutions, in place. The matrix is positive definite: its diagonal has the regulariser. */
static void solve(double *A, double *b, int n) {
    for (int j = 0; j < n; j++) {
        for (int k = 0; k < j; k++)
            A[j * n + j] -= A[j * n + k] * A[j * n + k];
        A[j * n + j] = sqrt(A[j * n + j]);
        for (int i = j + 1; i < n; i++) {
            for (int k = 0; k < j; k++)
                A[i * n + j] -= A[i * n + k] * A[j * n + k];
            A[i * n + j] /= A[j * n + j];
        }
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++)
            b[i] -= A[i * n + k] * b[k];
        b[i] /= A[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            b[i] -= A[k * n + i] * b[k];
        b[i] /= A[i * n + i];
    }
}

/** Derivatives in units of the usual sizes and of the residuals' scales; normal equations, damped. */
static void find_step(fitting *f, double damping) {
    memset(f->normal, 0, (size_t)(f->n * f->n) * sizeof *f->normal);
    memset(f->step, 0, (size_t)f->n * sizeof *f->step);
    for (int k = 0; k < f->m; k++) {
        const oik_dimension *d = f->table->rows + f->dimension[k];
        const double *row = f->jacobian + k * f->n;
        double r = (oik_dimension_value(d, f->gender) - f->value[k]) / residual_scale(f, d);
        for (int i = 0; i < f->n; i++) {
            f->step[i] += row[i] * r;
            for (int j = 0; j <= i; j++)
                f->normal[i * f->n + j] += row[i] * row[j];
        }
    }
    for (int i = 0; i < f->n; i++) {
        const oik_warp_parameter *p = f->warps->parameters + f->parameter[i];
        f->normal[i * f->n + i] += REGULARISER + damping;
        f->step[i] -= REGULARISER * p->amount / usual_size(p->kind);
    }
    solve(f->normal, f->step, f->n);
}

static void add_step(fitting *f, double sign) {
    for (int i = 0; i < f->n; i++) {
        oik_warp_parameter *p = f->warps->parameters + f->parameter[i];
        p->amount += sign * f->step[i] * usual_size(p->kind);
    }
    move_bones(f, -1);
}

/** Levenberg-Marquardt: steps are damped until one makes things better. @param[out] better by more than a thousandth */
static oik_status take_step(fitting *f, double *damping, bool *better) {
    const int most_tries = 8;
    double before = cost(f, f->value);
    oik_status status = OIK_OK;
    *better = false;
    for (int i = 0; i < most_tries && !status; i++) {
        find_step(f, *damping);
        add_step(f, 1.0);
        status = measure_group(f->trial, f);
        double after = status ? INFINITY : cost(f, f->trial);
        if (after < before) {
            *better = after < 0.999 * before;
            *damping *= 0.1;
            memcpy(f->value, f->trial, (size_t)f->m * sizeof *f->value);
            return OIK_OK;
        }
        add_step(f, -1.0);
        *damping *= 10.0;
    }
    return status;
}

static oik_status fit_group(fitting *f) {
    const int most_steps = 20;
    double damping = 1.0;
    bool better = true;
    move_bones(f, -1);
    oik_status status = measure_group(f->value, f);
    for (int i = 0; i < most_steps && better && !status; i++) {
        status = differentiate(f);
        if (!status)
            status = take_step(f, &damping, &better);
    }
    return status;
}

/** Parameters and dimensions of one group. */
static oik_status enter_group(fitting *f, const char *group) {
    f->n = f->m = 0;
    for (int i = 0; i < f->warps->n_parameters; i++)
        if (strcmp(f->warps->parameters[i].group, group) == 0)
            f->parameter[f->n++] = i;
    for (int i = 0; i < f->table->n; i++)
        if (strcmp(f->table->rows[i].region, group) == 0)
            f->dimension[f->m++] = i;
    for (int i = 0; i < f->set->n; i++) {
        f->needed[i] = false;
        for (int k = 0; k < f->m && !f->needed[i]; k++) {
            const oik_dimension *d = f->table->rows + f->dimension[k];
            f->needed[i] = mentions(d->bones, f->set->bones[i].name) || mentions(d->measure, f->set->bones[i].name);
        }
    }
    double *grown = oik_resize(f->jacobian, (size_t)(f->m * f->n + f->n * f->n) + 1, sizeof *grown, f->err);
    if (!grown)
        return OIK_E_MEMORY;
    f->jacobian = grown;
    f->normal = grown + f->m * f->n;
    return OIK_OK;
}

static bool first_of_group(const oik_bone_warps *w, int i) {
    for (int k = 0; k < i; k++)
        if (strcmp(w->parameters[k].group, w->parameters[i].group) == 0)
            return false;
    return true;
}

static oik_status fit_groups(fitting *f) {
    size_t n = (size_t)f->warps->n_parameters, m = (size_t)f->table->n;
    int *numbers = oik_new(n + m + 1, sizeof *numbers, f->err);
    double *values = oik_new(2 * m + n + 1, sizeof *values, f->err);
    f->needed = oik_new((size_t)f->set->n, sizeof *f->needed, f->err);
    oik_status status = numbers && values && f->needed ? OIK_OK : OIK_E_MEMORY;
    f->parameter = numbers;
    f->dimension = numbers ? numbers + n : NULL;
    f->value = values;
    f->trial = values ? values + m : NULL;
    f->step = values ? values + 2 * m : NULL;
    for (int i = 0; i < f->warps->n_parameters && !status; i++)
        if (first_of_group(f->warps, i)) {
            status = enter_group(f, f->warps->parameters[i].group);
            if (!status)
                status = fit_group(f);
        }
    if (!status)
        move_all(f);
    free(numbers);
    free(values);
    free(f->needed);
    free(f->jacobian);
    return status;
}

oik_status oik_bone_set_fit(oik_bone_set **out, const oik_bone_set *base, const char *table_dir, double gender, oik_error *err) {
    char path[2][1024];
    oik_dimension_table table = {0};
    *out = NULL;
    if (!(gender >= 0.0 && gender <= 1.0))
        return oik_fail(err, OIK_E_ARGUMENT, "gender must be 0 (male) to 1 (female), found %g", gender);
    snprintf(path[0], sizeof path[0], "%s/bone_dimensions.txt", table_dir);
    snprintf(path[1], sizeof path[1], "%s/bone_warps.txt", table_dir);
    oik_status status = oik_dimension_table_load(&table, path[0], err);
    if (!status)
        status = copy_set(out, base, err);
    if (!status)
        status = oik_bone_warps_load(&(*out)->warps, path[1], base, err);
    if (!status) {
        fitting f = {.base = base, .set = *out, .warps = (*out)->warps, .table = &table, .gender = gender, .err = err};
        status = fit_groups(&f);
    }
    for (int i = 0; i < base->n && !status; i++)
        oik_bone_settle_landmarks((*out)->bones + i);
    oik_dimension_table_free(&table);
    if (status) {
        oik_bone_set_free(*out);
        *out = NULL;
    }
    return status;
}
