#!/usr/bin/env bash
# Renews addons/*/i18n/*.pot from the code and merges them into ru.po and ro.po; translations are kept.
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

DATABASE=paydox_i18n
begin_session
db_template
db_drop "$DATABASE"
db_copy paydox_template "$DATABASE"
on_exit 'db_drop "$DATABASE"'
export_folder=$PAYDOX_CACHE/tmp/i18n.$$
on_exit 'rm -rf "$export_folder"'
mkdir -p "$export_folder"
for addon in $(addons list); do
    odoo i18n export -c "$ODOO_CONF" -d "$DATABASE" -o "$export_folder/$addon.pot" "$addon" 2>"$PAYDOX_CACHE/log/i18n.log" || {
        tail -n 10 "$PAYDOX_CACHE/log/i18n.log" >&2
        die "The terms of $addon could not be exported (above)."
    }
done
"$VENV/bin/python" "$SCRIPTS/i18n.py" "$export_folder"
