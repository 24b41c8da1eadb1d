"""Update (-u) of all addons on a database with demo data: no warning, and the data is the same before and after."""

from common import NO_SERVER, Result, add_odoo_run, addon_names, databases, fresh_copy, odoo, sql

DATABASE = "paydox_test_upgrade"
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


def columns(table):
    rows = sql(DATABASE, f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY 1")
    return [row[0] for row in rows if row[0] not in UNSTABLE_COLUMNS]


def fingerprint(table):
    """Number of rows and a hash: of all values in our own tables, of the ids in Odoo's."""
    names = columns(table) if table.startswith("paydox") else ["id"]
    values = ", ".join(f'"{name}"' for name in names)
    # Assets of the web client are attachments too, and are made anew when their sources change.
    where = "WHERE res_model IS DISTINCT FROM 'ir.ui.view'" if table == "ir_attachment" else ""
    query = (
        f"SELECT count(*), md5(coalesce(string_agg(line, '|' ORDER BY line), '')) "
        f"FROM (SELECT ROW({values})::text AS line FROM {table} {where}) AS lines"
    )
    return tuple(sql(DATABASE, query)[0])


def run():
    result = Result("upgrade")
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
    return result
