/* schema.c - the tables, as numbered steps; making a database, knowing one, bringing one up to date */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/digest.h"
#include "pamlite/statement.h"

#include "store/internal.h"
#include "store/schema.h"

/* Old steps are never edited: a database in the field went through them. */
static const struct step {
	int version;
	const char *digest;    /* of the schema when the step is done; tests/unit/store_schema.c says what it must be */
	const char *sql;
} steps[] = {
	{ 1, "6e744f76bfc9ff6c03415712d0c32d4d75193f4ec88b89915da114f490e82031", PL_SCHEMA_1 },
	{ 2, "9837dacb74839ebfdbd1cd199e1b8df7cf45c9d2eef765f19ac09ad8109f58c1", PL_SCHEMA_2 },
	{ 3, "9fc1c8ec05421eeed073b06378b997f4ba0a3ec199293672fb04f07a501fe82e", PL_SCHEMA_3 },
};

enum { NEWEST = sizeof(steps) / sizeof(steps[0]) };

static enum pl_status
read_int(struct pl_ctx *ctx, sqlite3 *db, const char *sql, int *out)
{
	sqlite3_stmt *stmt = NULL;

	*out = 0;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW) {
		pl_store_fail(ctx, db, "being looked at");
		sqlite3_finalize(stmt);
		return ctx->failure.status;
	}
	*out = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return PL_OK;
}

/* A planted trigger or view would run with our rights: every object's SQL goes into one digest. */
static enum pl_status
schema_digest(struct pl_ctx *ctx, sqlite3 *db, char out[PL_DIGEST_LEN + 1])
{
	sqlite3_stmt *stmt = NULL;
	struct pl_digest d;
	int rc, i;

	out[0] = '\0';
	/* The tables of ANALYZE may be there; nothing else hides behind a name of SQLite's. */
	if (sqlite3_prepare_v2(db, "SELECT type, name, tbl_name, sql FROM sqlite_schema"
	    " WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4')) ORDER BY type, name", -1, &stmt,
	    NULL) != SQLITE_OK)
		return pl_store_fail(ctx, db, "being looked at");
	pl_digest_start(&d);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		for (i = 0; i < 4; i++) {
			pl_digest_text(&d, (const char *)sqlite3_column_text(stmt, i));
			pl_digest_add(&d, "\n", 1);
		}
	pl_digest_end(&d, out);
	if (rc != SQLITE_DONE)
		pl_store_fail(ctx, db, "being looked at");
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? PL_OK : ctx->failure.status;
}

/* Run the steps above `version`, in the transaction that is open. */
static enum pl_status
run_steps(struct pl_ctx *ctx, sqlite3 *db, int version)
{
	enum pl_status st = PL_OK;
	char sql[64];
	size_t i;

	for (i = 0; i < NEWEST && st == PL_OK; i++) {
		if (steps[i].version <= version)
			continue;
		st = pl_store_exec(ctx, db, steps[i].sql);
		snprintf(sql, sizeof(sql), "PRAGMA user_version=%d", steps[i].version);
		if (st == PL_OK)
			st = pl_store_exec(ctx, db, sql);
	}
	return st;
}

static enum pl_status
fill_new(struct pl_ctx *ctx, const char *path)
{
	char sql[64];
	sqlite3 *db;
	enum pl_status st;

	st = pl_store_connect(ctx, path, &db);
	if (st == PL_OK)
		st = pl_store_exec(ctx, db, "PRAGMA journal_mode=TRUNCATE; BEGIN IMMEDIATE");
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d", PL_APPLICATION_ID);
	if (st == PL_OK)
		st = pl_store_exec(ctx, db, sql);
	if (st == PL_OK)
		st = run_steps(ctx, db, 0);
	if (st == PL_OK)
		st = pl_store_exec(ctx, db, "COMMIT");
	sqlite3_close(db);
	return st;
}

/* In one step: two names for a moment would be two names for ever if we were killed then. */
static int
put_in_place(const char *made, const char *path)
{
	if (renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	/* A file system that cannot refuse to replace: under the lock there was nothing to replace. */
	return errno == EINVAL || errno == ENOSYS ? rename(made, path) : -1;
}

/*
 * A new database appears under its name whole or not at all, and never over an
 * existing file. Two creators take turns by the lock file; the second finds it made.
 */
enum pl_status
pl_schema_create(struct pl_ctx *ctx, struct pl_store *s)
{
	char *made, *journal = NULL;
	enum pl_status st;
	int fd;

	if (asprintf(&made, "%s.new", s->path) < 0)
		return pl_fail_memory(ctx);
	st = pl_lock_take(ctx, s);
	if (st != PL_OK) {
		free(made);
		return st;
	}
	if (access(s->path, F_OK) == 0)
		goto out;
	if (asprintf(&journal, "%s-journal", made) < 0) {
		journal = NULL;
		st = pl_fail_memory(ctx);
		goto out;
	}
	(void)unlink(made);
	(void)unlink(journal);
	fd = open(made, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		pl_fail(ctx, PL_ERR_DATABASE_UNREACHABLE, "database %s cannot be made: %s", s->path, strerror(errno));
		st = pl_target(ctx, s->path);
		goto out;
	}
	close(fd);
	st = fill_new(ctx, made);
	if (st == PL_OK && put_in_place(made, s->path) != 0 && errno != EEXIST) {
		pl_fail(ctx, PL_ERR_DATABASE_UNREACHABLE, "database %s cannot be made: %s", s->path, strerror(errno));
		st = pl_target(ctx, s->path);
	}
	(void)unlink(made);
	(void)unlink(journal);
	pl_sync_directory(s->path);
out:
	pl_lock_drop(s);
	free(made);
	free(journal);
	return st;
}

static enum pl_status
refuse(struct pl_ctx *ctx, struct pl_store *s, enum pl_error error, const char *why)
{
	pl_fail(ctx, error, "%s %s", s->path, why);
	return pl_target(ctx, s->path);
}

static enum pl_status
check_digest(struct pl_ctx *ctx, struct pl_store *s, int version)
{
	char digest[PL_DIGEST_LEN + 1];
	enum pl_status st = schema_digest(ctx, s->db, digest);

	if (st != PL_OK)
		return st;
	if (strcmp(digest, steps[version - 1].digest) == 0)
		return PL_OK;
	return refuse(ctx, s, PL_ERR_DATABASE_SCHEMA,
	    "holds tables, indexes, triggers or views that pam-lite did not make");
}

/* As it is, beside itself: NAME.v1. An older copy of the same version gives way to it. */
static enum pl_status
keep_copy(struct pl_ctx *ctx, struct pl_store *s, int version)
{
	enum pl_status st;
	char *path;

	if (asprintf(&path, "%s.v%d", s->path, version) < 0)
		return pl_fail_memory(ctx);
	st = pl_store_copy(ctx, s, path);
	if (st == PL_OK)
		pl_note(ctx, PL_NOTE_VERBOSE, "database %s is brought up to date; as it was it is kept in %s", s->path,
		    path);
	free(path);
	return st;
}

/*
 * Under the lock file from the look that found it old to the commit, so that of
 * two processes the second finds it done. Killed anywhere, it leaves the old database,
 * with its journal where one is needed, and the next process begins again.
 */
enum pl_status
pl_schema_upgrade(struct pl_ctx *ctx, struct pl_store *s)
{
	int version = 0;
	enum pl_status st;

	if (sqlite3_db_readonly(s->db, "main") == 1)
		return refuse(ctx, s, PL_ERR_DATABASE_UNREACHABLE,
		    "was written by an older pam-lite and is read-only, so that it cannot be brought up to date");
	st = read_int(ctx, s->db, "PRAGMA user_version", &version);
	/* What is apart is a copy already. */
	if (st == PL_OK && !s->apart)
		st = keep_copy(ctx, s, version);
	if (st == PL_OK)
		st = pl_store_exec(ctx, s->db, "BEGIN IMMEDIATE");
	if (st == PL_OK)
		st = run_steps(ctx, s->db, version);
	/* Nothing is committed that the next process would refuse. */
	if (st == PL_OK)
		st = check_digest(ctx, s, NEWEST);
	if (st == PL_OK)
		st = pl_store_exec(ctx, s->db, "COMMIT");
	return st;
}

/* SQLite reads a page whose end was cut off as if it ended in zeros. A journal has been played back by now. */
static enum pl_status
check_length(struct pl_ctx *ctx, struct pl_store *s)
{
	sqlite3_file *file = NULL;
	sqlite3_int64 size;
	int page_size;
	enum pl_status st = read_int(ctx, s->db, "PRAGMA page_size", &page_size);

	if (st != PL_OK)
		return st;
	/* Asked of SQLite: what it has open may have lost its name. */
	if (page_size > 0 && sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
	    file->pMethods->xFileSize(file, &size) == SQLITE_OK && size % page_size == 0)
		return PL_OK;
	return refuse(ctx, s, PL_ERR_DATABASE_DAMAGED, "is truncated");
}

enum pl_status
pl_schema_check(struct pl_ctx *ctx, struct pl_store *s, bool *outdated)
{
	int id = 0, version = 0;
	enum pl_status st;

	*outdated = false;
	st = read_int(ctx, s->db, "PRAGMA application_id", &id);
	if (st == PL_OK)
		st = read_int(ctx, s->db, "PRAGMA user_version", &version);
	if (st != PL_OK)
		return st;
	if (id != PL_APPLICATION_ID || version < 1)
		return refuse(ctx, s, PL_ERR_DATABASE_FOREIGN, "is not a pam-lite database");
	if (version > NEWEST)
		return refuse(ctx, s, PL_ERR_DATABASE_NEWER, "was written by a newer pam-lite");
	st = check_length(ctx, s);
	if (st == PL_OK)
		st = check_digest(ctx, s, version);
	*outdated = st == PL_OK && version < NEWEST;
	/* Of a connection, not of the file: said before the first write. */
	return st == PL_OK ? pl_store_exec(ctx, s->db, "PRAGMA journal_mode=TRUNCATE") : st;
}

enum pl_status
pl_schema_digest(struct pl_ctx *ctx, char out[PL_DIGEST_LEN + 1])
{
	return schema_digest(ctx, ctx->store->db, out);
}
