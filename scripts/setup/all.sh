#!/usr/bin/env bash
# Everything that must be there before Odoo can start: system packages, Odoo, Python packages. Usage: all.sh [--dev]
# Takes part of a second when all is there.
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$SCRIPTS/lib/odoo.sh"

set_up() {
    local odoo_missing='' python_missing='' node_missing=''
    [[ -z $("$SCRIPTS/setup/system.sh" --missing "$@") ]] ||
        step "System packages" system "$SCRIPTS/setup/system.sh" "$@"
    [[ -n ${ODOO_HOME:-} || -f $PAYDOX_CACHE/odoo-19.0/.complete ]] || odoo_missing=1
    [[ -f $VENV/.runtime && (${1:-} != --dev || -f $VENV/.dev) ]] || python_missing=1
    [[ ${1:-} != --dev || -f $NODE_HOME/.complete ]] || node_missing=1
    [[ -n $odoo_missing$python_missing$node_missing ]] || return 0
    [[ -z $odoo_missing ]] || prepare_cache 4000
    prepare_cache 1500
    [[ -z $odoo_missing ]] || start_step "Odoo 19" odoo "$SCRIPTS/setup/odoo.sh"
    [[ -z $python_missing ]] || start_step "Python packages" python "$SCRIPTS/setup/python.sh" "$@"
    [[ -z $node_missing ]] || start_step "JavaScript linters" node "$SCRIPTS/setup/node.sh"
    finish_steps
}

prepare_cache 200
with_lock setup set_up "$@"
