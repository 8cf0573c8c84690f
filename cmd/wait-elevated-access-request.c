/* wait-elevated-access-request - wait until a request is decided */

#include "pamlite/command.h"
#include "pamlite/request.h"

#define IN(type, member) type(struct pl_wait_spec, member)

static const struct pl_param params[] = {
	{ "RequestId", IN(PL_STRING, request), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_PENDING, .alias = "Identity", .help = "id of the request" },
	{ "RequestStatus", IN(PL_ENUM, state), .values = pl_request_final_states, .fallback = "Approved",
	  .help = "state to wait for; another final state is status 1" },
	{ "Timeout", IN(PL_INT, timeout_s), .min = 1, .max = 31536000, .fallback = "none",
	  .help = "longest wait in seconds" },
	{ 0 }
};

static const char *const examples[] = {
	"wait-elevated-access-request \"$id\" -Timeout 600",
	"wait-elevated-access-request \"$id\" && invoke-elevated-access-task 'Linux\\restart-web'",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_REQUEST_NOT_FOUND, PL_ERR_WAIT_TIMEOUT, PL_ERR_NONE
};

/* A wait that ended otherwise still shows what the request came to. */
static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_request row;
	enum pl_status st = pl_request_wait(ctx, args, &row), shown;

	if (row.identity != NULL) {
		shown = pl_out_row(out, &row);
		st = st == PL_OK ? shown : st;
	}
	pl_row_clear(&pl_request_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "wait-elevated-access-request",
	.summary = "wait until a request is decided",
	.needs = PL_NEED_STORE_READ,
	.params = params,
	.args_size = sizeof(struct pl_wait_spec),
	.output = &pl_request_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
