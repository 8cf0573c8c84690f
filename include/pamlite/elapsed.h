/* elapsed.h - how long something has taken */
#ifndef PAMLITE_ELAPSED_H
#define PAMLITE_ELAPSED_H

#include <stdint.h>

/* Milliseconds since some moment in the past, by a clock that nobody can set and that goes on in suspend. */
int64_t pl_elapsed_ms(void);

#endif
