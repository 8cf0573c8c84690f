/* output_table.c - tables: alignment of wide characters in any locale, blocks, and a narrow terminal */

#include <fcntl.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "unit.h"

#include "output_sample.h"

static struct pl_ctx ctx;

static void
test_wide(const char *locale)
{
	const struct sample rows[] = {
		{ TEXT("ascii"), TEXT("x") },
		{ TEXT("日本"), TEXT("x") },
		{ TEXT("e\xcc\x81t\xc3\xa9"), TEXT("x") },
		{ TEXT("🔑"), TEXT("x") },
	};
	char *got;

	setlocale(LC_ALL, locale);
	got = sample_print(&ctx, &sample_noun, PL_FORMAT_TABLE, "Identity\nText\n", rows, 4);
	CHECK_STR(got,
	    "Identity Text\n"
	    "ascii    x\n"
	    "日本     x\n"
	    "e\xcc\x81t\xc3\xa9      x\n"
	    "🔑       x\n");
	free(got);
	setlocale(LC_ALL, "C");
}

/* The second block is wider in one column and narrower in the other: the first one's widths stay. */
static void
test_blocks(void)
{
	enum { ROWS = 2001 };
	static char id[] = "0123456789", text[] = "a", later_id[] = "short", later_text[] = "longer than before";
	struct sample *rows = calloc(ROWS, sizeof *rows);
	size_t i, lines = 0;
	char *got, *at;

	for (i = 0; i < ROWS; i++) {
		rows[i].id = i < 1000 ? id : later_id;
		rows[i].text = i < 1000 ? text : i < 2000 ? later_text : NULL;
	}
	got = sample_print(&ctx, &sample_noun, PL_FORMAT_AUTO, "Identity\nText\nFlag\n", rows, ROWS);
	for (at = got; at != NULL && *at != '\0'; at++)
		lines += *at == '\n';
	CHECK_INT(lines, ROWS + 1);
	CHECK(got != NULL && strncmp(got, "Identity   Text Flag\n0123456789 a    False\n", 43) == 0);
	at = got != NULL ? strstr(got, "short") : NULL;
	CHECK(at != NULL && strncmp(at, "short      longer than before False\n", 36) == 0);
	at = at != NULL ? at + 1000 * strlen("short      longer than before False\n") : NULL;
	CHECK_STR(at, "short                         False\n");
	free(got);
	free(rows);
}

/* A long cell ends the block early and is not cut. */
static void
test_long(void)
{
	enum { LONG = 1 << 20 };
	struct sample rows[2] = { { .id = TEXT("1") }, { .id = TEXT("2") } };
	char *text = malloc(LONG + 1), *got;
	size_t i;

	memset(text, 'x', LONG);
	text[LONG] = '\0';
	for (i = 0; i < 2; i++)
		rows[i].text = text;
	got = sample_print(&ctx, &sample_noun, PL_FORMAT_TABLE, "Identity\nText\n", rows, 2);
	CHECK_INT(got != NULL ? strlen(got) : 0, strlen("Identity Text\n") + 2 * (strlen("1        \n") + LONG));
	free(got);
	free(text);
}

/* Print to a terminal of `columns`; what it shows, without carriage returns. */
static void
print_to_terminal(unsigned short columns, const struct sample *rows, size_t count, char *got, size_t size)
{
	struct winsize window = { .ws_row = 24, .ws_col = columns };
	struct pl_out_options options = { .format = PL_FORMAT_TABLE, .properties = "Identity\nText\n" };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;
	struct pl_out *out;
	ssize_t n;
	size_t i;

	got[0] = '\0';
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return;
	options.fd = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	tcgetattr(options.fd, &raw);
	cfmakeraw(&raw);
	tcsetattr(options.fd, TCSANOW, &raw);
	ioctl(options.fd, TIOCSWINSZ, &window);
	CHECK_INT(pl_out_open(&out, &ctx, &sample_noun, &options), PL_OK);
	for (i = 0; i < count; i++)
		CHECK_INT(pl_out_row(out, &rows[i]), PL_OK);
	CHECK_INT(pl_out_close(out), PL_OK);
	n = read(master, got, size - 1);
	got[n > 0 ? n : 0] = '\0';
	close(options.fd);
	close(master);
}

static void
test_terminal(void)
{
	const struct sample rows[] = {
		{ TEXT("0b0e7e7a-3a51-4d4c-9d8e-6a1f2b3c4d5e"), TEXT("why: 日本語 and more of it") },
	};
	const struct sample unassigned[] = { { TEXT("1"), TEXT("aa\xcd\xb8" "bb") } };
	char got[4096];

	print_to_terminal(80, rows, 1, got, sizeof got);
	CHECK_STR(got,
	    "Identity                             Text\n"
	    "0b0e7e7a-3a51-4d4c-9d8e-6a1f2b3c4d5e why: 日本語 and more of it\n");
	print_to_terminal(50, rows, 1, got, sizeof got);
	CHECK_STR(got,
	    "Identity                             Text\n"
	    "0b0e7e7a-3a51-4d4c-9d8e-6a1f2b3c4d5e why: 日本語 a\n"
	    "                                     nd more of it\n");
	/* Nobody has assigned this one, so it has no width. */
	print_to_terminal(12, unassigned, 1, got, sizeof got);
	CHECK_STR(got, "Identity Text\n1        aa\\u\n         {378\n         }bb\n");
	print_to_terminal(0, rows, 1, got, sizeof got);
	CHECK(strstr(got, "why: 日本語 and more of it\n") != NULL);
	print_to_terminal(10, rows, 1, got, sizeof got);
	CHECK(strstr(got, "0b0e7e7a-3a51-4d4c-9d8e-6a1f2b3c4d5e") != NULL);
}

int
main(void)
{
	pl_ctx_init(&ctx);
	test_wide("C");
	test_wide("C.UTF-8");
	test_blocks();
	test_long();
	test_terminal();
	pl_ctx_clear(&ctx);
	return unit_end();
}
