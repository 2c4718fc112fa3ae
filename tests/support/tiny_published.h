/** Tables of the published method for the tiny skeleton (tiny_skeleton.h), as an imported model has them. */
#ifndef TESTS_SUPPORT_TINY_PUBLISHED_H
#define TESTS_SUPPORT_TINY_PUBLISHED_H

#include "skeleton/skel_model.h"
#include "support/tiny_body.h"

enum { TINY_CONTACTS = 6, TINY_BALLS = 3 };

/**
 * Contacts where springs are, ligaments of both groups in turn, and balls: both hips, whose spheres coincide, although bones of capsules
 * have none of that kind and pull against it, and the right knee. Shape coefficients are the skin's. 0, or -1 when out of memory.
 */
int tiny_published_add(oik_skel_model *model);

/** Unseen shape modes for a tiny body until it has as many as the published method takes. 0, or -1 when out of memory. */
int tiny_published_modes(oik_body_model *body);

#endif
