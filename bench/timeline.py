"""The card of a counterparty: first page of its timeline beside 40 messages, its form beside the stock form.

Usage: see README.md, or ``python bench/timeline.py --help``.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lxml import etree

from bench.common import copy_rows, open_database, parse_arguments, vacuum, write_report
from bench.generate import without_indexes

TABLES = ("res_partner", "paydox_document", "paydox_document_transition", "mail_message")
PAGE = 40
TARGETS = {"timeline": 2.0, "form": 1.3}
MAX_MORE_QUERIES = 10


def main():
    options = parse_arguments("Measure the card of a counterparty.", partners=100_000, documents=1_000_000)
    with open_database(options) as env:
        user, partner = fill(env, options)
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
    print(f"The form asks {more} queries more than the stock form (at most {MAX_MORE_QUERIES}).")
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
        self.form, self.stock = self._read_form()

    def _read_form(self):
        """What the web client asks of the form: with our fields, and without them."""
        view = self.env.ref("base.view_partner_form")
        arch = etree.fromstring(self.partner.get_view(view.id, "form")["arch"])
        ours, stock = {}, {}
        for node in arch.xpath("//field[not(ancestor::field)]"):
            field = self.partner._fields[node.get("name")]
            nested = {child.get("name"): {} for child in node.xpath(".//field")}
            asked = {"fields": {"display_name": {}}} if field.type == "many2one" else {}
            if field.type in ("one2many", "many2many"):
                known = self.env[field.comodel_name]._fields
                asked = {"fields": {name: {} for name in nested if name in known}, "limit": PAGE}
            ours[field.name] = asked
            if not any(module.startswith("paydox_") for module in field._modules[:1]):
                stock[field.name] = asked
        return ours, stock

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

    def measure(self, runs):
        samples = {"timeline": [], "messages": [], "form": [], "stock": []}
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

    def check(self):
        """What is measured is what was asked for."""
        assert len(self.run_timeline()["items"]) == PAGE, "a page is full"
        assert len(self.run_messages()) == PAGE, "there are as many messages"
        assert self.run_form()[0]["card_document_count"] > 0, "documents are counted"


def fill(env, options):
    """One counterparty and one document are made by the ORM; their rows are the pattern of all others.

    :return: who looks, and the counterparty that he looks at
    """
    start = time.perf_counter()
    env["ir.module.module"].search([("name", "=", "paydox_crm"), ("state", "=", "installed")]).ensure_one()
    users = env["res.users"].with_context(no_reset_password=True)
    groups = [(4, env.ref(name).id) for name in ("base.group_user", "base.group_partner_manager")]
    looking, author = users.create(
        [{"name": f"Person {index}", "login": f"bench_card_{index}", "group_ids": groups} for index in range(2)]
    )
    partner = env["res.partner"].create({"name": "Bench counterparty", "is_company": True})
    kind = env["paydox.document.kind"].create({"name": "Bench", "code": "BENCHCARD", "confidentiality": "open"})
    document = (
        env["paydox.document"].with_user(author).create({"name": "Bench", "kind_id": kind.id, "partner_id": partner.id})
    )
    message = partner.with_user(author).message_post(
        body="Bench", message_type="comment", subtype_xmlid="mail.mt_comment"
    )
    document.action_register()
    transition = document.transition_ids[:1]
    env.flush_all()
    with without_indexes(env.cr, TABLES):
        partners = options.partners - 1
        first_partner = copy_rows(env.cr, "res_partner", partner.id, partners)
        env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id, name = 'Bench ' || id WHERE id >= %s", [first_partner]
        )
        # the counterparty that is looked at has some fifty documents more than the others
        owner = f"CASE WHEN n < 50 THEN {partner.id} ELSE {first_partner} + n % {partners} END"
        first_document = copy_rows(
            env.cr,
            "paydox_document",
            document.id,
            options.documents - 1,
            name="'Bench ' || n",
            number="NULL",
            partner_id=owner,
            counterparty_id=owner,
            create_date="now() AT TIME ZONE 'UTC' - n * interval '1 minute'",
        )
        copy_rows(
            env.cr,
            "paydox_document_transition",
            transition.id,
            options.documents - 1,
            document_id=f"{first_document} + n",
            occurred_at="now() AT TIME ZONE 'UTC' - n * interval '1 minute'",
        )
        copy_rows(
            env.cr,
            "mail_message",
            message.id,
            options.documents,
            res_id=f"CASE WHEN n < 200 THEN {partner.id} ELSE {first_partner} + n % {partners} END",
            message_id="NULL",
            date="now() AT TIME ZONE 'UTC' - n * interval '1 minute'",
        )
    env.cr.commit()
    vacuum(env.cr, *TABLES)
    print(f"{options.documents:,} documents made in {time.perf_counter() - start:.0f} s.", flush=True)
    return looking, partner


if __name__ == "__main__":
    main()
