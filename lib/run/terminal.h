/* terminal.h - whose turn it is on the caller's terminal: ours or the task's */
#ifndef PAMLITE_RUN_TERMINAL_H
#define PAMLITE_RUN_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct pl_terminal {
	int fd;                   /* the controlling terminal; -1 = none */
	unsigned int standard;    /* a bit for each of 0, 1 and 2 that is it */
	bool relayed;             /* the task has a pseudo-terminal: what it is given is this one's input, raw */
	bool wanted;              /* the task should have it whenever it is ours to give */
	bool given;               /* the task has it now */
	bool has_own, has_task;   /* the modes below are known */
	struct termios own;       /* as we found them */
	struct termios task;      /* as the task left them when it was stopped; relayed: as we set them */
};

/*
 * SIGTTOU must be blocked from here to the close: a background process that
 * touches its terminal is stopped by it.
 */
void pl_terminal_open(struct pl_terminal *t);

/* Is one of 0, 1 and 2 a terminal, but not the controlling one? */
bool pl_terminal_is_foreign(void);

/* Are 0 and 1 both the terminal? In `task | less` the keyboard is the pager's, and so is how output looks. */
bool pl_terminal_is_whole(const struct pl_terminal *t);

/* Is it ours: are we its foreground group? */
bool pl_terminal_is_ours(const struct pl_terminal *t);

/*
 * Make `group` the foreground group, with the modes it had; relayed: set it raw, and keep only how
 * it prints if it is not whole. False if it is not ours to give, in the background, or given.
 */
bool pl_terminal_give(struct pl_terminal *t, pid_t group);

/*
 * Take it back with the modes as they were before it was given; nothing if it is not given. Relayed:
 * only if nobody has set others since.
 */
void pl_terminal_take(struct pl_terminal *t);

/* One line to the person there. False if the terminal does not take it now (^S). */
bool pl_terminal_say(const struct pl_terminal *t, const char *line);

void pl_terminal_close(struct pl_terminal *t);

#endif
