/* ISB angles of the built-in model's chain: what each OpenSim coordinate turns, equal sides, names. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/internal.h"
#include "ik/isb_angles.h"
#include "support/tiny_chain.h"

static const double DEG = 3.14159265358979323846 / 180.0;

static const double *angle_of(const oik_isb_angles *isb, const char *name) {
    for (int i = 0; i < isb->n_joints; i++)
        for (int k = 0; k < 3; k++)
            if (strcmp(isb->joints[i].names[k], name) == 0)
                return &isb->joints[i].angle[k];
    fail_msg("no angle %s", name);
    return NULL;
}

/** Lying chain of the female template. @param[out] q_rest free it */
static oik_chain *model_chain(double **q_rest) {
    const char *dir = getenv("OSSO_IK_MODELS");
    char path[1024];
    oik_model *model = NULL;
    oik_puppet *puppet = NULL;
    oik_kinematics *lying = NULL;
    oik_chain *chain = NULL;
    oik_error err = {0};
    snprintf(path, sizeof path, "%s/female.npz", dir ? dir : "build/models");
    if (oik_model_load(&model, path, &err) || oik_puppet_new(&puppet, model->skeleton, &err) ||
        oik_skel_kinematics(&lying, model->skeleton, puppet, &err) || oik_chain_new(&chain, q_rest, lying, &err))
        fail_msg("%s", err.message);
    oik_kinematics_free(lying);
    oik_puppet_free(puppet);
    oik_model_free(model);
    return chain;
}

/** An OpenSim coordinate of one joint, and the ISB angle that it is about, perhaps the other way round. */
typedef struct counterpart {
    const char *coordinate, *angle;
    double sign;
} counterpart;

/* right side; the left one is turned as well */
static const counterpart counterparts[] = {
    {"pelvis_tilt", "pelvis_posterior_tilt", 1},
    {"pelvis_list", "pelvis_right_down", 1},
    {"pelvis_rotation", "pelvis_left_rotation", 1},
    {"pelvis_tilt", "thorax_extension", 1},
    {"pelvis_list", "thorax_right_bending", 1},
    {"pelvis_rotation", "thorax_left_rotation", 1},
    {"lumbar_extension", "trunk_extension", 1},
    {"thorax_bending", "trunk_right_bending", 1},
    {"thorax_rotation", "trunk_left_rotation", 1},
    {"neck_extension", "neck_extension", 1},
    {"neck_bending", "neck_right_bending", 1},
    {"neck_rotation", "neck_left_rotation", 1},
    {"head_extension", "head_extension", 1},
    {"head_bending", "head_right_bending", 1},
    {"head_rotation", "head_left_rotation", 1},
    {"hip_flexion_r", "hip_flexion_r", 1},
    {"hip_adduction_r", "hip_adduction_r", 1},
    {"hip_rotation_r", "hip_internal_rotation_r", 1},
    {"knee_angle_r", "knee_flexion_r", 1},
    {"ankle_angle_r", "ankle_dorsiflexion_r", 1},
    {"subtalar_angle_r", "ankle_inversion_r", 1},
    {"clavicle_protraction_r", "clavicle_protraction_r", 1},
    {"clavicle_elevation_r", "clavicle_depression_r", -1},
    {"clavicle_rotation_r", "clavicle_backward_rotation_r", 1},
    {"scapula_protraction_r", "scapula_protraction_r", 1},
    {"scapula_upward_rotation_r", "scapula_medial_rotation_r", -1},
    {"scapula_tilt_r", "scapula_posterior_tilt_r", 1},
    {"arm_add_r", "thoracohumeral_elevation_r", 1},
    {"arm_add_r", "glenohumeral_elevation_r", 1},
    {"arm_rot_r", "thoracohumeral_axial_rotation_r", 1},
    {"arm_rot_r", "glenohumeral_axial_rotation_r", 1},
    {"elbow_flex_r", "elbow_flexion_r", 1},
    {"elbow_flex_r", "humeroulnar_flexion_r", 1},
    {"pro_sup_r", "elbow_pronation_r", 1},
    {"pro_sup_r", "radioulnar_pronation_r", 1},
    {"wrist_flex_r", "wrist_flexion_r", 1},
    {"wrist_dev_r", "wrist_ulnar_deviation_r", 1},
};

/** Angles at the rest posture with one coordinate turned. */
static oik_isb_angles *posed(const oik_chain *chain, const double *q_rest, const char *coordinate, double turn) {
    oik_isb_angles *isb;
    oik_chain_pose *pose;
    double *q = calloc((size_t)chain->n_dofs, sizeof *q);
    assert_non_null(q);
    assert_int_equal(oik_isb_angles_new(&isb, chain, v3(0, 1, 0), NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    memcpy(q, q_rest, (size_t)chain->n_dofs * sizeof *q);
    int d = tiny_find_dof(chain, coordinate);
    assert_true(d >= 0);
    q[d] += turn;
    oik_chain_forward(pose, chain, q);
    oik_isb_angles_next(isb, pose->R);
    oik_chain_pose_free(pose);
    free(q);
    return isb;
}

/* Axes of coordinates and of ISB frames are up to 55 degrees apart (subtalar, scapula), so 0.57 to 1.3 of a turn are seen. */
static void the_model_s_coordinates_have_their_counterparts(void **state) {
    (void)state;
    double *q_rest, turn = 10.0 * DEG;
    oik_chain *chain = model_chain(&q_rest);
    for (size_t i = 0; i < sizeof counterparts / sizeof *counterparts; i++) {
        const counterpart *c = &counterparts[i];
        bool sided = strcmp(c->angle + strlen(c->angle) - 2, "_r") == 0;
        for (int left = 0; left <= sided; left++) {
            char coordinate[OIK_NAME_LENGTH], angle[OIK_ISB_NAME_LENGTH] = "isb_";
            strcpy(coordinate, c->coordinate);
            strcat(angle, c->angle);
            if (left)
                coordinate[strlen(coordinate) - 1] = angle[strlen(angle) - 1] = 'l';
            oik_isb_angles *before = posed(chain, q_rest, coordinate, 0.0), *after = posed(chain, q_rest, coordinate, turn);
            double share = c->sign * (*angle_of(after, angle) - *angle_of(before, angle)) / turn;
            if (!(share > 0.57 && share < 1.3))
                fail_msg("%s turned by 10 deg: %s turns by %.2f deg", coordinate, angle, share * c->sign * 10.0);
            oik_isb_angles_free(before);
            oik_isb_angles_free(after);
        }
    }
    free(q_rest);
    oik_chain_free(chain);
}

static void the_model_has_every_joint_and_equal_sides(void **state) {
    (void)state;
    enum { N_MIDLINE = 5, N_LATERAL = 11 };
    double *q_rest;
    int n_pairs = 0;
    oik_chain *chain = model_chain(&q_rest);
    oik_isb_angles *isb = posed(chain, q_rest, "pelvis_tilt", 0.0);
    assert_int_equal(isb->n_joints, N_MIDLINE + 2 * N_LATERAL);
    for (int i = 0; i < isb->n_joints; i++)
        for (int k = 0; k < 3; k++) {
            char other[OIK_ISB_NAME_LENGTH];
            strcpy(other, isb->joints[i].names[k]);
            size_t n = strlen(other);
            assert_int_equal(tiny_find_dof(chain, other), -1); /* no name is that of a coordinate */
            if (strcmp(other + n - 2, "_r") != 0)
                continue;
            other[n - 1] = 'l';
            assert_true(fabs(*angle_of(isb, other) - isb->joints[i].angle[k]) < 1e-9); /* rounding, which a gimbal could magnify */
            n_pairs++;
        }
    assert_int_equal(n_pairs, 3 * N_LATERAL);
    free(q_rest);
    oik_isb_angles_free(isb);
    oik_chain_free(chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_s_coordinates_have_their_counterparts),
        cmocka_unit_test(the_model_has_every_joint_and_equal_sides),
    };
    return cmocka_run_group_tests_name("test_ik_isb_model", tests, NULL, NULL);
}
