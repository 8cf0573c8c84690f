/* installation.c - looking at an installation: what a finding is, and the parts in their order */

#include "pamlite/installation.h"

#include "core/installation_internal.h"

#define FINDING(NAME, member, FLAGS, HELP) PL_COLUMN(struct pl_finding, NAME, TEXT, member, NULL, FLAGS, HELP)

static const struct pl_column finding_columns[] = {
	FINDING("Check", check, PL_COL_TABLE, "what was looked at, in a word"),
	FINDING("Result", result, PL_COL_TABLE, "Ok, Warning or Wrong"),
	FINDING("Object", object, PL_COL_TABLE, "the path, setting or process that it is about"),
	FINDING("Found", found, 0, "what is there"),
	FINDING("Expected", expected, 0, "what ought to be there"),
	FINDING("Advice", advice, 0, "what to do; null if there is nothing to do"),
	{ 0 }
};

const struct pl_noun pl_finding_noun = {
	.name = "InstallationCheck",
	.columns = finding_columns,
	.row_size = sizeof(struct pl_finding),
};

enum pl_status
pl_installation_check(struct pl_ctx *ctx, pl_row_fn *take, void *arg)
{
	struct pl_survey s = { .ctx = ctx, .take = take, .arg = arg };

	pl_survey_programs(&s);
	pl_survey_account(&s);
	pl_survey_data(&s);
	pl_survey_tasks(&s);
	pl_survey_mail(&s);
	pl_survey_log(&s);
	pl_survey_kernel(&s);
	pl_survey_process(&s);
	if (s.status == PL_OK && s.wrong > 0)
		return pl_fail(ctx, PL_ERR_INSTALLATION_WRONG, "%d of %d checks found the installation wrong", s.wrong,
		    s.checks);
	return s.status;
}
