/* end.c - how a run ended, and the note that root leaves where the database did not take it */

#include "pamlite/end.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/place.h"
#include "pamlite/trusted.h"

const char *
pl_end_reason_name(enum pl_end_reason reason)
{
	switch (reason) {
	case PL_END_SIGNALED:
		return "Signaled";
	case PL_END_REVOKED:
		return "Revoked";
	case PL_END_WINDOW:
		return "AuthorizationEnded";
	case PL_END_STOPPED:
		return "Stopped";
	case PL_END_UNKNOWN:
		return "Unknown";
	default:
		return "Exited";
	}
}

void
pl_end_path(const char *execution, char out[PL_END_TEXT_SIZE])
{
	(void)snprintf(out, PL_END_TEXT_SIZE, "%s/" PL_END_PREFIX "%s", PL_LOG_DIR, execution);
}

void
pl_end_format(const struct pl_end *end, char out[PL_END_TEXT_SIZE])
{
	(void)snprintf(out, PL_END_TEXT_SIZE, "reason %u status %d signal %d time %" PRId64 "%s%s\n",
	    (unsigned)end->reason, end->exit_status, end->signal, end->at,
	    end->recording[0] != '\0' ? " recording " : "", end->recording);
}

/* A word of the line and the number behind it. */
static bool
take(const char **at, const char *word, int64_t *out)
{
	const size_t len = strlen(word);
	char *end;

	if (strncmp(*at, word, len) != 0)
		return false;
	errno = 0;
	*out = strtoll(*at + len, &end, 10);
	*at = end;
	return errno == 0;
}

bool
pl_end_parse(const char *text, struct pl_end *out)
{
	static const char recording[] = " recording ";
	char again[PL_END_TEXT_SIZE];
	int64_t reason, status, sig;
	const char *at = text;

	memset(out, 0, sizeof(*out));
	if (!take(&at, "reason ", &reason) || !take(&at, " status ", &status) || !take(&at, " signal ", &sig) ||
	    !take(&at, " time ", &out->at) || reason < 0 || reason > PL_END_UNKNOWN || status < -1 || status > 255 ||
	    sig < 0 || sig > 127 || out->at <= 0)
		return false;
	out->reason = (enum pl_end_reason)reason;
	out->exit_status = (int)status;
	out->signal = (int)sig;
	if (strncmp(at, recording, sizeof(recording) - 1) == 0) {
		at += sizeof(recording) - 1;
		if (strspn(at, "0123456789abcdef") != PL_DIGEST_LEN)
			return false;
		memcpy(out->recording, at, PL_DIGEST_LEN);
	}
	/* Nothing but what is written here reads back as the same. */
	pl_end_format(out, again);
	return strcmp(text, again) == 0;
}

bool
pl_end_read(const char *execution, struct pl_end *out)
{
	char text[PL_END_TEXT_SIZE];
	struct pl_buf why;
	ssize_t n = -1;
	int fd;

	memset(out, 0, sizeof(*out));
	pl_end_path(execution, text);
	pl_buf_init(&why);
	fd = pl_trusted_open(text, 0, &why);
	pl_buf_clear(&why);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (n <= 0)
		return false;
	text[n] = '\0';
	return pl_end_parse(text, out);
}
