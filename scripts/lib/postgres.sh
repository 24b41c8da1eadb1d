# shellcheck shell=bash
# A private PostgreSQL cluster of this cache. It listens on a Unix socket in a directory that only its owner (and root)
# may enter, on no port, so no other PostgreSQL of the machine is in its way. Needs common.sh.
#
# Each command that uses it holds a shared lock on cluster.users while it runs; the last one to end stops the cluster.
# The lock dies with its process, so a killed run leaves no wrong count behind.

pg_find_binaries() {
    PG_BIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [[ -x $PG_BIN/initdb ]] || PG_BIN=$(dirname "$(command -v initdb || echo /missing/initdb)")
    [[ -x $PG_BIN/initdb ]] || die "PostgreSQL is not installed. Run: sudo apt-get install -y postgresql"
    PG_MAJOR=$("$PG_BIN/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    PATH=$PG_BIN:$PATH
}

# PostgreSQL refuses to run as root: then its own account runs it.
pg_find_account() {
    PG_AS=()
    is_root || return 0
    local account=postgres
    id -u "$account" >/dev/null 2>&1 || account=nobody
    PG_AS=(setpriv "--reuid=$account" "--regid=$(id -g "$account")" --clear-groups --)
}

# The cluster lives in the cache, unless root's cache is closed to the account that must run it (as /root usually is).
pg_find_home() {
    local key
    key=$(printf '%s' "$PAYDOX_CACHE" | sha256sum | cut -c1-12)
    PG_HOME=$PAYDOX_CACHE/cluster
    if is_root && ! "${PG_AS[@]}" test -x "$PAYDOX_CACHE"; then PG_HOME=/var/lib/paydox-$key; fi
    # The name tells the locale: a cluster of before compared only Latin letters regardless of their case.
    PG_DATA=$PG_HOME/data-$PG_MAJOR-utf8
    PG_LOG=$PG_HOME/postgresql.log
    # Not in the cache: the path of a socket may have 107 bytes only.
    export PGHOST=/tmp/paydox-$EUID-$key PGPORT=5432 PGUSER=odoo
}

pg_prepare() {
    pg_find_binaries
    pg_find_account
    pg_find_home
}

pg_is_ready() { "$PG_BIN/pg_isready" -q -h "$PGHOST" -p "$PGPORT"; }

# Makes DIRECTORY for the cluster's account alone; refuses one that somebody else has put there.
pg_make_directory() {
    mkdir -p "$1"
    [[ ${#PG_AS[@]} -eq 0 ]] || chown "$("${PG_AS[@]}" id -u):$("${PG_AS[@]}" id -g)" "$1"
    [[ $(stat -c %u "$1") == $([[ ${#PG_AS[@]} -eq 0 ]] && echo $EUID || "${PG_AS[@]}" id -u) ]] ||
        die "$1 belongs to another account. Remove it or choose another PAYDOX_CACHE."
    chmod 700 "$1"
}

pg_init() {
    [[ ! -f $PG_DATA/PG_VERSION ]] || return 0
    # Under another name first: an initdb that was cut short is never taken for a cluster.
    rm -rf "$PG_DATA".new.*
    local new=$PG_DATA.new.$$
    cd / && "${PG_AS[@]}" "$PG_BIN/initdb" -D "$new" -U odoo -A trust -E UTF8 --locale=C --lc-ctype=C.UTF-8 --no-sync >/dev/null ||
        die "The database cluster could not be made in $PG_HOME (message above). Free some disk space and run the same command again."
    "${PG_AS[@]}" tee -a "$new/postgresql.conf" >/dev/null <<'CONF'
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
maintenance_work_mem = 128MB
# For development and tests only: much faster, and unsafe when the whole machine loses power.
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    mv "$new" "$PG_DATA"
}

# A killed run leaves postmaster.pid behind; its number may meanwhile belong to a process that is not ours.
pg_drop_stale_pid() {
    local pid
    pid=$(head -n 1 "$PG_DATA/postmaster.pid" 2>/dev/null) || return 0
    if ! tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$PG_DATA"; then
        rm -f "$PG_DATA/postmaster.pid"
    fi
}

pg_launch() {
    pg_make_directory "$PG_HOME"
    pg_make_directory "$PGHOST"
    pg_init
    ! pg_is_ready || return 0
    pg_drop_stale_pid
    # It must outlive this script, so it gets none of its locks. Tried again: the processes of a killed server need a moment to go.
    local attempt
    for attempt in 1 2 3 4 5; do
        if (
            cd /
            for fd in /proc/self/fd/*; do
                fd=${fd##*/}
                if ((fd > 2)); then exec {fd}>&-; fi
            done
            "${PG_AS[@]}" "$PG_BIN/pg_ctl" -D "$PG_DATA" -l "$PG_LOG" -o "-k '$PGHOST' -p $PGPORT" -w -t 60 start
        ) >/dev/null 2>&1 </dev/null; then
            return 0
        fi
        sleep "$attempt"
    done
    "${PG_AS[@]}" tail -n 8 "$PG_LOG" >&2
    die "The database cluster in $PG_HOME does not start (end of its log above). When the disk is not full, \"make reset\" makes a new one."
}

# pg_use: starts the cluster if need be and keeps it up until this script (and what it started) ends.
pg_use() {
    pg_prepare
    exec {PG_USERS_FD}>"$PAYDOX_CACHE/cluster.users"
    flock -s "$PG_USERS_FD"
    on_exit pg_release
    with_lock cluster pg_launch
}

pg_release() {
    exec {PG_USERS_FD}>&-
    pg_stop_unless_used
}

# pg_stop_unless_used: true when the cluster is down afterwards.
pg_stop_unless_used() {
    local users_fd
    exec {users_fd}>"$PAYDOX_CACHE/cluster.users"
    if flock -n "$users_fd"; then
        cd / && "${PG_AS[@]}" "$PG_BIN/pg_ctl" -D "$PG_DATA" -m fast -w -t 60 stop >/dev/null 2>&1 || true
        rmdir "$PGHOST" 2>/dev/null || true
        exec {users_fd}>&-
        return 0
    fi
    exec {users_fd}>&-
    return 1
}
