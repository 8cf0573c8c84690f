/* limits.c - the resource limits of a task that runs as another account */

#include "run/limits.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/resource.h>
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

/* Who is killed first when memory is short is not inherited either. */
static void
set_oom_score(void)
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
	struct rlimit limit, old;
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		limit = (struct rlimit){ limits[i].soft, limits[i].hard };
		if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) == 0 ||
		    getrlimit((__rlimit_resource_t)limits[i].resource, &old) != 0)
			continue;
		limit = (struct rlimit){ smaller(limits[i].soft, old.rlim_max), smaller(limits[i].hard, old.rlim_max) };
		(void)setrlimit((__rlimit_resource_t)limits[i].resource, &limit);
	}
	set_oom_score();
}
