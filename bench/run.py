"""Benchmark of the funnel. Usage: see README.md, or ``python bench/run.py --help``."""

import argparse
import json
import logging
import os
import platform
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from bench.funnel import FunnelBench
from bench.generate import TABLES, check, find_people, generate

WAYS = ("paydox", "sql", "pivot")


def main():
    options = parse_arguments()
    odoo.tools.config.parse_config(["-c", options.config, "-d", options.db, "--no-http", "--log-level=warn"])
    logging.getLogger("odoo").setLevel(logging.ERROR)
    with Registry(options.db).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        ids, seconds = reuse(env, options) if options.reuse else fill(env, options)
        print(f"Median of {options.runs} runs. Every number of get_funnel equals that of the SQL.")
        print_line("", "get_funnel", "SQL", "pivot", "vs SQL", "vs pivot", "equal")
        results = [measure(name, bench, options.runs) for name, bench in make_scenarios(env, ids, options.only).items()]
    report = {
        "deals": options.deals,
        "events": options.events,
        "runs": options.runs,
        "generation_seconds": seconds and round(seconds, 1),
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
        "scenarios": results,
    }
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n")


def parse_arguments():
    parser = argparse.ArgumentParser(description="Measure get_funnel against hand-written SQL and Odoo's pivot.")
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each way, at least 5")
    parser.add_argument(
        "--db", default=os.environ.get("DB"), help="database with the addons, without deals; it is filled"
    )
    parser.add_argument("--config", default=os.environ.get("ODOO_RC"), help="configuration of Odoo (default: $ODOO_RC)")
    parser.add_argument("--reuse", action="store_true", help="the database was filled by a former run: measure only")
    parser.add_argument("--json", help="file to write the numbers to")
    parser.add_argument(
        "--only", default="", help="part of the names of the scenarios to measure, for example: salesperson"
    )
    options = parser.parse_args()
    if not options.db or not options.config:
        parser.error("name the database (--db or DB) and the configuration (--config or ODOO_RC)")
    if options.runs < 5:
        parser.error("at least 5 runs, or the median says nothing")
    if not 1 <= options.deals <= options.events:
        parser.error("there must be at least one deal and at least as many events as deals")
    return options


def fill(env, options):
    """Make the deals. :return: ``(ids of the reference, seconds)``"""
    env.cr.execute("SELECT EXISTS (SELECT 1 FROM crm_lead)")
    if env.cr.fetchone()[0]:
        sys.exit(f"Database {options.db} has deals already. Use a fresh one: the benchmark fills it with its own.")
    start = time.perf_counter()
    ids = generate(env, options.deals, options.events)
    env.cr.commit()
    vacuum(env.cr)
    seconds = time.perf_counter() - start
    print(f"{options.deals:,} deals with {options.events:,} events made in {seconds:.0f} s.", flush=True)
    if problems := check(env.cr):
        sys.exit("The data are inconsistent: " + "; ".join(problems))
    env.cr.rollback()
    return ids, seconds


def reuse(env, options):
    """The database is filled. :return: ``(ids of the reference, None)``"""
    leads = env["crm.lead"].with_context(active_test=False)
    found = leads.search_count([]), env["paydox.deal.status.event"].search_count([])
    if found != (options.deals, options.events):
        sys.exit(
            f"Database {options.db} has {found[0]:,} deals and {found[1]:,} events. Name these numbers to measure it."
        )
    return find_people(env), None


def vacuum(cr):
    """What autovacuum does after such a load, so that no run meets it halfway."""
    connection = cr._cnx
    connection.autocommit = True
    for table in TABLES:
        cr.execute(f"VACUUM ANALYZE {table}")
    connection.autocommit = False


def make_scenarios(env, ids, only=""):
    """``{name: bench}``; the cuts are those of FUN-04."""
    manager, salesman, company = ids["manager"], ids["salesman"], ids["company"]
    scenarios = {
        "manager, all deals": FunnelBench(env, manager, company),
        "manager, by deal type": FunnelBench(env, manager, company, "deal_type_id"),
        "manager, by responsible": FunnelBench(env, manager, company, "user_id"),
        "salesperson, own deals": FunnelBench(env, salesman, company, own_deals_only=True),
        "salesperson, by deal type": FunnelBench(env, salesman, company, "deal_type_id", own_deals_only=True),
    }
    for field in ("partner_id", "department_id", "team_id"):
        scenarios[f"manager, by {field}"] = FunnelBench(env, manager, company, field)
    for field, value in ids["cuts"].items():
        scenarios[f"manager, one {field}"] = FunnelBench(env, manager, company, only={field: value})
        by = "user_id" if field != "user_id" else "deal_type_id"
        scenarios[f"manager, one {field}, by {by}"] = FunnelBench(env, manager, company, by, only={field: value})
    both = {field: ids["cuts"][field] for field in ("deal_type_id", "department_id")}
    scenarios["manager, type and department"] = FunnelBench(env, manager, company, only=both)
    for days in (30, 90, 180):
        ago = timedelta(days=days)
        scenarios[f"manager, ended {days} days ago"] = FunnelBench(env, manager, company, ago=ago)
    ago = timedelta(days=90)
    scenarios["manager, past, by deal type"] = FunnelBench(env, manager, company, "deal_type_id", ago=ago)
    for field in ("deal_type_id", "department_id"):
        cut = {field: ids["cuts"][field]}
        scenarios[f"manager, past, one {field}"] = FunnelBench(env, manager, company, only=cut, ago=ago)
    scenarios["salesperson, past"] = FunnelBench(env, salesman, company, own_deals_only=True, ago=ago)
    cut = {"deal_type_id": ids["cuts"]["deal_type_id"]}
    scenarios["salesperson, one type"] = FunnelBench(env, salesman, company, own_deals_only=True, only=cut)
    without = ids["cuts"]["deal_type_id"]
    scenarios["manager, a type left out"] = FunnelBench(env, manager, company, without=without)
    scenarios["manager, left out, by deal type"] = FunnelBench(env, manager, company, "deal_type_id", without=without)
    return {name: bench for name, bench in scenarios.items() if only in name}


def measure(name, bench, runs):
    with bench.prepared():
        return measure_prepared(name, bench, runs)


def measure_prepared(name, bench, runs):
    """Check that the numbers are equal, then time each way, in an order that alternates from run to run."""
    compared = bench.assert_equal()  # warms up each way as well
    times = {way: [] for way in WAYS}
    for run in range(runs):
        for way in WAYS if run % 2 else reversed(WAYS):
            bench.env.cr.rollback()
            bench.env.invalidate_all()
            start = time.perf_counter()
            getattr(bench, f"run_{way}")()
            times[way].append(time.perf_counter() - start)
    medians = {way: statistics.median(values) for way, values in times.items()}
    ratios = medians["paydox"] / medians["sql"], medians["paydox"] / medians["pivot"]
    print_line(
        name, *(f"{medians[way] * 1000:,.0f} ms" for way in WAYS), *(f"{ratio:.2f}" for ratio in ratios), compared
    )
    return {
        "name": name,
        "numbers_compared": compared,
        "median_seconds": medians,
        "all_seconds": times,
        "ratio_to_sql": ratios[0],
        "ratio_to_pivot": ratios[1],
    }


def print_line(*cells):
    print("{:<28}{:>12}{:>12}{:>12}{:>10}{:>12}{:>10}".format(*cells), flush=True)


if __name__ == "__main__":
    main()
