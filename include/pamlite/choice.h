/* choice.h - values of arguments that can be given, not given or cleared */
#ifndef PAMLITE_CHOICE_H
#define PAMLITE_CHOICE_H

#include <stdint.h>

/* A rule that is on, off or left as it is. */
enum pl_choice { PL_NOT_GIVEN, PL_YES, PL_NO };

/* A number or time that is to be cleared, as -MaxUses '' says it; 0 is "not given". Text is cleared by "". */
#define PL_CLEARED INT64_C(-1)

#endif
