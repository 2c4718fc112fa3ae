/** Where ribs and costal cartilages meet their neighbours: shared by ribs, vertebrae and sternum. Torso frame, mm. */
#ifndef OIK_MODELS_RIB_H
#define OIK_MODELS_RIB_H

#include "base/vec3.h"

/** Centres of the head and of the tubercle of the left rib 1..12. */
oik_vec3 oik_rib_head(int rib);
oik_vec3 oik_rib_tubercle(int rib);
/** Radius of the head; of the tubercle, 0 for ribs 11 and 12. */
double oik_rib_head_radius(int rib);
double oik_rib_tubercle_radius(int rib);

/** Ends of the left costal cartilages 1 to 7 at the sternum: centre x, y, z, half height and half thickness of the section. */
#define OIK_STERNAL_END_1 32.5, 503.5, 38.8, 4.2, 5.2
#define OIK_STERNAL_END_2 19.5, 486, 48, 5.4, 4.6
#define OIK_STERNAL_END_3 18.5, 462, 56.5, 5.4, 4.4
#define OIK_STERNAL_END_4 21, 441, 63.3, 5.4, 4.4
#define OIK_STERNAL_END_5 23, 423.5, 68.3, 4.6, 4.2
#define OIK_STERNAL_END_6 21, 409, 72.5, 4.2, 4.1
#define OIK_STERNAL_END_7 16, 396.5, 75.7, 4.0, 4.0

#endif
