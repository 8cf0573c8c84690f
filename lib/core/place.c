/* place.c - where an installation has its parts */

#include "pamlite/place.h"

const char pl_bin_dir[] = PL_PREFIX "/bin";
const char pl_libexec_dir[] = PL_PREFIX "/libexec/pam-lite";
const char pl_gate_path[] = PL_PREFIX "/libexec/pam-lite/gate";
const char pl_runner_path[] = PL_PREFIX "/libexec/pam-lite/runner";
const char pl_storechild_path[] = PL_PREFIX "/libexec/pam-lite/store";
