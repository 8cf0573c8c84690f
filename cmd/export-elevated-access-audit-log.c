/* export-elevated-access-audit-log - write the audit log to a file */

#include "pamlite/audit.h"
#include "pamlite/command.h"

static const char *const formats[] = { "JsonLines", "Csv", NULL };

struct args {
	char *path, *format;
	struct pl_audit_search search;
	bool no_clobber, append;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Path", IN(PL_OUT_PATH, path), .flags = PL_REQUIRED,
	  .help = "file to write; an existing one is refused unless -Force or -Append" },
	{ "StartDate", IN(PL_DATE, search.start), .help = "not before this time or day" },
	{ "EndDate", IN(PL_END_DATE, search.end), .help = "not after this time; a day is meant whole" },
	{ "Format", IN(PL_ENUM, format), .values = formats, .fallback = "JsonLines", .help = "form of the file" },
	{ "NoClobber", IN(PL_SWITCH, no_clobber), .set = 1,
	  .help = "refuse an existing file, which is the default" },
	{ "Append", IN(PL_SWITCH, append), .set = 1, .help = "continue an existing file" },
	{ 0 }
};

static const char *const examples[] = {
	"export-elevated-access-audit-log -Path audit.jsonl",
	"export-elevated-access-audit-log -Path november.csv -Format Csv -StartDate 2026-11-01 -EndDate 2026-11-30",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *nothing)
{
	struct pl_out_options options = { .format = PL_FORMAT_JSON_LINES, .fd = ctx->file->fd,
		.continued = ctx->file->continued, .unwatched = true };
	const struct args *a = args;
	enum pl_status st, closed;
	struct pl_out *out;

	(void)nothing;
	if (a->format != NULL)
		(void)pl_format_parse(a->format, &options.format);
	st = pl_out_open(&out, ctx, &pl_audit_noun, &options);
	if (st == PL_OK)
		st = pl_audit_export(ctx, &a->search, pl_out_row_fn, out);
	closed = pl_out_close(out);
	return st == PL_OK ? closed : st;
}

static const struct pl_command command = {
	.name = "export-elevated-access-audit-log",
	.summary = "write the audit log to a file",
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
