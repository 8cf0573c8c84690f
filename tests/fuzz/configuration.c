/* configuration.c - fuzzes the reader of configuration documents: what it takes is written, and read again the same */

#include <sys/mman.h>
#include <unistd.h>

#include "pamlite/configuration_read.h"
#include "pamlite/configuration_write.h"

#include "command/session.h"

#include "fuzz.h"

static const struct pl_param params[] = { { 0 } };
static const enum pl_error errors[] = { PL_ERR_CONFIGURATION_INVALID, PL_ERR_INVALID_JSON, PL_ERR_NONE };
static const struct pl_command command = { .name = "import-configuration", .params = params, .errors = errors };

static int
file_of(const void *text, size_t len)
{
	int fd = memfd_create("document", MFD_CLOEXEC);

	demand(fd >= 0 && write(fd, text, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0, "there is a file");
	return fd;
}

/* The document as it is written; the caller frees. */
static char *
written(struct pl_session *s, const struct pl_configuration *c)
{
	int fd = memfd_create("written", MFD_CLOEXEC);
	char *text;
	off_t len;

	demand(pl_configuration_write(&s->ctx, c, false, fd) == PL_OK, "what was read can be written");
	len = lseek(fd, 0, SEEK_END);
	text = calloc((size_t)len + 1, 1);
	demand(text != NULL && pread(fd, text, (size_t)len, 0) == len, "what was written can be read");
	close(fd);
	return text;
}

static void
check_names(const struct pl_configuration *c)
{
	for (int s = 0; s < PL_SECTIONS; s++)
		for (size_t i = 0; i < c->sections[s].count; i++)
			demand(pl_configuration_name(s, pl_configuration_row(c, s, i)) != NULL, "an object has a name");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_session s = { .command = &command, .silent = true };
	struct pl_configuration doc, again;
	char *first, *second;
	enum pl_status st;
	int fd;

	pl_ctx_init(&s.ctx);
	fd = file_of(data, size);
	st = pl_configuration_read(&s.ctx, fd, &doc);
	close(fd);
	demand(st == PL_OK || st == PL_E_DATA, "it is a document, or bad data");
	demand((st == PL_OK) == (s.ctx.failure.error == PL_ERR_NONE), "a failure is noted");
	if (st == PL_OK) {
		check_names(&doc);
		first = written(&s, &doc);
		fd = file_of(first, strlen(first));
		demand(pl_configuration_read(&s.ctx, fd, &again) == PL_OK, "what was written is a document");
		close(fd);
		second = written(&s, &again);
		demand(strcmp(first, second) == 0, "it says the same");
		pl_configuration_clear(&again);
		free(first);
		free(second);
	}
	pl_configuration_clear(&doc);
	pl_ctx_clear(&s.ctx);
	return 0;
}
