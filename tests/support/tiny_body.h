/** A made-up body model for tests: a stick figure of 24 capsules, exactly mirror symmetric, 624 vertices, three shape modes. */
#ifndef TESTS_SUPPORT_TINY_BODY_H
#define TESTS_SUPPORT_TINY_BODY_H

#include "body/body_model.h"

enum { TINY_BODY_MODES = 3 };

/** Joint on the other side; itself on the midline. */
extern const int tiny_mirror_joint[OIK_N_JOINTS];

/**
 * T-pose, 1.7 m tall. Each joint owns one capsule from its centre towards its child; the ring at the joint is shared with the parent
 * and the grandparent, the next one with the parent. Modes: size, leg length, girth. NULL when out of memory; free with
 * oik_body_model_free.
 */
oik_body_model *tiny_body_new(void);

/**
 * Give it random pose correctives of up to half a centimetre for each feature, exactly mirror symmetric. As those of the published
 * models, STAR's act around their own joint only (on its part and the neighbours' parts) and SMPL's everywhere; OIK_CORRECTIVES_NONE
 * leaves the model as it is.
 * @return 0, or -1 when out of memory
 */
int tiny_body_add_correctives(oik_body_model *model, oik_corrective_kind kind);

/** Add to mode 1 something that its joints do not see, as STAR's corrective of the second shape parameter. Symmetric, up to 2 mm. */
void tiny_body_add_to_mode(oik_body_model *model);

/** Every joint turned by up to amplitude [rad] about an axis of its own, root and translation included. */
oik_body_pose tiny_body_pose(double amplitude);

/** The pose of the mirror image at x = 0 (of a model whose joints mirror each other). */
oik_body_pose tiny_body_mirror_pose(const oik_body_pose *pose);

/** Rest skin of a shape (NULL: template), posed. x: n_vertices. v: n_vertices or NULL. */
void tiny_body_posed(oik_vec3 *x, oik_vec3 *v, const oik_body_model *model, const double *beta, const oik_body_pose *pose);

#endif
