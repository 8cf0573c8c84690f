#!/bin/bash
# install.sh - make install, setup, uninstall and test-elevated-access-installation, on a system of their own
#
# In a private mount namespace with copies of /etc, /var/lib and /var/log in memory, below
# /opt, which is memory too. Nothing of the machine is changed.

here=$(cd "$(dirname "$0")" && pwd -P)
if [[ $EUID == 0 && ${1:-} != inside ]] && unshare -m true 2>/dev/null; then
	exec unshare -m --propagation private bash "$0" inside
fi
prefix=/opt/pl
BIN=$prefix/bin
. "$here/../cli/lib.bash"

if [[ ${1:-} != inside ]]; then
	skip "the system installation" "needs root and mount namespaces"
	finish
fi
unset PAMLITE_DATABASE MAKEFLAGS MAKELEVEL MFLAGS
umask 022

# --- the system ---

must mount -t tmpfs -o mode=755,suid,exec tmpfs /opt
for dir in etc var/lib var/log; do
	mkdir -p "/opt/world/$dir"
done
cp -a /etc/. /opt/world/etc
for dir in etc var/lib var/log; do
	must mount --bind "/opt/world/$dir" "/$dir"
done
rm -rf /etc/pam-lite
for name in pamlite alice; do
	userdel "$name" 2>/dev/null
done
groupdel pamlite 2>/dev/null
must useradd -M -s /bin/bash alice

# Another PREFIX is compiled in here, so not in the directory that other tests use meanwhile: from the one in which
# lib.bash makes what it installs, as soon as that has made it.
mkdir /opt/build
from=$BUILD
if [[ -e $BUILD/setuid.lock ]]; then
	exec 9<"$BUILD/setuid.lock"
	flock 9
	[[ ! -e $BUILD/setuid/pam-lite.pc ]] || from=$BUILD/setuid
fi
for part in obj bin libexec libpam-lite.a pam-lite.pc prefix; do
	[[ ! -e $from/$part ]] || cp -a "$from/$part" /opt/build
done
exec 9<&-

install()
{
	make -C "$ROOT" --no-print-directory -s BUILD=/opt/build "$@"
}
setup=$prefix/libexec/pam-lite/setup
db=/var/lib/pam-lite/pam-lite.db
log=/var/log/pam-lite

# Every file with what it is, for comparing; all that setup makes and could change.
listing()
{
	find "$@" -printf '%P %y %U:%G %m %s %i %T@ %l\n' | sort
}
state()
{
	listing /var/lib/pam-lite /etc/pam-lite "$log"
	getent passwd
	getent group
	getent shadow
}
setuid_files()
{
	find / /opt /etc /var -xdev \( -path /opt/build -o -path /proc -o -path /sys \) -prune -o \
	    -type f -perm /6000 -print 2>/dev/null | sort -u
}
as_alice()
{
	setpriv --reuid=alice --regid=alice --clear-groups env -u TMPDIR "$@"
}

# --- installing ---

setuid_files >"$work/setuid.before"
t "make install ends well and says what setup did"
succeeds install install PREFIX=$prefix
is "$(grep -E '^(made|corrected|make install)' <<<"$out")" 'made the group pamlite
made the account pamlite
made /var/lib/pam-lite
made /etc/pam-lite
made /etc/pam-lite/tasks.d
made /var/log/pam-lite
made /var/log/pam-lite/sessions
made /var/log/pam-lite/anchor
made the database /var/lib/pam-lite/pam-lite.db'

t "two setuid programs, both root's, and nothing else that is new and setuid or setgid"
is "$(setuid_files | comm -13 "$work/setuid.before" -)" "$(printf '%s\n' $prefix/libexec/pam-lite/{gate,runner})"
is "$(stat -c '%U:%G %a %h %n' $prefix/libexec/pam-lite/*)" "root:root 4755 1 $prefix/libexec/pam-lite/gate
root:root 4755 1 $prefix/libexec/pam-lite/runner
root:root 755 1 $prefix/libexec/pam-lite/setup
root:root 755 1 $prefix/libexec/pam-lite/store"

t "everything below PREFIX is root's: directories and programs 755, the rest 644"
is "$(find $prefix -not -type l -not -path '*/libexec/pam-lite/*' -printf '%u:%g %y %m %n\n' |
    sed 's/ d 755 .*/ d 755/' | sort -u)" 'root:root d 755
root:root f 644 1
root:root f 755 1'
is "$(find $prefix -name '*.new')" ''
is "$(cd $prefix/bin && find . -type f -printf '%f\n' | sort)" \
    "$(cd "$ROOT/cmd" && printf '%s\n' *-*.c | sed 's/\.c$//' | sort)"
is "$(cd $prefix/bin && for name in *-elevated-access*; do readlink "$(cmdlet "$name")"; done)" \
    "$(cd $prefix/bin && printf '%s\n' *-elevated-access*)"

t "account, directories and database are as the design says"
is "$(getent passwd pamlite | cut -d : -f 5-)" 'pam-lite database:/nonexistent:/usr/sbin/nologin'
is "$(getent shadow pamlite | cut -d : -f 2)" '!'
is "$(getent group pamlite | cut -d : -f 4)" ''
is "$(id -Gn pamlite)" pamlite
is "$(find /var/lib/pam-lite /etc/pam-lite $log -printf '%p %u:%g %m %y %n\n' |
    sed 's/ d [0-9]*$/ d/; /\.lock /d; /-journal /d' | sort)" \
    '/etc/pam-lite root:root 755 d
/etc/pam-lite/tasks.d root:root 700 d
/var/lib/pam-lite pamlite:pamlite 2700 d
/var/lib/pam-lite/pam-lite.db pamlite:pamlite 600 f 1
/var/log/pam-lite root:pamlite 750 d
/var/log/pam-lite/anchor root:pamlite 640 f 1
/var/log/pam-lite/sessions root:pamlite 750 d'
[[ -s $db ]] || bad "the database is empty"
is "$(find / /opt /etc /var -xdev -path /proc -prune -o \( -user pamlite -o -group pamlite \) -print 2>/dev/null |
    grep -v -e '^/var/lib/pam-lite' -e '^/var/log/pam-lite' -e '^/opt/world/var')" ''

t "PREFIX is compiled in"
for program in gate runner; do
	grep -aqF "$prefix/libexec/pam-lite" $prefix/libexec/pam-lite/$program ||
	    grep -aqF "$prefix/bin" $prefix/libexec/pam-lite/$program || bad "$program does not know $prefix"
done
is "$(grep ^prefix= $prefix/lib/pkgconfig/pam-lite.pc)" "prefix=$prefix"

# --- again, over a running installation ---

t "a second make install says nothing and changes nothing but the files' age"
state >"$work/state.before"
succeeds install install PREFIX=$prefix
is "$out$err" ''
is "$(state | diff "$work/state.before" -)" ''

# A look takes microseconds, so that a file that is gone for a moment is seen to be.
t "while it installs, no file is missing, not executable or without its setuid bit for a moment"
perl -e '
	my ($done, $power, @files) = @ARGV;
	my ($looks, %bad) = (0);
	until (-e $done) {
		for (0 .. $#files) {
			my @st = stat $files[$_];
			$bad{$files[$_]} = 1 if !@st || ($st[2] & 0111) != 0111 || ($_ < $power && !($st[2] & 04000));
		}
		$looks++;
	}
	print "$looks\n", join("\n", sort keys %bad), "\n"' \
    "$work/installed" 2 $prefix/libexec/pam-lite/{gate,runner,store} $prefix/bin/{get,Get}-[Ee]levated*[Rr]equest \
    >"$work/watched" &
for round in 1 2 3; do
	install install PREFIX=$prefix >/dev/null 2>&1 || bad "round $round failed"
done
: >"$work/installed"
wait
is "$(tail -n +2 "$work/watched")" ''
(($(head -n 1 "$work/watched") > 1000)) || bad "not looked at often enough"

# --- the check ---

# look [CMD...]: the check, as it is called or in that form, and what it finds.
declare -A found_of
look()
{
	local check object result found advice

	(($# > 0)) || set -- test-elevated-access-installation
	run "$@" -o JsonLines
	findings=() found_of=()
	while IFS=$'\x1f' read -r -d $'\x1e' check object result found advice; do
		findings+=("$result $check $object")
		found_of["$check $object Result"]=$result
		found_of["$check $object Found"]=$found
		found_of["$check $object Advice"]=$advice
	done < <(jq -j '[.Check, .Object, .Result, .Found, .Advice // ""] | join("\u001f") + "\u001e"' <<<"$out")
}
# told RESULT: "Check Object" of every finding with that result.
told()
{
	local each

	for each in "${findings[@]}"; do
		[[ $each != "$1 "* ]] || echo "${each#* }"
	done
}
# finding CHECK OBJECT Result|Found|Advice
finding()
{
	echo "${found_of["$1 $2 $3"]:-}"
}

t "of a fresh installation nothing is wrong; all is told with what was found"
look
is "$status" 0
is "$(told Wrong)" ''
is "$(told Ok | grep -v -e ^KernelSetting -e ^LoginUid -e ^Anchor -e ^MailProgram)" \
    "SetuidProgram $prefix/libexec/pam-lite/gate
SetuidProgram $prefix/libexec/pam-lite/runner
StoreProgram $prefix/libexec/pam-lite/store
Commands $prefix/bin
Account pamlite
DataDirectory /var/lib/pam-lite
Database $db
Lock $db.lock
ConfigDirectory /etc/pam-lite
TasksDirectory /etc/pam-lite/tasks.d
Queue /var/lib/pam-lite/queue
LogDirectory $log
RecordingDirectory $log/sessions
NewPrivileges this process
Tracer this process
UserNamespace this process
ProcessList /proc"
is "$(finding Database $db Found)" "pamlite:pamlite 0600, $(stat -c %s $db) bytes"
is "$(told Wrong | wc -l)$(jq -r 'select(.Found == "" or .Expected == "" or
    (.Result == "Ok") != (.Advice == null)) | .Object' <<<"$out")" 0

t "-Quiet prints nothing"
run test-elevated-access-installation -Quiet
is "$status$out$err" 0

t "somebody else is told nothing wrong, and what only root can see"
look as_alice "$BIN/test-elevated-access-installation"
is "$status" 0
is "$(told Wrong)" ''
is "$(told Warning | grep -v -e ^KernelSetting -e ^LoginUid -e ^MailProgram)" "Database $db
Lock $db.lock
TasksDirectory /etc/pam-lite/tasks.d
Queue /var/lib/pam-lite/queue
Anchor $log/anchor
RecordingDirectory $log/sessions"
is "$(jq -r 'select(.Found | test("not visible")) | .Advice' <<<"$out" | sort -u)" 'run it as root'

# broken WHAT CHECK OBJECT FOUND BREAK [REPAIR]: after BREAK exactly this is wrong, and 78. What is advised
# sets it right again, or, where that is no command, REPAIR.
broken()
{
	local advice

	t "$1"
	eval "$5" >/dev/null 2>&1 || bad "cannot be broken: $5"
	look
	is "$status" 78 "$1"
	is "$(told Wrong)" "$2 $3" "$1"
	has "$(finding "$2" "$3" Found)" "$4"
	advice=${6:-$(finding "$2" "$3" Advice)}
	eval "$advice" >"$work/repair" 2>&1 || bad "what is advised fails: $advice" "$(<"$work/repair")"
	look
	is "$status$(told Wrong)" 0 "after: $advice"
}
gate=$prefix/libexec/pam-lite/gate runner=$prefix/libexec/pam-lite/runner store=$prefix/libexec/pam-lite/store
again="install install PREFIX=$prefix"
command=$BIN/new-elevated-access-request

broken "gate not setuid" SetuidProgram $gate 'root:root 0755' "chmod 755 $gate"
broken "runner setgid too" SetuidProgram $runner 'root:root 6755' "chmod 6755 $runner"
broken "gate writable by its group" SetuidProgram $gate 'root:root 4775' "chmod 4775 $gate" "$again"
broken "gate is alice's" SetuidProgram $gate "$(id -u alice):root" "chown alice $gate; chmod 4755 $gate" "$again"
broken "gate of another group" SetuidProgram $gate "root:$(id -g alice)" "chgrp alice $gate; chmod 4755 $gate"
broken "gate with a second name" SetuidProgram $gate '2 names' "ln $gate $prefix/second" "rm $prefix/second"
broken "gate is a link" SetuidProgram $gate 'a symbolic link' "mv $gate $prefix/g; ln -s ../../g $gate" \
    "mv -f $prefix/g $gate"
broken "no runner" SetuidProgram $runner missing "rm $runner" "$again"
broken "no store program" StoreProgram $store missing "rm $store" "$again"
broken "store program writable by all" StoreProgram $store '0777' "chmod 777 $store" "$again"
broken "a command is alice's" Command "$command" "$(id -u alice):root 0755" "chown alice $command" "$again"
broken "a command is setuid" Command "$command" 'root:root 4755' "chmod 4755 $command"
broken "account with a shell" Account pamlite /bin/sh 'usermod -s /bin/sh pamlite'
broken "account with a member" Account pamlite 'alice is in its group' 'gpasswd -a alice pamlite'
broken "account in another group" Account pamlite 'in the group daemon too' 'gpasswd -a pamlite daemon'
broken "account with a password" Account pamlite 'a password' 'usermod -p x pamlite'
broken "account's group is another's" Account pamlite 'alice has its group' 'usermod -g pamlite alice' \
    'usermod -g alice alice'
broken "account with two names" Account pamlite 'alice2 has its user id' \
    'useradd -M -o -u "$(id -u pamlite)" -g alice alice2' 'sed -i /^alice2:/d /etc/passwd /etc/shadow'
broken "data directory open" DataDirectory /var/lib/pam-lite 2755 'chmod 2755 /var/lib/pam-lite'
broken "data directory without setgid" DataDirectory /var/lib/pam-lite 0700 'chmod 00700 /var/lib/pam-lite'
broken "data directory is root's" DataDirectory /var/lib/pam-lite root:pamlite 'chown root /var/lib/pam-lite'
broken "database readable" Database $db 'pamlite:pamlite 0644' "chmod 644 $db"
broken "database is root's" Database $db 'root:root' "chown root:root $db"
broken "database with a second name" Database $db '2 names' "ln $db /var/lib/second" 'rm /var/lib/second'
broken "database gone" Database $db missing "mv $db /var/lib/kept" "mv /var/lib/kept $db"
broken "database empty" Database $db '0 bytes' "cp -a $db /var/lib/kept; : >$db" "mv /var/lib/kept $db"
broken "database is a link" Database $db 'a symbolic link' "mv $db /var/lib/kept; ln -s ../kept $db" \
    "mv /var/lib/kept $db"
broken "another's journal" DataFile $db-journal 'root:' "rm -f $db-journal; : >$db-journal; chmod 600 $db-journal"
broken "lock readable" Lock $db.lock 0644 \
    "[[ -e $db.lock ]] || install -o pamlite -g pamlite /dev/null $db.lock; chmod 644 $db.lock"
broken "configuration writable" ConfigDirectory /etc/pam-lite 'root:root 0775' 'chmod 775 /etc/pam-lite'
broken "tasks readable" TasksDirectory /etc/pam-lite/tasks.d 'root:root 0755' 'chmod 755 /etc/pam-lite/tasks.d'
broken "log directory open" LogDirectory $log root:pamlite "chmod 755 $log"
broken "log directory is the account's" LogDirectory $log pamlite:pamlite "chown pamlite $log"
broken "recordings can be listed by all" RecordingDirectory $log/sessions 0755 "chmod 755 $log/sessions"
broken "no directory for recordings" RecordingDirectory $log/sessions missing "rmdir $log/sessions"
broken "anchor writable" Anchor $log/anchor 'root:pamlite 0660' "chattr -a $log/anchor; chmod 660 $log/anchor"
broken "no anchor" Anchor $log/anchor missing "chattr -a $log/anchor; rm $log/anchor"

# A directory is a fault of all that is below it.
# above WHAT DIRECTORY LINES BREAK REPAIR
above()
{
	t "$1"
	eval "$4"
	look
	is "$status" 78
	is "$(told Wrong)" "$3"
	is "$(jq -r 'select(.Result == "Wrong") | .Found' <<<"$out" | grep -cv "$2 ")" 0 "$2 is not named"
	eval "$5"
	look
	is "$status$(told Wrong)" 0
}
above "a directory above the programs is alice's" "$prefix/libexec" "SetuidProgram $gate
SetuidProgram $runner
StoreProgram $store" "chown alice $prefix/libexec" "chown root $prefix/libexec"
above "a directory above the data is writable" /var/lib 'DataDirectory /var/lib/pam-lite' 'chmod 777 /var/lib' \
    'chmod 755 /var/lib'
above "a directory above the log is its group's" /var/log "LogDirectory $log" 'chmod 775 /var/log' 'chmod 755 /var/log'

t "mounted nosuid"
mount -o remount,nosuid,bind /opt 2>/dev/null || mount -o remount,nosuid /opt
look
is "$status" 78
is "$(told Wrong)" "SetuidProgram $gate
SetuidProgram $runner"
has "$(finding SetuidProgram $gate Found)" 'mounted nosuid'
advice=$(finding SetuidProgram $gate Advice)
is "$advice" "mount -o remount,suid \"\$(findmnt -n -o TARGET -T $gate)\""
eval "$advice"
look
is "$status$(told Wrong)" 0

t "two faults are two findings"
chmod 755 $gate
chmod 644 $db
look
is "$(told Wrong)" "SetuidProgram $gate
Database $db"
run test-elevated-access-installation -Quiet
is "$status$out" 78
matches "$err" '^test-elevated-access-installation: 2 of [0-9]+ checks found the installation wrong$'
chmod 4755 $gate
chmod 600 $db

t "what people read has the advice beside the table"
chmod 755 $gate
run test-elevated-access-installation
has "$err" "WARNING: $gate: root:root 0755; chown root:root $gate; chmod 4755 $gate"
chmod 4755 $gate

t "a file's name cannot become a command in an advice"
evil="/var/lib/pam-lite/x; touch evil; \$(touch evil) '; touch evil #"
: >"$evil"
look
advice=$(jq -r 'select(.Check == "DataFile") | .Advice' <<<"$out")
eval "$advice"
[[ ! -e evil ]] || bad "the advice ran what the name says: $advice"
is "$(stat -c '%U:%G %a' "$evil")" 'pamlite:pamlite 600'
rm "$evil"

# --- warnings ---

warned()
{
	look
	is "$status" 0
	has "$(told Warning)" "$1"
}
t "a lock that is held for long is named with its holder"
[[ -e $db.lock ]] || install -o pamlite -g pamlite -m 600 /dev/null $db.lock
perl -e 'use Fcntl ":flock"; open(F, "<", shift); flock(F, LOCK_EX); open(G, ">", shift); sleep 60' \
    $db.lock "$work/locked" &
holder=$!
while [[ ! -e $work/locked ]]; do sleep 0.02; done
flock $db.lock true &
waiting=$!
warned "Lock $db.lock"
has "$(finding Lock $db.lock Found)" \
    "by process $holder, 1 waiting, that is $(readlink -f "$(command -v perl)"), running for"
has "$(finding Lock $db.lock Advice)" "ps -o pid,ppid,user,stat,wchan:20,lstart,args -p $holder;"
kill $holder
wait $holder $waiting 2>/dev/null
look
is "$(finding Lock $db.lock Found)" 'pamlite:pamlite 0600, free'

t "so is one whose taker has ended, while another process has its descriptor"
exec 9<$db.lock
flock 9
look
# In a process namespace the kernel may not show the lock of a process that is gone.
matches "$(finding Lock $db.lock Found): $(finding Lock $db.lock Advice)" \
    "that process has ended and left it to another: fuser -v $db.lock\$|cannot be seen from here: lslocks, as root"
exec 9<&-

t "a journal that was left is named, and to be left"
printf 'x' >$db-journal
chown pamlite:pamlite $db-journal
chmod 600 $db-journal
warned "Journal $db-journal"
has "$(finding Journal $db-journal Advice)" 'leave it there'
: >$db-journal
look
is "$(finding Journal $db-journal Found)" ''

# task_file NAME TEXT: a file of that task as register- writes it.
task_file()
{
	file=/etc/pam-lite/tasks.d/$1.$(printf '%s' "$2" | sha256sum | cut -c 1-64).task
	printf '%s' "$2" >"$file"
}
t "task files are read as the runner reads them"
task_file linux.hello $'Name Linux\\Hello\nPath /usr/bin/true\nRunAs root\n'
first=$file
look
is "$status$(told Wrong)" 0
is "$(finding TaskFile "$first" Found)" 'root:root 0644, Linux\Hello'
is "$(finding TasksDirectory /etc/pam-lite/tasks.d Found)" 'root:root 0700, 1 files'

t "a second file of one task is a leftover, one of a longer name is none"
task_file linux.hello $'Name Linux\\Hello\nPath /usr/bin/false\nRunAs root\n'
second=$file
task_file linux.hello.a $'Name Linux\\Hello.a\nPath /usr/bin/true\nRunAs root\n'
other=$file
look
is "$status$(told Wrong)" 0
is "$(told Warning | grep -c TaskFile)" 1
is "$(jq -r 'select(.Check == "TaskFile" and .Result == "Warning") | .Found' <<<"$out")" \
    'root:root 0644, Linux\Hello, there is another file of this task'
rm "$second" "$other"

t "what is no task file is said to be none"
: >/etc/pam-lite/tasks.d/notes
warned 'TaskFile /etc/pam-lite/tasks.d/notes'
rm /etc/pam-lite/tasks.d/notes

broken "a task file that was edited" TaskFile "$first" 'digest' "sed -i 's/true/yes/' $first" \
    "sed -i 's/yes/true/' $first"
broken "a task file that is alice's" TaskFile "$first" "$(id -u alice):root" "chown alice $first" "chown root $first"
broken "a task file writable by its group" TaskFile "$first" 'root:root 0664' "chmod 664 $first" "chmod 644 $first"
broken "a task file with a second name" TaskFile "$first" '2 names' "ln $first /etc/second" 'rm /etc/second'
broken "a task file that is a link" TaskFile "$first" 'a symbolic link' "mv $first /etc/kept; ln -s /etc/kept $first" \
    "mv /etc/kept $first"
rm "$first"

t "where setuid means nothing it says so"
look setpriv --no-new-privs "$BIN/test-elevated-access-installation"
is "$(finding NewPrivileges 'this process' Result)" Warning
look unshare -Ur "$BIN/test-elevated-access-installation"
is "$(finding UserNamespace 'this process' Result)" Warning
look strace -f -o /dev/null -e trace=none "$BIN/test-elevated-access-installation"
is "$(finding Tracer 'this process' Result)" Warning
has "$(finding Tracer 'this process' Found)" 'traced by process'

t "kernel settings are told with the line that sets them"
look
for name in fs.protected_symlinks fs.protected_hardlinks fs.protected_fifos fs.protected_regular fs.suid_dumpable; do
	is "$(finding KernelSetting $name Found)" "$(cat "/proc/sys/${name//./\/}")"
	[[ $(finding KernelSetting $name Result) == Ok ]] || has "$(finding KernelSetting $name Advice)" "echo $name = "
done

# --- setup refuses ---

# refuses WHAT TEXT BREAK REPAIR: setup ends with 78, says TEXT, and changes nothing.
refuses()
{
	t "setup refuses: $1"
	eval "$3" >/dev/null 2>&1 || bad "cannot be broken: $3"
	state >"$work/state.before"
	run $setup
	is "$status" 78
	is "$out" ''
	has "$err" "$2"
	is "$(state | diff "$work/state.before" -)" ''
	eval "$4" >/dev/null
	run $setup
	is "$status$out$err" 0 "after: $4"
}
for dir in /var/lib/pam-lite /etc/pam-lite /etc/pam-lite/tasks.d $log $log/sessions; do
	refuses "a link at $dir" "$dir is a symbolic link" "mv $dir $dir.kept; ln -s $dir.kept $dir" \
	    "rm $dir; mv $dir.kept $dir"
	refuses "a link to nothing at $dir" "$dir is a symbolic link" "mv $dir $dir.kept; ln -s nothing $dir" \
	    "rm $dir; mv $dir.kept $dir"
	refuses "a file at $dir" "$dir is not a directory" "mv $dir $dir.kept; : >$dir" "rm $dir; mv $dir.kept $dir"
done
refuses "a link for the database" "$db is a symbolic link" "mv $db /var/lib/kept; ln -s /etc/nothing $db" \
    "rm $db; mv /var/lib/kept $db"
refuses "a link for the anchor" "anchor is a symbolic link" \
    "chattr -a $log/anchor; mv $log/anchor /var/kept; ln -s /etc/shadow $log/anchor" \
    "rm $log/anchor; mv /var/kept $log/anchor; chattr +a $log/anchor"
refuses "a second name of another file for the anchor" "another name" \
    "chattr -a $log/anchor; mv $log/anchor /var/log/kept; : >/var/log/victim; ln /var/log/victim $log/anchor" \
    "rm $log/anchor /var/log/victim; mv /var/log/kept $log/anchor; chattr +a $log/anchor"
refuses "an account with a shell" 'login shell (/bin/sh)' 'usermod -s /bin/sh pamlite' \
    'usermod -s /usr/sbin/nologin pamlite'
refuses "an account with a password" 'has a password' 'usermod -p x pamlite' 'usermod -p "!" pamlite'
refuses "a group with members" 'has members (alice)' 'gpasswd -a alice pamlite >/dev/null' \
    'gpasswd -d alice pamlite >/dev/null'
refuses "an account in another group" 'in other groups too: pamlite daemon' 'gpasswd -a pamlite daemon >/dev/null' \
    'gpasswd -d pamlite daemon >/dev/null'
refuses "an account that is root" 'the account pamlite is root' 'cp -a /etc/passwd /etc/passwd.kept
    sed -i "s/^pamlite:x:[0-9]*/pamlite:x:0/" /etc/passwd' 'mv /etc/passwd.kept /etc/passwd'
refuses "a group that is another's too" 'is the group of alice too' 'usermod -g pamlite alice' 'usermod -g alice alice'

t "setup is root's"
run as_alice $setup
is "$status$out" 78
has "$err" 'must be run by root'

t "setup makes again what is missing, and nothing else"
rmdir /etc/pam-lite/tasks.d
chmod 2777 /etc/pam-lite
before=$(stat -c '%i %s' $db)
succeeds $setup
is "$out" 'corrected /etc/pam-lite: root:root 2777 is now root:root 755
made /etc/pam-lite/tasks.d'
is "$(stat -c '%i %s' $db)" "$before"
is "$(stat -c %a /etc/pam-lite)" 755

t "what the log's witness holds stays"
echo '7 abc' >>$log/anchor
succeeds $setup
is "$(cat $log/anchor)" '7 abc'

t "what opens the database as its account has no terminal of root's, and cannot speak to it in its language"
mv $prefix/libexec/pam-lite/store "$work/store"
# What it has open, its session's terminal, and what a terminal would take for an order.
cat >$prefix/libexec/pam-lite/store <<'END'
#!/bin/bash
readlink /proc/$$/fd/{0..9}
read -r line </proc/$$/stat
line=${line##*) }
set -- $line
echo "session $(($4 == $$)) terminal $5"
printf '\e]0;\x9b x\n'
END
chmod 755 $prefix/libexec/pam-lite/store
run script -qec "exec 3<>/dev/tty; $setup" /dev/null
has "$out" 'session 1 terminal 0'
lacks "$out" /dev/pts
lacks "$out" $'\e'
mv "$work/store" $prefix/libexec/pam-lite/store
run $setup
is "$status$err" 0

# --- uninstalling ---

t "make uninstall takes away what was installed, keeps the rest, and says how that goes"
: >$prefix/bin/foreign
: >$prefix/lib/foreign
state >"$work/state.before"
succeeds install uninstall PREFIX=$prefix
is "$(find $prefix -mindepth 1 | sort)" "$(printf '%s\n' $prefix/{bin,bin/foreign,lib,lib/foreign})"
is "$(wc -l <"$stdout")" 1
has "$out" 'rm -r /var/lib/pam-lite /etc/pam-lite /var/log/pam-lite; userdel pamlite'
is "$(state | diff "$work/state.before" -)" ''

t "with another PREFIX and DESTDIR: files alone, that PREFIX compiled in, and no setup"
mv /var/lib/pam-lite /var/lib/kept
succeeds install install PREFIX=/opt/other DESTDIR=/opt/dest
is "$(grep -v '^make' <<<"$out")" ''
[[ ! -e /var/lib/pam-lite ]] || bad "setup was run"
[[ ! -e /opt/other ]] || bad "files outside of DESTDIR"
is "$(cd /opt/dest/opt/other/libexec/pam-lite && stat -c '%U:%G %a %n' ./*)" 'root:root 4755 ./gate
root:root 4755 ./runner
root:root 755 ./setup
root:root 755 ./store'
for program in gate runner; do
	grep -aqF /opt/other /opt/dest/opt/other/libexec/pam-lite/$program || bad "$program does not know its PREFIX"
	! grep -aqF "$prefix" /opt/dest/opt/other/libexec/pam-lite/$program || bad "$program knows the old PREFIX"
done
look /opt/dest/opt/other/bin/test-elevated-access-installation
is "$(told Wrong | head -n 1)" 'SetuidProgram /opt/other/libexec/pam-lite/gate'
is "$(finding SetuidProgram /opt/other/libexec/pam-lite/gate Found)" missing

t "uninstall from there leaves nothing"
succeeds install uninstall PREFIX=/opt/other DESTDIR=/opt/dest
is "$out" ''
is "$(find /opt/dest/opt/other -mindepth 1)" ''

if as_alice test -r "$ROOT/Makefile"; then
	t "without root: files without power, and one line that says so"
	rm -rf /opt/dest
	mkdir /opt/dest
	chown -R alice:alice /opt/build /opt/dest
	succeeds as_alice make -C "$ROOT" --no-print-directory -s BUILD=/opt/build install PREFIX=/opt/other \
	    DESTDIR=/opt/dest
	is "$out" 'make install: not as root, so gate and runner are not setuid: they work on no system database'
	is "$(cd /opt/dest/opt/other/libexec/pam-lite && stat -c '%U %a %n' ./*)" 'alice 755 ./gate
alice 755 ./runner
alice 755 ./setup
alice 755 ./store'
	chown -R root:root /opt/build
else
	skip "make install without root" "others cannot read the sources"
fi

t "a PREFIX that is no absolute path is refused"
for each in opt/x ./x /opt/x/; do
	# Only what is looked at before anything is installed: what is made with each PREFIX is the same.
	run install -o all install PREFIX=$each DESTDIR=/opt/dest2
	((status != 0)) || bad "PREFIX=$each was taken"
done
[[ ! -e /opt/dest2 ]] || bad "something was installed"
mv /var/lib/kept /var/lib/pam-lite

finish
