/* left.c - which version of a file has a crash left, and was it one that somebody could rely on? */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "power.h"

/* One state in so many is opened by the library from files, so that it plays back the journal itself. */
enum { BY_LIBRARY = 509, SHOWN = 10, MEMO = 1 << 12 };

/* What was found out about a content before. */
struct memo {
	uint64_t hash;
	long version;            /* -1 = none of them */
	bool known;
	char fault[FAULT_SIZE];
};

struct memo *
memo_new(void)
{
	return must_have(calloc(MEMO, sizeof(struct memo)));
}

void
count(uint64_t *figure)
{
	__atomic_fetch_add(figure, 1, __ATOMIC_RELAXED);
}

static void
write_file(const char *path, const struct bytes *content)
{
	FILE *out;

	(void)unlink(path);
	if (!content->there)
		return;
	out = fopen(path, "w");
	if (out == NULL || fwrite(content->at, 1, content->len, out) != content->len || fclose(out) != 0)
		stop(path, "cannot be written");
}

/* The two files as the crash left them, at PATH and PATH-journal. */
static void
write_left(struct run *run, const struct disk *disk, struct crash crash, const char *path)
{
	char journal[4096];

	crash_file(&crash, disk, run->database, &run->db);
	crash_file(&crash, disk, run->journal_path, &run->journal);
	snprintf(journal, sizeof(journal), "%s-journal", path);
	write_file(path, &run->db);
	write_file(journal, &run->journal);
}

static void
report(struct run *run, const struct disk *disk, const struct crash *crash, size_t at, unsigned n, const char *what)
{
	static const char *const modes[] = { "nothing", "everything", "a mixture" };
	const struct op *op = &run->recording.ops[at];
	char path[4096];

	if (run->quiet || __atomic_fetch_add(&run->figures->shown, 1, __ATOMIC_RELAXED) >= SHOWN)
		return;
	printf("# %s, seed %llu, after operation %zu (line %ld), crash %u, %s kept: %s\n", run->name,
	    (unsigned long long)run->seed, at, op->line, n, modes[crash->mode], what);
	fflush(stdout);
	if (run->keep == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s-%zu-%u.db", run->keep, run->name, at, n);
	write_left(run, disk, *crash, path);
}

static long
find_version(const struct thing *thing, const struct bytes *content)
{
	uint64_t hash = content->there ? history_hash(content) : 0;
	size_t i;

	for (i = thing->count; i-- > 0;)
		if (thing->versions[i].there == content->there && thing->versions[i].hash == hash)
			return (long)i;
	return -1;
}

/* The whole look at a content, from files as they were left: which version is it? */
static long
look_at(struct run *run, const struct disk *disk, const struct crash *crash, char fault[FAULT_SIZE])
{
	const struct thing *thing = &run->history.things[0];
	struct content content;
	char path[4096];
	size_t i;

	snprintf(path, sizeof(path), "%s/left.db", run->scratch);
	write_left(run, disk, *crash, path);
	check_database(path, &content);
	count(&run->figures->looked_at);
	memcpy(fault, content.fault, FAULT_SIZE);
	for (i = thing->count; i-- > 0 && fault[0] == '\0';)
		if (thing->versions[i].there && strcmp(thing->versions[i].content.digest, content.digest) == 0)
			return (long)i;
	if (fault[0] == '\0')
		snprintf(fault, FAULT_SIZE, "it is none of the %zu states that were committed", thing->count);
	return -1;
}

/* A content that is byte for byte one that was looked at is not looked at again. */
static long
identify(struct run *run, const struct disk *disk, const struct crash *crash, char fault[FAULT_SIZE])
{
	long version = find_version(&run->history.things[0], &run->db), found;
	uint64_t hash;
	struct memo *memo;

	if (version >= 0 && (!run->db.there || crash->seed % BY_LIBRARY != 0))
		return version;
	hash = history_hash(&run->db);
	memo = &run->memo[hash % MEMO];
	if (version < 0 && memo->known && memo->hash == hash) {
		memcpy(fault, memo->fault, FAULT_SIZE);
		return memo->version;
	}
	/* The library may have brought it up to date, and so made of it what another version is too. */
	found = look_at(run, disk, crash, fault);
	if (version < 0 || found < 0)
		version = found;
	*memo = (struct memo){ .hash = hash, .version = version, .known = true };
	memcpy(memo->fault, fault, FAULT_SIZE);
	return version;
}

/* Which version of a thing is there? -1: none, and why. */
static long
find_left(struct run *run, const struct disk *disk, const struct thing *thing, struct crash crash,
    char fault[FAULT_SIZE])
{
	const struct crash begun = crash;
	long version;
	int rc = SQLITE_OK;

	crash_file(&crash, disk, thing->path, &run->db);
	if (thing->database) {
		crash_file(&crash, disk, run->journal_path, &run->journal);
		if (run->db.there)
			rc = recover(&run->db, &run->journal);
		if (rc == SQLITE_OK)
			return identify(run, disk, &begun, fault);
		snprintf(fault, FAULT_SIZE, "SQLite: %s", sqlite3_errstr(rc));
		return -1;
	}
	version = find_version(thing, &run->db);
	snprintf(fault, FAULT_SIZE, "%.300s is not whole", thing->path);
	return version < 0 && thing->grows ? 0 : version;
}

/* A line that has been lost is no harm; one of a record that the database has lost would be taken for a forgery. */
static bool
is_anchor_ahead(struct run *run, const struct disk *disk, struct crash crash, const struct version *version)
{
	const char *at, *end;

	if (run->anchor == NULL)
		return false;
	crash_file(&crash, disk, run->anchor, &run->db);
	at = (const char *)run->db.at;
	for (; run->db.len > 0 && (end = memchr(at, '\n', run->db.len)) != NULL; at = end + 1) {
		run->db.len -= (size_t)(end + 1 - at);
		if (end - at > 65 && end[-65] == ' ' && strtoll(at, NULL, 10) > version->content.head)
			return true;
	}
	return false;
}

void
check_left(struct run *run, const struct disk *disk, struct crash crash, const struct thing *thing, size_t at,
    unsigned n)
{
	char fault[FAULT_SIZE] = "";
	long version = find_left(run, disk, thing, crash, fault);

	if (version >= 0 && thing->database && is_anchor_ahead(run, disk, crash, &thing->versions[version])) {
		snprintf(fault, sizeof(fault), "the anchor has records that the database has not");
		version = -1;
	}
	if (version < 0) {
		count(&run->figures->corrupt);
		fault[strcspn(fault, "\n")] = '\0';
		report(run, disk, &crash, at, n, fault);
	} else if ((size_t)version < thing->needed[at]) {
		count(&run->figures->lost);
		snprintf(fault, sizeof(fault), "acknowledged, but lost: version %ld of %zu in %.300s", version,
		    thing->needed[at], thing->path);
		report(run, disk, &crash, at, n, fault);
	}
}
