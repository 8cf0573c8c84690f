/* evidence_write.c - an evidence file, a part after the other and the chain at its end */

#include "pamlite/evidence.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/record.h"

#include "output/out.h"

/*
 * The records are gone through once for the objects and once more for each array that has elements, so that none
 * of them has to be held.
 */
struct writing {
	struct pl_ctx *ctx;
	const struct pl_audit_range *range;
	struct pl_evidence *evidence;
	struct pl_buf objects[PL_EVIDENCE_PARTS];
	size_t counts[PL_EVIDENCE_PARTS];     /* elements of arrays */
	enum pl_evidence_part part;           /* the array that is written; PL_EVIDENCE_PARTS = none yet */
	size_t elements;                      /* of it, or of the chain, so far */
	struct pl_buf line;
	struct out_writer writer;
};

static void
put(struct writing *w, const char *text)
{
	out_write(&w->writer, text, strlen(text));
}

/* An element of an array, on a line of its own. */
static void
put_element(struct writing *w, const struct pl_json_piece *text)
{
	put(w, w->elements++ > 0 ? ",\n" : "\n");
	out_write(&w->writer, text->text, text->len);
}

static enum pl_status
on_part(void *arg, enum pl_evidence_part part, int64_t sequence, const struct pl_json_piece *text)
{
	struct writing *w = arg;

	(void)sequence;
	if (w->part == part)
		put_element(w, text);
	if (w->part != PL_EVIDENCE_PARTS)
		return PL_OK;
	w->counts[part]++;
	if (pl_evidence_is_list(part))
		return PL_OK;
	pl_buf_bytes(&w->objects[part], text->text, text->len);
	return pl_buf_failed(&w->objects[part]) ? pl_fail_memory(w->ctx) : PL_OK;
}

static enum pl_status
on_record(void *arg, const struct pl_chain_record *record)
{
	struct writing *w = arg;
	enum pl_status st = pl_evidence_take(w->evidence, record->sequence, record->line);

	if (st != PL_E_DATA)
		return st;
	pl_fail(w->ctx, PL_ERR_DATABASE_DAMAGED, "record %" PRId64 " of the audit log is not what was written",
	    record->sequence);
	return pl_hint(w->ctx, "test-elevated-access-audit-log says where the log breaks");
}

/* Go through the records that are about the request; on_part() gets what they say. */
static enum pl_status
derive(struct writing *w, enum pl_evidence_part part)
{
	enum pl_status st;

	w->part = part;
	w->elements = 0;
	w->evidence = pl_evidence_new(w->ctx, on_part, w);
	if (w->evidence == NULL)
		return pl_fail_memory(w->ctx);
	st = pl_audit_range_each(w->ctx, w->range->first, w->range->last, on_record, w);
	if (st == PL_OK)
		st = pl_evidence_end(w->evidence);
	pl_evidence_free(w->evidence);
	return st;
}

static enum pl_status
write_part(struct writing *w, enum pl_evidence_part part)
{
	enum pl_status st = PL_OK;

	put(w, ",\n\"");
	put(w, pl_evidence_parts[part]);
	put(w, "\":");
	if (!pl_evidence_is_list(part)) {
		put(w, w->objects[part].text);
		return PL_OK;
	}
	put(w, "[");
	if (w->counts[part] > 0)
		st = derive(w, part);
	put(w, w->counts[part] > 0 ? "\n]" : "]");
	return st;
}

static enum pl_status
on_head(void *arg, const struct pl_chain_record *record)
{
	struct writing *w = arg;

	pl_buf_reset(&w->line);
	pl_buf_printf(&w->line, ",\n\"Head\":{\"Sequence\":%" PRId64 ",\"Hash\":\"%s\"},\n\"Chain\":[",
	    record->sequence, record->hash);
	put(w, w->line.text);
	return pl_buf_failed(&w->line) ? pl_fail_memory(w->ctx) : PL_OK;
}

static enum pl_status
on_link(void *arg, const struct pl_chain_record *record)
{
	struct writing *w = arg;

	pl_buf_reset(&w->line);
	pl_buf_printf(&w->line, "{\"Sequence\":%" PRId64 ",\"PreviousHash\":\"%s\",\"AuditData\":\"", record->sequence,
	    record->previous);
	pl_text_escape_json(&w->line, record->line, strlen(record->line));
	pl_buf_printf(&w->line, "\",\"Hash\":\"%s\"}", record->hash);
	put_element(w, &(struct pl_json_piece){ w->line.text, w->line.len });
	return pl_buf_failed(&w->line) ? pl_fail_memory(w->ctx) : PL_OK;
}

static enum pl_status
write_all(struct writing *w)
{
	const struct pl_audit_range *range = w->range;
	enum pl_status st = derive(w, PL_EVIDENCE_PARTS);
	int i;

	pl_buf_printf(&w->line, "{\"Format\":\"%s\",\"Version\":%d", PL_EVIDENCE_FORMAT, PL_EVIDENCE_VERSION);
	put(w, w->line.text);
	for (i = 0; i < PL_EVIDENCE_PARTS && st == PL_OK; i++)
		st = write_part(w, (enum pl_evidence_part)i);
	if (st == PL_OK)
		st = pl_audit_range_each(w->ctx, range->head, range->head, on_head, w);
	w->elements = 0;
	if (st == PL_OK)
		st = pl_audit_range_each(w->ctx, range->first, range->head, on_link, w);
	put(w, "\n]}\n");
	out_write_flush(&w->writer);
	if (st == PL_OK && w->writer.error != 0)
		st = pl_fail(w->ctx, PL_ERR_OUTPUT_FAILED, "the evidence cannot be written: %s",
		    strerror(w->writer.error));
	return st;
}

enum pl_status
pl_evidence_write(struct pl_ctx *ctx, const struct pl_audit_range *range, int fd)
{
	struct writing *w = calloc(1, sizeof *w);
	enum pl_status st;
	int i;

	if (w == NULL)
		return pl_fail_memory(ctx);
	w->ctx = ctx;
	w->range = range;
	w->writer.ctx = ctx;
	w->writer.fd = fd;
	pl_buf_init(&w->line);
	for (i = 0; i < PL_EVIDENCE_PARTS; i++)
		pl_buf_init(&w->objects[i]);
	st = write_all(w);
	for (i = 0; i < PL_EVIDENCE_PARTS; i++)
		pl_buf_clear(&w->objects[i]);
	pl_buf_clear(&w->line);
	free(w);
	return st;
}
