/* test-elevated-access-audit-log - check the chain of the audit log */

#include "pamlite/audit_check.h"
#include "pamlite/command.h"
#include "pamlite/evidence_file.h"
#include "pamlite/witness.h"

struct args {
	char *path;
	int64_t start;
	bool quiet;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Path", IN(PL_IN_PATH, path), .help = "what to compare with: an export (JSON Lines), or lines of syslog or"
	  " journalctl; or an evidence file, checked without a database" },
	{ "StartSequence", IN(PL_INT, start), .min = 1, .fallback = "1", .help = "first record to check" },
	{ "Quiet", IN(PL_SWITCH, quiet), .help = "print nothing; the status says it" },
	{ 0 }
};

static const char *const examples[] = {
	"test-elevated-access-audit-log",
	"test-elevated-access-audit-log -Path november.jsonl",
	"journalctl -t pam-lite -o json | test-elevated-access-audit-log -Path /dev/stdin",
	"test-elevated-access-audit-log -Path evidence.json",
	"test-elevated-access-audit-log -Quiet && echo intact",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_AUDITOR_REQUIRED, PL_ERR_INPUT_FAILED, PL_ERR_INVALID_JSON, PL_ERR_INVALID_INPUT, PL_ERR_NONE
};

/* An evidence file has all that its check needs. */
static bool
alone(const struct pl_ctx *ctx, const void *args)
{
	(void)args;
	return pl_evidence_is_file(ctx->input_fd);
}

static enum pl_status
check(struct pl_ctx *ctx, const struct args *a, struct pl_audit_check *row)
{
	enum pl_status st;

	if (ctx->store == NULL)
		return pl_evidence_check(ctx, a->path, row);
	st = pl_audit_verify(ctx, a->start, row);
	return st == PL_OK ? pl_witness_check(ctx, a->start, a->path, row) : st;
}

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	const struct args *a = args;
	struct pl_audit_check row;
	enum pl_status st = check(ctx, a, &row);

	if (st == PL_OK && !a->quiet)
		st = pl_out_row(out, &row);
	if (st == PL_OK && !row.valid)
		st = PL_FALSE;
	pl_row_clear(&pl_audit_check_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "test-elevated-access-audit-log",
	.summary = "check the chain of the audit log",
	.needs = PL_NEED_STORE_READ,
	.params = params,
	.args_size = sizeof(struct args),
	.output = &pl_audit_check_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
	.alone = alone,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
