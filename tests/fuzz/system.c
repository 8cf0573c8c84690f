/* system.c - fuzzes what is read of the kernel's text about a process and of the gate's about its caller */

#include "pamlite/caller.h"
#include "pamlite/context.h"
#include "pamlite/process.h"

#include "fuzz.h"

/* The blank before field n, counted backwards from the text's end: the last parenthesis ends the name. */
static const char *
reference_field(const char *stat, int n)
{
	const char *at = stat + strlen(stat);

	while (at > stat && at[-1] != ')')
		at--;
	if (at == stat)
		return NULL;
	for (int field = 3; field < n; field++) {
		if (*at != ' ')
			return NULL;
		do
			at++;
		while (*at != ' ' && *at != '\0');
	}
	return *at == ' ' ? at : NULL;
}

static void
check_stat(const char *stat)
{
	const char *at = reference_field(stat, 7), *begin = reference_field(stat, 22);
	char terminal[PL_TERMINAL_MAX + 1], state, expected[32];
	uint64_t started;
	uint32_t device = pl_process_terminal(stat);
	const size_t digits = at != NULL ? strspn(at + 1, "-0123456789") : 0;
	long double number = 0;

	if (digits > 0 && at[1 + digits] == ' ' && sscanf(at, " %Lf", &number) == 1)
		demand(device == (number >= INT32_MIN && number <= UINT32_MAX ? (uint32_t)(int64_t)number : 0),
		    "the terminal is the seventh field");
	else if (at == NULL)
		demand(device == 0, "without a seventh field there is no terminal");
	memset(terminal, 'x', sizeof terminal);
	pl_terminal_parse(stat, terminal);
	demand(memchr(terminal, '\0', sizeof terminal) != NULL &&
	    strspn(terminal, "ptsyS/0123456789") == strlen(terminal), "a terminal has a name of ours");
	demand(device != 0 || terminal[0] == '\0', "no terminal has no name");
	if (!pl_process_parse(stat, &state, &started))
		return;
	snprintf(expected, sizeof expected, "%llu", (unsigned long long)started);
	demand(begin != NULL && strncmp(begin + 1 + strspn(begin + 1, "0"), started == 0 ? "" : expected,
	    started == 0 ? 0 : strlen(expected)) == 0, "the start is the field of its number");
	demand(state != '\0' && reference_field(stat, 3)[1] == state, "the state is the third field");
}

static void
check_login(const char *text)
{
	const size_t digits = strspn(text, "0123456789");
	uint32_t login;
	__int128 n = 0;

	for (size_t i = 0; i < digits && n <= UINT32_MAX; i++)
		n = n * 10 + (text[i] - '0');
	demand(pl_process_login(text, &login) == (digits > 0 && (text[digits] == '\0' || text[digits] == '\n') &&
	    n <= UINT32_MAX), "a login uid is a number of 32 bits, and nothing else");
	demand(login == UINT32_MAX || login == (uint32_t)n, "it is that number");
}

/* Four numbers of 32 bits between commas. */
static bool
reference_caller(const char *text, unsigned long long n[4])
{
	char *copy = strdup(text), *rest = copy, *word;
	bool ok = true;

	for (int i = 0; i < 4; i++) {
		word = strsep(&rest, ",");
		ok = ok && word != NULL && word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
		n[i] = ok ? strtoull(word, NULL, 10) : 0;
		ok = ok && n[i] <= (i < 3 ? UINT32_MAX : INT32_MAX);
	}
	free(copy);
	return ok && rest == NULL;
}

/* Whoever is taken for the caller is who the text says. */
static void
check_caller(const char *text)
{
	unsigned long long n[4];
	const bool good = reference_caller(text, n);
	struct pl_caller caller;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	if (pl_caller_parse(&ctx, text, &caller) == PL_OK) {
		demand(good && caller.uid == n[0] && caller.login_uid == n[1] && caller.pid == (pid_t)n[3],
		    "the caller is who the text says");
		demand(caller.account[0] != '\0' && strcmp(caller.account, caller.name) == 0,
		    "a caller has an account");
	} else {
		demand(ctx.failure.error == (good ? PL_ERR_UNKNOWN_CALLER : PL_ERR_INVALID_TEXT),
		    "a refusal has its reason");
		demand(caller.account[0] == '\0', "and no account is left");
	}
	pl_ctx_clear(&ctx);
}

/* Zero bytes between: /proc/PID/stat, /proc/PID/loginuid, and what the gate says. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	char *stat = fuzz_text(&in), *login = fuzz_text(&in), *caller = fuzz_text(&in);

	check_stat(stat);
	check_login(login);
	check_caller(caller);
	free(stat);
	free(login);
	free(caller);
	return 0;
}
