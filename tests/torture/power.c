/* power.c - cuts the power at every moment of a recording, and looks at what is left */

#include <dirent.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/schema.h"

#include "power/power.h"

void
stop(const char *file, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "power: %s: ", file);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

void *
must_have(void *memory)
{
	if (memory == NULL)
		stop("memory", "there is none");
	return memory;
}

/* --- what was there before the recording --- */

static void
add_before(struct run *run, struct disk *disk, const char *place)
{
	struct bytes content = { 0 };
	char from[4096], path[4096];
	struct dirent *e;
	unsigned char data[65536];
	FILE *in;
	DIR *dir;
	size_t n;

	snprintf(from, sizeof(from), "%s%s", run->before, place);
	dir = opendir(from);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (e->d_type != DT_REG)
			continue;
		snprintf(path, sizeof(path), "%s%s/%s", run->before, place, e->d_name);
		in = must_have(fopen(path, "r"));
		bytes_cut(&content, 0);
		while ((n = fread(data, 1, sizeof(data), in)) > 0)
			bytes_write(&content, content.len, data, n);
		fclose(in);
		disk_add(disk, path + strlen(run->before), &content);
	}
	if (dir != NULL)
		closedir(dir);
	free(content.at);
}

static struct disk *
new_disk(struct run *run)
{
	struct disk *disk = disk_new(run->places);
	size_t i;

	for (i = 0; run->before != NULL && run->places[i] != NULL; i++)
		add_before(run, disk, run->places[i]);
	return disk;
}

/* --- the crashes --- */

/* So many crashes after one operation, mostly mixtures; which of them come first differs between operations. */
static void
crash_after(struct run *run, const struct disk *disk, size_t at, unsigned crashes)
{
	uint64_t seed = run->seed ^ (uint64_t)at << 32;
	enum crash_mode mode;
	struct crash crash;
	unsigned n;
	size_t i;

	for (n = 0; n < crashes; n++) {
		mode = (at + n) % 8 < CRASH_MIXTURE ? (enum crash_mode)((at + n) % 8) : CRASH_MIXTURE;
		crash_begin(&crash, disk, mode, seed + n);
		for (i = 0; i < run->history.count; i++)
			check_left(run, disk, crash, &run->history.things[i], at, n);
		count(&run->figures->states);
	}
}

/* A worker takes every `workers`-th operation; the chance depends on the operation alone. */
static void
work(struct run *run, unsigned worker, unsigned workers, unsigned crashes)
{
	struct disk *disk = new_disk(run);
	static char scratch[4096];
	size_t i;

	snprintf(scratch, sizeof(scratch), "%s/%u", run->scratch, worker);
	if (mkdir(scratch, 0700) != 0)
		stop(scratch, "cannot be made");
	run->scratch = scratch;
	run->memo = memo_new();
	for (i = 0; i < run->recording.count; i++) {
		disk_apply(disk, &run->recording.ops[i]);
		if (i % workers == worker && (run->only == SIZE_MAX || run->only == i))
			crash_after(run, disk, i, disk_is_settled(disk) ? 1 : crashes);
	}
	fflush(stdout);
}

/* How many crashes after each operation that leaves something pending make the number that is wanted. */
static unsigned
crashes_each(struct run *run)
{
	struct disk *disk = new_disk(run);
	uint64_t settled = 0, pending = 0;
	size_t i;

	for (i = 0; i < run->recording.count; i++) {
		disk_apply(disk, &run->recording.ops[i]);
		*(disk_is_settled(disk) ? &settled : &pending) += 1;
	}
	return pending == 0 || run->wanted <= settled ? 1
	    : (unsigned)((run->wanted - settled + pending - 1) / pending);
}

static int
run_workers(struct run *run)
{
	unsigned workers = (unsigned)sysconf(_SC_NPROCESSORS_ONLN), crashes = crashes_each(run), i;
	int status, bad = 0;

	fflush(stdout);
	for (i = 0; i < workers; i++)
		if (fork() == 0) {
			work(run, i, workers, crashes);
			_exit(0);
		}
	while (wait(&status) > 0)
		bad |= status != 0;
	return bad;
}

static void
read_options(struct run *run, int argc, char *argv[])
{
	int c;

	*run = (struct run){ .wanted = 20000, .seed = 1, .only = SIZE_MAX };
	while ((c = getopt(argc, argv, "a:b:d:k:n:o:qs:t:")) != -1)
		switch (c) {
		case 'a': run->anchor = optarg; break;
		case 'b': run->before = optarg; break;
		case 'd': run->database = optarg; break;
		case 'k': run->keep = optarg; break;
		case 'n': run->wanted = strtoull(optarg, NULL, 10); break;
		case 'o': run->only = strtoull(optarg, NULL, 10); break;
		case 'q': run->quiet = true; break;
		case 's': run->seed = strtoull(optarg, NULL, 10); break;
		case 't': run->scratch = optarg; break;
		default: stop("usage", "power -d DATABASE -t SCRATCH [-a ANCHOR] [-b BEFORE] [-k KEEP] [-n STATES]"
		    " [-o OPERATION] [-q] [-s SEED] NAME RECORDING PLACE...");
		}
	if (argc - optind < 3 || argc - optind > PLACES + 2 || run->database == NULL || run->scratch == NULL)
		stop("usage", "power -d DATABASE -t SCRATCH NAME RECORDING PLACE...");
	run->name = argv[optind];
	for (c = optind + 2; c < argc; c++)
		run->places[c - optind - 2] = argv[c];
	snprintf(run->journal_path, sizeof(run->journal_path), "%s-journal", run->database);
	recording_read(argv[optind + 1], run->places, &run->recording);
}

/* As the first release made it, with nothing in it. */
static int
make_old(const char *path)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA application_id = 0x70616d4c; PRAGMA user_version = 1; BEGIN; " PL_SCHEMA_1
	    "; COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		stop(path, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
	return 0;
}

/* The last line: NAME, syncs, commits, states, corrupt, lost, contents looked at, milliseconds. */
int
main(int argc, char *argv[])
{
	struct timespec begun, ended;
	const struct figures *f;
	struct run run;
	int bad;

	if (argc == 3 && strcmp(argv[1], "old") == 0)
		return make_old(argv[2]);
	read_options(&run, argc, argv);
	run.figures = mmap(NULL, sizeof(*run.figures), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run.figures == MAP_FAILED)
		stop("memory", "there is none to share");
	history_make(&run.recording, new_disk(&run), run.database, run.scratch, &run.history);
	clock_gettime(CLOCK_MONOTONIC, &begun);
	bad = run_workers(&run);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	f = run.figures;
	printf("%s %zu %zu %llu %llu %llu %llu %lld\n", run.name, run.history.syncs, run.history.commits,
	    (unsigned long long)f->states, (unsigned long long)f->corrupt, (unsigned long long)f->lost,
	    (unsigned long long)f->looked_at, (long long)(ended.tv_sec - begun.tv_sec) * 1000 +
	    (ended.tv_nsec - begun.tv_nsec) / 1000000);
	if (bad)
		stop(run.name, "a worker failed");
	return run.history.faults > 0;
}
