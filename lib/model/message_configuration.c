/* message_configuration.c - what is told of a change of the configuration: its record, as people read it */

#include "model/message.h"

#include <string.h>

#include "pamlite/configuration.h"
#include "pamlite/name.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"
#include "pamlite/text.h"

static enum pl_status
load_audience(struct pl_ctx *ctx, struct pl_audience *a)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT g.id, g.name, g.mail, c.notify_command FROM control c"
	    " JOIN approver_group g ON g.id = c.admin_group");
	if (pl_stmt_step(&q)) {
		a->group = pl_stmt_dup(&q, 0);
		a->group_name = pl_stmt_dup(&q, 1);
		a->group_mail = pl_stmt_dup(&q, 2);
		a->notify_command = pl_stmt_dup(&q, 3);
	}
	return pl_stmt_close(&q);
}

/*
 * What people call the object; of one that is gone the record still says it. NULL if that is the ObjectId itself, or no
 * name of the narrow kinds: a group may be called anything, and a subject is no place for sentences.
 */
static enum pl_status
find_name(struct pl_ctx *ctx, const char *object, const char *record, char name[PL_TARGET_MAX + 1])
{
	char task[PL_TASK_NAME_MAX + 1];
	struct pl_stmt q;

	name[0] = '\0';
	pl_stmt_open(&q, ctx, "SELECT coalesce((SELECT name FROM approver_group WHERE id = :object),"
	    " (SELECT access FROM policy WHERE id = :object), :record ->> '$.Name', :record ->> '$.Task', :object)");
	pl_stmt_bind_text(&q, ":object", object);
	pl_stmt_bind_text(&q, ":record", record);
	if (pl_stmt_step(&q))
		pl_text_copy(name, PL_TARGET_MAX + 1, pl_stmt_text(&q, 0));
	if (!pl_task_name_parse(name, task) && !pl_text_is_account(name))
		pl_text_copy(name, PL_TARGET_MAX + 1, object);
	return pl_stmt_close(&q);
}

/* A line for each, and for each element of a list; groups by their names. */
static enum pl_status
tell_record(struct pl_ctx *ctx, struct pl_message *m, const char *record)
{
	const char *name, *value;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT p.key, CASE p.type WHEN 'object' THEN e.key || '=' ELSE '' END ||"
	    " coalesce((SELECT name FROM approver_group WHERE id = e.value), nullif(e.value, ''), '''''')"
	    " FROM json_each(:record) p, json_each(CASE p.type WHEN 'array' THEN p.value WHEN 'object' THEN p.value"
	    "  WHEN 'true' THEN '[\"True\"]' WHEN 'false' THEN '[\"False\"]' ELSE json_array(p.value) END) e"
	    " WHERE p.key <> 'Digest'");
	pl_stmt_bind_text(&q, ":record", record);
	while (pl_stmt_step(&q) && (name = pl_stmt_text(&q, 0)) != NULL && (value = pl_stmt_text(&q, 1)) != NULL) {
		pl_buf_printf(&m->body, "%s: ", name);
		pl_text_escape(&m->body, value, strlen(value));
		pl_buf_char(&m->body, '\n');
	}
	return pl_stmt_close(&q);
}

static void
tell_search(struct pl_message *m, const char *object)
{
	pl_buf_text(&m->body, "\nWhat was recorded is seen by managers and auditors, who type:\n\n"
	    "    search-elevated-access-audit-log ");
	if (strcmp(object, PL_CONFIGURATION_OBJECT) == 0) {
		/* A document: each of its parts is a record of its own object. */
		pl_buf_text(&m->body, "-RecordType Configuration\n");
		return;
	}
	pl_buf_text(&m->body, "-ObjectIds ");
	pl_message_quote(&m->body, object, strlen(object));
	pl_buf_char(&m->body, '\n');
}

static enum pl_status
tell(struct pl_ctx *ctx, struct pl_message *m, const char *record)
{
	const struct pl_record *r = pl_op_record(ctx);
	char name[PL_TARGET_MAX + 1];
	enum pl_status st = find_name(ctx, r->object, record, name);
	struct pl_buf what;

	pl_buf_init(&what);
	pl_buf_printf(&what, "%s %s", r->operation, name);
	pl_message_begin(m, what.text, " by ", ctx->principal);
	m->subject.failed |= pl_buf_failed(&what);
	pl_buf_clear(&what);
	pl_message_text(m, "Operation", r->operation);
	pl_message_text(m, "ObjectId", r->object);
	if (strcmp(name, r->object) != 0)
		pl_message_text(m, "ObjectName", name);
	pl_message_text(m, "UserId", ctx->principal);
	pl_message_time(m, "CreationDate", ctx->clock.now);
	pl_message_text(m, "HostName", ctx->caller.host);
	if (st == PL_OK && pl_message_json(m, "Parameters", r->parameters.text))
		st = tell_record(ctx, m, record);
	tell_search(m, r->object);
	return st == PL_OK ? pl_message_end(ctx, m) : st;
}

enum pl_status
pl_message_of_configuration(struct pl_ctx *ctx, struct pl_message *m)
{
	enum pl_status st = load_audience(ctx, &m->audience);
	struct pl_buf record;

	if (st != PL_OK || m->audience.group == NULL)
		return st;
	pl_buf_init(&record);
	pl_buf_printf(&record, "{%s}", pl_op_record(ctx)->parameters.text);
	st = pl_buf_failed(&record) ? pl_fail_memory(ctx) : tell(ctx, m, record.text);
	pl_buf_clear(&record);
	return st;
}
