/* installation_lock.c - looking at an installation: does somebody keep everybody else from the database? */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/place.h"
#include "pamlite/process.h"

#include "core/installation_internal.h"

enum { STEP_MS = 50 };

static const struct pl_expected lock_file = { S_IFREG, 0600, true, true, PL_REPAIR_FILE };

/* What was seen of the lock while it could not be had. */
struct hold {
	pid_t pid;           /* who held it at the first look; 0 = not known */
	bool changed;        /* others had it later */
	int waiting;
};

/* The next word of a line, from *at on; false at the line's end. */
static bool
next_word(const char **at, const char **word, size_t *len)
{
	*at += strspn(*at, " ");
	*word = *at;
	*len = strcspn(*at, " \n");
	*at += *len;
	return *len > 0;
}

static bool
is_word(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && memcmp(word, text, len) == 0;
}

/* One flock of /proc/locks. */
struct flock_line {
	bool waits;
	long pid;
	dev_t dev;
	ino_t ino;
};

/* "1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF"; one who waits has "->" before FLOCK. */
static bool
parse_line(const char *line, struct flock_line *out)
{
	const char *at = line, *word;
	unsigned long major, minor;
	char *end;
	size_t len;

	*out = (struct flock_line){ 0 };
	if (!next_word(&at, &word, &len) || !next_word(&at, &word, &len))
		return false;
	out->waits = is_word(word, len, "->");
	if ((out->waits && !next_word(&at, &word, &len)) || !is_word(word, len, "FLOCK"))
		return false;
	/* ADVISORY and WRITE, then the process. */
	for (int i = 0; i < 3; i++)
		if (!next_word(&at, &word, &len))
			return false;
	out->pid = strtol(word, &end, 10);
	if (end != word + len || !next_word(&at, &word, &len))
		return false;
	major = strtoul(word, &end, 16);
	minor = *end == ':' ? strtoul(end + 1, &end, 16) : 0;
	if (*end != ':')
		return false;
	out->dev = makedev((unsigned)major, (unsigned)minor);
	out->ino = (ino_t)strtoull(end + 1, &end, 10);
	return end == word + len;
}

/*
 * Layered file systems show another device than stat() does: without an exact match the inode alone decides. Those who
 * wait stand behind the holder; the kernel shows a holder twice if other locks have come while the text was read.
 */
pid_t
pl_locks_holder(const char *text, dev_t dev, ino_t ino, int *waiting)
{
	struct { pid_t pid; int waiting; } exact = { 0 }, near = { 0 }, *last = &near;
	struct flock_line l;
	const char *line;

	for (line = text; line[0] != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		if (!parse_line(line, &l) || l.ino != ino)
			continue;
		if (l.waits) {
			last->waiting++;
			continue;
		}
		last = l.dev == dev ? &exact : &near;
		last->pid = (pid_t)l.pid;
		last->waiting = 0;
	}
	last = exact.pid != 0 ? &exact : &near;
	*waiting = last->waiting;
	return last->pid;
}

static void
look_at_holder(const struct stat *st, struct hold *h, bool first)
{
	struct pl_buf text;
	pid_t pid = 0;

	pl_buf_init(&text);
	if (pl_survey_read("/proc/locks", &text))
		pid = pl_locks_holder(text.text, st->st_dev, st->st_ino, &h->waiting);
	pl_buf_clear(&text);
	if (first)
		h->pid = pid;
	else if (pid != h->pid)
		h->changed = true;
}

/*
 * Never a blocking wait: in the queue this process would hold up the commands behind it.
 * 0: the lock is had; else why not.
 */
static int
try_lock(int fd, const struct stat *st, int patience_ms, struct hold *h)
{
	static const struct timespec step = { 0, STEP_MS * 1000000L };
	int waited;

	*h = (struct hold){ 0 };
	for (waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += STEP_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		look_at_holder(st, h, waited == 0);
		if (h->changed || waited >= patience_ms)
			return EWOULDBLOCK;
		(void)nanosleep(&step, NULL);
	}
	return 0;
}

/* Its program, as the kernel says (a process may call itself anything), and for how long it has been running. */
static void
describe_process(struct pl_draft *d, pid_t pid)
{
	const uint64_t started = pl_process_started(pid);
	const long ticks = sysconf(_SC_CLK_TCK);
	char path[32], program[256];
	ssize_t len;

	(void)snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
	len = readlink(path, program, sizeof(program));
	if (len > 0)
		pl_draft_found(d, "that is %.*s", (int)len, program);
	if (started != 0 && ticks > 0)
		pl_draft_found(d, "running for %" PRId64 " s",
		    pl_elapsed_ms() / 1000 - (int64_t)(started / (uint64_t)ticks));
}

static void
judge_hold(struct pl_draft *d, const struct hold *h, int patience_ms)
{
	if (h->changed) {
		pl_draft_found(d, "busy, with changing holders");
		return;
	}
	if (h->pid <= 0) {
		pl_draft_found(d, "held for %d ms or longer by a process that cannot be seen from here",
		    patience_ms);
		pl_draft_fault(d, PL_GRADE_WARNING, "lslocks, as root and outside of any container");
		return;
	}
	pl_draft_found(d, "held for %d ms or longer by process %ld", patience_ms, (long)h->pid);
	pl_draft_found(d, "%d waiting", h->waiting);
	/* The kernel knows who took it; whoever got the descriptor from him has it as well. */
	if (!pl_process_is_alive(h->pid, 0)) {
		pl_draft_found(d, "that process has ended and left it to another");
		pl_draft_fault(d, PL_GRADE_WARNING, "fuser -v %s", d->object);
		return;
	}
	describe_process(d, h->pid);
	pl_draft_fault(d, PL_GRADE_WARNING, "ps -o pid,ppid,user,stat,wchan:20,lstart,args -p %ld", (long)h->pid);
	pl_draft_fault(d, PL_GRADE_WARNING,
	    "if it does not go on: kill -KILL %ld, which undoes what it had not finished", (long)h->pid);
}

bool
pl_survey_lock(struct pl_survey *s, const char *path, const char *journal, int patience_ms)
{
	bool left = false;
	struct pl_draft d;
	struct stat st;
	struct hold h;
	int fd;

	pl_draft_begin(&d, "Lock", path,
	    PL_SERVICE_ACCOUNT ":" PL_SERVICE_ACCOUNT " 0600, one name, held for moments");
	if (lstat(path, &st) != 0 && errno == ENOENT) {
		pl_draft_found(&d, "not made yet");
	} else if (pl_draft_look(s, &d, &lock_file, &st)) {
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
		if (fd >= 0)
			errno = try_lock(fd, &st, patience_ms, &h);
		if (fd >= 0 && errno == 0) {
			left = lstat(journal, &st) == 0 && st.st_size > 0;
			(void)flock(fd, LOCK_UN);
			pl_draft_found(&d, "free");
		} else if (fd >= 0 && errno == EWOULDBLOCK) {
			judge_hold(&d, &h, patience_ms);
		} else {
			pl_draft_unseen(&d);
		}
		if (fd >= 0)
			close(fd);
	}
	pl_draft_end(s, &d);
	return left;
}
