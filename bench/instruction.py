"""Instructions: "Mine" of one person with 1,000 open of 1,000,000, and 10,000 reminders that are due at once.

Usage: see README.md, or ``python bench/instruction.py --help``.
"""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from odoo import fields
from odoo.tools.safe_eval import safe_eval

from bench.common import copy_rows, open_database, parse_arguments, vacuum, write_report
from bench.generate import without_indexes
from bench.lists import LIMIT, TARGET, ListBench, get_ratios, show_list

MINE = "paydox_edms.paydox_instruction_action_mine"
# Ten times the reminders may not take more than half as much memory again: it depends on the batch.
MEMORY_TARGET = 1.5
# Everybody who is reminded has so many instructions with this term.
REMINDERS_OF_A_PERSON = 10
CHILD = "BENCH_REMIND_ONLY"


def main():
    options = parse_arguments(
        "Measure instructions.", instructions=1_000_000, open_instructions=1_000, reminders=10_000
    )
    with open_database(options) as env:
        if os.environ.get(CHILD):
            env["paydox.instruction"]._cron_remind()
            env.cr.commit()
            return
        person, pattern = fill(env, options)
        domain = safe_eval(env.ref(MINE).domain or "[]", {"uid": person.id})
        bench = ListBench(env, person, MINE, domain, "executor_id")
        results = bench.measure(options.runs)
        check(bench, options)
        title = f"{options.open_instructions:,} open instructions among {options.instructions:,}"
        show_list(title, results, options.runs)
        for name, plan in bench.explain().items():
            print(f"\n{name}\n{plan}")
        reminders = measure_reminders(env, pattern, options)
        show_reminders(reminders, options)
    ratios = get_ratios(results)
    write_report(options, {"mine": results, "ratios": ratios, "reminders": reminders})
    missed = [name for name, ratio in ratios.items() if ratio > TARGET]
    missed += ["memory"] if reminders["growth"] > MEMORY_TARGET else []
    sys.exit(f"Missed: {', '.join(missed)}" if missed and options.strict else 0)


def check(bench, options):
    """What is measured is what was asked for."""
    assert len(bench.run_list()["records"]) == LIMIT, "a page is full"
    assert bench.run_counter() == options.open_instructions, "the counter counts the open ones"


def fill(env, options):
    """One instruction is given by the engine itself; its row is the pattern of all others.

    :return: the person of the list, and the pattern
    """
    env.cr.execute("SELECT EXISTS (SELECT 1 FROM paydox_instruction)")
    if env.cr.fetchone()[0]:
        sys.exit(f"Database {options.db} has instructions. Use a fresh one: the benchmark fills it with its own.")
    start = time.perf_counter()
    author, person, *others = make_people(env, max(12, options.reminders // REMINDERS_OF_A_PERSON + 2))
    vals = {"name": "Bench", "author_id": author.id, "executor_id": person.id, "company_id": env.company.id}
    term = fields.Datetime.now() + timedelta(days=100)
    [pattern] = env["paydox.instruction"]._assign_many([vals | {"deadline": term}])
    env.flush_all()
    open_count, rest = options.open_instructions - 1, options.instructions - options.open_instructions
    term = "(now() AT TIME ZONE 'UTC')::timestamp(0) + (100 + n % 1000) * interval '1 hour'"
    common = {"name": "'Bench ' || n", "deadline": term, "reminder_check_at": "NULL"}
    closed = {"state": "'done'", "reported_at": term, "closed_at": term, "reminder_key": "NULL"}
    with without_indexes(env.cr, ("paydox_instruction",)):
        copy_rows(env.cr, "paydox_instruction", pattern.id, open_count, **common)
        # A tenth of the rest are old ones of the same person; the others are of his colleagues, half of them open.
        copy_rows(env.cr, "paydox_instruction", pattern.id, rest // 10, **common, **closed)
        people = f"(ARRAY{[user.id for user in others[:10]]})[1 + n % 10]"
        state = "CASE WHEN n % 20 < 10 THEN 'done' ELSE 'in_progress' END"
        others_rows = {**common, "executor_id": people, "state": state}
        copy_rows(env.cr, "paydox_instruction", pattern.id, rest - rest // 10, **others_rows)
    env.cr.commit()
    vacuum(env.cr, "paydox_instruction")
    env.invalidate_all()
    print(f"{options.instructions:,} instructions made in {time.perf_counter() - start:.0f} s.", flush=True)
    return person, pattern


def make_people(env, count):
    """People with a login and a plain mailbox of notices."""
    group = env.ref("base.group_user")
    users = env["res.users"].with_context(no_reset_password=True, tracking_disable=True, mail_create_nosubscribe=True)
    return users.create(
        [
            {"name": f"Person {index}", "login": f"bench_{index}", "group_ids": [(6, 0, group.ids)]}
            for index in range(count)
        ]
    )


# === REMINDERS === #


def measure_reminders(env, pattern, options):
    """Time and memory of a tenth and of all; then all once more, by a process that is killed halfway."""
    small, large = options.reminders // 10, options.reminders
    remind(env, pattern, 20)  # warms up
    memory = {count: remind(env, pattern, count, with_memory=True)[1] for count in (small, large)}
    seconds, _peak, queries = remind(env, pattern, large)
    resumed = kill_and_resume(env, pattern, large, options)
    return {
        "count": large,
        "seconds": seconds,
        "queries": queries,
        "peak_bytes": memory,
        "growth": memory[large] / memory[small],
        "resumed": resumed,
    }


def make_due(env, pattern, count):
    """So many instructions whose reminder of one working day before is due now; each person has ten."""
    clear(env)
    people = env["res.users"].search([("login", "=like", "bench_%")], order="id").ids[2:]
    now = "(now() AT TIME ZONE 'UTC')::timestamp(0)"
    users = f"(ARRAY{people})[1 + (n / {REMINDERS_OF_A_PERSON}) % {len(people)}]"
    copy_rows(
        env.cr,
        "paydox_instruction",
        pattern.id,
        count,
        name="'Due ' || n",
        executor_id=users,
        deadline=f"{now} + interval '6 hours'",
        reminder_check_at=f"{now} - interval '1 minute'",
        reminder_since=f"{now} - interval '13 days'",
    )
    env.cr.commit()
    vacuum(env.cr, "paydox_instruction")
    env.invalidate_all()


def clear(env):
    """As it was before the reminders."""
    env.cr.execute(
        "DELETE FROM mail_message WHERE model = 'mail.thread' OR (model = 'paydox.instruction' AND subject LIKE '%Due %')"
    )
    env.cr.execute("DELETE FROM mail_message WHERE subject LIKE 'Reminder: % instructions'")
    env.cr.execute("DELETE FROM paydox_instruction_reminder_sent")
    env.cr.execute("DELETE FROM paydox_instruction WHERE name LIKE 'Due %'")
    env.cr.commit()


@contextmanager
def traced(active):
    """The most that Python held at once above what it had before; it slows down, so time is taken elsewhere."""
    peaks = []
    if active:
        tracemalloc.start()
    yield peaks
    if active:
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()


def remind(env, pattern, count, with_memory=False):
    """:return: ``(seconds, peak in bytes or None, queries)`` of one run of the job"""
    make_due(env, pattern, count)
    queries, start = env.cr.sql_log_count, time.perf_counter()
    with traced(with_memory) as peaks:
        env["paydox.instruction"]._cron_remind()
        env.cr.commit()
    seconds, queries = time.perf_counter() - start, env.cr.sql_log_count - queries
    check_reminders(env, count)
    return seconds, (peaks or [None])[0], queries


def check_reminders(env, count):
    """Everything was reminded of, once, and everybody got what is his."""
    env.cr.execute("SELECT count(*), count(DISTINCT instruction_id) FROM paydox_instruction_reminder_sent")
    assert env.cr.fetchone() == (count, count), "each instruction is reminded of once"
    env.cr.execute("SELECT count(*) FROM paydox_instruction_reminder_sent WHERE mail_state IS DISTINCT FROM 'sent'")
    assert env.cr.fetchone() == (0,), "each reminder is told"


def kill_and_resume(env, pattern, count, options):
    """Kill the job between two batches of it, run it again: nothing is lost and nothing is told twice."""
    make_due(env, pattern, count)
    env.cr.commit()
    command = [sys.executable, __file__, "--db", options.db, "--config", options.config]
    child = subprocess.Popen(command, env=os.environ | {CHILD: "1"})
    done = 0
    while child.poll() is None and done < count // 4:
        time.sleep(0.2)
        env.cr.rollback()
        env.cr.execute("SELECT count(*) FROM paydox_instruction_reminder_sent")
        [done] = env.cr.fetchone()
    child.send_signal(signal.SIGKILL)
    child.wait()
    env.cr.rollback()
    env.invalidate_all()
    env.cr.execute("SELECT count(*) FROM paydox_instruction_reminder_sent")
    [before] = env.cr.fetchone()
    env["paydox.instruction"]._cron_remind()
    env.cr.commit()
    check_reminders(env, count)
    return {"killed_after": before, "told": count}


# === REPORT === #


def show_reminders(reminders, options):
    count, small = reminders["count"], reminders["count"] // 10
    peaks = reminders["peak_bytes"]
    print(f"\n{count:,} reminders due at once: {reminders['seconds']:.1f} s,", end=" ")
    print(f"{reminders['seconds'] / count * 1000:.2f} ms and {reminders['queries'] / count:.2f} queries for each.")
    print(
        f"Peak {peaks[count] / 2**20:.1f} MB, {peaks[small] / 2**20:.1f} MB for {small:,}: "
        f"{reminders['growth']:.2f} times (target {MEMORY_TARGET})."
    )
    print(f"Killed after {reminders['resumed']['killed_after']:,}, resumed: {count:,} told, none twice.", flush=True)


if __name__ == "__main__":
    main()
