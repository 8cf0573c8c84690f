/* command_object.c - objects and plain values from a pipe, bound beside what the command line gave */

#include "unit.h"

#include <stdlib.h>

#include "command/bind/input.h"

#include "command_sample.h"

struct decision {
	char *request, *version, *comment;
};

static const struct pl_param decision_params[] = {
	{ "RequestId", PL_STRING(struct decision, request), .position = 1, .flags = PL_REQUIRED | PL_PIPE,
	    .alias = "Identity" },
	{ "RequestVersion", PL_STRING(struct decision, version), .flags = PL_PIPE },
	{ "Comment", PL_REASON(struct decision, comment) },
	{ 0 }
};

static const struct pl_command decide = {
	.name = "approve-sample", .summary = "s", .params = decision_params, .args_size = sizeof(struct decision),
}, sample = {
	.name = "new-sample", .summary = "s", .params = sample_params, .args_size = sizeof(struct sample),
};

static const struct object_case {
	const struct pl_command *command;
	const char *argv[4];
	const char *object;       /* begins with a brace, or is a plain value */
	const char *bound;
	enum pl_error error;
} cases[] = {
	{ &decide, { NULL }, "{\"RequestId\":\"1\"}", "request=1" },
	{ &decide, { NULL }, "{\"requestid\":\"1\",\"Reason\":\"x\",\"Comment\":\"not from a pipe\"}", "request=1" },
	{ &decide, { NULL }, "{\"Identity\":\"1\"}", "request=1" },
	{ &decide, { NULL }, "{\"Identity\":\"1\",\"RequestIdentity\":\"2\"}", "request=2" },
	{ &decide, { NULL }, "{\"Identity\":\"1\",\"RequestIdentity\":null}", "request=1" },
	{ &decide, { NULL }, "{\"Identity\":\"1\",\"RequestIdentity\":\"2\",\"RequestId\":\"3\"}", "request=3" },
	{ &decide, { NULL }, "{\"Identity\":\"1\",\"Version\":\"abc\"}", "request=1 version=abc" },
	{ &decide, { "-RequestVersion", "v" }, "{\"Identity\":\"1\",\"Version\":\"abc\"}", "request=1 version=v" },
	{ &decide, { "-RequestId", "9" }, "{\"Identity\":\"1\"}", "request=9" },
	{ &decide, { "-Comment", "ok" }, "{\"Identity\":\"1\"}", "request=1 comment=ok" },
	{ &decide, { NULL }, "{\"Identity\":7}", "request=7" },
	{ &decide, { NULL }, "{}", NULL, PL_ERR_INVALID_INPUT },
	{ &decide, { NULL }, "{\"Identity\":null}", NULL, PL_ERR_INVALID_INPUT },
	{ &decide, { NULL }, "{\"Identity\":\"\"}", NULL, PL_ERR_INVALID_INPUT },
	{ &decide, { NULL }, "{\"Identity\":[\"1\"]}", NULL, PL_ERR_INVALID_INPUT },
	{ &decide, { NULL }, "{\"Identity\":{\"a\":{}}}", NULL, PL_ERR_INVALID_INPUT },
	{ &decide, { NULL }, "{\"Identity\":\"a\\nb\"}", NULL, PL_ERR_INVALID_INPUT },
	{ &decide, { NULL }, "{\"Identity\":\"a\\u0000b\"}", NULL, PL_ERR_INVALID_JSON },
	{ &decide, { NULL }, "{\"Identity\":\"1\"", NULL, PL_ERR_INVALID_JSON },
	{ &decide, { NULL }, "plain", "request=plain" },
	{ &decide, { "-RequestId", "9" }, "plain", "request=9" },
	{ &decide, { NULL }, "a\033b", NULL, PL_ERR_INVALID_INPUT },
	{ &sample, { NULL }, "{\"Task\":\"A/b\",\"Member\":[\"x\",\"y\"]}", "task=A\\b member=x|y|" },
	{ &sample, { NULL }, "{\"Task\":\"A/b\",\"Member\":\"x,y\"}", "task=A\\b member=x,y|" },
	{ &sample, { NULL }, "{\"Task\":\"A/b\",\"Member\":\"x\\ny\"}", NULL, PL_ERR_INVALID_INPUT },
	{ &sample, { NULL }, "{\"Task\":\"A/b\",\"Member\":{\"x\":\"y\"}}", NULL, PL_ERR_INVALID_INPUT },
	{ &sample, { NULL }, "{\"Task\":\"A/b\",\"Parameter\":{\"x\":\"1,2\",\"y\":3}}",
	    "task=A\\b parameter=x=1,2|y=3|" },
	{ &sample, { NULL }, "{\"Task\":\"A/b\",\"Count\":5}", "task=A\\b count=5" },
	{ &sample, { NULL }, "{\"Task\":\"A/b\",\"Count\":11}", NULL, PL_ERR_INVALID_INPUT },
	{ &sample, { NULL }, "{\"Task\":\"A/b\",\"Count\":5.0}", NULL, PL_ERR_INVALID_INPUT },
	{ &sample, { NULL }, "{\"Task\":\"Ab\"}", NULL, PL_ERR_INVALID_INPUT },
	{ &sample, { "-Role", "r" }, "{\"Task\":\"A/b\"}", "role=r" },
	{ &sample, { NULL }, "A/b", "task=A\\b" },
};

static void
print_decision(const struct decision *d, struct pl_buf *out)
{
	sample_text(out, "request", d->request);
	sample_text(out, "version", d->version);
	sample_text(out, "comment", d->comment);
}

static enum pl_status
bind_object(struct pl_ctx *ctx, const struct object_case *c, int argc, char *const argv[], struct pl_buf *out)
{
	const struct pl_input_item item = { .text = c->object, .len = strlen(c->object) };
	struct pl_binding b;
	void *args = NULL;
	enum pl_status st;

	st = pl_binding_init(ctx, &b, c->command);
	if (st == PL_OK)
		st = pl_bind_argv(ctx, &b, argc, argv);
	if (st == PL_OK)
		st = pl_args_new(ctx, &b, &args);
	if (st == PL_OK && c->object[0] == '{')
		st = pl_object_bind(ctx, &b, &item, args);
	else if (st == PL_OK)
		st = pl_value_bind(ctx, &b, c->object, args);
	if (st == PL_OK && c->command == &decide)
		print_decision(args, out);
	else if (st == PL_OK)
		sample_print(args, out);
	pl_args_free(c->command, args);
	pl_binding_clear(&b);
	return st;
}

static void
run_case(const struct object_case *c)
{
	char *argv[5] = { (char[]){ "sample" } };
	struct pl_ctx ctx;
	struct pl_buf out;
	enum pl_status st;
	int argc = 1;

	while (c->argv[argc - 1] != NULL) {
		argv[argc] = strdup(c->argv[argc - 1]);
		argc++;
	}
	pl_ctx_init(&ctx);
	pl_buf_init(&out);
	st = bind_object(&ctx, c, argc, argv, &out);
	if (c->bound != NULL) {
		CHECK_STR(st == PL_OK ? out.text : ctx.failure.message, c->bound);
	} else {
		CHECK_STR(pl_error_def(ctx.failure.error)->id, pl_error_def(c->error)->id);
		CHECK_INT(st, PL_E_DATA);
	}
	while (--argc > 0)
		free(argv[argc]);
	pl_buf_clear(&out);
	pl_ctx_clear(&ctx);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		run_case(&cases[i]);
	return unit_end();
}
