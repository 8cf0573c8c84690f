/* request.h - asking for elevated access, deciding about it, waiting for the answer */
#ifndef PAMLITE_REQUEST_H
#define PAMLITE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/authorization.h"
#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/row.h"

enum { PL_REQUESTS_PENDING_MAX = 20 };

/* Pending, Approved, Denied, Expired and Canceled; ends with NULL. The second without Pending. */
extern const char *const pl_request_states[];
extern const char *const pl_request_final_states[];

struct pl_request {
	char *identity, *requestor, *service, *access, *state, *context, *reason, *type;
	int64_t duration_s;
	char *parameters, *ticket, *approver_group, *approvals;
	int64_t approvals_needed;
	char *decided_by, *decision_comment;
	int64_t decided_at, start_at, expires_at;
	char *authorization, *policy, *version;
	int64_t created_at, updated_at;
};
extern const struct pl_noun pl_request_noun;

struct pl_request_spec {
	char *task, *role, *role_group;    /* one of them */
	char *reason;
	int64_t duration_s;                /* 0 = the smaller of the control's default and the policy's maximum */
	char *parameters;                  /* map */
	char *context, *ticket;
	int64_t start_at;                  /* 0 = at once */
	char *client_token;                /* unique per name and uid: a retry gets the same request */
};

/*
 * Ask for elevated access on behalf of the caller of `ctx`; he cannot be passed
 * in. The request, its audit record and, with an Auto policy, its grant are
 * stored together or not at all. *out is initialised whatever the status; the
 * caller clears it. A client token that the caller used before gives that request.
 *
 * PL_E_UNAVAILABLE (ElevatedAccessNotEnabled)
 * PL_E_NOT_FOUND (PolicyNotFound)          no policy for it, or not for this caller
 * PL_E_DENIED (NotEligible, DurationExceeded)
 * PL_E_USAGE (TicketRequired, TaskParameterInvalid, TimePast)
 * PL_E_EXISTS (RequestPending)             the target is the pending request's id
 * PL_E_STATE (TooManyRequests)
 * PL_E_CONFIG (NoApprover)
 */
enum pl_status pl_request_submit(struct pl_ctx *ctx, const struct pl_request_spec *spec, struct pl_request *out);

struct pl_request_change {
	char *request;
	char *reason, *ticket;             /* NULL leaves; ticket "" clears */
	int64_t duration_s;                /* 0 leaves */
};

/*
 * Change one's own pending request. Approvals that it has are void: they were
 * for what it said before. The changer's login uid counts as the requestor's from then
 * on; a second one that is not the requestor's own uid is refused (NotRequestor).
 *
 * PL_E_NOT_FOUND (RequestNotFound); PL_E_DENIED (NotRequestor, DurationExceeded);
 * PL_E_STATE (RequestNotPending); PL_E_USAGE (NothingToChange)
 */
enum pl_status pl_request_change(struct pl_ctx *ctx, const struct pl_request_change *spec, struct pl_request *out);

struct pl_decision_spec {
	char *request;
	char *comment, *context;
	char *version;                     /* what the decider was shown; NULL = not checked */
};

/*
 * Decide, in one transaction: of two simultaneous deciders exactly one wins.
 * Approving fills in the grant if this approval completed the request
 * (*granted), otherwise *out with the request as it is now.
 *
 * PL_E_NOT_FOUND (RequestNotFound)
 * PL_E_DENIED (SelfApproval, NotApprover, DurationExceeded)
 * PL_E_STATE (RequestNotPending, RequestChanged, AlreadyApprovedByCaller)
 * PL_E_USAGE (CommentRequired); PL_E_UNAVAILABLE (ElevatedAccessNotEnabled)
 */
enum pl_status pl_request_approve(struct pl_ctx *ctx, const struct pl_decision_spec *spec, struct pl_request *out,
    struct pl_authorization *grant, bool *granted);
enum pl_status pl_request_deny(struct pl_ctx *ctx, const struct pl_decision_spec *spec, struct pl_request *out);

/*
 * What a decider should read before he decides, as one line; the version that
 * it describes is put into spec->version unless there is one.
 */
enum pl_status pl_request_preview(struct pl_ctx *ctx, struct pl_decision_spec *spec, struct pl_buf *text);

struct pl_withdrawal_spec {
	char *request, *comment;
};
/* Withdraw one's own pending request. PL_E_DENIED (NotRequestor), PL_E_STATE (RequestNotPending) */
enum pl_status pl_request_withdraw(struct pl_ctx *ctx, const struct pl_withdrawal_spec *spec, struct pl_request *out);

struct pl_wait_spec {
	char *request;
	char *state;                       /* NULL = Approved */
	int64_t timeout_s;                 /* 0 = none */
};
/*
 * Wait until the request has that state. PL_FALSE if it came to another final
 * one; PL_E_TIMEOUT (WaitTimeout). *out is the request in each of these cases.
 */
enum pl_status pl_request_wait(struct pl_ctx *ctx, const struct pl_wait_spec *spec, struct pl_request *out);

struct pl_request_filter {
	char *identity, *state;
	bool mine;
	bool to_approve;                   /* pending, decidable by the caller and not yet decided by him */
	int64_t created_after;             /* 0 = any */
};
enum pl_status pl_request_list(struct pl_ctx *ctx, const struct pl_request_filter *filter, pl_row_fn *each, void *arg);

/* Inside an operation: cancel the pending requests (of one policy, or NULL), each with its record. */
enum pl_status pl_request_cancel_pending(struct pl_ctx *ctx, const char *policy);

#endif
