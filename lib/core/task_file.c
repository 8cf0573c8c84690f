/* task_file.c - a task as root keeps it: one file in tasks.d that says what runs */

#include "pamlite/task_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/list.h"
#include "pamlite/place.h"
#include "pamlite/text.h"
#include "pamlite/trusted.h"

static const char suffix[] = ".task";

/* The keys in the order of pl_definition_format(). */
enum times { ONCE, AT_MOST_ONCE, LIST };

static const struct field {
	const char *key;
	enum times times;
	size_t offset;
} fields[] = {
	{ "Name ", ONCE, offsetof(struct pl_definition, name) },
	{ "Path ", ONCE, offsetof(struct pl_definition, path) },
	{ "Called ", AT_MOST_ONCE, offsetof(struct pl_definition, called) },
	{ "Argument ", LIST, offsetof(struct pl_definition, arguments) },
	{ "Parameter ", LIST, offsetof(struct pl_definition, parameters) },
	{ "RunAs ", ONCE, offsetof(struct pl_definition, run_as) },
	{ "WorkingDirectory ", AT_MOST_ONCE, offsetof(struct pl_definition, working_directory) },
	{ "Environment ", LIST, offsetof(struct pl_definition, environment) },
	{ "Sha256 ", AT_MOST_ONCE, offsetof(struct pl_definition, sha256) },
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

/* What is still to be read, and where what was read goes. */
struct reader {
	const char *at, *end;
	char *to;
	size_t line;
};

/* The value of the next line if it has that key; every line ends in a newline. */
static bool
next_value(struct reader *r, const char *key, struct pl_item *value)
{
	size_t len = strlen(key);
	const char *newline;

	*value = (struct pl_item){ .text = "" };
	if ((size_t)(r->end - r->at) <= len || memcmp(r->at, key, len) != 0)
		return false;
	value->text = r->at + len;
	newline = memchr(value->text, '\n', (size_t)(r->end - value->text));
	value->len = (size_t)(newline - value->text);
	r->at = newline + 1;
	r->line++;
	return true;
}

/*
 * One part of the definition. An absent list is the empty one, not NULL, which would mean of
 * parameters that any names and values will do.
 */
static bool
read_field(struct reader *r, const struct field *f, struct pl_definition *def)
{
	const char **part = (const char **)(void *)((char *)def + f->offset);
	char *text = r->to;
	struct pl_item value;
	bool found = false;

	while ((f->times == LIST || !found) && next_value(r, f->key, &value)) {
		memcpy(r->to, value.text, value.len);
		r->to += value.len;
		if (f->times == LIST)
			*r->to++ = '\n';
		found = true;
	}
	if (found || f->times == LIST) {
		*r->to++ = '\0';
		*part = text;
	}
	return found || f->times != ONCE;
}

static bool
read_fields(struct reader *r, struct pl_definition *def, struct pl_buf *why)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (!read_field(r, &fields[i], def)) {
			pl_buf_printf(why, "line %zu does not begin with '%s'", r->line, fields[i].key);
			return false;
		}
	}
	if (r->at == r->end)
		return true;
	pl_buf_printf(why, "line %zu has no place there", r->line);
	return false;
}

/* The one form of a text that means the same: whatever the reading above let pass is refused here. */
static bool
is_canonical(const char *text, size_t len, const struct pl_definition *def, struct pl_buf *why)
{
	struct pl_buf again;
	bool same, failed;

	pl_buf_init(&again);
	pl_definition_format(def, &again);
	failed = pl_buf_failed(&again);
	same = !failed && again.len == len && memcmp(again.text, text, len) == 0;
	pl_buf_clear(&again);
	if (!same)
		pl_buf_text(why, failed ? "there is no memory" : "it is not in the form that pam-lite writes");
	return same;
}

static bool
parse(const char *text, size_t len, struct pl_task_file *out, struct pl_buf *why)
{
	struct reader r = { .at = text, .end = text + len, .line = 1 };
	struct pl_digest d;

	/* A value and what ends it are shorter than their line; beyond that each absent list has its NUL. */
	out->memory = malloc(len + FIELDS);
	if (out->memory == NULL) {
		pl_buf_text(why, "there is no memory");
		return false;
	}
	r.to = out->memory;
	if (!read_fields(&r, &out->definition, why) || !is_canonical(text, len, &out->definition, why) ||
	    !pl_definition_check(&out->definition, why))
		return false;
	pl_digest_start(&d);
	pl_digest_add(&d, text, len);
	pl_digest_end(&d, out->digest);
	return true;
}

bool
pl_task_file_parse(const char *text, size_t len, struct pl_task_file *out, struct pl_buf *why)
{
	const char *wrong = NULL;

	memset(out, 0, sizeof(*out));
	if (len == 0)
		wrong = "it is empty";
	else if (len > PL_TASK_FILE_MAX)
		wrong = "it is too long";
	else if (memchr(text, '\0', len) != NULL)
		wrong = "it holds a NUL byte";
	else if (text[len - 1] != '\n')
		wrong = "its last line has no end";
	if (wrong != NULL)
		pl_buf_text(why, wrong);
	if (wrong == NULL && parse(text, len, out, why))
		return true;
	pl_task_file_clear(out);
	return false;
}

void
pl_task_file_clear(struct pl_task_file *f)
{
	if (f == NULL)
		return;
	free(f->memory);
	memset(f, 0, sizeof(*f));
}

static bool
is_digest(const char *s)
{
	return strlen(s) == PL_DIGEST_LEN && strspn(s, "0123456789abcdef") == PL_DIGEST_LEN;
}

bool
pl_task_file_name(const char *task, const char *digest, char out[PL_TASK_FILE_NAME_MAX + 1])
{
	char name[PL_TASK_NAME_MAX + 1];
	size_t len;

	out[0] = '\0';
	if (!pl_task_name_parse(task, name) || !is_digest(digest))
		return false;
	len = strlen(name);
	if (len + 1 + PL_DIGEST_LEN + sizeof(suffix) - 1 > PL_TASK_FILE_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		/* A scope has no dot: the first one of a file's name is its end. */
		if (c == '\\')
			c = '.';
		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	out[len] = '.';
	memcpy(out + len + 1, digest, PL_DIGEST_LEN);
	memcpy(out + len + 1 + PL_DIGEST_LEN, suffix, sizeof(suffix));
	return true;
}

bool
pl_task_file_name_parse(const char *file, const char *task, char digest[PL_DIGEST_LEN + 1])
{
	enum { TAIL_LEN = 1 + PL_DIGEST_LEN + sizeof(suffix) - 1 };
	char own[PL_TASK_NAME_MAX + 1] = "", expected[PL_TASK_FILE_NAME_MAX + 1], *dot;
	size_t len = strlen(file);

	digest[0] = '\0';
	if (len > PL_TASK_FILE_NAME_MAX || len <= TAIL_LEN)
		return false;
	memcpy(own, file, len - TAIL_LEN);
	dot = strchr(own, '.');
	if (dot == NULL)
		return false;
	*dot = '\\';
	memcpy(digest, file + len - TAIL_LEN + 1, PL_DIGEST_LEN);
	digest[PL_DIGEST_LEN] = '\0';
	/* What the other direction makes of it, byte for byte, and nothing else. */
	if (pl_task_file_name(task != NULL ? task : own, digest, expected) && strcmp(expected, file) == 0)
		return true;
	digest[0] = '\0';
	return false;
}

static enum pl_status
refuse(struct pl_ctx *ctx, const char *task, const char *file, const char *why)
{
	pl_fail(ctx, PL_ERR_TASK_FILE_REFUSED, "the file of task '%s' is refused: %s: %s", task, file, why);
	return pl_target(ctx, task);
}

static enum pl_status
missing(struct pl_ctx *ctx, const char *task)
{
	pl_fail(ctx, PL_ERR_TASK_FILE_MISSING, "root has no file for task '%s' as it was approved", task);
	(void)pl_target(ctx, task);
	return pl_hint(ctx, "root puts /etc/pam-lite back from its backup, or imports the configuration again");
}

/* As much as a task file may hold, and one byte more of one that holds more. */
static ssize_t
read_whole(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n != 0 && len < size) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			len += (size_t)n;
	}
	return (ssize_t)len;
}

static enum pl_status
read_file(struct pl_ctx *ctx, int fd, const char *task, const char *digest, const char *file,
    struct pl_task_file *out)
{
	enum pl_status st = PL_OK;
	struct pl_buf why;
	char *text;
	ssize_t len;

	text = malloc(PL_TASK_FILE_MAX + 1);
	if (text == NULL)
		return pl_fail_memory(ctx);
	pl_buf_init(&why);
	len = read_whole(fd, text, PL_TASK_FILE_MAX + 1);
	if (len < 0)
		st = refuse(ctx, task, file, strerror(errno));
	else if (!pl_task_file_parse(text, (size_t)len, out, &why))
		st = refuse(ctx, task, file, why.text);
	else if (strcmp(out->digest, digest) != 0)
		st = refuse(ctx, task, file, "its digest is not the one in its name");
	else if (pl_ascii_casecmp(out->definition.name, task) != 0)
		st = refuse(ctx, task, file, "it defines another task");
	pl_buf_clear(&why);
	free(text);
	return st;
}

enum pl_status
pl_task_file_read(struct pl_ctx *ctx, const char *task, const char *digest, struct pl_task_file *out)
{
	char file[PL_TASK_FILE_NAME_MAX + 1], path[sizeof(PL_TASKS_DIR) + sizeof(file)], name[PL_TASK_NAME_MAX + 1];
	enum pl_status st;
	struct pl_buf why;
	int fd;

	*out = (struct pl_task_file){ 0 };
	if (!pl_task_name_parse(task, name) || !pl_task_file_name(task, digest, file))
		return missing(ctx, task);
	memcpy(path, PL_TASKS_DIR "/", sizeof(PL_TASKS_DIR));
	memcpy(path + sizeof(PL_TASKS_DIR), file, strlen(file) + 1);
	pl_buf_init(&why);
	fd = pl_trusted_open(path, O_RDONLY, &why);
	if (fd >= 0)
		st = read_file(ctx, fd, name, digest, file, out);
	else if (errno == ENOENT || errno == ENOTDIR)
		st = missing(ctx, name);
	else
		st = refuse(ctx, name, file, why.len > 0 ? why.text : strerror(errno));
	if (fd >= 0)
		close(fd);
	if (st != PL_OK)
		pl_task_file_clear(out);
	pl_buf_clear(&why);
	return st;
}
