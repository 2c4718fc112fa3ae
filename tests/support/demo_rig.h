/** The rig of a demo body, by the whole pipeline. */
#ifndef TESTS_SUPPORT_DEMO_RIG_H
#define TESTS_SUPPORT_DEMO_RIG_H

#include "rig/rig.h"

/**
 * Rig "demo" of data/demo/body_female.ply with the models of $OSSO_IK_MODELS (else build/models), mass from the volume. About 2 s.
 * Ends the test with the message on error. Free with oik_rig_free.
 */
oik_rig *demo_rig_new(oik_rig_detail detail);

#endif
