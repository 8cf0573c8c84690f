#!/bin/bash
# lint.sh - the quick rules of tests/lint hold, and each of its rules is watched

. "$(dirname "$0")/lib.bash"

t "the source tree keeps its rules"
run "$ROOT/tests/lint" quick
is "$status" 0
is "$out" ''
is "$err" ''

t "every kind of violation is reported"
run "$ROOT/tests/lint" --self-test
is "$status" 0
is "$(grep '^not ok' "$stdout")" ''

finish
