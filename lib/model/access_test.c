/* access_test.c - the question of other programs: would it run now? */

#include <stdlib.h>
#include <string.h>

#include "pamlite/access.h"

#include "pamlite/clock.h"
#include "pamlite/operation.h"

#define COL(NAME, TYPE, member, FLAGS, HELP) PL_COLUMN(struct pl_access_test, NAME, TYPE, member, NULL, FLAGS, HELP)

static const struct pl_column test_columns[] = {
	COL("Task", TEXT, task, PL_COL_TABLE | PL_COL_ID, "the task that was asked about, as Scope\\Name"),
	COL("Allowed", BOOL, allowed, PL_COL_TABLE, "whether it would run now"),
	COL("Why", TEXT, why, PL_COL_TABLE,
	    "SystemAccount or Authorization; else NoPolicy, NotAuthorized, Expired, Revoked, UsesExhausted,"
	    " ParametersDiffer, TaskChanged or NotEnabled"),
	COL("AuthorizationIdentity", TEXT, authorization, 0, "id of the grant that covers it; null without"),
	COL("EndTimeUtc", TIME, end_at, 0, "when that grant ends; null without"),
	{ 0 }
};

const struct pl_noun pl_access_test_noun = {
	.name = "AccessTest",
	.columns = test_columns,
	.row_size = sizeof(struct pl_access_test),
};

static enum pl_status
fill_test(struct pl_ctx *ctx, const char *task, const struct pl_access_answer *a, struct pl_access_test *out)
{
	out->task = strdup(task);
	out->why = strdup(a->why);
	out->allowed = a->allowed;
	out->end_at = a->end_at;
	if (a->authorization[0] != '\0')
		out->authorization = strdup(a->authorization);
	return out->task == NULL || out->why == NULL || (a->authorization[0] != '\0' && out->authorization == NULL)
	    ? pl_fail_memory(ctx) : PL_OK;
}

/* The answer has no place for it, and nobody should have to ask again and again. */
static void
note_beginning(struct pl_ctx *ctx, const struct pl_access_answer *a)
{
	char begins[PL_TIME_LEN + 1];

	if (a->begins_at == PL_NULL)
		return;
	pl_time_format(a->begins_at, false, begins);
	pl_note(ctx, PL_NOTE_WARNING, "Your authorization begins at %s.", begins);
}

/* A use is recorded as the run that another program makes of it. */
static enum pl_status
test(struct pl_ctx *ctx, const struct pl_access_test_spec *spec, struct pl_access_test *out)
{
	const struct pl_access_ask ask = { .task = spec->task, .parameters = spec->parameters };
	struct pl_record *r = pl_op_record(ctx);
	struct pl_access_answer a;
	enum pl_status st;

	st = pl_access_decide(ctx, &ask, &a);
	if (st == PL_OK)
		st = fill_test(ctx, spec->task, &a, out);
	if (st == PL_OK)
		note_beginning(ctx, &a);
	if (st == PL_OK && spec->use) {
		pl_record_text(r, "AuthorizationIdentity", out->authorization);
		pl_record_map(r, "Parameters", a.parameters);
		pl_record_text(r, "Why", a.why);
		st = a.allowed ? pl_access_consume(ctx, &a) : pl_access_refuse(ctx, &ask, &a);
	}
	pl_access_answer_clear(&a);
	return st;
}

enum pl_status
pl_access_test(struct pl_ctx *ctx, const struct pl_access_test_spec *spec, struct pl_access_test *out)
{
	static const char operation[] = "Test-ElevatedAccess";
	enum pl_status st;

	pl_row_init(&pl_access_test_noun, out);
	st = spec->use ? pl_op_begin(ctx, operation, PL_RECORD_EXECUTION, spec->task)
	    : pl_op_begin_read(ctx, operation, spec->task);
	if (st != PL_OK)
		return st;
	st = pl_op_end(ctx, test(ctx, spec, out));
	/* "No" is an answer here, not an error: also where the refused use was recorded. */
	if (out->why != NULL && !out->allowed && (st == PL_OK || st == PL_E_DENIED || st == PL_E_UNAVAILABLE)) {
		pl_ctx_forgive(ctx);
		return PL_FALSE;
	}
	return st;
}
