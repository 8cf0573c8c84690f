/* table.c - fuzzes the layout of tables on terminals of any width */

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "pamlite/output.h"

#include "fuzz.h"
#include "fuzz_text.h"

enum { ROWS_MAX = 12, SHOWN_MAX = 1 << 20 };

struct row {
	char *id, *text, *list;
	int64_t number;
};

static const struct pl_column columns[] = {
	PL_COLUMN(struct row, "Identity", TEXT, id, NULL, PL_COL_ID | PL_COL_TABLE, NULL),
	PL_COLUMN(struct row, "Text", TEXT, text, NULL, PL_COL_TABLE, NULL),
	PL_COLUMN(struct row, "Number", INT, number, NULL, PL_COL_TABLE, NULL),
	PL_COLUMN(struct row, "Member", LIST, list, NULL, PL_COL_TABLE, NULL),
	{ 0 }
};
static const struct pl_noun noun = { "Row", columns, sizeof(struct row), NULL, NULL, NULL };

/* A terminal, and who reads what is shown there up to a NUL, which no table has. */
static struct {
	int master, slave;
	char shown[SHOWN_MAX];
	size_t len;
	sem_t done;
	pthread_t reader;
} screen;

static void *
screen_read(void *unused)
{
	char block[4096];
	ssize_t n;

	while ((n = read(screen.master, block, sizeof block)) > 0) {
		demand(screen.len + (size_t)n < SHOWN_MAX, "a table is not endless");
		memcpy(screen.shown + screen.len, block, (size_t)n);
		screen.len += (size_t)n;
		if (block[n - 1] == '\0')
			sem_post(&screen.done);
	}
	return unused;
}

static void
screen_open(void)
{
	struct termios modes;

	if (screen.master > 0)
		return;
	setlocale(LC_ALL, "C.UTF-8");
	screen.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	demand(screen.master > 0 && grantpt(screen.master) == 0 && unlockpt(screen.master) == 0, "there is a terminal");
	screen.slave = open(ptsname(screen.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	demand(screen.slave > 0 && tcgetattr(screen.slave, &modes) == 0, "it has an end");
	cfmakeraw(&modes);
	demand(tcsetattr(screen.slave, TCSANOW, &modes) == 0 && sem_init(&screen.done, 0, 0) == 0 &&
	    pthread_create(&screen.reader, NULL, screen_read, NULL) == 0, "it is read");
}

/* What a terminal of that many columns shows of the rows. */
static void
show(struct pl_ctx *ctx, unsigned short width, const char *properties, const struct row *rows, size_t count)
{
	const struct winsize size = { .ws_row = 24, .ws_col = width };
	struct pl_out_options options = { .format = PL_FORMAT_TABLE, .properties = properties };
	struct pl_out *out;
	enum pl_status st;

	screen.len = 0;
	options.fd = screen.slave;
	ioctl(screen.slave, TIOCSWINSZ, &size);
	st = pl_out_open(&out, ctx, &noun, &options);
	for (size_t i = 0; i < count && st == PL_OK; i++)
		st = pl_out_row(out, &rows[i]);
	demand(pl_out_close(out) == PL_OK && st == PL_OK, "a table is written");
	demand(write(screen.slave, "", 1) == 1, "its end is told");
	while (sem_wait(&screen.done) != 0)
		;
	screen.shown[--screen.len] = '\0';
}

/* Columns on the screen, of the characters up to `end`. */
static size_t
width_of(const char *s, const char *end)
{
	size_t width = 0, n;
	uint32_t cp;

	for (; s < end; s += n) {
		n = fuzz_decode(s, (size_t)(end - s), &cp);
		demand(n > 0, "a table is UTF-8");
		demand(wcwidth((wchar_t)cp) >= 0, "every character has its width");
		width += (size_t)wcwidth((wchar_t)cp);
	}
	return width;
}

static size_t
greatest(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The widest line; *ink: bytes that are no blanks. */
static size_t
measure(size_t *ink)
{
	const char *line = screen.shown, *end;
	size_t widest = 0;

	*ink = 0;
	for (; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		demand(end != NULL, "every line has its end");
		widest = greatest(widest, width_of(line, end));
	}
	for (line = screen.shown; *line != '\0'; line++)
		*ink += *line != ' ' && *line != '\n';
	return widest;
}

/* A width of 0 is no terminal's: then a row is a line. */
static void
check(struct pl_ctx *ctx, unsigned short width, const char *properties, const struct row *rows, size_t count)
{
	size_t lines = 0, whole, narrow, whole_ink, narrow_ink, fixed = sizeof "Identity " + sizeof "Text " +
	    sizeof "Number " + sizeof "Member";

	show(ctx, 0, properties, rows, count);
	demand(fuzz_is_clean(screen.shown, screen.len, "\n"), "a table is safe to look at");
	whole = measure(&whole_ink);
	for (size_t i = 0; i < screen.len; i++)
		lines += screen.shown[i] == '\n';
	demand(lines == (count > 0 ? count + 1 : 0), "a row is a line");
	show(ctx, width, properties, rows, count);
	demand(fuzz_is_clean(screen.shown, screen.len, "\n"), "a narrow table is safe to look at");
	narrow = measure(&narrow_ink);
	demand(narrow_ink == whole_ink, "nothing is cut");
	/* Identities and numbers are never divided. */
	for (size_t i = 0; i < count; i++)
		fixed = greatest(fixed, 64 + 8 * strlen(rows[i].id));
	demand(narrow <= greatest(width, fixed) || width == 0, "a table is as wide as the terminal at most");
	demand(narrow <= greatest(whole, width), "it is not wider than it is whole");
}

/* The terminal's width, the columns that are shown, and then each row's texts. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const shown[] = { "Identity\nText\nNumber\nMember\n", "Text\n", "Text\nMember\n",
		"Number\nText\n", "Member\nIdentity\n", "Identity\n" };
	struct fuzz_input in = fuzz_input(data, size);
	struct row rows[ROWS_MAX] = { 0 };
	const char *properties;
	unsigned short width;
	struct pl_ctx ctx;
	size_t count = 0;

	if (size > 4096)
		return -1;
	screen_open();
	pl_ctx_init(&ctx);
	width = fuzz_byte(&in);
	properties = shown[fuzz_below(&in, 6)];
	for (; count < ROWS_MAX && in.left > 0; count++) {
		rows[count].number = (int64_t)fuzz_number(&in, 2);
		rows[count].id = fuzz_text(&in);
		rows[count].text = fuzz_text(&in);
		rows[count].list = fuzz_text(&in);
	}
	check(&ctx, width, properties, rows, count);
	for (size_t i = 0; i < count; i++) {
		free(rows[i].id);
		free(rows[i].text);
		free(rows[i].list);
	}
	pl_ctx_clear(&ctx);
	return 0;
}
