/* import-elevated-access-configuration - make the configuration what a document says */

#include "pamlite/command.h"
#include "pamlite/configuration.h"
#include "pamlite/configuration_read.h"

struct args {
	char *path;
	bool prune;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Path", IN(PL_IN_PATH, path), .flags = PL_REQUIRED,
	  .help = "the document, as export-elevated-access-configuration writes it" },
	{ "Prune", IN(PL_SWITCH, prune), .help = "remove what a section of the document lacks" },
	{ 0 }
};

static const char *const examples[] = {
	"import-elevated-access-configuration -Path pam-lite.json -WhatIf",
	"import-elevated-access-configuration -Path pam-lite.json -Prune -Confirm:false",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_ROOT_REQUIRED, PL_ERR_CONFIGURATION_INVALID, PL_ERR_INVALID_JSON,
	PL_ERR_INPUT_FAILED, PL_ERR_REQUESTS_PENDING, PL_ERR_GROUP_NOT_FOUND, PL_ERR_GROUP_EXISTS, PL_ERR_GROUP_IN_USE,
	PL_ERR_UNIX_GROUP_NOT_FOUND, PL_ERR_TASK_INVALID, PL_ERR_RUN_AS_REFUSED,
	PL_ERR_PROGRAM_MISSING, PL_ERR_PROGRAM_REFUSED, PL_ERR_PROGRAM_UNSAFE, PL_ERR_POLICY_INVALID,
	PL_ERR_NONE
};

static enum pl_status
import(struct pl_ctx *ctx, struct pl_configuration *doc, bool prune, struct pl_out *out)
{
	struct pl_configuration_changes changes;
	enum pl_status st = pl_configuration_import(ctx, doc, prune, &changes);
	size_t i;

	for (i = 0; i < changes.count && st == PL_OK; i++)
		st = pl_out_row(out, &changes.all[i]);
	pl_configuration_changes_clear(&changes);
	return st;
}

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_configuration doc;
	const struct args *a = args;
	enum pl_status st = pl_configuration_read(ctx, ctx->input_fd, &doc);

	if (st == PL_OK)
		st = import(ctx, &doc, a->prune, out);
	pl_configuration_clear(&doc);
	return st;
}

static const struct pl_command command = {
	.name = "import-elevated-access-configuration",
	.summary = "make the configuration what a document says",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM | PL_PLANS,
	.params = params,
	.args_size = sizeof(struct args),
	.output = &pl_configuration_change_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
