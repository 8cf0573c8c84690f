#!/bin/bash
# running.sh - D5: what a task finds, what it is not given, and what is not run at all

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"

fixture

# invoke WORD...: alice runs L\WORD.
invoke()
{
	run as alice invoke-elevated-access-task "L\\$1" "${@:2}"
}
# json FILTER: of what $ok has printed.
json()
{
	jq -c "$1" <<<"$out"
}
grant alice 'L\ok'
grant alice 'L\svc'
grant alice 'L\exit'
grant alice 'L\svc-exit'
grant alice 'L\words'
keep

# --- what the task finds ---

t "D5 row 75: of the caller's environment nothing reaches the task"
fresh
hostile=(LD_PRELOAD=/tmp/evil.so LD_LIBRARY_PATH=/tmp LD_AUDIT=/tmp/evil.so GLIBC_TUNABLES=glibc.malloc.check=3
    GCONV_PATH=/tmp LOCPATH=/tmp NLSPATH=/tmp BASH_ENV=/tmp/evil ENV=/tmp/evil IFS=x SHELLOPTS=xtrace PS4='$(id)'
    CDPATH=/tmp 'BASH_FUNC_x%%=() { id; }' PERL5LIB=/tmp PERL5OPT=-Mevil PYTHONPATH=/tmp PYTHONSTARTUP=/tmp/evil
    RUBYLIB=/tmp NODE_OPTIONS=--require=/tmp/evil GIT_SSH=/tmp/evil PAGER=/tmp/evil EDITOR=/tmp/evil HOME=/tmp
    PATH=/tmp/evil:. TMPDIR=/tmp SQLITE_TMPDIR=/tmp TZ=:/etc/shadow DISPLAY=:0 http_proxy=http://evil
    PAMLITE_REQUEST=forged PAMLITE_REQUESTOR=root LANG=C LC_ALL=xx USER=root LOGNAME=root SHELL=/tmp/evil TERM=vt100)
# expected ACCOUNT HOME SHELL: the whole of it, as jq prints it.
expected()
{
	printf '%s\n' PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "HOME=$2" "USER=$1" \
	    "LOGNAME=$1" "SHELL=$3" LC_ALL=C.UTF-8 TERM=vt100 "PAMLITE_REQUEST=$id" PAMLITE_REQUESTOR=alice |
	    jq -Rc '[., inputs]'
}
# granted TASK: $id is alice's request for it.
granted()
{
	id=$(as alice get-elevated-access-authorization -Filter "AuthorizedAccess -eq 'L\\$1'" -o Value \
	    -Property RequestIdentity)
}
granted ok
succeeds as alice env "${hostile[@]}" "$BIN/invoke-elevated-access-task" 'L\ok'
is "$(json .environment)" "$(expected root /root "$(getent passwd root | cut -d : -f 7)")"
granted svc
succeeds as alice env "${hostile[@]}" "$BIN/invoke-elevated-access-task" 'L\svc'
is "$(json .environment)" "$(expected svc /nonexistent /usr/sbin/nologin)"

t "D5 row 77: a TERM that is no name of a terminal is dumb"
for term in ../../x "$(printf 'x%.0s' {1..200})" $'x\e[2J' '' 'x y' $'x\ny' 'ünï'; do
	succeeds as alice env TERM="$term" "$BIN/invoke-elevated-access-task" 'L\ok'
	is "$(json '.environment | map(select(startswith("TERM=")))')" '["TERM=dumb"]' "TERM was $term"
done

t "D5 row 90: descriptors of the caller's do not reach the task"
cat >"$work/holder" <<-'EOT'
	for ((i = 3; i <= 200; i++)); do
		eval "exec $i</etc/shadow"
	done
	exec setpriv --reuid=alice --regid=alice --init-groups "$@"
EOT
succeeds bash "$work/holder" "$BIN/invoke-elevated-access-task" 'L\ok'
is "$(json .descriptors)" '[0,1,2]'
feed bash "$work/holder" script -qefc "'$BIN/invoke-elevated-access-task' 'L\\ok'" /dev/null <>"$quiet"
is "$status" 0
is "$(tr -d '\r' <<<"$out" | sed '1s/^[^{]*//' | jq -c .descriptors)" '[0,1,2]'
succeeds bash -c 'exec <&- >"$1" 2>&-; shift; exec "$@"' bash "$work/closed" setpriv --reuid=alice --regid=alice \
    --init-groups "$BIN/invoke-elevated-access-task" 'L\ok'
is "$(jq -c .descriptors "$work/closed")" '[0,1,2]'

t "D5 row 101: the ids and groups are exactly the run-as account's"
must groupadd extra
must usermod -aG extra svc
succeeds as alice invoke-elevated-access-task 'L\svc'
uid=$(id -u svc) gid=$(id -g svc)
is "$(json '[.Uid, .Gid]')" "[\"$uid\\t$uid\\t$uid\\t$uid\",\"$gid\\t$gid\\t$gid\\t$gid\"]"
is "$(json '.groups | sort')" "$(id -G svc | tr ' ' '\n' | jq -sc 'sort')"
is "$(json '[.CapPrm, .NoNewPrivs]')" '["0000000000000000","1"]'
must gpasswd -d svc extra
must groupdel extra
succeeds as alice invoke-elevated-access-task 'L\ok'
is "$(json '[.Uid, .Gid, .groups]')" "[\"0\\t0\\t0\\t0\",\"0\\t0\\t0\\t0\",$(id -G root | tr ' ' '\n' | jq -sc 'sort')]"

t "D5 row 101: signals, umask, priority and limits are not the caller's either"
succeeds bash -c 'trap "" CHLD PIPE HUP TERM INT QUIT USR1; umask 0; ulimit -Sc unlimited -Sf 8 -Sn 64 -St 5
    exec nice -n 15 setpriv --reuid=alice --regid=alice --init-groups "$@"' \
    bash "$BIN/invoke-elevated-access-task" 'L\svc'
is "$(json '[.SigBlk, .SigIgn, .umask, .nice]')" '["0000000000000000","0000000000000000","022",0]'
is "$(json '.limits | [.CORE[0], .FSIZE[0], .CPU[0], .NOFILE[0]]')" '[0,-1,-1,1024]'

t "D5 row 104: the caller's directory is not the task's"
task here -Path "$ok" -WorkingDirectory /usr/share
mkdir -m 755 "$shared/gone" "$shared/closed"
succeeds bash -c 'cd "$1" && rmdir "$1" && exec setpriv --reuid=alice --regid=alice --init-groups "$2" "L\\here"' bash \
    "$shared/gone" "$BIN/invoke-elevated-access-task"
is "$(json .directory)" '"/usr/share"'
succeeds bash -c 'cd "$1" && chmod 0 "$1" && exec setpriv --reuid=alice --regid=alice --init-groups "$2" "L\\ok"' bash \
    "$shared/closed" "$BIN/invoke-elevated-access-task"
is "$(json .directory)" '"/"'
rmdir "$shared/closed"
skip "D5 row 104: a directory on a hung FUSE mount" "no file system in user space to hang"

# --- what it is given ---

t "D5 row 85: an argument arrives as it is, whatever is in it"
fresh
for text in 'a b' "it's" '"' '$(id)' '`id`' '*' ';' '|' '&& id' '%s%n' '\' '\n' '{two}' '~' '!!' 'a=b' 'ü€😀' \
    "$(printf 'x%.0s' {1..2000})"; do
	invoke words "one=$text" two=a three=x
	is "$status" 0 "$err"
	is "$(jq -c --arg text "$text" '[.arguments[2] == $text, (.arguments | length)]' <<<"$out")" '[true,5]'
done
mark
for text in $'a\nb' $'a\tb' $'\e[2J' $'\x7f' $'\xff'; do
	fails 64 InvalidText as alice invoke-elevated-access-task 'L\words' two=a three=x "one=$text"
done
for text in "$(printf 'x%.0s' {1..2001})" "$(printf 'x%.0s' {1..65536})" -x --help; do
	fails 64 TaskParameterInvalid as alice invoke-elevated-access-task 'L\words' two=a three=x "one=$text"
done
words=()
for ((i = 0; i < 5000; i++)); do
	words+=("w$i=x")
done
invoke words "${words[@]}"
is "$status" 64
same

t "D5 row 86: a choice is one of its words and nothing else"
for text in d A 'a b' 'a|b' ' a' 'a ' '' aa $'a\nb' 'ab'; do
	invoke words one=1 "two=$text" three=x
	is "$status" 64 "two=$text"
done
same
invoke words one=1 two=c three=x
is "$status" 0

t "D5 row 85: no shell stands between the runner and the task"
task tree -Path /usr/bin/sleep -ArgumentList 20
begin tree as alice invoke-elevated-access-task 'L\tree'
eventually 10 pgrep -f '^/usr/bin/sleep 20' >/dev/null || bad "the task does not run"
sleeper=$(pgrep -f '^/usr/bin/sleep 20')
above=''
for ((pid = sleeper; pid > 1; pid = $(awk '/^PPid/ { print $2 }' "/proc/$pid/status"))); do
	above+="$(basename "$(readlink "/proc/$pid/exe")") "
done
matches "$above" '^sleep (runner )+invoke-elevated-access-task '
kill "$sleeper"
ended tree
is "$status" 143

# --- how it ends ---

t "D5 row 87: the task's status is the status"
fresh
for code in 0 1 2 42 64 77 125 126 127 200 255; do
	invoke exit "code=$code"
	is "$status" "$code"
	is "$(last_end)" "Exited $code"
done
invoke svc-exit code=42
is "$status" 42

t "D5 row 88: a signal that ended it shows in the status; no core file is left"
program dies <<-'EOT'
	#!/bin/sh
	kill -"$1" $$
	sleep 5
EOT
task dies -Path "$program" -ArgumentList '{signal}' -Parameter 'signal=choice:TERM|KILL|SEGV|HUP|PIPE' \
    -WorkingDirectory /tmp
for pair in TERM=143 KILL=137 SEGV=139 HUP=129 PIPE=141; do
	run as alice bash -c 'ulimit -c unlimited; exec invoke-elevated-access-task "L\\dies" "signal=$1"' \
	    bash "${pair%=*}"
	is "$status" "${pair#*=}"
	is "$(last_end)" "Signaled  $((${pair#*=} - 128))"
done
is "$(find /tmp /home /opt/fixture / -maxdepth 1 -name 'core*')" ''

t "D5 row 88: pipes pass through byte for byte, in both directions"
task cat -Path /usr/bin/cat -RunAs svc
head -c 20000000 /dev/urandom >"$work/big"
chmod 755 "$work"
run_in "$work/big" as alice invoke-elevated-access-task 'L\cat'
is "$status" 0
is "$(sha256sum <"$stdout")" "$(sha256sum <"$work/big")"
is "$(as alice invoke-elevated-access-task 'L\cat' <"$work/big" | head -c 100000 | sha256sum)" \
    "$(head -c 100000 "$work/big" | sha256sum)"
rm "$work/big"

# --- what is not run ---

t "D5 row 78: a task's program is named by its whole path"
fresh
for path in bin/true ./true true ../bin/true /usr/bin/../bin/true /usr/bin/./true /usr/bin/true/ //usr/bin/true \
    /usr//bin/true '' /; do
	run register-elevated-access-task 'L\new' -Path "$path"
	is "$status" 64 "-Path $path"
done
same

t "D5 row 80: a program that somebody else could change is not registered"
mkdir -p /opt/loose/in
cp /usr/bin/true /opt/loose/in/true
spoil=("chmod 775 /opt/loose/in/true" "chmod 757 /opt/loose/in/true" "chown svc /opt/loose/in/true"
    "chmod 775 /opt/loose/in" "chmod 777 /opt/loose/in" "chmod 1777 /opt/loose/in" "chown svc /opt/loose/in"
    "chmod 775 /opt/loose" "chown svc /opt/loose" "chmod 4755 /opt/loose/in/true" "write_acl /opt/loose/in/true"
    "write_acl /opt/loose/in")
# For user svc: read and write.
write_acl()
{
	perl -e 'my ($path, $uid) = @ARGV; my $none = 0xffffffff; my $name = "system.posix_acl_access";
	    my $acl = pack("V", 2) . join("", map { pack("vvV", @$_) } [1, 7, $none], [2, 7, $uid], [4, 5, $none],
	        [16, 7, $none], [32, 5, $none]);
	    exit(syscall(188, $path, $name, $acl, length $acl, 0) != 0)' "$1" "$(id -u svc)"
}
restore()
{
	rm -rf /opt/loose
	mkdir -m 755 /opt/loose /opt/loose/in
	cp /usr/bin/true /opt/loose/in/true
}
for spoiled in "${spoil[@]}"; do
	restore
	$spoiled || { bad "cannot be made: $spoiled"; continue; }
	fails 77 ProgramNotTrusted register-elevated-access-task 'L\new' -Path /opt/loose/in/true
done
same

t "D5 row 80: one that becomes so later is not run any more"
restore
task loose -Path /opt/loose/in/true
for spoiled in "${spoil[@]}"; do
	invoke loose
	is "$status" 0 "$err"
	before=$(executions)
	$spoiled
	mark
	fails 126 ProgramNotTrusted as alice invoke-elevated-access-task 'L\loose'
	is "$(executions)" "$before" "a run was recorded"
	restore
done
mv /opt/loose /opt/loose2
ln -s /opt/loose2 /opt/loose
invoke loose
is "$status" 126 "through a link"
rm -rf /opt/loose /opt/loose2

t "D5 row 81: however fast the file is exchanged, what was checked is what runs"
fresh
for word in good evil; do
	gcc -x c -o /opt/fixture/$word - <<<"#include <stdio.h>
	    int main(void) { puts(\"$word\"); return 0; }" || bad "no compiler"
done
cp /opt/fixture/good /opt/fixture/swapped
task swapped -Path /opt/fixture/swapped -Sha256 "$(sha256sum /opt/fixture/good | cut -d ' ' -f 1)"
# Another inode each time, with the good program in it for as long as with the other.
perl -e 'my %text; for my $f ("evil", "good") { local $/; open(my $in, "<", "/opt/fixture/$f"); $text{$f} = <$in> }
    for my $i (1 .. 10000) { for my $f ("evil", "good") { open(my $to, ">", "/opt/fixture/next"); print $to $text{$f};
        close($to); chmod(0755, "/opt/fixture/next"); rename("/opt/fixture/next", "/opt/fixture/swapped");
        select(undef, undef, undef, 0.003) } }' &
swapper=$!
ran=0 refused=0
for ((i = 0; i < 60; i++)); do
	invoke swapped
	case $status/$out in
	0/good) ran=$((ran + 1)) ;;
	126/ | 127/) refused=$((refused + 1)) ;;
	*) bad "status $status: $out" "$err" ;;
	esac
done
kill $swapper
wait $swapper 2>/dev/null
((ran > 0 && refused > 0)) || bad "$ran ran, $refused were refused: the exchange was not met"
rm -f /opt/fixture/{good,evil,swapped,next}

t "D5 row 82: a file that its owner, not root, could rewrite in place is not registered"
cp /usr/bin/true /opt/fixture/theirs
chown alice /opt/fixture/theirs
fails 77 ProgramNotTrusted register-elevated-access-task 'L\theirs' -Path /opt/fixture/theirs
rm /opt/fixture/theirs

t "D5 row 83: a task file that is not root's alone, or not whole, runs nothing"
fresh
file=$(find $tasks -name 'l.ok.*')
cp -p "$file" "$work/whole"
# refused HOW CMD...: the file is spoiled so.
refused()
{
	local before

	before=$(executions)
	"${@:2}" || { bad "cannot be made: $1"; return; }
	mark
	fails 125 TaskFileRefused as alice invoke-elevated-access-task 'L\ok'
	recorded 1 '"UserId":"alice".*"TaskFileRefused"'
	is "$(executions)" "$before" "$1: a run was recorded"
	rm -rf "$file" $tasks/second
	cp -p "$work/whole" "$file"
}
filled()
{
	cat >"$file"
}
refused 'wrong owner' chown alice "$file"
refused 'wrong group with rights' chmod 664 "$file"
refused 'writable by all' chmod 646 "$file"
refused 'two names' ln "$file" $tasks/second
refused truncated truncate -s -3 "$file"
refused empty truncate -s 0 "$file"
refused '1 MiB' filled < <(cat "$work/whole"; yes 'Argument x' | head -c 1048576)
refused 'with a NUL' filled < <(cat "$work/whole"; printf 'Argument a\0b\n')
refused 'a key twice' filled < <(cat "$work/whole"; echo 'RunAs root')
refused 'a program of somebody' filled < <(sed 's|^Path .*|Path /tmp/evil|' "$work/whole")
refused 'a link' bash -c 'rm "$1" && ln -s "$2" "$1"' bash "$file" "$work/whole"
refused 'a directory' bash -c 'rm "$1" && mkdir "$1"' bash "$file"
refused 'a FIFO' bash -c 'rm "$1" && mkfifo "$1"' bash "$file"
chmod 770 $tasks
refused 'a directory that a group may write to' true
chmod 700 $tasks
chown svc $tasks
refused "somebody else's directory" true
chown root $tasks
invoke ok
is "$status" 0

t "D5 row 84: what cannot be run is told before a use is counted, or recorded as failed"
fresh
program thing <<<$'#!/bin/sh\nexit 0'
task thing -Path "$program"
# told STATUS STARTED CMD...: made so, it ends with the status and that many records of a start.
told()
{
	local before

	before=$(executions)
	"${@:3}" || bad "cannot be made: ${*:3}"
	invoke thing
	is "$status" "$1" "${*:3}: $err"
	is "$(($(executions) - before))" "$2" "${*:3}: starts that were recorded"
	((status == 0)) || [[ -n $err ]] || bad "nothing was said"
	is "$(dbquery 'SELECT count(*) FROM execution WHERE ended_at IS NULL')" 0
	rm -rf "$program"
	program thing <<<$'#!/bin/sh\nexit 0'
}
written()
{
	cat >"$program"
}
told 0 1 true
told 127 0 rm "$program"
told 126 0 bash -c 'rm "$1" && mkdir "$1"' bash "$program"
told 126 0 bash -c 'rm "$1" && mkfifo "$1"' bash "$program"
told 126 0 chmod 644 "$program"
told 126 0 truncate -s 0 "$program"
told 127 0 written <<<'#!/opt/fixture/nothing'
told 126 1 written <<<'neither'
told 126 0 written <<<"#!$program"
told 126 1 written < <(head -c 64 /usr/bin/true | perl -pe 'BEGIN { $/ = undef } substr($_, 18, 2) = "\x08\x00"'
    head -c 4096 /dev/zero)

t "D5 row 102: without its account a task does not start"
fresh
must useradd -r -U -M -d /nonexistent -s /usr/sbin/nologin svc2
task svc2 -Path "$ok" -RunAs svc2
invoke svc2
is "$status" 0
before=$(executions)
must userdel svc2
fails 126 RunAsNotFound as alice invoke-elevated-access-task 'L\svc2'
is "$(executions)" "$before"
# Its group has no name any more.
must groupadd -g 64321 svc2
must useradd -r -N -M -g 64321 -d /nonexistent -s /usr/sbin/nologin svc2
sed -i '/^svc2:/d' /etc/group
fails 126 RunAsNotFound as alice invoke-elevated-access-task 'L\svc2'
is "$(executions)" "$before"
must userdel svc2
sed -i '/^svc2:/d' /etc/group /etc/gshadow
skip "D5 row 102: a locked run-as account" "every service account is; Linux-PAM's account rules are a later issue"

t "D5 row 106: where no process can be had nothing runs, and least of all as root"
fresh
if mkdir /sys/fs/cgroup/pids/pam-lite-test.$$ 2>/dev/null; then
	group=/sys/fs/cgroup/pids/pam-lite-test.$$
	for max in 3 4 5 6 7 8 9; do
		echo $max >$group/pids.max
		before=$(executions)
		run bash -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' bash $group \
		    setpriv --reuid=alice --regid=alice --init-groups "$BIN/invoke-elevated-access-task" 'L\svc'
		case $status in
		0) is "$(json .Uid)" "\"$uid\\t$uid\\t$uid\\t$uid\"" ;;
		71 | 125 | 126) is "$out" '' ;;
		*) bad "status $status with $max processes" "$err" ;;
		esac
		is "$(dbquery 'SELECT count(*) FROM execution WHERE ended_at IS NULL')" 0 "$max processes"
	done
	is "$status" 0
	eventually 5 rmdir $group || bad "$group stays"
else
	skip "D5 row 106: a limit on processes" "no control group for them"
fi
skip "D5 row 107: Linux-PAM" "a later issue"

# --- signals, and what is killed ---

t "D5 row 97: TERM to the front ends the task; the runner is out of the caller's reach"
fresh
program hears <<-'EOT'
	#!/bin/bash
	for signal in TERM HUP ALRM USR1 USR2 INT QUIT CHLD; do
		trap "echo $signal >>/opt/fixture/heard" $signal
	done
	echo begun >/opt/fixture/heard
	while [[ ! -e /opt/fixture/enough ]]; do sleep 0.05; done
	trap - CHLD
EOT
task hears -Path "$program" -ArgumentList '{mark}' -Parameter mark=word
no_runner()
{
	[[ -z $(pids "$runner") ]]
}
heard()
{
	grep -qx "$1" /opt/fixture/heard 2>/dev/null
}
began()
{
	rm -f /opt/fixture/heard /opt/fixture/enough
	begin hears as alice invoke-elevated-access-task 'L\hears' mark=x
	eventually 10 heard begun || bad "the task does not run"
	runner_pid=$(pids $runner | head -n 1)
	front_pid=$(awk '/^PPid/ { print $2 }' "/proc/$runner_pid/status")
}
over()
{
	touch /opt/fixture/enough
	ended hears
}
began
# But CONT, which the kernel lets everybody send within his session.
for signal in TERM KILL STOP HUP INT USR1; do
	run as alice kill -$signal "$runner_pid"
	is "$status" 1 "alice sent $signal"
	# One after which nothing would be heard again is asked of the others too: monitor and store child.
	for pid in $(pids $runner) $(pids $libexec/store); do
		as alice kill -$signal "$pid" 2>/dev/null && bad "alice reached process $pid with $signal"
	done
done
for signal in HUP ALRM USR1 USR2 TERM; do
	kill -$signal "$runner_pid"
	eventually 5 heard $signal || bad "$signal was not passed on"
done
sed -i '/CHLD/d' /opt/fixture/heard
kill -CHLD "$runner_pid"
over
is "$status" 0
began
as alice kill -TERM "$front_pid"
eventually 5 heard TERM || bad "the task heard nothing of its front's end"
over
is "$status" 143
eventually 10 no_runner || bad "the runner stays"
rm -f /opt/fixture/heard /opt/fixture/enough

t "D5 row 97: timeout ends a run as it ends a program"
task long -Path /usr/bin/sleep -ArgumentList 50
SECONDS=0
run as alice timeout 1 "$BIN/invoke-elevated-access-task" 'L\long'
is "$status" 124
eventually 5 bash -c "! pgrep -f '^/usr/bin/sleep 50'" >/dev/null || bad "the task goes on"
((SECONDS < 6)) || bad "it took $SECONDS s"
eventually 5 no_runner || bad "the runner stays"
is "$(last_end)" 'Signaled  15'

# What is true after one of the processes was killed in mid-task.
after_kill()
{
	eventually 10 bash -c "! pgrep -f '^/usr/bin/sleep 50' >/dev/null" || bad "the task goes on without its runner"
	eventually 10 no_runner || bad "processes of the runner stay"
	is "$(uses)" 1
	fails 126 ElevatedAccessRequired as alice invoke-elevated-access-task 'L\single'
	is "$(dbquery 'PRAGMA integrity_check')" ok
}
# kill_one WHICH: a task is begun under a grant for one use, and one of the processes killed, or nobody.
kill_one()
{
	fresh
	task single -Path /usr/bin/sleep -ArgumentList 50
	must set-elevated-access-approval-policy 'L\single' -MaxUses 1
	must as alice new-elevated-access-request 'L\single' -Reason why
	must as alice revoke-elevated-access-authorization "$(dbquery 'SELECT id FROM authorization
	    WHERE max_uses IS NULL AND access = '"'L\\single'")" -Confirm:false
	begin single as alice invoke-elevated-access-task 'L\single'
	eventually 10 pgrep -f '^/usr/bin/sleep 50' >/dev/null || bad "the task does not run"
	mapfile -t runners < <(pids $runner)
	case $1 in
	runner) kill -KILL "${runners[0]}" ;;
	monitor) kill -KILL "${runners[1]}" ;;
	front) kill -KILL "$(awk '/^PPid/ { print $2 }' "/proc/${runners[0]}/status")" ;;
	store) kill -KILL "$(pids $libexec/store)" ;;
	task) pkill -KILL -f '^/usr/bin/sleep 50' ;;
	esac
}

t "D5 row 99: the runner is killed: the task ends, its end is Unknown, and the use is used"
kill_one runner
ended single
is "$status" 125
after_kill
is "$(last_end)" Unknown
is "$(dbquery 'SELECT count(*) FROM execution WHERE ended_at IS NULL')" 1

t "row 99: the monitor is killed: the same, and the runner can say so"
kill_one monitor
ended single
((status != 0)) || bad "status 0"
after_kill
is "$(last_end)" Unknown

t "row 99: the front is killed: the task ends, and is recorded"
kill_one front
ended single
is "$status" 137
after_kill
is "$(last_end)" 'Signaled  15'

t "row 99: the task is killed"
kill_one task
ended single
is "$status" 137
after_kill
is "$(last_end)" 'Signaled  9'

t "row 99: the store child is killed: another one takes its place, and the end is recorded"
kill_one store
sleep 1.5
pgrep -f '^/usr/bin/sleep 50' >/dev/null || bad "the task was ended"
pkill -TERM -f '^/usr/bin/sleep 50'
ended single
is "$status" 143
after_kill
is "$(last_end)" 'Signaled  15'

t "the database becomes a newer pam-lite's: the store child makes room for the program installed with that"
kill_one nobody
child=$(pids $libexec/store)
version=$(dbquery 'PRAGMA user_version')
dbquery 'PRAGMA user_version = 99'
eventually 5 not kill -0 "$child" 2>/dev/null || bad "the older one stays"
dbquery "PRAGMA user_version = $version"
sleep 1.5
pgrep -f '^/usr/bin/sleep 50' >/dev/null || bad "the task was ended"
pkill -TERM -f '^/usr/bin/sleep 50'
ended single
is "$status" 143
after_kill
is "$(last_end)" 'Signaled  15'

t "D5 row 100: after the task has ended no signal is sent to a number"
fresh
strace -f -o "$work/trace" -e trace=kill,tgkill,tkill,pidfd_send_signal,exit_group,execve,waitid,wait4 -u alice \
    "$BIN/invoke-elevated-access-task" 'L\exit' code=3 >"$work/out"
is "$?" 3
is "$(jq -c .Uid "$work/out")" '"0\t0\t0\t0"'
is "$(sed -n '/exit_group(3)/,$p' "$work/trace" | grep -E '\bt?g?kill\(' | grep -v 'ESRCH')" ''

finish
