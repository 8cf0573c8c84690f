/* front.h - the caller's side of a command on the system database: it starts the part that acts, and waits for it */
#ifndef PAMLITE_COMMAND_FRONT_H
#define PAMLITE_COMMAND_FRONT_H

#include "command/bind/words.h"
#include "session.h"

/* One run of the second phase of a command. */
struct pl_second {
	const char *command;                /* of the gate's list */
	const struct pl_words *words;
	int in;                             /* its descriptor 0; -1 = /dev/null */
	int out;                            /* its descriptor 1; -1 = ours */
	struct pl_buf *captured;            /* NULL; else what it prints is appended here */
	struct pl_buf *errors;              /* NULL = our stderr; else what it says there is appended here */
};

/*
 * Start it through the gate and wait. *status is what it exited with, having said why.
 *
 * PL_E_CONFIG (NotInstalled)     there is no gate
 * PL_E_USAGE (InvalidText)       the words are too long for the kernel
 * PL_E_IO (OutcomeUnknown)       it was killed
 */
enum pl_status pl_front_second(struct pl_ctx *ctx, const struct pl_second *second, int *status);

/*
 * Start the runner with our descriptors and wait. The statuses are the same. *wants: it has done nothing, because the
 * task takes parameters and there are none among the words (PL_RUN_ASKED_WORD). NULL: it has no reason to.
 */
enum pl_status pl_front_runner(struct pl_ctx *ctx, const struct pl_words *words, int *status, bool *wants);

/* Start it with `out` as its descriptor 1 and no input; and wait for it. */
enum pl_status pl_front_runner_start(struct pl_ctx *ctx, const struct pl_words *words, int out, pid_t *pid);
enum pl_status pl_front_wait(struct pl_ctx *ctx, pid_t pid, int *status);

/* What the caller gave, as words for the second phase; without what only this phase needs. */
void pl_front_words(const struct pl_session *s, struct pl_words *out);

/*
 * Where the command asks before it acts: ask, on what the database says now, and pin that with further words.
 * *status not 0: the database's side has said why not. PL_FALSE: the answer was No.
 */
enum pl_status pl_front_confirm(struct pl_session *s, struct pl_words *words, int *status);

/*
 * Ask now and not again, for a command that then takes a lock of root's: nobody holds one while a person thinks.
 * s->exited: the database's side has said why not.
 */
enum pl_status pl_front_ask(struct pl_session *s);

/*
 * Would the second phase do it? `words` say that it only looks. What it has to say is told only where it refuses, and
 * then *status is another than 0.
 */
enum pl_status pl_front_rehearse(struct pl_session *s, const struct pl_words *words, int in, int *status);

/* The whole command on the system database: confirmation, second phase, output file. The exit status is final. */
enum pl_status pl_front_act(struct pl_session *s);

/* The same for the command that runs a task, and for the one that shows a recording: through the runner. */
enum pl_status pl_front_invoke(struct pl_session *s);
enum pl_status pl_front_replay(struct pl_session *s);

#endif
