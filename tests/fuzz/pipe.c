/* pipe.c - fuzzes a whole command with what comes through its pipe: objects or ids, from the words to the database
 *
 * An input's first byte says with which words the command is called; the rest is what it reads. The identities of
 * what there is are the same in every run, so that inputs can name them.
 */

#include <sys/file.h>
#include <sys/mman.h>

#include <uuid/uuid.h>

#include "../unit/model_world.h"

#include "fuzz.h"
#include "image.h"

/* The command itself, with another name for its main: a process for each input would be a hundred times as slow. */
int approve_main(int argc, char *argv[]);
#define main approve_main
#include "../../cmd/approve-elevated-access-request.c"
#undef main

static struct {
	struct image image;
	pid_t pid;                           /* of the process that has made it */
	char lock[sizeof(world.path) + 8];
	unsigned ids;
} here;

/* In the place of libuuid's: the identities are counted. */
void
uuid_generate_random(uuid_t out)
{
	memset(out, 0, sizeof(uuid_t));
	out[6] = 0x40;
	out[8] = 0x80;
	out[14] = (unsigned char)(here.ids >> 8);
	out[15] = (unsigned char)here.ids++;
}

/* Requests of every state, for bob to decide; one of his own; they begin with 00000000-0000-4000-8000-000000001000. */
static void
begin_world(void)
{
	static const char *const who[] = { "alice", "carol", "erin", "bob" };

	if (here.pid == getpid())
		return;
	here.pid = getpid();
	here.ids = 0;
	world_begin("pipe");
	pl_clock_read(&world.ctx.clock);
	world_populate();
	make_job(JOB, 1);
	make_job("Linux\\two", 2);
	for (size_t i = 0; i < 7; i++) {
		here.ids = 0x1000 + (unsigned)i;
		act_as(who[i % 4]);
		SAYS(ask(i < 4 ? JOB : "Linux\\two"), "");
	}
	act_as("dave");
	SAYS(deny("00000000-0000-4000-8000-000000001001"), "");
	SAYS(approve("00000000-0000-4000-8000-000000001004"), "");
	pl_store_close(&world.ctx);
	snprintf(here.lock, sizeof(here.lock), "%s.lock", world.path);
	demand(unit_failed == 0 && image_keep(&here.image, world.path), "there is a database");
	demand(setenv("PAMLITE_DATABASE", world.path, 1) == 0 && setenv("PAMLITE_PRINCIPAL", "bob", 1) == 0,
	    "it is bob who acts");
}

/* Where a sanitizer reports to, if there is one: descriptor 2 is the command's. */
void __sanitizer_set_report_fd(void *fd) __attribute__((weak));

static void
report_to(int fd)
{
	if (__sanitizer_set_report_fd != NULL)
		__sanitizer_set_report_fd((void *)(intptr_t)fd);
}

/* The descriptors 0 to 2 while the command runs; what it prints goes to files of their own. */
struct streams {
	int saved[3], ours[3];
};

static void
streams_begin(struct streams *s, const uint8_t *data, size_t size)
{
	for (int i = 0; i < 3; i++) {
		s->saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
		s->ours[i] = memfd_create("pipe", MFD_CLOEXEC);
		demand(s->ours[i] >= 0, "there are files");
	}
	demand(write(s->ours[0], data, size) == (ssize_t)size && lseek(s->ours[0], 0, SEEK_SET) == 0, "there is input");
	report_to(s->saved[2]);
	for (int i = 0; i < 3; i++)
		demand(dup2(s->ours[i], i) == i, "the command has streams");
}

/* Text for people and programs: UTF-8, of lines, without anything that a terminal would obey. */
static void
check_printed(int fd)
{
	static char text[1 << 20];
	ssize_t n = pread(fd, text, sizeof(text), 0);

	demand(n >= 0 && pl_utf8_is_valid(text, (size_t)n), "it is text");
	for (ssize_t i = 0; i < n; i++)
		demand((unsigned char)text[i] >= 0x20 || text[i] == '\n', "it has no control characters");
}

static void
streams_end(struct streams *s)
{
	for (int i = 0; i < 3; i++) {
		(void)(s->saved[i] >= 0 ? dup2(s->saved[i], i) : close(i));
		if (s->saved[i] >= 0)
			close(s->saved[i]);
	}
	report_to(2);
	check_printed(s->ours[1]);
	check_printed(s->ours[2]);
	for (int i = 0; i < 3; i++)
		close(s->ours[i]);
}

static void
check_lock(void)
{
	int fd = open(here.lock, O_RDWR | O_CLOEXEC);

	demand(fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0, "the lock is free");
	close(fd);
}

/* Whatever was read, the log is whole, and each request was decided once at most. */
static void
check_database(void)
{
	world.ctx.what_if = false;
	act_as("owner");
	demand(pl_store_open(&world.ctx, world.path, false) == PL_OK, "the database is there");
	demand(first_bad_record() == 0 && unit_failed == 0, "the log is whole");
	demand(sql_int("SELECT count(*) FROM decision WHERE principal = 'bob' AND request_id IN (SELECT id FROM request"
	    " WHERE requestor = 'bob' OR state = 'Denied')") == 0, "nothing was decided that may not be");
	demand(sql_int("SELECT count(*) FROM authorization") == sql_int("SELECT count(*) FROM request WHERE state ="
	    " 'Approved'"), "a grant for each approval");
	pl_store_close(&world.ctx);
	world_raw_close();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { "Table", "List", "Json", "JsonLines", "Csv", "Value", "Id", "None" };
	static const int statuses[] = { 0, 1, 64, 65, 66, 73, 75, 77, 78 };
	const unsigned how = size > 0 ? data[0] : 0;
	char *argv[8], format[16];
	struct streams streams;
	bool known = false;
	int argc = 0, fd, status;

	begin_world();
	demand(image_restore(&here.image), "the database is as it was");
	here.ids = 0x2000;
	argv[argc++] = text("approve-elevated-access-request");
	argv[argc++] = text("-OutputFormat");
	snprintf(format, sizeof(format), "%s", formats[how % 8]);
	argv[argc++] = format;
	if (how & 8)
		argv[argc++] = text("-Comment:ok");
	if (how & 16)
		argv[argc++] = text("-ErrorAction:Stop");
	if (how & 32)
		argv[argc++] = text("-WhatIf");
	argv[argc] = NULL;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(fd);
	streams_begin(&streams, data + (size > 0), size - (size > 0));
	status = approve_main(argc, argv);
	streams_end(&streams);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		known = known || status == statuses[i];
	demand(known, "its exit status is one of those that scripts know");
	check_lock();
	check_database();
	demand(open("/dev/null", O_RDONLY | O_CLOEXEC) == fd && close(fd) == 0, "no descriptor is left open");
	return 0;
}
