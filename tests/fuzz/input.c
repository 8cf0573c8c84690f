/* input.c - fuzzes objects on a stream: however it is cut into pieces, the same items come out, and bind the same */

#include <fcntl.h>
#include <unistd.h>

#include "pamlite/json.h"

#include "command/bind/input.h"

#include "../unit/command_sample.h"

#include "fuzz.h"
#include "fuzz_text.h"

/* A pipe holds as many packets, each of which is one read. */
enum { PIECES_MAX = 15, PACKET_MAX = 4096 };

static const struct pl_command command = {
	.name = "new-sample", .summary = "a sample", .needs = PL_NEED_STORE_WRITE,
	.params = sample_params, .args_size = sizeof(struct sample),
};

static bool
is_blank(const uint8_t *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] == '\0' || strchr(" \t\r\n", s[i]) == NULL)
			return false;
	return true;
}

/* What an object or a value binds to, or its fault. */
static void
bind_item(struct pl_ctx *ctx, enum pl_input_result r, const struct pl_input_item *item, struct pl_buf *out)
{
	struct pl_binding b;
	enum pl_status st;
	void *args = NULL;

	demand(pl_binding_init(ctx, &b, &command) == PL_OK && pl_args_new(ctx, &b, &args) == PL_OK, "there is memory");
	if (r == PL_INPUT_OBJECT)
		st = pl_object_bind(ctx, &b, item, args);
	else
		st = pl_value_bind(ctx, &b, item->text, args);
	demand(st == PL_OK || st == PL_E_DATA, "bad input is bad data");
	if (st == PL_OK)
		sample_print(args, out);
	else
		pl_buf_text(out, ctx->failure.message);
	demand(fuzz_is_clean(out->text, out->len, "\n"), "what is bound or told is safe to look at");
	pl_args_free(&command, args);
	pl_binding_clear(&b);
	pl_ctx_forgive(ctx);
}

/* An object in lines is whole; each item stands in the input behind the one before. */
static void
check_item(enum pl_input_mode mode, const struct pl_input_item *item, const uint8_t **at, const uint8_t *end)
{
	const char *why;
	const uint8_t *found;
	size_t where;

	demand(item->len <= PL_JSON_OBJECT_MAX + 1, "an object is not too long");
	if (mode == PL_INPUT_OBJECTS)
		demand(pl_json_check(item->text, item->len, &why, &where) == PL_JSON_WHOLE, "an object is whole");
	found = memmem(*at, (size_t)(end - *at), item->text, item->len);
	demand(found != NULL, "an object is of the input, and in its order");
	*at = found + item->len;
}

/* Where the whole stream is one JSON array: its objects, and which they are. */
static void
list_objects(const uint8_t *data, size_t size, struct pl_buf *out)
{
	struct pl_json_piece cursor, name, value;
	const char *why;
	size_t at;

	if (pl_json_check((const char *)data, size, &why, &at) != PL_JSON_WHOLE ||
	    data[strspn((const char *)data, " \t\r\n")] != '[' || !pl_json_enter(&cursor, (const char *)data, size))
		return;
	for (size_t i = 1; pl_json_next(&cursor, &name, &value); i++)
		if (value.text[0] == '{')
			pl_buf_printf(out, "%zu %.*s\n", i, (int)value.len, value.text);
}

/* Everything that the stream gives, as text. */
static void
read_stream(int fd, const uint8_t *data, size_t size, struct pl_buf *out)
{
	const uint8_t *at = data, *const end = data + size;
	struct pl_input_item item;
	enum pl_input_result r;
	struct pl_input in;
	struct pl_ctx ctx;
	struct pl_buf wanted, objects;
	size_t items = 0;

	pl_ctx_init(&ctx);
	pl_buf_init(&wanted);
	pl_buf_init(&objects);
	list_objects(data, size, &wanted);
	demand(pl_input_open(&ctx, &in, fd) == PL_OK, "there is a stream");
	while ((r = pl_input_next(&ctx, &in, &item)) != PL_INPUT_END && r != PL_INPUT_FAILED) {
		demand(++items <= size + 1, "there are no more items than bytes");
		pl_buf_printf(out, "%s %zu %d ", item.unit, item.number, (int)r);
		if (r == PL_INPUT_BAD)
			pl_buf_text(out, ctx.failure.message);
		if (r == PL_INPUT_OBJECT) {
			check_item(in.mode, &item, &at, end);
			pl_buf_printf(&objects, "%zu %.*s\n", item.number, (int)item.len, item.text);
		}
		if (r == PL_INPUT_OBJECT || r == PL_INPUT_VALUE)
			bind_item(&ctx, r, &item, out);
		pl_buf_char(out, '\n');
		pl_ctx_forgive(&ctx);
	}
	demand(items > 0 || r == PL_INPUT_FAILED || is_blank(data, size) ||
	    data[strspn((const char *)data, " \t\r\n")] == '[', "what is not blank is something");
	demand(wanted.len == 0 || strcmp(wanted.text, objects.text) == 0, "an array gives its objects");
	pl_buf_clear(&wanted);
	pl_buf_clear(&objects);
	pl_input_close(&in);
	pl_ctx_clear(&ctx);
}

/* The whole text through a pipe in pieces, each a packet of its own. */
static void
read_pieces(const uint8_t *data, size_t size, size_t piece, struct pl_buf *out)
{
	const size_t least = size / PIECES_MAX + 1;
	int ends[2];
	size_t n;

	piece = piece < least ? least : piece > PACKET_MAX ? PACKET_MAX : piece;
	demand(pipe2(ends, O_CLOEXEC | O_DIRECT) == 0, "there is a pipe");
	for (size_t at = 0; at < size; at += n) {
		n = size - at < piece ? size - at : piece;
		demand(write(ends[1], data + at, n) == (ssize_t)n, "a piece is written");
	}
	close(ends[1]);
	read_stream(ends[0], data, size, out);
	close(ends[0]);
}

/* The size of the pieces, and then the stream. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	const size_t piece = fuzz_byte(&in);
	struct pl_buf whole, pieces;
	uint8_t *stream;

	if (size > PIECES_MAX * PACKET_MAX / 2)
		return -1;
	stream = malloc(in.left + 1);
	demand(stream != NULL, "there is memory");
	if (in.left > 0)
		memcpy(stream, in.at, in.left);
	stream[in.left] = '\0';
	pl_buf_init(&whole);
	pl_buf_init(&pieces);
	read_pieces(stream, in.left, PACKET_MAX, &whole);
	read_pieces(stream, in.left, piece, &pieces);
	demand(strcmp(whole.text, pieces.text) == 0, "pieces are no difference");
	pl_buf_clear(&whole);
	pl_buf_clear(&pieces);
	free(stream);
	return 0;
}
