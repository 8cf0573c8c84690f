#!/bin/bash
# readme.sh - what README.md tells root, a manager, a requestor and an approver to type on a host, typed by them

. "$(dirname "$0")/lib.bash"

world_empty /usr/local 755
export PATH=/usr/local/bin:$PATH
useradd -m mallory
note_places

# steps: the blocks for people, one a line: the user and the block's file.
awk -v dir="$work" '
	/^```sh-(root|alice|bob|carol)$/ { on = 1; n++; sub(/^```sh-/, ""); file = dir "/step" n; print $0, file; next }
	/^```$/ { on = 0 }
	on { print >file }' "$ROOT/README.md" >"$work/steps"

steps=0 out_of=()
while read -r user file; do
	t "$user: $(head -n 1 "$file")"
	sed "s|^make |make -s BUILD=${BUILD#"$ROOT"/} |" "$file" >"$shared/step"
	[[ $user != root ]] || cd "$ROOT" || exit 1
	if [[ $user == root ]]; then
		HOME=$work run bash -e -o pipefail "$shared/step"
	else
		run as "$user" bash -e -o pipefail "$shared/step"
	fi
	cd "$work" || exit 1
	is "$status" 0 "$err"
	# Nobody sits at a terminal here, and whoever looks at a recording is told so.
	[[ $user == root ]] || is "$(grep -v '^WARNING: standard input and output of execution' <<<"$err")" ''
	out_of[++steps]=$out
done <"$work/steps"

t "the story is told to its end: the account is locked, and the log says who did what"
has "$(grep '^mallory:' /etc/shadow)" 'mallory:!'
has "${out_of[*]}" 'mallory'
run search-elevated-access-audit-log -o Value -Property UserIds,Operations,ResultStatus
has "$out" $'alice\tInvoke-ElevatedAccessTask\tStarted'
has "$out" $'bob\tApprove-ElevatedAccessRequest\tSuccess'

finish
