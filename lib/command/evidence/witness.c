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

#include "command/bind/input.h"
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
	bool file;                      /* the one that was named, and not the anchor */
	bool about_log;                 /* something in it was */
	bool csv;                       /* it begins as an export of that form */
	enum pl_witness_form form;      /* of what was */
	int64_t others, elsewhere;      /* lines that were not; that were about the log of another host */
	int64_t lines, first, last;     /* of what counts */
	bool was_restored;              /* the anchor: from a backup, the newest of which ended with `restored` */
	int64_t restored, lost;         /* `lost`: the last record that is lost by that; 0 = none is known */
	unsigned char *seen;            /* of an export: the records up to `head` that were there, a bit each */
	int64_t head, distinct;
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

/*
 * An export is one from the first line to the last: a record that was edited must not be passed over as a line of
 * somebody else.
 */
static enum pl_status
take_form(struct witness *w, const struct pl_witness_line *line)
{
	const bool about_log = line->seen.sequence != 0;
	const bool first = about_log && !w->about_log;

	w->about_log = w->about_log || about_log;
	w->elsewhere += line->elsewhere;
	w->others += !about_log;
	if (first)
		w->form = line->form;
	if (about_log ? line->form != w->form || (w->form == PL_WITNESS_EXPORT && w->others > 0) :
	    w->about_log && w->form == PL_WITNESS_EXPORT)
		return pl_fail(w->ctx, PL_ERR_INVALID_INPUT, "exported records stand among lines that are none");
	return PL_OK;
}

/* A log has been exported in pieces, or filtered: how much of it there is, a bit a record tells in whatever order. */
static void
mark(struct witness *w, int64_t sequence)
{
	const unsigned char bit = (unsigned char)(1 << (sequence & 7));

	if (sequence > w->head || (w->seen[sequence >> 3] & bit) != 0)
		return;
	w->seen[sequence >> 3] |= bit;
	w->distinct++;
}

static enum pl_status
take(struct witness *w, const struct pl_witness_line *line)
{
	const int64_t sequence = line->seen.sequence;

	if (sequence == 0 || sequence < w->start)
		return PL_OK;
	if (line->form == PL_WITNESS_EXPORT)
		mark(w, sequence);
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

/*
 * Root has restored a backup: what the anchor has said of later records is of those that are lost. Nobody else is
 * believed that, since whoever can write syslog could excuse with it what he has done to the log.
 */
static enum pl_status
take_restored(struct witness *w, const struct pl_channel_head *end)
{
	struct pl_witness_line line = { .seen.sequence = end->sequence };
	enum pl_status st = compare_batch(w);

	memcpy(line.seen.hash, end->hash, sizeof(line.seen.hash));
	if (w->fault != NULL && w->bad > end->sequence)
		w->fault = NULL;
	w->restored = end->sequence;
	w->lost = w->last > end->sequence ? w->last : 0;
	w->last = w->last > end->sequence ? end->sequence : w->last;
	w->was_restored = true;
	return st == PL_OK ? take(w, &line) : st;
}

static enum pl_status
read_line(struct witness *w, const struct pl_input_item *item, enum pl_input_result r)
{
	struct pl_witness_line line = { 0 };
	struct pl_channel_head end;
	enum pl_status st = PL_OK;

	if (!w->file && r == PL_INPUT_VALUE && pl_anchor_says_restored(item->text, &end))
		return take_restored(w, &end);
	/* What is no line of text is none of ours, unless it could have been an object. */
	if (r == PL_INPUT_VALUE)
		st = pl_witness_line_read(w->ctx, item->text, &line);
	else if (pl_witness_may_be_object(item->text))
		st = w->ctx->failure.status;
	if (st == PL_OK)
		st = take_form(w, &line);
	if (st == PL_E_DATA) {
		pl_fail(w->ctx, w->ctx->failure.error, "line %zu of %s: %s", item->number, w->name,
		    w->ctx->failure.message);
		return pl_target(w->ctx, w->name);
	}
	return st == PL_OK ? take(w, &line) : st;
}

static enum pl_status
read_lines(struct witness *w, struct pl_input *in)
{
	struct pl_input_item item = { 0 };
	enum pl_input_result r;
	enum pl_status st = PL_OK;

	while (st == PL_OK && (r = pl_input_next(w->ctx, in, &item)) != PL_INPUT_END) {
		if (item.number == 1 && r == PL_INPUT_VALUE)
			w->csv = strncmp(item.text, csv_header, strlen(csv_header)) == 0;
		st = r == PL_INPUT_FAILED ? cannot_read(w, in->error) : read_line(w, &item, r);
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

static void
say_agreement(const struct witness *w, struct pl_buf *text)
{
	const int64_t missing = w->last - w->first + 1 - w->distinct;

	if (w->lines == 0) {
		pl_buf_printf(text, "%s has no record from %" PRId64 " on", w->name, w->start);
		return;
	}
	pl_buf_printf(text, "%s agrees up to record %" PRId64 " (the first is %" PRId64 ", lines: %" PRId64 ")",
	    w->name, w->last, w->first, w->lines);
	if (w->form == PL_WITNESS_EXPORT && missing > 0)
		pl_buf_printf(text, ", %" PRId64 " record%s missing between the first and the last", missing,
		    missing > 1 ? "s are" : " is");
	if (w->elsewhere > 0)
		pl_buf_printf(text, ", lines of other hosts: %" PRId64, w->elsewhere);
	if (w->was_restored)
		pl_buf_printf(text, ", root has restored a backup that ended with record %" PRId64, w->restored);
	if (w->lost > 0)
		pl_buf_printf(text, ", records after it up to %" PRId64 " at least are lost", w->lost);
}

/* It explains, and excuses nothing: the record is lost, and who has it is right. */
static enum pl_status
say_restored(const struct witness *w, struct pl_buf *text)
{
	int64_t record;
	enum pl_status st = pl_audit_restored(w->ctx, w->bad, &record);

	if (record > 0)
		pl_buf_printf(text, "; record %" PRId64 " tells of a backup that was restored", record);
	return st;
}

/* Of several findings the lowest is told; of one and the same record, who says so. */
static enum pl_status
tell(const struct witness *w, struct pl_audit_check *check)
{
	const bool lowest = w->fault != NULL && (check->valid || w->bad < check->first_bad_sequence);
	enum pl_status st = PL_OK;
	struct pl_buf text;

	if (!check->valid && (w->fault == NULL || w->bad > check->first_bad_sequence))
		return PL_OK;
	pl_buf_init(&text);
	if (!lowest && check->detail != NULL)
		pl_buf_printf(&text, "%s; ", check->detail);
	/* For scripts: what it was taken for. */
	if (w->file)
		pl_buf_text(&text, w->form == PL_WITNESS_EXPORT ? "export: " : "log lines: ");
	if (w->fault != NULL) {
		check->valid = false;
		check->first_bad_sequence = w->bad;
		pl_buf_printf(&text, "record %" PRId64 " of %s %s", w->bad, w->name, w->fault);
		st = say_restored(w, &text);
	} else
		say_agreement(w, &text);
	free(check->detail);
	check->detail = pl_buf_take(&text);
	return check->detail == NULL ? pl_fail_memory(w->ctx) : st;
}

/* Whom nothing was heard from about the log of this host. */
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
	if (w->elsewhere > 0)
		return pl_hint(w->ctx, "it has lines of other hosts; of this one are those of %s",
		    w->ctx->caller.host);
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
	w->head = check->records > 0 && check->last_sequence > 0 ? check->last_sequence : 0;
	w->seen = calloc((size_t)w->head / 8 + 1, 1);
	st = w->seen == NULL ? pl_fail_memory(ctx) : fd >= 0 ? read_all(w, fd) : PL_OK;
	if (st == PL_OK)
		st = w->about_log ? tell(w, check) : nothing_said(w);
	free(w->seen);
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
	const struct witness file = { .name = path, .file = true, .start = start > 0 ? start : 1 };
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
