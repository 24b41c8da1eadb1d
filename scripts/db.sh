#!/usr/bin/env bash
# Makes a fresh database with all addons. Usage: db.sh NAME [demo]
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

[[ -n ${1:-} ]] || die "Which database? Name it: make db DB=name [DEMO=1]"
db_check_name "$1"
begin_session
db_make "$1" "${2:+demo}"
say "Database $1 is ready after $SECONDS s. Try: make shell DB=$1"
