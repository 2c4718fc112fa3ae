/** Files beside the checkout that some tests look at: $OSSO_IK_SHARED or ../shared. They may be absent. */
#ifndef TESTS_SUPPORT_SHARED_PATH_H
#define TESTS_SUPPORT_SHARED_PATH_H

enum { SHARED_PATH_LENGTH = 1024 };

/** Path of a file or folder of the shared folder; NULL, after a message on stderr, when it is absent. @return out */
const char *shared_path(char out[SHARED_PATH_LENGTH], const char *relative);

#endif
