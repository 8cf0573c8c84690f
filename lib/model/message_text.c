/* message_text.c - what is told of a request, and the commands to type next */

#include "model/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/authorization.h"
#include "pamlite/clock.h"
#include "pamlite/digest.h"
#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/request.h"
#include "pamlite/statement.h"
#include "pamlite/text.h"
#include "pamlite/typed.h"

#include "model/sql.h"

/* What a message about a request is made from. */
struct sources {
	struct pl_request request;
	struct pl_authorization grant;
	char *path, *arguments, *run_as;     /* of the registered task; path NULL = not registered */
	char definition[PL_DIGEST_LEN + 1];
	bool bound;                          /* the parameters are those that will run */
	bool recorded, comment_required;
	char *comment;                       /* of the withdrawal under way */
};

static bool
has_grant(enum pl_message_kind kind)
{
	return kind == PL_MESSAGE_APPROVED || kind == PL_MESSAGE_REVOKED;
}

static bool
is_for_approvers(enum pl_message_kind kind)
{
	return kind == PL_MESSAGE_PENDING || kind == PL_MESSAGE_REMINDER;
}

static enum pl_status
load_beside(struct pl_ctx *ctx, struct pl_message *m, struct sources *s)
{
	struct pl_audience *a = &m->audience;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT r.requestor, g.id, g.name, g.mail, c.notify_command, t.path, t.arguments,"
	    " t.run_as, t.digest, coalesce(p.bind_parameters, 1), coalesce(p.record_session, 0), c.require_comment,"
	    " ('{' || :record || '}') ->> '$.Comment' FROM request r"
	    " LEFT JOIN policy p ON p.id = r.policy_id LEFT JOIN approver_group g ON g.id = " SQL_APPROVER_GROUP
	    " LEFT JOIN task t ON t.name = r.access AND t.type = 'Task' JOIN control c WHERE r.id = :request");
	pl_stmt_bind_text(&q, ":request", s->request.identity);
	pl_stmt_bind_text(&q, ":record", m->kind == PL_MESSAGE_CANCELED ? pl_op_record(ctx)->parameters.text : "");
	if (pl_stmt_step(&q)) {
		a->requestor = pl_stmt_dup(&q, 0);
		a->group = pl_stmt_dup(&q, 1);
		a->group_name = pl_stmt_dup(&q, 2);
		a->group_mail = pl_stmt_dup(&q, 3);
		a->notify_command = pl_stmt_dup(&q, 4);
		s->path = pl_stmt_dup(&q, 5);
		s->arguments = pl_stmt_dup(&q, 6);
		s->run_as = pl_stmt_dup(&q, 7);
		pl_text_copy(s->definition, sizeof(s->definition), pl_stmt_text(&q, 8));
		s->bound = pl_stmt_bool(&q, 9);
		s->recorded = pl_stmt_bool(&q, 10);
		s->comment_required = pl_stmt_bool(&q, 11);
		s->comment = pl_stmt_dup(&q, 12);
	}
	return pl_stmt_close(&q);
}

static enum pl_status
load(struct pl_ctx *ctx, const char *request, struct pl_message *m, struct sources *s)
{
	enum pl_status st;

	memset(s, 0, sizeof(*s));
	pl_row_init(&pl_authorization_noun, &s->grant);
	st = pl_find_any(ctx, &pl_request_noun, request, &s->request);
	if (st == PL_OK)
		st = load_beside(ctx, m, s);
	if (st == PL_OK && has_grant(m->kind) && s->request.authorization != NULL)
		st = pl_find_any(ctx, &pl_authorization_noun, s->request.authorization, &s->grant);
	return st != PL_E_NOT_FOUND ? st : pl_fail(ctx, PL_ERR_INTERNAL, "there is no request %s to tell of", request);
}

static void
sources_clear(struct sources *s)
{
	pl_row_clear(&pl_request_noun, &s->request);
	pl_row_clear(&pl_authorization_noun, &s->grant);
	free(s->path);
	free(s->arguments);
	free(s->run_as);
	free(s->comment);
}

/*
 * What would run, argument for argument: an approver who sees a template alone decides about something else. Where the
 * parameters are free until the run there is no more than the template.
 */
static void
tell_program(struct pl_message *m, const struct sources *s)
{
	struct pl_buf argv, why;

	if (s->path == NULL)
		return;
	pl_buf_init(&argv);
	pl_buf_init(&why);
	pl_list_add(&argv, s->path);
	if (s->bound && pl_typed_expand(s->arguments, s->request.parameters, &argv, &why)) {
		pl_message_argv(m, "CommandLine", argv.text);
	} else {
		pl_message_text(m, "Path", s->path);
		pl_message_argv(m, "ArgumentList", s->arguments);
	}
	pl_message_text(m, "RunAs", s->run_as);
	/* For programs that compare: nobody reads 64 digits. */
	pl_record_text(&m->event, "Definition", s->definition);
	m->body.failed |= pl_buf_failed(&argv) || pl_buf_failed(&why);
	pl_buf_clear(&argv);
	pl_buf_clear(&why);
}

static void
tell_request(struct pl_message *m, const struct sources *s)
{
	const struct pl_request *r = &s->request;

	pl_message_text(m, "RequestIdentity", r->identity);
	pl_message_text(m, "RequestorUPN", r->requestor);
	pl_message_text(m, "RequestedAccess", r->access);
	pl_message_text(m, "Type", r->type);
	pl_message_map(m, "Parameters", r->parameters);
	tell_program(m, s);
	pl_message_text(m, "Reason", r->reason);
	pl_message_text(m, "Context", r->context);
	pl_message_text(m, "Ticket", r->ticket);
	pl_message_hours(m, "DurationHours", r->duration_s);
	pl_message_true(m, "RecordSession", s->recorded);
	pl_message_text(m, "RequestStatus", r->state);
	pl_message_time(m, "RequestDateCreatedUtc", r->created_at);
	if (is_for_approvers(m->kind)) {
		pl_message_time(m, "StartTimeUtc", r->start_at);
		pl_message_time(m, "ExpirationDateTimeUtc", r->expires_at);
		pl_message_text(m, "ApproverGroup", r->approver_group);
		pl_message_int(m, "ApprovalsNeeded", r->approvals_needed);
		pl_message_text(m, "Version", r->version);
	}
}

static void
tell_outcome(struct pl_ctx *ctx, struct pl_message *m, const struct sources *s)
{
	const struct pl_request *r = &s->request;
	const struct pl_authorization *g = &s->grant;

	pl_message_list(m, "DecidedBy", r->decided_by);
	pl_message_text(m, "DecisionComment", r->decision_comment);
	pl_message_time(m, "DecisionDateTimeUtc", r->decided_at);
	if (m->kind == PL_MESSAGE_EXPIRED)
		pl_message_time(m, "ExpirationDateTimeUtc", r->expires_at);
	if (m->kind == PL_MESSAGE_CANCELED) {
		pl_message_text(m, "CanceledBy", ctx->principal);
		pl_message_text(m, "Operation", pl_op_record(ctx)->operation);
		pl_message_text(m, "Comment", s->comment);
	}
	if (g->identity == NULL)
		return;
	pl_message_text(m, "AuthorizationIdentity", g->identity);
	pl_message_text(m, "AuthorizedBy", g->authorized_by);
	pl_message_time(m, "StartTimeUtc", g->start_at);
	pl_message_time(m, "EndTimeUtc", g->end_at);
	pl_message_int(m, "MaxUses", g->max_uses);
	pl_message_text(m, "RevokedBy", g->revoked_by);
	pl_message_text(m, "RevocationComment", g->revocation_comment);
	pl_message_time(m, "RevocationDateTimeUtc", g->revoked_at);
}

static void
tell_command(struct pl_message *m, const char *command, const char *id, const char *more)
{
	pl_buf_printf(&m->body, "    %s %s%s\n", command, id, more);
}

static void
tell_option(struct pl_message *m, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	pl_buf_printf(&m->body, " -%s ", name);
	pl_message_quote(&m->body, value, strlen(value));
}

/* A value as it stands in an array: in quotes of its own where it would be cut or changed without. */
static void
put_element(struct pl_buf *word, const struct pl_item *value)
{
	const char *quote = value->len > 0 && (value->text[0] == '\'' || value->text[value->len - 1] == ' ' ||
	    memchr(value->text, ',', value->len) != NULL) ? "'" : "";

	pl_buf_text(word, quote);
	for (size_t i = 0; i < value->len; i++) {
		pl_buf_char(word, value->text[i]);
		if (value->text[i] == '\'')
			pl_buf_text(word, quote);
	}
	pl_buf_text(word, quote);
}

static void
tell_parameters(struct pl_message *m, const char *parameters)
{
	struct pl_item it, name, value;
	struct pl_buf word;

	pl_buf_init(&word);
	while (pl_list_next(&parameters, &it)) {
		(void)pl_item_split(&it, &name, &value);
		pl_buf_text(&word, word.len > 0 ? "," : "");
		pl_buf_bytes(&word, name.text, name.len);
		pl_buf_char(&word, '=');
		put_element(&word, &value);
	}
	tell_option(m, "Parameter", word.len > 0 ? word.text : NULL);
	m->body.failed |= pl_buf_failed(&word);
	pl_buf_clear(&word);
}

/* The same request once more; a beginning that is past is left to the approval. */
static void
tell_again(const struct pl_ctx *ctx, struct pl_message *m, const struct pl_request *r)
{
	char start[PL_TIME_LEN + 1];

	pl_buf_text(&m->body, "\nTo ask again, type:\n\n    new-elevated-access-request");
	tell_option(m, r->type, r->access);
	tell_option(m, "Reason", r->reason);
	if (r->duration_s % PL_HOUR_S == 0)
		pl_buf_printf(&m->body, " -DurationHours %" PRId64, r->duration_s / PL_HOUR_S);
	else
		pl_buf_printf(&m->body, " -Duration PT%" PRId64 "M", r->duration_s / 60);
	tell_parameters(m, r->parameters);
	tell_option(m, "Context", r->context);
	tell_option(m, "Ticket", r->ticket);
	if (r->start_at != PL_NULL && r->start_at > ctx->clock.now) {
		pl_time_format(r->start_at, false, start);
		tell_option(m, "StartTimeUtc", start);
	}
	pl_buf_char(&m->body, '\n');
}

static void
tell_use(struct pl_message *m, const struct sources *s)
{
	const char *at = s->bound ? s->request.parameters : NULL;
	struct pl_item it;

	pl_buf_text(&m->body, "\nTo use it, type:\n\n    invoke-elevated-access-task ");
	pl_message_quote(&m->body, s->request.access, strlen(s->request.access));
	while (pl_list_next(&at, &it)) {
		pl_buf_char(&m->body, ' ');
		pl_message_quote(&m->body, it.text, it.len);
	}
	pl_buf_char(&m->body, '\n');
}

/* What is pasted as it is becomes part of the log: a comment stands there only where one must be written. */
static void
tell_decisions(struct pl_message *m, const struct sources *s)
{
	const struct pl_request *r = &s->request;
	struct pl_buf more;

	pl_buf_init(&more);
	pl_buf_printf(&more, " -RequestVersion %s%s", r->version, s->comment_required ? " -Comment '...'" : "");
	pl_buf_text(&m->body, "\nTo see it, to approve it or to deny it, type:\n\n");
	tell_command(m, "get-elevated-access-request", r->identity, "");
	tell_command(m, "approve-elevated-access-request", r->identity, more.text);
	tell_command(m, "deny-elevated-access-request", r->identity, more.text);
	m->body.failed |= pl_buf_failed(&more);
	pl_buf_clear(&more);
}

/* Commands and no links: what is typed asks who one is, what is clicked may lead anywhere. */
static void
tell_next(const struct pl_ctx *ctx, struct pl_message *m, const struct sources *s)
{
	if (is_for_approvers(m->kind))
		tell_decisions(m, s);
	else if (m->kind == PL_MESSAGE_APPROVED && s->path != NULL)
		tell_use(m, s);
	else {
		pl_buf_text(&m->body, "\nTo see it, type:\n\n");
		tell_command(m, "get-elevated-access-request", s->request.identity, "");
	}
	if (m->kind == PL_MESSAGE_EXPIRED)
		tell_again(ctx, m, &s->request);
}

enum pl_status
pl_message_of_request(struct pl_ctx *ctx, const char *request, struct pl_message *m)
{
	struct sources s;
	enum pl_status st = load(ctx, request, m, &s);

	if (st == PL_OK) {
		pl_message_begin(m, s.request.access, " for ", s.request.requestor);
		tell_request(m, &s);
		if (!is_for_approvers(m->kind))
			tell_outcome(ctx, m, &s);
		pl_message_text(m, "HostName", ctx->caller.host);
		tell_next(ctx, m, &s);
		st = pl_message_end(ctx, m);
	}
	sources_clear(&s);
	return st;
}
