/* environment.c - what a task finds in its environment: constants, its account, its own, nothing of the caller's */

#include "pamlite/run.h"

#include <string.h>

#include "pamlite/list.h"

enum { TERM_MAX = 32 };

/* Programs build paths and escape sequences from TERM. */
const char *
pl_run_term(const char *term)
{
	size_t len;

	if (term == NULL)
		return "dumb";
	len = strspn(term, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-+._");
	return len > 0 && len <= TERM_MAX && term[len] == '\0' ? term : "dumb";
}

/*
 * A name stands once: with two of them shells and libc would disagree about
 * which counts. Registration refuses these names already; here they cannot win.
 */
static bool
is_ours(const struct pl_item *name)
{
	static const char *const names[] = { "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LC_ALL", "TERM" };
	static const char prefix[] = "PAMLITE_";
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (pl_item_is(name, names[i]))
			return true;
	return name->len >= sizeof(prefix) - 1 && memcmp(name->text, prefix, sizeof(prefix) - 1) == 0;
}

static void
add(struct pl_buf *out, const char *name, const char *value)
{
	if (value != NULL)
		pl_buf_printf(out, "%s=%s\n", name, value);
}

bool
pl_run_environment(const struct pl_run_identity *id, const char *task_environment, struct pl_buf *out)
{
	struct pl_item it, name, value;

	add(out, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	add(out, "HOME", id->home != NULL ? id->home : "/");
	add(out, "USER", id->account);
	add(out, "LOGNAME", id->account);
	add(out, "SHELL", id->shell != NULL ? id->shell : "/bin/sh");
	add(out, "LC_ALL", "C.UTF-8");
	add(out, "TERM", pl_run_term(id->term));
	add(out, "PAMLITE_REQUEST", id->request);
	add(out, "PAMLITE_REQUESTOR", id->requestor);
	while (pl_list_next(&task_environment, &it)) {
		if (!pl_item_split(&it, &name, &value) || name.len == 0 || is_ours(&name))
			continue;
		pl_buf_bytes(out, it.text, it.len);
		pl_buf_char(out, '\n');
	}
	return !pl_buf_failed(out);
}
