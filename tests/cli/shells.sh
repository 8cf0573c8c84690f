#!/bin/bash
# shells.sh - Tab in bash, zsh and fish: what is inserted runs as it stands, whoever has named what is stored

. "$(dirname "$0")/lib.bash"

# The three sit at terminals of their own, side by side, with what an installation would have given them.
declare -A line=()
share=$work/share
mkdir -p "$work/home/.config/fish" "$share/bash-completion/completions" "$share/zsh" "$share/fish/vendor_completions.d"
cp "$BUILD/completions/pam-lite.bash" "$share/bash-completion/completions/pam-lite"
cp "$BUILD/completions/_pam-lite" "$share/zsh"
cp "$BUILD/completions/pam-lite.fish" "$share/fish/vendor_completions.d"
for name in "$BIN"/*-*; do
	name=$(basename "$name")
	ln -s pam-lite "$share/bash-completion/completions/$name"
	ln -s pam-lite.fish "$share/fish/vendor_completions.d/$name.fish"
done
ln -s /bin/true "$work/home/tool" # what stands below the directory that paths are completed in
mkdir "$work/home/it's here"

cat >"$work/home/bash" <<'EOF'
PS1='P> '
. /usr/share/bash-completion/bash_completion
bind 'set bell-style none' 'set completion-query-items 0' 'set page-completions off'
EOF
cat >"$work/home/plain" <<EOF
PS1='P> '
. $share/bash-completion/completions/pam-lite
bind 'set bell-style none'
EOF
cat >"$work/home/.zshrc" <<EOF
PS1='P> '
setopt no_beep
fpath=($share/zsh \$fpath)
autoload -Uz compinit
compinit -u -D
EOF
cat >"$work/home/.config/fish/config.fish" <<'EOF'
set fish_greeting
set -g fish_autosuggestion_enabled 0
function fish_prompt
    echo -n 'P> '
end
function fish_right_prompt
end
EOF

tm()
{
	TMUX_TMPDIR=$work tmux -L shells -f /dev/null "$@"
}
# sit SHELL CMD...: it runs in a window of that name.
sit()
{
	tm new-session -d -s "$1" -x 190 -y 40 \
	    "cd '$work/home' && exec env HOME='$work/home' ZDOTDIR='$work/home' XDG_DATA_DIRS='$share:/usr/share' \
	    XDG_CONFIG_HOME='$work/home/.config' TERM=screen PAMLITE_PRINCIPAL=alice ${*:2}" || bad "no terminal: $1"
}
screen()
{
	tm capture-pane -p -J -t "$1" 2>/dev/null
}
# eventually SECONDS CMD...: it becomes true.
eventually()
{
	local -i end=$((SECONDS + $1))

	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.02
	done
}
# The line that is being typed, when the mark behind it has come.
typed()
{
	line[$1]=$(screen "$1" | sed -n 's/ *$//; s/^P> \(.*\)%$/\1/p' | tail -n 1)
	[[ -n ${line[$1]} ]]
}
at_prompt()
{
	screen "$1" | grep -q '^P> *$'
}
# press SHELL LINE KEY...: type the line on an empty screen, and Tab.
press()
{
	tm send-keys -t "$1" C-u \; send-keys -t "$1" C-l \; send-keys -t "$1" -l "$2" \; send-keys -t "$1" Tab "${@:3}"
}
# becomes SHELLS LINE EXPECTED: after one Tab, in these shells, with the blank behind it; the mark is read after
# the answer has come. Again if it is not so at once: what is stored comes within a quarter of a second or not at
# all, and everything else is tested meanwhile.
becomes()
{
	local shell try

	for shell in $1; do
		press "$shell" "$2" %
	done
	for shell in $1; do
		for try in 1 2 3; do
			line[$shell]=''
			eventually 10 typed "$shell"
			[[ ${line[$shell]} != "$3" ]] || break
			sleep "0.$try"
			((try == 3)) || press "$shell" "$2" %
		done
		[[ ${line[$shell]} == "$3" ]] ||
		    bad "$shell: $2" "is       ${line[$shell]}" "expected $3" "$(screen "$shell")"
	done
}
# lists SHELLS LINE TEXT...: after two, the screen has these texts.
lists()
{
	local shell text

	for shell in $1; do
		press "$shell" "$2" Tab
	done
	for shell in $1; do
		for text in "${@:3}"; do
			eventually 10 on_screen "$shell" "$text" || bad "$shell: $2 shows no $text" "$(screen "$shell")"
		done
	done
}
on_screen()
{
	screen "$1" | grep -qF -- "$2"
}
# runs SHELLS LINE EXPECTED: the line, completed, prints this; again as above.
runs()
{
	local shell

	for shell in $1; do
		press "$shell" "$2" Enter
	done
	for shell in $1; do
		eventually 3 prints "$shell" "$3" && continue
		press "$shell" "$2" Enter
		eventually 10 prints "$shell" "$3" || bad "$shell: $2 does not print $3" "$(screen "$shell")"
	done
}
prints()
{
	screen "$1" | sed 's/ *$//' | grep -qxF -- "$2"
}

# Names and texts as an enemy would choose them. $pwned is there once one of them was run.
pwned=$work/home/pwned
hostile="x\$(touch pwned)\`touch pwned\`;touch pwned 'y\" !z"
must new-elevated-access-approver-group -Name ops -Member bob,alice
must new-elevated-access-approver-group -Name "$hostile" -Member bob -Description "%F{red} \$(touch pwned)"
must enable-elevated-access-control -AdminGroup ops
must set-elevated-access-control -ManagementGroup ops -Confirm:false
for task in restart-web 'set mode'; do
	must register-elevated-access-task "Linux\\$task" -Path /bin/echo -ArgumentList '{unit}' -Parameter unit=word
	must new-elevated-access-approval-policy "Linux\\$task" -ApprovalType Manual -ApproverGroup ops
done
grant alice 'Linux\restart-web' -Parameter unit=nginx@1.service
for reason in "has left \$(touch pwned) \`touch pwned\` ' \" %B %F{red} \\u{202e}" 'slow; touch pwned'; do
	must as carol new-elevated-access-request 'Linux\restart-web' -Parameter "unit=${#reason}" \
	    -Reason "$reason"
done

t "the scripts are sound"
succeeds shellcheck "$BUILD/completions/pam-lite.bash"
succeeds zsh -n "$BUILD/completions/_pam-lite"
succeeds fish -n "$BUILD/completions/pam-lite.fish"

sit bash "bash --noprofile --rcfile '$work/home/bash'"
sit plain "bash --noprofile --rcfile '$work/home/plain'"
sit zsh zsh -d
sit fish fish
for shell in bash plain zsh fish; do
	eventually 10 at_prompt "$shell" || bad "no prompt: $shell" "$(screen "$shell")"
done
all='bash plain zsh fish' most='bash plain zsh'

t "names of parameters, in the spelling that was begun, and values behind them"
becomes "$all" 'new-elevated-access-request -Rea' 'new-elevated-access-request -Reason '
becomes "$all" 'New-ElevatedAccessRequest --durationh' 'New-ElevatedAccessRequest --duration-hours '
becomes "$all" 'new-elevated-access-request -dur' 'new-elevated-access-request -Duration'
becomes "$all" 'set-elevated-access-control -Confirm:f' 'set-elevated-access-control -Confirm:false '
becomes "$all" 'get-elevated-access-request --property=Iden,Rea' 'get-elevated-access-request --property=Iden,Reason '
lists "$most" 'new-elevated-access-request -Duration' '-DurationHours' 'how long the grant lasts' '-Duration '

t "tasks: with quotes, with none, with two backslashes, with a slash"
becomes "$all" "new-elevated-access-request 'Linux\\re" "new-elevated-access-request 'Linux\\restart-web' "
becomes "$all" 'new-elevated-access-request Linux\\re' 'new-elevated-access-request Linux\\restart-web '
becomes "$most" 'new-elevated-access-request Linux\re' 'new-elevated-access-request Linux\\restart-web '
becomes "$all" 'new-elevated-access-request Linux/re' 'new-elevated-access-request Linux/restart-web '
becomes "$all" 'new-elevated-access-request Linux/se' 'new-elevated-access-request Linux/set\ mode '
becomes "$all" "new-elevated-access-request 'Linux\\se" "new-elevated-access-request 'Linux\\set mode' "
becomes "$all" 'new-elevated-access-request --task=Linux/se' 'new-elevated-access-request --task=Linux/set\ mode '
becomes 'bash plain fish' "new-elevated-access-request -Task:'Linux\\se" \
    "new-elevated-access-request -Task:'Linux\\set mode' "
becomes zsh "new-elevated-access-request -Task:'Linux\\se" 'new-elevated-access-request -Task:Linux\\set\ mode '
becomes "$all" "new-elevated-access-request -Reason \"it's\" Linux/re" \
    "new-elevated-access-request -Reason \"it's\" Linux/restart-web "

t "what was inserted runs as it stands"
for begun in 'Linux\\re' "'Linux\\re" '"Linux\re' Linux/re; do
	runs "$all" "get-elevated-access-task -o Id $begun" 'Linux\restart-web'
done
runs "$most" 'get-elevated-access-task -o Id Linux\se' 'Linux\set mode'

t "words with @ and =, and what a grant is for"
becomes "$all" 'invoke-elevated-access-task Linux/restart-web u' 'invoke-elevated-access-task Linux/restart-web unit='
becomes "$all" 'invoke-elevated-access-task Linux/restart-web unit=ng' \
    'invoke-elevated-access-task Linux/restart-web unit=nginx@1.service '
becomes "$all" 'invoke-elevated-access-task Linux/restart-web unit=nginx@1' \
    'invoke-elevated-access-task Linux/restart-web unit=nginx@1.service '
runs "$all" "invoke-elevated-access-task 'Linux\\restart-web' -Parameter:unit=nginx@" 'nginx@1.service'

t "files, users and groups as the shell knows them"
becomes "$all" 'register-elevated-access-task Linux/x -Path too' 'register-elevated-access-task Linux/x -Path tool '
becomes "$all" 'register-elevated-access-task Linux/x -Path:too' 'register-elevated-access-task Linux/x -Path:tool '
becomes "$all" 'register-elevated-access-task Linux/x -WorkingDirectory it' \
    "register-elevated-access-task Linux/x -WorkingDirectory it\\'s\\ here/"
becomes "$all" 'set-elevated-access-approver-group ops -AddMember root,nobo' \
    'set-elevated-access-approver-group ops -AddMember root,nobody '
becomes "$all" 'set-elevated-access-approver-group ops -UnixGroup nogr' \
    'set-elevated-access-approver-group ops -UnixGroup nogroup '

t "requests are listed with who and what; the text of others is shown and not run"
lists "$all" 'approve-elevated-access-request ' 'carol, Linux\restart-web, unit=' 'slow; touch pwned' \
    "\$(touch pwned) \`touch pwned\` ' \" %B %F{red}"

t "a name that is a program in every quoting"
for begun in x "'x" '"x'; do
	runs "$all" "get-elevated-access-approver-group -Property Name -o Value $begun" "$hostile"
done
lists 'zsh fish' 'get-elevated-access-approver-group ' "%F{red} \$(touch pwned)"
[[ ! -e $pwned && ! -e $work/pwned ]] || bad "it was run"

t "no word that is only being typed is run or looked for below a path"
becomes "$most" "deny-elevated-access-request -Comment \"\$(touch pwned)\" -RequestV" \
    "deny-elevated-access-request -Comment \"\$(touch pwned)\" -RequestVersion "
printf '#!/bin/sh\ntouch "%s"\n' "$pwned" >"$work/home/get-elevated-access-control"
chmod 755 "$work/home/get-elevated-access-control"
becomes "$all" './get-elevated-access-control -Verb' './get-elevated-access-control -Verbose '
[[ ! -e $pwned && ! -e $work/pwned ]] || bad "it was run"

tm kill-server
finish
