#!/bin/bash
# report.sh - a report is one page that needs nothing else, says what the database says, and is safe to open

. "$(dirname "$0")/lib.bash"

page=$work/report.html
# report [WORD...]: the report, anew. at XPATH: what the page has there; many XPATH: how often.
report()
{
	succeeds show-elevated-access-report -Path "$page" -Force "$@"
}
at()
{
	xmllint --xpath "string($1)" "$page"
}
many()
{
	xmllint --xpath "count($1)" "$page"
}
# The number behind a name in the table with that caption; a figure at the top; thousands without commas.
row()
{
	at "//table[caption='$1']/tbody/tr[th='$2']/td[contains(@class, 'number')][${3:-1}]" | tr -d ,
}
figure()
{
	at "//dd[@id='$1']" | tr -d ,
}

# sound: what must be true of every page.
sound()
{
	succeeds xmllint --noout "$page"
	is "$(many '//script | //link | //img | //iframe | //object | //embed | //a | //base | //form')" 0 'an element'
	is "$(many '//@src | //@href | //@*[starts-with(name(), "on")]')" 0 'a reference or a handler'
	is "$(grep -oE 'https?:|@import|url\(|expression\(|javascript:' "$page")" '' 'a reference'
	is "$(at '//meta[contains(@content, "default-src")]/@content')" \
	    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
	is "$(at /html/@lang)" en
	is "$(many '/html/head/meta[@charset="utf-8"]'),$(many //h1),$(many //main)" 1,1,1
	[[ -n $(at //title) ]] || bad 'no title'
	is "$(many '//section[not(h2 or div/h2)]')" 0 'a section without a heading'
	is "$(many '//section[not(@aria-labelledby = .//h2/@id)]')" 0 'a section without a name'
	is "$(many '//table[not(caption)] | //thead//th[not(@scope="col")] | //tbody//th[not(@scope="row")]')" 0
	is "$(many '//tbody/tr[not(th)]')" 0
	# What is drawn has a text of its own, or stands beside its number.
	is "$(many '//svg[not(title) and not(ancestor-or-self::*[@aria-hidden="true"])]')" 0
	is "$(grep -c 'prefers-color-scheme:dark' "$page"),$(grep -c '@media print' "$page")" 1,1
	is "$(LC_ALL=C grep -cP '[\x00-\x08\x0b-\x1f\x7f]' "$page")" 0 'control characters'
}

# --- nothing has happened ---

must new-elevated-access-approver-group -Name ops -Member bob,dave
must enable-elevated-access-control -AdminGroup ops

t "nothing has happened: the page says so, section by section"
report
sound
has "$(at '//section[@id="chain"]//h2')" 'intact'
is "$(at '//section[@id="chain"]//dd[1]')" "$(search-elevated-access-audit-log -o Id | wc -l)"
is "$(at '//section[@id="chain"]//code')" "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Hash)"
for name in requests grants runs refused; do
	is "$(figure "$name")" 0
done
is "$(figure median)" –
is "$(many '//table'),$(many '//p[@class="none"]')" 0,6

t "its end is the last record and not now, and twice is the same, byte for byte"
last=$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property CreationDate)
is "$(at '//p[@class="period"]/time[2]/@datetime')" "$last"
is "$(at '//p[@class="period"]/time[1]/@datetime')" \
    "$(search-elevated-access-audit-log -SortBy Sequence -ResultSize 1 -o Value -Property CreationDate)"
cp "$page" "$work/first.html"
later 30h must show-elevated-access-report -Path "$page" -Force -EndDate 2999-12-31
is "$(cmp "$page" "$work/first.html" 2>&1)" ''

# --- who may, and where to ---

t "only who may see everything gets it, and the attempt is recorded"
must set-elevated-access-control -AuditGroup ops -Confirm:false
as alice fails 77 AuditorRequired show-elevated-access-report -Path "$work/alice.html"
is "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property UserIds,Operations,ResultStatus)" \
    $'alice\tShow-ElevatedAccessReport\tRefused'
[[ ! -e $work/alice.html ]] || bad 'a file was made all the same'
as bob succeeds show-elevated-access-report -Path "$work/bob.html"
is "$(stat -c %a "$work/bob.html"):$out" 600:

t "an existing file is kept unless -Force, and also where the new one cannot be made"
fails 73 FileExists show-elevated-access-report -Path "$work/bob.html"
has "$err" '-Force replaces it'
lacks "$err" '-Append'
fails 73 FileExists show-elevated-access-report -Path "$work/bob.html" -NoClobber -Force
cp "$work/bob.html" "$work/kept.html"
as alice fails 77 AuditorRequired show-elevated-access-report -Path "$work/bob.html" -Force
is "$(cmp "$work/bob.html" "$work/kept.html" 2>&1)" ''
fails 74 OutputFailed show-elevated-access-report -Path "$work/none/x.html"
fails 64 MissingMandatoryParameter show-elevated-access-report
is "$(find "$work" -maxdepth 1 -name '.*' -type f)" ''

# --- ten, one of them hostile ---

mkdir "$work/touched"
must register-elevated-access-task 'Linux\touch' -Path /usr/bin/touch -ArgumentList '{file}' \
    -Parameter "file=path:$work/touched"
must new-elevated-access-approval-policy 'Linux\touch' -ApprovalType Manual -ApproverGroup ops
must add-elevated-access-system-account backup -Reason $'</td><b>nightly\u200b & "quoted"'
evil=$'<script>alert("1")</script>\'&amp;\u202e</style><img src=x onerror=y>'
who='<img/src=x>'
must as "$who" new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/a" -DurationHours 40 \
    -Reason "$evil" -o Id
must as bob approve-elevated-access-request "$out"
must as "$who" invoke-elevated-access-task 'Linux\touch' "file=$work/touched/a"
must as backup invoke-elevated-access-task 'Linux\touch' "file=$work/touched/b"
must as backup invoke-elevated-access-task 'Linux\touch' "file=$work/touched/c"
for i in {1..9}; do
	must as "u$i" new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/$i" -Reason "no. $i" \
	    -o Id
	((i > 4)) || must as dave deny-elevated-access-request "$out" -Comment no
	((i != 5)) || must as "u$i" stop-elevated-access-request "$out"
	as "u$i" fails 126 ElevatedAccessRequired invoke-elevated-access-task 'Linux\touch' "file=$work/touched/$i"
done
as u9 fails 66 RequestNotFound deny-elevated-access-request \
    "$(get-elevated-access-request -RequestStatus Denied -o Id -ResultSize 1)" -Comment no

t "ten requests: each number is that of the database"
report
sound
is "$(figure requests),$(figure grants),$(figure runs)" 10,1,3
for state in Pending Approved Denied Expired Canceled; do
	is "$(row 'By state' $state)" "$(get-elevated-access-request -RequestStatus $state -o Id | wc -l)" "$state"
done
is "$(row 'By task' 'Linux\touch' 1),$(row 'By task' 'Linux\touch' 2),$(row 'By task' 'Linux\touch' 3)" 10,1,4
is "$(many '//table[contains(@class, "timeline")]/tbody/tr')" 3 'everybody and two'
is "$(row 'Grants and runs of each person' backup 1),$(row 'Grants and runs of each person' backup 2)" 0,2

t "refusals by error and by person are those of the log"
is "$(figure refused)" "$(search-elevated-access-audit-log -RecordType Refusal -o Id | wc -l)"
while read -r count error; do
	is "$(row 'By error' "$error")" "$count" "$error"
done < <(search-elevated-access-audit-log -RecordType Refusal -o Value -Property AuditData | jq -r .ErrorId | sort |
    uniq -c)
while read -r count user; do
	is "$(row 'By person' "$user")" "$count" "$user"
done < <(search-elevated-access-audit-log -RecordType Refusal -o Value -Property UserIds | sort | uniq -c)
has "$(<"$page")" 'Elevated<wbr/>Access<wbr/>Required<'

t "who runs without a grant is named, with the reason for that"
is "$(at '//section[.//h2="System accounts"]/p/b'),$(row 'Exempt accounts and their runs' backup)" 2,2
is "$(at '//table[caption="Exempt accounts and their runs"]/tbody/tr/td[@data-label="reason"]')" \
    '</td><b>nightly\u{200b} & "quoted"'

t "hostile text is text: read back it is what was written, with what deceives the eye shown"
is "$(at '//table[contains(@class, "long")]/tbody/tr/td[@data-label="reason"]')" "${evil/$'\u202e'/'\u{202e}'}"
is "$(at '//table[contains(@class, "long")]/tbody/tr/th')" "$who"
is "$(row 'Grants and runs of each person' "$who" 2)" 1
is "$(many //script),$(many //img),$(many //style)" 0,0,1
is "$(at '//table[contains(@class, "long")]/tbody/tr/td[@data-label="length"]/data/@value')" 144000
is "$(at '//table[contains(@class, "long")]/tbody/tr/td[@data-label="until"]/span')" 'still in force'

t "a task's name in another case is the same task"
must sqlite3 "$PAMLITE_DATABASE" "UPDATE request SET access = 'linux\\TOUCH' WHERE requestor = 'u1'"
report
is "$(many '//table[caption="By task"]/tbody/tr')" 1

# --- five thousand, made at one stroke, over four weeks of a year long gone ---

database many
must new-elevated-access-approver-group -Name ops -Member bob
must enable-elevated-access-control -AdminGroup ops
cat >"$work/sql" <<'EOT'
BEGIN;
CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    SELECT i, printf('%08x-0000-4000-8000-%012x', i, i) AS id, 'user' || (i * i % 211) AS who,
    'App' || (i % 40) || '\deploy' AS task, 1740787200 + i * 7919 % (28 * 86400) AS made, i * 31337 % 86399 AS wait,
    CASE WHEN i % 10 < 7 THEN 'Approved' WHEN i % 10 = 7 THEN 'Denied' WHEN i % 10 = 8 THEN 'Canceled'
    ELSE 'Expired' END AS state FROM n;
INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s,
    created_at, updated_at, expires_at, decided_at) SELECT id, who, 1, 1, 'Task', task, 'p', state, 'number ' || i,
    3600, made, made, made + 86400, made + wait FROM n;
INSERT INTO decision SELECT id, 'bob', 1, NULL, 1, state, NULL, NULL, made + wait FROM n
    WHERE state IN ('Approved', 'Denied') AND i % 3 > 0;
INSERT INTO authorization (id, request_id, policy_id, holder, holder_uid, asserted, type, access, bound, authorized_by,
    start_at, end_at, granted_at, boot_id, boot_end_ms, created_at, updated_at, revoked_at)
    SELECT 'a' || i, id, 'p', who, 1, 1, 'Task', task, 0, 'bob', made + wait, made + wait + 60 * i, made + wait, 'x', 1,
    made + wait, made + wait, CASE WHEN i > 4990 THEN made + wait + 30 END FROM n WHERE state = 'Approved';
INSERT INTO execution (id, task, user, uid, asserted, run_as, command_line, authorization_id, started_at, ended_at,
    exit_status, end_reason, pid, boot_id) SELECT 'e' || i, task, who, 1, 1, 'root', 'x', 'a' || i, made + wait + 5,
    made + wait + 9, 0, 'Exited', 1, 'x' FROM n WHERE state = 'Approved' AND i % 2 = 0;
COMMIT;
EOT
must sqlite3 "$PAMLITE_DATABASE" ".read $work/sql"
month=(-StartDate 2025-03-01 -EndDate 2025-03-30)
from="BETWEEN unixepoch('2025-03-01') AND unixepoch('2025-03-31') - 1"
ask()
{
	sqlite3 -readonly "$PAMLITE_DATABASE" "$1"
}
decided="FROM request r WHERE created_at $from AND state IN ('Approved', 'Denied')
    AND id IN (SELECT request_id FROM decision) ORDER BY decided_at - created_at"

t "five thousand requests: median and 90th percentile, and the numbers, are what SQL says"
report "${month[@]}"
sound
is "$(figure requests),$(figure grants),$(figure runs),$(figure refused)" \
    "$(ask "SELECT (SELECT count(*) FROM request WHERE created_at $from) || ',' ||
    (SELECT count(*) FROM authorization WHERE created_at $from) || ',' ||
    (SELECT count(*) FROM execution WHERE started_at $from)"),0"
count=$(ask "SELECT count(*) FROM (SELECT 1 $decided)")
((count > 2000)) || bad "only $count decisions"
for percent in median:50 p90:90; do
	is "$(at "//dd[@id='${percent%:*}']/data/@value")" "$(ask "SELECT decided_at - created_at $decided
	    LIMIT 1 OFFSET ($count * ${percent#*:} + 99) / 100 - 1")" "$percent"
done
waits="SELECT count(*) FROM (SELECT decided_at - created_at AS d $decided)"
is "$(row 'How long requests waited' 'under 5 minutes')" "$(ask "$waits WHERE d < 300")"
is "$(row 'How long requests waited' '12 to 24 hours')" "$(ask "$waits WHERE d >= 43200 AND d < 86400")"
is "$(row 'By task' 'App10\deploy')" "$(ask "SELECT count(*) FROM request WHERE access = 'App10\\deploy'")"

t "long lists are cut, the first are those with most, and the rest is counted"
is "$(many '//table[caption="By task"]/tbody/tr')" 15
has "$(at '//section[.//h2="Requests"]/p[@class="more"]')" 'and 25 more '
is "$(many '//table[contains(@class, "timeline")]/tbody/tr')" 16
has "$(at '//p[@class="more"]')" "and $(($(ask "SELECT count(DISTINCT holder) FROM authorization \
    WHERE created_at $from") - 15)) more "
is "$(at '//table[contains(@class, "timeline")]/tbody/tr[2]/th')" "$(ask "SELECT who FROM
    (SELECT holder AS who FROM authorization WHERE created_at $from UNION ALL SELECT user FROM execution
    WHERE started_at $from) GROUP BY who ORDER BY count(*) DESC, who LIMIT 1")"
(($(stat -c %s "$page") < 200000)) || bad "the page has $(stat -c %s "$page") bytes"

t "the longest grants are the longest, until they ended or were revoked"
is "$(xmllint --xpath '//table[contains(@class, "long")]//td[@data-label="length"]/data/@value' "$page" |
    tr -dc '0-9\n' | sed '/^$/d')" "$(ask "SELECT min(end_at, coalesce(revoked_at, end_at)) - start_at AS d
    FROM authorization WHERE created_at $from ORDER BY d DESC LIMIT 10")"

t "a period that is over keeps its states, whatever is decided after it"
report -StartDate 2025-03-01 -EndDate 2025-03-10
was=$(row 'By state' Pending)
then="unixepoch('2025-03-11')"
open="created_at < $then AND decided_at >= $then AND expires_at >= $then"
is "$was" "$(ask "SELECT count(*) FROM request WHERE $open")"
((was > 10)) || bad "only $was were pending"
cp "$page" "$work/first.html"
must sqlite3 "$PAMLITE_DATABASE" "UPDATE request SET state = 'Denied', decided_at = $then WHERE $open"
report -StartDate 2025-03-01 -EndDate 2025-03-10
is "$(cmp "$page" "$work/first.html" 2>&1)" ''

t "a period in which nothing was; one that ends before it begins is none"
report -StartDate 2024-01-01 -EndDate 2024-01-31
sound
is "$(figure requests)" 0
fails 64 ParameterArgumentTransformationError show-elevated-access-report -Path "$work/none.html" \
    -StartDate 2025-03-20 -EndDate 2025-03-19
has "$err" '-EndDate 2025-03-19 lies before -StartDate 2025-03-20'
[[ ! -e $work/none.html ]] || bad "a file was made"
report -StartDate 2025-03-20 -EndDate 2025-03-20

# --- ten days of an hour a step ---

database lanes
must new-elevated-access-approver-group -Name ops -Member bob
must enable-elevated-access-control -AdminGroup ops
# given ID FROM UNTIL [REVOKED]: a grant of alice's, in hours of those days.
given()
{
	local day=1740787200

	must sqlite3 "$PAMLITE_DATABASE" "INSERT INTO request (id, requestor, requestor_uid, asserted, type, access,
	    policy_id, state, reason, duration_s, created_at, updated_at, expires_at, decided_at) VALUES
	    ('r$1', 'alice',
	    1, 1, 'Task', 'L\ok', 'p', 'Approved', 'r', 1, $day, 1, $day + 1, $day);
	    INSERT INTO authorization (id, request_id, policy_id, holder, holder_uid, asserted, type, access, bound,
	    authorized_by, start_at, end_at, granted_at, boot_id, boot_end_ms, created_at, updated_at, revoked_at)
	    VALUES ('a$1', 'r$1', 'p', 'alice', 1, 1, 'Task', 'L\ok', 0, 'bob', $day + 3600 * $2,
	    $day + 3600 * $3, $day, 'x', 1, $day, $day, $day + 3600 * ${4:-NULL});
	    INSERT INTO execution (id, task, user, uid, asserted, run_as, command_line, authorization_id,
	    started_at, ended_at, exit_status, end_reason, pid, boot_id) VALUES ('e$1', 'L\ok', 'alice',
	    1, 1, 'root', 'x', 'a$1',
	    $day + 3600 * $2 + 1800, $day + 3600 * $2 + 1801, 0, 'Exited', 1, 'x')"
}

t "the timeline has each grant from its beginning to its end, and each run where it started"
given 1 0 10
report -StartDate 2025-03-01 -EndDate 2025-03-10
is "$(at '//td/svg/path[@class="grants"]/@d')" 'M0 26v-25h100v25z'
is "$(at '//td/svg/path[@class="runs"]/@d')" 'M2 43v-13h6v13z'
is "$(at '//td/svg/title')" '1 grant, at most 1 in force at once; 1 run'
given 2 5 20
given 3 100 200 130
given 4 230 500
given 5 300 400
report -StartDate 2025-03-01 -EndDate 2025-03-10
is "$(at '//tbody/tr[th="alice"]/td/svg/path[@class="grants"]/@d')" \
    'M0 26v-12h50v12zM50 26v-25h50v25zM100 26v-12h100v12zM1000 26v-12h300v12zM2300 26v-12h100v12z'
is "$(at '//tbody/tr[th="alice"]/td/svg/path[@class="runs"]/@d')" \
    'M2 43v-13h6v13zM52 43v-13h6v13zM1002 43v-13h6v13zM2302 43v-13h6v13z'
is "$(xmllint --xpath '//span[@class="axis"]/span/text()' "$page" | tr '\n' ' ')" '1 Mar 3 Mar 5 Mar 7 Mar 9 Mar '
sound
database many

if [[ -n ${SANITIZED:-} ]]; then
	skip 'memory' 'a sanitizer takes it for itself'
else
	t "memory: no more for five thousand than fits in eight megabytes"
	run bash -c 'ulimit -d 8192; exec "$@"' - show-elevated-access-report -Path "$page" -Force "${month[@]}"
	is "$status$err" 0
	run bash -c 'ulimit -d 2048; exec "$@"' - show-elevated-access-report -Path "$page" -Force "${month[@]}"
	[[ $status != 0 ]] || bad 'the limit limits nothing'
fi

# --- a log that was changed ---

t "a broken chain stands at the top, with its place, and is warned of"
triggers=$(ask "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger'")
must sqlite3 "$PAMLITE_DATABASE" "DROP TRIGGER audit_no_update; UPDATE audit SET user = '<i>bob' WHERE sequence = 2;
    DROP TRIGGER audit_no_delete; $triggers"
report "${month[@]}"
has "$err" 'WARNING: the audit log is broken at record 2: the columns for searches say something else than the record'
sound
is "$(at '//section[@id="chain"]//h2')" 'The audit log is broken at record 2'
has "$(at '//section[@id="chain"]/@class')" broken
has "$(at '//section[@id="chain"]//p')" 'the columns for searches say something else than the record'

finish
