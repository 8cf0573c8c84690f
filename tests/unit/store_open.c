/* store_open.c - which files are opened, and that nothing is made or changed of those that are not */

#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "pamlite/digest.h"
#include "pamlite/place.h"
#include "pamlite/statement.h"

#include "store_file.h"

enum { STRANGER = 54321 };

/* A file of the world's directory, by its name. */
static const char *
at(const char *name)
{
	static char out[4][4096];
	static int turn;
	char *to = out[turn++ % 4];

	snprintf(to, sizeof(out[0]), "%s/%s", world.dir, name);
	return to;
}

static void
write_bytes(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
}

static char *
read_bytes(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	char *bytes;

	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	bytes = malloc((size_t)st.st_size + 1);
	if (bytes == NULL)
		exit(1);
	*len = (size_t)st.st_size;
	CHECK(read(fd, bytes, *len) == (ssize_t)*len);
	close(fd);
	return bytes;
}

/* Names, kinds, modes, owners and contents of the directory, but for lock files where told. */
static void
look_around(bool with_locks, struct pl_buf *out)
{
	struct dirent **entries;
	struct stat st;
	int n = scandir(world.dir, &entries, NULL, alphasort);

	pl_buf_init(out);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.' && (with_locks || strstr(name, ".lock") == NULL) && lstat(at(name), &st) == 0) {
			pl_buf_printf(out, "%s %o %d %lld\n", name, (unsigned)st.st_mode, (int)st.st_uid,
			    (long long)st.st_nlink);
			if (S_ISREG(st.st_mode)) {
				size_t len;
				char *bytes = read_bytes(at(name), &len);

				pl_buf_bytes(out, bytes, len);
				free(bytes);
			}
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	CHECK(!pl_buf_failed(out));
}

/* Are they the same? Both are freed. */
static bool
same_around(struct pl_buf *before, struct pl_buf *after)
{
	bool same = before->len == after->len && memcmp(before->text, after->text, before->len) == 0;

	pl_buf_clear(before);
	pl_buf_clear(after);
	return same;
}

static enum pl_status
try_open(const char *path, bool create)
{
	return open_and_begin(path, create, PL_TXN_READ);
}

/* Refused, and nothing around is other than before; only what was looked into has got a lock file. */
#define REFUSED(path, id, looked_into) check_refused((path), (id), (looked_into), __LINE__)

static void
check_refused(const char *named, const char *id, bool looked_into, int line)
{
	struct pl_buf before, after;
	char path[4096];
	int failed = unit_failed;

	snprintf(path, sizeof(path), "%s", named);
	look_around(!looked_into, &before);
	SAYS(try_open(path, false), id);
	look_around(!looked_into, &after);
	CHECK(same_around(&before, &after));
	if (unit_failed > failed)
		printf("  line %d: %s\n", line, path);
}

/* A database with something in it, closed again. */
static void
begin(void)
{
	world_begin("store");
	world_populate();
	make_job(JOB, 1);
	pl_store_close(&world.ctx);
	world_raw_close();
}

static void
test_missing(void)
{
	begin();
	REFUSED(at("none.db"), "DatabaseNotFound", false);
	CHECK(strstr(world.ctx.failure.hint, "enable-elevated-access-control") != NULL);
	CHECK_STR(world.ctx.failure.target, at("none.db"));
	REFUSED(at("nowhere/none.db"), "DatabaseNotFound", false);
	SAYS(try_open(at("nowhere/none.db"), true), "DatabaseNotFound");
	REFUSED("", "DatabasePathRefused", false);
	REFUSED(at("."), "DatabasePathRefused", false);
	REFUSED(at(".."), "DatabasePathRefused", false);
	REFUSED(at(""), "DatabasePathRefused", false);
	SAYS(try_open(at(""), true), "DatabasePathRefused");
	SAYS(try_open(world.path, false), "");
	SAYS(try_open(world.path, true), "");
	/* The host's own database is never reached by its path. */
	CHECK(try_open(PL_SYSTEM_DATABASE, false) != PL_OK);
	if (access(PL_SYSTEM_DATABASE, F_OK) != 0) {
		CHECK(try_open(PL_SYSTEM_DATABASE, true) != PL_OK);
		CHECK(access(PL_SYSTEM_DATABASE, F_OK) != 0);
	}
	world_end();
}

static void
test_truncated(void)
{
	static const size_t odd[] = { 1, 15, 16, 17, 50, 99, 100, 101, 511, 512, 513, 1000, 4095, 4097, 10000 };
	size_t len, cut = 0;
	char *whole;

	begin();
	whole = read_bytes(world.path, &len);
	CHECK(len % 4096 == 0 && len > 20 * 4096);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		write_bytes(world.path, whole, odd[i]);
		/* Less than the header could be anything. */
		REFUSED(world.path, odd[i] < 100 && try_open(world.path, false) == PL_E_CONFIG ? "DatabaseForeign"
		    : "DatabaseDamaged", true);
	}
	for (size_t pages = 1; pages * 4096 < len; pages++)
		for (int less = 0; less < 2; less++) {
			cut = pages * 4096 - (less ? 1 : 0);
			write_bytes(world.path, whole, cut);
			REFUSED(world.path, "DatabaseDamaged", true);
		}
	write_bytes(world.path, whole, len - 1);
	REFUSED(world.path, "DatabaseDamaged", true);
	write_bytes(world.path, whole, len);
	SAYS(try_open(world.path, false), "");
	write_bytes(world.path, whole, 0);
	REFUSED(world.path, "DatabaseEmpty", false);
	SAYS(try_open(world.path, true), "DatabaseEmpty");
	free(whole);
	world_end();
}

static void
test_foreign(void)
{
	char bytes[10000];
	uint32_t x = 1;
	sqlite3 *db;

	begin();
	for (size_t i = 0; i < sizeof(bytes); i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (char)(x >> 24);
	}
	for (size_t len = 1; len <= sizeof(bytes); len = len * 7 + 1) {
		write_bytes(at("random"), bytes, len);
		REFUSED(at("random"), "DatabaseForeign", true);
	}
	write_bytes(at("text"), "alice:x:1000:1000::/home/alice:/bin/sh\n", 39);
	REFUSED(at("text"), "DatabaseForeign", true);
	CHECK_INT(sqlite3_open(at("other.db"), &db), SQLITE_OK);
	CHECK_INT(sqlite3_exec(db, "CREATE TABLE t (x); INSERT INTO t VALUES (1)", NULL, NULL, NULL), SQLITE_OK);
	REFUSED(at("other.db"), "DatabaseForeign", true);
	CHECK_INT(sqlite3_exec(db, "PRAGMA application_id = 0x70616d4c", NULL, NULL, NULL), SQLITE_OK);
	REFUSED(at("other.db"), "DatabaseForeign", true);
	CHECK_INT(sqlite3_exec(db, "PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
	REFUSED(at("other.db"), "DatabaseSchemaChanged", true);
	CHECK_INT(sqlite3_exec(db, "PRAGMA user_version = -1", NULL, NULL, NULL), SQLITE_OK);
	REFUSED(at("other.db"), "DatabaseForeign", true);
	sqlite3_close(db);
	SAYS(try_open(at("other.db"), true), "DatabaseForeign");
	world_end();
}

/* What is done to a database's schema or header, and how that is refused; "" = it may be there. */
static const struct {
	const char *sql, *says;
} planted[] = {
	{ "PRAGMA user_version = 999", "DatabaseNewer" },
	{ "PRAGMA user_version = 2147483647", "DatabaseNewer" },
	{ "PRAGMA user_version = 0", "DatabaseForeign" },
	{ "PRAGMA application_id = 1", "DatabaseForeign" },
	{ "CREATE TABLE planted (x)", "DatabaseSchemaChanged" },
	{ "CREATE VIEW planted AS SELECT * FROM request", "DatabaseSchemaChanged" },
	{ "CREATE INDEX planted ON request (reason)", "DatabaseSchemaChanged" },
	{ "CREATE INDEX planted ON request (lower(reason))", "DatabaseSchemaChanged" },
	{ "CREATE TRIGGER planted AFTER INSERT ON request BEGIN DELETE FROM decision; END", "DatabaseSchemaChanged" },
	{ "CREATE TRIGGER planted AFTER INSERT ON audit BEGIN DELETE FROM decision; END", "DatabaseSchemaChanged" },
	{ "CREATE VIRTUAL TABLE planted USING fts5(x)", "DatabaseSchemaChanged" },
	{ "DROP TRIGGER audit_no_update", "DatabaseSchemaChanged" },
	{ "DROP INDEX request_token", "DatabaseSchemaChanged" },
	{ "ALTER TABLE request ADD COLUMN planted TEXT", "DatabaseSchemaChanged" },
	{ "DROP TRIGGER audit_no_delete; CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT 1; END",
	    "DatabaseSchemaChanged" },
	{ "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (use_count >= 0)', '')"
	    " WHERE name = 'authorization'", "DatabaseSchemaChanged" },
	/* Names that only SQLite gives hide nothing. */
	{ "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('trigger', 'sqlite_stat9', 'request', 0,"
	    " 'CREATE TRIGGER sqlite_stat9 AFTER INSERT ON request BEGIN DELETE FROM decision; END')",
	    "DatabaseSchemaChanged" },
	{ "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('view', 'sqlite_stat1', 'sqlite_stat1', 0,"
	    " 'CREATE VIEW sqlite_stat1 AS SELECT 1')", "DatabaseSchemaChanged" },
	{ "ANALYZE", "" },
	{ "VACUUM", "" },
};

static void
test_planted(void)
{
	size_t len;
	char *whole;

	begin();
	whole = read_bytes(world.path, &len);
	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		int failed = unit_failed;

		write_bytes(world.path, whole, len);
		CHECK_INT(sqlite3_exec(world_raw(), planted[i].sql, NULL, NULL, NULL), SQLITE_OK);
		world_raw_close();
		if (planted[i].says[0] != '\0')
			REFUSED(world.path, planted[i].says, true);
		else
			SAYS(try_open(world.path, false), "");
		if (unit_failed > failed)
			printf("  %s\n", planted[i].sql);
	}
	free(whole);
	world_end();
}

static void
test_kinds(void)
{
	begin();
	CHECK_INT(symlink(world.path, at("link.db")), 0);
	REFUSED(at("link.db"), "DatabasePathRefused", false);
	CHECK_INT(symlink(at("nothing"), at("dangling.db")), 0);
	REFUSED(at("dangling.db"), "DatabasePathRefused", false);
	SAYS(try_open(at("dangling.db"), true), "DatabasePathRefused");
	CHECK(access(at("nothing"), F_OK) != 0);
	CHECK_INT(mkdir(at("dir.db"), 0700), 0);
	REFUSED(at("dir.db"), "DatabaseForeign", false);
	SAYS(try_open(at("dir.db"), true), "DatabaseForeign");
	CHECK_INT(mkfifo(at("fifo.db"), 0600), 0);
	REFUSED(at("fifo.db"), "DatabaseForeign", false);
	CHECK_INT(symlink(world.dir, at("here")), 0);
	SAYS(try_open(at("here/t.db"), false), "");
	CHECK_INT(link(world.path, at("second.db")), 0);
	REFUSED(world.path, "DatabasePathRefused", false);
	REFUSED(at("second.db"), "DatabasePathRefused", false);
	CHECK_INT(unlink(at("second.db")), 0);
	SAYS(try_open(world.path, false), "");
	/* A lock file that is a link is not followed: it would be made where somebody else wants it. */
	CHECK_INT(unlink(at("t.db.lock")), 0);
	CHECK_INT(symlink(at("nothing"), at("t.db.lock")), 0);
	REFUSED(world.path, "DatabaseUnreachable", false);
	CHECK(access(at("nothing"), F_OK) != 0);
	world_end();
}

static void
test_modes(void)
{
	static const mode_t file_modes[] = { 0660, 0606, 0620, 0602, 0666, 0777 };
	static const mode_t dir_modes[] = { 0770, 0720, 0707, 0702, 0777, 01777, 02770 };

	begin();
	for (size_t i = 0; i < sizeof(file_modes) / sizeof(file_modes[0]); i++) {
		CHECK_INT(chmod(world.path, file_modes[i]), 0);
		REFUSED(world.path, "DatabasePathRefused", false);
	}
	CHECK_INT(chmod(world.path, 0644), 0);
	SAYS(try_open(world.path, false), "");
	for (size_t i = 0; i < sizeof(dir_modes) / sizeof(dir_modes[0]); i++) {
		CHECK_INT(chmod(world.dir, dir_modes[i]), 0);
		REFUSED(world.path, "DatabasePathRefused", false);
		REFUSED(at("new.db"), "DatabasePathRefused", false);
		SAYS(try_open(at("new.db"), true), "DatabasePathRefused");
		CHECK(access(at("new.db"), F_OK) != 0);
	}
	CHECK_INT(chmod(world.dir, 0755), 0);
	SAYS(try_open(world.path, false), "");
	CHECK_INT(chmod(world.dir, 0700), 0);
	world_end();
}

/* Only root can give files away; without it the caller of the context is somebody else. */
static void
test_owners(void)
{
	begin();
	world.ctx.caller.uid = STRANGER;
	REFUSED(world.path, "DatabasePathRefused", false);
	world.ctx.caller.uid = world.owner_uid;
	if (geteuid() == 0) {
		CHECK_INT(chown(world.path, STRANGER, (gid_t)-1), 0);
		REFUSED(world.path, "DatabasePathRefused", false);
		CHECK_INT(chown(world.path, 0, (gid_t)-1), 0);
		CHECK_INT(chown(world.dir, STRANGER, (gid_t)-1), 0);
		REFUSED(world.path, "DatabasePathRefused", false);
		REFUSED(at("none.db"), "DatabasePathRefused", false);
		/* Root's directory serves a caller who is not root. */
		CHECK_INT(chown(world.dir, 0, (gid_t)-1), 0);
		CHECK_INT(chown(world.path, STRANGER, (gid_t)-1), 0);
		world.ctx.caller.uid = STRANGER;
		SAYS(try_open(world.path, false), "");
		world.ctx.caller.uid = world.owner_uid;
	}
	world_end();
}

/* Names that mean something else to SQLite are names of files here. */
static void
test_strange_names(void)
{
	static const char *const names[] = { "file:x?mode=memory", ":memory:", "a b'c\"", "x?immutable=1#y", "%2e%2e" };
	struct stat st;

	begin();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		SAYS(try_open(at(names[i]), false), "DatabaseNotFound");
		SAYS(try_open(at(names[i]), true), "");
		CHECK(stat(at(names[i]), &st) == 0 && st.st_size > 4096);
		SAYS(try_open(at(names[i]), false), "");
	}
	world_end();
}

static int
count_entries(void)
{
	struct dirent *e;
	DIR *dir = opendir(world.dir);
	int n = 0;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		n += e->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return n;
}

static void
test_creation(void)
{
	mode_t old = umask(0);
	struct stat st;

	begin();
	SAYS(try_open(at("new.db"), true), "");
	CHECK(stat(at("new.db"), &st) == 0 && (st.st_mode & 07777) == 0600);
	CHECK(stat(at("new.db.lock"), &st) == 0 && (st.st_mode & 07777) == 0600);
	CHECK_INT(count_entries(), 5);
	umask(old);
	/* What an interrupted creation left is in nobody's way. */
	write_bytes(at("again.db.new"), "half", 4);
	write_bytes(at("again.db.new-journal"), "half", 4);
	SAYS(try_open(at("again.db"), true), "");
	CHECK(access(at("again.db.new"), F_OK) != 0);
	CHECK(access(at("again.db.new-journal"), F_OK) != 0);
	world_end();
}

static pid_t
start_creator(const char *path)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit((int)try_open(path, true));
	return pid;
}

/* Killed at any moment, a creator leaves a whole database or none; several at once make one. */
static void
test_creation_is_atomic(void)
{
	enum { ROUNDS = 60 };
	pid_t pids[12];
	int status;

	begin();
	for (int i = 0; i < ROUNDS; i += unit_stride(ROUNDS)) {
		char name[32];
		pid_t pid;

		snprintf(name, sizeof(name), "k%d.db", i);
		pid = start_creator(at(name));
		pause_us(i * 100);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		if (access(at(name), F_OK) == 0)
			SAYS(try_open(at(name), false), "");
		SAYS(try_open(at(name), true), "");
	}
	for (int i = 0; i < 12; i++)
		pids[i] = start_creator(at("shared.db"));
	for (int i = 0; i < 12; i++) {
		CHECK(waitpid(pids[i], &status, 0) == pids[i]);
		CHECK_INT(status, 0);
	}
	CHECK(access(at("shared.db.new"), F_OK) != 0);
	world_end();
}

/* A process that holds the lock file for a while, started when it is known to hold it. */
static pid_t
start_holder(long us)
{
	int ready[2];
	char byte;
	pid_t pid;

	CHECK_INT(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		int fd = open(at("t.db.lock"), O_RDWR | O_CLOEXEC);

		if (fd < 0 || flock(fd, LOCK_EX) != 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause_us(us);
		_exit(0);
	}
	close(ready[1]);
	CHECK_INT(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
test_lock(void)
{
	struct sigaction act;
	struct itimerval timer;

	begin();
	for (int kind = PL_TXN_READ; kind <= PL_TXN_WRITE; kind++) {
		int64_t from, waited;
		int status, fd;
		pid_t pid;

		SAYS(pl_store_open(&world.ctx, world.path, false), "");
		from = now_ms();
		pid = start_holder(200000);
		SAYS(pl_txn_begin(&world.ctx, (enum pl_txn)kind), "");
		waited = now_ms() - from;
		CHECK(waited >= 200 && waited < 20000);
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
		/* While the transaction is open nobody else gets in; afterwards he does. */
		fd = open(at("t.db.lock"), O_RDWR | O_CLOEXEC);
		CHECK(flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK);
		pl_txn_rollback(&world.ctx);
		CHECK_INT(flock(fd, LOCK_EX | LOCK_NB), 0);
		close(fd);
		pl_store_close(&world.ctx);
	}
	/* The wait has left neither its timer nor its handler. */
	CHECK(sigaction(SIGALRM, NULL, &act) == 0 && act.sa_handler == SIG_DFL);
	CHECK(getitimer(ITIMER_REAL, &timer) == 0 && timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0);
	world_end();
}

/* A holder that is killed lets the lock go with its last breath. */
static void
test_killed_holder(void)
{
	int status;
	pid_t pid;

	begin();
	pid = start_holder(20000000);
	kill(pid, SIGKILL);
	SAYS(try_open(world.path, false), "");
	waitpid(pid, &status, 0);
	world_end();
}

static void
test_hot_journal(void)
{
	char before[PL_DIGEST_LEN + 1];
	struct pl_buf file_before, file_after;
	struct stat st;

	begin();
	snprintf(before, sizeof(before), "%s", world_digest());
	world_raw_close();
	look_around(false, &file_before);
	die_while_writing("UPDATE control SET enabled = 0; DELETE FROM group_member");
	CHECK(stat(at("t.db-journal"), &st) == 0 && st.st_size > 4096);
	look_around(false, &file_after);
	CHECK(!same_around(&file_before, &file_after));
	world_open_database();
	CHECK_INT(first_bad_record(), 0);
	CHECK(stat(at("t.db-journal"), &st) != 0 || st.st_size == 0);
	CHECK_STR(world_digest(), before);
	CHECK_STR(sql_text("PRAGMA integrity_check"), "ok");
	world_end();
}

/* Any page full of rubbish: an error that says so, or an answer; never a crash, never another error. */
static void
test_damaged_pages(void)
{
	size_t len;
	char *whole, *copy;

	begin();
	whole = read_bytes(world.path, &len);
	copy = malloc(len + 1);
	if (copy == NULL)
		exit(1);
	for (size_t page = 0; page < len; page += 4096)
		for (int fill = 0; fill < 2; fill++) {
			enum pl_status st;
			struct pl_audit_check check;

			memcpy(copy, whole, len);
			memset(copy + page, fill == 0 ? 0xa5 : 0, 4096);
			write_bytes(world.path, copy, len);
			if (pl_store_open(&world.ctx, world.path, false) != PL_OK) {
				CHECK(world.ctx.failure.status == PL_E_CONFIG);
				continue;
			}
			st = pl_audit_verify(&world.ctx, 0, &check);
			CHECK(st == PL_OK || st == PL_E_IO || st == PL_E_CONFIG || st == PL_E_DENIED);
			pl_row_clear(&pl_audit_check_noun, &check);
			st = ask(JOB);
			CHECK(st == PL_OK || st == PL_E_IO || st == PL_E_CONFIG || st == PL_E_UNAVAILABLE ||
			    st == PL_E_NOT_FOUND);
			pl_store_close(&world.ctx);
		}
	free(whole);
	free(copy);
	world_end();
}

/* What goes wrong with a statement is noted once and told at its end. */
static void
test_statements(void)
{
	struct pl_stmt q;

	begin();
	world_open_database();
	SAYS(pl_txn_begin(&world.ctx, PL_TXN_WRITE), "");
	pl_stmt_open(&q, &world.ctx, "SELECT 1 WHERE :a");
	pl_stmt_bind_int(&q, ":b", 1);
	CHECK(!pl_stmt_step(&q));
	SAYS(pl_stmt_close(&q), "InternalError");
	pl_stmt_open(&q, &world.ctx, "SELECT 1; SELECT 2");
	CHECK(!pl_stmt_step(&q));
	SAYS(pl_stmt_close(&q), "InternalError");
	pl_stmt_open(&q, &world.ctx, "SELEKT 1");
	pl_stmt_bind_int(&q, ":a", 1);
	CHECK_INT(pl_stmt_run(&q), 0);
	SAYS(pl_stmt_close(&q), "InternalError");
	pl_stmt_open(&q, &world.ctx, "UPDATE control SET enabled = 7");
	CHECK_INT(pl_stmt_run(&q), 0);
	CHECK(pl_stmt_close(&q) != PL_OK);
	pl_stmt_open(&q, &world.ctx, "SELECT :a || ';', :n, NULL");
	pl_stmt_bind_text(&q, ":a", "'; DROP TABLE audit; --");
	pl_stmt_bind_int(&q, ":n", PL_NULL);
	CHECK(pl_stmt_step(&q));
	CHECK_STR(pl_stmt_text(&q, 0), "'; DROP TABLE audit; --;");
	CHECK_INT(pl_stmt_int(&q, 1), PL_NULL);
	CHECK(pl_stmt_text(&q, 2) == NULL && !pl_stmt_bool(&q, 2));
	CHECK(!pl_stmt_step(&q));
	SAYS(pl_stmt_close(&q), "");
	/* Undo goes on in the same transaction, with the lock held. */
	pl_stmt_open(&q, &world.ctx, "UPDATE control SET require_comment = 1");
	CHECK_INT(pl_stmt_run(&q), 1);
	SAYS(pl_stmt_close(&q), "");
	SAYS(pl_txn_undo(&world.ctx), "");
	SAYS(pl_txn_commit(&world.ctx), "");
	CHECK_INT(sql_int("SELECT require_comment FROM control"), 0);
	/* The settings that the promises rest on. */
	SAYS(pl_txn_begin(&world.ctx, PL_TXN_READ), "");
	pl_stmt_open(&q, &world.ctx, "SELECT (SELECT journal_mode FROM pragma_journal_mode), (SELECT synchronous FROM"
	    " pragma_synchronous), (SELECT foreign_keys FROM pragma_foreign_keys), (SELECT recursive_triggers FROM"
	    " pragma_recursive_triggers), (SELECT trusted_schema FROM pragma_trusted_schema)");
	CHECK(pl_stmt_step(&q));
	CHECK_STR(pl_stmt_text(&q, 0), "truncate");
	CHECK_INT(pl_stmt_int(&q, 1), 2);
	CHECK_INT(pl_stmt_int(&q, 2), 1);
	CHECK_INT(pl_stmt_int(&q, 3), 1);
	CHECK_INT(pl_stmt_int(&q, 4), 0);
	SAYS(pl_stmt_close(&q), "");
	pl_txn_rollback(&world.ctx);
	world_end();
}

static int
accounts_seen(void)
{
	struct pl_stmt q;
	int n = -1;

	SAYS(pl_txn_begin(&world.ctx, PL_TXN_READ), "");
	pl_stmt_open(&q, &world.ctx, "SELECT count(*) FROM system_account");
	if (pl_stmt_step(&q))
		n = (int)pl_stmt_int(&q, 0);
	SAYS(pl_stmt_close(&q), "");
	pl_txn_rollback(&world.ctx);
	return n;
}

/* What is written to a file that has lost its name is lost: each transaction is one on the file of that name now. */
static void
test_replaced(void)
{
	char *copy;
	size_t len;

	begin();
	world_open_database();
	copy = read_bytes(world.path, &len);
	CHECK_INT(accounts_seen(), 0);
	CHECK_INT(rename(world.path, at("old.db")), 0);
	SAYS(pl_txn_begin(&world.ctx, PL_TXN_WRITE), "DatabaseNotFound");
	pl_ctx_forgive(&world.ctx);
	write_bytes(world.path, copy, len);
	CHECK_INT(sql_run("INSERT INTO system_account SELECT 'x', 'n', NULL, NULL, 'x', 1"), SQLITE_OK);
	CHECK_INT(accounts_seen(), 1);
	/* It is looked at like any other. */
	CHECK_INT(sql_run("CREATE VIEW planted AS SELECT 1"), SQLITE_OK);
	world_raw_close();
	CHECK_INT(rename(world.path, at("new.db")), 0);
	CHECK_INT(rename(at("old.db"), world.path), 0);
	CHECK_INT(accounts_seen(), 0);
	CHECK_INT(rename(at("new.db"), world.path), 0);
	SAYS(pl_txn_begin(&world.ctx, PL_TXN_READ), "DatabaseSchemaChanged");
	free(copy);
	world_end();
}

/* A file that cannot be written can still be read, with or without a directory that can be written. */
static void
test_read_only(void)
{
	begin();
	drop_override();
	for (int i = 0; i < 2; i++) {
		CHECK_INT(chmod(world.path, 0400), 0);
		CHECK_INT(chmod(world.dir, i == 0 ? 0700 : 0500), 0);
		SAYS(pl_store_open(&world.ctx, world.path, false), "");
		SAYS(pl_txn_begin(&world.ctx, PL_TXN_READ), "");
		pl_txn_rollback(&world.ctx);
		SAYS(pl_txn_begin(&world.ctx, PL_TXN_WRITE), "DatabaseUnreachable");
		CHECK_INT(world.ctx.failure.status, 69);
		SAYS(ask(JOB), "DatabaseUnreachable");
		CHECK_INT(first_bad_record(), 0);
		pl_store_close(&world.ctx);
	}
	/* Without a lock file nobody can wait his turn. */
	CHECK_INT(chmod(world.dir, 0700), 0);
	CHECK_INT(unlink(at("t.db.lock")), 0);
	CHECK_INT(chmod(world.dir, 0500), 0);
	REFUSED(world.path, "DatabaseUnreachable", false);
	REFUSED(at("none.db"), "DatabaseNotFound", false);
	SAYS(try_open(at("none.db"), true), "DatabaseUnreachable");
	CHECK_INT(chmod(world.dir, 0700), 0);
	CHECK_INT(chmod(world.path, 0000), 0);
	SAYS(try_open(world.path, false), "DatabaseUnreachable");
	CHECK_INT(chmod(world.path, 0600), 0);
	SAYS(try_open(world.path, false), "");
	world_end();
}

int
main(void)
{
	test_missing();
	test_truncated();
	test_foreign();
	test_planted();
	test_kinds();
	test_modes();
	test_owners();
	test_strange_names();
	test_creation();
	test_creation_is_atomic();
	test_lock();
	test_killed_holder();
	test_hot_journal();
	test_damaged_pages();
	test_statements();
	test_replaced();
	test_read_only();
	return unit_end();
}
