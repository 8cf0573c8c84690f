/* process.c - what the kernel's text says of a process; is one that was noted earlier still the same and there? */

#include "pamlite/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/text.h"

enum {
	STAT_SIZE = 1024,
	FIELD_STATE = 3, FIELD_TERMINAL = 7, FIELD_STARTED = 22,
};

/* One of the fields behind the command's name, which may hold anything, as ") S 1" (CVE-2017-1000367); or NULL. */
static const char *
find_field(const char *stat, int field)
{
	const char *at = strrchr(stat, ')');

	if (at == NULL)
		return NULL;
	for (at++; *at == ' ' && field > FIELD_STATE; field--)
		at += 1 + strcspn(at + 1, " ");
	return *at == ' ' && at[1] != '\0' ? at + 1 : NULL;
}

bool
pl_process_parse(const char *stat, char *state, uint64_t *started)
{
	const char *letter = find_field(stat, FIELD_STATE), *at = find_field(stat, FIELD_STARTED);
	char *end;

	*state = '\0';
	*started = 0;
	if (letter == NULL || letter[1] != ' ')
		return false;
	*state = *letter;
	if (at == NULL || *at < '0' || *at > '9')
		return false;
	errno = 0;
	*started = strtoull(at, &end, 10);
	return errno == 0 && (*end == ' ' || *end == '\n' || *end == '\0');
}

uint32_t
pl_process_terminal(const char *stat)
{
	const char *at = find_field(stat, FIELD_TERMINAL);
	long long device;

	errno = 0;
	device = at != NULL ? strtoll(at, NULL, 10) : 0;
	return errno == 0 && device >= INT32_MIN && device <= UINT32_MAX ? (uint32_t)device : 0;
}

bool
pl_process_login(const char *text, uint32_t *out)
{
	int64_t value;

	*out = UINT32_MAX;
	if (!pl_text_parse_int(text, strcspn(text, "\n"), &value) || value > UINT32_MAX)
		return false;
	*out = (uint32_t)value;
	return true;
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
