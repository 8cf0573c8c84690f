#!/bin/bash
# prompts.sh - what is asked on a terminal: missing values and confirmations, and that nobody is asked elsewhere

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

setup_basic
must new-elevated-access-approver-group web
must new-elevated-access-approval-policy 'App\deploy' -ApprovalType Manual
typed=$work/typed
export SHELL=/bin/bash

mkfifo "$work/keys"
# begin CMD...: it runs on a terminal of its own, all but its stdout; what is said there comes to $typed. What
# goes to descriptor 6 is typed; `end` waits for it and sets $said, which has what was typed too.
begin()
{
	local line

	printf -v line '%q ' "$@"
	lib_said=("$@")
	: >"$typed"
	timeout 20 script -qec "$line >'$stdout'" /dev/null <"$work/keys" >"$typed" &
	talking=$!
	exec 6>"$work/keys"
}
end()
{
	wait "$talking"
	status=$?
	exec 6>&-
	said=$(tr -d '\r' <"$typed")
	out=$(<"$stdout")
	err=$said
}
# talk ANSWERS CMD...: a whole conversation. silence CMD...: the input ends at once.
talk()
{
	local answers=$1

	shift
	begin "$@"
	printf '%b' "$answers" >&6
	end
}
silence()
{
	begin "$@"
	exec 6>&-
	end
}
bob=(env PAMLITE_PRINCIPAL=bob)
alice=(env PAMLITE_PRINCIPAL=alice)

t "mandatory values that are missing are asked for, in order and by name"
talk 'App\\deploy\nbecause it is due\n' "${alice[@]}" new-elevated-access-request -o JsonLines
is "$status" 0
has "$said" $'cmdlet New-ElevatedAccessRequest at command pipeline position 1\n'
has "$said" $'\nSupply values for the following parameters:\nTask: '
has "$said" 'Reason: '
is "$(jq -r '.RequestedAccess, .Reason' <<<"$out")" $'App\\deploy\nbecause it is due'
id=$(jq -r .Identity <<<"$out")

t "only what is missing, and of several alternatives the first"
talk 'because\n' "${alice[@]}" new-elevated-access-request 'Linux\touch' -Parameter file=nonsense
is "$status" 64
has "$said" 'Reason: '
lacks "$said" 'Task: '
lacks "$said" 'Role: '
talk 'Manual\n' new-elevated-access-approval-policy -Role 'App\role' -WhatIf
is "$status" 0
has "$said" 'ApprovalType: '
lacks "$said" 'Task: '

t "what is typed is checked like what is given"
talk 'Nonsense\n' new-elevated-access-approval-policy 'App\x' -ErrorView Normal
is "$status" 64
has "$said" 'ParameterArgumentTransformationError'
talk 'a\0033[2Jb\n' "${alice[@]}" new-elevated-access-request 'App\deploy' -ErrorView Normal
is "$status" 64
has "$said" 'InvalidText'
talk '\n' "${alice[@]}" new-elevated-access-request 'App\deploy' -ErrorView Normal
is "$status" 64
has "$said" 'EmptyValueNotAllowed'

t "the end of the input is no answer"
silence "${alice[@]}" new-elevated-access-request 'App\deploy' -ErrorView Normal
is "$status" 64
has "$said" 'MissingMandatoryParameter'

t "a wrong line is told before anything is asked"
talk 'x\n' new-elevated-access-request -NoSuch
is "$status" 64
lacks "$said" 'Supply values'

t "nobody is asked with -NonInteractive, or where stderr is no terminal"
talk 'y\n' new-elevated-access-request -NonInteractive -ErrorView Normal
is "$status" 64
lacks "$said" 'Supply values'
has "$said" 'MissingMandatoryParameter'
talk 'y\n' remove-elevated-access-approver-group web -NonInteractive -ErrorView Normal
is "$status" 64
has "$said" 'ConfirmationRequired'
talk 'y\n' bash -c 'remove-elevated-access-approver-group web 2>"$0"' "$work/elsewhere"
is "$status" 64
has "$(<"$work/elsewhere")" '-Confirm:false'
is "$(get-elevated-access-approver-group web -o Value -Property Name)" web

t "the question, word for word, and No as its default"
before=$(contents)
talk '\n' remove-elevated-access-approver-group web
is "$status" 1
is "$out" ''
has "$said" 'Confirm
Are you sure you want to perform this action?
Performing the operation "Remove-ElevatedAccessApproverGroup" on target "web".
[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is "N"): '
for answer in 'n\n' 'No\n' 'l\n' 'no to all\n' 'maybe\nn\n' '?\nN\n'; do
	talk "$answer" remove-elevated-access-approver-group web
	is "$status" 1 "answer $answer"
done
silence remove-elevated-access-approver-group web
is "$status" 1
is "$(contents)" "$before"

t "help, and nonsense, ask again"
talk '?\nperhaps\nn\n' remove-elevated-access-approver-group web
has "$said" 'Y - Continue with only the next step of the operation.'
has "$said" 'L - Skip this operation and all subsequent operations.'
is "$(grep -o '\[Y\] Yes' <<<"$said" | wc -l)" 3

t "Yes, in all its forms"
for answer in y Y yes a A 'Yes to All' ' y'; do
	talk "$answer\\n" remove-elevated-access-approver-group web
	is "$status" 0 "answer $answer"
	must new-elevated-access-approver-group web
done
talk '?\ny\n' remove-elevated-access-approver-group web
is "$status" 0

t "what has no high impact asks only with -Confirm, and Yes is its default"
talk '' new-elevated-access-approver-group web
is "$status" 0
lacks "$said" Confirm
talk '\n' set-elevated-access-approver-group web -Description d -Confirm
is "$status" 0
has "$said" '(default is "Y"): '
talk 'n\n' set-elevated-access-approver-group web -Description e -Confirm
is "$status" 1
silence set-elevated-access-approver-group web -Description e -Confirm
is "$status" 1
is "$(get-elevated-access-approver-group web -o Value -Property Description)" d

t "-Force answers no question; -Confirm:false and -WhatIf leave none to ask"
talk 'n\n' remove-elevated-access-approver-group web -Force
is "$status" 1
talk '' remove-elevated-access-approver-group web -WhatIf
is "$status" 0
lacks "$said" 'Are you sure'
talk '' remove-elevated-access-approver-group web -Confirm:false
is "$status" 0
lacks "$said" 'Are you sure'

t "objects on stdin and a question do not go together"
for words in 'approve-elevated-access-request -Confirm' 'remove-elevated-access-approver-group'; do
	echo "$id" >"$work/ids"
	# shellcheck disable=SC2086
	fails_in "$work/ids" 64 ConfirmationRequired as bob $words
	talk 'y\n' bash -c "echo '$id' | PAMLITE_PRINCIPAL=bob $words -ErrorView Normal"
	is "$status" 64
	has "$said" 'ConfirmationRequired'
	lacks "$said" 'Are you sure'
done

t "a decision shows who asks for what and why, as it is stored"
talk 'n\n' "${bob[@]}" approve-elevated-access-request "$id" -Confirm
is "$status" 1
has "$said" 'Performing the operation "Approve-ElevatedAccessRequest" on target "'
has "$said" 'alice: App\deploy, for 4 h, reason: because it is due'
is "$(get-elevated-access-request "$id" -o Value -Property RequestStatus)" Pending
talk 'n\n' "${bob[@]}" deny-elevated-access-request "$id" -Confirm
has "$said" 'alice: App\deploy, for 4 h, reason: because it is due'
must as alice set-elevated-access-request "$id" -Reason $'rm\u202e-rf'
talk 'n\n' "${bob[@]}" approve-elevated-access-request "$id" -Confirm
has "$said" 'reason: rm\u{202e}-rf'

# asked: wait until the question stands there.
asked()
{
	local i

	for ((i = 0; i < 200; i++)); do
		! grep -q 'default is' "$typed" 2>/dev/null || return 0
		sleep 0.02
	done
	bad "nothing was asked" "$(<"$typed")"
}
# meanwhile CMD...: begin CMD and come back when it asks; `answer LINE` ends it.
meanwhile()
{
	begin "$@"
	asked
}
answer()
{
	printf '%s\n' "$1" >&6
	end
}

t "the decision is about what was shown: a change meanwhile is refused, and nothing is held up"
meanwhile "${bob[@]}" approve-elevated-access-request "$id" -Confirm -ErrorView Normal
timeout 2 env PAMLITE_PRINCIPAL=alice set-elevated-access-request "$id" -Reason 'quite another thing' \
    >"$work/changed" ||
    bad "a question holds the database"
answer y
is "$status" 75
has "$said" 'RequestChanged,Approve-ElevatedAccessRequest'
is "$(get-elevated-access-request "$id" -o Value -Property RequestStatus)" Pending
meanwhile "${bob[@]}" deny-elevated-access-request "$id" -Confirm -ErrorView Normal
must set-elevated-access-approval-policy 'App\deploy' -MaxUses 9
answer y
is "$status" 75
has "$said" 'RequestChanged,Deny-ElevatedAccessRequest'

t "and what was shown is decided"
meanwhile "${bob[@]}" approve-elevated-access-request "$id" -Confirm -o Value -Property AuthorizedTo
answer y
is "$status:$out" 0:alice
is "$(search-elevated-access-audit-log -Operations Approve-ElevatedAccessRequest -o JsonLines |
    jq -r 'select(.ResultStatus == "Success" or .ResultStatus == "Succeeded") | .ObjectIds' | wc -l)" 1

t "who may not see it is told so before he is asked"
must as alice new-elevated-access-request 'App\deploy' -Reason r -o Id
id=$out
talk 'y\n' env PAMLITE_PRINCIPAL=carol approve-elevated-access-request "$id" -Confirm -ErrorView Normal
is "$status" 66
lacks "$said" 'Are you sure'

t "a command inside a loop leaves the loop its input"
must as dave new-elevated-access-request 'App\deploy' -Reason r -o Id
printf '%s\n' "$id" "$out" >"$work/ids"
while read -r each; do
	as bob approve-elevated-access-request "$each" -Comment ok -o Value -Property AuthorizedTo
done <"$work/ids" >"$work/approved" 2>&1
is "$(tr '\n' ' ' <"$work/approved")" 'alice dave '

finish
