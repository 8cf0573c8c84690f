/* elapsed.c - the clock that nobody can set, for how long something has taken */

#include "pamlite/elapsed.h"

#include <time.h>

int64_t
pl_elapsed_ms(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
