# shellcheck shell=bash disable=SC2034
# Where Odoo and Python are, and how Odoo is started. Needs common.sh.

PYTHON=${PYTHON:-/usr/bin/python3}
[[ -x $PYTHON ]] || PYTHON=$(command -v python3 || true)
PIN_HASH=$({ cat "$ROOT/requirements.txt" "$SCRIPTS/requirements-dev.txt" && "${PYTHON:-true}" --version; } | sha256sum | cut -c1-12)
VENV=$PAYDOX_CACHE/venv-$PIN_HASH
NODE_HOME=$PAYDOX_CACHE/node-$(sha256sum "$SCRIPTS/lint/package-lock.json" | cut -c1-12)

# find_odoo: sets ODOO_PATH (what Python imports) from ODOO_HOME or the cache, in any of the usual layouts.
find_odoo() {
    local home=${ODOO_HOME:-$PAYDOX_CACHE/odoo-19.0} candidate
    for candidate in "$home" "$home/usr/lib/python3/dist-packages"; do
        if [[ -f $candidate/odoo/release.py ]]; then
            ODOO_PATH=$candidate
            break
        fi
    done
    [[ -n ${ODOO_PATH:-} ]] || die "There is no Odoo in $home. Point ODOO_HOME at the folder that holds the package \"odoo\", or unset it."
    grep -q 'version_info = (19, 0' "$ODOO_PATH/odoo/release.py" || die "ODOO_HOME=$home is not Odoo 19.0."
    ADDONS_PATH=$ROOT/addons
    # A source tree keeps most addons beside the package; Debian's puts all of them inside.
    if [[ ! -d $ODOO_PATH/odoo/addons/web ]]; then
        ADDONS_PATH=$ODOO_PATH/addons,$ADDONS_PATH
    fi
    export PYTHONPATH=$ODOO_PATH ODOO_PATH
}

# write_conf: the configuration of all development commands. Written anew each time and renamed, two commands may start at once.
write_conf() {
    ODOO_CONF=$PAYDOX_CACHE/odoo.conf
    cat >"$ODOO_CONF.$$" <<CONF
[options]
addons_path = $ADDONS_PATH
data_dir = $PAYDOX_CACHE/data
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
http_interface = 127.0.0.1
list_db = False
max_cron_threads = 0
workers = 0
CONF
    mv "$ODOO_CONF.$$" "$ODOO_CONF"
    export ODOO_CONF
}

odoo() { "$VENV/bin/python" -m odoo "$@"; }

# addons COMMAND…: questions about our addons, answered from their manifests.
addons() { "$PYTHON" "$SCRIPTS/lib/addons.py" "$@"; }
