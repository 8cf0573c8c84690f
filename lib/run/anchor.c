/* anchor.c - what root keeps of the audit chain, where the database's account cannot write */

#include "pamlite/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/end.h"
#include "pamlite/file_lock.h"
#include "pamlite/place.h"

/* More than the lines that overlapping runs can have exchanged. Two lines. */
enum { TAIL = 64 << 10, LINES = 2 * (PL_DIGEST_LEN + 40), LOCK_MS = 2000 };

static const char restored[] = "restored ";

static int
open_anchor(int flags, struct stat *st)
{
	int fd = open(PL_ANCHOR, flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);

	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

int
pl_anchor_open(void)
{
	struct stat st;

	return open_anchor(O_RDONLY, &st);
}

/* "SEQUENCE HASH", whole. */
static bool
read_pair(const char *line, struct pl_channel_head *out)
{
	char *end;
	long long sequence = strtoll(line, &end, 10);

	memset(out, 0, sizeof(*out));
	if (end == line || sequence < 0 || *end != ' ' ||
	    strspn(end + 1, "0123456789abcdef") != PL_DIGEST_LEN ||
	    (end[PL_DIGEST_LEN + 1] != '\n' && end[PL_DIGEST_LEN + 1] != '\0'))
		return false;
	out->sequence = sequence;
	memcpy(out->hash, end + 1, PL_DIGEST_LEN);
	return true;
}

bool
pl_anchor_says_restored(const char *line, struct pl_channel_head *end)
{
	memset(end, 0, sizeof(*end));
	return strncmp(line, restored, sizeof(restored) - 1) == 0 && read_pair(line + sizeof(restored) - 1, end);
}

/* Behind a restored backup the count begins with what that had. A torn line has no end. */
static void
take_line(const char *line, struct pl_channel_head *highest)
{
	struct pl_channel_head said;

	if (strchr(line, '\n') == NULL)
		return;
	if (pl_anchor_says_restored(line, &said) || (read_pair(line, &said) && said.sequence > highest->sequence))
		*highest = said;
}

bool
pl_anchor_read(struct pl_channel_head *out, off_t *seen)
{
	char text[TAIL + 1], *hole;
	const char *at;
	struct stat st;
	ssize_t n;
	int fd;

	memset(out, 0, sizeof(*out));
	*seen = 0;
	fd = open_anchor(O_RDONLY, &st);
	if (fd < 0)
		return errno == ENOENT;
	*seen = st.st_size;
	n = pread(fd, text, TAIL, st.st_size > TAIL ? st.st_size - TAIL : 0);
	close(fd);
	if (n < 0)
		return false;
	/* Lines are not synced: a power cut can leave zeros in place of some, and what stands behind them counts. */
	while ((hole = memchr(text, '\0', (size_t)n)) != NULL)
		*hole = '\n';
	text[n] = '\0';
	at = text;
	if (st.st_size > TAIL)
		at = strchr(text, '\n');
	for (; at != NULL && *at != '\0'; at = strchr(at, '\n')) {
		at += *at == '\n';
		take_line(at, out);
	}
	return true;
}

/* A whole one, behind the zeros that a power cut may have left in place of others; NULL at the end. */
static const char *
next_line(FILE *stream, char **line, size_t *size)
{
	const ssize_t len = getline(line, size, stream);
	ssize_t i = 0;

	if (len <= 0 || (*line)[len - 1] != '\n')
		return NULL;
	while ((*line)[i] == '\0')
		i++;
	return *line + i;
}

int64_t
pl_anchor_at_least(int64_t sequence)
{
	struct pl_channel_head head;
	const char *text;
	char *line = NULL;
	int64_t found = 0;
	size_t size = 0;
	struct stat st;
	int fd = open_anchor(O_RDONLY, &st);
	FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (stream == NULL) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((text = next_line(stream, &line, &size)) != NULL) {
		if (pl_anchor_says_restored(text, &head))
			found = found > head.sequence ? 0 : found;
		else if (!read_pair(text, &head))
			continue;
		if (head.sequence >= sequence && head.sequence > 0 && (found == 0 || head.sequence < found))
			found = head.sequence;
	}
	free(line);
	(void)fclose(stream);
	return found;
}

/* The account that checks the chain and puts down what is missing may read it. */
static void
let_account_read(int fd)
{
	struct stat dir;

	if (lstat(PL_STATE_DIR, &dir) == 0 && fchown(fd, 0, dir.st_gid) == 0)
		(void)fchmod(fd, 0640);
}

static bool
ends_in_newline(int fd, off_t size)
{
	char last = '\n';

	return size == 0 || (pread(fd, &last, 1, size - 1) == 1 && last == '\n');
}

/* Was a backup restored, in what was appended since the file was so long? */
static bool
restored_since(int fd, off_t seen)
{
	struct pl_channel_head end;
	const char *text;
	bool found = false;
	char *line = NULL;
	size_t size = 0;
	const int again = dup(fd);
	FILE *stream = again >= 0 ? fdopen(again, "r") : NULL;

	if (stream == NULL) {
		if (again >= 0)
			close(again);
		return false;
	}
	/* What begins there begins a line, or ends a torn one. */
	if (fseeko(stream, seen, SEEK_SET) == 0)
		while (!found && (text = next_line(stream, &line, &size)) != NULL)
			found = pl_anchor_says_restored(text, &end);
	free(line);
	(void)fclose(stream);
	return found;
}

/*
 * To be appended to, and to nobody else until it is closed: what is told of a run must not come between the restoring
 * of a backup and its line. The account may read the file, so it may lock it too: it is not waited for long.
 */
static int
open_to_append(struct stat *st)
{
	int fd = open_anchor(O_RDWR | O_APPEND | O_CREAT, st);

	if (fd < 0)
		return -1;
	(void)pl_file_lock(fd, LOCK_MS);
	if (fstat(fd, st) == 0 && st->st_size == 0)
		let_account_read(fd);
	return fd;
}

/* In one write, so that lines never mix; behind a torn one, on a line of its own. */
static bool
append(int fd, off_t size, const char *lines)
{
	char text[LINES + 1];
	const int len = snprintf(text, sizeof(text), "%s%s", ends_in_newline(fd, size) ? "" : "\n", lines);
	const ssize_t n = write(fd, text, (size_t)len);

	/* A torn one says no errno of its own. */
	if (n >= 0)
		errno = ENOSPC;
	return n == len;
}

bool
pl_anchor_append(const struct pl_channel_head *head, off_t seen)
{
	char line[LINES];
	struct stat st;
	int fd, error;
	bool done;

	if (head->sequence == 0)
		return true;
	fd = open_to_append(&st);
	if (fd < 0)
		return false;
	snprintf(line, sizeof(line), "%lld %s\n", (long long)head->sequence, head->hash);
	done = restored_since(fd, seen) || append(fd, st.st_size, line);
	error = errno;
	close(fd);
	errno = error;
	return done;
}

bool
pl_anchor_restored(const struct pl_channel_head *end, const struct pl_channel_head *head)
{
	char lines[LINES];
	struct stat st;
	int fd, error;
	bool done;

	fd = open_to_append(&st);
	if (fd < 0)
		return false;
	snprintf(lines, sizeof(lines), "%s%lld %s\n%lld %s\n", restored, (long long)end->sequence, end->hash,
	    (long long)head->sequence, head->hash);
	done = append(fd, st.st_size, lines) && fsync(fd) == 0;
	error = errno;
	close(fd);
	errno = error;
	return done;
}

bool
pl_anchor_unrecorded(const struct pl_question *finish)
{
	struct pl_end end = { .reason = (enum pl_end_reason)finish->reason, .exit_status = finish->exit_status,
		.signal = finish->signal, .at = finish->ended_at };
	char text[PL_END_TEXT_SIZE];
	bool ok;
	int fd;

	pl_end_path(finish->execution, text);
	fd = open(text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	let_account_read(fd);
	memcpy(end.recording, finish->recorded.sha256, sizeof(end.recording));
	pl_end_format(&end, text);
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}
