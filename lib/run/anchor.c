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
#include "pamlite/place.h"

/* More than the lines that overlapping runs can have exchanged. */
enum { TAIL = 64 << 10 };

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

static void
take_line(const char *line, struct pl_channel_head *highest)
{
	char *end;
	long long sequence = strtoll(line, &end, 10);

	if (sequence <= highest->sequence || *end != ' ' || strspn(end + 1, "0123456789abcdef") != PL_DIGEST_LEN ||
	    end[PL_DIGEST_LEN + 1] != '\n')
		return;
	highest->sequence = sequence;
	memcpy(highest->hash, end + 1, PL_DIGEST_LEN);
	highest->hash[PL_DIGEST_LEN] = '\0';
}

bool
pl_anchor_read(struct pl_channel_head *out)
{
	char text[TAIL + 1], *hole;
	const char *at;
	struct stat st;
	ssize_t n;
	int fd;

	memset(out, 0, sizeof(*out));
	fd = open_anchor(O_RDONLY, &st);
	if (fd < 0)
		return errno == ENOENT;
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

/* Is it a whole line "SEQUENCE HASH"? */
static bool
read_line(const char *line, struct pl_channel_head *out)
{
	memset(out, 0, sizeof(*out));
	take_line(line, out);
	return out->sequence > 0;
}

int64_t
pl_anchor_at_least(int64_t sequence)
{
	struct pl_channel_head head;
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
	while (getline(&line, &size, stream) > 0)
		if (read_line(line, &head) && head.sequence >= sequence && (found == 0 || head.sequence < found))
			found = head.sequence;
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

bool
pl_anchor_append(const struct pl_channel_head *head)
{
	char line[PL_DIGEST_LEN + 32];
	struct stat st;
	int fd, len, error;
	ssize_t n;

	if (head->sequence == 0)
		return true;
	fd = open_anchor(O_RDWR | O_APPEND | O_CREAT, &st);
	if (fd < 0)
		return false;
	if (st.st_size == 0)
		let_account_read(fd);
	/* In one write, so that lines never mix; behind a torn one, on a line of its own. */
	len = snprintf(line, sizeof(line), "%s%lld %s\n", ends_in_newline(fd, st.st_size) ? "" : "\n",
	    (long long)head->sequence, head->hash);
	n = write(fd, line, (size_t)len);
	/* A torn one says no errno of its own. */
	error = n >= 0 ? ENOSPC : errno;
	close(fd);
	errno = error;
	return n == len;
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
