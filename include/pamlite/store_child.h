/* store_child.h - the runner's store child: started, asked, started again */
#ifndef PAMLITE_STORE_CHILD_H
#define PAMLITE_STORE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pamlite/channel.h"
#include "pamlite/hygiene.h"
#include "pamlite/run.h"

/* A question is answered within this time, the lock's wait and its hold in it, or not at all. */
enum { PL_STORE_CHILD_DEADLINE_MS = 55000, PL_STORE_CHILD_FAILURES_MAX = 3 };

struct pl_store_child {
	pid_t pid;                  /* 0 = none */
	int fd;                     /* -1 = none */
	char **argv;                /* its argument vector; the caller is argv[1] */
	char caller[64];
	uint32_t number;            /* of the last question */
	int status;                 /* what the last one exited with, having said why; -1 = it did not */
	/* While the task runs. */
	struct pl_question watch;   /* the question that is out, or was last */
	bool waiting;
	int64_t asked_ms;
	int failures;               /* in a row */
	char execution[PL_ID_LEN + 1];
	bool terminate;             /* at the end of the grant */
	int64_t end_at;
};

/*
 * Begin. `words` (count of them) are what the front bound, passed on as they are, those that begin
 * with two dashes left out. The child runs as the account that owns the database, and knows the
 * caller from us. NULL, or a constant line that says why not.
 */
const char *pl_store_child_start(struct pl_store_child *c, const struct pl_hygiene_caller *caller, char *const words[],
    size_t count);

/*
 * Ask and wait for the answer; for that to MAY and SHOW until something interrupts (hygiene.h). False: no
 * answer that counts; the child is gone then.
 */
bool pl_store_child_ask(struct pl_store_child *c, struct pl_question *q, struct pl_answer *out);
/* The same, by a new child if the present one is gone: for what has to be written. */
bool pl_store_child_insist(struct pl_store_child *c, struct pl_question *q, struct pl_answer *out);

/*
 * The same, with all that the caller is told. False: no, or no answer, and *status is what to exit with; the caller
 * knows why.
 */
bool pl_store_child_consult(struct pl_store_child *c, struct pl_question *q, struct pl_answer *out, int *status);
/*
 * Tell the caller what root cannot do, in the form that he asked for, and put it into the audit log where it is
 * a refusal. Returns what to exit with.
 */
int pl_store_child_report(struct pl_store_child *c, const struct pl_failure *why);

/*
 * For struct pl_run_spec: never waits. Asks twice a second; a child that died is replaced. What
 * could not be asked PL_STORE_CHILD_FAILURES_MAX times in a row ends the task.
 */
enum pl_run_verdict pl_store_child_poll(void *child);

void pl_store_child_end(struct pl_store_child *c);

#endif
