/* elapsed.h - the clock that nobody can set, for how long something has taken */
#ifndef PAMLITE_ELAPSED_H
#define PAMLITE_ELAPSED_H

#include <stdint.h>

/* Milliseconds since the boot (CLOCK_BOOTTIME), time in suspend included. */
int64_t pl_elapsed_ms(void);

#endif
