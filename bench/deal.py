"""Creating and moving deals beside Odoo's own CRM; an event with 200 rules of which 2 match beside the same with 2 rules.

Usage: see README.md, or ``python bench/deal.py --help``.
"""

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from bench.common import open_database, parse_arguments, ratio_line, write_report

TARGETS = {"create": 1.3, "move": 1.3, "rules": 1.2}
MATCHING = 2


def main():
    options = parse_arguments("Measure deals and rules.", deals=1000, rules=200)
    stock = os.environ.get("STOCK_DB")
    with open_database(options) as env:
        report = {"rules": measure_rules(env, options.rules, options.runs)}
        if stock:
            with Registry(stock).cursor() as cr:
                stock_env = api.Environment(cr, SUPERUSER_ID, {})
                report |= measure_deals(env, stock_env, options.deals, options.runs)
    print(f"Median of {options.runs} runs; batches of {options.deals} deals, {options.rules} rules.")
    ratios = {}
    for name, (ours, theirs) in report.items():
        ratios[name] = ours[0] / theirs[0]
        print(ratio_line(name, (ours, theirs), ratios[name], TARGETS[name]))
    write_report(options, {"deals": options.deals, "rules": options.rules, "ways": report, "ratios": ratios})
    missed = [name for name, ratio in ratios.items() if ratio > TARGETS[name]]
    sys.exit(f"Missed: {', '.join(missed)}" if missed and options.strict else 0)


def timed(env, prepare, action):
    """Seconds and queries of the action with all that a commit writes; it is rolled back."""
    # What was prepared before would be taken back with the first run.
    env.cr.flush()
    env.cr.execute("SAVEPOINT bench")
    subject = prepare(env)
    env.cr.flush()
    env.invalidate_all()
    queries, begin = env.cr.sql_log_count, time.perf_counter()
    action(env, subject)
    env.cr.flush()
    seconds, queries = time.perf_counter() - begin, env.cr.sql_log_count - queries
    env.cr.clear()
    env.cr.execute("ROLLBACK TO SAVEPOINT bench")
    env.invalidate_all()
    return seconds, queries


def alternate(ways, runs):
    """``{way: (median of seconds, queries)}``, the ways in turns; the first run of each only warms up."""
    times = {name: [] for name in ways}
    for run in range(runs + 1):
        for name, way in sorted(ways.items(), reverse=run % 2 == 1):
            result = way()
            if run:
                times[name].append(result)
    return {
        name: (statistics.median(seconds for seconds, _queries in results), results[-1][1])
        for name, results in times.items()
    }


# === DEALS ===


def make_seller(env, login="bench_seller"):
    users = env["res.users"].with_context(no_reset_password=True, tracking_disable=True)
    seller = users.create({"name": "Bench", "login": login})
    seller.group_ids |= env.ref("sales_team.group_sale_salesman")
    partner = env["res.partner"].create({"name": "Bench"})
    return seller, partner


def create_deals(env, seller, partner, count):
    return (
        env["crm.lead"]
        .with_user(seller)
        .create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "expected_revenue": number,
                    "user_id": seller.id,
                }
                for number in range(count)
            ]
        )
    )


def move_deals(leads):
    stages = leads._stage_find(limit=None)
    current = leads[0].stage_id
    following = stages.filtered(lambda stage: stage.sequence > current.sequence)[:1]
    leads.write({"stage_id": following.id})


def measure_deals(env, stock_env, count, runs):
    """``{what: (ours, stock)}``, each ``(seconds, queries)``"""
    report = {}
    people = {"ours": (env, *make_seller(env)), "stock": (stock_env, *make_seller(stock_env, "bench_seller_stock"))}
    for what in ("create", "move"):
        ways = {}
        for name, (environment, seller, partner) in people.items():

            def way(environment=environment, seller=seller, partner=partner, what=what):
                def make(env):
                    return create_deals(env, seller, partner, count)

                if what == "create":
                    return timed(environment, lambda env: None, lambda env, _nothing: make(env))
                return timed(environment, make, lambda env, leads: move_deals(leads))

            ways[name] = way
        result = alternate(ways, runs)
        report[what] = (result["ours"], result["stock"])
    return report


# === RULES ===


def make_rules(env, count):
    """So many rules for one event, of which some wait for the status that the deal comes into."""
    statuses = env["paydox.deal.status"].search([("outcome", "=", "open")], order="sequence, id")
    revisions = env["paydox.deal.type.revision"]
    revisions.search([("deal_type_id", "=", False), ("state", "=", "draft")]).unlink()
    draft = revisions._get_draft(False)
    draft.rule_ids.unlink()
    env["paydox.rule"].create(
        [
            {
                "name": f"Rule {number}",
                "revision_id": draft.id,
                "event_name": "deal.status",
                "trigger_status_id": statuses[0 if number < MATCHING else 1 + number % (len(statuses) - 1)].id,
                "action": "post_note",
                "note": "Bench",
            }
            for number in range(count)
        ]
    )
    draft.action_publish()


def measure_rules(env, count, runs):
    """``(with all, with those that match)``, each ``(seconds, queries)``"""
    seller, partner = make_seller(env, "bench_seller_rules")

    make_rules(env, count)
    rules = env["paydox.rule"].search([("name", "=like", "Rule %")], order="id")

    def prepare_with(number):
        def prepare(env):
            env.cr.execute("UPDATE paydox_rule SET active = id IN %s", (tuple(rules[:number].ids),))
            env.registry.clear_cache()
            env.invalidate_all()
            lead = create_deals(env, seller, partner, 1).sudo()
            env.flush_all()
            event = env["paydox.event"].search([("name", "=", "deal.status"), ("res_id", "=", lead.id)])
            # The cache of the rules is filled once after a publication, not for each event.
            env["paydox.rule"]._match(event, lead)
            env["paydox.rule"]._get_event_names_with_rules()
            return event

        return prepare

    def dispatch(env, event):
        event._dispatch()

    ways = {
        str(number): lambda number=number: timed(env, prepare_with(number), dispatch) for number in (count, MATCHING)
    }
    try:
        result = alternate(ways, runs)
    finally:
        env.registry.clear_cache()
    return result[str(count)], result[str(MATCHING)]


if __name__ == "__main__":
    main()
