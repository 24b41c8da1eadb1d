"""Removal of all addons from a database with demo data: Odoo goes on working and nothing of ours is left behind."""

import os
import subprocess
import time
import urllib.request

from common import (
    PYTHON,
    RESULTS,
    Result,
    addon_names,
    bad_log_lines,
    databases,
    free_port,
    fresh_copy,
    odoo_script,
    sql,
)

DATABASE = "paydox_test_uninstall"


def login_page():
    """Start the server on the database and return the status of its login page."""
    port = free_port()
    command = [*PYTHON, "-m", "odoo", "-c", os.environ["ODOO_CONF"], "-d", DATABASE, f"--http-port={port}"]
    with (RESULTS / "uninstall-server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen([*command, f"--db-filter=^{DATABASE}$"], stdout=log, stderr=subprocess.STDOUT)
        try:
            for _attempt in range(60):
                time.sleep(0.5)
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=60) as answer:
                        return answer.status
                except OSError:
                    if server.poll() is not None:
                        break
            return None
        finally:
            server.terminate()
            server.wait(30)


def leftovers():
    """Tables, columns of ours and registry rows that should be gone."""
    names = ", ".join(f"'{name}'" for name in addon_names())
    yield "tables", sql(DATABASE, "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'paydox%'")
    yield (
        "columns",
        sql(
            DATABASE,
            "SELECT table_name || '.' || column_name FROM information_schema.columns "
            "WHERE column_name LIKE 'paydox%' OR (table_name = 'crm_lead' AND column_name LIKE 'deal_%')",
        ),
    )
    yield "external ids", sql(DATABASE, f"SELECT module, name FROM ir_model_data WHERE module IN ({names}) LIMIT 20")
    yield "models", sql(DATABASE, "SELECT model FROM ir_model WHERE model LIKE 'paydox%'")
    yield (
        "jobs",
        sql(
            DATABASE,
            "SELECT id FROM ir_cron WHERE ir_actions_server_id IN "
            "(SELECT id FROM ir_act_server WHERE code LIKE '%paydox%')",
        ),
    )


def run():
    result = Result("uninstall")
    fresh_copy(DATABASE, "paydox_template_demo")
    try:
        for name, script in (("all addons uninstalled", "remove_addons.py"), ("CRM is usable", "use_crm.py")):
            status, output = odoo_script(DATABASE, script, f"uninstall-{script[:-3]}.log")
            bad = bad_log_lines(output)
            result.add(name, status == 0 and not bad, "\n".join(bad) or output[-3000:])
        for name, rows in leftovers():
            result.add(f"no {name} left", not rows, rows)
        result.add("login page", login_page() == 200, "see test-results/uninstall-server.log")
    finally:
        databases("db_drop", DATABASE)
    return result
