"""Update (-u) of all addons on databases with demo data: of this very state and of every release in use.

Nothing may be warned about; data is the same before and after, and what a release chained still verifies.
"""

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from common import (
    NO_SERVER,
    ROOT,
    WORKERS,
    Result,
    add_odoo_run,
    addon_names,
    databases,
    fresh_copy,
    odoo,
    odoo_script,
    sql,
)

DATABASE = "paydox_test_upgrade"
# One for each release: as many are updated side by side as there are workers.
RELEASED = "paydox_test_released_{}"
# Rows of history: not a single value of the columns that the release knew may change.
LEDGERS = (
    "paydox_approval_decision",
    "paydox_document_number",
    "paydox_document_version",
    "paydox_partner_requisites",
    "paydox_deal_status_event",
    "paydox_rule_run",
)
# Tables of Odoo that our stories fill.
SHARED_TABLES = ("crm_lead", "res_partner", "res_users", "ir_attachment", "mail_message")
# Written by any update, or by time.
UNSTABLE_COLUMNS = {"write_date", "write_uid"}


def tables():
    ours = sql(
        DATABASE,
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_type = 'BASE TABLE' AND table_name LIKE 'paydox%' ORDER BY 1",
    )
    return [row[0] for row in ours] + list(SHARED_TABLES)


def columns(table, database=DATABASE):
    rows = sql(database, f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY 1")
    return [row[0] for row in rows if row[0] not in UNSTABLE_COLUMNS]


def fingerprint(table, database=DATABASE, names=None):
    """Number of rows and a hash of the values of the columns."""
    values = ", ".join(f'"{name}"' for name in names or fingerprint_columns(table, database))
    # Assets of the web client are attachments too, and are made anew when their sources change.
    where = "WHERE res_model IS DISTINCT FROM 'ir.ui.view'" if table == "ir_attachment" else ""
    query = (
        f"SELECT count(*), md5(coalesce(string_agg(line, '|' ORDER BY line), '')) "
        f"FROM (SELECT ROW({values})::text AS line FROM {table} {where}) AS lines"
    )
    return tuple(sql(database, query)[0])


def fingerprint_columns(table, database):
    """All columns of our own tables, the ids of Odoo's."""
    return columns(table, database) if table.startswith("paydox") else ["id"]


def update_current(result):
    """The addons of this state over themselves: nothing at all may change."""
    fresh_copy(DATABASE, "paydox_template_demo")
    try:
        before = {table: fingerprint(table) for table in tables()}
        status, output = odoo(DATABASE, "-u", ",".join(addon_names()), *NO_SERVER, log="upgrade.log")
        add_odoo_run(result, "update of all addons", status, output)
        for table, expected in before.items():
            after = fingerprint(table)
            result.add(f"{table}: {expected[0]} rows kept", after == expected, f"before {expected}, after {after}")
    finally:
        databases("db_drop", DATABASE)


def releases():
    """(version, commit) of what may be in use, the oldest first."""
    lines = (Path(__file__).parent / "releases.txt").read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def install_release(result, database, version, commit, folder):
    """Our addons as they were at the commit, with their demo data."""
    archive = subprocess.run(["git", "-C", ROOT, "archive", commit, "addons"], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    databases("db_drop", database)
    databases("db_copy", "paydox_base_demo", database)
    path = os.environ["ADDONS_PATH"].replace(str(ROOT / "addons"), f"{folder}/addons")
    names = [file.parent.name for file in Path(folder).glob("addons/*/__manifest__.py")]
    options = [f"--addons-path={path}", "--with-demo", *NO_SERVER]
    status, output = odoo(database, "-i", ",".join(names), *options, log=f"released-{version}.log")
    add_odoo_run(result, f"{version} is installed", status, output)
    return names


def update_release(result, version, commit):
    """A release updated to this state: new models come, history stays."""
    database = RELEASED.format(version.replace(".", "_"))
    with tempfile.TemporaryDirectory() as folder:
        names = install_release(result, database, version, commit, folder)
    try:
        known = {table: columns(table, database) for table in LEDGERS}
        before = {table: fingerprint(table, database, known[table]) for table in LEDGERS}
        status, output = odoo(database, "-u", ",".join(names), *NO_SERVER, log=f"upgrade-{version}.log")
        add_odoo_run(result, f"update from {version}", status, output)
        for table, expected in before.items():
            after = fingerprint(table, database, known[table])
            result.add(f"{version}, {table}: {expected[0]} rows kept", after == expected, f"{expected} -> {after}")
        status, output = odoo_script(database, "use_upgraded.py", f"upgrade-use-{version}.log")
        result.add(f"{version}: the registry works on, its chains verify", status == 0, output[-3000:])
    finally:
        databases("db_drop", database)


def run():
    result = Result("upgrade")
    update_current(result)
    databases("db_base", "demo")
    with ThreadPoolExecutor(WORKERS) as pool:
        # an error of one is an error of the suite
        list(pool.map(lambda release: update_release(result, *release), releases()))
    return result
