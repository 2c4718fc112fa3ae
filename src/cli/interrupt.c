/** Ctrl-C (see interrupt.h). */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

/** A signal handler has nothing else to speak through (C11 7.14.1.1). */
static volatile sig_atomic_t came;

static void remember(int signal) {
    (void)signal;
    came = 1;
}

void oik_interrupt_catch(void) {
    struct sigaction action = {.sa_handler = remember};
    sigemptyset(&action.sa_mask);
    action.sa_flags = (int)(SA_RESTART | SA_RESETHAND); /* writing goes on; the second signal finds the default again */
    sigaction(SIGINT, &action, NULL);
}

bool oik_interrupt_came(void) {
    return came != 0;
}
