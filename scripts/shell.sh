#!/usr/bin/env bash
# Opens Odoo's shell on a database, or runs a script from standard input and ends with its status. Usage: shell.sh [NAME]
# As in any Odoo shell, what is to be kept needs env.cr.commit().
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

database=${1:-demo}
begin_session
db_exists "$database" || die "There is no database $database. Make one with: make db DB=$database"
odoo shell -c "$ODOO_CONF" -d "$database" --no-http --log-level=warn
