/* command_process.h - run a command's table in a process of its own, as a shell would */
#ifndef PAMLITE_TESTS_COMMAND_PROCESS_H
#define PAMLITE_TESTS_COMMAND_PROCESS_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/buffer.h"
#include "pamlite/command.h"

enum { PROCESS_WORDS = 12 };

/* What a process printed and ended with. On a terminal both streams are in `out`. */
struct process {
	struct pl_buf out, err;
	int status;
};

static inline int
process_arguments(const char *const words[], char *argv[PROCESS_WORDS + 2])
{
	int argc = 1;

	argv[0] = strdup("argv0");
	while (argc <= PROCESS_WORDS && words[argc - 1] != NULL) {
		argv[argc] = strdup(words[argc - 1]);
		argc++;
	}
	argv[argc] = NULL;
	return argc;
}

static inline void
process_command(const struct pl_command *command, const char *const words[])
{
	char *argv[PROCESS_WORDS + 2];
	int argc = process_arguments(words, argv), status = pl_command_main(command, argc, argv);

	while (argc > 0)
		free(argv[--argc]);
	exit(status);
}

static inline void
process_wait(struct process *p, pid_t child)
{
	int status;

	waitpid(child, &status, 0);
	p->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline void
process_read(int fd, struct pl_buf *out)
{
	char block[4096];
	ssize_t n;

	while ((n = read(fd, block, sizeof block)) > 0)
		pl_buf_bytes(out, block, (size_t)n);
}

static inline void
process_init(struct process *p)
{
	pl_buf_init(&p->out);
	pl_buf_init(&p->err);
	p->status = -1;
}

static inline void
process_clear(struct process *p)
{
	pl_buf_clear(&p->out);
	pl_buf_clear(&p->err);
}

/* Standard input is a pipe with `input`, or /dev/null if it is NULL. */
static inline void
process_run(struct process *p, const struct pl_command *command, const char *const words[], const char *input)
{
	int in[2], out[2], err[2];
	pid_t child;

	process_init(p);
	fflush(NULL);
	if (pipe(in) != 0 || pipe(out) != 0 || pipe(err) != 0)
		abort();
	child = fork();
	if (child == 0) {
		dup2(input != NULL ? in[0] : open("/dev/null", O_RDONLY), 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		close(in[0]), close(in[1]), close(out[0]), close(out[1]), close(err[0]), close(err[1]);
		process_command(command, words);
	}
	close(in[0]), close(out[1]), close(err[1]);
	/* The command may end without reading it. */
	signal(SIGPIPE, SIG_IGN);
	if (input != NULL && write(in[1], input, strlen(input)) < 0 && errno != EPIPE)
		abort();
	signal(SIGPIPE, SIG_DFL);
	close(in[1]);
	process_read(out[0], &p->out);
	process_read(err[0], &p->err);
	close(out[0]), close(err[0]);
	process_wait(p, child);
}

/* On a terminal, where `typed` is written all at once. */
static inline void
process_run_terminal(struct process *p, const struct pl_command *command, const char *const words[], const char *typed)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	pid_t child;

	process_init(p);
	fflush(NULL);
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		abort();
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	child = fork();
	if (child == 0) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		dup2(slave, 0);
		dup2(slave, 1);
		dup2(slave, 2);
		close(slave);
		close(master);
		process_command(command, words);
	}
	close(slave);
	if (write(master, typed, strlen(typed)) < 0)
		abort();
	process_read(master, &p->out);
	close(master);
	process_wait(p, child);
}

#endif
