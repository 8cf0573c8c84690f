/* failmalloc.c - preloaded into a program: allocation number $FAILMALLOC fails, with $FAILMALLOC_EVER all later too */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for this. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static long count, victim = -1;
static int exempt, ever;

/* What runs before this is the loader, not the program. */
__attribute__((constructor)) static void
begin(void)
{
	const char *number = getenv("FAILMALLOC"), *all = getenv("FAILMALLOC_EVER");

	count = 0;
	ever = all != NULL && all[0] != '\0';
	victim = number != NULL ? atol(number) : -1;
}

/* How many there were goes to the file of $FAILMALLOC_COUNT, so that a test can know when it has tried all. */
__attribute__((destructor)) static void
end(void)
{
	const char *path = getenv("FAILMALLOC_COUNT");
	char text[32];
	int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%ld\n", count);
	if (write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

/* The name services of glibc 2.36 themselves crash for want of memory; that is not looked at. */
#define PASSES_BY(name, key, entry) \
	int \
	name(key, struct entry *out, char *memory, size_t size, struct entry **result) \
	{ \
		int (*next)(key, struct entry *, char *, size_t, struct entry **), status; \
		*(void **)&next = dlsym(RTLD_NEXT, #name); \
		exempt++; \
		status = next(asked, out, memory, size, result); \
		exempt--; \
		return status; \
	}
PASSES_BY(getpwuid_r, uid_t asked, passwd)
PASSES_BY(getpwnam_r, const char *asked, passwd)
PASSES_BY(getgrnam_r, const char *asked, group)

static int
fails(void)
{
	if (exempt > 0)
		return 0;
	count++;
	if (victim <= 0 || count < victim || (count > victim && !ever))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
