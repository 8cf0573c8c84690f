/* relay.h - bytes between the caller's terminal and the task's pseudo-terminal */
#ifndef PAMLITE_RUN_RELAY_H
#define PAMLITE_RUN_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "pamlite/run.h"

#include "run/pty.h"
#include "run/terminal.h"

enum { PL_RELAY_SIZE = 16384, PL_RELAY_FDS = 2 };

/* What was read at one side and not yet written at the other. */
struct pl_flow {
	size_t at, len;
	char bytes[PL_RELAY_SIZE];
};

struct pl_relay {
	struct pl_terminal *terminal;
	struct pl_pty pty;
	struct pl_recorder *recorder;   /* NULL = nothing is recorded */
	bool copied;              /* the pty has the modes of the caller's terminal */
	bool hung_up;             /* the caller's terminal is gone */
	bool refused;             /* it gave us no input: we are no longer its foreground */
	size_t left;              /* bytes that may still be read from the task */
	struct pl_flow in, out;
};

/*
 * A pseudo-terminal of spec->account for a task whose 0, 1 or 2 is the caller's terminal; the
 * terminal is relayed from now on. Whoever is there is told first where it is recorded, on a line that is not itself.
 * False with errno set. Nothing here ever blocks.
 */
bool pl_relay_open(struct pl_relay *r, struct pl_terminal *terminal, const struct pl_run_spec *spec);

/* The terminal was given, or its size has changed: the pty follows. Returns whether it had another size. */
bool pl_relay_follow(struct pl_relay *r);

/* What to wait for, and then to do. Input is read only while the terminal is given. */
void pl_relay_wants(const struct pl_relay *r, struct pollfd fds[PL_RELAY_FDS]);
void pl_relay_move(struct pl_relay *r, const struct pollfd fds[PL_RELAY_FDS]);

/* Before the job stops: what the task has printed by now, as far as the terminal takes it. */
void pl_relay_flush(struct pl_relay *r);

/* The task has ended: what is under way is finite now, also if something that it left prints for ever. */
void pl_relay_finish(struct pl_relay *r);
bool pl_relay_is_empty(const struct pl_relay *r);

void pl_relay_close(struct pl_relay *r);

#endif
