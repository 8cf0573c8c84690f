/* audit_file.c - an exported audit log as a witness of the one in the database */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/audit_file.h"

#include "pamlite/chain.h"
#include "pamlite/json.h"
#include "pamlite/text.h"

enum { BATCH = 1000 };

/* The file under check; witnesses are compared by the thousand, so that the lock is taken seldom. */
struct audit_file {
	struct pl_ctx *ctx;
	const char *path;
	struct pl_audit_check *check;
	struct pl_audit_witness batch[BATCH];
	size_t count;
	long line;
};

static enum pl_status
differs(struct audit_file *f, int64_t sequence, const char *why)
{
	f->check->valid = false;
	f->check->first_bad_sequence = sequence;
	free(f->check->detail);
	f->check->detail = strdup(why);
	return f->check->detail != NULL ? PL_OK : pl_fail_memory(f->ctx);
}

static enum pl_status
compare_batch(struct audit_file *f)
{
	int64_t bad;
	enum pl_status st;

	st = pl_audit_compare(f->ctx, f->batch, f->count, &bad);
	f->count = 0;
	if (st != PL_OK || bad == PL_NULL)
		return st;
	return differs(f, bad, "the record in the database is not the exported one");
}

static const char *
text(const struct pl_json_object *o, const char *name)
{
	const struct pl_json_member *m = pl_json_member_find(o, name);

	return m != NULL && m->kind == PL_JSON_TEXT ? m->value : NULL;
}

static enum pl_status
take_record(struct audit_file *f, const struct pl_json_object *o)
{
	const char *data = text(o, "AuditData"), *previous = text(o, "PreviousHash"), *hash = text(o, "Hash"),
	    *number = text(o, "Sequence");
	const char *const copies[PL_AUDIT_COPIES] = {
		text(o, "CreationDate"), text(o, "UserIds"), text(o, "RecordType"), text(o, "Operations"),
		text(o, "ObjectIds"), text(o, "ResultStatus")
	};
	struct pl_audit_witness *w = &f->batch[f->count];
	char key[48];

	if (data == NULL || previous == NULL || hash == NULL || number == NULL || strlen(hash) != PL_DIGEST_LEN ||
	    !pl_text_parse_int(number, strlen(number), &w->sequence)) {
		pl_fail(f->ctx, PL_ERR_INVALID_INPUT, "line %ld of %s is not an exported audit record", f->line,
		    f->path);
		return pl_target(f->ctx, f->path);
	}
	pl_audit_hash(previous, data, w->hash);
	snprintf(key, sizeof(key), "{\"Sequence\":%s,", number);
	if (strcmp(w->hash, hash) != 0 || strncmp(data, key, strlen(key)) != 0)
		return differs(f, w->sequence, "the exported record does not fit its own hash");
	if (!pl_audit_line_says(data, copies))
		return differs(f, w->sequence, "the exported fields say something else than the record");
	return ++f->count == BATCH ? compare_batch(f) : PL_OK;
}

static enum pl_status
take_line(struct audit_file *f, const char *line, size_t len)
{
	struct pl_json_object o;
	enum pl_status st;

	f->line++;
	st = pl_json_parse_object(f->ctx, line, len, &o);
	if (st == PL_OK)
		st = take_record(f, &o);
	pl_json_object_clear(&o);
	return st;
}

static enum pl_status
read_lines(struct audit_file *f, FILE *stream)
{
	enum pl_status st = PL_OK;
	size_t size = 0;
	char *line = NULL;
	ssize_t len;

	while (st == PL_OK && f->check->valid && (len = getline(&line, &size, stream)) > 0)
		st = take_line(f, line, (size_t)len);
	if (st == PL_OK && ferror(stream)) {
		pl_fail(f->ctx, PL_ERR_INPUT_FAILED, "%s cannot be read: %s", f->path, strerror(errno));
		st = pl_target(f->ctx, f->path);
	}
	free(line);
	return st == PL_OK && f->check->valid ? compare_batch(f) : st;
}

enum pl_status
pl_audit_file_check(struct pl_ctx *ctx, const char *path, struct pl_audit_check *check)
{
	struct audit_file *f;
	int fd = fcntl(ctx->input_fd, F_DUPFD_CLOEXEC, 0);
	FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;
	enum pl_status st;

	if (stream == NULL) {
		if (fd >= 0)
			close(fd);
		pl_fail(ctx, PL_ERR_INPUT_FAILED, "%s cannot be read: %s", path, strerror(errno));
		return pl_target(ctx, path);
	}
	f = calloc(1, sizeof(*f));
	if (f != NULL) {
		f->ctx = ctx;
		f->path = path;
		f->check = check;
		st = read_lines(f, stream);
	} else
		st = pl_fail_memory(ctx);
	free(f);
	(void)fclose(stream);
	return st;
}
