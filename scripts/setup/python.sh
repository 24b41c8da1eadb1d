#!/usr/bin/env bash
# Makes the virtual environment with the pinned packages. Usage: python.sh [--dev]
# Its folder is named after the pins and the interpreter: changed pins make a new one. Stamps are written last.
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$SCRIPTS/lib/odoo.sh"

install() {
    local stamp=$VENV/.$1
    shift
    [[ ! -f $stamp ]] || return 0
    "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off "$@" ||
        die "The Python packages could not be installed (log above). Check the network and the free disk space, then run the same command again."
    touch "$stamp"
}

if [[ ! -f $VENV/.runtime ]]; then
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV" || die "$PYTHON cannot make a virtual environment. Install its venv module: sudo apt-get install -y python3-venv"
fi
install runtime -r "$ROOT/requirements.txt"
[[ ${1:-} != --dev ]] || install dev -r "$ROOT/requirements.txt" -r "$SCRIPTS/requirements-dev.txt"
# Environments of former pins are of no use any more.
for former in "$PAYDOX_CACHE"/venv-*; do
    [[ $former == "$VENV" ]] || find "$former" -maxdepth 0 -mtime +7 -exec rm -rf {} +
done
