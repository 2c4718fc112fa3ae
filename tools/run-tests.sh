#!/bin/sh
# Run cmocka programs (arguments), JOBS at a time, and end with one line "N passed, N failed, N skipped".
# A program that crashes, runs out of time or exits non-zero without a failed case counts as one failed case.
# Exit code: 0 when nothing failed, else 1.

BUILD=${BUILD:-build}
JOBS=${JOBS:-2}
export TEST_SECONDS="${TEST_SECONDS:-600}"
export OSSO_IK_BUILD="$BUILD"
export OSSO_IK_MODELS="${OSSO_IK_MODELS:-$BUILD/models}"
# the threads of OpenBLAS would compete with the test programs that run side by side
export OPENBLAS_NUM_THREADS=1
export LOGS="$BUILD/test-logs"
rm -rf "$LOGS"
mkdir -p "$LOGS"

# one program: its TAP output and errors to a log, its exit code on the log's last line
run_one='
    log="$LOGS/$(echo "$1" | sed "s|.*/tests/||; s|/|.|g").log"
    CMOCKA_MESSAGE_OUTPUT=TAP timeout "$TEST_SECONDS" "$1" > "$log" 2> "$log.err" < /dev/null
    echo "exit $?" >> "$log"
    cat "$log.err" >> "$LOGS/all.err"
'
printf '%s\n' "$@" | xargs -P "$JOBS" -I{} sh -c "$run_one" run-one {}

for program in "$@"; do
    log="$LOGS/$(echo "$program" | sed 's|.*/tests/||; s|/|.|g').log"
    awk -v name="$program" '
        /^ok /             { passed++; shown = 0 }
        /^not ok .*# SKIP/ { skipped++; shown = 0; next }
        /^not ok /         { failed++; shown = 1; print name ": " $0 > "/dev/stderr" }
        /^# not ok/        { shown = 0 }
        /^#/ && shown      { print "    " substr($0, 3) > "/dev/stderr" }
        /^exit /           { code = $2 }
        END {
            if (code != 0 && !failed) {
                failed = 1
                print name ": ended with exit code " code (code == 124 ? " (out of time)" : "") > "/dev/stderr"
            }
            if (code == 0 && !passed && !skipped) {
                failed = 1
                print name ": ran no case" > "/dev/stderr"
            }
            printf "%d %d %d %s\n", passed, failed, skipped, name
        }' "$log"
    if ! grep -q '^exit 0' "$log"; then
        tail -n 30 "$log.err" >&2
    fi
done | awk '
    { passed += $1; failed += $2; skipped += $3; printf "%4d passed %4d failed %4d skipped  %s\n", $1, $2, $3, $4 }
    END {
        printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
        exit failed > 0 || passed == 0
    }'
