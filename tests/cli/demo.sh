#!/bin/bash
# demo.sh - the demo shows the whole story, whatever the caller's environment says

. "$(dirname "$0")/lib.bash"

# A copy of the build directory's programs, so that a demo run by hand is left alone.
mkdir "$work/build"
ln -s "$BIN" "$work/build/bin"

t "it ends well under PAMLITE_* variables of the caller, and does not use them"
PAMLITE_DATABASE=$work/elsewhere/x.db PAMLITE_PRINCIPAL=mallory PAMLITE_OUTPUT_FORMAT=Json \
    run "$ROOT/tests/demo" "$work/build"
is "$status" 0
is "$err" ''
lacks "$out" mallory
[[ ! -e $work/elsewhere ]] || bad "the caller's database was touched"

t "it prints each command line before what that prints"
is "$(grep -c '^\$ .*new-elevated-access-request' "$stdout")" 1
is "$(grep -A 3 -F '$ PAMLITE_PRINCIPAL=alice new-elevated-access-request' "$stdout" | tail -n 1 | cut -d : -f 1)" \
    'Identity              '

t "each step of the story is there, in its order"
story=(
	'$ new-elevated-access-approver-group'
	'$ enable-elevated-access-control -AdminGroup ops -SystemAccounts'
	'$ register-elevated-access-task'
	'$ new-elevated-access-approval-policy'
	'Insufficient permissions. Please raise an elevated access request for this task.'
	'$ PAMLITE_PRINCIPAL=alice new-elevated-access-request'
	'alice cannot decide request'
	'Welcome. Version 1'
	'-ToApprove -o JsonLines |'
	'$ PAMLITE_PRINCIPAL=alice invoke-elevated-access-task'
	'Welcome. Version 2'
	'revoke-elevated-access-authorization'
	'Insufficient permissions. Please raise an elevated access request for this task.'
	'$ search-elevated-access-audit-log'
	'Sequence CreationDate'
	'$ test-elevated-access-audit-log'
	'Valid            : True'
	'$ export-elevated-access-evidence'
	'Valid            : True'
	'$ show-elevated-access-report'
)
rest=$out
for step in "${story[@]}"; do
	[[ $rest == *"$step"* ]] || { bad "not there, or not at its place: $step"; break; }
	rest=${rest#*"$step"}
done

t "the task has changed what the story says"
is "$(cat "$work/build/demo/site/index.html")" 'Welcome. Version 2'

t "it leaves a report of it"
is "$(xmllint --xpath 'concat(//dd[@id="requests"], //dd[@id="grants"], //dd[@id="runs"], //dd[@id="refused"])' \
    "$work/build/demo/report.html")" 1113
has "$out" "The report, for any browser:   $work/build/demo/report.html"

t "and the evidence of its request, which says how to look at both"
is "$(jq -r '[.Request.RequestorUPN, .Decisions[0].UserId, .Executions[0].CommandLine[0]] | join(" ")' \
    "$work/build/demo/evidence.json")" 'alice bob /usr/bin/install'
has "$out" "-Path $work/build/demo/evidence.json"
has "$out" "The evidence, as JSON:         $work/build/demo/evidence.json"

t "it can be run again"
run "$ROOT/tests/demo" "$work/build"
is "$status" 0

t "it stops at the first line that does not end as it should"
mkdir "$work/broken"
cp -r "$BIN" "$work/broken/bin"
printf '#!/bin/sh\nexit 0\n' >"$work/broken/bin/approve-elevated-access-request"
run "$ROOT/tests/demo" "$work/broken"
is "$status" 1
has "$err" 'expected 77'
lacks "$out" 'Welcome'

finish
