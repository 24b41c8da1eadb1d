#!/usr/bin/env bash
# Opens psql on a database. Usage: psql.sh [DATABASE]
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

database=${1:-demo}
begin_session
db_exists "$database" || die "There is no database $database. Make one with: make db DB=$database"
"$PG_BIN/psql" -d "$database"
