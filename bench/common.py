"""What the benchmarks of documents share: arguments, the connection, the report."""

import argparse
import json
import logging
import os
import platform
from contextlib import contextmanager
from pathlib import Path

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL


def parse_arguments(description, runs=7, **numbers):
    """The options that every benchmark has, and the given numbers with their defaults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--db", default=os.environ.get("DB"), help="scratch database with the addons; it is filled")
    parser.add_argument("--config", default=os.environ.get("ODOO_RC"), help="configuration of Odoo (default: $ODOO_RC)")
    parser.add_argument("--addons-path", help="instead of that of the configuration")
    parser.add_argument("--runs", type=int, default=runs, help="measured runs of each way, at least 5")
    parser.add_argument("--json", help="file to write the numbers to")
    parser.add_argument("--strict", action="store_true", help="end with an error when a target is missed")
    for name, default in numbers.items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=default)
    options = parser.parse_args()
    if not options.db or not options.config:
        parser.error("name the database (--db or DB) and the configuration (--config or ODOO_RC)")
    if options.runs < 5:
        parser.error("at least 5 runs, or the median says nothing")
    return options


@contextmanager
def open_database(options):
    """An environment of the superuser on the database."""
    arguments = ["-c", options.config, "-d", options.db, "--no-http", "--log-level=warn"]
    if options.addons_path:
        arguments.append(f"--addons-path={options.addons_path}")
    odoo.tools.config.parse_config(arguments)
    logging.getLogger("odoo").setLevel(logging.ERROR)
    with Registry(options.db).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def ratio_line(label, pair, ratio, target):
    """A line of the table: seconds and queries of both ways, and how they compare."""
    (ours, our_queries), (theirs, their_queries) = pair
    return (
        f"{label:<26}{ours * 1000:>9.2f} ms{our_queries:>9.1f}{theirs * 1000:>9.2f} ms{their_queries:>9.1f}"
        f"{ratio:>8.2f}{target:>8.2f}"
    )


def write_report(options, report):
    if options.json:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        Path(options.json).write_text(json.dumps({"runs": options.runs, "machine": machine} | report, indent=2) + "\n")


def copy_rows(cr, table, row_id, count, **columns):
    """Insert ``count`` copies of a row, so that the data fit the table whatever columns it has.

    :param columns: SQL of the columns that differ; ``n`` counts from 0. Columns that the table has not are left out
    :return: the id of the first copy; the others follow it without gap
    """
    cr.execute(
        SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'", table
        )
    )
    names = [name for [name] in cr.fetchall()]
    cr.execute(SQL("SELECT nextval(%s)", f"{table}_id_seq"))
    [first] = cr.fetchone()
    columns["id"] = f"{first} + n"
    values = [
        SQL(columns[name].replace("%", "%%")) if name in columns else SQL("pattern.%s", SQL.identifier(name))
        for name in names
    ]
    # Checks of foreign keys that were planned while the table was small would read it from end to end for each row.
    cr.execute("DISCARD PLANS")
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s pattern, generate_series(0, %s) n WHERE pattern.id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values),
            SQL.identifier(table),
            count - 1,
            row_id,
        )
    )
    cr.execute(SQL("SELECT setval(%s, %s)", f"{table}_id_seq", first + count))
    return first


def vacuum(cr, *tables):
    """What autovacuum does after such a load, so that no run meets it halfway."""
    connection = cr._cnx
    connection.autocommit = True
    for table in tables:
        cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    connection.autocommit = False
