/* bind_argv.c - the command line's grammar, case by case: words in, the bound struct or an error out */

#include "unit.h"

#include <stdlib.h>

#include "command/bind/bind.h"

#include "command_sample.h"

static const struct pl_command command = {
	.name = "new-sample", .summary = "a sample", .needs = PL_NEED_STORE_WRITE | PL_LISTS,
	.params = sample_params, .args_size = sizeof(struct sample),
};

enum { WORDS_MAX = 12 };

struct bind_case {
	const char *argv[WORDS_MAX];
	const char *bound;        /* what the struct holds, or NULL */
	enum pl_error error;      /* if bound is NULL */
	const char *says;         /* a part of message or hint; NULL = any */
};

#define LONG_60 "123456789 123456789 123456789 123456789 123456789 123456789 "

static const struct bind_case cases[] = {
	/* names */
	{ { "-Reason", "r" }, "reason=r" },
	{ { "-reason", "r" }, "reason=r" },
	{ { "-REASON:r" }, "reason=r" },
	{ { "-Reason=r" }, "reason=r" },
	{ { "--reason", "r" }, "reason=r" },
	{ { "--reason=r" }, "reason=r" },
	{ { "--reason:r" }, "reason=r" },
	{ { "--duration-hours", "4" }, "duration=14400" },
	{ { "--Duration-Hours=4" }, "duration=14400" },
	{ { "-DurationHours", "4" }, "duration=14400" },
	{ { "-DurationHours:4" }, "duration=14400" },
	{ { "-Rea", "r" }, "reason=r" },
	{ { "-Identity", "A\\b" }, "task=A\\b" },
	{ { "-Ident", "A\\b" }, "task=A\\b" },
	{ { "-Duration", "PT30M" }, "duration=1800" },
	{ { "-Dur", "PT30M" }, NULL, PL_ERR_AMBIGUOUS_PARAMETER, "matches include: -DurationHours -Duration." },
	{ { "-R", "x" }, NULL, PL_ERR_AMBIGUOUS_PARAMETER,
	    "name 'R' is ambiguous. Possible matches include: -Role -Reason." },
	{ { "-Desc", "x" }, "description=x" },
	{ { "-De", "x" }, "description=x" },
	{ { "-Des", "x" }, "description=x" },
	{ { "-Debug" }, "" },
	{ { "-Ver" }, NULL, PL_ERR_AMBIGUOUS_PARAMETER, "-Version -Verbose" },
	{ { "-V" }, NULL, PL_ERR_AMBIGUOUS_PARAMETER, NULL },
	{ { "-Reasn", "x" }, NULL, PL_ERR_PARAMETER_NOT_FOUND, "did you mean -Reason?" },
	{ { "-Reasn", "x" }, NULL, PL_ERR_PARAMETER_NOT_FOUND,
	    "A parameter cannot be found that matches parameter name 'Reasn'." },
	{ { "--", "-Reason" }, "values=-Reason|" },
	{ { "---" }, NULL, PL_ERR_PARAMETER_NOT_FOUND, NULL },
	{ { "--=x" }, NULL, PL_ERR_PARAMETER_NOT_FOUND, NULL },
	{ { "-a" LONG_60 LONG_60 }, NULL, PL_ERR_PARAMETER_NOT_FOUND, NULL },
	{ { "-Values", "x" }, NULL, PL_ERR_PARAMETER_NOT_FOUND, NULL },
	{ { "-a\033[2Jb", "x" }, NULL, PL_ERR_PARAMETER_NOT_FOUND, "'a\\u{1b}[2Jb'" },
	{ { "-OutVariable", "x" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, "x=$(new-sample" },
	{ { "-ov", "x" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, "x=$(" },
	{ { "-ErrorVariable:x" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, "2>file" },
	{ { "-ev", "x" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, "2>file" },
	{ { "-PipelineVariable", "x" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, "| while" },
	{ { "--pipeline-variable", "x" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, "| while" },
	/* values that are missing, empty, or begin with a dash */
	{ { "-Reason" }, NULL, PL_ERR_MISSING_ARGUMENT, "Missing an argument for parameter 'Reason'." },
	{ { "-Reason", "-Task", "A\\b" }, NULL, PL_ERR_MISSING_ARGUMENT, "-Reason:-value" },
	{ { "-Reason", "--task", "A\\b" }, NULL, PL_ERR_MISSING_ARGUMENT, NULL },
	{ { "-Reason", "--" }, NULL, PL_ERR_MISSING_ARGUMENT, NULL },
	{ { "-Reason", "-?" }, NULL, PL_ERR_MISSING_ARGUMENT, NULL },
	{ { "-Reason", "-1" }, "reason=-1" },
	{ { "-Reason", "-" }, "reason=-" },
	{ { "-Reason:-x" }, "reason=-x" },
	{ { "-Reason:--x" }, "reason=--x" },
	{ { "-Reason:a:b=c" }, "reason=a:b=c" },
	{ { "-Reason:" }, NULL, PL_ERR_EMPTY_VALUE, "'Reason'" },
	{ { "-Description:" }, NULL, PL_ERR_EMPTY_VALUE, "-Description '' clears it" },
	{ { "-Description", "" }, "description=" },
	{ { "-Limit", "" }, "limit=-1" },
	{ { "-Member", "" }, "member=" },
	{ { "-Member", "@()" }, "member=" },
	{ { "-Reason", "" }, NULL, PL_ERR_EMPTY_VALUE, NULL },
	{ { "-Reason", "  " }, NULL, PL_ERR_EMPTY_VALUE, NULL },
	{ { "-Task", "" }, NULL, PL_ERR_EMPTY_VALUE, NULL },
	{ { "" }, NULL, PL_ERR_EMPTY_VALUE, "'Task'" },
	{ { "-Count", "" }, NULL, PL_ERR_EMPTY_VALUE, NULL },
	{ { "-Reason", "a", "-Reason", "b" }, NULL, PL_ERR_ALREADY_BOUND, "-Reason a,b" },
	{ { "-Mine", "-Mine" }, NULL, PL_ERR_ALREADY_BOUND, NULL },
	{ { "-Reason", "@{Add='x'}" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, "Add and Remove" },
	{ { "-Member", "@{Add='x'" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, NULL },
	{ { "-Member:@{Add" }, NULL, PL_ERR_NOT_SUPPORTED_HERE, NULL },
	/* switches */
	{ { "-Mine" }, "mine=1" },
	{ { "-Mine:false" }, "" },
	{ { "-Mine:$FALSE" }, "" },
	{ { "-Mine:0" }, "" },
	{ { "-Mine:No" }, "" },
	{ { "-Mine:$true" }, "mine=1" },
	{ { "-Mine=1" }, "mine=1" },
	{ { "-Mine:yes" }, "mine=1" },
	{ { "-Mine:" }, NULL, PL_ERR_EMPTY_VALUE, "-Mine:false" },
	{ { "-Confirm:" }, NULL, PL_ERR_EMPTY_VALUE, "-Confirm:false" },
	{ { "-Mine:perhaps" }, NULL, PL_ERR_CANNOT_CONVERT, "to true or false" },
	{ { "-Mine", "false" }, NULL, PL_ERR_POSITIONAL_NOT_FOUND, "-Mine:false" },
	{ { "-Mine", "$false" }, NULL, PL_ERR_POSITIONAL_NOT_FOUND, "-Mine:false" },
	{ { "-Mine", "A\\b" }, "task=A\\b mine=1" },
	{ { "-BindParameters" }, "bind=1" },
	{ { "-BindParameters:false" }, "bind=2" },
	{ { "-BindParameters:true" }, "bind=1" },
	/* positions */
	{ { "A\\b" }, "task=A\\b" },
	{ { "-Reason", "r", "A\\b" }, "task=A\\b reason=r" },
	{ { "A\\b", "x" }, NULL, PL_ERR_POSITIONAL_NOT_FOUND, "that accepts argument 'x'." },
	{ { "-Task", "A\\b", "x" }, NULL, PL_ERR_POSITIONAL_NOT_FOUND, NULL },
	{ { "A\\b", "x=1", "y=2" }, "task=A\\b parameter=x=1|y=2|" },
	{ { "A\\b", "x=1", "y" }, NULL, PL_ERR_POSITIONAL_NOT_FOUND, "'y'" },
	{ { "A\\b", "x=1", "-Parameter:z=3" }, "task=A\\b parameter=z=3|x=1|" },
	{ { "A\\b", "x='1,2'" }, "task=A\\b parameter=x=1,2|" },
	{ { "A\\b", "x=1," }, NULL, PL_ERR_MISSING_ARGUMENT, NULL },
	{ { "A\\b", "=1" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "A\\b", "--", "-x", "--help", "a,b", "" }, "task=A\\b values=-x|--help|a,b||" },
	{ { "A\\b", "--" }, "task=A\\b" },
	{ { "A\\b", "--", "a\nb" }, NULL, PL_ERR_INVALID_TEXT, NULL },
	/* sets */
	{ { "-Task", "A\\b", "-Role", "r" }, NULL, PL_ERR_PARAMETER_SET, "parameters: -Task, -Role." },
	{ { "-Role", "r", "A\\b" }, NULL, PL_ERR_PARAMETER_SET, NULL },
	{ { "-DurationHours", "1", "-Duration", "PT1H" }, NULL, PL_ERR_PARAMETER_SET, NULL },
	{ { "-Json", "-OutputFormat", "Csv" }, NULL, PL_ERR_PARAMETER_SET, NULL },
	/* arrays */
	{ { "-Member", "a,b" }, "member=a|b|" },
	{ { "-Member", "a,", "b" }, "member=a|b|" },
	{ { "-Member:a,", "b" }, "member=a|b|" },
	{ { "-Member:a", "A\\b" }, "task=A\\b member=a|" },
	{ { "-Member", "a", "b", "-Mine" }, "member=a|b| mine=1" },
	{ { "-Member", "a", "-1" }, "member=a|-1|" },
	{ { "-Member:-a,-b" }, "member=-a|-b|" },
	{ { "-Member", "@('a','b')" }, "member=a|b|" },
	{ { "-Member", "@('a', 'b')" }, "member=a|b|" },
	{ { "-Member", "@( \"a\" , b )" }, "member=a|b|" },
	{ { "-Member", "'a','b'" }, "member=a|b|" },
	{ { "-Member", "'a', 'b'" }, "member=a|b|" },
	{ { "-Member", "a, b c ,d" }, "member=a|b c|d|" },
	{ { "-Member", "'ro,noexec'" }, "member=ro,noexec|" },
	{ { "-Member", "'it''s',x" }, "member=it's|x|" },
	{ { "-Member", "don't,x" }, "member=don't|x|" },
	{ { "-Member", "\"a,b\"" }, "member=\"a|b\"|" },
	{ { "-Member", "'',x" }, "member=|x|" },
	{ { "-Member", "a", "", "b" }, "member=a||b|" },
	{ { "-Member", " a " }, "member= a |" },
	{ { "-Member", "a,,b" }, NULL, PL_ERR_EMPTY_VALUE, NULL },
	{ { "-Member", ",a" }, NULL, PL_ERR_EMPTY_VALUE, NULL },
	{ { "-Member", "a," }, NULL, PL_ERR_MISSING_ARGUMENT, NULL },
	{ { "-Member", "a,", "-Mine" }, NULL, PL_ERR_MISSING_ARGUMENT, NULL },
	{ { "-Member" }, NULL, PL_ERR_MISSING_ARGUMENT, NULL },
	{ { "-Member", "'a" }, NULL, PL_ERR_CANNOT_CONVERT, "not closed" },
	{ { "-Member", "'a'b" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Member", "@('a'" }, NULL, PL_ERR_CANNOT_CONVERT, "@(" },
	{ { "-Member", "a", "-Member", "b" }, NULL, PL_ERR_ALREADY_BOUND, NULL },
	{ { "-Member", "a\nb" }, NULL, PL_ERR_INVALID_TEXT, NULL },
	{ { "-Parameter", "a=1,b=2" }, "parameter=a=1|b=2|" },
	{ { "-Parameter", "a='x,y',b=2" }, "parameter=a=x,y|b=2|" },
	{ { "-Parameter", "'a=x,y'" }, "parameter=a=x,y|" },
	{ { "-Parameter", "a=b=c" }, "parameter=a=b=c|" },
	{ { "-Parameter", "a=1", "b=2" }, "parameter=a=1|b=2|" },
	{ { "-Parameter", "a=" }, "parameter=a=|" },
	{ { "-Parameter", "a=x,y" }, NULL, PL_ERR_CANNOT_CONVERT, "\"name='a,b'\"" },
	{ { "-Parameter", "a" }, NULL, PL_ERR_CANNOT_CONVERT, "name=value" },
	{ { "-Operations", "auto,MANUAL" }, "operations=Auto|Manual|" },
	{ { "-Operations", "auto,other" }, NULL, PL_ERR_CANNOT_CONVERT, "one of Manual, Auto" },
	/* types */
	{ { "-Task", "Linux/restart-web" }, "task=Linux\\restart-web" },
	{ { "-Task", "Linuxrestart-web" }, NULL, PL_ERR_CANNOT_CONVERT, "Scope/Name" },
	{ { "-Task", "Linux\\*" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Name", "Linux\\*" }, "name=Linux\\*" },
	{ { "-Name", "*" }, "name=*" },
	{ { "-Kind", "auto" }, "kind=Auto" },
	{ { "-Kind", "aut" }, NULL, PL_ERR_CANNOT_CONVERT, "did you mean Auto?" },
	{ { "-Kind", "x" }, NULL, PL_ERR_CANNOT_CONVERT, "one of Manual, Auto" },
	{ { "-Account", "alice@example.org" }, "account=alice@example.org" },
	{ { "-Account", "a b" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Count", "2" }, "count=2" },
	{ { "-Count", "10" }, "count=10" },
	{ { "-Count", "1" }, NULL, PL_ERR_CANNOT_CONVERT, "from 2 to 10" },
	{ { "-Count", "11" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Count", "-3" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Count", "+3" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Count", " 3" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Count", "0x3" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Count", "3e0" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Limit", "0" }, NULL, PL_ERR_CANNOT_CONVERT, "at least 1" },
	{ { "-Limit", "9223372036854775807" }, "limit=9223372036854775807" },
	{ { "-Limit", "9223372036854775808" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-DurationHours", "0" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-DurationHours", "-1" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-DurationHours", "87600" }, "duration=315360000" },
	{ { "-DurationHours", "87601" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-DurationHours", "4294967297" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Duration", "PT4M" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-StartTimeUtc", "2026-11-21T04:43:00Z" }, "start=1795236180" },
	{ { "-StartTimeUtc", "2026-11-21" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-StartDate", "2026-11-21" }, "from=1795219200" },
	{ { "-EndDate", "2026-11-21" }, "to=1795305599" },
	{ { "-StartDate", "2100-02-29" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Path", "/tmp/x" }, "path=/tmp/x" },
	{ { "-Path", "a\tb" }, NULL, PL_ERR_INVALID_TEXT, NULL },
	{ { "-Reason", "a\nb" }, NULL, PL_ERR_INVALID_TEXT, NULL },
	{ { "-Reason", "a\xc2\x9b" "b" }, NULL, PL_ERR_INVALID_TEXT, NULL },
	{ { "-Reason", "\xff" }, NULL, PL_ERR_INVALID_TEXT, NULL },
	{ { "-Description", "\xed\xa0\x80" }, NULL, PL_ERR_INVALID_TEXT, NULL },
	{ { "-Reason", "a\xe2\x80\xae" "b" }, "reason=a\xe2\x80\xae" "b" },
	{ { "-Kind", "\x1b[2J" }, NULL, PL_ERR_INVALID_TEXT, NULL },
	{ { "-Database", "" }, NULL, PL_ERR_EMPTY_VALUE, NULL },
	{ { "-OutputFormat", "xml" }, NULL, PL_ERR_CANNOT_CONVERT, "JsonLines" },
	{ { "-o", "json", "-Reason", "r" }, "reason=r" },
	{ { "-InputObject", "x" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-InputObject", "-", "-Reason", "r" }, "reason=r" },
	/* identities */
	{ { "-Role", "1234ABCD-aaaa-4BBB-8ccc-0123456789AF" }, "role=1234abcd-aaaa-4bbb-8ccc-0123456789af" },
	{ { "-Role", "1234ABCD-aaaa-4BBB-8ccc-0123456789AG" }, "role=1234ABCD-aaaa-4BBB-8ccc-0123456789AG" },
	{ { "-Role", "Bob@Example.ORG" }, "role=Bob@Example.ORG" },
	{ { "-Description", "1234ABCD-AAAA-4BBB-8CCC-0123456789AF" },
	    "description=1234ABCD-AAAA-4BBB-8CCC-0123456789AF" },
	/* new names */
	{ { "-Label", "Web (Leipzig) - 2*" }, NULL, PL_ERR_CANNOT_CONVERT, "without * and ?" },
	{ { "-Label", "Web (Leipzig) - 2" }, "label=Web (Leipzig) - 2" },
	{ { "-Label", "web?" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Label:-web" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Label", "@web" }, NULL, PL_ERR_CANNOT_CONVERT, NULL },
	{ { "-Label", "a-b@web" }, "label=a-b@web" },
	{ { "-Label", "" }, NULL, PL_ERR_EMPTY_VALUE, NULL },
	/* the first fault is told */
	{ { "-Nothing", "-Mine:perhaps", "-Reason" }, NULL, PL_ERR_PARAMETER_NOT_FOUND, "'Nothing'" },
};

/* Bind, check sets, convert: the order of the commands. */
static enum pl_status
bind_all(struct pl_ctx *ctx, int argc, char *const argv[], struct pl_buf *out)
{
	struct pl_binding b;
	struct pl_common common = { 0 };
	enum pl_status st;
	void *args = NULL;

	st = pl_binding_init(ctx, &b, &command);
	if (st == PL_OK)
		st = pl_bind_argv(ctx, &b, argc, argv);
	if (st == PL_OK)
		st = pl_common_fill(ctx, &b, &common);
	if (st == PL_OK)
		st = pl_args_new(ctx, &b, &args);
	if (st == PL_OK)
		sample_print(args, out);
	pl_args_free(&command, args);
	pl_common_clear(&common);
	pl_binding_clear(&b);
	return st;
}

static void
run_case(const struct bind_case *c)
{
	char *argv[WORDS_MAX + 2] = { (char[]){ "new-sample" } };
	struct pl_ctx ctx;
	struct pl_buf out;
	enum pl_status st;
	int argc = 1;

	/* An empty slot ends the words: an empty word is "" there. */
	while (argc <= WORDS_MAX && c->argv[argc - 1] != NULL) {
		argv[argc] = strdup(c->argv[argc - 1]);
		argc++;
	}
	pl_ctx_init(&ctx);
	pl_buf_init(&out);
	st = bind_all(&ctx, argc, argv, &out);
	if (c->bound != NULL) {
		CHECK_INT(st, PL_OK);
		CHECK_STR(st == PL_OK ? out.text : ctx.failure.message, c->bound);
	} else {
		CHECK_STR(pl_error_def(ctx.failure.error)->id, pl_error_def(c->error)->id);
		CHECK_INT(st, PL_E_USAGE);
		if (c->says != NULL && strstr(ctx.failure.message, c->says) == NULL &&
		    strstr(ctx.failure.hint, c->says) == NULL)
			CHECK_STR(ctx.failure.message, c->says);
	}
	while (--argc > 0)
		free(argv[argc]);
	pl_buf_clear(&out);
	pl_ctx_clear(&ctx);
}

static void
test_lengths(void)
{
	static const struct {
		const char *name;
		size_t len;
		enum pl_error error;
	} lengths[] = {
		{ "-Reason", 2000, PL_ERR_NONE }, { "-Reason", 2001, PL_ERR_INVALID_TEXT },
		{ "-Reason", 131071, PL_ERR_INVALID_TEXT },
		{ "-Role", 255, PL_ERR_NONE }, { "-Role", 256, PL_ERR_INVALID_TEXT },
		{ "-Label", 128, PL_ERR_NONE }, { "-Label", 129, PL_ERR_INVALID_TEXT },
		{ "-Description", 256, PL_ERR_NONE },
	};
	size_t i;

	for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		char *word = malloc(lengths[i].len + 1);
		char *name = strdup(lengths[i].name), *argv[] = { (char[]){ "x" }, name, word, NULL };
		struct pl_ctx ctx;
		struct pl_buf out;

		memset(word, 'r', lengths[i].len);
		word[lengths[i].len] = '\0';
		pl_ctx_init(&ctx);
		pl_buf_init(&out);
		(void)bind_all(&ctx, 3, argv, &out);
		CHECK_INT(ctx.failure.error, lengths[i].error);
		pl_buf_clear(&out);
		pl_ctx_clear(&ctx);
		free(word);
		free(name);
	}
}

static void
test_missing(void)
{
	char *argv[] = { (char[]){ "x" }, (char[]){ "-Mine" }, NULL };
	struct pl_binding b;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK_INT(pl_binding_init(&ctx, &b, &command), PL_OK);
	CHECK_INT(pl_bind_argv(&ctx, &b, 2, argv), PL_OK);
	CHECK_INT(pl_bind_check_missing(&ctx, &b, NULL), PL_E_USAGE);
	CHECK_STR(ctx.failure.message,
	    "Cannot process command because of one or more missing mandatory parameters: Task Reason.");
	CHECK_STR(ctx.failure.hint, "give one of -Task, -Role");
	CHECK_INT(pl_bind_check_missing(&ctx, &b, pl_bind_pipe_target(&b)), PL_E_USAGE);
	CHECK_STR(ctx.failure.message,
	    "Cannot process command because of one or more missing mandatory parameters: Reason.");
	pl_binding_clear(&b);
	pl_ctx_clear(&ctx);
}

static void
test_show(void)
{
	char shown[PL_SHOWN_SIZE], value[1001];

	CHECK_STR(pl_show("plain", shown), "plain");
	CHECK_STR(pl_show("a\x1b\xff", shown), "a\\u{1b}\\xff");
	memset(value, 'x', 1000);
	value[1000] = '\0';
	CHECK(strlen(pl_show(value, shown)) < PL_SHOWN_SIZE);
	CHECK(strcmp(shown + strlen(shown) - 3, "...") == 0);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		run_case(&cases[i]);
	test_lengths();
	test_missing();
	test_show();
	return unit_end();
}
