#!/bin/bash
# output.sh - what commands print: formats for none, one and many objects, hostile text, plans, exports

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

read_errors

# prints EXPECTED CMD...: status 0 and exactly this on stdout, with nothing on stderr.
prints()
{
	local expected=$1

	shift
	run "$@"
	is "$status" 0
	is "$out" "$expected"
	is "$err" ''
}
groups=(get-elevated-access-approver-group -Property 'Name,Member,Description' -SortBy Name)

must new-elevated-access-approver-group -Name ops -Member bob,dave -Description 'on call'
t "no objects"
for format in Table List JsonLines Csv Value Id; do
	prints '' get-elevated-access-task -o "$format"
done
prints '' get-elevated-access-task
prints '[]' get-elevated-access-task -o Json
prints '[]' get-elevated-access-task --json

t "one object"
one=$'Name        : ops\nMember      : bob, dave\nDescription : on call'
prints "$one" "${groups[@]}"
prints "$one" "${groups[@]}" -o List
run "${groups[@]}" -o Table
is "$(sed 's/  */ /g; s/ $//' <<<"$out")" $'Name Member Description\nops bob, dave on call'
prints '{"Name":"ops","Member":["bob","dave"],"Description":"on call"}' "${groups[@]}" -o JsonLines
is "$("${groups[@]}" -o Json | jq -c .)" '[{"Name":"ops","Member":["bob","dave"],"Description":"on call"}]'
run "${groups[@]}" -o Csv
is "$(sed 's/\r$/$/' <<<"$out")" $'"Name","Member","Description"$\n"ops","[""bob"",""dave""]","on call"$'
prints $'ops\tbob, dave\ton call' "${groups[@]}" -o Value
matches "$("${groups[@]}" -o Id)" '^[0-9a-f-]{36}$'

t "many objects"
must new-elevated-access-approver-group -Name web -Description 'a "b"'
run "${groups[@]}"
is "$(sed 's/  */ /g; s/ $//' <<<"$out")" $'Name Member Description\nops bob, dave on call\nweb a "b"'
run "${groups[@]}" -o List
is "$(sed 's/ *$//' <<<"$out")" "$one"$'\n\nName        : web\nMember      :\nDescription : a "b"'
is "$("${groups[@]}" -o Json | jq -c '.[1]')" '{"Name":"web","Member":[],"Description":"a \"b\""}'
is "$("${groups[@]}" -o JsonLines | wc -l)" 2
is "$("${groups[@]}" -o Csv | tr -d '\r' | tail -n 1)" '"web","[]","a ""b"""'
is "$("${groups[@]}" -o Value | tail -n 1)" $'web\t\ta "b"'
is "$(get-elevated-access-approver-group -SortBy Name -Descending -o Value -Property Name | tr '\n' ' ')" 'web ops '

t "the format can come from the environment, and the command line counts"
PAMLITE_OUTPUT_FORMAT=value run get-elevated-access-approver-group ops -Property name
is "$status:$out" 0:ops
PAMLITE_OUTPUT_FORMAT=value run get-elevated-access-approver-group ops -Property name -o JsonLines
is "$status:$out" '0:{"Name":"ops"}'
PAMLITE_OUTPUT_FORMAT=Yaml run get-elevated-access-approver-group
is "$status" 64
has "$err" 'Table, List, Json'

t "cells that a spreadsheet would take for formulas"
for value in '=1+1' '+1' '-1' '@x' 'plain'; do
	must set-elevated-access-approver-group web "-Description:$value"
	guarded="'$value"
	[[ $value != plain ]] || guarded=plain
	is "$(get-elevated-access-approver-group web -Property Description -o Csv | tail -n 1 | tr -d '\r')" \
	    "\"$guarded\""
	is "$(get-elevated-access-approver-group web -Property Description -o Value)" "$value"
done

must enable-elevated-access-control -AdminGroup ops
must register-elevated-access-task 'Linux\true' -Path /bin/true -Description 'does nothing'
must register-elevated-access-task 'Linux\sleep' -Path /bin/sleep -ArgumentList 60
must new-elevated-access-approval-policy 'Linux\true' -ApprovalType Manual
must new-elevated-access-approval-policy 'Linux\sleep' -ApprovalType Auto
must new-elevated-access-approval-policy 'App\deploy' -ApprovalType Manual
must add-elevated-access-system-account svc -Reason 'backup job'
grant alice 'Linux\true'
granted=$id
must as alice invoke-elevated-access-task 'Linux\true'
must as alice new-elevated-access-request 'Linux\true' -Reason 'again' -o Id
pending=$out

t "all properties, in the order of the description, null where nothing is set; * is all of them"
for command in "${commands[@]}"; do
	[[ $command == get-* || $command == search-* ]] || continue
	described=$(jq -c '[.Output.Properties[].Name]' "$work/describe/$command")
	keys=$("$command" -o Json | jq -c '.[0] | keys_unsorted')
	is "$keys" "$described" "$command"
	is "$("$command" -o Json -Property '*' | jq -c '.[0] | keys_unsorted')" "$described"
	is "$("$command" -o Csv | head -n 1 | tr -d '\r' | sed 's/^/[/; s/$/]/')" "$described"
	table=$(jq -r '[.Output.Properties[] | select(.InTable) | .Name] | join(" ")' "$work/describe/$command")
	is "$("$command" -o Table | head -n 1 | sed 's/  */ /g; s/ $//')" "$table"
done
is "$(get-elevated-access-authorization "$granted" -o JsonLines | jq -r 'keys_unsorted[:12] | join(" ")')" \
    "AuthorizedBy Type AuthorizedAccess StartTimeUtc EndTimeUtc Revoked RevocationDateTimeUtc RevokedBy \
RevocationComment Identity DateCreatedUtc DateUpdatedUtc"
is "$(get-elevated-access-request "$granted" -o JsonLines | jq -r 'keys_unsorted[:7] | join(" ")')" \
    'Identity RequestorUPN Service RequestedAccess RequestStatus Context Reason'

t "values: numbers, truth, null, ids"
is "$(get-elevated-access-request "$pending" -o JsonLines | jq -c '[.DurationHours, .Ticket, .Approvals, .Service]')" \
    '[4,null,[],"Linux"]'
is "$(get-elevated-access-request "$pending" -o List -Property Ticket | sed 's/ *$//')" 'Ticket :'
is "$(get-elevated-access-authorization "$granted" -o Value -Property Revoked,Active)" $'False\tTrue'
is "$(get-elevated-access-control -o Id)" Control
is "$(get-elevated-access-task 'Linux\true' -o Id)" 'Linux\true'
matches "$(get-elevated-access-request "$pending" -o Value -Property DateCreatedUtc)" '^20[0-9-]{8}T[0-9:]{8}Z$'

t "local time across both switches of the clock"
zone=Europe/Berlin
[[ -e /usr/share/zoneinfo/$zone ]] || zone=CET-1CEST,M3.5.0,M10.5.0/3
for pair in 2027-03-28T00:59:59Z=2027-03-28T01:59:59+01:00 2027-03-28T01:00:00Z=2027-03-28T03:00:00+02:00 \
    2027-10-31T00:59:59Z=2027-10-31T02:59:59+02:00 2027-10-31T01:00:00Z=2027-10-31T02:00:00+01:00; do
	for format in Value JsonLines; do
		run env "TZ=$zone" PAMLITE_PRINCIPAL=alice new-elevated-access-request 'App\deploy' -Reason r \
		    -StartTimeUtc "${pair%%=*}" -WhatIf -LocalTime -o "$format" -Property StartTimeUtc
		is "$(tr -d '"{}' <<<"$out" | sed 's/^StartTimeUtc://')" "${pair#*=}"
	done
done

t "hostile text is shown escaped in every text form and by every escape in JSON"
hostile=$'a\u202eb\u2066c\u200bd\U000e0041e'
must as alice new-elevated-access-request 'App\deploy' -Reason "$hostile" -o Id
id=$out
# What no command stores, another program could have.
sqlite3 "$PAMLITE_DATABASE" "UPDATE request SET
    context = 'x' || char(27) || '[2J' || char(7) || char(155) || char(127) || char(13) WHERE id = '$id'"
for format in Table List Csv Value; do
	run get-elevated-access-request "$id" -Property Reason,Context -o "$format"
	has "$out" 'a\u{202e}b\u{2066}c\u{200b}d\u{e0041}e'
	is "$(tr -d '\r\n\t' <"$stdout" | LC_ALL=C grep -c '[^ -~]')" 0 "$format"
	is "$(cat -v "$stdout" | tr -d '\r' | grep -c '\^[^MI]')" 0
done
for format in Json JsonLines; do
	run get-elevated-access-request "$id" -Property Reason,Context -o "$format"
	has "$out" '\u202e'
	has "$out" '\u001b[2J\u0007'
	is "$(LC_ALL=C grep -c $'[\x01-\x08\x0b-\x1f\x7f]' "$stdout")" 0
	is "$(jq -r '.. | .Reason? // empty' <<<"$out")" "$hostile"
done
run as bob approve-elevated-access-request $'x\u202ey'
has "$err" 'x\u{202e}y'
must as alice stop-elevated-access-request "$id"

t "errors and warnings as objects"
run get-elevated-access-task 'Linux\nosuch' --json
is "$(jq -c '[.Error | keys_unsorted[]]' <<<"$err")" '["Id","Category","Message","Target","Hint"]'
is "$(jq -r '.Error.Id, .Error.Category, .Error.Target' <<<"$err" | tr '\n' ' ')" \
    'TaskNotFound ObjectNotFound Linux\nosuch '
run get-elevated-access-task 'Linux\nosuch'
is "$(wc -l <"$stderr")" "$(grep -c '' <<<"$err")"
is "${err%%$'\n'*}" "get-elevated-access-task: 'Linux\\nosuch' does not exist, or you may not see it"
run register-elevated-access-task 'Linux\gone' -Path /nowhere/program -o Json
is "$status" 0
is "$(jq -r .Warning <<<"$err")" 'there is no program at /nowhere/program now'

t "quiet commands print their object only when asked"
must register-elevated-access-task 'Linux\more' -Path /bin/true
prints '' unregister-elevated-access-task 'Linux\gone' -Confirm:false
run unregister-elevated-access-task 'Linux\more' -Confirm:false -PassThru -o Value -Property Name
is "$status:$out" '0:Linux\more'
prints '' add-elevated-access-system-account other -Reason r
prints '' remove-elevated-access-system-account other -Confirm:false
prints $'other\tr' add-elevated-access-system-account other -Reason r -PassThru -o Value -Property Identity,Reason
prints '' enable-elevated-access-control -AdminGroup ops
prints True enable-elevated-access-control -AdminGroup ops -PassThru -o Value -Property Enabled
prints web set-elevated-access-approver-group web -Description d -o Value -Property Name

# --- plans ---

as alice new-elevated-access-request 'Linux\sleep' -Reason r >"$stdout"
as alice invoke-elevated-access-task 'Linux\sleep' >"$work/sleep.out" 2>&1 &
for ((i = 0; i < 100; i++)); do
	running=$(get-elevated-access-execution -Running -o Id)
	[[ -z $running ]] || break
	sleep 0.05
done
# planned TARGET OBJECT CMD...: nothing is written, the plan is told, and a program gets the object.
declare -A was_planned
planned()
{
	local target=$1 object=$2 before command word

	shift 2
	for word; do
		[[ -z ${command:-} && -x $BIN/$word ]] && command=$word
	done
	was_planned[$command]=yes
	before=$(sha256sum <"$PAMLITE_DATABASE")
	run "$@" -WhatIf
	is "$status" 0
	is "$out" ''
	is "$err" "What if: Performing the operation \"$(cmdlet "$command")\" on target \"$target\"."
	if [[ $object != - ]]; then
		run "$@" -WhatIf -o JsonLines
		is "$status" 0
		has "$out" "$object"
		is "$(wc -l <"$stdout")" 1
		has "$err" 'What if: '
	fi
	[[ $(sha256sum <"$PAMLITE_DATABASE") == "$before" ]] || bad "a plan was carried out: $*"
}
t "-WhatIf on everything that writes"
planned Control - disable-elevated-access-control -Confirm:false
planned Control - enable-elevated-access-control -AdminGroup ops
planned Control '"RequireComment":true' set-elevated-access-control -RequireComment
planned new '"Name":"new"' new-elevated-access-approver-group new -Member bob
planned web '"Description":"w"' set-elevated-access-approver-group web -Description w
planned web - remove-elevated-access-approver-group web
planned new - add-elevated-access-system-account new -Reason r
planned svc - remove-elevated-access-system-account svc
planned 'Linux\new' '"Path":"/bin/true"' register-elevated-access-task 'Linux\new' -Path /bin/true
planned 'Linux\true' '"Description":"w"' set-elevated-access-task 'Linux\true' -Description w
planned 'Linux\sleep' - unregister-elevated-access-task 'Linux\sleep'
planned 'App\new' '"Task":"App\\new"' new-elevated-access-approval-policy 'App\new' -ApprovalType Auto
planned 'App\deploy' '"MaxUses":3' set-elevated-access-approval-policy 'App\deploy' -MaxUses 3
planned 'App\deploy' - remove-elevated-access-approval-policy 'App\deploy'
planned 'App\deploy' '"RequestStatus":"Pending"' as alice new-elevated-access-request 'App\deploy' -Reason r
planned "$pending" '"Reason":"w"' as alice set-elevated-access-request "$pending" -Reason w
planned "$pending" '"AuthorizedTo":"alice"' as bob approve-elevated-access-request "$pending" -Comment c
planned "$pending" '"RequestStatus":"Denied"' as bob deny-elevated-access-request "$pending" -Comment c
planned "$pending" '"RequestStatus":"Canceled"' as alice stop-elevated-access-request "$pending"
planned "$granted" '"Revoked":true' as bob revoke-elevated-access-authorization "$granted"
planned "$running" '"Task":"Linux\\sleep"' stop-elevated-access-execution "$running"
planned 'Linux\true' - as alice invoke-elevated-access-task 'Linux\true'
planned 'Linux\true' '"Allowed":true' as alice test-elevated-access 'Linux\true' -Use
must backup-elevated-access-database -Path "$work/saved"
planned Database - restore-elevated-access-database -Path "$work/saved"
# What these would do depends on what is due: notify.sh and maintenance.sh.
was_planned[send-elevated-access-notification]=yes was_planned[invoke-elevated-access-maintenance]=yes
# Its objects are the plan, for people too: configuration.sh.
was_planned[import-elevated-access-configuration]=yes
for command in "${commands[@]}"; do
	has_parameter "$command" WhatIf || continue
	[[ -n ${was_planned[$command]:-} ]] || bad "$command -WhatIf is not tested"
done
t "a plan is refused like the deed"
fails 66 RequestNotFound approve-elevated-access-request "$absent" -WhatIf
fails 77 SelfApproval as alice approve-elevated-access-request "$pending" -WhatIf
must stop-elevated-access-execution "$running" -Confirm:false
wait

# --- files ---

t "an export is written whole, not over another, and goes on where it is told to"
log=$work/log
prints '' export-elevated-access-audit-log -Path "$log"
lines=$(wc -l <"$log")
is "$lines" "$(search-elevated-access-audit-log -o JsonLines | wc -l)"
is "$(jq -s -c 'map(.Sequence) == [range(1; length + 1)]' "$log")" true
sum=$(sha256sum <"$log")
fails 73 FileExists export-elevated-access-audit-log -Path "$log"
is "$(sha256sum <"$log")" "$sum"
prints '' export-elevated-access-audit-log -Path "$log" -Force -StartDate 2020-01-01
is "$(sha256sum <"$log")" "$sum"
prints '' export-elevated-access-audit-log -Path "$log" -Append
is "$(wc -l <"$log")" $((2 * lines))
sum=$(sha256sum <"$log")
fails 64 InvalidText export-elevated-access-audit-log -Path $'bad\npath' -Force
run as alice export-elevated-access-audit-log -Path "$log" -Force -Database "$work/none/x"
is "$status" 78
is "$(sha256sum <"$log")" "$sum"
prints '' export-elevated-access-audit-log -Path "$work/log.csv" -Format Csv -EndDate 2020-01-01
is "$(find "$work" -maxdepth 1 -name '.*' -type f)" ''
is "$(stat -c %a "$log")" 600

# --- ten thousand, and readers that do not read ---

sqlite3 "$PAMLITE_DATABASE" "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s, \
    created_at, updated_at, expires_at)
    SELECT printf('%08x-0000-4000-8000-%012x', i, i), 'user' || i, 1000, 1, 'Task', 'App\\deploy', p.id, 'Pending', \
    'number ' || i, 3600,
    strftime('%s', 'now') - i, strftime('%s', 'now') - i, strftime('%s', 'now') + 80000 FROM n, policy p WHERE \
    p.access = 'App\\deploy'"

t "a long listing for people is cut with a warning, one for programs never"
run get-elevated-access-request -o Table
is "$(wc -l <"$stdout")" 1001
has "$err" 'WARNING: '
has "$err" '-ResultSize'
run get-elevated-access-request -o Table -ResultSize Unlimited -Filter "RequestorUPN -like 'user*'"
is "$(wc -l <"$stdout"):$err" 10001:
prints "$(printf '%08x-0000-4000-8000-%012x\n' 1 1 2 2)" get-elevated-access-request -ResultSize 2 -o Id -Filter \
    "RequestorUPN -like 'user*'"
is "$(get-elevated-access-request -RequestStatus Pending --json | jq length)" 10001
is "$(get-elevated-access-request -RequestStatus Pending -o Id | sort -u | wc -l)" 10001
fails 64 SortNotPossible get-elevated-access-request -SortBy Reason
has "$err" 'DateCreatedUtc'
fails 64 ParameterArgumentTransformationError get-elevated-access-request -ResultSize 0

t "a reader that stops reading holds nobody up"
mkfifo "$work/pipe"
get-elevated-access-request -o Json >"$work/pipe" 2>"$work/pipe.err" &
writer=$!
exec 5<"$work/pipe"
read -r -n 100 _ <&5
run timeout 1 env PAMLITE_PRINCIPAL=bob approve-elevated-access-request "$pending" -Comment ok
is "$status" 0
kill -0 "$writer" || bad "the listing did not block"
rest=$(cat <&5 | wc -l)
exec 5<&-
wait "$writer"
is "$?" 0
((rest > 9000)) || bad "only $rest lines came"
is "$(<"$work/pipe.err")" ''

t "a reader that goes away is no error to talk about"
for format in Table Json JsonLines Csv Value Id List; do
	get-elevated-access-request -o "$format" -ResultSize Unlimited 2>"$stderr" | head -n 1 >"$stdout"
	is "$(<"$stderr")" ''
done
run timeout 1 get-elevated-access-approver-group ops -o Id
is "$status" 0

t "output that is closed, or full: what was done is named"
err=$(as zoe new-elevated-access-request 'App\deploy' -Reason r 2>&1 >&-)
is "$?" 74
id=$(as zoe get-elevated-access-request -Mine -o Id)
has "$err" "$id"
get-elevated-access-approver-group 2>"$stderr" >&-
is "$?" 74
get-elevated-access-approver-group 2>"$stderr" >/dev/full
is "$?" 74

t "nothing is coloured where no terminal reads"
for format in Table List; do
	TERM=xterm-256color run get-elevated-access-approver-group -o "$format"
	is "$(LC_ALL=C grep -c $'\e' "$stdout")" 0
done

finish
