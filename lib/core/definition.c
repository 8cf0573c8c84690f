/* definition.c - what a registered task is, as text with a digest */

#include "pamlite/definition.h"

#include <string.h>

#include "pamlite/name.h"
#include "pamlite/text.h"
#include "pamlite/typed.h"

#include "core/typed_map.h"

static void
put(struct pl_buf *out, const char *key, const char *value)
{
	pl_buf_text(out, key);
	pl_buf_char(out, ' ');
	pl_buf_text(out, value);
	pl_buf_char(out, '\n');
}

static void
put_each(struct pl_buf *out, const char *key, const char *list)
{
	struct pl_item it;

	while (pl_list_next(&list, &it)) {
		pl_buf_text(out, key);
		pl_buf_char(out, ' ');
		pl_buf_bytes(out, it.text, it.len);
		pl_buf_char(out, '\n');
	}
}

static bool
is_given(const char *s)
{
	return s != NULL && s[0] != '\0';
}

void
pl_definition_format(const struct pl_definition *def, struct pl_buf *out)
{
	put(out, "Name", def->name);
	put(out, "Path", def->path);
	if (is_given(def->called))
		put(out, "Called", def->called);
	put_each(out, "Argument", def->arguments);
	put_each(out, "Parameter", def->parameters);
	put(out, "RunAs", def->run_as);
	if (is_given(def->working_directory))
		put(out, "WorkingDirectory", def->working_directory);
	put_each(out, "Environment", def->environment);
	if (is_given(def->sha256)) {
		pl_buf_text(out, "Sha256 ");
		for (const char *p = def->sha256; *p != '\0'; p++)
			pl_buf_char(out, *p >= 'A' && *p <= 'F' ? (char)(*p - 'A' + 'a') : *p);
		pl_buf_char(out, '\n');
	}
}

bool
pl_definition_digest(const struct pl_definition *def, char out[PL_DIGEST_LEN + 1])
{
	struct pl_digest d;
	struct pl_buf text;
	bool ok;

	out[0] = '\0';
	pl_buf_init(&text);
	pl_definition_format(def, &text);
	ok = !pl_buf_failed(&text);
	if (ok) {
		pl_digest_start(&d);
		pl_digest_add(&d, text.text, text.len);
		pl_digest_end(&d, out);
	}
	pl_buf_clear(&text);
	return ok;
}

/*
 * Names that would change what a program is before it begins, by way of its
 * loader, its C library, its shell or its interpreter; and those that the
 * executor sets itself. A name that ends in a star stands for all that begin so.
 */
static bool
is_refused_variable(const struct pl_item *name)
{
	static const char *const refused[] = {
		"LD_*", "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "NLSPATH", "MALLOC_*",
		"BASH_ENV", "BASHOPTS", "ENV", "IFS", "PS4", "SHELLOPTS",
		"NODE_OPTIONS", "PERL5LIB", "PERL5OPT", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "RUBYLIB",
		"RUBYOPT",
		"HOME", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "PAMLITE_*",
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		size_t len = strcspn(refused[i], "*");
		bool fits = refused[i][len] == '*' ? name->len >= len : name->len == len;

		if (fits && memcmp(name->text, refused[i], len) == 0)
			return true;
	}
	return false;
}

static bool
check_environment(const char *environment, struct pl_buf *why)
{
	struct pl_typed_map map;

	if (!pl_typed_map_read(environment, &map, why))
		return false;
	for (size_t i = 0; i < map.count; i++) {
		const struct pl_typed_entry *e = &map.entries[i];

		if (!pl_typed_is_name(&e->name) || memchr(e->name.text, '-', e->name.len) != NULL) {
			pl_buf_printf(why, "'" PL_SHOWN "' cannot be the name of an environment variable",
			    PL_SHOW(&e->name));
			return false;
		}
		if (is_refused_variable(&e->name)) {
			pl_buf_printf(why, "the environment variable " PL_SHOWN " may not be set", PL_SHOW(&e->name));
			return false;
		}
	}
	return true;
}

/* A line of the canonical text must be one line, whatever it says. */
static bool
check_lines(const char *what, const char *list, struct pl_buf *why)
{
	struct pl_item it;

	if (list != NULL && strlen(list) > PL_LINE_MAX) {
		pl_buf_printf(why, "%s is too long", what);
		return false;
	}
	while (pl_list_next(&list, &it)) {
		if (!pl_text_is_line(it.text, it.len)) {
			pl_buf_printf(why, "%s holds a control character or text that is not UTF-8", what);
			return false;
		}
	}
	return true;
}

static bool
is_sha256(const char *s)
{
	return strlen(s) == PL_DIGEST_LEN && strspn(s, "0123456789abcdefABCDEF") == PL_DIGEST_LEN;
}

/* The name in its own form: with the backslash, so that one task has one text. */
static bool
is_task_name(const char *s)
{
	char name[PL_TASK_NAME_MAX + 1];

	return pl_task_name_parse(s, name) && strcmp(s, name) == 0;
}

bool
pl_definition_check(const struct pl_definition *def, struct pl_buf *why)
{
	const char *wrong = NULL;

	if (!is_task_name(def->name))
		wrong = "the name is not of the form Scope\\Name";
	else if (!pl_path_is_canonical(def->path) || def->path[1] == '\0')
		wrong = "the path of the program must be absolute, without '.', '..', '//' and a slash at the end";
	else if (is_given(def->called) && (!pl_path_is_canonical(def->called) || strcmp(def->called, def->path) == 0))
		wrong = "the name that the program is called by must be another absolute path, without '.', '..' "
			"and '//'";
	else if (!pl_text_is_account(def->run_as))
		wrong = "the account to run as cannot be the name of an account";
	else if (is_given(def->working_directory) && !pl_path_is_canonical(def->working_directory))
		wrong = "the working directory must be absolute, without '.', '..', '//' and a slash at the end";
	else if (is_given(def->sha256) && !is_sha256(def->sha256))
		wrong = "the SHA-256 is not 64 hexadecimal digits";
	if (wrong != NULL) {
		pl_buf_text(why, wrong);
		return false;
	}
	return check_lines("the argument list", def->arguments, why) &&
	    check_lines("the list of parameters", def->parameters, why) &&
	    check_lines("the environment", def->environment, why) &&
	    pl_typed_check_declarations(def->parameters, why) &&
	    pl_typed_check_template(def->arguments, def->parameters, why) && check_environment(def->environment, why);
}
