/** The rig of a demo body, by the whole pipeline. */
#ifndef TESTS_SUPPORT_DEMO_RIG_H
#define TESTS_SUPPORT_DEMO_RIG_H

#include "rig/rig.h"

typedef enum demo_body { DEMO_BODY_FEMALE, DEMO_BODY_MALE, DEMO_BODY_CROUCH, DEMO_N_BODIES } demo_body;

/**
 * Rig "demo" of a body of data/demo with the models of $OSSO_IK_MODELS (else build/models), mass from the volume. About 2 s the first time
 * a test program asks for a body, 20 ms then: the solution is kept. Ends the test with the message on error. Free with oik_rig_free.
 */
oik_rig *demo_rig_of(demo_body body, oik_rig_detail detail);
/** That of body_female.ply. */
oik_rig *demo_rig_new(oik_rig_detail detail);

#endif
