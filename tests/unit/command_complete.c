/* command_complete.c - what may stand at the end of a command line, case by case: words in, offers out */

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "command/bind/complete.h"

static const char *const kinds[] = { "Manual", "Auto", "Other", NULL };

struct args {
	char *task, *kind, *account, *group, *path, *directory, *member, *kinds, *parameter, *values, *reason;
	char *program;
	int64_t duration_s;
	bool mine;
	enum pl_choice bind;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Task", IN(PL_TASK, task), .position = 1, .flags = PL_REQUIRED, .set = 1, .alias = "Identity",
	  .help = "which" },
	{ "Role", IN(PL_TASK, task), .flags = PL_REQUIRED, .set = 1 },
	{ "Kind", IN(PL_ENUM, kind), .position = 2, .values = kinds },
	{ "Account", IN(PL_ACCOUNT, account), .source = PL_SOURCE_USER },
	{ "UnixGroup", IN(PL_STRING, group), .source = PL_SOURCE_UNIX_GROUP },
	{ "Path", IN(PL_OUT_PATH, path) },
	{ "Program", IN(PL_STRING, program), .source = PL_SOURCE_FILE },
	{ "WorkingDirectory", IN(PL_STRING, directory), .source = PL_SOURCE_DIRECTORY },
	{ "Member", IN(PL_LIST, member), .source = PL_SOURCE_USER },
	{ "Kinds", IN(PL_ENUM_LIST, kinds), .values = kinds },
	{ "Parameter", IN(PL_MAP, parameter), .flags = PL_REST, .source = PL_SOURCE_DECLARATION },
	{ "Values", IN(PL_LIST, values), .flags = PL_REST_VALUES },
	{ "Reason", IN(PL_REASON, reason), .flags = PL_REQUIRED, .help = "why\xe2\x80\xae" },
	{ "DurationHours", IN(PL_HOURS, duration_s), .set = 2 },
	{ "Duration", IN(PL_DURATION, duration_s), .set = 2 },
	{ "Mine", IN(PL_SWITCH, mine) },
	{ "BindParameters", IN(PL_BOOL, bind) },
	{ 0 }
};

#undef IN

static const struct pl_column columns[] = {
	PL_COLUMN(struct args, "Task", TEXT, task, NULL, PL_COL_ID, NULL),
	PL_COLUMN(struct args, "Reason", TEXT, reason, NULL, 0, NULL),
	{ 0 }
};

static const struct pl_noun noun = { .name = "Sample", .columns = columns, .row_size = sizeof(struct args) };

static const struct pl_command command = {
	.name = "new-sample", .summary = "a sample", .needs = PL_NEED_STORE_WRITE | PL_LISTS,
	.params = params, .args_size = sizeof(struct args), .output = &noun,
};

enum { WORDS_MAX = 8 };

/* The last word is the one under the cursor; `offers` are kinds and words, each ended by a bar. */
static const struct complete_case {
	const char *argv[WORDS_MAX];
	const char *offers;
} cases[] = {
	/* names, in the spelling that was begun */
	{ { "-Dur" }, "word -DurationHours|word -Duration|" },
	{ { "-dur" }, "word -DurationHours|word -Duration|" },
	{ { "--dur" }, "word --duration-hours|word --duration|" },
	{ { "--duration-h" }, "word --duration-hours|" },
	{ { "--durationh" }, "word --duration-hours|" },
	{ { "-Iden" }, "word -Identity|" },
	{ { "--i" }, "word --identity|" },
	{ { "-Nothing" }, "" },
	{ { "-Values" }, "" },
	{ { "-a234567890123456789012345678901234567890123456789012345678901234567890" }, "" },
	{ { "-Deb" }, "word -Debug|" },
	{ { "-Database" }, "word -Database|" },
	/* what is given, and what that excludes */
	{ { "-Duration", "PT1H", "-Dur" }, "" },
	{ { "-DurationHours:1", "-Dur" }, "" },
	{ { "-Mine", "-Mi" }, "" },
	{ { "-Mine:false", "-Mi" }, "" },
	{ { "x\\y", "-Ta" }, "" },
	{ { "x\\y", "-Ro" }, "" },
	{ { "-Json", "-Ou" }, "" },
	{ { "-Reason", "-Rea" }, "" },
	/* values that the table knows */
	{ { "-Kind", "" }, "word Manual|word Auto|word Other|" },
	{ { "-Kind", "m" }, "word Manual|" },
	{ { "-Kind:m" }, "word -Kind:Manual|" },
	{ { "-kind=A" }, "word -kind=Auto|" },
	{ { "--kind=A" }, "word --kind=Auto|" },
	{ { "--kind:o" }, "word --kind:Other|" },
	{ { "-Ki:o" }, "" },
	{ { "-Kind:Auto", "-Kind:" }, "" },
	{ { "-Nothing:" }, "" },
	{ { "-Kind", "Auto", "-Reason", "A" }, "" },
	{ { "-BindParameters:" }, "word -BindParameters:true|word -BindParameters:false|" },
	{ { "-Mine=F" }, "word -Mine=false|" },
	{ { "-o", "js" }, "word Json|word JsonLines|" },
	{ { "-Confirm:" }, "word -Confirm:true|word -Confirm:false|" },
	{ { "-SortBy", "r" }, "word Reason|" },
	/* lists: behind the comma, and not the same again */
	{ { "-Kinds", "Auto," }, "word Auto,Manual|word Auto,Other|" },
	{ { "-Kinds", "Auto,m" }, "word Auto,Manual|" },
	{ { "-Kinds:Auto,Manual," }, "word -Kinds:Auto,Manual,Other|" },
	{ { "-Kinds", "Auto", "" }, "word Manual|word Other|" },
	{ { "-Kinds", "Auto,", "m" }, "word Manual|" },
	{ { "-Kinds:Auto,", "m" }, "word Manual|" },
	{ { "-Kinds:Auto", "x" }, "" },
	{ { "-Property", "Task,r" }, "word Task,Reason|" },
	{ { "-Property", "*,r" }, "word *,Reason|" },
	/* what the shell knows */
	{ { "-Account", "a" }, "users |" },
	{ { "-Account:a" }, "users -Account:|" },
	{ { "-UnixGroup", "" }, "groups |" },
	{ { "-Path", "/e" }, "files |" },
	{ { "--path=/e" }, "files --path=|" },
	{ { "-Program", "" }, "files |" },
	{ { "-Database:x" }, "files -Database:|" },
	{ { "-WorkingDirectory", "/" }, "directories |" },
	{ { "-Member", "alice,b" }, "users alice,|" },
	{ { "-Member:alice,b" }, "users -Member:alice,|" },
	{ { "-Member", "alice", "b" }, "users |" },
	/* positions, one after the other; then words with an equals sign, and what follows -- */
	{ { "x\\y", "M" }, "word Manual|" },
	{ { "x\\y", "-Kind", "Auto", "u" }, "" },
	{ { "x\\y", "Auto", "u=" }, "word u=word|part u=int:|part u=choice:|part u=path:/|part u=text:|" },
	{ { "x\\y", "Auto", "u=c" }, "part u=choice:|" },
	{ { "-Parameter", "u=word,v=t" }, "part u=word,v=text:|" },
	{ { "x\\y", "--", "M" }, "" },
	{ { "x\\y", "--", "-M" }, "" },
	/* nothing is begun */
	{ { "" }, "word -Task|word -Reason|" },
	{ { "x\\y", "Auto", "" }, "word -Reason|" },
	{ { "-Reason", "" }, "" },
	{ { "-Reason", "r", "x\\y", "Auto", "" }, "word -Account|word -UnixGroup|word -Path|word -Program|"
	    "word -WorkingDirectory|word -Member|word -Kinds|word -Parameter|word -DurationHours|word -Duration|"
	    "word -Mine|word -BindParameters|" },
	/* what is wrong before does not matter */
	{ { "-Nothing", "-Kinds:,", "-Rea" }, "word -Reason|" },
	{ { "-Kind", "-Mine", "M" }, "" },
	/* a word that cannot be told in a line */
	{ { "-Member", "a\nb," }, "" },
	{ { "-Member", "a\tb," }, "" },
	{ { "-Member", "a\xff," }, "" },
};

/* "word\t-Kind\thelp\n" as "word -Kind|". */
static void
flatten(const struct pl_buf *out, struct pl_buf *flat)
{
	const char *at = out->text, *end;

	for (; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		const char *first = strchr(at, '\t'), *second = strchr(first + 1, '\t');

		CHECK(second != NULL && second < end);
		pl_buf_printf(flat, "%.*s %.*s|", (int)(first - at), at, (int)(second - first - 1), first + 1);
	}
}

static void
complete(const char *const words[], struct pl_buf *out)
{
	char *argv[WORDS_MAX + 2] = { (char[]){ "new-sample" } };
	int argc = 1;

	for (; argc <= WORDS_MAX && words[argc - 1] != NULL; argc++)
		argv[argc] = strdup(words[argc - 1]);
	pl_complete_words(&command, argc, argv, out);
	while (--argc > 0)
		free(argv[argc]);
}

static void
run_case(const struct complete_case *c)
{
	struct pl_buf out, flat;

	pl_buf_init(&out);
	pl_buf_init(&flat);
	complete(c->argv, &out);
	flatten(&out, &flat);
	CHECK_STR(flat.text, c->offers);
	pl_buf_clear(&out);
	pl_buf_clear(&flat);
}

static void
test_lines(void)
{
	static const char *const named[] = { "-Reas", NULL }, *const all[] = { "x\\y", "-", NULL };
	struct pl_buf out;

	pl_buf_init(&out);
	complete(named, &out);
	CHECK_STR(out.text, "word\t-Reason\twhy\\u{202e}\n");
	pl_buf_reset(&out);
	complete(all, &out);
	CHECK(strstr(out.text, "word\t-Kind\t\n") != NULL);
	CHECK(strstr(out.text, "word\t-WhatIf\tcheck everything, change nothing\n") != NULL);
	CHECK(strstr(out.text, "-Task\t") == NULL);
	pl_buf_clear(&out);
}

/* Stored by somebody else, on the way into a command line. */
static void
test_offers(void)
{
	static const struct {
		const char *word, *value;
		size_t kept;
		bool list, dashed;
		const char *offers;
	} offers[] = {
		{ "", "plain", 0, false, false, "word plain|" },
		{ "PL", "plain", 0, false, false, "word plain|" },
		{ "x", "plain", 0, false, false, "" },
		{ "", "", 0, false, false, "" },
		{ "", "$(touch x)`y`;'\"", 0, false, false, "word $(touch x)`y`;'\"|" },
		{ "", "a\nword\tb", 0, false, false, "" },
		{ "", "a\tb", 0, false, false, "" },
		{ "", "a\x1b[2J", 0, false, false, "" },
		{ "", "a\xe2\x80\xae" "b", 0, false, false, "" },
		{ "", "a\xff", 0, false, false, "" },
		{ "", "-WhatIf:false", 0, false, false, "" },
		{ "-Role:", "-x", 6, false, false, "word -Role:-x|" },
		{ "", "-x", 0, false, true, "word -x|" },
		{ "", "@{x", 0, false, false, "" },
		{ "", "a,b", 0, false, false, "word a,b|" },
		{ "", "a,b", 0, true, false, "" },
		{ "", "it's", 0, true, false, "" },
		{ "a,", "a", 2, true, false, "" },
		{ "aa,", "a", 3, true, false, "word aa,a|" },
	};
	static const struct pl_param one = { "Role", .type = PL_PARAM_STRING };
	static const struct pl_param list = { "Role", .type = PL_PARAM_LIST };
	size_t i;

	for (i = 0; i < sizeof offers / sizeof offers[0]; i++) {
		struct pl_binding b = { .dashed = offers[i].dashed };
		struct pl_buf out, flat;
		struct pl_completion c = { .binding = &b, .word = offers[i].word, .kept = offers[i].kept,
			.param = offers[i].list ? &list : &one, .out = &out };

		pl_buf_init(&out);
		pl_buf_init(&flat);
		pl_complete_offer(&c, offers[i].value, "", false);
		pl_complete_offer(&c, offers[i].value, "again", false);
		flatten(&out, &flat);
		CHECK_STR(flat.text, offers[i].offers);
		pl_buf_clear(&out);
		pl_buf_clear(&flat);
	}
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		run_case(&cases[i]);
	test_lines();
	test_offers();
	return unit_end();
}
