/* run.h - run one program for somebody: no shell, nothing inherited, watched to its end */
#ifndef PAMLITE_RUN_H
#define PAMLITE_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/end.h"

/*
 * By ending with this signal the runner says that it has done nothing, since the task takes parameters and none were
 * given; unless it was told by the word that those approved have been asked for.
 */
#define PL_RUN_WANTS SIGUSR1
#define PL_RUN_ASKED_WORD "--asked"

/* A program that was looked at and can be executed: the descriptor stays open on what was checked. */
struct pl_program {
	char *path;
	int fd;            /* -1 = none */
	bool script;       /* begins with #!: must be run by its path */
};

/*
 * Open the program and check it: a regular file, executable by this process,
 * and, where `sha256` is not NULL, of that digest. The caller clears it.
 *
 * PL_E_NO_PROGRAM (ProgramNotFound)            there is no such file
 * PL_E_NOT_EXECUTABLE (ProgramNotExecutable)   a directory, without permission, another digest
 */
enum pl_status pl_program_open(struct pl_ctx *ctx, const char *path, const char *sha256, struct pl_program *out);

/*
 * The same for what root runs: opened as trusted.h says, so that nobody else can have changed it,
 * and not setuid or setgid. Of a script also its interpreter, and what runs that if it is a script too,
 * must be nobody else's to change (run/interpreter.h).
 *
 * PL_E_DENIED (ProgramNotTrusted)       somebody else than root can change one of them; setuid or setgid
 * PL_E_NO_PROGRAM, PL_E_NOT_EXECUTABLE  as above, of an interpreter too
 */
enum pl_status pl_program_open_trusted(struct pl_ctx *ctx, const char *path, const char *sha256,
    struct pl_program *out);
void pl_program_clear(struct pl_program *p);

/* Why a task should end before it ends itself. The first that is not PL_RUN_GO_ON counts. */
enum pl_run_verdict { PL_RUN_GO_ON, PL_RUN_REVOKED, PL_RUN_STOPPED, PL_RUN_WINDOW_OVER };

/*
 * As whom a task runs on the system database. Its groups are the account's, never
 * the caller's.
 */
struct pl_run_account {
	uid_t uid;
	gid_t gid;
	gid_t *groups;                    /* supplementary ones, with gid among them */
	size_t group_count;
	char *name, *home, *shell;
};

/*
 * Look the account up now. The caller clears *out.
 * PL_E_NOT_EXECUTABLE (RunAsNotFound)  there is no such account
 */
enum pl_status pl_run_account_find(struct pl_ctx *ctx, const char *name, struct pl_run_account *out);
void pl_run_account_clear(struct pl_run_account *a);

struct pl_recorder;

struct pl_run_spec {
	const struct pl_program *program;
	const char *name;                 /* argv[0]; NULL = the program's path */
	const char *arguments;            /* list: argv[1..] */
	const char *environment;          /* map: the whole environment */
	const char *working_directory;    /* NULL = / */
	int64_t warn_at;                  /* Unix seconds: say on the terminal that the end is near; PL_NULL = never */
	/*
	 * NULL: as the caller himself, in his session. Otherwise by root as that account, in a
	 * session of its own: on a pseudo-terminal if 0, 1 or 2 is the caller's terminal.
	 */
	const struct pl_run_account *account;
	pid_t front;                      /* the task is ended when this process is gone; 0 = nobody */
	int front_fd;                     /* its pidfd: the caller's, opened while it was known to be that one */
	/*
	 * Asked twice a second, and once between two of these when *poll_fd (NULL, or -1 for the moment: none) can
	 * be read. Takes no longer than the database's lock, or, where there is a poll_fd, never waits.
	 */
	enum pl_run_verdict (*poll)(void *arg);
	const int *poll_fd;
	void *arg;
	/*
	 * NULL, or, with an account, where the session is recorded: all that the pseudo-terminal shows, and what is
	 * typed while it echoes. 0 and 1, where they are not the caller's terminal, are counted on their way.
	 * The task is ended when it cannot be recorded any more.
	 */
	struct pl_recorder *recorder;
};

/* What went through 0 or 1 of a recorded run. */
struct pl_run_count {
	int64_t bytes;                      /* PL_NULL = it was the terminal, or nothing was recorded */
	char sha256[PL_DIGEST_LEN + 1];
	int error;                          /* errno: it could not be passed on to its end; 0 = it was */
};

struct pl_run_result {
	enum pl_end_reason reason;
	int exit_status;           /* 0..255; -1 if a signal ended it */
	int signal;                /* 0 if none */
	int64_t ended_at;          /* Unix seconds: when the program itself ended; what it had printed may come later */
	struct pl_run_count in, out;
};

/*
 * Run the program in a process group of its own with descriptors 0, 1 and 2 as
 * they are and nothing else, default signal dispositions, umask 022, no core.
 * On a terminal the group becomes the foreground one, and ^Z and fg work.
 * Signals that others send to this process are passed on; if it dies, the program
 * gets TERM. To end it: TERM to the group,
 * after 5 s KILL. Returns when the program itself has ended and what it has printed is where it goes;
 * the terminal is as before. While that is waited for spec->poll is asked too: a verdict then ends the
 * wait and not what has ended.
 *
 * With an account: those of 0, 1 and 2 that are the caller's terminal become a pseudo-terminal of
 * the account, which is relayed; the rest passes through. Resource limits are fixed ones, the
 * keyring is new, and the task can gain no power unless it is root's. A monitor, a process of
 * root's between us and the task, ends it if this process is killed (TERM, after 5 s KILL) and puts
 * the terminal right. While a shell has the job stopped, and there is a front, spec->poll is
 * asked all the same. A revoked or stopped task ends with all that it has started, where there are
 * control groups of version 2. PL_END_UNKNOWN: the monitor was killed, and the task with it.
 *
 * PL_E_NO_PROGRAM, PL_E_NOT_EXECUTABLE  the kernel refused to execute it (also a missing interpreter)
 * PL_E_RUN (RunFailed)                  it could not be started
 */
enum pl_status pl_run(struct pl_ctx *ctx, const struct pl_run_spec *spec, struct pl_run_result *out);

/*
 * Out of a control group that somebody else than root has been given, into one of root's, where
 * there are any: in his own the caller could freeze whoever ends his task. For root, before the first fork.
 */
void pl_run_apart(void);

/*
 * Give a terminal the modes back that it had before a run, where whoever has set it raw was killed. Only while it
 * is raw: else a shell has been quicker, and has modes of its own by now. fd -1 = none.
 */
void pl_run_put_right(int fd, const struct termios *modes);

/*
 * The environment of a task, from constants and the account it runs as, as a
 * map: PATH HOME USER LOGNAME SHELL LC_ALL TERM, PAMLITE_REQUEST, PAMLITE_REQUESTOR and
 * then the task's own. `term` is the caller's TERM, taken only if it is a plain word.
 */
struct pl_run_identity {
	const char *account, *home, *shell;
	const char *term;
	const char *request;       /* NULL = no request: a system account */
	const char *requestor;
};
/* The caller's TERM as a task gets it: what is no plain word is "dumb". */
const char *pl_run_term(const char *term);
bool pl_run_environment(const struct pl_run_identity *id, const char *task_environment, struct pl_buf *out);

#endif
