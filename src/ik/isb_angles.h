/**
 * Joint angles as the International Society of Biomechanics defines them: joint coordinate systems between segment frames (x anterior,
 * y superior, z to the right), frame after frame.
 *
 *   E = R_p^T R_d = Rot(e_1, q_1) Rot(e_2, q_2) Rot(e_3, q_3)
 *
 * e_1 is an axis of the proximal segment p, e_3 one of the distal segment d, e_2 the floating axis between them. On the left side both
 * frames are mirrored at the sagittal plane, S E S with S = diag(1, 1, -1), so that equal values mean equal postures on both sides.
 *
 *   proximal, distal        order  q_1, q_2, q_3; what a positive value means                                          source
 *   ground, pelvis          ZXY    posterior tilt; right side down; turn to the left                                    as thorax
 *   ground, thorax          ZXY    extension; bending to the right; turn to the left                                    Wu 2005, 2.4
 *   pelvis, thorax (trunk)  ZXY    as thorax                                                                            as Wu 2002, spine
 *   thorax, neck; thorax, head  ZXY  as thorax                                                                          as Wu 2002, spine
 *   pelvis, femur (hip)     ZXY    flexion; adduction; internal rotation                                                Wu 2002, hip
 *   femur, tibia (knee)     ZXY    flexion (about -z); adduction; internal rotation of the tibia                        Grood & Suntay 1983
 *   tibia, calcn (ankle)    ZXY    dorsiflexion; inversion; internal rotation                                           Wu 2002, ankle
 *   thorax, clavicle        YXZ    protraction; depression; rotation of the top backwards                               Wu 2005, 2.4
 *   thorax, scapula         YXZ    protraction; medial rotation; posterior tilt                                         Wu 2005, 2.4
 *   scapula, humerus (glenohumeral)   YXY  plane of elevation; elevation is NEGATIVE; internal rotation                 Wu 2005, 2.4
 *   thorax, humerus (thoracohumeral)  YXY  plane (0 abduction, 90 flexion); elevation is NEGATIVE; internal rotation    Wu 2005, 2.4
 *   humerus, forearm (elbow)  ZXY  flexion; carrying angle (adduction: the natural valgus is negative); pronation       Wu 2005, 3.4
 *   humerus, ulna (humeroulnar)  ZXY  flexion; adduction; internal rotation                                             Wu 2005, 3.4
 *   ulna, radius (radioulnar)  XZY  adduction; flexion; pronation                                                       Wu 2005, 3.4
 *   radius, hand (wrist)    ZXY    flexion; ulnar deviation; pronation                                                  Wu 2005, 4.4
 *
 * Every sign but that of the knee's flexion is the right-hand rule about the axis on the right side. ISB defines no angles of the pelvis
 * in the room nor of trunk, neck and head as a whole: order and signs of its vertebrae are used. The knee's signs are those of the hip
 * (Grood & Suntay count external rotation of the tibia as positive).
 *
 * Zero: the segment frames as they are, parallel to each other. No posture is taken as neutral and nothing is subtracted, so a standing
 * person has angles other than 0: where bony landmarks lie decides. The forearm has y of the ulna and, made perpendicular to it, z of the
 * radius (from the ulnar head to the radial styloid): 0 is full supination. Where the frames depart from ISB: docs/method.md, section 11.
 *
 * Ground: up in the frame of the motion as given; turned so that up is y (ik/up.h), forward is z and right is -x, as in the body model.
 *
 * Two sets of angles give each E: (q_1, q_2, q_3) and, with turns by 180 degrees, (q_1 + 180, 180 - q_2, q_3 + 180), of YXY
 * (q_1 + 180, -q_2, q_3 + 180). The first frame has q_2 in +-90, of YXY in -180 .. 0 (an arm is raised), q_1 and q_3 in +-180; every
 * later frame has the set nearest to the frame before, with full turns. So angles are continuous, also through a gimbal position (q_2 of
 * 90, of YXY of 0 or 180), and may leave these intervals: an arm that swings through the trunk's y axis comes out with a positive
 * elevation in the old plane. In the gimbal position itself q_1 stays as it was (0 in the first frame). Near it q_1 and q_3 change fast
 * and against each other, which is geometry and is not smoothed; their sum or difference changes as slowly as the posture.
 *
 * Sources: Wu et al., J Biomech 35 (2002) 543; Wu et al., J Biomech 38 (2005) 981; Grood & Suntay, J Biomech Eng 105 (1983) 136.
 * Axes, orders and signs were checked against works that cite them:
 *
 *   clavicle, scapula, humerus,    Spartacus data set of shoulder kinematics, Moissenet et al. 2024, doi 10.5281/zenodo.11455521:
 *   mirroring                      protraction, depression, backward; protraction, medial, posterior; elevation negative
 *   thoracohumeral, elbow, wrist   J Biomech Eng 142 (2020) 074502, table 2, doi 10.1115/1.4045814
 *   hip, knee, scapula (orders)    3D inverse dynamics toolbox of Dumas, in CGA_Rehazenter_Toolbox
 *   ankle                          hexapod_biomechanics, AnkleFrame: e_1 is z of the tibia, e_3 y of the calcaneus; dorsiflexion,
 *                                  inversion, internal rotation positive. (Dumas' toolbox departs: Z-Y-X)
 *   radioulnar                     not checked: no free copy of section 3.4 was found that has its signs; as the elbow's
 */
#ifndef OIK_IK_ISB_ANGLES_H
#define OIK_IK_ISB_ANGLES_H

#include "ik/chain.h"

enum { OIK_ISB_NAME_LENGTH = 48 };

/** A joint coordinate system of a chain. */
typedef struct oik_isb_joint {
    char names[3][OIK_ISB_NAME_LENGTH]; /**< "isb_hip_flexion_r": what is positive (elevation excepted); never an OpenSim coordinate */
    double angle[3];                    /**< of the latest frame, signs as above [rad] */
    int row;                            /**< of the table above */
    int proximal, distal;               /**< segments of the chain; proximal -1: the ground */
    int turn;                           /**< segment whose z the distal frame takes: the radius for the forearm; else = distal */
    bool left;
} oik_isb_joint;

typedef struct oik_isb_angles {
    int n_frames;    /**< that have been seen */
    oik_mat3 ground; /**< its frame in that of the motion: forward, up, right */
    int n_joints;
    oik_isb_joint *joints; /**< table order, right before left; those that the chain lacks a segment of are left out */
} oik_isb_angles;

/**
 * The joint coordinate systems of a chain, before the first frame.
 *
 * Segments are found by the names of the built-in models (femur_r, ...). Their frames must be those of such a model: subjects' chains and
 * NAME_chain.json (oik_chain_file.y_up), not hand-written or published ones.
 *
 * @param[out] out owned by the caller; NULL on error
 * @param[in]  up  signed unit axis of the motion's frame; only the angles to the ground depend on it
 * @return OIK_E_ARGUMENT (oik_up_check); OIK_E_MODEL when the chain has the segments of no joint at all; OIK_E_MEMORY
 */
oik_status oik_isb_angles_new(oik_isb_angles **out, const oik_chain *chain, oik_vec3 up, oik_error *err);
void oik_isb_angles_free(oik_isb_angles *isb);

/**
 * Angles of the next frame.
 * @param[in] R n_segments of the chain, segment frame -> world (oik_chain_pose.R, or the frames of posed bones)
 * Allocates nothing; under 1 us a joint.
 */
void oik_isb_angles_next(oik_isb_angles *isb, const oik_mat3 *R);

#endif
