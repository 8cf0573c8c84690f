/* evidence_file.c - checking an evidence file by itself: its chain, and that nothing else stands in it */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/evidence_file.h"

#include "pamlite/chain.h"
#include "pamlite/evidence.h"
#include "pamlite/text.h"

#include "evidence_member.h"
#include "evidence_reader.h"

struct file {
	struct pl_ctx *ctx;
	const char *path;
	struct pl_audit_check *check;
	struct pl_evidence *evidence;
	struct part parts[EVIDENCE_MEMBERS];
	int at;                  /* the member that is read */
	bool chain_read;
	char previous[PL_DIGEST_LEN + 1];
	struct pl_buf line;
};

static enum pl_status
not_evidence(struct file *f, const char *why)
{
	pl_fail(f->ctx, PL_ERR_INVALID_INPUT, "%s is not an evidence file that can be checked: %s", f->path, why);
	return pl_target(f->ctx, f->path);
}

/* `name`: of a member; NULL: the record itself. */
static enum pl_status
differs(struct file *f, int64_t sequence, const char *name, const char *why)
{
	if (!f->check->valid)
		return PL_OK;
	f->check->valid = false;
	f->check->first_bad_sequence = sequence;
	if (asprintf(&f->check->detail, "%s%s%s", name != NULL ? name : "", name != NULL ? " " : "", why) >= 0)
		return PL_OK;
	f->check->detail = NULL;
	return pl_fail_memory(f->ctx);
}

/* A value of a part, from the file or from its records. */
static enum pl_status
add(struct file *f, int at, struct part_side *to, int64_t sequence, const struct pl_json_piece *text)
{
	struct part *p = &f->parts[at];

	if (!part_add(p, to, sequence, text))
		return pl_fail_memory(f->ctx);
	return p->fault != NULL ? differs(f, p->fault_at, evidence_member_name(at), p->fault) : PL_OK;
}

static enum pl_status
on_part(void *arg, enum pl_evidence_part part, int64_t sequence, const struct pl_json_piece *text)
{
	struct file *f = arg;

	return add(f, (int)part, &f->parts[part].records, sequence, text);
}

static enum pl_status
take_text(struct file *f, const struct pl_buf *text)
{
	return add(f, f->at, &f->parts[f->at].file, PL_NULL, &(struct pl_json_piece){ text->text, text->len });
}

/* A record of the chain and what stands beside it; exactly that. Pieces that are missing are empty. */
struct link {
	struct pl_json_piece sequence, previous, line, hash;
};

static bool
read_link(const struct pl_buf *text, struct link *out)
{
	struct pl_json_piece cursor, name, value, *to[] = { &out->sequence, &out->previous, &out->line, &out->hash };
	static const char *const names[] = { "\"Sequence\"", "\"PreviousHash\"", "\"AuditData\"", "\"Hash\"" };
	size_t i, count = 0;

	*out = (struct link){ { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 } };
	if (text->text[0] != '{')
		return false;
	(void)pl_json_enter(&cursor, text->text, text->len);
	while (pl_json_next(&cursor, &name, &value)) {
		for (i = 0; i < 4; i++)
			if (pl_json_piece_is(&name, names[i]))
				*to[i] = value;
		count++;
	}
	return count == 4 && out->sequence.len > 0 && out->previous.len == PL_DIGEST_LEN + 2 && out->line.len > 0 &&
	    out->hash.len == PL_DIGEST_LEN + 2;
}

/* Is it the next one, and are its hashes those of its line? The line is then in f->line. */
static const char *
check_link(struct file *f, const struct link *l, int64_t sequence)
{
	char previous[PL_DIGEST_LEN + 1], hash[PL_DIGEST_LEN + 1], key[48];

	if (f->check->records > 0 && sequence != f->check->last_sequence + 1)
		return "a record is missing before this one, or it is not in its place";
	memcpy(previous, l->previous.text + 1, PL_DIGEST_LEN);
	previous[PL_DIGEST_LEN] = '\0';
	if (strspn(previous, "0123456789abcdef") != PL_DIGEST_LEN ||
	    (f->check->records > 0 && strcmp(previous, f->previous) != 0) ||
	    (sequence == 1 && strcmp(previous, PL_AUDIT_GENESIS) != 0))
		return "the record does not follow the one before";
	pl_buf_reset(&f->line);
	if (!pl_json_unquote(&l->line, &f->line))
		return "the record is no text";
	pl_audit_hash(previous, f->line.text, hash);
	if (memcmp(hash, l->hash.text + 1, PL_DIGEST_LEN) != 0)
		return "the hash does not fit the record and its predecessor";
	(void)snprintf(key, sizeof key, "{\"Sequence\":%" PRId64 ",", sequence);
	if (strncmp(f->line.text, key, strlen(key)) != 0)
		return "the record carries another sequence number";
	memcpy(f->previous, hash, sizeof f->previous);
	return NULL;
}

static enum pl_status
take_link(struct file *f, const struct pl_buf *text)
{
	struct pl_audit_check *check = f->check;
	int64_t sequence;
	const char *why;
	struct link l;
	enum pl_status st;

	if (!read_link(text, &l) || !pl_text_parse_int(l.sequence.text, l.sequence.len, &sequence) || sequence < 1 ||
	    sequence == INT64_MAX)
		return differs(f, check->records > 0 ? check->last_sequence + 1 : PL_NULL, NULL,
		    "an element of Chain is not a record with its hashes");
	why = check_link(f, &l, sequence);
	if (pl_buf_failed(&f->line))
		return pl_fail_memory(f->ctx);
	if (why != NULL)
		return differs(f, sequence, NULL, why);
	if (check->records == 0)
		check->first_sequence = sequence;
	check->last_sequence = sequence;
	check->records++;
	st = pl_evidence_take(f->evidence, sequence, f->line.text);
	return st == PL_E_DATA ? differs(f, sequence, NULL, "the record is not one, or does not begin a request") : st;
}

/* The chain has ended: what the records say is known. */
static enum pl_status
end_chain(struct file *f)
{
	const int64_t last = f->check->last_sequence;
	enum pl_status st;

	f->chain_read = true;
	if (f->check->records == 0)
		return differs(f, PL_NULL, "Chain", "is empty");
	st = pl_evidence_end(f->evidence);
	pl_buf_reset(&f->line);
	pl_buf_printf(&f->line, "{\"Sequence\":%" PRId64 ",\"Hash\":\"%s\"}", last, f->previous);
	if (pl_buf_failed(&f->line))
		return pl_fail_memory(f->ctx);
	if (st == PL_OK)
		st = add(f, AT_HEAD, &f->parts[AT_HEAD].records, last,
		    &(struct pl_json_piece){ f->line.text, f->line.len });
	return st;
}

/* The file has ended: each part is there, and is what the records say. */
static enum pl_status
end_file(struct file *f)
{
	enum pl_status st = PL_OK;
	struct part *p;
	int i;

	if (!f->parts[AT_FORMAT].seen || !f->parts[AT_VERSION].seen)
		return not_evidence(f, "it lacks Format or Version");
	if (!f->chain_read)
		return differs(f, PL_NULL, "Chain", "is missing");
	for (i = 0; i <= AT_HEAD && st == PL_OK; i++) {
		p = &f->parts[i];
		part_end(p);
		if (!p->seen)
			st = differs(f, PL_NULL, evidence_member_name(i), "is missing");
		else if (p->fault != NULL)
			st = differs(f, p->fault_at, evidence_member_name(i), p->fault);
	}
	return st;
}

/* Which member it is, by its name; each is there once. */
static enum pl_status
begin_member(struct file *f, const struct pl_buf *name)
{
	f->at = evidence_member_find(name->text, name->len);
	if (f->at == EVIDENCE_MEMBERS)
		return differs(f, PL_NULL, NULL, "a property of the file is none of evidence");
	if (f->parts[f->at].seen) {
		pl_fail(f->ctx, PL_ERR_INVALID_JSON, "%s is not valid JSON: %s is there twice", f->path,
		    evidence_member_name(f->at));
		return pl_target(f->ctx, f->path);
	}
	f->parts[f->at].seen = true;
	return PL_OK;
}

static bool
is_array(const struct file *f)
{
	return f->at == AT_CHAIN || (f->at < PL_EVIDENCE_PARTS && pl_evidence_is_list((enum pl_evidence_part)f->at));
}

static enum pl_status
take_value(struct file *f, const struct pl_buf *text)
{
	if (f->at == AT_FORMAT)
		return strcmp(text->text, "\"" PL_EVIDENCE_FORMAT "\"") == 0 ? PL_OK
		    : not_evidence(f, "its Format is another one");
	if (f->at == AT_VERSION)
		return strcmp(text->text, "1") == 0 ? PL_OK : not_evidence(f, "its Version is another one");
	return is_array(f) ? differs(f, PL_NULL, evidence_member_name(f->at), "is not an array")
	    : take_text(f, text);
}

static enum pl_status
take_event(struct file *f, enum reader_event event, const struct reader *r)
{
	enum pl_status st = PL_OK;

	switch (event) {
	case READER_VALUE:
	case READER_ARRAY:
		st = begin_member(f, &r->name);
		if (st != PL_OK || !f->check->valid)
			return st;
		if (event == READER_VALUE)
			return take_value(f, &r->text);
		return is_array(f) ? PL_OK : differs(f, PL_NULL, evidence_member_name(f->at), "is an array");
	case READER_ELEMENT:
		return f->at == AT_CHAIN ? take_link(f, &r->text) : take_text(f, &r->text);
	case READER_ARRAY_END:
		return f->at == AT_CHAIN ? end_chain(f) : PL_OK;
	case READER_END:
		return end_file(f);
	case READER_FAILED:
		break;
	}
	return f->ctx->failure.status;
}

/* What the check cannot know: whether this chain is the host's. */
static enum pl_status
tell_head(struct file *f)
{
	struct pl_buf text;
	const char *id = pl_evidence_request(f->evidence);

	pl_buf_init(&text);
	pl_buf_text(&text, "evidence of request ");
	(void)pl_json_unquote(&(struct pl_json_piece){ id, strlen(id) }, &text);
	pl_buf_printf(&text, ", whole up to record %" PRId64 ": compare the hash of that record with the anchor or the"
	    " syslog of the host", f->check->last_sequence);
	f->check->detail = pl_buf_take(&text);
	return f->check->detail != NULL ? PL_OK : pl_fail_memory(f->ctx);
}

static enum pl_status
read_file(struct file *f, FILE *stream)
{
	enum reader_event event = READER_VALUE;
	enum pl_status st = PL_OK;
	struct reader r;

	reader_init(&r, f->ctx, f->path, stream);
	while (st == PL_OK && f->check->valid && event != READER_END) {
		event = reader_next(&r);
		st = take_event(f, event, &r);
	}
	reader_clear(&r);
	if (st == PL_OK && f->check->valid)
		st = tell_head(f);
	if (st == PL_OK && f->check->records > 0 && (f->check->head_hash = strdup(f->previous)) == NULL)
		st = pl_fail_memory(f->ctx);
	return st;
}

enum pl_status
pl_evidence_check(struct pl_ctx *ctx, const char *path, struct pl_audit_check *check)
{
	struct file f = { .ctx = ctx, .path = path, .check = check };
	int fd = fcntl(ctx->input_fd, F_DUPFD_CLOEXEC, 0), i;
	FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;
	enum pl_status st;

	pl_row_init(&pl_audit_check_noun, check);
	check->records = 0;
	check->valid = true;
	if (stream == NULL) {
		if (fd >= 0)
			close(fd);
		pl_fail(ctx, PL_ERR_INPUT_FAILED, "%s cannot be read: %s", path, strerror(errno));
		return pl_target(ctx, path);
	}
	pl_buf_init(&f.line);
	for (i = 0; i < EVIDENCE_MEMBERS; i++)
		part_init(&f.parts[i]);
	f.evidence = pl_evidence_new(ctx, on_part, &f);
	st = f.evidence != NULL ? read_file(&f, stream) : pl_fail_memory(ctx);
	pl_evidence_free(f.evidence);
	pl_buf_clear(&f.line);
	for (i = 0; i < EVIDENCE_MEMBERS; i++)
		part_clear(&f.parts[i]);
	(void)fclose(stream);
	return st;
}
