#!/bin/sh
# clang-tidy over the files given as arguments, with the compiler flags of the Makefile.
exec clang-tidy --quiet "$@" -- -std=c11 -D_POSIX_C_SOURCE=200809L -I. -Iinclude -Isrc -Imodels \
    $(pkg-config --cflags libzip nlopt jansson openblas lapacke libpng | sed 's/-I/-isystem /g') -isystem /usr/include/suitesparse
