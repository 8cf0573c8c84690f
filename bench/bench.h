/* bench.h - what the files of the benchmark share */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { BENCH_ID_LEN = 36, BENCH_NOTE_MAX = 255, BENCH_USERS = 200, BENCH_CROWD_USERS = 20 };

/* The databases. The last three take turns at the one place of the system's. */
enum bench_at {
	BENCH_DISK,              /* private, 100 requests */
	BENCH_MEMORY,            /* the same, in memory: what is not waiting for the disk */
	BENCH_LARGE,             /* private, as large as was asked for */
	BENCH_PIPE,              /* private, with requests that wait for their approval */
	BENCH_SYSTEM,
	BENCH_SYSTEM_MEMORY,
	BENCH_SYSTEM_LARGE,
	BENCH_PLACES
};

/*
 * Who, and what. In words {id} is the last id that was printed, {known} a request of alice's, {db} the
 * database, {beside} its directory, {dir} that of the benchmark, {n} a number that never comes again, {empty} the
 * empty program.
 * As actors {user} and {few} are the next of 200 and of 20 users; NULL is who started the benchmark.
 */
struct bench_command {
	const char *actor;
	const char *const *words;     /* NULL = none */
};

/* What is measured is `timed`; before and after it the database is brought to where it was. */
struct bench_action {
	struct bench_command before, timed, after;
	bool crowd;                   /* by many processes, one after the other */
	bool at_once;                 /* or all of them at the same moment */
};

struct bench_cost {
	double ms, cpu_ms;
	long peak_kib;                /* of the process and its children */
};

enum bench_size { BENCH_ONE, BENCH_RECORDS, BENCH_APPROVALS };

/* One line of the table: ours beside its peer. */
struct bench_row {
	const char *group, *what, *against;
	const struct bench_action *ours, *peer;
	enum bench_at ours_at, peer_at;
	double goal;                  /* ours is to take at most this part of the peer's time; 0 = none said */
	enum bench_size size;         /* of what one measurement goes through; more than one makes it a long one */
	double rate_goal;             /* of those at least so many a second; 0 = none said */
};
extern const struct bench_row bench_rows[];
extern const size_t bench_row_count;

struct bench_result {
	const struct bench_row *row;
	int pairs;                    /* 0: not measured, and the note says why */
	double ours_ms, peer_ms, ratio, ours_cpu_ms, cpu_ratio, rate;   /* medians */
	long peak_kib;                /* the most of ours */
	char note[BENCH_NOTE_MAX + 1];
};

struct bench_place {
	const char *dir, *log;        /* NULL = not there; the log is the system's own directory of logs */
	bool system, mounted;         /* mounted: it has to be put in the system's place */
	char db[512], known[BENCH_ID_LEN + 1];
	const char *missing;          /* why it is not there */
};

struct bench {
	const char *dir, *programs, *empty;
	const char *versions;         /* of the peers, for the report */
	const char *only;             /* groups whose name begins so; NULL = all */
	int pairs, long_pairs, crowd;
	double records, approvals, requests;
	struct bench_place places[BENCH_PLACES];
	enum bench_at at;             /* whose directories are mounted */
	char id[BENCH_ID_LEN + 1];
	unsigned next;
	int out_fd, err_fd;           /* what the last command said */
	char path[512];               /* PATH of the commands */
};

/* start.c: start a command there, wait for it, and say what it cost. False: it could not be done; the note says why. */
bool bench_start(struct bench *b, const struct bench_command *c, enum bench_at at, struct bench_cost *cost, char *note);
/* By b->crowd processes; the cost is that of all, the peak of one. */
bool bench_crowd(struct bench *b, const struct bench_action *a, enum bench_at at, struct bench_cost *cost, char *note);

/* place.c */
void bench_places_find(struct bench *b, const char *memory, const char *system);
/* Make it the one that commands meet. */
bool bench_enter(struct bench *b, enum bench_at at, char *note);
/* How long a sync of a page takes in that directory, in ms; below 0: cannot be said. */
double bench_sync_ms(const char *dir);

/* pair.c: all pairs of a row. */
void bench_measure(struct bench *b, const struct bench_row *row, struct bench_result *result);
double bench_median(double *values, size_t count);
double bench_now_ms(void);

/* report.c */
enum bench_verdict { BENCH_NO_GOAL, BENCH_MET, BENCH_MISSED };
enum { BENCH_PEAK_KIB = 16 * 1024 };
enum bench_verdict bench_judge(const struct bench_result *r);
bool bench_report(const struct bench *b, const struct bench_result *results, size_t count);

#endif
