/* show-elevated-access-report - a period on one page, for people */

#include <stdlib.h>

#include "pamlite/activity.h"
#include "pamlite/command.h"
#include "pamlite/report_page.h"
#include "pamlite/witness.h"

struct args {
	char *path;
	int64_t start, end;
	bool no_clobber;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Path", IN(PL_OUT_PATH, path), .flags = PL_REQUIRED,
	  .help = "HTML file to write; an existing one is refused unless -Force" },
	{ "StartDate", IN(PL_DATE, start), .fallback = "the first record",
	  .help = "the period begins at this time or day" },
	{ "EndDate", IN(PL_END_DATE, end), .fallback = "the last record",
	  .help = "the period ends at this time; a day is meant whole" },
	{ "NoClobber", IN(PL_SWITCH, no_clobber), .help = "refuse an existing file, which is the default" },
	{ 0 }
};

static const char *const examples[] = {
	"show-elevated-access-report -Path report.html",
	"show-elevated-access-report -Path november.html -StartDate 2026-11-01 -EndDate 2026-11-30",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_AUDITOR_REQUIRED, PL_ERR_INPUT_FAILED, PL_ERR_NONE
};

static void
warn(struct pl_ctx *ctx, const struct pl_audit_check *chain)
{
	struct pl_buf text;

	pl_buf_init(&text);
	pl_audit_check_say(chain, &text);
	pl_note(ctx, PL_NOTE_WARNING, "%s. The report says so at its top", text.text);
	pl_buf_clear(&text);
}

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *nothing)
{
	const struct args *a = args;
	struct pl_activity *activity = calloc(1, sizeof(*activity));
	enum pl_status st;

	(void)nothing;
	if (activity == NULL)
		return pl_fail_memory(ctx);
	st = pl_activity_gather(ctx, a->start, a->end, activity);
	if (st == PL_OK)
		st = pl_witness_check(ctx, 0, NULL, &activity->chain);
	if (st == PL_OK)
		st = pl_report_write(ctx, activity, ctx->file->fd);
	if (st == PL_OK && !activity->chain.valid)
		warn(ctx, &activity->chain);
	pl_activity_clear(activity);
	free(activity);
	return st;
}

static const struct pl_command command = {
	.name = "show-elevated-access-report",
	.summary = "write what happened in a period as one HTML page",
	.needs = PL_NEED_STORE_READ,
	.params = params,
	.args_size = sizeof(struct args),
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
