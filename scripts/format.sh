#!/usr/bin/env bash
# Formats Python and JavaScript and repairs what the linters can repair.
source "$(dirname "${BASH_SOURCE[0]}")/lib/session.sh"

"$SCRIPTS/setup/all.sh" --dev
cd "$ROOT" || exit
"$VENV/bin/python" -m ruff check --fix --quiet addons scripts tests bench || true
"$VENV/bin/python" -m ruff format addons scripts tests bench
mapfile -t files < <(find addons -path '*/static/*' -name '*.js' -not -path '*/lib/*')
[[ ${#files[@]} -eq 0 ]] ||
    "$NODE_HOME/node_modules/.bin/eslint" --no-eslintrc --no-ignore -c "$SCRIPTS/lint/eslintrc.json" \
        --resolve-plugins-relative-to "$NODE_HOME" --fix "${files[@]}"
