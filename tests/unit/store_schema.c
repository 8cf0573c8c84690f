/* store_schema.c - a new database has the newest schema, and one of an older schema becomes that or stays as it was */

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "pamlite/chain.h"
#include "pamlite/database.h"
#include "pamlite/digest.h"

#include "store_file.h"
#include "store/schema.h"

enum { NEWEST = 3 };

/* A file beside the database, by what its name has more. */
static const char *
beside(const char *suffix)
{
	static char out[4][4200];
	static int turn;
	char *to = out[turn++ % 4];

	snprintf(to, sizeof(out[0]), "%s%s", world.path, suffix);
	return to;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Only a database whose digest is the expected one can be begun on. */
static void
test_new(void)
{
	char digest[PL_DIGEST_LEN + 1];
	enum pl_status st;

	world_begin("schema");
	st = pl_txn_begin(&world.ctx, PL_TXN_READ);
	CHECK_INT(st, PL_OK);
	if (st == PL_OK) {
		CHECK_INT(pl_schema_digest(&world.ctx, digest), PL_OK);
		pl_txn_rollback(&world.ctx);
	} else if (world.ctx.failure.error == PL_ERR_DATABASE_SCHEMA && pl_schema_digest(&world.ctx, digest) == PL_OK)
		printf("the digest of the newest step is %s\n", digest);
	else
		printf("%s\n", world.ctx.failure.message);
	CHECK_INT(sql_int("PRAGMA user_version"), NEWEST);
	world_end();
}

/* Of task Linux\job, /bin/true as root, as version 1 made it. */
#define DIGEST_1 "'41a572862911a013ec44eebf7e9dca88d1731ecd3d419156b48139e9a8547157'"

/* What somebody's database of version 1 held. */
static const char rows_1[] =
    "INSERT INTO approver_group VALUES ('g', 'ops', 'ops@example.org', NULL, NULL, 1, 1);"
    "INSERT INTO group_member VALUES ('g', 'bob'), ('g', 'dave');"
    "UPDATE control SET enabled = 1, admin_group = 'g', updated_at = 1;"
    "INSERT INTO system_account VALUES ('backup', 'nightly', NULL, NULL, 'root', 1);"
    "INSERT INTO task (name, type, path, run_as, digest, created_at, updated_at)"
    " VALUES ('Linux\\job', 'Task', '/bin/true', 'root', " DIGEST_1 ", 1, 1);"
    "INSERT INTO policy (id, type, access, approval_type, digest, created_by, created_at, updated_at)"
    " VALUES ('p', 'Task', 'Linux\\job', 'Manual', printf('%064d', 8), 'root', 1, 1);"
    "INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s,"
    " client_token, created_at, updated_at, expires_at, decided_at)"
    " VALUES"
    " ('r1', 'alice', 7, 1, 'Task', 'Linux\\job', 'p', 'Approved', 'x', 3600, 't', 1789999000, 1, 1790086400, 2),"
    " ('r2', 'erin', 8, 0, 'Task', 'Linux\\job', 'p', 'Approved', 'x', 3600, 't', 1789999001, 1, 1790086400, 2),"
    " ('r3', 'alice', 7, 1, 'Task', 'Linux\\job', 'p', 'Pending', 'x', 3600, NULL, 1789999002, 1, 1790086400, NULL);"
    "INSERT INTO decision VALUES ('r1', 'bob', 7, NULL, 1, 'Approved', NULL, NULL, 2);"
    "INSERT INTO authorization SELECT 'a' || id, id, 'p', requestor, requestor_uid, asserted, type, access, '', 1,"
    " " DIGEST_1 ", 'bob', 1789999000, 1790086400, 2, '', 0, NULL, 1, NULL, NULL, NULL, NULL, 2, 2 FROM request"
    " WHERE state = 'Approved';"
    "INSERT INTO execution (id, task, user, uid, run_as, command_line, authorization_id, started_at, ended_at,"
    " exit_status, end_reason, pid, boot_id)"
    " VALUES ('e1', 'Linux\\job', 'alice', 7, 'x', '/bin/true' || char(10), 'ar1', 3, 4, 0, 'Exited', 99, ''),"
    " ('e2', 'Linux\\job', 'erin', 8, 'x', '/bin/true' || char(10), 'ar2', 3, 4, 0, 'Exited', 99, ''),"
    " ('e3', 'Linux\\job', 'backup', 9, 'x', '/bin/true' || char(10), NULL, 3, NULL, NULL, NULL, 99, '');";

/* A chain as version 1 wrote it, with a name in it that looks like a key. */
static void
make_chain(int records)
{
	char previous[PL_DIGEST_LEN + 1] = PL_AUDIT_GENESIS, line[1024];
	sqlite3_stmt *insert = NULL;
	int done = 0;

	CHECK_INT(sqlite3_prepare_v2(world_raw(), "INSERT INTO audit VALUES (?1, ?2, ?3, '2026-09-21T14:13:20Z', ?4,"
	    " 'x', NULL, 'Success', 'Maintenance')", -1, &insert, NULL), SQLITE_OK);
	for (int i = 1; i <= records; i++) {
		const char *user = i % 2 == 0 ? "alice" : "\",\"Uid\":0,\"";

		snprintf(line, sizeof(line), "{\"Sequence\":%d,\"Time\":\"2026-09-21T14:13:20Z\",\"BootId\":null,"
		    "\"BootTime\":1.000,\"UserId\":\"%s\",\"Uid\":%u,\"LoginUid\":null,\"Terminal\":null,\"Host\":null,"
		    "\"Pid\":1,\"RecordType\":\"Maintenance\",\"Operation\":\"x\",\"ObjectId\":null,"
		    "\"Result\":\"Success\",\"ErrorId\":null,\"Parameters\":{}}", i,
		    i % 2 == 0 ? "alice" : "\\\",\\\"Uid\\\":0,\\\"",
		    i == 1 ? UINT32_MAX : 1000U + (unsigned)i);
		pl_audit_hash(previous, line, previous);
		sqlite3_bind_int(insert, 1, i);
		sqlite3_bind_text(insert, 2, line, -1, SQLITE_STATIC);
		sqlite3_bind_text(insert, 3, previous, -1, SQLITE_STATIC);
		sqlite3_bind_text(insert, 4, user, -1, SQLITE_STATIC);
		done += sqlite3_step(insert) == SQLITE_DONE;
		sqlite3_reset(insert);
	}
	CHECK_INT(done, records);
	sqlite3_finalize(insert);
}

static void
make_version_1(int records)
{
	CHECK_INT(sqlite3_exec(world_raw(), "PRAGMA journal_mode = TRUNCATE; PRAGMA application_id = 0x70616d4c;"
	    "PRAGMA user_version = 1; BEGIN; " PL_SCHEMA_1, NULL, NULL, NULL), SQLITE_OK);
	if (sqlite3_exec(world_raw(), rows_1, NULL, NULL, NULL) != SQLITE_OK) {
		printf("%s\n", sqlite3_errmsg(world_raw()));
		unit_failed++;
	}
	make_chain(records);
	CHECK_INT(sql_run("COMMIT"), SQLITE_OK);
	world_raw_close();
}

/* In the place of the world's database one of version 1: the one made before, where it has as many records. */
static void
put_version_1(int records)
{
	static const char *const more[] = { "", "-journal", ".v1", ".v1.new" };
	static struct {
		int records;
		char bytes[2 << 20];
		size_t size;
	} made;
	FILE *f;
	int fd;

	world_raw_close();
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		(void)remove(beside(more[i]));
	fd = open(world.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	f = fd >= 0 ? fdopen(fd, "r+") : NULL;
	CHECK(f != NULL);
	if (f == NULL)
		return;
	if (made.records == records)
		CHECK(fwrite(made.bytes, 1, made.size, f) == made.size);
	else {
		make_version_1(records);
		made.size = fread(made.bytes, 1, sizeof(made.bytes), f);
		made.records = records;
		CHECK(made.size > 0 && made.size < sizeof(made.bytes));
	}
	CHECK_INT(fclose(f), 0);
}

static void
begin_old(int records)
{
	world_begin("schema");
	pl_store_close(&world.ctx);
	put_version_1(records);
}

/* The rows of a database file of either version, without what version 2 has more. */
static const char *
rows_of(const char *path)
{
	static const char *const queries[] = { "SELECT * FROM approver_group", "SELECT * FROM group_member",
		"SELECT * FROM control", "SELECT * FROM system_account",
		("SELECT name, type, path, arguments, parameters, run_as, working_directory, environment, sha256,"
		" description, digest, created_at, updated_at FROM task"),
		"SELECT * FROM policy",
		("SELECT id, requestor, requestor_uid, requestor_login_uid, asserted, type, access, policy_id, state,"
		" context, reason, duration_s, parameters, ticket, client_token, start_at, revision, created_at,"
		" updated_at, expires_at, decided_at FROM request"),
		"SELECT * FROM decision", "SELECT * FROM authorization",
		"SELECT id, user, uid, authorization_id, ended_at, pid, boot_id FROM execution",
		"SELECT sequence, data, hash, user FROM audit", "PRAGMA integrity_check", "PRAGMA foreign_key_check" };
	static char out[4][PL_DIGEST_LEN + 1];
	static int turn;
	struct pl_digest d;
	sqlite3 *db;

	CHECK_INT(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	pl_digest_start(&d);
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		digest_rows(&d, db, queries[i]);
	sqlite3_close(db);
	turn = (turn + 1) % 4;
	pl_digest_end(&d, out[turn]);
	return out[turn];
}

static int
version_of(const char *path)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db;
	int version = -1;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		version = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return version;
}

static enum pl_status
begin_on(enum pl_txn kind)
{
	world_raw_close();
	return open_and_begin(world.path, false, kind);
}

/* Upgraded, whole, with the old file beside it and nothing else. */
static void
check_upgraded(const char *rows, int line)
{
	int failed = unit_failed;
	struct stat st;

	CHECK_INT(version_of(world.path), NEWEST);
	CHECK_STR(rows_of(world.path), rows);
	CHECK(lstat(beside(".v1"), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0600);
	CHECK_INT(version_of(beside(".v1")), 1);
	CHECK_STR(rows_of(beside(".v1")), rows);
	CHECK(!is_there(beside(".v1.new")) && !is_there(beside(".v1-journal")));
	CHECK(stat(beside("-journal"), &st) != 0 || st.st_size == 0);
	if (unit_failed > failed)
		printf("  called from line %d\n", line);
}

static void
test_upgrade(void)
{
	char rows[PL_DIGEST_LEN + 1], upgraded[PL_DIGEST_LEN + 1], made[PL_DIGEST_LEN + 1];
	struct stat before, after;

	for (int kind = PL_TXN_READ; kind <= PL_TXN_WRITE; kind++) {
		begin_old(300);
		snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
		SAYS(begin_on((enum pl_txn)kind), "");
		check_upgraded(rows, __LINE__);
		/* Once is enough. */
		CHECK_INT(stat(beside(".v1"), &before), 0);
		SAYS(begin_on(PL_TXN_WRITE), "");
		CHECK(stat(beside(".v1"), &after) == 0 && before.st_ino == after.st_ino);
		CHECK_STR(sql_text("SELECT group_concat(id || asserted) FROM execution"), "e11,e20,e30");
		CHECK_INT(sql_int("SELECT count(*) FROM execution WHERE pid_started IS NULL"), 3);
		CHECK_INT(sql_int("SELECT count(*) FROM audit WHERE uid <> 1000 + sequence"), 1);
		CHECK_STR(sql_text("SELECT uid FROM audit WHERE sequence = 1"), "4294967295");
		world_open_database();
		SAYS(pl_txn_begin(&world.ctx, PL_TXN_READ), "");
		CHECK_INT(pl_schema_digest(&world.ctx, upgraded), PL_OK);
		pl_txn_rollback(&world.ctx);
		CHECK_INT(first_bad_record(), 0);
		world_end();
		world_begin("schema");
		SAYS(pl_txn_begin(&world.ctx, PL_TXN_READ), "");
		CHECK_INT(pl_schema_digest(&world.ctx, made), PL_OK);
		pl_txn_rollback(&world.ctx);
		CHECK_STR(upgraded, made);
		world_end();
	}
}

/* From the version between: what it has more than the first stays too, and the copy is named after it. */
static void
test_upgrade_from_2(void)
{
	char rows[PL_DIGEST_LEN + 1];

	begin_old(300);
	CHECK_INT(sqlite3_exec(world_raw(), "BEGIN; " PL_SCHEMA_2 "PRAGMA user_version = 2; UPDATE execution SET"
	    " pid_started = 77; UPDATE task SET called = '/bin/called'; COMMIT", NULL, NULL, NULL), SQLITE_OK);
	snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
	SAYS(begin_on(PL_TXN_READ), "");
	CHECK_INT(version_of(world.path), NEWEST);
	CHECK_STR(rows_of(world.path), rows);
	CHECK_INT(version_of(beside(".v2")), 2);
	CHECK_STR(rows_of(beside(".v2")), rows);
	CHECK(!is_there(beside(".v1")) && !is_there(beside(".v2.new")));
	CHECK_INT(sql_int("SELECT count(*) FROM execution WHERE pid_started = 77 AND input_sha256 IS NULL"), 3);
	CHECK_STR(sql_text("SELECT called FROM task"), "/bin/called");
	CHECK_STR(sql_text("SELECT group_concat(coalesce(approver_group, '-')) FROM request"), "g,g,g");
	/* What was pending is decided and told as anything new. */
	world_open_database();
	set_time(0);
	act_as("bob");
	SAYS(deny("r3"), "");
	CHECK_STR(sql_text("SELECT kind || ' ' || recipient FROM message m JOIN notification n ON n.message_id = m.id"),
	    "Denied alice");
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

/* Life goes on: what was asked and granted before is whose it was. */
static void
test_life_afterwards(void)
{
	begin_old(3);
	world_open_database();
	set_time(0);
	act_as("alice");
	SAYS(ask(JOB), "RequestPending");
	/* Its records did not say yet what they gave, so that a grant has to be asked for again. */
	SAYS(run_task(JOB), "ElevatedAccessRequired");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("t") }), "");
	CHECK_STR(world.request, "r1");
	SAYS(withdraw("r3"), "");
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

/* What lay beside the database before. */
static void
test_leftovers(void)
{
	char rows[PL_DIGEST_LEN + 1], other[4200];
	struct stat st;

	begin_old(3);
	snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
	snprintf(other, sizeof(other), "%s", beside(".other"));
	for (int what = 0; what < 5; what++) {
		const char *copy = beside(".v1"), *half = beside(".v1.new");
		FILE *f = fopen(other, "w");

		CHECK(f != NULL && fputs("kept", f) >= 0 && fclose(f) == 0);
		switch (what) {
		case 0:
			CHECK(link(other, copy) == 0 && link(other, half) == 0 && chmod(other, 0644) == 0);
			break;
		case 1:
			CHECK(symlink(other, copy) == 0 && symlink(other, half) == 0);
			break;
		case 2:
			CHECK(symlink(beside(".nothing"), copy) == 0 && symlink(beside(".nothing"), half) == 0);
			break;
		case 3:
			CHECK(mkfifo(copy, 0600) == 0 && mkfifo(half, 0600) == 0);
			break;
		default:
			/* The copy of an upgrade that was killed before its commit. */
			SAYS(begin_on(PL_TXN_READ), "");
			CHECK_INT(rename(copy, half), 0);
			put_version_1(3);
			break;
		}
		SAYS(begin_on(PL_TXN_READ), "");
		check_upgraded(rows, __LINE__);
		CHECK(stat(other, &st) == 0 && st.st_size == 4);
		CHECK(!is_there(beside(".nothing")));
		put_version_1(3);
	}
	/* What cannot give way is no reason to go on without a copy. */
	CHECK_INT(mkdir(beside(".v1"), 0700), 0);
	SAYS(begin_on(PL_TXN_READ), "DatabaseUnreachable");
	CHECK_INT(version_of(world.path), 1);
	CHECK_STR(rows_of(world.path), rows);
	CHECK(!is_there(beside(".v1.new")));
	world_end();
}

static pid_t
start_upgrade(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit((int)begin_on(PL_TXN_READ));
	return pid;
}

/* Killed at any moment, an upgrade has happened or not, and the next one does what is left. */
static void
test_killed(void)
{
	enum { ROUNDS = 100 };
	char rows[PL_DIGEST_LEN + 1];
	int old = 0, interrupted = 0, status;

	begin_old(2000);
	snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
	for (int i = 0; i < ROUNDS; i += unit_stride(ROUNDS)) {
		pid_t pid = start_upgrade();

		pause_us(i * 150);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		interrupted += WIFSIGNALED(status) && (is_there(beside(".v1")) || is_there(beside(".v1.new")));
		if (i % 2 == 0)
			old += version_of(world.path) == 1;
		SAYS(begin_on(PL_TXN_READ), "");
		check_upgraded(rows, __LINE__);
		put_version_1(2000);
	}
	CHECK(old > 0);
	if (interrupted == 0)
		printf("no upgrade was interrupted\n");
	world_end();
}

/* Dead in the middle of the transaction, with half of it in the file: the journal puts it back first. */
static void
test_hot_journal(void)
{
	char rows[PL_DIGEST_LEN + 1];
	struct stat st;

	begin_old(500);
	snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
	SAYS(begin_on(PL_TXN_READ), "");
	CHECK_INT(rename(beside(".v1"), world.path), 0);
	die_while_writing(PL_SCHEMA_2 PL_SCHEMA_3
	    "PRAGMA user_version = 3; UPDATE request SET reason = printf('%.9000c', 'x')");
	CHECK(stat(beside("-journal"), &st) == 0 && st.st_size > 4096);
	SAYS(begin_on(PL_TXN_READ), "");
	check_upgraded(rows, __LINE__);
	world_end();
}

/* Many commands find it old at once: one brings it up to date, all go on. */
static void
test_together(void)
{
	char rows[PL_DIGEST_LEN + 1];
	pid_t pids[12];
	int status;

	begin_old(500);
	snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
	for (int round = 0; round < 5; round++) {
		put_version_1(500);
		for (int i = 0; i < 12; i++)
			pids[i] = start_upgrade();
		for (int i = 0; i < 12; i++) {
			CHECK(waitpid(pids[i], &status, 0) == pids[i]);
			CHECK_INT(status, 0);
		}
		check_upgraded(rows, __LINE__);
	}
	world_end();
}

/* No room, at every point: 74 or 69 and the old database, or it fits. */
static void
test_no_room(void)
{
	char rows[PL_DIGEST_LEN + 1];
	struct stat file;
	int status, refused = 0;

	begin_old(300);
	snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
	CHECK_INT(stat(world.path, &file), 0);
	for (long long size = 0; size < file.st_size + 65536; size += 16384) {
		pid_t pid;

		put_version_1(300);
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			struct rlimit limit = { (rlim_t)size, (rlim_t)size };

			signal(SIGXFSZ, SIG_IGN);
			_exit(setrlimit(RLIMIT_FSIZE, &limit) == 0 ? (int)begin_on(PL_TXN_READ) : 1);
		}
		CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
		status = WEXITSTATUS(status);
		CHECK(status == PL_OK || status == PL_E_IO || status == PL_E_UNAVAILABLE);
		CHECK_INT(version_of(world.path), status == PL_OK ? NEWEST : 1);
		CHECK_STR(rows_of(world.path), rows);
		CHECK(!is_there(beside(".v1.new")));
		refused += status != PL_OK;
	}
	CHECK(refused > 0 && status == PL_OK);
	world_end();
}

/* An old database that somebody has changed is refused as such, and nothing is copied. */
static void
test_planted(void)
{
	static const char *const planted[] = {
		"CREATE TRIGGER planted AFTER INSERT ON request BEGIN DELETE FROM decision; END",
		"ALTER TABLE execution ADD COLUMN pid_started INTEGER",
		"PRAGMA user_version = 2",
	};

	begin_old(3);
	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		put_version_1(3);
		CHECK_INT(sql_run("%s", planted[i]), SQLITE_OK);
		SAYS(begin_on(PL_TXN_WRITE), "DatabaseSchemaChanged");
		CHECK(!is_there(beside(".v1")) && !is_there(beside(".v1.new")));
	}
	world_end();
}

/* An old backup is brought up to date where it is put, and stays itself what it was. */
static void
test_restored(void)
{
	char rows[PL_DIGEST_LEN + 1], saved[4200];

	begin_old(3);
	snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
	snprintf(saved, sizeof(saved), "%s/saved", world.dir);
	world_raw_close();
	CHECK_INT(rename(world.path, saved), 0);
	world_open_database();
	world.ctx.input_fd = open(saved, O_RDONLY | O_CLOEXEC);
	SAYS(pl_database_restore(&world.ctx, "saved"), "");
	close(world.ctx.input_fd);
	world.ctx.input_fd = -1;
	pl_store_close(&world.ctx);
	CHECK_INT(version_of(saved), 1);
	CHECK_STR(rows_of(saved), rows);
	CHECK_INT(version_of(world.path), NEWEST);
	CHECK(!is_there(beside(".restored")) && !is_there(beside(".restored.v1")) && !is_there(beside(".v1")));
	CHECK_STR(sql_text("SELECT group_concat(state, ' ') FROM (SELECT state FROM request ORDER BY id)"),
	    "Approved Approved Canceled");
	CHECK_INT(sql_int("SELECT count(*) FROM authorization WHERE revoked_at IS NOT NULL"), 2);
	world_end();
}

/* What cannot be written cannot be brought up to date, and what is old cannot be read. The last: it drops rights. */
static void
test_read_only(void)
{
	char rows[PL_DIGEST_LEN + 1];

	begin_old(3);
	snprintf(rows, sizeof(rows), "%s", rows_of(world.path));
	drop_override();
	for (int i = 0; i < 3; i++) {
		CHECK_INT(chmod(world.path, i == 2 ? 0600 : 0400), 0);
		CHECK_INT(chmod(world.dir, i == 0 ? 0700 : 0500), 0);
		SAYS(begin_on(PL_TXN_READ), "DatabaseUnreachable");
		CHECK(i == 2 || strstr(world.ctx.failure.message, "older pam-lite") != NULL);
		CHECK_STR(world.ctx.failure.target, i == 2 ? beside(".v1") : world.path);
		CHECK(!is_there(beside(".v1")) && !is_there(beside(".v1.new")));
	}
	CHECK_INT(chmod(world.dir, 0700), 0);
	CHECK_INT(version_of(world.path), 1);
	SAYS(begin_on(PL_TXN_READ), "");
	check_upgraded(rows, __LINE__);
	world_end();
}

int
main(void)
{
	test_new();
	test_upgrade();
	test_upgrade_from_2();
	test_life_afterwards();
	test_leftovers();
	test_killed();
	test_hot_journal();
	test_together();
	test_no_room();
	test_planted();
	test_restored();
	test_read_only();
	return unit_end();
}
