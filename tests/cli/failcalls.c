/* failcalls.c - preloaded into a program under test: the call that $FAILCALLS names fails, as it does on a sick host */

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { INTERNAL_FAULT = 2 };   /* SQLITE_INTERNAL */

typedef int exec_fn(void *db, const char *sql, void *each, void *arg, char **message);

ssize_t pread64(int fd, void *data, size_t size, off64_t at);
int sqlite3_exec(void *db, const char *sql, void *each, void *arg, char **message);
int sqlite3_extended_errcode(void *db);

static int
is_asked(const char *fault)
{
	const char *asked = getenv("FAILCALLS");

	return asked != NULL && strcmp(asked, fault) == 0;
}

/* "descriptors": there are none beside the standard ones; the loader is done with his. */
__attribute__((constructor)) static void
begin(void)
{
	const struct rlimit three = { 3, 3 };

	if (is_asked("descriptors") && setrlimit(RLIMIT_NOFILE, &three) != 0)
		abort();
}

/* "disk": reading at a position fails, which is how SQLite reads. */
ssize_t
pread64(int fd, void *data, size_t size, off64_t at)
{
	ssize_t (*next)(int, void *, size_t, off64_t);

	if (is_asked("disk")) {
		errno = EIO;
		return -1;
	}
	*(void **)&next = dlsym(RTLD_NEXT, "pread64");
	return next(fd, data, size, at);
}

ssize_t
pread(int fd, void *data, size_t size, off_t at)
{
	return pread64(fd, data, size, at);
}

/* "library": SQLite reports a fault of its own where a transaction begins. */
int
sqlite3_exec(void *db, const char *sql, void *each, void *arg, char **message)
{
	exec_fn *next;

	if (is_asked("library") && strncmp(sql, "BEGIN", 5) == 0)
		return INTERNAL_FAULT;
	*(void **)&next = dlsym(RTLD_NEXT, "sqlite3_exec");
	return next(db, sql, each, arg, message);
}

int
sqlite3_extended_errcode(void *db)
{
	int (*next)(void *);

	if (is_asked("library"))
		return INTERNAL_FAULT;
	*(void **)&next = dlsym(RTLD_NEXT, "sqlite3_extended_errcode");
	return next(db);
}
