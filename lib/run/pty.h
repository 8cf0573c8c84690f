/* pty.h - a pseudo-terminal for the task, of its own account */
#ifndef PAMLITE_RUN_PTY_H
#define PAMLITE_RUN_PTY_H

#include <stdbool.h>

#include "pamlite/run.h"

struct pl_pty {
	int master, slave;   /* -1 = none */
};

/* False with errno set; then there is none. The master never blocks. */
bool pl_pty_open(struct pl_pty *p, const struct pl_run_account *account);
void pl_pty_close_slave(struct pl_pty *p);
void pl_pty_close(struct pl_pty *p);

#endif
