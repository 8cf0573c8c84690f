/* entry.c - the way of a new process to the task's program: it keeps nothing but 0, 1 and 2 */

#include "run/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pamlite/hygiene.h"
#include "pamlite/list.h"

#include "run/limits.h"

enum step { STEP_PREPARE, STEP_ACCOUNT, STEP_DIRECTORY, STEP_EXECUTE };

/* What the process says if it does not get as far as the program; the end of the socket says that it did. */
struct failure {
	enum step step;
	int error;
	char what[120];            /* STEP_ACCOUNT */
};

static void
vector_clear(struct pl_vector *v)
{
	free(v->words);
	free(v->text);
	*v = (struct pl_vector){ 0 };
}

static bool
vector_make(struct pl_vector *v, const char *first, const char *list)
{
	struct pl_buf text;
	struct pl_item it;
	size_t count, i;
	char *at;

	*v = (struct pl_vector){ 0 };
	pl_buf_init(&text);
	if (first != NULL)
		pl_buf_bytes(&text, first, strlen(first) + 1);
	while (pl_list_next(&list, &it)) {
		pl_buf_bytes(&text, it.text, it.len);
		pl_buf_char(&text, '\0');
	}
	for (count = 0, i = 0; i < text.len; i++)
		count += text.text[i] == '\0';
	v->text = pl_buf_take(&text);
	v->words = calloc(count + 1, sizeof(*v->words));
	if (v->text == NULL || v->words == NULL) {
		vector_clear(v);
		return false;
	}
	for (i = 0, at = v->text; i < count; at += strlen(at) + 1)
		v->words[i++] = at;
	return true;
}

enum pl_status
pl_entry_open(struct pl_ctx *ctx, const struct pl_run_spec *spec, struct pl_entry *e)
{
	*e = (struct pl_entry){ .spec = spec, .socket = { -1, -1 }, .watcher = getpid(), .slave = -1,
		.standard = { -1, -1, -1 } };
	if (!vector_make(&e->arguments, spec->name != NULL ? spec->name : spec->program->path, spec->arguments) ||
	    !vector_make(&e->environment, NULL, spec->environment))
		return pl_fail_memory(ctx);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, e->socket) == 0)
		return PL_OK;
	e->socket[0] = e->socket[1] = -1;
	return pl_fail(ctx, PL_ERR_RUN_FAILED, "a socket cannot be made: %s", strerror(errno));
}

/* The C library keeps two signals to itself and refuses them; a caller may have ignored these too. */
static void
default_signals(void)
{
	static const unsigned long kernel_default[4];   /* the kernel's own struct sigaction: SIG_DFL, no flags */
	const struct sigaction deflt = { .sa_handler = SIG_DFL };
	int sig;

	for (sig = 1; sig < _NSIG; sig++)
		if (sigaction(sig, &deflt, NULL) != 0)
			(void)syscall(SYS_rt_sigaction, sig, kernel_default, NULL, _NSIG / 8);
}

/*
 * On a private database the process that invokes is the only one that watches
 * the task. With a kill -9 of his own invoke a user could free his task of every
 * later revocation or stop: so the task is told to end when its watcher does.
 */
static bool
end_with(pid_t watcher)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
		return false;
	if (getppid() == watcher)
		return true;
	errno = ESRCH;
	return false;   /* it was gone before it was asked for */
}

static bool
enter_own(const struct pl_entry *e)
{
	const struct rlimit none = { 0, 0 };

	return end_with(e->watcher) && setrlimit(RLIMIT_CORE, &none) == 0;
}

/* On the task's own terminal nothing can be typed into the caller's (TIOCSTI: CVE-2005-4890, CVE-2016-2779). */
static bool
enter_streams(const struct pl_entry *e)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (e->standard[fd] >= 0 && dup2(e->standard[fd], fd) != fd)
			return false;
	return true;
}

/* NULL, or what could not be done. */
static const char *
enter_account(const struct pl_run_account *account)
{
	const char *what;

	pl_limits_set();
	what = pl_hygiene_become(account->uid, account->gid, account->groups, account->group_count);
	if (what != NULL)
		return what;
	/* What the caller keeps in his keyring, and who looks into the task's, is not for the other. */
	(void)syscall(SYS_keyctl, 1 /* join a session keyring, a new one */, NULL);
	if (account->uid != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return "the task could gain more power than its account has";
	return NULL;
}

/* From here to the exec only what is safe after a fork. */
static enum step
become_program(const struct pl_entry *e, struct failure *failure)
{
	const struct pl_program *program = e->spec->program;
	const struct pl_run_account *account = e->spec->account;
	const char *directory = e->spec->working_directory, *what;
	sigset_t empty;

	default_signals();
	umask(022);
	if (account == NULL ? !enter_own(e) : !enter_streams(e))
		return STEP_PREPARE;
	/* Closed by the exec and not before it: the program's own descriptor and the socket are among them. */
	if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		return STEP_PREPARE;
	what = account != NULL ? enter_account(account) : NULL;
	if (what != NULL) {
		strncpy(failure->what, what, sizeof(failure->what) - 1);
		return STEP_ACCOUNT;
	}
	if (chdir(directory != NULL ? directory : "/") != 0)
		return STEP_DIRECTORY;
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	/* The interpreter of a script opens it again by name, after the descriptor is closed. */
	if (program->script)
		execve(program->path, e->arguments.words, e->environment.words);
	else
		execveat(program->fd, "", e->arguments.words, e->environment.words, AT_EMPTY_PATH);
	return STEP_EXECUTE;
}

void
pl_entry_run(struct pl_entry *e)
{
	struct failure failure = { 0 };
	char go;

	pl_entry_close_end(e, 0);
	if (read(e->socket[1], &go, 1) == 1) {
		failure.step = become_program(e, &failure);
		failure.error = errno;
		if (write(e->socket[1], &failure, sizeof(failure)) < 0)
			_exit(PL_E_OS);
	}
	_exit(PL_E_RUN);
}

static enum pl_status
fail_step(struct pl_ctx *ctx, const struct pl_run_spec *spec, const struct failure *failure)
{
	const char *path = spec->program->path, *why = strerror(failure->error);

	if (failure->step == STEP_PREPARE)
		return pl_fail(ctx, PL_ERR_RUN_FAILED, "the process for %s cannot be prepared: %s", path, why);
	if (failure->step == STEP_ACCOUNT)
		return pl_fail(ctx, PL_ERR_RUN_FAILED, "the process for %s cannot become %s: %s", path,
		    spec->account->name != NULL ? spec->account->name : "its account", failure->what);
	if (failure->step == STEP_DIRECTORY)
		return pl_fail(ctx, PL_ERR_RUN_FAILED, "the working directory %s cannot be entered: %s",
		    spec->working_directory != NULL ? spec->working_directory : "/", why);
	switch (failure->error) {
	case ENOENT:
	case ENOTDIR:
		pl_fail(ctx, PL_ERR_PROGRAM_MISSING, "the program %s, or the interpreter that it names, does not exist",
		    path);
		break;
	case EAGAIN:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		pl_fail(ctx, PL_ERR_RUN_FAILED, "the program %s cannot be started: %s", path, why);
		break;
	default:
		pl_fail(ctx, PL_ERR_PROGRAM_REFUSED, "the program %s cannot be executed: %s", path, why);
		break;
	}
	return pl_target(ctx, path);
}

enum pl_status
pl_entry_release(struct pl_ctx *ctx, struct pl_entry *e)
{
	struct failure failure;
	ssize_t n;

	do
		n = send(e->socket[0], "", 1, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
		return PL_OK;   /* somebody has killed it: seen as its end */
	if (n < 0)
		return pl_fail(ctx, PL_ERR_RUN_FAILED, "the process for %s cannot be released: %s",
		    e->spec->program->path, strerror(errno));
	do
		n = read(e->socket[0], &failure, sizeof(failure));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(failure) ? fail_step(ctx, e->spec, &failure) : PL_OK;
}

void
pl_entry_close_end(struct pl_entry *e, int end)
{
	if (e->socket[end] >= 0)
		close(e->socket[end]);
	e->socket[end] = -1;
}

void
pl_entry_close(struct pl_entry *e)
{
	pl_entry_close_end(e, 0);
	pl_entry_close_end(e, 1);
	vector_clear(&e->arguments);
	vector_clear(&e->environment);
}
