/* policy.c - approval policies */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/policy.h"

#include "pamlite/authorization.h"
#include "pamlite/digest.h"
#include "pamlite/group.h"
#include "pamlite/name.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/request.h"
#include "pamlite/statement.h"
#include "pamlite/uuid.h"

#include "model/sql.h"

const char *const pl_approval_types[] = { "Manual", "Auto", NULL };

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) PL_COLUMN(struct pl_policy, NAME, TYPE, member, SQL, FLAGS, HELP)

static const struct pl_column columns[] = {
	COL("Identity", TEXT, identity, "p.id", PL_COL_TABLE | PL_COL_ID | PL_COL_EXACT, "id of the policy, a UUID"),
	COL("Type", TEXT, type, "p.type", PL_COL_TABLE, "Task, Role or RoleGroup"),
	COL("Task", TEXT, access, "p.access", PL_COL_TABLE | PL_COL_INDEXED,
	    "the task, role or role group that it is for, as Scope\\Name"),
	COL("ApprovalType", TEXT, approval_type, "p.approval_type", PL_COL_TABLE,
	    "Manual: somebody approves; Auto: asking is enough"),
	COL("ApproverGroup", TEXT, approver_group,
	    "(SELECT name FROM approver_group WHERE id = " SQL_APPROVER_GROUP ")", PL_COL_TABLE,
	    "the group that decides; the control's AdminGroup where the policy names none"),
	COL("MaxDurationHours", HOURS, max_duration_s, "p.max_duration_s", 0,
	    "longest grant, in hours; null for no limit"),
	COL("MinApprovals", INT, min_approvals, "p.min_approvals", 0, "how many people have to approve"),
	COL("EligibleGroup", TEXT, eligible_group, "(SELECT name FROM approver_group WHERE id = p.eligible_group)", 0,
	    "the group whose members may ask; null for everybody"),
	COL("MaxUses", INT, max_uses, "p.max_uses", 0, "how often a grant can be used; null for no limit"),
	COL("RequireTicket", BOOL, require_ticket, "p.require_ticket", 0, "whether a request needs a ticket"),
	COL("BindParameters", BOOL, bind_parameters, "p.bind_parameters", 0,
	    "whether a request gives all parameters of the task, and its grant covers these values alone"),
	COL("RecordSession", BOOL, record_session, "p.record_session", 0, "whether runs are recorded"),
	COL("TerminateOnEnd", BOOL, terminate_on_end, "p.terminate_on_end", 0, "whether a run ends with its grant"),
	COL("Description", TEXT, description, "p.description", 0, "what it is for; null without"),
	COL("Version", TEXT, version, "substr(p.digest, 1, 16)", 0, "changes with the rules"),
	COL("CreatedBy", TEXT, created_by, "p.created_by", PL_COL_ACCOUNT, "who made it"),
	COL("DateCreatedUtc", TIME, created_at, "p.created_at", PL_COL_INDEXED, "when it was made"),
	COL("DateUpdatedUtc", TIME, updated_at, "p.updated_at", 0, "when it was changed last"),
	{ 0 }
};

const struct pl_noun pl_policy_noun = {
	.name = "Policy",
	.columns = columns,
	.row_size = sizeof(struct pl_policy),
	.from = "policy p",
	.visible = SQL_POLICY_VISIBLE,
	.newest = "DateCreatedUtc",
};

static enum pl_status
not_found(struct pl_ctx *ctx, const char *what)
{
	pl_fail(ctx, PL_ERR_POLICY_NOT_FOUND, "there is no approval policy '%s', or you may not see it", what);
	return pl_target(ctx, what);
}

/* The id of the policy with that id or for that access, if it may be seen; "" if there is none. */
static enum pl_status
lookup(struct pl_ctx *ctx, const char *what, char id[PL_ID_LEN + 1])
{
	struct pl_stmt q;

	id[0] = '\0';
	pl_stmt_open(&q, ctx, "SELECT p.id FROM policy p WHERE (p.id = :what OR p.access = :what"
	    " OR p.access = replace(:what, '/', '\\')) AND " SQL_POLICY_VISIBLE);
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":what", what);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL)
		snprintf(id, PL_ID_LEN + 1, "%s", pl_stmt_text(&q, 0));
	return pl_stmt_close(&q);
}

static enum pl_status
resolve(struct pl_ctx *ctx, const char *what, char id[PL_ID_LEN + 1])
{
	enum pl_status st = lookup(ctx, what, id);

	return st == PL_OK && id[0] == '\0' ? not_found(ctx, what) : st;
}

enum pl_status
pl_policy_of_access(struct pl_ctx *ctx, const char *access, struct pl_policy *out)
{
	char id[PL_ID_LEN + 1];
	enum pl_status st;

	pl_row_init(&pl_policy_noun, out);
	st = resolve(ctx, access, id);
	return st == PL_OK ? pl_find(ctx, &pl_policy_noun, id, out) : st;
}

/* A policy as it will be stored: groups by their ids, numbers PL_NULL where there is none. */
struct rules {
	char id[PL_ID_LEN + 1];
	const char *type, *access, *approval_type, *description;
	char approver[PL_ID_LEN + 1], eligible[PL_ID_LEN + 1];
	int64_t max_duration_s, min_approvals, max_uses;
	bool require_ticket, bind_parameters, record_session, terminate_on_end;
};

/* What is decided and what is not shown decides: every rule is part of the digest. */
static void
rules_digest(const struct rules *r, char out[PL_DIGEST_LEN + 1])
{
	struct pl_digest d;
	struct pl_buf b;

	pl_buf_init(&b);
	pl_buf_printf(&b, "%s\n%s\n%s\n%s\n%s\n%s\n", r->id, r->type, r->access, r->approval_type, r->approver,
	    r->eligible);
	pl_buf_printf(&b, "%" PRId64 " %" PRId64 " %" PRId64 " %d%d%d%d\n", r->max_duration_s, r->min_approvals,
	    r->max_uses, r->require_ticket, r->bind_parameters, r->record_session, r->terminate_on_end);
	pl_digest_start(&d);
	pl_digest_add(&d, b.text, b.len);
	pl_digest_end(&d, out);
	pl_buf_clear(&b);
}

static enum pl_status
take_group(struct pl_ctx *ctx, const char *name, char id[PL_ID_LEN + 1])
{
	if (name == NULL)
		return PL_OK;
	id[0] = '\0';
	return name[0] == '\0' ? PL_OK : pl_group_resolve(ctx, name, id);
}

static void
take_number(int64_t given, int64_t cleared, int64_t *out)
{
	if (given == PL_CLEARED)
		*out = cleared;
	else if (given != 0)
		*out = given;
}

static void
take_choice(enum pl_choice given, bool *out)
{
	if (given != PL_NOT_GIVEN)
		*out = given == PL_YES;
}

static enum pl_status
merge(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct rules *r)
{
	enum pl_status st;

	if (spec->approval_type != NULL)
		r->approval_type = spec->approval_type;
	if (spec->description != NULL)
		r->description = spec->description[0] != '\0' ? spec->description : NULL;
	take_number(spec->max_duration_s, PL_NULL, &r->max_duration_s);
	take_number(spec->min_approvals, 1, &r->min_approvals);
	take_number(spec->max_uses, PL_NULL, &r->max_uses);
	take_choice(spec->require_ticket, &r->require_ticket);
	take_choice(spec->bind_parameters, &r->bind_parameters);
	take_choice(spec->record_session, &r->record_session);
	take_choice(spec->terminate_on_end, &r->terminate_on_end);
	st = take_group(ctx, spec->approver_group, r->approver);
	if (st == PL_OK)
		st = take_group(ctx, spec->eligible_group, r->eligible);
	if (st == PL_OK && strcmp(r->approval_type, "Auto") == 0 && (r->approver[0] != '\0' || r->min_approvals > 1)) {
		pl_fail(ctx, PL_ERR_POLICY_INVALID, "a policy of type Auto has neither ApproverGroup nor MinApprovals");
		st = pl_target(ctx, r->access);
	}
	return st;
}

static const char *
or_null(const char *s)
{
	return s[0] != '\0' ? s : NULL;
}

static enum pl_status
store(struct pl_ctx *ctx, const struct rules *r)
{
	char digest[PL_DIGEST_LEN + 1];
	struct pl_stmt q;

	rules_digest(r, digest);
	pl_stmt_open(&q, ctx,
	    "INSERT INTO policy (id, type, access, approval_type, approver_group, eligible_group, max_duration_s,"
	    " min_approvals, max_uses, require_ticket, bind_parameters, record_session, terminate_on_end, description,"
	    " digest, created_by, created_at, updated_at)"
	    " VALUES (:id, :type, :access, :approval_type, :approver, :eligible, :max_duration, :min_approvals,"
	    " :max_uses, :ticket, :bind, :record, :terminate, :description, :digest, :me, :now, :now)"
	    " ON CONFLICT (id) DO UPDATE SET approval_type = excluded.approval_type,"
	    " approver_group = excluded.approver_group, eligible_group = excluded.eligible_group,"
	    " max_duration_s = excluded.max_duration_s, min_approvals = excluded.min_approvals,"
	    " max_uses = excluded.max_uses, require_ticket = excluded.require_ticket,"
	    " bind_parameters = excluded.bind_parameters, record_session = excluded.record_session,"
	    " terminate_on_end = excluded.terminate_on_end, description = excluded.description,"
	    " digest = excluded.digest, updated_at = excluded.updated_at");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", r->id);
	pl_stmt_bind_text(&q, ":type", r->type);
	pl_stmt_bind_text(&q, ":access", r->access);
	pl_stmt_bind_text(&q, ":approval_type", r->approval_type);
	pl_stmt_bind_text(&q, ":approver", or_null(r->approver));
	pl_stmt_bind_text(&q, ":eligible", or_null(r->eligible));
	pl_stmt_bind_int(&q, ":max_duration", r->max_duration_s);
	pl_stmt_bind_int(&q, ":min_approvals", r->min_approvals);
	pl_stmt_bind_int(&q, ":max_uses", r->max_uses);
	pl_stmt_bind_int(&q, ":ticket", r->require_ticket);
	pl_stmt_bind_int(&q, ":bind", r->bind_parameters);
	pl_stmt_bind_int(&q, ":record", r->record_session);
	pl_stmt_bind_int(&q, ":terminate", r->terminate_on_end);
	pl_stmt_bind_text(&q, ":description", r->description);
	pl_stmt_bind_text(&q, ":digest", digest);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static void
record_rules(struct pl_record *rec, const struct rules *r)
{
	pl_record_text(rec, "Type", r->type);
	pl_record_text(rec, "Task", r->access);
	pl_record_text(rec, "ApprovalType", r->approval_type);
	pl_record_text(rec, "ApproverGroup", or_null(r->approver));
	pl_record_text(rec, "EligibleGroup", or_null(r->eligible));
	pl_record_hours(rec, "MaxDurationHours", r->max_duration_s);
	pl_record_int(rec, "MinApprovals", r->min_approvals);
	pl_record_int(rec, "MaxUses", r->max_uses);
	pl_record_bool(rec, "RequireTicket", r->require_ticket);
	pl_record_bool(rec, "BindParameters", r->bind_parameters);
	pl_record_bool(rec, "RecordSession", r->record_session);
	pl_record_bool(rec, "TerminateOnEnd", r->terminate_on_end);
	pl_record_text(rec, "Description", r->description);
}

/* What is registered under the name must be of the policy's type. */
static enum pl_status
check_type(struct pl_ctx *ctx, const struct rules *r)
{
	const char *type = NULL;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT type FROM task WHERE name = :name");
	pl_stmt_bind_text(&q, ":name", r->access);
	if (pl_stmt_step(&q))
		type = pl_stmt_text(&q, 0);
	if (type != NULL && strcmp(type, r->type) != 0) {
		pl_fail(ctx, PL_ERR_POLICY_INVALID, "'%s' is registered as a %s: use -%s", r->access, type, type);
		pl_stmt_fail(&q, pl_target(ctx, r->access));
	}
	return pl_stmt_close(&q);
}

static enum pl_status
check_free(struct pl_ctx *ctx, const char *access)
{
	char id[PL_ID_LEN + 1];
	enum pl_status st = lookup(ctx, access, id);

	if (st != PL_OK || id[0] == '\0')
		return st;
	pl_fail(ctx, PL_ERR_POLICY_EXISTS, "'%s' has an approval policy already", access);
	pl_target(ctx, id);
	return pl_hint(ctx, "change it with: set-elevated-access-approval-policy %s ...", id);
}

static const char *
spec_access(const struct pl_policy_spec *spec)
{
	return spec->task != NULL ? spec->task : spec->role != NULL ? spec->role : spec->role_group;
}

static enum pl_status
create(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out)
{
	struct rules r = {
		.type = spec->task != NULL ? "Task" : spec->role != NULL ? "Role" : "RoleGroup",
		.access = spec_access(spec),
		.max_duration_s = PL_NULL, .min_approvals = 1, .max_uses = PL_NULL, .bind_parameters = true,
	};
	enum pl_status st;

	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = check_free(ctx, r.access);
	if (st == PL_OK)
		st = check_type(ctx, &r);
	if (st == PL_OK)
		st = merge(ctx, spec, &r);
	if (st != PL_OK)
		return st;
	pl_uuid_make(r.id);
	pl_record_object(pl_op_record(ctx), r.id);
	record_rules(pl_op_record(ctx), &r);
	st = store(ctx, &r);
	return st == PL_OK ? pl_find_any(ctx, &pl_policy_noun, r.id, out) : st;
}

enum pl_status
pl_policy_create(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out)
{
	enum pl_status st;

	pl_row_init(&pl_policy_noun, out);
	st = pl_op_begin(ctx, "New-ElevatedAccessApprovalPolicy", PL_RECORD_CONFIGURATION, spec_access(spec));
	return st == PL_OK ? pl_op_end(ctx, create(ctx, spec, out)) : st;
}

static bool
changes_nothing(const struct pl_policy_spec *spec)
{
	return spec->approval_type == NULL && spec->approver_group == NULL && spec->eligible_group == NULL &&
	    spec->description == NULL && spec->max_duration_s == 0 && spec->min_approvals == 0 && spec->max_uses == 0 &&
	    spec->require_ticket == PL_NOT_GIVEN && spec->bind_parameters == PL_NOT_GIVEN &&
	    spec->record_session == PL_NOT_GIVEN && spec->terminate_on_end == PL_NOT_GIVEN;
}

/* The ids behind the names that are printed. */
static enum pl_status
load_groups(struct pl_ctx *ctx, struct rules *r)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "SELECT coalesce(approver_group, ''), coalesce(eligible_group, '') FROM policy WHERE id = :id");
	pl_stmt_bind_text(&q, ":id", r->id);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL && pl_stmt_text(&q, 1) != NULL) {
		snprintf(r->approver, sizeof(r->approver), "%s", pl_stmt_text(&q, 0));
		snprintf(r->eligible, sizeof(r->eligible), "%s", pl_stmt_text(&q, 1));
	}
	return pl_stmt_close(&q);
}

/* The rules of a stored policy; what is borrowed is borrowed from it. */
static enum pl_status
rules_of(struct pl_ctx *ctx, const struct pl_policy *p, struct rules *r)
{
	*r = (struct rules){
		.type = p->type, .access = p->access, .approval_type = p->approval_type, .description = p->description,
		.max_duration_s = p->max_duration_s, .min_approvals = p->min_approvals, .max_uses = p->max_uses,
		.require_ticket = p->require_ticket, .bind_parameters = p->bind_parameters,
		.record_session = p->record_session, .terminate_on_end = p->terminate_on_end,
	};
	snprintf(r->id, sizeof(r->id), "%s", p->identity);
	return load_groups(ctx, r);
}

static enum pl_status
record_policy(struct pl_ctx *ctx, const struct pl_policy *p)
{
	struct rules r;
	enum pl_status st = rules_of(ctx, p, &r);

	if (st == PL_OK)
		record_rules(pl_op_record(ctx), &r);
	return st;
}

static enum pl_status
change_rules(struct pl_ctx *ctx, const struct pl_policy_spec *spec, const struct pl_policy *old)
{
	struct rules r;
	enum pl_status st = rules_of(ctx, old, &r);

	if (st == PL_OK)
		st = merge(ctx, spec, &r);
	if (st != PL_OK)
		return st;
	record_rules(pl_op_record(ctx), &r);
	return store(ctx, &r);
}

static enum pl_status
change(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out)
{
	char id[PL_ID_LEN + 1];
	enum pl_status st;

	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = resolve(ctx, spec->identity, id);
	if (st != PL_OK)
		return st;
	pl_record_object(pl_op_record(ctx), id);
	if (changes_nothing(spec))
		return pl_fail(ctx, PL_ERR_NOTHING_TO_CHANGE, "nothing to change in approval policy %s", id);
	st = pl_find_any(ctx, &pl_policy_noun, id, out);
	if (st == PL_OK)
		st = change_rules(ctx, spec, out);
	pl_row_clear(&pl_policy_noun, out);
	return st == PL_OK ? pl_find_any(ctx, &pl_policy_noun, id, out) : st;
}

enum pl_status
pl_policy_change(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out)
{
	enum pl_status st;

	pl_row_init(&pl_policy_noun, out);
	st = pl_op_begin(ctx, "Set-ElevatedAccessApprovalPolicy", PL_RECORD_CONFIGURATION, spec->identity);
	return st == PL_OK ? pl_op_end(ctx, change(ctx, spec, out)) : st;
}

static enum pl_status
remove_policy(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out)
{
	char id[PL_ID_LEN + 1];
	struct pl_stmt q;
	enum pl_status st;

	pl_record_text(pl_op_record(ctx), "Identity", spec->identity);
	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = resolve(ctx, spec->identity, id);
	if (st != PL_OK)
		return st;
	pl_record_object(pl_op_record(ctx), id);
	st = pl_find_any(ctx, &pl_policy_noun, id, out);
	if (st == PL_OK)
		st = record_policy(ctx, out);
	if (st == PL_OK)
		st = pl_request_cancel_pending(ctx, id);
	if (st == PL_OK)
		st = pl_authorization_revoke_live(ctx, id, "the approval policy was removed");
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx, "DELETE FROM policy WHERE id = :id");
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

enum pl_status
pl_policy_remove(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out)
{
	enum pl_status st;

	pl_row_init(&pl_policy_noun, out);
	st = pl_op_begin(ctx, "Remove-ElevatedAccessApprovalPolicy", PL_RECORD_CONFIGURATION, spec->identity);
	return st == PL_OK ? pl_op_end(ctx, remove_policy(ctx, spec, out)) : st;
}

enum pl_status
pl_policy_list(struct pl_ctx *ctx, const struct pl_policy_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const names[] = { "Task", "Identity", NULL };
	char access[PL_TASK_NAME_MAX + 1];
	/* The access may be written with a slash; an id is not of its form. */
	const char *name = filter->identity != NULL && pl_task_pattern_parse(filter->identity, access) ? access
	    : filter->identity;
	const struct pl_named named = { &pl_policy_noun, names, name, PL_ERR_POLICY_NOT_FOUND };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_policy_noun);
	pl_query_name(&q, names, name);
	pl_query_name(&q, names, filter->task);
	if (filter->approval_type != NULL)
		pl_query_compare(&q, "ApprovalType", "=", filter->approval_type);
	return pl_query_get(&q, "Get-ElevatedAccessApprovalPolicy", &named, each, arg);
}
