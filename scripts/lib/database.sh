# shellcheck shell=bash
# Databases and templates of the private cluster. Needs common.sh, odoo.sh, postgres.sh.
#
# A finished database carries a comment with the hashes of the addons it was made of; it is written last, in the cluster
# itself, so a half-made one has none and is made again.
#   paydox_base[_demo]      Odoo's own addons that ours depend on    -> seldom made
#   paydox_template[_demo]  a copy of it with our addons             -> made again when an addon changes
# The demo variants have the demo data of our addons, without that of Odoo's, and Russian and Romanian loaded.

# The first one is that of everybody who chooses no other.
LANGUAGES=en_US,ru_RU,ro_RO

sql() { "$PG_BIN/psql" -qAtX -v ON_ERROR_STOP=1 -d postgres "$@"; }
db_exists() { [[ $(sql -c "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]; }
db_mark() { sql -c "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"; }
db_set_mark() { sql -c "COMMENT ON DATABASE \"$1\" IS '$2'"; }
filestore() { printf '%s' "$PAYDOX_CACHE/data/filestore/$1"; }

# Names are used in SQL and as folders; templates are not for direct use.
db_check_name() {
    [[ $1 =~ ^[a-z][a-z0-9_]{0,50}$ ]] || die "\"$1\" cannot be the name of a database: use small letters, digits and _, a letter first."
    [[ $1 != postgres && $1 != paydox_base* && $1 != paydox_template* ]] || die "\"$1\" is used by the set-up itself. Choose another name."
}

db_drop() {
    sql -c "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" 2>/dev/null || die "Database $1 could not be removed: somebody is connected to it."
    rm -rf "$(filestore "$1")"
}

# db_copy SOURCE TARGET: the database and its files. Files of the store never change, so hard links will do.
db_copy() {
    sql -c "CREATE DATABASE \"$2\" TEMPLATE \"$1\" STRATEGY file_copy" ||
        die "Database $2 could not be made from $1. Free some disk space or wait until nobody uses $1, then try again."
    rm -rf "$(filestore "$2")"
    [[ ! -d $(filestore "$1") ]] || cp -al "$(filestore "$1")" "$(filestore "$2")"
}

db_rename() {
    sql -c "ALTER DATABASE \"$1\" RENAME TO \"$2\""
    [[ ! -d $(filestore "$1") ]] || mv "$(filestore "$1")" "$(filestore "$2")"
}

joined() { paste -sd "$1" -; }
base_mark() { { echo "$LANGUAGES, demo data of our addons only" && addons external && cat "$ODOO_PATH/odoo/release.py" "$PAYDOX_CACHE/odoo-19.0/.complete" 2>/dev/null; } | sha256sum | cut -c1-12; }
addons_mark() { addons hashes | joined ' '; }

# db_template [demo]: brings the wanted template up to date.
db_template() {
    with_lock "template${1:+_$1}" db_make_template "${1:-}"
}

# db_base [demo]: brings the database of Odoo's own addons up to date.
db_base() {
    with_lock "base${1:+_$1}" db_make_base "${1:-}"
}

db_make_base() {
    local options=(--stop-after-init --no-http)
    [[ -z ${1:-} ]] || options+=("--load-language=$LANGUAGES")
    db_build "paydox_base${1:+_$1}" "$(base_mark)" "" "base,$(addons external | joined ,)" "${options[@]}"
    # Odoo loads demo data of an addon only when all that it depends on has some: here it counts as having it.
    [[ -z ${1:-} ]] || db_mark_demo "paydox_base_$1" "state = 'installed'"
}

db_make_template() {
    [[ -n $(addons list) ]] || die "There is no addon in $ROOT/addons."
    db_base "$1"
    db_build "paydox_template${1:+_$1}" "$(base_mark) $(addons_mark)" "paydox_base${1:+_$1}" "$(addons list | joined ,)" \
        --stop-after-init --no-http ${1:+--with-demo}
    [[ -z $1 ]] || db_mark_demo "paydox_template_$1" "name LIKE 'paydox%'"
}

# db_mark_demo DATABASE CONDITION: exactly the addons that meet CONDITION count as having demo data.
db_mark_demo() {
    "$PG_BIN/psql" -qAtX -v ON_ERROR_STOP=1 -d "$1" -c "UPDATE ir_module_module SET demo = ($2) WHERE demo IS DISTINCT FROM ($2)"
}

# db_build NAME MARK SOURCE ADDONS OPTION…: makes NAME from SOURCE (or from nothing) with ADDONS, unless MARK says it is current.
db_build() {
    local name=$1 mark=$2 source=$3 install=$4
    shift 4
    [[ $(db_mark "$name") != "$mark" ]] || return 0
    db_drop "$name"
    db_drop "${name}_building"
    [[ -z $source ]] || db_copy "$source" "${name}_building"
    step "Database $name" "$name" "$SCRIPTS/setup/install.sh" "${name}_building" "$install" "$@"
    db_set_mark "${name}_building" "$mark"
    db_rename "${name}_building" "$name"
}

# db_make NAME [demo]: a fresh database with all addons.
db_make() {
    ! db_exists "$1" || die "Database $1 exists already. Remove it with: make dropdb DB=$1"
    db_template "${2:-}"
    db_drop "${1}_building"
    db_copy "paydox_template${2:+_$2}" "${1}_building"
    db_set_mark "${1}_building" "$(addons_mark)"
    db_rename "${1}_building" "$1"
}
