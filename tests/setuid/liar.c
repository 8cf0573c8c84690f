/* liar.c - a store child that lies: the real one with one of its answers changed on the way to the runner */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/channel.h"
#include "pamlite/place.h"

/*
 * Installed as PREFIX/libexec/pam-lite/store, with the real one beside it as store.real. The file
 * ORDERS says which answer is to be changed and how: the number of a kind of question, a lie, and
 * for some lies a word. Without it everything is passed on as it is.
 */
#define ORDERS "/opt/lie"

struct orders {
	unsigned kind;
	char lie[32], word[PL_DIGEST_LEN + 1];
};

/* What is not for the account that owns the database, each tried; what came of it is said on stderr. */
static void
probe(void)
{
	static const char *const files[] = { "/etc/shadow", PL_CONFIG_DIR "/probe", PL_TASKS_DIR "/probe",
		PL_LOG_DIR "/probe", PL_ANCHOR };
	const pid_t parent = getppid();
	char byte, path[64];
	struct iovec here = { &byte, 1 }, there = { (void *)&byte, 1 };
	size_t i;
	int fd;

	for (i = 0; i < sizeof files / sizeof files[0]; i++) {
		fd = open(files[i], i == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND, 0600);
		fprintf(stderr, "%s: %s\n", files[i], fd < 0 ? strerror(errno) : "opened");
	}
	fprintf(stderr, "setresuid: %s\n", setresuid(0, 0, 0) < 0 ? strerror(errno) : "done");
	fprintf(stderr, "setresgid: %s\n", setresgid(0, 0, 0) < 0 ? strerror(errno) : "done");
	fprintf(stderr, "ptrace: %s\n", ptrace(PTRACE_ATTACH, parent, NULL, NULL) < 0 ? strerror(errno) : "done");
	fprintf(stderr, "kill: %s\n", kill(parent, SIGTERM) < 0 ? strerror(errno) : "done");
	fprintf(stderr, "process_vm_readv: %s\n",
	    process_vm_readv(parent, &here, 1, &there, 1, 0) < 0 ? strerror(errno) : "done");
	(void)snprintf(path, sizeof path, "/proc/%d/mem", (int)parent);
	fprintf(stderr, "mem: %s\n", open(path, O_RDWR) < 0 ? strerror(errno) : "opened");
	(void)snprintf(path, sizeof path, "/proc/%d/fd/0", (int)parent);
	fprintf(stderr, "fd: %s\n", open(path, O_RDONLY) < 0 ? strerror(errno) : "opened");
	fprintf(stderr, "no_new_privs: %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static struct orders
read_orders(void)
{
	struct orders o = { .lie = "none" };
	FILE *f = fopen(ORDERS, "re");

	if (f != NULL) {
		if (fscanf(f, "%u %31s %64s", &o.kind, o.lie, o.word) < 2)
			exit(99);
		fclose(f);
	}
	return o;
}

/* The real one takes nobody for its parent but the process that it was told. */
static pid_t
start_real(char *argv[], int *channel)
{
	char path[256], caller[128];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 8);
	int pair[2];
	pid_t pid;

	if (len < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		exit(99);
	memcpy(path + len, ".real", 6);
	(void)snprintf(caller, sizeof caller, "%.*s,%ld", (int)(strrchr(argv[1], ',') - argv[1]), argv[1],
	    (long)getpid());
	argv[1] = caller;
	pid = fork();
	if (pid == 0) {
		if (dup2(pair[1], PL_CHANNEL_FD) == PL_CHANNEL_FD)
			execv(path, argv);
		_exit(99);
	}
	close(pair[1]);
	*channel = pair[0];
	return pid;
}

static void
pass(const void *bytes, size_t len)
{
	if (send(PL_CHANNEL_FD, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
		exit(0);
}

static void
change(struct pl_answer *a, const struct orders *o)
{
	const char *lie = o->lie;

	if (strcmp(lie, "magic") == 0)
		a->magic ^= 1;
	else if (strcmp(lie, "number") == 0)
		a->number++;
	else if (strcmp(lie, "kind") == 0)
		a->kind++;
	else if (strcmp(lie, "verdict") == 0)
		a->verdict = 1;
	else if (strcmp(lie, "bit") == 0)
		a->verdict = PL_ANSWER_YES ^ 2;
	else if (strcmp(lie, "no") == 0)
		a->verdict = PL_ANSWER_NO;
	else if (strcmp(lie, "yes") == 0)
		a->verdict = PL_ANSWER_YES;
	else if (strcmp(lie, "unended") == 0)
		memset(a->execution, 'a', sizeof a->execution);
	else if (strcmp(lie, "path") == 0)
		strcpy(a->execution, "../../../../../../../../etc/cron.d/x");
	else if (strcmp(lie, "request") == 0)
		strcpy(a->request, "\nLD_PRELOAD=/tmp/evil.so");
	else if (strcmp(lie, "empty") == 0)
		a->execution[0] = '\0';
	else if (strcmp(lie, "definition") == 0)
		memcpy(a->definition, o->word, sizeof a->definition);
}

static void
lie(const struct pl_answer *a, const struct orders *o)
{
	struct {
		struct pl_answer answer;
		char more;
	} message = { *a, 0 };

	change(&message.answer, o);
	if (strcmp(o->lie, "nothing") == 0) {
		for (;;)
			pause();
	}
	if (strcmp(o->lie, "gone") == 0)
		exit(0);
	pass(&message, sizeof *a - (strcmp(o->lie, "short") == 0) + (strcmp(o->lie, "long") == 0));
	if (strcmp(o->lie, "twice") == 0)
		pass(a, sizeof *a);
	if (strcmp(o->lie, "exit") == 0)
		exit(1);
	if (strcmp(o->lie, "killed") == 0)
		(void)raise(SIGKILL);
}

int
main(int argc, char *argv[])
{
	struct orders o = read_orders();
	struct pl_question q;
	struct pl_answer a;
	int real;

	if (argc < 3)
		return 99;
	if (strcmp(o.lie, "probe") == 0)
		probe();
	(void)start_real(argv, &real);
	while (recv(PL_CHANNEL_FD, &q, sizeof q, 0) == (ssize_t)sizeof q) {
		if (send(real, &q, sizeof q, MSG_NOSIGNAL) < 0 || recv(real, &a, sizeof a, 0) != (ssize_t)sizeof a)
			return 98;
		if (q.kind == o.kind)
			lie(&a, &o);
		else
			pass(&a, sizeof a);
	}
	return 0;
}
