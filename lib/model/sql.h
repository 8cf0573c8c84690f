/* sql.h - conditions that several nouns share, each written once */
#ifndef PAMLITE_MODEL_SQL_H
#define PAMLITE_MODEL_SQL_H

/* The ids of the caller's approver groups. */
#define SQL_MY_GROUPS "(SELECT value FROM json_each(:groups))"

/* Is that account the caller, by his short or long name? */
#define SQL_IS_ME(column) column " IN (:me, coalesce(:me_long, :me))"

/* An account with the control's domain behind it, where it has none of its own. */
#define SQL_UPN(column) column " || CASE WHEN instr(" column ", '@') = 0 AND instr(" column ", '\\') = 0" \
	" THEN coalesce('@' || (SELECT domain FROM control), '') ELSE '' END"

/* The approver group of policy p. */
#define SQL_APPROVER_GROUP "coalesce(p.approver_group, (SELECT admin_group FROM control))"
#define SQL_MAY_DECIDE "(p.id IS NOT NULL AND " SQL_APPROVER_GROUP " IN " SQL_MY_GROUPS ")"

/* A policy is seen by those who may request under it or decide it. */
#define SQL_POLICY_VISIBLE "(:all OR p.eligible_group IS NULL OR p.eligible_group IN " SQL_MY_GROUPS \
	" OR " SQL_MAY_DECIDE ")"

/* The names under which a grant or a policy covers a task: its own, its roles', their groups'. */
#define SQL_COVERING(name) "(SELECT " name " UNION SELECT task FROM task_member WHERE member = " name \
	" UNION SELECT g.task FROM task_member m JOIN task_member g ON g.member = m.task WHERE m.member = " name ")"

/*
 * Authorization a belongs to the caller. An asserted name is the whole
 * identity; otherwise the uid counts too, so that a grant does not pass to a new
 * account of the same name.
 */
#define SQL_HELD_BY_ME "(" SQL_IS_ME("a.holder") " AND (a.asserted OR :asserted OR a.holder_uid = :uid))"

/*
 * Authorization a is inside its window by both clocks: setting the wall clock
 * back prolongs nothing within the same boot.
 */
#define SQL_IN_WINDOW "(a.start_at <= :now AND :now < a.end_at" \
	" AND (a.boot_id <> :boot_id OR :boot_time < a.boot_end_ms))"
#define SQL_NOT_OVER "(:now < a.end_at AND (a.boot_id <> :boot_id OR :boot_time < a.boot_end_ms))"
#define SQL_USES_LEFT "(a.max_uses IS NULL OR a.use_count < a.max_uses)"
#define SQL_LIVE "(a.revoked_at IS NULL AND " SQL_IN_WINDOW " AND " SQL_USES_LEFT ")"

/* A request's state as it is now: expiry is a fact of the clock, not of a job. */
#define SQL_REQUEST_STATE "CASE WHEN r.state = 'Pending' AND r.expires_at <= :now THEN 'Expired' ELSE r.state END"

#endif
