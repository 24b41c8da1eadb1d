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
    # Odoo 1.3 GB, Python packages 0.5 GB, databases 1 GB; the rest is for what is made while unpacking and copying.
    if [[ -n $odoo_missing ]]; then need_space 4000; elif [[ -n $python_missing ]]; then need_space 2000; else need_space 300; fi
    [[ -n $odoo_missing$python_missing$node_missing ]] || return 0
    [[ -z $odoo_missing ]] || start_step "Odoo 19" odoo "$SCRIPTS/setup/odoo.sh"
    [[ -z $python_missing ]] || start_step "Python packages" python "$SCRIPTS/setup/python.sh" "$@"
    [[ -z $node_missing ]] || start_step "JavaScript linters" node "$SCRIPTS/setup/node.sh"
    finish_steps
}

make_cache
with_lock setup set_up "$@"
