/* out_table.c - objects as an aligned table, in blocks, through libsmartcols */

#include "output/out.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <libsmartcols/libsmartcols.h>

#include "pamlite/text.h"

/* A block ends with either; the widths of the first one hold for all. */
enum { BLOCK_ROWS = 1000, BLOCK_BYTES = 1 << 20 };

struct out_table {
	struct pl_buf cells;        /* the block's values, each ended by NUL */
	size_t rows;
	struct libscols_table *printed;   /* the block before; NULL = none yet */
	FILE *stream;               /* into the writer */
	locale_t utf8;
};

void
out_table_free(struct out_table *t)
{
	if (t == NULL)
		return;
	scols_unref_table(t->printed);
	if (t->stream != NULL)
		fclose(t->stream);
	if (t->utf8 != (locale_t)0)
		freelocale(t->utf8);
	pl_buf_clear(&t->cells);
	free(t);
}

static ssize_t
stream_write(void *out, const char *p, size_t len)
{
	struct pl_out *o = out;

	out_write(&o->writer, p, len);
	return o->writer.error == 0 ? (ssize_t)len : 0;
}

static int
column_flags(const struct pl_column *c)
{
	if (c->type == PL_TYPE_INT || c->type == PL_TYPE_HOURS)
		return SCOLS_FL_RIGHT;
	/* Where the screen is too narrow long text continues below itself: nothing is cut. */
	if ((c->type == PL_TYPE_TEXT && (c->flags & (PL_COL_ID | PL_COL_WHOLE)) == 0) || c->type == PL_TYPE_LIST ||
	    c->type == PL_TYPE_MAP)
		return SCOLS_FL_WRAP;
	return 0;
}

/* What libsmartcols would find out about stdout is asked of the descriptor that is written to. */
static int
set_screen(struct libscols_table *tb, int fd)
{
	struct winsize size;

	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return scols_table_set_termforce(tb, SCOLS_TERMFORCE_NEVER);
	if (scols_table_set_termwidth(tb, size.ws_col) != 0)
		return -1;
	return scols_table_set_termforce(tb, SCOLS_TERMFORCE_ALWAYS);
}

/* Widths of characters depend on the locale; ours must not depend on the caller's. */
static bool
stream_open(struct pl_out *out, struct out_table *t)
{
	static const cookie_io_functions_t io = { .write = stream_write };

	t->stream = fopencookie(out, "w", io);
	if (t->stream == NULL)
		return false;
	t->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return true;
}

/*
 * The first block has headings. Later ones continue it: their headings count
 * for the width, are as wide as the column was, and are not printed.
 */
static bool
add_columns(struct pl_out *out, struct libscols_table *tb, struct libscols_table *before)
{
	struct pl_buf name;
	bool ok = true;
	size_t i;

	pl_buf_init(&name);
	for (i = 0; out->table_columns[i] != NULL && ok; i++) {
		pl_buf_reset(&name);
		if (before == NULL)
			pl_buf_text(&name, out->table_columns[i]->name);
		else
			pl_buf_printf(&name, "%*s", (int)scols_column_get_width(scols_table_get_column(before, i)), "");
		ok = !pl_buf_failed(&name) &&
		    scols_table_new_column(tb, name.text, 0, column_flags(out->table_columns[i])) != NULL;
	}
	pl_buf_clear(&name);
	return ok && scols_table_enable_noheadings(tb, before != NULL) == 0;
}

static bool
printed_open(struct pl_out *out, struct out_table *t)
{
	struct libscols_table *tb = scols_new_table();

	/* Values are escaped already; by itself it escapes everything outside the caller's locale. */
	if (tb == NULL || scols_table_enable_noencoding(tb, 1) != 0 || set_screen(tb, out->writer.fd) != 0 ||
	    scols_table_set_stream(tb, t->stream) != 0 || !add_columns(out, tb, t->printed)) {
		scols_unref_table(tb);
		return false;
	}
	scols_unref_table(t->printed);
	t->printed = tb;
	return true;
}

/*
 * The cell, or a copy of it in which characters that the C library knows no width of are escaped: libsmartcols divides
 * such a one between two lines, and a terminal might take a part of it for a control character.
 */
static const char *
with_widths(const char *cell, size_t len, struct pl_buf *copy)
{
	const char *const end = cell + len;
	size_t known, n;
	uint32_t cp = 0;

	pl_buf_reset(copy);
	for (;;) {
		for (known = 0, n = 0; cell + known < end; known += n) {
			n = pl_utf8_decode(cell + known, (size_t)(end - cell) - known, &cp);
			if (n != 1 && wcwidth((wchar_t)cp) < 0)
				break;
		}
		if (cell + known == end && copy->len == 0)
			return cell;
		pl_buf_bytes(copy, cell, known);
		cell += known;
		if (cell == end)
			return copy->text;
		pl_buf_printf(copy, "\\u{%x}", (unsigned)cp);
		cell += n;
	}
}

static bool
line_fill(struct out_table *t, struct libscols_line *line, const char **cell, struct pl_buf *copy)
{
	const size_t columns = scols_table_get_ncols(t->printed);
	size_t i, len;

	for (i = 0; i < columns; i++) {
		const char *shown = *cell;

		len = strlen(*cell);
		if (t->utf8 != (locale_t)0)
			shown = with_widths(*cell, len, copy);
		if (pl_buf_failed(copy) || scols_line_set_data(line, i, shown) != 0)
			return false;
		*cell += len + 1;
	}
	return true;
}

static bool
printed_fill(struct out_table *t)
{
	const char *cell = t->cells.text;
	struct libscols_line *line;
	struct pl_buf copy;
	bool ok = true;
	size_t row;

	pl_buf_init(&copy);
	for (row = 0; row < t->rows && ok; row++) {
		line = scols_table_new_line(t->printed, NULL);
		ok = line != NULL && line_fill(t, line, &cell, &copy);
	}
	pl_buf_clear(&copy);
	return ok;
}

static enum pl_status
block_end(struct pl_out *out)
{
	struct out_table *t = out->table;
	locale_t before;
	bool ok;

	if (t->stream == NULL && !stream_open(out, t))
		return pl_fail_memory(out->ctx);
	before = t->utf8 != (locale_t)0 ? uselocale(t->utf8) : (locale_t)0;
	ok = printed_open(out, t) && printed_fill(t) && scols_print_table(t->printed) == 0;
	/* A failed write is the writer's to tell. */
	(void)fflush(t->stream);
	if (before != (locale_t)0)
		uselocale(before);
	if (t->printed != NULL)
		scols_table_remove_lines(t->printed);
	pl_buf_reset(&t->cells);
	t->rows = 0;
	return ok || out->writer.error != 0 ? PL_OK : pl_fail_memory(out->ctx);
}

enum pl_status
out_table_row(struct pl_out *out, const void *row)
{
	struct out_table *t = out->table;
	const struct pl_column **c;
	enum pl_status st;

	if (t == NULL) {
		t = calloc(1, sizeof *t);
		if (t == NULL)
			return pl_fail_memory(out->ctx);
		pl_buf_init(&t->cells);
		out->table = t;
	}
	if (t->rows == BLOCK_ROWS || t->cells.len >= BLOCK_BYTES) {
		st = block_end(out);
		if (st != PL_OK)
			return st;
	}
	for (c = out->table_columns; *c != NULL; c++) {
		out_cell(&t->cells, *c, row, out->local_time);
		pl_buf_char(&t->cells, '\0');
	}
	if (pl_buf_failed(&t->cells))
		return pl_fail_memory(out->ctx);
	t->rows++;
	return PL_OK;
}

enum pl_status
out_table_end(struct pl_out *out)
{
	if (out->table == NULL || out->table->rows == 0)
		return PL_OK;
	return block_end(out);
}
