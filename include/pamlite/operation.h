/* operation.h - one transaction with its audit record: the frame of everything the model does */
#ifndef PAMLITE_OPERATION_H
#define PAMLITE_OPERATION_H

#include <stdbool.h>

#include "pamlite/context.h"
#include "pamlite/record.h"
#include "pamlite/statement.h"

/*
 * What the caller is, by rows read inside the transaction. Names come in two
 * forms where the control has a domain: `me` is the short one.
 */
struct pl_rights {
	char me[PL_ACCOUNT_MAX + 1];
	char me_long[2 * PL_ACCOUNT_MAX + 2];   /* "" without a domain */
	char domain[PL_ACCOUNT_MAX + 1];
	bool enabled;                           /* the control is on */
	bool configure;                         /* may configure */
	bool service;                           /* the account of the system database; a private one's owner */
	bool see_all;                           /* may configure or audit */
	char *groups;                           /* once asked for: the caller's groups, ids in a JSON array */
};

/*
 * The operation under way. What is put into `record` while it runs becomes the
 * audit record: of the success, or of the refusal if it ends in an error that
 * is recorded.
 */
struct pl_operation {
	struct pl_operation *whole;             /* the one that this one is a part of; NULL = it stands for itself */
	bool writes;
	bool unrecorded;                        /* committed without a record */
	bool keeps;                             /* what was written so far stands, however it ends */
	struct pl_record record;
	struct pl_rights rights;
	char target[PL_TARGET_MAX + 1];         /* as the caller named it; for -WhatIf */
};

/*
 * Lock, begin, read the clock and the caller's rights. `operation` is the
 * cmdlet's name. After PL_OK the operation is ended once by pl_op_end();
 * after anything else there is nothing to end.
 *
 * One that begins while another is under way is a part of that: it has its own record, but the transaction, the
 * notification of administrators and what -WhatIf says are the other's, and so is the right to configure, so that a
 * part which takes it from the caller does not refuse the next. If a part fails, the other has to end with its status.
 */
enum pl_status pl_op_begin(struct pl_ctx *ctx, const char *operation, enum pl_record_type type, const char *target);
/* The same for one that only reads: no record unless it is refused. */
enum pl_status pl_op_begin_read(struct pl_ctx *ctx, const char *operation, const char *target);

/*
 * End it with the status it came to, and unlock. PL_OK: the record is appended
 * and all is committed; with ctx->what_if all is undone and noted. Anything else:
 * all is undone and a refusal recorded. Returns `st`, or why the end failed.
 */
enum pl_status pl_op_end(struct pl_ctx *ctx, enum pl_status st);

/* What was written so far is a fact of the clock: a refusal does not undo it. */
void pl_op_keep(struct pl_ctx *ctx);

/* It turned out that there is nothing to do: end without a change and without a record. */
void pl_op_nothing_done(struct pl_ctx *ctx);

/*
 * Commit without a record: what is written is no event, only how far a record that exists has been carried out; or
 * each of many objects has its own. With -WhatIf the latter are noted one by one.
 */
void pl_op_unrecorded(struct pl_ctx *ctx);
void pl_op_note_what_if(struct pl_ctx *ctx, const char *operation, const char *target);

/* The record of the operation under way. */
struct pl_record *pl_op_record(struct pl_ctx *ctx);
const struct pl_rights *pl_op_rights(const struct pl_ctx *ctx);

/*
 * Offer a statement the facts that any may use: :now :boot_id :boot_time :me
 * :me_long :uid :login_uid (null if unset) :asserted :all :groups :domain.
 */
void pl_op_offer_facts(struct pl_stmt *q);

/* PL_E_DENIED (AdministratorRequired, AuditorRequired), PL_E_UNAVAILABLE (ElevatedAccessNotEnabled) */
enum pl_status pl_require_configure(struct pl_ctx *ctx);
enum pl_status pl_require_see_all(struct pl_ctx *ctx);
enum pl_status pl_require_enabled(struct pl_ctx *ctx);
/* The account of the system database, started directly; a private one's owner. PL_E_DENIED (AdministratorRequired) */
enum pl_status pl_require_service(struct pl_ctx *ctx);

/*
 * Shorten "alice@DOMAIN" to "alice" where DOMAIN is the control's. Other names
 * stay as they are. Returns `name` or a place in `out`.
 */
const char *pl_principal_short(const struct pl_ctx *ctx, const char *name, char out[PL_ACCOUNT_MAX + 1]);

#endif
