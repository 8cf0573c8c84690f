/* core_end.c - the note about an end reads back as it was written, and nothing else reads at all */

#include "pamlite/end.h"

#include "unit.h"

static const struct pl_end ends[] = {
	{ PL_END_EXITED, 0, 0, 1790000000 },
	{ PL_END_EXITED, 255, 0, 1790000000 },
	{ PL_END_SIGNALED, -1, 9, 1 },
	{ PL_END_REVOKED, -1, 15, 1790000000 },
	{ PL_END_WINDOW, 143, 0, 32503679999 },
	{ PL_END_STOPPED, -1, 127, 1790000000 },
	{ PL_END_UNKNOWN, 125, 0, 1790000000 },
	{ PL_END_UNKNOWN, 125, 127, 32503679999, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
};

static const char *const refused[] = {
	"", "\n", "reason", "reason 0 status 0 signal 0 time 1", "reason 0 status 0 signal 0 time 1\n\n",
	"reason 0 status 0 signal 0 time 1 \n", " reason 0 status 0 signal 0 time 1\n",
	"reason 6 status 0 signal 0 time 1\n", "reason -1 status 0 signal 0 time 1\n",
	"reason 0 status 256 signal 0 time 1\n", "reason 0 status -2 signal 0 time 1\n",
	"reason 0 status 0 signal -1 time 1\n", "reason 0 status 0 signal 128 time 1\n",
	"reason 0 status 0 signal 0 time 0\n", "reason 0 status 0 signal 0 time -5\n",
	"reason 0 status 0 signal 0 time 1 recording \n", "reason 0 status 0 signal 0 time 1 recording 0123\n",
	"reason 00 status 0 signal 0 time 1\n", "reason 0 status +0 signal 0 time 1\n",
	"reason 0 status 4294967296 signal 0 time 1\n", "reason 0 status 0 signal 0 time 99999999999999999999\n",
	"reason 0 status 0 signal 0 time 1\nreason 0 status 0 signal 0 time 1\n",
};

int
main(void)
{
	char text[PL_END_TEXT_SIZE], path[PL_END_TEXT_SIZE];
	struct pl_end read;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		pl_end_format(&ends[i], text);
		CHECK(pl_end_parse(text, &read));
		CHECK_INT(read.reason, ends[i].reason);
		CHECK_INT(read.exit_status, ends[i].exit_status);
		CHECK_INT(read.signal, ends[i].signal);
		CHECK_INT(read.at, ends[i].at);
		CHECK_STR(read.recording, ends[i].recording);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CHECK(!pl_end_parse(refused[i], &read));
	CHECK_STR(pl_end_reason_name(PL_END_EXITED), "Exited");
	CHECK_STR(pl_end_reason_name(PL_END_SIGNALED), "Signaled");
	CHECK_STR(pl_end_reason_name(PL_END_REVOKED), "Revoked");
	CHECK_STR(pl_end_reason_name(PL_END_WINDOW), "AuthorizationEnded");
	CHECK_STR(pl_end_reason_name(PL_END_STOPPED), "Stopped");
	CHECK_STR(pl_end_reason_name(PL_END_UNKNOWN), "Unknown");
	pl_end_path("3a0c1f52-5b4e-4c0f-8c5f-0d2f6a1b7c3d", path);
	CHECK_STR(path, "/var/log/pam-lite/unrecorded-3a0c1f52-5b4e-4c0f-8c5f-0d2f6a1b7c3d");
	/* An id of a database that somebody has edited is no path of its own. */
	CHECK(!pl_end_read("../../../etc/passwd", &read));
	return unit_end();
}
