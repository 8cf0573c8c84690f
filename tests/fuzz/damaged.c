/* damaged.c - fuzzes what is made of a damaged database: it may refuse, and gives nothing that was not given before
 *
 * An input is a list of edits of a good database: a page, a place in it, what is done there, and with what.
 */

#include "../torture/damage_world.h"

#include "fuzz.h"

enum { PAGE = 4096, EDITS_MAX = 16, BYTES_MAX = 16 };

static struct {
	uint8_t *data, *scratch;
	size_t size;
	pid_t pid;                           /* of the process that has made it */
	char pending[PL_ID_LEN + 1];
} whole;
static struct says before;

static void
keep_whole(void)
{
	struct stat st;
	int fd = open(world.path, O_RDONLY | O_CLOEXEC);

	demand(fd >= 0 && fstat(fd, &st) == 0, "there is a database");
	whole.size = (size_t)st.st_size;
	whole.data = malloc(whole.size);
	whole.scratch = malloc(whole.size);
	demand(whole.data != NULL && whole.scratch != NULL && read(fd, whole.data, whole.size) == st.st_size,
	    "it is kept");
	close(fd);
}

static void
begin_world(void)
{
	if (whole.pid == getpid())
		return;
	whole.pid = getpid();
	world_begin("damaged");
	fill_configuration();
	fill_history();
	snprintf(whole.pending, sizeof(whole.pending), "%s",
	    sql_text("SELECT id FROM request WHERE state = 'Pending' LIMIT 1"));
	world_raw_close();
	pl_store_close(&world.ctx);
	keep_whole();
	act_as("owner");
	demand(pl_store_open(&world.ctx, world.path, false) == PL_OK, "it is opened");
	memset(&before, 0, sizeof(before));
	ask_all(&before, NULL);
	demand(unit_failed == 0 && before.complete && before.valid && before.live > 5, "it is whole");
	pl_store_close(&world.ctx);
}

/* Returns the file's new size. */
static size_t
edit(struct fuzz_input *in, size_t size)
{
	size_t page = fuzz_number(in, 2) % (whole.size / PAGE), offset = fuzz_number(in, 2) % PAGE;
	uint8_t *at = whole.scratch + page * PAGE + offset;
	size_t left = PAGE - offset;

	switch (fuzz_below(in, 6)) {
	case 0:
		*at = fuzz_byte(in);
		return size;
	case 1:
		*at ^= (uint8_t)(1 << fuzz_below(in, 8));
		return size;
	case 2:
		for (unsigned n = 1 + fuzz_below(in, BYTES_MAX); n > 0 && left > 0; n--, left--)
			*at++ = fuzz_byte(in);
		return size;
	case 3:
		memcpy(at - offset, whole.data + fuzz_number(in, 2) % (whole.size / PAGE) * PAGE, PAGE);
		return size;
	case 4:
		memset(at, fuzz_byte(in), left);
		return size;
	default:
		return page * PAGE + offset < size ? page * PAGE + offset : size;
	}
}

static void
write_damaged(struct fuzz_input *in)
{
	char journal[sizeof(world.path) + 16];
	size_t size = whole.size;
	int fd;

	memcpy(whole.scratch, whole.data, whole.size);
	for (int i = 0; i < EDITS_MAX && in->left > 0; i++)
		size = edit(in, size);
	snprintf(journal, sizeof(journal), "%s-journal", world.path);
	(void)unlink(journal);
	fd = open(world.path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	demand(fd >= 0 && write(fd, whole.scratch, size) == (ssize_t)size, "the file is written");
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	static struct says s;
	const char *gave;

	begin_world();
	write_damaged(&in);
	memset(&s, 0, sizeof(s));
	/* Which of them is approved is what a file could lie about. */
	snprintf(world.request, sizeof(world.request), "%s", whole.pending);
	act_as("owner");
	if (pl_store_open(&world.ctx, world.path, false) == PL_OK)
		ask_all(&s, &before);
	pl_store_close(&world.ctx);
	for (int i = 0; i < PL_NOTE_KINDS; i++)
		pl_buf_clear(&world.ctx.notes[i]);
	gave = s.valid ? what_it_gave(&s, &before) : NULL;
	if (gave != NULL)
		fprintf(stderr, "%s is given\n", gave);
	demand(gave == NULL, "nothing is given that was not there");
	return 0;
}
