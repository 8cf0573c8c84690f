#!/bin/bash
# bench.sh - the benchmark works, whatever its figures are: every row is measured, or it is said why not

. "$(dirname "$0")/lib.bash"

t "a filled database is as if it had been used"
must new-elevated-access-approver-group ops -Member bob,dave
must enable-elevated-access-control -AdminGroup ops
must new-elevated-access-approval-policy 'Bench\ask' -ApprovalType Manual
must "$BUILD/bench/fill" "$PAMLITE_DATABASE" 500 20 30 7
succeeds test-elevated-access-audit-log -o Value -Property Records
(("$out" > 2500)) || bad "$out records"
is "$(get-elevated-access-request -o Id | wc -l)" 507
is "$(as bob get-elevated-access-request -ToApprove -o Id | wc -l)" 7
is "$(get-elevated-access-approver-group ops -o Json | jq '.[0].Member | length')" 30
id=$(get-elevated-access-request -Filter "Reason -eq 'needle'" -o Id)
is "$(search-elevated-access-audit-log -ObjectIds "$id" -o Id | wc -l)" 2
is "$(get-elevated-access-authorization -RequestId "$id" -o Value -Property UseCount)" 1

t "every row is measured"
export BENCH_DIR=$work/bench BENCH_PAIRS=1 BENCH_LONG=1 BENCH_BIG=300 BENCH_POLICIES=20 BENCH_MEMBERS=20 \
    BENCH_APPROVALS=20 BENCH_CROWD=20 BENCH_SHOWN=100000
run "$ROOT/bench/run" "$BUILD"
is "$status" 0
json=$BENCH_DIR/bench.json
is "$(cat "$BENCH_DIR/bench.txt")" "$out"
is "$(jq '.Rows | map(select(.Pairs == 0 and .Note == null)) | length' "$json")" 0
is "$(jq -r '.Rows[] | select(.Where | test("private|pipe")) | .Note // empty' "$json")" ''
is "$(jq -r '.Rows[].Note // empty' "$json" | grep -v 'is not installed$\|^needs \|^there is no /dev/shm$')" ''
is "$(jq '[.Rows[] | select(.Pairs > 0) | .OursMs > 0 and .PeerMs > 0 and .Ratio > 0 and .OursPeakKiB > 0] | all' \
    "$json")" true
is "$(jq '.Machine.Requests' "$json")" 300

t "nothing is left of it"
is "$(find "$BENCH_DIR" -mindepth 1 -printf '%f\n' | sort | paste -sd ' ')" 'bench.json bench.txt'

finish
