#!/usr/bin/env bash
# Puts Odoo 19 into the cache: Debian's package where apt can have it, else a clone of the public repository.
# Everything is made under a temporary name and renamed at the end, so an interrupted run leaves nothing to trust.
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

TARGET=$PAYDOX_CACHE/odoo-19.0
[[ ! -f $TARGET/.complete ]] || exit 0
WORK=$PAYDOX_CACHE/tmp/odoo.$$
PUBLIC_REPOSITORY=https://github.com/odoo/odoo.git
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The machine's own mirror: no host is named here.
debian_mirror() {
    local codename
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 2>/dev/null |
        awk -v codename="$codename" '$2 == codename && $3 == "main" { print $1; exit }'
}

# odoo-19 is in unstable only. Private lists and cache: the machine's apt stays as it is and root is not needed.
fetch_package() {
    local mirror
    command -v apt-get >/dev/null && [[ -f $KEYRING ]] || return 1
    mirror=$(debian_mirror)
    [[ -n $mirror ]] || return 1
    mkdir -p "$WORK/lists/partial" "$WORK/cache/archives/partial" "$WORK/download"
    echo "deb [signed-by=$KEYRING] $mirror unstable main" >"$WORK/sources.list"
    local options=(
        -o "Dir::Etc::sourcelist=$WORK/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$WORK/lists" -o "Dir::Cache=$WORK/cache" -o Debug::NoLocking=1
        -o APT::Sandbox::User= -o APT::Update::Error-Mode=any -o Acquire::Languages=none
        -o "APT::Architectures::=$(dpkg --print-architecture)"
    )
    # apt checks the signature of the lists and, by them, the hash of the package.
    apt-get "${options[@]}" update && (cd "$WORK/download" && apt-get "${options[@]}" download odoo-19)
}

unpack_package() {
    dpkg -x "$WORK"/download/odoo-19_*.deb "$WORK/tree" ||
        die "Odoo's package cannot be unpacked into $PAYDOX_CACHE. Free some disk space there and run the same command again."
    # Debian's package links fonts and jQuery to other packages, relative to the same tree.
    ln -sfn /usr/share/{fonts,fonts-font-awesome,javascript} "$WORK/tree/usr/share/"
    add_missing_asset "$WORK/tree/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation"
}

# Debian leaves this file out for licence reasons; without it the whole backend bundle logs an error and no tour passes.
# Only the blurred background of video calls needs what is in it.
add_missing_asset() {
    local file=selfie_segmentation.js package=@mediapipe/selfie_segmentation@0.1.1675465747
    [[ ! -f $1/$file ]] || return 0
    mkdir -p "$1"
    if command -v npm >/dev/null && (cd "$WORK" && npm pack --silent "$package" && tar -xzf mediapipe-*.tgz "package/$file"); then
        mv "$WORK/package/$file" "$1/$file"
    else
        echo "/* $package is not here: video calls cannot blur the background. */" >"$1/$file"
    fi
}

clone_repository() {
    command -v git >/dev/null || return 1
    GIT_TERMINAL_PROMPT=0 git clone --depth 1 --branch 19.0 "$PUBLIC_REPOSITORY" "$WORK/tree"
}

rm -rf "$PAYDOX_CACHE"/tmp/odoo.*
mkdir -p "$WORK"
on_exit 'rm -rf "$WORK"'
if fetch_package; then
    unpack_package
else
    say "Debian's package of Odoo 19 cannot be had here; trying the public repository."
    rm -rf "$WORK/tree"
    clone_repository ||
        die "Odoo 19 cannot be fetched: neither Debian's package nor the public repository answered. Check the network and run the same command again, or point ODOO_HOME at an Odoo 19 tree you have."
fi
touch "$WORK/tree/.complete"
rm -rf "$TARGET"
mv "$WORK/tree" "$TARGET"
