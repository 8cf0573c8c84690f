/* command_sample.h - a command that has every kind of parameter, for the tests of lib/command */
#ifndef PAMLITE_TESTS_COMMAND_SAMPLE_H
#define PAMLITE_TESTS_COMMAND_SAMPLE_H

#include "pamlite/buffer.h"
#include "pamlite/clock.h"
#include "pamlite/command.h"
#include "pamlite/list.h"

struct sample {
	char *task, *role, *reason, *account, *kind, *member, *operations, *parameter, *values;
	char *description, *path, *name, *label;
	int64_t count, limit, duration_s, start, from, to;
	bool mine;
	enum pl_choice bind;
};

static const char *const sample_kinds[] = { "Manual", "Auto", NULL };

#define IN(type, member) type(struct sample, member)

static const struct pl_param sample_params[] = {
	{ "Task", IN(PL_TASK, task), .position = 1, .flags = PL_REQUIRED | PL_PIPE, .set = 1, .alias = "Identity" },
	{ "Role", IN(PL_STRING, role), .flags = PL_REQUIRED | PL_ID, .set = 1 },
	{ "Reason", IN(PL_REASON, reason), .flags = PL_REQUIRED, .help = "why" },
	{ "Account", IN(PL_ACCOUNT, account), .flags = PL_PIPE },
	{ "Kind", IN(PL_ENUM, kind), .values = sample_kinds },
	{ "Member", IN(PL_LIST, member), .flags = PL_CLEARABLE | PL_PIPE },
	{ "Operations", IN(PL_ENUM_LIST, operations), .values = sample_kinds },
	{ "Parameter", IN(PL_MAP, parameter), .flags = PL_REST | PL_PIPE },
	{ "Values", IN(PL_LIST, values), .flags = PL_REST_VALUES, .help = "values in order" },
	{ "Description", IN(PL_STRING, description), .flags = PL_CLEARABLE },
	{ "Path", IN(PL_OUT_PATH, path) },
	{ "Name", IN(PL_TASK, name), .flags = PL_WILDCARD },
	{ "Count", IN(PL_INT, count), .min = 2, .max = 10, .flags = PL_PIPE },
	{ "Limit", IN(PL_INT, limit), .flags = PL_CLEARABLE },
	{ "DurationHours", IN(PL_HOURS, duration_s), .set = 2, .fallback = "4 hours" },
	{ "Duration", IN(PL_DURATION, duration_s), .set = 2 },
	{ "StartTimeUtc", IN(PL_TIME, start) },
	{ "StartDate", IN(PL_DATE, from) },
	{ "EndDate", IN(PL_END_DATE, to) },
	{ "Label", IN(PL_STRING, label), .flags = PL_NEW_NAME },
	{ "Mine", IN(PL_SWITCH, mine) },
	{ "BindParameters", IN(PL_BOOL, bind), .fallback = "true" },
	{ 0 }
};

#undef IN

static inline void
sample_text(struct pl_buf *out, const char *name, const char *value)
{
	const char *p;

	if (value == NULL)
		return;
	pl_buf_printf(out, "%s%s=", out->len > 0 ? " " : "", name);
	for (p = value; *p != '\0'; p++)
		pl_buf_char(out, *p == '\n' ? '|' : *p);
}

static inline void
sample_number(struct pl_buf *out, const char *name, int64_t value)
{
	if (value != 0)
		pl_buf_printf(out, "%s%s=%lld", out->len > 0 ? " " : "", name, (long long)value);
}

/* What a struct holds, on one line; every element of a list ends in a bar. */
static inline void
sample_print(const struct sample *s, struct pl_buf *out)
{
	sample_text(out, "task", s->task);
	sample_text(out, "role", s->role);
	sample_text(out, "reason", s->reason);
	sample_text(out, "account", s->account);
	sample_text(out, "kind", s->kind);
	sample_text(out, "member", s->member);
	sample_text(out, "operations", s->operations);
	sample_text(out, "parameter", s->parameter);
	sample_text(out, "values", s->values);
	sample_text(out, "description", s->description);
	sample_text(out, "path", s->path);
	sample_text(out, "name", s->name);
	sample_text(out, "label", s->label);
	sample_number(out, "count", s->count);
	sample_number(out, "limit", s->limit);
	sample_number(out, "duration", s->duration_s);
	sample_number(out, "start", s->start);
	sample_number(out, "from", s->from);
	sample_number(out, "to", s->to);
	sample_number(out, "mine", s->mine);
	sample_number(out, "bind", (int64_t)s->bind);
}

#endif
