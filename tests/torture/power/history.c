/* history.c - the versions of each file that a recording made, and which of them was acknowledged when */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "power.h"

struct making {
	const struct recording *recording;
	struct disk *disk;
	struct history *history;
	char *database, *journal;
	char *copy;              /* the newest version of the database, to be looked at */
};

uint64_t
history_hash(const struct bytes *content)
{
	uint64_t hash = content->len, word;
	size_t i;

	for (i = 0; i + sizeof(word) <= content->len; i += sizeof(word)) {
		memcpy(&word, content->at + i, sizeof(word));
		hash = (hash ^ word) * 0x9fb21c651e98df25;
		hash ^= hash >> 32;
	}
	for (; i < content->len; i++)
		hash = (hash ^ content->at[i]) * 0x9fb21c651e98df25;
	return hash;
}

static char *
joined(const char *a, const char *b)
{
	char *out;

	if (asprintf(&out, "%s%s", a, b) < 0)
		stop(a, "out of memory");
	return out;
}

static void
say_fault(struct making *m, const struct op *op, const char *what)
{
	m->history->faults++;
	printf("# line %ld of the recording: %s\n", op != NULL ? op->line : 0, what);
}

static void
write_copy(const char *path, const struct bytes *content)
{
	FILE *out = fopen(path, "w");

	if (out == NULL || fwrite(content->at, 1, content->len, out) != content->len || fclose(out) != 0)
		stop(path, "cannot be written");
}

static struct thing *
add_thing(struct making *m, const char *path, bool database)
{
	struct history *h = m->history;
	struct thing *thing;

	h->things = must_have(realloc(h->things, (h->count + 1) * sizeof(*h->things)));
	thing = &h->things[h->count++];
	*thing = (struct thing){ .path = must_have(strdup(path)), .database = database };
	thing->needed = must_have(calloc(m->recording->count + 1, sizeof(*thing->needed)));
	return thing;
}

/* The file has become whole: what is it now? A change of nothing is none. */
static void
add_version(struct making *m, struct thing *thing, const struct bytes *live, const struct op *op)
{
	struct version v = { .there = live != NULL, .family = op != NULL ? op->family : 0 };
	const struct version *last = thing->count > 0 ? &thing->versions[thing->count - 1] : NULL;

	v.hash = live != NULL ? history_hash(live) : 0;
	if (last != NULL && last->there == v.there && last->hash == v.hash)
		return;
	if (thing->database && live != NULL) {
		write_copy(m->copy, live);
		check_database(m->copy, &v.content);
		if (v.content.fault[0] != '\0')
			say_fault(m, op, v.content.fault);
		m->history->commits += last != NULL;
	}
	thing->versions = must_have(realloc(thing->versions, (thing->count + 1) * sizeof(v)));
	thing->versions[thing->count++] = v;
}

/* With a hot journal the database is what it was before, for whoever opens it. */
static bool
is_hot(const struct making *m)
{
	const struct bytes *journal = disk_live(m->disk, m->journal);

	return journal != NULL && journal->len > 0 && journal->at[0] != 0;
}

static bool
touches(const struct op *op, const char *path)
{
	return (op->path != NULL && strcmp(op->path, path) == 0) || (op->to != NULL && strcmp(op->to, path) == 0);
}

static void
take_versions(struct making *m, const struct op *op)
{
	struct history *h = m->history;
	struct thing *thing;
	size_t i;

	for (i = 0; i < h->count; i++) {
		thing = &h->things[i];
		if (thing->database ? (touches(op, m->database) || touches(op, m->journal)) && !is_hot(m)
		    : touches(op, thing->path) && op->kind != OP_SYNC)
			add_version(m, thing, disk_live(m->disk, thing->path), op);
	}
}

/* An object that a change has printed; each comes after a commit of its own. */
static bool
is_change(const struct op *op)
{
	return op->kind == OP_SAID && strstr((const char *)op->data, "\"DateUpdatedUtc\":") != NULL;
}

static void
check_said(struct making *m, size_t at)
{
	const struct op *op = &m->recording->ops[at];
	const struct thing *database = &m->history->things[0];
	size_t i, answers = 0, commits = 0;

	/* Of one process: another may have handed it on. */
	for (i = 0; i <= at; i++)
		answers += m->recording->ops[i].pid == op->pid && is_change(&m->recording->ops[i]);
	for (i = 0; i < database->count; i++)
		commits += database->versions[i].family == op->family;
	if (is_change(op) && answers > commits)
		say_fault(m, op, "it is said before it is committed");
	if (!check_answer(m->copy, (const char *)op->data))
		say_fault(m, op, "what is said is not what is committed");
}

/* Who has been answered may rely on all that his command had done by then. */
static void
take_answer(struct making *m, size_t at, size_t needed[])
{
	const struct op *op = &m->recording->ops[at];
	struct thing *thing;
	size_t i, k;

	for (i = 0; i < m->history->count; i++) {
		thing = &m->history->things[i];
		/* What grows is promised when the command has ended well. */
		for (k = thing->grows && op->kind == OP_SAID ? 0 : thing->count; k-- > needed[i];)
			if (thing->versions[k].family == op->family) {
				needed[i] = k;
				break;
			}
	}
	if (op->kind == OP_SAID && disk_live(m->disk, m->database) != NULL)
		check_said(m, at);
}

static struct thing *
find_thing(struct history *h, const char *path)
{
	size_t i;

	for (i = 0; i < h->count; i++)
		if (strcmp(h->things[i].path, path) == 0)
			return &h->things[i];
	return NULL;
}

/* With what a command before it has left in a journal taken back, as it will be by whoever opens it. */
static void
add_first_version(struct making *m, struct thing *thing)
{
	const struct bytes *live = disk_live(m->disk, thing->path);
	struct bytes db = { 0 }, journal = { 0 };

	if (thing->database && live != NULL && is_hot(m)) {
		bytes_set(&db, live->at, live->len);
		live = disk_live(m->disk, m->journal);
		bytes_set(&journal, live->at, live->len);
		if (recover(&db, &journal) != 0)
			stop(thing->path, "cannot be played back");
		live = &db;
	}
	add_version(m, thing, live, NULL);
	free(db.at);
	free(journal.at);
}

/* A thing is what a rename puts in place; what is written to after that grows. */
static void
find_things(struct making *m)
{
	const struct recording *r = m->recording;
	struct thing *found;
	size_t i;

	add_thing(m, m->database, true);
	for (i = 0; i < r->count; i++) {
		if (r->ops[i].kind == OP_RENAME && find_thing(m->history, r->ops[i].to) == NULL)
			add_thing(m, r->ops[i].to, false);
		if (r->ops[i].kind == OP_WRITE && (found = find_thing(m->history, r->ops[i].path)) != NULL)
			found->grows = !found->database;
	}
	for (i = 0; i < m->history->count; i++)
		add_first_version(m, &m->history->things[i]);
}

/* Calls that were not understood would show here. */
static void
compare_with_real(struct making *m)
{
	const struct bytes *live;
	struct bytes real = { 0 };
	size_t i, n;
	char data[65536];
	FILE *in;

	for (i = 0; i < m->history->count; i++) {
		live = disk_live(m->disk, m->history->things[i].path);
		in = fopen(m->history->things[i].path, "r");
		bytes_cut(&real, 0);
		while (in != NULL && (n = fread(data, 1, sizeof(data), in)) > 0)
			bytes_write(&real, real.len, data, n);
		if ((in != NULL) != (live != NULL) || (live != NULL && (live->len != real.len ||
		    memcmp(live->at, real.at, real.len) != 0)))
			stop(m->history->things[i].path, "is not what the recording makes of it");
		if (in != NULL)
			fclose(in);
	}
	free(real.at);
}

void
history_make(const struct recording *recording, struct disk *disk, const char *database, const char *scratch,
    struct history *out)
{
	struct making m = { .recording = recording, .disk = disk, .history = out };
	const struct op *op;
	size_t i, k, *needed;

	memset(out, 0, sizeof(*out));
	m.database = joined(database, "");
	m.journal = joined(database, "-journal");
	m.copy = joined(scratch, "/newest.db");
	find_things(&m);
	needed = must_have(calloc(out->count, sizeof(*needed)));
	for (i = 0; i < recording->count; i++) {
		op = &recording->ops[i];
		disk_apply(disk, op);
		out->syncs += op->kind == OP_SYNC;
		take_versions(&m, op);
		if (op->kind == OP_SAID || op->kind == OP_ENDED)
			take_answer(&m, i, needed);
		for (k = 0; k < out->count; k++)
			out->things[k].needed[i] = needed[k];
	}
	compare_with_real(&m);
	(void)unlink(m.copy);
	free(needed);
	free(m.database);
	free(m.journal);
	free(m.copy);
}
