/* internal.h - what the files of lib/store share */
#ifndef PAMLITE_STORE_INTERNAL_H
#define PAMLITE_STORE_INTERNAL_H

#include <stdbool.h>
#include <sys/types.h>

#include <sqlite3.h>

#include "pamlite/context.h"
#include "pamlite/store.h"

enum { PL_STMT_CACHE = 96 };

/* "pamL" */
enum { PL_APPLICATION_ID = 0x70616d4c };

struct pl_cached {
	char *sql;
	sqlite3_stmt *stmt;
	bool used;               /* handed out now */
};

struct pl_store {
	sqlite3 *db;
	sqlite3_stmt *rollback;  /* made before the first transaction */
	dev_t device;            /* the file that `db` is open on */
	ino_t inode;
	char *path;              /* absolute, its directory resolved; of one apart: what messages call it */
	bool apart;              /* nobody else knows the file: a copy, or what is to take the place of another */
	char *staged;            /* of one apart: its absolute path while it has a name */
	bool system;             /* the host's database */
	uid_t keeper;            /* whose the file and its directory must be */
	uid_t owner;             /* who administers it */
	int lock_fd;
	int patience_ms;         /* longest wait for the lock */
	int watch_fd;            /* inotify; -1 until somebody waits */
	bool checked;            /* the content was looked at */
	bool in_transaction;
	bool wakes;              /* its commit is told to the sender */
	int64_t read_until_ms;   /* in processor time: when reading ends unfinished; 0 = no limit */
	struct pl_buf announced; /* lines for the host's log, once the transaction is committed */
	struct pl_cached cache[PL_STMT_CACHE];
	size_t cached;
};

/* store.c: one that nothing is opened in yet; apart, beside the database `of`. NULL without memory. */
struct pl_store *pl_store_new(void);
struct pl_store *pl_store_new_apart(const struct pl_store *of);
/* Close its connection alone; the lock stays as it is. */
void pl_store_disconnect(struct pl_store *s);
/* What was to be told when its transactions were committed. */
void pl_store_send_announced(struct pl_store *s);

/* lock.c: the lock file beside the database. */
enum pl_status pl_lock_open(struct pl_ctx *ctx, struct pl_store *s);
enum pl_status pl_lock_take(struct pl_ctx *ctx, struct pl_store *s);
void pl_lock_drop(struct pl_store *s);
/* What is done now may take longer than PL_STORE_HOLD_S, as an upgrade of the whole file. */
void pl_lock_hold_on(const struct pl_store *s);

/* path.c: may this caller use the file as a private database? Sets s->path. */
enum pl_status pl_path_resolve(struct pl_ctx *ctx, const char *path, struct pl_store *s);
/* Is the system database's directory as the installer made it, and this process its owner's? Sets s->path. */
enum pl_status pl_path_system(struct pl_ctx *ctx, struct pl_store *s);
/* PL_E_NOT_FOUND, without a failure noted, if there is no file. */
enum pl_status pl_path_check(struct pl_ctx *ctx, const struct pl_store *s);

/* schema.c: making a database, knowing one, bringing one up to date. */
enum pl_status pl_schema_create(struct pl_ctx *ctx, struct pl_store *s);
/* In a transaction: is it ours, whole, and of which version? *outdated: an older one that can be upgraded. */
enum pl_status pl_schema_check(struct pl_ctx *ctx, struct pl_store *s, bool *outdated);
/* Outside of one: after a copy beside it, in a transaction of its own. */
enum pl_status pl_schema_upgrade(struct pl_ctx *ctx, struct pl_store *s);

/* copy.c: a copy under that name, whole or not at all; it replaces an older one. No transaction may be open. */
enum pl_status pl_store_copy(struct pl_ctx *ctx, struct pl_store *s, const char *path);
/* Why a copy cannot be made, by errno. */
enum pl_status pl_store_fail_copy(struct pl_ctx *ctx, const char *path);
/* Make durable what names the directory of that file holds. */
void pl_sync_directory(const char *path);

/* replace.c: the file that was imported goes, unless it has taken its place. */
void pl_store_unstage(struct pl_store *s);

/* connection.c: open a file with every setting that our promises rest on. */
enum pl_status pl_store_connect(struct pl_ctx *ctx, const char *path, sqlite3 **out);
enum pl_status pl_store_exec(struct pl_ctx *ctx, sqlite3 *db, const char *sql);
/* fail.c: what SQLite says has failed, as an error of ours. */
enum pl_status pl_store_fail(struct pl_ctx *ctx, sqlite3 *db, const char *doing);

/* function.c: what SQL can ask of the host. */
enum pl_status pl_function_register(struct pl_ctx *ctx, sqlite3 *db);

/* statement.c */
void pl_cache_clear(struct pl_store *s);

#endif
