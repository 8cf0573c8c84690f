/* name.c - names of tasks and of commands */

#include "pamlite/name.h"

#include <string.h>

enum { OWN_NAME_MAX = 128 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char wildcards[] = "*?";

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_letter(char c)
{
	return is_one_of(c, letters);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Scope and name with the separator between them; `others` are allowed everywhere. */
static bool
parse(const char *s, const char *others, char out[PL_TASK_NAME_MAX + 1])
{
	size_t len, scope;

	out[0] = '\0';
	len = s != NULL ? strnlen(s, PL_TASK_NAME_MAX + 1) : 0;
	if (len == 0 || len > PL_TASK_NAME_MAX || !(is_letter(s[0]) || is_one_of(s[0], others)))
		return false;
	for (scope = 1; s[scope] != '\\' && s[scope] != '/'; scope++)
		if (!is_letter(s[scope]) && !is_digit(s[scope]) && s[scope] != '-' && !is_one_of(s[scope], others))
			return false;
	if (len - scope - 1 < 1 || len - scope - 1 > OWN_NAME_MAX)
		return false;
	for (size_t i = scope + 1; i < len; i++) {
		if (is_letter(s[i]) || is_digit(s[i]) || is_one_of(s[i], others))
			continue;
		if (i == scope + 1 || !is_one_of(s[i], " ._-"))
			return false;
	}
	memcpy(out, s, len + 1);
	out[scope] = '\\';
	return true;
}

bool
pl_task_name_parse(const char *s, char out[PL_TASK_NAME_MAX + 1])
{
	return parse(s, "", out);
}

bool
pl_task_pattern_parse(const char *s, char out[PL_TASK_NAME_MAX + 1])
{
	if (s != NULL && strcmp(s, "*") == 0) {
		memcpy(out, s, 2);
		return true;
	}
	return parse(s, wildcards, out);
}

void
pl_cmdlet_name(const char *command, char out[PL_COMMAND_NAME_MAX + 1])
{
	bool begins = true, in_noun = false;
	size_t n = 0;

	for (const char *p = command; *p != '\0' && n < PL_COMMAND_NAME_MAX; p++) {
		if (*p == '-') {
			begins = true;
			if (!in_noun)
				out[n++] = '-';
			in_noun = true;
			continue;
		}
		out[n++] = begins && *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
		begins = false;
	}
	out[n] = '\0';
}

bool
pl_name_is_pattern(const char *s)
{
	return strpbrk(s, wildcards) != NULL;
}
