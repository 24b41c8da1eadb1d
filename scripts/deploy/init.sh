#!/usr/bin/env bash
# Makes the database on the first start and updates the addons on later ones. Runs in the container before Odoo,
# and may be run natively. It can be repeated at any time: what was done already is done again without harm.
set -euo pipefail

: "${PAYDOX_ADMIN_PASSWORD:?Set PAYDOX_ADMIN_PASSWORD: the password of the user admin}"
if ((${#PAYDOX_ADMIN_PASSWORD} < 10)); then
    echo "paydox: PAYDOX_ADMIN_PASSWORD needs ten characters or more." >&2
    exit 1
fi
addons=${PAYDOX_ADDONS:-paydox_funnel}
share=${PAYDOX_SHARE:-$(dirname "${BASH_SOURCE[0]}")}
# The official image names the connection HOST, PORT, USER and PASSWORD; libpq and Odoo read PG*.
if [[ -n ${HOST:-} && -z ${PGHOST:-} ]]; then
    export PGHOST=$HOST PGPORT=${PORT:-5432} PGUSER=${USER:-odoo} PGPASSWORD=${PASSWORD:-}
fi
database=${PGDATABASE:-paydox}
export PGDATABASE=$database

answer=$(psql -qAtX -d postgres -c "SELECT 1 FROM pg_database WHERE datname = '$database'")
action=-i
if [[ $answer == 1 ]] && [[ $(psql -qAtX -c "SELECT to_regclass('ir_module_module')") == ir_module_module ]]; then
    installed=$(psql -qAtX -c "SELECT string_agg(name, ',') FROM ir_module_module WHERE state = 'installed' AND author = 'PayDox'")
    if [[ -n $installed ]]; then
        odoo -u "$installed" --stop-after-init --no-http
        action=
    fi
fi
[[ -z $action ]] || odoo -i "$addons" --stop-after-init --no-http
odoo shell --no-http --log-level=warn <"$share/set_password.py"
echo "paydox: the database $database is ready."
