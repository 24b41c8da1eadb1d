"""Benchmark of the full-text search against ``ilike`` on the same rows. Usage: see README.md, or ``--help``."""

import argparse
import io
import json
import logging
import os
import platform
import random
import statistics
import sys
import time
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import odoo
from odoo import SUPERUSER_ID, api
from odoo.fields import Domain
from odoo.modules.registry import Registry
from odoo.tools import SQL

from bench.generate import without_indexes

TABLES = ("paydox_document", "paydox_document_index")
READER = "bench_reader"
AUTHORS = 50
LIMIT = 80
BATCH = 50_000
STEMS = {
    "russian": "договор насос поставк неустойк подряд аренд претензи спецификаци оплат гаранти перевозк хранени залог кредит "
    "штраф расторжени уведомлени соглашени протокол приложени счет акт накладн доверенност лицензи сертификат проект смет",
    "romanian": "contract furnizor livrar plat garanti penalitat transport depozitar gaj credit amend rezilier notificar acord "
    "protocol anex factur procur licent certificat proiect deviz vanzar cumparar chirie terasament imprumut",
    "english": "supply pump delivery payment guarantee penalty carriage storage pledge credit notice agreement minutes annex "
    "invoice power licence certificate project estimate lease insurance warranty shipment",
}
ENDINGS = {
    "russian": ("", "а", "у", "ом", "ы", "ов", "ам", "ами", "ах"),
    "romanian": ("", "ul", "ului", "e", "ele", "elor"),
    "english": ("", "s", "ed", "ing"),
}
SYLLABLES = ("ба ве го ду жи ка ле мо ну пи", "ra se ti vo xu ze ba ke lo mu")


def main():
    options = parse_arguments()
    odoo.tools.config.parse_config(["-c", options.config, "-d", options.db, "--no-http", "--log-level=warn"])
    logging.getLogger("odoo").setLevel(logging.ERROR)
    with Registry(options.db).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        seconds = None if options.reuse else fill(env, options.documents)
        reader = env["res.users"].search([("login", "=", READER)])
        documents = env["paydox.document"].with_user(reader)
        cr.execute("SELECT count(*) FROM paydox_document")
        options.documents = cr.fetchone()[0]
        results = [measure(documents, query, options.runs) for query in make_queries(options.queries)]
    report = summarize(results, options, seconds)
    print(json.dumps({name: value for name, value in report.items() if name != "queries"}, indent=2))
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def parse_arguments():
    parser = argparse.ArgumentParser(description="Measure the full-text search against ilike, as a plain employee.")
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--runs", type=int, default=5, help="runs of the search for each query; ilike runs once")
    parser.add_argument(
        "--db", default=os.environ.get("DB"), help="database with paydox_edms, without documents; it is filled"
    )
    parser.add_argument("--config", default=os.environ.get("ODOO_RC"), help="configuration of Odoo (default: $ODOO_RC)")
    parser.add_argument("--reuse", action="store_true", help="the database was filled by a former run: measure only")
    parser.add_argument("--json", help="file to write the numbers to")
    options = parser.parse_args()
    if not options.db or not options.config:
        parser.error("name the database (--db or DB) and the configuration (--config or ODOO_RC)")
    return options


def make_words():
    """Some 5,000 words of three languages, the frequent ones first."""
    words = [
        stem + ending for language, stems in STEMS.items() for stem in stems.split() for ending in ENDINGS[language]
    ]
    shuffle = random.Random(7)
    rare = {
        "".join(shuffle.choices(syllables.split(), k=shuffle.randint(2, 4)))
        for syllables in SYLLABLES
        for _number in range(2500)
    }
    shuffle.shuffle(words)
    return words + sorted(rare)


def make_queries(count):
    """What people type: one word, several, a phrase, the beginning of a word, a piece of a number."""
    chance = random.Random(11)
    words = make_words()

    def pick():
        return words[int(len(words) * chance.random() ** 2)]

    kinds = (
        pick,
        lambda: f"{pick()} {pick()}",
        lambda: f"{pick()} {pick()} {pick()}",
        lambda: pick()[:5],
        lambda: f"{chance.randint(10_000, 99_999)}",
    )
    return [kinds[number % len(kinds)]() for number in range(count)]


# === DATA === #


def fill(env, count):
    """Make the documents by SQL. :return: seconds"""
    env.cr.execute("SELECT count(*) FROM paydox_document")
    if env.cr.fetchone()[0]:
        sys.exit("The database has documents already. Use a fresh one: the benchmark fills it with its own.")
    start = time.perf_counter()
    template = prepare(env)
    with without_indexes(env.cr, TABLES):
        insert_documents(env.cr, template, count)
        insert_index(env.cr)
    env.cr.execute("SELECT setval('paydox_document_id_seq', max(id)) FROM paydox_document")
    env.cr.execute(SQL("DELETE FROM paydox_document WHERE id = %s", template["id"]))
    env.cr.commit()
    vacuum(env.cr)
    check_index(env)
    seconds = time.perf_counter() - start
    print(f"{count:,} documents made in {seconds:.0f} s.", flush=True)
    return seconds


def prepare(env):
    """People and the document whose row is multiplied."""
    context = {"no_reset_password": True, "tracking_disable": True}
    logins = [READER, *(f"bench_author_{number}" for number in range(AUTHORS))]
    users = env["res.users"].with_context(**context).create([{"name": login, "login": login} for login in logins])
    kind = env["paydox.document.kind"].search([], limit=1)
    document = env["paydox.document"].with_context(**context).create({"name": "Template", "kind_id": kind.id})
    env.flush_all()
    env.cr.commit()
    return {"id": document.id, "users": users.ids}


def copy_texts(cr, count):
    """Texts of 12 to 60 words; the first words of the list stand in them more often than the last."""
    words, chance = make_words(), random.Random(5)
    weights = list(accumulate(1 / (position + 20) for position in range(len(words))))
    cr.execute("CREATE TEMPORARY TABLE made (id integer, words text) ON COMMIT DROP")
    for first in range(1, count + 1, BATCH):
        lines = (
            f"{number}\t{' '.join(chance.choices(words, cum_weights=weights, k=12 + number % 49))}\n"
            for number in range(first, min(first + BATCH, count + 1))
        )
        cr.copy_from(io.StringIO("".join(lines)), "made")


def insert_documents(cr, template, count):
    """Rows as that of the template, with texts, numbers, people and days of their own."""
    copy_texts(cr, count)
    cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'paydox_document' ORDER BY 1")
    columns = [row[0] for row in cr.fetchall()]
    values = {
        "id": SQL("made.id + %s", template["id"]),
        "name": SQL("'Document ' || made.id"),
        "note": SQL("made.words"),
        "number": SQL("'B-' || lpad(made.id::text, 8, '0')"),
        "author_id": SQL("(%s::int[])[1 + made.id %% %s]", template["users"], len(template["users"])),
        "responsible_id": SQL("(%s::int[])[1 + (made.id / 7) %% %s]", template["users"], len(template["users"])),
        "confidentiality": SQL(
            "CASE made.id %% 10 WHEN 0 THEN 'secret' WHEN 1 THEN 'open' WHEN 2 THEN 'open' ELSE 'internal' END"
        ),
        "date": SQL("CURRENT_DATE - (made.id::bigint * 7919 %% 1500)::int"),
    }
    selected = [values.get(column, SQL("template.%s", SQL.identifier(column))) for column in columns]
    cr.execute(
        SQL(
            "INSERT INTO paydox_document (%s) SELECT %s FROM paydox_document template, made WHERE template.id = %s",
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(selected),
            template["id"],
        )
    )


def insert_index(cr):
    """The words of the cards, as the addon would write them; ``check_index`` compares."""
    cr.execute("DELETE FROM paydox_document_index")
    cr.execute(
        """
        INSERT INTO paydox_document_index (document_id, card, file_state, attempts, is_stale)
             SELECT id, to_tsvector('russian', words)
                        || to_tsvector('romanian', trim(regexp_replace(words, '[^a-z ]+', '', 'g')))
                        || array_to_tsvector(ARRAY['§' || to_char(date, 'YYYY'), '§' || to_char(date, 'YYYY-MM')]),
                    'none', 0, FALSE
               FROM (SELECT id, date, lower(replace(number, '-', ' ')) || ' ' || lower(name) || ' ' || note AS words
                       FROM paydox_document) card
        """
    )


def check_index(env):
    """The rows made by SQL are those that the addon makes."""
    env.cr.execute("SELECT document_id, card::text FROM paydox_document_index ORDER BY document_id LIMIT 200")
    made = dict(env.cr.fetchall())
    documents = env["paydox.document"].browse(made)
    env["paydox.document.index"]._write_cards(documents)
    env.cr.execute("SELECT document_id, card::text FROM paydox_document_index WHERE document_id IN %s", (tuple(made),))
    different = [
        document_id for document_id, card in env.cr.fetchall() if strip_places(card) != strip_places(made[document_id])
    ]
    env.cr.rollback()
    if different:
        sys.exit(f"The index of {len(different)} of 200 documents differs from that of the addon.")


def strip_places(card):
    return {item.rpartition(":")[0] for item in card.split()}


def vacuum(cr):
    connection = cr._cnx
    connection.autocommit = True
    for table in TABLES:
        cr.execute(f"VACUUM ANALYZE {table}")
    connection.autocommit = False


# === MEASURE === #


def measure(documents, query, runs):
    """Time the search and the ``ilike`` that finds the same words, both with the access rules of the reader."""
    words = query.split()
    conditions = [Domain("note", "ilike", word) | Domain("number", "ilike", word) for word in words]
    plain = Domain.AND(conditions)
    search = [run(documents, Domain("search_text", "ilike", query)) for _number in range(runs + 1)][1:]
    seconds, found = run(documents, plain)
    result = {
        "query": query,
        "search_seconds": [each[0] for each in search],
        "ilike_seconds": seconds,
        "found_by_search": search[0][1],
        "found_by_ilike": found,
    }
    median = statistics.median(result["search_seconds"])
    print(f"{query:<40} {median * 1000:>8,.1f} ms {seconds * 1000:>10,.0f} ms {search[0][1]:>4} {found:>4}", flush=True)
    return result


def run(documents, domain):
    """:return: ``(seconds, number of rows of the first page)``"""
    documents.env.cr.rollback()
    documents.env.invalidate_all()
    start = time.perf_counter()
    found = documents.search(domain, limit=LIMIT)
    return time.perf_counter() - start, len(found)


def summarize(results, options, seconds):
    search = [second for result in results for second in result["search_seconds"]]
    ilike = [result["ilike_seconds"] for result in results]
    percentile = {"search": statistics.quantiles(search, n=20)[-1], "ilike": statistics.quantiles(ilike, n=20)[-1]}
    return {
        "documents": options.documents,
        "generation_seconds": seconds and round(seconds, 1),
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
        "median_seconds": {"search": statistics.median(search), "ilike": statistics.median(ilike)},
        "p95_seconds": percentile,
        "p95_ratio": percentile["search"] / percentile["ilike"],
        "queries": results,
    }


if __name__ == "__main__":
    main()
