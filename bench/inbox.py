"""Inbox of one person with 10,000 open lines among 1,000,000: list and counter, beside a plain search_read of 80 rows.

Usage: see README.md, or ``python bench/inbox.py --help``.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.common import copy_rows, open_database, parse_arguments, vacuum, write_report
from bench.generate import without_indexes
from bench.lists import LIMIT, TARGET, ListBench, get_ratios, show_list

TABLES = ("paydox_document", "paydox_approval", "paydox_approval_step", "paydox_approval_line")
INBOX = "paydox_edms.paydox_approval_line_action_inbox"
LINES_OF_A_DOCUMENT = 10


def main():
    options = parse_arguments("Measure the inbox.", lines=1_000_000, open_lines=10_000)
    with open_database(options) as env:
        person = fill(env, options)
        bench = ListBench(env, person, INBOX, [("can_decide", "=", True)], "user_id")
        results = bench.measure(options.runs)
        check(bench, options)
        show_list(f"{options.open_lines:,} open lines among {options.lines:,}", results, options.runs)
        for name, plan in bench.explain().items():
            print(f"\n{name}\n{plan}")
    ratios = get_ratios(results)
    write_report(options, {"lines": options.lines, "results": results, "ratios": ratios})
    missed = [name for name, ratio in ratios.items() if ratio > TARGET]
    sys.exit(f"Missed: {', '.join(missed)}" if missed and options.strict else 0)


def check(bench, options):
    """What is measured is what was asked for."""
    page = bench.run_list()
    assert len(page["records"]) == LIMIT, "a page is full"
    assert bench.run_counter() == options.open_lines, "the counter counts the open lines"
    assert all(record["record_name"].startswith("Bench") for record in page["records"]), "the names are there"


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


if __name__ == "__main__":
    main()
