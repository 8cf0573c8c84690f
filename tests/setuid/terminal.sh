#!/bin/bash
# terminal.sh - D5: tasks on a real terminal: keys, jobs, sizes and modes, and nothing that reaches the caller's prompt

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"

fixture
if ! command -v tmux >/dev/null; then
	skip "all of it" "tmux is not installed"
	finish
fi

# task NAME WORD...: L\NAME, granted to alice.
task()
{
	must register-elevated-access-task "L\\$1" "${@:2}"
	must new-elevated-access-approval-policy "L\\$1" -ApprovalType Auto -BindParameters:false
	must as alice new-elevated-access-request "L\\$1" -Reason why
}
# program NAME <TEXT: an executable of root's; $program is its path.
program()
{
	program=/opt/fixture/$1
	cat >"$program"
	chmod 755 "$program"
}
printf '#!/bin/sh\nexec invoke-elevated-access-task "L\\\\$1"\n' >/opt/run
chmod 755 /opt/run
task sleep -Path /usr/bin/sleep -ArgumentList 47
task sleep-svc -Path /usr/bin/sleep -ArgumentList 48 -RunAs svc
task cat -Path /usr/bin/cat
grant alice 'L\ok'
grant alice 'L\svc'
world_places >"$lib_state/places"

# --- a terminal with a shell of alice's ---

tm()
{
	as alice env TERM=screen tmux -L pam-lite -f /dev/null "$@"
}
# shell: a new one, with the prompt "alice> ".
shell()
{
	tm kill-server 2>/dev/null
	tm new-session -d -s t -x 80 -y 24 "env PS1='alice> ' TERM=screen bash --norc --noprofile" || bad "no tmux"
	shows 'alice> $'
}
keys()
{
	tm send-keys -t t "$@"
}
# types LINE: and ENTER.
types()
{
	tm send-keys -t t -l "$1"
	keys Enter
}
screen()
{
	tm capture-pane -p -t t
}
# shows PATTERN: the screen does, within ten seconds. The end of the text is that of the screen.
on_screen()
{
	grep -qE -- "$1" <<<"$(screen)"
}
last_line()
{
	[[ $(screen | sed '/^$/d' | tail -n 1) =~ $1 ]]
}
shows()
{
	eventually 10 on_screen "$1" || bad "not on the screen: $1" "$(screen | sed '/^$/d')"
}
# prompt: back at it; answers PATTERN: what `echo` of the last status or another command says.
prompt()
{
	eventually 10 last_line '^alice> $' || eventually 1 last_line '^alice>$' || bad "no prompt" "$(screen | sed '/^$/d')"
}
answers()
{
	types "echo =$1="
	shows "^=$2=\$"
	prompt
	keys C-l
}
runs()
{
	eventually 10 pgrep -f "^/usr/bin/sleep $1" >/dev/null || bad "the task does not run" "$(screen | sed '/^$/d')"
	sleep 0.3
}
is_gone()
{
	! pgrep -f "^/usr/bin/sleep $1" >/dev/null
}
no_runner()
{
	[[ -z $(pids $runner) ]]
}
stopped()
{
	[[ $(awk '/^State/ { print $2 }' "/proc/$(pgrep -f "^/usr/bin/sleep $1")/status") == T ]]
}
running()
{
	[[ $(awk '/^State/ { print $2 }' "/proc/$(pgrep -f "^/usr/bin/sleep $1")/status") == S ]]
}
# on_script CMD: on a terminal without job control; $out without what the terminal adds.
on_script()
{
	run as alice script -qefc "$1" /dev/null
	out=$(tr -d '\r' <<<"$out" | sed '1s/^\^@//; s/\x08//g')
}

# --- which terminal ---

t "D5 row 91: a task has a terminal of its own, which is the run-as account's"
on_script 'tty; exec /opt/run svc'
theirs=$(head -n 1 <<<"$out")
out=$(sed 1d <<<"$out")
is "$status" 0
its=$(jq -r '.terminals[0]' <<<"$out")
matches "$its" '^/dev/pts/[0-9]+$'
[[ $its != "$theirs" ]] || bad "it is the caller's"
is "$(jq -c '[.terminals[1], .terminals[2], .controlling, .terminal_owner]' <<<"$out")" \
    "[\"$its\",\"$its\",true,$(id -u svc)]"
on_script 'exec /opt/run svc </dev/null | cat'
is "$(jq -c '[.terminals[0], .terminals[1]]' <<<"$out")" '["",""]' "a pipe is no terminal"

t "without a terminal there is none"
run as alice setsid /opt/run svc
is "$(jq -c '[.terminals, .controlling]' <<<"$out")" '[["","",""],false]'

t "D5 row 92: output to another terminal goes there, and is not taken for the caller's"
shell
other=$(tm display-message -p -t t '#{pane_tty}')
chmod 666 "$other"
on_script "tty; exec /opt/run svc >$other"
theirs=$(head -n 1 <<<"$out")
is "$(wc -l <<<"$out")" 1 "it came to the caller's terminal too"
shows "\"terminals\":\\[\"/dev/pts/[0-9]+\",\"$other\","
lacks "$(screen)" "\"$theirs\""
tm kill-server

t "D5 row 93: what a task types into its terminal is not typed at the caller's prompt"
program stuffs <<-'EOT'
	#!/usr/bin/perl
	use strict;
	my $line = "touch /tmp/stuffed\n";
	sub stuff {
		my $done = 0;
		for my $fd (0 .. 2) {
			open(my $f, "+<&=", $fd) or next;
			for my $c (split //, $line) { $done++ if ioctl($f, 0x5412, $c) }
			ioctl($f, 0x541c, "\x02" . "\0" x 15);
			ioctl($f, 0x541c, "\x03" . "\0" x 15);
		}
		if (open(my $f, "+<", "/dev/tty")) {
			for my $c (split //, $line) { $done++ if ioctl($f, 0x5412, $c) }
		}
		return $done;
	}
	stuff();
	exit 0 if fork;
	$SIG{HUP} = "IGNORE";
	for (1 .. 10) { select(undef, undef, undef, 0.1); stuff() }
	open(my $f, ">", "/opt/shared/stuffed-over");
EOT
task stuffs -Path "$program" -RunAs svc
shell
types '/opt/run stuffs'
sleep 1
prompt
eventually 5 test -e "$shared/stuffed-over" || bad "the one in the background did not go on"
keys C-l
answers '$?' '[0-9]+'
keys Enter
sleep 0.3
[[ ! -e /tmp/stuffed ]] || bad "it was executed at the prompt"
rm -f "$shared/stuffed-over"
tm kill-server

# --- modes ---

t "D5 row 94: the terminal's modes are as before, however the task ended"
program raw <<-'EOT'
	#!/bin/bash
	stty raw -echo intr x
	case $1 in
	kill) kill -KILL $$ ;;
	wait) echo waiting >/opt/fixture/raw.waits; sleep 49 ;;
	esac
EOT
for how in end kill wait; do
	task "raw-$how" -Path "$program" -ArgumentList $how
done
rm -f /opt/fixture/raw.waits
for how in end kill; do
	on_script "stty -g; /opt/run raw-$how; stty -g"
	is "$(sed -n '$p' <<<"$out")" "$(head -n 1 <<<"$out")" "after $how"
done
for victim in runner monitor front; do
	rm -f /opt/fixture/raw.waits
	begin killed as alice script -qefc 'stty -g; /opt/run raw-wait; stty -g' /dev/null
	eventually 10 test -e /opt/fixture/raw.waits || bad "the task does not run"
	sleep 0.3
	mapfile -t runners < <(pids $runner)
	case $victim in
	runner) kill -KILL "${runners[0]}" ;;
	monitor) kill -KILL "${runners[1]}" ;;
	front) kill -KILL "$(awk '/^PPid/ { print $2 }' "/proc/${runners[0]}/status")" ;;
	esac
	ended killed
	modes=$(tr -d '\r' <<<"$out" | grep -oE '[0-9a-f]+(:[0-9a-f]+){10,}' | sort | uniq -c | awk '{ print $1 }')
	is "$modes" 2 "the $victim was killed"
	eventually 8 no_runner || bad "the $victim was killed: its processes stay"
	is "$(pgrep -f '^sleep 49')" '' "the $victim was killed: the task goes on"
done
rm -f /opt/fixture/raw.waits

t "D5 row 94: when the terminal hangs up the task is told, and ended"
shell
types '/opt/run sleep'
runs 47
tm kill-server
eventually 8 is_gone 47 || bad "the task goes on"
eventually 8 no_runner || bad "the runner stays"
matches "$(last_end)" '^Signaled  (1|15)$'

t "D5 row 95: the task sees the size, and its changes"
program sizes <<-'EOT'
	#!/bin/bash
	trap 'stty size' WINCH
	stty size
	for ((i = 0; i < 80; i++)); do sleep 0.1; done
EOT
task sizes -Path "$program" -RunAs svc
shell
types '/opt/run sizes'
shows '^24 80$'
tm resize-window -t t -x 100 -y 30
shows '^30 100$'
tm resize-window -t t -x 60 -y 20
shows '^20 60$'
keys C-c
prompt
tm kill-server

# --- keys and jobs ---

for pair in sleep=47 sleep-svc=48; do
	name=${pair%=*} seconds=${pair#*=}
	t "D5 row 96: ^C and ^\\ end $name as they end any program"
	shell
	types "/opt/run $name"
	runs "$seconds"
	keys C-c
	prompt
	answers '$?' 130
	is_gone "$seconds" || bad "the task goes on"
	is "$(last_end)" 'Signaled  2'
	types "/opt/run $name"
	runs "$seconds"
	keys 'C-\'
	prompt
	answers '$?' 131
	is "$(last_end)" 'Signaled  3'

	t "D5 row 96: ^Z stops $name; fg and bg continue it"
	types "/opt/run $name"
	runs "$seconds"
	keys C-z
	shows 'Stopped +/opt/run'
	prompt
	eventually 5 stopped "$seconds" || bad "the task is not stopped"
	answers '$((6*7))' 42
	types fg
	eventually 5 running "$seconds" || bad "fg does not continue the task"
	sleep 0.5
	keys C-z
	shows 'Stopped +/opt/run'
	prompt
	types bg
	eventually 5 running "$seconds" || bad "bg does not continue the task"
	prompt
	answers '$((6*8))' 48
	types fg
	sleep 0.7
	keys C-c
	prompt
	eventually 5 is_gone "$seconds" || bad "fg, then ^C: the task goes on"
	types '/opt/run '"$name"' &'
	runs "$seconds"
	types 'kill %1'
	eventually 8 is_gone "$seconds" || bad "kill %1: the task goes on"
	prompt
	tm kill-server
	eventually 5 no_runner || bad "the runner stays"
done

t "D5 row 96: input and output of a task in the foreground, before and after a stop"
shell
types '/opt/run cat'
sleep 0.7
types first
eventually 5 bash -c '[[ $(grep -c "^first$" <<<"$1") == 2 ]]' bash "$(sleep 0.5; screen)" || bad "echo and output" "$(screen)"
keys C-z
shows 'Stopped'
prompt
types fg
sleep 0.7
types second
sleep 0.5
is "$(screen | grep -c '^second$')" 2
keys C-d
prompt
answers '$?' 0

t "D5 row 96: a task in the background that wants the terminal waits for fg"
types '/opt/run cat &'
sleep 1
keys Enter
shows 'Stopped|\[1\]'
answers '$((6*9))' 54
types fg
sleep 1
types third
sleep 0.5
is "$(screen | grep -c '^third$')" 2
keys C-d
prompt
program modes <<-'EOT'
	#!/bin/sh
	stty -echo && echo changed
	stty echo
EOT
task modes -Path "$program" -RunAs svc
types '/opt/run modes &'
sleep 1.5
keys Enter
answers '$((7*7))' 49
types 'fg 2>/dev/null || echo no job'
shows 'changed|no job'
prompt
keys C-l
tm kill-server

t "D5 row 96: in a pipe with job control: ^Z, fg and ^C reach all of it"
program counts <<-'EOT'
	#!/bin/bash
	for ((i = 1; i <= 300; i++)); do echo "n$i"; sleep 0.1; done
EOT
task counts -Path "$program" -RunAs svc
shell
types '/opt/run counts | cat'
shows '^n5$'
keys C-z
shows 'Stopped'
prompt
last=$(screen | grep -oE '^n[0-9]+' | tail -n 1)
sleep 1
is "$(screen | grep -oE '^n[0-9]+' | tail -n 1)" "$last" "it goes on though it is stopped"
types fg
shows "^n$((${last#n} + 5))\$"
keys C-c
prompt
eventually 5 no_runner || bad "^C: the runner stays"
types 'echo from the pipe | /opt/run cat | tr a-z A-Z'
shows '^FROM THE PIPE$'
prompt
tm kill-server

# --- programs that people use ---

have()
{
	program=$(command -v "$1") && program=$(readlink -f "$program")
}
seq 1 200 | sed 's/^/line /' >/opt/fixture/lines

if have vim || have vi; then
	t "an editor: draws, takes keys, is suspended and continued, and leaves the terminal as it was"
	task edit -Path "$program" -ArgumentList -u,NONE,/opt/fixture/edited
	shell
	types 'stty -g >/tmp/before; /opt/run edit; stty -g >/tmp/after'
	shows '^~'
	keys i
	tm send-keys -t t -l 'typed by alice'
	keys Escape
	shows 'typed by alice'
	keys C-z
	shows 'Stopped'
	prompt
	types fg
	shows '^~'
	types ':wq'
	prompt
	is "$(cat /opt/fixture/edited)" 'typed by alice'
	is "$(stat -c %U /opt/fixture/edited)" root
	is "$(cat /tmp/after)" "$(cat /tmp/before)"
	tm kill-server
	rm -f /tmp/before /tmp/after
else
	skip "an editor as a task" "neither vim nor vi is installed"
fi

if have less; then
	t "less: pages, searches, and ends"
	task less -Path "$program" -ArgumentList /opt/fixture/lines
	shell
	types '/opt/run less'
	shows '^line 1$'
	keys Space
	shows '^line 40$'
	types /150
	shows '^line 150$'
	keys q
	prompt
	answers '$?' 0
	tm kill-server
else
	skip "less as a task" "it is not installed"
fi

t "top: draws by itself, and q ends it"
if have top; then
	task top -Path "$program" -RunAs svc -ArgumentList -d,0.5
	shell
	types '/opt/run top'
	shows 'PID +USER'
	keys q
	prompt
	answers '$?' 0
	tm kill-server
else
	skip "top as a task" "it is not installed"
fi

t "a shell: prompt, jobs of its own, its status"
program_shell=$(readlink -f "$(command -v bash)")
task shell -Path "$program_shell" -ArgumentList --norc,--noprofile,-i -Environment "PS1=root> "
shell
types '/opt/run shell'
eventually 10 last_line '^(root>|bash-[0-9.]+#) *$' || bad "no prompt of root's" "$(screen | sed '/^$/d')"
types 'echo =$(id -u)='
shows '^=0=$'
types 'sleep 46'
sleep 0.7
keys C-z
shows 'Stopped +sleep 46'
types 'fg'
sleep 0.5
keys C-c
sleep 0.3
types 'echo =$?='
shows '^=130=$'
keys C-c
types 'exit 7'
prompt
answers '$?' 7
is "$(last_end)" 'Exited 7'
tm kill-server

rm -f /opt/run
finish
