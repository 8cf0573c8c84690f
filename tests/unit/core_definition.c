/* core_definition.c - tests of task definitions: canonical text, digest, what can run */

#include <stddef.h>

#include "pamlite/definition.h"
#include "pamlite/list.h"
#include "pamlite/text.h"

#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHA_LOWER "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA_UPPER "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"

static const struct pl_definition plain = {
	.name = "Linux\\restart-web", .path = "/usr/bin/systemctl", .run_as = "root",
};

static const struct pl_definition full = {
	.name = "Linux\\restart-web",
	.path = "/usr/bin/systemctl",
	.arguments = "restart\n\n{unit}\n",
	.parameters = "unit=word\nn=int:1..9\n",
	.run_as = "www-data",
	.working_directory = "/srv/www",
	.environment = "A=1\nB=x=y z\n",
	.sha256 = SHA_UPPER,
};

static void
test_format(void)
{
	char digest[PL_DIGEST_LEN + 1], again[PL_DIGEST_LEN + 1], expected[PL_DIGEST_LEN + 1];
	struct pl_definition def = full;
	struct pl_digest d;
	struct pl_buf b;

	pl_buf_init(&b);
	pl_definition_format(&plain, &b);
	CHECK_STR(b.text, "Name Linux\\restart-web\nPath /usr/bin/systemctl\nRunAs root\n");
	pl_buf_reset(&b);
	pl_definition_format(&full, &b);
	CHECK_STR(b.text,
	    "Name Linux\\restart-web\n"
	    "Path /usr/bin/systemctl\n"
	    "Argument restart\n"
	    "Argument \n"
	    "Argument {unit}\n"
	    "Parameter unit=word\n"
	    "Parameter n=int:1..9\n"
	    "RunAs www-data\n"
	    "WorkingDirectory /srv/www\n"
	    "Environment A=1\n"
	    "Environment B=x=y z\n"
	    "Sha256 " SHA_LOWER "\n");
	pl_digest_start(&d);
	pl_digest_text(&d, b.text);
	pl_digest_end(&d, expected);
	CHECK(pl_definition_digest(&full, digest));
	CHECK_STR(digest, expected);
	def.sha256 = SHA_LOWER;
	CHECK(pl_definition_digest(&def, again));
	CHECK_STR(again, digest);
	def.arguments = "restart\n{unit}\n\n";
	CHECK(pl_definition_digest(&def, again));
	CHECK(strcmp(again, digest) != 0);
	pl_buf_clear(&b);
}

/* The plain definition with one part replaced. */
#define PART(member) offsetof(struct pl_definition, member)

static const struct {
	size_t part;
	const char *value;
	bool ok;
} definitions[] = {
	{ PART(name), "Linux\\y", true },
	{ PART(name), "Linux/y", false },
	{ PART(name), "y", false },
	{ PART(name), NULL, false },
	{ PART(path), "bin/x", false },
	{ PART(path), "/bin/../x", false },
	{ PART(path), "/bin/x\n", false },
	{ PART(path), "/", false },
	{ PART(path), "", false },
	{ PART(path), NULL, false },
	{ PART(run_as), "-x", false },
	{ PART(run_as), "a\nPath /bin/sh", false },
	{ PART(run_as), "", false },
	{ PART(run_as), NULL, false },
	{ PART(working_directory), "/", true },
	{ PART(working_directory), "", true },
	{ PART(working_directory), "/srv/", false },
	{ PART(working_directory), "srv", false },
	{ PART(sha256), SHA_LOWER, true },
	{ PART(sha256), SHA_UPPER, true },
	{ PART(sha256), "", true },
	{ PART(sha256), "ba78", false },
	{ PART(sha256), SHA_LOWER "0", false },
	{ PART(arguments), "a\n-b\n\n{}\n", true },
	{ PART(arguments), "{unit}\n", false },
	{ PART(arguments), "a\tb\n", false },
	{ PART(arguments), "\xff\n", false },
	{ PART(parameters), "unit=word\n", true },
	{ PART(parameters), "unit=regex\n", false },
	{ PART(parameters), "unit=word\nunit=word\n", false },
	{ PART(environment), "A=1\n_b2=\n", true },
	{ PART(environment), "A=1\nA=2\n", false },
	{ PART(environment), "A=a\x1b\n", false },
	{ PART(environment), "A\n", false },
	{ PART(environment), "=1\n", false },
	{ PART(environment), "1A=1\n", false },
	{ PART(environment), "A-B=1\n", false },
	{ PART(environment), "A.B=1\n", false },
	{ PART(environment), "BASH_FUNC_x%%=1\n", false },
};

static void
test_check(void)
{
	struct pl_buf why;

	pl_buf_init(&why);
	CHECK(pl_definition_check(&plain, &why));
	CHECK(pl_definition_check(&full, &why));
	CHECK_STR(why.text, "");
	for (size_t i = 0; i < COUNT(definitions); i++) {
		struct pl_definition def = plain;

		*(const char **)(void *)((char *)&def + definitions[i].part) = definitions[i].value;
		pl_buf_reset(&why);
		CHECK(pl_definition_check(&def, &why) == definitions[i].ok);
		CHECK((why.len == 0) == definitions[i].ok);
		if ((why.len == 0) != definitions[i].ok)
			printf("  case %zu\n", i);
	}
	pl_buf_clear(&why);
}

static void
test_long(void)
{
	struct pl_definition def = plain;
	struct pl_buf list, why;

	pl_buf_init(&list);
	pl_buf_init(&why);
	for (int i = 0; i < 70000; i++)
		pl_list_add(&list, "a");
	def.arguments = list.text;
	CHECK(!pl_definition_check(&def, &why));
	CHECK_STR(why.text, "the argument list is too long");
	pl_buf_clear(&list);
	pl_buf_clear(&why);
}

static void
test_environment_names(void)
{
	static const struct { const char *name; bool ok; } cases[] = {
		{ "LD_PRELOAD", false }, { "LD_", false }, { "LD_LIBRARY_PATH", false }, { "LDX", true },
		{ "LD", true }, { "ld_preload", true }, { "BASH_ENV", false }, { "ENV", false }, { "ENVX", true },
		{ "IFS", false }, { "SHELLOPTS", false }, { "BASHOPTS", false }, { "PS4", false }, { "PS1", true },
		{ "GLIBC_TUNABLES", false }, { "GCONV_PATH", false }, { "LOCPATH", false }, { "NLSPATH", false },
		{ "MALLOC_PERTURB_", false }, { "PERL5LIB", false }, { "PERL5OPT", false }, { "PYTHONPATH", false },
		{ "PYTHONSTARTUP", false }, { "PYTHONHOME", false }, { "RUBYLIB", false }, { "RUBYOPT", false },
		{ "NODE_OPTIONS", false }, { "PATH", false }, { "HOME", false }, { "USER", false },
		{ "LOGNAME", false }, { "SHELL", false }, { "LC_ALL", false }, { "TERM", false },
		{ "PAMLITE_REQUEST", false }, { "PAMLITE_X", false }, { "PAMLITEX", true }, { "LANG", true },
		{ "TZ", true },
	};
	struct pl_definition def = plain;
	struct pl_buf list, why;

	pl_buf_init(&list);
	pl_buf_init(&why);
	for (size_t i = 0; i < COUNT(cases); i++) {
		pl_buf_reset(&list);
		pl_buf_printf(&list, "%s=x\n", cases[i].name);
		def.environment = list.text;
		CHECK(pl_definition_check(&def, &why) == cases[i].ok);
		if (pl_definition_check(&def, &why) != cases[i].ok)
			printf("  %s\n", cases[i].name);
	}
	pl_buf_clear(&list);
	pl_buf_clear(&why);
}

static void
test_paths(void)
{
	static const struct { const char *path; bool ok; } cases[] = {
		{ "/", true }, { "/a", true }, { "/a/b.c/..d/.e", true }, { "/a b", true }, { "/\u00e4", true },
		{ "/...", true }, { "", false }, { "a", false }, { "./a", false }, { "//", false }, { "//a", false },
		{ "/a//b", false }, { "/a/", false }, { "/.", false }, { "/..", false }, { "/a/.", false },
		{ "/a/..", false }, { "/a/./b", false }, { "/a/../b", false }, { "/a\nb", false }, { "/\xff", false },
		{ NULL, false },
	};
	char path[4097];

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK(pl_path_is_canonical(cases[i].path) == cases[i].ok);
		if (pl_path_is_canonical(cases[i].path) != cases[i].ok)
			printf("  %s\n", cases[i].path);
	}
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[4096] = '\0';
	CHECK(!pl_path_is_canonical(path));
	path[4095] = '\0';
	CHECK(pl_path_is_canonical(path));
}

int
main(void)
{
	test_format();
	test_check();
	test_long();
	test_environment_names();
	test_paths();
	return unit_end();
}
