/* child.c - from a checked program to a process that has inherited nothing but 0, 1 and 2 */

#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pamlite/list.h"

/* The argument vectors are made before the fork: nothing may be allocated after it. */
struct vector {
	char **words;
	char *text;
};

enum step { STEP_PREPARE, STEP_DIRECTORY, STEP_EXECUTE };

/* What the child says if it does not get as far as the program; the end of the socket says that it did. */
struct failure {
	enum step step;
	int error;
};

struct plan {
	const struct pl_run_spec *spec;
	struct vector arguments;
	struct vector environment;
	int socket[2];             /* ours, the child's */
	pid_t watcher;             /* this process */
};

static void
vector_clear(struct vector *v)
{
	free(v->words);
	free(v->text);
	*v = (struct vector){ 0 };
}

static bool
vector_make(struct vector *v, const char *first, const char *list)
{
	struct pl_buf text;
	struct pl_item it;
	size_t count, i;
	char *at;

	*v = (struct vector){ 0 };
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

/* From here to the exec only what is safe after a fork. */
static enum step
become_program(const struct plan *plan)
{
	const struct pl_program *program = plan->spec->program;
	const char *directory = plan->spec->working_directory;
	const struct rlimit none = { 0, 0 };
	sigset_t empty;

	default_signals();
	umask(022);
	if (!end_with(plan->watcher))
		return STEP_PREPARE;
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return STEP_PREPARE;
	/* Closed by the exec and not before it: the program's own descriptor and the socket are among them. */
	if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		return STEP_PREPARE;
	if (chdir(directory != NULL ? directory : "/") != 0)
		return STEP_DIRECTORY;
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	/* The interpreter of a script opens it again by name, after the descriptor is closed. */
	if (program->script)
		execve(program->path, plan->arguments.words, plan->environment.words);
	else
		execveat(program->fd, "", plan->arguments.words, plan->environment.words, AT_EMPTY_PATH);
	return STEP_EXECUTE;
}

static _Noreturn void
child_main(const struct plan *plan)
{
	struct failure failure;
	char go;

	close(plan->socket[0]);
	if (read(plan->socket[1], &go, 1) == 1) {
		failure.step = become_program(plan);
		failure.error = errno;
		if (write(plan->socket[1], &failure, sizeof(failure)) < 0)
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

/*
 * The child waits for a word from us, so that no instruction of the task runs
 * before it can be watched, has its group, and that group the terminal.
 */
static enum pl_status
release(struct pl_ctx *ctx, const struct plan *plan, struct pl_terminal *terminal, struct pl_child *child)
{
	struct failure failure;
	ssize_t n;

	child->pidfd = pidfd_open(child->pid, 0);
	if (child->pidfd < 0 || setpgid(child->pid, child->pid) != 0)
		return pl_fail(ctx, PL_ERR_RUN_FAILED, "the process for %s cannot be watched: %s",
		    plan->spec->program->path, strerror(errno));
	if (terminal->wanted)
		pl_terminal_give(terminal, child->pid);
	if (send(plan->socket[0], "", 1, MSG_NOSIGNAL) != 1)
		return PL_OK;   /* somebody has killed it: seen as its end */
	do
		n = read(plan->socket[0], &failure, sizeof(failure));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(failure) ? fail_step(ctx, plan->spec, &failure) : PL_OK;
}

static enum pl_status
start(struct pl_ctx *ctx, struct plan *plan, struct pl_terminal *terminal, struct pl_child *out)
{
	sigset_t all, before;
	enum pl_status st;
	int error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, plan->socket) != 0)
		return pl_fail(ctx, PL_ERR_RUN_FAILED, "a socket cannot be made: %s", strerror(errno));
	/* No handler of ours may run in the child. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	out->pid = fork();
	error = errno;
	if (out->pid == 0)
		child_main(plan);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(plan->socket[1]);
	if (out->pid < 0) {
		out->pid = 0;
		st = pl_fail(ctx, PL_ERR_RUN_FAILED, "a process cannot be made: %s", strerror(error));
	} else {
		st = release(ctx, plan, terminal, out);
	}
	close(plan->socket[0]);
	return st;
}

enum pl_status
pl_child_start(struct pl_ctx *ctx, const struct pl_run_spec *spec, struct pl_terminal *terminal, struct pl_child *out)
{
	struct plan plan = { .spec = spec, .watcher = getpid() };
	enum pl_status st;

	*out = (struct pl_child){ .pidfd = -1 };
	if (vector_make(&plan.arguments, spec->program->path, spec->arguments) &&
	    vector_make(&plan.environment, NULL, spec->environment))
		st = start(ctx, &plan, terminal, out);
	else
		st = pl_fail_memory(ctx);
	if (st != PL_OK)
		pl_child_reap(out);
	vector_clear(&plan.arguments);
	vector_clear(&plan.environment);
	return st;
}

void
pl_child_signal(const struct pl_child *child, int sig)
{
	kill(-child->pid, sig);
	/* A task may move to another group of its session, out of the reach of the first. */
	if (getpgid(child->pid) != child->pid)
		pidfd_send_signal(child->pidfd, sig, NULL, 0);
}

int
pl_child_stopped(const struct pl_child *child)
{
	siginfo_t info = { 0 };

	if (waitid(P_PIDFD, (id_t)child->pidfd, &info, WSTOPPED | WNOHANG) != 0 || info.si_pid == 0)
		return 0;
	return info.si_status;
}

int
pl_child_ended(const struct pl_child *child, siginfo_t *how)
{
	*how = (siginfo_t){ 0 };
	if (waitid(P_PIDFD, (id_t)child->pidfd, how, WEXITED | WNOHANG | WNOWAIT) != 0)
		return -1;
	return how->si_pid != 0;
}

/* A child that was never released ends by itself when the socket is closed. */
void
pl_child_reap(struct pl_child *child)
{
	if (child->pid > 0)
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (child->pidfd >= 0)
		close(child->pidfd);
	*child = (struct pl_child){ .pidfd = -1 };
}
