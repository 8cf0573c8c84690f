/* command_witness.c - which lines are about the audit log, and what they say */

#include "unit.h"

#include <stdio.h>

#include "pamlite/chain.h"

#include "command/evidence/witness_line.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SAID "audit Sequence=17 Hash=" HASH
#define REST " Operation=New-ElevatedAccessRequest Result=Success User=\"alice\" Object=\"x\""

enum { ELSEWHERE = -1 };

struct line {
	const char *text;
	long long sequence;   /* 0: not about the log; ELSEWHERE: about that of another host */
};

static const struct line lines[] = {
	/* The anchor. */
	{ "17 " HASH, 17 },
	{ "17  " HASH, 0 },
	{ "0 " HASH, 0 },
	{ "-17 " HASH, 0 },
	{ "99999999999999999999 " HASH, 0 },
	{ " " HASH, 0 },
	{ "17 0123", 0 },
	{ "17 " HASH "0", 0 },
	{ "17 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", 0 },
	/* Files of log daemons. */
	{ "Nov 21 18:32:30 host pam-lite[4711]: " SAID REST, 17 },
	{ "Nov  1 08:02:03 host pam-lite[4711]: " SAID, 17 },
	{ "Nov 21 18:32:30 host authpriv.notice pam-lite[4711]: " SAID REST, 17 },
	{ "Nov 21 18:32:30 pam-lite[4711]: " SAID REST, 17 },
	{ "Nov 21 18:32:30 host pam-lite: " SAID REST, 17 },
	{ "2026-11-21T18:32:30.123456+00:00 host pam-lite[4711]: " SAID REST, 17 },
	{ "<85>Nov 21 18:32:30 host pam-lite[4711]: " SAID REST, 17 },
	{ "<85>1 2026-11-21T18:32:30.1Z host pam-lite 4711 - - " SAID REST, 17 },
	{ "1 2026-11-21T18:32:30.1Z host pam-lite - - - \xef\xbb\xbf" SAID REST, 17 },
	{ "<85>1 2026-11-21T18:32:30.1Z host pam-lite 4711 ID1 [a@1 b=\"c\\\"] x\"][d e=\"]\"] " SAID REST, 17 },
	{ "<85>1 2026-11-21T18:32:30.1Z host pam-lite 4711 - [a b=\"" SAID, 0 },
	{ "<85>1 2026-11-21T18:32:30.1Z host sshd 4711 - - " SAID REST, 0 },
	{ "<85>1 2026-11-21T18:32:30.1Z host pam-lite", 0 },
	/* journalctl. */
	{ "Sat 2026-11-21 18:32:30 UTC host pam-lite[4711]: " SAID REST, 17 },
	{ "[  123.456789] host pam-lite[4711]: " SAID REST, 17 },
	{ "1795285950.123 host pam-lite[4711]: " SAID REST, 17 },
	{ "-- Boot 0123456789abcdef0123456789abcdef --", 0 },
	{ "{\"__REALTIME_TIMESTAMP\":\"1\",\"_PID\":\"4711\",\"SYSLOG_IDENTIFIER\":\"pam-lite\",\"MESSAGE\":\"" SAID
	    " User=\\\"a\\\"\"}", 17 },
	{ "{\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":\"" SAID "\"}", 0 },
	{ "{\"SYSLOG_IDENTIFIER\":\"pam-lite\",\"MESSAGE\":[97,117]}", 0 },
	{ "{\"MESSAGE\":\"" SAID "\"}", 0 },
	{ "{\"Sequence\":17,\"Hash\":\"" HASH "\"}", 0 },
	{ "{\"SYSLOG_IDENTIFIER\":\"x\",\"A\":[\"a\\tb\"],\"MESSAGE\":null}", 0 },
	{ "{\"A\":[[1,2],[\"x\"]],\"SYSLOG_IDENTIFIER\":\"pam-lite\",\"VERSION\":\"1\",\"MESSAGE\":\"" SAID "\"}", 17 },
	/* Of which host. */
	{ "Nov 21 18:32:30 host.example.org pam-lite[4711]: " SAID REST, 17 },
	{ "Nov 21 18:32:30 HOST pam-lite[4711]: " SAID REST, 17 },
	{ "Nov 21 18:32:30 host.example.com pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "Nov 21 18:32:30 hostb pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "Nov 21 18:32:30 hos pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "Nov 21 18:32:30 192.0.2.1 pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "<85>Nov 21 18:32:30 2001:db8::1 pam-lite: " SAID REST, ELSEWHERE },
	{ "Nov 21 18:32:30 other authpriv.notice pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "2026-11-21T18:32:30.123456+00:00 other pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "Sat 2026-11-21 18:32:30 UTC other pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "Sat 2026-11-21 18:32:30 UTC pam-lite[4711]: " SAID REST, 17 },
	{ "[  123.456789] other pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "[  123.456789] pam-lite[4711]: " SAID REST, 17 },
	{ "1795285950.123 other pam-lite[4711]: " SAID REST, ELSEWHERE },
	{ "1795285950.123 pam-lite[4711]: " SAID REST, 17 },
	{ "pam-lite[4711]: " SAID REST, 17 },
	{ "other sshd[1]: " SAID, 0 },
	{ "<85>1 2026-11-21T18:32:30.1Z other pam-lite 4711 - - " SAID REST, ELSEWHERE },
	{ "<85>1 2026-11-21T18:32:30.1Z host.example.org pam-lite 4711 - - " SAID REST, 17 },
	{ "<85>1 2026-11-21T18:32:30.1Z - pam-lite 4711 - - " SAID REST, 17 },
	{ "{\"_HOSTNAME\":\"other\",\"SYSLOG_IDENTIFIER\":\"pam-lite\",\"MESSAGE\":\"" SAID "\"}", ELSEWHERE },
	{ "{\"_HOSTNAME\":\"host\",\"SYSLOG_IDENTIFIER\":\"pam-lite\",\"MESSAGE\":\"" SAID "\"}", 17 },
	/* What others say, and make others say. */
	{ "Nov 21 18:32:30 host sshd[1]: Invalid user pam-lite: " SAID " from 192.0.2.1", 0 },
	{ "Nov 21 18:32:30 host sshd[1]: Invalid user pam-lite[1]: " SAID, 0 },
	{ "Nov 21 18:32:30 host xpam-lite[4711]: " SAID, 0 },
	{ "Nov 21 18:32:30 host pam-litex[4711]: " SAID, 0 },
	{ "Nov 21 18:32:30 host pam-lite[]: " SAID, 0 },
	{ "Nov 21 18:32:30 host pam-lite[4711: " SAID, 0 },
	{ "Nov 21 18:32:30 host pam-lite[4711]: execution 17: " SAID, 0 },
	{ "Nov 21 18:32:30 host pam-lite[4711]: audit Sequence=17 Hash=0123", 0 },
	{ "Nov 21 18:32:30 host pam-lite[4711]: audit Sequence=17 Hash=" HASH "f", 0 },
	{ "Nov 21 18:32:30 host pam-lite[4711]: audit Sequence= Hash=" HASH, 0 },
	{ "Nov 21 18:32:30 host pam-lite[4711]:", 0 },
	{ SAID, 0 },
	{ "<85>", 0 },
	{ "<85", 0 },
	{ "<", 0 },
	{ ":", 0 },
	{ "1 ", 0 },
	{ "", 0 },
};

static void
test_lines(void)
{
	struct pl_witness_line line;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	snprintf(ctx.caller.host, sizeof(ctx.caller.host), "host.example.org");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		int failed = unit_failed;

		CHECK_INT(pl_witness_line_read(&ctx, lines[i].text, &line), PL_OK);
		CHECK_INT(line.seen.sequence, lines[i].sequence > 0 ? lines[i].sequence : 0);
		CHECK_INT(line.elsewhere, lines[i].sequence == ELSEWHERE);
		if (lines[i].sequence > 0)
			CHECK_STR(line.seen.hash, HASH);
		CHECK(line.fault == NULL);
		if (unit_failed > failed)
			printf("  line: %s\n", lines[i].text);
	}
	pl_ctx_clear(&ctx);
}

#define DATA "{\\\"Sequence\\\":17,\\\"Time\\\":\\\"T\\\",\\\"UserId\\\":\\\"alice\\\",\\\"Pid\\\":1," \
	"\\\"RecordType\\\":\\\"R\\\",\\\"Operation\\\":\\\"O\\\",\\\"ObjectId\\\":null,\\\"Result\\\":\\\"S\\\"," \
	"\\\"E\\\":1}"
#define FIELDS "\"CreationDate\":\"T\",\"UserIds\":\"alice\",\"Operations\":\"O\",\"ObjectIds\":null," \
	"\"ResultStatus\":\"S\",\"RecordType\":\"R\""
static const char raw[] = "{\"Sequence\":17,\"Time\":\"T\",\"UserId\":\"alice\",\"Pid\":1,\"RecordType\":\"R\","
    "\"Operation\":\"O\",\"ObjectId\":null,\"Result\":\"S\",\"E\":1}";

static const struct {
	const char *before, *after;   /* of its hash, in a line of an export */
	enum pl_error error;
	const char *fault;
} records[] = {
	{ "{\"Sequence\":17," FIELDS ",\"AuditData\":\"" DATA "\",\"PreviousHash\":\"" PL_AUDIT_GENESIS
	    "\",\"Hash\":\"", "\"}", PL_ERR_NONE, NULL },
	{ "{\"Sequence\":17," FIELDS ",\"AuditData\":\"" DATA "\",\"PreviousHash\":\"" HASH "\",\"Hash\":\"", "\"}",
	    PL_ERR_NONE, "does not fit its own hash" },
	{ "{\"Sequence\":18," FIELDS ",\"AuditData\":\"" DATA "\",\"PreviousHash\":\"" PL_AUDIT_GENESIS
	    "\",\"Hash\":\"", "\"}", PL_ERR_NONE, "does not fit its own hash" },
	{ "{\"Sequence\":17,\"CreationDate\":\"T\",\"UserIds\":\"bob\",\"Operations\":\"O\",\"ObjectIds\":null,"
	    "\"ResultStatus\":\"S\",\"RecordType\":\"R\",\"AuditData\":\"" DATA "\","
	    "\"PreviousHash\":\"" PL_AUDIT_GENESIS
	    "\",\"Hash\":\"", "\"}", PL_ERR_NONE, "has fields that say something else than its AuditData" },
	{ "{\"Sequence\":17," FIELDS ",\"AuditData\":\"" DATA "\",\"PreviousHash\":\"" PL_AUDIT_GENESIS
	    "\",\"Hash\":\"", "\",\"More\":1}", PL_ERR_INVALID_INPUT, NULL },
	{ "{\"Sequence\":17,\"more\":1," FIELDS ",\"AuditData\":\"" DATA "\",\"previousHash\":\"" PL_AUDIT_GENESIS
	    "\",\"Hash\":\"", "\"}", PL_ERR_INVALID_INPUT, NULL },
	{ "{\"Sequence\":17,\"UserIds\":\"alice\",\"AuditData\":\"" DATA "\",\"PreviousHash\":\"" PL_AUDIT_GENESIS
	    "\",\"Hash\":\"", "\"}", PL_ERR_INVALID_INPUT, NULL },
	{ "{\"Sequence\":17,\"AuditData\":\"" DATA "\",\"Hash\":\"", "\"}", PL_ERR_INVALID_INPUT, NULL },
	{ "{\"Sequence\":0,\"AuditData\":\"" DATA "\",\"PreviousHash\":\"" HASH "\",\"Hash\":\"", "\"}",
	    PL_ERR_INVALID_INPUT, NULL },
	{ "{\"AuditData\":null,\"Hash\":\"", "\"}", PL_ERR_INVALID_INPUT, NULL },
	{ "{\"Sequence\":17,\"AuditData\":\"", "", PL_ERR_INVALID_JSON, NULL },
};

static void
test_records(void)
{
	char hash[PL_DIGEST_LEN + 1], text[4096];
	struct pl_witness_line line;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	pl_audit_hash(PL_AUDIT_GENESIS, raw, hash);
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		pl_ctx_forgive(&ctx);
		snprintf(text, sizeof(text), "%s%s%s", records[i].before, hash, records[i].after);
		(void)pl_witness_line_read(&ctx, text, &line);
		CHECK_INT(ctx.failure.error, records[i].error);
		CHECK_STR(line.fault, records[i].fault);
		if (records[i].error == PL_ERR_NONE && records[i].fault == NULL)
			CHECK_STR(line.seen.hash, hash);
	}
	pl_ctx_clear(&ctx);
}

#define JOURNAL "\"SYSLOG_IDENTIFIER\":\"pam-lite\",\"MESSAGE\":\"" SAID "\""

/* What is evidence, or may be read as an object that no log holds, does not pass for a line. */
static void
test_refused(void)
{
	static const char *const refused[] = {
		"{\"Format\":\"pam-lite evidence\"}", "{\"Chain\":[]," JOURNAL "}", "{" JOURNAL ",\"Form\\u0061t\":1}",
		"{" JOURNAL ",\"Version\":1}", "{" JOURNAL ",\"Request\":null}",
		"{" JOURNAL ",\"Decisions\":[\"a\\tb\"]}",
		"{" JOURNAL ",\"X\":{}}", "{" JOURNAL ",\"X\":[1,[{}]]}", "{\"X\":{\"Chain\":[]}}", "[{" JOURNAL "}]",
		"[", "[ [\t{", "\xef\xbb\xbf{" JOURNAL "}", "\xef\xbb\xbf [{", "\r{" JOURNAL "}", " {}",
	};
	struct pl_witness_line line;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		int failed = unit_failed;

		pl_ctx_forgive(&ctx);
		CHECK_INT(pl_witness_line_read(&ctx, refused[i], &line), PL_E_DATA);
		CHECK_INT(ctx.failure.error, PL_ERR_INVALID_INPUT);
		if (unit_failed > failed)
			printf("  line: %s\n", refused[i]);
	}
	pl_ctx_clear(&ctx);
}

int
main(void)
{
	test_lines();
	test_records();
	test_refused();
	return unit_end();
}
