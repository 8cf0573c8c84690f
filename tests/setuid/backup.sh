#!/bin/bash
# backup.sh - backup, restore and check of the system database: who may, what anchor and syslog are told, what runs then

. "$(dirname "$0")/lib.bash"

fixture
must new-elevated-access-approver-group auditors -Member carol
must set-elevated-access-control -AuditGroup auditors -Confirm:false
if [[ -n $world_dev ]]; then
	log_daemon $collected
	note_places
fi
grant alice 'L\ok'
granted=$id
keep

# saved: what root has saved; kept: what was replaced.
saved=$work/saved
rm -f "$saved"
kept()
{
	printf '%s\n' $db.before-restore-*Z | tail -n 1
}
# head_of: the newest record, as the anchor has them.
head_of()
{
	dbquery -separator ' ' 'SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1'
}
restore()
{
	succeeds restore-elevated-access-database -Path "$saved" -Confirm:false
	is "$out" ''
}

# --- backup ---

t "root and managers save it, each into a file of his own; the account opens no path that they name"
succeeds backup-elevated-access-database -Path "$saved"
is "$out$err" ''
is "$(stat -c '%U %a' "$saved")" 'root 600'
is "$(sqlite3 -readonly "$saved" 'PRAGMA integrity_check')" ok
succeeds as adm1 backup-elevated-access-database -Path /home/adm1/saved
is "$(stat -c '%U %a' /home/adm1/saved)" 'adm1 600'
is "$(find $state -name '*copy*')" ''
run by_hand adm1 backup-elevated-access-database Path=/home/adm1/evil
is "$status" 64
[[ ! -e /home/adm1/evil ]] || bad "a file was made"
fails 74 OutputFailed as adm1 backup-elevated-access-database -Path /home/alice/saved
fails 64 ParameterArgumentTransformationError backup-elevated-access-database -Path $db -Force
rm /home/adm1/saved

t "nobody else: not who requests, decides or audits; that is recorded, and there is no file"
mark
for who in alice bob carol; do
	fails 77 AdministratorRequired as $who backup-elevated-access-database -Path "/home/$who/saved"
	[[ ! -e /home/$who/saved ]] || bad "a file was left"
	recorded 1 "\"UserId\":\"$who\".*\"Operation\":\"Backup-ElevatedAccessDatabase\".*\"AdministratorRequired\""
done

t "writers of several people go on while it is saved"
at_once
for i in {1..25}; do
	racer "w$i" as carol new-elevated-access-request "L\\words" -Parameter "one=t$i,two=a,three=w" -Reason why -o Id
	((i % 2)) || racer "x$i" as dave get-elevated-access-request -o Id
done
racer backup backup-elevated-access-database -Path "$work/race.db"
go
matches "$(statuses)" '^(38x0|33x0 5x75)$' "$(cat "$race"/*.err)"
is "$(sqlite3 -readonly "$work/race.db" "PRAGMA integrity_check; SELECT (SELECT count(*) FROM request) =
    (SELECT count(*) FROM audit WHERE operation = 'New-ElevatedAccessRequest' AND result = 'Success')")" $'ok\n1'
rm "$work/race.db"

# --- restore ---

t "root alone restores: a manager, a requestor and the account itself are refused, and that is recorded"
mark
for who in adm1 alice; do
	cp "$saved" "/home/$who/theirs"
	chown $who "/home/$who/theirs"
	fails 77 RootRequired as $who restore-elevated-access-database -Path "/home/$who/theirs" -Confirm:false
	recorded 1 "\"UserId\":\"$who\".*\"Operation\":\"Restore-ElevatedAccessDatabase\".*\"RootRequired\""
	rm "/home/$who/theirs"
done
same

t "what was granted is over, a run is refused for that and for nothing else, and after a new approval it works"
fresh
succeeds as alice invoke-elevated-access-task 'L\ok'
succeeds as alice invoke-elevated-access-task 'L\ok'
seen=$(tail -n 1 $anchor)
must as alice new-elevated-access-request 'L\exit' -Parameter code=0 -Reason lost
lost=$(head_of)
restore
has "$err" "what was replaced ended with record ${lost% *} and is kept in $(kept)"
is "$(stat -c '%U:%G %a %h' $db "$(kept)" | sort -u)" 'pamlite:pamlite 600 1'
fails 126 ElevatedAccessRequired as alice invoke-elevated-access-task 'L\ok'
is "$(dbquery "SELECT revocation_comment FROM authorization WHERE request_id = '$granted'")" \
    'the database was restored from a backup'
grant alice 'L\ok'
succeeds as alice invoke-elevated-access-task 'L\ok'

t "the anchor keeps what it had, says that root has restored, and goes on"
end=$(dbquery "SELECT data ->> '\$.Parameters.BackupSequence' || ' ' || (data ->> '\$.Parameters.BackupHash') FROM audit
    WHERE operation = 'Restore-ElevatedAccessDatabase' AND result = 'Success'")
is "$(grep -c "^$seen\$" $anchor)" 1 "what it had seen"
is "$(grep -c "^restored $end\$" $anchor)" 1
record=$(dbquery -separator ' ' "SELECT sequence, hash FROM audit WHERE sequence = ${end% *} + 1")
is "$(grep -A 1 '^restored ' $anchor | tail -n 1)" "$record"
is "$(tail -n 1 $anchor)" "$(head_of)"

t "the log is whole for who looks, and he is told what is lost, for ever"
run test-elevated-access-audit-log -o Value -Property Valid,Detail
is "$status" 0
has "$out" "root has restored a backup that ended with record ${end% *},"
has "$out" "records after it up to ${seen% *} at least are lost"
run test-elevated-access-database -o Value -Property Valid,Detail
is "$status" 0
has "$out" "root has restored a backup"
succeeds invoke-elevated-access-maintenance
is "$out$err" ''
must show-elevated-access-report -Path "$shared/report.html" -Force
has "$(<"$shared/report.html")" 'root has restored a backup'
rm "$shared/report.html"

if [[ -n $world_dev ]]; then
	t "syslog has the records that are lost, the restoring by root, and those after it"
	eventually 10 grep -q 'root has restored a backup that ended with record' $collected || bad "not told"
	is "$(grep -c "audit Sequence=${lost% *} Hash=${lost#* } " $collected)" 1 "a lost one"
	is "$(grep -c "audit Sequence=${record% *} Hash=${record#* } " $collected)" 1 "its own"
	run test-elevated-access-audit-log -Path $collected -o Value -Property Valid,FirstBadSequence,Detail
	is "$status" 1
	is "$(cut -f 2 <<<"$out")" $((${end% *} + 1))
	has "$out" "record ${record% *} tells of a backup that was restored"

	t "nobody talks the anchor's word in syslog: who writes there excuses nothing"
	logger -p authpriv.notice -t pam-lite "restored 1 $(printf '0%.0s' {1..64})"
	run test-elevated-access-audit-log -Path $collected -Quiet
	is "$status" 1
fi

t "what is changed behind a restoring is seen as before it"
cp $db "$work/good"
sequence=$(tail -n 1 $anchor | cut -d ' ' -f 1)
dbquery "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE sequence >= $sequence;
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
run test-elevated-access-audit-log -o Value -Property FirstBadSequence,Detail
is "$status" 1
is "$(cut -f 1 <<<"$out")" "$sequence"
has "$out" "record $sequence of the anchor is missing in the database"
has "$out" "record ${record% *} tells of a backup that was restored"
run test-elevated-access-database -Quiet
is "$status" 1
grant alice 'L\ok'
fails 125 DatabaseOlderThanAnchor as alice invoke-elevated-access-task 'L\ok'
cat "$work/good" >$db

t "without root's word nothing runs: restored, and killed before the anchor was told"
chattr -a $anchor 2>/dev/null
cp -p $anchor "$work/anchor"
before=$(grep -c . $anchor)
grant alice 'L\svc'
succeeds as alice invoke-elevated-access-task 'L\svc'
cp -p $anchor "$work/anchor"
restore
cp -p "$work/anchor" $anchor
grant alice 'L\svc'
fails 125 DatabaseOlderThanAnchor as alice invoke-elevated-access-task 'L\svc'
run test-elevated-access-audit-log -Quiet
is "$status" 1
restore
grant alice 'L\svc'
succeeds as alice invoke-elevated-access-task 'L\svc'
((before > 0)) || bad "the anchor was empty"

t "an anchor that cannot be written is said: 74, and nothing runs"
grant alice 'L\ok'
succeeds as alice invoke-elevated-access-task 'L\ok'
mv $anchor "$work/anchor"
mkdir $anchor
fails 74 DatabaseInputOutput restore-elevated-access-database -Path "$saved" -Confirm:false
has "$err" 'nothing runs until it says so'
rmdir $anchor
mv "$work/anchor" $anchor
restore

t "a run that began before is ended, and puts no lost record into the anchor"
must register-elevated-access-task 'L\long' -Path /usr/bin/sleep -ArgumentList 60
must new-elevated-access-approval-policy 'L\long' -ApprovalType Auto
must as alice new-elevated-access-request 'L\long' -Reason why
as alice invoke-elevated-access-task 'L\long' >"$work/long" 2>&1 &
long=$!
eventually 10 pgrep -f '^/usr/bin/sleep 60' >/dev/null || bad "it does not run"
restore
wait $long
isnt=$?
((isnt != 0)) || bad "it has run to its end"
eventually 10 not pgrep -f '^/usr/bin/sleep 60' >/dev/null || bad "it runs on"
restored=$(grep -n '^restored ' $anchor | tail -n 1 | cut -d : -f 1)
is "$(tail -n +$((restored + 2)) $anchor)" ''
rm -f $log/unrecorded-*
succeeds test-elevated-access-audit-log -Quiet

t "in the place of what is missing, empty, damaged or somebody else's"
for there in missing empty garbage; do
	case $there in
	missing) rm $db ;;
	empty) : >$db ;;
	garbage) head -c 9000 /dev/urandom >$db ;;
	esac
	fails 77 RootRequired as alice restore-elevated-access-database -Path /etc/passwd -Confirm:false
	restore
	is "$(stat -c '%U:%G %a %h' $db)" 'pamlite:pamlite 600 1'
	grant alice 'L\ok'
	succeeds as alice invoke-elevated-access-task 'L\ok'
done

# --- test ---

t "root, managers and auditors test it; nobody else"
succeeds test-elevated-access-database -Full -Quiet
for who in adm1 carol; do
	succeeds as $who test-elevated-access-database -Full -Quiet
done
for who in alice bob; do
	fails 77 AuditorRequired as $who test-elevated-access-database
done

t "an anchor that somebody else could write is no witness"
chattr -a $anchor 2>/dev/null
chmod 666 $anchor
fails 74 InputFailed test-elevated-access-database
chmod 640 $anchor
chattr +a $anchor 2>/dev/null

t "an installation with backups and what was replaced is as it must be"
run test-elevated-access-installation -o Value -Property Result,Object
lacks "$out" 'Wrong'

rm -f "$saved"
finish
