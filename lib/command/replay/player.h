/* player.h - a recorded session on the terminal */
#ifndef PAMLITE_COMMAND_PLAYER_H
#define PAMLITE_COMMAND_PLAYER_H

#include <stdbool.h>

#include "pamlite/replay.h"

/*
 * Show the asciicast that comes from `fd` on descriptor 1, a terminal, with its pauses; what could do more to
 * it than show something is left out (screen.h). Takes no input. Whatever ends it, the terminal is as before
 * when this returns. *interrupted: the signal by which somebody had enough of it; 0 = none. Nothing came: nothing
 * is done. What a person has to know about it is noted as a warning.
 *
 * PL_E_IO (OutputFailed, RecordingChanged: it is no asciicast)
 */
enum pl_status pl_player_run(struct pl_ctx *ctx, int fd, const struct pl_replay_spec *spec, int *interrupted);

#endif
