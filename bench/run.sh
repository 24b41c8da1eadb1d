#!/usr/bin/env bash
# Benchmarks, each on a scratch database. Usage: bench/run.sh [funnel|export|approval|inbox|acquaintance|case|deal|search|instruction|duplicates|timeline|papers]
#   [RUNS=n] [JSON=file] and, by benchmark: DEALS, EVENTS · RECORDS · INBOX_LINES, INBOX_OPEN · PEOPLE · CASES · DOCUMENTS
#   · INSTRUCTIONS, INSTRUCTIONS_OPEN, REMINDERS · PARTNERS · PARTNERS, PAPERS, DUE, STATES, PEOPLE
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/session.sh"

what=${1:-funnel}
[[ -f $ROOT/bench/$what.py ]] || die "There is no benchmark \"$what\". See bench/README.md."
begin_session
database=bench_$$
db_make "$database"
on_exit "db_drop $database"

# number OPTION VALUE: an option of the benchmark, when the variable is set.
number() { [[ -z ${2:-} ]] || options+=("--$1" "$2"); }

options=(--config "$ODOO_CONF" --db "$database")
number runs "${RUNS:-}"
number json "${JSON:-}"
case $what in
    funnel)
        script=run.py
        deals=${DEALS:-1000000}
        options+=(--deals "$deals" --events "${EVENTS:-$((deals * 5))}")
        ;;
    approval)
        # The addons of OCA (AGPL) are run for the comparison only; they stay outside of the project.
        tier=$PAYDOX_CACHE/bench/tier
        "$VENV/bin/pip" install -q --no-deps --upgrade --target "$tier" \
            odoo-addon-base-tier-validation==19.0.1.4.6 odoo-addon-sale-tier-validation==19.0.1.0.0.3
        path=$ADDONS_PATH,$tier/odoo/addons
        odoo -c "$ODOO_CONF" --addons-path="$path" -d "$database" --no-http --stop-after-init --log-level=error \
            -i sale_tier_validation --skip-auto-install
        options+=(--addons-path "$path")
        number records "${RECORDS:-}"
        ;;
    timeline)
        number partners "${PARTNERS:-}"
        number documents "${DOCUMENTS:-}"
        number states "${STATES:-}"
        ;;
    inbox)
        number lines "${INBOX_LINES:-}"
        number open-lines "${INBOX_OPEN:-}"
        ;;
    export) number deals "${DEALS:-}" ;;
    acquaintance) number people "${PEOPLE:-}" ;;
    instruction)
        number instructions "${INSTRUCTIONS:-}"
        number open-instructions "${INSTRUCTIONS_OPEN:-}"
        number reminders "${REMINDERS:-}"
        ;;
    case) number cases "${CASES:-}" ;;
    deal)
        # Beside Odoo's own CRM: a second database that has nothing else.
        export STOCK_DB=${database}_stock
        odoo -c "$ODOO_CONF" -d "$STOCK_DB" -i crm --no-http --stop-after-init --log-level=error
        on_exit "db_drop $STOCK_DB"
        number deals "${DEALS:-}"
        number rules "${RULES:-}"
        ;;
    duplicates) number partners "${PARTNERS:-}" ;;
    search) number documents "${DOCUMENTS:-}" ;;
    papers)
        number partners "${PARTNERS:-}"
        number papers "${PAPERS:-}"
        number due "${DUE:-}"
        number states "${STATES:-}"
        number people "${PEOPLE:-}"
        ;;
esac
"$VENV/bin/python" "$ROOT/bench/${script:-$what.py}" "${options[@]}"
