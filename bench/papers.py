"""Papers of counterparties and their requisites in numbers: the job of expiry, and ``requisites_on`` for ten thousand.

Usage: see README.md, or ``python bench/papers.py --help``.
"""

import os
import resource
import statistics
import sys
import time
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.common import copy_rows, open_database, parse_arguments, vacuum, write_report  # noqa: E402

LOOKED_UP = 10_000
TARGET_RATE = 2000
TARGET_MEMORY = 1.3


def main():
    options = parse_arguments(
        "Measure the job of papers and the requisites.",
        partners=100_000,
        papers=1_000_000,
        due=100_000,
        states=300_000,
        people=200,
        kill_after=0,
    )
    with open_database(options) as env:
        if not env["res.users"].search([("login", "=", "bench_papers_0")]):
            begin = time.perf_counter()
            generate(env, options)
            env.cr.commit()
            vacuum(env.cr, "res_partner", "paydox_document", "paydox_partner_requisites")
            print(f"Data made in {time.perf_counter() - begin:.0f} s.")
        lookup = measure_lookup(env, options.runs)
        print(
            f"requisites_on for {lookup['partners']:,} counterparties: median {lookup['seconds'] * 1000:,.0f} ms, "
            f"{lookup['queries']} quer{'y' if lookup['queries'] == 1 else 'ies'} on the history"
        )
        tell = measure_tell(env, options)
    print(
        f"{tell['papers']:,} papers due of {options.papers:,}: {tell['seconds']:.1f} s "
        f"({tell['computing']:.1f} s of Python), {tell['rate']:,.0f} a second "
        f"(target {TARGET_RATE:,}); memory {tell['memory'][0]:.0f} -> {tell['memory'][1]:.0f} MB, "
        f"in the second half × {tell['growth']:.2f}"
    )
    print(
        f"letters {tell['letters']:,} to {tell['people']:,} people; told twice: {tell['twice']}, untold: {tell['untold']}"
    )
    write_report(options, {"lookup": lookup, "tell": tell})
    missed = []
    if lookup["queries"] > 1:
        missed.append("one query")
    if tell["rate"] < TARGET_RATE:
        missed.append("rate")
    if tell["growth"] > TARGET_MEMORY or tell["twice"] or tell["untold"]:
        missed.append("job")
    sys.exit(f"Missed: {', '.join(missed)}" if missed and options.strict else 0)


def generate(env, options):
    """The data, by copies of one row each; what is due ends within the first threshold, the rest in years to come."""
    users = env["res.users"].with_context(no_reset_password=True, tracking_disable=True)
    people = users.create(
        [
            {
                "name": f"Bench {place}",
                "login": f"bench_papers_{place}",
                "email": f"bench{place}@example.com",
                "group_ids": [
                    (4, env.ref("base.group_user").id),
                    (4, env.ref("paydox_edms.paydox_edms_group_user").id),
                ],
            }
            for place in range(options.people)
        ]
    )
    kind = env["paydox.document.kind"].create(
        {"name": "Bench paper", "code": "BENCHP", "is_counterparty_paper": True, "reminder_days": "30"}
    )
    partner = env["res.partner"].create({"name": "Bench", "is_company": True, "legal_name": "Bench"})
    paper = env["paydox.document"].create(
        {"name": "Bench paper", "kind_id": kind.id, "partner_id": partner.id, "responsible_id": people[0].id}
    )
    env.flush_all()
    cr = env.cr
    first = copy_rows(cr, "res_partner", partner.id, options.partners, name="'Bench ' || n", complete_name="'Bench ' || n",
                      commercial_partner_id=f"{next_id(cr, 'res_partner')} + n")  # fmt: skip
    state = env["paydox.partner.requisites"].search([("partner_id", "=", partner.id)])
    per_partner = max(1, options.states // options.partners)
    day = f"(CURRENT_DATE - 400 * ({per_partner} - n % {per_partner}))"
    copy_rows(cr, "paydox_partner_requisites", state.id, per_partner * options.partners,
              partner_id=f"{first} + n / {per_partner}", valid_from=day,
              valid_to=f"CASE WHEN n % {per_partner} = {per_partner - 1} THEN NULL ELSE {day} + 399 END")  # fmt: skip
    step = max(1, options.papers // options.due)
    copy_rows(cr, "paydox_document", paper.id, options.papers,
              partner_id=f"{first} + n % {options.partners}", counterparty_id=f"{first} + n % {options.partners}",
              responsible_id=f"{people[0].id} + (n / {step}) % {options.people}",
              valid_to=f"CURRENT_DATE + CASE WHEN n % {step} = 0 AND n < {step * options.due} THEN 1 + n % 29 "
                       "ELSE 400 + n % 900 END",
              create_date="now() AT TIME ZONE 'UTC' - interval '1 year'")  # fmt: skip
    env.invalidate_all()


def next_id(cr, table):
    cr.execute(f"SELECT last_value + 1 FROM {table}_id_seq")  # noqa: S608
    return cr.fetchone()[0]


def measure_lookup(env, runs):
    """``requisites_on`` for ten thousand counterparties, counting the statements on the history."""
    env.cr.execute("SELECT id FROM res_partner WHERE name LIKE 'Bench %%' ORDER BY id LIMIT %s", (LOOKED_UP,))
    ids = [row[0] for row in env.cr.fetchall()]
    seconds = []
    for _run in range(runs + 1):
        env.invalidate_all()
        partners = env["res.partner"].browse(ids)
        # The counterparties themselves are read before: what is counted is the history.
        partners.mapped("commercial_partner_id.id")
        today = env["res.partner"]._get_requisites_today()
        before, begin = env.cr.sql_log_count, time.perf_counter()
        found = partners.requisites_on(today)
        seconds.append(time.perf_counter() - begin)
        queries = env.cr.sql_log_count - before
    if len(found) != len(ids) or not all(found.values()):
        sys.exit("Not every counterparty has a state on that day.")
    return {"partners": len(ids), "seconds": statistics.median(seconds[1:]), "queries": queries}


def measure_tell(env, options, kill=os._exit):
    """The job until nothing is left; ``--kill-after n`` ends the process after n batches, so that a second run resumes."""
    cron = env["ir.cron"]
    memory, commits = [get_memory()], 0

    def commit_progress(self, processed=0, *, remaining=None, deactivate=False):
        nonlocal commits
        commits += 1
        self.env.cr.commit()
        memory.append(get_memory())
        if options.kill_after and commits >= options.kill_after:
            print(f"Killed after {commits} batches.", flush=True)
            kill(9)
        return 3600.0

    env.cr.execute("SELECT COUNT(*) FROM paydox_paper_notice WHERE told_at IS NOT NULL")
    [already] = env.cr.fetchone()
    begin, computing = time.perf_counter(), time.process_time()
    with patch.object(type(cron), "_commit_progress", commit_progress):
        env["paydox.paper.notice"]._cron_tell()
    env.flush_all()
    env.cr.commit()
    seconds, computing = time.perf_counter() - begin, time.process_time() - computing
    env.cr.execute(
        "SELECT COUNT(*) FILTER (WHERE told_at IS NOT NULL), COUNT(*) FILTER (WHERE told_at IS NULL), COUNT(DISTINCT user_id)"
        " FROM paydox_paper_notice"
    )
    told, untold, people = env.cr.fetchone()
    env.cr.execute("SELECT COUNT(*), COUNT(*) - COUNT(DISTINCT email_to) FROM mail_mail WHERE email_to LIKE '%bench%'")
    letters, twice = env.cr.fetchone()
    half = memory[len(memory) // 2]
    papers = told - already
    return {
        "papers": papers,
        "seconds": seconds,
        "computing": computing,
        "rate": papers / seconds,
        "people": people,
        "letters": letters,
        "twice": twice,
        "untold": untold,
        "memory": (memory[0], max(memory)),
        "growth": memory[-1] / half,
    }


def get_memory():
    """Memory of the process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
