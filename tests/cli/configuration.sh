#!/bin/bash
# configuration.sh - the configuration as one document: what is exported is imported, and bad documents are told why

. "$(dirname "$0")/lib.bash"

here=$(id -un)
export_to()
{
	must export-elevated-access-configuration -Path "$1" -Force
}
import=(import-elevated-access-configuration -Confirm:false -Path)
import()
{
	"${import[@]}" "$@"
}
# told FILTER [FILE]: the kept document, changed by jq, as $work/told.json.
told()
{
	jq "$1" "${2:-$work/kept.json}" >"$work/told.json"
}
head_of_log()
{
	search-elevated-access-audit-log -ResultSize 1 -Property Sequence -o Value
}

setup_basic
must new-elevated-access-approver-group managers -MailAddress m@example.org -Description 'who manages' -Member carol
must set-elevated-access-control -ManagementGroup managers -RequestLifetimeHours 8 -RequireComment -Confirm:false
must register-elevated-access-task 'Linux\second' -Path /usr/bin/env -Environment A=b,C=d -Description "it's a test"
must register-elevated-access-task 'Linux\role' -Type Role -Member 'Linux\touch','Linux\second'
must new-elevated-access-approval-policy -Role 'Linux\role' -ApprovalType Auto -EligibleGroup ops -MaxUses 3 \
    -RequireTicket -BindParameters:false
must add-elevated-access-system-account backup -Reason 'nightly job' -ExpiresUtc 2099-01-31T00:00:00Z
must add-elevated-access-system-account svc -Reason job

t "an export is one property a line, without ids and times of change, and always the same"
export_to "$work/kept.json"
export_to "$work/again.json"
cmp "$work/kept.json" "$work/again.json" || bad 'they differ'
is "$(jq -c keys_unsorted "$work/kept.json")" \
    '["Format","Version","Control","ApproverGroups","SystemAccounts","Tasks","Policies"]'
is "$(jq -c '[.ApproverGroups[].Name, .SystemAccounts[].Identity, .Tasks[].Name, .Policies[].Task]' \
    "$work/kept.json")" \
    '["managers","ops","backup","svc","Linux\\role","Linux\\second","Linux\\touch","Linux\\role","Linux\\touch"]'
is "$(grep -cE '^ +"[A-Za-z0-9]+": ([^{[]|\[.*\]|\{.*\})' "$work/kept.json")" \
    "$(jq '2 + (.Control | length) + ([.ApproverGroups, .SystemAccounts, .Tasks, .Policies | .[] | length] | add)' \
    "$work/kept.json")"
lacks "$(grep -oE '[0-9a-f]{8}-[0-9a-f]{4}' "$work/kept.json")" -
fails 73 FileExists export-elevated-access-configuration -Path "$work/kept.json"
fails 73 FileExists export-elevated-access-configuration -Path "$work/kept.json" -NoClobber -Force
fails 74 OutputFailed export-elevated-access-configuration -Path "$work/none/x.json"
fails 77 AuditorRequired as mallory export-elevated-access-configuration -Path "$work/m.json"
succeeds as carol export-elevated-access-configuration -Path "$work/carol.json"

t "imported where it comes from it changes nothing, records nothing and prints nothing"
before=$(head_of_log)
succeeds import "$work/kept.json"
is "$out$err" ''
succeeds import "$work/kept.json" -Prune -o Json
is "$out" '[]'
succeeds import "$work/kept.json" -WhatIf -Verbose
is "$out:$err" ':VERBOSE: everything is as the document says: nothing was changed'
is "$(head_of_log)" "$before"

t "imported into a new database it makes the same, with the records of the single commands"
database other
must new-elevated-access-approver-group gone -Member bob
succeeds import "$work/kept.json" -WhatIf -o JsonLines
plan=$out
is "$(head_of_log)" 1
succeeds import "$work/kept.json" -o JsonLines
is "$out" "$plan"
has "$err" '{"Warning":"not in the document, and left as it is: ApproverGroup gone (-Prune removes it)"}'
is "$(jq -s 'map(.Action) | group_by(.) | map([.[0], length])' -c <<<"$out")" '[["Add",9],["Change",5]]'
succeeds import "$work/kept.json" -Prune -o Value
is "$out" $'Remove\tApproverGroup\tgone\t\t\t'
export_to "$work/again.json"
cmp "$work/kept.json" "$work/again.json" || bad 'they differ'
is "$(search-elevated-access-audit-log -o JsonLines |
    jq -rs 'map(.Operations) | group_by(.) | map("\(.[0]) \(length)")[]')" \
    'Add-ElevatedAccessSystemAccount 2
Enable-ElevatedAccessControl 1
Import-ElevatedAccessConfiguration 2
New-ElevatedAccessApprovalPolicy 2
New-ElevatedAccessApproverGroup 3
Register-ElevatedAccessTask 3
Remove-ElevatedAccessApproverGroup 1
Set-ElevatedAccessControl 1'
succeeds test-elevated-access-audit-log
database db

t "every property that changes is told with what it was and what it is, and a plan is what is then done"
told '.Control.RequireComment = false | .Control.RequestLifetimeHours = null | .Control.Domain = "example.org" |
    .ApproverGroups[1].Member = ["erin", "bob", "bob"] | .ApproverGroups[0].MailAddress = null |
    .SystemAccounts[0].Reason = "weekly job" | .Tasks[1].Environment = {A: "c"} | .Tasks[0].Member = ["Linux/second"] |
    .Policies[0] += {MaxUses: null, EligibleGroup: "managers", BindParameters: true} |
    .Policies[1] += {ApproverGroup: null, MaxDurationHours: 2, MinApprovals: 2, RecordSession: true}'
before=$(head_of_log)
succeeds import "$work/told.json" -WhatIf -o Value
plan=$out
is "$(head_of_log)" "$before"
succeeds import "$work/told.json" -o Value
is "$out" "$plan"
is "$out" $'Change\tApproverGroup\tmanagers\tMailAddress\tm@example.org\t
Change\tApproverGroup\tops\tMember\tbob, dave\tbob, erin
Change\tSystemAccount\tbackup\tReason\tnightly job\tweekly job
Change\tTask\tLinux\\second\tEnvironment\tA=b, C=d\tA=c
Change\tTask\tLinux\\role\tMember\tLinux\\touch, Linux\\second\tLinux\\second
Change\tPolicy\tLinux\\role\tEligibleGroup\tops\tmanagers
Change\tPolicy\tLinux\\role\tMaxUses\t3\t
Change\tPolicy\tLinux\\role\tBindParameters\tfalse\ttrue
Change\tPolicy\tLinux\\touch\tApproverGroup\tops\t
Change\tPolicy\tLinux\\touch\tMaxDurationHours\t\t2
Change\tPolicy\tLinux\\touch\tMinApprovals\t1\t2
Change\tPolicy\tLinux\\touch\tRecordSession\tfalse\ttrue
Change\tControl\tControl\tDomain\t\texample.org
Change\tControl\tControl\tRequestLifetimeHours\t8\t24
Change\tControl\tControl\tRequireComment\ttrue\tfalse'
succeeds import "$work/told.json"
is "$out" ''
succeeds import "$work/kept.json" -o Value
is "$(cut -f2-4 <<<"$out")" "$(cut -f2-4 <<<"$plan")"
export_to "$work/again.json"
cmp "$work/kept.json" "$work/again.json" || bad 'they differ'

t "long names of the control's domain are the short ones"
told '.Control.Domain = "example.org"'
must import "$work/told.json"
told '.Control.Domain = "example.org" | .ApproverGroups[1].Member = ["bob@example.org", "dave"] |
    .SystemAccounts[1].Identity = "svc@example.org"'
succeeds import "$work/told.json"
is "$out" ''
told '.Control.Domain = "example.org" | .SystemAccounts += [{Identity: "svc@example.org", Reason: "r"}]'
fails 65 ConfigurationInvalid "${import[@]}" "$work/told.json"
has "$err" "SystemAccounts: 'svc' stands there with and without the Domain"
must import "$work/kept.json"

t "what a document does not speak of is left alone"
before=$(head_of_log)
told '{Format, Version, Policies: []}'
succeeds import "$work/told.json"
is "$out:$err" ':WARNING: not in the document, and left as it is: Policy Linux\role, Linux\touch (-Prune removes it)'
told '{Format, Version, Control: {}}'
succeeds import "$work/told.json" -Prune
told '{Format, Version}'
succeeds import "$work/told.json" -Prune
is "$out$err" ''
is "$(head_of_log)" "$before"

t "the control is switched off and on; requests and grants go with what they were made of"
grant alice 'Linux\touch' -Parameter file="$work/touched/a"
told '.Control.Enabled = false'
succeeds import "$work/told.json" -o Value
is "$out" $'Change\tControl\tControl\tEnabled\ttrue\tfalse'
is "$(get-elevated-access-authorization -Property Revoked -o Value)" True
must import "$work/kept.json"
must as alice new-elevated-access-request 'Linux\touch' -Parameter file="$work/touched/b" -Reason r -o Id
told 'del(.Policies[1])'
succeeds import "$work/told.json" -Prune -o Value
is "$out" $'Remove\tPolicy\tLinux\\touch\t\t\t'
is "$(get-elevated-access-request -RequestStatus Canceled -o Id | wc -l)" 1
must import "$work/kept.json"

t "an exclusion that has ended is none, in the document as in the database"
told '.SystemAccounts += [{Identity: "old", Reason: "r", ExpiresUtc: "2020-01-01T00:00:00Z"}]'
succeeds import "$work/told.json" -Verbose
is "$out" ''
has "$err" 'the exclusion of old has ended'
told '.SystemAccounts[1].ExpiresUtc = "2027-06-01T00:00:00Z"'
must import "$work/told.json"
succeeds later 9000h import "$work/told.json" -Prune
is "$out" ''
must import "$work/kept.json"

# told is a fault STATUS ERROR PLACE FILTER.
t "what a single command refuses is refused with its place, and nothing of the document is done"
before=$(sqlite3 "$PAMLITE_DATABASE" .dump | grep -v 'INSERT INTO audit ' | sha256sum)
while IFS='|' read -r -u 3 code error place filter; do
	told "${filter//;/|}"
	fails "$code" "$error" "${import[@]}" "$work/told.json"
	has "$err" "import-elevated-access-configuration: $place"
done 3<<'EOF'
66|ApproverGroupNotFound|Policies[1] (Linux\touch): ApproverGroup: |.Policies[1].ApproverGroup = "nobody"
66|ApproverGroupNotFound|Policies[1] (Linux\touch): ApproverGroup: |.Policies[1].ApproverGroup = "m@example.org"
66|ApproverGroupNotFound|Control: AdminGroup: |.Control.AdminGroup = "OPS"
66|UnixGroupNotFound|ApproverGroups[1] (ops): |.ApproverGroups[1].UnixGroup = "no-such-group"
73|ApproverGroupExists|ApproverGroups[2] (x): |.ApproverGroups += [{Name: "x", MailAddress: "m@example.org"}]
64|ParameterArgumentTransformationError|ApproverGroups[0] (managers): |.ApproverGroups[0].Member = ["a b"]
64|PolicyInvalid|Policies[0] (Linux\role): |.Policies[0].MinApprovals = 2
64|PolicyInvalid|Policies[2] (Linux\second): |.Policies += [{Task: "Linux\\second", Type: "Role", ApprovalType: "Auto"}]
64|TaskDefinitionInvalid|Tasks[1] (Linux\second): |.Tasks[1].Path = null
64|TaskDefinitionInvalid|Tasks[1] (Linux\second): |.Tasks[1].ArgumentList = ["{none}"] ; .Tasks[1].Path = "x"
64|TaskDefinitionInvalid|Tasks[0] (Linux\role): |.Tasks[0].Path = "/usr/bin/env"
64|TaskDefinitionInvalid|Tasks[0] (Linux\role): |.Tasks[0].Member = ["no name"]
64|TaskDefinitionInvalid|Tasks[0] (Linux\role): |.Tasks[0].Member = ["Linux\\role"]
64|RunAsRefused|Tasks[1] (Linux\second): |.Tasks[1].RunAs = "nobody"
65|ConfigurationInvalid|Tasks[0] (Linux\role): it is of the Type Role, which cannot|.Tasks[0].Type = "RoleGroup"
65|ConfigurationInvalid|Policies[0] (Linux\role): it is of the Type Role|.Policies[0].Type = "Task"
64|EmptyValueNotAllowed|Control: |.Control.AdminGroup = null
EOF
is "$(sqlite3 "$PAMLITE_DATABASE" .dump | grep -v 'INSERT INTO audit ' | sha256sum)" "$before"
told 'del(.ApproverGroups[1])'
fails 75 ApproverGroupInUse "${import[@]}" "$work/told.json" -Prune
has "$err" "ApproverGroups without ops: "
fails 77 AdministratorRequired as mallory "${import[@]}" "$work/told.json"
fails 64 ConfirmationRequired import-elevated-access-configuration -Path "$work/told.json"
fails 74 InputFailed "${import[@]}" "$work/none.json"
fails 74 InputFailed "${import[@]}" "$work"
must set-elevated-access-control -Domain old.example.org -Confirm:false
succeeds as alice new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/a" -Reason r -o Id
told '.Control.Domain = "example.org"'
fails 75 RequestsPending "${import[@]}" "$work/told.json"
must as alice stop-elevated-access-request "$(as alice get-elevated-access-request -Mine -ResultSize 1 -o Id)"
must set-elevated-access-control -Domain '' -Confirm:false

t "every fault of a document is told with its place"
while IFS='|' read -r -u 3 place why filter; do
	told "${filter//;/|}"
	fails 65 ConfigurationInvalid "${import[@]}" "$work/told.json"
	has "$err" "import-elevated-access-configuration: $place: $why"
done 3<<'EOF'
the document|it must be an object|[.]
the document|it has no Format|del(.Format)
the document|it has no Version|del(.Version)
Format|it must be "pam-lite configuration"|.Format = "x"
Version|this pam-lite reads documents of version 1|.Version = 2
Version|this pam-lite reads|.Version = "1"
Task|there is no such property|.Task = []
tasks|there is no such property|.tasks = []
DocumentSha256|there is no such property|.DocumentSha256 = ("0" * 64)
Control|it must be an object, not an array|.Control = [.Control]
Control.Enable|there is no such property|.Control.Enable = true
Control.Enabled|it must be true or false, not null|.Control.Enabled = null
Control.Enabled|it must be true or false, not a string|.Control.Enabled = "true"
Control.PolicyCount|there is no such property|.Control.PolicyCount = 2
Control.MaxRecordingBytes|Cannot process|.Control.MaxRecordingBytes = 1
ApproverGroups|it must be an array, not an object|.ApproverGroups = {}
ApproverGroups[1]|it must be an object, not a string|.ApproverGroups[1] = "ops"
ApproverGroups[0]|it has no Name|.ApproverGroups[0] = {}
ApproverGroups[0].Name|it must be a string, not a number|.ApproverGroups[0].Name = 7
ApproverGroups[0].Name|Cannot process|.ApproverGroups[0].Name = "a*"
ApproverGroups[0].Description|Cannot bind|.ApproverGroups[0].Description = ""
ApproverGroups[0].Member|it must be an array, not a string|.ApproverGroups[0].Member = "bob"
ApproverGroups[0].Member|its elements must be strings, and one is null|.ApproverGroups[0].Member = [null]
ApproverGroups[0].Member|an element has control characters|.ApproverGroups[0].Member = ["a\nb"]
ApproverGroups[2]|'OPS' stands there twice|.ApproverGroups += [{Name: "OPS"}]
SystemAccounts[1]|it has no Reason|del(.SystemAccounts[1].Reason)
SystemAccounts[0].ExpiresUtc|Cannot process|.SystemAccounts[0].ExpiresUtc = "soon"
SystemAccounts[0].Identity|Cannot process|.SystemAccounts[0].Identity = "a b"
Tasks[2].Name|Cannot process|.Tasks[2].Name = "touch"
Tasks[2].Type|Cannot process|.Tasks[2].Type = "Program"
Tasks[2].Argumentlist|there is no such property|.Tasks[2].Argumentlist = []
Tasks[2].Parameter|it must be an object, not an array|.Tasks[2].Parameter = []
Tasks[2].Parameter|a name in it is empty or has an equals sign|.Tasks[2].Parameter = {"a=b": "word"}
Tasks[2].ResolvedPath|there is no such property|.Tasks[2].ResolvedPath = "/bin/sh"
Tasks[2].DefinitionSha256|there is no such property|.Tasks[2].DefinitionSha256 = "0"
Policies[1].MinApprovals|it must be a number, not a string|.Policies[1].MinApprovals = "2"
Policies[1].MinApprovals|Cannot process|.Policies[1].MinApprovals = 0
Policies[1].MinApprovals|Cannot process|.Policies[1].MinApprovals = 1.5
Policies[1].MaxDurationHours|Cannot process|.Policies[1].MaxDurationHours = 1e99
Policies[0]|it has no ApprovalType|del(.Policies[0].ApprovalType)
Policies[2]|'Linux\touch' stands there twice|.Policies += [.Policies[1]]
EOF
told '.Control.Enable = true | .Tasks[0].Path = 7 | .Policies[0].Type = "x" | .x = 1'
run import "$work/told.json"
is "$status:$(cut -d: -f2 <<<"$err" | tr '\n' ' ')" '65: Control.Enable  Tasks[0].Path  Policies[0].Type  x '
run import "$work/told.json" -o Json
is "$(jq -r .Error.Target <<<"$err" | tr '\n' ' ')" 'Control.Enable Tasks[0].Path Policies[0].Type x '
told '.ApproverGroups = [range(100) | {}]'
run import "$work/told.json"
is "$(wc -l <<<"$err"):$(tail -n 1 <<<"$err")" \
    '21:import-elevated-access-configuration: the document has more faults than these'

t "what is no JSON, or not strictly, is told with the byte"
for text in '' '{' '{"Format":1,"Format":2}' '{"Format":"x",}' 'null null' $'\xef\xbb\xbf{}' '{"Format":"\ud800"}'; do
	printf '%s' "$text" >"$work/told.json"
	fails 65 InvalidJson "${import[@]}" "$work/told.json"
done
head -c 7000000 /dev/zero | tr '\0' ' ' >"$work/told.json"
fails 65 ConfigurationInvalid "${import[@]}" "$work/told.json"
has "$err" 'longer than 6291456 bytes'
told '.ApproverGroups = [range(10001) | {Name: "g\(.)"}]'
fails 65 ConfigurationInvalid "${import[@]}" "$work/told.json"
has "$err" 'at most 10000 objects'

t "it comes through a pipe as well"
succeeds_in "$work/kept.json" import /dev/stdin
is "$out" ''

t "a thousand tasks and policies take seconds and not much memory, and again less"
jq -n --arg me "$here" '{Format: "pam-lite configuration", Version: 1, Control: {Enabled: true, AdminGroup: "g0"},
    ApproverGroups: [range(100) | {Name: "g\(.)", Member: [range(20) | "user\(.)"]}],
    Tasks: [range(1000) | {Name: "Linux\\t\(.)", Type: "Task", Path: "/usr/bin/env", ArgumentList: ["a", "{b}"],
        Parameter: {b: "word"}, Description: "the task of that number, and what it is for"}],
    Policies: [range(1000) | {Task: "Linux\\t\(.)", Type: "Task", ApprovalType: "Manual", ApproverGroup: "g\(. % 100)",
        MaxDurationHours: 4}]}' >"$work/large.json"
database large
must new-elevated-access-approver-group g0
# measured CMD...: it takes at most 20 seconds and, where nothing watches its memory, 16 MiB.
measured()
{
	local began=$SECONDS

	succeeds /usr/bin/env time -f %M -o "$work/memory" "$@"
	((SECONDS - began <= 20)) || bad "it took $((SECONDS - began)) seconds: $*"
	[[ -n ${SANITIZED:-} ]] || (($(<"$work/memory") <= 16384)) || bad "it took $(<"$work/memory") KiB: $*"
}
measured import-elevated-access-configuration -Confirm:false -Path "$work/large.json"
is "$(wc -l <<<"$out")" 2103
is "$(search-elevated-access-audit-log -Operations Import-ElevatedAccessConfiguration -o JsonLines |
    jq -r '.AuditData | fromjson.Parameters | .Objects, .Changes[-1], .Changes[:5][]' | paste -sd ' ')" \
    '2101 and 2002 more Change Control: 1 Add Policy: 1000 Change ApproverGroup: 1 Add ApproverGroup: 99 Add Task: 1000'
measured import-elevated-access-configuration -Confirm:false -Path "$work/large.json"
is "$out" ''
measured export-elevated-access-configuration -Path "$work/out.json"
measured import-elevated-access-configuration -Confirm:false -Path "$work/out.json"
is "$out" ''
database db

finish
