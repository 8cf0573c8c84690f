#!/bin/bash
# report.sh - a report on the system database is made by who may see everything, as a file of his own

. "$(dirname "$0")/lib.bash"

fixture
grant alice
must as alice invoke-elevated-access-task 'L\ok'
keep

t "a manager's report is his own file, and says what happened"
run as adm1 show-elevated-access-report -Path report.html
is "$status$out$err" 0
is "$(stat -c '%U %a' /home/adm1/report.html)" 'adm1 600'
must xmllint --noout /home/adm1/report.html
is "$(xmllint --xpath 'concat(//dd[@id="requests"], //dd[@id="grants"], //dd[@id="runs"])' /home/adm1/report.html)" 111
has "$(</home/adm1/report.html)" 'The audit log is intact'
has "$(</home/adm1/report.html)" 'from the first to the last; the anchor agrees up to record'

t "a log that the anchor does not agree with is no intact one, though each record fits the one before"
cp -a /var/log/pam-lite/anchor "$work/anchor"
chattr -a /var/log/pam-lite/anchor 2>/dev/null
sed -i 's/ \(.\)\(.*\)/ \2\1/' /var/log/pam-lite/anchor
run as adm1 show-elevated-access-report -Path broken.html
is "$status" 0
has "$err" 'the audit log is broken at record'
has "$(</home/adm1/broken.html)" 'The audit log is broken at record'
chmod g+w /var/log/pam-lite/anchor
fails 74 InputFailed as adm1 show-elevated-access-report -Path no.html
[[ ! -e /home/adm1/no.html ]] || bad "a report without a word of the anchor"
cp -a "$work/anchor" /var/log/pam-lite/anchor

t "who may not see everything gets none, and each refusal is recorded"
for user in alice bob; do
	fails 77 AuditorRequired as $user show-elevated-access-report -Path report.html
	[[ ! -e /home/$user/report.html ]] || bad "$user has a file"
	is "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property UserIds,Operations)" \
	    "$user"$'\t'Show-ElevatedAccessReport
done
run as root show-elevated-access-report -Path "$work/root.html"
is "$status$(stat -c %U "$work/root.html")" 0root

t "a path is the caller's business: what he may not write is not written for him"
fails 74 OutputFailed as adm1 show-elevated-access-report -Path /var/lib/pam-lite/report.html
fails 73 FileExists as adm1 show-elevated-access-report -Path report.html

t "a report of very much holds nobody up: the lock is let go between pages"
dbquery "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s,
    created_at, updated_at, expires_at, decided_at) SELECT 'r' || i, 'u' || i % 20000, 1, 0, 'Task', 'L\\ok', 'p',
    'Canceled', 'x', 3600, 1740787200 + i, 1, 1890000000, 1740787200 + i FROM n"
begin adm1 show-elevated-access-report -Path many.html -StartDate 2025-03-01
slowest=0
while [[ -e /proc/$begun ]] && kill -0 "$begun" 2>/dev/null; do
	start=$(date +%s%N)
	as bob get-elevated-access-approver-group ops -o Id >/dev/null
	took=$((($(date +%s%N) - start) / 1000000))
	((took > slowest)) && slowest=$took
done
wait "$begun"
is "$?" 0
((slowest < 2000)) || bad "somebody waited for $slowest ms"
is "$(xmllint --xpath 'string(//dd[@id="requests"])' /home/adm1/many.html)" 100,001

finish
