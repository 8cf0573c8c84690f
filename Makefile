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
CLI_TESTS  = $(sort $(patsubst tests/cli/%.sh,%,$(filter-out $(LAST_TEST:%=tests/cli/%.sh),$(wildcard tests/cli/*.sh))))
FAULTS     = $(sort $(patsubst tests/cli/%.c,%,$(wildcard tests/cli/*.c)))

# Adds up what all the others have provoked.
LAST_TEST = errors-listed

# Debian packages: to build and run, and what the tests and lint need beside them.
DEPS_BUILD = gcc libc6-dev make pkg-config libsqlite3-dev libcjson-dev libsmartcols-dev nettle-dev uuid-dev
DEPS_CHECK = bash bsdutils clang clang-tidy cppcheck faketime git jq procps shellcheck sqlite3 strace util-linux \
             valgrind

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
UNITS    = $(UNIT_TESTS:%=$(BUILD)/tests/unit/%) $(FAULTS:%=$(BUILD)/tests/%.so)

# New-ElevatedAccessRequest beside new-elevated-access-request.
CMDLET_SED = 's/(^|-)([a-z])/\1\u\2/g; s/-/\n/; s/-//g; s/\n/-/'
cmdlet     = $(shell echo $(1) | sed -E $(CMDLET_SED))

# For a make started by a make: as many jobs as processors, unless somebody has said how many.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
SUBMAKE  = $(MAKE) --no-print-directory $(PARALLEL)

.PHONY: all check check-all demo lint install clean deps units bins
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

# Preloaded into the programs by command-line tests, so never with a sanitizer of its own.
$(BUILD)/tests/%.so: tests/cli/%.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(WARNINGS) $(OPTIMISE) -fPIC -shared -o $@ $<

units: $(UNITS)

$(BUILD)/pam-lite.pc: Makefile
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' 'libdir=$${prefix}/lib' '' \
	    'Name: pam-lite' 'Description: privileged access management: requests, approvals, runs and their evidence' \
	    'Version: $(VERSION)' 'Requires: $(PKGS)' \
	    'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -lpam-lite' >$@

deps:
	@tests/deps $(DEPS_BUILD) $(DEPS_CHECK)

# Installs first; a second make does the rest, so that nothing is worked out before its tools are there.
demo:
	@tests/deps $(DEPS_BUILD)
	@$(SUBMAKE) all
	@tests/demo $(BUILD)

check: deps
	@$(SUBMAKE) check-all

# What looks at sources alone, or measures time, is not run again with sanitizers; valgrind follows no
# program that a unit test starts.
ASAN_CLI_TESTS = $(filter-out lint readme install,$(CLI_TESTS))
VALGRIND_TESTS = $(filter-out run%,$(UNIT_TESTS))
JOBS = $(UNIT_TESTS:%=unit:%) $(CLI_TESTS:%=cli:%) $(UNIT_TESTS:%=asan-unit:%) $(ASAN_CLI_TESTS:%=asan-cli:%) \
       $(VALGRIND_TESTS:%=valgrind:%) barrier $(LAST_TEST:%=cli:%)

check-all: all units
	@$(SUBMAKE) BUILD=$(BUILD)/asan SANITIZE=address,undefined all units
	@tests/run $(BUILD) $(JOBS)

lint: deps
	@$(SUBMAKE) BUILD=$(BUILD)/clang CC=clang all units
	tests/lint --self-test -- $(CPPFLAGS_ALL) $(CSTD)
	tests/lint -- $(CPPFLAGS_ALL) $(CSTD)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include/pamlite
	install $(BINS) $(DESTDIR)$(PREFIX)/bin
	@for name in $(CMDS); do \
	    ln -sf $$name $(DESTDIR)$(PREFIX)/bin/$$(echo $$name | sed -E $(CMDLET_SED)); done
	install -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib
	install -m 644 $(BUILD)/pam-lite.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig
	@sed -i 's|^prefix=.*|prefix=$(PREFIX)|' $(DESTDIR)$(PREFIX)/lib/pkgconfig/pam-lite.pc
	install -m 644 include/pamlite/*.h $(DESTDIR)$(PREFIX)/include/pamlite

clean:
	rm -rf $(BUILD)

-include $(LIB_OBJS:.o=.d) $(CMDS:%=$(BUILD)/obj/cmd/%.d) $(UNIT_TESTS:%=$(BUILD)/obj/tests/unit/%.d)
