/* bind.c - fuzzes the binder of command lines: what it takes can be said again, to itself and to the next phase */

#include "command/bind/bind.h"
#include "command/bind/complete.h"
#include "command/bind/words.h"

#include "../unit/command_sample.h"

#include "fuzz.h"
#include "fuzz_text.h"

enum { WORDS_MAX = 64 };

static const struct pl_command command = {
	.name = "new-sample", .summary = "a sample", .needs = PL_NEED_STORE_WRITE | PL_LISTS | PL_NEED_CONFIRM,
	.params = sample_params, .args_size = sizeof(struct sample),
};

/* One reading of a command line: the words by parameter, and what they became or what was told. */
struct reading {
	struct pl_binding b;
	struct pl_buf said;
	enum pl_status st;
};

static void
convert(struct pl_ctx *ctx, struct reading *r)
{
	struct pl_common common = { 0 };
	void *args = NULL;

	if (r->st == PL_OK)
		r->st = pl_common_fill(ctx, &r->b, &common);
	if (r->st == PL_OK)
		r->st = pl_args_new(ctx, &r->b, &args);
	if (r->st == PL_OK)
		sample_print(args, &r->said);
	else
		pl_buf_printf(&r->said, "%s: %s (%s)", pl_error_def(ctx->failure.error)->id, ctx->failure.message,
		    ctx->failure.hint);
	demand(r->st == PL_OK || r->st == PL_E_USAGE, "a bad command line is bad usage");
	demand(fuzz_is_clean(r->said.text, r->said.len, ""), "what is bound or told is safe to look at");
	pl_args_free(&command, args);
	pl_common_clear(&common);
}

static void
read_argv(int argc, char *const argv[], struct reading *r)
{
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	pl_buf_init(&r->said);
	r->st = pl_binding_init(&ctx, &r->b, &command);
	if (r->st == PL_OK)
		r->st = pl_bind_argv(&ctx, &r->b, argc, argv);
	convert(&ctx, r);
	pl_ctx_clear(&ctx);
}

static void
read_words(const struct pl_words *w, struct reading *r)
{
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	pl_buf_init(&r->said);
	r->st = pl_binding_init(&ctx, &r->b, &command);
	if (r->st == PL_OK)
		r->st = pl_words_bind(&ctx, &r->b, w);
	/* The next phase has a descriptor for it. */
	for (size_t i = 0; i < r->b.count; i++)
		if (r->b.slots[i].given && pl_param_is_file(r->b.slots[i].param) && r->b.slots[i].text == NULL)
			r->b.slots[i].text = strdup("the file");
	convert(&ctx, r);
	pl_ctx_clear(&ctx);
}

static void
reading_clear(struct reading *r)
{
	pl_binding_clear(&r->b);
	pl_buf_clear(&r->said);
}

static bool
is_same(const struct reading *a, const struct reading *b)
{
	for (size_t i = 0; i < a->b.count; i++) {
		const struct pl_slot *x = &a->b.slots[i], *y = &b->b.slots[i];

		if (x->given != y->given || (x->given && (x->text == NULL) != (y->text == NULL)) ||
		    (x->given && x->text != NULL && strcmp(x->text, y->text) != 0))
			return false;
	}
	return a->st == b->st && strcmp(a->said.text, b->said.text) == 0;
}

/* --- what may stand there, for a shell to read --- */

static void
complete(int argc, char *const argv[])
{
	static const char *const kinds[] = { "word\t", "part\t", "files\t", "directories\t", "users\t", "groups\t" };
	const char *at, *tab, *end;
	struct pl_buf out;

	pl_buf_init(&out);
	pl_complete_words(&command, argc, argv, &out);
	demand(!pl_buf_failed(&out), "there is memory");
	for (at = out.text; *at != '\0'; at = end + 1) {
		bool known = false;

		for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
			known = known || strncmp(at, kinds[i], strlen(kinds[i])) == 0;
		demand(known, "a line begins with its kind");
		end = strchr(at, '\n');
		demand(end != NULL, "a line has an end");
		tab = memchr(strchr(at, '\t') + 1, '\t', (size_t)(end - strchr(at, '\t') - 1));
		demand(tab != NULL && memchr(tab + 1, '\t', (size_t)(end - tab - 1)) == NULL,
		    "a line has three fields");
		demand(fuzz_is_clean(tab + 1, (size_t)(end - tab - 1), ""), "a description is safe to look at");
	}
	pl_buf_clear(&out);
}

/* --- saying it again --- */

/* One element of an array in quotes, so that neither comma nor blank divides it. */
static void
quote(const struct pl_item *it, struct pl_buf *out)
{
	pl_buf_char(out, '\'');
	for (size_t i = 0; i < it->len; i++) {
		if (it->text[i] == '\'')
			pl_buf_char(out, '\'');
		pl_buf_char(out, it->text[i]);
	}
	pl_buf_char(out, '\'');
}

static void
say_list(const struct pl_slot *slot, const char *name, struct pl_words *w)
{
	const char *at = slot->text;
	struct pl_buf array;
	struct pl_item it;

	pl_buf_init(&array);
	while (pl_list_next(&at, &it)) {
		if (array.len > 0)
			pl_buf_char(&array, ',');
		quote(&it, &array);
	}
	pl_words_add(w, name, NULL);
	pl_words_add(w, array.text, NULL);
	pl_buf_clear(&array);
}

/* A parameter as a person would write it. */
static void
say(const struct pl_slot *slot, struct pl_words *w)
{
	struct pl_buf name;

	pl_buf_init(&name);
	pl_buf_printf(&name, "-%s", slot->param->name);
	if (pl_param_is_list(slot->param)) {
		say_list(slot, name.text, w);
	} else if (slot->text != NULL && slot->text[0] == '\0') {
		pl_words_add(w, name.text, NULL);
		pl_words_add(w, "", NULL);
	} else {
		pl_words_add(w, name.text, slot->text);
	}
	pl_buf_clear(&name);
}

static void
say_rest(const struct pl_slot *slot, struct pl_words *w)
{
	const char *at = slot->text;
	struct pl_item it;

	pl_words_add(w, "--", NULL);
	while (pl_list_next(&at, &it))
		pl_words_add_word(w, it.text, it.len);
}

/* What was taken, as a command line and as the words that go to the second phase: both are taken for the same. */
static void
check_again(const struct reading *r)
{
	const struct pl_slot *rest = NULL;
	struct pl_words line = { 0 }, words = { 0 };
	struct reading again;

	pl_words_add(&line, command.name, NULL);
	for (size_t i = 0; i < r->b.count; i++) {
		const struct pl_slot *slot = &r->b.slots[i];

		if (!slot->given)
			continue;
		pl_words_add(&words, slot->param->name, slot->text);
		if (pl_param_is_named(slot->param))
			say(slot, &line);
		else
			rest = slot;
	}
	if (rest != NULL)
		say_rest(rest, &line);
	read_argv((int)line.count, line.v, &again);
	demand(is_same(r, &again), "what is said again is the same");
	reading_clear(&again);
	read_words(&words, &again);
	demand(is_same(r, &again), "the next phase is told the same");
	reading_clear(&again);
	pl_words_clear(&line);
	pl_words_clear(&words);
}

/* Zero bytes between the words of a command line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	struct reading first, second;
	struct pl_words words = { 0 }, line = { 0 };
	char *word;

	pl_words_add(&line, command.name, NULL);
	while (in.left > 0 && line.count < WORDS_MAX) {
		word = fuzz_text(&in);
		pl_words_add(&line, word, NULL);
		pl_words_add(&words, word, NULL);
		free(word);
	}
	read_argv((int)line.count, line.v, &first);
	read_argv((int)line.count, line.v, &second);
	demand(is_same(&first, &second), "the same words are the same");
	if (line.count > 1)
		complete((int)line.count, line.v);
	if (first.st == PL_OK)
		check_again(&first);
	reading_clear(&first);
	reading_clear(&second);
	/* And as if a first phase had sent them, which anybody can be. */
	read_words(&words, &first);
	reading_clear(&first);
	pl_words_clear(&words);
	pl_words_clear(&line);
	return 0;
}
