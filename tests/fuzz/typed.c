/* typed.c - fuzzes the typed parameters of tasks and the arguments they become, against a slow reference */

#include "pamlite/definition.h"
#include "pamlite/text.h"
#include "pamlite/typed.h"

#include "fuzz.h"

/* --- a reference that copies words and looks at them with the C library --- */

/* A canonical decimal as an exact number. */
static bool
reference_int(const char *s, __int128 *out)
{
	char again[64];
	long long n;

	if (strlen(s) > 20 || sscanf(s, "%lld", &n) != 1)
		return false;
	snprintf(again, sizeof again, "%lld", n);
	*out = n;
	/* The least number of all has no positive counterpart, and is none of ours. */
	return strcmp(s, again) == 0 && n != INT64_MIN;
}

static bool
reference_range(const char *type, __int128 *min, __int128 *max)
{
	char *low = strdup(type), *high = strstr(low, "..");
	bool ok = high != NULL;

	if (ok) {
		*high = '\0';
		ok = reference_int(low, min) && reference_int(high + 2, max) && *min <= *max;
	}
	free(low);
	return ok;
}

static bool
reference_path(const char *s)
{
	char *copy = strdup(s), *word, *rest = copy;
	bool ok = s[0] == '/' && strlen(s) <= PL_PATH_MAX && pl_text_is_line(s, strlen(s));

	if (ok && s[1] != '\0') {
		strsep(&rest, "/");
		while (ok && (word = strsep(&rest, "/")) != NULL)
			ok = strcmp(word, "") != 0 && strcmp(word, ".") != 0 && strcmp(word, "..") != 0;
	}
	free(copy);
	return ok;
}

/* All words of a choice are words; *has: one of them is `value`. */
static bool
reference_choice(const char *list, const char *value, bool *has)
{
	char *copy = strdup(list), *word, *rest = copy;
	bool ok = true;

	*has = false;
	while ((word = strsep(&rest, "|")) != NULL) {
		ok = ok && word[0] != '\0' && pl_text_is_line(word, strlen(word));
		*has = *has || strcmp(word, value) == 0;
	}
	free(copy);
	*has = *has && ok;
	return ok;
}

static bool
reference_below(const char *prefix, const char *path)
{
	const size_t len = strlen(prefix);

	if (!reference_path(prefix) || !reference_path(path))
		return false;
	return strcmp(prefix, "/") == 0 || strcmp(prefix, path) == 0 ||
	    (strncmp(prefix, path, len) == 0 && path[len] == '/');
}

static bool
reference_word(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@:+-";

	return s[0] != '\0' && s[0] != '-' && strlen(s) <= 255 && strspn(s, letters) == strlen(s);
}

/* Is it a type; *has: and the value one of it? */
static bool
reference_type(const char *type, const char *value, bool *has)
{
	__int128 min, max, n;
	bool ok;

	*has = false;
	if (strcmp(type, "word") == 0) {
		*has = reference_word(value);
		return true;
	}
	if (strncmp(type, "choice:", 7) == 0)
		return reference_choice(type + 7, value, has);
	if (strncmp(type, "int:", 4) == 0) {
		ok = reference_range(type + 4, &min, &max);
		*has = ok && reference_int(value, &n) && min <= n && n <= max;
		return ok;
	}
	if (strncmp(type, "path:", 5) == 0) {
		*has = reference_below(type + 5, value);
		return reference_path(type + 5);
	}
	if (strncmp(type, "text:", 5) != 0 || !reference_int(type + 5, &max) || max < 1 || max > 4096)
		return false;
	*has = strlen(value) <= (size_t)max && pl_text_is_line(value, strlen(value));
	return true;
}

/* --- what is demanded --- */

/* A parameter of that type with that value, through all that a task does with it. */
static void
check_pair(const char *type, const char *value)
{
	const struct pl_item t = { type, strlen(type) }, v = { value, strlen(value) };
	struct pl_buf declared, given, bound, again, why;
	bool is_type, has;

	pl_buf_init(&declared);
	pl_buf_init(&given);
	pl_buf_init(&bound);
	pl_buf_init(&again);
	pl_buf_init(&why);
	is_type = reference_type(type, value, &has);
	demand(!has || is_type, "what is no type has no values");
	demand(pl_typed_check_value(&t, &v) == has, "the reference takes the value too");
	if (strchr(type, '\n') == NULL && strchr(value, '\n') == NULL) {
		pl_buf_printf(&declared, "p=%s\n", type);
		pl_buf_printf(&given, "p=%s\n", value);
		demand(pl_typed_check_declarations(declared.text, &why) == is_type, "the reference takes the type too");
		demand(pl_typed_bind(declared.text, given.text, true, &bound, &why) == has,
		    "a value is bound if it is one");
		demand(!has || strcmp(bound.text, given.text) == 0, "what is bound is what was given");
		demand(!has || (pl_typed_bind(declared.text, bound.text, true, &again, &why) &&
		    strcmp(again.text, bound.text) == 0), "what was bound is bound to the same");
	}
	pl_buf_clear(&declared);
	pl_buf_clear(&given);
	pl_buf_clear(&bound);
	pl_buf_clear(&again);
	pl_buf_clear(&why);
}

/* Any list and maps: as many arguments as the template has, and no option where it has none. */
static void
check_expand(const char *arguments, const char *values, const char *declarations)
{
	const char *from = arguments, *to;
	struct pl_item template, argument;
	struct pl_buf out, canonical, why;

	pl_buf_init(&out);
	pl_buf_init(&canonical);
	pl_buf_init(&why);
	(void)pl_typed_check_template(arguments, declarations, &why);
	(void)pl_typed_bind(declarations, values, false, &out, &why);
	pl_buf_reset(&out);
	if (pl_typed_bind(NULL, values, true, &canonical, &why) &&
	    pl_typed_expand(arguments, canonical.text, &out, &why)) {
		to = out.text;
		while (pl_list_next(&from, &template)) {
			demand(pl_list_next(&to, &argument), "each argument of the template becomes one");
			demand(argument.len == 0 || argument.text[0] != '-' || template.text[0] == '-',
			    "no value becomes an option");
			demand(memchr(template.text, '{', template.len) != NULL || (template.len == argument.len &&
			    memcmp(template.text, argument.text, argument.len) == 0), "what is literal stays so");
		}
		demand(!pl_list_next(&to, &argument), "and there are no more");
	} else {
		demand(why.len > 0, "a refusal has its reason");
	}
	pl_buf_clear(&out);
	pl_buf_clear(&canonical);
	pl_buf_clear(&why);
}

/* Zero bytes between: a type, a value, the arguments of a task, values for them, and declarations. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	char *text[5];

	for (size_t i = 0; i < 5; i++)
		text[i] = fuzz_text(&in);
	check_pair(text[0], text[1]);
	check_expand(text[2], text[3], text[4]);
	for (size_t i = 0; i < 5; i++)
		free(text[i]);
	return 0;
}
