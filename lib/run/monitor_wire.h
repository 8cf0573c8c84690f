/* monitor_wire.h - what is said between the monitor and the process that started it */
#ifndef PAMLITE_RUN_MONITOR_WIRE_H
#define PAMLITE_RUN_MONITOR_WIRE_H

#include "run/monitor.h"

enum pl_order_kind { PL_ORDER_SIGNAL, PL_ORDER_GIVE, PL_ORDER_TAKE, PL_ORDER_MODES };

struct pl_order {
	enum pl_order_kind kind;
	int sig;
	bool has_modes;
	struct termios modes;
};

/* The first message of the monitor; the task's pidfd comes with it. */
struct pl_start {
	pid_t task;                /* 0 = it could not be started */
	int error;
};

/* The monitor's side: all that it does, every signal blocked. */
_Noreturn void pl_monitor_run(const struct pl_monitor_spec *spec, int socket);

#endif
