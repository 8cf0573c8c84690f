#!/bin/bash
# status.sh - monitoring on the system database: who may ask, the host's checks, units, rotation, what tmpfiles makes

. "$(dirname "$0")/lib.bash"

fixture
asked=get-elevated-access-status
units=$world_prefix/lib/systemd/system
doc=$world_prefix/share/doc/pam-lite
prom=/var/lib/prometheus/node-exporter
space=database_free=off,database_free_percent=off,log_free=off,log_free_percent=off
absent=00000000-0000-4000-8000-000000000000

# state CHECK EXPECTED [TEXT]: "Ok 0" and so on, as root sees it; its message has TEXT.
state()
{
	run $asked -o JsonLines
	is "$(jq -r "select(.Check == \"$1\") | \"\\(.Status) \\(.Value)\"" <<<"$out")" "$2" "$1"
	has "$(jq -r "select(.Check == \"$1\") | .Message" <<<"$out")" "${3:-}"
}
# unknown TEXT CMD...: status 3, and the one line.
unknown()
{
	run "${@:2}"
	is "$status" 3 "${*:2}"
	is_unknown || bad "no such line" "$out"
	has "$out" "$1"
}
# The command line of the unit, with the power that it has: what it may not, it may not here.
unit_file()
{
	local unit=$units/pam-lite-status.service line

	line=$(sed -n '/^ExecStart=/,/[^\\]$/p' "$unit" | sed 's/^ExecStart=//; s/\\$//' | tr '\n' ' ')
	# A command line.
	# shellcheck disable=SC2086
	(cd / && exec setpriv --no-new-privs --inh-caps=-all \
	    --bounding-set="-all,$(sed -n 's/^CapabilityBoundingSet=//p' "$unit" |
	        tr '[:upper:]' '[:lower:]' | sed 's/cap_/+/g; s/ /,/g')" env -i $line)
}
# The line of the file for cron, as somebody has switched it on.
cron_file()
{
	(cd / && exec env -i "$(grep ^COLLECTED= "$doc/cron")" \
	    /bin/sh -c "$(sed -n 's/^#\* \* \* \* \* root //p' "$doc/cron")")
}

# --- who ---

t "root, managers and auditors may; anybody else is told that he may not, which is recorded"
must new-elevated-access-approver-group auditors -Member carol
must set-elevated-access-control -AuditGroup auditors -Confirm:false
keep
mark
for who in root adm1 carol; do
	run as $who $asked -Warning "$space,maintenance_age=off" -Critical "$space,maintenance_age=off"
	[[ $status == [01] && -z $err ]] || bad "status $status: $who" "$err"
	matches "$out" '^PAMLITE (OK|WARNING) - [^|]+ \| control=1;1:;;0 [^|]*$'
done
is "$(world_look | head -n 1)" "$mark_sequence" 'a look leaves a record'
unknown 'alice may not see this' as alice $asked
unknown 'nobody may not see this' as 65534 $asked
recorded 2 '"Operation":"Get-ElevatedAccessStatus".*"Refused"'
same

t "the four statuses of a plugin"
must as root invoke-elevated-access-maintenance
run $asked -Warning "$space,queue_age=off" -Critical "$space"
is "$status${out%% -*}" '0PAMLITE OK'
run $asked -Warning "$space,control=2" -Critical "$space"
is "$status${out%% -*}" '1PAMLITE WARNING'
run $asked -Warning "$space" -Critical "$space,control=2"
is "$status${out%% -*}" '2PAMLITE CRITICAL'
unknown 'NoSuch' $asked -NoSuch
fresh

t "every check that applies to a host is there"
run $asked -o Value -Property Check
is "$(tr '\n' ' ' <<<"$out")" 'control pending pending_age pending_stuck queue queue_age queue_failed chain anchor '\
'anchor_lag anchor_size unrecorded maintenance_age exclusions_endless exclusions_unused runs_unknown database_free '\
'database_free_percent log_free log_free_percent '

t "a busy database is waited for some seconds"
hold
unknown 'was busy for 5 seconds' as adm1 $asked
release

t "no database, or one that is none of ours"
world_checks=0
mv $db $state/kept
unknown 'does not exist' as root $asked
install -o pamlite -g pamlite -m 600 /dev/null $db
unknown 'is an empty file' as root $asked
mv $state/kept $db

# --- the checks ---

t "maintenance: a host on which it never ran, or does not any more"
rm -f $db.maintenance
state maintenance_age 'Warning null' 'pam-lite-maintenance.timer'
run $asked
has "$out" ' maintenance_age=U;900;3600;0 '
must invoke-elevated-access-maintenance
run $asked -o JsonLines
is "$(jq -r 'select(.Check == "maintenance_age") | .Status' <<<"$out")" Ok
touch -d '2 hours ago' $db.maintenance
run $asked -o JsonLines
is "$(jq -r 'select(.Check == "maintenance_age") | .Status' <<<"$out")" Critical
must invoke-elevated-access-maintenance
fresh

t "anchor: its newest pair, how far behind it is, and whether it can be used"
state anchor 'Ok 0'
grant alice
must as alice invoke-elevated-access-task 'L\ok' -RequestId "$id"
state anchor_lag 'Ok 0'
state anchor_size "Ok $(stat -c %s $anchor)"
must as alice new-elevated-access-request 'L\exit' -Parameter code=1 -Reason r
state anchor_lag 'Ok 1'
chattr -a $anchor 2>/dev/null
cp -p $anchor "$work/anchor"
sed -i '$s/ ..../ 0000/' $anchor
state anchor 'Critical 1' 'another record than the database'
echo "999999 $(printf 'a%.0s' {1..64})" >>$anchor
state anchor 'Critical 1' 'a record that the database lacks'
chmod 666 $anchor
state anchor 'Critical 1' 'cannot be read'
cp -p "$work/anchor" $anchor
chmod 640 $anchor
run $asked
has "$out" ' anchor=0;;0;0 anchor_lag=1;;;0 '
fresh

t "unrecorded: what root has kept of a run, until the maintenance has put it down"
state unrecorded 'Ok 0'
grant alice
must as alice invoke-elevated-access-task 'L\ok' -RequestId "$id"
id=$(get-elevated-access-execution -ResultSize 1 -o Id)
dbquery "UPDATE execution SET ended_at = NULL, exit_status = NULL, end_reason = NULL WHERE id = '$id'"
echo "reason 0 status 7 signal 0 time $(date +%s)" >"$log/unrecorded-$id"
chown root:pamlite "$log/unrecorded-$id"
chmod 640 "$log/unrecorded-$id"
: >$log/unrecorded-other
state unrecorded 'Warning 1' "the end of run $id is in $log alone"
state runs_unknown 'Warning 1' "$id"
must invoke-elevated-access-maintenance
state unrecorded 'Ok 0'
state runs_unknown 'Ok 0'
rm -f $log/unrecorded-*
fresh

# --- metrics, as the unit and cron write them ---

t "the unit writes a file that the collector reads; cron's line is the same"
mkdir -p $prom
for who in unit_file cron_file; do
	rm -f $prom/*
	run $who
	[[ $status == [012] && -z $out$err ]] || bad "status $status: $who" "$out$err"
	is "$(stat -c '%U:%G %a' $prom/pam-lite.prom)" 'root:root 644'
	is "$(ls -A $prom)" pam-lite.prom
	is "$(as 65534 grep -c '^pamlite_state{database="System"} [012]$' $prom/pam-lite.prom)" 1
	is "$(/usr/bin/python3 -c 'import sys; from prometheus_client.parser import text_string_to_metric_families as p
print(len(list(p(open(sys.argv[1]).read()))))' $prom/pam-lite.prom)" 23
done
rm -rf /var/lib/prometheus
note_places

# --- units ---

t "systemd understands each unit, and the figures in them are what it says"
for unit in "$units"/pam-lite-*; do
	run systemd-analyze verify "$unit"
	is "$status$err" 0 "$unit"
done
for unit in "$units"/pam-lite-*.service; do
	run systemd-analyze security --offline=true "$unit"
	figure=$(sed -n 's/.*exposure level for [^ ]*: \([0-9.]*\) .*/\1/p' <<<"$out")
	[[ -n $figure && $(tr '\n' ' ' <"$unit") == *"security: $figure,"* ]] || bad "it is $figure: $unit"
done
rm -rf /run/systemd

t "each directive says why"
for unit in "$units"/pam-lite-*; do
	is "$(awk '/^#/ { said = 1; next } /^$/ { said = 0; next } /^\[/ || /^ / { next }
	    /^(Description|Type|User|ExecStart|OnCalendar|WantedBy|AccuracySec|PathExists)=/ { next }
	    !said' "$unit")" '' "$unit"
done

t "nothing that keeps a set-gid mail program from its group is set for the sender"
is "$(grep -E '^(NoNewPrivileges|SystemCall[A-Z][a-z]*|Restrict[A-Za-z]*|Private(Devices|Users|Network)|DynamicUser|'\
'ProtectKernel[A-Za-z]*|Protect(Clock|Hostname|Home)|MemoryDenyWriteExecute|LockPersonality)=' \
    "$units/pam-lite-notify.service")" ''

# --- account, directories ---

# Each time with the one file that is ours: without it these tools would go through all that the machine has.
sysusers=$world_prefix/lib/sysusers.d/pam-lite.conf
tmpfiles=$world_prefix/lib/tmpfiles.d/pam-lite.conf

t "what sysusers and tmpfiles make is what setup makes: afterwards it has nothing to say but anchor and database"
# made: all of it but the moment and the number of the account.
made()
{
	find $state /etc/pam-lite $log -printf '%p %y %u:%g %m %l\n' | sort
	getent passwd pamlite | cut -d : -f 1,5-
	getent group pamlite | cut -d : -f 1,4
	getent shadow pamlite | cut -d : -f 1,2 | sed 's/!\*$/!/'
	id -Gn pamlite
}
unmake()
{
	chattr -a $anchor 2>/dev/null
	rm -rf $state /etc/pam-lite $log
	userdel pamlite 2>/dev/null
	groupdel pamlite 2>/dev/null
}
world_checks=0
unmake
must $libexec/setup
made >"$work/by-setup"
unmake
must systemd-sysusers "$sysusers"
must systemd-tmpfiles --create "$tmpfiles"
must $libexec/setup
is "$out" "made $anchor
made the database $db"
is "$(made | diff "$work/by-setup" -)" ''
run test-elevated-access-installation
is "$status" 0

t "nothing of it is ever cleaned up"
is "$(grep -v '^#' "$tmpfiles" | grep . | awk '$1 != "d" || $6 != "-"')" ''
touch -d '1000 days ago' $log/sessions/x.cast $state/old $log/unrecorded-x
before=$(find $state $log /etc/pam-lite -printf '%p %T@\n' | sort)
must systemd-tmpfiles --clean --remove "$tmpfiles"
is "$(find $state $log /etc/pam-lite -printf '%p %T@\n' | sort)" "$before"
rm -f $log/sessions/x.cast $state/old $log/unrecorded-x

# --- rotation ---

t "logrotate takes the collected lines alone, never what is evidence"
world_checks=0
witness=/var/log/pam-lite-witness.log
conf=/etc/pam-lite/logrotate
evidence=("$log/unrecorded-$absent" "$log/sessions/$absent.cast" "$anchor")
for file in "${evidence[@]}"; do
	echo evidence >>"$file"
done
echo line >$witness
chown root:adm $witness
chmod 640 $witness
before=$(find $log -type f -printf '%p %s %i\n' | sort)
install -m 644 "$doc/logrotate" $conf
run logrotate -d $conf
is "$(sed -n 's/^considering log //p' <<<"$out$err")" $witness
lacks "$err" error
for round in {1..3}; do
	echo "round $round" >>$witness
	must logrotate -f -s "$work/rotated" $conf
	mv $witness-* "$work/"
done
is "$(find $log -type f -printf '%p %s %i\n' | sort)" "$before"
is "$(stat -c '%U:%G %a %s' $witness)" 'root:adm 640 0'
# No pattern matches there, by whatever name.
patterns=$(sed -n 's/ *{$//p' $conf | tr -s ' ' '\n' | grep /)
is "$patterns" $witness
for pattern in $patterns; do
	for file in "${evidence[@]}" $log/sessions $log; do
		# A pattern.
		# shellcheck disable=SC2053
		[[ $file != $pattern ]] || bad "$pattern matches $file"
	done
done
rm -f $conf $witness* "$log/unrecorded-$absent" "$log/sessions/$absent.cast"

t "what is collected for rotation is what rsyslog is told to collect, and the check reads it"
has "$(<"$doc/rsyslog")" "file=\"$witness\""
unmake
must $libexec/setup
if [[ -n $world_dev ]]; then
	log_daemon $witness
	must new-elevated-access-approver-group ops -Member bob
	must enable-elevated-access-control -AdminGroup ops
	no_log_daemon
	grep ' pam-lite' $witness >"$work/collected"
	succeeds test-elevated-access-audit-log -Path "$work/collected" -o List
	has "$out" 'log lines: '
fi
rm -f $witness

finish
