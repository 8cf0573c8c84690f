#!/bin/bash
# runs.sh - what a task gets, what comes back, what is recorded, and what ends it

. "$(dirname "$0")/lib.bash"

must new-elevated-access-approver-group -Name ops -Member bob
must enable-elevated-access-control -AdminGroup ops

# program NAME <TEXT: a script of that name, which tasks can run; $work/bin/NAME.
mkdir "$work/bin"
program()
{
	{
		echo '#!/bin/sh'
		cat
	} >"$work/bin/$1"
	chmod 700 "$work/bin/$1"
}

# allowed NAME PATH [WORD...]: Run\NAME runs PATH, and alice has a grant for it, of the request $id; the
# policy has these rules.
rules=()
allowed()
{
	local name=$1 path=$2

	shift 2
	must register-elevated-access-task "Run\\$name" -Path "$path" "$@"
	must new-elevated-access-approval-policy "Run\\$name" -ApprovalType Auto -BindParameters:false "${rules[@]}"
	must as alice new-elevated-access-request "Run\\$name" -Reason run -o Id
	id=$out
}
invoke()
{
	as alice invoke-elevated-access-task "Run\\$1" "${@:2}"
}

# records: what the log says about runs, in order. uses: what the grant of $id has counted.
records()
{
	search-elevated-access-audit-log -Operations Invoke-ElevatedAccessTask -SortBy Sequence -o Value \
	    -Property ResultStatus | tail -n "${1:-2}" | xargs
}
uses()
{
	get-elevated-access-authorization -RequestId "$id" -o Value -Property UseCount
}
last()
{
	get-elevated-access-execution "$(search-elevated-access-audit-log -Operations Invoke-ElevatedAccessTask \
	    -RecordType Execution -ResultSize 1 -o Value -Property ObjectIds)" -o Value -Property "$1"
}

# --- what a task gets ---

t "its environment is the fixed list, byte for byte, whatever the caller has set"
allowed env /usr/bin/env
account=$(getent passwd "$(id -u)")
IFS=: read -r name _ _ _ _ home shell <<<"$account"
foreign=(LD_PRELOAD=libm.so.6 LD_LIBRARY_PATH=/tmp/evil GLIBC_TUNABLES=glibc.malloc.check=3 GCONV_PATH=/tmp/evil
    LOCPATH=/tmp/evil NLSPATH=/tmp/evil BASH_ENV=/tmp/evil ENV=/tmp/evil IFS=x SHELLOPTS=xtrace PS4=evil CDPATH=/
    'BASH_FUNC_x%%=() { :; }' PERL5LIB=/tmp/evil PERL5OPT=-d PYTHONPATH=/tmp/evil PYTHONSTARTUP=/tmp/evil
    RUBYLIB=/tmp/evil NODE_OPTIONS=--evil GIT_SSH=/tmp/evil PAGER=evil EDITOR=evil HOME=/tmp/evil
    'PATH=/tmp/evil:.' USER=evil LOGNAME=evil SHELL=/tmp/evil SQLITE_TMPDIR=/tmp/evil TZ=:/tmp/evil DISPLAY=:0
    http_proxy=evil LC_ALL=tr_TR.UTF-8 LANG=de_DE PAMLITE_REQUEST=evil PAMLITE_REQUESTOR=evil PAMLITE_EVIL=1
    TERM=xterm-256color)
as alice run env "${foreign[@]}" "$BIN/invoke-elevated-access-task" 'Run\env'
is "$status" 0
expected="PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HOME=$home
USER=$name
LOGNAME=$name
SHELL=$shell
LC_ALL=C.UTF-8
TERM=xterm-256color
PAMLITE_REQUEST=$id
PAMLITE_REQUESTOR=alice"
is "$out" "$expected"

t "a TERM that is no plain word becomes dumb"
for term in '../../x' "$(printf 'x%.0s' {1..200})" $'vt\e[2J' 'a b' ''; do
	TERM=$term run invoke env
	is "$(grep ^TERM= <<<"$out")" TERM=dumb "TERM=$term"
done

t "its own environment is added and cannot replace the fixed list"
allowed own /usr/bin/env -Environment 'MODE=fast,WHY=a b'
run invoke own
is "$(tail -n 2 <<<"$out")" $'MODE=fast\nWHY=a b'
fails 64 TaskDefinitionInvalid register-elevated-access-task 'Run\bad' -Path /usr/bin/env -Environment LD_PRELOAD=x
fails 64 TaskDefinitionInvalid register-elevated-access-task 'Run\bad' -Path /usr/bin/env -Environment PATH=/tmp

t "descriptors 0, 1 and 2, and no other"
allowed descriptors /usr/bin/ls -ArgumentList /proc/self/fd
(
	for ((n = 3; n <= 200; n++)); do
		eval "exec $n</etc/hostname" 2>/dev/null
	done
	invoke descriptors
) >"$work/seen" 2>"$work/err"
is "$(xargs <"$work/seen")" '0 1 2 3' "3 is the folder that ls reads"

t "no umask, ignored or blocked signal of the caller"
program state <<'EOF'
umask
grep -E '^Sig(Blk|Ign)' /proc/self/status
EOF
allowed state "$work/bin/state"
(
	umask 077
	trap '' HUP PIPE TERM USR1
	invoke state
) >"$work/seen" 2>&1
is "$(cat "$work/seen")" $'0022\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'

t "the folder that is configured, also when the caller's is gone"
allowed where /usr/bin/pwd
allowed there /usr/bin/pwd -WorkingDirectory "$work/bin"
mkdir "$work/gone"
(cd "$work/gone" && rmdir "$work/gone" && invoke where && invoke there) >"$work/seen" 2>"$work/err"
is "$(cat "$work/seen")" "/"$'\n'"$work/bin"
is "$(cat "$work/err")" ''

# --- arguments ---

t "each argument reaches the program unchanged"
allowed show /usr/bin/printf -ArgumentList '<%s>','{x}' -Parameter x=text:4096
for value in 'a b' '"quoted" and '\''so'\''' '$(id) `id` ${HOME}' '*' '; id' '| id > x' 'a\nb\\' 'é ü 漢' '%s %n' \
    '~root' '!!'; do
	run invoke show -Parameter "x='${value//\'/\'\'}'"
	[[ $value == *\'* ]] || is "$status$out" "0<$value>"
	run invoke show -- "$value"
	is "$status$out" "0<$value>"
done
long=$(printf 'x%.0s' {1..4096})
run invoke show -- "$long"
is "$out" "<$long>"

t "64 KiB in one argument, and 5000 arguments, come through"
printf -v most '%s,' {1..4999}
allowed most /usr/bin/echo -ArgumentList "$(printf 'x%.0s' {1..65536}),${most%,}"
run invoke most
is "$(wc -w <"$stdout")" 5000
is "$(cut -d ' ' -f 1 "$stdout" | wc -c)" 65537

t "what would be an option, a second line or longer than declared is refused"
as alice fails 64 InvalidText invoke-elevated-access-task 'Run\show' -- $'a\nb'
as alice fails 64 TaskParameterInvalid invoke-elevated-access-task 'Run\show' -- -rf
as alice fails 64 TaskParameterInvalid invoke-elevated-access-task 'Run\show' -- "$long"x

t "a choice is one of its words and nothing near them"
allowed choose /usr/bin/printf -ArgumentList '<%s>','{x}' -Parameter 'x=choice:a|start|b'
run invoke choose x=start
is "$status$out" '0<start>'
as alice fails 64 InvalidText invoke-elevated-access-task 'Run\choose' -- $'start\nb'
for value in 'a b' star starts START A ' a' 'a ' 'a|start' ''; do
	as alice fails 64 TaskParameterInvalid invoke-elevated-access-task 'Run\choose' -- "$value"
done

t "no shell is between: two programs are executed, ours and the task"
if [[ -n ${SANITIZED:-} ]]; then
	skip "no shell is between" "strace and the leak check do not go together"
else
	as alice run strace -f -qq -e trace=execve,execveat -o "$work/trace" "$BIN/invoke-elevated-access-task" \
	    'Run\show' -- '$(id); id'
	is "$(grep -c ' = 0$' "$work/trace")" 2
	is "$(grep ' = 0$' "$work/trace" | tail -n 1 | grep -c '"\$(id); id"')" 1
fi

# --- what comes back ---

t "its exit status is ours"
program leave <<'EOF'
exit $1
EOF
allowed leave "$work/bin/leave" -ArgumentList '{n}' -Parameter n=int:0..255
for n in 0 1 2 42 64 77 125 126 127 200 255; do
	run invoke leave "n=$n"
	is "$status$err" "$n"
done
is "$(last ExitStatus)" 255

t "128 and the signal when one ends it, and no core is left"
program die <<'EOF'
cd "$2" && kill -s $1 $$
EOF
allowed die "$work/bin/die" -ArgumentList '{s}',"$work/cores" -Parameter 's=choice:TERM|KILL|SEGV|ABRT'
mkdir "$work/cores"
ulimit -S -c "$(ulimit -H -c)"
for pair in TERM=143 KILL=137 SEGV=139 ABRT=134; do
	run invoke die "s=${pair%=*}"
	is "$status" "${pair#*=}" "${pair%=*}"
done
is "$(last Signal,EndReason)" $'6\tSignaled'
is "$(ls "$work/cores")" ''
ulimit -S -c 0

t "10 MiB pass through it unchanged"
allowed pass /usr/bin/cat
head -c 10M /dev/urandom >"$work/random"
is "$(invoke pass <"$work/random" | sha256sum)" "$(sha256sum <"$work/random")"
is "$(head -c 10M "$work/random" | invoke pass | sha256sum)" "$(sha256sum <"$work/random")"

t "a reader that goes away ends it as it ends any program"
allowed yes /usr/bin/yes
run bash -c 'PAMLITE_PRINCIPAL=alice invoke-elevated-access-task "Run\yes" | head -n 1; echo "${PIPESTATUS[0]}"'
is "$out" $'y\n141'

t "its stderr is ours, and both can be one"
program both <<'EOF'
echo out; echo err >&2; echo out
EOF
allowed both "$work/bin/both"
run invoke both
is "$out|$err" $'out\nout|err'
invoke both >"$work/seen" 2>&1
is "$(cat "$work/seen")" $'out\nerr\nout'

# --- what is recorded ---

t "the start is committed before the program starts, the end after it"
program look <<EOF
sqlite3 -readonly '$PAMLITE_DATABASE' "SELECT result FROM audit ORDER BY sequence DESC LIMIT 1;
    SELECT count(*) FROM execution WHERE task = 'Run\\look' AND ended_at IS NULL;"
EOF
allowed look "$work/bin/look"
run invoke look
is "$out" $'Started\n1'
is "$(records)" 'Started Ended'
is "$(last Task,User,ExitStatus,EndReason)" $'Run\\look\talice\t0\tExited'
is "$(last AuthorizationIdentity)" "$(get-elevated-access-authorization -RequestId "$id" -o Id)"

t "a use is counted exactly once"
rules=(-MaxUses 2)
allowed twice /usr/bin/true
succeeds invoke twice
is "$(uses)" 1
succeeds invoke twice
is "$(uses)" 2
as alice fails 126 ElevatedAccessRequired invoke-elevated-access-task 'Run\twice'
is "$(records 1)" Refused
is "$(uses)" 2

# --- programs that cannot be run ---

# unrunnable NAME: Run\NAME has one use, and its program is gone; what comes in its place makes the case.
rules=(-MaxUses 1)
unrunnable()
{
	program "$1" <<<'exit 0'
	allowed "$1" "$work/bin/$1"
	rm "$work/bin/$1"
}

t "a missing program is 127 and burns nothing"
unrunnable missing
started=$(get-elevated-access-execution -o Id | wc -l)
as alice fails 127 ProgramNotFound invoke-elevated-access-task 'Run\missing'
is "$(uses)" 0
program missing <<<'exit 0'
succeeds invoke missing
is "$(uses)" 1

t "a folder, an empty file and one that may not be executed are 126 and burn nothing"
unrunnable folder
mkdir "$work/bin/folder"
as alice fails 126 ProgramNotExecutable invoke-elevated-access-task 'Run\folder'
is "$(uses)" 0
unrunnable plain
: >"$work/bin/plain"
chmod 644 "$work/bin/plain"
as alice fails 126 ProgramNotExecutable invoke-elevated-access-task 'Run\plain'
is "$(uses)" 0
unrunnable empty
: >"$work/bin/empty"
chmod 700 "$work/bin/empty"
as alice fails 126 ProgramNotExecutable invoke-elevated-access-task 'Run\empty'
is "$(uses)" 0
is "$(get-elevated-access-execution -o Id | wc -l)" $((started + 1))

t "what the kernel refuses to execute has a start and an end"
unrunnable machine
head -c 4096 /usr/bin/true >"$work/bin/machine"
printf '\xff\xff' | dd of="$work/bin/machine" bs=1 seek=18 conv=notrunc status=none
unrunnable interpreter
echo '#!/no/such/interpreter' >"$work/bin/interpreter"
unrunnable loop
echo "#!$work/bin/loop" >"$work/bin/loop"
chmod 700 "$work"/bin/{machine,interpreter,loop}
for case in machine=126 interpreter=127 loop=126; do
	run invoke "${case%=*}"
	is "$status" "${case#*=}" "$case"
	[[ -n $err ]] || bad "no word about why: $case"
	is "$(records)" 'Started Ended' "$case"
	is "$(last Task,ExitStatus)" "Run\\${case%=*}"$'\t'"${case#*=}"
done

t "a program with another digest than the registered one is 126"
rules=()
program digest <<<'exit 0'
allowed digest "$work/bin/digest" -Sha256 "$(sha256sum <"$work/bin/digest" | cut -d ' ' -f 1)"
succeeds invoke digest
program digest <<<'exit 1'
as alice fails 126 ProgramNotExecutable invoke-elevated-access-task 'Run\digest'

t "our own failure is 125"
PAMLITE_DATABASE=$work/db/none.db run invoke env
is "$status" 125

t "-WhatIf runs nothing, counts nothing and records nothing"
rules=(-MaxUses 1)
program never <<<"touch '$work/never'"
allowed never "$work/bin/never"
before=$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Sequence)
run invoke never -WhatIf
is "$status" 0
has "$err" 'What if: Performing the operation'
is "$(uses)" 0
is "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Sequence)" "$before"
[[ ! -e $work/never ]] || bad "it ran"
rules=()

t "only under the request that is named"
as alice fails 126 ElevatedAccessRequired invoke-elevated-access-task 'Run\env' -RequestId "$id"
as mallory fails 126 ElevatedAccessRequired invoke-elevated-access-task 'Run\env' -RequestId "$id"

t "a system account runs without a grant, and that is recorded"
must add-elevated-access-system-account robot -Reason 'nightly job'
as robot run invoke-elevated-access-task 'Run\env'
is "$status" 0
lacks "$out" PAMLITE_REQUEST=
has "$out" PAMLITE_REQUESTOR=robot
is "$(last User,AuthorizationIdentity)" $'robot\t'
is "$(records)" 'Started Ended'

# --- what ends it ---

# begin NAME: run it in the background until it has said that it runs; $pid is ours, $run the execution's id.
begin()
{
	rm -f "$work/runs"
	PAMLITE_PRINCIPAL=alice "$BIN/invoke-elevated-access-task" "Run\\$1" >"$work/runs" 2>"$work/runs.err" \
	    </dev/null &
	pid=$!
	until [[ -s $work/runs ]] || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.02
	done
	run=$(get-elevated-access-execution -Running -Task "Run\\$1" -o Id)
}
# ends STATUS: it ends so, within a second of $since; and its task is gone.
limit=1000
[[ -z ${SANITIZED:-} ]] || limit=3000
ends()
{
	wait "$pid"
	status=$?
	took=$(((${EPOCHREALTIME/./} - since) / 1000))
	is "$status" "$1"
	((took <= limit)) || bad "it took $took ms to end"
	is "$(get-elevated-access-execution -Running -o Id)" ''
	! kill -0 "$(head -n 1 "$work/runs")" 2>/dev/null || bad "the task still runs"
}
program long <<'EOF'
echo $$
exec sleep 100
EOF
program polite <<'EOF'
trap 'echo TERM; exit 7' TERM
trap 'echo USR1' USR1
echo $$
while :; do sleep 0.05; done
EOF
allowed long "$work/bin/long"

t "revoking its grant ends it within a second"
begin long
since=${EPOCHREALTIME/./}
as bob succeeds revoke-elevated-access-authorization "$id" -Confirm:false
ends 143
echo "# it took $took ms"
is "$(get-elevated-access-execution "$run" -o Value -Property EndReason,Signal)" $'Revoked\t15'
must as alice new-elevated-access-request 'Run\long' -Reason again -o Id

t "stop-elevated-access-execution ends it within a second"
begin long
since=${EPOCHREALTIME/./}
succeeds stop-elevated-access-execution "$run" -Comment 'host goes down' -Confirm:false
ends 143
echo "# it took $took ms"
is "$(get-elevated-access-execution "$run" -o Value -Property EndReason)" Stopped
fails 75 ExecutionOver stop-elevated-access-execution "$run" -Confirm:false

t "signals to the command reach the task, whose answer counts"
allowed polite "$work/bin/polite"
begin polite
kill -USR1 "$pid"
until [[ $(wc -l <"$work/runs") -ge 2 ]] || ! kill -0 "$pid" 2>/dev/null; do
	sleep 0.02
done
since=${EPOCHREALTIME/./}
kill -TERM "$pid"
ends 7
is "$(sed 1d "$work/runs" | xargs)" 'USR1 TERM'
is "$(get-elevated-access-execution "$run" -o Value -Property EndReason,ExitStatus)" $'Exited\t7'

t "a task that does not mind is ended by TERM as any program"
begin long
since=${EPOCHREALTIME/./}
kill -TERM "$pid"
ends 143
is "$(get-elevated-access-execution "$run" -o Value -Property EndReason)" Signaled

t "the end of the grant ends it only where the policy says so"
program four <<'EOF'
echo $$
exec sleep 4
EOF
for name in ended kept; do
	must register-elevated-access-task "Run\\$name" -Path "$work/bin/four"
	must new-elevated-access-approval-policy "Run\\$name" -ApprovalType Auto \
	    -TerminateOnEnd:"$([[ $name == ended ]] && echo true || echo false)"
	# Five minutes are the least; of these all but two seconds are over.
	as alice later -298s new-elevated-access-request "Run\\$name" -Reason end -Duration PT5M -o Id >>"$work/ending"
done
declare -A pids=()
for name in ended kept; do
	invoke "$name" >"$work/$name" 2>&1 </dev/null &
	pids[$name]=$!
done
since=${EPOCHREALTIME/./}
wait "${pids[ended]}"
is "$?" 143
took=$(((${EPOCHREALTIME/./} - since) / 1000))
((took < 3000 + limit)) || bad "it took $took ms to end"
wait "${pids[kept]}"
is "$?" 0
is "$(get-elevated-access-execution -Task 'Run\ended' -o Value -Property EndReason)" AuthorizationEnded
is "$(get-elevated-access-execution -Task 'Run\kept' -o Value -Property EndReason)" Exited
as alice fails 126 ElevatedAccessRequired invoke-elevated-access-task 'Run\kept'

# --- on a terminal ---

t "on a terminal it can read what is typed, and the terminal is as before"
program ask <<'EOF'
test -t 0 && test -t 1 && read -r answer && echo "you said $answer"
EOF
allowed ask "$work/bin/ask"
cat >"$work/session" <<'EOF'
before=$(stty -g)
invoke-elevated-access-task 'Run\ask'
echo "status $?"
[ "$(stty -g)" = "$before" ] && echo same
EOF
(sleep 0.2; echo yes; sleep 0.2) | PAMLITE_PRINCIPAL=alice script -qec "sh $work/session" /dev/null >"$work/seen" 2>&1
is "$(tr -d '\r' <"$work/seen" | tail -n 3)" $'you said yes\nstatus 0\nsame'

finish
