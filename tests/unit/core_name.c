/* core_name.c - tests of task names, patterns and cmdlet names */

#include "pamlite/name.h"

#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAME_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* The expected form; NULL where it is refused. */
static const struct {
	const char *text, *name, *pattern;
} names[] = {
	{ "Linux\\restart-web", "Linux\\restart-web", "Linux\\restart-web" },
	{ "Linux/restart-web", "Linux\\restart-web", "Linux\\restart-web" },
	{ "Exchange\\New-MoveRequest", "Exchange\\New-MoveRequest", "Exchange\\New-MoveRequest" },
	{ "a-1/9 a._-", "a-1\\9 a._-", "a-1\\9 a._-" },
	{ "L/x", "L\\x", "L\\x" },
	{ "L/" NAME_64 NAME_64, "L\\" NAME_64 NAME_64, "L\\" NAME_64 NAME_64 },
	{ "L/" NAME_64 NAME_64 "a", NULL, NULL },
	{ NAME_64 NAME_64 "/" NAME_64 NAME_64, NULL, NULL },
	{ NAME_64 NAME_64 "/" NAME_64 NAME_64 "aa", NULL, NULL },
	{ "restart-web", NULL, NULL },
	{ "1Linux\\x", NULL, NULL },
	{ "-Linux\\x", NULL, NULL },
	{ "Li nux\\x", NULL, NULL },
	{ "Li.nux\\x", NULL, NULL },
	{ "Linux\\", NULL, NULL },
	{ "\\x", NULL, NULL },
	{ "/bin/sh", NULL, NULL },
	{ "Linux\\\\x", NULL, NULL },
	{ "Linux\\a\\b", NULL, NULL },
	{ "Linux/a/b", NULL, NULL },
	{ "Linux\\ x", NULL, NULL },
	{ "Linux\\.x", NULL, NULL },
	{ "Linux\\-x", NULL, NULL },
	{ "Linux\\_x", NULL, NULL },
	{ "Linux\\x\n", NULL, NULL },
	{ "Linux\\\u00e4", NULL, NULL },
	{ "Linux\\x;y", NULL, NULL },
	{ "*", NULL, "*" },
	{ "Linux\\*", NULL, "Linux\\*" },
	{ "*/restart-?", NULL, "*\\restart-?" },
	{ "Lin*/web?x", NULL, "Lin*\\web?x" },
	{ "**", NULL, NULL },
	{ "?", NULL, NULL },
	{ "Linux\\[a]", NULL, NULL },
	{ "Linux\\%", NULL, NULL },
	{ "", NULL, NULL },
	{ NULL, NULL, NULL },
};

int
main(void)
{
	char out[PL_TASK_NAME_MAX + 1], cmdlet[PL_COMMAND_NAME_MAX + 1];

	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK(pl_task_name_parse(names[i].text, out) == (names[i].name != NULL));
		CHECK_STR(out, names[i].name != NULL ? names[i].name : "");
		CHECK(pl_task_pattern_parse(names[i].text, out) == (names[i].pattern != NULL));
		CHECK_STR(out, names[i].pattern != NULL ? names[i].pattern : "");
	}
	pl_cmdlet_name("new-elevated-access-request", cmdlet);
	CHECK_STR(cmdlet, "New-ElevatedAccessRequest");
	pl_cmdlet_name("test-elevated-access", cmdlet);
	CHECK_STR(cmdlet, "Test-ElevatedAccess");
	pl_cmdlet_name("", cmdlet);
	CHECK_STR(cmdlet, "");
	pl_cmdlet_name(NAME_64 NAME_64, cmdlet);
	CHECK_INT(strlen(cmdlet), PL_COMMAND_NAME_MAX);
	CHECK(pl_name_is_pattern("a*"));
	CHECK(pl_name_is_pattern("?"));
	CHECK(!pl_name_is_pattern("Linux\\restart-web"));
	CHECK(!pl_name_is_pattern(""));
	return unit_end();
}
