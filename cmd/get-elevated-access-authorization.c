/* get-elevated-access-authorization - list authorizations: what approved requests give */

#include "pamlite/authorization.h"
#include "pamlite/command.h"

#define IN(type, member) type(struct pl_authorization_filter, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .source = PL_SOURCE_GRANT, .position = 1, .flags = PL_ID,
	  .help = "id of an authorization, or of its request" },
	{ "RequestId", IN(PL_STRING, request), .flags = PL_ID,
	  .source = PL_SOURCE_REQUEST, .help = "id of the request that it came from" },
	{ "Mine", IN(PL_SWITCH, mine), .help = "only the caller's own" },
	{ "ActiveOnly", IN(PL_SWITCH, active_only), .help = "only what can be used now" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-authorization -Mine -ActiveOnly",
	"get-elevated-access-authorization -Filter 'UseCount -gt 0' -o Csv",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_AUTHORIZATION_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_authorization_list(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "get-elevated-access-authorization",
	.summary = "list authorizations: what approved requests give",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_authorization_filter),
	.output = &pl_authorization_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
