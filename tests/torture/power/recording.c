/* recording.c - reading what strace wrote: the calls that change files, the answers, and who is whose child */

#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "power.h"

struct reading {
	struct calls calls;
	const char *const *places;
	struct { int pid, parent; } *children;
	size_t child_count, child_room;
	int *commands;           /* pids that were started as a command */
	size_t command_count, command_room;
	struct recording *out;
	size_t room;
};

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
		if (call_is(call, births[i]) && (child = call_result(call)) > 0) {
			GROW(r->children, r->child_count, r->child_room);
			r->children[r->child_count].pid = (int)child;
			r->children[r->child_count++].parent = call->pid;
		}
	if (!call_is(call, "execve") || call_result(call) != 0)
		return;
	word = call_name(call, 0);
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
emit(struct reading *r, struct op op)
{
	GROW(r->out->ops, r->out->count, r->room);
	r->out->ops[r->out->count++] = op;
}

static void
read_open(struct reading *r, const struct call *call, struct op op)
{
	const char *opened = strrchr(call->text, '=');
	int fd;

	if (opened == NULL || call_result(call) < 0 || strstr(call->text, "O_TMPFILE") != NULL)
		return;
	op.path = call_descriptor(opened + 2, &fd);
	if (!is_watched(r, op.path)) {
		free(op.path);
		return;
	}
	op.kind = OP_CREATE;
	if (strstr(call->text, "O_CREAT") != NULL)
		emit(r, op);
	op.kind = OP_EMPTY;
	if (strstr(call->text, "O_TRUNC") != NULL)
		emit(r, op);
}

/* A call whose first argument is a descriptor. */
static void
read_descriptor(struct reading *r, const struct call *call, struct op op)
{
	const char *args = strchr(call->text, '(') + 1, *data, *rest;
	long n = call_result(call);
	int fd;

	if (n < 0)
		return;
	op.path = call_descriptor(args, &fd);
	/* What goes to a file without a name is for the command itself. */
	if (op.kind == OP_WRITE && fd == 1 && op.family != 0 && op.path != NULL && !is_watched(r, op.path))
		op.kind = OP_SAID;
	else if (!is_watched(r, op.path))
		return;
	if (op.kind == OP_WRITE || op.kind == OP_SAID) {
		data = strchr(args, '"');
		if (data == NULL)
			return;
		op.data = call_data(&r->calls, call, data, &op.len, &rest);
		op.len = (size_t)n < op.len ? (size_t)n : op.len;
		op.offset = call_is(call, "write") ? -1 : strtoll(strrchr(rest, ',') + 2, NULL, 10);
	} else if (op.kind == OP_TRUNCATE) {
		op.len = (size_t)strtoll(strchr(args, ',') + 2, NULL, 10);
	}
	emit(r, op);
}

static void
read_names(struct reading *r, const struct call *call, struct op op)
{
	if (call_result(call) != 0)
		return;
	op.path = call_name(call, 0);
	op.to = op.kind == OP_RENAME ? call_name(call, 1) : NULL;
	if (is_watched(r, op.path) || is_watched(r, op.to))
		emit(r, op);
}

static const struct {
	const char *name;
	enum op_kind kind;
	void (*read)(struct reading *, const struct call *, struct op);
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
	struct reading r = { .places = places, .out = out };
	const struct call *call;
	struct op op;
	size_t i, k;

	memset(out, 0, sizeof(*out));
	calls_read(path, &r.calls);
	for (i = 0; i < r.calls.count; i++)
		note_process(&r, &r.calls.list[i]);
	for (i = 0; i < r.calls.count; i++) {
		call = &r.calls.list[i];
		op = (struct op){ .line = call->line, .pid = call->pid, .family = family(&r, call->pid) };
		for (k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
			op.kind = known[k].kind;
			if (call_is(call, known[k].name))
				known[k].read(&r, call, op);
		}
		op.kind = OP_ENDED;
		if (op.family == call->pid && strcmp(call->text, "+++ exited with 0 +++") == 0)
			emit(&r, op);
	}
}
