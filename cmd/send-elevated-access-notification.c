/* send-elevated-access-notification - send what is queued, now */

#include "pamlite/command.h"
#include "pamlite/notification.h"
#include "pamlite/operation.h"
#include "pamlite/queue.h"

struct args {
	bool all;
	char *request;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "All", IN(PL_SWITCH, all), .help = "also what has failed, and what waits for its next attempt" },
	{ "RequestId", IN(PL_STRING, request), .flags = PL_ID,
	  .source = PL_SOURCE_REQUEST, .help = "the same, of one request" },
	{ 0 }
};

static const char *const examples[] = {
	"send-elevated-access-notification",
	"send-elevated-access-notification -All",
	"send-elevated-access-notification -RequestId b1a7a1f2-5d1c-4a70-9a1e-0d6f2f6f9f10",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_REQUEST_NOT_FOUND, PL_ERR_SENDER_BUSY, PL_ERR_NONE
};

static enum pl_status
ignore(void *arg, const void *row)
{
	(void)arg;
	(void)row;
	return PL_OK;
}

/* The sender itself tells how it went; a person is told what the sender has to do now. */
static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	const bool sends = pl_require_service(ctx) == PL_OK;
	const struct args *a = args;
	enum pl_status st = PL_OK;

	pl_ctx_forgive(ctx);
	if (sends && ctx->what_if)
		return pl_notification_plan(ctx, a->all, a->request, pl_out_row_fn, out);
	if (!sends || a->all || a->request != NULL)
		st = pl_notification_make_due(ctx, a->all, a->request, sends ? ignore : pl_out_row_fn, out);
	if (st == PL_OK && sends)
		st = pl_queue_drain(ctx, pl_out_row_fn, out);
	return st;
}

static const struct pl_command command = {
	.name = "send-elevated-access-notification",
	.summary = "send what is queued, now",
	.needs = PL_NEED_STORE_WRITE | PL_FOR_SERVICE,
	.params = params,
	.args_size = sizeof(struct args),
	.output = &pl_notification_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
