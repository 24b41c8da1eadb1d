#!/usr/bin/env bash
# Removes all databases and files of this cache (not the downloads). Asks first unless YES=1.
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

if [[ ${YES:-} != 1 ]]; then
    [[ -t 0 ]] || die "This removes all PayDox databases in $PAYDOX_CACHE. Nothing was removed. To do it without a question: make reset YES=1"
    read -r -p "Remove all PayDox databases in $PAYDOX_CACHE, demo data and your changes included? [y/N] " answer
    [[ $answer == [yY]* ]] || die "Nothing was removed."
fi
"$SCRIPTS/stop.sh"
pg_prepare
pg_stop_unless_used || die "Another command is using the databases. Let it end, then run this again. Nothing was removed."
rm -rf "$PG_HOME" "$PAYDOX_CACHE/data"
say "Removed. \"make run\" starts from fresh demo data."
