#!/bin/bash
# faults.sh - calls and allocations that fail, full and read-only disks, limits: the right status, and nothing half done

# For file systems of our own.
if ((EUID == 0)) && [[ -z ${FAULTS_APART:-} ]] && unshare -m true 2>/dev/null; then
	FAULTS_APART=1 exec unshare -m --propagation private bash "$0"
fi

. "$(dirname "$0")/../cli/lib.bash"
. "$ROOT/tests/torture/inject.bash"

# What holds whatever failed.
identities="SELECT (SELECT group_concat(integrity_check) FROM pragma_integrity_check),
    (SELECT count(*) FROM pragma_foreign_key_check),
    (SELECT count(*) - max(sequence) FROM audit),
    (SELECT count(*) FROM request r WHERE (state = 'Approved')
	<> (SELECT count(*) FROM authorization a WHERE a.request_id = r.id)),
    (SELECT count(*) FROM request r WHERE (state = 'Denied')
	<> (SELECT count(*) FROM decision d WHERE d.request_id = r.id AND verdict = 'Denied')),
    (SELECT count(*) FROM message m WHERE NOT EXISTS (SELECT 1 FROM notification n WHERE n.message_id = m.id))"
sound='ok|0|0|0|0|0'

printf '#!/bin/sh\ncat >>%s\n' "$work/said" >"$work/notify"
chmod 700 "$work/notify"
# Accounts of another domain are no addresses, so that nobody is sent a mail by this.
must new-elevated-access-approver-group -Name ops -Member 'CORP\bob,CORP\dave'
must new-elevated-access-approver-group -Name idle -Member 'CORP\bob'
must enable-elevated-access-control -AdminGroup ops
# No script: a shell has limits of its own, and a status for them.
must register-elevated-access-task 'T\run' -Path /bin/true
must register-elevated-access-task 'T\idle' -Path /bin/true
must new-elevated-access-approval-policy 'T\run' -ApprovalType Manual -ApproverGroup ops
must new-elevated-access-approval-policy 'T\more' -ApprovalType Manual -ApproverGroup ops
must add-elevated-access-system-account robot -Reason why
must as 'CORP\alice' new-elevated-access-request 'T\run' -Reason why -o Id
approved=$out
must as 'CORP\bob' approve-elevated-access-request "$approved"
must as 'CORP\carol' new-elevated-access-request 'T\run' -Reason why -o Id
pending=$out
must as 'CORP\old' new-elevated-access-request 'T\run' -Reason why -o Id
sqlite3 "$PAMLITE_DATABASE" "UPDATE request SET created_at = created_at - 90000, expires_at = unixepoch() - 1
    WHERE id = '$out'"
must send-elevated-access-notification -All
must set-elevated-access-control -NotifyCommand "$work/notify" -Confirm:false
cp "$PAMLITE_DATABASE" "$work/before"

# Every command that changes something, with who does it and how the log calls what it did.
changing=(
	"root Success new-elevated-access-approver-group other -Member x -o Id"
	"root Success set-elevated-access-approver-group idle -Description new -o Id"
	"root Success remove-elevated-access-approver-group idle -Confirm:false"
	"root Success register-elevated-access-task T/new -Path /bin/true -o Id"
	"root Success set-elevated-access-task T/run -Description new -o Id"
	"root Success unregister-elevated-access-task T/idle -Confirm:false"
	"root Success new-elevated-access-approval-policy T/idle -ApprovalType Auto -o Id"
	"root Success set-elevated-access-approval-policy T/run -Description new -o Id"
	"root Success remove-elevated-access-approval-policy T/more -Confirm:false"
	"root Success add-elevated-access-system-account other -Reason why"
	"root Success remove-elevated-access-system-account robot -Confirm:false"
	"root Success set-elevated-access-control -RequestLifetimeHours 30 -Confirm:false -o Id"
	"root Success disable-elevated-access-control -Confirm:false"
	"root Success enable-elevated-access-control -AdminGroup ops"
	"CORP\\dora Success new-elevated-access-request T/run -Reason why -o Id"
	"CORP\\carol Success set-elevated-access-request $pending -Reason better -o Id"
	"CORP\\carol Success stop-elevated-access-request $pending -o Id"
	"CORP\\bob Success approve-elevated-access-request $pending -o Id"
	"CORP\\bob Success deny-elevated-access-request $pending -o Id"
	"root Success revoke-elevated-access-authorization $approved -Confirm:false -o Id"
	"CORP\\alice Success test-elevated-access T/run -Use"
	"CORP\\alice Started invoke-elevated-access-task T/run"
	"root Expire invoke-elevated-access-maintenance"
	"root Sent send-elevated-access-notification -o Id"
)

again()
{
	rm -f "$PAMLITE_DATABASE-journal"
	cp "$work/before" "$PAMLITE_DATABASE"
	rm -f "$work/said"
}

# meant LINE: $who, $kind and $words are the line's. did: how often the log, or the notification, says it was done.
meant()
{
	read -r who kind rest <<<"$1"
	read -r -a words <<<"$rest"
	again
	mark=$(ask 'SELECT max(sequence) FROM audit')
}
did()
{
	case $kind in
	Sent) ask "SELECT count(*) FROM notification WHERE attempts > 0 AND channel = 'Command'" ;;
	Expire) ask "SELECT count(*) FROM audit WHERE sequence > $mark AND operation LIKE 'Expire-%'" ;;
	*) ask "SELECT count(*) FROM audit WHERE sequence > $mark AND operation = '$(cmdlet "${words[0]}")'
		AND result = '$kind'" ;;
	esac
}

# Statuses of commands.md for a machine that fails; a run's and a sender's own.
declare -A allowed=(
	[Success]=' 0 69 70 71 74 75 77 78 ' [Started]=' 0 125 126 127 ' [Expire]=' 0 69 71 74 75 77 78 '
	[Sent]=' 0 1 69 71 74 75 77 78 '
)

# usable WHAT: the next command finds the database as it can be used.
usable()
{
	get-elevated-access-control -o Id >/dev/null 2>"$work/next" ||
		bad "the next command fails after $1" "$(<"$work/next")"
	is "$(ask "$identities")" "$sound" "after $1"
}

# judge WHAT: the last command was told so; whatever it was, the database is whole, and says what the command said.
faulty=0 refused=0
judge()
{
	local n

	faulty=$((faulty + 1))
	usable "$1"
	n=$(did)
	((n <= 1)) || bad "done $n times: $1"
	[[ ${allowed[$kind]} == *" $status "* ]] || bad "status $status: $1" "$err"
	if ((status == 0)); then
		is "$n" 1 "acknowledged, but not done: $1"
	else
		refused=$((refused + 1))
		# Done all the same, and told so: the answer was lost, or the disk failed at the very end.
		# Of several transactions the first may be.
		[[ $n == 0 || $kind =~ ^(Started|Sent|Expire)$ || $err =~ (cannot|could\ not)\ be\ written ||
		    $err == *'it may have been done, or not'* ]] ||
		    bad "status $status, but it was done: $1" "$err"
		[[ -n $err ]] || bad "status $status without a word: $1"
		[[ $(grep -c "^${words[0]}: " <<<"$err") == 1 || $kind == Sent ]] || bad "not one line: $1" "$err"
	fi
}

# --- system calls ---

# What may fail, and how: memory is looked at below, and what tells nobody anything is left out. The kernel has closed
# a descriptor also where it reports an error, and here it stays open: whoever waits for the other end of a pipe would
# wait for ever.
errors_of()
{
	case $1 in
	close) [[ $kind == Started || $kind == Sent ]] || echo EIO EINTR ;;
	openat) echo EIO ENOSPC EINTR EMFILE EACCES ;;
	pwrite64 | write | writev | ftruncate | fsync | fdatasync) echo EIO ENOSPC EINTR ;;
	read | pread64 | flock | fcntl | getrandom | sendto | recvfrom | connect) echo EIO EINTR ;;
	fstat | newfstatat | lseek | unlink | readlink | getcwd | fchown | poll | access) echo EIO ;;
	# Not brk, which says in another way that it has failed; limits of memory are below.
	mmap | mprotect) echo ENOMEM ;;
	socket | socketpair | pipe2 | dup | dup2 | epoll_create1 | memfd_create | pidfd_open) echo EMFILE ;;
	vfork | fork | clone | clone3) echo EAGAIN ;;
	esac
}

# each_call STRIDE: so many of all calls of all commands, each with each of its errors.
each_call()
{
	local stride=$1 line call count n error turn=0 phase=$((RANDOM % $1)) counts

	echo "# every ${stride}th, from the ${phase}th"
	for line in "${changing[@]}"; do
		meant "$line"
		counts=$(as "$who" calls "${words[@]}")
		while read -r call count; do
			for error in $(errors_of "$call"); do
				for ((n = 1; n <= count; n++)); do
					((turn++ % stride == phase)) || continue
					# The loader's first block, which it takes without a look.
					[[ $call:$n != mmap:1 ]] || continue
					again
					as "$who" injected "$call" "$n" "error=$error" "${words[@]}" || continue
					# What the loader of the C library needs, before anything of ours.
					[[ $status != 127 || $err != *'loading shared libraries'* ]] || continue
					judge "$line: $call $n $error"
					((lib_bad < 10)) || return
				done
			done
		done <<<"$counts"
	done
}

t "each system call of every changing command fails once"
each_call "$(by_size 307 7 1)"
calls_failed=$faulty calls_refused=$refused
((refused > 10)) || bad "only $refused of $faulty failed"

# --- memory ---

# poor: allocation number $number fails, and with $ever all behind it too.
poor()
{
	LD_PRELOAD=$BUILD/tests/failmalloc.so FAILMALLOC=$number FAILMALLOC_EVER=$ever "$@"
}
each_allocation()
{
	local stride=$1 line total turn=0 phase=$((RANDOM % $1))

	echo "# every ${stride}th, from the ${phase}th"
	for line in "${changing[@]}"; do
		meant "$line"
		number=0 ever='' FAILMALLOC_COUNT=$work/count as "$who" poor "${words[@]}" >"$stdout" 2>&1
		total=$(<"$work/count")
		for ever in '' yes; do
			for ((number = 1; number <= total; number++)); do
				((turn++ % stride == phase)) || continue
				again
				run as "$who" poor "${words[@]}"
				judge "$line: allocation $number of $total${ever:+ and all behind it}"
				((lib_bad < 10)) || return
			done
		done
	done
}

if [[ -z ${SANITIZED:-} ]]; then
	t "each allocation of every changing command fails, once and for ever"
	faulty=0 refused=0
	each_allocation "$(by_size 2003 29 3)"
	((refused > 10)) || bad "only $refused of $faulty failed"
	allocations_failed=$faulty
fi

# --- limits ---

# piped CMD...: as run, with pipes for what it says: a limit on the sizes of files is not to silence it.
mkfifo "$work/words"
piped()
{
	cat <"$work/words" >"$stderr" &
	{
		"$@" 2>"$work/words" </dev/null | cat >"$stdout"
		status=${PIPESTATUS[0]}
	} 2>/dev/null
	wait $!
	out=$(<"$stdout") err=$(<"$stderr")
	# shellcheck disable=SC2034
	lib_said=("$@")
}
each_limit()
{
	local stride=$1 line limit turn=0 phase=$((RANDOM % $1))

	shift
	for line in "${changing[@]}"; do
		meant "$line"
		for limit in "$@"; do
			((turn++ % stride == phase)) || continue
			again
			as "$who" piped prlimit "$limit" -- "${words[@]}"
			# It could not even be loaded; or the kernel has ended it, at any moment and without a word.
			if ((status == 127 || status > 128)) && [[ $kind != Started || $err != "${words[0]}: "* ]]; then
				usable "$line: $limit"
				(($(did) <= (status > 128))) || bad "done without an end: $line, $limit"
			else
				judge "$line: $limit"
			fi
			((lib_bad < 10)) || return
		done
	done
}

t "limits of files, descriptors, memory and time"
faulty=0
each_limit "$(by_size 29 1 1)" --fsize={0,512,4096,8192,16384,32768,65536,131072,262144} --nofile={3,4,5,6,7,8,9,10} \
    --as={4,6,8,9,10,11,12,14,16,20}000000 --data={65536,262144,1000000} --stack={8192,16384,32768,65536} --cpu=0 \
    --nproc=0
limits_met=$faulty

# --- disks ---

# each_disk LEFT...: so many bytes are left on the disk, for every so many of the commands.
each_disk()
{
	local stride=$1 line left turn=0 phase=$((RANDOM % $1))

	shift
	for line in "${changing[@]}"; do
		for left in "$@"; do
			((turn++ % stride == phase)) || continue
			rm -f "$work/disk/filler"
			meant "$line"
			head -c 8m /dev/zero >"$work/disk/filler" 2>/dev/null
			truncate -s "-$left" "$work/disk/filler"
			run as "$who" "${words[@]}"
			rm -f "$work/disk/filler"
			judge "$line: $left bytes left"
			((lib_bad < 10)) || return
		done
	done
}

if [[ -n ${FAULTS_APART:-} ]]; then
	t "a disk with little room, and with none"
	database disk
	must mount -n -t tmpfs -o size=2m,mode=700 tmpfs "$work/disk"
	faulty=0 refused=0
	each_disk "$(by_size 23 1 1)" 0 4096 8192 12288 16384 20480 24576 32768 49152 65536 131072
	((refused > 0)) || bad "it was never full"
	disks_met=$faulty
	must umount -n "$work/disk"

	t "no inode is left"
	must mount -n -t tmpfs -o size=4m,mode=700,nr_inodes=3 tmpfs "$work/disk"
	for line in "${changing[@]}"; do
		meant "$line"
		: >"$PAMLITE_DATABASE.lock"
		run as "$who" "${words[@]}"
		((status != 0)) || bad "it can be done: $line"
		is "$(did)$(ask "$identities")" "0$sound" "$line"
	done
	must umount -n "$work/disk"

	if mount -n -t tmpfs -o size=4m,mode=700,usrquota,usrquota_block_hardlimit=500k tmpfs "$work/disk" \
	    2>/dev/null; then
		t "a quota"
		# Root is held to none while he has that power.
		faulty=0 refused=0
		for line in "${changing[@]}"; do
			meant "$line"
			head -c 8m /dev/zero | setpriv --bounding-set -sys_resource dd bs=4096 status=none \
			    of="$work/disk/filler" 2>/dev/null
			as "$who" run setpriv --bounding-set -sys_resource "${words[@]}"
			rm -f "$work/disk/filler"
			judge "$line: no quota left"
		done
		((refused > 0)) || bad "nobody was held to it"
		must umount -n "$work/disk"
	else
		skip "a quota" "tmpfs of this kernel has none"
	fi

	t "a read-only file system: what changes something says so"
	meant "${changing[0]}"
	: >"$PAMLITE_DATABASE.lock"
	must mount -n --bind "$work/disk" "$work/disk"
	must mount -n -o remount,bind,ro "$work/disk"
	succeeds get-elevated-access-request -o Id
	for line in "${changing[@]}"; do
		read -r who kind rest <<<"$line"
		read -r -a words <<<"$rest"
		run as "$who" "${words[@]}"
		[[ $status == 69 || ($kind == Started && $status == 125) ]] || bad "status $status: $line" "$err"
		is "$(sha256sum <"$PAMLITE_DATABASE")" "$(sha256sum <"$work/before")" "$line"
	done
	must umount -n "$work/disk"
	database db
else
	skip "full, bounded and read-only disks" "only root can mount"
fi

# --- journals ---

# hot: the database has a journal that has to be played back.
hot()
{
	again
	injected ftruncate 1 signal=KILL new-elevated-access-approver-group hot -Member x
	[[ -s $PAMLITE_DATABASE-journal ]] || bad "no journal is left"
}
# whole_or_told WHAT: the database is what it was, or what it was to be; or commands, the check of its chain or that
# of the file say that it is not.
whole_or_told()
{
	local found

	run get-elevated-access-approver-group -o Id
	((status == 0 || status == 74 || status == 78 || status == 69)) || bad "status $status: $1" "$err"
	((status == 0)) || return 0
	run test-elevated-access-audit-log -Quiet
	((status == 0 || status == 1)) || bad "status $status of the check: $1" "$err"
	((status == 0)) || return 0
	found=$(ask "$identities")
	[[ $found != 'ok|0|'* ]] || is "$found" "$sound" "$1"
}

t "a journal that is left behind is played back, a forged one is not, or is told"
mark=0
journals=0 times=$(by_size 1 10 50)
for how in none remove empty cut garbage tail first nrec pages other foreign; do
	for ((i = 0; i < times; i++)); do
		hot
		journal=$PAMLITE_DATABASE-journal size=$(stat -c %s "$PAMLITE_DATABASE-journal")
		case $how in
		remove) rm "$journal" ;;
		empty) : >"$journal" ;;
		cut) truncate -s $((RANDOM * 7 % size)) "$journal" ;;
		garbage) head -c "$size" /dev/urandom >"$journal" ;;
		tail)
			head -c 600 /dev/urandom |
				dd of="$journal" bs=1 seek=$((RANDOM * 7 % size)) conv=notrunc status=none
			;;
		first) head -c 28 /dev/urandom | dd of="$journal" bs=1 conv=notrunc status=none ;;
		nrec) printf '\377\377\377\377' | dd of="$journal" bs=1 seek=8 conv=notrunc status=none ;;
		pages) printf '\377\377\377\377' | dd of="$journal" bs=1 seek=16 conv=notrunc status=none ;;
		other) cp "$journal" "$work/journal"; again; cp "$work/journal" "$journal" ;;
		foreign) ((EUID != 0)) || chown 54321 "$journal" ;;
		esac
		whole_or_told "journal: $how"
		[[ $how != none ]] || is "$(sha256sum <"$PAMLITE_DATABASE")" "$(sha256sum <"$work/before")"
		journals=$((journals + 1))
	done
done
rm -f "$work/journal"

cat <<END
#
# system calls failed                        | $calls_failed, of which $calls_refused were refused
# allocations failed                         | ${allocations_failed:-none: a sanitizer allocates for itself}
# commands under limits                      | $limits_met
# commands on full disks                     | ${disks_met:-none: only root can mount}
# journals left, cut and forged              | $journals
END
again
finish
