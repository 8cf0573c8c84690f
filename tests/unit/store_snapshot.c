/* store_snapshot.c - a copy of the database apart, and a file that takes its place under those who have it open */

#include <fcntl.h>

#include "pamlite/chain.h"
#include "pamlite/database.h"
#include "pamlite/statement.h"

#include "store_file.h"

/* What lies in the world's directory beside the database, its lock and its journal. */
static int
others(void)
{
	struct dirent *e;
	DIR *dir = opendir(world.dir);
	int n = 0;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		n += e->d_name[0] != '.' && strcmp(e->d_name, "t.db") != 0 && strcmp(e->d_name, "t.db.lock") != 0 &&
		    strcmp(e->d_name, "t.db-journal") != 0;
	if (dir != NULL)
		closedir(dir);
	return n;
}

static int64_t
head(void)
{
	char hash[PL_DIGEST_LEN + 1];
	int64_t sequence = -1;

	CHECK_INT(pl_txn_begin(&world.ctx, PL_TXN_READ), PL_OK);
	CHECK_INT(pl_audit_head(&world.ctx, &sequence, hash), PL_OK);
	pl_txn_rollback(&world.ctx);
	return sequence;
}

static void
add_group(const char *name)
{
	struct pl_group_spec spec = { .name = text(name) };
	struct pl_group row;

	SAYS(pl_group_create(&world.ctx, &spec, &row), "");
	pl_row_clear(&pl_group_noun, &row);
}

/* It has no name, does not follow the database, and nothing is written to it. */
static void
test_apart(void)
{
	struct pl_group_spec spec = { .name = text("elsewhere") };
	struct pl_store *other;
	struct pl_group row;
	int64_t before;

	world_begin("snapshot");
	add_group("first");
	before = head();
	CHECK_INT(pl_store_snapshot(&world.ctx, &other), PL_OK);
	CHECK_INT(others(), 0);
	add_group("second");
	CHECK_INT(head(), before + 1);
	pl_store_exchange(&world.ctx, &other);
	CHECK_INT(head(), before);
	SAYS(pl_group_create(&world.ctx, &spec, &row), "DatabaseUnreachable");
	pl_row_clear(&pl_group_noun, &row);
	CHECK_INT(head(), before);
	CHECK_STR(pl_store_path(&world.ctx), world.path);
	pl_store_close(&world.ctx);
	pl_store_exchange(&world.ctx, &other);
	CHECK_INT(head(), before + 1);
	CHECK_INT(others(), 0);
	world_end();
}

/* Each group was made with a record of it. */
static void
check_whole(void)
{
	struct pl_stmt q;

	pl_stmt_open(&q, &world.ctx, "SELECT (SELECT count(*) FROM approver_group) = (SELECT count(*) FROM audit)"
	    " AND (SELECT integrity_check FROM pragma_integrity_check) = 'ok'");
	CHECK(pl_stmt_step(&q) && pl_stmt_bool(&q, 0));
	CHECK_INT(pl_stmt_close(&q), PL_OK);
}

/* While others write all the time; whatever they have done by then is whole in it, or absent. */
static void
test_writers(void)
{
	struct pl_store *other;
	pid_t pid;
	int turn;

	world_begin("snapshot");
	world_raw_close();
	pl_store_close(&world.ctx);
	pid = fork();
	if (pid == 0) {
		char name[32];

		world_open_database();
		for (turn = 0; turn < 100000; turn++) {
			snprintf(name, sizeof(name), "group%d", turn);
			add_group(name);
		}
		_exit(0);
	}
	world_open_database();
	for (turn = 0; turn < 20; turn++) {
		CHECK_INT(pl_store_snapshot(&world.ctx, &other), PL_OK);
		pl_store_exchange(&world.ctx, &other);
		CHECK_INT(pl_txn_begin(&world.ctx, PL_TXN_READ), PL_OK);
		check_whole();
		pl_txn_rollback(&world.ctx);
		pl_store_close(&world.ctx);
		pl_store_exchange(&world.ctx, &other);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(head() > 20);
	world_end();
}

/* The process that has the old file open is at the new one with its next transaction. */
static void
test_replaced(void)
{
	char saved[4200];
	int64_t before;
	int fd;

	world_begin("snapshot");
	add_group("first");
	before = head();
	snprintf(saved, sizeof(saved), "%s/saved", world.dir);
	fd = open(saved, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	SAYS(pl_database_backup(&world.ctx, fd), "");
	add_group("second");
	add_group("third");
	world.ctx.input_fd = fd;
	for (int turn = 0; turn < 3; turn++) {
		CHECK(lseek(fd, 0, SEEK_SET) == 0);
		/* Several in one second have names of their own. */
		SAYS(pl_database_restore(&world.ctx, "saved"), "");
		CHECK_INT(others(), turn + 3);
		CHECK_INT(head(), before + 1);
		add_group("second");
		CHECK_INT(head(), before + 2);
	}
	world.ctx.what_if = true;
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	SAYS(pl_database_restore(&world.ctx, "saved"), "");
	world.ctx.what_if = false;
	CHECK_INT(head(), before + 2);
	act_as("bob");
	SAYS(pl_database_restore(&world.ctx, "saved"), "AdministratorRequired");
	SAYS(pl_database_backup(&world.ctx, fd), "AdministratorRequired");
	act_as("owner");
	world.ctx.input_fd = -1;
	close(fd);
	world_end();
}

int
main(void)
{
	test_apart();
	test_writers();
	test_replaced();
	return unit_end();
}
