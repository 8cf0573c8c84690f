/* test-elevated-access-database - is the database what was written to it? */

#include "pamlite/command.h"
#include "pamlite/database.h"
#include "pamlite/witness.h"

struct args {
	bool full, quiet;
};

static const struct pl_param params[] = {
	{ "Full", PL_SWITCH(struct args, full), .help = "hold every index against its table too, which takes longer" },
	{ "Quiet", PL_SWITCH(struct args, quiet), .help = "print nothing; the status says it" },
	{ 0 }
};

static const char *const examples[] = {
	"test-elevated-access-database",
	"test-elevated-access-database -Full -o List",
	"test-elevated-access-database -Quiet || echo 'look at pam-lite'",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_AUDITOR_REQUIRED, PL_ERR_INPUT_FAILED, PL_ERR_NONE
};

static enum pl_status
take(void *out, const void *row)
{
	return out != NULL ? pl_out_row(out, row) : PL_OK;
}

/* What is wrong with the chain, or how far all agree, is the last row. */
static enum pl_status
tell_chain(struct pl_ctx *ctx, const struct pl_audit_check *chain, int64_t faults, struct pl_out *out)
{
	enum pl_status st = PL_OK;
	struct pl_buf text;

	pl_buf_init(&text);
	if (!chain->valid)
		pl_audit_check_say(chain, &text);
	else
		pl_buf_printf(&text, "audit records: %lld%s%s", (long long)chain->records,
		    chain->detail != NULL ? "; " : "", chain->detail != NULL ? chain->detail : "");
	if (!chain->valid || faults == 0)
		st = pl_database_tell(ctx, chain->valid, text.text, take, out);
	pl_buf_clear(&text);
	return st;
}

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	const struct args *a = args;
	struct pl_audit_check chain;
	enum pl_status st;
	int64_t faults;

	if (a->quiet)
		out = NULL;
	st = pl_database_test(ctx, a->full, &chain, &faults, take, out);
	if (st == PL_OK)
		st = pl_witness_check(ctx, 0, NULL, &chain);
	if (st == PL_OK)
		st = tell_chain(ctx, &chain, faults, out);
	if (st == PL_OK && (faults > 0 || !chain.valid))
		st = PL_FALSE;
	pl_row_clear(&pl_audit_check_noun, &chain);
	return st;
}

static const struct pl_command command = {
	.name = "test-elevated-access-database",
	.summary = "check the database: its file, its rows, the audit log, the anchor",
	.needs = PL_NEED_STORE_READ,
	.params = params,
	.args_size = sizeof(struct args),
	.output = &pl_database_check_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
