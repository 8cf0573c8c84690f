/* store.h - one SQLite file: opening, locking, transactions */
#ifndef PAMLITE_STORE_H
#define PAMLITE_STORE_H

#include <stdbool.h>

#include "pamlite/context.h"

/* Must the database be there, is a missing one made, or is it the place that is wanted, whatever lies there? */
enum pl_presence { PL_STORE_THERE, PL_STORE_CREATE, PL_STORE_ANY };

/*
 * Open a private database for ctx->caller. The file must be the caller's own,
 * not a link, in a directory that is the caller's or root's and that nobody
 * else can write to: SQLite plays back any journal that lies beside a file.
 * With PL_STORE_CREATE a missing file is made (0600), whole or not at all.
 * Nothing is locked on return. What the file holds is checked by the first
 * transaction, so its begin returns the statuses for that.
 *
 * PL_E_CONFIG       missing, empty, foreign, newer, or with planted objects
 * PL_E_IO           damaged or truncated
 * PL_E_DENIED       owner, mode or link
 * PL_E_UNAVAILABLE  cannot be opened
 * PL_E_STATE        busy for 30 s
 */
enum pl_status pl_store_open(struct pl_ctx *ctx, const char *path, enum pl_presence presence);

/*
 * Open the system database, in a process whose ids are all those of the account that owns
 * its directory. A wrong owner or mode, a link, a missing or empty file: PL_E_CONFIG (NotInstalled).
 * The lock is held for at most PL_STORE_HOLD_S: then SIGALRM ends the process, so that nobody can
 * make all others wait for ever. To read may take PL_STORE_READ_MS of the processor's time: then
 * PL_E_USAGE (SortNotPossible), since all else that is read is read in small parts. Only the installer creates it.
 */
enum pl_status pl_store_open_system(struct pl_ctx *ctx, enum pl_presence presence);
enum { PL_STORE_HOLD_S = 20, PL_STORE_READ_MS = 1000 };
void pl_store_close(struct pl_ctx *ctx);

/* The absolute path that was opened; the uid that administers it: the file's owner, or root for the system database. */
const char *pl_store_path(const struct pl_ctx *ctx);
bool pl_store_is_system(const struct pl_ctx *ctx);
uid_t pl_store_owner(const struct pl_ctx *ctx);

/*
 * A context may have two databases: this exchanges the one that everything goes to with *other. Whoever has
 * exchanged them does so again, and closes what he was given as ctx->store.
 */
void pl_store_exchange(struct pl_ctx *ctx, struct pl_store **other);

/*
 * A copy as the database is at one moment, which nobody else knows and which is gone when it is closed. While it is
 * made others wait only until it has been compared with what it is of. Nothing can be written to it, and to read it
 * takes as long as it takes. The caller closes *out, whatever the status.
 *
 * PL_E_IO (DatabaseInputOutput)  there is no room for it beside the database
 */
enum pl_status pl_store_snapshot(struct pl_ctx *ctx, struct pl_store **out);

/* The bytes of the file of a snapshot. PL_E_IO (OutputFailed) */
enum pl_status pl_store_write(struct pl_ctx *ctx, const struct pl_store *copy, int fd);

/*
 * Read what is to take the place of the database into a file beside it, apart as a snapshot is; but it can be written
 * to, and what its records tell syslog is told when it has taken its place. `name` is what messages call it. Of what
 * it holds no more than the first page has been looked at. One process at a time (pl_store_claim). The caller closes
 * *out, whatever the status.
 *
 * PL_E_CONFIG (DatabaseEmpty, DatabaseForeign)
 * PL_E_IO (DatabaseDamaged)      it has fewer or more bytes than it says
 * PL_E_IO (DatabaseInputOutput)  there is no room for it
 * PL_E_IO (InputFailed)
 */
enum pl_status pl_store_import(struct pl_ctx *ctx, int fd, const char *name, struct pl_store **out);

/* The lock and ctx->clock alone, without a look at what lies there; pl_txn_rollback() lets it go. */
enum pl_status pl_store_hold(struct pl_ctx *ctx);

/*
 * With the lock held, by pl_store_hold() or for writing: put what was imported, and committed since, in the place of
 * the database, at once or not at all, durable on return. What was there has the name PATH.`kept` then, with a journal
 * that could not be played back beside it. Processes that are at it see the new one from their next transaction
 * on. Lets the lock go; then what was committed is told to syslog.
 */
enum pl_status pl_store_replace(struct pl_ctx *ctx, struct pl_store *imported, const char *kept);
/* Is that name still to be had? */
bool pl_store_is_free(const struct pl_ctx *ctx, const char *kept);

/*
 * In a transaction: what is wrong with the file itself, each thing a line, at most a hundred; `full`: indexes too are
 * held against what they are of. What others could do to it and to the files beside it, through owners and modes.
 */
typedef enum pl_status pl_fault_fn(void *arg, const char *fault);
enum pl_status pl_store_inspect(struct pl_ctx *ctx, bool full, pl_fault_fn *each, void *arg);
enum pl_status pl_store_inspect_files(struct pl_ctx *ctx, pl_fault_fn *each, void *arg);
enum pl_status pl_store_schema_version(struct pl_ctx *ctx, int *version);

/*
 * Work that one process at a time does, beside the transactions of all others, which it does not hold up: the lock of
 * a file of that name beside the database (PATH.WORK), waited for so long at most. The caller closes *fd (-1 on
 * failure), and it is free again. PL_E_STATE without a failure noted: another process has it.
 */
enum pl_status pl_store_claim(struct pl_ctx *ctx, const char *work, int wait_ms, int *fd);

/*
 * By whoever has it: it has come to its end, now. When that was, for everybody, in Unix seconds, or when it was begun
 * for the first time; PL_NULL: never. Both by the time of that file.
 */
void pl_store_work_done(int fd);
int64_t pl_store_work_done_at(const struct pl_ctx *ctx, const char *work);

/* How long a transaction waits for the lock at most; at first PL_STORE_PATIENCE_MS. */
enum { PL_STORE_PATIENCE_MS = 30000 };
void pl_store_patience(struct pl_ctx *ctx, int ms);

/*
 * Begin a transaction: first the lock file, in order of arrival with all other
 * processes, readers too, for at most 30 s; then SQLite's own. Also reads ctx->clock.
 * Every begin is matched by one commit or rollback; both let the lock go.
 *
 * PL_E_STATE (DatabaseBusy)               the wait was too long
 * PL_E_UNAVAILABLE (DatabaseUnreachable)  read-only, for a writer
 */
enum pl_txn { PL_TXN_READ, PL_TXN_WRITE };
enum pl_status pl_txn_begin(struct pl_ctx *ctx, enum pl_txn kind);

/* Durable on return. A failed commit has changed nothing, but for PL_E_IO (OutcomeUnknown): then nobody knows. */
enum pl_status pl_txn_commit(struct pl_ctx *ctx);
void pl_txn_rollback(struct pl_ctx *ctx);

/*
 * A line for syslog, which an intruder in the database's account cannot take back. On the system database it is
 * sent when the transaction has been committed and the lock let go, and forgotten with what is undone; on others
 * nothing is sent.
 */
enum pl_status pl_txn_announce(struct pl_ctx *ctx, const char *line);

/*
 * Something was queued in this transaction: when it is committed, and the lock is let go, the sender of the system
 * database is woken (PL_QUEUE). On a private database nobody waits for that.
 */
void pl_txn_wake(struct pl_ctx *ctx);

/* Undo what was done since pl_txn_begin() and go on in the same transaction. */
enum pl_status pl_txn_undo(struct pl_ctx *ctx);

/*
 * Sleep until another process has changed the database or `timeout_ms` is over.
 * A hint only: it may return early or late, so the caller looks again. No lock is held.
 */
void pl_store_wait(struct pl_ctx *ctx, int timeout_ms);

#endif
