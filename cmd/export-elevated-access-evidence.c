/* export-elevated-access-evidence - write everything about one request to a file that can be checked anywhere */

#include "pamlite/command.h"
#include "pamlite/evidence_file.h"

#define IN(type, member) type(struct pl_evidence_spec, member)

static const struct pl_param params[] = {
	{ "RequestId", IN(PL_STRING, request), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_REQUEST, .alias = "Identity", .help = "id of the request" },
	{ "Path", IN(PL_OUT_PATH, path), .flags = PL_REQUIRED,
	  .help = "file to write; an existing one is refused unless -Force" },
	{ "NoClobber", IN(PL_SWITCH, no_clobber), .help = "refuse an existing file, which is the default" },
	{ 0 }
};

static const char *const examples[] = {
	"export-elevated-access-evidence \"$id\" -Path evidence.json",
	"get-elevated-access-request \"$id\" -o JsonLines | export-elevated-access-evidence -Path evidence.json -Force",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_REQUEST_NOT_FOUND, PL_ERR_AUDITOR_REQUIRED, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *nothing)
{
	(void)nothing;
	return pl_evidence_export(ctx, args);
}

static const struct pl_command command = {
	.name = "export-elevated-access-evidence",
	.summary = "write everything about one request to a file that can be checked anywhere",
	.needs = PL_NEED_STORE_READ,
	.params = params,
	.args_size = sizeof(struct pl_evidence_spec),
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
