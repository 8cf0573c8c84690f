#!/bin/bash
# errors-run.sh - every refusal of running a task, asking whether it would run, stopping it, and of the audit log

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

setup_basic
must new-elevated-access-approver-group -Name auditors -Member erin
must set-elevated-access-control -AuditGroup auditors -Confirm:false
touch "$work/touched/"{a,b}

# task NAME PATH [WORD...]: registered, with a policy, and granted to alice.
task()
{
	local name=$1 path=$2

	shift 2
	must register-elevated-access-task "$name" -Path "$path" "$@"
	must new-elevated-access-approval-policy "$name" -ApprovalType Auto
	must as alice new-elevated-access-request "$name" -Reason r
}
invoke()
{
	local expected=$1 error=$2 text=$3

	shift 3
	refused "$expected" "$error" "$text" as alice invoke-elevated-access-task "$@"
}

t "a task that is not there, or may not be seen"
for who in alice carol; do
	refused 126 TaskNotFound "'Linux\\nosuch'" as "$who" invoke-elevated-access-task 'Linux\nosuch'
	refused 66 TaskNotFound "'Linux\\nosuch'" as "$who" test-elevated-access 'Linux\nosuch'
done
must register-elevated-access-task 'Linux\hidden' -Path /bin/true
refused 126 TaskNotFound "'Linux\\hidden'" as carol invoke-elevated-access-task 'Linux\hidden'
refused 66 TaskNotFound "'Linux\\hidden'" as carol test-elevated-access 'Linux\hidden'
must new-elevated-access-approval-policy 'App\elsewhere' -ApprovalType Auto
must as alice new-elevated-access-request 'App\elsewhere' -Reason r
invoke 126 TaskNotFound 'not registered' 'App\elsewhere'

t "without a grant: the sentence, and the line that asks for one"
invoke 126 ElevatedAccessRequired \
    'Insufficient permissions. Please raise an elevated access request for this task.' 'Linux\touch' \
    "file=$work/touched/a"
has "$err" "new-elevated-access-request -Task 'Linux\\touch' -Parameter 'file=$work/touched/a' -Reason"
invoke 126 ElevatedAccessRequired 'raise an elevated access request' 'Linux\touch'
has "$err" "new-elevated-access-request -Task 'Linux\\touch' -Parameter 'file=...' -Reason"
run as alice test-elevated-access 'Linux\touch' -o Value -Property Allowed,Why
is "$status:$out" $'1:False\tNotAuthorized'

t "several grants for different parameters"
for file in a b; do
	grant alice 'Linux\touch' -Parameter "file=$work/touched/$file"
done
invoke 64 SeveralGrants "$id" 'Linux\touch'
has "$err" '-RequestId'
refused 64 SeveralGrants "$id" as alice test-elevated-access 'Linux\touch'

t "parameters that the task does not have, or not like this"
invoke 64 TaskParameterInvalid "'Linux\\touch'" 'Linux\touch' file=/etc/passwd
invoke 64 TaskParameterInvalid "'Linux\\touch'" 'Linux\touch' other=x
invoke 64 TaskParameterInvalid 'fewer parameters' 'Linux\touch' -- "$work/touched/a" --help
refused 64 TaskParameterInvalid "'Linux\\touch'" as alice test-elevated-access 'Linux\touch' -Parameter other=x
invoke 126 ElevatedAccessRequired 'for other parameters' 'Linux\touch' "file=$work/touched/none" -RequestId "$id"

t "programs that are not there, or not to be executed"
: >"$work/plain"
printf '#!%s/interpreter\n' "$work" >"$work/script"
chmod 700 "$work/script"
task 'Bad\missing' "$work/nothing"
task 'Bad\plain' "$work/plain"
task 'Bad\digest' /bin/true -Sha256 "$(printf '0%.0s' {1..64})"
task 'Bad\directory' "$work"
task 'Bad\script' "$work/script"
task 'Bad\place' /bin/true -WorkingDirectory "$work/nowhere"
invoke 127 ProgramNotFound "$work/nothing" 'Bad\missing'
invoke 126 ProgramNotExecutable "$work/plain" 'Bad\plain'
invoke 126 ProgramNotExecutable '/bin/true' 'Bad\digest'
invoke 126 ProgramNotExecutable "$work" 'Bad\directory'
is "$(get-elevated-access-execution -o Id)" ''

t "what fails after the start is recorded as a run"
fails 127 ProgramNotFound as alice invoke-elevated-access-task 'Bad\script'
has "$err" "$work/script"
fails 125 RunFailed as alice invoke-elevated-access-task 'Bad\place'
has "$err" "$work/nowhere"
is "$(get-elevated-access-execution -SortBy StartTimeUtc -o Value -Property ExitStatus | sort | tr '\n' ' ')" '125 127 '

t "a recording that cannot be made"
must register-elevated-access-task 'Linux\recorded' -Path /bin/true
must new-elevated-access-approval-policy 'Linux\recorded' -ApprovalType Auto -RecordSession
must as alice new-elevated-access-request 'Linux\recorded' -Reason r
invoke 125 RecordingUnavailable "'Linux\\recorded'" 'Linux\recorded'

t "runs that are not there, over, or somebody else's"
task 'Linux\sleep' /bin/sleep -ArgumentList 60
as alice invoke-elevated-access-task 'Linux\sleep' >"$work/sleep.out" 2>&1 &
sleeper=$!
for ((i = 0; i < 100; i++)); do
	id=$(get-elevated-access-execution -Running -o Id)
	[[ -z $id ]] || break
	sleep 0.05
done
refused 66 ExecutionNotFound "'$absent'" get-elevated-access-execution "$absent"
refused 66 ExecutionNotFound "'$id'" as carol get-elevated-access-execution "$id"
refused 66 NotificationNotFound "'$absent'" get-elevated-access-notification "$absent"
refused 66 ExecutionNotFound "'$absent'" show-elevated-access-execution "$absent"
refused 66 ExecutionNotFound "'$id'" as carol show-elevated-access-execution "$id"
refused 66 RecordingNotFound "$id was not recorded: only the system database" show-elevated-access-execution "$id"
refused 66 ExecutionNotFound "'$absent'" stop-elevated-access-execution "$absent" -Confirm:false
refused 66 ExecutionNotFound "'$id'" as carol stop-elevated-access-execution "$id" -Confirm:false
refused 77 NotRevoker 'erin may not stop' as erin stop-elevated-access-execution "$id" -Confirm:false
must stop-elevated-access-execution "$id" -Confirm:false
wait "$sleeper"
refused 75 ExecutionOver "$id has ended" stop-elevated-access-execution "$id" -Confirm:false

t "nothing runs while the control is off"
must disable-elevated-access-control -Confirm:false
invoke 126 ElevatedAccessNotEnabled 'not enabled' 'Linux\touch' "file=$work/touched/a"

t "an exported log that cannot be read, or is none"
printf '{"Sequence": \n' >"$work/cut"
printf '{"Sequence": "one"}\n' >"$work/other"
printf '{"Sequence": "one", "AuditData": ""}\n' >"$work/half"
refused 74 InputFailed "$work/none" test-elevated-access-audit-log -Path "$work/none"
refused 74 InputFailed "$work" test-elevated-access-audit-log -Path "$work"
refused 65 InvalidJson '' test-elevated-access-audit-log -Path "$work/cut"
refused 65 InvalidInputObject "nothing in $work/other is about the audit log" \
    test-elevated-access-audit-log -Path "$work/other"
refused 65 InvalidInputObject "line 1 of $work/half" test-elevated-access-audit-log -Path "$work/half"

finish
