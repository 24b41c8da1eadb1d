#!/usr/bin/env bash
# Benchmark of the funnel on a scratch database. Usage: [DEALS=n] [EVENTS=n] [RUNS=n] [JSON=file] bench/run.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/session.sh"

begin_session
database=bench_$$
db_make "$database"
on_exit "db_drop $database"
deals=${DEALS:-1000000}
"$VENV/bin/python" "$ROOT/bench/run.py" --config "$ODOO_CONF" --db "$database" --deals "$deals" \
    --events "${EVENTS:-$((deals * 5))}" --runs "${RUNS:-7}" ${JSON:+--json "$JSON"}
