/* request_rules.c - the policy and the task of a request as they are, for its records */

#include "model/request_internal.h"

#include "pamlite/operation.h"
#include "pamlite/policy.h"
#include "pamlite/query.h"
#include "pamlite/task.h"

/* What is registered under the name, with the whole digest that a grant would be bound to. */
static enum pl_status
record_task(struct pl_ctx *ctx, const char *access)
{
	struct pl_record *r = pl_op_record(ctx);
	char digest[PL_DIGEST_LEN + 1];
	struct pl_task task;
	enum pl_status st = pl_find_any(ctx, &pl_task_noun, access, &task);

	if (st == PL_OK)
		st = pl_task_digest(ctx, access, digest);
	if (st == PL_OK) {
		pl_record_open(r, "Task");
		pl_record_columns(r, &pl_task_noun, &task);
		pl_record_text(r, "Digest", digest);
		pl_record_close(r);
	}
	pl_row_clear(&pl_task_noun, &task);
	return st == PL_E_NOT_FOUND ? PL_OK : st;
}

enum pl_status
pl_request_record_rules(struct pl_ctx *ctx, const char *policy, const char *access)
{
	struct pl_record *r = pl_op_record(ctx);
	struct pl_policy row;
	enum pl_status st = pl_find_any(ctx, &pl_policy_noun, policy, &row);

	if (st == PL_OK) {
		pl_record_open(r, "Policy");
		pl_record_columns(r, &pl_policy_noun, &row);
		pl_record_close(r);
	}
	pl_row_clear(&pl_policy_noun, &row);
	return st == PL_OK || st == PL_E_NOT_FOUND ? record_task(ctx, access) : st;
}
