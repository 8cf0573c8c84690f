/* limits.h - resource limits, and who is killed first when memory is short */
#ifndef PAMLITE_RUN_LIMITS_H
#define PAMLITE_RUN_LIMITS_H

#include <sys/resource.h>

/* All of these are safe after a fork. A hard limit that may not be raised (a container's root) stays. */
void pl_limit_set(int resource, rlim_t soft, rlim_t hard);

/* The kernel's default, where it may be lowered to that. */
void pl_oom_score_reset(void);

/*
 * Both for a task that runs as another account: fixed ones, as after a login, and not the caller's nor the
 * privileged program's.
 */
void pl_limits_set(void);

#endif
