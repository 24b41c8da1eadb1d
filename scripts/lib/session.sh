# shellcheck shell=bash
# What a command needs before it can talk to Odoo and the database.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$SCRIPTS/lib/odoo.sh"
source "$SCRIPTS/lib/postgres.sh"
source "$SCRIPTS/lib/database.sh"

# begin_session [--dev]: the set-up is complete, the cluster runs until this script ends, the configuration is written.
begin_session() {
    "$SCRIPTS/setup/all.sh" "$@"
    find_odoo
    pg_use
    write_conf
}
