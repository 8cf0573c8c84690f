/* failcalls.c - preloaded into a program under test: the call that $FAILCALLS names fails, as it does on a sick host */

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

ssize_t pread64(int fd, void *data, size_t size, off64_t at);

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
