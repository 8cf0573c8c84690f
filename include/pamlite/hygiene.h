/* hygiene.h - what a privileged program does before anything else, and how it gives its power up */
#ifndef PAMLITE_HYGIENE_H
#define PAMLITE_HYGIENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The steps that gate and runner share; each names in its source the attack that it
 * answers. They use the C library alone, allocate nothing and print nothing: each returns
 * NULL, or one constant line that says what could not be done. Order: as here.
 */

/* For who has no other way to tell: "pam-lite: WHAT" on stderr, and to end so. With a fault of NULL nothing happens. */
void pl_hygiene_say(const char *what);
_Noreturn void pl_hygiene_fail(int status, const char *what);
void pl_hygiene_check(int status, const char *fault);

/* 0, 1 and 2 are open; nothing else is. */
const char *pl_hygiene_descriptors(void);

/* Who calls, as the kernel says. */
struct pl_hygiene_caller {
	uid_t uid;
	uint32_t login_uid;        /* UINT32_MAX = unset */
	uint32_t terminal;         /* device number; 0 = none */
	pid_t parent;
};
const char *pl_hygiene_caller(struct pl_hygiene_caller *out);

/* A pidfd of the parent, which root may send a stop to: a process of the caller's, and still his when it was opened. */
const char *pl_hygiene_front(const struct pl_hygiene_caller *caller, int *pidfd);

/* This process is root, as the file's mode says; else whether the installation or the caller is why not. */
const char *pl_hygiene_power(void);

/*
 * All default, and those ignored that a caller could send or cause. With `relays` those that are
 * passed on to a task stay as the caller had them, default or ignored (nohup), and are blocked.
 */
const char *pl_hygiene_signals(bool relays);
/* One that waits, not ignored, and would end a program; 0 = none. */
int pl_hygiene_interrupted(void);
void pl_hygiene_timers(void);
/* umask 077, directory / */
const char *pl_hygiene_place(void);
void pl_hygiene_limits(void);
void pl_hygiene_scheduling(void);

/* The whole environment of a privileged program; ends with NULL. */
extern char *const pl_hygiene_environment[];

/*
 * Become that account for good, with these supplementary groups, and prove that there is no way back:
 * all ids read back, no capability left, neither root nor the caller's uid to be had again.
 * Safe after a fork.
 */
const char *pl_hygiene_become(uid_t uid, gid_t gid, const gid_t *groups, size_t count);

#endif
