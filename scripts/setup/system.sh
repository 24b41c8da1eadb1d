#!/usr/bin/env bash
# Installs the missing system packages when root; otherwise prints the one command and stops.
# Usage: system.sh [--missing] [--dev]   (--dev: also what the tests need; --missing: only names what is not there)
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

# "command:package" where a command of any origin will do, a bare package where only its files matter.
NEEDED=(
    initdb:postgresql flock:util-linux wkhtmltopdf:wkhtmltopdf
    python3-venv libmagic1 ca-certificates
    fonts-dejavu-core fonts-font-awesome fonts-glyphicons-halflings fonts-inconsolata fonts-ocr-b fonts-roboto-unhinted
    libjs-jquery libjs-jquery-form libjs-underscore
)
NEEDED_BY_TESTS=(chromium:chromium pdftotext:poppler-utils shellcheck:shellcheck npm:npm git:git)
# Not in every release; Odoo works without it except for PDF reports.
OPTIONAL=wkhtmltopdf

has_command() {
    command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

has_package() {
    # libmagic1 is libmagic1t64 on newer releases.
    [[ $(dpkg-query -W -f '${Status}\n' "$1" "$1t64" 2>/dev/null) == *"install ok installed"* ]]
}

missing_packages() {
    local entry
    for entry in "$@"; do
        if [[ $entry == *:* ]]; then
            has_command "${entry%%:*}" || echo "${entry#*:}"
        else
            has_package "$entry" || echo "$entry"
        fi
    done
}

only_name=''
if [[ ${1:-} == --missing ]]; then
    only_name=1
    shift
fi
[[ ${1:-} != --dev ]] || NEEDED+=("${NEEDED_BY_TESTS[@]}")
command -v dpkg-query >/dev/null ||
    die "This set-up knows Debian and Ubuntu. On another system install by hand what scripts/setup/system.sh lists, or use docker-compose.yml."
mapfile -t missing < <(missing_packages "${NEEDED[@]}")
# Newer releases have no wkhtmltopdf any more: its absence alone is no reason to ask for anything.
[[ "${missing[*]}" != "$OPTIONAL" ]] || missing=()
if [[ -n $only_name || ${#missing[@]} -eq 0 ]]; then
    echo "${missing[*]}"
    exit 0
fi

if ! is_root; then
    die "System packages are missing. Run this once, then the same command again:  sudo apt-get install -y ${missing[*]}"
fi

export DEBIAN_FRONTEND=noninteractive
# Error-Mode: without it apt-get says "success" when the network is down.
apt-get -o APT::Update::Error-Mode=any update ||
    die "apt-get cannot reach its package source. Check the network (or the proxy) and run the same command again."
available=()
for package in "${missing[@]}"; do
    if [[ $package == "$OPTIONAL" ]] && ! apt-cache show "$package" >/dev/null 2>&1; then
        say "$package is not in this release: PDF reports will not be available."
    else
        available+=("$package")
    fi
done
[[ ${#available[@]} -eq 0 ]] || apt-get install -y --no-install-recommends "${available[@]}" ||
    die "apt-get could not install ${available[*]}. See the lines above, correct the cause and run the same command again."
