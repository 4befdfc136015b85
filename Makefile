# rdbkit: `make` builds, `make demo` shows, `make test` tests. Everything that is made lies in build/.
CC      ?= cc
VARIANT ?= release
BUILD   := build/$(VARIANT)
PREFIX  ?= /usr/local
VERSION := $(shell sed -n 's/^.define RDBKIT_VERSION "\(.*\)"/\1/p' include/rdbkit/base.h)
PKGS    := zlib libzstd libxxhash libisal libsodium libmd jansson smartcols

FLAGS_release := -O2 -g
FLAGS_asan    := -O1 -g -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan    := -O1 -g -fsanitize=thread
FLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FLAGS_cover   := -O0 -g --coverage
WARN    := -Wall -Wextra -Werror -Wno-missing-field-initializers -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla
CFLAGS  += -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -pthread -fPIC $(WARN) $(FLAGS_$(VARIANT)) \
           -Iinclude -Itools -Itests/unit -MMD -MP $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDLIBS  += $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm

objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
LIB     := $(BUILD)/librdbkit.a
COMMON  := $(call objects,tools/common/*.c)
TOOLS   := $(patsubst tools/%.c,%,$(wildcard tools/*.c))
UNIT    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*/test_*.c))
FUZZ    := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH   := $(patsubst tests/bench/%.c,$(BUILD)/bin/%,$(wildcard tests/bench/*.c))
SECONDS_EACH ?= 60

.PHONY: all man deps demo test bench fuzz install clean unit replay fuzzers benches
all: $(TOOLS:%=$(BUILD)/bin/%)
	@[ $(VARIANT) != release ] || { mkdir -p build/bin && cp $(TOOLS:%=$(BUILD)/bin/%) build/bin/; }
man: $(TOOLS:%=tools/%.1)
unit: $(UNIT)
replay: $(FUZZ:%=$(BUILD)/replay/%)
fuzzers: $(FUZZ:%=$(BUILD)/fuzzer/%)
benches: all $(BENCH)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c $< -o $@
$(LIB): $(call objects,librdb/*/*.c)
	rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/bin/rdbbundle: $(call objects,tools/rdbbundle/*.c) # a file a command
tools/rdbbundle.1: $(wildcard tools/rdbbundle/*)
$(BUILD)/bin/%: $(BUILD)/tools/%.o $(COMMON) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(filter %.o,$^) $(LIB) $(LDLIBS) -o $@
tools/%.1: tools/%.c $(wildcard tools/*.h) # written by the tool itself; committed, and compared by the tests
	$(MAKE) --no-print-directory -s $(BUILD)/bin/$* && $(BUILD)/bin/$* --man > $@.part && mv $@.part $@
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(COMMON) $(LIB)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -lcunit -llzf -o $@
$(BUILD)/replay/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -llzf -o $@
$(BUILD)/fuzzer/%: $(BUILD)/tests/fuzz/fuzz_%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -fsanitize=fuzzer $^ $(LDLIBS) -llzf -o $@
$(BUILD)/bin/%: $(BUILD)/tests/bench/%.o $(call objects,tests/bench/lib/*.c) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -llzf -o $@

# From here on: what a person types. Each installs what it needs, then starts make anew, which then finds it.
deps:
	tests/deps.sh build test bench fuzz
demo:
	@tests/deps.sh build
	@$(MAKE) --no-print-directory -s all
	@tests/demo.sh
test:
	@tests/deps.sh build test
	@tests/run.sh
bench:
	@tests/deps.sh build bench
	@$(MAKE) --no-print-directory -s benches
	BIN=$(BUILD)/bin tests/bench/bench.sh
	BIN=$(BUILD)/bin tests/bench/bench_aof.sh
fuzz:
	@tests/deps.sh build fuzz
	@$(MAKE) --no-print-directory -s VARIANT=fuzz CC=clang fuzzers
	tests/fuzz/run.sh build/fuzz/fuzzer $(SECONDS_EACH)
install: all $(LIB)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/include/rdbkit \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 755 $(TOOLS:%=$(BUILD)/bin/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(TOOLS:%=tools/%.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 include/rdbkit/*.h $(DESTDIR)$(PREFIX)/include/rdbkit
	install -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib
	printf 'prefix=%s\n\nName: rdbkit\nDescription: Redis snapshots and the Sidekiq jobs in them\nVersion: %s\nCflags: -I$${prefix}/include\nLibs: -L$${prefix}/lib -lrdbkit -pthread -lm\nRequires.private: %s\n' \
	    $(PREFIX) $(VERSION) "$(PKGS)" > $(DESTDIR)$(PREFIX)/lib/pkgconfig/rdbkit.pc
clean:
	rm -rf build

.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
