/* place.h - where an installation has its parts */
#ifndef PAMLITE_PLACE_H
#define PAMLITE_PLACE_H

/* The same on every host: what privileged programs use is never named by a caller. */
#define PL_STATE_DIR "/var/lib/pam-lite"                  /* pamlite, 2700; whom the gate becomes */
#define PL_SYSTEM_DATABASE PL_STATE_DIR "/pam-lite.db"
#define PL_QUEUE PL_STATE_DIR "/queue"                    /* there while something was queued that no sender saw */
#define PL_CONFIG_DIR "/etc/pam-lite"                     /* root, 0755 */
#define PL_TASKS_DIR PL_CONFIG_DIR "/tasks.d"             /* root, 0700: the unseen is not listed */
#define PL_NOTIFY_SETTING "notify"                        /* there: root, 0644, one line: NotifyCommand */
#define PL_RETENTION_SETTING "retention"                  /* there: root, 0644, one line: RecordingRetentionDays */
#define PL_RETENTION PL_CONFIG_DIR "/" PL_RETENTION_SETTING
#define PL_LOG_DIR "/var/log/pam-lite"                    /* root:pamlite, 0750 */
#define PL_ANCHOR PL_LOG_DIR "/anchor"                    /* root:pamlite, 0640, append-only */
#define PL_SENDMAIL "/usr/sbin/sendmail"                  /* the host's mail system, of whatever kind */
#define PL_RECORDINGS_DIR PL_LOG_DIR "/sessions"          /* root:pamlite, 0750; the files root's, 0600 */
#define PL_RECORDING_SUFFIX ".cast"                       /* behind the identity of the run */
#define PL_SERVICE_ACCOUNT "pamlite"

/* Chosen when it was built or installed: PREFIX/bin and PREFIX/libexec/pam-lite, without a slash at the end. */
extern const char pl_bin_dir[];
extern const char pl_libexec_dir[];

/* The two setuid programs and the store child, by their whole paths. */
extern const char pl_gate_path[];
extern const char pl_runner_path[];
extern const char pl_storechild_path[];

#endif
