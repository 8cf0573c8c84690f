/* hygiene.c - what a privileged program does before anything else, and how it gives its power up */

#include "pamlite/hygiene.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "pamlite/process.h"

#include "run/limits.h"

enum { PROC_SIZE = 1024, BRUTE_FORCE = 65536 };

/* Nothing of the caller's (CVE-2004-1051 and on). No TZ: it named files that were opened for him (CVE-2014-9680). */
char *const pl_hygiene_environment[] = {
	(char[]){ "PATH=/usr/sbin:/usr/bin:/sbin:/bin" }, (char[]){ "LC_ALL=C.UTF-8" }, NULL
};

/* Constant text: what a caller chose never reaches a format or the system log (CVE-2023-6246). */
void
pl_hygiene_say(const char *what)
{
	char line[256];
	int len = snprintf(line, sizeof line, "pam-lite: %s\n", what);

	(void)!write(STDERR_FILENO, line, (size_t)len);
}

void
pl_hygiene_fail(int status, const char *what)
{
	pl_hygiene_say(what);
	_exit(status);
}

void
pl_hygiene_check(int status, const char *fault)
{
	if (fault != NULL)
		pl_hygiene_fail(status, fault);
}

/* A closed 0, 1 or 2 would be given to the next file opened: the database, written as somebody's output. */
const char *
pl_hygiene_descriptors(void)
{
	int fd, null;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		null = open("/dev/null", O_RDWR);
		if (null < 0 || (null != fd && dup2(null, fd) < 0))
			return "a standard descriptor is closed and /dev/null cannot be opened";
	}
	/* What else the caller has open is not for us, nor for whatever we start. */
	if (close_range(STDERR_FILENO + 1, ~0U, 0) != 0)
		for (fd = STDERR_FILENO + 1; fd < BRUTE_FORCE; fd++)
			close(fd);
	return NULL;
}

/* A small file below /proc; its length, or -1. */
static ssize_t
read_proc(const char *path, char out[PROC_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	ssize_t n;

	out[0] = '\0';
	if (fd < 0)
		return -1;
	n = read(fd, out, PROC_SIZE - 1);
	error = errno;
	close(fd);
	out[n > 0 ? n : 0] = '\0';
	errno = error;
	return n;
}

/* From the kernel alone; the names of 0 to 2 and the environment say what the caller likes. */
const char *
pl_hygiene_caller(struct pl_hygiene_caller *out)
{
	char text[PROC_SIZE];

	*out = (struct pl_hygiene_caller){ .uid = getuid(), .login_uid = UINT32_MAX, .parent = getppid() };
	if (read_proc("/proc/self/stat", text) > 0)
		out->terminal = pl_process_terminal(text);
	if (read_proc("/proc/self/loginuid", text) < 0)
		return errno == ENOENT ? NULL : "the login uid cannot be read";
	return pl_process_login(text, &out->login_uid) ? NULL : "the login uid cannot be read";
}

const char *
pl_hygiene_front(const struct pl_hygiene_caller *caller, int *pidfd)
{
	char path[32];
	struct stat st;

	*pidfd = pidfd_open(caller->parent, 0);
	/* Still the parent, so the descriptor is its, and not that of a later process with its number. */
	if (*pidfd < 0 || getppid() != caller->parent)
		return "the command that started this is gone";
	(void)snprintf(path, sizeof path, "/proc/%ld", (long)caller->parent);
	if (caller->uid != 0 && (stat(path, &st) != 0 || st.st_uid != caller->uid))
		return "the command that started this is somebody else's";
	return NULL;
}

static bool
is_mounted_nosuid(void)
{
	struct statvfs fs;

	return statvfs("/proc/self/exe", &fs) == 0 && (fs.f_flag & ST_NOSUID) != 0;
}

static bool
is_traced(void)
{
	char text[PROC_SIZE];
	const char *at;

	if (read_proc("/proc/self/status", text) <= 0)
		return false;
	at = strstr(text, "\nTracerPid:");
	return at != NULL && strtol(at + sizeof "\nTracerPid:" - 1, NULL, 10) != 0;
}

static bool
is_in_user_namespace(void)
{
	char text[PROC_SIZE], *at = text;

	if (read_proc("/proc/self/uid_map", text) <= 0)
		return false;
	/* "0 0 4294967295" is the host's own. */
	return strtoul(at, &at, 10) != 0 || strtoul(at, &at, 10) != 0 || strtoul(at, &at, 10) != UINT32_MAX;
}

const char *
pl_hygiene_power(void)
{
	if (geteuid() == 0)
		return NULL;   /* not enough: in a user namespace everybody sees that; becoming the account proves it */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return "setuid programs do not work here: no_new_privs is set for this process";
	if (is_mounted_nosuid())
		return "setuid programs do not work here: the file system is mounted nosuid";
	if (is_traced())
		return "setuid programs do not work under a debugger";
	if (is_in_user_namespace())
		return "setuid programs do not work in this user namespace";
	return "the installation is wrong: this file must belong to root and be setuid";
}

static const int relayed[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU },
	ending[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };

static bool
is_ignored(int sig)
{
	struct sigaction now;

	return sigaction(sig, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* A caller hands over ignored signals (sudo hung on SIGCHLD until 1.9.7), a mask, and what is pending. */
static bool
is_kept(int sig)
{
	size_t i;

	for (i = 0; i < sizeof relayed / sizeof relayed[0]; i++)
		if (relayed[i] == sig)
			return is_ignored(sig);
	return false;
}

const char *
pl_hygiene_signals(bool relays)
{
	static const int ignored[] = { SIGPIPE, SIGXFSZ, SIGXCPU, SIGTTOU, SIGTTIN, SIGTSTP, SIGHUP };
	const size_t ignored_count = relays ? 3 : sizeof ignored / sizeof ignored[0];
	const struct sigaction deflt = { .sa_handler = SIG_DFL }, ignore = { .sa_handler = SIG_IGN };
	static const unsigned long kernel_default[4];   /* the C library refuses the two that it keeps to itself */
	sigset_t mask;
	size_t i;
	int sig;

	sigfillset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	for (sig = 1; sig < _NSIG; sig++)
		if (!(relays && is_kept(sig)) && sigaction(sig, &deflt, NULL) != 0)
			(void)syscall(SYS_rt_sigaction, sig, kernel_default, NULL, _NSIG / 8);
	for (i = 0; i < ignored_count; i++)
		if (sigaction(ignored[i], &ignore, NULL) != 0)
			return "signals cannot be set";
	sigemptyset(&mask);
	/* The terminal's reach root's process too: a stop between the yes and the run would keep the yes for later. */
	for (i = 0; relays && i < sizeof relayed / sizeof relayed[0]; i++)
		sigaddset(&mask, relayed[i]);
	return sigprocmask(SIG_SETMASK, &mask, NULL) == 0 ? NULL : "signals cannot be set";
}

int
pl_hygiene_interrupted(void)
{
	sigset_t pending;
	size_t i;

	sigemptyset(&pending);
	(void)sigpending(&pending);
	for (i = 0; i < sizeof ending / sizeof ending[0]; i++)
		if (sigismember(&pending, ending[i]) == 1 && !is_ignored(ending[i]))
			return ending[i];
	return 0;
}

/* They survive an exec: an alarm of the caller's would end a transaction. */
void
pl_hygiene_timers(void)
{
	static const struct itimerval off;

	(void)setitimer(ITIMER_REAL, &off, NULL);
	(void)setitimer(ITIMER_VIRTUAL, &off, NULL);
	(void)setitimer(ITIMER_PROF, &off, NULL);
}

const char *
pl_hygiene_place(void)
{
	umask(077);
	return chdir("/") == 0 ? NULL : "the root directory cannot be entered";
}

/* SQLite would write half a page at RLIMIT_FSIZE; cron went on as root at RLIMIT_NPROC (CVE-2006-2607). */
void
pl_hygiene_limits(void)
{
	static const struct {
		int resource;
		rlim_t value;
	} wanted[] = {
		{ RLIMIT_FSIZE, RLIM_INFINITY }, { RLIMIT_CPU, RLIM_INFINITY }, { RLIMIT_AS, RLIM_INFINITY },
		{ RLIMIT_DATA, RLIM_INFINITY }, { RLIMIT_RSS, RLIM_INFINITY }, { RLIMIT_LOCKS, RLIM_INFINITY },
		{ RLIMIT_NPROC, RLIM_INFINITY }, { RLIMIT_STACK, 8 << 20 }, { RLIMIT_NOFILE, 1024 }, { RLIMIT_CORE, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		pl_limit_set(wanted[i].resource, wanted[i].value, wanted[i].value);
}

/* Whoever holds the lock at the lowest priority makes all others wait. What is refused stays as it is. */
void
pl_hygiene_scheduling(void)
{
	const struct sched_param normal = { 0 };
	cpu_set_t all;

	memset(&all, 0xff, sizeof all);
	(void)setpriority(PRIO_PROCESS, 0, 0);
	(void)sched_setscheduler(0, SCHED_OTHER, &normal);
	(void)syscall(SYS_ioprio_set, 1, 0, 0);
	(void)sched_setaffinity(0, sizeof all, &all);
	(void)prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0);
	(void)prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	/* Another uname, another layout of memory: what a task of root's sees is the host. */
	(void)personality(PER_LINUX);
	(void)syscall(SYS_set_mempolicy, 0, NULL, 0);
	(void)syscall(SYS_keyctl, 1 /* join a session keyring, a new one */, NULL);
	pl_oom_score_reset();
}

static bool
has_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	memset(data, 0xff, sizeof data);
	if (syscall(SYS_capget, &header, data) != 0)
		return true;
	return (data[0].effective | data[0].permitted | data[1].effective | data[1].permitted) != 0;
}

/* A switch that was not looked at again was the hole of CVE-2006-2607 and CVE-2019-15901. */
const char *
pl_hygiene_become(uid_t uid, gid_t gid, const gid_t *groups, size_t count)
{
	const uid_t caller = getuid();
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (setgroups(count, groups) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
		return "the account cannot be changed to: in a user namespace, or without the power to";
	if (getresuid(&r, &e, &s) != 0 || getresgid(&rg, &eg, &sg) != 0 || r != uid || e != uid || s != uid ||
	    rg != gid || eg != gid || sg != gid)
		return "the account was not changed to";
	if (uid == 0)
		return NULL;
	if (setresuid((uid_t)-1, 0, (uid_t)-1) == 0 || setuid(0) == 0 ||
	    (caller != uid && setresuid((uid_t)-1, caller, (uid_t)-1) == 0) || has_capabilities())
		return "the power of root was not given up";
	return NULL;
}
