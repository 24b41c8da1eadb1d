#!/usr/bin/env bash
# Starts PayDox with demo data on 127.0.0.1 and stays until Ctrl-C. Usage: run.sh [PORT]
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

PORT=${1:-8069}
DATABASE=demo
LOG=$PAYDOX_CACHE/log/odoo.log
ADDRESS=http://127.0.0.1:$PORT

check_port() {
    [[ $PORT =~ ^[0-9]+$ ]] && ((PORT >= 1 && PORT <= 65535)) || die "PORT=$PORT is not a port. Use a number such as: make run PORT=8070"
    ! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null ||
        die "Port $PORT is taken by another program. Use another one: make run PORT=$((PORT < 65535 ? PORT + 1 : 8070))"
}

# One server per cache; the lock dies with the server.
claim_server() {
    make_cache
    exec {SERVER_FD}>"$PAYDOX_CACHE/server.lock"
    flock -n "$SERVER_FD" ||
        die "PayDox runs already: $(cat "$PAYDOX_CACHE/server.address" 2>/dev/null || echo "it is just starting"). Stop it with: make stop"
    echo "$$ 0" >"$PAYDOX_CACHE/server.pid"
    on_exit 'rm -f "$PAYDOX_CACHE/server.pid" "$PAYDOX_CACHE/server.address"'
}

# The demo database is kept between runs; addons that changed since are updated in it.
prepare_database() {
    local mark entry update='' install=''
    if ! db_exists "$DATABASE"; then
        db_make "$DATABASE" demo
        return
    fi
    mark=" $(db_mark "$DATABASE") "
    for entry in $(addons_mark); do
        [[ $mark != *" $entry "* ]] || continue
        if [[ $mark == *" ${entry%%=*}="* ]]; then update+=,${entry%%=*}; else install+=,${entry%%=*}; fi
    done
    if [[ -n $install ]]; then
        db_mark_demo "$DATABASE" "state = 'installed'"
        step "New addons: ${install#,}" update "$SCRIPTS/setup/install.sh" "$DATABASE" "${install#,}" --stop-after-init --no-http --with-demo
        db_mark_demo "$DATABASE" "name LIKE 'paydox%'"
    fi
    [[ -z $update ]] || step "Changed addons: ${update#,}" update "$SCRIPTS/setup/install.sh" -u "$DATABASE" "${update#,}" --stop-after-init --no-http
    [[ -z $install$update ]] || db_set_mark "$DATABASE" "$(addons_mark)"
}

start_server() {
    # A session of its own: Ctrl-C reaches this script only, which then ends Odoo once and politely.
    # pdeathsig: when this script is killed outright, Odoo ends too.
    setsid setpriv --pdeathsig TERM -- "$VENV/bin/python" -m odoo -c "$ODOO_CONF" -d "$DATABASE" --db-filter="^$DATABASE\$" \
        --http-port="$PORT" --max-cron-threads=1 >"$LOG" 2>&1 </dev/null &
    SERVER_PID=$!
    on_exit stop_server
    echo "$$ $SERVER_PID" >"$PAYDOX_CACHE/server.pid"
    echo "$ADDRESS" >"$PAYDOX_CACHE/server.address"
}

stop_server() {
    kill -0 "$SERVER_PID" 2>/dev/null || return 0
    say "Stopping …"
    kill -TERM "$SERVER_PID"
    local tenths
    for ((tenths = 0; tenths < 150; tenths++)); do
        kill -0 "$SERVER_PID" 2>/dev/null || break
        sleep 0.1
    done
    # What is left of its group: a browser or wkhtmltopdf it was waiting for.
    kill -KILL -- "-$SERVER_PID" 2>/dev/null || true
}

wait_for_login_page() {
    local started=$SECONDS beat=$SECONDS
    until "$PYTHON" "$SCRIPTS/lib/answers.py" "$ADDRESS/web/login" 2>/dev/null; do
        if ! kill -0 "$SERVER_PID" 2>/dev/null; then
            tail -n 15 "$LOG" >&2
            die "Odoo ended while starting (end of its log above; the whole log is $LOG)."
        fi
        ((SECONDS - started < 120)) || die "Odoo does not answer on $ADDRESS after two minutes. Its log is $LOG."
        if ((SECONDS - beat >= 10)); then
            beat=$SECONDS
            say "    … Odoo is starting: $((SECONDS - started)) s"
        fi
        sleep 0.2
    done
    say "  ✓ Odoo is up ($((SECONDS - started)) s)"
}

claim_server
check_port
say "PayDox: everything it needs is kept in $PAYDOX_CACHE"
begin_session
prepare_database
check_port
start_server
wait_for_login_page
sed "s|ADDRESS|$ADDRESS|g" "$SCRIPTS/demo.txt"
say "Ready after $SECONDS s. Odoo's log: $LOG. Stop with Ctrl-C or \"make stop\"; the data is kept."
wait "$SERVER_PID" || true
die "Odoo has ended by itself. Its log is $LOG."
