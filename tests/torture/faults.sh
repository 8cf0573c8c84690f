#!/bin/bash
# faults.sh - system calls and allocations that fail, full and read-only disks, limits: the right status, nothing half done, no false acknowledgement

. "$(dirname "$0")/../cli/lib.bash"
. "$ROOT/tests/torture/inject.bash"

# ask SQL...: of the database, when no process has it.
ask()
{
	sqlite3 -readonly "$PAMLITE_DATABASE" "$@"
}

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

printf '#!/bin/sh\ntrue\n' >"$work/task"
printf '#!/bin/sh\ncat >>%s\n' "$work/said" >"$work/notify"
chmod 700 "$work/task" "$work/notify"
# Accounts of another domain are no addresses, so that nobody is sent a mail by this.
must new-elevated-access-approver-group -Name ops -Member 'CORP\bob,CORP\dave'
must new-elevated-access-approver-group -Name idle -Member 'CORP\bob'
must enable-elevated-access-control -AdminGroup ops
must register-elevated-access-task 'T\run' -Path "$work/task"
must register-elevated-access-task 'T\idle' -Path "$work/task"
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
	read -r who kind rest <<<"${1//\\/\\\\}"
	read -r -a words <<<"${rest//\\/\\\\}"
	again
	mark=$(ask 'SELECT max(sequence) FROM audit')
}
did()
{
	case $kind in
	Sent) ask "SELECT count(*) FROM notification WHERE state = 'Sent' AND channel = 'Command'" ;;
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

# judge WHAT: the last command was told so; whatever it was, the database is whole, and says what the command said.
faulty=0 refused=0
judge()
{
	local n

	faulty=$((faulty + 1))
	# The next one finds the database as it can be used.
	get-elevated-access-control -o Id >/dev/null 2>"$work/next" || bad "the next command fails after $1" "$(<"$work/next")"
	is "$(ask "$identities")" "$sound" "after $1"
	n=$(did)
	((n <= 1)) || bad "done $n times: $1"
	[[ ${allowed[$kind]} == *" $status "* ]] || bad "status $status: $1" "$err"
	if ((status == 0)); then
		is "$n" 1 "acknowledged, but not done: $1"
	else
		refused=$((refused + 1))
		# 74 tells that the answer was lost, or the disk failed; only the first may be done.
		[[ $n == 0 || $kind == Started || $kind == Sent || $err == *OutputFailed* ]] ||
		    bad "status $status, but it was done: $1" "$err"
		[[ -n $err ]] || bad "status $status without a word: $1"
		[[ $(grep -c "^${words[0]}: " <<<"$err") == 1 || $kind == Sent ]] || bad "not one line: $1" "$err"
	fi
}

# --- system calls ---

# What may fail, and how: memory is looked at below, and what tells nobody anything is left out.
errors_of()
{
	case $1 in
	openat) echo EIO ENOSPC EINTR EMFILE EACCES ;;
	pwrite64 | write | writev | ftruncate | fsync | fdatasync) echo EIO ENOSPC EINTR ;;
	read | pread64 | flock | fcntl | close | getrandom | sendto | recvfrom | connect) echo EIO EINTR ;;
	fstat | newfstatat | lseek | unlink | readlink | getcwd | fchown | poll | access) echo EIO ;;
	mmap | brk | mprotect) echo ENOMEM ;;
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
each_call "$(by_size 151 7 1)"
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
	each_allocation "$(by_size 601 29 3)"
	((refused > 10)) || bad "only $refused of $faulty failed"
	allocations_failed=$faulty
fi

# --- limits ---

each_limit()
{
	local line limit

	for line in "${changing[@]}"; do
		meant "$line"
		for limit in "$@"; do
			again
			run as "$who" prlimit "$limit" -- "${words[@]}"
			# The loader, or the kernel's own end of what it could not start.
			((status != 127 && status < 128)) || { is "$(did)" 0 "$line, $limit"; continue; }
			judge "$line: $limit"
			((lib_bad < 10)) || return
		done
	done
}

t "limits of files, descriptors, memory and time"
faulty=0
limits=(--fsize={0,4096,65536} --nofile={3,4,5,7} --as=$((4 << 20)) --as=$((12 << 20)) --stack=16384)
[[ ${TORTURE:-short} == short ]] || limits+=(--fsize={512,8192,16384,32768,131072,262144} --nofile={6,8,9,10}
    --as={6,8,9,10,11,14,16,20}000000 --data={65536,262144,1000000} --stack={8192,32768,65536} --cpu=0 --nproc=0)
each_limit "${limits[@]}"
limits_met=$faulty
