#!/usr/bin/env bash
# Installs (or, with -u, updates) addons in a database. Usage: install.sh DATABASE ADDON,ADDON [OPTION…]
# Odoo ends with 0 even when an addon or its demo data could not be loaded, so the log is read too.
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$SCRIPTS/lib/odoo.sh"
find_odoo

action=-i
if [[ $1 == -u ]]; then
    action=-u
    shift
fi
database=$1 names=$2
shift 2
log=$(mktemp -p "$PAYDOX_CACHE/tmp")
on_exit 'rm -f "$log"'
odoo -c "$ODOO_CONF" -d "$database" "$action" "$names" "$@" 2>&1 | tee "$log"
if grep -E '^[0-9-]+ [0-9:,]+ [0-9]+ (ERROR|CRITICAL) |demo data failed to install' "$log"; then
    die "Odoo reported the errors above while it worked on $names. Correct the addon and run the same command again."
fi
