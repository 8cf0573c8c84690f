/* core_task_file.c - tests of task files: the one form they may have, their names, where they are read */

#include "pamlite/task_file.h"

#include <stdlib.h>

#include "pamlite/list.h"
#include "pamlite/place.h"

#include "private_tree.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHA "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA_UPPER "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"

static const struct pl_definition plain = {
	.name = "Linux\\restart-web", .path = "/usr/bin/systemctl", .run_as = "root",
};

static const struct pl_definition full = {
	.name = "Linux\\restart-web",
	.path = "/usr/bin/systemctl",
	.arguments = "restart\n\n{unit}\nWorkingDirectory /x\n",
	.parameters = "unit=word\nn=int:1..9\n",
	.run_as = "www-data",
	.working_directory = "/srv/www",
	.environment = "A=1\nB=x=y z\nC=\n",
	.sha256 = SHA,
};

static bool
parses(const char *text, size_t len)
{
	/* A copy of the exact size, so that a sanitizer sees a byte that is read beyond it. */
	char *exact = malloc(len > 0 ? len : 1);
	struct pl_task_file f;
	struct pl_buf why;
	bool ok;

	pl_buf_init(&why);
	memcpy(exact, text, len);
	ok = pl_task_file_parse(exact, len, &f, &why);
	CHECK(ok == (why.len == 0));
	CHECK(ok == (f.memory != NULL));
	pl_task_file_clear(&f);
	CHECK(f.memory == NULL && f.definition.name == NULL && f.digest[0] == '\0');
	pl_buf_clear(&why);
	free(exact);
	return ok;
}

static bool
is_part(const char *got, const char *expected, bool list)
{
	if (got == NULL || expected == NULL)
		return list ? got != NULL && got[0] == '\0' && expected == NULL : got == expected;
	return strcmp(got, expected) == 0;
}

static void
check_round_trip(const struct pl_definition *def)
{
	char digest[PL_DIGEST_LEN + 1];
	struct pl_task_file f;
	struct pl_buf text, why;

	pl_buf_init(&text);
	pl_buf_init(&why);
	pl_definition_format(def, &text);
	CHECK(pl_task_file_parse(text.text, text.len, &f, &why));
	CHECK_STR(why.text, "");
	CHECK_STR(f.definition.name, def->name);
	CHECK_STR(f.definition.path, def->path);
	CHECK(is_part(f.definition.arguments, def->arguments, true));
	CHECK(is_part(f.definition.parameters, def->parameters, true));
	CHECK_STR(f.definition.run_as, def->run_as);
	CHECK(is_part(f.definition.working_directory, def->working_directory, false));
	CHECK(is_part(f.definition.environment, def->environment, true));
	CHECK(is_part(f.definition.sha256, def->sha256, false));
	CHECK(pl_definition_digest(def, digest));
	CHECK_STR(f.digest, digest);
	pl_task_file_clear(&f);
	pl_buf_clear(&text);
	pl_buf_clear(&why);
}

static void
test_round_trips(void)
{
	struct pl_definition def = plain;

	check_round_trip(&plain);
	check_round_trip(&full);
	def.arguments = "\n";
	check_round_trip(&def);
	def.arguments = "\n\n\n";
	def.environment = "A= \n";
	check_round_trip(&def);
	def.arguments = "Argument x\nName y\n \n  a  \n\\n\n\u00e4\n";
	check_round_trip(&def);
	def = plain;
	def.sha256 = SHA;
	check_round_trip(&def);
	def = plain;
	def.working_directory = "/";
	check_round_trip(&def);
	pl_task_file_clear(NULL);
}

/* The lines of a text; the last entry is what follows the last newline. */
struct lines {
	struct pl_item line[32];
	size_t count;
};

static struct lines
split(const char *text)
{
	struct lines l = { .count = 0 };

	while (l.count < COUNT(l.line) && pl_list_next(&text, &l.line[l.count]))
		l.count++;
	return l;
}

/* The lines in another order, or another number: `order` are their numbers. */
static void
join(const struct lines *l, const size_t *order, size_t count, struct pl_buf *out)
{
	pl_buf_reset(out);
	for (size_t i = 0; i < count; i++) {
		pl_buf_bytes(out, l->line[order[i]].text, l->line[order[i]].len);
		pl_buf_char(out, '\n');
	}
}

static bool
begins(const struct pl_item *it, const char *key)
{
	return it->len >= strlen(key) && memcmp(it->text, key, strlen(key)) == 0;
}

/* May a line of it be dropped? */
static bool
is_optional(const struct pl_item *it)
{
	return !begins(it, "Name ") && !begins(it, "Path ") && !begins(it, "RunAs ") && !begins(it, "Parameter unit");
}

/* May it be there twice? The names of a map may not. */
static bool
is_repeatable(const struct pl_item *it)
{
	return begins(it, "Argument ");
}

static bool
is_same_list(const struct pl_item *a, const struct pl_item *b)
{
	return (begins(a, "Argument ") && begins(b, "Argument ")) ||
	    (begins(a, "Parameter ") && begins(b, "Parameter ")) ||
	    (begins(a, "Environment ") && begins(b, "Environment "));
}

static void
test_lines(void)
{
	size_t order[COUNT(((struct lines *)NULL)->line) + 1], n;
	struct pl_buf text, changed;
	struct lines l;

	pl_buf_init(&text);
	pl_buf_init(&changed);
	pl_definition_format(&full, &text);
	l = split(text.text);
	for (size_t i = 0; i < l.count; i++) {
		/* Without line i. */
		for (size_t j = n = 0; j < l.count; j++)
			if (j != i)
				order[n++] = j;
		join(&l, order, n, &changed);
		CHECK(parses(changed.text, changed.len) == is_optional(&l.line[i]));
		/* Line i twice. */
		for (size_t j = n = 0; j < l.count; j++) {
			order[n++] = j;
			if (j == i)
				order[n++] = j;
		}
		join(&l, order, n, &changed);
		CHECK(parses(changed.text, changed.len) == is_repeatable(&l.line[i]));
		/* Lines i and k exchanged. */
		for (size_t k = i + 1; k < l.count; k++) {
			for (size_t j = 0; j < l.count; j++)
				order[j] = j == i ? k : j == k ? i : j;
			join(&l, order, l.count, &changed);
			CHECK(parses(changed.text, changed.len) == is_same_list(&l.line[i], &l.line[k]));
		}
	}
	pl_buf_clear(&text);
	pl_buf_clear(&changed);
}

/* Up to each byte: only a text that ends with a whole line, from RunAs on, is a task. */
static void
test_truncated(void)
{
	struct pl_buf text;
	size_t whole;

	pl_buf_init(&text);
	pl_definition_format(&full, &text);
	whole = (size_t)(strstr(text.text, "RunAs www-data\n") - text.text) + strlen("RunAs www-data\n");
	for (size_t len = 0; len < text.len; len++)
		CHECK(parses(text.text, len) == (len >= whole && text.text[len - 1] == '\n'));
	pl_buf_clear(&text);
}

/* Each byte replaced by each of some: what is a text of its own has a digest of its own. */
static void
test_bytes(void)
{
	static const char bytes[] = { '\0', '\n', '\r', '\t', ' ', '\x7f', '\xff', '\\', '{', '=', 'A', 'a', '0', '/' };
	char digest[PL_DIGEST_LEN + 1];
	struct pl_task_file f;
	struct pl_buf text, again, why;

	pl_buf_init(&text);
	pl_buf_init(&again);
	pl_buf_init(&why);
	pl_definition_format(&full, &text);
	CHECK(pl_definition_digest(&full, digest));
	for (size_t at = 0; at < text.len; at++) {
		char was = text.text[at];

		for (size_t i = 0; i < sizeof(bytes); i++) {
			if (bytes[i] == was)
				continue;
			text.text[at] = bytes[i];
			pl_buf_reset(&again);
			if (pl_task_file_parse(text.text, text.len, &f, &why)) {
				pl_definition_format(&f.definition, &again);
				CHECK(again.len == text.len && memcmp(again.text, text.text, text.len) == 0);
				CHECK(strcmp(f.digest, digest) != 0);
				CHECK((unsigned char)bytes[i] >= ' ' && bytes[i] != '\x7f' && bytes[i] != '\xff');
			}
			pl_task_file_clear(&f);
		}
		text.text[at] = was;
	}
	pl_buf_clear(&text);
	pl_buf_clear(&again);
	pl_buf_clear(&why);
}

#define HEAD "Name L\\a\nPath /bin/x\n"

static const struct {
	const char *text;
	size_t len;
	const char *why;     /* NULL = it is a task */
} texts[] = {
#define TEXT(s) s, sizeof(s) - 1
	{ TEXT(HEAD "RunAs root\n"), NULL },
	{ TEXT(""), "it is empty" },
	{ TEXT("\n"), "line 1 does not begin with 'Name '" },
	{ TEXT("\0"), "it holds a NUL byte" },
	{ TEXT(HEAD "RunAs root"), "its last line has no end" },
	{ TEXT(HEAD "RunAs root\n\n"), "line 4 has no place there" },
	{ TEXT(HEAD "RunAs root\n \n"), "line 4 has no place there" },
	{ TEXT("\n" HEAD "RunAs root\n"), "line 1 does not begin with 'Name '" },
	{ TEXT(HEAD "\nRunAs root\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT(HEAD "RunAs root\n\0\n"), "it holds a NUL byte" },
	{ TEXT(HEAD "RunAs ro\0ot\n"), "it holds a NUL byte" },
	{ TEXT("\xef\xbb\xbf" HEAD "RunAs root\n"), "line 1 does not begin with 'Name '" },
	{ TEXT("Name L\\a\r\nPath /bin/x\r\nRunAs root\r\n"), "the name is not of the form Scope\\Name" },
	{ TEXT("Name L\\a\nPath /bin/x\r\nRunAs root\n"), "the path of the program must be absolute, without '.', '..',"
	    " '//' and a slash at the end" },
	{ TEXT(HEAD "RunAs root\r\n"), "the account to run as cannot be the name of an account" },
	{ TEXT(HEAD "RunAs root \n"), "the account to run as cannot be the name of an account" },
	{ TEXT(HEAD "RunAs  root\n"), "the account to run as cannot be the name of an account" },
	{ TEXT(HEAD "RunAs \n"), "the account to run as cannot be the name of an account" },
	{ TEXT(HEAD "RunAs\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT(HEAD "RunAs\troot\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT(HEAD " RunAs root\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT(HEAD "runas root\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT(HEAD "RUNAS root\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT(HEAD "RunAs=root\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT("# root's\n" HEAD "RunAs root\n"), "line 1 does not begin with 'Name '" },
	{ TEXT(HEAD "RunAs root\nShell /bin/sh\n"), "line 4 has no place there" },
	{ TEXT(HEAD "Shell /bin/sh\nRunAs root\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT(HEAD "RunAs root\nRunAs svc\n"), "line 4 has no place there" },
	{ TEXT("Name \nPath /bin/x\nRunAs root\n"), "the name is not of the form Scope\\Name" },
	{ TEXT("Name L/a\nPath /bin/x\nRunAs root\n"), "the name is not of the form Scope\\Name" },
	{ TEXT("Name L\\a\nPath \nRunAs root\n"), "the path of the program must be absolute, without '.', '..', '//'"
	    " and a slash at the end" },
	{ TEXT(HEAD "Argument\nRunAs root\n"), "line 3 does not begin with 'RunAs '" },
	{ TEXT(HEAD "Argument \nRunAs root\n"), NULL },
	{ TEXT(HEAD "Argument \tx\nRunAs root\n"), "the argument list holds a control character or text that is not"
	    " UTF-8" },
	{ TEXT(HEAD "Argument {x}\nRunAs root\n"), "the placeholder {x} names no parameter" },
	{ TEXT(HEAD "Argument {x}\nParameter x=word\nRunAs root\n"), NULL },
	{ TEXT(HEAD "Parameter \nRunAs root\n"), "'' is not of the form name=value" },
	{ TEXT(HEAD "Parameter x=regex:.*\nRunAs root\n"), "parameter 'x' has the type 'regex:.*', which is not one of"
	    " choice:a|b, int:MIN..MAX, word, path:/prefix and text:MAX" },
	{ TEXT(HEAD "RunAs root\nWorkingDirectory \n"), "it is not in the form that pam-lite writes" },
	{ TEXT(HEAD "RunAs root\nWorkingDirectory /srv/\n"), "the working directory must be absolute, without '.',"
	    " '..', '//' and a slash at the end" },
	{ TEXT(HEAD "RunAs root\nEnvironment LD_PRELOAD=/x.so\n"),
	    "the environment variable LD_PRELOAD may not be set" },
	{ TEXT(HEAD "RunAs root\nEnvironment \n"), "'' is not of the form name=value" },
	{ TEXT(HEAD "RunAs root\nSha256 \n"), "it is not in the form that pam-lite writes" },
	{ TEXT(HEAD "RunAs root\nSha256 " SHA_UPPER "\n"), "it is not in the form that pam-lite writes" },
	{ TEXT(HEAD "RunAs root\nSha256 " SHA "0\n"), "the SHA-256 is not 64 hexadecimal digits" },
	{ TEXT(HEAD "RunAs root\nSha256 " SHA "\n"), NULL },
	{ TEXT(HEAD "RunAs root\nSha256 " SHA "\nSha256 " SHA "\n"), "line 5 has no place there" },
};

static void
test_texts(void)
{
	struct pl_task_file f;
	struct pl_buf why;

	pl_buf_init(&why);
	for (size_t i = 0; i < COUNT(texts); i++) {
		pl_buf_reset(&why);
		CHECK(pl_task_file_parse(texts[i].text, texts[i].len, &f, &why) == (texts[i].why == NULL));
		CHECK_STR(why.text, texts[i].why != NULL ? texts[i].why : "");
		pl_task_file_clear(&f);
		CHECK(parses(texts[i].text, texts[i].len) == (texts[i].why == NULL));
	}
	pl_buf_clear(&why);
}

static void
test_long(void)
{
	struct pl_buf text, why;
	struct pl_task_file f;

	pl_buf_init(&text);
	pl_buf_init(&why);
	pl_buf_text(&text, HEAD);
	while (text.len + strlen("Argument x\nRunAs root\n") <= PL_TASK_FILE_MAX)
		pl_buf_text(&text, "Argument x\n");
	pl_buf_text(&text, "RunAs root\n");
	CHECK(pl_task_file_parse(text.text, text.len, &f, &why));
	CHECK(pl_list_count(f.definition.arguments) > 20000);
	pl_task_file_clear(&f);
	while (text.len <= PL_TASK_FILE_MAX)
		pl_buf_text(&text, "Environment A=1\n");
	CHECK(!pl_task_file_parse(text.text, text.len, &f, &why));
	CHECK_STR(why.text, "it is too long");
	while (text.len < 1 << 20)
		pl_buf_char(&text, '\n');
	CHECK(!parses(text.text, text.len));
	memset(text.text, 'A', text.len);
	CHECK(!parses(text.text, text.len));
	CHECK(!parses(text.text, PL_TASK_FILE_MAX));
	pl_buf_clear(&text);
	pl_buf_clear(&why);
}

static const struct {
	const char *task, *digest;
	const char *file;       /* NULL = there is none */
} names[] = {
	{ "Linux\\restart-web", SHA, "linux.restart-web." SHA ".task" },
	{ "Linux/restart-web", SHA, "linux.restart-web." SHA ".task" },
	{ "LINUX\\Restart Web", SHA, "linux.restart web." SHA ".task" },
	{ "L\\a.b.c", SHA, "l.a.b.c." SHA ".task" },
	{ "L\\a.task", SHA, "l.a.task." SHA ".task" },
	{ "L\\" SHA, SHA, "l." SHA "." SHA ".task" },
	{ "L\\..", SHA, NULL },
	{ "L\\a/b", SHA, NULL },
	{ "L.x\\a", SHA, NULL },
	{ "..\\a", SHA, NULL },
	{ "L", SHA, NULL },
	{ "", SHA, NULL },
	{ NULL, SHA, NULL },
	{ "L\\a", SHA_UPPER, NULL },
	{ "L\\a", SHA "0", NULL },
	{ "L\\a", "ba78", NULL },
	{ "L\\a", "", NULL },
	{ "L\\a", "../../../../../../../../../../../../../../../../../../../../etc/x", NULL },
};

static void
test_names(void)
{
	char file[PL_TASK_FILE_NAME_MAX + 1], digest[PL_DIGEST_LEN + 1], task[PL_TASK_NAME_MAX + 1];

	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK(pl_task_file_name(names[i].task, names[i].digest, file) == (names[i].file != NULL));
		CHECK_STR(file, names[i].file != NULL ? names[i].file : "");
		if (names[i].file == NULL)
			continue;
		CHECK(pl_task_file_name_parse(file, names[i].task, digest));
		CHECK_STR(digest, names[i].digest);
		CHECK(pl_task_file_name_parse(file, NULL, digest));
		CHECK_STR(digest, names[i].digest);
		CHECK(!pl_task_file_name_parse(file, "Linux\\other", digest));
		CHECK_STR(digest, "");
	}
	/* As long as a name can be, and one more. */
	memset(task, 'a', sizeof(task));
	task[1] = '\\';
	memset(task, 'S', 57);
	task[57] = '\\';
	task[57 + 128] = '\0';
	CHECK(pl_task_file_name(task, SHA, file));
	CHECK_INT(strlen(file), PL_TASK_FILE_NAME_MAX);
	CHECK(pl_task_file_name_parse(file, task, digest) && pl_task_file_name_parse(file, NULL, digest));
	task[57 + 128] = 'a';
	task[57 + 129] = '\0';
	CHECK(!pl_task_file_name(task, SHA, file));
}

static void
test_foreign_names(void)
{
	static const char *const files[] = {
		"", ".", "..", "README", ".task", "." SHA ".task", "l." SHA ".task", "l.." SHA ".task",
		".a." SHA ".task",
		"l.a." SHA, "l.a." SHA ".task~", "l.a." SHA ".tas", "l.a." SHA ".task.1", "L.a." SHA ".task",
		"l.A." SHA ".task", "l.a." SHA_UPPER ".task", "l.a." SHA ".TASK", "l\\a." SHA ".task",
		"l/a." SHA ".task",
		"l.a/b." SHA ".task", "l.a-" SHA ".task", "l.a" SHA ".task", "l.a.0" SHA ".task", "1.a." SHA ".task",
		"l.-a." SHA ".task", "l.a\n." SHA ".task", ".new-1234",
	};
	char digest[PL_DIGEST_LEN + 1], longest[400];

	for (size_t i = 0; i < COUNT(files); i++) {
		CHECK(!pl_task_file_name_parse(files[i], NULL, digest));
		CHECK(!pl_task_file_name_parse(files[i], "L\\a", digest));
		CHECK_STR(digest, "");
	}
	CHECK(!pl_task_file_name_parse("l.a." SHA ".task", "L", digest));
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	CHECK(!pl_task_file_name_parse(longest, NULL, digest));
	longest[255] = '\0';
	CHECK(!pl_task_file_name_parse(longest, NULL, digest));
}

/* What stands in tasks.d, and what comes of reading it as task L\a. */
enum form { AS_IT_IS, LINKED, HARD_LINKED, AS_FIFO, AS_DIRECTORY, FOREIGN, WRITABLE, OTHER_DIGEST, OTHER_TASK, BROKEN,
	HUGE, ABSENT };

static const struct {
	enum form form;
	enum pl_error error;
	const char *says;
} files[] = {
	{ AS_IT_IS, PL_ERR_NONE, "" },
	{ LINKED, PL_ERR_TASK_FILE_REFUSED, "is a symbolic link" },
	{ HARD_LINKED, PL_ERR_TASK_FILE_REFUSED, "has more than one name" },
	{ AS_FIFO, PL_ERR_TASK_FILE_REFUSED, "is no regular file" },
	{ AS_DIRECTORY, PL_ERR_TASK_FILE_REFUSED, "is a directory" },
	{ FOREIGN, PL_ERR_TASK_FILE_REFUSED, "does not belong to root" },
	{ WRITABLE, PL_ERR_TASK_FILE_REFUSED, "can be written by others" },
	{ OTHER_DIGEST, PL_ERR_TASK_FILE_REFUSED, "its digest is not the one in its name" },
	{ OTHER_TASK, PL_ERR_TASK_FILE_REFUSED, "it defines another task" },
	{ BROKEN, PL_ERR_TASK_FILE_REFUSED, "line 4 has no place there" },
	{ HUGE, PL_ERR_TASK_FILE_REFUSED, "it is too long" },
	{ ABSENT, PL_ERR_TASK_FILE_MISSING, "root has no file" },
};

static bool
put_file(enum form form, const char *path, const char *text)
{
	const char *other = PL_TASKS_DIR "/other";
	bool ok;

	ok = private_file(other, text, strlen(text), 0644);
	switch (form) {
	case AS_IT_IS:
	case OTHER_DIGEST:
	case OTHER_TASK:
		return ok && rename(other, path) == 0;
	case LINKED:
		return ok && symlink("other", path) == 0;
	case HARD_LINKED:
		return ok && link(other, path) == 0;
	case AS_FIFO:
		return mkfifo(path, 0644) == 0;
	case AS_DIRECTORY:
		return mkdir(path, 0755) == 0;
	case FOREIGN:
		return ok && rename(other, path) == 0 && chown(path, 1234, 0) == 0;
	case WRITABLE:
		return ok && rename(other, path) == 0 && chmod(path, 0664) == 0;
	case BROKEN:
		return private_file(path, HEAD "RunAs root\nx\n", strlen(HEAD "RunAs root\nx\n"), 0644);
	case HUGE:
		return ok && rename(other, path) == 0 && truncate(path, 1 << 30) == 0;
	case ABSENT:
		return true;
	}
	return false;
}

static void
check_file(enum form form, enum pl_error error, const char *says)
{
	char file[PL_TASK_FILE_NAME_MAX + 1], path[400];
	struct pl_definition def = plain;
	struct pl_task_file f;
	struct pl_ctx ctx;
	struct pl_buf text, why;
	char digest[PL_DIGEST_LEN + 1];

	pl_ctx_init(&ctx);
	pl_buf_init(&text);
	pl_buf_init(&why);
	def.name = form == OTHER_TASK ? "L\\b" : "L\\a";
	pl_definition_format(&def, &text);
	CHECK(pl_definition_digest(&def, digest));
	if (form == OTHER_DIGEST)
		memcpy(digest, SHA, sizeof(digest));
	CHECK(pl_task_file_name("L\\a", digest, file));
	snprintf(path, sizeof(path), "%s/%s", PL_TASKS_DIR, file);
	CHECK(put_file(form, path, text.text));
	/* A name in another case, or with a slash, is the same task. */
	CHECK_INT(pl_task_file_read(&ctx, "l/A", digest, &f), pl_error_def(error)->status);
	CHECK_INT(ctx.failure.error, error);
	CHECK(strstr(ctx.failure.message, says) != NULL);
	CHECK_STR(ctx.failure.target, error != PL_ERR_NONE ? "l\\A" : "");
	CHECK_STR(f.definition.name, error != PL_ERR_NONE ? NULL : "L\\a");
	CHECK((f.memory == NULL) == (error != PL_ERR_NONE));
	if (ctx.failure.error != error)
		printf("  form %d: %s\n", (int)form, ctx.failure.message);
	pl_task_file_clear(&f);
	pl_buf_clear(&text);
	pl_buf_clear(&why);
	pl_ctx_clear(&ctx);
}

static void
test_read(void)
{
	static const struct { const char *path; mode_t mode; } others[] = {
		{ PL_TASKS_DIR, 0775 }, { PL_CONFIG_DIR, 0757 }, { "/etc", 01777 },
	};

	for (size_t i = 0; i < COUNT(files); i++) {
		CHECK(mount("tmpfs", "/etc", "tmpfs", 0, "mode=0755,size=16m") == 0);
		CHECK(mkdir(PL_CONFIG_DIR, 0755) == 0 && mkdir(PL_TASKS_DIR, 0700) == 0);
		check_file(files[i].form, files[i].error, files[i].says);
		CHECK(umount2("/etc", MNT_DETACH) == 0);
	}
	CHECK(mkdir(PL_CONFIG_DIR, 0755) == 0);
	check_file(ABSENT, PL_ERR_TASK_FILE_MISSING, "root has no file");
	CHECK(mkdir(PL_TASKS_DIR, 0700) == 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		CHECK(chmod(others[i].path, others[i].mode) == 0);
		check_file(AS_IT_IS, PL_ERR_TASK_FILE_REFUSED, "can be written by others");
		CHECK(chmod(others[i].path, 0755) == 0);
	}
	check_file(AS_IT_IS, PL_ERR_NONE, "");
}

static void
test_read_names(void)
{
	static const struct { const char *task, *digest; } some[] = {
		{ "L\\..", SHA }, { "../x", SHA }, { "", SHA }, { "L\\a", "" }, { "L\\a", "../../passwd" },
		{ "L\\a", SHA },
	};
	struct pl_task_file f;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	for (size_t i = 0; i < COUNT(some); i++) {
		pl_ctx_forgive(&ctx);
		CHECK_INT(pl_task_file_read(&ctx, some[i].task, some[i].digest, &f), PL_E_NOT_FOUND);
		CHECK_INT(ctx.failure.error, PL_ERR_TASK_FILE_MISSING);
		pl_task_file_clear(&f);
	}
	pl_ctx_clear(&ctx);
}

int
main(void)
{
	test_round_trips();
	test_lines();
	test_truncated();
	test_bytes();
	test_texts();
	test_long();
	test_names();
	test_foreign_names();
	if (!private_tree("/etc"))
		return unit_end();
	test_read();
	test_read_names();
	return unit_end();
}
