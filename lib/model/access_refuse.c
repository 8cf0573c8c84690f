/* access_refuse.c - telling somebody why a task may not be run, and what to type next */

#include <stdio.h>
#include <string.h>

#include "pamlite/access.h"

#include "pamlite/clock.h"
#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"

#include "model/sql.h"

static const struct {
	const char *why, *text;
} reasons[] = {
	{ "Expired", " (Your authorization has ended.)" },
	{ "Revoked", " (Your authorization was revoked.)" },
	{ "UsesExhausted", " (Your authorization has no uses left.)" },
	{ "ParametersDiffer", " (Your authorization is for other parameters.)" },
	{ "TaskChanged", " (The task changed since it was approved.)" },
	{ "NoPolicy", " (No approval policy covers it.)" },
};

/*
 * " -Parameter 'a=1,b=2'" as a shell and the binder read it back; not where that would take more quoting. Where none
 * were given and the request needs them, which these are.
 */
static void
hint_parameters(struct pl_buf *out, const char *given, const char *needed)
{
	const bool known = pl_list_count(given) > 0;
	const char *at = known ? given : needed, *separator = " -Parameter '";
	struct pl_item it, name, type;

	if (pl_list_count(at) == 0)
		return;
	if (known && strpbrk(given, "',") != NULL) {
		pl_buf_text(out, " -Parameter ...");
		return;
	}
	for (; pl_list_next(&at, &it); separator = ",")
		if (known || !pl_item_split(&it, &name, &type))
			pl_buf_printf(out, "%s%.*s", separator, (int)it.len, it.text);
		else
			pl_buf_printf(out, "%s%.*s=...", separator, (int)name.len, name.text);
	pl_buf_char(out, '\'');
}

/*
 * The line that asks for access: under the policy of the task itself, or of a
 * role that covers it, whichever the caller may request.
 */
static void
hint_request(struct pl_ctx *ctx, const struct pl_access_ask *ask, const char *before)
{
	const char *type = "Task", *access = ask->task, *needed = NULL;
	struct pl_buf given;
	struct pl_stmt q;

	pl_buf_init(&given);
	pl_stmt_open(&q, ctx, "SELECT p.type, p.access, (SELECT t.parameters FROM task t WHERE t.name = p.access"
	    " AND p.bind_parameters) FROM policy p WHERE p.access IN " SQL_COVERING(":task")
	    " AND (p.eligible_group IS NULL OR p.eligible_group IN " SQL_MY_GROUPS ")"
	    " ORDER BY p.type <> 'Task', p.type, p.access LIMIT 1");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":task", ask->task);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL && pl_stmt_text(&q, 1) != NULL) {
		type = pl_stmt_text(&q, 0);
		access = pl_stmt_text(&q, 1);
		needed = pl_stmt_text(&q, 2);
	}
	if (strcmp(type, "Task") == 0)
		hint_parameters(&given, ask->parameters, needed);
	pl_hint(ctx, "%snew-elevated-access-request -%s '%s'%s -Reason 'why'", before, type, access, given.text);
	pl_buf_clear(&given);
	(void)pl_stmt_close(&q);
}

enum pl_status
pl_access_refuse(struct pl_ctx *ctx, const struct pl_access_ask *ask, const struct pl_access_answer *a)
{
	char begins[PL_TIME_LEN + 1], later[PL_TIME_LEN + 64];
	const char *more = "";
	size_t i;

	if (strcmp(a->why, "NotEnabled") == 0)
		return pl_require_enabled(ctx);
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(a->why, reasons[i].why) == 0)
			more = reasons[i].text;
	if (a->begins_at != PL_NULL) {
		pl_time_format(a->begins_at, false, begins);
		snprintf(later, sizeof(later), " (Your authorization begins at %s.)", begins);
		more = later;
	}
	pl_fail(ctx, PL_ERR_ELEVATION_REQUIRED,
	    "Insufficient permissions. Please raise an elevated access request for this task.%s", more);
	pl_target(ctx, ask->task);
	hint_request(ctx, ask, a->begins_at != PL_NULL ? "wait until then, or ask for access before it with: " : "");
	return PL_E_DENIED;
}
