/* revoke-elevated-access-authorization - end grants at once, and what runs under them */

#include <stdlib.h>

#include "pamlite/authorization.h"
#include "pamlite/command.h"
#include "pamlite/list.h"

struct args {
	struct pl_revocation_spec one;
	bool all;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "RequestId", IN(PL_STRING, one.request), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID, .set = 1,
	  .source = PL_SOURCE_GRANTED, .alias = "Identity", .help = "id of the request, or of the authorization" },
	{ "All", IN(PL_SWITCH, all), .flags = PL_REQUIRED, .set = 1,
	  .help = "every live grant that the caller may revoke" },
	{ "Comment", IN(PL_REASON, one.comment), .help = "why; kept with the grant and in the audit log" },
	{ 0 }
};

static const char *const examples[] = {
	"revoke-elevated-access-authorization \"$id\" -Comment done",
	"revoke-elevated-access-authorization -All -Comment 'incident 12' -Confirm:false",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_AUTHORIZATION_NOT_FOUND, PL_ERR_NOT_REVOKER, PL_ERR_AUTHORIZATION_OVER, PL_ERR_NONE
};

static enum pl_status
revoke(struct pl_ctx *ctx, const struct pl_revocation_spec *spec, struct pl_out *out)
{
	struct pl_authorization row;
	enum pl_status st = pl_authorization_revoke(ctx, spec, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_authorization_noun, &row);
	return st;
}

/* Each grant is its own transaction; one that ended meanwhile is none of ours. */
static enum pl_status
revoke_all(struct pl_ctx *ctx, const struct args *args, struct pl_out *out)
{
	struct pl_revocation_spec spec = { .comment = args->one.comment };
	struct pl_item it;
	const char *at;
	enum pl_status st;
	char *ids;

	st = pl_authorization_revocable(ctx, &ids);
	at = ids;
	while (st == PL_OK && pl_list_next(&at, &it)) {
		spec.request = pl_item_dup(&it);
		st = spec.request != NULL ? revoke(ctx, &spec, out) : pl_fail_memory(ctx);
		free(spec.request);
		if (st == PL_E_STATE && ctx->failure.error == PL_ERR_AUTHORIZATION_OVER)
			st = PL_OK;
	}
	free(ids);
	return st;
}

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	const struct args *a = args;

	return a->all ? revoke_all(ctx, a, out) : revoke(ctx, &a->one, out);
}

static const struct pl_command command = {
	.name = "revoke-elevated-access-authorization",
	.summary = "end grants at once, and what runs under them",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM,
	.params = params,
	.args_size = sizeof(struct args),
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
