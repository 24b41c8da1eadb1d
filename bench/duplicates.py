"""Search of duplicates among 100,000 counterparties beside Odoo's own check of the same tax number.

Usage: see README.md, or ``python bench/duplicates.py --help``.
"""

import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.common import open_database, parse_arguments, vacuum, write_report

TARGET_MS = 100
TARGET_RATIO = 3
BATCH = 5000
_SYLLABLES = [
    "ба",
    "ве",
    "го",
    "ду",
    "зи",
    "ка",
    "ле",
    "мо",
    "ну",
    "пи",
    "ра",
    "се",
    "то",
    "фу",
    "ха",
    "ша",
    "бор",
    "вик",
    "дан",
    "кор",
    "лин",
    "мар",
    "нов",
    "рос",
    "сан",
    "тех",
]
_WORDS = [
    "Торг",
    "Строй",
    "Мед",
    "Пром",
    "Авто",
    "Агро",
    "Транс",
    "Инвест",
    "Сервис",
    "Групп",
    "Плюс",
    "Юг",
    "Север",
    "Восток",
    "Запад",
]
_FORMS = ("ООО «{}»", "АО «{}»", "{} SRL", "{} LLC", "ИП {}")


def main():
    options = parse_arguments("Measure the search of duplicates.", partners=100000)
    with open_database(options) as env:
        fill(env, options.partners)
        report = measure(env, options)
    one, core = report["search"]["ms"], report["core"]["ms"]
    ratio = one / core
    print(f"{options.partners:,} counterparties; median of {options.runs * len(probes())} searches of each way.")
    for name in ("search", "keys", "core"):
        row = report[name]
        print(f"{name:<10}{row['ms']:9.2f} ms   p95 {row['p95']:9.2f} ms   {row['queries']:4.1f} queries")
    print(f"search is {ratio:.2f} times core (target: {TARGET_MS} ms or {TARGET_RATIO} times core)")
    print(
        f"{BATCH:,} rows of an import      {report['batch']['ms']:9.0f} ms   {report['batch']['queries']:4.1f} queries"
    )
    print(f"report over everybody     {report['report']['ms']:9.0f} ms   {report['report']['groups']:,} rows")
    write_report(options, {"partners": options.partners, "ratio": ratio} | report)
    missed = one > TARGET_MS and ratio > TARGET_RATIO
    sys.exit("Missed: the search takes too long." if missed and options.strict else 0)


def make_values(number, country_id):
    """A counterparty; one of fifty shares its phone with another, one of two hundred its name."""
    draw = random.Random(number)
    twin = random.Random(number - 1) if number % 200 == 0 else draw
    name = "".join(twin.choice(_SYLLABLES) for __ in range(4)).title()
    name = f"{name} {twin.choice(_WORDS)}{twin.choice(_WORDS).lower()}"
    phone = number - 1 if number % 50 == 0 else number
    return {
        "name": draw.choice(_FORMS).format(name),
        "is_company": True,
        "country_id": country_id,
        "vat": make_inn(number),
        "kpp": f"{7700 + number % 90}01001",
        "phone": f"+7 (495) {phone // 10000 % 1000:03d}-{phone // 100 % 100:02d}-{phone % 100:02d}",
        "email": f"office{number}@firm{number}.example",
    }


def make_inn(number):
    digits = f"{770000000 + number:09d}"
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    check = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10
    return digits + str(check)


def fill(env, count):
    """Insert rows with the keys that the addon computes; a hundred of them are compared with those of the ORM."""
    cr, Partner = env.cr, env["res.partner"]
    country = env.ref("base.ru")
    sample = Partner.create([make_values(number, country.id) for number in range(100)])
    env.flush_all()
    rows = []
    for number in range(count):
        values = make_values(number, country.id)
        keys, name = Partner._get_match_values(values, country.phone_code)
        rows.append((*values.values(), " ".join(keys), name))
    cr.execute("SELECT match_keys, match_name FROM res_partner WHERE id IN %s ORDER BY id", (tuple(sample.ids),))
    if [tuple(row[-2:]) for row in rows[:100]] != cr.fetchall():
        sys.exit("The keys of the data are not those of the addon.")
    sample.unlink()
    env.flush_all()
    columns = [*make_values(0, 1), "match_keys", "match_name"]
    for start in range(0, count, BATCH):
        batch = rows[start : start + BATCH]
        place = (
            "("
            + ", ".join(["%s"] * len(columns))
            + ", TRUE, TRUE, 'contact', 'organisation', now() AT TIME ZONE 'UTC')"
        )
        arguments = b", ".join(cr._obj.mogrify(place, row) for row in batch).decode()
        cr.execute(
            f"INSERT INTO res_partner ({', '.join(columns)}, active, partner_share, type, partner_kind, create_date)"
            f" VALUES {arguments}"
        )
    cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id, complete_name = name WHERE commercial_partner_id IS NULL"
    )
    env.invalidate_all()
    cr.commit()
    vacuum(cr, "res_partner")


def probes():
    """What is typed: a known phone in another format, a name in Latin letters, a number, and nothing that is known."""
    return [
        {"name": "Новая Компания", "phone": "8 495 012 34 56"},
        {"name": "Bavegodu Torgstroi LLC", "vat": make_inn(4711)},
        {"name": "Шаборвик Медпром", "email": "OFFICE777@firm777.example"},
        {"name": "Совсем Другое Название", "phone": "+40 21 311 22 33", "vat": "7707083893"},
        {"name": "Тех", "kpp": "770001001"},
    ]


def measure(env, options):
    manager = env["res.users"].with_context(no_reset_password=True).create(
        {"name": "Bench", "login": "bench_duplicates",
         "group_ids": [(6, 0, env.ref("base.group_partner_manager").ids + env.ref("base.group_user").ids)]}
    )  # fmt: skip
    Partner = env["res.partner"].with_user(manager)
    russia = env.ref("base.ru")

    def candidate(values):
        keys, name = Partner._get_match_values(values, russia.phone_code)
        return {"keys": keys, "name": name, "kpp": values.get("kpp")}

    def core(values):
        draft = Partner.new({"name": values["name"], "vat": values.get("vat") or make_inn(5), "country_id": russia.id})
        return draft.same_vat_partner_id

    ways = {
        "search": lambda values: Partner._describe_duplicates(Partner._search_duplicates([candidate(values)])[0][:10]),
        "keys": lambda values: Partner._search_duplicates([candidate(values)], with_similar=False),
        "core": core,
    }
    rows = {name: [] for name in ways}
    for run in range(options.runs + 1):
        for values in probes():
            for name, way in ways.items():
                row = timed(env, lambda way=way, values=values: way(values))
                if run:
                    rows[name].append(row)
    report = {name: summarise(found) for name, found in rows.items()}
    newest = Partner.search([], order="id desc", limit=min(BATCH, options.partners))
    report["batch"] = summarise([timed(env, lambda: newest._find_duplicates(with_similar=False))])
    Report = env["paydox.partner.duplicate"].with_user(manager)
    found = []
    seconds, queries = timed(env, lambda: found.append(Report.search_count([])))
    report["report"] = {"ms": seconds * 1000, "queries": queries, "groups": found[0]}
    return report


def timed(env, action):
    env.flush_all()
    env.invalidate_all()
    queries = env.cr.sql_log_count
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin, env.cr.sql_log_count - queries


def summarise(rows):
    seconds = sorted(row[0] for row in rows)
    return {
        "ms": statistics.median(seconds) * 1000,
        "p95": seconds[int(len(seconds) * 0.95)] * 1000 if len(seconds) > 1 else seconds[0] * 1000,
        "queries": statistics.mean(row[1] for row in rows),
    }


if __name__ == "__main__":
    main()
