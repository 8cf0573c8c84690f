#!/bin/bash
# maintenance.sh - what the clock has decided is written down, once, without a word, by one process at a time

. "$(dirname "$0")/lib.bash"

setup_basic
must register-elevated-access-task 'Linux\sleep' -Path /usr/bin/sleep -ArgumentList 60
must new-elevated-access-approval-policy 'Linux\sleep' -ApprovalType Manual -ApproverGroup ops
file=$work/touched/file

# ask WHO: a request for Linux\touch by WHO; $id.
ask()
{
	must as "$1" new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason clock -o Id
	id=$out
}
# maintain [OFFSET]: silent, with status 0. did [OFFSET]: what was done: four of its numbers.
maintain()
{
	if (($# > 0)); then
		later "$1" succeeds invoke-elevated-access-maintenance
	else
		succeeds invoke-elevated-access-maintenance
	fi
	is "$out$err" ''
}
numbers=Expired,Notified,MarkedUnknown,ExclusionsEnded
did()
{
	later "${1:-0s}" invoke-elevated-access-maintenance -o Value -Property $numbers | tr '\t' ' '
}
records()
{
	search-elevated-access-audit-log -ResultSize 1 -o Value -Property Sequence
}
# count OPERATION [ID]: records of it, about that object.
count()
{
	search-elevated-access-audit-log -Operations "$1" ${2:+-ObjectIds "$2"} --json | jq length
}

# twice: what was said to expire more than once.
twice()
{
	search-elevated-access-audit-log -Operations Expire-ElevatedAccessRequest -o Value -Property ObjectIds |
	    sort | uniq -d
}

t "nothing to do: no word, no record; its object where that is asked for"
before=$(records)
maintain
is "$(did)" '0 0 0 0'
run invoke-elevated-access-maintenance --json
is "$(jq -c '.[0] | del(.ChainChecked)' <<<"$out")" \
    '{"Expired":0,"Notified":0,"MarkedUnknown":0,"ExclusionsEnded":0,"RecordingsPruned":0,"RecordingsMissing":0}'
is "$(jq '.[0].ChainChecked' <<<"$out")" "$before"
run invoke-elevated-access-maintenance -Verbose
has "$out" 'ChainChecked'
is "$(records)" "$before"

t "only who configures; the refusal is recorded"
as alice fails 77 AdministratorRequired invoke-elevated-access-maintenance
has "$err" 'alice may not start the maintenance'
is "$(records)" $((before + 1))

t "a request that has expired: once, with its record and a message to the requestor"
ask alice
maintain 23h
as alice later 25h must get-elevated-access-request "$id" --json
answer=$out
maintain 25h
is "$(count Expire-ElevatedAccessRequest "$id")" 1
maintain 26h
is "$(count Expire-ElevatedAccessRequest "$id")" 1
is "$(as alice get-elevated-access-request "$id" --json | jq -c '.[0] | del(.DateUpdatedUtc)')" \
    "$(jq -c '.[0] | del(.DateUpdatedUtc)' <<<"$answer")"

t "what will expire unanswered is told to the approvers, once, two hours before"
ask alice
is "$(did 21h)" '0 0 0 0'
is "$(did 22h)" '0 1 0 0'
is "$(did 23h)" '0 0 0 0'
is "$(count Remind-ElevatedAccessRequest "$id")" 1
is "$(did 25h)" '1 0 0 0'

t "an exclusion that is past its date ends, once"
must add-elevated-access-system-account robot -Reason nightly -ExpiresUtc "$(date -u -d '+3 hours' +%Y-%m-%dT%H:%M:%SZ)"
must add-elevated-access-system-account always -Reason always
is "$(did 170m)" '0 0 0 0'
is "$(did 190m)" '0 0 0 1'
is "$(get-elevated-access-system-account -o Id)" always
is "$(count Remove-ElevatedAccessSystemAccount robot)" 1
is "$(did 200m)" '0 0 0 0'

t "a run goes on while its process does; when that was killed nobody knows its end"
grant alice 'Linux\sleep'
as alice invoke-elevated-access-task 'Linux\sleep' 2>/dev/null &
invoked=$!
for ((i = 0; i < 500; i++)); do
	run_id=$(get-elevated-access-execution -Running -o Id)
	[[ -z $run_id ]] || break
	sleep 0.02
done
is "$(did)" '0 0 0 0'
pid=$(get-elevated-access-execution "$run_id" -o Value -Property ProcessId)
{ kill -9 "$pid" && wait $invoked; } 2>/dev/null
is "$(did)" '0 0 1 0'
is "$(get-elevated-access-execution "$run_id" -o Value -Property EndReason,EndTimeUtc,ExitStatus)" $'Unknown\t\t'
is "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property RecordType,Operations,ObjectIds,ResultStatus)" \
    $'Maintenance\tInvoke-ElevatedAccessTask\t'"$run_id"$'\tEnded'
is "$(did)" '0 0 0 0'
pkill -f '^/usr/bin/sleep 60$'

t "-WhatIf says what would be done, and does nothing"
ask alice
must add-elevated-access-system-account robot -Reason nightly -ExpiresUtc "$(date -u -d '+3 hours' +%Y-%m-%dT%H:%M:%SZ)"
before=$(records)
run later 25h "$BIN/invoke-elevated-access-maintenance" -WhatIf
is "$status$out" 0
is "$err" "What if: Performing the operation \"Expire-ElevatedAccessRequest\" on target \"$id\".
What if: Performing the operation \"Remove-ElevatedAccessSystemAccount\" on target \"robot\"."
run later 25h "$BIN/invoke-elevated-access-maintenance" -WhatIf --json
is "$(jq -c '.[0] | [.Expired, .ExclusionsEnded]' <<<"$out")" '[1,1]'
is "$(records)" "$before"

t "-Verbose says what was done"
run later 25h "$BIN/invoke-elevated-access-maintenance" -Verbose
has "$err" "VERBOSE: Expire-ElevatedAccessRequest $id"
has "$err" 'VERBOSE: Remove-ElevatedAccessSystemAccount robot'

t "while one is at it the next is told so at once"
exec {held}<>"$PAMLITE_DATABASE.maintenance"
flock -n "$held"
began=$SECONDS
fails 75 MaintenanceRunning invoke-elevated-access-maintenance
((SECONDS - began < 5)) || bad "it waited"
as alice fails 77 AdministratorRequired invoke-elevated-access-maintenance
exec {held}<&-
maintain

t "twenty at once: each thing is done once"
for i in {1..30}; do
	ask "person$i"
done
at_once
for i in {1..20}; do
	racer "$i" later 25h invoke-elevated-access-maintenance -o Value -Property Expired
done
go
is "$(cat "$race"/*.status | sort -u | tr -d '\n')" "$(grep -q 75 "$race"/*.status && echo 075 || echo 0)"
is "$(cat "$race"/*.out | awk '{ n += $1 } END { print n }')" 30
is "$(twice)" ''

t "killed at any moment, it is done by the next"
for i in {1..30}; do
	ask "other$i"
done
for i in {1..20}; do
	(
		later 25h invoke-elevated-access-maintenance &
		read -rt "$(printf '0.%06d' $((RANDOM % 30000)))" <> <(:)
		kill -9 $!
		wait $!
	) 2>/dev/null
done
maintain 25h
is "$(get-elevated-access-request -RequestStatus Pending --json)" '[]'
is "$(twice)" ''
is "$(did 25h)" '0 0 0 0'

t "a log that somebody has changed is told each time, and all the rest is done"
database broken
setup_basic
ask alice
sqlite3 "$PAMLITE_DATABASE" "CREATE TEMP TABLE kept AS SELECT sql FROM sqlite_schema WHERE name = 'audit_no_update';
    DROP TRIGGER audit_no_update; UPDATE audit SET result = 'Refused' WHERE sequence = 3" '.mode list' \
    '.once kept.sql' 'SELECT sql || ";" FROM kept' '.read kept.sql'
later 25h fails 74 AuditLogBroken invoke-elevated-access-maintenance
has "$err" 'the audit log is broken at record 3'
is "$(count Expire-ElevatedAccessRequest "$id")" 1
fails 74 AuditLogBroken invoke-elevated-access-maintenance -ErrorAction Stop
run invoke-elevated-access-maintenance --json
is "$status" 74

database db
finish
