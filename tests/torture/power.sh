#!/bin/bash
# power.sh - whenever the power goes, what was acknowledged is on the disk, and the rest is whole or absent

. "$(dirname "$0")/../cli/lib.bash"
. "$ROOT/tests/torture/power.bash"

database=$PAMLITE_DATABASE
private=$(dirname "$database")

# from NAME: begin with the database as it was kept under that name; with none without one.
from()
{
	rm -rf "$private"
	mkdir "$private"
	[[ -z ${1:-} ]] || cp -a "$work/$1.kept/." "$private"
}
keep()
{
	mkdir "$work/$1.kept"
	cp -a "$private/." "$work/$1.kept"
}

# --- a database from its making on, one command after the other ---

mkdir "$work/out"
story()
{
	local asked denied stopped

	set -e
	new-elevated-access-approver-group -Name ops -Member bob,dave -o JsonLines
	enable-elevated-access-control -AdminGroup ops
	register-elevated-access-task 'L\ok' -Path /usr/bin/true -o JsonLines
	new-elevated-access-approval-policy 'L\ok' -ApprovalType Manual -ApproverGroup ops -o JsonLines
	asked=$(PAMLITE_PRINCIPAL=alice new-elevated-access-request 'L\ok' -Reason story -o Id)
	PAMLITE_PRINCIPAL=alice set-elevated-access-request "$asked" -Reason 'another story' -o JsonLines
	PAMLITE_PRINCIPAL=bob approve-elevated-access-request "$asked" -Comment yes -o JsonLines
	PAMLITE_PRINCIPAL=alice invoke-elevated-access-task 'L\ok'
	PAMLITE_PRINCIPAL=bob revoke-elevated-access-authorization -RequestId "$asked" -Confirm:false -o JsonLines
	denied=$(PAMLITE_PRINCIPAL=alice new-elevated-access-request 'L\ok' -Reason story -o Id)
	PAMLITE_PRINCIPAL=bob deny-elevated-access-request "$denied" -o JsonLines
	stopped=$(PAMLITE_PRINCIPAL=alice new-elevated-access-request 'L\ok' -Reason story -o Id)
	PAMLITE_PRINCIPAL=alice stop-elevated-access-request "$stopped" -o JsonLines
	set-elevated-access-approver-group ops -AddMember erin -o JsonLines
	add-elevated-access-system-account backup -Reason nightly -o JsonLines
	export-elevated-access-audit-log -Path "$work/out/log"
	export-elevated-access-evidence "$asked" -Path "$work/out/evidence"
	invoke-elevated-access-maintenance -o JsonLines
	unregister-elevated-access-task 'L\ok' -Confirm:false
	disable-elevated-access-control -Confirm:false
}
export -f story
export work

t "a story of every command, from the making of the database on"
from
record story "$private" "$work/out" -- bash -c story
is "$status" 0
survives "$(states 40)"

# --- a lot through one pipe, and a lot at the same moment ---

from
must new-elevated-access-approver-group -Name ops -Member bob,dave
must enable-elevated-access-control -AdminGroup ops
for i in {1..20}; do
	must new-elevated-access-approval-policy "L\\task$i" -ApprovalType Manual -ApproverGroup ops
	echo "{\"Task\":\"L\\\\task$i\"}"
done >"$work/tasks"
as alice new-elevated-access-request -Reason many -o Id <"$work/tasks" >"$work/ids"
keep pending
is "$(wc -l <"$work/ids")" 20

t "20 approvals through one pipe, each acknowledged by its line"
PAMLITE_PRINCIPAL=bob record pipe "$private" -- approve-elevated-access-request -o JsonLines <"$work/ids"
is "$status" 0
is "$(wc -l <"$stdout")" 20
survives "$(states 20)"

together()
{
	local id i=0

	while read -r id; do
		i=$((i + 1))
		if ((i % 2 == 0)); then
			PAMLITE_PRINCIPAL=bob approve-elevated-access-request "$id" -o JsonLines &
		else
			PAMLITE_PRINCIPAL=dave deny-elevated-access-request "$id" -o JsonLines &
		fi
	done < <(head -n 8 "$work/ids")
	wait
}
export -f together
t "8 decisions at the same moment"
from pending
record together "$private" -- bash -c together
is "$(wc -l <"$stdout")" 8
survives "$(states 15)"

# --- where something was left to do ---

t "the power goes again while the first command after a crash plays back the journal"
from pending
# Not in this shell: its notice of a killed child would be in the log.
(
	PAMLITE_PRINCIPAL=bob strace -f -o /dev/null -e trace=ftruncate -e inject=ftruncate:signal=KILL:when=1 \
	    "$BIN/approve-elevated-access-request" "$(head -n 1 "$work/ids")" >/dev/null &
	wait $!
) 2>/dev/null
[[ -s $database-journal ]] || bad "no journal was left"
PAMLITE_PRINCIPAL=bob record recovery "$private" -- approve-elevated-access-request "$(head -n 1 "$work/ids")" \
    -o JsonLines
is "$status" 0
survives "$(states 10)"

t "a database of the first release is brought up to date, and kept as it was"
from
"$power" old "$database"
chmod 600 "$database"
record upgrade "$private" -- new-elevated-access-approver-group -Name ops -Member bob -o JsonLines
is "$status" 0
[[ -s $database.v1 ]] || bad "no copy was kept"
survives "$(states 5)"

# --- what would be found ---

# careless JOURNAL SYNCHRONOUS: the approvals again, with that in place of what is said to SQLite.
careless()
{
	from pending
	PRAGMA_JOURNAL=$1 PRAGMA_SYNCHRONOUS=$2 PAMLITE_PRINCIPAL=bob record "$1-$2" "$private" -- \
	    "$BUILD/tests/torture/careless/approve-elevated-access-request" -o JsonLines <"$work/ids"
	is "$status" 0
	cut_power "$(states 2)" -q
}
t "the harness tells the loss of DELETE with FULL"
careless DELETE FULL
((lost > 0)) || bad "nothing was lost"
is "$corrupt" 0

t "and none where the directory is synced too"
careless DELETE EXTRA
is "$lost $corrupt" '0 0'

t "and the damage of NORMAL and OFF"
careless TRUNCATE NORMAL
((lost > 0)) || bad "nothing was lost"
careless TRUNCATE OFF
((corrupt > 0)) || bad "nothing was corrupt"

from
power_table
finish
