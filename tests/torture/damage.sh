#!/bin/bash
# damage.sh - every page of a database is damaged: no crash, no hang, no grant that was not there

. "$(dirname "$0")/../cli/lib.bash"
. "$ROOT/tests/torture/inject.bash"

# report PROGRAM COUNT SEED: its figures; its complaints are the test's.
report()
{
	run env TMPDIR="$work" "$@"
	grep '^#' <<<"$out"
	((status == 0)) || bad "status $status" "$(grep -v '^#' <<<"$out")" "$err"
}

t "through the library, in a process of its own each time"
report "$BUILD/tests/torture/damage" "$(by_size 400 50000 300000)" "${DAMAGE_SEED:-$RANDOM}"

# Where the sanitizers' build is, they look too.
if [[ ${TORTURE:-short} != short && -x $BUILD/asan/tests/torture/damage ]]; then
	t "the same under the sanitizers"
	report "$BUILD/asan/tests/torture/damage" "$(by_size 0 5000 50000)" "${DAMAGE_SEED:-$RANDOM}"
fi

t "through the commands"
# Accounts of another domain are no addresses, so that nobody is sent a mail by this.
must new-elevated-access-approver-group -Name ops -Member 'CORP\bob'
must enable-elevated-access-control -AdminGroup ops
must register-elevated-access-task 'T\run' -Path /bin/echo -ArgumentList ran
must new-elevated-access-approval-policy 'T\run' -ApprovalType Manual -ApproverGroup ops
must as 'CORP\alice' new-elevated-access-request 'T\run' -Reason why -o Id
must as 'CORP\bob' approve-elevated-access-request "$out"
must as 'CORP\carol' new-elevated-access-request 'T\run' -Reason why -o Id
pending=$out
cp "$PAMLITE_DATABASE" "$work/before"
size=$(stat -c %s "$work/before") edits=0
# told WHO CMD...: it ends by itself, and with a word where it fails.
told()
{
	as "$1" run timeout 20 "${@:2}" </dev/null
	((status < 124 || status == 125 || status == 126)) || bad "status $status after an edit at $at: ${*:2}" "$err"
	((status == 0 || status == 1 || ${#err} > 0)) || bad "status $status without a word: ${*:2}"
}
for ((i = 0; i < $(by_size 5 200 2000); i++)); do
	cp "$work/before" "$PAMLITE_DATABASE"
	at=$(((RANDOM * 32768 + RANDOM) % size))
	head -c $((RANDOM % 40 + 1)) /dev/urandom | dd of="$PAMLITE_DATABASE" bs=1 seek=$at conv=notrunc status=none
	told root get-elevated-access-request --json
	told 'CORP\dora' invoke-elevated-access-task 'T\run'
	lacks "$out" ran
	told 'CORP\bob' approve-elevated-access-request "$pending"
	told root export-elevated-access-audit-log -Path "$work/exported" -Force
	told root invoke-elevated-access-maintenance
	told root test-elevated-access-audit-log
	edits=$((edits + 1))
	((lib_bad < 10)) || break
done
echo "# edits before real commands                 | $edits"
cp "$work/before" "$PAMLITE_DATABASE"
rm -f "$PAMLITE_DATABASE"-* "$work/exported"

finish
