# osso_ik: library, program, models, tests. `make help` lists the targets.

CC      ?= cc
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CFLAGS  ?= -O3 -g
JOBS    ?= $(shell nproc)
PYTHON  ?= python3
V       ?=
# V=1 shows the command lines
Q       := $(if $(V),,@)

VERSION := $(shell sed -n 's/^\#define OIK_VERSION "\(.*\)"/\1/p' src/api/version.c)
SONAME  := libossoik.so.$(firstword $(subst ., ,$(VERSION)))

# WERROR=-Werror is set by lint and .ci/run; SANITIZE by asan
WERROR   ?=
SANITIZE ?=
WARNINGS := -Wall -Wextra -Wshadow -Wconversion $(WERROR)
# -ffp-contract=off: the same numbers from every compiler and processor.
# -fno-semantic-interposition: the shared library's functions call each other directly.
ALL_CFLAGS   := -std=c11 $(CFLAGS) -ffp-contract=off -fPIC -fno-semantic-interposition -pthread $(WARNINGS) $(SANITIZE)
ALL_CPPFLAGS := -D_POSIX_C_SOURCE=200809L -Iinclude -Isrc $(CPPFLAGS)

LIB_PC  := libzip nlopt jansson openblas lapacke libpng
GEN_PC  := $(LIB_PC) qhull_r
TEST_PC := $(GEN_PC) cmocka
# CHOLMOD has no pkg-config file in Debian 12
LIB_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(TEST_PC))) -isystem /usr/include/suitesparse
LIB_LIBS   := -Wl,--as-needed $(shell pkg-config --libs $(LIB_PC)) -lcholmod -lm
GEN_LIBS   := -Wl,--as-needed $(shell pkg-config --libs $(GEN_PC)) -lcholmod -lm
TEST_LIBS  := -Wl,--as-needed $(shell pkg-config --libs $(TEST_PC)) -lcholmod -lm
comma      := ,
LINK       := $(CC) -pthread $(SANITIZE) $(LDFLAGS)

# new files join by themselves
LIB_SRC   := $(filter-out src/cli/%,$(sort $(wildcard src/*/*.c)))
CLI_SRC   := $(sort $(wildcard src/cli/*.c))
GEN_SRC   := $(sort $(wildcard models/*.c models/bones/*.c))
# programs of models/: the generator and tools for its authors
GEN_MAINS := $(if $(wildcard models/*.c),$(shell grep -l '^int main' models/*.c))
TEST_SRC  := $(sort $(wildcard tests/*/test_*.c))
# helpers of the tests: all but the failing allocator, which needs --wrap
SUPPORT_SRC := $(filter-out tests/support/failing_malloc.c,$(sort $(wildcard tests/support/*.c)))
BENCH_SRC := $(sort $(wildcard bench/bench_*.c))
FUZZ_SRC  := $(sort $(wildcard tests/fuzz/fuzz_*.c))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB_OBJ     := $(call obj,$(LIB_SRC))
CLI_OBJ     := $(call obj,$(CLI_SRC))
GEN_OBJ     := $(call obj,$(GEN_SRC))
SUPPORT_OBJ := $(call obj,$(SUPPORT_SRC))
GEN_PROGRAMS := $(patsubst models/%.c,$(BUILD)/%,$(GEN_MAINS))
# what a test of models/ or src/cli/ links besides the library
GEN_PARTS   := $(filter-out $(call obj,$(GEN_MAINS)),$(GEN_OBJ))
CLI_PARTS   := $(filter-out $(BUILD)/obj/src/cli/main.o,$(CLI_OBJ))

TESTS   := $(patsubst %.c,$(BUILD)/%,$(TEST_SRC))
BENCHES := $(patsubst %.c,$(BUILD)/%,$(BENCH_SRC))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(FUZZ_SRC))
EXAMPLES := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard examples/*.c)))

# a test that includes failing_malloc.h runs with the allocator wrapped
WRAP_TESTS := $(if $(TEST_SRC),$(patsubst %.c,$(BUILD)/%,$(shell grep -l 'failing_malloc.h' $(TEST_SRC))))
WRAP_FLAGS := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

MODELS := $(foreach sex,female male neutral,$(BUILD)/models/$(sex).npz)
DEMO   := $(foreach body,female male male_crouch,data/demo/body_$(body).ply)

.PHONY: all programs libraries test-programs test test-with-models lint layers tidy asan fuzz bench demo run-demo gallery models/gallery subjects
.PHONY: install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: programs libraries $(BUILD)/models/made  ## program, libraries and models (the default)

programs: $(BUILD)/osso_ik $(GEN_PROGRAMS)
libraries: $(BUILD)/libossoik.a $(BUILD)/libossoik.so
test-programs: $(TESTS) $(EXAMPLES)

# ---------------------------------------------------------------- objects

$(BUILD)/obj/src/%.o: src/%.c
	@mkdir -p $(@D)
	@echo '  CC   $@'
	$(Q)$(CC) $(ALL_CPPFLAGS) $(LIB_CFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# the report's page is put into the library by the assembler (.incbin), which -MMD does not see
THREE_JS ?= /usr/share/javascript/three/three.min.js
REPORT_PAGE := $(BUILD)/obj/src/export/report_page.o
$(REPORT_PAGE): $(wildcard src/export/report/*) $(THREE_JS)
$(REPORT_PAGE): ALL_CPPFLAGS += -DOIK_THREE_JS='"$(THREE_JS)"'

$(BUILD)/obj/models/%.o: models/%.c
	@mkdir -p $(@D)
	@echo '  CC   $@'
	$(Q)$(CC) $(ALL_CPPFLAGS) -I. -Imodels $(LIB_CFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC   $@'
	$(Q)$(CC) $(ALL_CPPFLAGS) -I. -Itests -Itests/support -Imodels $(LIB_CFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell test -d $(BUILD)/obj && find $(BUILD)/obj -name '*.d')

# ---------------------------------------------------------------- libraries and programs

# the object list is a prerequisite too: a source that is renamed or removed leaves the archive
$(BUILD)/objects.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(LIB_OBJ)' | cmp -s - $@ || printf '%s\n' '$(LIB_OBJ)' > $@
.PHONY: FORCE
FORCE:

$(BUILD)/libossoik.a: $(LIB_OBJ) $(BUILD)/objects.list
	@echo '  AR   $@'
	$(Q)rm -f $@
	$(Q)ar rcsD $@ $(LIB_OBJ)

# only what the public header declares is exported
$(BUILD)/libossoik.map: include/osso_ik.h
	@mkdir -p $(@D)
	$(Q){ echo '{ global:'; sed -n 's/^[a-z].*[ *]\(oik_[a-z0-9_]*\)(.*/    \1;/p' $<; echo '  local: *; };'; } > $@

$(BUILD)/$(SONAME): $(LIB_OBJ) $(BUILD)/libossoik.map
	@echo '  LD   $@'
	$(Q)$(LINK) -shared -Wl,-soname,$(SONAME) -Wl,--version-script,$(BUILD)/libossoik.map $(if $(SANITIZE),,-Wl$(comma)-z$(comma)defs) -o $@ $(LIB_OBJ) $(LIB_LIBS)

$(BUILD)/libossoik.so: $(BUILD)/$(SONAME)
	$(Q)ln -sf $(SONAME) $@

$(BUILD)/osso_ik: $(CLI_OBJ) $(BUILD)/libossoik.a
	@echo '  LD   $@'
	$(Q)$(LINK) -o $@ $(CLI_OBJ) $(BUILD)/libossoik.a $(LIB_LIBS)

$(GEN_PROGRAMS): $(BUILD)/%: $(BUILD)/obj/models/%.o $(GEN_PARTS) $(BUILD)/libossoik.a
	@echo '  LD   $@'
	$(Q)$(LINK) -o $@ $< $(GEN_PARTS) $(BUILD)/libossoik.a $(GEN_LIBS)

# ---------------------------------------------------------------- models and demo bodies

# What the models' content depends on: the generator's own objects, arithmetic and archive writing of the library, the tables.
# Relinking the generator for other changes of the library does not make the models again.
MODEL_INPUTS := $(GEN_OBJ) $(filter $(BUILD)/obj/src/base/%,$(LIB_OBJ)) $(BUILD)/obj/src/api/model_hash.o \
    $(wildcard models/tables/*)

$(BUILD)/models/made: $(MODEL_INPUTS) | $(BUILD)/generate_models
	@echo '  GEN  $(BUILD)/models'
	@mkdir -p $(@D)
	$(Q)$(BUILD)/generate_models models/tables $(BUILD)/models
	@touch $@
$(MODELS): $(BUILD)/models/made

demo: $(BUILD)/models/made  ## make the synthetic demo bodies again (data/demo)
	$(BUILD)/generate_models --demo $(BUILD)/models data/demo

subjects: $(BUILD)/sample_subjects $(BUILD)/models/made  ## bones in 500 random subjects of each sex, 5 minutes
	$(BUILD)/sample_subjects $(BUILD)/models 500

models/gallery: gallery
gallery: $(BUILD)/gallery $(BUILD)/models/made  ## pictures of the models' bones in out/gallery
	$(BUILD)/gallery $(BUILD)/models/female.npz out/gallery
	$(BUILD)/gallery $(BUILD)/models/male.npz out/gallery

run-demo: all  ## run the program on the demo bodies and the demo motion; results in out/
	$(BUILD)/osso_ik --mesh_input data/demo/body_female.ply --gender female -F
	$(BUILD)/osso_ik --mesh_input data/demo/body_male.ply data/demo/body_male_crouch.ply --gender male -F
	$(BUILD)/osso_ik ik --chain out/body_male_chain.json --motion data/demo/walk.txt --out out

# ---------------------------------------------------------------- tests, examples, benchmarks

$(BUILD)/examples/%: $(BUILD)/obj/examples/%.o $(BUILD)/libossoik.so
	@mkdir -p $(@D)
	@echo '  LD   $@'
	$(Q)$(LINK) -o $@ $< -L$(BUILD) -lossoik -Wl,-rpath,'$$ORIGIN/..'

$(BUILD)/tests/models/%: $(BUILD)/obj/tests/models/%.o $(GEN_PARTS) $(SUPPORT_OBJ) $(BUILD)/libossoik.a
	@mkdir -p $(@D)
	@echo '  LD   $@'
	$(Q)$(LINK) $(TEST_WRAP) -o $@ $(filter %.o %.a,$^) $(TEST_LIBS)

$(BUILD)/tests/cli/%: $(BUILD)/obj/tests/cli/%.o $(CLI_PARTS) $(SUPPORT_OBJ) $(BUILD)/libossoik.a
	@mkdir -p $(@D)
	@echo '  LD   $@'
	$(Q)$(LINK) $(TEST_WRAP) -o $@ $(filter %.o %.a,$^) $(TEST_LIBS)

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(SUPPORT_OBJ) $(BUILD)/libossoik.a
	@mkdir -p $(@D)
	@echo '  LD   $@'
	$(Q)$(LINK) $(TEST_WRAP) -o $@ $(filter %.o %.a,$^) $(TEST_LIBS)

$(WRAP_TESTS): TEST_WRAP := $(WRAP_FLAGS)
$(WRAP_TESTS): $(call obj,tests/support/failing_malloc.c)

$(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(BUILD)/libossoik.a
	@mkdir -p $(@D)
	@echo '  LD   $@'
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(LIB_LIBS)

test: all test-programs  ## build and run all tests; the last line sums them up
	@BUILD=$(BUILD) JOBS=$(JOBS) sh tools/run-tests.sh $(TESTS)

# the same on the models that OSSO_IK_MODELS names
test-with-models: programs libraries test-programs
	@BUILD=$(BUILD) JOBS=$(JOBS) sh tools/run-tests.sh $(TESTS)

bench: all $(BENCHES)  ## run the benchmarks, one after the other
	for b in $(BENCHES); do BUILD=$(BUILD) $$b || exit 1; done

# ---------------------------------------------------------------- checks

layers:
	$(PYTHON) tools/lint/layers.py

tidy:
	printf '%s\n' $(LIB_SRC) $(CLI_SRC) $(GEN_SRC) | xargs -P $(JOBS) -n 1 sh tools/lint/tidy.sh

lint: layers tidy  ## include layers, clang-tidy, gcc and clang builds with -Werror
	$(MAKE) CC=gcc BUILD=$(BUILD)/lint-gcc WERROR=-Werror programs libraries test-programs
	$(MAKE) CC=clang BUILD=$(BUILD)/lint-clang WERROR=-Werror programs libraries test-programs

ASAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
ASAN_MAKE   = OSSO_IK_MODELS=$(BUILD)/models $(MAKE) BUILD=$(BUILD)/asan SANITIZE='$(ASAN_FLAGS)' CFLAGS='-O1 -g'
asan: all  ## demo and tests under AddressSanitizer and UBSan (build/asan), on the models of the plain build
	$(ASAN_MAKE) test-with-models
	OSSO_IK_MODELS=$(BUILD)/models $(BUILD)/asan/osso_ik --mesh_input $(DEMO) -g neutral -o $(BUILD)/asan/out || [ $$? -eq 4 ]

FUZZ_SECONDS ?= 30
FUZZ_FLAGS := -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
fuzz:  ## fuzz the readers for FUZZ_SECONDS each (needs clang)
	$(MAKE) CC=clang BUILD=$(BUILD)/fuzz SANITIZE='$(FUZZ_FLAGS)' fuzz-run
.PHONY: fuzz-run
fuzz-run: $(FUZZERS)
	for f in $(FUZZERS); do $$f -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -artifact_prefix=$(BUILD)/ || exit 1; done

$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/libossoik.a
	@mkdir -p $(@D)
	@echo '  LD   $@'
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) $(LIB_LIBS)

# ---------------------------------------------------------------- installing

BIN  = $(DESTDIR)$(PREFIX)/bin
LIB  = $(DESTDIR)$(PREFIX)/lib
INC  = $(DESTDIR)$(PREFIX)/include
DATA = $(DESTDIR)$(PREFIX)/share

install: all  ## install program, libraries, header, models, man page to PREFIX (default /usr/local)
	install -d $(BIN) $(LIB)/pkgconfig $(INC) $(DATA)/osso_ik/models $(DATA)/osso_ik/tools/osso_import $(DATA)/osso_ik/python \
	    $(DATA)/man/man1 $(DATA)/bash-completion/completions $(DATA)/doc/osso_ik
	install -m 755 $(BUILD)/osso_ik $(BIN)
	install -m 644 $(BUILD)/libossoik.a $(LIB)
	install -m 755 $(BUILD)/$(SONAME) $(LIB)
	ln -sf $(SONAME) $(LIB)/libossoik.so
	install -m 644 include/osso_ik.h $(INC)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@REQUIRES@|$(LIB_PC)|' \
	    libossoik.pc.in > $(LIB)/pkgconfig/libossoik.pc
	install -m 644 $(MODELS) $(DATA)/osso_ik/models
	install -m 755 tools/import_model.py $(DATA)/osso_ik/tools
	install -m 644 tools/osso_import/*.py $(DATA)/osso_ik/tools/osso_import
	install -m 644 tools/python/ossoik.py $(DATA)/osso_ik/python
	install -m 644 docs/osso_ik.1 $(DATA)/man/man1
	install -m 644 docs/bash-completion $(DATA)/bash-completion/completions/osso_ik
	install -m 644 LICENSE README.md CHANGELOG.md docs/importing.md $(DATA)/doc/osso_ik

uninstall:  ## remove what install put there
	rm -f $(BIN)/osso_ik $(LIB)/libossoik.a $(LIB)/$(SONAME) $(LIB)/libossoik.so $(INC)/osso_ik.h
	rm -f $(LIB)/pkgconfig/libossoik.pc $(DATA)/man/man1/osso_ik.1 $(DATA)/bash-completion/completions/osso_ik
	rm -rf $(DATA)/osso_ik $(DATA)/doc/osso_ik

clean:  ## remove the build folder
	rm -rf $(BUILD)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1 \2/p' $(MAKEFILE_LIST) | awk '{n=$$1; $$1=""; printf "  %-12s%s\n", n, $$0}'
	@echo '  variables: CC, CFLAGS, BUILD (build), PREFIX (/usr/local), DESTDIR, JOBS'
