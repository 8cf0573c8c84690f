#!/bin/bash
# terminal.sh - D5: tasks on a real terminal: keys, jobs, sizes and modes, and nothing that reaches the caller's prompt

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"
. "$ROOT/tests/setuid/screen.bash"

for needed in tmux perl; do
	if ! command -v $needed >/dev/null; then
		skip "all of it" "$needed is not installed"
		finish
	fi
done
fixture

# What alice types: "run NAME" is the task, "plain PROGRAM WORD..." the same without us.
mkdir /opt/words
printf '#!/bin/sh\nexec invoke-elevated-access-task "L\\\\$1"\n' >/opt/words/run
printf '#!/bin/sh\nexec "$@"\n' >/opt/words/plain
chmod 755 /opt/words/*
note_places
task sleep -Path /usr/bin/sleep -ArgumentList 47
task sleep-svc -Path /usr/bin/sleep -ArgumentList 48 -RunAs svc
task cat -Path /usr/bin/cat
grant alice 'L\ok'
grant alice 'L\svc'
# An input that has no end.
mkfifo "$work/silence"
exec {silence}<>"$work/silence"

# --- what alice's shell says ---

# says TEXT: what the shell makes of it is $said.
questions=0
says()
{
	questions=$((questions + 1))
	types "echo =$questions:$1="
	waits "the answer" on_screen "^=$questions:.*=\$" 1
	said=$(screen | grep -oE "^=$questions:.*=\$" | tail -n 1)
	said=${said#*:}
	said=${said%=}
	prompt
}
# answers TEXT EXPECTED
answers()
{
	says "$1"
	is "$said" "$2" "the shell's answer to $1"
}
modes()
{
	stty -F "$tty" -g
}
# By us: a shell that edits its line leaves the keys that send signals as they are.
is_raw()
{
	grep -q -- '-isig' <<<"$(stty -F "$tty" -a)"
}
is_as_before()
{
	[[ $(modes) == "$before" ]]
}
# Another job than the shell has the terminal.
is_in_front()
{
	local leader group

	read -r leader group < <(sed 's/.*) //' "/proc/$shell/stat" | awk '{ print $3, $6 }')
	[[ $leader != "$group" ]]
}

# --- what runs ---

# The process of sleep N; states: its own.
sleeper()
{
	pgrep -x -f "/usr/bin/sleep $1"
}
is_gone()
{
	! sleeper "$1" >/dev/null
}
is_state()
{
	[[ $(awk '/^State/ { print $2 }' "/proc/$1/status" 2>/dev/null) == "$2" ]]
}
runs()
{
	waits "the task" sleeper "$1" >/dev/null
	waits "the job in front" is_in_front
}
becomes()
{
	waits "sleep $1 in state $2" is_state "$(sleeper "$1")" "$2"
}
no_runner()
{
	[[ -z $(pids "$runner") ]]
}
front()
{
	pids "$BIN/invoke-elevated-access-task"
}
front_is_stopped()
{
	is_state "$(front)" T
}
# on_script CMD: on a terminal without job control; $out without what the terminal adds.
on_script()
{
	feed as alice env PATH="/opt/words:$PATH" script -qefc "$1" /dev/null <&"$silence"
	out=$(tr -d '\r' <<<"$out")
}

# --- which terminal ---

t "D5 row 91: a task has a terminal of its own, which is the run-as account's"
on_script 'tty; run svc'
is "$status" 0
theirs=$(head -n 1 <<<"$out")
out=$(sed 1d <<<"$out")
its=$(jq -r '.terminals[0]' <<<"$out")
matches "$theirs" '^/dev/pts/[0-9]+$'
matches "$its" '^/dev/pts/[0-9]+$'
[[ $its != "$theirs" ]] || bad "it is the caller's"
is "$(jq -c '[.terminals[1], .terminals[2], .controlling, .terminal_owner]' <<<"$out")" \
    "[\"$its\",\"$its\",true,$(id -u svc)]"
on_script 'run svc </dev/null | cat'
is "$(jq -c '[.terminals[0], .terminals[1]]' <<<"$out")" '["",""]' "a pipe is no terminal"
# shellcheck disable=SC2016
on_script 'exec 3</etc/passwd 9</dev/tty; run ok'
is "$(jq -c .descriptors <<<"$out")" '[0,1,2]'

t "without a terminal there is none"
run as alice setsid /opt/words/run svc
is "$(jq -c '[.terminals, .controlling]' <<<"$out")" '[["","",""],false]'

t "D5 row 92: output to another terminal goes there, and is not taken for the caller's"
shell
chmod 666 "$tty"
on_script "tty; run svc >$tty"
theirs=$(head -n 1 <<<"$out")
is "$(wc -l <<<"$out")" 1 "it came to the caller's terminal too"
shows "\"terminals\":\\[\"/dev/pts/[0-9]+\",\"$tty\","
lacks "$(screen)" "\"$theirs\""

t "D5 row 93: what a task types into its terminal is not typed at the caller's prompt"
program stuffs <<-'EOT'
	#!/usr/bin/perl
	use strict;
	my $line = "touch $ARGV[1]\n";
	sub stuff {
		for my $fd (0 .. 2) {
			open(my $f, "+<&=", $fd) or next;
			for my $c (split //, $line) { ioctl($f, 0x5412, $c) }
			for my $what (2, 3) {
				my $words = chr($what) . "\0" x 15;
				ioctl($f, 0x541c, $words);
			}
		}
		open(my $f, "+<", "/dev/tty") or return;
		for my $c (split //, $line) { ioctl($f, 0x5412, $c) }
	}
	stuff();
	exit 0 if fork;
	$SIG{HUP} = "IGNORE";
	for (1 .. 8) { select(undef, undef, undef, 0.05); stuff() }
	open(my $f, ">", $ARGV[0]);
EOT
task stuffs -Path "$program" -RunAs svc -ArgumentList "$shared/stuffed-over",/tmp/stuffed
is_over()
{
	[[ -e $shared/stuffed-over ]]
}
# Where the kernel lets anybody do it, alice's own shell shows that the program can.
if [[ $(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null) == 1 ]]; then
	shell
	types "plain $program $shared/stuffed-over /tmp/typed"
	waits "the end of the program" is_over
	waits "what was typed for alice" test -e /tmp/typed
	rm -f "$shared/stuffed-over"
fi
shell
types 'run stuffs'
prompt
waits "the end of what stays in the background" is_over
answers '$?' 0
keys Enter
answers 'typed' typed
[[ ! -e /tmp/stuffed ]] || bad "it was executed at the prompt"
rm -f "$shared/stuffed-over" /tmp/typed

# --- modes ---

t "D5 row 94: the terminal's modes are as before, however the task ended"
program raw <<-'EOT'
	#!/bin/bash
	stty raw -echo intr x
	case $1 in
	kill) kill -KILL $$ ;;
	wait) printf 'waits\r\n'; exec /usr/bin/sleep 49 ;;
	esac
EOT
for how in end kill wait; do
	task "raw-$how" -Path "$program" -ArgumentList $how
done
for how in end kill; do
	on_script "stty -g; run raw-$how; stty -g"
	is "$(sed -n '$p' <<<"$out")" "$(head -n 1 <<<"$out")" "after $how"
done

# Read before the task begins: at its prompt a shell has modes of its own. After each the terminal must serve
# a program that leaves its modes alone, in a shell without jobs.
while read -r victim expected reason; do
	t "D5 row 94, 99: ${victim//+/ and } killed: the terminal is as before, the task ends, and the audit says so"
	shell
	types "exec sh -c 'stty -g >/tmp/before; run raw-wait; echo status \$?; exec cat'"
	waits "the task" sleeper 49 >/dev/null
	before=$(</tmp/before)
	is_raw || bad "the modes are not changed"
	mapfile -t runners < <(pids "$runner")
	case $victim in
	runner) kill -KILL "${runners[0]}" ;;
	monitor) kill -KILL "${runners[1]}" ;;
	runner+monitor)
		# At once: neither has time to do something for the other.
		kill -STOP "${runners[0]}"
		kill -KILL "${runners[1]}" "${runners[0]}"
		;;
	front) kill -KILL "$(front)" ;;
	task) kill -KILL "$(sleeper 49)" ;;
	esac
	# A shell may print before the runner has seen that its front is gone.
	shows "^ *status $expected\$"
	waits "the modes as before" is_as_before
	types 'what is typed'
	shows '^ *what is typed$' 2
	# With the monitor goes the task's terminal, which hangs up.
	waits "the end of the task" is_gone 49
	waits "the end of the runner" no_runner
	is "$(last_end)" "$reason"
	is "$(world_processes)" ''
done <<-'EOT'
	runner 125 Unknown
	monitor 125 Unknown
	runner+monitor 125 Unknown
	front 137 Signaled  15
	task 137 Signaled  9
EOT

t "D5 row 94: when the terminal hangs up the task is told, and ended"
shell
types 'run sleep'
runs 47
no_shell
waits "the end of the task" is_gone 47
waits "the end of the runner" no_runner
matches "$(last_end)" '^Signaled  (1|15)$'
shell
types 'run sleep'
runs 47
keys C-z
prompt
no_shell
waits "the end of a task that was stopped" is_gone 47
waits "its runner's end" no_runner

t "a caller who ignores hang-ups keeps his task, as any program"
shell
types "(trap '' HUP; exec run sleep </dev/null >/dev/null 2>&1)"
runs 47
no_shell
sleep 0.3
sleeper 47 >/dev/null || bad "the task was ended"
pkill -TERM -x -f '/usr/bin/sleep 47'
waits "the end of the runner" no_runner

t "D5 row 95: the task sees the size, and its changes"
program sizes <<-'EOT'
	#!/bin/bash
	trap 'stty size' WINCH
	stty size
	while :; do sleep 0.05; done
EOT
# has_size ROWS COLUMNS: tmux tells the terminal a moment later.
has_size()
{
	[[ $(stty size <"$(tm display-message -p -t t '#{pane_tty}')") == "$1 $2" ]]
}
task sizes -Path "$program" -RunAs svc
shell
types 'run sizes'
shows '^24 80$'
tm resize-window -t t -x 100 -y 30
shows '^30 100$'
tm resize-window -t t -x 60 -y 20
shows '^20 60$'
keys C-z
prompt
tm resize-window -t t -x 70 -y 22
waits "the new size" has_size 22 70
types fg
shows '^22 70$'
keys C-c
prompt

# --- keys and jobs ---

# job_facts CMD N: what a person sees of it, told in $facts; the program is sleep N.
job_facts()
{
	facts=''
	shell
	before=$(modes)
	for key in C-c 'C-\'; do
		types "$1"
		runs "$2"
		keys "$key"
		prompt
		says '$?'
		facts+="$key $said "
		waits "the end of sleep $2 by $key" is_gone "$2"
	done
	types "$1"
	runs "$2"
	keys C-z
	prompt
	becomes "$2" T
	says '$?'
	facts+="C-z $said "
	says '$(jobs | wc -l)$(jobs | grep -c Stopped)'
	facts+="stopped $said "
	types fg
	becomes "$2" S
	waits "the job in front" is_in_front
	keys C-z
	prompt
	becomes "$2" T
	types bg
	becomes "$2" S
	prompt '&$|alice>$'
	says '$(jobs | wc -l)$(jobs | grep -c Running)'
	facts+="bg $said "
	types fg
	waits "the job in front" is_in_front
	keys C-c
	prompt
	says '$?'
	facts+="fg, C-c $said "
	waits "the end of sleep $2 after fg" is_gone "$2"
	types "$1 &"
	waits "the task" sleeper "$2" >/dev/null
	types 'kill %1; wait %1'
	waits "the end of sleep $2 by kill" is_gone "$2"
	prompt
	says '$?'
	facts+="kill %1 $said "
	types "for i in 1 2 3; do $1; done"
	runs "$2"
	keys C-c
	prompt
	says '$i,$?'
	facts+="loop $said "
	facts+="modes $(is_as_before || echo not) as before"
	waits "the end of the runner" no_runner
}

t "D5 row 96: ^C, ^\\, ^Z, fg, bg, kill and loops of a shell: what a person sees is what a plain program shows"
job_facts 'plain /usr/bin/sleep 46' 46
plain=$facts
has "$plain" 'C-c 130 C-\ 131 C-z 148 stopped 11 bg 11 fg, C-c 130 kill %1 143 loop 1,130'
for pair in sleep=47 sleep-svc=48; do
	from=$(executions)
	job_facts "run ${pair%=*}" "${pair#*=}"
	is "$facts" "$plain" "$pair"
	# Two by keys, one through fg, one by TERM, and the loop's.
	signals=$(dbquery "SELECT signal FROM execution ORDER BY rowid LIMIT -1 OFFSET $from")
	is "${signals//$'\n'/,}" 2,3,2,15,2
done

t "D5 row 96: input and output of a task in the foreground, before and after a stop; ^D ends the input"
shell
types 'run cat'
waits "raw modes" is_raw
types first
shows '^first$' 2
keys C-z
shows 'Stopped'
prompt
types fg
waits "raw modes" is_raw
types second
shows '^second$' 2
keys C-d
prompt
answers '$?' 0
is "$(last_end)" 'Exited 0'

t "D5 row 96: a task in the background that wants the terminal waits for fg"
shell
types 'run cat &'
waits "the job's stop" front_is_stopped
answers '$((6*9))' 54
types fg
waits "raw modes" is_raw
types third
shows '^third$' 2
keys C-d
prompt
program modes <<-'EOT'
	#!/bin/sh
	stty -echo && echo changed
	stty echo
EOT
task modes -Path "$program" -RunAs svc
types 'run modes &'
waits "the job's stop" front_is_stopped
answers '$((7*7))' 49
types fg
shows '^changed$'
prompt
waits "the end of the runner" no_runner

t "D5 row 96: a shell without jobs, and a session that nobody could continue, do not lock up"
shell
types "exec sh -c 'stty -g >/tmp/before; run cat & wait; echo waited; exec cat'"
shows '^waited$'
before=$(</tmp/before)
waits "the end of the runner" no_runner
types 'what is typed'
shows '^what is typed$' 2
is_as_before || bad "the modes are not as before"
# It leads the session: ^Z is discarded, as for any program there.
shell
types 'exec run sleep'
waits "the task" sleeper 47 >/dev/null
waits "raw modes" is_raw
keys C-z
sleep 0.5
becomes 47 S
keys C-c
waits "the end of the task" is_gone 47
waits "the end of the runner" no_runner

t "D5 row 96: in a pipe with job control ^Z, fg and ^C reach all of it"
program counts <<-'EOT'
	#!/bin/bash
	for ((i = 1; i <= 600; i++)); do echo "n$i"; sleep 0.05; done
EOT
task counts -Path "$program" -RunAs svc
shell
types 'run counts | cat'
shows '^n5$'
keys C-z
shows 'Stopped'
prompt
counted=$(screen | grep -oE '^n[0-9]+' | tail -n 1)
sleep 0.4
is "$(screen | grep -oE '^n[0-9]+' | tail -n 1)" "$counted" "it goes on though it is stopped"
types fg
shows "^n$((${counted#n} + 5))\$"
keys C-c
prompt
waits "the end of the runner" no_runner
is "$(last_end)" 'Signaled  2'
types 'echo from the pipe | run cat | tr a-z A-Z'
shows '^FROM THE PIPE$'
prompt

# --- bytes ---

t "what passes through pipes beside a terminal is the same to the byte; what is printed on one to the end"
head -c 20000000 /dev/urandom >"$shared/big"
expected=$(sha256sum <"$shared/big")
shell
types "cat $shared/big | run cat | sha256sum"
shows "^${expected%% *}"
prompt
rm "$shared/big"
program prints <<-'EOT'
	#!/bin/sh
	seq 1 60000
	printf 'the last bytes without an end of line'
EOT
task prints -Path "$program" -RunAs svc
on_script 'run prints'
is "$(sha256sum <"$stdout")" "$("$program" | sed '$!s/$/\r/' | sha256sum)"
on_script 'sleep 0.1 | run prints | tail -c 12'
is "$out" ' end of line'

# --- programs that people use ---

have()
{
	program=$(command -v "$1") && program=$(readlink -f "$program")
}
seq 1 200 | sed 's/^/line /' >/opt/fixture/lines

if have vim || have vim.tiny || have vi; then
	t "an editor: draws, takes keys, is suspended and continued, and leaves the terminal as it was"
	task edit -Path "$program" -ArgumentList:-u,NONE,-i,NONE,-n,/opt/fixture/edited
	shell
	before=$(modes)
	types 'run edit'
	shows '^~'
	keys i
	tm send-keys -t t -l 'typed by alice'
	keys Escape
	shows '^typed by alice'
	keys C-z
	shows 'Stopped'
	prompt
	tm resize-window -t t -x 100 -y 12
	answers '$?' 148
	types fg
	shows '^~'
	shows '^typed by alice'
	is "$(screen | grep -c '^~')" 10 "it has not seen the new size"
	types ':wq'
	prompt
	answers '$?' 0
	is "$(cat /opt/fixture/edited)" 'typed by alice'
	is "$(stat -c %U /opt/fixture/edited)" root
	is_as_before || bad "the modes are not as before"
else
	skip "an editor as a task" "neither vim nor vi is installed"
fi

if have less; then
	t "less: pages, searches, and ends, as a task and behind one"
	task less -Path "$program" -ArgumentList /opt/fixture/lines
	task lines -Path /usr/bin/cat -ArgumentList /opt/fixture/lines
	for line in 'run less' 'run lines | less'; do
		shell
		before=$(modes)
		types "$line"
		shows '^line 1$'
		keys Space
		shows '^line 40$'
		types /150
		shows '^line 150$'
		keys C-z
		shows 'Stopped'
		prompt
		types fg
		shows '^line 150$'
		keys q
		prompt
		answers '$?' 0
		is_as_before || bad "the modes are not as before: $line"
	done
else
	skip "less as a task" "it is not installed"
fi

if have top; then
	t "top: draws by itself, and q ends it"
	task top -Path "$program" -RunAs svc -ArgumentList:-d,0.5
	shell
	before=$(modes)
	types 'run top'
	shows 'PID +USER'
	keys q
	prompt
	answers '$?' 0
	is_as_before || bad "the modes are not as before"
else
	skip "top as a task" "it is not installed"
fi

t "a shell: prompt, jobs of its own, its status"
program_shell=$(readlink -f "$(command -v bash)")
task shell -Path "$program_shell" -ArgumentList:--norc,--noprofile,-i -Environment "PS1=root> "
shell
before=$(modes)
types 'run shell'
prompt '^root>$'
types 'echo =$(id -u)='
shows '^=0=$'
types '/usr/bin/sleep 45'
waits "a job of root's" sleeper 45 >/dev/null
keys C-z
shows 'Stopped +/usr/bin/sleep 45'
prompt '^root>$'
becomes 45 T
types fg
becomes 45 S
keys C-c
waits "the end of root's job" is_gone 45
prompt '^root>$'
types 'echo =$?='
shows '^=130=$'
types 'suspend -f'
prompt
answers '$?' 147
types fg
prompt '^root>$'
types 'exit 7'
prompt
answers '$?' 7
is_as_before || bad "the modes are not as before"
is "$(last_end)" 'Exited 7'
no_shell

exec {silence}>&-
rm -rf /opt/words /tmp/before
note_places
finish
