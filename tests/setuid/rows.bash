# rows.bash - further words that several scripts here share: other clocks, what a run leaves
#
# Sourced behind lib.bash. What commands come to is in the variables of the words there, used by the scripts.
# shellcheck shell=bash disable=SC2034

# --- other clocks ---

# phase2 USER COMMAND WORD...: the second phase alone, with its words as "Name=text". $clock, where set, is the
# wall clock (faketime's form), $boot is what the boot clock is ahead, in seconds: setuid programs take neither.
clock='' boot=''
phase2()
{
	local user=$1 command=$2 space=() fake=()

	shift 2
	[[ -n ${lib_faketime:-} ]] || lib_faketime=$(dpkg -L libfaketime | grep '/libfaketime\.so\.1$')
	[[ -z $boot ]] || space=(unshare -T --fork --boottime "$boot")
	[[ -z $clock ]] ||
	    fake=(LD_PRELOAD="$lib_faketime" FAKETIME="$clock" FAKETIME_DONT_FAKE_MONOTONIC=1 TZ=UTC0)
	# The parent that the caller's word names is the shell.
	# shellcheck disable=SC2016
	timeout -k 5 "$limit" "${space[@]}" setpriv --reuid=pamlite --regid=pamlite --clear-groups \
	    env -i -C / PATH="$PATH" "${fake[@]}" \
	    bash -c 'command=$1 uid=$2; shift 2; "$command" "--caller=$uid,4294967295,0,$$" "$@"; exit $?' \
	    bash "$BIN/$command" "$(id -u "$user")" "$@"
}

# at UTC: a wall clock that stands still at "2026-11-21 10:00:00" or at so many seconds, for phase2.
at()
{
	[[ $1 != *[!0-9]* ]] && set -- "$(date -u -d "@$1" '+%F %T')"
	echo "$1"
}

# move_window START END: the newest grant begins and ends so many seconds from now.
move_window()
{
	dbquery "UPDATE authorization SET start_at = unixepoch() + $1, end_at = unixepoch() + $2
	    WHERE rowid = (SELECT max(rowid) FROM authorization)"
}

# --- tasks and runs ---

# program NAME <TEXT: an executable of root's, below /opt/fixture; $program is its path.
program()
{
	program=/opt/fixture/$1
	cat >"$program"
	chmod 755 "$program"
}

# task NAME WORD...: L\NAME, registered so and granted to alice, without parameters to be bound.
task()
{
	must register-elevated-access-task "L\\$1" "${@:2}"
	must new-elevated-access-approval-policy "L\\$1" -ApprovalType Auto -BindParameters:false
	must as alice new-elevated-access-request "L\\$1" -Reason why
}

# begin NAME CMD...: in the background; ended NAME waits for it, and sets $status, $out and $err.
begin()
{
	local name=$1

	shift
	rm -f "$work/begun.$name".*
	(
		"$@" >"$work/begun.$name.out" 2>"$work/begun.$name.err" </dev/null
		echo $? >"$work/begun.$name.status"
	) &
}
ended()
{
	eventually 60 test -s "$work/begun.$1.status" || bad "does not end: $1"
	status=$(cat "$work/begun.$1.status" 2>/dev/null)
	{ out=$(<"$work/begun.$1.out") err=$(<"$work/begun.$1.err"); } 2>/dev/null
	lib_said=("$1")
}

# pids PROGRAM: of those who run the file; fronts and tasks that are scripts are known by a word of their line.
pids()
{
	find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$1" -printf '%h\n' 2>/dev/null | cut -d / -f 3 | sort -n
}

# executions: how many runs are recorded. last_end: how the newest ended.
executions()
{
	dbquery 'SELECT count(*) FROM execution'
}
last_end()
{
	get-elevated-access-execution "$(dbquery 'SELECT id FROM execution ORDER BY rowid DESC LIMIT 1')" \
	    -o Value -Property EndReason,ExitStatus,Signal | tr '\t' ' ' | sed 's/ *$//'
}
# uses: of the newest grant.
uses()
{
	dbquery 'SELECT use_count FROM authorization ORDER BY rowid DESC LIMIT 1'
}

# --- readers that do not read ---

# fill: $work/full is a pipe into which nothing more goes, until empty.
fill()
{
	mkfifo "$work/full"
	exec {full}<>"$work/full"
	dd if=/dev/zero of="$work/full" oflag=nonblock bs=4096 2>/dev/null
}
empty()
{
	exec {full}>&-
	rm "$work/full"
}
