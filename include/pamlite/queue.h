/* queue.h - sending what is queued: one sender at a time, with nothing locked but that */
#ifndef PAMLITE_QUEUE_H
#define PAMLITE_QUEUE_H

#include "pamlite/context.h"
#include "pamlite/row.h"

enum { PL_QUEUE_WAIT_MS = 30000 };

/*
 * Send what is due, until nothing is: mails through the host's mail system, events to the control's program. A
 * second sender waits for the first, and then finds what it has left. What was not taken stays queued for later and
 * is no failure here. Only a sender that ends between sending and marking lets a message be sent
 * twice, with the same Message-ID. On a private database each notification is told to `each` after its attempt.
 * For the service alone (notification.h).
 *
 * PL_E_DENIED (AdministratorRequired)
 * PL_E_STATE (SenderBusy)  another one was at work for longer than PL_QUEUE_WAIT_MS
 */
enum pl_status pl_queue_drain(struct pl_ctx *ctx, pl_row_fn *each, void *arg);

#endif
