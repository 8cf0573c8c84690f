# lib.bash - the words of tests on the system database, each script in a world of its own
#
# A script says its goal in its first line and sources this before anything else. It is then
# started again as process 1 of new mount and process namespaces, with copies of /etc, /var/lib
# and /var/log in memory, users, and an installation in /opt/pl: nothing of the machine is
# changed, and whatever it leaves running ends with it. The words of tests/cli/lib.bash are
# there too. Who is not root, or where there are no such namespaces, skips the script.
# shellcheck shell=bash

world_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
world_prefix=/opt/pl

# world_reason: why there can be no world here; nothing if there can.
world_reason()
{
	if [[ $EUID != 0 ]]; then
		echo "needs root"
	elif ! unshare -m -p -f --mount-proc true 2>/dev/null; then
		echo "needs mount and process namespaces"
	elif [[ -n ${SANITIZED:-} ]]; then
		echo "the setuid programs are tested as they are installed"
	fi
}

# world_seed BUILD: what is compiled there already is taken over, so that only what has PREFIX in it is made again.
# A .d file names its target as make was told to call it, and here that is another place.
world_seed()
{
	local seed=$1/setuid/obj

	[[ ! -e $seed && -d $1/obj/lib && -d $1/obj/cmd ]] || return 0
	! grep -q __asan_init "$1/libpam-lite.a" 2>/dev/null || return 0
	rm -rf "$seed.new"
	mkdir -p "$seed.new" && cp -a "$1/obj/lib" "$1/obj/cmd" "$seed.new" &&
	    find "$seed.new" -name '*.d' -exec sed -i "1s|^[^ :]*/obj/|$seed/|" {} + && mv "$seed.new" "$seed"
}

# world_make BUILD WORD...: make with PREFIX compiled in, so not in the directory that other tests use. One at a time.
world_make()
{
	(
		flock 9 && world_seed "$1" && unset MAKEFLAGS MAKELEVEL MFLAGS &&
		    exec make -C "$world_here/../.." --no-print-directory -s BUILD="$1/setuid" \
		    PREFIX=$world_prefix "${@:2}"
	) 9>"$1/setuid.lock"
}

if [[ -z ${WORLD_OUTSIDE:-} ]]; then
	world_why=$(world_reason)
	if [[ -n $world_why ]]; then
		. "$world_here/../cli/lib.bash"
		skip "all of it" "$world_why"
		finish
	fi
	world_build=${BUILD:-$world_here/../../build}
	mkdir -p "$world_build"
	world_build=$(cd "$world_build" && pwd -P) || exit 1
	world_make "$world_build" -j2 all "$world_build/setuid/tests/setuid/ok" >&2 || exit 1
	WORLD_OUTSIDE=$(readlink /proc/self/ns/mnt) exec unshare -m -p -f --kill-child --mount-proc \
	    --propagation private bash "$0" "$@"
fi
# A variable that somebody has set must not let a test change his machine.
if [[ $WORLD_OUTSIDE == "$(readlink /proc/self/ns/mnt)" || $$ != 1 ]]; then
	echo "WORLD_OUTSIDE is set, but this is no namespace of its own" >&2
	exit 1
fi
unset WORLD_OUTSIDE
for world_word in "${!SUDO_@}" "${!DOAS_@}" MAKEFLAGS MAKELEVEL MFLAGS BASH_ENV ENV; do
	unset "$world_word"
done

# shellcheck disable=SC2034
BIN=$world_prefix/bin
# shellcheck source=tests/cli/lib.bash
. "$world_here/../cli/lib.bash"
unset PAMLITE_DATABASE
umask 022
export PATH=$BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# What scripts may use: where things are; $shared is a directory in which everybody can write.
libexec=$world_prefix/libexec/pam-lite
gate=$libexec/gate
# shellcheck disable=SC2034
runner=$libexec/runner
state=/var/lib/pam-lite
db=$state/pam-lite.db
tasks=/etc/pam-lite/tasks.d
log=/var/log/pam-lite
anchor=$log/anchor
ok=/opt/fixture/ok
shared=/opt/shared
# shellcheck disable=SC2034
collected=/var/log/collected
# Seconds after which a command has hung.
limit=60
# Opened by <>"$quiet": an input on which nobody says anything. script(1) types something at the end of one.
quiet=$lib_state/quiet
mkfifo "$quiet"

# --- making the world ---

world_own=/opt/.world

# world_copy DIR: from here on what is changed below it is changed in memory alone.
world_copy()
{
	mkdir -p "$world_own/up/$1" "$world_own/work/$1"
	mount -t overlay -o "lowerdir=/$1,upperdir=$world_own/up/$1,workdir=$world_own/work/$1" overlay "/$1" \
	    2>/dev/null && return 0
	[[ $1 != etc ]] || cp -a /etc/. "$world_own/up/etc"
	chmod 755 "$world_own/up/$1"
	mount --bind "$world_own/up/$1" "/$1"
}

# world_empty DIR MODE: nothing is in it, and what comes into it is in memory. Sources and build stay where they are;
# descriptors hold them meanwhile.
world_empty()
{
	local i held kept=() descriptors=()

	[[ -d $1 ]] || return 0
	[[ $ROOT/ != "$1"/* ]] || kept+=("$ROOT")
	[[ $BUILD/ != "$1"/* || $BUILD/ == "$ROOT"/* ]] || kept+=("$BUILD")
	for i in "${!kept[@]}"; do
		exec {held}<"${kept[i]}" && descriptors[i]=$held || return 1
	done
	mount -t tmpfs -o "mode=$2,suid,exec" tmpfs "$1" || return 1
	for i in "${!kept[@]}"; do
		held=${descriptors[i]}
		mkdir -p "${kept[i]}" && mount -c --rbind "/proc/self/fd/$held" "${kept[i]}" || return 1
		exec {held}<&-
	done
}

# A /dev whose log is nobody's: what is tested must not bear witness in the log of the machine. $world_dev: it is
# there, and a log daemon can be started. Else that of the machine is only out of reach.
world_dev=''
world_dev()
{
	mkdir -p "$world_own/pts" "$world_own/up/dev" "$world_own/work/dev" &&
	    mount --bind /dev/pts "$world_own/pts" || return 1
	if mount -t overlay -o "lowerdir=/dev,upperdir=$world_own/up/dev,workdir=$world_own/work/dev" overlay /dev \
	    2>/dev/null; then
		# shellcheck disable=SC2034
		world_dev=1
		mount --bind "$world_own/pts" /dev/pts && rm -f /dev/log
	elif [[ -S /dev/log ]]; then
		mount --bind /dev/null /dev/log
	fi
}

world_users()
{
	local user

	for user in pamlite alice bob dave carol adm1 adm2 svc; do
		userdel "$user" 2>/dev/null
		groupdel "$user" 2>/dev/null
	done
	for user in alice bob dave carol adm1 adm2; do
		useradd -U -m -d "/home/$user" -s /bin/bash "$user" || return 1
	done
	useradd -r -U -M -d /nonexistent -s /usr/sbin/nologin svc
}

world_begin()
{
	: >"$lib_state/begin"
	# Somebody who has logged in has a login uid, and everybody here would have the same one.
	[[ $(</proc/self/loginuid) == 4294967295 ]] || { echo 4294967295 >/proc/self/loginuid; } 2>/dev/null
	[[ $(</proc/self/loginuid) == 4294967295 ]] || return 1
	world_empty /opt 755 && mkdir -m 700 "$world_own" || return 1
	world_dev && world_copy etc && world_copy var/lib && world_copy var/log || return 1
	rm -rf /etc/pam-lite $state $log
	world_empty /home 755 && world_empty /tmp 1777 && world_empty /var/tmp 1777 && world_empty /dev/shm 1777 &&
	    world_empty /run 755 && world_users || return 1
	world_make "$BUILD" install >"$lib_state/install" 2>&1 || { cat "$lib_state/install"; return 1; }
	install -D -m 755 "$BUILD/setuid/tests/setuid/ok" "$ok"
	install -d -m 1777 "$shared"
	note_places
}

# Everything outside the known directories; what tests write goes to $work, $shared, /home or /tmp.
world_places()
{
	find "$world_own/up" /dev/shm /run /var/tmp -mindepth 1 \( -path '*/pam-lite' -o -path '*/pam-lite/*' -o \
	    -path "$world_own/up/var/log/*" -o -path /run/mount \) -prune -o -print | sort
	printf '%s\n' /* /.[!.]*
}

# note_places: files that were made or removed up to here are the test's own.
note_places()
{
	world_noted=$(world_places)
}

if ! world_begin; then
	echo "the world cannot be made"
	exit 1
fi

# --- acting as somebody ---

# as USER CMD...: with the user's ids and groups, a clean environment, in the home directory. A number is a
# uid that need not be an account's.
as()
{
	local user=$1 ids=(--init-groups) home=/home/$1

	shift
	[[ $user != *[!0-9]* ]] && ids=(--clear-groups)
	[[ $user == root ]] && home=/root
	[[ -d $home ]] || home=/
	timeout --foreground -k 5 "$limit" setpriv --reuid="$user" --regid="$user" "${ids[@]}" env -i -C "$home" \
	    PATH="$PATH" HOME="$home" USER="$user" LOGNAME="$user" SHELL=/bin/bash LC_ALL=C.UTF-8 TERM=dumb "$@"
}

# as_login LOGIN USER CMD...: the same for somebody who logged in as LOGIN, a name or a number.
as_login()
{
	local login=$1

	shift
	[[ $login != *[!0-9]* ]] || login=$(id -u "$login")
	(echo "$login" >/proc/self/loginuid && as "$@")
}
# begin USER CMD...: the same in the background; $begun is it. end [PID]: TERM to the command, and wait.
begin()
{
	as "$@" &
	begun=$!
}
end()
{
	pkill -TERM -P "${1:-$begun}"
	wait "${1:-$begun}" 2>/dev/null
}

# eventually SECONDS CMD...: until it succeeds.
eventually()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		((SECONDS <= end)) || return 1
		sleep 0.02
	done
}

not()
{
	! "$@"
}
# log_daemon FILE: a log daemon as it comes with Debian, $daemon, which writes what it gets into FILE, say $collected.
# It listens before it has put down its process id. no_log_daemon: its end.
log_daemon_listens()
{
	[[ -S /dev/log && -s /run/syslogd.pid ]]
}
log_daemon()
{
	rm -f "$1" /run/syslogd.pid
	busybox syslogd -n -O "$1" &
	daemon=$!
	eventually 10 log_daemon_listens || bad "the log daemon does not listen"
}
no_log_daemon()
{
	kill "$daemon"
	wait "$daemon" 2>/dev/null
	rm -f /dev/log
}
# hold: the test has the database's lock, until release. blocked: somebody waits for it.
hold()
{
	flock -F "$db.lock" sleep 100 &
	holder=$!
	eventually 5 not flock -n "$db.lock" true || bad "the lock cannot be had"
}
release()
{
	kill "$holder"
	wait "$holder" 2>/dev/null
}

# shellcheck disable=SC2034
has_login=$( (echo 1 >/proc/self/loginuid) 2>/dev/null && echo 1)

# Nothing may hang: what is no function of ours ends after the limit.
feed()
{
	local words=("$@")

	[[ $(type -t "$1") == function ]] || words=(timeout --foreground -k 5 "$limit" "$@")
	"${words[@]}" >"$stdout" 2>"$stderr"
	status=$?
	# The shell leaves NULs out, and says so.
	{ out=$(<"$stdout") err=$(<"$stderr"); } 2>/dev/null
	lib_said=("$@")
	return 0
}

# terminal USER CMD...: on a terminal of its own, until terminal_end. expect PATTERN: what appears next;
# send TEXT: what is typed, with \r and the like. $status and $out afterwards are the command's.
terminal()
{
	local user=$1

	shift
	rm -f "$lib_state/keys"
	mkfifo "$lib_state/keys"
	: >"$lib_state/screen"
	screen_at=0
	lib_said=("$@")
	as "$user" script -qefc "$(printf '%q ' "$@")" /dev/null <"$lib_state/keys" >"$lib_state/screen" 2>&1 &
	terminal_pid=$!
	exec {terminal_keys}>"$lib_state/keys"
}
world_screen()
{
	tr -d '\0' <"$lib_state/screen" | tail -c +$((screen_at + 1))
}
expect()
{
	local found end=$((SECONDS + limit / 2))

	while ((SECONDS < end)); do
		# Not how the commands of the pipe ended: one that is not read to its end is killed.
		found=$(world_screen | grep -aobE -- "$1" | head -n 1)
		if [[ -n $found ]]; then
			screen_at=$((screen_at + ${found%%:*} + $(printf '%s' "${found#*:}" | wc -c)))
			return 0
		fi
		sleep 0.02
	done
	bad "does not appear on the terminal: $1" "$(world_screen | tail -c 2000 | cat -v)"
	return 1
}
send()
{
	printf '%b' "$1" >&"$terminal_keys"
}
terminal_end()
{
	exec {terminal_keys}>&-
	wait "$terminal_pid"
	status=$?
	out=$(tr -d '\0\r' <"$lib_state/screen")
	err=''
}

# --- the database, from below ---

# dbquery SQL...: as its account, behind the lock that commands take.
dbquery()
{
	(cd / && exec setpriv --reuid=pamlite --regid=pamlite --clear-groups env -i PATH=/usr/bin:/bin \
	    timeout -k 5 "$limit" flock -w 20 "$db.lock" sqlite3 -batch "$db" "$@")
}

# world_look: the log's last number, and a digest of all tables but the log and of root's files.
world_look()
{
	dbquery 'SELECT coalesce(max(sequence), 0) FROM audit' .dump | {
		read -r world_sequence
		echo "$world_sequence"
		{ grep -av '^INSERT INTO audit '; find $tasks -type f -exec sha256sum {} + | sort; } | sha256sum
	}
}

# mark: from here on `same` and `recorded` count.
mark()
{
	{ read -r mark_sequence; read -r mark_digest; } < <(world_look)
}

# same: since the mark nothing was changed but the log; the rest is looked at after every test.
same()
{
	is "$(world_look | tail -n 1)" "$mark_digest" "something was changed"
	[[ -z $(world_processes) ]] || bad "processes are left" "$(world_processes)"
}

# recorded N PATTERN: exactly N records since the mark match the extended pattern.
recorded()
{
	local lines n

	lines=$(dbquery "SELECT data FROM audit WHERE sequence > $mark_sequence ORDER BY sequence")
	n=$(grep -cE -- "$2" <<<"$lines")
	[[ $n == "$1" ]] || bad "$n records, expected $1, that match: $2" "$lines"
}

# by_hand USER COMMAND WORD...: the gate as anybody can call it, in the form in which commands do.
by_hand()
{
	# shellcheck disable=SC2016
	as "$1" bash -c '"$0" $$ "$@"; exit $?' $gate "${@:2}"
}

# --- what most scripts begin with ---

# fixture: ops (bob, dave) decide, managers (adm1, adm2) configure; tasks that run $ok:
#     L\ok       without arguments, as root; L\svc as svc
#     L\exit     code=int:0..255, what it exits with; L\svc-exit as svc
#     L\words    one=text:2000, two=choice:a|b|c, three=word, behind a 0
# each for at most 4 hours, after one approval.
fixture()
{
	local task

	must new-elevated-access-approver-group ops -Member bob,dave
	must new-elevated-access-approver-group managers -Member adm1,adm2
	must enable-elevated-access-control -AdminGroup ops
	must set-elevated-access-control -ManagementGroup managers -Confirm:false
	must register-elevated-access-task 'L\ok' -Path "$ok"
	must register-elevated-access-task 'L\svc' -Path "$ok" -RunAs svc
	must register-elevated-access-task 'L\exit' -Path "$ok" -ArgumentList '{code}' -Parameter code=int:0..255
	must register-elevated-access-task 'L\svc-exit' -Path "$ok" -RunAs svc -ArgumentList '{code}' \
	    -Parameter code=int:0..255
	must register-elevated-access-task 'L\words' -Path "$ok" -ArgumentList 0,'{one}','{two}','{three}' \
	    -Parameter 'one=text:2000,two=choice:a|b|c,three=word'
	for task in ok svc exit svc-exit words; do
		must new-elevated-access-approval-policy "L\\$task" -ApprovalType Manual -ApproverGroup ops \
		    -MaxDurationHours 4 -BindParameters:false
	done
	keep
}

# grant USER [TASK WORD...]: a request by USER, for L\ok, approved by bob; $id is its identity.
grant()
{
	local who=$1

	shift
	(($# > 0)) || set -- 'L\ok'
	must as "$who" new-elevated-access-request "$@" -Reason 'for a test' -o Id
	id=$out
	must as bob approve-elevated-access-request "$id" -Comment ok
}

# keep: what `fresh` brings back.
keep()
{
	rm -rf "$world_own/kept"
	mkdir "$world_own/kept"
	cp -a $db $tasks $anchor "$world_own/kept"
}
fresh()
{
	chattr -a $anchor 2>/dev/null
	rm -rf $db-journal $log/unrecorded-* $tasks
	cp -a "$world_own/kept/tasks.d" $tasks
	cp -a "$world_own/kept/pam-lite.db" $db
	cp -a "$world_own/kept/anchor" $anchor
	chattr +a $anchor 2>/dev/null
	mark
}

# --- what must be true after every test ---

# A process that runs a program of ours, or a task's.
world_processes()
{
	local i found

	for ((i = 0; i < 100; i++)); do
		found=$(find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' \
		    \( -lname "$world_prefix/*" -o -lname '/opt/fixture/*' \) -printf '%h %l\n' 2>/dev/null)
		[[ -n $found ]] || return 0
		sleep 0.02
	done
	echo "$found"
}

# A test that has broken the world on purpose says world_checks=0, and mends it before the next.
world_checks=1
world_check()
{
	local found

	lib_said=(the test)
	err=''
	found=$(world_processes)
	[[ -z $found ]] || bad "processes are left" "$found"
	found=$(find / /home /opt /tmp $state $log $tasks "$work" -xdev -maxdepth 3 -not -path '/proc*' -type f \
	    \( -name core -o -name 'core.[0-9]*' \) -newer "$lib_state/begin" -print 2>/dev/null)
	[[ -z $found ]] || bad "a core file is left" "$found"
	found=$(find /home /opt /tmp /etc /run /dev/shm /var/tmp -xdev \
	    \( -path "$world_own" -o -path "$ROOT" -o -path "$BUILD" \) -prune -o -user pamlite -print)
	[[ -z $found ]] || bad "files of the account are left" "$found"
	found=$(world_places)
	[[ $found == "$world_noted" ]] ||
	    bad "files were made or removed" "$(diff <(echo "$world_noted") <(echo "$found"))"
	flock -w 2 -n $db.lock true || bad "the lock is held" "$(fuser -v $db.lock 2>&1)"
	((world_checks)) || { world_checks=1; return 0; }
	is "$(dbquery 'PRAGMA integrity_check; PRAGMA foreign_key_check' 2>&1)" ok "the database is damaged"
	feed test-elevated-access-audit-log -Quiet </dev/null
	((status == 0)) || bad "the audit log is damaged" "$err"
}

eval "cli_close$(declare -f lib_close | sed 1d | sed '1s/^/()\n/')"
lib_close()
{
	[[ -n $lib_test ]] || return 0
	world_check
	cli_close
}
