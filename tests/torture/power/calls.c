/* calls.c - the lines of a recording, put together where two processes interrupted each other, and what is in them */

#include "calls.h"

#include <string.h>

#include "power.h"

static char *
read_whole(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t len = 0;

	if (in == NULL || getdelim(&text, &len, '\0', in) < 0)
		stop(path, "cannot be read");
	fclose(in);
	return text;
}

/* The call of this process that is not finished yet. */
static struct call *
find_begun(struct calls *r, int pid)
{
	static const char mark[] = " <unfinished ...>";
	size_t i, len;

	for (i = r->count; i-- > 0;) {
		len = strlen(r->list[i].text);
		if (r->list[i].pid == pid && len >= sizeof(mark) &&
		    strcmp(r->list[i].text + len - strlen(mark), mark) == 0)
			return &r->list[i];
	}
	return NULL;
}

/* It counts from where it is finished. */
static void
take_resumed(struct calls *r, struct call *call)
{
	struct call *begun = find_begun(r, call->pid);
	char *rest = strstr(call->text, " resumed>"), *joined;

	if (begun == NULL || rest == NULL)
		stop(r->path, "line %ld goes on with what was not begun", call->line);
	*strstr(begun->text, " <unfinished ...>") = '\0';
	if (asprintf(&joined, "%s%s", begun->text, rest + strlen(" resumed>")) < 0)
		stop(r->path, "out of memory");
	memmove(begun, begun + 1, (size_t)(&r->list[r->count - 1] - begun) * sizeof(*begun));
	call->text = joined;
	r->list[r->count - 1] = *call;
}

void
calls_read(const char *path, struct calls *r)
{
	char *at = read_whole(path), *end;
	struct call call = { 0 };

	*r = (struct calls){ .path = path };
	for (; at != NULL && *at != '\0'; at = end) {
		end = strchr(at, '\n');
		if (end != NULL)
			*end++ = '\0';
		call.line++;
		call.pid = (int)strtol(at, &call.text, 10);
		while (*call.text == ' ')
			call.text++;
		GROW(r->list, r->count, r->room);
		r->list[r->count++] = call;
		if (strncmp(call.text, "<... ", 5) == 0)
			take_resumed(r, &call);
	}
}

bool
call_is(const struct call *call, const char *name)
{
	size_t len = strlen(name);

	return strncmp(call->text, name, len) == 0 && call->text[len] == '(';
}

long
call_result(const struct call *call)
{
	const char *found = NULL, *at = call->text;

	while ((at = strstr(at, ") = ")) != NULL)
		found = at += 4;
	return found != NULL && *found != '?' ? strtol(found, NULL, 10) : -1;
}

static int
hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Text as strace -xx writes it, up to `end`; a NUL is behind it. */
static unsigned char *
decode(const char *from, char end, size_t *len, const char **rest)
{
	unsigned char *out;
	size_t n = 0;

	out = must_have(malloc(strcspn(from, (char[]){ end, '\0' }) + 1));
	while (*from != end && *from != '\0')
		if (from[0] == '\\' && from[1] == 'x') {
			out[n++] = (unsigned char)(hex(from[2]) << 4 | hex(from[3]));
			from += 4;
		} else {
			out[n++] = (unsigned char)*from++;
		}
	out[n] = '\0';
	if (len != NULL)
		*len = n;
	if (rest != NULL)
		*rest = from;
	return out;
}

/* Where the n-th quoted word begins, at its quote. */
static const char *
find_quoted(const char *text, int n)
{
	const char *at = strchr(text, '"');

	for (; at != NULL && n > 0; n--) {
		at = strchr(at + 1, '"');
		at = at != NULL ? strchr(at + 1, '"') : NULL;
	}
	return at;
}

/* One that is not from the root is below the directory whose descriptor, "5<PATH>, ", is before it. */
char *
call_name(const struct call *call, int n)
{
	const char *at = find_quoted(call->text, n), *begin;
	char *word, *directory, *path;

	if (at == NULL)
		return NULL;
	word = (char *)decode(at + 1, '"', NULL, NULL);
	for (begin = at - 1; begin > call->text && *begin != '<' && *begin != '"'; begin--)
		continue;
	if (word[0] == '/' || *begin != '<')
		return word;
	directory = (char *)decode(begin + 1, '>', NULL, NULL);
	if (asprintf(&path, "%s/%s", directory, word) < 0)
		stop(word, "out of memory");
	free(directory);
	free(word);
	return path;
}

char *
call_descriptor(const char *at, int *fd)
{
	char *begin, *path;
	const char *rest;

	*fd = (int)strtol(at, &begin, 10);
	if (*begin != '<')
		return NULL;
	path = (char *)decode(begin + 1, '>', NULL, &rest);
	if (strncmp(rest, ">(deleted)", 10) == 0) {
		free(path);
		return NULL;
	}
	return path;
}

unsigned char *
call_data(const struct calls *calls, const struct call *call, const char *at, size_t *len, const char **rest)
{
	unsigned char *data = decode(at + 1, '"', len, rest);

	if (strncmp(*rest, "\"...", 4) == 0)
		stop(calls->path, "line %ld does not hold all that was written", call->line);
	return data;
}
