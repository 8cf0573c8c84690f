/* witness.c - comparing the audit log with what others keep of it */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "pamlite/witness.h"

#include "pamlite/anchor.h"
#include "pamlite/place.h"
#include "pamlite/store.h"
#include "pamlite/syslog.h"

#include "input.h"
#include "witness_line.h"

enum { BATCH = 1000 };

static const char csv_header[] = "\"Sequence\",\"CreationDate\",";

/* One who says what the log was. It is compared by the thousand, so that the lock is taken seldom, and not for long. */
struct witness {
	struct pl_ctx *ctx;
	const char *name;               /* for messages */
	int64_t start;                  /* what is said of records before does not count */
	struct pl_audit_witness batch[BATCH];
	size_t count;
	bool about_log;                 /* something in it was */
	bool csv;                       /* it begins as an export of that form */
	int64_t lines, first, last;     /* of what counts */
	const char *fault;              /* of the record `bad`; NULL = all agrees */
	int64_t bad;
};

static void
find_fault(struct witness *w, int64_t sequence, const char *fault)
{
	if (w->fault != NULL && w->bad <= sequence)
		return;
	w->fault = fault;
	w->bad = sequence;
}

static enum pl_status
compare_batch(struct witness *w)
{
	enum pl_audit_finding finding;
	enum pl_status st;
	int64_t bad;

	st = pl_audit_compare(w->ctx, w->batch, w->count, &finding, &bad);
	w->count = 0;
	if (st == PL_OK && finding != PL_AUDIT_AGREES)
		find_fault(w, bad, finding == PL_AUDIT_LACKING ? "is missing in the database" :
		    "is not the one in the database");
	return st;
}

static enum pl_status
take(struct witness *w, const struct pl_witness_line *line)
{
	const int64_t sequence = line->seen.sequence;

	w->about_log = w->about_log || sequence != 0;
	if (sequence == 0 || sequence < w->start)
		return PL_OK;
	w->first = w->lines == 0 || sequence < w->first ? sequence : w->first;
	w->last = sequence > w->last ? sequence : w->last;
	w->lines++;
	if (line->fault != NULL)
		find_fault(w, sequence, line->fault);
	w->batch[w->count++] = line->seen;
	return w->count == BATCH ? compare_batch(w) : PL_OK;
}

/* The reader of objects calls it standard input. */
static enum pl_status
cannot_read(struct witness *w, int error)
{
	if (error == 0)
		return w->ctx->failure.status;
	pl_fail(w->ctx, PL_ERR_INPUT_FAILED, "%s cannot be read: %s", w->name, strerror(error));
	return pl_target(w->ctx, w->name);
}

/* What is no line of text is none of ours. */
static enum pl_status
read_lines(struct witness *w, struct pl_input *in)
{
	struct pl_input_item item = { 0 };
	struct pl_witness_line line;
	enum pl_input_result r;
	enum pl_status st = PL_OK;

	while (st == PL_OK && (r = pl_input_next(w->ctx, in, &item)) != PL_INPUT_END) {
		if (r == PL_INPUT_FAILED)
			return cannot_read(w, in->error);
		if (r == PL_INPUT_BAD)
			continue;
		w->csv = w->csv || (item.number == 1 && strncmp(item.text, csv_header, strlen(csv_header)) == 0);
		st = pl_witness_line_read(w->ctx, item.text, &line);
		if (st == PL_OK)
			st = take(w, &line);
		else if (st == PL_E_DATA) {
			pl_fail(w->ctx, w->ctx->failure.error, "line %zu of %s: %s", item.number, w->name,
			    w->ctx->failure.message);
			st = pl_target(w->ctx, w->name);
		}
	}
	return st;
}

static enum pl_status
read_all(struct witness *w, int fd)
{
	struct pl_input in;
	enum pl_status st;

	st = pl_input_open(w->ctx, &in, fd);
	in.mode = PL_INPUT_LINES;
	if (st == PL_OK)
		st = read_lines(w, &in);
	pl_input_close(&in);
	return st == PL_OK ? compare_batch(w) : st;
}

/* Of several findings the lowest is told; of one and the same record, who says so. */
static enum pl_status
tell(const struct witness *w, struct pl_audit_check *check)
{
	const bool lowest = w->fault != NULL && (check->valid || w->bad < check->first_bad_sequence);
	struct pl_buf text;

	if (!check->valid && (w->fault == NULL || w->bad > check->first_bad_sequence))
		return PL_OK;
	pl_buf_init(&text);
	if (!lowest && check->detail != NULL)
		pl_buf_printf(&text, "%s; ", check->detail);
	if (w->fault != NULL) {
		check->valid = false;
		check->first_bad_sequence = w->bad;
		pl_buf_printf(&text, "record %" PRId64 " of %s %s", w->bad, w->name, w->fault);
	} else if (w->lines == 0)
		pl_buf_printf(&text, "%s has no record from %" PRId64 " on", w->name, w->start);
	else
		pl_buf_printf(&text,
		    "%s agrees up to record %" PRId64 " (the first is %" PRId64 ", lines: %" PRId64 ")",
		    w->name, w->last, w->first, w->lines);
	free(check->detail);
	check->detail = pl_buf_take(&text);
	return check->detail != NULL ? PL_OK : pl_fail_memory(w->ctx);
}

static enum pl_status
nothing_said(const struct witness *w)
{
	if (w->csv) {
		pl_fail(w->ctx, PL_ERR_INVALID_INPUT, "%s is an export as CSV, which cannot be checked", w->name);
		pl_target(w->ctx, w->name);
		return pl_hint(w->ctx, "JSON Lines can: export-elevated-access-audit-log without -Format Csv");
	}
	pl_fail(w->ctx, PL_ERR_INVALID_INPUT, "nothing in %s is about the audit log", w->name);
	pl_target(w->ctx, w->name);
	return pl_hint(w->ctx, "it takes an export (JSON Lines), lines of syslog, or what journalctl prints");
}

static enum pl_status
hear(struct pl_ctx *ctx, const struct witness *who, int fd, struct pl_audit_check *check)
{
	struct witness *w = malloc(sizeof(*w));
	enum pl_status st;

	if (w == NULL)
		return pl_fail_memory(ctx);
	*w = *who;
	w->ctx = ctx;
	st = fd >= 0 ? read_all(w, fd) : PL_OK;
	if (st == PL_OK)
		st = w->about_log ? tell(w, check) : nothing_said(w);
	free(w);
	return st;
}

/* Where the account that owns the database cannot write: who becomes that account can write the whole log anew. */
static enum pl_status
hear_anchor(struct pl_ctx *ctx, int64_t start, struct pl_audit_check *check)
{
	const struct witness anchor = { .name = "the anchor", .start = start, .about_log = true };
	const int fd = pl_anchor_open();
	enum pl_status st;

	if (fd < 0 && errno != ENOENT) {
		pl_fail(ctx, PL_ERR_INPUT_FAILED, "the anchor %s cannot be read: %s", PL_ANCHOR, strerror(errno));
		return pl_hint(ctx, "test-elevated-access-installation says what is wrong with it");
	}
	st = hear(ctx, &anchor, fd, check);
	if (fd >= 0)
		close(fd);
	return st;
}

enum pl_status
pl_witness_check(struct pl_ctx *ctx, int64_t start, const char *path, struct pl_audit_check *check)
{
	const struct witness file = { .name = path, .start = start > 0 ? start : 1 };
	enum pl_status st = PL_OK;

	if (pl_store_is_system(ctx))
		st = hear_anchor(ctx, file.start, check);
	if (st == PL_OK && path != NULL)
		st = hear(ctx, &file, ctx->input_fd, check);
	return st;
}

enum pl_status
pl_witness_alarm(struct pl_ctx *ctx, const struct pl_audit_check *check)
{
	struct pl_buf text;

	pl_buf_init(&text);
	pl_audit_check_say(check, &text);
	if (pl_store_is_system(ctx))
		pl_syslog(LOG_CRIT, "%s", text.text);
	pl_fail(ctx, PL_ERR_LOG_BROKEN, "%s", text.text);
	pl_buf_clear(&text);
	return pl_hint(ctx, "test-elevated-access-audit-log compares it with what others have kept of it");
}
