/* access.h - the one function that decides whether somebody may run a task now */
#ifndef PAMLITE_ACCESS_H
#define PAMLITE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/row.h"
#include "pamlite/task.h"
#include "pamlite/uuid.h"

/* May the caller run this task with these parameters now? */
struct pl_access_ask {
	char *task;                       /* canonical name */
	char *parameters;                 /* map; NULL = not given: those of the one grant that covers the task */
	char *values;                     /* list: further values, for the declared parameters in their order */
	char *request;                    /* only under this request's (or authorization's) grant; NULL = any */
};

struct pl_access_answer {
	bool allowed;
	const char *why;                  /* constant: SystemAccount, Authorization, NoPolicy, NotAuthorized, Expired,
	                                     Revoked, UsesExhausted, ParametersDiffer, TaskChanged, NotEnabled */
	bool registered;
	struct pl_task task;              /* as it is registered; only if `registered` */
	char *parameters;                 /* canonical map that the run gets */
	char authorization[PL_ID_LEN + 1];   /* "" for a system account */
	char request[PL_ID_LEN + 1];
	char definition[PL_DIGEST_LEN + 1];  /* digest of what is registered */
	int64_t end_at;                   /* of the grant; PL_NULL without */
	int64_t begins_at;                /* NotAuthorized: of the first grant to come; PL_NULL without */
	bool terminate_on_end, record_session;
};

/*
 * Inside an operation. PL_OK with allowed false is a "no" with its reason. Of
 * several grants that fit, the one that ends first is taken. The caller clears
 * *out, whatever the status.
 *
 * PL_E_NOT_FOUND (TaskNotFound)            no such task, or the caller may not see it
 * PL_E_USAGE (TaskParameterInvalid)        a value is not of its type
 * PL_E_USAGE (SeveralGrants)               no parameters given and grants with different ones
 */
enum pl_status pl_access_decide(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_access_answer *out);
void pl_access_answer_clear(struct pl_access_answer *a);

/*
 * Inside an operation that writes: count one use of an answer that allows. The
 * UPDATE tests again that the grant is live and has uses left.
 * PL_E_DENIED (ElevatedAccessRequired)
 */
enum pl_status pl_access_consume(struct pl_ctx *ctx, const struct pl_access_answer *a);

/* Microsoft's sentence for an answer that refuses, with the line that asks for access as a hint. PL_E_DENIED. */
enum pl_status pl_access_refuse(struct pl_ctx *ctx, const struct pl_access_ask *ask, const struct pl_access_answer *a);

struct pl_access_test {
	char *task;
	bool allowed;
	char *why, *authorization;
	int64_t end_at;
};
extern const struct pl_noun pl_access_test_noun;

struct pl_access_test_spec {
	char *task, *parameters;
	bool use;                         /* count one use and record it, in the same transaction */
};

/*
 * Would it run now, and under which grant? PL_OK with out->allowed, or PL_FALSE.
 * The caller clears *out, whatever the status.
 */
enum pl_status pl_access_test(struct pl_ctx *ctx, const struct pl_access_test_spec *spec, struct pl_access_test *out);

#endif
