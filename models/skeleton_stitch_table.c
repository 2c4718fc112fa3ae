/**
 * How parts meet: joints as shared points, and ligaments (see skeleton_tables.h).
 *
 * A ball joint is 1 shared point, a hinge 2 on its axis and a weak one off it, a disc 4 on its rim and while posing its
 * centre (added by recipe between neighbouring vertebrae), a rib 2 on its head and tubercle. keep_offset = false marks true joint centres.
 * Sigmas are how far the points may part [mm]: 0.5-1 for joint centres (0.15 for hips, which legs that are too short for their skin pull
 * apart; 3 while placing fingers on the hand: the skin of a bent finger that was opened is off along it by so much, which is not to change
 * its length), 0.5-2 for discs, 10-30 where a point only steadies a rotation.
 */
#include <stddef.h>

#include "models/skeleton_tables.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

const oik_stitch_row oik_stitch_table[] = {
    /* hip: ball */
    {"pelvis", "femur", "hipbone:hip_c", "femur:hip_c", 0.5, 0.15, false},
    /* knee: hinge about the axis of the posterior condyles, 8 mm behind the epicondyles, weakly straight while placing */
    {"femur", "tibia", "femur:knee_c+35,2,-8", "tibia:knee_c+35,2,-8", 1.0, 0.3, true},
    {"femur", "tibia", "femur:knee_c+-35,2,-8", "tibia:knee_c+-35,2,-8", 1.0, 0.3, true},
    {"femur", "tibia", "femur:knee_c+0,2,32", "tibia:knee_c+0,2,32", 6.0, 200.0, true},
    /* patella: three points of it, which travel along the groove (path table) */
    {"femur", "patella", "22,-402,39.5", "22,12,0", 2.0, 0.7, true},
    {"femur", "patella", "-22,-402,39.5", "-22,12,0", 2.0, 0.7, true},
    {"femur", "patella", "0,-438,39.5", "0,-24,0", 3.0, 0.7, true},
    /* talocrural joint: hinge through the malleoli */
    {"tibia", "talus", "tibia:ankle_c+25,-2,-4", "talus:ankle_c+25,-2,-4", 0.7, 0.7, true},
    {"tibia", "talus", "tibia:ankle_c+-25,2,4", "talus:ankle_c+-25,2,4", 0.7, 0.7, true},
    {"tibia", "talus", "tibia:ankle_c+0,0,40", "talus:ankle_c+0,0,40", 6.0, 40.0, true},
    /* subtalar joint: axis (0.787 forward, 0.605 up, 0.121 medial), Rajagopal 2016 after Inman 1976 */
    {"talus", "foot", "-3,-6,21", "-3,-6,21", 0.7, 0.7, true},
    {"talus", "foot", "4,-36,-19", "4,-36,-19", 0.7, 0.7, true},
    {"talus", "foot", "30,-20,0", "30,-20,0", 4.0, 10.0, true},
    /* metatarsophalangeal break: hinge through the heads of the first and fifth metatarsal; the skin bends across the foot, further
       forwards on the little toe's side, and all toes are one part: the hinge gives there, or toes that are bent would turn the foot */
    {"foot", "toes", "mt1:head", "mt1:head", 0.7, 0.7, true},
    {"foot", "toes", "mt5:head", "mt5:head", 0.7, 3.0, true},
    {"foot", "toes", "0,-55,190", "0,-55,190", 4.0, 15.0, true},
    /* rib cage on the sternum's and clavicle's side */
    {"ribcage", "clavicle", "sternum:sc_l+4,5,1", "clavicle:sc", 1.0, 1.0, false},
    {"ribcage", "clavicle", "sternum:sc_l+4,55,1", "0,50,0", 15.0, 20.0, true},
    {"ribcage", "clavicle", "sternum:sc_l+4,5,51", "0,0,50", 25.0, 90.0, true},
    /* acromioclavicular joint */
    {"clavicle", "scapula", "clavicle:ac", "scapula:ac_joint+2,0,0", 1.0, 1.0, false},
    {"clavicle", "scapula", "150,40,0", "scapula:ac_joint+0,40,0", 1e6, 30.0, true},
    {"clavicle", "scapula", "150,0,40", "scapula:ac_joint+0,0,40", 1e6, 40.0, true},
    /* scapulothoracic gliding: the scapula stays near its place on the cage */
    {"ribcage", "scapula", NULL, "scapula:root", 25.0, 20.0, true},
    {"ribcage", "scapula", NULL, "scapula:sup", 25.0, 20.0, true},
    {"ribcage", "scapula", NULL, "scapula:inf", 25.0, 20.0, true},
    /* glenohumeral joint: ball */
    {"scapula", "humerus", "scapula:gh_c", "humerus:gh_c", 0.7, 0.5, false},
    /* elbow: hinge through capitulum and trochlea */
    {"humerus", "ulna", "humerus:elbow_c+25,0,0", "ulna:elbow_c+25,0,0", 0.7, 0.7, true},
    {"humerus", "ulna", "humerus:elbow_c+-25,0,0", "ulna:elbow_c+-25,0,0", 0.7, 0.7, true},
    {"humerus", "ulna", "humerus:elbow_c+0,0,40", "ulna:elbow_c+0,0,40", 8.0, 200.0, true},
    /* radio-ulnar joints: the radius turns about the line from radial head to ulnar head */
    {"ulna", "radius", "15,-16,3", "15,-16,3", 0.7, 0.7, false},
    {"ulna", "radius", "ulna:head_c", "ulna:head_c", 0.7, 0.7, false},
    /* wrist: radiocarpal centre, steadied by two points on the radius' end */
    {"radius", "hand", "radius:wrist_c", "0,5,0", 0.7, 0.7, false},
    {"radius", "hand", "radius:wrist_c+30,0,0", "30,5,0", 5.0, 25.0, true},
    {"radius", "hand", "radius:wrist_c+0,0,30", "0,5,30", 5.0, 25.0, true},
    /* carpometacarpal joint of the thumb */
    {"hand", "thumb_metacarpal", "mc1:base", "mc1:base", 2.0, 0.7, false},
    {"hand", "thumb_metacarpal", "mc1:base+20,0,0", "mc1:base+20,0,0", 8.0, 15.0, true},
    {"hand", "thumb_metacarpal", "mc1:base+0,0,20", "mc1:base+0,0,20", 8.0, 15.0, true},
    /* thumb proximal */
    {"thumb_metacarpal", "thumb_proximal", "fin11:joint_c", "fin11:joint_c", 0.5, 0.5, false},
    {"thumb_metacarpal", "thumb_proximal", "fin11:joint_c+8,0,0", "fin11:joint_c+8,0,0", 1.0, 1.0, true},
    {"thumb_metacarpal", "thumb_proximal", "fin11:joint_c+0,0,15", "fin11:joint_c+0,0,15", 5.0, 12.0, true},
    /* thumb distal */
    {"thumb_proximal", "thumb_distal", "fin13:joint_c", "fin13:joint_c", 0.5, 0.5, false},
    {"thumb_proximal", "thumb_distal", "fin13:joint_c+8,0,0", "fin13:joint_c+8,0,0", 1.0, 1.0, true},
    {"thumb_proximal", "thumb_distal", "fin13:joint_c+0,0,15", "fin13:joint_c+0,0,15", 5.0, 12.0, true},
    /* index proximal */
    {"hand", "index_proximal", "fin21:joint_c", "fin21:joint_c", 3.0, 0.5, false},
    {"hand", "index_proximal", "fin21:joint_c+15,0,0", "fin21:joint_c+15,0,0", 3.0, 6.0, true},
    {"hand", "index_proximal", "fin21:joint_c+0,0,15", "fin21:joint_c+0,0,15", 5.0, 12.0, true},
    /* index middle */
    {"index_proximal", "index_middle", "fin22:joint_c", "fin22:joint_c", 0.5, 0.5, false},
    {"index_proximal", "index_middle", "fin22:joint_c+8,0,0", "fin22:joint_c+8,0,0", 1.0, 1.0, true},
    {"index_proximal", "index_middle", "fin22:joint_c+0,0,15", "fin22:joint_c+0,0,15", 5.0, 12.0, true},
    /* index distal */
    {"index_middle", "index_distal", "fin23:joint_c", "fin23:joint_c", 0.5, 0.5, false},
    {"index_middle", "index_distal", "fin23:joint_c+8,0,0", "fin23:joint_c+8,0,0", 1.0, 1.0, true},
    {"index_middle", "index_distal", "fin23:joint_c+0,0,15", "fin23:joint_c+0,0,15", 5.0, 12.0, true},
    /* middle proximal */
    {"hand", "middle_proximal", "fin31:joint_c", "fin31:joint_c", 3.0, 0.5, false},
    {"hand", "middle_proximal", "fin31:joint_c+15,0,0", "fin31:joint_c+15,0,0", 3.0, 6.0, true},
    {"hand", "middle_proximal", "fin31:joint_c+0,0,15", "fin31:joint_c+0,0,15", 5.0, 12.0, true},
    /* middle middle */
    {"middle_proximal", "middle_middle", "fin32:joint_c", "fin32:joint_c", 0.5, 0.5, false},
    {"middle_proximal", "middle_middle", "fin32:joint_c+8,0,0", "fin32:joint_c+8,0,0", 1.0, 1.0, true},
    {"middle_proximal", "middle_middle", "fin32:joint_c+0,0,15", "fin32:joint_c+0,0,15", 5.0, 12.0, true},
    /* middle distal */
    {"middle_middle", "middle_distal", "fin33:joint_c", "fin33:joint_c", 0.5, 0.5, false},
    {"middle_middle", "middle_distal", "fin33:joint_c+8,0,0", "fin33:joint_c+8,0,0", 1.0, 1.0, true},
    {"middle_middle", "middle_distal", "fin33:joint_c+0,0,15", "fin33:joint_c+0,0,15", 5.0, 12.0, true},
    /* ring proximal */
    {"hand", "ring_proximal", "fin41:joint_c", "fin41:joint_c", 3.0, 0.5, false},
    {"hand", "ring_proximal", "fin41:joint_c+15,0,0", "fin41:joint_c+15,0,0", 3.0, 6.0, true},
    {"hand", "ring_proximal", "fin41:joint_c+0,0,15", "fin41:joint_c+0,0,15", 5.0, 12.0, true},
    /* ring middle */
    {"ring_proximal", "ring_middle", "fin42:joint_c", "fin42:joint_c", 0.5, 0.5, false},
    {"ring_proximal", "ring_middle", "fin42:joint_c+8,0,0", "fin42:joint_c+8,0,0", 1.0, 1.0, true},
    {"ring_proximal", "ring_middle", "fin42:joint_c+0,0,15", "fin42:joint_c+0,0,15", 5.0, 12.0, true},
    /* ring distal */
    {"ring_middle", "ring_distal", "fin43:joint_c", "fin43:joint_c", 0.5, 0.5, false},
    {"ring_middle", "ring_distal", "fin43:joint_c+8,0,0", "fin43:joint_c+8,0,0", 1.0, 1.0, true},
    {"ring_middle", "ring_distal", "fin43:joint_c+0,0,15", "fin43:joint_c+0,0,15", 5.0, 12.0, true},
    /* little proximal */
    {"hand", "little_proximal", "fin51:joint_c", "fin51:joint_c", 3.0, 0.5, false},
    {"hand", "little_proximal", "fin51:joint_c+15,0,0", "fin51:joint_c+15,0,0", 3.0, 6.0, true},
    {"hand", "little_proximal", "fin51:joint_c+0,0,15", "fin51:joint_c+0,0,15", 5.0, 12.0, true},
    /* little middle */
    {"little_proximal", "little_middle", "fin52:joint_c", "fin52:joint_c", 0.5, 0.5, false},
    {"little_proximal", "little_middle", "fin52:joint_c+8,0,0", "fin52:joint_c+8,0,0", 1.0, 1.0, true},
    {"little_proximal", "little_middle", "fin52:joint_c+0,0,15", "fin52:joint_c+0,0,15", 5.0, 12.0, true},
    /* little distal */
    {"little_middle", "little_distal", "fin53:joint_c", "fin53:joint_c", 0.5, 0.5, false},
    {"little_middle", "little_distal", "fin53:joint_c+8,0,0", "fin53:joint_c+8,0,0", 1.0, 1.0, true},
    {"little_middle", "little_distal", "fin53:joint_c+0,0,15", "fin53:joint_c+0,0,15", 5.0, 12.0, true},
    /* ribs on the thoracic vertebrae: head and tubercle. While posing, how far a vertebra may move against the rib cage: the ribs bend to it
     * (flex table). The lower ribs give more than those that reach the sternum, and those more than the short first one */
    {"T12", "ribcage", "rib12:head", "rib12:head", 3.0, 8.0, true},
    {"T12", "ribcage", "rib12:tub", "rib12:tub", 3.0, 8.0, true},
    {"T11", "ribcage", "rib11:head", "rib11:head", 3.0, 8.0, true},
    {"T11", "ribcage", "rib11:tub", "rib11:tub", 3.0, 8.0, true},
    {"T10", "ribcage", "rib10:head", "rib10:head", 3.0, 8.0, true},
    {"T10", "ribcage", "rib10:tub", "rib10:tub", 3.0, 8.0, true},
    {"T9", "ribcage", "rib9:head", "rib9:head", 3.0, 8.0, true},
    {"T9", "ribcage", "rib9:tub", "rib9:tub", 3.0, 8.0, true},
    {"T8", "ribcage", "rib8:head", "rib8:head", 3.0, 8.0, true},
    {"T8", "ribcage", "rib8:tub", "rib8:tub", 3.0, 8.0, true},
    {"T7", "ribcage", "rib7:head", "rib7:head", 3.0, 5.0, true},
    {"T7", "ribcage", "rib7:tub", "rib7:tub", 3.0, 5.0, true},
    {"T6", "ribcage", "rib6:head", "rib6:head", 3.0, 5.0, true},
    {"T6", "ribcage", "rib6:tub", "rib6:tub", 3.0, 5.0, true},
    {"T5", "ribcage", "rib5:head", "rib5:head", 3.0, 5.0, true},
    {"T5", "ribcage", "rib5:tub", "rib5:tub", 3.0, 5.0, true},
    {"T4", "ribcage", "rib4:head", "rib4:head", 3.0, 5.0, true},
    {"T4", "ribcage", "rib4:tub", "rib4:tub", 3.0, 5.0, true},
    {"T3", "ribcage", "rib3:head", "rib3:head", 3.0, 5.0, true},
    {"T3", "ribcage", "rib3:tub", "rib3:tub", 3.0, 5.0, true},
    {"T2", "ribcage", "rib2:head", "rib2:head", 3.0, 5.0, true},
    {"T2", "ribcage", "rib2:tub", "rib2:tub", 3.0, 5.0, true},
    {"T1", "ribcage", "rib1:head", "rib1:head", 3.0, 4.0, true},
    {"T1", "ribcage", "rib1:tub", "rib1:tub", 3.0, 4.0, true},
    /* atlas on axis, skull on atlas; the skull's frame stands at (0, 732.5, -4.8) of the torso frame */
    {"C2", "C1", "16,695,1", "16,695,1", 2.0, 2.0, true},
    {"C2", "C1", "0,703,9", "0,703,9", 2.0, 2.0, true},
    {"C2", "C1", "0,694,-14", "0,694,-14", 6.0, 6.0, true},
    {"C1", "skull", "15,708.5,-0.8", "15,-26,4", 1.0, 1.0, true},
    {"C1", "skull", "0,708.5,-30", "0,-26,-25.2", 6.0, 8.0, true},
    /* jaw: condyles, closed bite */
    {"skull", "mandible", "mandible:cond_l", "mandible:cond_l", 0.7, 0.7, true},
    {"skull", "mandible", "mandible:incisor", "mandible:incisor", 4.0, 3.0, true},
};
const int oik_n_stitch_rows = COUNT(oik_stitch_table);

const oik_ligament_row oik_ligament_table[] = {
    /* the wrist does not twist: palmar and dorsal points of the radius to the radial side of the hand, at right angles to both axes */
    {"radius", "hand", "radius:wrist_c+0,0,40", "30,5,0", 2.0},
    {"radius", "hand", "radius:wrist_c+0,0,-40", "30,5,0", 2.0},
    /* scapulothoracic gliding plane: distance from the axis of the cage (Garner & Pandy 1999) */
    {"ribcage", "scapula", "0,505,-15", "scapula:root", 6.0},
    {"ribcage", "scapula", "0,530,-20", "scapula:sup", 6.0},
    {"ribcage", "scapula", "0,400,0", "scapula:inf", 6.0},
    /* patellar ligament */
    {"tibia", "patella", "tibia:tuberosity", "patella:apex", 1.0},
    /* costoclavicular ligament */
    {"ribcage", "clavicle", "rib1:ccj", "24,-6,0", 10.0},
    /* coracoclavicular ligaments */
    {"clavicle", "scapula", "112,-4,-9", "scapula:cor+0,4,-20", 12.0},
};
const int oik_n_ligament_rows = COUNT(oik_ligament_table);

const oik_coupling_row oik_coupling_table[] = {
    /* scapulohumeral rhythm: upward rotation in the scapular plane about the root of the spine */
    {"scapula", "ribcage", "humerus", "scapula:root", "0,0,0", "0,0,50", "humerus:gh_c", "humerus:elbow_c", 0.33,
     "Inman et al. 1944: scapula to humerus 1 : 2"},
    /* the clavicle rises and turns backwards about its length */
    {"clavicle", "ribcage", "humerus", "clavicle:sc", "0,0,0", "0,0,50", "humerus:gh_c", "humerus:elbow_c", 0.17,
     "Ludewig et al. 2009: 15 to 20 deg of elevation at 120 deg [L]"},
    {"clavicle", "ribcage", "humerus", "clavicle:sc", "0,0,0", "-50,0,0", "humerus:gh_c", "humerus:elbow_c", 0.22,
     "Ludewig et al. 2009: about 30 deg of posterior rotation at 120 deg [L]"},
};
const int oik_n_coupling_rows = COUNT(oik_coupling_table);

const oik_path_row oik_path_table[] = {
    {"femur", "tibia", "tibia", OIK_PATH_ROLL, "femur:knee_c+-35,2,-8", "femur:knee_c+35,2,-8", NULL, NULL, 1.0, 3.0, 6.0, 150,
     "cartilage of both plateaus and condyles: about 2 + 2 mm [L]"},
    {"femur", "patella", "tibia", OIK_PATH_GROOVE, "femur:knee_c+-35,2,-8", "femur:knee_c+35,2,-8", "tibia:tuberosity", "patella:apex",
     0.67, 2.0, 4.0, 150, "the patella flexes by about two thirds of the knee's flexion, Nha et al. 2008 [L]"},
};
const int oik_n_path_rows = COUNT(oik_path_table);

const oik_clearance_row oik_clearance_table[] = {
    {"scapula", "ribcage", 8.0, 3.5,
     "serratus anterior and subscapularis between them [L]; soft: raised arms leave SMPL's shoulder too little room"},
};
const int oik_n_clearance_rows = COUNT(oik_clearance_table);
/* Bones that are 20 mm apart in the template do not meet. Hyoid and mandible (24 mm) can, but the hyoid goes with the third cervical
 * vertebra here, and is not to move the neck. */
const double oik_neighbour_distance = 20.0;

/* White & Panjabi, Clinical Biomechanics of the Spine, 1990, representative ranges of flexion and extension [L] */
const oik_curve_row oik_curve_table[] = {
    {"L5", 17}, {"L4", 16}, {"L3", 15}, {"L2", 14}, {"L1", 12}, {"T12", 12}, {"T11", 12}, {"T10", 9}, {"T9", 6}, {"T8", 6}, {"T7", 6},
    {"T6", 5}, {"T5", 4}, {"T4", 4}, {"T3", 4}, {"T2", 4}, {"T1", 4}, {"C7", 9}, {"C6", 17}, {"C5", 20}, {"C4", 20}, {"C3", 15},
    {"C2", 10},
};
const int oik_n_curve_rows = COUNT(oik_curve_table);
const double oik_curve_sigma = 1.5;

/* What springs and stitches leave to the wrong part. Registration has these turns to 1 or 2 deg; what holds them must outweigh springs and
   barriers that err by centimetres together. */
const oik_turn_row oik_turn_table[] = {
    {"pelvis", 0.25, "the skin's thighs turn about other hips than the bones', and the pelvis would tilt to make room: its place gives way instead"},
    {"femur", 0.4, "hip flexion is the turn of both: where the pelvis moves up or down in its skin, the thigh would turn with the line to the knee"},
    {"humerus", 3.0, "its turn about its length hardly shows in springs, and the hinge of the elbow would use it to make room"},
};
const int oik_n_turn_rows = COUNT(oik_turn_table);

const oik_flex_row oik_flex_table[] = {
    {"T1", "rib1", "cart1"}, {"T2", "rib2", "cart2"}, {"T3", "rib3", "cart3"},    {"T4", "rib4", "cart4"}, {"T5", "rib5", "cart5"},
    {"T6", "rib6", "cart6"}, {"T7", "rib7", "cart7"}, {"T8", "rib8", "cart8"},    {"T9", "rib9", "cart9"}, {"T10", "rib10", "cart10"},
    {"T11", "rib11", NULL},  {"T12", "rib12", NULL},
};
const int oik_n_flex_rows = COUNT(oik_flex_table);
