#!/bin/bash
# maintenance.sh - maintenance on the system database: who may, what root removes, and what root has kept

. "$(dirname "$0")/lib.bash"

fixture
sessions=$log/sessions
[[ -d $sessions ]] || install -d -g pamlite -m 750 "$sessions"
unit=$world_prefix/lib/systemd/system/pam-lite-maintenance.service
cron=$world_prefix/share/doc/pam-lite/cron
numbers=Expired,Notified,MarkedUnknown,ExclusionsEnded,RecordingsPruned
anchor=$log/anchor

# service CMD...: as the account itself, as a unit would with User=pamlite.
service()
{
	(cd / && exec setpriv --reuid=pamlite --regid=pamlite --clear-groups --no-new-privs env -i "$@")
}
as_root()
{
	as root "$@"
}
as_manager()
{
	as adm1 "$@"
}
# maintained [CMD...]: by root, or by that command: what was done.
maintained()
{
	"$@" "$BIN/invoke-elevated-access-maintenance" -o Value -Property $numbers | tr '\t' ' '
}
# overdue: a request of alice that has expired, as it stands if nobody has looked since; $id.
overdue()
{
	must as alice new-elevated-access-request 'L\exit' -Parameter code=1 -Reason r -o Id
	id=$out
	dbquery "UPDATE request SET created_at = created_at - 100000, expires_at = expires_at - 100000 WHERE id = '$id'"
}
# ran DAYS: a run of L\ok that began so many days ago and had a recording; $id is it, $cast its file.
ran()
{
	grant alice
	must as alice invoke-elevated-access-task 'L\ok' -RequestId "$id"
	id=$(get-elevated-access-execution -ResultSize 1 -o Id)
	cast=$sessions/$id.cast
	echo '{"version": 2}' >"$cast"
	chmod 600 "$cast"
	touch -d "$1 days ago" "$cast"
	dbquery "UPDATE execution SET started_at = started_at - $1 * 86400, recording_path = '$cast',
	    recording_sha256 = '$(printf '1%.0s' {1..64})' WHERE id = '$id'"
}
# lost: a run without an end whose process is gone; $id.
lost()
{
	grant alice
	must as alice invoke-elevated-access-task 'L\ok' -RequestId "$id"
	id=$(get-elevated-access-execution -ResultSize 1 -o Id)
	dbquery "UPDATE execution SET ended_at = NULL, exit_status = NULL, end_reason = NULL WHERE id = '$id'"
}
ended()
{
	get-elevated-access-execution "$id" -o Value -Property EndReason,ExitStatus,Signal,EndTimeUtc | tr '\t' '|'
}
# The unit's own command line, with its power: what it may not, it may not here.
unit_line()
{
	local line

	line=$(sed -n 's/^ExecStart=//p' "$unit")
	# A command line.
	# shellcheck disable=SC2086
	(cd / && exec setpriv --no-new-privs --inh-caps=-all \
	    --bounding-set="-all,$(sed -n 's/^CapabilityBoundingSet=//p' "$unit" |
	        tr '[:upper:]' '[:lower:]' | sed 's/cap_/+/g; s/ /,/g')" env -i $line "$@")
}

# The line of the file for cron, as cron would on a host without systemd.
cron_line()
{
	(cd / && exec env -i /bin/sh -c "$(sed -n 's/^\*\/5 \* \* \* \* root //p' "$cron")")
}

# --- what is installed ---

t "the units are installed for this place, and systemd understands them"
is "$(sed -n 's/^ExecStart=//p' "$unit")" "$BIN/invoke-elevated-access-maintenance -NonInteractive"
if command -v systemd-analyze >/dev/null; then
	run systemd-analyze verify "$unit" "${unit%service}timer"
	is "$status$err" 0
	rm -rf /run/systemd
fi

t "each directive that takes power away says why"
is "$(awk '/^#/ { said = 1; next } /^$/ { said = 0; next } /^\[/ { next }
    /^(Description|Type|ExecStart)=/ { next } !said' "$unit")" ''

# --- who ---

t "root, the account itself and managers may; others are refused, and that is recorded"
mark
for who in as_root service as_manager unit_line cron_line; do
	overdue
	case $who in
	*_line) succeeds "$who" ;;
	*) is "$(maintained "$who")" '1 0 0 0 0' "$who" ;;
	esac
	is "$(dbquery "SELECT state FROM request WHERE id = '$id'")" Expired "$who"
done
recorded 5 '"Maintenance","Operation":"Expire-ElevatedAccessRequest"'
recorded 3 '"UserId":"root".*"Expire-ElevatedAccessRequest"'
recorded 1 '"UserId":"pamlite".*"Expire-ElevatedAccessRequest"'
recorded 1 '"UserId":"adm1".*"Expire-ElevatedAccessRequest"'
mark
for who in alice bob carol; do
	fails 77 AdministratorRequired as "$who" invoke-elevated-access-maintenance
done
same
recorded 3 '"Refusal","Operation":"Invoke-ElevatedAccessMaintenance".*"AdministratorRequired"'

t "with nothing to do it is silent, and nothing is written"
mark
for who in as_root service as_manager; do
	succeeds "$who" "$BIN/invoke-elevated-access-maintenance"
	is "$out$err" '' "$who"
done
run unit_line
is "$status$out$err" 0
same
recorded 0 .

t "the account can do nothing else so, and nobody else is it"
fails 77 AdministratorRequired as svc invoke-elevated-access-maintenance
run setpriv --reuid=pamlite --regid=pamlite --clear-groups "$BIN/disable-elevated-access-control" -Confirm:false
is "$status" 77 "$err"

t "one at a time, also beside the account's own"
overdue
exec {held}<>$db.maintenance
flock -n "$held"
fails 75 MaintenanceRunning invoke-elevated-access-maintenance
run service "$BIN/invoke-elevated-access-maintenance"
is "$status" 75
run as alice invoke-elevated-access-maintenance
is "$status" 77
exec {held}<&-
is "$(maintained)" '1 0 0 0 0'

# --- the end of a run ---

t "what goes on is left alone, what was killed is Unknown"
must register-elevated-access-task 'L\long' -Path /usr/bin/sleep -ArgumentList 30
must new-elevated-access-approval-policy 'L\long' -ApprovalType Manual -ApproverGroup ops
grant alice 'L\long'
begin alice invoke-elevated-access-task 'L\long'
eventually 10 pgrep -f '^/usr/bin/sleep 30' >/dev/null || bad "the task does not run"
is "$(maintained)" '0 0 0 0 0'
is "$(maintained service)" '0 0 0 0 0'
id=$(get-elevated-access-execution -Running -o Id)
kill -9 "$(get-elevated-access-execution "$id" -o Value -Property ProcessId)"
wait "$begun" 2>/dev/null
is "$(maintained)" '0 0 1 0 0'
is "$(ended)" 'Unknown|||'
is "$(maintained)" '0 0 0 0 0'
eventually 20 not pgrep -f '^/usr/bin/sleep 30' >/dev/null || bad "the task goes on"

t "an end that root has kept is recorded as it was"
fresh
mark
lost
(umask 077 && echo 'reason 0 status 3 signal 0 time 1900000000' >"$log/unrecorded-$id")
chgrp pamlite "$log/unrecorded-$id"
chmod 640 "$log/unrecorded-$id"
is "$(maintained)" '0 0 1 0 0'
is "$(ended)" 'Exited|3||2030-03-17T17:46:40Z'
recorded 1 '"Maintenance","Operation":"Invoke-ElevatedAccessTask",.*"Ended".*"EndReason":"Exited","ExitStatus":3'
is "$(maintained)" '0 0 0 0 0'
rm -f "$log/unrecorded-$id"

t "what root alone has not written, or is not of its form, says nothing"
for how in group other owner link words nothing; do
	lost
	note=$log/unrecorded-$id
	echo 'reason 0 status 3 signal 0 time 1900000000' >"$note"
	chgrp pamlite "$note"
	chmod 640 "$note"
	case $how in
	group) chmod 660 "$note" ;;
	other) chmod 646 "$note" ;;
	owner) chown pamlite "$note" ;;
	link) mv "$note" "$shared/note" && ln -s "$shared/note" "$note" ;;
	words) echo 'reason 0 status 0' >"$note" ;;
	nothing) : >"$note" ;;
	esac
	is "$(maintained)" '0 0 1 0 0' "$how"
	is "$(ended)" 'Unknown|||' "$how"
	rm -f "$note" "$shared/note"
done

# --- recordings ---

t "how long recordings are kept is said by root, in root's file"
must set-elevated-access-control -RecordingRetentionDays 30 -Confirm:false
is "$(</etc/pam-lite/retention)" 30
is "$(stat -c '%U:%G %a' /etc/pam-lite/retention)" 'root:root 644'
fails 77 RootRequired as adm1 set-elevated-access-control -RecordingRetentionDays 1 -Confirm:false
is "$(</etc/pam-lite/retention)" 30
keep

t "what is older is removed, and that is recorded; the digest stays"
ran 40
old=$cast old_id=$id
ran 20
mark
is "$(maintained)" '0 0 0 0 1'
[[ ! -e $old ]] || bad "it is still there"
[[ -e $cast ]] || bad "it was removed"
is "$(get-elevated-access-execution "$old_id" -o Value -Property RecordingPath,RecordingSha256)" \
    $'\t'"$(printf '1%.0s' {1..64})"
is "$(get-elevated-access-execution "$id" -o Value -Property RecordingPath)" "$cast"
recorded 1 "\"Maintenance\",\"Operation\":\"Expire-ElevatedAccessRecording\",\"ObjectId\":\"$old_id\""
recorded 1 .
is "$(maintained)" '0 0 0 0 0'

t "the account and managers remove nothing; what root has removed they find gone"
ran 40
is "$(maintained service)" '0 0 0 0 0'
is "$(maintained as_manager)" '0 0 0 0 0'
[[ -e $cast ]] || bad "it was removed"
rm -f "$cast"
is "$(maintained service)" '0 0 0 0 1'

t "-WhatIf names the file and leaves it"
ran 40
run invoke-elevated-access-maintenance -WhatIf
is "$status$err" "0What if: Performing the operation \"Remove\" on target \"$cast\"."
[[ -e $cast ]] || bad "it was removed"
run invoke-elevated-access-maintenance -Verbose
has "$err" "VERBOSE: removed $cast"
has "$err" "VERBOSE: Expire-ElevatedAccessRecording $id"

t "the unit's power is enough for it"
ran 40
run unit_line
is "$status$out$err" 0
[[ ! -e $cast ]] || bad "it is still there"

t "one that is gone before its time is told once, by whoever looks first: recorded, and in the host's log"
for who in as_root service; do
	fresh
	ran 20
	rm -f "$cast"
	mark
	[[ -z $world_dev ]] || log_daemon $collected
	run "$who" "$BIN/invoke-elevated-access-maintenance" -WhatIf
	is "$status$err" "0What if: Performing the operation \"Expire-ElevatedAccessRecording\" on target \"$id\"."
	recorded 0 .
	run "$who" "$BIN/invoke-elevated-access-maintenance"
	is "$status" 0
	is "$err" "WARNING: the recording of execution $id is gone before its time"
	recorded 1 "\"Maintenance\",\"Operation\":\"Expire-ElevatedAccessRecording\",\"ObjectId\":\"$id\".*\"Missing\""
	is "$(get-elevated-access-execution "$id" -o Value -Property RecordingPath,RecordingSha256)" \
	    $'\t'"$(printf '1%.0s' {1..64})"
	if [[ -n $world_dev ]]; then
		line=" authpriv\.warn[a-z]* pam-lite.*: the recording of execution $id is gone"
		eventually 10 grep -q "$line" $collected ||
		    bad "the host's log has nothing of it"
		no_log_daemon
	fi
	run "$who" "$BIN/invoke-elevated-access-maintenance"
	is "$status$out$err" 0
	recorded 1 .
done
ran 20
rm -f "$cast"
is "$(invoke-elevated-access-maintenance -o Value -Property RecordingsPruned,RecordingsMissing 2>/dev/null)" $'0\t1'
fails 66 RecordingNotFound as alice show-elevated-access-execution "$id"
has "$err" 'is not kept any more'

t "what the database says names no file, and no time but root's counts"
fresh
rm -f "$sessions"/*.cast
ran 40
touch "$cast"
: >"$shared/theirs" && touch -d '99 days ago' "$shared/theirs"
dbquery "UPDATE execution SET recording_path = '$shared/theirs' WHERE id = '$id'"
dbquery 'UPDATE control SET recording_retention_days = 1'
ran 20
is "$(maintained)" '0 0 0 0 0'
[[ -e $shared/theirs && -e $cast && $(find "$sessions" -name '*.cast' | wc -l) == 2 ]] || bad "something was removed"
rm -f "$shared/theirs" "$sessions"/*.cast

t "of other things in the directory nothing is touched"
fresh
uuid=3a0c1f52-5b4e-4c0f-8c5f-0d2f6a1b7c3d
: >"$shared/target"
mkdir "$sessions/$uuid.cast"
for name in "x$uuid.cast" "$uuid.cast.gz" "$uuid" notes.cast .hidden "${uuid%d}g.cast" .0123456789abcde.new \
    .0123456789abcdeg.new 0123456789abcdef.new; do
	: >"$sessions/$name"
done
ln -s "$shared/target" "$sessions/${uuid/3a/3b}.cast"
: >"$sessions/${uuid/3a/3c}.cast" && chown pamlite "$sessions/${uuid/3a/3c}.cast"
touch -h -d '99 days ago' "$sessions"/* "$sessions"/.[!.]* "$shared/target"
find "$sessions" "$shared/target" -printf '%p %y %u\n' | sort >"$work/before"
succeeds invoke-elevated-access-maintenance
is "$err" ''
find "$sessions" "$shared/target" -printf '%p %y %u\n' | sort >"$work/after"
is "$(<"$work/after")" "$(<"$work/before")"
rm -rf "${sessions:?}"/* "$sessions"/.[!.]* "$shared/target"

t "what a run left that never began goes after a day"
: >"$sessions/.0123456789abcdef.new"
: >"$sessions/.fedcba9876543210.new"
touch -d '2 days ago' "$sessions/.0123456789abcdef.new"
succeeds invoke-elevated-access-maintenance
is "$(ls -A "$sessions")" .fedcba9876543210.new
rm -f "$sessions"/.*.new

t "a session of which nothing was seen for long keeps its recording"
ran 40
exec {writes}>>"$cast"
touch -d '40 days ago' "$cast"
is "$(maintained)" '0 0 0 0 0'
exec {writes}>&-
is "$(maintained)" '0 0 0 0 1'

t "who looks at an old one does not keep it, and has it to its end"
ran 40
exec {reads}<"$cast"
is "$(maintained)" '0 0 0 0 1'
is "$(cat <&"$reads")" '{"version": 2}'
exec {reads}<&-

t "without root's file, or with one that is not his alone, nothing is removed"
for how in none others words; do
	fresh
	ran 40
	rm -f /etc/pam-lite/retention
	case $how in
	others) echo 30 >/etc/pam-lite/retention && chmod 666 /etc/pam-lite/retention ;;
	words) echo never >/etc/pam-lite/retention ;;
	esac
	if [[ $how != none ]]; then
		run test-elevated-access-installation -o Csv -Property Check,Result,Object
		has "$out" '"RecordingRetention","Wrong","/etc/pam-lite/retention"'
	fi
	is "$(maintained)" '0 0 0 0 0' "$how"
	[[ -e $cast ]] || bad "removed: $how"
	rm -f /etc/pam-lite/retention "$cast"
done
must set-elevated-access-control -RecordingRetentionDays 30 -Confirm:false
must set-elevated-access-control -RecordingRetentionDays '' -Confirm:false
[[ ! -e /etc/pam-lite/retention ]] || bad "it is there"

t "a directory that is not root's alone is not gone into"
fresh
echo 30 >/etc/pam-lite/retention
ran 40
chown pamlite "$sessions"
run invoke-elevated-access-maintenance
is "$status" 0
has "$err" "WARNING: $sessions cannot be used: $sessions does not belong to root"
[[ -e $cast ]] || bad "it was removed"
chown root "$sessions"
rm -f "$cast" /etc/pam-lite/retention

# --- the log ---

t "a log that somebody has changed: told, the rest done"
fresh
overdue
dbquery "CREATE TEMP TABLE kept AS SELECT sql FROM sqlite_schema WHERE name = 'audit_no_update';
    DROP TRIGGER audit_no_update; UPDATE audit SET result = 'Refused' WHERE sequence = 5" '.mode list' \
    ".once $shared/kept.sql" 'SELECT sql || ";" FROM kept' ".read $shared/kept.sql"
rm -f "$shared/kept.sql"
fails 74 AuditLogBroken invoke-elevated-access-maintenance
is "$(dbquery "SELECT state FROM request WHERE id = '$id'")" Expired
run service "$BIN/invoke-elevated-access-maintenance"
is "$status" 74
has "$err" 'the audit log is broken at record 5'
fresh

# replaced WHERE TEXT [WHO]: whole in itself, and not what the anchor has.
replaced()
{
	[[ -z $world_dev ]] || log_daemon $collected
	run "${3:-as_root}" "$BIN/invoke-elevated-access-maintenance" -ErrorView Normal
	is "$status$out" 74
	has "$err" AuditLogBroken
	has "$err" "the audit log is broken at record $1: record $1 of the anchor $2"
	if [[ -n $world_dev ]]; then
		eventually 10 grep -q " authpriv\.crit pam-lite.*: the audit log is broken at record $1: " $collected ||
		    bad "the host's log has nothing of it"
		no_log_daemon
	fi
}

t "an older database that was put back is a broken log, whoever looks; so is one that was hashed anew"
grant alice
cp -p $db "$work/yesterday"
must as alice invoke-elevated-access-task 'L\ok' -RequestId "$id"
cp -p $db "$work/today"
for who in as_root service as_manager unit_line; do
	[[ $who == unit_line ]] || succeeds "$who" "$BIN/invoke-elevated-access-maintenance"
	[[ $who != unit_line ]] || succeeds unit_line
	is "$out$err" '' "$who"
done
first=$(($(sqlite3 "$work/yesterday" 'SELECT max(sequence) FROM audit') + 1))
lacking=$(sort -n $anchor | awk -v from="$first" '$1 >= from { print $1; exit }')
cat "$work/yesterday" >$db
for who in as_root service as_manager; do
	replaced "$lacking" 'is missing in the database' $who
done
run unit_line
is "$status" 74
cat "$work/today" >$db
# The newest line of the anchor says another hash than the record has.
cp -a $anchor "$work/anchor"
chattr -a $anchor 2>/dev/null
newest=$(sort -n $anchor | tail -n 1 | cut -d ' ' -f 1)
sed -i "s/^\($newest \)\(.\)\(.*\)/\1\3\2/" $anchor
replaced "$newest" 'is not the one in the database' service
chmod g+w $anchor
fails 74 InputFailed invoke-elevated-access-maintenance
cp -a "$work/anchor" $anchor
world_checks=0

finish
