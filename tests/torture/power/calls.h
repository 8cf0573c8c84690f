/* calls.h - the lines that strace -f -y -a 1 -xx writes, as calls and their words */
#ifndef PAMLITE_TESTS_TORTURE_CALLS_H
#define PAMLITE_TESTS_TORTURE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* A call; where it was interrupted by another process's, put together again, and standing where it was finished. */
struct call {
	long line;
	int pid;
	char *text;
};

struct calls {
	const char *path;
	struct call *list;
	size_t count, room;
};
void calls_read(const char *path, struct calls *out);

bool call_is(const struct call *call, const char *name);
/* What it returned; -1 if it failed or did not return. */
long call_result(const struct call *call);
/* The n-th name, from the root wherever its directory stands before it; NULL if there is none. */
char *call_name(const struct call *call, int n);
/* Of the descriptor that stands there, "5<PATH>": NULL if it has no path or its file has no name any more. */
char *call_descriptor(const char *at, int *fd);
/* What is quoted at that place of the call, as it was; *rest is behind it. It must be whole. */
unsigned char *call_data(const struct calls *calls, const struct call *call, const char *at, size_t *len,
    const char **rest);

#define GROW(array, count, room) \
	do { \
		if ((count) == (room)) { \
			(room) = (room) * 2 + 64; \
			(array) = must_have(realloc((array), (room) * sizeof(*(array)))); \
		} \
	} while (0)

#endif
