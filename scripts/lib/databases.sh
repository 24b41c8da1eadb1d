#!/usr/bin/env bash
# Gives the Python part of the tests the functions of database.sh. Usage: databases.sh FUNCTION ARGUMENT…
# The cluster must be up already.
source "$(dirname "${BASH_SOURCE[0]}")/session.sh"

find_odoo
pg_prepare
"$@"
