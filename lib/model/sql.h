/* sql.h - conditions that several nouns share, each written once */
#ifndef PAMLITE_MODEL_SQL_H
#define PAMLITE_MODEL_SQL_H

/* The ids of the caller's approver groups. */
#define SQL_MY_GROUPS "(SELECT value FROM json_each(:groups))"

/* Is that the caller's name, in its short or long form? A name alone makes nothing one's own. */
#define SQL_IS_MY_NAME(name) name " IN (:me, coalesce(:me_long, :me))"

/*
 * Is that the caller? Name and uid count together, so that a new account of an
 * old name has nothing of the old one's. An asserted name is the whole identity.
 */
#define SQL_IS_ME(name, uid, asserted) "(" SQL_IS_MY_NAME(name) " AND (" asserted " OR :asserted OR " uid " = :uid))"

/* Request r, authorization a and execution e are the caller's own. */
#define SQL_REQUESTED_BY_ME SQL_IS_ME("r.requestor", "r.requestor_uid", "r.asserted")
#define SQL_HELD_BY_ME SQL_IS_ME("a.holder", "a.holder_uid", "a.asserted")
#define SQL_RUN_BY_ME SQL_IS_ME("e.user", "e.uid", "e.asserted")

/*
 * Could that be the person of the caller? Unlike SQL_IS_ME this refuses, so each
 * likeness is enough: the same name, or sets {uid, login uid where set} that are not
 * disjoint, so that `su bob` does not make a second person.
 */
#define SQL_IS_SAME_PERSON(name, uid, login, asserted) "(" SQL_IS_MY_NAME(name) " OR (NOT " asserted \
	" AND NOT :asserted AND (" uid " IN (:uid, coalesce(:login_uid, :uid)) OR" \
	" coalesce(" login ", " uid ") IN (:uid, coalesce(:login_uid, :uid)))))"

/* An account with the control's domain behind it, where it has none of its own. */
#define SQL_UPN(column) column " || CASE WHEN instr(" column ", '@') = 0 AND instr(" column ", '\\') = 0" \
	" THEN coalesce('@' || (SELECT domain FROM control), '') ELSE '' END"

/* The approver group of policy p. */
#define SQL_APPROVER_GROUP "coalesce(p.approver_group, (SELECT admin_group FROM control))"
#define SQL_MAY_DECIDE "(p.id IS NOT NULL AND " SQL_APPROVER_GROUP " IN " SQL_MY_GROUPS ")"

/* A request r, under policy p while there is one: who was asked sees what became of it. */
#define SQL_REQUEST_VISIBLE ":all OR " SQL_REQUESTED_BY_ME " OR " SQL_MAY_DECIDE \
	" OR (p.id IS NULL AND r.approver_group IN " SQL_MY_GROUPS ")"

/* A policy is seen by those who may request under it or decide it. */
#define SQL_POLICY_VISIBLE "(:all OR p.eligible_group IS NULL OR p.eligible_group IN " SQL_MY_GROUPS \
	" OR " SQL_MAY_DECIDE ")"

/* The names under which a grant or a policy covers a task: its own, its roles', their groups'. */
#define SQL_COVERING(name) "(SELECT " name " UNION SELECT task FROM task_member WHERE member = " name \
	" UNION SELECT g.task FROM task_member m JOIN task_member g ON g.member = m.task WHERE m.member = " name ")"

/*
 * Authorization a is inside its window by both clocks: setting the wall clock
 * back prolongs nothing within the same boot.
 */
#define SQL_IN_WINDOW "(a.start_at <= :now AND :now < a.end_at" \
	" AND (a.boot_id <> :boot_id OR :boot_time < a.boot_end_ms))"
#define SQL_NOT_OVER "(:now < a.end_at AND (a.boot_id <> :boot_id OR :boot_time < a.boot_end_ms))"
#define SQL_USES_LEFT "(a.max_uses IS NULL OR (a.use_count < a.max_uses AND a.use_count >=" \
	" (SELECT count(*) FROM execution e WHERE e.authorization_id = a.id)))"

/*
 * Authorization a gives no more than the record of its approval: a row that is damaged, or that somebody has written
 * beside us, is no grant, unless the log was rewritten too, which its chain and the anchor show.
 */
#define SQL_GRANTED(what) "json_extract(d.data, '$.Parameters." what "')"
#define SQL_AS_RECORDED "(EXISTS (SELECT 1 FROM audit d WHERE d.object = a.request_id AND d.result = 'Success'" \
	" AND d.operation IN ('Approve-ElevatedAccessRequest', 'New-ElevatedAccessRequest') AND json_valid(d.data)" \
	" AND " SQL_GRANTED("RequestedAccess") " = a.access" \
	" AND " SQL_GRANTED("Authorization.Identity") " = a.id" \
	" AND " SQL_GRANTED("Authorization.AuthorizedTo") " = a.holder" \
	" AND unixepoch(" SQL_GRANTED("Authorization.StartTimeUtc") ") <= a.start_at" \
	" AND unixepoch(" SQL_GRANTED("Authorization.EndTimeUtc") ") >= a.end_at" \
	" AND " SQL_GRANTED("Authorization.Definition") " IS a.definition" \
	" AND " SQL_GRANTED("Authorization.MaxUses") " IS a.max_uses" \
	" AND (a.type = 'Task' AND " SQL_GRANTED("Policy.BindParameters") ") = a.bound)" \
	" AND (NOT a.bound OR a.parameters =" \
	" coalesce((SELECT r.parameters FROM request r WHERE r.id = a.request_id), ''))" \
	" AND NOT EXISTS (SELECT 1 FROM audit d WHERE d.object = a.id AND d.result = 'Success'" \
	" AND d.operation = 'Revoke-ElevatedAccessAuthorization'))"
#define SQL_LIVE "(a.revoked_at IS NULL AND " SQL_IN_WINDOW " AND " SQL_USES_LEFT " AND " SQL_AS_RECORDED ")"

/*
 * A run without an end whose process is gone, with this boot or before it, has
 * none that anybody could write. The process is the one that supervises the task.
 */
#define SQL_IS_THERE "(e.boot_id = :boot_id AND pl_alive(e.pid, e.pid_started))"
#define SQL_LOST "(e.ended_at IS NULL AND NOT " SQL_IS_THERE ")"

/* A notification is tried again within an hour; one that is due later was queued under a clock that was ahead. */
#define SQL_DUE "due_at NOT BETWEEN :now + 1 AND :now + 3600"

/* A request's state as it is now: expiry is a fact of the clock, not of a job. */
#define SQL_REQUEST_STATE "CASE WHEN r.state = 'Pending' AND r.expires_at <= :now THEN 'Expired' ELSE r.state END"

#endif
