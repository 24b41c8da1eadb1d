"""The card of a counterparty: first page of its timeline beside 40 messages, its form beside the stock form.

Usage: see README.md, or ``python bench/timeline.py --help``.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lxml import etree

from bench import card_data
from bench.common import open_database, parse_arguments, write_report

PAGE = 40
TARGETS = {"timeline": 2.0, "form": 1.3}
MAX_MORE_QUERIES = 10


def main():
    options = parse_arguments(
        "Measure the card of a counterparty.", partners=100_000, documents=1_000_000, states=300_000
    )
    with open_database(options) as env:
        user, partner = card_data.find(env) or card_data.fill(env, options)
        bench = CardBench(env, user, partner)
        bench.check()
        results = bench.measure(options.runs)
    ratios = {
        "timeline": results["timeline"]["median"] / results["messages"]["median"],
        "form": results["form"]["median"] / results["stock"]["median"],
    }
    more = results["form"]["queries"] - results["stock"]["queries"]
    print(f"{options.partners:,} counterparties, {options.documents:,} documents; median of {options.runs} runs.")
    for name, result in results.items():
        ratio = f"{ratios[name]:>8.2f}{TARGETS[name]:>8.2f}" if name in ratios else ""
        print(f"{name:<12}{result['median'] * 1000:>9.1f} ms{result['queries']:>8} queries{ratio}")
    print(
        f"The form asks {more} queries more than the stock form (at most {MAX_MORE_QUERIES}); the head comes after it."
    )
    write_report(options, {"results": results, "ratios": ratios, "more_queries": more})
    missed = [name for name, ratio in ratios.items() if ratio > TARGETS[name]]
    missed += ["queries"] if more > MAX_MORE_QUERIES else []
    sys.exit(f"Missed: {', '.join(missed)}" if missed and options.strict else 0)


class CardBench:
    """Ways to look at one counterparty, as an employee who is no administrator."""

    def __init__(self, env, user, partner):
        self.env = env
        self.partner = partner.with_user(user)
        self.messages = env["mail.message"].with_user(user)
        self.form, self.stock = self._read_forms()

    def _read_forms(self):
        """What the web client reads of a form: of that with our addons, and of the same without their views."""
        ours = self._get_specification()
        savepoint = self.env.cr.savepoint()
        self.env.cr.execute(
            """
            UPDATE ir_ui_view SET active = FALSE WHERE model = 'res.partner' AND id IN (
                SELECT res_id FROM ir_model_data WHERE model = 'ir.ui.view' AND module LIKE 'paydox\\_%')
            """
        )
        self._forget_views()
        stock = self._get_specification()
        savepoint.rollback()
        savepoint.close(rollback=False)
        self._forget_views()
        return ours, stock

    def _forget_views(self):
        self.env.invalidate_all()
        self.env.registry.clear_cache("templates")

    def _get_specification(self):
        view = self.env.ref("base.view_partner_form")
        arch = etree.fromstring(self.partner.get_view(view.id, "form")["arch"])
        specification = {}
        for node in arch.xpath("//field[not(ancestor::field)]"):
            field = self.partner._fields[node.get("name")]
            asked = {"fields": {"display_name": {}}} if field.type == "many2one" else {}
            if field.type in ("one2many", "many2many"):
                known = self.env[field.comodel_name]._fields
                nested = {child.get("name") for child in node.xpath(".//field")}
                asked = {"fields": {name: {} for name in nested if name in known}, "limit": PAGE}
            specification[field.name] = asked
        return specification

    def run_timeline(self):
        return self.partner.get_timeline(limit=PAGE)

    def run_messages(self):
        """40 messages of the counterparty, all columns of the table."""
        names = [name for name, field in self.messages._fields.items() if field.store and field.column_type]
        domain = [("model", "=", "res.partner"), ("res_id", "=", self.partner.id)]
        return self.messages.search_read(domain, names, limit=PAGE)

    def run_form(self):
        return self.partner.web_read(self.form)

    def run_stock(self):
        return self.partner.web_read(self.stock)

    def run_head(self):
        """What comes after the form, by one call that nobody waits for."""
        return self.partner.get_card_head()

    def start_over(self):
        """Nothing in the cache, as at the beginning of a request."""
        self.env.cr.rollback()
        self.env.invalidate_all()

    def measure(self, runs):
        samples = {"timeline": [], "messages": [], "form": [], "head": [], "stock": []}
        for run in range(runs + 1):
            for name in samples if run % 2 else reversed(samples):
                self.start_over()
                queries, start = self.env.cr.sql_log_count, time.perf_counter()
                getattr(self, f"run_{name}")()
                sample = (time.perf_counter() - start, self.env.cr.sql_log_count - queries)
                if run:  # the first one warms up
                    samples[name].append(sample)
        return {
            name: {"median": statistics.median(row[0] for row in rows), "all": rows, "queries": rows[-1][1]}
            for name, rows in samples.items()
        }

    def check(self):
        """What is measured is what was asked for."""
        assert len(self.run_timeline()["items"]) == PAGE, "a page is full"
        assert len(self.run_messages()) == PAGE, "there are as many messages"
        assert set(self.stock) < set(self.form) and "legal_name" not in self.stock, "the stock form has nothing of ours"
        head = self.run_head()
        numbers = (
            "document",
            "paper",
            "requisites",
            "instruction",
            "case",
            "message",
            "interaction",
            "contact",
            "work",
        )
        missing = [name for name in numbers if not head["numbers"][f"card_{name}_count"]]
        assert not missing, f"nothing is counted: {missing}"
        assert head["work"]["next_step"] and head["work"]["last_contact"], "there is something to tell"
        assert not set(head["numbers"]) & set(self.form), "what comes later is not read before"


if __name__ == "__main__":
    main()
