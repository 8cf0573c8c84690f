/* damage.c - every page of a database is damaged: no crash, no hang, and never a grant that was not there */

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "damage_edit.h"
#include "damage_world.h"

/* Of one that asks; nothing here needs a second. */
enum { TIME_MAX_S = 20, MEMORY_MAX_KIB = 96 * 1024, REPORTS_MAX = 20 };

static struct bytes whole;
static struct says before;
static char pending[PL_ID_LEN + 1];
static uint64_t seed;

/* Of all workers together. */
static struct counts {
	long edits, refused, broken, unnoticed, crashed, hung, gave, fat;
	long most_kib;
} *counts;

static void
read_whole(void)
{
	struct stat st;
	int fd = open(world.path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0 || (whole.data = malloc((size_t)st.st_size)) == NULL ||
	    read(fd, whole.data, (size_t)st.st_size) != st.st_size) {
		perror(world.path);
		exit(1);
	}
	whole.len = (size_t)st.st_size;
	close(fd);
}

static void
write_file(const char *path, const struct bytes *bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes->data, bytes->len) != (ssize_t)bytes->len) {
		perror(path);
		exit(1);
	}
	close(fd);
}

/* In a process of its own, which may die of it. */
static void
ask_damaged(struct says *s, uint64_t number)
{
	alarm(TIME_MAX_S);
	if (number % KINDS == KIND_ROWS) {
		/* The table's own rules are no hindrance to him either. */
		(void)sql_run("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON");
		(void)sqlite3_exec(world_raw(), rewritten[number / KINDS % REWRITTEN], NULL, NULL, NULL);
		world_raw_close();
	}
	snprintf(world.request, sizeof(world.request), "%s", pending);
	if (pl_store_open(&world.ctx, world.path, false) == PL_OK)
		ask_all(s, &before);
	pl_store_close(&world.ctx);
	pl_ctx_clear(&world.ctx);
}

static void
complain(uint64_t number, const char *kind, const char *what)
{
	if (unit_failed++ < REPORTS_MAX)
		printf("edit %llu of seed %llu (%s): %s\n", (unsigned long long)number, (unsigned long long)seed, kind,
		    what);
	fflush(stdout);
}

static void
judge(uint64_t number, const char *kind, struct says *s, int status, long kib)
{
	const char *gave;
	char what[256];

	__atomic_add_fetch(&counts->edits, 1, __ATOMIC_RELAXED);
	if (WIFSIGNALED(status) || WEXITSTATUS(status) != 0) {
		bool hung = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;

		__atomic_add_fetch(hung ? &counts->hung : &counts->crashed, 1, __ATOMIC_RELAXED);
		snprintf(what, sizeof(what), hung ? "hung" : "ended with %s %d",
		    WIFSIGNALED(status) ? "signal" : "status",
		    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		complain(number, kind, what);
		return;
	}
	if (kib > counts->most_kib)
		counts->most_kib = kib;
	if (kib > MEMORY_MAX_KIB) {
		__atomic_add_fetch(&counts->fat, 1, __ATOMIC_RELAXED);
		complain(number, kind, "took too much memory");
	}
	gave = what_it_gave(s, &before);
	if (!s->complete)
		__atomic_add_fetch(&counts->refused, 1, __ATOMIC_RELAXED);
	else if (!s->valid)
		__atomic_add_fetch(&counts->broken, 1, __ATOMIC_RELAXED);
	else
		__atomic_add_fetch(&counts->unnoticed, 1, __ATOMIC_RELAXED);
	if (gave != NULL && s->valid) {
		__atomic_add_fetch(&counts->gave, 1, __ATOMIC_RELAXED);
		snprintf(what, sizeof(what), "gave %s", gave);
		complain(number, kind, what);
	} else
		unit_passed++;
}

static void
try_edit(uint64_t number, struct bytes *scratch, struct says *s)
{
	struct bytes journal = { NULL, 0 };
	char path[sizeof(world.path) + 16];
	const char *kind;
	struct rusage used;
	int status;
	pid_t pid;

	memcpy(scratch->data, whole.data, whole.len);
	scratch->len = whole.len;
	random_begin(seed, number);
	kind = edit(scratch, number, &journal);
	write_file(world.path, scratch);
	snprintf(path, sizeof(path), "%s-journal", world.path);
	unlink(path);
	if (journal.data != NULL)
		write_file(path, &journal);
	free(journal.data);
	memset(s, 0, sizeof(*s));
	pid = fork();
	if (pid == 0) {
		ask_damaged(s, number);
		_exit(0);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid) {
		perror("fork");
		exit(1);
	}
	judge(number, kind, s, status, used.ru_maxrss);
}

static void *
shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return p;
}

/* One of several: every so many of the edits, in a directory of its own. Its failures are its exit status. */
static int
work(int worker, int workers, uint64_t first, uint64_t count)
{
	struct bytes scratch = { malloc(whole.len), 0 };
	struct says *s = shared(sizeof(*s));

	snprintf(world.path, sizeof(world.path), "%s/%d", world.dir, worker);
	if (scratch.data == NULL || mkdir(world.path, 0700) != 0)
		return 1;
	snprintf(world.path + strlen(world.path), sizeof(world.path) - strlen(world.path), "/t.db");
	for (uint64_t i = (uint64_t)worker; i < count; i += (uint64_t)workers)
		try_edit(first + i, &scratch, s);
	free(scratch.data);
	munmap(s, sizeof(*s));
	return unit_failed > 0;
}

static void
work_all(int workers, uint64_t first, uint64_t count)
{
	int status;

	fflush(stdout);
	for (int i = 0; i < workers; i++)
		if (fork() == 0)
			_exit(work(i, workers, first, count));
	while (wait(&status) > 0)
		CHECK_INT(status, 0);
}

/* damage COUNT [SEED [FIRST]]: so many edits, from the first on. */
int
main(int argc, char *argv[])
{
	const uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	const uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;

	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	counts = shared(sizeof(*counts));
	world_begin("damage");
	fill_configuration();
	fill_history();
	snprintf(pending, sizeof(pending), "%s", sql_text("SELECT id FROM request WHERE state = 'Pending' LIMIT 1"));
	world_raw_close();
	pl_store_close(&world.ctx);
	read_whole();
	SAYS(pl_store_open(&world.ctx, world.path, false), "");
	ask_all(&before, NULL);
	CHECK(before.complete && before.valid && before.live > 5);
	pl_store_close(&world.ctx);
	work_all(2, first, count);
	printf("#\n# seed %llu, %zu pages, %d live grants\n", (unsigned long long)seed, whole.len / PAGE, before.live);
	printf("# edits                                      | %ld\n", counts->edits);
	printf("#   some answer was refused                  | %ld\n", counts->refused);
	printf("#   the check of the audit log told          | %ld\n", counts->broken);
	printf("#   nothing was noticed, all was as before   | %ld\n", counts->unnoticed - counts->gave);
	printf("# crashed, hung, gave what was not there     | %ld, %ld, %ld\n", counts->crashed, counts->hung,
	    counts->gave);
	printf("# the most memory, KiB                       | %ld\n", counts->most_kib);
	return unit_end();
}
