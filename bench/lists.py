"""What the benchmarks of lists share: the list of an action as a person opens it, beside a plain ``search_read``."""

import re
import statistics
import time

from lxml import etree

from odoo.tools import SQL

LIMIT = 80
TARGET = 2.0


class ListBench:
    """Measures the first page of a list and its counter.

    :param domain: what the action shows, for the person
    :param owner: the field that names the person in the rows
    """

    def __init__(self, env, person, action, domain, owner):
        self.env = env
        self.action = env.ref(action)
        self.model = env[self.action.res_model].with_user(person)
        self.domain, self.owner = domain, owner
        self.order, self.specification = self._read_view()

    def _read_view(self):
        """The order and the columns of the list that the action opens."""
        view = self.action.view_ids.filtered(lambda view: view.view_mode == "list").view_id[:1]
        view = view or self.action.view_id.filtered(lambda view: view.type == "list")
        arch = etree.fromstring(self.model.get_view(view.id or None, "list")["arch"])
        specification = {}
        for node in arch.xpath("//field[not(@optional='hide')]"):
            field = self.model._fields[node.get("name")]
            specification[field.name] = {"fields": {"display_name": {}}} if field.relational else {}
        return arch.get("default_order") or self.model._order, specification

    def run_list(self):
        return self.model.web_search_read(self.domain, self.specification, limit=LIMIT, order=self.order)

    def run_counter(self):
        return self.model.search_count(self.domain)

    def run_plain(self):
        """The columns of the table itself for the same person, in the order of its key."""
        names = [name for name, field in self.model._fields.items() if field.store and field.column_type]
        return self.model.search_read([(self.owner, "=", self.model.env.uid)], names, limit=LIMIT, order="id")

    def run_bare(self):
        """Only the columns that the list shows of the table, as superuser: the least that 80 rows can cost."""
        names = [name for name in self.specification if self.model._fields[name].store]
        return self.model.sudo().search_read([], names, limit=LIMIT, order="id")

    def measure(self, runs):
        """Each way in turns, the first time to warm up: ``{way: {"median", "all", "queries"}}``."""
        samples = {"list": [], "counter": [], "plain": [], "bare": []}
        for run in range(runs + 1):
            for name in samples if run % 2 else reversed(samples):
                self.env.cr.rollback()
                self.env.invalidate_all()
                queries, start = self.env.cr.sql_log_count, time.perf_counter()
                getattr(self, f"run_{name}")()
                sample = (time.perf_counter() - start, self.env.cr.sql_log_count - queries)
                if run:
                    samples[name].append(sample)
        return {
            name: {"median": statistics.median(row[0] for row in rows), "all": rows, "queries": rows[-1][1]}
            for name, rows in samples.items()
        }

    def explain(self):
        """How the database finds the page and the number."""
        plans = {}
        page = self.model._search(self.domain, limit=LIMIT, order=self.order)
        for name, query in (("List", page.select()), ("Counter", self.model._search(self.domain).select("COUNT(*)"))):
            self.env.cr.execute(SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS) %s", query))
            plan = "\n".join(row[0] for row in self.env.cr.fetchall())
            plans[name] = re.sub(r"\{[\d,]{50,}\}", "{…}", plan)
        return plans


def get_ratios(results):
    """How the list and its counter compare to the plain search."""
    return {name: results[name]["median"] / results["plain"]["median"] for name in ("list", "counter")}


def show_list(title, results, runs):
    """The table of the ways."""
    print(f"{title}; median of {runs} runs.")
    print("{:<12}{:>12}{:>10}{:>10}{:>8}".format("", "time", "queries", "ratio", "target"))
    for name, result in results.items():
        ratio = result["median"] / results["plain"]["median"]
        target = f"{TARGET:.2f}" if name in ("list", "counter") else ""
        print(f"{name:<12}{result['median'] * 1000:>9.1f} ms{result['queries']:>10}{ratio:>10.2f}{target:>8}")
