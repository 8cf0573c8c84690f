# power.bash - the words in which recordings are made and the power is cut
# shellcheck shell=bash

power=$BUILD/tests/torture/power
calls=execve,openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2
calls+=,clone,clone3,fork,vfork
# Quicker by far, but then nothing is setuid.
power_strace=(--seccomp-bpf)
seed=${SEED:-$RANDOM}
# Where findings are kept, which is not where tests work: that is gone afterwards.
kept=$BUILD/torture
figures=()

# states PERCENT: of what TORTURE asks for.
case ${TORTURE:-short} in
short) power_states=20000 ;;
normal) power_states=200000 ;;
long) power_states=1000000 ;;
esac
states()
{
	echo $((power_states * $1 / 100))
}

# record NAME PLACE... -- CMD...: what the files of these directories hold is kept, then the command and all that it
# starts are recorded with every change of them. $status, $out and $err are the command's.
record()
{
	recorded=$1 places=()
	shift
	while [[ $1 != -- ]]; do
		places+=("$1")
		shift
	done
	shift
	mkdir -p "$work/$recorded.before"
	(cd / && cp -a --parents "${places[@]#/}" "$work/$recorded.before")
	strace -f "${power_strace[@]}" -y -a 1 -xx -s 1000000 -e signal=none -e quiet=attach,personality \
	    -e "trace=$calls" -o "$work/$recorded.strace" "$@" >"$stdout" 2>"$stderr"
	# shellcheck disable=SC2034
	status=$? out=$(<"$stdout") err=$(<"$stderr") lib_said=("$@")
}

# cut_power STATES [OPTION...]: the power, in what was recorded last; the figures are $corrupt and $lost.
cut_power()
{
	local words=(-d "$database" -b "$work/$recorded.before" -t "$work/scratch" -n "$1" -s "$seed" "${@:2}") said
	local name syncs commits number looked ms

	rm -rf "$work/scratch"
	mkdir "$work/scratch"
	mkdir -p "$kept"
	said=$("$power" "${words[@]}" -k "$kept" "$recorded" "$work/$recorded.strace" "${places[@]}" 2>&1)
	power_status=$?
	read -r name syncs commits number corrupt lost looked ms <<<"$(tail -n 1 <<<"$said")"
	if [[ $name != "$recorded" || $number == 0 || $commits == 0 ]]; then
		bad "the power could not be cut in $recorded" "$said"
		corrupt=0 lost=0
		return
	fi
	sed '$d' <<<"$said"
	figures+=("$(awk -v name="$recorded" -v syncs="$syncs" -v commits="$commits" -v n="$number" -v bad="$corrupt" \
	    -v lost="$lost" -v looked="$looked" -v ms="$ms" 'BEGIN {
		printf "%-16s %5d %6.1f %8d %7d %7d %8d %8d", name, commits, syncs / commits, n, bad, lost, looked,
		    n * 1000 / (ms + 1) }')")
}

# survives STATES [OPTION...]: nothing is torn and nothing acknowledged is lost, whenever the power goes.
survives()
{
	cut_power "$@"
	is "$corrupt corrupt, $lost lost" '0 corrupt, 0 lost' "$recorded, seed $seed"
	is "$power_status" 0 "$recorded"
	((lib_bad == 0)) || cp -r "$work/$recorded.strace" "$work/$recorded.before" "$kept"
}

power_table()
{
	lib_close
	echo "# seed $seed (SEED=$seed makes the same again)"
	printf '# %-16s %5s %6s %8s %7s %7s %8s %8s\n' recording txns syncs/ states corrupt lost looked-at per-s
	printf '# %s\n' "${figures[@]}"
}
