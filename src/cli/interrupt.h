/** Ctrl-C: the program is asked to stop, and does so where nothing half-written is left. */
#ifndef OIK_CLI_INTERRUPT_H
#define OIK_CLI_INTERRUPT_H

#include <stdbool.h>

/** From now on the first SIGINT is only remembered; the second one ends the program at once. */
void oik_interrupt_catch(void);
/** Has SIGINT come since? */
bool oik_interrupt_came(void);

#endif
