/** One body through the whole pipeline, by the public calls. */
#ifndef TESTS_SUPPORT_DEMO_PERSON_H
#define TESTS_SUPPORT_DEMO_PERSON_H

#include "osso_ik.h"

typedef struct demo_person {
    oik_model *model;
    oik_mesh *mesh;
    oik_body *body;
    oik_skeleton *lying, *posed;
    oik_chain *chain;
    oik_motion *motion; /**< its own pose */
} demo_person;

/**
 * @param[in] gender of the model in $OSSO_IK_MODELS (else build/models)
 * @param[in] mesh   path of the body
 * @return 0, or -1 after the message went to stderr; what was made is for demo_person_clear
 */
int demo_person_new(demo_person *person, const char *gender, const char *mesh);
void demo_person_clear(demo_person *person);

#endif
