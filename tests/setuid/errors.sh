#!/bin/bash
# errors.sh - the errors that only the system database has: each is provoked, of each command that lists it

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"
. "$ROOT/tests/cli/errors.bash"

fixture
must register-elevated-access-task 'Linux\touch' -Path "$ok"
must register-elevated-access-task 'L\long' -Path /usr/bin/sleep -ArgumentList 30
must new-elevated-access-approval-policy 'L\long' -ApprovalType Auto
must as alice new-elevated-access-request 'L\long' -Reason why
keep
must backup-elevated-access-database -Path "$work/saved"
read_errors

# Dies some time after it was killed, and until then its child has somebody to answer.
kill_runner()
{
	pkill -KILL -x runner
	eventually 10 not pgrep -x runner >/dev/null
}

# all_wait ID COMMAND...: those that list it are begun, and wait for a lock that the test has.
all_wait()
{
	local command

	hold
	waiting=()
	for command in "${@:2}"; do
		has_error "$command" "$1" || continue
		line "$command"
		"${words[@]}" -ErrorView Normal >"$work/$command.out" 2>"$work/$command.err" </dev/null &
		waiting[$!]=$command
	done
	eventually 20 they_wait || bad "not all are waiting: $(pgrep -cu pamlite) of ${#waiting[@]}"
}
# Each has a process that sleeps in flock(2).
they_wait()
{
	[[ $(grep -c -- '-> FLOCK' /proc/locks) == "${#waiting[@]}" ]]
}
# all_said ID: they have, and nothing else.
all_said()
{
	local command

	for command in "${waiting[@]}"; do
		err=$(<"$work/$command.err")
		out=$(<"$work/$command.out")
		! is_unknown || out=
		if [[ $err == *"FullyQualifiedErrorId : $1,$(cmdlet "$command")"* && -z $out ]]; then
			echo "$command $1" >>"$lib_seen"
		else
			bad "error is not $1: $command" "$err"
		fi
	done
}

# Root's commands for tasks wait for each other before they wait for the database, and one does not wait as long as the
# others; what the runner does is another thing.
together=() alone=()
for command in "${commands[@]}"; do
	case $command in
	invoke-elevated-access-task | show-elevated-access-execution) ;;
	register-* | unregister-* | set-elevated-access-task | get-elevated-access-status) alone+=("$command") ;;
	*) together+=("$command") ;;
	esac
done

second_is_killed()
{
	all_wait OutcomeUnknown "$@"
	pkill -KILL -u pamlite
	release
	for pid in "${!waiting[@]}"; do
		wait "$pid"
		is "$?" "$(failure_of "${waiting[pid]}" 74)" "${waiting[pid]}"
	done
	all_said OutcomeUnknown
}
first_is_killed()
{
	all_wait CallerGone "$@"
	first_is_gone
}
first_is_gone()
{
	{
		kill -KILL "${!waiting[@]}"
		wait "${!waiting[@]}"
	} 2>/dev/null
	release
	eventually 20 not pgrep -u pamlite >/dev/null
	all_said CallerGone
}

t "whose second phase is killed hears that it may have been done"
fresh
second_is_killed "${together[@]}"
for command in "${alone[@]}"; do
	second_is_killed "$command"
done
same

t "a second phase whose command is killed does nothing further"
fresh
mapfile -t told < <(printf '%s\n' "${together[@]}" | grep -v '^import-')
first_is_killed "${told[@]}" unregister-elevated-access-task
first_is_killed get-elevated-access-status
# These keep what their second phase says for themselves, until they know what to do about it.
echo '{"Format": "pam-lite configuration", "Version": 1}' >"$work/document"
for command in register-elevated-access-task set-elevated-access-task import-elevated-access-configuration; do
	hold
	said=('Name=L\ok' Path=/usr/bin/true)
	[[ $command != import-* ]] || said=(Path Confirm=false)
	# shellcheck disable=SC2016
	bash -c '"$0" $$ "$@"; :' $gate $command "${said[@]}" ErrorView=Normal >"$work/$command.out" \
	    2>"$work/$command.err" <"$work/document" &
	waiting=([$!]=$command)
	eventually 20 they_wait || bad "it does not wait: $command"
	first_is_gone
done
same

t "so does a run: its runner is killed, or the runner's own child has nobody to answer"
fresh
begin long as alice invoke-elevated-access-task 'L\long' -ErrorView Normal
eventually 10 pgrep -x sleep >/dev/null
pkill -KILL -x runner
ended long
is "$status" 125
has "$err" 'FullyQualifiedErrorId : OutcomeUnknown,Invoke-ElevatedAccessTask'
echo 'invoke-elevated-access-task OutcomeUnknown' >>"$lib_seen"
fresh
hold
begin shown as alice show-elevated-access-execution "$absent" -ErrorView Normal
eventually 10 grep -q -- '-> FLOCK' /proc/locks
kill_runner
release
ended shown
is "$status" 74
has "$err" 'FullyQualifiedErrorId : OutcomeUnknown,Show-ElevatedAccessExecution'
echo 'show-elevated-access-execution OutcomeUnknown' >>"$lib_seen"
# child_is_alone CMDLET COMMAND WORD: the runner's child, when the runner is gone.
child_is_alone()
{
	fresh
	hold
	# shellcheck disable=SC2016
	begin gone bash -c '"$0" $$ "$1" ErrorView=Normal; :' "$runner" "$3"
	eventually 10 grep -q -- '-> FLOCK' /proc/locks
	kill_runner
	release
	ended gone
	eventually 10 not pgrep -u pamlite >/dev/null
	has "$(<"$work/begun.gone.err")" "FullyQualifiedErrorId : CallerGone,$1"
	echo "$2 CallerGone" >>"$lib_seen"
}
child_is_alone Invoke-ElevatedAccessTask invoke-elevated-access-task 'Task=L\long'
child_is_alone Show-ElevatedAccessExecution show-elevated-access-execution "Identity=$absent"

t "what runs is registered, changed and unregistered by root alone, and says so to a manager"
fresh
for command in register-elevated-access-task set-elevated-access-task unregister-elevated-access-task; do
	line "$command"
	fails 77 RootRequired as adm1 "${words[@]}"
done
same

t "what is set is looked at: the program, and root's file of the task"
cp /usr/bin/true "$shared/theirs"
chown alice "$shared/theirs"
fails 77 ProgramNotTrusted set-elevated-access-task 'L\ok' -Path "$shared/theirs"
file=$(find $tasks -name 'l.ok.*.task')
echo >>"$file"
fails 78 TaskFileRefused set-elevated-access-task 'L\ok' -Description d
rm "$file"
fails 66 TaskFileMissing set-elevated-access-task 'L\ok' -Description d
fresh

t "a command that asks no database"
fails 64 InvalidText test-elevated-access-installation -Property $'a\tb'

finish
