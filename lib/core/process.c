/* process.c - is a process that was noted earlier still the same and still there? */

#include "pamlite/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STAT_SIZE = 1024,
	FIELD_STATE = 3, FIELD_STARTED = 22,
};

bool
pl_process_parse(const char *stat, char *state, uint64_t *started)
{
	const char *at = strrchr(stat, ')');   /* the command's name may hold anything, also ") S 1" */
	char *end;

	*state = '\0';
	*started = 0;
	if (at == NULL || at[1] != ' ' || at[2] == '\0' || at[3] != ' ')
		return false;
	at += 2;
	*state = *at;
	for (int field = FIELD_STATE; field < FIELD_STARTED; field++) {
		at += strcspn(at, " ");
		if (*at++ != ' ')
			return false;
	}
	if (*at < '0' || *at > '9')
		return false;
	errno = 0;
	*started = strtoull(at, &end, 10);
	return errno == 0 && (*end == ' ' || *end == '\n' || *end == '\0');
}

/* False where the process is gone or hidden. */
static bool
look(pid_t pid, char *state, uint64_t *started)
{
	char path[32], text[STAT_SIZE];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return pl_process_parse(text, state, started);
}

uint64_t
pl_process_started(pid_t pid)
{
	uint64_t started;
	char state;

	return pid > 0 && look(pid, &state, &started) ? started : 0;
}

char
pl_process_state(pid_t pid)
{
	uint64_t started;
	char state;

	return pid > 0 && look(pid, &state, &started) ? state : '\0';
}

bool
pl_process_is_alive(pid_t pid, uint64_t started)
{
	uint64_t now;
	char state;

	/* 0 and less mean groups of processes. */
	if (pid <= 0)
		return false;
	/* Asked after the look: what ends in between is gone, not hidden. */
	if (!look(pid, &state, &now))
		return kill(pid, 0) == 0 || errno != ESRCH;
	if (state == 'Z' || state == 'X')
		return false;
	return started == 0 || now == started;
}
