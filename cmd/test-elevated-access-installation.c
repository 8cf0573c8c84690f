/* test-elevated-access-installation - is pam-lite installed so that its promises hold? */

#include <string.h>

#include "pamlite/command.h"
#include "pamlite/installation.h"

struct args {
	bool quiet;
};

static const struct pl_param params[] = {
	{ "Quiet", PL_SWITCH(struct args, quiet), .help = "print no findings; the status says it" },
	{ 0 }
};

static const char *const examples[] = {
	"sudo test-elevated-access-installation",
	"test-elevated-access-installation -o JsonLines | jq -r 'select(.Result != \"Ok\") | .Advice'",
	"test-elevated-access-installation -Quiet || echo 'look at pam-lite'",
	NULL
};

static const enum pl_error errors[] = { PL_ERR_INSTALLATION_WRONG, PL_ERR_NONE };

/* Where the findings go. */
struct sink {
	struct pl_ctx *ctx;
	struct pl_out *out;
	bool quiet;
};

/* The default table has no room for what is to be done, so that is told beside it. */
static enum pl_status
take(void *arg, const void *row)
{
	const struct pl_finding *f = row;
	const struct sink *s = arg;

	if (s->quiet)
		return PL_OK;
	if (strcmp(f->result, PL_FINDING_OK) != 0)
		pl_note(s->ctx, PL_NOTE_WARNING, "%s: %s; %s", f->object, f->found, f->advice);
	return pl_out_row(s->out, row);
}

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	const struct args *a = args;
	struct sink s = { .ctx = ctx, .out = out, .quiet = a->quiet };

	return pl_installation_check(ctx, take, &s);
}

static const struct pl_command command = {
	.name = "test-elevated-access-installation",
	.summary = "check owners, modes, mounts, account and kernel settings, and say what to do",
	.needs = 0,
	.params = params,
	.args_size = sizeof(struct args),
	.output = &pl_finding_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
