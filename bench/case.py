"""Start of a case of 30 steps beside 30 plain activities; the end of a step with 5 successors among ever more cases.

Usage: see README.md, or ``python bench/case.py --help``.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.common import copy_rows, open_database, parse_arguments, vacuum, write_report

TABLES = ("paydox_case", "paydox_case_step", "paydox_instruction", "mail_activity")
STEPS = 30
SUCCESSORS = 5
TARGETS = {"start": 2.0, "finish": 1.3}


def main():
    options = parse_arguments("Measure the engine of cases.", cases=2000)
    with open_database(options) as env:
        people = make_people(env)
        start = measure_start(env, people, options.runs)
        finish = measure_finish(env, people, options)
    ratios = {"start": start["case"] / start["activities"], "finish": finish["many"] / finish["few"]}
    print(f"Median of {options.runs} runs; {options.cases} other cases.")
    print(
        f"start of a case of {STEPS} steps        {start['case'] * 1000:9.1f} ms {start['queries']['case']:5d} queries"
    )
    print(
        f"{STEPS} activities of the same people   {start['activities'] * 1000:9.1f} ms "
        f"{start['queries']['activities']:5d} queries   ratio {ratios['start']:.2f} (target {TARGETS['start']:.1f})"
    )
    print(
        f"end of a step, {SUCCESSORS} begin, few cases   {finish['few'] * 1000:9.1f} ms {finish['queries']['few']:5d} queries"
    )
    print(
        f"end of a step, {SUCCESSORS} begin, many cases  {finish['many'] * 1000:9.1f} ms "
        f"{finish['queries']['many']:5d} queries   ratio {ratios['finish']:.2f} (target {TARGETS['finish']:.1f})"
    )
    write_report(options, {"cases": options.cases, "start": start, "finish": finish, "ratios": ratios})
    missed = [name for name, ratio in ratios.items() if ratio > TARGETS[name]]
    sys.exit(f"Missed: {', '.join(missed)}" if missed and options.strict else 0)


def make_people(env):
    """The one who starts, and those who do the steps."""
    users = env["res.users"].with_context(no_reset_password=True, tracking_disable=True)
    people = users.create([{"name": f"Bench {index}", "login": f"bench_case_{index}"} for index in range(6)])
    # So that they may have activities on a contact.
    people.group_ids |= env.ref("base.group_partner_manager")
    return people[0], people[1:]


def make_template(env, workers, code, steps):
    """A published template; a step is a dict of values, done by the workers in turn."""
    template = env["paydox.case.template"].create(
        {
            "name": code,
            "code": code,
            "step_ids": [
                (
                    0,
                    0,
                    {
                        "name": f"Step {place}",
                        "sequence": place,
                        "responsible_kind": "users",
                        "user_ids": [(6, 0, workers[place % len(workers)].ids)],
                        "term_value": 1 + place % 5,
                    }
                    | step,
                )
                for place, step in enumerate(steps)
            ],
        }
    )
    template.action_publish()
    return template


def timed(env, action):
    """Seconds and queries of the action with everything written; it is rolled back."""
    env.cr.execute("SAVEPOINT bench")
    env.invalidate_all()
    queries = env.cr.sql_log_count
    begin = time.perf_counter()
    action()
    env.flush_all()
    seconds = time.perf_counter() - begin
    queries = env.cr.sql_log_count - queries
    env.cr.execute("ROLLBACK TO SAVEPOINT bench")
    env.cr.clear()
    env.invalidate_all()
    return seconds, queries


def measure_start(env, people, runs):
    """All steps begin at once, so that the case gives as many instructions as there are activities."""
    author, workers = people
    template = make_template(env, workers, "BENCH30", [{"start_rule": "begin"}] * STEPS)
    record = env["res.partner"].create({"name": "Bench"})
    todo = env.ref("mail.mail_activity_data_todo")
    model_id = env["ir.model"]._get_id("res.partner")
    env.flush_all()

    def start_case():
        template.with_user(author).action_start()

    def create_activities():
        env["mail.activity"].with_user(author).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": record.id,
                    "activity_type_id": todo.id,
                    "summary": f"Step {place}",
                    "user_id": workers[place % len(workers)].id,
                }
                for place in range(STEPS)
            ]
        )

    ways = {"case": start_case, "activities": create_activities}
    return alternate(env, ways, runs)


def measure_finish(env, people, options):
    """One step ends and five begin, with 10 other cases and with many."""
    author, workers = people
    steps = [{"kind": "milestone", "is_manual": True, "start_rule": "begin"}]
    template = make_template(env, workers, "BENCHNEXT", steps + [{"start_rule": "begin"}] * SUCCESSORS)
    result = {"queries": {}}
    for name, others in (("few", 10), ("many", options.cases)):
        start_others(env, template, author, others)
        case = env["paydox.case"].browse(template.with_user(author).action_start()["res_id"])
        first, *rest = case.step_ids.sorted("sequence")
        # Five that wait for the first: instructions that began with the case are taken back.
        later = case.step_ids.browse([step.id for step in rest])
        later.instruction_ids._cancel("bench")
        later.write({"predecessor_ids": [(6, 0, first.ids)], "state": "waiting", "problem": False})
        env.flush_all()
        env.cr.commit()
        rows = [timed(env, lambda step=first: step.with_user(author).action_done()) for _run in range(options.runs + 1)]
        result[name] = statistics.median(seconds for seconds, _queries in rows[1:])
        result["queries"][name] = rows[-1][1]
    return result


def start_others(env, template, author, count):
    """One case is started by the engine; its rows are the pattern of the others."""
    case = env["paydox.case"].browse(template.with_user(author).action_start()["res_id"])
    env.flush_all()
    others = {"count": count - 1}
    first = copy_rows(env.cr, "paydox_case", case.id, number=f"'{case.number}-' || n", **others)
    for step in case.step_ids:
        steps = copy_rows(env.cr, "paydox_case_step", step.id, case_id=f"{first} + n", **others)
        for instruction in step.instruction_ids:
            links = {"case_step_id": f"{steps} + n", "res_id": f"{first} + n"}
            given = copy_rows(env.cr, "paydox_instruction", instruction.id, **links, **others)
            for activity in instruction.activity_ids:
                copy_rows(env.cr, "mail_activity", activity.id, res_id=f"{given} + n", **others)
    env.cr.commit()
    vacuum(env.cr, *TABLES)
    env.invalidate_all()


def alternate(env, ways, runs):
    """Each way warmed up once, then in turns. :return: medians and queries"""
    rows = {name: [] for name in ways}
    for run in range(runs + 1):
        for name, action in ways.items():
            row = timed(env, action)
            if run:
                rows[name].append(row)
    return {name: statistics.median(seconds for seconds, _queries in found) for name, found in rows.items()} | {
        "queries": {name: found[-1][1] for name, found in rows.items()}
    }


if __name__ == "__main__":
    main()
