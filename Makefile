# rdbkit: `make` builds, `make demo` shows, `make test` tests. Everything made lies in build/.
CC      ?= cc
VARIANT ?= release
BUILD   := build/$(VARIANT)
PKGS    := zlib libzstd liblzf libxxhash libisal jansson smartcols
WARN    := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla

FLAGS_release := -O2 -g
FLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan    := -O1 -g -fsanitize=thread
FLAGS_cover   := -O0 -g --coverage
CFLAGS  += -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -pthread $(WARN) $(FLAGS_$(VARIANT)) \
           -Iinclude -Itools -MMD -MP $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDLIBS  += $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm

LIB     := $(BUILD)/librdbkit.a
LIBOBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard librdb/*/*.c))
CLIOBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tools/common/*.c))
TOOLS   := $(patsubst tools/%.c,%,$(wildcard tools/*.c))
UNIT    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*/test_*.c))
FUZZ    := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all deps lib unit fuzz-replay
all: lib $(TOOLS:%=$(BUILD)/bin/%)
lib: $(LIB)
$(LIB): $(LIBOBJ)
	$(AR) rcs $@ $^
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c $< -o $@
$(BUILD)/bin/%: $(BUILD)/tools/%.o $(CLIOBJ) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(CLIOBJ) $(LIB)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -lcunit -o $@
unit: $(UNIT)
$(BUILD)/tests/fuzz/replay_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@
fuzz-replay: $(FUZZ:%=$(BUILD)/tests/fuzz/replay_%)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
