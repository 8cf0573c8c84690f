/* fill.c - fills a private database as years of use would, for the benchmark */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "pamlite/group.h"
#include "pamlite/policy.h"
#include "pamlite/request.h"
#include "pamlite/store.h"
#include "pamlite/text.h"

#include "store/internal.h"

#include "fill.h"

/* Specs have members that are not const, and the model changes none of them. */
static char *
text(const char *s)
{
	union { const char *in; char *out; } u = { s };

	return u.out;
}

/* Here nobody relies on what is written before it is all there. */
static enum pl_status
hurry(struct pl_ctx *ctx)
{
	enum pl_status st = pl_txn_begin(ctx, PL_TXN_READ);

	if (st != PL_OK)
		return st;
	pl_txn_rollback(ctx);
	return pl_store_exec(ctx, ctx->store->db, "PRAGMA synchronous=OFF; PRAGMA cache_size=-2000000");
}

static enum pl_status
add_members(struct fill *f, const char *name, const char *members, bool exists)
{
	struct pl_group_spec spec = { .identity = text(name), .add_members = text(members) };
	struct pl_group out;
	enum pl_status st;

	if (!exists) {
		spec.name = text(name);
		spec.members = text(members);
		spec.identity = spec.add_members = NULL;
	}
	st = exists ? pl_group_change(&f->ctx, &spec, &out) : pl_group_create(&f->ctx, &spec, &out);
	pl_row_clear(&pl_group_noun, &out);
	return st;
}

/* ops, who decides in the benchmark, is as large as the others, and bob is in all of them. */
static enum pl_status
make_groups(struct fill *f)
{
	struct pl_buf members;
	enum pl_status st;
	char name[32];
	long i;

	pl_buf_init(&members);
	for (i = 2; i < f->members; i++)
		pl_buf_printf(&members, "member%ld\n", i);
	st = members.len > 0 ? add_members(f, "ops", members.text, true) : PL_OK;
	pl_buf_text(&members, "bob\ndave\n");
	for (i = 0; i < FILL_GROUPS && st == PL_OK; i++) {
		snprintf(name, sizeof(name), "large-%ld", i);
		st = add_members(f, name, members.text, false);
	}
	st = st == PL_OK && pl_buf_failed(&members) ? pl_fail_memory(&f->ctx) : st;
	pl_buf_clear(&members);
	return st;
}

static enum pl_status
make_policies(struct fill *f)
{
	struct pl_policy out;
	enum pl_status st = PL_OK;
	char task[48], group[32];
	long i;

	f->policy_ids = calloc((size_t)f->policies, sizeof(*f->policy_ids));
	if (f->policy_ids == NULL)
		return pl_fail_memory(&f->ctx);
	for (i = 0; i < f->policies && st == PL_OK; i++) {
		struct pl_policy_spec spec = { .task = task, .approval_type = text("Manual"), .approver_group = group };

		snprintf(task, sizeof(task), "Bench\\job-%ld", i);
		snprintf(group, sizeof(group), "large-%ld", i % FILL_GROUPS);
		st = pl_policy_create(&f->ctx, &spec, &out);
		if (st == PL_OK)
			snprintf(f->policy_ids[i], sizeof(f->policy_ids[i]), "%s", out.identity);
		pl_row_clear(&pl_policy_noun, &out);
	}
	return st;
}

/* Requests that bob may decide now, each of somebody else, since one person may have only some. */
static enum pl_status
make_pending(struct fill *f)
{
	struct pl_request_spec spec = { .task = text("Bench\\ask"), .reason = text("ticket 4711") };
	struct pl_request out;
	enum pl_status st = PL_OK;

	for (long i = 0; i < f->pending && st == PL_OK; i++) {
		f->ctx.caller.asserted = true;
		snprintf(f->ctx.caller.name, sizeof(f->ctx.caller.name), "asker%ld", i);
		st = pl_request_submit(&f->ctx, &spec, &out);
		pl_row_clear(&pl_request_noun, &out);
	}
	return st;
}

static enum pl_status
fill(struct fill *f, const char *path)
{
	enum pl_status st = pl_caller_read(&f->ctx, &f->ctx.caller);

	if (st == PL_OK)
		st = pl_store_open(&f->ctx, path, false);
	if (st == PL_OK)
		st = hurry(&f->ctx);
	if (st == PL_OK)
		st = make_groups(f);
	if (st == PL_OK)
		st = make_policies(f);
	if (st == PL_OK)
		st = fill_history(f);
	return st == PL_OK ? make_pending(f) : st;
}

static bool
number(const char *word, int64_t *out)
{
	return pl_text_parse_int(word, strlen(word), out);
}

int
main(int argc, char *argv[])
{
	struct fill f = { 0 };
	enum pl_status st;

	if (argc != 6) {
		fprintf(stderr, "usage: fill DATABASE REQUESTS POLICIES MEMBERS PENDING\n");
		return 64;
	}
	if (!number(argv[2], &f.requests) || !number(argv[3], &f.policies) || !number(argv[4], &f.members) ||
	    !number(argv[5], &f.pending)) {
		fprintf(stderr, "fill: a number that is none\n");
		return 64;
	}
	if (f.policies < 1) {
		fprintf(stderr, "fill: at least one policy\n");
		return 64;
	}
	pl_ctx_init(&f.ctx);
	st = fill(&f, argv[1]);
	if (st != PL_OK)
		fprintf(stderr, "fill: %s: %s\n", pl_error_def(f.ctx.failure.error)->id, f.ctx.failure.message);
	pl_store_close(&f.ctx);
	pl_ctx_clear(&f.ctx);
	free(f.policy_ids);
	return st != PL_OK;
}
