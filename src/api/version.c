/** Version of the library; the Makefile, the pkg-config file and the documents' test read it from here. */
#include "osso_ik.h"

#define OIK_VERSION "0.1.0"

const char *oik_version(void) {
    return OIK_VERSION;
}
