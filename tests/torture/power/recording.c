/* recording.c - reading what strace wrote: the calls that change files, the answers, and who is whose child */

#include <stdlib.h>
#include <string.h>

#include "power.h"

/* A call; where it was interrupted by another process's, put together again. */
struct call {
	long line;
	int pid;
	char *text;
};

struct reading {
	const char *path;
	const char *const *places;
	struct call *calls;
	size_t count, room;
	struct { int pid, parent; } *children;
	size_t child_count, child_room;
	int *commands;           /* pids that were started as a command */
	size_t command_count, command_room;
};

#define GROW(array, count, room) \
	do { \
		if ((count) == (room)) { \
			(room) = (room) * 2 + 64; \
			(array) = must_have(realloc((array), (room) * sizeof(*(array)))); \
		} \
	} while (0)

static char *
read_whole(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t len = 0;

	if (in == NULL || getdelim(&text, &len, '\0', in) < 0)
		stop(path, "cannot be read");
	fclose(in);
	return text;
}

/* The call of this process that is not finished yet. */
static struct call *
find_begun(struct reading *r, int pid)
{
	static const char mark[] = " <unfinished ...>";
	size_t i, len;

	for (i = r->count; i-- > 0;) {
		len = strlen(r->calls[i].text);
		if (r->calls[i].pid == pid && len >= sizeof(mark) &&
		    strcmp(r->calls[i].text + len - strlen(mark), mark) == 0)
			return &r->calls[i];
	}
	return NULL;
}

/* It counts from where it is finished. */
static void
take_resumed(struct reading *r, struct call *call)
{
	struct call *begun = find_begun(r, call->pid);
	char *rest = strstr(call->text, " resumed>"), *joined;

	if (begun == NULL || rest == NULL)
		stop(r->path, "line %ld goes on with what was not begun", call->line);
	*strstr(begun->text, " <unfinished ...>") = '\0';
	if (asprintf(&joined, "%s%s", begun->text, rest + strlen(" resumed>")) < 0)
		stop(r->path, "out of memory");
	memmove(begun, begun + 1, (size_t)(&r->calls[r->count - 1] - begun) * sizeof(*begun));
	call->text = joined;
	r->calls[r->count - 1] = *call;
}

static void
read_calls(struct reading *r)
{
	char *at = read_whole(r->path), *end;
	struct call call = { 0 };

	for (; at != NULL && *at != '\0'; at = end) {
		end = strchr(at, '\n');
		if (end != NULL)
			*end++ = '\0';
		call.line++;
		call.pid = (int)strtol(at, &call.text, 10);
		while (*call.text == ' ')
			call.text++;
		GROW(r->calls, r->count, r->room);
		r->calls[r->count++] = call;
		if (strncmp(call.text, "<... ", 5) == 0)
			take_resumed(r, &call);
	}
}

static bool
is_call(const char *text, const char *name)
{
	size_t len = strlen(name);

	return strncmp(text, name, len) == 0 && text[len] == '(';
}

/* What it returned; -1 if it failed or did not return. */
static long
result(const char *text)
{
	const char *found = NULL, *at = text;

	while ((at = strstr(at, ") = ")) != NULL)
		found = at += 4;
	return found != NULL && *found != '?' ? strtol(found, NULL, 10) : -1;
}

static int
hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Text as strace -xx writes it, up to `end`; a NUL is behind it. */
static unsigned char *
decode(const char *from, char end, size_t *len, const char **rest)
{
	unsigned char *out;
	size_t n = 0;

	out = must_have(malloc(strcspn(from, (char[]){ end, '\0' }) + 1));
	while (*from != end && *from != '\0')
		if (from[0] == '\\' && from[1] == 'x') {
			out[n++] = (unsigned char)(hex(from[2]) << 4 | hex(from[3]));
			from += 4;
		} else {
			out[n++] = (unsigned char)*from++;
		}
	out[n] = '\0';
	if (len != NULL)
		*len = n;
	if (rest != NULL)
		*rest = from;
	return out;
}

/* Where the n-th quoted word begins, at its quote. */
static const char *
find_quoted(const char *text, int n)
{
	const char *at = strchr(text, '"');

	for (; at != NULL && n > 0; n--) {
		at = strchr(at + 1, '"');
		at = at != NULL ? strchr(at + 1, '"') : NULL;
	}
	return at;
}

/* The n-th name; one that is not from the root is below the directory whose descriptor, "5<PATH>, ", is before it. */
static char *
named(const char *text, int n)
{
	const char *at = find_quoted(text, n), *begin;
	char *word, *directory, *path;

	if (at == NULL)
		return NULL;
	word = (char *)decode(at + 1, '"', NULL, NULL);
	for (begin = at - 1; begin > text && *begin != '<' && *begin != '"'; begin--)
		continue;
	if (word[0] == '/' || *begin != '<')
		return word;
	directory = (char *)decode(begin + 1, '>', NULL, NULL);
	if (asprintf(&path, "%s/%s", directory, word) < 0)
		stop(word, "out of memory");
	free(directory);
	free(word);
	return path;
}

/* Of the descriptor that stands at `text`: "5<PATH>"; NULL if it has none or is of a file without a name. */
static char *
descriptor(const char *text, int *fd)
{
	char *at, *path;
	const char *rest;

	*fd = (int)strtol(text, &at, 10);
	if (*at != '<')
		return NULL;
	path = (char *)decode(at + 1, '>', NULL, &rest);
	if (strncmp(rest, ">(deleted)", 10) == 0) {
		free(path);
		return NULL;
	}
	return path;
}

static bool
is_watched(const struct reading *r, const char *path)
{
	size_t i, len;

	for (i = 0; path != NULL && r->places[i] != NULL; i++) {
		len = strlen(r->places[i]);
		if (strncmp(path, r->places[i], len) == 0 && (path[len] == '/' || path[len] == '\0'))
			return true;
	}
	return false;
}

/* Who was started by whom, and which of them as a command. */
static void
note_process(struct reading *r, const struct call *call)
{
	static const char *const births[] = { "clone", "clone3", "fork", "vfork", NULL };
	long child;
	char *word;
	size_t i;

	for (i = 0; births[i] != NULL; i++)
		if (is_call(call->text, births[i]) && (child = result(call->text)) > 0) {
			GROW(r->children, r->child_count, r->child_room);
			r->children[r->child_count].pid = (int)child;
			r->children[r->child_count++].parent = call->pid;
		}
	if (!is_call(call->text, "execve") || result(call->text) != 0)
		return;
	word = named(call->text, 0);
	if (word != NULL && strstr(word, "-elevated-access") != NULL) {
		GROW(r->commands, r->command_count, r->command_room);
		r->commands[r->command_count++] = call->pid;
	}
	free(word);
}

/* The eldest of a process's forefathers that is a command; 0 if none is. */
static int
family(const struct reading *r, int pid)
{
	int found = 0, parent;
	size_t i;

	while (pid != 0) {
		for (i = 0; i < r->command_count; i++)
			if (r->commands[i] == pid)
				found = pid;
		parent = 0;
		for (i = 0; i < r->child_count; i++)
			if (r->children[i].pid == pid)
				parent = r->children[i].parent;
		pid = parent;
	}
	return found;
}

static void
emit(struct recording *out, size_t *room, struct op op)
{
	GROW(out->ops, out->count, *room);
	out->ops[out->count++] = op;
}

static void
read_open(struct reading *r, const struct call *call, struct op op, struct recording *out, size_t *room)
{
	const char *opened = strrchr(call->text, '=');
	int fd;

	if (opened == NULL || result(call->text) < 0 || strstr(call->text, "O_TMPFILE") != NULL)
		return;
	op.path = descriptor(opened + 2, &fd);
	if (!is_watched(r, op.path)) {
		free(op.path);
		return;
	}
	op.kind = OP_CREATE;
	if (strstr(call->text, "O_CREAT") != NULL)
		emit(out, room, op);
	op.kind = OP_EMPTY;
	if (strstr(call->text, "O_TRUNC") != NULL)
		emit(out, room, op);
}

/* A call whose first argument is a descriptor. */
static void
read_descriptor(struct reading *r, const struct call *call, struct op op, struct recording *out, size_t *room)
{
	const char *args = strchr(call->text, '(') + 1, *data, *rest;
	long n = result(call->text);
	int fd;

	if (n < 0)
		return;
	op.path = descriptor(args, &fd);
	if (op.kind == OP_WRITE && fd == 1 && op.family != 0 && !is_watched(r, op.path))
		op.kind = OP_SAID;
	else if (!is_watched(r, op.path))
		return;
	if (op.kind == OP_WRITE || op.kind == OP_SAID) {
		data = strchr(args, '"');
		if (data == NULL)
			return;
		op.data = decode(data + 1, '"', &op.len, &rest);
		if (strncmp(rest, "\"...", 4) == 0 || op.len < (size_t)n)
			stop(r->path, "line %ld does not hold all that was written", call->line);
		op.len = (size_t)n;
		op.offset = is_call(call->text, "write") ? -1 : strtoll(strrchr(rest, ',') + 2, NULL, 10);
	} else if (op.kind == OP_TRUNCATE) {
		op.len = (size_t)strtoll(strchr(args, ',') + 2, NULL, 10);
	}
	emit(out, room, op);
}

static void
read_names(struct reading *r, const struct call *call, struct op op, struct recording *out, size_t *room)
{
	if (result(call->text) != 0)
		return;
	op.path = named(call->text, 0);
	op.to = op.kind == OP_RENAME ? named(call->text, 1) : NULL;
	if (is_watched(r, op.path) || is_watched(r, op.to))
		emit(out, room, op);
}

static const struct {
	const char *name;
	enum op_kind kind;
	void (*read)(struct reading *, const struct call *, struct op, struct recording *, size_t *);
} known[] = {
	{ "openat", OP_CREATE, read_open },
	{ "write", OP_WRITE, read_descriptor },
	{ "pwrite64", OP_WRITE, read_descriptor },
	{ "ftruncate", OP_TRUNCATE, read_descriptor },
	{ "fsync", OP_SYNC, read_descriptor },
	{ "fdatasync", OP_SYNC, read_descriptor },
	{ "rename", OP_RENAME, read_names },
	{ "renameat", OP_RENAME, read_names },
	{ "renameat2", OP_RENAME, read_names },
	{ "unlink", OP_UNLINK, read_names },
	{ "unlinkat", OP_UNLINK, read_names },
};

void
recording_read(const char *path, const char *const *places, struct recording *out)
{
	struct reading r = { .path = path, .places = places };
	size_t i, k, room = 0;
	struct op op;

	memset(out, 0, sizeof(*out));
	read_calls(&r);
	for (i = 0; i < r.count; i++)
		note_process(&r, &r.calls[i]);
	for (i = 0; i < r.count; i++) {
		op = (struct op){ .line = r.calls[i].line, .family = family(&r, r.calls[i].pid) };
		for (k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
			op.kind = known[k].kind;
			if (is_call(r.calls[i].text, known[k].name))
				known[k].read(&r, &r.calls[i], op, out, &room);
		}
		op.kind = OP_ENDED;
		if (op.family == r.calls[i].pid && strcmp(r.calls[i].text, "+++ exited with 0 +++") == 0)
			emit(out, &room, op);
	}
}
