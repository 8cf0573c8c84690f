/* witness_line.c - a line of what somebody keeps of the audit log, in the forms in which it is kept */

#include "witness_line.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "pamlite/audit.h"
#include "pamlite/chain.h"
#include "pamlite/json.h"
#include "pamlite/text.h"

#include "evidence_member.h"

static const char ident[] = "pam-lite", digits[] = "0123456789", byte_order_mark[] = "\xef\xbb\xbf";

/* "17", `between`, and a hash that ends there; else the line is not about the log. */
static void
take_pair(const char *at, const char *between, struct pl_audit_witness *out)
{
	const size_t len = strspn(at, digits);
	const char *hash;

	if (strncmp(at + len, between, strlen(between)) != 0)
		return;
	hash = at + len + strlen(between);
	if (strspn(hash, "0123456789abcdef") != PL_DIGEST_LEN ||
	    (hash[PL_DIGEST_LEN] != '\0' && hash[PL_DIGEST_LEN] != ' ') || !pl_text_parse_int(at, len, &out->sequence))
		return;
	memcpy(out->hash, hash, PL_DIGEST_LEN);
	out->hash[PL_DIGEST_LEN] = '\0';
}

static void
take_message(const char *message, struct pl_audit_witness *out)
{
	if (strncmp(message, PL_AUDIT_SAID, strlen(PL_AUDIT_SAID)) == 0)
		take_pair(message + strlen(PL_AUDIT_SAID), PL_AUDIT_SAID_HASH, out);
}

static const char *
next_word(const char *at)
{
	at += strcspn(at, " ");
	return at + strspn(at, " ");
}

/* Is the word, up to a blank, "pam-lite" or "pam-lite[4711]", with `end` behind it? */
static bool
is_ident(const char *word, const char *end)
{
	size_t len;

	if (strncmp(word, ident, sizeof(ident) - 1) != 0)
		return false;
	word += sizeof(ident) - 1;
	if (*word == '[') {
		len = strspn(word + 1, digits);
		word += len + 1;
		if (len == 0 || *word++ != ']')
			return false;
	}
	for (; *end != '\0'; end++)
		if (*word++ != *end)
			return false;
	return *word == ' ';
}

/* A name of this host is the kernel's, or that without its domain; a dash is none. */
static bool
is_other_host(const struct pl_ctx *ctx, const char *name, size_t len)
{
	const char *own = ctx->caller.host;
	const bool fits = len == strlen(own) || len == strcspn(own, ".");

	return *own != '\0' && !(len == 1 && *name == '-') && !(fits && strncasecmp(name, own, len) == 0);
}

/* 18:32:30, 2026-11-21T18:32:30Z, the second word of [  123.456789], and at the beginning of a line 1795285950.123. */
static bool
is_time(const char *word, bool first)
{
	const size_t len = strcspn(word, " ");
	const char *colon = memchr(word, ':', len);

	return word[len - 1] == ']' || (first && strspn(word, "0123456789.") == len) ||
	    (colon != NULL && colon > word && strchr(digits, colon[-1]) != NULL && colon[1] >= '0' && colon[1] <= '9');
}

/*
 * Behind the time and before the program, at `end`, there is the host, or nothing; some daemons say more there, such
 * as the priority.
 */
static bool
is_elsewhere(const struct pl_ctx *ctx, const char *line, const char *end)
{
	const char *at = line, *before = line, *word;

	while (at < end && !is_time(at, at == line)) {
		before = at;
		at = next_word(at);
	}
	/* Without a time; or behind the zone, which stands only where the day is written in numbers. */
	if (at >= end)
		at = line;
	else
		at = next_word(strspn(before, digits) == 4 && before[4] == '-' && before < at ? next_word(at) : at);
	for (word = at; word < end; word = next_word(word))
		if (!is_other_host(ctx, word, strcspn(word, " ")))
			return false;
	return at < end;
}

/*
 * Nov 21 18:32:30 host pam-lite[4711]: and so on. The first word that ends in a colon names the program: what
 * comes behind it others may have made it say, such as a user's name that a login daemon repeats.
 */
static void
take_traditional(const struct pl_ctx *ctx, const char *line, struct pl_witness_line *out)
{
	const char *at;
	size_t len;

	for (at = line; (len = strcspn(at, " ")) > 0; at = next_word(at)) {
		if (at[len - 1] != ':')
			continue;
		if (is_ident(at, ":")) {
			take_message(next_word(at), &out->seen);
			out->elsewhere = is_elsewhere(ctx, line, at);
		}
		return;
	}
}

/* Behind the elements of structured data, whose values are quoted; a single dash if there are none. */
static const char *
skip_structured(const char *at)
{
	bool quoted = false;

	if (*at == '-')
		return at + 1;
	for (; *at == '['; at += *at == ']')
		for (; *at != '\0' && (quoted || *at != ']'); at++) {
			if (*at == '\\' && at[1] != '\0')
				at++;
			else if (*at == '"')
				quoted = !quoted;
		}
	return at;
}

/* RFC 5424, behind its version: TIME HOST pam-lite PROCESS MESSAGE-ID STRUCTURED-DATA MESSAGE. */
static void
take_structured(const struct pl_ctx *ctx, const char *at, struct pl_witness_line *out)
{
	at = next_word(at);
	out->elsewhere = is_other_host(ctx, at, strcspn(at, " "));
	at = next_word(at);
	if (!is_ident(at, ""))
		return;
	at = skip_structured(next_word(next_word(next_word(at))));
	if (*at++ != ' ')
		return;
	if (strncmp(at, byte_order_mark, strlen(byte_order_mark)) == 0)
		at += strlen(byte_order_mark);
	take_message(at, &out->seen);
}

static void
take_text(const struct pl_ctx *ctx, const char *at, struct pl_witness_line *out)
{
	take_pair(at, " ", &out->seen);
	if (out->seen.sequence != 0)
		return;
	if (*at == '<' && at[1 + strspn(at + 1, digits)] == '>')
		at += strspn(at + 1, digits) + 2;
	if (strncmp(at, "1 ", 2) == 0)
		take_structured(ctx, at + 2, out);
	else
		take_traditional(ctx, at, out);
}

static const char *
text_of(const struct pl_json_object *o, const char *name)
{
	const struct pl_json_member *m = pl_json_member_find(o, name);

	return m != NULL && m->kind == PL_JSON_TEXT ? m->value : NULL;
}

/* Every column of an export, and nothing else: what stands beside would be said by no hash. */
static bool
has_columns(const struct pl_json_object *o)
{
	const struct pl_column *c;
	size_t count = 0, i;

	for (c = pl_audit_noun.columns; c->name != NULL; c++)
		for (i = 0; i < o->count; i++)
			count += strcmp(o->members[i].name, c->name) == 0;
	return count == o->count && c == pl_audit_noun.columns + count;
}

static enum pl_status
take_record(struct pl_ctx *ctx, const struct pl_json_object *o, struct pl_witness_line *out)
{
	const char *data = text_of(o, "AuditData"), *previous = text_of(o, "PreviousHash"),
	    *hash = text_of(o, "Hash"), *number = text_of(o, "Sequence");
	const char *const copies[PL_AUDIT_COPIES] = {
		text_of(o, "CreationDate"), text_of(o, "UserIds"), text_of(o, "RecordType"), text_of(o, "Operations"),
		text_of(o, "ObjectIds"), text_of(o, "ResultStatus")
	};
	char key[48];

	out->form = PL_WITNESS_EXPORT;
	if (!has_columns(o) || data == NULL || previous == NULL || hash == NULL || number == NULL ||
	    strlen(hash) != PL_DIGEST_LEN ||
	    !pl_text_parse_int(number, strlen(number), &out->seen.sequence) || out->seen.sequence == 0)
		return pl_fail(ctx, PL_ERR_INVALID_INPUT, "this is not a whole exported audit record");
	pl_audit_hash(previous, data, out->seen.hash);
	snprintf(key, sizeof(key), "{\"Sequence\":%s,", number);
	if (strcmp(out->seen.hash, hash) != 0 || strncmp(data, key, strlen(key)) != 0)
		out->fault = "does not fit its own hash";
	else if (!pl_audit_line_says(data, copies))
		out->fault = "has fields that say something else than its AuditData";
	return PL_OK;
}

static bool
has_object(const struct pl_json_piece *value)
{
	struct pl_json_piece cursor, name, inner;

	if (*value->text == '{')
		return true;
	if (!pl_json_enter(&cursor, value->text, value->len))
		return false;
	while (pl_json_next(&cursor, &name, &inner))
		if (has_object(&inner))
			return true;
	return false;
}

/*
 * Evidence is judged as such or not at all: with a line of ours in it, or beside it, it must not pass for what a log
 * daemon wrote, whose other properties nobody looks at.
 */
static enum pl_status
check_form(struct pl_ctx *ctx, const char *text)
{
	struct pl_json_piece cursor, name, value;

	(void)pl_json_enter(&cursor, text, strlen(text));
	while (pl_json_next(&cursor, &name, &value)) {
		if (evidence_member_find(name.text, name.len) < EVIDENCE_MEMBERS)
			return pl_fail(ctx, PL_ERR_INVALID_INPUT, "evidence, or a part of it, among lines of a log");
		if (has_object(&value))
			return pl_fail(ctx, PL_ERR_INVALID_INPUT, "an object in another one is no line of a log");
	}
	return PL_OK;
}

static void
take_journal(const struct pl_ctx *ctx, const struct pl_json_object *o, struct pl_witness_line *out)
{
	const char *name = text_of(o, "SYSLOG_IDENTIFIER"), *message = text_of(o, "MESSAGE"),
	    *host = text_of(o, "_HOSTNAME");

	if (name == NULL || message == NULL || strcmp(name, ident) != 0)
		return;
	take_message(message, &out->seen);
	out->elsewhere = host != NULL && is_other_host(ctx, host, strlen(host));
}

static enum pl_status
take_object(struct pl_ctx *ctx, const char *text, struct pl_witness_line *out)
{
	struct pl_json_object o;
	enum pl_status st;

	st = pl_json_parse_object(ctx, text, strlen(text), &o);
	/* JSON, and more than an export or a line of ours holds. */
	if (st != PL_OK && ctx->failure.error == PL_ERR_INVALID_INPUT) {
		pl_ctx_forgive(ctx);
		st = check_form(ctx, text);
	} else if (st == PL_OK) {
		st = check_form(ctx, text);
		if (st == PL_OK && pl_json_member_find(&o, "AuditData") != NULL)
			st = take_record(ctx, &o, out);
		else if (st == PL_OK)
			take_journal(ctx, &o, out);
	}
	pl_json_object_clear(&o);
	return st;
}

bool
pl_witness_may_be_object(const char *text)
{
	static const char blanks[] = " \t\r\n";
	const char *at = text + strspn(text, blanks);

	if (strncmp(at, byte_order_mark, strlen(byte_order_mark)) == 0)
		at += strlen(byte_order_mark);
	at += strspn(at, blanks);
	while (*at == '[')
		at += 1 + strspn(at + 1, blanks);
	return *at == '{' || (*at == '\0' && at > text);
}

enum pl_status
pl_witness_line_read(struct pl_ctx *ctx, const char *text, struct pl_witness_line *out)
{
	enum pl_status st = PL_OK;

	memset(out, 0, sizeof(*out));
	if (*text == '{')
		st = take_object(ctx, text, out);
	else if (pl_witness_may_be_object(text))
		st = pl_fail(ctx, PL_ERR_INVALID_INPUT, "an object that does not begin its line");
	else
		take_text(ctx, text, out);
	out->elsewhere = out->elsewhere && out->seen.sequence != 0;
	if (out->elsewhere)
		out->seen.sequence = 0;
	return st;
}
