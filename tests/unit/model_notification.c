/* model_notification.c - who is told what, when it is told, and that nothing is told of what did not happen */

#include "pamlite/notification.h"
#include "pamlite/operation.h"

#include "model/message.h"

#include "model_world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What was queued since the last look, in order: "Pending ops Queued, ..."; commands in parentheses. */
static const char *
told(void)
{
	static long long seen;
	const char *text = sql_text("SELECT group_concat(line, ', ') FROM (SELECT m.kind || ' ' || CASE n.channel"
	    " WHEN 'Mail' THEN n.recipient ELSE '(' || n.recipient || ')' END || ' ' || n.state AS line"
	    " FROM notification n JOIN message m ON m.id = n.message_id WHERE n.rowid > %lld ORDER BY n.rowid)", seen);

	seen = sql_int("SELECT coalesce(max(rowid), 0) FROM notification");
	return text;
}

#define TOLD(call, id, expected) (SAYS((call), (id)), CHECK_STR(told(), (expected)))

/* A column of the newest message about a request, of the newest of all without one. */
static const char *
newest(const char *what)
{
	return sql_text("SELECT %s FROM message ORDER BY rowid DESC LIMIT 1", what);
}

static void
begin(void)
{
	world_begin("notification");
	world_populate();
	make_job(JOB, 1);
	(void)told();
	act_as("alice");
}

static enum pl_status
disable(void)
{
	return set_control(pl_control_disable, (struct pl_control_spec){ .reason = text("why not") });
}

/* Every change of state, in the order of a life. */
static void
test_events(void)
{
	world_begin("notification");
	SAYS(make_group("ops", "bob\ndave\n"), "");
	CHECK_STR(told(), "");   /* no AdminGroup yet */
	TOLD(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "",
	    "Configuration ops Queued");
	make_job(JOB, 2);
	CHECK_STR(told(), "Configuration ops Queued, Configuration ops Queued");
	TOLD(change_group("ops", "erin\n", NULL), "", "Configuration ops Queued");
	act_as("alice");
	TOLD(ask(JOB), "", "Pending ops Queued");
	TOLD(ask(JOB), "RequestPending", "");
	TOLD(change_request((struct pl_request_change){ .request = world.request, .reason = text("better") }), "",
	    "Pending ops Queued");
	TOLD(approve(world.request), "SelfApproval", "");
	act_as("bob");
	TOLD(approve(world.request), "", "");
	TOLD(approve(world.request), "AlreadyApprovedByCaller", "");
	act_as("dave");
	TOLD(approve(world.request), "", "Approved alice Queued");
	TOLD(take_back(world.grant), "", "Revoked alice Queued");
	TOLD(take_back(world.grant), "AuthorizationOver", "");
	act_as("alice");
	TOLD(ask(JOB), "", "Pending ops Queued");
	act_as("bob");
	TOLD(deny(world.request), "", "Denied alice Queued");
	TOLD(deny(world.request), "RequestNotPending", "");
	act_as("alice");
	TOLD(ask(JOB), "", "Pending ops Queued");
	TOLD(withdraw(world.request), "", "Canceled alice Queued");
	TOLD(ask(JOB), "", "Pending ops Queued");
	TOLD(remove_policy(JOB), "", "Canceled alice Queued, Configuration ops Queued");
	world_end();
}

/* What the clock ended is told by who meets it first, once, although he is refused. */
static void
test_expired(void)
{
	begin();
	TOLD(ask(JOB), "", "Pending ops Queued");
	set_time(25 * HOUR);
	act_as("bob");
	TOLD(approve(world.request), "RequestNotPending", "Expired alice Queued");
	TOLD(deny(world.request), "RequestNotPending", "");
	world_end();
}

static void
test_ends_of_grants(void)
{
	begin();
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	(void)told();
	TOLD(disable(), "", "Revoked alice Queued, Configuration ops Queued");
	CHECK(strstr(sql_text("SELECT body FROM message WHERE kind = 'Revoked'"), "\nRevocationComment: why not\n")
	    != NULL);
	TOLD(ask(JOB), "ElevatedAccessNotEnabled", "");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	(void)told();
	TOLD(remove_policy(JOB), "", "Revoked alice Queued, Configuration ops Queued");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .approval_type = text("Auto") }), "");
	(void)told();
	TOLD(ask(JOB), "", "Approved alice Queued");
	CHECK(strstr(newest("body"), "\nAuthorizedBy: Auto\n") != NULL);
	world_end();
}

static enum pl_status
set_mail(const char *group, const char *mail)
{
	struct pl_group_spec spec = { .identity = text(group), .mail = text(mail) };
	struct pl_caller before = world.ctx.caller;
	struct pl_group out;
	enum pl_status st;

	act_as("owner");
	st = pl_group_change(&world.ctx, &spec, &out);
	pl_row_clear(&pl_group_noun, &out);
	world.ctx.caller = before;
	return st;
}

static void
test_recipients(void)
{
	begin();
	TOLD(set_mail("ops", "ops@example.org"), "", "Configuration ops@example.org Queued");
	TOLD(ask(JOB), "", "Pending ops@example.org Queued");
	TOLD(withdraw(world.request), "", "Canceled alice Queued");
	TOLD(set_control(pl_control_change, (struct pl_control_spec){ .notify_command = text("/bin/true") }), "",
	    "Configuration ops@example.org Queued, Configuration (/bin/true) Queued");
	TOLD(ask(JOB), "", "Pending ops@example.org Queued, Pending (/bin/true) Queued");
	TOLD(withdraw(world.request), "", "Canceled alice Queued, Canceled (/bin/true) Queued");
	act_as("carol@example.org");
	SAYS(ask(JOB), "");
	(void)told();
	TOLD(withdraw(world.request), "",
	    "Canceled carol@example.org Queued, Canceled (/bin/true) Queued");
	act_as("CORP\\eve");
	SAYS(ask(JOB), "");
	(void)told();
	TOLD(withdraw(world.request), "", "Canceled CORP\\eve Failed, Canceled (/bin/true) Queued");
	CHECK_STR(sql_text("SELECT last_error FROM notification WHERE state = 'Failed'"), "not a mail address");
	world_end();
}

/* What is only tried or refused tells nobody anything. */
static void
test_nothing_happened(void)
{
	struct pl_request_spec token = { .task = text(JOB), .client_token = text("t") };
	struct pl_group_spec spec = { .name = text("others") };
	struct pl_group out;

	begin();
	world.ctx.what_if = true;
	TOLD(ask(JOB), "", "");
	TOLD(make_group("others", NULL), "", "");
	world.ctx.what_if = false;
	act_as("carol");
	TOLD(pl_group_create(&world.ctx, &spec, &out), "AdministratorRequired", "");
	pl_row_clear(&pl_group_noun, &out);
	TOLD(ask_with((struct pl_request_spec){ .task = text(JOB), .start_at = 1 }), "TimePast", "");
	CHECK_INT(sql_int("SELECT count(*) FROM message WHERE kind <> 'Configuration'"), 0);
	/* A retry with the same token is the same request. */
	TOLD(ask_with(token), "", "Pending ops Queued");
	TOLD(ask_with(token), "", "");
	world_end();
}

/* All mails of a request are one conversation, on whatever host they arise; each has an id of its own. */
static void
test_threads(void)
{
	char first[256];

	begin();
	snprintf(world.ctx.caller.host, sizeof(world.ctx.caller.host), "..we b1>\r\n..example.org.");
	SAYS(ask(JOB), "");
	snprintf(first, sizeof(first), "request-%s@web1.example.org", world.request);
	CHECK_STR(newest("mail_id"), first);
	CHECK_STR(newest("coalesce(reply_to, '-')"), "-");
	snprintf(world.ctx.caller.host, sizeof(world.ctx.caller.host), "<>");
	SAYS(change_request((struct pl_request_change){ .request = world.request, .reason = text("better") }), "");
	CHECK_STR(newest("kind"), "Pending");
	CHECK_STR(newest("reply_to"), first);
	CHECK_STR(newest("replace(mail_id, id, '')"), "@localhost");
	act_as("bob");
	SAYS(approve(world.request), "");
	CHECK_STR(newest("kind"), "Approved");
	CHECK_STR(newest("reply_to"), first);
	CHECK_INT(sql_int("SELECT count(DISTINCT mail_id) FROM message"), sql_int("SELECT count(*) FROM message"));
	SAYS(change_group("ops", "erin\n", NULL), "");
	CHECK_STR(newest("kind || coalesce(reply_to, '')"), "Configuration");
	/* Where nobody was asked the first is an answer too: so are those that follow. */
	SAYS(make_policy((struct pl_policy_spec){ .task = text("App\\auto"), .approval_type = text("Auto") }), "");
	act_as("alice");
	SAYS(ask("App\\auto"), "");
	snprintf(first, sizeof(first), "request-%s@", world.request);
	CHECK(strncmp(newest("reply_to"), first, strlen(first)) == 0);
	SAYS(take_back(world.grant), "");
	CHECK_INT(sql_int("SELECT count(DISTINCT reply_to) FROM message WHERE request_id = '%s'", world.request), 1);
	world_end();
}

static int
count_lines(const char *s, const char *beginning)
{
	size_t len = strlen(beginning);
	int n = 0;

	for (; s != NULL && *s != '\0'; s = strchr(s, '\n'), s += s != NULL)
		n += strncmp(s, beginning, len) == 0;
	return n;
}

/* Whatever users write is one escaped line; nothing of it is in a subject. */
static void
test_hostile(void)
{
	static const char reason[] = "x\nVersion: 9\r\n.\r\nBcc: evil@example.org\n\n"
	    "\u202eevil\u200b\u2066\xf3\xa0\x81\x81";
	struct pl_request_spec spec = { .task = text(JOB), .reason = text(reason), .context = text("evil\r\n\r\ny"),
		.ticket = text("evil\tT\x7f") };
	const char *body;

	begin();
	SAYS(ask_with(spec), "");
	body = newest("body");
	CHECK_INT(count_lines(body, "Version: "), 1);
	CHECK_INT(count_lines(body, "Bcc"), 0);
	CHECK_INT(count_lines(body, "."), 0);
	CHECK_INT(count_lines(body, "Reason: x\\u{a}Version: 9\\u{d}\\u{a}.\\u{d}\\u{a}Bcc: evil@example.org"
	    "\\u{a}\\u{a}\\u{202e}evil\\u{200b}\\u{2066}\\u{e0041}\n"), 1);
	CHECK_INT(count_lines(body, "Context: evil\\u{d}\\u{a}\\u{d}\\u{a}y\n"), 1);
	CHECK_INT(count_lines(body, "Ticket: evil\\u{9}T\\u{7f}\n"), 1);
	CHECK(strstr(newest("subject"), "evil") == NULL);
	CHECK_STR(newest("subject"), "[pam-lite] Decision needed: Linux\\job for alice");
	CHECK_INT(sql_int("SELECT json_valid(event) AND event NOT GLOB '*' || char(10) || '*' AND"
	    " json_extract(event, '$.Reason') = reason FROM message JOIN request r ON r.id = request_id"), 1);
	CHECK_STR(newest("instr(event, char(8238)) || instr(event, char(10))"), "00");
	world_end();
}

/* An approver sees what will run, or that he does not. */
static void
test_command_line(void)
{
	char line[512];
	static char big[70001];

	world_begin("notification");
	world_populate();
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB), .path = text("/bin/echo"),
	    .arguments = text("a b\n--unit={unit}\nit's\n\n"), .parameters = text("unit=word\n") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text("App\\deploy") }), "");
	act_as("alice");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .parameters = text("unit=nginx\n") }), "");
	CHECK_INT(count_lines(newest("body"), "CommandLine: /bin/echo 'a b' --unit=nginx 'it'\\''s' ''\n"), 1);
	CHECK_STR(newest("event -> '$.CommandLine'"), "[\"/bin/echo\",\"a b\",\"--unit=nginx\",\"it's\",\"\"]");
	CHECK_STR(newest("event ->> '$.Parameters.unit'"), "nginx");
	snprintf(line, sizeof(line), "    approve-elevated-access-request %s -RequestVersion %s\n",
	    world.request, newest("event ->> '$.Version'"));
	CHECK_INT(count_lines(newest("body"), line), 1);
	CHECK_INT(count_lines(newest("body"), "Definition"), 0);
	CHECK_INT(strlen(newest("event ->> '$.Definition'")), PL_DIGEST_LEN);
	act_as("bob");
	SAYS(approve(world.request), "");
	CHECK_INT(count_lines(newest("body"), "    invoke-elevated-access-task 'Linux\\job' unit=nginx\n"), 1);
	CHECK_STR(newest("event -> '$.DecidedBy'"), "[\"bob\"]");
	act_as("alice");
	SAYS(take_back(world.grant), "");
	/* Free parameters: only the template is known. */
	SAYS(change_policy((struct pl_policy_spec){ .identity = text(JOB), .bind_parameters = PL_NO }), "");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .parameters = text("unit=nginx\n") }), "");
	CHECK_INT(count_lines(newest("body"), "CommandLine"), 0);
	CHECK_INT(count_lines(newest("body"), "ArgumentList: 'a b' '--unit={unit}' 'it'\\''s' ''\n"), 1);
	/* What is too long is not cut, since that could hide the end. */
	memset(big, 'x', sizeof(big) - 1);
	memcpy(big, "file=", sizeof("file=") - 1);
	big[sizeof(big) - 2] = '\n';
	SAYS(ask_with((struct pl_request_spec){ .task = text("App\\deploy"), .parameters = big }), "");
	CHECK_INT(count_lines(newest("body"), "Parameters: (70000 bytes, too long for a message)\n"), 1);
	CHECK_INT(count_lines(newest("body"), "CommandLine"), 0);
	world_end();
}

/* A comment is asked for only where one must be given; who is recorded is told so before. */
static void
test_settings(void)
{
	char end[128];

	begin();
	SAYS(ask(JOB), "");
	CHECK_INT(count_lines(newest("body"), "RecordSession"), 0);
	CHECK(strstr(newest("body"), "-Comment") == NULL);
	SAYS(withdraw(world.request), "");
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .require_comment = PL_YES }), "");
	SAYS(change_policy((struct pl_policy_spec){ .identity = text(JOB), .record_session = PL_YES }), "");
	SAYS(ask(JOB), "");
	snprintf(end, sizeof(end), " -RequestVersion %s -Comment '...'\n", newest("event ->> '$.Version'"));
	CHECK(strstr(newest("body"), end) != NULL);
	CHECK_INT(count_lines(newest("body"), "RecordSession: True\n"), 1);
	CHECK_STR(newest("event -> '$.RecordSession'"), "true");
	act_as("bob");
	SAYS(approve(world.request), "");
	CHECK_STR(newest("kind"), "Approved");
	CHECK_INT(count_lines(newest("body"), "RecordSession: True\n"), 1);
	world_end();
}

/* What comes to nothing: when, why, and how to ask again. What was pasted is the same request: notifications.sh. */
static void
test_ends(void)
{
	struct pl_withdrawal_spec spec = { .request = world.request, .comment = text("no need\nVersion: 9") };
	struct pl_request_spec again = { .task = text(JOB), .reason = text("it's"), .duration_s = 5400,
		.ticket = text("T 1"), .start_at = T0 + 48 * HOUR };
	struct pl_request out;

	begin();
	SAYS(ask(JOB), "");
	SAYS(pl_request_withdraw(&world.ctx, &spec, &out), "");
	pl_row_clear(&pl_request_noun, &out);
	CHECK_INT(count_lines(newest("body"), "Comment: no need\\u{a}Version: 9\n"), 1);
	CHECK_STR(newest("event ->> '$.Comment'"), "no need\nVersion: 9");
	SAYS(ask_with(again), "");
	set_time(25 * HOUR);
	act_as("bob");
	SAYS(approve(world.request), "RequestNotPending");
	CHECK_STR(newest("kind"), "Expired");
	CHECK_STR(newest("event ->> '$.ExpirationDateTimeUtc'"),
	    sql_text("SELECT strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', %lld, 'unixepoch')", (long long)T0 + 24 * HOUR));
	CHECK_INT(count_lines(newest("body"), "ExpirationDateTimeUtc: "), 1);
	CHECK_INT(count_lines(newest("body"), sql_text("SELECT '    new-elevated-access-request -Task ''Linux\\job''"
	    " -Reason ''it''\\''''s'' -Duration PT90M -Ticket ''T 1'' -StartTimeUtc ' ||"
	    " strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', %lld, 'unixepoch') || char(10)", (long long)T0 + 48 * HOUR)), 1);
	/* Of a withdrawal there is nothing in what another operation says of another request. */
	act_as("alice");
	SAYS(ask(JOB), "");
	SAYS(remove_policy(JOB), "");
	CHECK_INT(count_lines(sql_text("SELECT body FROM message WHERE kind = 'Canceled' ORDER BY rowid DESC LIMIT 1"),
	    "Comment"), 0);
	world_end();
}

/* A change of the configuration is told in lines, groups by their names; a group's free name is in no subject. */
static void
test_configuration(void)
{
	begin();
	SAYS(change_policy((struct pl_policy_spec){ .identity = text(JOB), .eligible_group = text("ops") }), "");
	CHECK_STR(newest("replace(subject, 'by ' || (event ->> '$.UserId'), '')"),
	    "[pam-lite] Configuration changed: Set-ElevatedAccessApprovalPolicy Linux\\job ");
	CHECK_INT(count_lines(newest("body"), "EligibleGroup: ops\n"), 1);
	CHECK_INT(count_lines(newest("body"), "RecordSession: False\n"), 1);
	CHECK_INT(count_lines(newest("body"), "ObjectName: Linux\\job\n"), 1);
	CHECK(strchr(newest("body"), '{') == NULL);
	CHECK_STR(newest("event -> '$.Parameters.RecordSession'"), "false");
	CHECK_INT(count_lines(newest("body"),
	    sql_text("SELECT '    search-elevated-access-audit-log -ObjectIds ' || id || char(10) FROM policy")), 1);
	SAYS(make_group("Approve this: $(x)", "erin\nfrank\n"), "");
	CHECK(strstr(newest("subject"), "this") == NULL);
	CHECK_INT(count_lines(newest("body"), "Name: Approve this: $(x)\n"), 1);
	CHECK_INT(count_lines(newest("body"), "Member: erin\n") + count_lines(newest("body"), "Member: frank\n"), 2);
	SAYS(change_group("ops", "erin\n", NULL), "");
	CHECK(strstr(newest("subject"), " Set-ElevatedAccessApproverGroup ops by ") != NULL);
	SAYS(remove_policy(JOB), "");
	CHECK(strstr(newest("subject"), " Remove-ElevatedAccessApprovalPolicy Linux\\job by ") != NULL);
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .domain = text("") }), "");
	CHECK_INT(count_lines(newest("body"), "Domain: ''\n"), 1);
	SAYS(make_task((struct pl_task_spec){ .name = text("Linux\\x"), .description = text("a\u202eb") }), "");
	CHECK_INT(count_lines(newest("body"), "Description: a\\u{202e}b\n"), 1);
	CHECK_INT(count_lines(newest("body"), "Digest"), 0);
	CHECK_INT(count_lines(newest("body"), "    search-elevated-access-audit-log -ObjectIds 'Linux\\x'\n"), 1);
	world_end();
}

/* What is told twice bears one Identity, and when it happened. */
static void
test_event(void)
{
	begin();
	SAYS(ask(JOB), "");
	CHECK_STR(newest("(event ->> '$.Identity') = id AND (event ->> '$.DateCreatedUtc') ="
	    " strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch')"), "1");
	set_time(25 * HOUR);
	act_as("bob");
	SAYS(approve(world.request), "RequestNotPending");
	CHECK_STR(newest("(event ->> '$.Identity') = id AND (event ->> '$.DateCreatedUtc') ="
	    " strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch')"), "1");
	CHECK_STR(newest("(event ->> '$.RequestDateCreatedUtc') < (event ->> '$.DateCreatedUtc')"), "1");
	world_end();
}

static void
test_quote(void)
{
	static const struct {
		const char *word, *quoted;
	} cases[] = {
		{ "", "''" }, { "a", "a" }, { "/usr/bin/x-y_z.1:2,3@4%5+6=7", "/usr/bin/x-y_z.1:2,3@4%5+6=7" },
		{ "a b", "'a b'" }, { "'", "''\\'''" }, { "it's", "'it'\\''s'" }, { "$(x)", "'$(x)'" },
		{ "a\\b", "'a\\b'" }, { "~", "'~'" }, { "a\nb", "'a\\u{a}b'" }, { "\u202e", "'\\u{202e}'" },
		{ "\xff", "'\\xff'" }, { "*", "'*'" }, { "\"", "'\"'" }, { "\u00e9", "'\u00e9'" },
	};
	struct pl_buf b;

	pl_buf_init(&b);
	for (size_t i = 0; i < COUNT(cases); i++) {
		pl_buf_reset(&b);
		pl_message_quote(&b, cases[i].word, strlen(cases[i].word));
		CHECK_STR(b.text, cases[i].quoted);
	}
	pl_buf_clear(&b);
}

/* The recipients of the newest message, in order. */
static const char *
recipients(void)
{
	return sql_text("SELECT group_concat(recipient || CASE state WHEN 'Queued' THEN '' ELSE ' ' || state END, ' ')"
	    " FROM (SELECT * FROM notification WHERE message_id = (SELECT id FROM message ORDER BY rowid DESC LIMIT 1)"
	    " ORDER BY recipient)");
}

static enum pl_status
next(struct pl_delivery *d)
{
	struct pl_caller before = world.ctx.caller;
	enum pl_status st;

	act_as("owner");
	st = pl_delivery_next(&world.ctx, PL_CHANNEL_MAIL, d);
	if (st == PL_E_NOT_FOUND)
		st = pl_delivery_next(&world.ctx, PL_CHANNEL_COMMAND, d);
	world.ctx.caller = before;
	return st;
}

static enum pl_status
done(const char *identity, const char *error)
{
	struct pl_caller before = world.ctx.caller;
	enum pl_status st;

	act_as("owner");
	st = pl_delivery_done(&world.ctx, identity, error);
	world.ctx.caller = before;
	return st;
}

/* Everything that is queued is sent; how many that were. */
static int
send_all(void)
{
	struct pl_delivery d;
	enum pl_status st;
	int n = 0;

	while ((st = next(&d)) == PL_OK) {
		CHECK(strcmp(d.channel, "Mail") == 0 && d.recipient != NULL && d.mail_id != NULL && d.body != NULL);
		SAYS(done(d.identity, NULL), "");
		pl_delivery_clear(&d);
		n++;
	}
	CHECK_INT(st, PL_E_NOT_FOUND);
	CHECK_STR(world.ctx.failure.message, "");
	pl_delivery_clear(&d);
	return n;
}

/* Of one second too, what happened first is told first. */
static void
test_order(void)
{
	struct pl_delivery d;
	int64_t last = 0, rowid;

	begin();
	CHECK(send_all() > 0);
	for (int i = 0; i < 10; i++) {
		SAYS(ask(JOB), "");
		SAYS(withdraw(world.request), "");
	}
	CHECK_INT(sql_run("UPDATE notification SET recipient = 'alice', group_id = NULL"), SQLITE_OK);
	for (int i = 0; i < 20; i++) {
		CHECK_INT(next(&d), PL_OK);
		rowid = sql_int("SELECT rowid FROM notification WHERE id = '%s'", d.identity);
		CHECK(rowid > last);
		last = rowid;
		SAYS(done(d.identity, NULL), "");
		pl_delivery_clear(&d);
	}
	world_end();
}

static enum pl_status
set_program(const char *path)
{
	return set_control(pl_control_change, (struct pl_control_spec){ .notify_command = text(path) });
}

/* The events of a request, in order: program, state, why it failed. */
static const char *
events(void)
{
	return sql_text("SELECT group_concat(line, ', ') FROM (SELECT n.recipient || ' ' || n.state ||"
	    " coalesce(' ' || n.last_error, '') AS line FROM notification n JOIN message m ON m.id = n.message_id"
	    " WHERE n.channel = 'Command' AND m.request_id = '%s' ORDER BY n.rowid)", world.request);
}

/* What waits goes to the program that there is, or to none. */
static void
test_program(void)
{
	int count = 0;

	begin();
	SAYS(set_program("/bin/first"), "");
	SAYS(ask(JOB), "");
	SAYS(withdraw(world.request), "");
	CHECK_INT(sql_run("UPDATE notification SET state = 'Sent', due_at = NULL, sent_at = 1 WHERE rowid ="
	    " (SELECT max(rowid) FROM notification)"), SQLITE_OK);
	CHECK_STR(events(), "/bin/first Queued, /bin/first Sent");
	SAYS(set_program("relative"), "ParameterArgumentTransformationError");
	CHECK_STR(events(), "/bin/first Queued, /bin/first Sent");
	SAYS(set_program("/bin/second"), "");
	CHECK_STR(events(), "/bin/second Queued, /bin/first Sent");
	SAYS(set_program(""), "");
	CHECK_STR(events(), "/bin/second Failed NotifyCommand was removed, /bin/first Sent");
	CHECK_INT(sql_int("SELECT count(*) FROM notification WHERE channel = 'Command' AND state = 'Queued'"), 0);
	act_as("owner");
	SAYS(pl_notification_make_due(&world.ctx, true, NULL, count_row, &count), "");
	CHECK_STR(events(), "/bin/second Failed NotifyCommand was removed, /bin/first Sent");
	SAYS(set_program("/bin/third"), "");
	SAYS(pl_notification_make_due(&world.ctx, false, world.request, count_row, &count), "");
	CHECK_STR(events(), "/bin/third Queued NotifyCommand was removed, /bin/first Sent");
	world_end();
}

/* A group without an address is its members when the mail is sent, without the requestor, each once. */
static void
test_groups(void)
{
	char all[PL_ACCOUNT_MAX + 32];
	struct pl_buf host;

	begin();
	SAYS(change_group("ops", "alice\nerin@example.org\nCORP\\eve\n", NULL), "");
	CHECK(send_all() > 0);
	SAYS(ask(JOB), "");
	CHECK_STR(recipients(), "ops");
	SAYS(change_group("ops", NULL, "dave\n"), "");
	CHECK_INT(sql_run("DELETE FROM notification WHERE message_id IN (SELECT id FROM message WHERE kind ="
	    " 'Configuration' AND rowid = (SELECT max(rowid) FROM message)); DELETE FROM message WHERE rowid ="
	    " (SELECT max(rowid) FROM message)"), SQLITE_OK);
	CHECK_INT(send_all(), 2);
	CHECK_STR(recipients(), "CORP\\eve Failed bob Sent erin@example.org Sent");
	CHECK_INT(sql_int("SELECT count(*) FROM notification WHERE group_id IS NOT NULL"), 0);
	SAYS(withdraw(world.request), "");
	/* The long form of the requestor's name is he too, and the host's group counts. */
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .domain = text("corp.example") }), "");
	CHECK_INT(sql_run("INSERT INTO group_member SELECT id, 'alice@corp.example' FROM approver_group"), SQLITE_OK);
	CHECK_INT(sql_run("DELETE FROM group_member WHERE member LIKE 'CORP%%' OR member LIKE 'erin%%'"), SQLITE_OK);
	CHECK_INT(sql_run("INSERT INTO group_member SELECT id, '%s' FROM approver_group", world.owner), SQLITE_OK);
	CHECK_INT(sql_run("UPDATE approver_group SET unix_group = 'root'"), SQLITE_OK);
	(void)send_all();
	SAYS(ask(JOB), "");
	(void)send_all();
	pl_buf_init(&host);
	pl_unix_group_list("root", &host);
	CHECK(pl_list_has(host.text, "root"));
	snprintf(all, sizeof(all), "bob Sent %s Sent", world.owner);
	if (pl_list_count(host.text) == 1 && strcmp(world.owner, "root") == 0)
		CHECK_STR(recipients(), all);
	pl_buf_clear(&host);
	world_end();
}

/* Nobody to tell is a failure that can be seen; who comes into the group later can be told then. */
static void
test_empty_group(void)
{
	int count = 0;

	begin();
	SAYS(ask(JOB), "");
	CHECK_INT(sql_run("DELETE FROM group_member; UPDATE notification SET state = 'Sent', due_at = NULL, sent_at = 1"
	    " WHERE message_id IN (SELECT id FROM message WHERE kind = 'Configuration')"), SQLITE_OK);
	CHECK_INT(send_all(), 0);
	CHECK_STR(recipients(), "ops Failed");
	CHECK_STR(sql_text("SELECT last_error FROM notification WHERE state = 'Failed'"), "the group has no members");
	CHECK_INT(sql_run("INSERT INTO group_member SELECT id, 'bob' FROM approver_group"), SQLITE_OK);
	SAYS(pl_notification_make_due(&world.ctx, false, world.request, count_row, &count), "");
	CHECK_INT(count, 1);
	CHECK_INT(send_all(), 1);
	CHECK_STR(recipients(), "bob Sent");
	world_end();
}

/* A large group costs one row where it is asked, and its members' rows where it is told. */
static void
test_large_group(void)
{
	struct pl_delivery d;

	begin();
	SAYS(ask(JOB), "");
	CHECK_INT(sql_run("DELETE FROM notification WHERE message_id IN (SELECT id FROM message WHERE kind ="
	    " 'Configuration'); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000)"
	    " INSERT INTO group_member SELECT g.id, 'u' || i FROM c JOIN approver_group g"), SQLITE_OK);
	CHECK_INT(sql_int("SELECT count(*) FROM notification"), 1);
	CHECK_INT(next(&d), PL_OK);
	pl_delivery_clear(&d);
	CHECK_INT(sql_int("SELECT count(*) FROM notification WHERE state = 'Queued'"), 5002);
	CHECK_INT(sql_int("SELECT count(DISTINCT recipient) FROM notification"), 5002);
	world_end();
}

/* The attempts of one mail: when each is made, in seconds since the event, and when it is due again. */
static void
test_schedule(void)
{
	static const struct {
		int64_t at, again;
	} tries[] = {
		{ 0, 60 }, { 60, 300 }, { 400, 900 }, { 1300, 3600 }, { 5000, 3600 }, { 3 * 24 * HOUR - 1, 3600 },
	};
	const int64_t last = 3 * 24 * HOUR - 1 + 3600;
	char id[PL_ID_LEN + 1], mail_id[512];
	struct pl_delivery d;
	int64_t records;

	begin();
	SAYS(ask(JOB), "");
	SAYS(withdraw(world.request), "");
	CHECK_INT(sql_run("DELETE FROM notification WHERE recipient <> 'alice'"), SQLITE_OK);
	records = audit_count();
	for (size_t i = 0; i < COUNT(tries); i++) {
		set_time(tries[i].at);
		CHECK_INT(next(&d), PL_OK);
		CHECK_INT(d.attempts, i);
		CHECK_INT(d.created_at, T0);
		CHECK_STR(d.kind, "Canceled");
		CHECK_STR(d.request, world.request);
		if (i > 0)
			CHECK_STR(d.mail_id, mail_id);
		snprintf(mail_id, sizeof(mail_id), "%s", d.mail_id);
		snprintf(id, sizeof(id), "%s", d.identity);
		pl_delivery_clear(&d);
		SAYS(done(id, "no\nroute"), "");
		CHECK_INT(sql_int("SELECT due_at FROM notification"), T0 + tries[i].at + tries[i].again);
		set_time(tries[i].at + tries[i].again - 1);
		CHECK_INT(next(&d), PL_E_NOT_FOUND);
		pl_delivery_clear(&d);
	}
	CHECK_INT(audit_count(), records);
	set_time(last);
	SAYS(done(id, "no\nroute"), "");
	CHECK_STR(sql_text("SELECT state || attempts || last_error FROM notification"), "Failed7no route");
	CHECK_INT(audit_count(), records + 1);
	CHECK_STR(audit_last("operation || ' ' || record_type || ' ' || result"),
	    "Send-ElevatedAccessNotification Maintenance Failed");
	CHECK_STR(audit_last("object"), id);
	CHECK_STR(audit_last("$.Parameters"),
	    sql_text("SELECT json_object('Recipient', 'alice', 'Attempts', 7, 'RequestIdentity', '%s', 'LastError',"
	    " 'no route')", world.request));
	CHECK_INT(next(&d), PL_E_NOT_FOUND);
	pl_delivery_clear(&d);
	/* What is over stays as it is, whatever is reported late. */
	SAYS(done(id, NULL), "");
	CHECK_STR(sql_text("SELECT state FROM notification"), "Failed");
	CHECK_INT(audit_count(), records + 1);
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

static void
test_sent(void)
{
	struct pl_delivery d;
	int64_t records;

	begin();
	SAYS(ask(JOB), "");
	SAYS(withdraw(world.request), "");
	CHECK_INT(sql_run("DELETE FROM notification WHERE recipient <> 'alice'"), SQLITE_OK);
	CHECK_INT(next(&d), PL_OK);
	SAYS(done(d.identity, "busy"), "");
	set_time(60);
	records = audit_count();
	SAYS(done(d.identity, NULL), "");
	CHECK_STR(sql_text("SELECT state || attempts || sent_at || coalesce(due_at, '') || last_error"
	    " FROM notification"), sql_text("SELECT 'Sent2%lldbusy'", (long long)T0 + 60));
	SAYS(done(d.identity, "late"), "");
	SAYS(done("none such", NULL), "");
	CHECK_STR(sql_text("SELECT state || attempts FROM notification"), "Sent2");
	CHECK_INT(audit_count(), records);
	pl_delivery_clear(&d);
	world_end();
}

static void
test_errors_kept(void)
{
	static const struct {
		const char *error, *kept;
	} cases[] = {
		{ "a\nb\tc\r\n", "a b c  " }, { "", "no reason told" }, { "\x1b[31mred\x7f", "\\u{1b}[31mred\\u{7f}" },
		{ "\xff", "\\xff" }, { "\u202e", "\\u{202e}" },
	};
	char big[1001];

	begin();
	SAYS(ask(JOB), "");
	SAYS(withdraw(world.request), "");
	CHECK_INT(sql_run("DELETE FROM notification WHERE recipient <> 'alice'"), SQLITE_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		SAYS(done(sql_text("SELECT id FROM notification"), cases[i].error), "");
		CHECK_STR(sql_text("SELECT last_error FROM notification"), cases[i].kept);
	}
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	SAYS(done(sql_text("SELECT id FROM notification"), big), "");
	CHECK_INT(sql_int("SELECT length(CAST(last_error AS BLOB)) FROM notification"), 200);
	world_end();
}

/* How many of what is there a person sees, and that nobody but the owner under his own name is the service. */
static void
test_rights(void)
{
	static const struct {
		const char *who;
		int sees;
		const char *service;
	} people[] = {
		{ "alice", 2, "AdministratorRequired" },
		{ "bob", 5, "AdministratorRequired" },       /* what went to his group */
		{ "erin", 0, "AdministratorRequired" },      /* of another group */
		{ "carol", 0, "AdministratorRequired" },
		{ "pamlite", 0, "AdministratorRequired" },
		{ "owner", 9, "" },   /* the last, since what he takes becomes one for each member */
	};
	struct pl_notification_filter filter = { 0 };
	struct pl_delivery d;
	int count;

	begin();
	SAYS(set_program("/bin/true"), "");
	SAYS(make_group("others", "erin\n"), "");
	CHECK_INT(sql_run("DELETE FROM notification WHERE rowid < 3"), SQLITE_OK);
	act_as("alice");
	SAYS(ask(JOB), "");
	SAYS(withdraw(world.request), "");
	for (size_t i = 0; i < COUNT(people); i++) {
		act_as(people[i].who);
		count = 0;
		SAYS(pl_notification_list(&world.ctx, &filter, count_row, &count), "");
		CHECK_INT(count, people[i].sees);
		SAYS(pl_delivery_done(&world.ctx, "none such", NULL), people[i].service);
		SAYS(pl_delivery_next(&world.ctx, PL_CHANNEL_MAIL, &d), people[i].service);
		pl_delivery_clear(&d);
	}
	world_end();
}

/* Who can make what due at once, and that it is recorded where it was anything. */
static void
test_make_due(void)
{
	static const struct {
		const char *who;
		bool all, named;
		const char *says, *due;
	} cases[] = {
		{ "carol", true, false, "", "" },
		{ "carol", false, true, "RequestNotFound", "" },
		{ "alice", false, false, "", "Pending" },
		{ "bob", false, false, "", "Configuration Pending" },
		{ "alice", true, false, "", "Canceled Pending" },
		{ "bob", false, true, "", "Canceled Pending" },
		{ "owner", false, false, "", "Configuration Pending" },
		{ "owner", true, false, "", "Canceled Configuration Pending" },
		{ "owner", false, true, "", "Canceled Pending" },
	};
	int64_t records;
	int count;

	begin();
	SAYS(ask(JOB), "");
	SAYS(withdraw(world.request), "");
	for (size_t i = 0; i < COUNT(cases); i++) {
		/* One of each: to come, failed after attempts, not a mail address, sent. */
		CHECK_INT(sql_run("UPDATE notification SET state = 'Sent', due_at = NULL, sent_at = 1, attempts = 1,"
		    " group_id = NULL;"
		    "UPDATE notification SET state = 'Queued', sent_at = NULL, due_at = 1999999999 WHERE message_id IN"
		    " (SELECT id FROM message WHERE kind = 'Pending' OR rowid = 1);"
		    "UPDATE notification SET state = 'Failed', sent_at = NULL WHERE recipient = 'alice';"
		    "UPDATE notification SET state = 'Failed', sent_at = NULL, attempts = 0 WHERE message_id IN"
		    " (SELECT id FROM message WHERE rowid = 2)"), SQLITE_OK);
		act_as(cases[i].who);
		records = audit_count();
		count = 0;
		SAYS(pl_notification_make_due(&world.ctx, cases[i].all, cases[i].named ? world.request : NULL,
		    count_row, &count), cases[i].says);
		CHECK_STR(sql_text("SELECT group_concat(kind, ' ') FROM (SELECT m.kind FROM notification n"
		    " JOIN message m ON m.id = n.message_id WHERE n.state = 'Queued' AND n.due_at = %lld"
		    " ORDER BY m.kind)", (long long)T0), cases[i].due);
		CHECK_INT(count, sql_int("SELECT count(*) FROM notification WHERE due_at = %lld", (long long)T0));
		CHECK_INT(audit_count() - records, count > 0 || cases[i].says[0] != '\0');
	}
	world_end();
}

/* A plan: how many rows, whether all of them are as they would be, and the notes about them. */
struct planned {
	int count, due;
};

static enum pl_status
count_planned(void *arg, const void *row)
{
	const struct pl_notification *n = row;
	struct planned *p = arg;

	p->count++;
	p->due += strcmp(n->state, "Queued") == 0 && n->due_at == T0;
	return PL_OK;
}

/* What would be sent or made due is told one by one, and nothing is changed. */
static void
test_plan(void)
{
	static const struct {
		const char *who;
		bool sends, all, named;
		int count;
	} cases[] = {
		{ "carol", false, true, false, 0 },
		{ "alice", false, false, false, 1 },
		{ "alice", false, true, false, 2 },
		{ "alice", false, false, true, 2 },
		{ "owner", false, true, false, 3 },
		{ "owner", true, false, false, 1 },
		{ "owner", true, true, false, 3 },
		{ "owner", true, false, true, 3 },
	};
	char before[PL_DIGEST_LEN + 1], after[PL_DIGEST_LEN + 1];
	struct pl_digest d;
	struct pl_buf *notes = &world.ctx.notes[PL_NOTE_WHAT_IF];

	begin();
	SAYS(ask(JOB), "");
	SAYS(withdraw(world.request), "");
	/* Due: one about the configuration; later: Pending; failed: Canceled. */
	CHECK_INT(sql_run("DELETE FROM notification WHERE rowid < 3; UPDATE notification SET due_at = %lld"
	    " WHERE message_id IN (SELECT id FROM message WHERE kind = 'Pending'); UPDATE notification SET"
	    " state = 'Failed', due_at = NULL, attempts = 3 WHERE recipient = 'alice'",
	    (long long)world.ctx.clock.now + HOUR), SQLITE_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct planned planned = { 0 };

		pl_digest_start(&d);
		digest_rows(&d, world_raw(), "SELECT * FROM notification ORDER BY id");
		pl_digest_end(&d, before);
		act_as(cases[i].who);
		world.ctx.what_if = true;
		pl_buf_reset(notes);
		SAYS((cases[i].sends ? pl_notification_plan : pl_notification_make_due)(&world.ctx, cases[i].all,
		    cases[i].named ? world.request : NULL, count_planned, &planned), "");
		world.ctx.what_if = false;
		CHECK_INT(planned.count, cases[i].count);
		CHECK_INT(planned.due, cases[i].count);
		CHECK_INT(pl_list_count(notes->text), cases[i].count);
		CHECK(strstr(notes->text, "\"\"") == NULL);
		if (cases[i].count == 2)
			CHECK(strstr(notes->text, " (Canceled to alice)\"") != NULL);
		pl_digest_start(&d);
		digest_rows(&d, world_raw(), "SELECT * FROM notification ORDER BY id");
		pl_digest_end(&d, after);
		CHECK_STR(after, before);
	}
	world_end();
}

static void
test_list(void)
{
	struct pl_notification_filter filter = { .identity = text("00000000-0000-4000-8000-000000000000") };
	int count = 0;

	begin();
	SAYS(ask(JOB), "");
	SAYS(pl_notification_list(&world.ctx, &filter, count_row, &count), "NotificationNotFound");
	filter.identity = text(sql_text("SELECT n.id FROM notification n JOIN message m ON m.id = n.message_id"
	    " WHERE m.kind = 'Pending'"));
	SAYS(pl_notification_list(&world.ctx, &filter, count_row, &count), "");
	CHECK_INT(count, 1);
	act_as("carol");
	SAYS(pl_notification_list(&world.ctx, &filter, count_row, &count), "NotificationNotFound");
	act_as("alice");
	filter.state = text("Sent");
	SAYS(pl_notification_list(&world.ctx, &filter, count_row, &count), "");
	CHECK_INT(count, 1);
	filter = (struct pl_notification_filter){ .state = text("Queued") };
	SAYS(pl_notification_list(&world.ctx, &filter, count_row, &count), "");
	CHECK_INT(count, 2);
	world_end();
}

/* A reminder, which nothing but the clock causes. */
static void
test_reminder(void)
{
	begin();
	SAYS(ask(JOB), "");
	(void)told();
	act_as("owner");
	SAYS(pl_op_begin(&world.ctx, "Invoke-ElevatedAccessMaintenance", PL_RECORD_MAINTENANCE, NULL), "");
	SAYS(pl_op_end(&world.ctx, pl_notify_request(&world.ctx, PL_MESSAGE_REMINDER, world.request)), "");
	CHECK_STR(told(), "Reminder ops Queued");
	CHECK_STR(newest("subject"), "[pam-lite] Decision still needed: Linux\\job for alice");
	SAYS(pl_op_begin(&world.ctx, "Invoke-ElevatedAccessMaintenance", PL_RECORD_MAINTENANCE, NULL), "");
	SAYS(pl_op_end(&world.ctx, pl_notify_request(&world.ctx, PL_MESSAGE_REMINDER, "none such")), "InternalError");
	world_end();
}

/* Asking and withdrawing again and again, or changing what is asked, floods nobody. */
static void
test_flood(void)
{
	int told_of = 0;

	begin();
	for (int i = 0; i < PL_MESSAGES_HOUR_MAX + 5; i++) {
		SAYS(ask(JOB), "");
		SAYS(withdraw(world.request), "");
		told_of += strstr(told(), "Pending") != NULL;
	}
	CHECK_INT(told_of, PL_MESSAGES_HOUR_MAX);
	act_as("erin");
	TOLD(ask(JOB), "", "Pending ops Queued");
	act_as("alice");
	world.ctx.clock.now += 3601;
	TOLD(ask(JOB), "", "Pending ops Queued");
	for (told_of = 0; told_of < PL_MESSAGES_HOUR_MAX + 5; told_of++)
		SAYS(change_request((struct pl_request_change){ .request = world.request,
		    .reason = told_of % 2 == 0 ? text("a") : text("b") }), "");
	CHECK_INT(sql_int("SELECT count(*) FROM message WHERE kind = 'Pending' AND request_id = '%s'", world.request),
	    PL_MESSAGES_HOUR_MAX);
	world_end();
}

static enum pl_status
look(void *arg, const void *row)
{
	const struct pl_notification *n = row;

	(void)snprintf(arg, 100, "%s %s", n->recipient, n->last_error != NULL ? n->last_error : "-");
	return PL_OK;
}

/* Who is in a group, and what a mail system says of its members, is not for who asks it. */
static void
test_hidden(void)
{
	static const struct {
		const char *who, *sees;
	} people[] = { { "alice", "ops -" }, { "bob", "dave no such user" }, { "owner", "dave no such user" } };
	struct pl_notification_filter filter = { 0 };
	struct pl_delivery d;
	char seen[100];

	begin();
	CHECK_INT(sql_run("DELETE FROM notification"), SQLITE_OK);
	SAYS(ask(JOB), "");
	CHECK_INT(next(&d), PL_OK);
	CHECK_INT(sql_run("DELETE FROM notification WHERE recipient <> 'dave'"), SQLITE_OK);
	pl_delivery_clear(&d);
	CHECK_INT(next(&d), PL_OK);
	SAYS(done(d.identity, "no such user"), "");
	pl_delivery_clear(&d);
	for (size_t i = 0; i < COUNT(people); i++) {
		act_as(people[i].who);
		seen[0] = '\0';
		SAYS(pl_notification_list(&world.ctx, &filter, look, seen), "");
		CHECK_STR(seen, people[i].sees);
	}
	world_end();
}

int
main(void)
{
	test_events();
	test_expired();
	test_ends_of_grants();
	test_recipients();
	test_nothing_happened();
	test_threads();
	test_hostile();
	test_command_line();
	test_settings();
	test_ends();
	test_configuration();
	test_event();
	test_quote();
	test_order();
	test_program();
	test_groups();
	test_empty_group();
	test_large_group();
	test_schedule();
	test_sent();
	test_errors_kept();
	test_rights();
	test_make_due();
	test_plan();
	test_list();
	test_reminder();
	test_flood();
	test_hidden();
	return unit_end();
}
