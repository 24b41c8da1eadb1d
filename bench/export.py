"""Benchmark of the Excel file: as many rows as a sheet holds, and the most memory that the process takes meanwhile."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from odoo import api

from bench.common import open_database, parse_arguments, vacuum, write_report
from bench.generate import TABLES, find_people, generate

LIMIT = 256 * 1024  # KiB
# Set in the process that measures: what filling the database took is not counted.
CHILD = "PAYDOX_BENCH_CHILD"


def main():
    options = parse_arguments("Write the funnel with its deals as an Excel file.", runs=5, deals=1_000_000)
    with open_database(options) as env:
        if os.environ.get(CHILD):
            measure(env, options)
            return
        if not env["crm.lead"].with_context(active_test=False).search_count([], limit=1):
            generate(env, options.deals, options.deals * 2)
            env.cr.commit()
            vacuum(env.cr, *TABLES)
    child = subprocess.run([sys.executable, *sys.argv], env={**os.environ, CHILD: "1"}, check=False)
    sys.exit(child.returncode)


def measure(env, options):
    people = find_people(env)
    context = {"allowed_company_ids": [people["company"]], "tz": "UTC", "lang": "en_US"}
    manager = api.Environment(env.cr, people["manager"], context)
    before, start = get_most_memory(), time.perf_counter()
    with tempfile.TemporaryFile() as file:
        manager["paydox.funnel"]._write_xlsx(file, [], None, None, "cohort", None)
        seconds, size = time.perf_counter() - start, file.tell()
    most = get_most_memory()
    rows = manager["crm.lead"].with_context(active_test=False).search_count([])
    print(
        f"{rows:,} deals in {seconds:,.0f} s, file {size / 2**20:,.1f} MiB; the process had {before / 1024:,.0f} MiB before "
        f"and {most / 1024:,.0f} MiB at most, of {LIMIT / 1024:.0f} MiB."
    )
    write_report(options, {"deals": rows, "seconds": seconds, "bytes": size, "most_memory_kib": most})
    if options.strict and most > LIMIT:
        sys.exit("The file takes too much memory.")


def get_most_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
