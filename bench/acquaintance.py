"""A sheet of acquaintance for 5,000 people: time and memory, beside one for a tenth of them.

Usage: see README.md, or ``python bench/acquaintance.py --help``.
"""

import statistics
import sys
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.common import open_database, parse_arguments, write_report

# Ten times the people may not take more than twice the memory: it depends on the batch.
MEMORY_TARGET = 2.0


def main():
    options = parse_arguments("Measure sheets of acquaintance.", runs=5, people=5_000)
    with open_database(options) as env:
        author, people = make_people(env, options.people)
        kind = env["paydox.document.kind"].create({"name": "Bench", "code": "BENCH"})
        env.cr.commit()
        sizes = (options.people // 10, options.people)
        samples = {size: [] for size in sizes}
        for run in range(options.runs + 1):
            for size in sizes if run % 2 else reversed(sizes):
                sample = send(env, author, people[:size], kind)
                if run:  # the first one warms up
                    samples[size].append(sample)
        memory = {size: measure_memory(env, author, people[:size], kind) for size in sizes}
    results = {
        size: {
            "seconds": statistics.median(row[0] for row in rows),
            "all_seconds": [row[0] for row in rows],
            "queries": rows[-1][1],
            "peak_bytes": memory[size],
        }
        for size, rows in samples.items()
    }
    show(results, options)
    write_report(options, {"people": results})


def make_people(env, count):
    """People with a login, by the ORM as they come: the sheet looks at nothing else of them."""
    group = env.ref("base.group_user")
    users = env["res.users"].with_context(no_reset_password=True, tracking_disable=True, mail_create_nosubscribe=True)
    people = users.create(
        [
            {"name": f"Reader {index}", "login": f"bench_{index}", "group_ids": [(6, 0, group.ids)]}
            for index in range(count + 1)
        ]
    )
    return people[0], people[1:]


def prepare(env, author, kind):
    """A registered document with a text, which is in force since its kind has no route."""
    env.cr.rollback()
    env.invalidate_all()
    document = (
        env["paydox.document"]
        .with_user(author)
        .create({"name": "Order on safety", "kind_id": kind.id, "note": "<p>Read it.</p>"})
    )
    document.action_register()
    env.flush_all()
    env.invalidate_all()
    return document


def send(env, author, people, kind):
    """:return: ``(seconds, queries)`` of one sheet"""
    document = prepare(env, author, kind)
    queries, start = env.cr.sql_log_count, time.perf_counter()
    approval = document.action_send_acquaintance(users=people.ids)
    env.flush_all()
    sample = time.perf_counter() - start, env.cr.sql_log_count - queries
    env.cr.execute("SELECT count(*) FROM paydox_approval_line WHERE approval_id = %s", [approval.id])
    [found] = env.cr.fetchone()
    assert found == len(people), "everybody is on the sheet"
    env.cr.rollback()
    return sample


def measure_memory(env, author, people, kind):
    """The most that Python held at once, in bytes, above what it had before; timed elsewhere, since it slows down."""
    document = prepare(env, author, kind)
    tracemalloc.start()
    document.action_send_acquaintance(users=people.ids)
    env.flush_all()
    _size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    env.cr.rollback()
    return peak


def show(results, options):
    print(f"Median of {options.runs} runs.")
    print("{:<10}{:>10}{:>14}{:>10}{:>12}".format("people", "time", "per person", "queries", "peak"))
    for size, result in results.items():
        print(
            f"{size:<10,}{result['seconds']:>8.2f} s{result['seconds'] / size * 1000:>11.2f} ms{result['queries']:>10,}"
            f"{result['peak_bytes'] / 2**20:>9.1f} MB"
        )
    small, large = results.values()
    growth = large["peak_bytes"] / small["peak_bytes"]
    print(f"Ten times the people, {growth:.2f} times the memory (target {MEMORY_TARGET:.2f}).")


if __name__ == "__main__":
    main()
