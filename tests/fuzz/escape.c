/* escape.c - fuzzes what any text becomes where people and programs see it: terminal, JSON, CSV, mail, log */

#include <sys/mman.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "pamlite/json.h"
#include "pamlite/output.h"
#include "pamlite/text.h"

#include "notify/message.h"

#include "fuzz.h"
#include "fuzz_text.h"

enum { FACTOR_MAX = 6, MAIL_LINE_MAX = 78, MAIL_PLAIN_MAX = 998 };

struct row {
	char *text, *list;
};

static const struct pl_column columns[] = {
	PL_COLUMN(struct row, "Text", TEXT, text, NULL, PL_COL_ID | PL_COL_TABLE, NULL),
	PL_COLUMN(struct row, "List", LIST, list, NULL, PL_COL_TABLE, NULL),
	{ 0 }
};
static const struct pl_noun noun = { "Row", columns, sizeof(struct row), NULL, NULL, NULL };

/* The input as JSON must mean it: what is no UTF-8 is replaced, byte by byte. */
static void
replaced(const char *s, struct pl_buf *out)
{
	while (*s != '\0') {
		const size_t n = fuzz_character(s, strlen(s));

		if (n > 0)
			pl_buf_bytes(out, s, n);
		else
			pl_buf_text(out, "\xef\xbf\xbd");
		s += n > 0 ? n : 1;
	}
}

static void
check_json(const char *text)
{
	struct pl_buf out, wanted;
	const char *why;
	cJSON *tree;
	size_t at;

	pl_buf_init(&out);
	pl_buf_init(&wanted);
	pl_buf_char(&out, '"');
	pl_text_escape_json(&out, text, strlen(text));
	pl_buf_char(&out, '"');
	replaced(text, &wanted);
	demand(fuzz_is_clean(out.text, out.len, ""), "JSON is safe to look at");
	demand(out.len <= FACTOR_MAX * strlen(text) + 2, "JSON is not much longer");
	demand(pl_json_check(out.text, out.len, &why, &at) == PL_JSON_WHOLE, "it is JSON");
	tree = cJSON_Parse(out.text);
	demand(tree != NULL && cJSON_IsString(tree) && strcmp(tree->valuestring, wanted.text) == 0,
	    "it says the input");
	cJSON_Delete(tree);
	pl_buf_clear(&out);
	pl_buf_clear(&wanted);
}

/* What is written of one row. */
static void
print(struct pl_ctx *ctx, enum pl_format format, char *text, struct pl_buf *out)
{
	struct pl_out_options options = { .format = format, .properties = "Text\nList\n",
		.fd = memfd_create("row", MFD_CLOEXEC) };
	struct row row = { .text = text, .list = text };
	char block[4096];
	struct pl_out *to = NULL;
	ssize_t n;

	demand(options.fd >= 0 && pl_out_open(&to, ctx, &noun, &options) == PL_OK, "there is a stream");
	demand(pl_out_row(to, &row) == PL_OK && pl_out_close(to) == PL_OK, "a row is written");
	demand(lseek(options.fd, 0, SEEK_SET) == 0, "it can be read");
	while ((n = read(options.fd, block, sizeof block)) > 0)
		pl_buf_bytes(out, block, (size_t)n);
	close(options.fd);
}

/* The next field of RFC 4180, all of which have quotes. */
static const char *
csv_field(const char *at, struct pl_buf *out)
{
	demand(*at == '"', "a field begins with a quote");
	pl_buf_reset(out);
	for (at++; *at != '"' || at[1] == '"'; at++) {
		demand(*at != '\0', "a field ends");
		at += *at == '"';
		pl_buf_char(out, *at);
	}
	return at + 1;
}

/* As a spreadsheet reads it: the cell is the text, and no formula. */
static void
check_csv(struct pl_ctx *ctx, char *text, const char *escaped)
{
	struct pl_buf out, field;
	const char *at;

	pl_buf_init(&out);
	pl_buf_init(&field);
	print(ctx, PL_FORMAT_CSV, text, &out);
	demand(fuzz_is_clean(out.text, out.len, "\r\n"), "CSV is safe to look at");
	at = csv_field(out.text, &field);
	demand(strcmp(field.text, "Text") == 0 && *at == ',', "a header is the first line");
	at = csv_field(at + 1, &field);
	demand(strcmp(field.text, "List") == 0 && strncmp(at, "\r\n", 2) == 0, "the header has both names");
	at = csv_field(at + 2, &field);
	demand(field.len == 0 || strchr("=+-@\t\r", field.text[0]) == NULL, "no cell is a formula");
	demand(strcmp(field.text + (field.text[0] == '\'' && escaped[0] != '\''), escaped) == 0,
	    "the cell is the text");
	demand(*at == ',', "a comma is between");
	at = csv_field(at + 1, &field);
	demand(strcmp(at, "\r\n") == 0, "the line ends");
	pl_buf_clear(&out);
	pl_buf_clear(&field);
}

/* For eyes and programs: nothing but what may be shown, and what is called JSON is JSON. */
static void
check_form(struct pl_ctx *ctx, char *text, unsigned which)
{
	static const enum pl_format forms[] = { PL_FORMAT_TABLE, PL_FORMAT_LIST, PL_FORMAT_JSON, PL_FORMAT_JSON_LINES,
		PL_FORMAT_VALUE, PL_FORMAT_ID };
	const enum pl_format form = forms[which % (sizeof forms / sizeof forms[0])];
	struct pl_buf out;
	const char *why;
	size_t at;

	pl_buf_init(&out);
	print(ctx, form, text, &out);
	demand(fuzz_is_clean(out.text, out.len, form == PL_FORMAT_VALUE ? "\t\n" : "\n"),
	    "every form is safe to look at");
	if (pl_format_is_json(form))
		demand(pl_json_check(out.text, out.len, &why, &at) == PL_JSON_WHOLE, "a JSON form is JSON");
	pl_buf_clear(&out);
}

/* =C3=A4 and, in a header, _ for a blank. */
static void
unquote(const char *s, size_t len, bool header, struct pl_buf *out)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		if (s[i] != '=') {
			pl_buf_char(out, header && s[i] == '_' ? ' ' : s[i]);
			continue;
		}
		demand(i + 2 < len && strchr(hex, s[i + 1]) != NULL && strchr(hex, s[i + 2]) != NULL,
		    "two digits follow");
		pl_buf_char(out, (char)((strchr(hex, s[i + 1]) - hex) * 16 + (strchr(hex, s[i + 2]) - hex)));
		i += 2;
	}
}

/* One header, however it is folded, and its value is the text. */
static void
check_header(const char *text, const char *escaped)
{
	static const char begin[] = "=?UTF-8?Q?";
	struct pl_buf out, back;
	const char *line, *end, *value;
	size_t len;

	pl_buf_init(&out);
	pl_buf_init(&back);
	pl_message_header("Subject", text, &out);
	demand(fuzz_is_ascii(out.text, out.len) && strncmp(out.text, "Subject:", 8) == 0,
	    "a header is ASCII and has its name");
	for (line = out.text; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		demand(end != NULL && end - line <= MAIL_LINE_MAX, "a line is not too long");
		value = line == out.text ? line + 8 : line;
		len = (size_t)(end - value);
		demand(line == out.text || *line == ' ', "a later line goes on with the same header");
		if (len > sizeof begin && strncmp(value + 1, begin, sizeof begin - 1) == 0)
			unquote(value + sizeof begin, len - sizeof begin - 2, true, &back);
		else
			pl_buf_bytes(&back, value, len);
	}
	demand(strcmp(back.text + (back.text[0] == ' ' && escaped[0] != ' '), escaped) == 0,
	    "the header says the text");
	pl_buf_clear(&out);
	pl_buf_clear(&back);
}

static void
check_body(const char *text, const char *lines)
{
	struct pl_buf out, back;
	const char *at, *end;
	bool quoted, soft;

	pl_buf_init(&out);
	pl_buf_init(&back);
	pl_message_body(text, &out);
	demand(fuzz_is_ascii(out.text, out.len), "a body is ASCII");
	at = strstr(out.text, "\n\n");
	demand(at != NULL, "the body begins behind an empty line");
	quoted = memmem(out.text, (size_t)(at - out.text), ": quoted-printable", 18) != NULL;
	for (at += 2; *at != '\0'; at = end + 1) {
		end = strchr(at, '\n');
		demand(end != NULL && end - at <= (quoted ? MAIL_LINE_MAX : MAIL_PLAIN_MAX), "a line is not too long");
		demand(*at != '.' && strncmp(at, "From ", 5) != 0, "no line ends the mail or begins another");
		soft = quoted && end > at && end[-1] == '=';
		if (quoted)
			unquote(at, (size_t)(end - at) - soft, false, &back);
		else
			pl_buf_bytes(&back, at, (size_t)(end - at));
		if (!soft)
			pl_buf_char(&back, '\n');
	}
	demand(strcmp(back.text, lines) == 0, "the body says the text");
	pl_buf_clear(&out);
	pl_buf_clear(&back);
}

/* A line of a log is cut between characters. */
static void
check_copy(const char *text, size_t size)
{
	char *out = malloc(size);

	pl_text_copy(out, size, text);
	demand(strlen(out) < size && strncmp(out, text, strlen(out)) == 0, "a copy is a beginning");
	demand(!pl_utf8_is_valid(text, strlen(text)) || fuzz_is_utf8(out, strlen(out)), "no character is cut");
	free(out);
}

/* Every line of the text as it is shown. */
static void
shown_lines(const char *text, struct pl_buf *out)
{
	char *copy = strdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' || rest != NULL) {
			pl_text_escape(out, line, strlen(line));
			pl_buf_char(out, '\n');
		}
	free(copy);
}

/* A text, and behind its zero byte which form it is shown in and where it is cut. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	char *text = fuzz_text(&in);
	struct pl_buf escaped, lines;
	struct pl_ctx ctx;

	pl_buf_init(&escaped);
	pl_buf_init(&lines);
	pl_ctx_init(&ctx);
	pl_text_escape(&escaped, (const char *)data, size);
	demand(fuzz_is_clean(escaped.text, escaped.len, ""), "what is shown is safe to look at");
	demand(escaped.len <= FACTOR_MAX * size, "what is shown is not much longer");
	pl_buf_reset(&escaped);
	pl_text_escape(&escaped, text, strlen(text));
	shown_lines(text, &lines);
	check_json(text);
	check_csv(&ctx, text, escaped.text);
	check_form(&ctx, text, fuzz_byte(&in));
	check_header(text, escaped.text);
	check_body(text, lines.text);
	check_copy(text, 1 + fuzz_byte(&in));
	free(text);
	pl_buf_clear(&escaped);
	pl_buf_clear(&lines);
	pl_ctx_clear(&ctx);
	return 0;
}
