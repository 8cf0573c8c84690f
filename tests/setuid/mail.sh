#!/bin/bash
# mail.sh - what is queued reaches mailboxes through a real mail system, once, whatever happens to it or to the sender

. "$(dirname "$0")/lib.bash"

if [[ $(readlink -f /usr/sbin/sendmail) != /usr/sbin/dma ]]; then
	skip "all of it" "needs dma as the host's mail system"
	finish
fi

# --- the mail system, and what systemd would do ---

mount -t tmpfs -o mode=2775,gid=mail tmpfs /var/mail
mount -t tmpfs -o mode=2775,gid=mail tmpfs /var/spool/dma
printf '%s\n' 'MAILNAME host.example.org' >/etc/dma/dma.conf
printf '127.0.0.1 localhost\n' >>/etc/hosts
note_places

units=$world_prefix/lib/systemd/system
queue=$(sed -n 's/^PathExists=//p' $units/pam-lite-notify.path)
service_user=$(sed -n 's/^User=//p' $units/pam-lite-notify.service)
read -r -a service < <(sed -n 's/^ExecStart=//p' $units/pam-lite-notify.service)

sender()
{
	as "$service_user" "$@" "${service[@]}"
}
# later TIME: a sender to whom it is so much later.
later()
{
	sender faketime -f "$1"
}

# watch: the path unit, until unwatch.
watch()
{
	mkfifo "$work/events"
	inotifywait -mq -e create,moved_to --format x "$(dirname "$queue")" >"$work/events" 2>&1 &
	watcher=$!
	{
		while read -r; do
			while [[ -e $queue ]]; do
				sender </dev/null || sleep 0.5
			done
		done <"$work/events"
	} &
	starter=$!
	sleep 0.3
}
unwatch()
{
	kill "$watcher"
	wait "$watcher" "$starter" 2>/dev/null
	rm "$work/events"
}

# stopped PROGRAM: the host's mail program is this one, until running.
stopped()
{
	mount --bind "$1" /usr/sbin/dma
}
running()
{
	umount /usr/sbin/dma
}

# letters USER: the mailbox, each mail a file in $work/mail/USER; how many there are.
letters()
{
	rm -rf "$work/mail/$1"
	mkdir -p "$work/mail/$1"
	[[ ! -s /var/mail/$1 ]] ||
	    awk -v to="$work/mail/$1/" '/^From / { n++; next } { print >(to sprintf("%04d", n)) }' "/var/mail/$1"
	find "$work/mail/$1" -type f | wc -l
}
# ids USER: the Message-ID of each.
ids()
{
	letters "$1" >/dev/null
	find "$work/mail/$1" -type f -exec mhdr -h message-id {} +
}
has_letters()
{
	(($(letters "$1") >= $2))
}
empty_boxes()
{
	eventually 20 not pgrep -x dma >/dev/null
	find /var/mail -type f -delete
}
queued()
{
	dbquery "SELECT count(*) FROM notification WHERE state = 'Queued'"
}
# flood N: so many messages, each to bob and to dave.
flood()
{
	local i

	for ((i = 0; i < $1; i++)); do
		set-elevated-access-control -RequestLifetimeHours $((i % 24 + 1)) -Confirm:false >/dev/null || return 1
	done
}
# milliseconds CMD...: how long it took.
milliseconds()
{
	local began=${EPOCHREALTIME/./}

	"$@" >/dev/null
	echo $(((${EPOCHREALTIME/./} - began) / 1000))
}

t "the units are installed for this place, and systemd understands them"
is "${service[0]}" "$BIN/send-elevated-access-notification"
is "$queue" $state/queue
is "$service_user" pamlite
if command -v systemd-analyze >/dev/null; then
	run systemd-analyze verify $units/pam-lite-notify.{path,service,timer}
	is "$status$err" 0
	rm -rf /run/systemd
else
	skip "systemd-analyze verify" "not there"
fi

fixture
sender >/dev/null
is "$(queued)" 0
keep

t "a request and its approval: two mails in two mailboxes within two seconds, threaded together"
empty_boxes
watch
must as alice new-elevated-access-request 'L\ok' -Reason 'the disk is full' -o Id
id=$out
eventually 2 has_letters bob 1 || bad "bob has no mail" "$(ls -l /var/mail)"
must as bob approve-elevated-access-request "$id" -Comment ok
eventually 2 has_letters alice 1 || bad "alice has no mail"
eventually 2 has_letters dave 1 || bad "dave has no mail"
unwatch
first=$work/mail/bob/0001 second=$work/mail/alice/0001
is "$(mhdr -h message-id "$first")" "$(mhdr -h in-reply-to "$second")"
is "$(mhdr -h references "$second")" "$(mhdr -h in-reply-to "$second")"
is "$(mhdr -h auto-submitted "$first" "$second" | sort -u)" auto-generated
is "$(mhdr -h from "$first")" "pamlite@$(uname -n)"
is "$(mhdr -h to "$first") $(mhdr -h to "$second")" "bob@$(uname -n) alice@$(uname -n)"
is "$(mthread "$second" "$first" | sed 's|/.*/|/|')" "/0001
 /0001"
has "$(mshow -N "$first")" 'Reason: the disk is full'
has "$(mshow -N "$first")" "approve-elevated-access-request $id"
(($(date +%s) - $(date -d "$(mhdr -h date "$first")" +%s) < 60)) || bad "its date is wrong" "$(mhdr -h date "$first")"
[[ ! -e $queue ]] || bad "the queue's file is left"

# norm FILE: the decoded text without what differs between any two requests.
norm()
{
	mshow -N "$1" | sed -E '/^Date: /d; s/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/[0-9]{4}-[0-9-]+T[0-9:]+Z/TIME/g;
	    s/1-[0-9a-f]+-[a-z0-9]+/VERSION/g'
}

t "a hostile reason changes its own line and nothing else"
for reason in 'plain' $'From: root\u2028Bcc: eve@example.org \u202e.txt =?UTF-8?Q?=0D=0A?= caf\u00e9 \u200b . From x' \
    "$(printf 'From %01900d' 0)"; do
	fresh
	empty_boxes
	must as alice new-elevated-access-request 'L\ok' -Reason "$reason" -o Id
	sender >/dev/null
	eventually 10 has_letters bob 1 || bad "no mail"
	message=$work/mail/bob/0001
	is "$(sed '/^$/,$d' "$message" | grep -ciE '^(bcc|from):')" 1 "$reason"
	is "$(LC_ALL=C grep -nP '[^\x20-\x7e\t]' "$message")" '' "bytes that are not to be there"
	is "$(awk 'length > 998' "$message")" ''
	norm "$message" >"$work/now"
	if [[ $reason == plain ]]; then
		cp "$work/now" "$work/plain"
	else
		is "$(diff "$work/plain" "$work/now" | grep '^[<>]' | cut -d ' ' -f 1,2 | sort)" $'< Reason:\n> Reason:'
	fi
done
has "$(<"$work/now")" "From 0000000000"

t "with the mail system stopped nothing is lost, nothing blocks; started again everything arrives once"
fresh
empty_boxes
printf '#!/bin/sh\necho "disk full" >&2\nsleep 1\nexit 75\n' >/opt/fixture/broken
chmod 755 /opt/fixture/broken
stopped /opt/fixture/broken
must as alice new-elevated-access-request 'L\ok' -Reason one -o Id
id=$out
begin "$service_user" "${service[@]}"
sleep 0.5
(($(milliseconds as bob get-elevated-access-request -ToApprove) < 1000)) || bad "a reader waits for the mail system"
must as bob approve-elevated-access-request "$id"
(($(milliseconds flock -w 5 $db.lock true) < 500)) || bad "the lock is held while a mail is sent"
wait "$begun"
sender
must as alice get-elevated-access-notification -State Queued -o Value -Property Attempts,LastError
has "$out" $'1\t/usr/sbin/sendmail ended with status 75: disk full'
is "$(queued)" 3
sender
is "$(dbquery "SELECT group_concat(attempts, ' ') FROM notification WHERE state = 'Queued'")" '1 1 1' "tried too early"
later +70s
is "$(dbquery "SELECT group_concat(attempts, ' ') FROM notification WHERE state = 'Queued'")" '2 2 2'
running
later +120s
is "$(dbquery "SELECT group_concat(attempts, ' ') FROM notification WHERE state = 'Queued'")" '2 2 2'
later +400s
is "$(queued)" 0
eventually 10 has_letters bob 1
eventually 10 has_letters dave 1
eventually 10 has_letters alice 1
is "$(letters bob) $(letters dave) $(letters alice)" '1 1 1'
later +500s
empty_boxes
is "$(letters bob)" 0

t "somebody asks for it: it becomes due and the unit is woken; he himself sends nothing"
fresh
stopped /usr/bin/false
must as alice new-elevated-access-request 'L\ok' -Reason one -o Id
sender
running
rm -f "$queue"
must as bob send-elevated-access-notification -o Value -Property Recipient,State
is "$(sort <<<"$out")" $'bob\tQueued\ndave\tQueued'
[[ -e $queue ]] || bad "nobody was woken"
is "$(queued)" 2
is "$(stat -c '%U:%G %a' "$queue")" 'pamlite:pamlite 600'
must as carol send-elevated-access-notification -o Id
is "$out" ''
fails 66 RequestNotFound as carol send-elevated-access-notification -RequestId "$(dbquery 'SELECT id FROM request')"
must send-elevated-access-notification -o Id
is "$(wc -w <<<"$out")" 2 "root is a person too"
is "$(queued)" 2
sender
is "$(queued)" 0
empty_boxes

t "after three days it has failed, which is recorded; who asks for all has it tried again"
fresh
stopped /usr/bin/false
must as alice new-elevated-access-request 'L\ok' -Reason one -o Id
id=$out
sender
later +73h
must as bob get-elevated-access-notification -State Failed -o Value -Property Recipient
is "$(sort <<<"$out")" $'bob\ndave'
recorded 2 '"Operation":"Send-ElevatedAccessNotification"'
running
must as bob send-elevated-access-notification -o Id
is "$out" ''
must as bob send-elevated-access-notification -All -o Value -Property State
is "$out" $'Queued\nQueued'
sender
eventually 10 has_letters bob 1 || bad "no mail"
empty_boxes

t "two senders at once, 200 mails: each once"
fresh
flood 100
begin "$service_user" "${service[@]}"
one=$begun
sender
is $? 0
wait "$one"
is $? 0
is "$(queued)" 0
eventually 30 not pgrep -x dma >/dev/null
for user in bob dave; do
	is "$(ids $user | wc -l) $(ids $user | sort -u | wc -l)" '100 100' $user
done
empty_boxes

t "a sender that is killed repeats at most the one mail in flight, under the same Message-ID"
fresh
flood 100
kills=0
for ((i = 0; i < 60 && $(queued) > 0; i++)); do
	begin "$service_user" "${service[@]}"
	eventually 5 pgrep -x send-elevated-a >/dev/null
	sleep "0.$((RANDOM % 2))$((RANDOM % 10))"
	pkill -KILL -x send-elevated-a && kills=$((kills + 1))
	wait "$begun"
done 2>/dev/null
sender
is "$(queued)" 0
eventually 30 not pgrep -x dma >/dev/null
repeated=0
for user in bob dave; do
	is "$(ids $user | sort -u | wc -l)" 100 $user
	repeated=$((repeated + $(ids $user | sort | uniq -d | wc -l)))
	is "$(ids $user | sort | uniq -c | awk '$1 > 2')" '' "$user has one three times"
done
((kills > 3)) || bad "only $kills senders were killed"
((repeated <= kills)) || bad "$repeated mails came twice after $kills kills"
empty_boxes

t "the sender is the account by all its ids, and looks at no environment; other commands are not started so"
fresh
must as alice new-elevated-access-request 'L\ok' -Reason one -o Id
id=$out
# shellcheck disable=SC2016
for who in '--reuid=pamlite --regid=alice --clear-groups' '--reuid=alice --regid=pamlite --clear-groups'; do
	# Words on purpose.
	# shellcheck disable=SC2086
	run setpriv $who env -i "${service[@]}" -o Id
	is "$(queued)" 1 "$who"
done
run as pamlite get-elevated-access-request "$id"
is "$status" 66
run as pamlite env PAMLITE_DATABASE=/nonexistent/x PAMLITE_PRINCIPAL=root PAMLITE_OUTPUT_FORMAT=nothing "${service[@]}"
is "$status$err" 0
is "$(queued)" 0
empty_boxes

# --- NotifyCommand ---

program=/opt/fixture/notify
said=$shared/said
cat >$program <<END
#!/bin/sh
{ cat; echo "\$(id -un) \$(id -gn) \$(pwd) \$# \$(env | grep -v ^PWD= | sort | tr '\n' ' ')"; } >>$said
END
chmod 755 $program
: >"$said"
chmod 666 "$said"

t "NotifyCommand gets the same event as one line of JSON, as the account, with nothing inherited"
fresh
must set-elevated-access-control -NotifyCommand $program -Confirm:false
sender
: >"$said"
must as alice new-elevated-access-request 'L\ok' -Reason $'caf\u00e9 "quoted"' -o Id
id=$out
sender
is "$(wc -l <"$said")" 2
is "$(head -n 1 "$said" | jq -r '[.Kind, .RequestIdentity, .RequestorUPN, .Reason] | join("|")')" \
    "Pending|$id|alice|café \"quoted\""
is "$(tail -n 1 "$said")" 'pamlite pamlite / 0 LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin '

t "what the database says is not believed: root's file says which program"
: >"$said"
dbquery "UPDATE notification SET recipient = '/usr/bin/touch', state = 'Queued', sent_at = NULL, due_at = 1
    WHERE channel = 'Command'; UPDATE control SET notify_command = '/usr/bin/touch'"
sender
head -n 1 "$said" | jq -e .Kind >/dev/null || bad "it was not the program of root's file" "$(<"$said")"

t "a program that others could change is not run, and is tried again when it is right"
: >"$said"
must as alice new-elevated-access-request 'L\svc' -Reason two -o Id
error()
{
	dbquery "SELECT last_error FROM notification WHERE channel = 'Command' AND state = 'Queued'"
}
chmod 777 $program
sender
has "$(error)" "$program can be written by others than root"
chmod 4755 $program
later +2m
has "$(error)" 'it is setuid or setgid'
chmod 755 $program
chown alice /etc/pam-lite/notify
later +10m
has "$(error)" '/etc/pam-lite/notify does not belong to root'
chown root /etc/pam-lite/notify
printf 'a\nb\n' >/etc/pam-lite/notify
later +30m
has "$(error)" 'does not hold one line'
is "$(<"$said")" ''
echo $program >/etc/pam-lite/notify
later +3h
is "$(wc -l <"$said")" 2
is "$(queued)" 0

# --- what the installation's check says of it ---

found()
{
	test-elevated-access-installation -o Value -Property Check,Result,Found,Advice 2>/dev/null | grep "^$1"$'\t'
}

t "the check of the installation: the mail program, a queue that nobody looks at, root's file and its program"
has "$(found MailProgram)" $'Ok\ta program'
stopped /etc/passwd
has "$(found MailProgram)" Warning
running
has "$(found Queue)" Ok
as pamlite touch -d '4 minutes ago' "$queue"
has "$(found Queue)" Ok
as pamlite touch -d '6 minutes ago' "$queue"
has "$(found Queue)" $'Warning\t3'
has "$(found Queue)" 'nobody sends'
has "$(found Queue)" cron
has "$(found Queue)" 'systemctl enable --now pam-lite-notify.path'
rm "$queue"
has "$(found NotifyCommand)" "Ok"
chmod 666 /etc/pam-lite/notify
has "$(found NotifyCommand)" Wrong
chmod 644 /etc/pam-lite/notify
chmod 777 $program
has "$(found NotifyCommand)" 'can be written by others than root'
chmod 755 $program
must set-elevated-access-control -NotifyCommand '' -Confirm:false
is "$(found NotifyCommand)" ''
sender
empty_boxes

finish
