/* start.c - starting commands as somebody, somewhere, and measuring them from outside */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

enum { WORDS_MAX = 31, TEXT_SIZE = 16384, ENV_MAX = 7 };

/* A command with everything filled in. The texts of words and environment stand one behind the other in `text`. */
struct launch {
	char *words[WORDS_MAX + 1], *env[ENV_MAX + 1];
	char text[TEXT_SIZE];
	size_t used;
	bool full;
	char program[512];
	bool other;                  /* with the ids below, and not ours */
	uid_t uid;
	gid_t gid;
	int out_fd, err_fd, null_fd;
};

static char *
put(struct launch *l, const char *s, size_t len)
{
	char *at = l->text + l->used;

	if (len >= sizeof(l->text) - l->used) {
		l->full = true;
		return l->text;
	}
	memcpy(at, s, len);
	at[len] = '\0';
	l->used += len;
	return at;
}

/* The end of a text that was put together from pieces. */
static void
end_text(struct launch *l)
{
	l->used++;
}

/* What stands for {name}; NULL: nothing does, so that it is meant as it stands. */
static const char *
value_of(struct bench *b, enum bench_at at, const char *name, size_t len)
{
	static char number[4][16];
	const struct { const char *name, *value; } values[] = {
		{ "id", b->id }, { "known", b->places[at].known }, { "db", b->places[at].db },
		{ "beside", b->places[at].dir }, { "dir", b->dir }, { "empty", b->empty }, { "n", number[0] },
		{ "approvals", number[1] }, { "user", number[2] }, { "few", number[3] },
	};
	size_t i;

	snprintf(number[0], sizeof(number[0]), "%u", b->next);
	snprintf(number[1], sizeof(number[1]), "%.0f", b->approvals);
	snprintf(number[2], sizeof(number[2]), "user%u", b->next % BENCH_USERS);
	snprintf(number[3], sizeof(number[3]), "user%u", b->next % BENCH_CROWD_USERS);
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strlen(values[i].name) == len && strncmp(values[i].name, name, len) == 0)
			return values[i].value;
	return NULL;
}

static char *
fill_in(struct bench *b, enum bench_at at, struct launch *l, const char *word)
{
	char *start = l->text + l->used;
	const char *close, *value;

	put(l, "", 0);
	while (*word != '\0') {
		close = *word == '{' ? strchr(word, '}') : NULL;
		value = close != NULL ? value_of(b, at, word + 1, (size_t)(close - word - 1)) : NULL;
		if (value != NULL) {
			put(l, value, strlen(value));
			word = close + 1;
		} else
			put(l, word++, 1);
	}
	end_text(l);
	return start;
}

/* As a shell finds it, but once and not timed. */
static bool
find_program(const struct bench *b, const char *name, char *out, size_t size)
{
	const char *dir = b->path, *end;

	if (strchr(name, '/') != NULL)
		return snprintf(out, size, "%s", name) > 0;
	for (; *dir != '\0'; dir = *end != '\0' ? end + 1 : end) {
		end = strchrnul(dir, ':');
		snprintf(out, size, "%.*s/%s", (int)(end - dir), dir, name);
		if (access(out, X_OK) == 0)
			return true;
	}
	return false;
}

/* On a private database a name is asserted, on the system's it is an account. */
static bool
set_actor(struct bench *b, const char *actor, enum bench_at at, struct launch *l, char *note)
{
	const struct passwd *account;
	char name[64], home[128];
	int i = 0;

	snprintf(name, sizeof(name), "%s", actor != NULL ? fill_in(b, at, l, actor) : "");
	l->env[i++] = fill_in(b, at, l, "LC_ALL=C.UTF-8");
	l->env[i++] = put(l, "PATH=", 5);
	put(l, b->path, strlen(b->path));
	end_text(l);
	snprintf(home, sizeof(home), "HOME=%s", l->other ? "/" : b->dir);
	l->env[i++] = fill_in(b, at, l, home);
	if (!b->places[at].system) {
		l->env[i++] = fill_in(b, at, l, "PAMLITE_DATABASE={db}");
		if (name[0] != '\0') {
			snprintf(home, sizeof(home), "PAMLITE_PRINCIPAL=%s", name);
			l->env[i++] = fill_in(b, at, l, home);
		}
		return true;
	}
	if (name[0] == '\0')
		return true;
	account = getpwnam(name);
	if (account == NULL) {
		snprintf(note, BENCH_NOTE_MAX, "there is no account %s", name);
		return false;
	}
	l->other = true;
	l->uid = account->pw_uid;
	l->gid = account->pw_gid;
	return true;
}

static bool
prepare(struct bench *b, const struct bench_command *c, enum bench_at at, struct launch *l, char *note)
{
	size_t i;

	memset(l, 0, offsetof(struct launch, text));
	l->used = 0;
	l->full = l->other = false;
	l->out_fd = b->out_fd;
	l->err_fd = b->err_fd;
	if (!set_actor(b, c->actor, at, l, note))
		return false;
	for (i = 0; i < WORDS_MAX && c->words[i] != NULL; i++)
		l->words[i] = fill_in(b, at, l, c->words[i]);
	b->next++;
	if (l->full || c->words[i] != NULL) {
		snprintf(note, BENCH_NOTE_MAX, "the command is too long: %s", c->words[0]);
		return false;
	}
	if (find_program(b, l->words[0], l->program, sizeof(l->program)))
		return true;
	snprintf(note, BENCH_NOTE_MAX, "%s is not installed", l->words[0]);
	return false;
}

/* Between vfork and exec: system calls alone. */
static void
become(const struct launch *l)
{
	if (dup2(l->null_fd, 0) < 0 || dup2(l->out_fd, 1) < 0 || dup2(l->err_fd, 2) < 0)
		return;
	if (l->other && (setgroups(0, NULL) != 0 || setresgid(l->gid, l->gid, l->gid) != 0 ||
	    setresuid(l->uid, l->uid, l->uid) != 0))
		return;
	execve(l->program, l->words, l->env);
}

/* As a shell starts things at best: without a copy of its own memory. */
static pid_t
start(const struct launch *l)
{
	pid_t pid = vfork();

	if (pid == 0) {
		become(l);
		_exit(127);
	}
	return pid;
}

/*
 * What was said before is forgotten; so is how much memory we ever had, since a process that begins in ours, as
 * vfork lets it, is taken to have had as much.
 */
static void
start_afresh(const struct bench *b)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!write(fd, "5", 1);
		close(fd);
	}
	if (ftruncate(b->out_fd, 0) != 0 || ftruncate(b->err_fd, 0) != 0)
		return;
	(void)lseek(b->out_fd, 0, SEEK_SET);
	(void)lseek(b->err_fd, 0, SEEK_SET);
}

static void
take_id(struct bench *b)
{
	char id[BENCH_ID_LEN + 2] = "";

	if (pread(b->out_fd, id, sizeof(id) - 1, 0) == BENCH_ID_LEN + 1 && id[BENCH_ID_LEN] == '\n')
		memcpy(b->id, id, BENCH_ID_LEN);
}

static void
describe_failure(const struct bench *b, const char *program, int status, char *note)
{
	char said[160] = "";
	ssize_t n = pread(b->err_fd, said, sizeof(said) - 1, 0);

	said[n > 0 ? n : 0] = '\0';
	said[strcspn(said, "\n")] = '\0';
	snprintf(note, BENCH_NOTE_MAX, "%s ended with status %d: %s", program,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), said);
}

/* Wait for one process; adds what it cost. */
static bool
reap(const struct bench *b, pid_t pid, const char *program, struct bench_cost *cost, char *note)
{
	struct rusage used;
	int status;

	while (wait4(pid, &status, 0, &used) < 0)
		if (errno != EINTR) {
			snprintf(note, BENCH_NOTE_MAX, "%s cannot be waited for: %s", program, strerror(errno));
			return false;
		}
	cost->cpu_ms += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
	if (used.ru_maxrss > cost->peak_kib)
		cost->peak_kib = used.ru_maxrss;
	if (status == 0)
		return true;
	describe_failure(b, program, status, note);
	return false;
}

static bool
run(struct bench *b, struct launch *l, struct bench_cost *cost, char *note)
{
	double from = bench_now_ms();
	pid_t pid = start(l);
	bool ok;

	if (pid < 0) {
		snprintf(note, BENCH_NOTE_MAX, "%s cannot be started: %s", l->words[0], strerror(errno));
		return false;
	}
	ok = reap(b, pid, l->words[0], cost, note);
	cost->ms += bench_now_ms() - from;
	return ok;
}

bool
bench_start(struct bench *b, const struct bench_command *c, enum bench_at at, struct bench_cost *cost, char *note)
{
	static struct launch l;
	bool ok;

	memset(cost, 0, sizeof(*cost));
	if (!prepare(b, c, at, &l, note))
		return false;
	start_afresh(b);
	l.null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ok = l.null_fd >= 0 && run(b, &l, cost, note);
	if (l.null_fd >= 0)
		close(l.null_fd);
	if (ok)
		take_id(b);
	return ok;
}

/* All are prepared before the clock starts. */
bool
bench_crowd(struct bench *b, const struct bench_action *a, enum bench_at at, struct bench_cost *cost, char *note)
{
	struct launch *all = calloc((size_t)b->crowd, sizeof(*all));
	pid_t *pids = calloc((size_t)b->crowd, sizeof(*pids));
	bool ok = all != NULL && pids != NULL;
	int i, null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	double from;

	memset(cost, 0, sizeof(*cost));
	for (i = 0; i < b->crowd && ok; i++) {
		ok = prepare(b, &a->timed, at, &all[i], note);
		all[i].null_fd = null_fd;
	}
	start_afresh(b);
	from = bench_now_ms();
	for (i = 0; i < b->crowd && ok && !a->at_once; i++)
		ok = run(b, &all[i], cost, note);
	for (i = 0; i < b->crowd && ok && a->at_once; i++)
		pids[i] = start(&all[i]);
	for (i = 0; i < b->crowd && a->at_once && pids != NULL; i++)
		if (pids[i] > 0 && !reap(b, pids[i], all[i].words[0], cost, note))
			ok = false;
	cost->ms = bench_now_ms() - from;
	if (null_fd >= 0)
		close(null_fd);
	free(pids);
	free(all);
	return ok;
}
