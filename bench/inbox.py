"""Inbox of one person with 10,000 open lines among 1,000,000: list and counter, beside a plain search_read of 80 rows.

Usage: see README.md, or ``python bench/inbox.py --help``.
"""

import statistics
import sys
import time
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from odoo.tools import SQL

from bench.common import copy_rows, open_database, parse_arguments, vacuum, write_report
from bench.generate import without_indexes

TABLES = ("paydox_document", "paydox_approval", "paydox_approval_step", "paydox_approval_line")
LINES_OF_A_DOCUMENT = 10
LIMIT = 80
TARGET = 2.0


def main():
    options = parse_arguments("Measure the inbox.", lines=1_000_000, open_lines=10_000)
    with open_database(options) as env:
        person = fill(env, options)
        bench = InboxBench(env, person)
        results = bench.measure(options.runs)
        bench.check(options)
        show(results, options)
        for name, plan in bench.explain().items():
            print(f"\n{name}\n{plan}")
    ratios = {name: results[name]["median"] / results["plain"]["median"] for name in ("list", "counter")}
    write_report(options, {"lines": options.lines, "results": results, "ratios": ratios})
    missed = [name for name, ratio in ratios.items() if ratio > TARGET]
    sys.exit(f"Missed: {', '.join(missed)}" if missed and options.strict else 0)


class InboxBench:
    def __init__(self, env, person):
        self.env = env
        self.lines = env["paydox.approval.line"].with_user(person)
        self.action = env.ref("paydox_edms.paydox_approval_line_action_inbox")
        self.domain = [("can_decide", "=", True)]
        self.order, self.specification = self._read_view()

    def _read_view(self):
        """The order and the columns of the list that the action opens."""
        view = self.action.view_ids.filtered(lambda view: view.view_mode == "list").view_id
        arch = etree.fromstring(self.lines.get_view(view.id, "list")["arch"])
        specification = {}
        for node in arch.xpath("//field[not(@optional='hide')]"):
            field = self.lines._fields[node.get("name")]
            specification[field.name] = {"fields": {"display_name": {}}} if field.relational else {}
        return arch.get("default_order"), specification

    def run_list(self):
        return self.lines.web_search_read(self.domain, self.specification, limit=LIMIT, order=self.order)

    def run_counter(self):
        return self.lines.search_count(self.domain)

    def run_plain(self):
        """The columns of the table itself for the same person, in the order of its key."""
        names = [name for name, field in self.lines._fields.items() if field.store and field.column_type]
        return self.lines.search_read([("user_id", "=", self.lines.env.uid)], names, limit=LIMIT, order="id")

    def run_bare(self):
        """Only the columns that the list shows of the table, as superuser: the least that 80 rows can cost."""
        names = [name for name in self.specification if self.lines._fields[name].store]
        return self.lines.sudo().search_read([], names, limit=LIMIT, order="id")

    def measure(self, runs):
        samples = {"list": [], "counter": [], "plain": [], "bare": []}
        for run in range(runs + 1):
            for name in samples if run % 2 else reversed(samples):
                self.env.cr.rollback()
                self.env.invalidate_all()
                queries, start = self.env.cr.sql_log_count, time.perf_counter()
                getattr(self, f"run_{name}")()
                sample = (time.perf_counter() - start, self.env.cr.sql_log_count - queries)
                if run:  # the first one warms up
                    samples[name].append(sample)
        return {
            name: {"median": statistics.median(row[0] for row in rows), "all": rows, "queries": rows[-1][1]}
            for name, rows in samples.items()
        }

    def check(self, options):
        """What is measured is what was asked for."""
        page = self.run_list()
        assert len(page["records"]) == LIMIT, "a page is full"
        assert self.run_counter() == options.open_lines, "the counter counts the open lines"
        assert all(record["record_name"].startswith("Bench") for record in page["records"]), "the names are there"

    def explain(self):
        """How the database finds the page and the number."""
        plans = {}
        page = self.lines._search(self.domain, limit=LIMIT, order=self.order)
        for name, query in (("List", page.select()), ("Counter", self.lines._search(self.domain).select("COUNT(*)"))):
            self.env.cr.execute(_explained(query))
            plans[name] = "\n".join(row[0] for row in self.env.cr.fetchall())
        return plans


def _explained(query):
    return SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS) %s", query)


def fill(env, options):
    """One document is sent by the engine itself; its rows are the pattern of all others.

    :return: the person of the inbox
    """
    env.cr.execute("SELECT EXISTS (SELECT 1 FROM paydox_approval_line)")
    if env.cr.fetchone()[0]:
        sys.exit(f"Database {options.db} has lines already. Use a fresh one: the benchmark fills it with its own.")
    start = time.perf_counter()
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create([{"name": f"Person {index}", "login": f"bench_{index}"} for index in range(LINES_OF_A_DOCUMENT + 1)])
    )
    author, person, *others = users
    route = env["paydox.route"].create(
        {"name": "Bench", "step_ids": [(0, 0, {"name": "Step", "user_ids": [(6, 0, (person | users[2:]).ids)]})]}
    )
    route.action_publish()
    kind = env["paydox.document.kind"].create({"name": "Bench", "code": "BENCH", "route_id": route.id})
    document = env["paydox.document"].with_user(author).create({"name": "Bench", "kind_id": kind.id})
    document.action_submit()
    env.flush_all()
    with without_indexes(env.cr, TABLES):
        multiply(env, document.sudo(), person, others, options)
    env.cr.commit()
    vacuum(env.cr, *TABLES)
    print(f"{options.lines:,} lines made in {time.perf_counter() - start:.0f} s.", flush=True)
    return person


def multiply(env, document, person, others, options):
    """Copy the document and its run; in all but the first ``open_lines`` documents everybody has decided."""
    approval = document.approval_id
    step, line = approval.step_ids, approval.line_ids.filtered(lambda line: line.user_id == person)
    documents = options.lines // LINES_OF_A_DOCUMENT
    steps = {"count": documents - 1}
    first = copy_rows(env.cr, "paydox_document", document.id, name="'Bench ' || n", **steps)
    made = {"document_id": f"{first} + n", "res_id": f"{first} + n"}
    state = f"CASE WHEN n < {options.open_lines - 1} THEN 'running' ELSE 'approved' END"
    runs = copy_rows(env.cr, "paydox_approval", approval.id, state=state, **steps, **made)
    state = f"CASE WHEN n < {options.open_lines - 1} THEN 'running' ELSE 'agreed' END"
    pinned = copy_rows(
        env.cr,
        "paydox_approval_step",
        step.id,
        approval_id=f"{runs} + n",
        state=state,
        document_id=made["document_id"],
        **steps,
    )
    state = f"CASE WHEN n < {options.open_lines - 1} THEN 'pending' ELSE 'agreed' END"
    for user in [person, *others]:
        copy_rows(
            env.cr,
            "paydox_approval_line",
            line.id,
            approval_id=f"{runs} + n",
            step_id=f"{pinned} + n",
            user_id=str(user.id),
            state=state,
            activity_id="NULL",
            deadline="now() AT TIME ZONE 'UTC' + (n % 1000) * interval '1 hour'",
            **steps,
            **made,
        )
    env.invalidate_all()


def show(results, options):
    print(f"{options.open_lines:,} open lines among {options.lines:,}; median of {options.runs} runs.")
    print("{:<12}{:>12}{:>10}{:>10}{:>8}".format("", "time", "queries", "ratio", "target"))
    for name, result in results.items():
        ratio = result["median"] / results["plain"]["median"]
        target = f"{TARGET:.2f}" if name in ("list", "counter") else ""
        print(f"{name:<12}{result['median'] * 1000:>9.1f} ms{result['queries']:>10}{ratio:>10.2f}{target:>8}")


if __name__ == "__main__":
    main()
