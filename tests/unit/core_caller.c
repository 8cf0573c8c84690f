/* core_caller.c - tests of who calls: accounts, terminals, asserted names, groups */

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/caller.h"
#include "pamlite/context.h"

#include "unit.h"

static void
test_terminal(void)
{
	static const struct { const char *stat, *terminal; } cases[] = {
		{ "1 (bash) S 2 3 4 34816 5 6", "pts/0" },
		{ "1 (bash) S 2 3 4 34819 5 6", "pts/3" },
		{ "1 (bash) S 2 3 4 35071 5 6", "pts/255" },
		{ "1 (bash) S 2 3 4 35072 5 6", "pts/256" },         /* major 137 */
		{ "1 (bash) S 2 3 4 1083392 5 6", "pts/256" },       /* major 136, the minor's upper bits */
		{ "1 (bash) S 2 3 4 -1013505 5 6", "pts/1048575" },  /* the largest minor, as a negative number */
		{ "1 (bash) S 2 3 4 1025 5 6", "tty1" },
		{ "1 (bash) S 2 3 4 1087 5 6", "tty63" },
		{ "1 (bash) S 2 3 4 1088 5 6", "ttyS0" },
		{ "1 (bash) S 2 3 4 0 -1 6", "" },
		{ "1 (bash) S 2 3 4 1281 5 6", "" },                 /* /dev/console */
		{ "1 (bash) S 2 3 4 36864 5 6", "" },                /* major 144 */
		{ "1 (a) S 1 1 1 1025) S 2 3 4 34819 5 6", "pts/3" },
		{ "1 (a b (c)\n) S 2 3 4 34819 5 6", "pts/3" },
		{ "1 (bash) S 2 3 4", "" },
		{ "1 (bash) S", "" },
		{ "1 (bash)", "" },
		{ "1 bash S 2 3 4 34819", "" },
		{ "", "" },
	};
	char out[PL_TERMINAL_MAX + 1];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(out, 'x', sizeof(out));
		pl_terminal_parse(cases[i].stat, out);
		CHECK_STR(out, cases[i].terminal);
	}
}

static void
test_read(void)
{
	const struct passwd *pw = getpwuid(getuid());
	struct pl_caller caller;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	if (pw == NULL) {
		CHECK_INT(pl_caller_read(&ctx, &caller), PL_E_DENIED);
		CHECK_INT(ctx.failure.error, PL_ERR_UNKNOWN_CALLER);
	} else {
		CHECK_INT(pl_caller_read(&ctx, &caller), PL_OK);
		CHECK_STR(caller.name, pw->pw_name);
		CHECK_STR(caller.account, pw->pw_name);
		CHECK(caller.uid == getuid() && caller.pid == getpid());
		CHECK(!caller.asserted);
	}
	pl_ctx_clear(&ctx);
}

/* A uid without an account; only root can become one. */
static void
test_unknown(void)
{
	struct pl_caller caller;
	struct pl_ctx ctx;
	uid_t uid = 54321;
	int status;
	pid_t child;

	while (getpwuid(uid) != NULL)
		uid++;
	if (getuid() != 0) {
		printf("SKIP an unknown uid: needs root\n");
		return;
	}
	child = fork();
	if (child == 0) {
		pl_ctx_init(&ctx);
		if (setresuid(uid, uid, uid) != 0 || pl_caller_read(&ctx, &caller) != PL_E_DENIED ||
		    ctx.failure.error != PL_ERR_UNKNOWN_CALLER)
			_exit(1);
		_exit(0);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void
test_assert(void)
{
	struct pl_caller caller = { .name = "alice", .account = "alice", .uid = 1000 };
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK_INT(pl_caller_assert(&ctx, &caller, "alice"), PL_OK);
	CHECK(!caller.asserted);
	CHECK_INT(pl_caller_assert(&ctx, &caller, "bob@example.org"), PL_OK);
	CHECK(caller.asserted);
	CHECK_STR(caller.name, "bob@example.org");
	CHECK_STR(caller.account, "alice");
	CHECK_INT(caller.uid, 1000);
	CHECK_INT(pl_caller_assert(&ctx, &caller, "a b"), PL_E_USAGE);
	CHECK_INT(ctx.failure.error, PL_ERR_INVALID_TEXT);
	CHECK_INT(pl_caller_assert(&ctx, &caller, ""), PL_E_USAGE);
	CHECK_INT(pl_caller_assert(&ctx, &caller, NULL), PL_E_USAGE);
	CHECK_STR(caller.name, "bob@example.org");
	CHECK_INT(pl_caller_assert(&ctx, &caller, "Alice"), PL_OK);
	CHECK(caller.asserted);
	CHECK_INT(pl_caller_assert(&ctx, &caller, caller.account), PL_OK);
	CHECK(!caller.asserted);
	pl_ctx_clear(&ctx);
}

static void
test_groups(void)
{
	const struct passwd *pw = getpwuid(getuid());
	const struct group *gr = pw != NULL ? getgrgid(pw->pw_gid) : NULL;

	CHECK(!pl_unix_group_exists("no-such-group-here"));
	CHECK(!pl_unix_group_exists(""));
	CHECK(!pl_unix_group_has("no-such-group-here", "root"));
	if (gr != NULL) {
		CHECK(pl_unix_group_exists(gr->gr_name));
		CHECK(pl_unix_group_has(gr->gr_name, pw->pw_name));
		CHECK(!pl_unix_group_has(gr->gr_name, "no-such-account-here"));
	}
	setgrent();
	while ((gr = getgrent()) != NULL) {
		if (gr->gr_mem[0] != NULL) {
			char *group = strdup(gr->gr_name), *member = strdup(gr->gr_mem[0]);

			CHECK(pl_unix_group_has(group, member));
			free(group);
			free(member);
		}
	}
	endgrent();
}

int
main(void)
{
	test_terminal();
	test_read();
	test_unknown();
	test_assert();
	test_groups();
	return unit_end();
}
