#!/usr/bin/env bash
# Installs the JavaScript linters, pinned by their lock file, into the cache. The stamp is written last.
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$SCRIPTS/lib/odoo.sh"

[[ ! -f $NODE_HOME/.complete ]] || exit 0
rm -rf "$PAYDOX_CACHE"/node-*
mkdir -p "$NODE_HOME"
cp "$SCRIPTS"/lint/{package.json,package-lock.json,.npmrc} "$NODE_HOME/"
(cd "$NODE_HOME" && npm ci --no-audit --no-fund) ||
    die "The JavaScript linters could not be installed (log above). Check the network and run the same command again."
touch "$NODE_HOME/.complete"
