/* message_text.c - what is told of a request and of the configuration, and the commands to type next */

#include "model/message.h"

#include <stdlib.h>
#include <string.h>

#include "pamlite/authorization.h"
#include "pamlite/digest.h"
#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/request.h"
#include "pamlite/statement.h"
#include "pamlite/text.h"
#include "pamlite/typed.h"

#include "model/sql.h"

static const struct {
	const char *subject, *intro;
} kinds[PL_MESSAGE_KINDS] = {
	[PL_MESSAGE_PENDING] = { "Decision needed",
	    "A request for elevated access waits for a decision." },
	[PL_MESSAGE_REMINDER] = { "Decision still needed",
	    "A request for elevated access will expire unless somebody decides." },
	[PL_MESSAGE_APPROVED] = { "Approved", "Your request for elevated access was approved." },
	[PL_MESSAGE_DENIED] = { "Denied", "Your request for elevated access was denied." },
	[PL_MESSAGE_EXPIRED] = { "Expired",
	    "Your request for elevated access has expired: nobody decided in time." },
	[PL_MESSAGE_CANCELED] = { "Canceled", "Your request for elevated access was canceled." },
	[PL_MESSAGE_REVOKED] = { "Revoked", "Your elevated access was revoked." },
	[PL_MESSAGE_CONFIGURATION] = { "Configuration changed",
	    "The configuration of elevated access was changed." },
};

/* What a message about a request is made from. */
struct sources {
	struct pl_request request;
	struct pl_authorization grant;
	char *path, *arguments, *run_as;     /* of the registered task; path NULL = not registered */
	char definition[PL_DIGEST_LEN + 1];
	bool bound;                          /* the parameters are those that will run */
};

/* Constant words, a task's name and an account's: never what somebody wrote as a reason. */
static void
begin(struct pl_message *m, const char *what, const char *between, const char *who)
{
	pl_buf_printf(&m->subject, "[pam-lite] %s: ", kinds[m->kind].subject);
	pl_text_escape(&m->subject, what, strlen(what));
	pl_buf_text(&m->subject, between);
	pl_text_escape(&m->subject, who, strlen(who));
	pl_buf_printf(&m->body, "%s\n\n", kinds[m->kind].intro);
}

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
	    " t.run_as, t.digest, coalesce(p.bind_parameters, 1) FROM request r"
	    " LEFT JOIN policy p ON p.id = r.policy_id LEFT JOIN approver_group g ON g.id = " SQL_APPROVER_GROUP
	    " LEFT JOIN task t ON t.name = r.access AND t.type = 'Task' JOIN control c WHERE r.id = :request");
	pl_stmt_bind_text(&q, ":request", s->request.identity);
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
	pl_message_text(m, "Definition", s->definition);
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
	pl_message_text(m, "RequestStatus", r->state);
	pl_message_time(m, "DateCreatedUtc", r->created_at);
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
	if (m->kind == PL_MESSAGE_CANCELED) {
		pl_message_text(m, "CanceledBy", ctx->principal);
		pl_message_text(m, "Operation", pl_op_record(ctx)->operation);
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

/* Commands and no links: what is typed asks who one is, what is clicked may lead anywhere. */
static void
tell_next(struct pl_message *m, const struct sources *s)
{
	const struct pl_request *r = &s->request;
	const char *at = s->bound ? r->parameters : NULL;
	struct pl_buf more;
	struct pl_item it;

	pl_buf_init(&more);
	if (is_for_approvers(m->kind)) {
		pl_buf_printf(&more, " -RequestVersion %s -Comment 'why'", r->version);
		pl_buf_text(&m->body, "\nTo see it, to approve it or to deny it, type:\n\n");
		tell_command(m, "get-elevated-access-request", r->identity, "");
		tell_command(m, "approve-elevated-access-request", r->identity, more.text);
		tell_command(m, "deny-elevated-access-request", r->identity, more.text);
	} else if (m->kind == PL_MESSAGE_APPROVED && s->path != NULL) {
		while (pl_list_next(&at, &it)) {
			pl_buf_char(&more, ' ');
			pl_message_quote(&more, it.text, it.len);
		}
		pl_buf_text(&m->body, "\nTo use it, type:\n\n    invoke-elevated-access-task ");
		pl_message_quote(&m->body, r->access, strlen(r->access));
		pl_buf_printf(&m->body, "%s\n", more.text);
	} else {
		pl_buf_text(&m->body, "\nTo see it, type:\n\n");
		tell_command(m, "get-elevated-access-request", r->identity, "");
	}
	m->body.failed |= pl_buf_failed(&more);
	pl_buf_clear(&more);
}

static enum pl_status
end(struct pl_ctx *ctx, struct pl_message *m)
{
	return pl_buf_failed(&m->subject) || pl_buf_failed(&m->body) || pl_buf_failed(&m->event.parameters)
	    ? pl_fail_memory(ctx) : PL_OK;
}

enum pl_status
pl_message_of_request(struct pl_ctx *ctx, const char *request, struct pl_message *m)
{
	struct sources s;
	enum pl_status st = load(ctx, request, m, &s);

	if (st == PL_OK) {
		begin(m, s.request.access, " for ", s.request.requestor);
		tell_request(m, &s);
		if (!is_for_approvers(m->kind))
			tell_outcome(ctx, m, &s);
		pl_message_text(m, "HostName", ctx->caller.host);
		tell_next(m, &s);
		st = end(ctx, m);
	}
	sources_clear(&s);
	return st;
}

enum pl_status
pl_message_of_configuration(struct pl_ctx *ctx, struct pl_message *m)
{
	const struct pl_record *r = pl_op_record(ctx);
	struct pl_audience *a = &m->audience;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT g.id, g.name, g.mail, c.notify_command FROM control c"
	    " JOIN approver_group g ON g.id = c.admin_group");
	if (pl_stmt_step(&q)) {
		a->group = pl_stmt_dup(&q, 0);
		a->group_name = pl_stmt_dup(&q, 1);
		a->group_mail = pl_stmt_dup(&q, 2);
		a->notify_command = pl_stmt_dup(&q, 3);
	}
	if (pl_stmt_close(&q) != PL_OK || a->group == NULL)
		return q.status;
	begin(m, r->operation, " by ", ctx->principal);
	pl_message_text(m, "Operation", r->operation);
	pl_message_text(m, "ObjectId", r->object[0] != '\0' ? r->object : NULL);
	pl_message_text(m, "UserId", ctx->principal);
	pl_message_time(m, "CreationDate", ctx->clock.now);
	pl_message_text(m, "HostName", ctx->caller.host);
	pl_message_json(m, "Parameters", r->parameters.text);
	pl_buf_text(&m->body, "\nTo see what was recorded, type:\n\n");
	tell_command(m, "search-elevated-access-audit-log -Operations", r->operation, "");
	return end(ctx, m);
}
