# rdbkit: `make` builds, `make demo` shows, `make test` tests. Everything made lies in build/.
CC      ?= cc
VARIANT ?= release
BUILD   := build/$(VARIANT)
DEPS    := zlib libzstd liblzf libxxhash libisal jansson smartcols
WARN    := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla

FLAGS_release := -O2 -g
FLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_cover   := -O0 -g --coverage
CFLAGS  += -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARN) $(FLAGS_$(VARIANT)) -Iinclude -pthread -MMD -MP \
           $(shell pkg-config --cflags $(DEPS) 2>/dev/null)
LDLIBS  += $(shell pkg-config --libs $(DEPS) 2>/dev/null) -lm
