#!/bin/bash
# status.sh - get-elevated-access-status: each check in each of its states, as plugin, objects and metrics

. "$(dirname "$0")/lib.bash"

asked=get-elevated-access-status
plain=(-Warning 'exclusions_endless=off,database_free=off,database_free_percent=off'
    -Critical 'database_free=off,database_free_percent=off')

# What the guidelines of monitoring plugins allow: one line, words, a bar, then label=value[unit];warn;crit;min.
range='(@?(-?[0-9]+|~)?:?-?[0-9]*)'
datum="[A-Za-z_]+=(U|-?[0-9]+(s|B|%|c)?);$range;$range;0"
plugin="^PAMLITE (OK|WARNING|CRITICAL) - [^|]+ \\| $datum( $datum)*\$"

# plugin_is STATUS CMD...: what the command prints is such a line, and says the same as its status.
plugin_is()
{
	local expected=$1 words=(OK WARNING CRITICAL UNKNOWN)

	shift
	run "$@"
	is "$status" "$expected" "$*"
	is "$err" ''
	is "$(wc -l <"$stdout")" 1
	matches "$out" "$plugin"
	is "$(cut -d ' ' -f 2 <<<"$out")" "${words[expected]}"
}
# state CHECK: "Ok 0" and so on; ahead OFFSET CHECK: the same with the clock ahead. says TEXT: the message of what was
# asked for last has it.
state()
{
	run "${moved[@]}" $asked -o JsonLines
	jq -r "select(.Check == \"$1\") | .Message" "$stdout" >"$work/message"
	jq -r "select(.Check == \"$1\") | \"\\(.Status) \\(.Value)\"" "$stdout"
}
moved=()
ahead()
{
	local moved=(later "$1")

	state "$2"
}
says()
{
	has "$(<"$work/message")" "$1"
}

t "a fresh database: every check that applies is there, and all is well"
setup_basic
plugin_is 0 $asked "${plain[@]}"
is "$(cut -d ' ' -f 3- <<<"${out% |*}")" '- checks: 13'
run $asked -o Value -Property Check
is "$(tr '\n' ' ' <<<"$out")" 'control pending pending_age pending_stuck queue queue_age queue_failed chain '\
'exclusions_endless exclusions_unused runs_unknown database_free database_free_percent '

t "what is said with -Verbose are further lines, without a bar"
run $asked "${plain[@]}" -Verbose
matches "$(head -n 1 "$stdout")" "$plugin"
is "$(tail -n +2 "$stdout" | wc -l)" 13
is "$(tail -n +2 "$stdout" | grep -vE '^(Ok|Warning|Critical) [a-z_]+: [^|]+$')" ''

t "it reads and leaves no trace"
before=$(get-elevated-access-control --json; search-elevated-access-audit-log -o Id)
run $asked
is "$(get-elevated-access-control --json; search-elevated-access-audit-log -o Id)" "$before"

# --- the checks ---

t "pending: how many, how old, and whether somebody can decide"
is "$(ahead 0s pending)$(ahead 0s pending_age)" 'Ok 0Ok 0'
must as alice new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/a" -Reason 'why | x=1;2' -o Id
id=$out
is "$(state pending)" 'Ok 1'
matches "$(ahead 50m pending_age)" '^Ok 30[0-9][0-9]$'
matches "$(ahead 2h pending_age)" '^Warning 72[0-9][0-9]$'
says "request $id of alice for Linux\\touch waits for a decision"
matches "$(ahead 13h pending_age)" '^Critical 46[89][0-9][0-9]$'
is "$(ahead 25h pending)$(ahead 25h pending_age)" 'Ok 0Ok 0' 'what has expired waits no more'
plugin_is 2 later 13h $asked "${plain[@]}"
matches "$out" 'pending_age=46[89][0-9][0-9]s;3600;43200;0 '
plugin_is 1 later 2h $asked -Warning exclusions_endless=off,queue_age=off,database_free=off,database_free_percent=off \
    -Critical queue_age=off,database_free=off,database_free_percent=off

t "pending: nobody else in the group that decides"
must new-elevated-access-approver-group -Name lonely -Member alice,bob
must set-elevated-access-approval-policy 'Linux\touch' -ApproverGroup lonely
is "$(state pending_stuck)" 'Ok 0'
must set-elevated-access-approver-group lonely -RemoveMember bob
is "$(state pending_age)$(state pending_stuck)" 'Ok 0Warning 1'
says "nobody can decide request $id of alice"
must set-elevated-access-approval-policy 'Linux\touch' -ApproverGroup ops
must as alice stop-elevated-access-request "$id"

t "the queue: its age, and what was given up"
is "$(state queue_age | cut -d ' ' -f 1)" Ok
matches "$(ahead 20m queue_age)" '^Warning 1[0-9]{3}$'
matches "$(ahead 5h queue_age)" '^Critical 1[0-9]{4}$'
says 'a notification waits to '
is "$(state queue_failed)" 'Ok 0'
sqlite3 "$PAMLITE_DATABASE" "UPDATE notification SET state = 'Failed', due_at = NULL, last_error = 'no | such'
    WHERE id = (SELECT min(id) FROM notification)"
is "$(state queue_failed)" 'Warning 1'
says 'given up to '
is "$(ahead 200h queue_failed)" 'Ok 0'
plugin_is 1 $asked "${plain[@]}"
has "$out" 'no \u{7c} such'
sqlite3 "$PAMLITE_DATABASE" "UPDATE notification SET state = 'Sent', due_at = NULL, sent_at = created_at"
is "$(state queue)$(state queue_age)$(state queue_failed)" 'Ok 0Ok 0Ok 0'

t "exclusions: without an end, and of nobody who uses them"
must add-elevated-access-system-account robot -Reason r -ExpiresUtc "$(date -u -d '200 days' +%FT%TZ)"
is "$(state exclusions_endless)$(state exclusions_unused)" 'Ok 0Ok 0'
is "$(ahead 2200h exclusions_unused)$(ahead 2100h exclusions_unused)" 'Warning 1Ok 0'
must add-elevated-access-system-account 'sys|x=1' -Reason 'has no end'
is "$(state exclusions_endless)" 'Warning 1'
says 'the exclusion of system account sys|x=1 has no end'
plugin_is 1 $asked
has "$out" 'sys\u{7c}x=1 has no end |'
must remove-elevated-access-system-account 'sys|x=1' -Confirm:false

t "runs whose end nobody knows: before the maintenance has marked them and a day long afterwards"
grant alice 'Linux\touch' -Parameter "file=$work/touched/a"
must as alice invoke-elevated-access-task 'Linux\touch' "file=$work/touched/a"
is "$(state runs_unknown)" 'Ok 0'
sqlite3 "$PAMLITE_DATABASE" "UPDATE execution SET ended_at = NULL, exit_status = NULL, end_reason = NULL"
is "$(state runs_unknown)" 'Warning 1'
says "nobody knows the end of run $(get-elevated-access-execution -o Id)"
must invoke-elevated-access-maintenance
is "$(state runs_unknown)" 'Warning 1'
is "$(ahead 25h runs_unknown)" 'Ok 0'

t "maintenance: expected where it was begun, and how long ago it came to its end"
matches "$(state maintenance_age)" '^Ok [0-9]{1,2}$'
touch -d '20 minutes ago' "$PAMLITE_DATABASE.maintenance"
matches "$(state maintenance_age)" '^Warning 12[0-9]{2}$'
touch -d '2 hours ago' "$PAMLITE_DATABASE.maintenance"
matches "$(state maintenance_age)" '^Critical 72[0-9]{2}$'
must invoke-elevated-access-maintenance -WhatIf
matches "$(state maintenance_age)" '^Critical 72[0-9]{2}$'
must invoke-elevated-access-maintenance
matches "$(state maintenance_age)" '^Ok [0-9]{1,2}$'

t "disk: bytes and percent, the worse the lower"
free=$(df --output=avail -B 1 "$PAMLITE_DATABASE" | tail -n 1)
judged()
{
	jq -r 'select(.Check | startswith("database_free")) | .Status' <<<"$out" | tr '\n' ' '
}
run $asked -o JsonLines -Warning "database_free=$((free * 2)),database_free_percent=101" \
    -Critical database_free=off,database_free_percent=off
is "$(judged)" 'Warning Warning '
is "$(jq -r 'select(.Check == "database_free_percent") | "\(.Unit) \(.WarningAt) \(.CriticalAt)"' <<<"$out")" \
    '% 101 null'
run $asked -o JsonLines -Warning database_free=1,database_free_percent=0 \
    -Critical "database_free=$((free * 2)),database_free_percent=101"
is "$(judged)$status" 'Critical Critical 2'
run $asked -Warning database_free=1 -Critical database_free=0
matches "$out" ' database_free=[0-9]+B;1:;0:;0 '

t "control: one that is off is a warning, and then nothing waits that nobody may decide"
must as alice new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/a" -Reason r
must disable-elevated-access-control -Confirm:false
is "$(state control)$(ahead 13h pending_age)" 'Warning 0Ok 0'
plugin_is 1 $asked "${plain[@]}"
has "$out" 'control=0;1:;;0 '
must enable-elevated-access-control -AdminGroup ops
is "$(state control)" 'Ok 1'

t "chain: one record that was rewritten is critical"
database broken
setup_basic
is "$(state chain)" 'Ok 0'
trigger=$(sqlite3 "$PAMLITE_DATABASE" "SELECT sql FROM sqlite_schema WHERE name = 'audit_no_update'")
sqlite3 "$PAMLITE_DATABASE" "DROP TRIGGER audit_no_update;
    UPDATE audit SET result = 'Refused' WHERE sequence = 2; $trigger"
is "$(state chain)" 'Critical 1'
says 'the audit log is broken at record '
plugin_is 2 $asked "${plain[@]}"
has "$out" 'chain=1;;0;0 '
database db

# --- limits ---

t "limits: up to it a check is Ok; in any case, and off; what is none is refused and names the checks"
must as alice new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/b" -Reason r
pending=$(state pending | cut -d ' ' -f 2)
for each in "$((pending - 1)) off Warning" "$pending off Ok" "off $((pending - 1)) Critical" "off $pending Ok" \
    "off OFF Ok"; do
	read -r warning critical expected <<<"$each"
	run $asked -o JsonLines -Warning "Pending=$warning" -Critical "pending=$critical"
	is "$(jq -r 'select(.Check == "pending") | .Status' <<<"$out")" "$expected" "$each"
done
for each in nothing=1 pending=-1 pending=x pending=1.5 pending=99999999999999999999 'pending=1 ' 'pending='; do
	fails 64 ParameterArgumentTransformationError $asked -Warning "$each"
	has "$err" 'the checks are control, pending, '
	fails 64 ParameterArgumentTransformationError $asked -Critical "$each"
done

# --- forms ---

t "objects: one for each check, with the same statuses"
run $asked -o Json
is "$(jq -c '.[0] | keys_unsorted' <<<"$out")" \
    '["Check","Status","Value","Unit","WarningAt","CriticalAt","Message"]'
is "$(jq -c '.[2] | [.Check, .Unit, .WarningAt, .CriticalAt]' <<<"$out")" '["pending_age","s",3600,43200]'
for format in Table List Json JsonLines Csv Value Id; do
	later 13h run $asked -o $format
	is "$status" 2 "$format"
done
later 13h run $asked -Property Check,Status
is "$status" 2
has "$out" 'pending_age'
lacks "$out" PAMLITE

t "metrics: a real parser reads them, and they are what the objects say"
cat >"$work/parse.py" <<'END'
import json, sys
from prometheus_client.parser import text_string_to_metric_families as parse
families = list(parse(open(sys.argv[1]).read()))
assert len({f.name for f in families}) == len(families), "a family twice"
for f in families:
    assert f.type == "gauge" and f.documentation and f.name.startswith("pamlite_") and f.samples, f
print(json.dumps({f.name: {s.labels.get("check", ""): [s.value, s.labels["database"]] for s in f.samples}
    for f in families}))
END
metrics()
{
	run "$@"
	# Debian's own, which has Debian's packages.
	/usr/bin/python3 "$work/parse.py" "$stdout" >"$work/metrics" 2>"$work/parse.err" ||
	    bad "no metrics" "$(<"$work/parse.err")"
}
metric()
{
	jq -r "$1" "$work/metrics"
}
metrics later 2h $asked -o Prometheus
is "$err" ''
is "$(metric '[.pamlite_control_enabled, .pamlite_chain_broken] | map(.[""][0]) | tojson')" '[1,0]'
is "$(metric '.pamlite_check_state | [.pending_age, .control, .chain] | map(.[0]) | tojson')" '[1,0,0]'
is "$(metric '.pamlite_state[""] | tojson')" "[$status,\"$PAMLITE_DATABASE\"]"
matches "$(metric '.pamlite_pending_age_seconds[""][0]')" '^7[2-3][0-9][0-9]'
is "$(metric '.pamlite_database_free_ratio[""][0] * 100 | round')" "$(state database_free_percent | cut -d ' ' -f 2)"
late=$(($(metric '.pamlite_last_run_timestamp_seconds[""][0] | floor') - $(date +%s) - 7200))
((late > -60 && late < 60)) || bad "made at another time: $late s"

t "metrics: a path with quotes and backslashes is one label"
database 'a"b\n|c}'
setup_basic
metrics $asked -o Prometheus
is "$(metric '.pamlite_state[""][1]')" "$PAMLITE_DATABASE"
database db

t "metrics: a file is replaced at once, and everybody reads it"
mkdir "$work/collector"
file=$work/collector/pam-lite.prom
run $asked "${plain[@]}" -o Prometheus -Path "$file"
((status < 3)) || bad "status $status" "$err"
is "$out$err$(stat -c %a "$file")" 644
metrics cat "$file"
fails 73 FileExists $asked -Path "$file"
inode=$(stat -c %i "$file")
later 13h run $asked -o Prometheus -Path "$file" -Force
is "$status$out$err" 2
metrics cat "$file"
is "$(metric '.pamlite_state[""][0]')" 2
[[ $(stat -c %i "$file") != "$inode" ]] || bad "the file was written in place"
cp "$file" "$work/kept"
PAMLITE_DATABASE=$work/none.db run $asked -o Prometheus -Path "$file" -Force
is "$status" 3
cmp -s "$file" "$work/kept" || bad "what could not be made has replaced something"
is "$(cd "$work/collector" && ls -A)" pam-lite.prom
run $asked -o Json -Path "$work/collector/json"
is "$(stat -c %a "$work/collector/json")" 600

t "that form is this command's alone"
for name in get-elevated-access-control get-elevated-access-request test-elevated-access-installation; do
	fails 64 ParameterArgumentTransformationError "$name" -o Prometheus
	has "$err" 'Table, List, Json, JsonLines, Csv, Value, Id.'
	PAMLITE_OUTPUT_FORMAT=Prometheus fails 64 ParameterArgumentTransformationError "$name"
done
PAMLITE_OUTPUT_FORMAT=Prometheus metrics $asked

# --- failures ---

# unknown TEXT CMD...: status 3, one line on stdout that says so, the usual one on stderr.
unknown()
{
	local text=$1

	shift
	run "$@"
	is "$status" 3 "$*"
	is_unknown || bad "no such line: $*" "$out"
	has "$out" "$text"
	has "$err" "get-elevated-access-status: "
	has "$err" "$text"
}

t "every failure is UNKNOWN"
unknown 'alice may not see this' as alice $asked
fails 77 AuditorRequired as alice $asked
unknown 'does not exist' $asked -Database "$work/none.db"
unknown 'NoSuch' $asked -NoSuch
unknown 'Missing an argument' $asked -Warning
unknown 'PAMLITE_OUTPUT_FORMAT' env PAMLITE_OUTPUT_FORMAT=No $asked
echo 'no database' >"$work/foreign.db"
unknown 'file is not a database' $asked -Database "$work/foreign.db"
run $asked -Database "$work/a|b"
is "$status$(is_unknown && echo yes)" 3yes
has "$out" 'a\u{7c}b'
run $asked -Database "$work/none.db" -ErrorAction SilentlyContinue
is "$status$(is_unknown && echo yes)" 3yes
run $asked -Database "$work/none.db" -o Json
is "$status$out" 3
is "$(jq -r .Error.Id <<<"$err")" DatabaseNotFound

t "a refusal is recorded as any other"
is "$(search-elevated-access-audit-log -Operations Get-ElevatedAccessStatus -o Value -Property UserIds,ResultStatus |
    sort -u | tr '\t' ' ')" 'alice Refused'

t "who may audit may see it"
must new-elevated-access-approver-group -Name auditors -Member erin
must set-elevated-access-control -AuditGroup auditors -Confirm:false
as erin run $asked
((status < 3)) || bad "status $status" "$err"

t "a database that is busy is waited for some seconds, then it is UNKNOWN"
flock "$PAMLITE_DATABASE.lock" sleep 30 &
holder=$!
while flock -n "$PAMLITE_DATABASE.lock" true; do sleep 0.02; done
before=$SECONDS
unknown 'was busy for 5 seconds' $asked
((SECONDS - before < 10)) || bad "it took $((SECONDS - before)) seconds"
kill "$holder"
wait "$holder" 2>/dev/null

t "help, version and description are none"
for word in -Help -Version --describe=json; do
	succeeds $asked $word
	lacks "$out" 'PAMLITE UNKNOWN'
done
is "$(jq -c '[.ExitStatuses[].Status], ([.Errors[].Status] | unique)' <<<"$out" | tr '\n' ' ')" '[0,1,2,3] [3] '

finish
