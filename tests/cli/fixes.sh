#!/bin/bash
# fixes.sh - faults that were found once stay away: what is asked, appended, planned, waited for and named

. "$(dirname "$0")/lib.bash"

# --- plans of a database that does not exist ---

t "-WhatIf of what makes a database: all checks, the line, and nothing is made"
run enable-elevated-access-control -AdminGroup ops -WhatIf
is "$status:$out" 0:
is "$(head -n 1 "$stderr")" 'What if: Performing the operation "Enable-ElevatedAccessControl" on target "Control".'
run new-elevated-access-approver-group ops -Member bob -WhatIf -o JsonLines
is "$status" 0
has "$err" 'What if: Performing the operation "New-ElevatedAccessApproverGroup" on target "ops".'
is "$(jq -c '[.Name, .Member]' <<<"$out")" '["ops",["bob"]]'
fails 66 UnixGroupNotFound new-elevated-access-approver-group ops -UnixGroup no-such-group -WhatIf
fails 64 ParameterArgumentTransformationError new-elevated-access-approver-group ops -MailAddress nobody -WhatIf
is "$(find "$work" -mindepth 1)" "$work/db"

t "where no database could be made, or none is made by the command, it is missing as ever"
fails 78 DatabaseNotFound enable-elevated-access-control -AdminGroup ops -WhatIf -Database "$work/none/pam-lite.db"
fails 78 DatabaseNotFound set-elevated-access-control -AdminGroup ops -WhatIf
as alice fails 78 DatabaseNotFound enable-elevated-access-control -AdminGroup ops -WhatIf

setup_basic

# --- one run ---

t "the answer No to a run is status 1, not a failure of the run"
# Told to end it puts the database back, if there is a copy.
cat >"$work/sleep" <<END
#!/bin/sh
trap 'cp "$work/whole.db" "$PAMLITE_DATABASE"; exit 6' TERM
sleep 3 &
wait
exit 5
END
chmod 700 "$work/sleep"
must register-elevated-access-task 'Linux\sleep' -Path "$work/sleep"
must new-elevated-access-approval-policy 'Linux\sleep' -ApprovalType Auto
must as alice new-elevated-access-request 'Linux\sleep' -Reason r
export SHELL=/bin/bash
printf 'n\n' |
    as alice timeout 20 script -qec "invoke-elevated-access-task 'Linux\sleep' -Confirm" /dev/null >"$work/said"
is "${PIPESTATUS[1]}" 1
has "$(<"$work/said")" 'Performing the operation "Invoke-ElevatedAccessTask"'
is "$(get-elevated-access-execution -o Id)" ''

# begin_run: alice runs Linux\sleep; on return it is recorded.
begin_run()
{
	local i

	as alice invoke-elevated-access-task 'Linux\sleep' >"$work/run.out" 2>"$work/run.err" &
	runner=$!
	for ((i = 0; i < 100; i++)); do
		[[ -z $(get-elevated-access-execution -Running -o Id) ]] || return 0
		sleep 0.05
	done
}
end_run()
{
	wait "$runner"
	status=$?
	err=$(<"$work/run.err")
}

t "a busy database does not end a run"
begin_run
flock "$PAMLITE_DATABASE.lock" sleep 2.7
end_run
is "$status" 5
is "$err" ''

t "a database that cannot be asked three times in a row does, and says why"
begin_run
cp "$PAMLITE_DATABASE" "$work/whole.db"
flock "$PAMLITE_DATABASE.lock" dd if=/dev/zero of="$PAMLITE_DATABASE" bs=4096 count=4 conv=notrunc status=none
end_run
is "$status" 6
matches "$err" '^WARNING: the database could not be asked three times in a row; the task was ended: [^:]+: .+$'
lacks "$err" 'invoke-elevated-access-task: '
is "$(get-elevated-access-execution -Filter 'ExitStatus -eq 6' -o Value -Property EndReason)" Stopped

# --- exports ---

t "-Append continues: one Csv header, and every record on a line of its own"
log=$work/log
must export-elevated-access-audit-log -Path "$log.csv" -Format Csv -EndDate 2020-01-01
is "$(wc -c <"$log.csv")" 0
for _ in 1 2; do
	must export-elevated-access-audit-log -Path "$log.csv" -Format Csv -Append
done
is "$(grep -c '^"Sequence"' "$log.csv")" 1
is "$(sqlite3 :memory: '.mode csv' ".import '$log.csv' log" '.mode list' \
    'SELECT min(n), max(n) FROM (SELECT count(*) n FROM log GROUP BY Sequence)')" '2|2'
must export-elevated-access-audit-log -Path "$log.jsonl"
count=$(wc -l <"$log.jsonl")
truncate -s -1 "$log.jsonl"
must export-elevated-access-audit-log -Path "$log.jsonl" -Append
is "$(jq -c . "$log.jsonl" | wc -l)" $((2 * count))
is "$(wc -l <"$log.jsonl")" $((2 * count))

t "-NoClobber and -Append exclude each other; the path has no position"
fails 64 AmbiguousParameterSet export-elevated-access-audit-log -Path "$log.jsonl" -NoClobber -Append
fails 64 PositionalParameterNotFound export-elevated-access-audit-log "$log.new" -Path "$log.new"
fails 64 PositionalParameterNotFound test-elevated-access-audit-log "$log.jsonl"

# --- many objects ---

t "a database that cannot be used is told once, with its own status"
database bad
mkdir -m 700 "$work/bad" 2>/dev/null
echo 'this is not a database' >"$PAMLITE_DATABASE"
chmod 600 "$PAMLITE_DATABASE"
printf '11111111-1111-4111-8111-11111111111%d\n' 1 2 3 >"$work/ids"
fails_in "$work/ids" 78 DatabaseForeign stop-elevated-access-request
is "$(grep -c '^stop-elevated-access-request: ' <<<"$err")" 1
database db
run_in "$work/ids" stop-elevated-access-request
is "$status" 1
is "$(grep -c '^stop-elevated-access-request: line ' <<<"$err")" 3

# --- waiting for a request ---

t "a wait that fails leaves the request's row, and its number is told before"
run as alice new-elevated-access-request 'Linux\touch' -Reason r -Parameter "file=$work/touched/a" -Wait -Timeout 1 \
    -o Id -Verbose
is "$status" 124
id=$out
is "$(get-elevated-access-request "$id" -o Value -Property RequestStatus)" Pending
is "$(head -n 1 "$stderr")" "VERBOSE: request $id waits for its decision"
has "$err" 'is still pending'

# begin_wait NAME: alice asks for that file, with its name as the reason, and waits; on return the wait is told.
begin_wait()
{
	local i

	rm -f "$work/wait.err"
	# Not by `as`, so that it is the command itself that is killed.
	PAMLITE_PRINCIPAL=alice new-elevated-access-request 'Linux\touch' -Reason "$1" \
	    -Parameter "file=$work/touched/$1" -Wait -Verbose -o Id >"$work/wait.out" 2>"$work/wait.err" &
	waiter=$!
	for ((i = 0; i < 100; i++)); do
		[[ ! -s $work/wait.err ]] || break
		sleep 0.05
	done
}

t "a wait that is interrupted has told the request's number"
begin_wait b
kill "$waiter"
wait "$waiter" 2>/dev/null
is "$?" $((128 + 15))
is "$(<"$work/wait.err")" \
    "VERBOSE: request $(get-elevated-access-request -Filter "Reason -eq 'b'" -o Id) waits for its decision"

t "a wait for which the database cannot be asked any more prints the request as it was made"
begin_wait d
cp "$PAMLITE_DATABASE" "$work/whole.db"
flock "$PAMLITE_DATABASE.lock" dd if=/dev/zero of="$PAMLITE_DATABASE" bs=4096 count=4 conv=notrunc status=none
wait "$waiter"
matches "$?" '^(74|78)$'
cp "$work/whole.db" "$PAMLITE_DATABASE"
is "$(<"$work/wait.out")" "$(get-elevated-access-request -Filter "Reason -eq 'd'" -o Id)"

t "-Timeout without -Wait is wrong use, and nothing is requested"
before=$(get-elevated-access-request -o Id | wc -l)
as alice fails 64 AmbiguousParameterSet new-elevated-access-request 'Linux\touch' -Reason r -Timeout 5 \
    -Parameter "file=$work/touched/c"
has "$err" '-Wait'
is "$(get-elevated-access-request -o Id | wc -l)" "$before"

# --- names ---

t "an id in upper case is the same id"
is "$(get-elevated-access-request "${id^^}" -o Id)" "$id"
succeeds as bob approve-elevated-access-request "${id^^}" -Comment ok -o Value -Property RequestIdentity
is "$out" "$id"
is "$(get-elevated-access-authorization -RequestId "${id^^}" -o Value -Property RequestIdentity)" "$id"
group=$(get-elevated-access-approver-group ops -o Value -Property Identity)
is "$(get-elevated-access-approver-group "${group^^}" -o Value -Property Name)" ops
echo "{\"RequestIdentity\":\"${id^^}\"}" >"$work/object"
succeeds_in "$work/object" revoke-elevated-access-authorization -Confirm:false -o Value -Property RequestIdentity
is "$out" "$id"

t "no identity is longer than 255 bytes"
long=$(printf 'a%.0s' {1..256})
for command in get-elevated-access-request get-elevated-access-approver-group get-elevated-access-system-account \
    get-elevated-access-approval-policy; do
	fails 64 InvalidText "$command" "$long"
	fails 66 "$(case $command in
	*request) echo RequestNotFound ;;
	*group) echo ApproverGroupNotFound ;;
	*account) echo SystemAccountNotFound ;;
	*policy) echo PolicyNotFound ;;
	esac)" "$command" "${long:1}"
done

t "a group's name is no pattern and no option, and at most 128 bytes"
for name in 'a*' 'a?' '@a'; do
	fails 64 ParameterArgumentTransformationError new-elevated-access-approver-group "$name"
done
fails 64 ParameterArgumentTransformationError new-elevated-access-approver-group -Name:-a
fails 64 InvalidText new-elevated-access-approver-group "${long:127}"
succeeds new-elevated-access-approver-group "${long:128}"

t "what was removed is printed with -PassThru alone"
must add-elevated-access-system-account robot -Reason r
must new-elevated-access-approval-policy 'App\gone' -ApprovalType Auto
while read -r noun identity property; do
	command=(remove-elevated-access-"$noun" "$identity" -Confirm:false -o Value -Property "$property")
	run "${command[@]}" -WhatIf
	is "$status:$out" 0:
	run "${command[@]}" -WhatIf -PassThru
	is "$status:$out" "0:$identity"
	run "${command[@]}" -PassThru
	is "$status:$out" "0:$identity"
done <<END
approver-group ${long:128} Name
system-account robot Identity
approval-policy App\\gone Task
END
must new-elevated-access-approver-group quiet
succeeds remove-elevated-access-approver-group quiet -Confirm:false
is "$out" ''

finish
