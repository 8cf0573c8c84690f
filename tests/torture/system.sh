#!/bin/bash
# system.sh - each process of a command is killed, and calls of each fail: whole, once, or not at all

. "$(dirname "$0")/../setuid/lib.bash"
. "$ROOT/tests/setuid/rows.bash"
. "$ROOT/tests/torture/inject.bash"

fixture
# What ran says under which request.
program ran <<-'EOT'
	#!/bin/sh
	echo "$PAMLITE_REQUEST" >>/opt/fixture/requests
	echo ran
EOT
must register-elevated-access-task 'L\single' -Path "$program"
must new-elevated-access-approval-policy 'L\single' -ApprovalType Manual -ApproverGroup ops -MaxUses 1
: >/opt/fixture/requests
note_places
keep

# What holds whatever was killed or has failed.
identities="SELECT (SELECT group_concat(integrity_check) FROM pragma_integrity_check),
    (SELECT count(*) - max(sequence) FROM audit),
    (SELECT count(*) FROM request r WHERE (state = 'Approved')
	<> (SELECT count(*) FROM authorization a WHERE a.request_id = r.id)),
    (SELECT count(*) FROM request r WHERE 1 <> (SELECT count(*) FROM audit a WHERE a.object = r.id
	AND operation = 'New-ElevatedAccessRequest' AND result = 'Success')),
    (SELECT count(*) FROM authorization a WHERE use_count > 1 OR use_count
	<> (SELECT count(*) FROM execution e WHERE e.authorization_id = a.id)),
    (SELECT count(*) FROM execution e WHERE 1 <> (SELECT count(*) FROM audit a WHERE a.object = e.id
	AND result = 'Started'))"
sound='ok|0|0|0|0|0'

# state_of WHO: what is stored of his newest request: state, uses; nothing if there is none.
state_of()
{
	dbquery "SELECT r.state || coalesce(a.use_count, '') FROM request r LEFT JOIN authorization a
	    ON a.request_id = r.id WHERE r.requestor = '$1' AND r.client_token = '$token'"
}
id_of()
{
	dbquery "SELECT id FROM request WHERE requestor = '$1' AND client_token = '$token'"
}
ours()
{
	find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' \( -lname "$world_prefix/*" -o -lname '/opt/fixture/*' \) \
	    -printf '%h\n' 2>/dev/null | cut -d / -f 3
}
gone()
{
	[[ -z $(ours) ]]
}

# --- killed ---

# struck WHO CMD...: at a random moment one of the processes that the command then has is killed; $status, and its
# answer in $work/answer.
kills=0 done_all_the_same=0
declare -A killed
most=30000
struck()
{
	local who=$1 pid victims pause name

	shift
	setpriv --reuid="$who" --regid="$who" --init-groups "$@" </dev/null >"$work/answer" 2>"$work/words" &
	pid=$!
	printf -v pause '0.%06d' $(((RANDOM * 32768 + RANDOM) % most + 500))
	read -rt "$pause" <>"$work/never"
	mapfile -t victims < <(ours)
	# The front is always there; those behind it are to have their share.
	((${#victims[@]} < 2 || RANDOM % 5 == 0)) ||
		mapfile -t victims < <(printf '%s\n' "${victims[@]}" | grep -vx $pid)
	most=$((${#victims[@]} > 0 ? most * 8 / 7 : most * 7 / 8))
	if ((${#victims[@]} > 0)); then
		victims=("${victims[RANDOM % ${#victims[@]}]}")
		name=$(readlink "/proc/${victims[0]}/exe")
		if [[ -n $name ]] && kill -KILL "${victims[0]}" 2>/dev/null; then
			kills=$((kills + 1)) name=${name##*/}
			[[ $name != *-elevated-* || ${victims[0]} == "$pid" ]] || name='second phase'
			[[ $name != *-elevated-* ]] || name=front
			killed[$name]=$((${killed[$name]:-0} + 1))
		fi
	fi
	wait $pid
	status=$?
	eventually 10 gone || bad "processes are left after $*" "$(ours)"
	flock -w 1 "$db.lock" true || bad "the lock is held after $*"
}
mkfifo "$work/never"

# struck_step WHO BEFORE AFTER CMD...: struck, it has left the state BEFORE or made AFTER; what was acknowledged is
# AFTER; then it is made.
struck_step()
{
	local who=$1 before=$2 after=$3 now

	shift 3
	{ struck "$who" "$@"; } 2>/dev/null
	now=$(state_of "$holder_")
	[[ $now == "$before" || $now == "$after" ]] || bad "'$now' after $*, which was '$before'"
	if ((status == 0)) || [[ -s $work/answer ]]; then
		is "$now" "$after" "acknowledged, but lost: $*"
	elif [[ $now == "$after" ]]; then
		done_all_the_same=$((done_all_the_same + 1))
	fi
	[[ $now == "$after" ]] || must as "$who" "$@"
	is "$(state_of "$holder_")" "$after" "made after all: $*"
}

t "processes of commands and of runs are killed at random moments"
fresh
users=(alice carol adm1 adm2)
wanted=$(by_size 16 400 4000)
for ((round = 1; kills < wanted; round++)); do
	holder_=${users[round % 4]} token=t$round
	struck_step "$holder_" '' Pending "$BIN/new-elevated-access-request" 'L\single' -Reason why \
	    -ClientToken "$token" -o Id
	id=$(id_of "$holder_")
	struck_step bob Pending Approved0 "$BIN/approve-elevated-access-request" "$id" -o Id
	struck_step "$holder_" Approved0 Approved1 "$BIN/invoke-elevated-access-task" 'L\single' -RequestId "$id"
	run as "$holder_" invoke-elevated-access-task 'L\single' -RequestId "$id"
	is "$status" 126 "a second run"
	if ((round % 4 == 0)); then
		is "$(dbquery "$identities")" "$sound" "round $round"
		run test-elevated-access-audit-log -Quiet
		is "$status" 0 "round $round" "$err"
	fi
	((lib_bad < 10)) || break
done
is "$(sort /opt/fixture/requests | uniq -d)" '' "ran twice"
# A run whose processes are gone is nobody's: maintenance says so.
must as pamlite invoke-elevated-access-maintenance
is "$(dbquery 'SELECT count(*) FROM execution WHERE ended_at IS NULL')" 0
rm -f "$log"/unrecorded-*

# --- calls that fail ---

# second CALL N ERROR USER COMMAND WORD...: the second phase, one of whose calls fails; strace stands aside, since its
# parent is to be the one that the caller's word names.
second()
{
	local call=$1 n=$2 error=$3 user=$4 command=$5

	shift 5
	rm -f "$inject_log"
	# shellcheck disable=SC2016
	run env -i -C / PATH="$PATH" bash -c 'strace -D -qq -u pamlite -o "$1" -e "trace=$3" -e "inject=$3:error=$4" \
	    "$0" "--caller=$2,4294967295,0,$$" "${@:5}"; exit $?' "$BIN/$command" "$inject_log" "$(id -u "$user")" \
	    "$call" "$error:when=$n" "$@"
	eventually 5 test -e "$inject_log"
	grep -q INJECTED "$inject_log"
}
errors=(openat:EIO openat:EMFILE flock:EINTR flock:EIO fcntl:EIO fcntl:EINTR pread64:EIO read:EIO pwrite64:EIO
    pwrite64:ENOSPC ftruncate:EIO fsync:EIO fdatasync:EIO fdatasync:ENOSPC newfstatat:EIO lseek:EIO close:EIO
    getrandom:EIO connect:EIO sendto:EIO write:EIO write:ENOSPC mmap:ENOMEM)

# judge_second WHAT DONE: it was told what was done.
refused=0
judge_second()
{
	local now

	now=$(dbquery "$2")
	case $status in
	0) is "$now" 1 "acknowledged, but not done: $1" ;;
	# It may be told that nobody knows, or that the answer was lost.
	74)
		[[ $now == 0 || $err == *'may have been done'* || $err == *'cannot be written'* ]] ||
			bad "done: $1" "$err"
		;;
	64 | 69 | 70 | 71 | 75 | 77 | 78 | 126 | 127) is "$now" 0 "status $status, but done: $1" ;;
	*) bad "status $status: $1" "$err" ;;
	esac
	((status == 0)) || refused=$((refused + 1))
	is "$(dbquery "$identities")" "$sound" "$1"
}

t "D7 row 136: calls of the second phase fail once: the right status, and nothing half done"
fresh
must as carol new-elevated-access-request 'L\single' -Reason why -o Id
pending=$out
keep
calls_failed=0 turn=0 stride=$(by_size 23 1 1) phase=$((RANDOM % stride))
for pair in "${errors[@]}"; do
	for n in 1 2 3 5 8 13 21 34; do
		((turn++ % stride == phase)) || continue
		for verb in new approve; do
			fresh
			if [[ $verb == new ]]; then
				second "${pair%:*}" "$n" "${pair#*:}" alice new-elevated-access-request 'Task=L\ok' \
				    Reason=why \
				    OutputFormat=Id || break
				sql="SELECT count(*) FROM request WHERE requestor = 'alice'"
			else
				second "${pair%:*}" "$n" "${pair#*:}" bob approve-elevated-access-request \
				    "RequestId=$pending" \
				    OutputFormat=Id || break
				sql="SELECT count(*) FROM request WHERE id = '$pending' AND state = 'Approved'"
			fi
			calls_failed=$((calls_failed + 1))
			judge_second "$verb, $pair at $n" "$sql"
		done
		((lib_bad < 10)) || break 2
	done
done
[[ ${TORTURE:-short} == short ]] || ((calls_failed > 50 && refused > 20)) ||
    bad "only $calls_failed calls were made to fail"

t "calls of the runner, its monitor, the task and the store child fail: no run without its record, none twice"
fresh
grant alice 'L\single'
keep
runs_failed=0 turn=0 stride=$(by_size 41 3 1) phase=$((RANDOM % stride))
for pair in "${errors[@]}" clone:EAGAIN vfork:EAGAIN clone3:EAGAIN socketpair:EMFILE pipe2:EMFILE dup2:EIO \
    setresuid:EAGAIN setresgid:EPERM setgroups:EPERM capget:EPERM prctl:EINVAL setsid:EPERM poll:EINTR ppoll:EINTR \
    execve:ENOENT execveat:ENOENT waitid:EINTR recvmsg:EIO sendmsg:EIO fchdir:EIO chdir:EIO openat2:EIO \
    pidfd_open:EMFILE pidfd_send_signal:ESRCH close_range:EINVAL sched_setaffinity:EINVAL setrlimit:EPERM; do
	for n in 1 2 3 4 6 9; do
		((turn++ % stride == phase)) || continue
		fresh
		: >/opt/fixture/requests
		rm -f "$inject_log"
		run strace -f -qq -o "$inject_log" -e trace="${pair%:*}" \
		    -e "inject=${pair%:*}:error=${pair#*:}:when=$n" -u alice "$BIN/invoke-elevated-access-task" \
		    'L\single'
		grep -q INJECTED "$inject_log" || break
		runs_failed=$((runs_failed + 1))
		ran=$(wc -l </opt/fixture/requests)
		used=$(uses)
		((ran <= used && used <= 1)) || bad "ran $ran times, $used uses: $pair at $n" "$err"
		((status != 0 || ran == 1)) || bad "status 0 and not run: $pair at $n" "$err"
		# Whatever it is called after: a run that did not happen does not look like one.
		((ran == 1 || status >= 64)) || bad "status $status: $pair at $n" "$err"
		is "$(dbquery "$identities")" "$sound" "$pair at $n"
		eventually 10 gone || bad "processes are left: $pair at $n"
		((lib_bad < 10)) || break 2
	done
done
rm -f "$log"/unrecorded-*
fresh

cat <<END
#
# killed: processes on the system database   | $kills
$(for name in "${!killed[@]}"; do
	printf '#   %-41s| %d\n' "$name" "${killed[$name]}"
done)
# done, though its answer was not given      | $done_all_the_same
# calls of the second phase failed           | $calls_failed
# runs in which a call failed                | $runs_failed
END
finish
