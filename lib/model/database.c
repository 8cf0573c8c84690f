/* database.c - the database as a whole: whether it is sound, and a backup of it */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/database.h"

#include "pamlite/operation.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"

#include "model/database_internal.h"

#define CHECK(NAME, TYPE, member, FLAGS, HELP) \
	PL_COLUMN(struct pl_database_check, NAME, TYPE, member, NULL, FLAGS, HELP)

static const struct pl_column check_columns[] = {
	CHECK("Path", TEXT, path, PL_COL_TABLE, "what was looked at"),
	CHECK("Valid", BOOL, valid, PL_COL_TABLE, "whether it is as it must be"),
	CHECK("SchemaVersion", INT, schema_version, 0, "number of the schema in it; null where it cannot be told"),
	CHECK("Detail", TEXT, detail, PL_COL_TABLE, "what is wrong, or how much was found to be right"),
	{ 0 }
};

const struct pl_noun pl_database_check_noun = {
	.name = "DatabaseCheck",
	.columns = check_columns,
	.row_size = sizeof(struct pl_database_check),
};

/* What no constraint of a table can say. Each yields the object that breaks it. */
static const struct rule {
	const char *says, *sql;
} rules[] = {
	{ "the control has not one row but another number of them:",
	  "SELECT count(*) FROM control HAVING count(*) <> 1" },
	{ "a grant belongs to a request that is not approved:",
	  "SELECT a.id FROM authorization a JOIN request r ON r.id = a.request_id WHERE r.state <> 'Approved'"
	  " LIMIT 20" },
	{ "an approved request has no grant:",
	  "SELECT id FROM request WHERE state = 'Approved' AND id NOT IN (SELECT request_id FROM authorization)"
	  " LIMIT 20" },
	{ "a grant has counted fewer uses than it had runs:",
	  "SELECT a.id FROM authorization a WHERE a.use_count <"
	  " (SELECT count(*) FROM execution e WHERE e.authorization_id = a.id) LIMIT 20" },
};

static enum pl_status
check_rules(struct pl_ctx *ctx, pl_fault_fn *each, void *arg)
{
	enum pl_status st = PL_OK;
	char text[256];
	struct pl_stmt q;
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]) && st == PL_OK; i++) {
		pl_stmt_open(&q, ctx, rules[i].sql);
		while (st == PL_OK && pl_stmt_step(&q)) {
			const char *object = pl_stmt_text(&q, 0);

			snprintf(text, sizeof(text), "%s %s", rules[i].says, object != NULL ? object : "(unreadable)");
			st = each(arg, text);
		}
		pl_stmt_fail(&q, st);
		st = pl_stmt_close(&q);
	}
	return st;
}

enum pl_status
pl_database_look(struct pl_ctx *ctx, const char *operation, bool full, pl_fault_fn *each, void *arg)
{
	enum pl_status st = pl_op_begin_read(ctx, operation, NULL);

	if (st != PL_OK)
		return st;
	st = pl_store_inspect(ctx, full, each, arg);
	if (st == PL_OK)
		st = check_rules(ctx, each, arg);
	/* Pages that cannot be read at all are a finding like others. */
	if (st == PL_E_IO && ctx->failure.error == PL_ERR_DATABASE_DAMAGED) {
		struct pl_failure why = ctx->failure;

		pl_ctx_forgive(ctx);
		st = each(arg, why.message);
	}
	return pl_op_end(ctx, st);
}

/* The first fault is enough. */
static enum pl_status
fail_with(void *arg, const char *fault)
{
	struct pl_ctx *ctx = arg;

	return pl_fail(ctx, PL_ERR_DATABASE_DAMAGED, "%s is damaged: %s", pl_store_path(ctx), fault);
}

enum pl_status
pl_database_require_sound(struct pl_ctx *ctx, const char *operation, struct pl_audit_check *chain)
{
	enum pl_status st;
	struct pl_buf why;

	pl_row_init(&pl_audit_check_noun, chain);
	st = pl_database_look(ctx, operation, true, fail_with, ctx);
	if (st == PL_OK)
		st = pl_audit_verify(ctx, 0, chain);
	if (st != PL_OK || chain->valid)
		return st;
	pl_buf_init(&why);
	pl_audit_check_say(chain, &why);
	(void)pl_fail(ctx, PL_ERR_LOG_BROKEN, "%s: %s", pl_store_path(ctx), why.text);
	pl_buf_clear(&why);
	return ctx->failure.status;
}

static enum pl_status
check_right(struct pl_ctx *ctx, const char *operation, enum pl_status (*require)(struct pl_ctx *ctx))
{
	enum pl_status st = pl_op_begin_read(ctx, operation, NULL);

	return st == PL_OK ? pl_op_end(ctx, require(ctx)) : st;
}

enum pl_status
pl_database_backup(struct pl_ctx *ctx, int fd)
{
	static const char operation[] = "Backup-ElevatedAccessDatabase";
	struct pl_audit_check chain;
	struct pl_store *other;
	enum pl_status st;

	st = check_right(ctx, operation, pl_require_configure);
	if (st != PL_OK)
		return st;
	st = pl_store_snapshot(ctx, &other);
	if (other == NULL)
		return st;
	pl_store_exchange(ctx, &other);
	if (st == PL_OK) {
		st = pl_database_require_sound(ctx, operation, &chain);
		if (st == PL_OK)
			pl_note(ctx, PL_NOTE_VERBOSE, "the backup ends with record %" PRId64 ", hash %s",
			    chain.last_sequence, chain.head_hash);
		else
			pl_hint(ctx, "the database itself has that fault: see test-elevated-access-database -Full");
		pl_row_clear(&pl_audit_check_noun, &chain);
	}
	if (st == PL_OK)
		st = pl_store_write(ctx, ctx->store, fd);
	pl_store_close(ctx);
	pl_store_exchange(ctx, &other);
	return st;
}

/* Where findings go. */
struct sink {
	const char *path;
	int version;
	int64_t faults;
	pl_row_fn *each;
	void *arg;
};

static enum pl_status
tell(const struct sink *s, bool valid, const char *detail)
{
	struct pl_database_check row = { .path = (char *)(uintptr_t)s->path, .valid = valid,
		.schema_version = s->version, .detail = (char *)(uintptr_t)detail };

	return s->each(s->arg, &row);
}

static enum pl_status
take_fault(void *arg, const char *fault)
{
	struct sink *s = arg;

	s->faults++;
	return tell(s, false, fault);
}

static enum pl_status
read_version(struct pl_ctx *ctx, int *version)
{
	enum pl_status st = pl_op_begin_read(ctx, "Test-ElevatedAccessDatabase", NULL);

	return st == PL_OK ? pl_op_end(ctx, pl_store_schema_version(ctx, version)) : st;
}

static enum pl_status
require_sight(struct pl_ctx *ctx)
{
	return pl_op_rights(ctx)->service ? PL_OK : pl_require_see_all(ctx);
}

enum pl_status
pl_database_tell(struct pl_ctx *ctx, bool valid, const char *detail, pl_row_fn *each, void *arg)
{
	struct sink sink = { .path = pl_store_path(ctx), .each = each, .arg = arg };
	enum pl_status st = read_version(ctx, &sink.version);

	return st == PL_OK ? tell(&sink, valid, detail) : st;
}

enum pl_status
pl_database_test(struct pl_ctx *ctx, bool full, struct pl_audit_check *chain, int64_t *faults, pl_row_fn *each,
    void *arg)
{
	static const char operation[] = "Test-ElevatedAccessDatabase";
	struct sink sink = { .path = pl_store_path(ctx), .each = each, .arg = arg };
	struct pl_store *other;
	enum pl_status st;

	*faults = 0;
	pl_row_init(&pl_audit_check_noun, chain);
	st = check_right(ctx, operation, require_sight);
	if (st == PL_OK)
		st = read_version(ctx, &sink.version);
	if (st != PL_OK)
		return st;
	st = pl_store_inspect_files(ctx, take_fault, &sink);
	if (st != PL_OK)
		return st;
	st = pl_store_snapshot(ctx, &other);
	if (other == NULL)
		return st;
	pl_store_exchange(ctx, &other);
	if (st == PL_OK)
		st = pl_database_look(ctx, operation, full, take_fault, &sink);
	if (st == PL_OK)
		st = pl_audit_verify(ctx, 0, chain);
	pl_store_close(ctx);
	pl_store_exchange(ctx, &other);
	*faults = sink.faults;
	return st;
}
