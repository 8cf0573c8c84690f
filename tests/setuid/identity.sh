#!/bin/bash
# identity.sh - who somebody is: the kernel and the user database say it, and nothing else (security.md 5, D2)

. "$(dirname "$0")/lib.bash"

t "the users, tasks and policies of these tests"
fixture
asks=(new-elevated-access-request 'L\ok' -Reason why -o Id)

# ask USER: a request of his for L\ok; $id is its identity.
ask()
{
	must as "$1" "${asks[@]}"
	id=$out
}
# no_run [STATUS] CMD...: a run that is refused without a word on stdout.
no_run()
{
	run "${@:2}"
	is "$status$out" "$1"
}

lies=(env LOGNAME=root USER=root USERNAME=root SUDO_USER=bob SUDO_UID="$(id -u bob)" SUDO_GID=0 DOAS_USER=bob
    PKEXEC_UID="$(id -u bob)" HOME=/root LOGIN=bob UID=0 EUID=0 PAM_USER=bob)

t "D2 row 23: the environment says who somebody is: not believed"
mark
succeeds as alice "${lies[@]}" "${asks[@]}"
id=$out
is "$(as alice get-elevated-access-request "$id" -Property RequestorUPN -o Value)" alice
recorded 1 '"UserId":"alice","Uid":'"$(id -u alice)"',.*"Operation":"New-ElevatedAccessRequest"'
recorded 1 .
for command in new-elevated-access-request get-elevated-access-request invoke-elevated-access-task; do
	run as alice env PAMLITE_PRINCIPAL=bob $command 'L\ok'
	[[ $status == 77 || $status == 126 || $status == 64 ]] || bad "status $status with PAMLITE_PRINCIPAL"
	is "$out" ''
done
fails 77 PrincipalRefused as alice env PAMLITE_PRINCIPAL=bob approve-elevated-access-request "$id"
fails 77 PrincipalRefused as alice env PAMLITE_PRINCIPAL=bob approve-elevated-access-request "$id" -Database System

t "D2 row 24: nor at an approval of one's own request"
mark
fails 77 SelfApproval as alice "${lies[@]}" approve-elevated-access-request "$id"
same
recorded 1 '"UserId":"alice".*"Operation":"Approve-ElevatedAccessRequest".*"ErrorId":"SelfApproval"'
recorded 1 .

t "D2 row 25: a user id without an account"
mark
fails 77 UnknownCaller as 54321 new-elevated-access-request 'L\ok' -Reason why
fails 77 UnknownCaller as 54321 get-elevated-access-request
fails 77 UnknownCaller as 54321 approve-elevated-access-request "$id"
no_run 126 as 54321 invoke-elevated-access-task 'L\ok'
same

t "D2 row 27: a new account with the user id of a deleted one inherits nothing"
fresh
cp -p /etc/passwd /etc/group /etc/shadow /etc/gshadow "$work"
note_places
grant alice
alice=$(id -u alice)
userdel alice
useradd -U -M -d /home/alice -s /bin/bash -u "$alice" mallory
note_places
mark
no_run 126 as mallory invoke-elevated-access-task 'L\ok'
same
recorded 1 '"UserId":"mallory","Uid":'"$alice"',.*"Result":"[A-Za-z]*","ErrorId":"ElevatedAccessRequired"'
run as mallory get-elevated-access-request -Mine -o Id
is "$status$out" 0
run as mallory get-elevated-access-authorization -o Id
is "$status$out" 0
for command in revoke-elevated-access-authorization stop-elevated-access-request; do
	run as mallory $command "$id" -Confirm:false
	[[ $status == 64 || $status == 66 || $status == 77 ]] || bad "status $status: $command"
done

t "D2 row 27: neither does one with the name of a deleted account and another user id"
userdel mallory
useradd -U -M -d /home/alice -s /bin/bash -u 4321 alice
note_places
mark
no_run 126 as alice invoke-elevated-access-task 'L\ok'
same
recorded 1 '"UserId":"alice","Uid":4321,.*"ErrorId":"ElevatedAccessRequired"'
cp -p "$work"/{passwd,group,shadow,gshadow} /etc
note_places
succeeds as alice invoke-elevated-access-task 'L\ok'

if [[ -n $has_login ]]; then
	t "D2 row 29: alice as bob, by su from her own login"
	fresh
	must as_login alice alice "${asks[@]}"
	id=$out
	mark
	fails 77 SelfApproval as_login alice bob approve-elevated-access-request "$id"
	fails 77 SelfApproval as_login alice bob deny-elevated-access-request "$id"
	same
	recorded 2 '"UserId":"bob","Uid":'"$(id -u bob)"',"LoginUid":'"$(id -u alice)"',.*"ErrorId":"SelfApproval"'
	recorded 2 .
	# And bob's own login as somebody else is bob all the same.
	must as_login bob carol "${asks[@]}"
	other=$out
	fails 77 SelfApproval as_login bob bob approve-elevated-access-request "$other"
	fails 77 SelfApproval as_login bob dave approve-elevated-access-request "$other"
	succeeds as_login dave dave approve-elevated-access-request "$other"
	succeeds as_login bob bob approve-elevated-access-request "$id"

	t "D2 row 40a: asked without a login uid, approved from a login of the asker's"
	fresh
	ask alice
	mark
	fails 77 SelfApproval as_login alice bob approve-elevated-access-request "$id"
	same
	recorded 1 '"UserId":"bob".*"LoginUid":'"$(id -u alice)"',.*"ErrorId":"SelfApproval"'
	fresh
	must as_login bob alice "${asks[@]}"
	mark
	fails 77 SelfApproval as bob approve-elevated-access-request "$out"
	same
else
	skip "D2 row 29: alice as bob, by su from her own login" "the login uid cannot be set here"
	skip "D2 row 40a: asked without a login uid" "the login uid cannot be set here"
fi

t "D2 row 30: without login uids the user ids alone decide"
fresh
ask alice
is "$(dbquery "SELECT requestor_login_uid IS NULL FROM request")" 1
fails 77 SelfApproval as alice approve-elevated-access-request "$id"
succeeds as bob approve-elevated-access-request "$id"

t "D2 row 31: out of the group, although still logged in"
fresh
ask alice
must as adm1 set-elevated-access-approver-group ops -RemoveMember bob
mark
run as bob approve-elevated-access-request "$id" -ErrorView Normal
[[ $status == 66 || $status == 77 ]] || bad "status $status" "$err"
same
recorded 1 '"UserId":"bob".*"Operation":"Approve-ElevatedAccessRequest".*"Result":"[A-Za-z]*","ErrorId":"[A-Za-z]+"'

t "D2 row 31: the same of a Unix group, whatever groups the process has"
fresh
must groupadd -g 7777 unixops
must gpasswd -a bob unixops
note_places
must as adm1 new-elevated-access-approver-group unix -UnixGroup unixops
must as adm1 set-elevated-access-approval-policy "$(as adm1 get-elevated-access-approval-policy -Task 'L\ok' -o Id)" \
    -ApproverGroup unix
ask alice
is "$(as bob get-elevated-access-request -ToApprove -o Id)" "$id"
gpasswd -d bob unixops >/dev/null
note_places
mark
# as() asks for the groups anew; this process has them from before.
run setpriv --reuid=bob --regid=bob --groups=7777 env -i PATH="$PATH" approve-elevated-access-request "$id"
[[ $status == 66 || $status == 77 ]] || bad "status $status" "$err"
same
recorded 1 '"UserId":"bob".*"Operation":"Approve-ElevatedAccessRequest".*"ErrorId":"[A-Za-z]+"'

t "D2 row 32: a group that alice's process has, and alice has not"
mark
gpasswd -a bob unixops >/dev/null
ask carol
mark
for groups in --groups=7777 "--groups=7777,$(getent group pamlite | cut -d : -f 3),0"; do
	run setpriv --reuid=alice --regid=alice "$groups" env -i PATH="$PATH" approve-elevated-access-request "$id"
	[[ $status == 66 || $status == 77 ]] || bad "status $status" "$err"
done
run setpriv --reuid=alice --regid=7777 --clear-groups env -i PATH="$PATH" approve-elevated-access-request "$id"
[[ $status == 66 || $status == 77 ]] || bad "status $status" "$err"
same
recorded 3 '"UserId":"alice".*"ErrorId":"[A-Za-z]+"'
if as alice unshare -Ur true 2>/dev/null; then
	run as alice unshare -Ur "$BIN/approve-elevated-access-request" "$id"
	is "$status$out" 78
	same
fi
succeeds as bob approve-elevated-access-request "$id"

if as alice unshare -Ur true 2>/dev/null; then
	t "D2 row 33: in a user namespace everybody looks like root, and is nobody"
	fresh
	grant alice
	mark
	for words in "new-elevated-access-request L/svc -Reason why" "get-elevated-access-request" \
	    "approve-elevated-access-request $id" "disable-elevated-access-control -Confirm:false"; do
		# shellcheck disable=SC2086
		run as alice unshare -Ur $words
		is "$status$out" 78 "$words"
	done
	no_run 125 as alice unshare -Ur "$BIN/invoke-elevated-access-task" 'L\ok'
	printf 'alice:x:0:0::/:/bin/sh\nroot:x:%s:0::/:/bin/sh\n' "$alice" >"$shared/passwd"
	install -d -m 777 "$shared/state"
	cp "$db" "$shared/state"
	chown -R alice "$shared/state"
	chmod 2700 "$shared/state"
	for words in "new-elevated-access-request L/svc -Reason why" "get-elevated-access-request"; do
		# shellcheck disable=SC2016,SC2086
		run as alice unshare -Urm bash -c 'mount --bind /opt/shared/passwd /etc/passwd &&
		    mount --bind /opt/shared/state /var/lib/pam-lite && exec "$@"' - $words
		is "$status$out" 78 "$words"
	done
	# shellcheck disable=SC2016
	no_run 125 as alice unshare -Urm bash -c 'mount --bind /opt/shared/passwd /etc/passwd &&
	    mount --bind /opt/shared/state /var/lib/pam-lite && exec "$@"' - "$BIN/invoke-elevated-access-task" 'L\ok'
	rm -rf "$shared"/{passwd,state}
	same
else
	skip "D2 row 33: user namespaces" "alice cannot have one"
fi

t "D2 row 34: with no_new_privs"
fresh
grant alice
mark
for words in "new-elevated-access-request L/svc -Reason why" "get-elevated-access-request" \
    "approve-elevated-access-request $id"; do
	# shellcheck disable=SC2086
	run as alice setpriv --no-new-privs $words
	is "$status$out" 78 "$words"
	has "$err" no_new_privs
done
no_run 125 as alice setpriv --no-new-privs invoke-elevated-access-task 'L\ok'
has "$err" no_new_privs
same

# --- the installation ---

# broken STATUS_OF_COMMANDS WHAT...: what both setuid programs say of their state.
refuses()
{
	run as alice get-elevated-access-request
	is "$status$out" 78 "$1"
	has "$err" "$1"
	run as alice new-elevated-access-request 'L\svc' -Reason why
	is "$status$out" 78 "$1"
	no_run 125 as alice invoke-elevated-access-task 'L\ok'
	has "$err" "$1"
}

t "D2 row 35: a copy of the gate, of the runner"
mark
for file in gate runner; do
	as alice cp "$libexec/$file" "/home/alice/$file"
	as alice chmod 4755 "/home/alice/$file"
	# shellcheck disable=SC2016
	run as alice bash -c '"$0" $$ "$@"; exit $?' "/home/alice/$file" get-elevated-access-request 'Task=L\ok'
	[[ $status == 78 || $status == 125 ]] || bad "status $status: a copy of $file" "$err"
	is "$out" ''
	has "$err" 'this file must belong to root and be setuid'
	rm "/home/alice/$file"
done
same

t "D2 row 35: a second name of the gate"
mark
if [[ $(</proc/sys/fs/protected_hardlinks) == 1 ]]; then
	run as alice ln "$gate" /home/alice/gate
	[[ $status != 0 ]] || bad "alice can link the gate"
fi
# One that root makes is the gate: it looks at no path of its own and starts what the gate starts.
ln "$gate" /opt/second
# shellcheck disable=SC2016
run as alice bash -c '"$0" $$ get-elevated-access-request OutputFormat=Id; exit $?' /opt/second
is "$status" 0
is "$out" "$id"
rm /opt/second
same

declare -A starts=([gate]=get-elevated-access-request [runner]=invoke-elevated-access-task)
for file in gate runner; do
	t "D2 row 35: $file without its setuid bit"
	mark
	chmod 755 "$libexec/$file"
	run as alice "${starts[$file]}" 'L\ok'
	[[ $status == 78 || $status == 125 ]] || bad "status $status" "$err"
	is "$out" ''
	has "$err" 'this file must belong to root and be setuid'
	chmod 4755 "$libexec/$file"
	same

	t "D2 row 35: $file owned by alice"
	chown alice "$libexec/$file"
	chmod 4755 "$libexec/$file"
	for user in alice bob; do
		run as $user "${starts[$file]}" 'L\ok'
		[[ $status == 78 || $status == 125 ]] || bad "status $status of $user" "$err"
		is "$out" ''
	done
	chown root "$libexec/$file"
	chmod 4755 "$libexec/$file"
	same
done

t "D2 row 35: mounted nosuid"
mark
mount -o remount,nosuid,bind /opt 2>/dev/null || mount -o remount,nosuid /opt
refuses nosuid
mount -o remount,suid,bind /opt 2>/dev/null || mount -o remount,suid /opt
same

# --- names and numbers ---

t "D2 row 37: names of accounts that look like something else"
fresh
cp -p /etc/passwd "$work/passwd"
i=6000
long=$(printf 'n%.0s' {1..40})
for name in "$long" -rf a/b .. . %s%n '$(id)' 'a;b' 'grün' 'a b' 'x,y' "$(printf 'w%.0s' {1..300})" '*' 'a\b' \
    '@' 0 123; do
	i=$((i + 1))
	cp -p "$work/passwd" /etc/passwd
	printf '%s:x:%d:%d::/:/bin/sh\n' "$name" $i $i >>/etc/passwd
	mark
	run as $i "${asks[@]}"
	if ((status == 0)); then
		id=$out
		is "$(as $i get-elevated-access-request "$id" -Property RequestorUPN -o Value)" "$name"
		succeeds as bob approve-elevated-access-request "$id" -o Id
		run as $i invoke-elevated-access-task 'L\ok'
		is "$status" 0 "$name"
		has "$out" "\"PAMLITE_REQUESTOR=${name//\\/\\\\}\""
		must as adm1 set-elevated-access-approver-group ops -AddMember "$name"
		run as $i approve-elevated-access-request "$id"
		[[ $status == 75 || $status == 77 ]] || bad "status $status: $name" "$err"
	else
		is "$status" 77 "$name: $err"
		run as $i get-elevated-access-request
		is "$status" 77 "$name"
		no_run 126 as $i invoke-elevated-access-task 'L\ok'
		same
	fi
	fresh
done
cp -p "$work/passwd" /etc/passwd
note_places

t "D2 row 38: a group of 5000 members, and names of 250 characters"
fresh
members=$(printf 'member%04d,' {1..4996})
for c in a b c d; do
	members+=$(printf "$c%.0s" {1..250}),
	long=$(printf "$c%.0s" {1..250})
done
printf '%s:x:6100:6100::/:/bin/sh\n' "$long" >>/etc/passwd
begun=${EPOCHREALTIME/./}
must new-elevated-access-approver-group many -Member "${members%,}"
must new-elevated-access-approver-group lines -Member bob
printf 'unixmany:x:7778:%s\n' "${members%,}" >>/etc/group
must set-elevated-access-approver-group lines -UnixGroup unixmany
is "$(dbquery "SELECT count(*) FROM group_member JOIN approver_group ON id = group_id WHERE name = 'many'")" 5000
for group in many lines; do
	must set-elevated-access-approval-policy "$(get-elevated-access-approval-policy -Task 'L\ok' -o Id)" \
	    -ApproverGroup $group
	ask alice
	is "$(as 6100 get-elevated-access-request -ToApprove -o Id)" "$id" "$group"
	fails 66 RequestNotFound as carol approve-elevated-access-request "$id"
	succeeds as 6100 approve-elevated-access-request "$id"
	must as alice revoke-elevated-access-authorization "$id" -Confirm:false
done
((${EPOCHREALTIME/./} - begun < 5000000)) || bad "that took $((${EPOCHREALTIME/./} - begun)) us"
cp -p "$work"/{passwd,group} /etc
note_places

t "D2 row 39: the largest user ids"
fresh
mark
for uid in 4294967294 2147483648 2147483647; do
	fails 77 UnknownCaller as $uid "${asks[@]}"
	no_run 126 as $uid invoke-elevated-access-task 'L\ok'
done
same
for uid in 4294967294 2147483648; do
	printf 'big%s:x:%s:%s::/:/bin/sh\n' $uid $uid $uid >>/etc/passwd
	mark
	succeeds as $uid "${asks[@]}"
	recorded 1 "\"UserId\":\"big$uid\",\"Uid\":$uid,"
	fails 77 SelfApproval as $uid approve-elevated-access-request "$out"
	is "$(dbquery "SELECT requestor_uid FROM request WHERE requestor = 'big$uid'")" $uid
	fails 77 AdministratorRequired as $uid disable-elevated-access-control -Confirm:false
	succeeds as bob approve-elevated-access-request "$(as $uid get-elevated-access-request -Mine -o Id)"
	run as $uid invoke-elevated-access-task 'L\ok'
	is "$status" 0 $uid
done
cp -p "$work/passwd" /etc
note_places
mark
for uid in 4294967295 4294967296 -1 18446744073709551615 00 0x0 '' ' 0'; do
	# As the second phase's word, which only the gate gives.
	run as alice "$BIN/get-elevated-access-request" "--caller=$uid,$uid,0,$$"
	[[ $status == 64 || $status == 71 || $status == 77 || $status == 78 ]] || bad "status $status: $uid" "$err"
	is "$out" ''
done
same

t "D2 row 40: root decides no request of his own; its second phase has no capability"
fresh
must new-elevated-access-request 'L\ok' -Reason why -o Id
id=$out
must as adm1 set-elevated-access-approver-group ops -AddMember root
mark
fails 77 SelfApproval approve-elevated-access-request "$id"
same
recorded 1 '"UserId":"root","Uid":0,.*"ErrorId":"SelfApproval"'
wait-elevated-access-request "$id" -Timeout 20 >/dev/null 2>&1 &
waiting=$!
account=$(id -u pamlite) group=$(id -g pamlite)
# second_phase: $second is its directory in /proc.
second_phase()
{
	second=$(find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$BIN/*" -printf '%h\n' 2>/dev/null |
	    while read -r dir; do
		! grep -q "^Uid:.*[[:space:]]${account}[[:space:]]" "$dir/status" || echo "$dir"
	    done)
	[[ -n $second ]]
}
eventually 5 second_phase || bad "no second phase was seen"
shown=$(grep -E '^(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|SigBlk):' "$second/status" | tr -s '\t ' ' ')
is "${shown// $'\n'/$'\n'}" "Uid: $account $account $account $account
Gid: $group $group $group $group
Groups: $group
SigBlk: 0000000000000000
CapInh: 0000000000000000
CapPrm: 0000000000000000
CapEff: 0000000000000000
CapAmb: 0000000000000000
NoNewPrivs: 1"
is "$(tr '\0' '\n' <"$second/environ")" 'PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C.UTF-8'
is "$(readlink "$second/cwd")" /
is "$(awk '{print $6}' "$second/stat")" "${second##*/}" "its session"
is "$(awk '{print $7}' "$second/stat")" 0 "its terminal"
kill $waiting
wait $waiting 2>/dev/null

# --- the gate and the second phase by hand ---

t "D2 row 40b: the gate called by hand with a database, a file, another command"
fresh
grant alice
mark
for words in "get-elevated-access-request Database=/tmp/evil.db" "get-elevated-access-request Database=System" \
    "get-elevated-access-request -Database /tmp/evil.db" "get-elevated-access-request Database" \
    "export-elevated-access-audit-log Path=/tmp/evil" "export-elevated-access-audit-log Path=/var/lib/pam-lite/x" \
    "test-elevated-access-audit-log Path=/var/lib/pam-lite/pam-lite.db" \
    "get-elevated-access-request InputObject=/etc/passwd" \
    "nothing" "store" "/bin/sh" "../../bin/sh" "../libexec/pam-lite/store" "test-elevated-access-installation" \
    "invoke-elevated-access-task Task=L\\ok" "get-elevated-access-request/../x" "Get-ElevatedAccessRequest"; do
	# shellcheck disable=SC2086
	run by_hand alice $words
	[[ $status == 64 || $status == 78 ]] || bad "status $status: $words" "$err"
	is "$out" '' "$words"
done
is "$(find /tmp/evil* $state/x 2>/dev/null)" ''
same

t "D2 row 40b: forged callers"
mark
for word in --caller=0,4294967295,0,1 "--caller=$(id -u bob),4294967295,0,$$" --caller=; do
	run by_hand alice approve-elevated-access-request "$word" "RequestId=$id"
	is "$status$out" 64 "$word"
done
# shellcheck disable=SC2016
for parent in 1 $$ 0 -1 '' x; do
	run as alice "$gate" "$parent" get-elevated-access-request
	is "$status$out" 71 "parent $parent"
	run as alice "$runner" "$parent" 'Task=L\ok'
	is "$status$out" 125 "parent $parent"
done
same
# With its own words the gate says who called, not the caller.
run by_hand alice get-elevated-access-request Mine OutputFormat=Id
is "$status$out" "0$id"
run by_hand carol get-elevated-access-request Mine OutputFormat=Id
is "$status$out" 0

t "D2 row 40b: a definition's digest, given by somebody who is not root"
mark
digest=$(printf 'f%.0s' {1..64})
run by_hand adm1 register-elevated-access-task 'Name=L\evil' Path=/bin/sh RunAs=root "--definition=$digest"
is "$status$out" 77
run by_hand adm1 set-elevated-access-task 'Name=L\ok' Path=/bin/sh "--definition=$digest"
is "$status$out" 77
same

t "D2 row 40c: a private database where others can write, and somebody else's"
fresh
mark
install -d -m 1777 "$shared/open"
as alice env PAMLITE_DATABASE=/home/alice/own/pam-lite.db bash -c 'mkdir -m 700 /home/alice/own &&
    new-elevated-access-approver-group ops -Member bob -o Id && enable-elevated-access-control -AdminGroup ops' \
    >"$work/private" || bad "no private database"
cp /home/alice/own/pam-lite.db "$shared/open/pam-lite.db"
chown alice "$shared/open/pam-lite.db"
chmod 600 "$shared/open/pam-lite.db"
as carol bash -c 'head -c 512 /dev/zero >/opt/shared/open/pam-lite.db-journal'
fails 77 DatabasePathRefused as alice get-elevated-access-control -Database "$shared/open/pam-lite.db"
is "$(stat -c %s "$shared/open/pam-lite.db-journal")" 512
chmod 755 /home/alice /home/alice/own
chmod 644 /home/alice/own/pam-lite.db
fails 77 DatabasePathRefused as bob get-elevated-access-control -Database /home/alice/own/pam-lite.db
fails 77 DatabasePathRefused get-elevated-access-control -Database /home/alice/own/pam-lite.db
as bob ln -s /home/alice/own /home/bob/own
fails 77 DatabasePathRefused as bob get-elevated-access-control -Database /home/bob/own/pam-lite.db
for name in $db /var/lib/../lib/pam-lite/pam-lite.db; do
	run as alice get-elevated-access-control -Database "$name"
	[[ $status == 77 || $status == 78 || $status == 69 ]] || bad "status $status: $name" "$err"
	is "$out" ''
	run get-elevated-access-control -Database "$name"
	[[ $status == 77 ]] || bad "status $status of root: $name" "$err"
done
rm -rf "$shared/open" /home/alice/own /home/bob/own
same

t "D2 row 41: the second phase and the store program started by hand"
fresh
grant alice
mark
for file in "$BIN"/get-elevated-access-request "$BIN"/approve-elevated-access-request "$libexec/store"; do
	for caller in "0,4294967295,0,$$" "$(id -u bob),$(id -u bob),0,$$" "$(id -u pamlite),0,0,1"; do
		run as alice "$file" "--caller=$caller" "RequestId=$id" 'Task=L\ok'
		[[ $status == 78 || $status == 71 || $status == 64 || $status == 125 ]] ||
		    bad "status $status: $file --caller=$caller" "$err"
		is "$out" ''
		run "$file" "--caller=$caller" "RequestId=$id"
		[[ $status == 78 || $status == 125 ]] || bad "status $status of root: $file --caller=$caller" "$err"
		is "$out" ''
	done
done
for words in "--create" "" "x y" "--caller"; do
	# shellcheck disable=SC2086
	run as alice "$libexec/store" $words
	[[ $status == 78 || $status == 125 ]] || bad "status $status: store $words" "$err"
	is "$out" ''
done
same

t "D2 row 41: the same with the parent that it names"
mark
# shellcheck disable=SC2016
run as alice bash -c '"$0" "--caller=0,4294967295,0,$$" OutputFormat=Id; exit $?' "$BIN/get-elevated-access-request"
is "$status$out" 78
# shellcheck disable=SC2016
run as alice bash -c '"$0" "--caller=0,4294967295,0,$$" "Task=L\ok"; exit $?' "$libexec/store"
[[ $status == 78 || $status == 125 ]] || bad "status $status" "$err"
is "$out" ''
same

finish
