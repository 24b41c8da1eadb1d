#!/usr/bin/env bash
# Stops what "make run" started in this cache; the cluster too, unless another command is using it.
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

is_free() { (exec 3>"$PAYDOX_CACHE/$1" && flock -n 3); }

stop_server() {
    local run_pid odoo_pid tenths
    read -r run_pid odoo_pid <"$PAYDOX_CACHE/server.pid" || die "Another make run is just beginning. Try again in a moment."
    # The script stops Odoo; when it was killed, Odoo itself is told. The names guard against reused numbers.
    if grep -qz 'run\.sh$' "/proc/$run_pid/cmdline" 2>/dev/null; then
        kill -TERM "$run_pid"
    elif grep -qzxF -- "$PAYDOX_CACHE/odoo.conf" "/proc/$odoo_pid/cmdline" 2>/dev/null; then
        kill -TERM "$odoo_pid"
    fi
    for ((tenths = 0; tenths < 200; tenths++)); do
        is_free server.lock && return 0
        sleep 0.1
    done
    die "The server did not stop within 20 seconds. Its log is $PAYDOX_CACHE/log/odoo.log."
}

[[ -d $PAYDOX_CACHE ]] || { say "Nothing is running." && exit 0; }
if is_free server.lock; then say "The server was not running."; else stop_server && say "The server is stopped."; fi
pg_prepare
if pg_stop_unless_used; then say "The database cluster is stopped."; else say "The database cluster is in use by another command and stays up."; fi
