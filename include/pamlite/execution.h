/* execution.h - runs of tasks: what is recorded before, asked during and recorded after */
#ifndef PAMLITE_EXECUTION_H
#define PAMLITE_EXECUTION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pamlite/access.h"
#include "pamlite/context.h"
#include "pamlite/row.h"
#include "pamlite/uuid.h"

/*
 * Without an end and with the process gone that supervises it (ctx->caller.pid at its
 * start), a run is over for reasons that nobody could write: end_reason is Unknown in every
 * answer, the end and the status stay null, and it is neither running nor to be stopped. Maintenance writes that down.
 */
struct pl_execution {
	char *identity, *task, *user, *run_as, *command_line, *parameters, *authorization;
	int64_t started_at, ended_at, exit_status, signal;
	char *end_reason, *terminal;
	int64_t pid;
	char *host, *recording_path, *recording_sha256;
	int64_t input_bytes, output_bytes;
	char *input_sha256, *output_sha256;
};
extern const struct pl_noun pl_execution_noun;

struct pl_execution_filter {
	char *identity, *task, *request;      /* request: its id or the authorization's */
	bool mine, running;
};
enum pl_status pl_execution_list(struct pl_ctx *ctx, const struct pl_execution_filter *filter, pl_row_fn *each,
    void *arg);

/*
 * A run in the making. First the plan: may it run, and what exactly? Nothing is
 * counted yet, so that a missing program burns nothing. The caller clears it.
 */
struct pl_execution_plan {
	struct pl_access_answer answer;
	char *arguments;                      /* list: argv[1..] */
	int64_t recording_max;                /* bytes, where it is to be recorded; 0 = it is not */
	char id[PL_ID_LEN + 1];               /* of the run, once it is started */
};

/*
 * What has to be recorded runs only on the system database: on another one the caller could write any recording.
 *
 * PL_E_NOT_FOUND (TaskNotFound), PL_E_DENIED (ElevatedAccessRequired),
 * PL_E_UNAVAILABLE (ElevatedAccessNotEnabled), PL_E_RUN (RecordingUnavailable),
 * PL_E_USAGE (TaskParameterInvalid, SeveralGrants)
 */
enum pl_status pl_execution_prepare(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_execution_plan *out);
void pl_execution_plan_clear(struct pl_execution_plan *p);

/*
 * Count the use and record the start, in one transaction, after deciding again:
 * the definition must be the one of the plan. No record, no run; a crash after
 * this burns one use and never doubles it.
 */
enum pl_status pl_execution_start(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_execution_plan *plan);

/* What the database says about a run that is under way. */
struct pl_execution_state {
	bool stopped;                         /* somebody asked for its end */
	bool revoked;                         /* its grant was revoked */
	bool over;                            /* its grant has ended, by either clock */
};
enum pl_status pl_execution_watch(struct pl_ctx *ctx, const char *id, struct pl_execution_state *out);

struct pl_execution_end {
	const char *reason;                   /* Exited, Signaled, Revoked, AuthorizationEnded, Stopped */
	int exit_status;                      /* -1 = none */
	int signal;                           /* 0 = none */
	int64_t ended_at;                     /* Unix seconds, when the task ended; what is later than now is now */
	/* Of a recorded run; NULL or "" = it was none, or (the other two) the terminal: bytes do not count then. */
	const char *recording_sha256, *input_sha256, *output_sha256;
	int64_t input_bytes, output_bytes;
};
/* The same end twice is recorded once. PL_E_STATE (ExecutionOver): it has another one. */
enum pl_status pl_execution_finish(struct pl_ctx *ctx, const char *id, const struct pl_execution_end *end);

/*
 * Was the run recorded, and may the caller see it? That he looks at it is recorded with the yes: no record, no
 * look. `sha256` is that of its recording; "" = it has no end record. Why it has none, and that neither input
 * nor output was a terminal, is noted as a warning. *id is its identity as it is stored.
 *
 * PL_E_NOT_FOUND (ExecutionNotFound, RecordingNotFound)
 */
enum pl_status pl_execution_recording(struct pl_ctx *ctx, const char *identity, char id[PL_ID_LEN + 1],
    char sha256[PL_DIGEST_LEN + 1]);

struct pl_execution_stop_spec {
	char *identity, *comment;
};
/*
 * Ask for the end of a run: TERM within a second, KILL 5 s later.
 * PL_E_NOT_FOUND (ExecutionNotFound), PL_E_DENIED (NotRevoker), PL_E_STATE (ExecutionOver)
 */
enum pl_status pl_execution_stop(struct pl_ctx *ctx, const struct pl_execution_stop_spec *spec,
    struct pl_execution *out);

#endif
