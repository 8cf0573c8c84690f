/* search-elevated-access-audit-log - search the audit log */

#include "pamlite/audit.h"
#include "pamlite/command.h"
#include "pamlite/record.h"

#define IN(type, member) type(struct pl_audit_search, member)

static const struct pl_param params[] = {
	{ "StartDate", IN(PL_DATE, start), .help = "not before this time or day" },
	{ "EndDate", IN(PL_END_DATE, end), .help = "not after this time; a day is meant whole" },
	{ "Operations", IN(PL_LIST, operations), .help = "names of cmdlets" },
	{ "UserIds", IN(PL_LIST, users), .source = PL_SOURCE_USER, .help = "who did it" },
	{ "ObjectIds", IN(PL_LIST, objects), .help = "what it was done to: ids or names" },
	{ "FreeText", IN(PL_STRING, free_text), .help = "text that the record contains; * and ? are patterns" },
	{ "RecordType", IN(PL_ENUM_LIST, record_types), .values = pl_record_type_names, .help = "kinds of records" },
	{ 0 }
};

static const char *const examples[] = {
	"search-elevated-access-audit-log -RecordType Refusal -StartDate 2026-11-01",
	"search-elevated-access-audit-log -ObjectIds \"$id\" --json",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_audit_search(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "search-elevated-access-audit-log",
	.summary = "search the audit log",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_audit_search),
	.output = &pl_audit_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
