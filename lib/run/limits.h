/* limits.h - the resource limits of a task that runs as another account */
#ifndef PAMLITE_RUN_LIMITS_H
#define PAMLITE_RUN_LIMITS_H

/*
 * Fixed ones, as after a login, and not the caller's nor the privileged program's. A hard limit that may not be
 * raised (a container's root) stays. Safe after a fork.
 */
void pl_limits_set(void);

#endif
