# pam-lite: one makefile, not recursive. Everything is built in $(BUILD).

DATE    = November 22, 2026
BUILD   = build
PREFIX  = /usr/local
# Below PREFIX.
LIBDIR  = lib
DESTDIR =

# Said once, where Debian's tools look for it.
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)

# The lists a reader looks for: what people type, what is setuid root, what these start behind their backs.
CMDS         = $(filter-out $(SETUID_PROGS) $(HELPERS),$(sort $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))))
SETUID_PROGS = gate runner
HELPERS      = store
LIB_SRCS     = $(sort $(wildcard lib/*/*.c lib/*/*/*.c))
HEADERS      = $(sort $(notdir $(wildcard include/pamlite/*.h)))

# What a host starts by itself, with PREFIX in it: units, and for a host without systemd lines for cron.
UNITS_SYSTEMD = $(sort $(notdir $(wildcard etc/systemd/*)))
CRON          = etc/cron/pam-lite
# For systemd too, and what an administrator copies to where he wants it: DIRECTORY below etc/, name in share/doc.
CONF_SYSTEMD  = sysusers.d tmpfiles.d
EXAMPLES      = logrotate rsyslog

# The manual, as far as it is written by hand; man/pages has what is not.
MAN_SRCS = $(sort $(wildcard man/*.[1-8]))
PAGES    = $(foreach src,$(MAN_SRCS),man$(subst .,,$(suffix $(src)))/$(notdir $(src)))

# What the gate starts: invoke- and show- have the runner, and one needs no database.
GATED = $(filter-out invoke-elevated-access-task show-elevated-access-execution \
        test-elevated-access-installation,$(CMDS))

UNIT_TESTS = $(sort $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c)))
CLI_TESTS  = $(sort $(patsubst tests/cli/%.sh,%,$(filter-out $(LAST_TEST:%=tests/cli/%.sh),$(wildcard tests/cli/*.sh))))
DEB_TESTS  = $(sort $(patsubst tests/deb/%.sh,%,$(wildcard tests/deb/*.sh)))
SETUID_TESTS = $(sort $(patsubst tests/setuid/%.sh,%,$(wildcard tests/setuid/*.sh)))
FUZZERS    = $(sort $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
TORTURES   = $(sort $(patsubst tests/torture/%.sh,%,$(wildcard tests/torture/*.sh)))
TORTURERS  = $(sort $(patsubst tests/torture/%.c,%,$(wildcard tests/torture/*.c)))
# What power.c is made of, and a command that has the same as ours to do and cares less.
POWER_PARTS = $(sort $(basename $(wildcard tests/torture/power/*.c)))
CARELESS    = approve-elevated-access-request
FAULTS     = $(sort $(patsubst tests/cli/%.c,%,$(wildcard tests/cli/*.c)))

# The benchmark: the program that measures, the one that fills databases for it, and one that does nothing.
BENCH_SRCS = bench pair place report rows start
FILL_SRCS  = fill fill_history
BENCHES    = $(BUILD)/bench/bench $(BUILD)/bench/fill $(BUILD)/bench/empty

# Adds up what all the others have provoked.
LAST_TEST = errors-listed

# Debian packages: to build and run, what the tests and lint need beside them, and make fuzz beside these.
DEPS_BUILD = gcc jq libc6-dev make pkg-config libsqlite3-dev libcjson-dev libsmartcols-dev nettle-dev uuid-dev
DEPS_CHECK = asciinema bash bash-completion bsdutils busybox clang clang-tidy cppcheck debootstrap dma e2fsprogs \
             faketime fish git inotify-tools less libclang-rt-dev libxml2-utils lintian logrotate mandoc mblaze passwd \
             procps python3-prometheus-client shellcheck sqlite3 strace systemd tmux util-linux valgrind vim-tiny zsh
DEPS_FUZZ  = afl++
# What the Debian packages are made with.
DEPS_DEB   = debhelper dpkg-dev
# What the benchmark compares with, beside the sqlite3 of the tests; it counts system calls with their strace.
DEPS_BENCH = opendoas sqlite3 strace sudo valgrind

PKGS = sqlite3 libcjson smartcols nettle uuid

CSTD      = -std=c11 -D_GNU_SOURCE
WERROR    = -Werror
WARNINGS  = -Wall -Wextra $(WERROR) -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes \
            -Wwrite-strings -Wcast-qual -Wformat=2 -Wundef -Wvla -Wno-missing-field-initializers
HARDENING = -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2
OPTIMISE  = -O2 -g
CFLAGS    =
SANITIZE  =

# An optimising build hardens; a sanitizer build watches instead.
ifdef SANITIZE
MODE = -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -DPL_STRICT
LINK = -fsanitize=$(SANITIZE)
PIE  =
else
MODE = $(OPTIMISE) $(HARDENING)
LINK = -Wl,-z,relro,-z,now,-z,noexecstack
PIE  = -pie
endif

CPPFLAGS_ALL = -Iinclude -Ilib -DPL_VERSION='"$(VERSION)"' $(CPPFLAGS)
CFLAGS_ALL   = $(CSTD) $(WARNINGS) $(MODE) $(CFLAGS)
LDFLAGS_ALL  = $(PIE) $(LINK) -Wl,--as-needed $(LDFLAGS)

# Every command is two processes that live for a millisecond, and half of that would be the search for the symbols of
# shared libraries, so the large ones are linked in, from Debian's archives: bench/README.md has the figures.
LINKED_IN    = -l:libsqlite3.a -l:libnettle.a -l:libuuid.a
LDLIBS       = $(LINKED_IN) -lcjson -lsmartcols -lm

LIB      = $(BUILD)/libpam-lite.a
LIB_OBJS = $(LIB_SRCS:%.c=$(BUILD)/obj/%.o)
BINS     = $(CMDS:%=$(BUILD)/bin/%)
COMPLETIONS = $(patsubst completions/%,$(BUILD)/completions/%,$(sort $(wildcard completions/*)))
LIBEXECS = $(patsubst %,$(BUILD)/libexec/%,$(SETUID_PROGS) $(HELPERS))
UNITS    = $(UNIT_TESTS:%=$(BUILD)/tests/unit/%) $(FAULTS:%=$(BUILD)/tests/%.so)

# New-ElevatedAccessRequest beside new-elevated-access-request.
CMDLET_SED = 's/(^|-)([a-z])/\1\u\2/g; s/-/\n/; s/-//g; s/\n/-/'
cmdlet     = $(shell echo $(1) | sed -E $(CMDLET_SED))

# For a make started by a make: as many jobs as processors, unless somebody has said how many.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
SUBMAKE  = $(MAKE) --no-print-directory $(PARALLEL)

comma = ,
empty =
space = $(empty) $(empty)

.PHONY: FORCE all bench benches check check-all check-units deb demo lint fuzz torture install uninstall clean deps \
        units fuzzers torturers bins man
.DELETE_ON_ERROR:
.SECONDARY:

all: $(LIB) bins man $(COMPLETIONS) $(BUILD)/pam-lite.pc

bins: $(BINS) $(LIBEXECS)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# What is compiled in follows the variables, also when a later make is given others.
$(BUILD)/prefix: COMPILED_IN = $(PREFIX)
$(BUILD)/gated: COMPILED_IN = $(GATED)
$(BUILD)/prefix $(BUILD)/gated: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILED_IN)' | cmp -s - $@ || echo '$(COMPILED_IN)' >$@
$(BUILD)/obj/lib/core/place.o: $(BUILD)/prefix
$(BUILD)/obj/lib/core/place.o: CPPFLAGS_ALL += -DPL_PREFIX='"$(PREFIX)"'
$(BUILD)/obj/lib/command/first.o $(BUILD)/obj/lib/output/report_page.o: debian/changelog
$(BUILD)/obj/cmd/gate.o: Makefile $(BUILD)/gated
$(BUILD)/obj/cmd/gate.o: CPPFLAGS_ALL += -DPL_GATED='"$(subst $(space),"$(comma)",$(strip $(GATED)))"'

$(LIB): $(LIB_OBJS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) $(LDLIBS)
	@ln -sf $* $(@D)/$(call cmdlet,$*)

# The setuid programs need the C library alone; the gate brings it along.
$(BUILD)/libexec/gate: PIE := $(PIE:-pie=-static-pie)
$(BUILD)/libexec/gate: $(BUILD)/obj/cmd/gate.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB)

$(BUILD)/libexec/runner: $(BUILD)/obj/cmd/runner.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) -l:libnettle.a

$(BUILD)/libexec/store: $(BUILD)/obj/cmd/store.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIB) $(LDLIBS)

# Unit tests; and fuzzers: each reads the inputs of its corpus once, or, linked with a fuzzer, makes new ones for as
# long as it is let.
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIB) $(LDLIBS)

$(BUILD)/tests/torture/power: $(POWER_PARTS:%=$(BUILD)/obj/%.o)

$(BUILD)/tests/torture/careless/%: $(BUILD)/obj/cmd/%.o $(BUILD)/obj/tests/torture/careless/pragma.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -Wl,--wrap=sqlite3_exec,--wrap=sqlite3_open_v2 -o $@ $^ $(LDLIBS)

# Preloaded into the programs by command-line tests, so never with a sanitizer of its own.
$(BUILD)/tests/%.so: tests/cli/%.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(WARNINGS) $(OPTIMISE) -fPIC -shared -o $@ $<

# What tests register as a task: no more than a program.
$(BUILD)/tests/setuid/%: tests/setuid/%.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(WARNINGS) $(OPTIMISE) -o $@ $<

# The one that measures links nothing of what is measured, so that it stays small.
$(BUILD)/bench/bench: $(BENCH_SRCS:%=$(BUILD)/obj/bench/%.o)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(shell pkg-config --libs libcjson smartcols) -lm

$(BUILD)/bench/fill: $(FILL_SRCS:%=$(BUILD)/obj/bench/%.o) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS)

$(BUILD)/bench/empty: $(BUILD)/obj/bench/empty.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^

units: $(UNITS)

# Of single modules, and so without an installation.
check-units: units
	@tests/run $(BUILD) $(UNIT_TESTS:%=unit:%)

benches: $(BENCHES)

fuzzers: $(FUZZERS:%=$(BUILD)/tests/fuzz/%)

torturers: $(TORTURERS:%=$(BUILD)/tests/torture/%) $(CARELESS:%=$(BUILD)/tests/torture/careless/%)

man: $(BUILD)/man/made

# All pages at once, in less than a second: most of it is what a second jq would need to begin. The directory is a
# source too, so that a page that is removed here is removed there.
$(BUILD)/man/made: $(BINS) man/. $(MAN_SRCS) $(wildcard man/*.jq) man/pages man/pages.awk \
    $(wildcard include/pamlite/*.h)
	VERSION='$(VERSION)' DATE='$(DATE)' PREFIX='$(PREFIX)' man/pages $(BUILD)
	@touch $@

# Where the shells look: bash and fish for a file with the command's name, zsh for a function that names them all.
# Debian keeps what is not the site's in another directory for zsh: make install ZSH_DIR=share/zsh/vendor-completions.
BASH_DIR   = share/bash-completion/completions
FISH_DIR   = share/fish/vendor_completions.d
ZSH_DIR    = share/zsh/site-functions
BOTH_NAMES = $$(printf '%s\n' $(CMDS) | sed -E 'p; '$(CMDLET_SED))
$(BUILD)/completions/%: completions/% Makefile $(BUILD)/gated
	@mkdir -p $(@D)
	@sed "s|@NAMES@|$$(echo $(BOTH_NAMES))|" $< >$@

$(BUILD)/pam-lite.pc: Makefile debian/changelog $(BUILD)/prefix
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' 'libdir=$${prefix}/$(LIBDIR)' '' \
	    'Name: pam-lite' 'Description: privileged access management: requests, approvals, runs and their evidence' \
	    'Version: $(VERSION)' 'Requires: $(PKGS)' \
	    'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -lpam-lite' >$@

deps:
	@tests/deps $(DEPS_BUILD) $(DEPS_CHECK) $(DEPS_DEB)

# In a copy of the tree, since a package is built in the tree that it is made of.
deb:
	@tests/deps $(DEPS_BUILD) $(DEPS_DEB)
	@rm -rf $(BUILD)/deb
	@mkdir -p $(BUILD)/deb/pam-lite
	@tar --exclude=./build --exclude=./.git -c . | tar -x -C $(BUILD)/deb/pam-lite
	cd $(BUILD)/deb/pam-lite && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS dpkg-buildpackage -us -uc -b
	@rm -rf $(BUILD)/deb/pam-lite

# Installs first; a second make does the rest, so that nothing is worked out before its tools are there.
demo:
	@tests/deps $(DEPS_BUILD)
	@$(SUBMAKE) all
	@tests/demo $(BUILD)

check: deps
	@$(SUBMAKE) check-all

# What looks at sources alone, measures time or sits at a terminal is not run again with sanitizers; valgrind follows no
# program that a unit test starts, and counting SQLite's steps is no matter for it.
ASAN_CLI_TESTS = $(filter-out bench shells lint readme install man,$(CLI_TESTS))
VALGRIND_TESTS = $(filter-out run% command_main core_process model_plans notify_transport,$(UNIT_TESTS))

# The longest begin first, then kind by kind, so that at the end all processors have something to do.
LONGEST = $(DEB_TESTS:%=deb:%) cli:lint valgrind:model_query asan-cli:errors-binder setuid:install setuid:recording \
          setuid:running setuid:inherited setuid:terminal
JOBS = $(LONGEST) $(filter-out $(LONGEST),$(SETUID_TESTS:%=setuid:%) $(TORTURES:%=torture:%) $(FUZZERS:%=fuzz:%) \
       $(ASAN_CLI_TESTS:%=asan-cli:%) $(CLI_TESTS:%=cli:%) $(VALGRIND_TESTS:%=valgrind:%) \
       $(UNIT_TESTS:%=asan-unit:%) $(UNIT_TESTS:%=unit:%) $(FUZZERS:%=asan-fuzz:%)) barrier $(LAST_TEST:%=cli:%)

check-all: all units torturers benches
	@$(SUBMAKE) BUILD=$(BUILD)/asan SANITIZE=address,undefined bins units fuzzers
	@$(SUBMAKE) $(LIBFUZZER) fuzzers
	@tests/run $(BUILD) $(JOBS)

lint: deps
	@$(SUBMAKE) BUILD=$(BUILD)/clang CC=clang bins units benches
	tests/lint --self-test -- $(CPPFLAGS_ALL) $(CSTD)
	tests/lint -- $(CPPFLAGS_ALL) $(CSTD)

# First libFuzzer, then, for half as long, AFL++: as many targets at a time as there are processors. What breaks a
# target becomes a file of its corpus, which every check reads and begins a short hunt at.
LIBFUZZER = BUILD=$(BUILD)/fuzz CC=clang CPPFLAGS=-DPL_LIBFUZZER LDFLAGS=-fsanitize=fuzzer \
            SANITIZE=fuzzer-no-link,address,undefined,implicit-conversion,unsigned-integer-overflow
AFL       = BUILD=$(BUILD)/afl CC=afl-clang-fast CPPFLAGS=-DPL_LIBFUZZER LDFLAGS=-fsanitize=fuzzer \
            SANITIZE=address,undefined

FUZZ_SECONDS = 60
fuzz: deps
	@tests/deps $(DEPS_FUZZ)
	@$(SUBMAKE) $(LIBFUZZER) fuzzers
	@AFL_QUIET=1 $(SUBMAKE) $(AFL) fuzzers
	@export TEST_LIMIT=$$(($(FUZZ_SECONDS) * 2 + 600)); \
	FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run $(BUILD) $(FUZZERS:%=fuzz:%) && \
	FUZZ_SECONDS=$$(($(FUZZ_SECONDS) / 2)) tests/run $(BUILD) $(FUZZERS:%=afl:%)

# Crashes, faults and damage. Each check does a short part of it; TORTURE=long is for a release.
TORTURE = normal
torture: deps
	@$(SUBMAKE) all units torturers
	@TORTURE=$(TORTURE) TEST_LIMIT=7200 tests/run $(BUILD) $(TORTURES:%=torture:%)

# How fast everything is, beside what does the same; bench/run says what can be set.
bench:
	@tests/deps $(DEPS_BUILD) $(DEPS_CHECK) $(DEPS_BENCH)
	@$(SUBMAKE) all benches
	@bench/run $(BUILD)

# What is installed, said once: a line for each file, KIND SOURCE TARGET, the target below PREFIX. What is filled gets
# PREFIX put in; the source of a link is what it says.
$(BUILD)/installed: FORCE
	@mkdir -p $(@D)
	@each() { kind=$$1 from=$$2 to=$$3; shift 3; printf '%s\n' "$$@" | sed "s|.*|$$kind $$from/& $$to/&|"; }; \
	{ \
	    echo program etc/setup-system libexec/pam-lite/setup; \
	    each program $(BUILD)/libexec libexec/pam-lite $(HELPERS); \
	    each setuid $(BUILD)/libexec libexec/pam-lite $(SETUID_PROGS); \
	    each program $(BUILD)/bin bin $(CMDS); \
	    each text $(BUILD) $(LIBDIR) libpam-lite.a; \
	    each text $(BUILD) $(LIBDIR)/pkgconfig pam-lite.pc; \
	    each text include/pamlite include/pamlite $(HEADERS); \
	    each filled etc/systemd lib/systemd/system $(UNITS_SYSTEMD); \
	    for dir in $(CONF_SYSTEMD); do each text etc/$$dir lib/$$dir pam-lite.conf; done; \
	    echo filled $(CRON) share/doc/pam-lite/cron; \
	    for name in $(EXAMPLES); do echo text etc/$$name.d/pam-lite* share/doc/pam-lite/$$name; done; \
	    each text $(BUILD)/man share/man $(PAGES); \
	    echo text $(BUILD)/completions/pam-lite.bash $(BASH_DIR)/pam-lite; \
	    each text $(BUILD)/completions $(FISH_DIR) pam-lite.fish; \
	    each text $(BUILD)/completions $(ZSH_DIR) _pam-lite; \
	    printf '%s\n' $(CMDS) | sed -E 'p; '$(CMDLET_SED) | while read -r name && read -r cmdlet; do \
	        set -- man/$$name.[1-8]; section=$${1##*.}; \
	        echo link $$name bin/$$cmdlet; \
	        echo link $$name.$$section share/man/man$$section/$$cmdlet.$$section; \
	        printf 'link pam-lite $(BASH_DIR)/%s\n' $$name $$cmdlet; \
	        printf 'link pam-lite.fish $(FISH_DIR)/%s.fish\n' $$name $$cmdlet; done; \
	} >$@

# Below /usr and /usr/local, what stays however empty it is.
SYSTEM_DIRS = bin include lib $(LIBDIR) share share/doc share/zsh $(ZSH_DIR) \
              share/man $(sort $(patsubst %/,%,$(dir $(PAGES:%=share/man/%))))

# The directories of these files, each behind the one that it is in.
DIRECTORIES = sed 's|.* ||; s|/[^/]*$$||' $(BUILD)/installed | \
    awk '{ for (dir = $$0; !(dir in seen); sub("/[^/]*$$", "", dir)) { seen[dir]; print dir } }' | sort

# Every file is written beside its name and renamed, so that a running installation never lacks it. install(1)
# gives it its owner before its mode, since chown takes a setuid bit away.
install: all $(BUILD)/installed
	@case '$(PREFIX)' in [!/]* | */) \
	    echo 'make install: PREFIX is an absolute path without a slash at its end' >&2; exit 1 ;; esac
	@set -e; to='$(DESTDIR)$(PREFIX)'; power=4755; own='-o 0 -g 0'; \
	if [ "$$(id -u)" -ne 0 ]; then \
	    power=755; own=; \
	    echo 'make install: not as root, so gate and runner are not setuid: they work on no system database'; \
	fi; \
	put() { install $$own -m "$$1" "$$2" "$$3.new"; mv -f "$$3.new" "$$3"; }; \
	for dir in $$($(DIRECTORIES)); do \
	    [ -d "$$to/$$dir" ] || install -d $$own -m 755 "$$to/$$dir"; done; \
	while read -r kind from name; do \
	    case $$kind in \
	    program) put 755 "$$from" "$$to/$$name" ;; \
	    setuid) put $$power "$$from" "$$to/$$name" ;; \
	    text) put 644 "$$from" "$$to/$$name" ;; \
	    filled) sed 's|@PREFIX@|$(PREFIX)|g' "$$from" >$(BUILD)/filled; put 644 $(BUILD)/filled "$$to/$$name" ;; \
	    link) ln -sf "$$from" "$$to/$$name" ;; \
	    esac; done <$(BUILD)/installed
	@if [ "$$(id -u)" -eq 0 ] && [ -z '$(DESTDIR)' ]; then '$(PREFIX)/libexec/pam-lite/setup'; fi

# What install has put there; of the directories those that are empty and no system's own.
uninstall: $(BUILD)/installed
	@to='$(DESTDIR)$(PREFIX)'; \
	while read -r kind from name; do \
	    [ "$$kind" != link ] || [ "$$(readlink "$$to/$$name")" = "$$from" ] || continue; \
	    rm -f "$$to/$$name"; done <$(BUILD)/installed; \
	case '$(PREFIX)' in '' | /usr | /usr/local) systems='$(SYSTEM_DIRS)' ;; *) systems= ;; esac; \
	for dir in $$($(DIRECTORIES) | sort -r); do \
	    case " $$systems " in *" $$dir "*) ;; *) rmdir "$$to/$$dir" 2>/dev/null || : ;; esac; done
	@if [ -z '$(DESTDIR)' ] && [ -d /var/lib/pam-lite ]; then \
	    echo 'kept: database, task files, log and account; to remove them: chattr -a /var/log/pam-lite/anchor;' \
	        'rm -r /var/lib/pam-lite /etc/pam-lite /var/log/pam-lite; userdel pamlite'; fi

clean:
	rm -rf $(BUILD)

-include $(LIB_OBJS:.o=.d) $(patsubst %,$(BUILD)/obj/cmd/%.d,$(CMDS) $(SETUID_PROGS) $(HELPERS)) \
    $(UNIT_TESTS:%=$(BUILD)/obj/tests/unit/%.d) $(FUZZERS:%=$(BUILD)/obj/tests/fuzz/%.d) \
    $(TORTURERS:%=$(BUILD)/obj/tests/torture/%.d) $(POWER_PARTS:%=$(BUILD)/obj/%.d) \
    $(patsubst %,$(BUILD)/obj/bench/%.d,$(BENCH_SRCS) $(FILL_SRCS) empty)
