/* power.h - what the files of the power-loss harness share */
#ifndef PAMLITE_TESTS_TORTURE_POWER_H
#define PAMLITE_TESTS_TORTURE_POWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Of a disk: what lies in one sector is there or not, whole. */
enum { SECTOR = 512, PLACES = 4 };

/* --- recording.c: what real commands did, as strace saw it --- */

enum op_kind { OP_CREATE, OP_EMPTY, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_RENAME, OP_UNLINK, OP_SAID, OP_ENDED };

/* One call that succeeded, on a file below one of the places, or an answer, or an end with status 0. */
struct op {
	enum op_kind kind;
	long line;               /* of the recording */
	int pid, family;         /* the process that was started as the command; its children are of its family */
	char *path, *to;         /* to: of a rename */
	int64_t offset;          /* -1 = at the file's end */
	size_t len;              /* of the data; of a truncation the new size */
	unsigned char *data;     /* text, with a NUL behind it, where it is an answer */
};

struct recording {
	struct op *ops;
	size_t count;
};

/* Ends the program with a message if the recording says what is not understood. */
void recording_read(const char *path, const char *const *places, struct recording *out);

/* --- bytes.c: the content of a file --- */

struct bytes {
	unsigned char *at;
	size_t len, room;
	bool there;
};
void bytes_set(struct bytes *b, const void *data, size_t len);
void bytes_write(struct bytes *b, size_t offset, const void *data, size_t len);
void bytes_cut(struct bytes *b, size_t len);

/* --- disk.c: what would be left of files at any moment --- */

struct disk;
struct disk *disk_new(const char *const *places);
/* A file that was there before, with all it holds. */
void disk_add(struct disk *disk, const char *path, const struct bytes *content);
void disk_apply(struct disk *disk, const struct op *op);

/* What programs see; NULL if there is no such file. */
const struct bytes *disk_live(const struct disk *disk, const char *path);
/* Is everything durable, so that every crash leaves the same? */
bool disk_is_settled(const struct disk *disk);

/* How the power went: every bit of chance comes out of `seed`. */
enum crash_mode { CRASH_NOTHING, CRASH_EVERYTHING, CRASH_MIXTURE };
struct crash {
	enum crash_mode mode;
	uint64_t seed;
	size_t names[PLACES];    /* so many of a directory's pending changes of names were kept */
};
/* Draws what all files share. */
void crash_begin(struct crash *crash, const struct disk *disk, enum crash_mode mode, uint64_t seed);
/* The content of one file after it. */
void crash_file(struct crash *crash, const struct disk *disk, const char *path, struct bytes *out);
uint64_t crash_random(uint64_t *seed);

/* --- recover.c: SQLite plays back a hot journal, in memory --- */

/* Returns SQLite's result. Both are as it left them. */
int recover(struct bytes *db, struct bytes *journal);

/* --- check.c: is a database what it must be? --- */

enum { FAULT_SIZE = 400 };
struct content {
	char digest[65];         /* of every row of every table */
	int64_t head;            /* the last record of the audit log */
	char fault[FAULT_SIZE];  /* "" = sound, and our invariants hold */
};
/*
 * Let the library open that file, with its journal beside it, and read the chain; then look at every page, every
 * reference and what must be true between the tables. With `fault` noted the digest is empty.
 */
void check_database(const char *path, struct content *out);
/* Does the database hold every identity that a command has said, and a request in the state that was said? */
bool check_answer(const char *path, const char *text);

/* --- history.c: what there was to be found at each moment --- */

/* What a file held when it was whole; `there` is false where it was absent. */
struct version {
	uint64_t hash;
	bool there;
	int family;              /* who made it */
	struct content content;  /* of a database */
};
/* A file that must be whole after every crash: the database, or one that is put in place by a rename. */
struct thing {
	char *path;
	bool database;
	bool grows;              /* it is put in place first, and written to its end by and by */
	struct version *versions;
	size_t count;
	size_t *needed;          /* by operation: the first version that everything acknowledged by then is in */
};
struct history {
	struct thing *things;
	size_t count;
	size_t syncs, commits;
	int faults;              /* said on stdout */
};
/* `scratch` is a directory of one's own for files that are looked at. */
void history_make(const struct recording *recording, struct disk *disk, const char *database, const char *scratch,
    struct history *out);
uint64_t history_hash(const struct bytes *content);

/* --- left.c: what a crash has left --- */

struct figures {
	uint64_t states, corrupt, lost, looked_at, shown;
};
void count(uint64_t *figure);

struct memo;
struct memo *memo_new(void);

struct run {
	const char *name, *database, *anchor, *before, *keep, *scratch;
	const char *places[PLACES + 1];
	char journal_path[4096];
	uint64_t seed, wanted;
	size_t only;             /* operation; SIZE_MAX = all */
	bool quiet;
	struct recording recording;
	struct history history;
	struct figures *figures; /* of all workers */
	struct memo *memo;       /* of this one */
	struct bytes db, journal;
};
/* One thing, at the n-th crash after the operation `at`; what is wrong is counted, said and kept. */
void check_left(struct run *run, const struct disk *disk, struct crash crash, const struct thing *thing, size_t at,
    unsigned n);

/* "FILE: WHY", and no way on. */
__attribute__((noreturn, format(printf, 2, 3))) void stop(const char *file, const char *fmt, ...);
void *must_have(void *memory);

#endif
