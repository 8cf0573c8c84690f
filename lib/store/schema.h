/* schema.h - the SQL of each schema step */
#ifndef PAMLITE_STORE_SCHEMA_H
#define PAMLITE_STORE_SCHEMA_H

#include "pamlite/context.h"
#include "pamlite/digest.h"

/* The digest of the open database's schema, for the test that guards the table of steps. */
enum pl_status pl_schema_digest(struct pl_ctx *ctx, char out[PL_DIGEST_LEN + 1]);

/*
 * Enumerations are text, so that an auditor can read the file with any SQLite;
 * times are Unix seconds, durations seconds; lists and maps as in list.h.
 * Names compare without regard to ASCII case. Everything that is looked up has an index.
 */
#define PL_SCHEMA_1 \
	"CREATE TABLE approver_group (" \
	" id TEXT NOT NULL PRIMARY KEY," \
	" name TEXT NOT NULL COLLATE NOCASE UNIQUE," \
	" mail TEXT COLLATE NOCASE UNIQUE," \
	" unix_group TEXT," \
	" description TEXT," \
	" created_at INTEGER NOT NULL," \
	" updated_at INTEGER NOT NULL" \
	") STRICT;" \
	"CREATE INDEX approver_group_created ON approver_group (created_at DESC, id);" \
	"CREATE INDEX approver_group_unix ON approver_group (unix_group) WHERE unix_group IS NOT NULL;" \
	\
	"CREATE TABLE group_member (" \
	" group_id TEXT NOT NULL REFERENCES approver_group (id) ON DELETE CASCADE," \
	" member TEXT NOT NULL," \
	" PRIMARY KEY (group_id, member)" \
	") STRICT, WITHOUT ROWID;" \
	"CREATE INDEX group_member_member ON group_member (member);" \
	\
	"CREATE TABLE control (" \
	" id INTEGER PRIMARY KEY CHECK (id = 1)," \
	" enabled INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1))," \
	" admin_group TEXT REFERENCES approver_group (id)," \
	" management_group TEXT REFERENCES approver_group (id)," \
	" audit_group TEXT REFERENCES approver_group (id)," \
	" domain TEXT," \
	" request_lifetime_s INTEGER NOT NULL DEFAULT 86400 CHECK (request_lifetime_s > 0)," \
	" default_duration_s INTEGER NOT NULL DEFAULT 14400 CHECK (default_duration_s > 0)," \
	" require_comment INTEGER NOT NULL DEFAULT 0 CHECK (require_comment IN (0, 1))," \
	" notify_command TEXT," \
	" max_recording_bytes INTEGER NOT NULL DEFAULT 104857600 CHECK (max_recording_bytes > 0)," \
	" recording_retention_days INTEGER CHECK (recording_retention_days > 0)," \
	" updated_at INTEGER" \
	") STRICT;" \
	"INSERT INTO control (id) VALUES (1);" \
	\
	"CREATE TABLE system_account (" \
	" name TEXT NOT NULL PRIMARY KEY," \
	" reason TEXT NOT NULL," \
	" expires_at INTEGER," \
	" last_used_at INTEGER," \
	" added_by TEXT NOT NULL," \
	" created_at INTEGER NOT NULL" \
	") STRICT;" \
	"CREATE INDEX system_account_created ON system_account (created_at DESC, name);" \
	\
	"CREATE TABLE task (" \
	" name TEXT NOT NULL COLLATE NOCASE PRIMARY KEY," \
	" type TEXT NOT NULL CHECK (type IN ('Task', 'Role', 'RoleGroup'))," \
	" path TEXT," \
	" arguments TEXT," \
	" parameters TEXT," \
	" run_as TEXT," \
	" working_directory TEXT," \
	" environment TEXT," \
	" sha256 TEXT," \
	" description TEXT," \
	" digest TEXT NOT NULL CHECK (length(digest) = 64)," \
	" created_at INTEGER NOT NULL," \
	" updated_at INTEGER NOT NULL," \
	" CHECK ((type = 'Task') = (path IS NOT NULL))" \
	") STRICT;" \
	"CREATE INDEX task_created ON task (created_at DESC, name);" \
	\
	"CREATE TABLE task_member (" \
	" task TEXT NOT NULL COLLATE NOCASE REFERENCES task (name) ON DELETE CASCADE," \
	" member TEXT NOT NULL COLLATE NOCASE," \
	" position INTEGER NOT NULL," \
	" PRIMARY KEY (task, member)" \
	") STRICT, WITHOUT ROWID;" \
	"CREATE INDEX task_member_member ON task_member (member);" \
	\
	"CREATE TABLE policy (" \
	" id TEXT NOT NULL PRIMARY KEY," \
	" type TEXT NOT NULL CHECK (type IN ('Task', 'Role', 'RoleGroup'))," \
	" access TEXT NOT NULL COLLATE NOCASE UNIQUE," \
	" approval_type TEXT NOT NULL CHECK (approval_type IN ('Manual', 'Auto'))," \
	" approver_group TEXT REFERENCES approver_group (id)," \
	" eligible_group TEXT REFERENCES approver_group (id)," \
	" max_duration_s INTEGER CHECK (max_duration_s > 0)," \
	" min_approvals INTEGER NOT NULL DEFAULT 1 CHECK (min_approvals > 0)," \
	" max_uses INTEGER CHECK (max_uses > 0)," \
	" require_ticket INTEGER NOT NULL DEFAULT 0 CHECK (require_ticket IN (0, 1))," \
	" bind_parameters INTEGER NOT NULL DEFAULT 1 CHECK (bind_parameters IN (0, 1))," \
	" record_session INTEGER NOT NULL DEFAULT 0 CHECK (record_session IN (0, 1))," \
	" terminate_on_end INTEGER NOT NULL DEFAULT 0 CHECK (terminate_on_end IN (0, 1))," \
	" description TEXT," \
	" digest TEXT NOT NULL CHECK (length(digest) = 64)," \
	" created_by TEXT NOT NULL," \
	" created_at INTEGER NOT NULL," \
	" updated_at INTEGER NOT NULL" \
	") STRICT;" \
	"CREATE INDEX policy_created ON policy (created_at DESC, id);" \
	"CREATE INDEX policy_approver ON policy (approver_group);" \
	"CREATE INDEX policy_eligible ON policy (eligible_group);" \
	\
	"CREATE TABLE request (" \
	" id TEXT NOT NULL PRIMARY KEY," \
	" requestor TEXT NOT NULL," \
	" requestor_uid INTEGER NOT NULL," \
	" requestor_login_uid INTEGER," \
	" asserted INTEGER NOT NULL CHECK (asserted IN (0, 1))," \
	" type TEXT NOT NULL CHECK (type IN ('Task', 'Role', 'RoleGroup'))," \
	" access TEXT NOT NULL COLLATE NOCASE," \
	" policy_id TEXT NOT NULL," \
	" state TEXT NOT NULL CHECK (state IN ('Pending', 'Approved', 'Denied', 'Expired', 'Canceled'))," \
	" context TEXT," \
	" reason TEXT NOT NULL," \
	" duration_s INTEGER NOT NULL CHECK (duration_s > 0)," \
	" parameters TEXT," \
	" ticket TEXT," \
	" client_token TEXT," \
	" start_at INTEGER," \
	" revision INTEGER NOT NULL DEFAULT 1," \
	" created_at INTEGER NOT NULL," \
	" updated_at INTEGER NOT NULL," \
	" expires_at INTEGER NOT NULL," \
	" decided_at INTEGER," \
	" CHECK (expires_at > created_at)," \
	" CHECK ((state = 'Pending') = (decided_at IS NULL))" \
	") STRICT;" \
	"CREATE INDEX request_created ON request (created_at DESC, id);" \
	"CREATE INDEX request_requestor ON request (requestor, created_at DESC, id);" \
	"CREATE INDEX request_pending ON request (created_at DESC, id) WHERE state = 'Pending';" \
	"CREATE INDEX request_pending_requestor ON request (requestor, access, expires_at) WHERE state = 'Pending';" \
	"CREATE UNIQUE INDEX request_token ON request (requestor, client_token) WHERE client_token IS NOT NULL;" \
	\
	"CREATE TABLE decision (" \
	" request_id TEXT NOT NULL REFERENCES request (id)," \
	" principal TEXT NOT NULL," \
	" uid INTEGER NOT NULL," \
	" login_uid INTEGER," \
	" asserted INTEGER NOT NULL CHECK (asserted IN (0, 1))," \
	" verdict TEXT NOT NULL CHECK (verdict IN ('Approved', 'Denied'))," \
	" comment TEXT," \
	" context TEXT," \
	" decided_at INTEGER NOT NULL," \
	" PRIMARY KEY (request_id, principal)" \
	") STRICT, WITHOUT ROWID;" \
	\
	"CREATE TABLE authorization (" \
	" id TEXT NOT NULL PRIMARY KEY," \
	" request_id TEXT NOT NULL UNIQUE REFERENCES request (id)," \
	" policy_id TEXT NOT NULL," \
	" holder TEXT NOT NULL," \
	" holder_uid INTEGER NOT NULL," \
	" asserted INTEGER NOT NULL CHECK (asserted IN (0, 1))," \
	" type TEXT NOT NULL CHECK (type IN ('Task', 'Role', 'RoleGroup'))," \
	" access TEXT NOT NULL COLLATE NOCASE," \
	" parameters TEXT," \
	" bound INTEGER NOT NULL CHECK (bound IN (0, 1))," \
	" definition TEXT," \
	" authorized_by TEXT NOT NULL," \
	" start_at INTEGER NOT NULL," \
	" end_at INTEGER NOT NULL," \
	" granted_at INTEGER NOT NULL," \
	" boot_id TEXT NOT NULL," \
	" boot_end_ms INTEGER NOT NULL," \
	" max_uses INTEGER CHECK (max_uses > 0)," \
	" use_count INTEGER NOT NULL DEFAULT 0 CHECK (use_count >= 0)," \
	" last_used_at INTEGER," \
	" revoked_at INTEGER," \
	" revoked_by TEXT," \
	" revocation_comment TEXT," \
	" created_at INTEGER NOT NULL," \
	" updated_at INTEGER NOT NULL," \
	" CHECK (end_at > start_at)," \
	" CHECK (max_uses IS NULL OR use_count <= max_uses)" \
	") STRICT;" \
	"CREATE INDEX authorization_created ON authorization (created_at DESC, id);" \
	"CREATE INDEX authorization_holder ON authorization (holder, access, end_at);" \
	"CREATE INDEX authorization_live ON authorization (end_at, policy_id) WHERE revoked_at IS NULL;" \
	\
	"CREATE TABLE execution (" \
	" id TEXT NOT NULL PRIMARY KEY," \
	" task TEXT NOT NULL COLLATE NOCASE," \
	" user TEXT NOT NULL," \
	" uid INTEGER NOT NULL," \
	" run_as TEXT NOT NULL," \
	" command_line TEXT NOT NULL," \
	" parameters TEXT," \
	" authorization_id TEXT REFERENCES authorization (id)," \
	" started_at INTEGER NOT NULL," \
	" ended_at INTEGER," \
	" exit_status INTEGER," \
	" signal INTEGER," \
	" end_reason TEXT CHECK (end_reason IN" \
	"  ('Exited', 'Signaled', 'Revoked', 'AuthorizationEnded', 'Stopped', 'Unknown'))," \
	" terminal TEXT," \
	" pid INTEGER NOT NULL," \
	" host TEXT," \
	" boot_id TEXT NOT NULL," \
	" stop_at INTEGER," \
	" stop_by TEXT," \
	" stop_comment TEXT," \
	" recording_path TEXT," \
	" recording_sha256 TEXT," \
	" input_bytes INTEGER," \
	" output_bytes INTEGER," \
	" CHECK ((ended_at IS NULL) = (end_reason IS NULL))" \
	") STRICT;" \
	"CREATE INDEX execution_started ON execution (started_at DESC, id);" \
	"CREATE INDEX execution_user ON execution (user, started_at DESC, id);" \
	"CREATE INDEX execution_task ON execution (task, started_at DESC, id);" \
	"CREATE INDEX execution_authorization ON execution (authorization_id);" \
	"CREATE INDEX execution_running ON execution (started_at DESC, id) WHERE ended_at IS NULL;" \
	\
	"CREATE TABLE audit (" \
	" sequence INTEGER PRIMARY KEY," \
	" data TEXT NOT NULL," \
	" hash TEXT NOT NULL CHECK (length(hash) = 64)," \
	" time TEXT NOT NULL," \
	" user TEXT NOT NULL," \
	" operation TEXT NOT NULL," \
	" object TEXT," \
	" result TEXT NOT NULL," \
	" record_type TEXT NOT NULL" \
	") STRICT;" \
	"CREATE INDEX audit_time ON audit (time, sequence);" \
	"CREATE INDEX audit_user ON audit (user, sequence);" \
	"CREATE INDEX audit_object ON audit (object, sequence);" \
	"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit" \
	" BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;" \
	"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit" \
	" BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;"

/*
 * Own things are known by name and uid, runs by their process's number and start
 * (clock ticks from boot; null = unknown). The uid of an audit record is read out of
 * its line, so that there is no copy that could say something else: inside a value the
 * quotes would be escaped, so what is found is the key. A request keeps who was asked, so that they see what became of
 * it when its policy is gone. `called` is a program's argv[0] where that is not its path.
 */
#define PL_SCHEMA_2 \
	"ALTER TABLE execution ADD COLUMN asserted INTEGER NOT NULL DEFAULT 0 CHECK (asserted IN (0, 1));" \
	"ALTER TABLE execution ADD COLUMN pid_started INTEGER;" \
	"UPDATE execution SET asserted = 1 WHERE authorization_id IN (SELECT id FROM authorization WHERE asserted);" \
	\
	"ALTER TABLE audit ADD COLUMN uid INTEGER" \
	" AS (CAST(substr(data, nullif(instr(data, ',\"Uid\":'), 0) + 7, 10) AS INTEGER)) VIRTUAL;" \
	\
	"ALTER TABLE request ADD COLUMN approver_group TEXT;" \
	"UPDATE request SET approver_group = (SELECT coalesce(p.approver_group, (SELECT admin_group FROM control))" \
	" FROM policy p WHERE p.id = request.policy_id);" \
	"ALTER TABLE task ADD COLUMN called TEXT;" \
	\
	"DROP INDEX request_token;" \
	"CREATE UNIQUE INDEX request_token ON request (requestor, client_token, requestor_uid)" \
	" WHERE client_token IS NOT NULL;"

/*
 * A message is what one event has to tell; a notification is one delivery of it, to an address or to the control's
 * program. For a group without an address there is one notification for the group, which the
 * sender replaces by one for each member. `event` is the same as a JSON object, for the program.
 */
#define PL_SCHEMA_3 \
	"CREATE TABLE message (" \
	" id TEXT NOT NULL PRIMARY KEY," \
	" kind TEXT NOT NULL CHECK (kind IN ('Pending', 'Reminder', 'Approved', 'Denied', 'Expired', 'Canceled'," \
	"  'Revoked', 'Configuration'))," \
	" request_id TEXT REFERENCES request (id)," \
	" mail_id TEXT NOT NULL," \
	" reply_to TEXT," \
	" subject TEXT NOT NULL," \
	" body TEXT NOT NULL," \
	" event TEXT NOT NULL," \
	" created_at INTEGER NOT NULL" \
	") STRICT;" \
	"CREATE INDEX message_request ON message (request_id, kind);" \
	\
	"CREATE TABLE notification (" \
	" id TEXT NOT NULL PRIMARY KEY," \
	" message_id TEXT NOT NULL REFERENCES message (id)," \
	" channel TEXT NOT NULL CHECK (channel IN ('Mail', 'Command'))," \
	" group_id TEXT," \
	" recipient TEXT NOT NULL," \
	" state TEXT NOT NULL DEFAULT 'Queued' CHECK (state IN ('Queued', 'Sent', 'Failed'))," \
	" attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)," \
	" last_error TEXT," \
	" due_at INTEGER," \
	" created_at INTEGER NOT NULL," \
	" sent_at INTEGER," \
	" CHECK ((state = 'Queued') = (due_at IS NOT NULL))," \
	" CHECK ((state = 'Sent') = (sent_at IS NOT NULL))" \
	") STRICT;" \
	"CREATE INDEX notification_created ON notification (created_at DESC, id);" \
	"CREATE INDEX notification_unsent ON notification (created_at DESC, id) WHERE state <> 'Sent';" \
	"CREATE INDEX notification_message ON notification (message_id);" \
	"CREATE INDEX notification_due ON notification (channel, due_at) WHERE state = 'Queued';" \
	\
	"ALTER TABLE execution ADD COLUMN input_sha256 TEXT;" \
	"ALTER TABLE execution ADD COLUMN output_sha256 TEXT;" \
	\
	"CREATE INDEX request_expiry ON request (expires_at, id) WHERE state = 'Pending';" \
	"CREATE INDEX execution_recorded ON execution (started_at, id)" \
	" WHERE recording_path IS NOT NULL AND ended_at IS NOT NULL;"

#endif
