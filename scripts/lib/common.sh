# shellcheck shell=bash disable=SC2034
# Paths, messages, locks and steps that every script shares. Source it, do not run it.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
SCRIPTS=$ROOT/scripts
PAYDOX_CACHE=${PAYDOX_CACHE:-${XDG_CACHE_HOME:-${HOME:-~}/.cache}/paydox}
[[ $PAYDOX_CACHE == /* ]] || PAYDOX_CACHE=$PWD/$PAYDOX_CACHE
export PAYDOX_CACHE
# Odoo and PostgreSQL read the environment: settings made for another installation must not decide what we touch.
# Only the outermost script clears them; those it calls are given theirs.
if [[ -z ${PAYDOX_CLEAN:-} ]]; then
    for variable in "${!ODOO_@}" "${!PG@}" OPENERP_SERVER PYTHONHOME PYTHONPATH; do
        [[ $variable == ODOO_HOME ]] || unset "$variable"
    done
    export PAYDOX_CLEAN=1
fi

say() { printf '%s\n' "$*" >&2; }
die() {
    printf 'paydox: %s\n' "$*" >&2
    exit 1
}

is_root() { [[ $EUID -eq 0 ]]; }

# What must run when the script ends, however it ends; later additions run first.
ON_EXIT=()
on_exit() { ON_EXIT=("$1" ${ON_EXIT[@]+"${ON_EXIT[@]}"}); }
run_on_exit() {
    local status=$? command
    trap - EXIT INT TERM HUP
    for command in ${ON_EXIT[@]+"${ON_EXIT[@]}"}; do eval "$command" || true; done
    exit "$status"
}
trap run_on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

make_cache() {
    if ! mkdir -p "$PAYDOX_CACHE/log" "$PAYDOX_CACHE/tmp" 2>/dev/null || [[ ! -w $PAYDOX_CACHE ]]; then
        die "Cannot write to $PAYDOX_CACHE. Give it to your account or choose another place: PAYDOX_CACHE=/path make …"
    fi
}

# need_space MEGABYTES: asked for before something large is made, so that it does not fail half-way.
need_space() {
    local free
    free=$(df -Pm "$PAYDOX_CACHE" | awk 'NR == 2 { print $4 }')
    ((free >= $1)) ||
        die "Only $free MB are free in $PAYDOX_CACHE, $1 MB are needed. Free some space or choose another place: PAYDOX_CACHE=/path make …"
}

# What outlives a killed "make run" for a while must not look like a running server.
forget_server() {
    if [[ -n ${SERVER_FD:-} ]]; then exec {SERVER_FD}>&-; fi
}

# with_lock NAME COMMAND…: one at a time per cache; the lock dies with the process that holds it.
with_lock() {
    local name=$1 lock_fd
    shift
    exec {lock_fd}>"$PAYDOX_CACHE/$name.lock"
    if ! flock -n "$lock_fd"; then
        say "  Another PayDox command is at work here ($name); waiting for it …"
        (forget_server && exec flock "$lock_fd")
    fi
    "$@"
    exec {lock_fd}>&-
}

# Steps: long commands that run side by side, each with its log; elapsed time is shown every ten seconds.
STEP_PIDS=() STEP_NAMES=() STEP_LOGS=() STEP_STARTS=()

# start_step NAME LOG COMMAND…: a group of its own, so that an end of the script ends all it started.
start_step() {
    local name=$1 log=$PAYDOX_CACHE/log/$2.log
    shift 2
    set -m
    (
        forget_server
        exec "$@"
    ) >"$log" 2>&1 </dev/null &
    set +m
    local i=${#STEP_NAMES[@]}
    STEP_PIDS[i]=$! STEP_NAMES[i]=$name STEP_LOGS[i]=$log STEP_STARTS[i]=$SECONDS
    ((i > 0)) || on_exit stop_steps
}

# Asks politely, so that Odoo leaves its database in order; after ten seconds no more.
stop_steps() {
    local pid tenths
    for pid in ${STEP_PIDS[@]+"${STEP_PIDS[@]}"}; do kill -TERM -- "-$pid" 2>/dev/null || true; done
    for pid in ${STEP_PIDS[@]+"${STEP_PIDS[@]}"}; do
        for ((tenths = 0; tenths < 100; tenths++)); do
            kill -0 -- "-$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$pid" 2>/dev/null || true
    done
    STEP_PIDS=()
}

# finish_steps: waits for all started steps; the first failure stops the others and the script.
finish_steps() {
    local i pid status beat=$SECONDS
    while [[ ${#STEP_PIDS[@]} -gt 0 ]]; do
        for i in "${!STEP_PIDS[@]}"; do
            pid=${STEP_PIDS[i]}
            if kill -0 "$pid" 2>/dev/null; then continue; fi
            status=0
            wait "$pid" || status=$?
            unset "STEP_PIDS[i]"
            ((status == 0)) || fail_step "$i"
            say "  ✓ ${STEP_NAMES[i]} ($((SECONDS - STEP_STARTS[i])) s)"
        done
        if ((SECONDS - beat >= 10)); then
            beat=$SECONDS
            for i in "${!STEP_PIDS[@]}"; do
                say "    … ${STEP_NAMES[i]}: $((SECONDS - STEP_STARTS[i])) s"
            done
        fi
        sleep 0.1
    done
}

# fail_step INDEX: our own scripts end with a sentence; of anything else the end of the log is shown.
fail_step() {
    local name=${STEP_NAMES[$1]} log=${STEP_LOGS[$1]} last
    say "  ✗ $name"
    last=$(tail -n 1 "$log")
    if [[ $last == paydox:* ]]; then
        say "$last"
    else
        tail -n 15 "$log" >&2
        say "paydox: \"$name\" failed; the whole log is $log. Correct the cause and run the same command again."
    fi
    exit 1
}

step() {
    start_step "$@"
    finish_steps
}
