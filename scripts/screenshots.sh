#!/usr/bin/env bash
# Takes the pictures of the documentation from a running demo ("make run"). Usage: screenshots.sh PORT
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

address=http://127.0.0.1:${1:-8069}
"$SCRIPTS/setup/all.sh" --dev
"$PYTHON" "$SCRIPTS/lib/answers.py" "$address/web/login" 2>/dev/null || die "No demo answers on $address. Start it in another terminal: make run"
"$VENV/bin/python" "$SCRIPTS/screenshots.py" "$address"
