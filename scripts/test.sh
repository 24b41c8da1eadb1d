#!/usr/bin/env bash
# Runs the suites of scripts/suites. Chosen by SUITE=name[,name], or one file by FILE=path [K=expression].
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

begin_session --dev
export VENV NODE_HOME ADDONS_PATH
# A browser started by a test, an Odoo that hangs: the group ends with this script.
set -m
"$VENV/bin/python" "$SCRIPTS/suites" </dev/null &
suites=$!
set +m
on_exit 'kill -TERM -- "-$suites" 2>/dev/null'
status=0
wait "$suites" || status=$?
exit "$status"
