/* limits.c - resource limits, and who is killed first when memory is short */

#include "run/limits.h"

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

static const struct {
	int resource;
	rlim_t soft, hard;
} limits[] = {
	{ RLIMIT_CORE, 0, RLIM_INFINITY },
	{ RLIMIT_CPU, RLIM_INFINITY, RLIM_INFINITY },
	{ RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY },
	{ RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY },
	{ RLIMIT_STACK, 8 * MIB, RLIM_INFINITY },
	{ RLIMIT_RSS, RLIM_INFINITY, RLIM_INFINITY },
	{ RLIMIT_NPROC, RLIM_INFINITY, RLIM_INFINITY },
	{ RLIMIT_NOFILE, 1024, 512 * KIB },
	{ RLIMIT_MEMLOCK, 8 * MIB, 8 * MIB },
	{ RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY },
	{ RLIMIT_LOCKS, RLIM_INFINITY, RLIM_INFINITY },
	{ RLIMIT_SIGPENDING, RLIM_INFINITY, RLIM_INFINITY },
	{ RLIMIT_MSGQUEUE, 800 * KIB, 800 * KIB },
	/* More would be power: to take the processor from everybody else. */
	{ RLIMIT_NICE, 0, 0 },
	{ RLIMIT_RTPRIO, 0, 0 },
	{ RLIMIT_RTTIME, RLIM_INFINITY, RLIM_INFINITY },
};

static rlim_t
smaller(rlim_t a, rlim_t b)
{
	return a < b ? a : b;
}

void
pl_limit_set(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit limit = { soft, hard }, old;

	if (setrlimit((__rlimit_resource_t)resource, &limit) == 0 ||
	    getrlimit((__rlimit_resource_t)resource, &old) != 0)
		return;
	limit = (struct rlimit){ smaller(soft, old.rlim_max), smaller(hard, old.rlim_max) };
	(void)setrlimit((__rlimit_resource_t)resource, &limit);
}

void
pl_oom_score_reset(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!write(fd, "0", 1);
	close(fd);
}

void
pl_limits_set(void)
{
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		pl_limit_set(limits[i].resource, limits[i].soft, limits[i].hard);
	pl_oom_score_reset();
}
