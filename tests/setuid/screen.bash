# screen.bash - a terminal on which tests type and look, for scripts that source lib.bash
# shellcheck shell=bash disable=SC2034,SC2119,SC2120

# Who sits there.
who=alice
servers=0
tm()
{
	as "$who" env TERM=screen TMUX_TMPDIR="/home/$who" tmux -L "t$servers" -f /dev/null "$@"
}
# shell: a new one, with the prompt "alice> "; $tty is its terminal, $shell the process.
shell()
{
	no_shell
	# Not the same socket again, on which the last server may still be ending.
	servers=$((servers + 1))
	tm new-session -d -s t -x 80 -y 24 \
	    "env PS1='alice> ' TERM=screen PATH=/opt/words:$PATH bash --norc --noprofile" || bad "no tmux"
	read -r tty shell < <(tm display-message -p -t t '#{pane_tty} #{pane_pid}')
	prompt
}
no_shell()
{
	tm kill-server 2>/dev/null
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
# What is on it; blanks at the end of a line are not told.
screen()
{
	tm capture-pane -p -t t 2>/dev/null | sed '/^$/d'
}
# waits WHAT CMD...: at most ten seconds until it is true.
waits()
{
	eventually 10 "${@:2}" || bad "not seen: $1" "$(screen)"
}
# shows PATTERN [N]: a line on the screen, or N of them.
on_screen()
{
	(($(screen | grep -cE -- "$1") >= $2))
}
shows()
{
	waits "$1" on_screen "$1" "${2:-1}"
}
# prompt [PATTERN]: back at it.
last_line()
{
	[[ $(screen | tail -n 1) =~ $1 ]]
}
prompt()
{
	waits "a prompt" last_line "${1:-(^|[^\"\' ])alice>\$}"
}
