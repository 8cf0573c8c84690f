#!/bin/bash
# package.sh - the Debian packages: built from a clean clone, and on a Debian of their own installed, used as README
# says, upgraded, removed, installed again and purged

. "$(dirname "$0")/root.bash"

state=/var/lib/pam-lite
log=/var/log/pam-lite
libexec=/usr/libexec/pam-lite
clone=$work/clone
version=$(dpkg-parsechangelog -l "$ROOT/debian/changelog" -S Version)

# --- building ---

# What a clean clone has, with what is not committed yet.
mkdir "$clone"
if git -C "$ROOT" rev-parse --git-dir >/dev/null 2>&1; then
	(cd "$ROOT" && git ls-files -z --cached --others --exclude-standard | tar --null -T - -c) | tar -x -C "$clone"
else
	tar -C "$ROOT" --exclude=./build -c . | tar -x -C "$clone"
fi
listing()
{
	(cd "$1" && find . -mindepth 1 -path ./build -prune -o -printf '%p %y %m %s %T@\n' | sort)
}

# What README says of the package, by one line of its block each.
mapfile -t lines < <(awk '/^```sh-package$/ { on = 1; next } /^```$/ { on = 0 } on' "$ROOT/README.md")

t "README: a clean clone becomes packages, below build/ alone"
is "${#lines[@]} ${lines[0]}" '2 make deb'
listing "$clone" >"$work/before"
# Hardly compressed, and without the parts that take long and are tested elsewhere.
DEB_BUILD_OPTIONS='nocheck noautodbgsym' DPKG_DEB_COMPRESSOR_LEVEL=1 run make -C "$clone" deb
if ((status != 0)); then
	bad "status $status" "$(tail -n 20 <<<"$out$err")"
	finish
fi
is "$(listing "$clone" | diff "$work/before" -)" ''
built=$clone/build/deb
is "$(cd "$built" && printf '%s\n' *)" "pam-lite-dev_${version}_$(dpkg --print-architecture).deb
pam-lite_${version}_$(dpkg --print-architecture).buildinfo
pam-lite_${version}_$(dpkg --print-architecture).changes
pam-lite_${version}_$(dpkg --print-architecture).deb"
package=$(printf '%s\n' "$built"/pam-lite_*.deb)
is "$(grep -E '(warning|dpkg-[a-z]*: .*error):' <<<"$out$err" | grep -v "couldn't parse dynamic symbol definition")" ''

t "Debian's flags are those that it was built with, and no path of the build is in it"
has "$out" ' -D_FORTIFY_SOURCE=2 '
has "$out" ' -Wl,-z,now '
lacks "$out" ' -Werror '
dpkg-deb -x "$package" "$work/files"
dpkg-deb -x "$built"/pam-lite-dev_*.deb "$work/dev"
is "$(grep -rlF "$work" "$work/files" "$work/dev")" ''

t "lintian finds nothing; what is overridden is explained"
run lintian --allow-root --fail-on error,warning "$built"/pam-lite_*.changes
is "$status" 0 "$out"
is "$(grep -E '^[EW]:' <<<"$out")" ''

t "every program has its PowerShell name and both their pages; two are setuid; all is root's"
is "$(cd "$work/files/usr/bin" && find . -type f -printf '%f\n' | sort)" \
    "$(cd "$ROOT/cmd" && printf '%s\n' *-*.c | sed 's/\.c$//' | sort)"
for name in "$work"/files/usr/bin/[a-z]*; do
	name=${name##*/}
	is "$(readlink "$work/files/usr/bin/$(cmdlet "$name")")" "$name"
	for page in "$name" "$(cmdlet "$name")"; do
		is "$(cd "$work/files/usr/share/man" && find . -name "$page.[18].gz" | wc -l)" 1 "$page"
	done
done
is "$(find "$work/files" -perm /6000 -printf '%P %m\n' | sort)" 'usr/libexec/pam-lite/gate 4755
usr/libexec/pam-lite/runner 4755'
is "$(dpkg-deb -c "$package" | awk '$2 != "root/root"')" ''

t "a program is built against pam-lite-dev with pkg-config alone"
cat >"$work/embeds.c" <<'END'
#include <stdio.h>
#include "pamlite/name.h"
int main(void)
{
	char name[PL_TASK_NAME_MAX + 1];
	return pl_task_name_parse("Linux/restart-web", name) && puts(name) >= 0 ? 0 : 1;
}
END
pc=$(dirname "$work"/dev/usr/lib/*/pkgconfig/pam-lite.pc)
read -r -a flags < <(PKG_CONFIG_PATH=$pc PKG_CONFIG_SYSROOT_DIR=$work/dev pkg-config --cflags --libs pam-lite)
succeeds cc -std=c11 -o "$work/embeds" "$work/embeds.c" "${flags[@]}"
succeeds "$work/embeds"
is "$out" 'Linux\restart-web'

# --- a Debian ---

if ! root_begin; then
	skip "installing" "$root_why"
	root_end
fi
mkdir -p "$root/clone"
mount --bind "$clone" "$root/clone"

# all: every file of that Debian, with what it is; without what apt and dpkg write down for themselves.
all()
{
	inside find / -xdev \( -path /clone -o -path /proc -o -path /tmp -o -path /var/cache -o -path /var/lib/apt \
	    -o -path /var/lib/dpkg -o -path /var/log/apt -o -path /var/log/dpkg.log -o -path /var/log/alternatives.log \) \
	    -prune -o -not -path '/etc/*-' -not -name .pwd.lock -printf '%p %y %U:%G %m\n' | sort
	inside sh -c 'cd /etc && sha256sum passwd group shadow gshadow'
}
# evidence: what a purge keeps, with what is in it.
evidence()
{
	inside find $state $log -printf '%p %y %u:%g %m\n' | sort
	inside find $state $log -type f -exec sha256sum {} + | sort
}
# apt WORD...: that nobody is asked but by README's own line.
apt()
{
	run inside apt-get -qy "$@"
	is "$status" 0 "$out"
	# It gives dpkg a terminal.
	out=${out//$'\r'/}
}
query()
{
	sqlite3 -batch "$root$state/pam-lite.db" "$@"
}
# readme_install: README's line, as somebody types it and says yes.
readme_install()
{
	# It is a line of the shell.
	feed inside sh -c "cd /clone && ${lines[1]}" <<<y
	is "$status" 0 "$out$err"
}
# sound: what the installation says of itself.
sound()
{
	run inside test-elevated-access-installation -o Value -Property Result,Check,Object,Found
	is "$status" 0
	is "$(grep ^Wrong <<<"$out")" ''
}

for user in alice bob carol dave mallory; do
	inside useradd -m -s /bin/bash "$user"
done
echo host.example.org >"$root/etc/mailname"
all >"$work/all.before"

t "README: installed by apt, account, directories and database are there, and nothing is wrong"
readme_install
for made in 'the group pamlite' 'the account pamlite' $state $log "$log/anchor" "the database $state/pam-lite.db"; do
	has "$out" "made $made"
done
sound
is "$(inside stat -c '%U:%G %a' $libexec/gate $libexec/runner | sort -u)" 'root:root 4755'

t "units are enabled, as other packages' are; the line for cron does what they do"
is "$(cd "$root/etc/systemd/system" && find . -name 'pam-lite*' -type l -printf '%f\n' | sort)" \
    'pam-lite-maintenance.timer
pam-lite-notify.path
pam-lite-notify.timer'
# cron_line USER: as cron would.
cron_line()
{
	run inside setpriv --reuid="$1" --regid="$1" --clear-groups env -i /bin/sh -c \
	    "$(sed -n "s/^[*].* [*] $1 //p" "$root/etc/cron.d/pam-lite")"
}
cron_line root
is "$status$out$err" 0

t "a package that was never used leaves nothing when it is purged: no file, no account"
apt purge --autoremove pam-lite
lacks "$out" evidence
is "$(all | diff "$work/all.before" -)" ''

# --- from the version before ---

# The same with a lower version, and a database as the second schema step left it.
dpkg-deb -R "$package" "$work/older"
sed -i 's/^Version: .*/&~before/' "$work/older/DEBIAN/control"
dpkg-deb -Znone -b "$work/older" "$root/tmp/older.deb" >/dev/null
rm -rf "$work/older"
cat >"$work/older.c" <<'END'
#include <stdio.h>
#include "store/schema.h"
int main(void)
{
	return puts("PRAGMA application_id = 0x70616d4c; PRAGMA user_version = 2; BEGIN;" PL_SCHEMA_1 PL_SCHEMA_2) < 0;
}
END
must cc -std=c11 -D_GNU_SOURCE -I"$ROOT/include" -I"$ROOT/lib" -o "$work/older" "$work/older.c"
# older_record SEQUENCE USER PREVIOUS: as that version wrote it; its hash.
older_record()
{
	local data hash

	data="{\"Sequence\":$1,\"Time\":\"2026-09-21T14:13:20Z\",\"BootId\":null,\"BootTime\":1.000,\"UserId\":\"$2\","
	data+='"Uid":0,"LoginUid":null,"Terminal":null,"Host":null,"Pid":1,"RecordType":"Maintenance","Operation":"x",'
	data+='"ObjectId":null,"Result":"Success","ErrorId":null,"Parameters":{}}'
	hash=$(printf '%s\n%s\n' "$3" "$data" | sha256sum | cut -c 1-64)
	echo "INSERT INTO audit VALUES ($1, '$data', '$hash', '2026-09-21T14:13:20Z', '$2', 'x', NULL, 'Success',
	    'Maintenance');" >>"$work/older.sql"
	echo "$hash"
}
t "an upgrade brings the database up to date and keeps what is in it, and what it was beside it"
apt install /tmp/older.deb
"$work/older" >"$work/older.sql"
hash=$(older_record 1 root "$(sed -n 's/.*PL_AUDIT_GENESIS "\(.*\)".*/\1/p' "$ROOT"/include/pamlite/*.h)")
hash=$(older_record 2 erin "$hash")
echo "INSERT INTO approver_group VALUES ('g', 'night', 'night@example.org', NULL, NULL, 1, 1);
    INSERT INTO system_account VALUES ('backup', 'nightly', NULL, NULL, 'root', 1); COMMIT;" >>"$work/older.sql"
rm "$root$state/pam-lite.db"
query <"$work/older.sql"
inside chown pamlite:pamlite $state/pam-lite.db
inside chmod 600 $state/pam-lite.db
readme_install
has "$out" 'brought the database up to date'
is "$(query 'PRAGMA user_version')" "$(grep -c '^#define PL_SCHEMA_' "$ROOT/lib/store/schema.h")"
is "$(sqlite3 -batch "$root$state/pam-lite.db.v2" 'PRAGMA user_version; PRAGMA integrity_check')" $'2\nok'
is "$(inside get-elevated-access-approver-group -o Value -Property Name,MailAddress)" $'night\tnight@example.org'
is "$(inside get-elevated-access-system-account -o Id)" backup
is "$(query 'SELECT hash FROM audit WHERE sequence = 2')" "$hash"
succeeds inside test-elevated-access-audit-log
sound

# --- README's first hour ---

# Of "On a host" the blocks for people, one a line: the user and the block's file; make install is the other way.
awk -v dir="$work" '
	/^## / { within = /^## On a host/ }
	within && /^```sh-(root|alice|bob|carol)$/ { on = 1; n++; sub(/^```sh-/, ""); file = dir "/step" n; print $0, file; next }
	/^```$/ { on = 0 }
	on { print >file }' "$ROOT/README.md" >"$work/steps"
while read -r user file; do
	[[ $(<"$file") != 'make install' ]] || continue
	t "README, $user: $(head -n 1 "$file")"
	cp "$file" "$root/tmp/step"
	if [[ $user == root ]]; then
		run inside bash -e -o pipefail /tmp/step
	else
		run as "$user" bash -e -o pipefail /tmp/step
	fi
	is "$status$(grep -v '^WARNING: ' <<<"$err")" 0
done <"$work/steps"

t "README's first hour is told to its end: the account is locked, and mails have arrived"
has "$(grep '^mallory:' "$root/etc/shadow")" 'mallory:!'
cron_line pamlite
is "$status$out$err" 0
for ((i = 0; i < 100; i++)); do
	[[ ! -s $root/var/mail/alice || ! -s $root/var/mail/bob ]] || break
	sleep 0.1
done
has "$(cat "$root/var/mail/bob" 2>&1)" 'ticket 4711'
has "$(cat "$root/var/mail/alice" 2>&1)" "Linux\\lock-account"

t "man has a page for every command, and every command offers its words to Tab"
for name in "$work"/files/usr/bin/*; do
	name=${name##*/}
	inside man -w "$name" >/dev/null || bad "no page: $name"
	# As bash asks for it when Tab is typed for the first time.
	# shellcheck disable=SC2016
	inside bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader "$0"; complete -p "$0"' "$name" \
	    >/dev/null || bad "nothing is offered: $name"
done
run inside man new-elevated-access-request
has "$out" SYNOPSIS
run as bob get-elevated-access-task --complete 'Linux\lo'
has "$out" 'lock-account'

# --- again, while a task runs ---

nap()
{
	as alice invoke-elevated-access-task 'Linux\nap' >"$work/nap" 2>&1
}
printf '#!/bin/sh\n: >/run/napping; while [ ! -e /run/morning ]; do sleep 0.1; done; echo awake\n' \
    >"$root/usr/local/sbin/nap"
chmod 755 "$root/usr/local/sbin/nap"
must inside register-elevated-access-task 'Linux\nap' -Path /usr/local/sbin/nap
must as carol new-elevated-access-approval-policy 'Linux\nap' -ApprovalType Auto
must as alice new-elevated-access-request 'Linux\nap' -Reason tired

t "installed again while a task runs, it goes on and is recorded to its end; an administrator's modes stay"
nap &
for ((i = 0; i < 100; i++)); do
	[[ ! -e $root/run/napping ]] || break
	sleep 0.1
done
inside dpkg-statoverride --update --add root adm 4750 $libexec/runner
inside sh -c 'apt-get -qy install --reinstall /clone/build/deb/pam-lite_*.deb' >"$work/again" 2>&1 ||
    bad "cannot be installed again" "$(<"$work/again")"
lacks "$(<"$work/again")" 'made '
is "$(inside stat -c '%U:%G %a' $libexec/runner)" 'root:adm 4750'
is "$(inside stat -c '%U:%G %a' $libexec/gate)" 'root:root 4755'
sleep 1.5
: >"$root/run/morning"
wait $!
is "$? $(<"$work/nap")" '0 awake'
is "$(inside get-elevated-access-execution -Filter "Task -eq 'Linux\\nap'" -o Value -Property EndReason,ExitStatus 2>&1)" \
    $'Exited\t0'
inside dpkg-statoverride --remove $libexec/runner
inside chown root:root $libexec/runner
inside chmod 4755 $libexec/runner
rm -f "$root/run/morning" "$root/run/napping"

# --- removed and purged ---

t "removed, its programs are gone, and everything that it knows is there"
evidence >"$work/evidence"
inside dpkg -L pam-lite | grep -i -e pam-lite -e elevated | sort >"$work/owned"
inside find /etc/pam-lite -type f -exec sha256sum {} + | sort >"$work/tasks"
apt remove --autoremove pam-lite
is "$(evidence | diff "$work/evidence" -)" ''
is "$(inside find /etc/pam-lite -type f -exec sha256sum {} + | sort | diff "$work/tasks" -)" ''
is "$(inside find / -xdev -path /proc -prune -o -path /clone -prune -o -not -type d -print | sort |
    comm -12 - "$work/owned")" /etc/cron.d/pam-lite
has "$(inside getent passwd pamlite)" 'pam-lite database'
cron_line root
is "$status$out$err" 0
cron_line pamlite
is "$status$out$err" 0

t "installed again it goes on where it was"
readme_install
lacks "$out" 'made '
sound
succeeds inside test-elevated-access-audit-log
succeeds inside test-elevated-access-database
: >"$root/run/morning"
succeeds as alice invoke-elevated-access-task 'Linux\nap'
is "$out" awake
rm -f "$root/run/morning" "$root/run/napping" "$root/usr/local/sbin/nap"

t "purged, it keeps the evidence as it is and the account, says so, and keeps nothing else"
evidence >"$work/evidence"
apt purge --autoremove pam-lite
said=$(grep '^pam-lite: kept, since it is evidence' <<<"$out")
has "$said" "rm -r $state $log"
is "$(evidence | diff "$work/evidence" -)" ''
inside getent passwd pamlite >/dev/null || bad "the evidence is nobody's"
# rest FILE: of a list without what the first hour was for: mallory's password, and mails.
rest()
{
	grep -v -e ' [a-z]*shadow$' -e '^/var/mail' -e '^/var/spool' "$1"
}
all >"$work/all.now"
is "$(rest "$work/all.now" | grep -v -e "^$state" -e "^$log" -e ' passwd$' -e ' group$' |
    diff <(rest "$work/all.before" | grep -v -e ' passwd$' -e ' group$') -)" ''

t "what it says removes the rest too"
run inside sh -c "${said##*to remove them: }"
is "$status$out$err" 0
all >"$work/all.now"
is "$(rest "$work/all.now" | diff <(rest "$work/all.before") -)" ''

root_end
