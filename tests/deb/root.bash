# root.bash - a Debian of its own, in memory, for a test that installs packages
#
# Sourced first. The script is started again as process 1 of new mount and process namespaces; who is not root, or
# where there are no such namespaces, skips it. Then the words of tests/cli/lib.bash are there too.
# shellcheck shell=bash

root_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
if [[ $EUID == 0 && ${1:-} != inside ]] && unshare -m -p -f --mount-proc true 2>/dev/null; then
	exec unshare -m -p -f --kill-child --mount-proc --propagation private bash "$0" inside
fi
# shellcheck source=tests/cli/lib.bash
. "$root_here/../cli/lib.bash"
if [[ ${1:-} != inside ]]; then
	skip "all of it" "needs root, mount and process namespaces"
	finish
fi
if [[ $$ != 1 ]]; then
	echo "this is no namespace of its own" >&2
	exit 1
fi
unset PAMLITE_DATABASE MAKEFLAGS MAKELEVEL MFLAGS
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Somebody who has logged in has a login uid, and everybody here would have the same one.
[[ $(</proc/self/loginuid) == 4294967295 ]] || { echo 4294967295 >/proc/self/loginuid; } 2>/dev/null

root=$work/root
# What is in it beside what every Debian has: a small mail system, a manual, and what completes words. What a package
# may need lies there as a file, so that nothing is fetched when one is installed.
root_has=bash-completion,dma,man-db
root_files=libcjson1

# root_mirror: where this host has its Debian from, and which one that is.
root_mirror()
{
	# shellcheck disable=SC1091
	root_suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	root_from=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
	    awk -v suite="$root_suite" '$2 == suite && $3 == "main" { print $1; exit }')
	[[ -n $root_suite && -n $root_from ]]
}

# root_settings: how apt of this host reaches its mirrors, as apt's there is to.
root_settings()
{
	apt-config dump --format '%F "%v";%n' | grep -E '^Acquire::(http|https|ftp)::|^Acquire::Check'
	echo 'APT::Install-Recommends "false";'
}

# inside CMD...: as root of that Debian. as USER CMD...: as somebody who has logged in there.
inside()
{
	env -i PATH="$PATH" HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive TERM=dumb ${http_proxy:+http_proxy="$http_proxy"} \
	    chroot "$root" "$@"
}
as()
{
	inside setpriv --reuid="$1" --regid="$1" --init-groups env -C "/home/$1" HOME="/home/$1" USER="$1" \
	    LOGNAME="$1" SHELL=/bin/bash "${@:2}"
}

# root_make TAR: the first time, over the network.
root_make()
{
	local proxy

	proxy=$(apt-config shell proxy Acquire::http::Proxy)
	eval "$proxy"
	export http_proxy=${http_proxy:-${proxy:-}}
	[[ $http_proxy == *:* ]] || unset http_proxy
	mkdir -p "$root"
	debootstrap --variant=minbase --include="$root_has" "$root_suite" "$root" "$root_from" || return 1
	root_settings >"$root/etc/apt/apt.conf.d/90test"
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/test"
	# Nothing is started here.
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	inside apt-get -q update && inside apt-get -qy install --download-only "$root_files" || return 1
	umount "$root/proc" 2>/dev/null
	tar -C "$root" -cf "$1.new" . && mv "$1.new" "$1"
}

# root_begin: the Debian is there, in memory, with the file systems that a host has. False, and $root_why: it cannot be.
root_begin()
{
	local kept=$BUILD/deb-root-$root_has.tar

	root_why=''
	mkdir -p "$root"
	mount -t tmpfs -o mode=755,suid,exec,dev tmpfs "$root" || { root_why='no file system in memory'; return 1; }
	if [[ -e $kept ]]; then
		tar -C "$root" -xpf "$kept"
	elif ! root_mirror; then
		root_why='apt of this host names no mirror of its Debian'
	elif ! root_make "$kept" >"$work/debootstrap" 2>&1; then
		root_why="debootstrap from $root_from: $(tail -n 1 "$work/debootstrap")"
	fi
	[[ -z $root_why ]] || return 1
	mount -t proc proc "$root/proc" && mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts" &&
	    ln -sfn pts/ptmx "$root/dev/ptmx"
}

# The Debian is gone before what it lies in is removed.
root_end()
{
	umount -R -l "$root"
	finish
}
