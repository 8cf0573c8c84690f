/* installation.c - looking at an installation: what a finding is, and the parts in their order */

#include "pamlite/installation.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/installation_internal.h"

#define FINDING(NAME, member, FLAGS) PL_COLUMN(struct pl_finding, NAME, TEXT, member, NULL, FLAGS)

static const struct pl_column finding_columns[] = {
	FINDING("Check", check, PL_COL_TABLE),
	FINDING("Result", result, PL_COL_TABLE),
	FINDING("Object", object, PL_COL_TABLE),
	FINDING("Found", found, 0),
	FINDING("Expected", expected, 0),
	FINDING("Advice", advice, 0),
	{ 0 }
};

const struct pl_noun pl_finding_noun = {
	.name = "InstallationCheck",
	.columns = finding_columns,
	.row_size = sizeof(struct pl_finding),
};

bool
pl_survey_read(const char *path, struct pl_buf *out)
{
	char part[4096];
	ssize_t n;
	int fd, error;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return false;
	while ((n = read(fd, part, sizeof(part))) > 0)
		pl_buf_bytes(out, part, (size_t)n);
	error = errno;
	close(fd);
	if (out->len > 0 && out->text[out->len - 1] == '\n')
		out->text[--out->len] = '\0';
	errno = n < 0 ? error : ENOMEM;
	return n == 0 && !pl_buf_failed(out);
}

enum pl_status
pl_installation_check(struct pl_ctx *ctx, pl_row_fn *take, void *arg)
{
	struct pl_survey s = { .ctx = ctx, .take = take, .arg = arg };

	pl_survey_programs(&s);
	pl_survey_account(&s);
	pl_survey_data(&s);
	pl_survey_tasks(&s);
	pl_survey_log(&s);
	pl_survey_kernel(&s);
	pl_survey_process(&s);
	if (s.status == PL_OK && s.wrong > 0)
		return pl_fail(ctx, PL_ERR_INSTALLATION_WRONG, "%d of %d checks found the installation wrong", s.wrong,
		    s.checks);
	return s.status;
}
