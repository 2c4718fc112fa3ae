/** Quality gates over the frames of a sequence. */
#include "api/belong.h"
#include "api/sequence.h"
#include "base/status.h"
#include "ik/joint_angles.h"

/** How far beyond its bounds a joint's measured rotation lies in one frame, the largest of its coordinates [rad]. */
static double joint_disagreement(const oik_sequence *s, const oik_ik_motion *motion, size_t frame, int i) {
    const oik_chain *chain = motion->chain;
    const oik_chain_joint *joint = &chain->joints[i];
    const oik_dof *dofs = chain->dofs + joint->first_dof;
    const oik_mat3 *R = s->R + frame * (size_t)s->n_segments;
    size_t at = frame * (size_t)chain->n_dofs + (size_t)joint->first_dof;
    double q[OIK_MAX_JOINT_DOFS], largest = 0.0;
    oik_mat3 R_p = joint->parent < 0 ? m3_identity() : R[joint->parent];
    oik_joint_angles(q, dofs, joint->n_rotations, m3_mul(m3_tmul(m3_mul(R_p, joint->A), R[i]), joint->B), motion->q + at);
    for (int k = 0; k < joint->n_rotations; k++) {
        double beyond = motion->bound[at + (size_t)k] == OIK_BOUND_LOWER   ? dofs[k].lower - q[k]
                        : motion->bound[at + (size_t)k] == OIK_BOUND_UPPER ? q[k] - dofs[k].upper
                                                                           : 0.0;
        largest = fmax(largest, beyond);
    }
    return largest;
}

static double frame_disagreement(const oik_sequence *s, const oik_ik_motion *motion, size_t frame) {
    double largest = 0.0;
    for (int i = 0; i < s->n_segments; i++)
        largest = fmax(largest, joint_disagreement(s, motion, frame, i));
    return largest;
}

static void take(double *worst, double *mean, double value, double share) {
    *worst = fmax(*worst, value);
    *mean += share * value;
}

oik_status oik_sequence_quality(oik_quality *worst, oik_quality *mean, const oik_sequence *s, const oik_motion *motion, oik_error *err) {
    if (s->n_frames == 0 || (size_t)motion->frames->n_frames != s->n_frames)
        return oik_fail(err, OIK_E_ARGUMENT, "frames: the sequence has %zu, the motion %d; they do not belong together", s->n_frames,
                        motion->frames->n_frames);
    oik_status status = oik_check_chain(motion->chain, s->lying->kinematics, err);
    if (status)
        return status;
    oik_gate_values w = {0}, m = {0};
    double share = 1.0 / (double)s->n_frames;
    for (size_t f = 0; f < s->n_frames; f++) {
        const oik_sequence_frame *frame = &s->frames[f];
        take(&w.registration_rms, &m.registration_rms, frame->registration_rms, share);
        take(&w.long_edge_share, &m.long_edge_share, frame->long_edge_share, share);
        take(&w.outside_share, &m.outside_share, frame->outside_share, share);
        take(&w.outside_depth, &m.outside_depth, frame->outside_depth, share);
        take(&w.hip_gap, &m.hip_gap, frame->hip_gap, share);
        take(&w.shoulder_gap, &m.shoulder_gap, frame->shoulder_gap, share);
        take(&w.range_of_motion, &m.range_of_motion, frame_disagreement(s, motion->frames, f), share);
    }
    *worst = oik_quality_of(&w);
    *mean = oik_quality_of(&m);
    return OIK_OK;
}
