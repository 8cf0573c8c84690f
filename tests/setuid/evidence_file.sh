#!/bin/bash
# evidence_file.sh - evidence of one request on the system database: by whom, up to which head, and checked by anybody

. "$(dirname "$0")/lib.bash"

fixture

# exported USER ID FILE: his is the evidence of that request; a stranger has checked it.
exported()
{
	succeeds as "$1" export-elevated-access-evidence "$2" -Path "$3" -Force
	is "$out" ''
	cp "$3" "$shared/evidence.json"
	chmod 644 "$shared/evidence.json"
	succeeds as 65534 test-elevated-access-audit-log -Path "$shared/evidence.json" --json
	is "$(jq -r '.[] | [.Valid, .HeadHash] | map(tostring) | join(" ")' <<<"$out")" \
	    "true $(jq -r .Head.Hash "$shared/evidence.json")"
	has "$out" "$2"
}
# head_line: the head that the file names, as a line of the anchor.
head_line()
{
	jq -r '.Head | "\(.Sequence) \(.Hash)"' "$shared/evidence.json"
}

t "a manager exports, and the file is his; a requestor and an approver do not"
grant alice 'L\exit' -Parameter code=3
exported adm1 "$id" /home/adm1/evidence.json
is "$(stat -c '%U %a' /home/adm1/evidence.json)" 'adm1 600'
is "$(jq -r '.Chain[0].AuditData | fromjson.UserId' "$shared/evidence.json")" alice
is "$(jq -r '[.Request.RequestorUPN, .Authorization.AuthorizedBy, .Task.Path] | join(" ")' "$shared/evidence.json")" \
    "alice bob $ok"
fails 77 AuditorRequired as alice export-elevated-access-evidence "$id" -Path /home/alice/evidence.json
fails 77 AuditorRequired as bob export-elevated-access-evidence "$id" -Path /home/bob/evidence.json
fails 66 RequestNotFound as carol export-elevated-access-evidence "$id" -Path /home/carol/evidence.json
fails 74 OutputFailed as adm1 export-elevated-access-evidence "$id" -Path /home/alice/evidence.json
fails 73 FileExists as adm1 export-elevated-access-evidence "$id" -Path /home/adm1/evidence.json
rm /home/adm1/evidence.json

t "before any run its chain goes to the present head"
exported root "$id" "$work/evidence.json"
is "$(head_line)" "$(dbquery 'SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1' | tr '|' ' ')"
# Also those were refusals about it.
is "$(jq -r '[.Refusals[].UserId] | join(" ")' "$shared/evidence.json")" 'alice bob carol'

t "behind a run it goes to a head that root has kept, and no further"
run as alice invoke-elevated-access-task 'L\exit' code=3
is "$status" 3
for i in 1 2 3; do
	must new-elevated-access-approver-group "later$i" -Member x
done
exported adm1 "$id" /home/adm1/evidence.json
rm /home/adm1/evidence.json
is "$(grep -cx "$(head_line)" $anchor)" 1
is "$(head_line)" "$(tail -n 1 $anchor)"
is "$(jq -r '.Executions[] | [.User, .RunAs, .ExitStatus, .CommandLine[1]] | map(tostring) | join(" ")' \
    "$shared/evidence.json")" 'alice root 3 3'

t "with a later refusal about it, to the next head that there is, whatever else stands in the anchor"
run as carol approve-elevated-access-request "$id"
chattr -a $anchor 2>/dev/null
printf '99999 %064d\nnonsense\n12 torn' 0 >>$anchor
chattr +a $anchor 2>/dev/null
exported adm1 "$id" /home/adm1/evidence.json
rm /home/adm1/evidence.json
is "$(jq -r '.Refusals[3].UserId' "$shared/evidence.json")" carol
is "$(jq .Head.Sequence "$shared/evidence.json")" "$(dbquery 'SELECT max(sequence) FROM audit')"
fresh

t "a check of evidence starts nothing and opens nothing of the installation"
grant alice 'L\ok'
exported root "$id" "$work/evidence.json"
strace -f -qq -o "$work/trace" -e trace=%file,%process -u nobody "$BIN/test-elevated-access-audit-log" -Quiet \
    -Path "$shared/evidence.json" || bad "the check failed"
is "$(grep -c 'execve(' "$work/trace")" 1
is "$(grep -cE '/var/lib/pam-lite|/var/log/pam-lite|libexec' "$work/trace")" 0

t "the gate's side takes no path and no evidence: it is the caller's process that reads what anybody has made"
run by_hand adm1 export-elevated-access-evidence "RequestId=$id" Path=/home/adm1/evil
is "$status" 64
[[ ! -e /home/adm1/evil ]] || bad "it has written there"
run_in "$shared/evidence.json" by_hand adm1 test-elevated-access-audit-log Path
[[ $status != 0 ]] || bad "it took it" "$out"

rm -f "$shared/evidence.json"
finish
