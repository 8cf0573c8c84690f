#!/bin/bash
# man.sh - the examples of the manual: whose prompt stands before a command types it, and sees what the page shows
#
# Each page begins in the same world. An id in a page is whatever id comes in its first place, and that one in all
# later places and commands; a time, a date and a digest are any; a line [...] is any lines. A command goes on behind
# a backslash, and behind "> ". Dates in commands move with the calendar. MAN_PAGES="NAME.1 ..." types these pages
# alone.

# A host name of its own, since commands show it.
if [[ $EUID == 0 && -z ${MAN_UTS:-} ]] && unshare -u true 2>/dev/null; then
	MAN_UTS=$(readlink /proc/self/ns/uts) exec unshare -u bash "$0" "$@"
fi

. "$(dirname "$0")/lib.bash"

[[ ${MAN_UTS:-$(readlink /proc/self/ns/uts)} == "$(readlink /proc/self/ns/uts)" ]] || hostname web1
written=2026-11-22
moved=$((($(date -u +%s) - $(date -u -d $written +%s)) / 86400))

# --- the world of the pages ---

for dir in /usr/local /var/backups /srv; do
	world_empty $dir 755
done
mkdir -p /usr/local/sbin /home/root
cat >/usr/local/sbin/restart-web <<'END'
#!/bin/sh
echo "restarted $1"
END
chmod 755 /usr/local/sbin/restart-web
useradd -m mallory
# What goes out stays here.
program=/opt/fixture/sendmail
printf '%s\n' '#!/bin/sh' 'cat >/dev/null' >$program
chmod 755 $program
[[ ! -e /usr/sbin/sendmail ]] || mount --bind $program /usr/sbin/sendmail

parts=("$state" /etc/pam-lite "$log" /etc/passwd /etc/shadow /etc/group /etc/gshadow)

# save NAME: what `again NAME` brings back.
save()
{
	local part

	for part in "${parts[@]}"; do
		mkdir -p "$world_own/$1${part%/*}" && cp -a "$part" "$world_own/$1$part"
	done
	: >"$lib_state/saved"
}
again()
{
	local part

	chattr -a "$anchor" 2>/dev/null
	rm -rf "${parts[@]:0:3}"
	for part in "${parts[@]}"; do
		cp -a "$world_own/$1$part" "$part"
	done
	chattr +a "$anchor" 2>/dev/null
	find /home "$shared" -mindepth 2 -newer "$lib_state/saved" -delete
}

save installed
must new-elevated-access-approver-group -Name managers -Member carol
must new-elevated-access-approver-group -Name ops -Member bob,dave
must enable-elevated-access-control -AdminGroup ops
must set-elevated-access-control -ManagementGroup managers -Confirm:false
must register-elevated-access-task 'Linux\lock-account' -Path /usr/sbin/usermod -ArgumentList:--lock,'{name}' \
    -Parameter name=word
must register-elevated-access-task 'Linux\restart-web' -Path /usr/local/sbin/restart-web -ArgumentList '{unit}' \
    -Parameter unit=word
must add-elevated-access-system-account svc -Reason 'backup job'
must as carol new-elevated-access-approval-policy 'Linux\lock-account' -ApprovalType Manual -ApproverGroup ops \
    -MaxDurationHours 1
must as carol new-elevated-access-approval-policy 'Linux\restart-web' -ApprovalType Manual -ApproverGroup ops \
    -MaxDurationHours 8
must as alice new-elevated-access-request 'Linux\lock-account' -Parameter name=mallory \
    -Reason 'has left, ticket 4711'
must as alice new-elevated-access-request 'Linux\restart-web' -Parameter unit=nginx.service -Reason 'deploy 4.2' -o Id
must as bob approve-elevated-access-request "$out" -Comment ok
must as alice invoke-elevated-access-task 'Linux\restart-web'
save ready
note_places

# --- a page's words and ours ---

prompt='^(alice|bob|carol|dave|root)[$#] (.*)'
uuid='[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
day='20[0-9]{2}-[01][0-9]-[0-3][0-9]'

# examples FILE: its displays as they are read, with a line <end> behind each.
examples()
{
	awk '/^\.Bd .*-literal/ { on = 1; next }
	    /^\.Ed/ { if (on) print "<end>"; on = 0 } on && !/^\.\\"/' "$1" |
	    sed 's/\\&//g; s/\\-/-/g; s/\\(aq/'\''/g; s/\\e/\\/g; s|@PREFIX@|'"$world_prefix"'|g'
}

# any FILE: without what differs from run to run; what stands for it is as long in every run, so that tables fit.
any()
{
	sed -E "s/${day}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})/<time>/g
	    s/20[0-9]{6}T[0-9]{6}Z/<time>/g; s/$day/<date>/g
	    s/\b[0-9a-f]{64}\b/<digest>/g; s/\b[0-9a-f]{16}\b/<word>/g; s/[ \r]+$//" "$1"
}

declare -A ours=() theirs=()
# in_ours TEXT: ids of the page as those that stand for them here, and its dates as if it were written today.
# in_theirs FILE: the other way, as it would be pasted into the page.
in_ours()
{
	local text=$1 id

	for id in "${!ours[@]}"; do
		text=${text//"$id"/"${ours[$id]}"}
	done
	if ((moved)); then
		while read -r id; do
			text=${text//"$id"/"<$(date -u -d "$id + $moved days" +%F)>"}
		done < <(grep -oE "$day" <<<"$text" | sort -u)
		text=$(sed -E "s/<($day)>/\1/g" <<<"$text")
	fi
	printf '%s\n' "$text"
}
in_theirs()
{
	local text id

	text=$(tr -d '\r' <"$1")
	for id in "${!theirs[@]}"; do
		text=${text//"$id"/"${theirs[$id]}"}
	done
	sed "s/\\\\/\\\\e/g; s/^[.']/\\\\\&&/; s|$world_prefix|@PREFIX@|g" <<<"$text"
}

# like EXPECTED ACTUAL: the same line. Only then its ids are known from here on.
like()
{
	local expected=$1 actual=$2 id other

	[[ $expected != "$actual" ]] || return 0
	[[ $(sed -E "s/$uuid/<id>/g" <<<"$expected") == "$(sed -E "s/$uuid/<id>/g" <<<"$actual")" ]] || return 1
	paste <(grep -oE "$uuid" <<<"$expected") <(grep -oE "$uuid" <<<"$actual") >"$work/ids"
	while read -r id other; do
		[[ ${ours[$id]:-$other} == "$other" && ${theirs[$other]:-$id} == "$id" ]] || return 1
	done <"$work/ids"
	while read -r id other; do
		ours[$id]=$other theirs[$other]=$id
	done <"$work/ids"
}

# compare EXPECTED ACTUAL: files. A line [...] goes on to the first line like the one behind it.
compare()
{
	local expected actual line i=0 skip=0

	mapfile -t expected < <(any "$1")
	mapfile -t actual < <(any "$2")
	for line in "${expected[@]}"; do
		if [[ $line == '[...]' ]]; then
			skip=1
			continue
		fi
		while ((skip && i < ${#actual[@]})) && ! like "$line" "${actual[i]}"; do
			((i++))
		done
		((i < ${#actual[@]})) && like "$line" "${actual[i]}" || return 1
		((++i, skip = 0))
	done
	((skip || i == ${#actual[@]}))
}

# example USER COMMAND: typed; its output is compared with $work/expected.
example()
{
	as "$1" env -C "/home/$1" HOME="/home/$1" bash -c "$(in_ours "$2")" >"$work/actual" 2>&1 </dev/null
	lib_said=() err=''
	compare "$work/expected" "$work/actual" ||
	    bad "$page: what comes of: $2" "--- in the page" "$(cat "$work/expected")" \
	    "--- what came" "$(in_theirs "$work/actual")"
}

# --- the pages ---

for file in "$ROOT"/man/*.[1-8]; do
	page=${file##*/}
	[[ -z ${MAN_PAGES:-} || " $MAN_PAGES " == *" $page "* ]] || continue
	t "$page"
	ours=() theirs=() user='' command=''
	again ready
	# The tutorial begins where there is nothing yet.
	[[ $page != pam-lite.7 ]] || again installed
	: >"$work/expected"
	examples "$file" >"$work/lines"
	while IFS= read -r line <&3; do
		if [[ -n $user && ! -s $work/expected && ( $command == *\\ || $line == '> '* ) ]]; then
			command+=$'\n'${line#> }
			continue
		fi
		if [[ -n $user && ( $line == '<end>' || $line =~ $prompt ) ]]; then
			example "$user" "$command"
			user=''
		fi
		if [[ $line =~ $prompt ]]; then
			user=${BASH_REMATCH[1]} command=${BASH_REMATCH[2]}
			: >"$work/expected"
		elif [[ -n $user ]]; then
			printf '%s\n' "$line" >>"$work/expected"
		fi
	done 3<"$work/lines"
done

finish
