"""Makes deals with their histories, by SQL: a million deals with five million events in a minute or two.

The data are consistent: every deal has an unbroken chain of events, its status is that of its last event, the furthest
status is the furthest of its chain, a lost deal is archived. ``check`` proves it. The same arguments make the same data.
"""

import logging
from contextlib import contextmanager
from pathlib import Path

from odoo.tools import SQL

_logger = logging.getLogger(__name__)

SQL_FOLDER = Path(__file__).parent / "sql"
TABLES = ("crm_lead", "paydox_deal_status_event")
LAYERS = ("new", "qualified", "offer", "contract", "agreed", "paid", "won")
TYPES, USERS, PARTNERS, DEPARTMENTS, TEAMS = 20, 200, 500, 10, 8

# What must return no row. Said independently of how the data are made.
CHECKS = {
    "an event does not continue the one before it": """
        SELECT 1 FROM (
            SELECT from_status_id, lag(to_status_id) OVER chain AS former, occurred_at, lag(left_at) OVER chain AS left_before,
                   left_at, lead(id) OVER chain AS following, to_status_id
              FROM paydox_deal_status_event WINDOW chain AS (PARTITION BY lead_id ORDER BY occurred_at, id)) event
         WHERE from_status_id IS DISTINCT FROM former OR from_status_id = to_status_id
            OR (former IS NOT NULL AND occurred_at IS DISTINCT FROM left_before)
            OR (left_at IS NULL) <> (following IS NULL)""",
    "a deal is not in the status of its current event": """
        SELECT 1 FROM crm_lead lead LEFT JOIN paydox_deal_status_event event ON event.id = lead.status_event_id
         WHERE event.lead_id IS DISTINCT FROM lead.id OR event.left_at IS NOT NULL
            OR event.to_status_id IS DISTINCT FROM lead.deal_status_id""",
    "the furthest status is not the furthest of the history": """
        SELECT 1 FROM crm_lead lead JOIN paydox_deal_status reached ON reached.id = lead.reached_status_id
          JOIN (SELECT event.lead_id, max(status.sequence) AS sequence
                  FROM paydox_deal_status_event event JOIN paydox_deal_status status ON status.id = event.to_status_id
                 WHERE status.outcome <> 'lost' GROUP BY event.lead_id) history ON history.lead_id = lead.id
         WHERE history.sequence <> reached.sequence""",
    "a stage, a status and an outcome disagree": """
        SELECT 1 FROM crm_lead lead JOIN crm_stage stage ON stage.id = lead.stage_id
         WHERE stage.deal_type_id <> lead.deal_type_id OR (lead.won_status = 'lost') = lead.active
            OR (lead.won_status <> 'lost' AND stage.status_id <> lead.deal_status_id)
            OR stage.is_won <> (lead.won_status = 'won')""",
    "something happens before the deal or after now": """
        SELECT 1 FROM paydox_deal_status_event event JOIN crm_lead lead ON lead.id = event.lead_id
         WHERE event.occurred_at < lead.create_date OR event.occurred_at > now() AT TIME ZONE 'UTC'""",
}


def prepare(env):
    """Make deal types, people, partners and departments through the ORM.

    :return: the ids that the statements need
    """
    company = env.company
    by_code = {status.code: status.id for status in env["paydox.deal.status"].search([])}
    statuses = [by_code[code] for code in LAYERS]
    types = env["paydox.deal.type"].create(
        [{"name": f"Type {number}", "code": f"bench_{number}", "active": False} for number in range(1, TYPES + 1)]
    )
    stages = env["crm.stage"].create(
        [
            {
                "name": code.capitalize(),
                "sequence": position,
                "deal_type_id": deal_type.id,
                "status_id": by_code[code],
                "is_won": code == "won",
            }
            for deal_type in types
            for position, code in enumerate(LAYERS, 1)
        ]
    )
    types.active = True
    departments = env["hr.department"].create(
        [{"name": f"Department {number}"} for number in range(1, DEPARTMENTS + 1)]
    )
    teams = env["crm.team"].create([{"name": f"Team {number}"} for number in range(1, TEAMS + 1)])
    salesman = env.ref("sales_team.group_sale_salesman")
    users = (
        env["res.users"]
        .with_context(no_reset_password=True, tracking_disable=True)
        .create(
            [
                {
                    "name": f"Salesperson {number}",
                    "login": f"bench_{number}",
                    "group_ids": [(4, salesman.id)],
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                }
                for number in range(1, USERS + 1)
            ]
        )
    )
    partners = (
        env["res.partner"]
        .with_context(tracking_disable=True)
        .create([{"name": f"Counterparty {number}", "is_company": True} for number in range(1, PARTNERS + 1)])
    )
    users[-1].group_ids = [(4, env.ref("sales_team.group_sale_manager").id)]
    env.flush_all()
    return {
        "statuses": statuses,
        "lost_status": by_code["lost"],
        "type_ids": types.ids,
        "stages": stages.ids,
        "user_ids": users.ids,
        "partner_ids": partners.ids,
        "department_ids": departments.ids,
        "team_ids": teams.ids,
        "currency": company.currency_id.id,
        **find_people(env),
    }


def find_people(env):
    """Those who look at the funnel, and their company."""
    logins = {user.login: user for user in env["res.users"].search([("login", "in", ["bench_1", f"bench_{USERS}"])])}
    manager, salesman = logins[f"bench_{USERS}"], logins["bench_1"]
    cuts = {
        "deal_type_id": env["paydox.deal.type"].search([("code", "=", "bench_3")]).id,
        "department_id": env["hr.department"].search([("name", "=", "Department 3")]).id,
        "team_id": env["crm.team"].search([("name", "=", "Team 3")]).id,
        "user_id": salesman.id,
        "partner_id": env["res.partner"].search([("name", "=", "Counterparty 3")]).id,
    }
    return {"manager": manager.id, "salesman": salesman.id, "company": manager.company_id.id, "cuts": cuts}


def generate(env, deals, events):
    """Make ``deals`` deals with ``events`` events altogether.

    :return: the ids of the reference, see ``prepare``
    """
    if not 1 <= deals <= events:
        raise ValueError("There must be at least one deal and at least as many events as deals.")
    ids = prepare(env)
    cr = env.cr
    parameters = {name: _literal(cr, value) for name, value in ids.items() if name != "cuts"}
    parameters |= {
        "deals": str(deals),
        "events": str(events),
        "types": str(TYPES),
        "users": str(USERS),
        "partners": str(PARTNERS),
        "departments": str(DEPARTMENTS),
        "teams": str(TEAMS),
        "now": "(date_trunc('second', now() AT TIME ZONE 'UTC'))",
        "first_lead": str(_reserve(cr, "crm_lead", deals)),
        "first_event": str(_reserve(cr, "paydox_deal_status_event", events)),
    }
    with without_indexes(cr, TABLES):
        for name in ("plan", "deals", "events"):
            cr.execute((SQL_FOLDER / f"{name}.sql").read_text().format(**parameters))
    env.invalidate_all()
    return ids


def check(cr):
    """:return: what is inconsistent, in words; empty when nothing is"""
    problems = []
    for problem, query in CHECKS.items():
        cr.execute(SQL("SELECT EXISTS (%s)", SQL(query)))
        if cr.fetchone()[0]:
            problems.append(problem)
    return problems


def _literal(cr, value):
    return f"({cr.mogrify('%s', (value,)).decode()})"


def _reserve(cr, table, count):
    """Take ``count`` ids of the table's sequence in one go.

    :return: the first of them
    """
    cr.execute(SQL("SELECT nextval(%s)", f"{table}_id_seq"))
    [first] = cr.fetchone()
    cr.execute(SQL("SELECT setval(%s, %s)", f"{table}_id_seq", first + count - 1))
    return first


@contextmanager
def without_indexes(cr, tables):
    """Drop the indexes and foreign keys of the tables and make the very same ones again: much faster than keeping them
    current row by row, and the fresh indexes are as dense in every run."""
    cr.execute(
        SQL(
            """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
             WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conname
            """,
            list(tables),
        )
    )
    keys = cr.fetchall()
    cr.execute(
        SQL(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
             WHERE NOT indisprimary AND indrelid = ANY(%s::regclass[])
               AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1
            """,
            list(tables),
        )
    )
    indexes = cr.fetchall()
    for table, name, _definition in keys:
        cr.execute(SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(name)))
    for name, _definition in indexes:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name.strip('"'))))
    yield
    for _name, definition in indexes:
        cr.execute(definition.replace("%", "%%"))
    for table, name, definition in keys:
        cr.execute(
            SQL("ALTER TABLE %s ADD CONSTRAINT %s %s", SQL.identifier(table), SQL.identifier(name), SQL(definition))
        )
