"""Request and decisions of a 3-person sequential approval, beside those of OCA's base_tier_validation on quotations.

Usage: see README.md, or ``python bench/approval.py --help``. The addons of OCA are only run, for the comparison.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.common import open_database, parse_arguments, ratio_line, write_report

DECIDERS = 3
# Records for the calls of their own: these take longer, and the median of a call needs no more.
SINGLE = 50
WAYS = ("paydox", "tier")
MODES = ("single", "batch")
TARGETS = {"request": 1.0, "decision": 1.5}
ROWS = (("request", 0), ("decision", 1), ("decision", 2), ("decision", 3))


class PaydoxWay:
    """Documents on a route of three steps of one person each."""

    def __init__(self, env, people, records):
        author, *self.deciders = people
        route = env["paydox.route"].create(
            {
                "name": "Bench",
                "step_ids": [
                    (0, 0, {"name": f"Step {index}", "sequence": index, "user_ids": [(6, 0, user.ids)]})
                    for index, user in enumerate(self.deciders)
                ],
            }
        )
        route.action_publish()
        kind = env["paydox.document.kind"].create({"name": "Bench", "code": "BENCH", "route_id": route.id})
        self.author = author
        self.records = (
            env["paydox.document"]
            .with_user(author)
            .create([{"name": f"Document {index}", "kind_id": kind.id} for index in range(records)])
        )

    def request(self, records):
        records.with_user(self.author).action_submit()

    def decide(self, records, user):
        records.with_user(user).action_agree()

    def check(self, records):
        assert set(records.mapped("state")) == {"approved"}


class TierWay:
    """Quotations with three tiers of one reviewer each, one after the other."""

    def __init__(self, env, people, records):
        author, *self.deciders = people
        model = env["ir.model"]._get("sale.order")
        env["tier.definition"].create(
            [
                {
                    "name": f"Tier {index}",
                    "model_id": model.id,
                    "sequence": 100 - index,
                    "review_type": "individual",
                    "reviewer_id": user.id,
                    "approve_sequence": True,
                }
                for index, user in enumerate(self.deciders)
            ]
        )
        partner = env["res.partner"].create({"name": "Bench"})
        self.author = author
        self.records = (
            env["sale.order"]
            .with_user(author)
            .create([{"partner_id": partner.id, "user_id": author.id} for _index in range(records)])
        )

    def request(self, records):
        records.with_user(self.author).request_validation()

    def decide(self, records, user):
        for record in records.with_user(user):
            record.validate_tier()

    def check(self, records):
        assert set(records.mapped("validation_status")) == {"validated"}


def main():
    options = parse_arguments("Measure the engine against base_tier_validation.", records=200)
    with open_database(options) as env:
        people = make_people(env)
        ways = {"paydox": PaydoxWay(env, people, options.records), "tier": TierWay(env, people, options.records)}
        env.cr.commit()
        results = {mode: measure(env, ways, mode, options.runs) for mode in MODES}
    missed = show(results, options)
    write_report(options, {"records": options.records, "modes": results})
    sys.exit(f"Missed: {', '.join(missed)}" if missed and options.strict else 0)


def make_people(env):
    """The author and the three who decide, with the rights that both ways need."""
    groups = [env.ref("base.group_user").id, env.ref("sales_team.group_sale_salesman_all_leads").id]
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {"name": f"Person {index}", "login": f"bench_{index}", "tz": "UTC", "group_ids": [(6, 0, groups)]}
                for index in range(DECIDERS + 1)
            ]
        )
    )


def measure(env, ways, mode, runs):
    """Time and queries per record of each way, request and each decision, in an order that alternates.

    ``single``: each record by a call of its own on a fresh cache, as people do it from the form. ``batch``: all of them in
    one call, as from a list.
    """
    samples = {way: [] for way in ways}
    for run in range(runs + 1):
        for name in WAYS if run % 2 else reversed(WAYS):
            sample = run_once(env, ways[name], mode)
            if run:  # the first one warms up
                samples[name].append(sample)
    return {name: [summarize(rows) for rows in zip(*values, strict=True)] for name, values in samples.items()}


def run_once(env, way, mode):
    rows = []
    env.cr.rollback()
    env.invalidate_all()
    records = way.records.with_env(env)
    calls = [way.request] + [lambda batch, user=user: way.decide(batch, user) for user in way.deciders]
    if mode == "single":
        records = records[:SINGLE]
    for call in calls:
        queries, start = env.cr.sql_log_count, time.perf_counter()
        for batch in records if mode == "single" else [records]:
            call(batch)
            env.flush_all()
            env.invalidate_all()
        seconds = time.perf_counter() - start
        rows.append((seconds / len(records), (env.cr.sql_log_count - queries) / len(records)))
    way.check(records)
    env.cr.rollback()
    return rows


def summarize(rows):
    seconds = [row[0] for row in rows]
    return {"seconds": statistics.median(seconds), "all_seconds": seconds, "queries": rows[0][1]}


def show(results, options):
    """Print the table. :return: the targets that were missed"""
    missed = []
    print(f"{options.records} records, median of {options.runs} runs, per record.")
    print(
        "{:<26}{:>12}{:>9}{:>12}{:>9}{:>8}{:>8}".format("", "PayDox", "queries", "tier", "queries", "ratio", "target")
    )
    for mode, ways in results.items():
        for what in ("request", "decision"):
            chosen = [index for index, row in enumerate(ROWS) if row[0] == what]
            pair = [
                (
                    statistics.mean(ways[way][index]["seconds"] for index in chosen),
                    statistics.mean(ways[way][index]["queries"] for index in chosen),
                )
                for way in WAYS
            ]
            ratio = pair[0][0] / pair[1][0]
            label = f"{what}, {'one by one' if mode == 'single' else 'all in one call'}"
            print(ratio_line(label, pair, ratio, TARGETS[what]), flush=True)
            if ratio > TARGETS[what]:
                missed.append(label)
    return missed


if __name__ == "__main__":
    main()
