/* task_file.c - fuzzes the parser of task files, which reads as root */

#include "pamlite/task_file.h"

#include "fuzz.h"

static bool
is_place(const char *path)
{
	return path == NULL || (path[0] == '/' && strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
	    strstr(path, "/../") == NULL && (strlen(path) < 3 || strcmp(path + strlen(path) - 3, "/..") != 0));
}

/* A text that is accepted is the only one of its definition, and its file's name leads back to it. */
static void
check_accepted(const struct pl_task_file *f, const char *text, size_t len)
{
	char file[PL_TASK_FILE_NAME_MAX + 1], digest[PL_DIGEST_LEN + 1];
	struct pl_buf again, why;

	pl_buf_init(&again);
	pl_buf_init(&why);
	pl_definition_format(&f->definition, &again);
	if (!pl_buf_failed(&again))
		demand(again.len == len && memcmp(again.text, text, len) == 0, "the text comes again");
	demand(pl_definition_check(&f->definition, &why), "the definition is sound");
	demand(is_place(f->definition.path) && is_place(f->definition.called) &&
	    is_place(f->definition.working_directory), "no path is relative, or leads up");
	demand(pl_definition_digest(&f->definition, digest) && strcmp(digest, f->digest) == 0,
	    "the digest is the text's");
	demand(f->definition.arguments != NULL && f->definition.parameters != NULL && f->definition.environment != NULL,
	    "lists are there");
	if (pl_task_file_name(f->definition.name, f->digest, file))
		demand(pl_task_file_name_parse(file, f->definition.name, digest) && strcmp(digest, f->digest) == 0,
		    "the name leads back");
	pl_buf_clear(&again);
	pl_buf_clear(&why);
}

/* Any text as the name of a file: what is taken for one is made again by the other direction. */
static void
check_name(const char *text, size_t len)
{
	char name[512], digest[PL_DIGEST_LEN + 1];

	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, text, len);
	name[len] = '\0';
	if (pl_task_file_name_parse(name, NULL, digest))
		demand(strchr(name, '/') == NULL && strlen(digest) == PL_DIGEST_LEN, "a name is a file's");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct pl_task_file f;
	struct pl_buf why;
	bool ok;

	pl_buf_init(&why);
	ok = pl_task_file_parse(text, size, &f, &why);
	demand(ok == (why.len == 0), "a refusal has a reason");
	if (ok)
		check_accepted(&f, text, size);
	pl_task_file_clear(&f);
	if (size > 0)
		check_name(text, size);
	pl_buf_clear(&why);
	return 0;
}
