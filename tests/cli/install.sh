#!/bin/bash
# install.sh - what make install puts where, and that a program can be built with it

. "$(dirname "$0")/lib.bash"

dest=$work/dest
umask 022
unset MAKEFLAGS MAKELEVEL
# Another PREFIX is compiled in, so not in the directory that other tests use meanwhile.
mkdir "$work/build"
for part in obj bin libexec libpam-lite.a pam-lite.pc prefix; do
	[[ ! -e $BUILD/$part ]] || cp -a "$BUILD/$part" "$work/build"
done
run make -C "$ROOT" --no-print-directory install BUILD="$work/build" DESTDIR="$dest" PREFIX=/opt/pam
umask 077

t "make install ends well"
is "$status" 0

t "every command is there with its PowerShell name, and nothing else"
for name in "$ROOT"/cmd/*-*.c; do
	name=$(basename "$name" .c)
	printf '%s\n' "$name" "$(cmdlet "$name")"
done | sort >"$work/expected"
is "$(find "$dest/opt/pam/bin" -mindepth 1 -printf '%f\n' | sort)" "$(cat "$work/expected")"
is "$(find "$dest/opt/pam/bin" -type l -printf '%f %l\n' | while read -r link name; do
	[[ $link == "$(cmdlet "$name")" ]] || echo "$link is a link to $name"
done)" ''

power=755
((EUID != 0)) || power=4755
t "modes: programs 755, everything else 644; setuid are two, where root installs"
is "$(find "$dest" -type f -path '*/bin/*' -printf '%m\n' | sort -u)" 755
is "$(find "$dest" -type f -not -path '*/bin/*' -not -path '*/libexec/*' -printf '%m\n' | sort -u)" 644
is "$(find "$dest" -type d -printf '%m\n' | sort -u)" 755
is "$(find "$dest" -type f -not -path '*/bin/*' -not -path '*/share/man/*' -not -name '*.h' -printf '%P %m\n' | sort)" \
    "opt/pam/lib/libpam-lite.a 644
opt/pam/lib/pkgconfig/pam-lite.pc 644
$(cd "$ROOT/etc/systemd" && printf 'opt/pam/lib/systemd/system/%s 644\n' *)
opt/pam/lib/sysusers.d/pam-lite.conf 644
opt/pam/lib/tmpfiles.d/pam-lite.conf 644
opt/pam/libexec/pam-lite/gate $power
opt/pam/libexec/pam-lite/runner $power
opt/pam/libexec/pam-lite/setup 755
opt/pam/libexec/pam-lite/store 755
opt/pam/share/bash-completion/completions/pam-lite 644
opt/pam/share/doc/pam-lite/cron 644
opt/pam/share/doc/pam-lite/logrotate 644
opt/pam/share/doc/pam-lite/rsyslog 644
opt/pam/share/fish/vendor_completions.d/pam-lite.fish 644
opt/pam/share/zsh/site-functions/_pam-lite 644"
is "$(cd "$dest/opt/pam/include/pamlite" && ls)" "$(cd "$ROOT/include/pamlite" && ls)"

t "the manual is there, under both names of the commands, and speaks of where it is installed"
is "$(cd "$dest/opt/pam/share/man" && find . -type f -printf '%f\n' | sort)" \
    "$(cd "$ROOT/man" && printf '%s\n' *.[1-8] | sort)"
is "$(find "$dest/opt/pam/share/man" -xtype l)" ''
is "$(readlink "$dest/opt/pam/share/man/man1/New-ElevatedAccessRequest.1")" new-elevated-access-request.1
has "$(cat "$dest/opt/pam/share/man/man7/pam-lite.7")" '.It Pa /opt/pam/bin/'

t "units and cron name the programs where they are"
is "$(grep -rl @PREFIX@ "$dest")" ''
is "$(grep -rhoE '/opt/pam/[^ ]*' "$dest/opt/pam/lib/systemd" "$dest/opt/pam/share" | sort -u | while read -r file; do
	[[ -x $dest$file ]] || echo "$file"
done)" ''

t "the shells find the completion of every command, under both names"
is "$(cd "$dest/opt/pam/share/bash-completion/completions" && find . -type l -printf '%f %l\n' | sort)" \
    "$(sed 's/$/ pam-lite/' "$work/expected")"
is "$(cd "$dest/opt/pam/share/fish/vendor_completions.d" && find . -type l -printf '%f %l\n' | sort)" \
    "$(sed 's/$/.fish pam-lite.fish/' "$work/expected" | sort)"
is "$(head -n 1 "$dest/opt/pam/share/zsh/site-functions/_pam-lite" | xargs -n 1 | sed 1d | sort)" \
    "$(cat "$work/expected")"

t "the installed commands run, under both names"
succeeds "$dest/opt/pam/bin/new-elevated-access-request" -Version
plain=$out
succeeds "$dest/opt/pam/bin/New-ElevatedAccessRequest" -Version
is "$out" "$plain"

t "files alone are no installation, and the check says so"
BIN=$dest/opt/pam/bin PATH=$dest/opt/pam/bin:$PATH fails 78 InstallationWrong test-elevated-access-installation -Quiet
has "$err" 'checks found the installation wrong'

t "a program is built against the installed library with pkg-config alone"
cat >"$work/embeds.c" <<'EOF'
#include <stdio.h>
#include "pamlite/name.h"
int main(void)
{
	char name[PL_TASK_NAME_MAX + 1];
	return pl_task_name_parse("Linux/restart-web", name) && puts(name) >= 0 ? 0 : 1;
}
EOF
export PKG_CONFIG_PATH=$dest/opt/pam/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$dest
succeeds pkg-config --modversion pam-lite
is "$out" "$(dpkg-parsechangelog -l "$ROOT/debian/changelog" -S Version)"
read -r -a flags < <(pkg-config --cflags --libs pam-lite)
succeeds cc -std=c11 -o "$work/embeds" "$work/embeds.c" "${flags[@]}"
succeeds "$work/embeds"
is "$out" 'Linux\restart-web'

finish
