#!/usr/bin/env bash
# Removes a database and its files. Usage: dropdb.sh NAME
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

[[ -n ${1:-} ]] || die "Which database? Name it: make dropdb DB=name"
db_check_name "$1"
begin_session
db_exists "$1" || die "There is no database $1."
db_drop "$1"
say "Database $1 is removed."
