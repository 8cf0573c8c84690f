# pam-lite: one makefile, not recursive. Everything is built in $(BUILD).

VERSION = 0.1.0
BUILD   = build
PREFIX  = /usr/local
DESTDIR =

# The three lists a reader looks for.
CMDS         = $(sort $(patsubst cmd/%.c,%,$(wildcard cmd/*.c)))
SETUID_PROGS =
LIB_SRCS     = $(sort $(wildcard lib/*/*.c))

UNIT_TESTS = $(sort $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c)))

# Debian packages: to build and run, and what the tests and lint need beside them.
DEPS_BUILD = gcc libc6-dev make pkg-config libsqlite3-dev libcjson-dev libsmartcols-dev nettle-dev uuid-dev
DEPS_CHECK = bash bsdutils clang clang-tidy cppcheck faketime git jq procps shellcheck sqlite3 strace util-linux valgrind

PKGS = sqlite3 libcjson smartcols nettle uuid

CSTD      = -std=c11 -D_GNU_SOURCE
WARNINGS  = -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes \
            -Wwrite-strings -Wcast-qual -Wformat=2 -Wundef -Wvla -Wno-missing-field-initializers
HARDENING = -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2
OPTIMISE  = -O2 -g
CFLAGS    =
SANITIZE  =

# An optimising build hardens; a sanitizer build watches instead.
ifdef SANITIZE
MODE = -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -DPL_STRICT
LINK = -fsanitize=$(SANITIZE)
else
MODE = $(OPTIMISE) $(HARDENING)
LINK = -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif

CPPFLAGS_ALL = -Iinclude -Ilib -DPL_VERSION='"$(VERSION)"' $(CPPFLAGS)
CFLAGS_ALL   = $(CSTD) $(WARNINGS) $(MODE) $(CFLAGS)
LDFLAGS_ALL  = $(LINK) -Wl,--as-needed $(LDFLAGS)
LDLIBS       = $(shell pkg-config --libs $(PKGS))

LIB      = $(BUILD)/libpam-lite.a
LIB_OBJS = $(LIB_SRCS:%.c=$(BUILD)/obj/%.o)
BINS     = $(CMDS:%=$(BUILD)/bin/%)
UNITS    = $(UNIT_TESTS:%=$(BUILD)/tests/unit/%)

# New-ElevatedAccessRequest beside new-elevated-access-request.
cmdlet = $(shell echo $(1) | sed -E 's/(^|-)([a-z])/\1\u\2/g; s/-/\n/; s/-//g; s/\n/-/')

.PHONY: all check demo lint install clean deps units bins
.DELETE_ON_ERROR:
.SECONDARY:

all: $(LIB) bins $(BUILD)/pam-lite.pc

bins: $(BINS)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) $(LDLIBS)
	@ln -sf $* $(@D)/$(call cmdlet,$*)

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) $(LDLIBS)

units: $(UNITS)

$(BUILD)/pam-lite.pc: Makefile
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' 'libdir=$${prefix}/lib' '' \
	    'Name: pam-lite' 'Description: privileged access management: requests, approvals, runs and their evidence' \
	    'Version: $(VERSION)' 'Requires.private: $(PKGS)' 'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -lpam-lite' >$@

clean:
	rm -rf $(BUILD)

-include $(LIB_OBJS:.o=.d) $(CMDS:%=$(BUILD)/obj/cmd/%.d) $(UNIT_TESTS:%=$(BUILD)/obj/tests/unit/%.d)
