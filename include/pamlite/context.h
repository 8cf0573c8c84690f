/* context.h - what every call shares: who, when, on which database, and what went wrong */
#ifndef PAMLITE_CONTEXT_H
#define PAMLITE_CONTEXT_H

#include <stdarg.h>
#include <stdbool.h>

#include "pamlite/buffer.h"
#include "pamlite/caller.h"
#include "pamlite/clock.h"
#include "pamlite/error.h"
#include "pamlite/status.h"

enum { PL_MESSAGE_MAX = 1023, PL_TARGET_MAX = 255 };

/* The last failure. Fixed buffers: reporting never allocates. */
struct pl_failure {
	enum pl_error error;
	enum pl_status status;
	char message[PL_MESSAGE_MAX + 1];
	char target[PL_TARGET_MAX + 1];    /* the object it is about; "" = none */
	char hint[PL_MESSAGE_MAX + 1];     /* the next step; "" = none */
};

/*
 * Things to tell the user that are not errors. They are kept until the database
 * is unlocked, since nothing is ever printed with a lock held: lists of lines.
 */
enum pl_note { PL_NOTE_WARNING, PL_NOTE_VERBOSE, PL_NOTE_WHAT_IF, PL_NOTE_KINDS };

/* What the caller asked of a listing; bound from the common parameters of Get and Search. */
struct pl_list_options {
	char *filter;           /* NULL = none */
	char *sort_by;          /* NULL = newest first */
	bool descending;
	int64_t limit;          /* rows; 0 = no limit */
	bool warn_when_cut;     /* note a warning if there were more */
};

struct pl_store;
struct pl_operation;
struct pl_file;

/*
 * One context serves one command, one thread and one database. Time is read
 * into `clock` at the start of each operation and nowhere else.
 */
struct pl_ctx {
	struct pl_failure failure;
	struct pl_clock clock;
	bool clock_fixed;                /* tests and replays set the clock themselves */
	struct pl_caller caller;
	struct pl_list_options list;
	struct pl_store *store;          /* owned by lib/store */
	const char *principal;           /* the caller's short name, while an operation is under way */
	struct pl_operation *operation;  /* the one under way; owned by lib/model */
	struct pl_buf notes[PL_NOTE_KINDS];
	bool what_if;                    /* check everything, change nothing */
	bool verbose;
	bool force;                      /* -Force: replace an output file that exists */
	const char *term;                /* the caller's TERM as it came, unchecked; NULL = unset; borrowed */
	int front_fd;                    /* pidfd of the caller's process, whom this one acts for; 0 = it is his own */
	int input_fd;                    /* the file that a parameter of type PL_PARAM_IN_PATH names; -1 = none */
	const char *called;              /* what its program is called there; NULL = its path */
	const char *definition;          /* system database: digest of the task file that root wrote; NULL = none */
	struct pl_file *file;            /* where one of type PL_PARAM_OUT_PATH is written; NULL = none; borrowed */
	int task_status;                 /* what to exit with after a run() of PL_RUNS_TASK or PL_MONITORS */
};

void pl_ctx_init(struct pl_ctx *ctx);
/* Frees what the context owns. The store must be closed before. */
void pl_ctx_clear(struct pl_ctx *ctx);

/*
 * Note a failure where its facts are, once; returns the error's status. Target
 * and hint of the last failure are emptied.
 *     return pl_fail(ctx, PL_ERR_NOT_PENDING, "request %s is not pending", id);
 */
enum pl_status pl_fail(struct pl_ctx *ctx, enum pl_error error, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The object that the last failure is about, and the way out; both return its status. */
enum pl_status pl_target(struct pl_ctx *ctx, const char *target);
enum pl_status pl_hint(struct pl_ctx *ctx, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put in front of the last failure's message what it is about, "line 3"; returns its status. */
enum pl_status pl_fail_at(struct pl_ctx *ctx, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Is the caller's process gone? What it asked for may be half seen by nobody: nothing
 * further is begun for it. Failure: PL_E_OS (CallerGone).
 */
enum pl_status pl_check_front(struct pl_ctx *ctx);
/* Wait until `fd` is ready for `events` (POLLIN, POLLOUT) or time is over (ms; -1 = never). False: nobody asks now. */
bool pl_wait_with_front(const struct pl_ctx *ctx, int fd, short events, int timeout_ms);

/* Allocation has failed. */
enum pl_status pl_fail_memory(struct pl_ctx *ctx);

/* Forget the last failure. */
void pl_ctx_forgive(struct pl_ctx *ctx);

/* Keep a line for the user until it may be printed. Verbose lines only if ctx->verbose. */
void pl_note(struct pl_ctx *ctx, enum pl_note kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
