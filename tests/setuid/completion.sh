#!/bin/bash
# completion.sh - Tab on the system database: each sees what is his, nothing is written, and nobody waits for a lock

. "$(dirname "$0")/lib.bash"
for needed in tmux zsh fish; do
	if ! command -v "$needed" >/dev/null; then
		skip "all of it" "needs $needed"
		finish
	fi
done
. "$world_here/screen.bash"

must new-elevated-access-approver-group ops -Member bob,dave
must new-elevated-access-approver-group web -Member alice
must enable-elevated-access-control -AdminGroup ops
must register-elevated-access-task 'Linux\restart-web' -Path /bin/echo -ArgumentList '{unit}' -Parameter unit=word
must new-elevated-access-approval-policy 'Linux\restart-web' -ApprovalType Manual -ApproverGroup ops \
    -EligibleGroup web
share=$world_prefix/share

# presses LINE: without ENTER, and the answer to its last Tab is there: a mark behind it is, and goes again.
presses()
{
	tm send-keys -t t -l -- "$1"
	keys Tab %
	waits "an answer to: $1" last_line '%$'
	keys BSpace
}
# reads SHELL: the user's shell with the completion that was installed, at its prompt.
reads()
{
	shell
	case $1 in
	bash) types ". $share/bash-completion/completions/approve-elevated-access-request" ;;
	zsh)
		types "exec zsh -f"
		types "PS1='alice> ' fpath=($share/zsh/site-functions \$fpath); autoload compinit; compinit -u -D"
		;;
	fish)
		types "exec env XDG_DATA_DIRS=$share:/usr/share fish --private"
		types "function fish_prompt; echo -n 'alice> '; end; set -g fish_autosuggestion_enabled 0"
		;;
	esac
	types clear
	prompt '^alice>$'
}

t "alice asks, with Tab at every step"
reads bash
presses new-elevated-access-request\ Linux/re
presses '-Rea'
tm send-keys -t t -l -- "'the site is down' "
presses -Par
presses un
types 'nginx.service -o Id'
shows '^[0-9a-f]{8}-'
id=$(screen | grep -oE '^[0-9a-f]{8}-[-0-9a-f]*$' | tail -n 1)
is "$(get-elevated-access-request -Property RequestorUPN,RequestedAccess,Parameters,Reason -o Value)" \
    "$(printf 'alice\tLinux\\restart-web\tunit=nginx.service\tthe site is down')"
no_shell

t "who decides is offered it with who and what; others are not, and nothing is recorded of either"
mark
run as bob approve-elevated-access-request --complete ''
is "$out" "$(printf 'word\t%s\t%s' "$id" 'alice, Linux\restart-web, unit=nginx.service, the site is down')"
for user in alice carol svc; do
	run as "$user" approve-elevated-access-request --complete ''
	is "$status$out$err" 0
done
run as alice stop-elevated-access-request --complete ''
has "$out" "$id"
for words in 'get-elevated-access-request x' 'unregister-elevated-access-task L' \
    'set-elevated-access-approver-group o' 'get-elevated-access-system-account s' \
    'get-elevated-access-notification x' 'revoke-elevated-access-authorization x' \
    'remove-elevated-access-approval-policy L' 'invoke-elevated-access-task L'; do
	# shellcheck disable=SC2086
	run as carol ${words% *} --complete ''
	is "$status$out$err" 0 "$words"
	# shellcheck disable=SC2086
	run as carol ${words% *} --complete "${words#* }"
	is "$status$out$err" 0 "$words"
done
same
recorded 0 .

t "bob approves: in bash, zsh and fish the id comes with Tab, and the line runs"
who=bob
for each in bash zsh fish; do
	reads "$each"
	presses 'approve-elevated-access-request '
	presses '-Com'
	if [[ $each == fish ]]; then
		types "ok -Property AuthorizedTo -o Value"
		shows '^alice$'
	else
		keys C-u
		presses "get-elevated-access-task -o Id 'Linux\\re"
		keys Enter
		shows '^Linux\\restart-web$'
	fi
	no_shell
done
is "$(get-elevated-access-request "$id" -Property RequestStatus -o Value)" Approved

t "alice runs it with what her grant is for"
who=alice
reads bash
presses 'invoke-elevated-access-task Linux/re'
presses unit=ng
keys Enter
shows '^nginx\.service$'
no_shell

t "while somebody holds the database, Tab answers in half a second and leaves nobody waiting"
hold
for _ in 1 2 3 4 5; do
	begun=${EPOCHREALTIME/./}
	run as alice new-elevated-access-request --complete ''
	took=$(((${EPOCHREALTIME/./} - begun) / 1000))
	is "$status$out$err" 0
	((took > 500)) || break
done
((took <= 500)) || bad "it took $took ms"
release

finish
