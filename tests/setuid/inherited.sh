#!/bin/bash
# inherited.sh - what a process inherits from its caller does not reach the database (security.md 5, D6)

. "$(dirname "$0")/lib.bash"

t "the users, tasks and policies of these tests"
must register-elevated-access-task 'L\auto' -Path "$ok"
must register-elevated-access-task 'L\pipe' -Path /usr/bin/cat
fixture
# Granted at once, and so any number of times.
for task in auto pipe; do
	must new-elevated-access-approval-policy "L\\$task" -ApprovalType Auto
done
keep
automatic=(new-elevated-access-request 'L\auto' -Reason why -o Id)

# in_sequence: as many requests as records of them, none half done.
in_sequence()
{
	local n

	n=$(dbquery 'SELECT count(*) FROM request')
	is "$(dbquery "SELECT (SELECT count(*) FROM authorization), count(*) FROM audit
	    WHERE operation = 'New-ElevatedAccessRequest' AND result = 'Success'")" "$n|$n"
}

# quick USER SECONDS CMD...: it succeeds, in time.
quick()
{
	local begun=${EPOCHREALTIME/./} took

	run as "$1" "${@:3}"
	took=$((${EPOCHREALTIME/./} - begun))
	((status == 0)) || bad "status $status" "$err"
	((took < $2 * 1000000)) || bad "that took $took us, longer than $2 s"
}

# processes DIR: the /proc directories of those that run a program from there.
processes()
{
	find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$1/*" -printf '%h\n' 2>/dev/null
}

# second_phase: waits until one is there; $second is its directory in /proc.
second_phase()
{
	local i dir account

	account=$(id -u pamlite)
	second=''
	for ((i = 0; i < 250; i++)); do
		while read -r dir; do
			if grep -q "^Uid:[[:space:]]${account}[[:space:]]" "$dir/status" 2>/dev/null; then
				second=$dir
				return 0
			fi
		done < <(processes "$world_prefix")
		sleep 0.02
	done
	bad "no second phase is seen"
}

# --- descriptors, limits, signals ---

t "D6 row 108: every combination of closed descriptors; the database is never 0, 1 or 2"
fresh
trace=$work/trace
for closed in '' '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	fresh
	grant carol 'L\ok'
	must as carol new-elevated-access-request 'L\svc' -Reason why -o Id
	asked=$out
	for words in "alice new-elevated-access-request L/ok -Reason why" "alice get-elevated-access-request -Mine" \
	    "bob approve-elevated-access-request $asked" "carol invoke-elevated-access-task L/ok" \
	    "root test-elevated-access-audit-log"; do
		read -r user command words <<<"$words"
		# shellcheck disable=SC2016,SC2086
		run strace -f -qq -o "$trace" -e trace=open,openat,openat2 setpriv --reuid=$user --regid=$user \
		    --init-groups env -i PATH="$PATH" bash -c 'exec "$@" '"$closed" - $command $words
		case $status in
		0) ;;
		71 | 74 | 125) [[ $closed == *'>&-'* ]] || bad "status $status: $command $closed" "$err" ;;
		*) bad "status $status: $command $closed" "$err" ;;
		esac
		is "$(grep -cE '"[^"]*pam-lite\.db[^"]*".* = [012]$' "$trace")" 0 "$command $closed"
		if [[ $command != invoke-*-task ]]; then
			grep -qE '"[^"]*pam-lite\.db".* = [3-9]$' "$trace" ||
			    bad "the database was not seen: $command $closed"
		fi
	done
	is "$(dbquery "SELECT count(*) FROM request WHERE requestor = 'alice'")" 1 "$closed"
	is "$(as carol get-elevated-access-request "$asked" -Property RequestStatus -o Value)" Approved "$closed"
	is "$(dbquery "SELECT count(*) FROM execution")" 1 "$closed"
	is "$(dbquery 'PRAGMA integrity_check')" ok "$closed"
done

t "D6 row 108: the same when gate and runner are called by hand, and nobody has opened anything instead"
fresh
grant alice 'L\ok'
for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	for words in "$gate get-elevated-access-request Mine OutputFormat=Id" \
	    "$gate new-elevated-access-request Task=L\\auto Reason=why" "$runner Task=L\\ok"; do
		# shellcheck disable=SC2016,SC2086
		run strace -f -qq -o "$trace" -e trace=open,openat,openat2,socket setpriv --reuid=alice --regid=alice \
		    --init-groups env -i PATH="$PATH" bash -c '"$1" $$ "${@:2}" '"$closed"'; exit $?' - $words
		[[ $status == 0 || $status == 71 || $status == 74 || $status == 125 ]] ||
		    bad "status $status: $words $closed" "$err"
		is "$(grep -E '"[^"]*(pam-lite|tasks\.d|passwd)[^"]*".* = [012]$' "$trace")" '' "$words $closed"
		is "$(grep -E '^[0-9]+ +socket.* = [012]$' "$trace")" '' "$words $closed"
	done
done
is "$(dbquery "SELECT count(*) FROM request WHERE access = 'L\\auto'")" 7

# Without CAP_SYS_RESOURCE, as in many containers, root cannot raise a hard limit: then a command may fail, whole.
raises=$(prlimit --nofile=100:100 prlimit --nofile=101:101 echo 1 2>/dev/null)

t "D6 row 109: limits of file sizes"
fresh
for size in 0 4096 8192 12288 16384 24576 100000; do
	run as alice prlimit --fsize=$size:unlimited "${automatic[@]}"
	is "$status" 0 "$size"
	run as alice prlimit --fsize=$size:unlimited invoke-elevated-access-task 'L\auto'
	is "$status" 0 "$size"
	has "$out" '"FSIZE":[-1,-1]'
	run as alice prlimit --fsize=$size:$size "${automatic[@]}"
	[[ $status == 0 || -z $raises && $status == 74 ]] || bad "status $status: $size" "$err"
	quick bob 1 "${automatic[@]}"
	run as alice prlimit --fsize=$size:$size invoke-elevated-access-task 'L\auto'
	[[ $status == 0 || -z $raises && $status == 12[56] ]] || bad "status $status of a run: $size" "$err"
	in_sequence
done

t "D6 row 110: other limits"
fresh
count=0
for limits in --nofile={3,4,5,6,7,8} --as=$((16 << 20)) --as=$((24 << 20)) --as=$((32 << 20)) --as=$((64 << 20)) \
    --stack=65536 --stack=65536:65536 --cpu=1:1 --nproc=0 --nproc=1 --data=65536 --data=$((1 << 20)) --memlock=0 \
    --locks=0 --nice=0 --rttime=1 --sigpending=0 --msgqueue=0 --rss=0; do
	run as alice prlimit "$limits" -- "${automatic[@]}"
	case $status in
	0) count=$((count + 1)) ;;
	69 | 71 | 74 | 75 | 127) ;;
	# The loader of the caller's own process, before anything of ours.
	126 | 134 | 137 | 139) [[ $limits == --@(as|data|stack)=* ]] || bad "status $status: $limits" ;;
	*) bad "status $status: $limits" "$err" ;;
	esac
	is "$(dbquery "SELECT count(*) FROM request")" $count "$limits"
	run as alice prlimit "$limits" -- invoke-elevated-access-task 'L\auto'
	case $status in
	0) has "$out" '"Uid":"0' ;;
	125 | 127 | 71 | 126 | 134 | 137 | 139) ;;
	*) bad "status $status of a run: $limits" "$err" ;;
	esac
done
((count > 5)) || bad "only $count were done: this has seen nothing"
in_sequence

t "D6 row 111: ignored, blocked and pending signals"
fresh
# signals PERL CMD...: after that piece of Perl.
signals()
{
	as alice perl -e "use POSIX ':signal_h'; my \$all = POSIX::SigSet->new; \$all->fillset; $1; exec @ARGV" \
	    "${@:2}"
}
# shellcheck disable=SC2016
for piece in '$SIG{CHLD} = "IGNORE"' '$SIG{PIPE} = "IGNORE"' \
    '$SIG{$_} = "IGNORE" for qw(CHLD PIPE ALRM USR1 USR2 CONT WINCH)' 'sigprocmask(SIG_BLOCK, $all)' \
    'sigprocmask(SIG_BLOCK, $all); kill "TERM", $$' \
    'sigprocmask(SIG_BLOCK, $all); kill $_, $$ for qw(TERM HUP INT QUIT ALRM USR1 PIPE XFSZ)' \
    '$SIG{$_} = "IGNORE" for grep { !/^(KILL|STOP|NUM.*|RT.*)$/ } keys %SIG; sigprocmask(SIG_BLOCK, $all)' \
    'require "sys/syscall.ph" if 0; alarm 1'; do
	run signals "$piece" "${automatic[@]}"
	is "$status" 0 "$piece"
	run signals "$piece" get-elevated-access-request -Mine -o Id
	is "$status" 0 "$piece"
	run signals "$piece" invoke-elevated-access-task 'L\auto'
	is "$status" 0 "$piece"
	is "$(jq -r '.SigBlk + .SigIgn' <<<"$out")" 00000000000000000000000000000000 "$piece"
done
in_sequence

t "D6 row 111: what the second phase has of them"
fresh
must as alice new-elevated-access-request 'L\ok' -Reason why -o Id
# shellcheck disable=SC2016
begin alice perl -e 'use POSIX ":signal_h"; my $all = POSIX::SigSet->new; $all->fillset; $SIG{$_} = "IGNORE" for
    grep { !/^(KILL|STOP|TERM|NUM.*)$/ } keys %SIG; $all->delset(SIGTERM); sigprocmask(SIG_BLOCK, $all); exec @ARGV' \
    wait-elevated-access-request "$out" -Timeout 30 >/dev/null 2>&1
second_phase
sleep 0.1
# HUP PIPE TSTP TTIN TTOU XCPU XFSZ
is "$(grep -E '^(SigBlk|SigIgn):' "$second/status" | tr '\t' ' ')" 'SigBlk: 0000000000000000
SigIgn: 0000000001b81001'
end

# --- the processes ---

t "D6 row 113: alice cannot touch the second phase"
fresh
must as alice new-elevated-access-request 'L\ok' -Reason why -o Id
begin alice wait-elevated-access-request "$out" -Timeout 30 >/dev/null 2>&1
second_phase
pid=${second##*/}
for signal in STOP KILL TERM CONT INT 0; do
	run as alice kill -s $signal "$pid"
	[[ $status != 0 ]] || bad "$signal was sent"
done
for file in mem environ fd maps stack syscall cwd root exe auxv io; do
	run as alice bash -c 'head -c 1 "$1" || ls "$1/"' - "$second/$file"
	[[ $status != 0 && ! -s $stdout ]] || bad "$file can be read"
done
run as alice strace -p "$pid" -o /dev/null
[[ $status != 0 ]] || bad "alice traces it"
has "$err" 'not permitted'
call=$(awk '/define __NR_process_vm_readv/ {print $3}' /usr/include/*/asm/unistd_64.h \
    /usr/include/asm-generic/unistd.h 2>/dev/null | head -n 1)
# shellcheck disable=SC2016
run as alice perl -e 'my ($pid, $call) = @ARGV; my $b = "\0" x 16; my $v = pack("QQ", unpack("Q", pack("P", $b)), 16);
    my $r = pack("QQ", 0x400000, 16); my $n = syscall($call, $pid + 0, $v, 1, $r, 1, 0);
    print "$n ", $!{EPERM} ? "EPERM" : $!' "$pid" "${call:-310}"
is "$out" '-1 EPERM'
run as alice bash -c 'echo 1000 >"$1/oom_score_adj"; renice -n 19 -p "$2"; taskset -p 1 "$2"
    prlimit --pid "$2" --fsize=0' - "$second" "$pid"
[[ $status != 0 ]] || bad "its limits can be changed"
is "$(grep -c -e 'denied' -e 'not permitted' <<<"$err")" 4
is "$(<"$second/oom_score_adj") $(awk '{print $19}' "$second/stat")" '0 0'
end

t "D6 row 113: nor the runner and its store child"
mkfifo -m 666 "$shared/fifo"
must as alice new-elevated-access-request 'L\pipe' -Reason why
# shellcheck disable=SC2016
begin alice bash -c 'exec 3<>"$1"; exec invoke-elevated-access-task "L\pipe" <&3' - "$shared/fifo" >/dev/null 2>&1
second_phase
sleep 0.3
seen=0
while read -r dir; do
	seen=$((seen + 1))
	for signal in STOP KILL TERM INT USR1 0; do
		run as alice kill -s $signal "${dir##*/}"
		[[ $status != 0 ]] || bad "$signal was sent to $(<"$dir/comm")"
	done
	for file in mem environ fd maps; do
		run as alice bash -c 'head -c 1 "$1" || ls "$1/"' - "$dir/$file"
		[[ $status != 0 && ! -s $stdout ]] || bad "$file of $(<"$dir/comm") can be read"
	done
	run as alice strace -p "${dir##*/}" -o /dev/null
	has "$err" 'not permitted'
done < <(processes "$libexec")
((seen >= 2)) || bad "only $seen processes were seen"
end
rm "$shared/fifo"

t "D6 row 114: ^C and ^Z at 50 random moments, and a terminal that hangs up"
fresh
count=0
for ((round = 0; round < 5; round++)); do
	terminal alice env PS1='> ' bash --norc -i
	expect '> ' || break
	for ((i = 0; i < 10; i++)); do
		count=$((count + 1))
		send "new-elevated-access-request L/auto -Reason why -o Id -ClientToken w$count\\r"
		sleep "0.0$(printf %02d $((RANDOM % 16)))"
		if ((RANDOM % 2)); then
			send '\003'
		else
			send '\032'
			((i % 5)) || quick bob 1 new-elevated-access-request 'L\auto' -Reason why
			send 'kill -9 %% 2>/dev/null; wait\r'
		fi
		send 'echo d''one'"$count\\r"
		expect "done$count.*" || break 2
	done
	# The last one meets a terminal that is gone.
	send "new-elevated-access-request L/auto -Reason why -o Id -ClientToken h$round\\r"
	sleep "0.0$(printf %02d $((RANDOM % 16)))"
	pkill -KILL -P "$terminal_pid" script 2>/dev/null || kill -KILL "$terminal_pid"
	terminal_end 2>/dev/null
	quick bob 1 new-elevated-access-request 'L\auto' -Reason why
done
in_sequence
echo "# $(dbquery "SELECT count(*) FROM request WHERE requestor = 'alice'") of $((count + 5)) were done"

# --- control groups, priorities ---

# The second version's, wherever it is mounted.
groups=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/mounts)
group=$([[ -z $groups ]] || mktemp -d "$groups/world.XXXXXX" 2>/dev/null)

# in_group CMD...: as alice, in her control group.
in_group()
{
	(echo 0 >"$group/cgroup.procs" && as alice "$@")
}

if [[ -n $group && -e $group/cgroup.kill ]]; then
	t "D6 row 116: a control group killed at 80 random moments loses nothing that was acknowledged"
	fresh
	: >"$work/acknowledged"
	for ((i = 0; i < 80; i++)); do
		in_group "${automatic[@]}" -ClientToken "k$i" >>"$work/acknowledged" 2>/dev/null &
		sleep "0.0$(printf %02d $((RANDOM % 25 + 3)))"
		echo 1 >"$group/cgroup.kill"
		wait $! 2>/dev/null
	done
	in_sequence
	done_=$(dbquery "SELECT id FROM request" | sort)
	grep -xE '[0-9a-f-]{36}' "$work/acknowledged" | sort >"$work/ids"
	is "$(comm -23 "$work/ids" <(echo "$done_"))" '' "acknowledged, and lost"
	echo "# $(wc -l <"$work/ids") acknowledged, $(wc -l <<<"$done_") done, of 80"
	[[ -s $work/ids && $(wc -l <<<"$done_") -lt 80 ]] || bad "the moments were not random enough"
	quick bob 1 "${automatic[@]}"
else
	skip "D6 row 116: a control group killed" "no control groups of version 2"
fi

t "D6 row 117: lowest priorities, idle input and output, and eight busy loops"
fresh
busy=()
for ((i = 0; i < 8; i++)); do
	begin alice bash -c 'while :; do :; done' 2>/dev/null
	busy+=("$begun")
done
# shellcheck disable=SC2016
begin alice bash -c 'while :; do "$@"; done' - ionice -c 3 nice -n 19 chrt --idle 0 "${automatic[@]}" >/dev/null 2>&1
busy+=("$begun")
for ((i = 0; i < 5; i++)); do
	quick bob 5 "${automatic[@]}"
done
for pid in "${busy[@]}"; do
	end "$pid"
done
# The last one of the loop goes on to its end without anybody.
eventually 20 not pgrep -u pamlite >/dev/null || bad "a second phase does not end"
must as alice new-elevated-access-request 'L\ok' -Reason why -o Id
begin alice ionice -c 3 nice -n 19 chrt --idle 0 taskset 1 choom -n 900 -- \
    wait-elevated-access-request "$out" -Timeout 30 >/dev/null 2>&1
second_phase
is "$(awk '{print $19}' "$second/stat") $(chrt -p "${second##*/}" | sed 's/.*: //' | tr '\n' ' ')" '0 SCHED_OTHER 0 ' \
    "priority and policy"
is "$(ionice -p "${second##*/}" | cut -d : -f 1)" none
is "$(<"$second/oom_score_adj")" 0
# All that there are, however few this test was started with.
is "$(grep Cpus_allowed_list "$second/status")" "$(taskset -c 0-1023 grep Cpus_allowed_list /proc/self/status)"
end

t "D6 row 119: variables that make libraries open files"
fresh
evil=$shared/evil
mkdir -p "$evil/C.UTF-8/LC_MESSAGES"
liars=(env LC_ALL=evil LANG=evil LANGUAGE=../../opt/shared/evil LOCPATH="$evil" NLSPATH="$evil/%N" LC_MESSAGES=evil
    MALLOC_TRACE="$evil/trace" RES_OPTIONS=debug HOSTALIASES="$evil/hosts" LOCALDOMAIN=evil TZ=:"$evil/tz" TZDIR="$evil"
    TMPDIR="$evil" SQLITE_TMPDIR="$evil" GCONV_PATH="$evil" LD_LIBRARY_PATH="$evil" LD_PRELOAD="$evil/x.so"
    LD_AUDIT="$evil/x.so" LD_DEBUG=all LD_DEBUG_OUTPUT="$evil/ld" LD_PROFILE=libc.so.6 LD_PROFILE_OUTPUT="$evil"
    GLIBC_TUNABLES=glibc.malloc.check=3 GETCONF_DIR="$evil" NIS_PATH="$evil" SQLITE_HISTORY="$evil/h"
    XDG_CONFIG_HOME="$evil" TERMINFO="$evil" TERMCAP="$evil/termcap")
# Prints what is opened outside the system's directories by the setuid programs and all that they start.
# shellcheck disable=SC2016
opens='
NR == FNR {
	if (match($0, /(clone|clone3|fork|vfork)(\(| resumed).* = [0-9]+$/)) parent[$NF] = $1
	next
}
{
	if (!($1 in power)) power[$1] = ($1 in parent) ? power[parent[$1]] : 0
	if ($0 ~ /execve\("[^"]*\/libexec\/pam-lite\/(gate|runner)"/) power[$1] = 1
	if ($0 ~ /execve\(/) loads_runner[$1] = $0 ~ /execve\("[^"]*\/libexec\/pam-lite\/runner"/
	# The loader of the C library, asked by LD_PROFILE, looks there before anything of ours runs: in a directory of
	# its own, that only root can make, where a program has more power than who started it.
	if (loads_runner[$1] && /"\/var\/profile\/libc\.so\.6\.profile", .*O_NOFOLLOW.* = -1 ENOENT/) next
	if (power[$1] && match($0, /"[^"]*"/)) {
		seen++
		path = substr($0, RSTART + 1, RLENGTH - 2)
		# -y says which directory a name is in.
		if (path !~ /^\// && match($0, /\((AT_FDCWD|[0-9]+)<[^>]*>/)) {
			directory = substr($0, RSTART, RLENGTH - 1)
			sub(/^[^<]*</, "", directory)
			path = directory "/" path
			sub(/^\/\//, "/", path)
		}
		if (path !~ "^/(usr|lib|lib64|etc|proc|dev|sys|run|opt/(pl|fixture)|var/(lib|log)/pam-lite)(/|$)" &&
		    path !~ /^\/(|opt|var|var\/lib|var\/log)$/) print
	}
}
END { print (seen > 5 ? "seen" : "unseen") }'
for words in 'new-elevated-access-request L/auto -Reason why' 'get-elevated-access-request' \
    'invoke-elevated-access-task L/auto'; do
	# LD_ variables are of no use to strace itself: env(1) sets them behind it, in the caller's own process.
	# shellcheck disable=SC2086
	run strace -f -qq -y -o "$trace" -s 300 -e trace=open,openat,openat2,execve,creat,clone,clone3,fork,vfork \
	    setpriv --reuid=alice --regid=alice --init-groups "${liars[@]}" PATH="$PATH" $words
	is "$status" 0 "$words"
	is "$(awk "$opens" "$trace" "$trace")" seen "$words"
done
# The commands start the gate with an empty environment; anybody can give it one.
for words in "$gate get-elevated-access-request" "$gate new-elevated-access-request Task=L\\auto Reason=why" \
    "$runner Task=L\\auto"; do
	# shellcheck disable=SC2016,SC2086
	run strace -f -qq -y -o "$trace" -s 300 -e trace=open,openat,openat2,execve,creat,clone,clone3,fork,vfork \
	    setpriv --reuid=alice --regid=alice --init-groups "${liars[@]}" PATH="$PATH" \
	    bash -c '"$1" $$ "${@:2}"; exit $?' - $words
	is "$status" 0 "$words"
	is "$(awk "$opens" "$trace" "$trace")" seen "$words"
done
is "$(find "$evil" -type f -user pamlite -o -type f -user root)" ''
rm -rf "$evil"

# --- whoever blocks holds no lock ---

many="WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s,
	created_at, updated_at, expires_at, decided_at)
    SELECT printf('%08x-0000-4000-8000-000000000000', i), requestor, requestor_uid, 0, type, access, policy_id,
	'Canceled', reason, duration_s, created_at - i, created_at, expires_at, created_at
	FROM (SELECT * FROM request WHERE requestor = 'alice' LIMIT 1), n"
free()
{
	flock -n $db.lock true || bad "the lock is held: $1"
	quick bob 1 "${automatic[@]}"
}

t "D6 row 120: an input on which nobody writes"
fresh
must as alice new-elevated-access-request 'L\ok' -Reason why
mkfifo -m 666 "$shared/fifo"
# shellcheck disable=SC2016
begin bob bash -c 'exec 3<>"$1"; exec approve-elevated-access-request <&3' - "$shared/fifo" >"$work/approved" 2>&1
second_phase
sleep 0.1
free "an input without a writer"
end
rm "$shared/fifo"

t "D6 row 120: an output that nobody reads"
dbquery "$many"
mkfifo -m 666 "$shared/fifo"
# shellcheck disable=SC2016
begin alice bash -c 'exec 3<>"$1"; exec get-elevated-access-request -Mine --json >&3' - "$shared/fifo" 2>/dev/null
second_phase
# It is the one that sleeps in its first page of output.
sleep 0.3
is "$(grep State "$second/status" | cut -c 8)" S
free "a full pipe"
end
rm "$shared/fifo"

t "D6 row 120: a terminal stopped by ^S"
terminal alice env PS1='> ' bash --norc --noediting -i
expect '> '
send '\023'
send 'get-elevated-access-request -Mine -o List -ResultSize 500\r'
second_phase
sleep 0.2
is "$(grep State "$second/status" | cut -c 8)" S
free "a stopped terminal"
send '\021'
# Not what the list has in it, nor what is typed.
send 'echo fini''shed: $?\r'
expect 'finished: 0'
send 'exit\r'
terminal_end

t "D6 row 121: 400 commands of alice at once"
fresh
must as alice new-elevated-access-request 'L\ok' -Reason why
# shellcheck disable=SC2016
begin alice bash -c 'ulimit -u 5000; for ((i = 0; i < 400; i++)); do
	{ get-elevated-access-request -Mine -o Id >/dev/null 2>>"$1"; echo $? >>"$2"; } &
    done; wait' - "$shared/errors" "$shared/statuses"
sleep 0.5
for ((i = 0; i < 3; i++)); do
	quick bob 5 "${automatic[@]}"
done
wait "$begun"
is "$(sort "$shared/statuses" | uniq -c | grep -vE ' (0|75)$')" '' "$(sort "$shared/errors" | uniq -c | head -n 5)"
is "$(wc -l <"$shared/statuses")" 400
rm "$shared"/{errors,statuses}

if [[ -n $group && -e $group/cgroup.freeze ]]; then
	t "D6 row 115: a lock holder who is frozen: the others wait for 30 s and are told, root which process it is"
	fresh
	frozen=''
	for ((i = 0; i < 400 && ${#frozen} == 0; i++)); do
		in_group "${automatic[@]}" >"$work/frozen" 2>"$work/frozen.err" &
		waiting=$!
		sleep "0.0$(printf %02d $((RANDOM % 20 + 3)))"
		echo 1 >"$group/cgroup.freeze"
		if ! flock -n $db.lock true; then
			# Only a holder that is in the group: not one that was there by chance.
			sleep 0.1
			flock -n $db.lock true || frozen=yes
		fi
		[[ -n $frozen ]] || { echo 0 >"$group/cgroup.freeze"; wait $waiting; }
	done
	[[ -n $frozen ]] || bad "the lock was never met"
	declare -A waits=()
	strace -f -qq -o "$work/bob.trace" -e trace=setitimer -u bob "$BIN/${automatic[0]}" "${automatic[@]:1}" \
	    >"$work/bob" 2>&1 &
	waits[bob]=$!
	strace -f -qq -o "$work/carol.trace" -e trace=setitimer -u carol "$BIN/get-elevated-access-request" -Mine \
	    >"$work/carol" 2>&1 &
	waits[carol]=$!
	run test-elevated-access-installation -o JsonLines
	is "$status" 0
	holder=$(jq -r 'select(.Check == "Lock") | .Found' <<<"$out")
	has "$holder" "by process "
	pid=$(sed 's/.*by process \([0-9]*\).*/\1/' <<<"$holder")
	is "$(readlink "/proc/$pid/exe")" "$BIN/new-elevated-access-request"
	is "$(jq -r 'select(.Check == "Lock") | .Result' <<<"$out")" Warning
	# The 30 seconds are over when they are told so.
	for user in bob carol; do
		eventually 10 grep -q 'it_value={tv_sec=30, tv_usec=0}' "$work/$user.trace" ||
		    bad "$user does not wait for 30 s" "$(<"$work/$user.trace")"
		sleep 0.2
		kill -0 "${waits[$user]}" || bad "$user did not wait"
		kill -ALRM "$(awk '/tv_sec=30/ { print $1 }' "$work/$user.trace")"
		wait "${waits[$user]}"
		is "$?" 75 "$(<"$work/$user")"
		has "$(<"$work/$user")" 'busy for 30 seconds'
	done
	echo 0 >"$group/cgroup.freeze"
	wait "$waiting"
	status=$?
	# Its alarm of 20 s is due at once.
	[[ $status == 0 || $status == 74 || $status == 75 ]] || bad "status $status" "$(<"$work/frozen.err")"
	in_sequence
	quick bob 1 "${automatic[@]}"
	run test-elevated-access-installation -Quiet
	is "$status" 0
else
	skip "D6 row 115: a lock holder who is frozen" "no control groups of version 2"
fi
[[ -z $group ]] || rmdir "$group"

finish
