#!/bin/bash
# power-system.sh - the same for the host's database, with the files that root writes and the evidence of a run

. "$(dirname "$0")/../setuid/lib.bash"
. "$ROOT/tests/torture/power.bash"

# shellcheck disable=SC2034
database=$db
power_strace=()
sessions=$log/sessions
fixture
must register-elevated-access-task 'L\recorded' -Path "$ok"
must new-elevated-access-approval-policy 'L\recorded' -ApprovalType Auto -RecordSession

story()
{
	local asked

	set -e
	register-elevated-access-task 'L\new' -Path "$ok" -o JsonLines
	new-elevated-access-approval-policy 'L\new' -ApprovalType Manual -ApproverGroup ops -MaxUses 1 -o JsonLines
	asked=$(as alice new-elevated-access-request 'L\new' -Reason story -o Id)
	as bob approve-elevated-access-request "$asked" -Comment yes -o JsonLines
	as alice invoke-elevated-access-task 'L\new'
	as alice new-elevated-access-request 'L\recorded' -Reason story -o JsonLines
	as alice script -qec "invoke-elevated-access-task 'L\\recorded'" /dev/null
	set-elevated-access-task 'L\new' -Description changed -o JsonLines
	as alice export-elevated-access-audit-log -Path "$shared/log" || :
	unregister-elevated-access-task 'L\new' -Confirm:false
}
export -f story as
export ok shared limit

t "a story on the host's database, from a registration to a recorded run"
record system "$state" "$tasks" "$log" "$sessions" -- bash -c story
is "$status" 0
survives "$(states 10)" -a "$anchor"

power_table
finish
