"""The statements that keep the tally of the funnel. No ORM: texts without any parameter.

The tally are sums beside the deals and their histories, kept by triggers of the database, so that no way of writing goes past
them. A change appends the difference: two people never wait for each other. A job gathers what was appended.

======== ========================== ======================= ==========================================================
kind     cell: deals created in     key                     counts
======== ========================== ======================= ==========================================================
deal     a day                      -                       deals by status, furthest status, lost or not; amounts
a field  a month                    the value of the field  the same, for each field of ``TALLY_FIELDS``
cycle    a day                      class of the length     closed deals by days from creation to closing
stay     a day                      class of the length     finished stays in a status
stays    a month                    class of the length     the same, for long periods
running  a month                    day they began on       stays that go on
======== ========================== ======================= ==========================================================
"""

from .funnel_tally_schema import CLEAN, DEAL_OF_EVENT, EVENTS_OF_DEAL, FILL_EVENTS

TALLY_FIELDS = ("deal_type_id", "department_id", "user_id", "team_id")
# Day 0 of the key of running stays.
EPOCH = "DATE '2000-01-01'"

LEAD_COLUMNS = (
    "create_date",
    "company_id",
    "deal_status_id",
    "reached_status_id",
    "won_status",
    "expected_revenue",
    "date_closed",
    *TALLY_FIELDS,
)
EVENT_COLUMNS = ("to_status_id", "occurred_at", "left_at", "deal_created_at", "deal_company_id")

COLUMNS = "kind, cell, company_id, status_id, reached_id, is_lost, key, deals, amount"


def count_deals(source):
    """Sums of the deals of ``source``: rows with ``sign`` and ``LEAD_COLUMNS``."""
    fields = ",\n".join(f"('{name}', date_trunc('month', create_date)::date, {name})" for name in TALLY_FIELDS)
    return f"""
        INSERT INTO paydox_funnel_tally ({COLUMNS})
        SELECT part.kind, part.cell, company_id, deal_status_id,
               CASE WHEN part.kind <> 'cycle' THEN reached_status_id END,
               COALESCE(won_status = 'lost', FALSE), part.key, SUM(sign),
               SUM(CASE WHEN part.kind <> 'cycle' THEN sign * COALESCE(expected_revenue, 0) ELSE 0 END)
          FROM ({source}) deal
    CROSS JOIN LATERAL (VALUES
               ('deal', create_date::date, NULL::integer),
               {fields},
               ('cycle', CASE WHEN date_closed >= create_date THEN create_date::date END,
                paydox_funnel_class(date_part('epoch', date_closed - create_date)))
               ) part(kind, cell, key)
         WHERE part.cell IS NOT NULL
      GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING SUM(sign) <> 0
            OR SUM(CASE WHEN part.kind <> 'cycle' THEN sign * COALESCE(expected_revenue, 0) ELSE 0 END) <> 0"""


def count_stays(source):
    """Sums of the events of ``source``: rows with ``sign`` and ``EVENT_COLUMNS``."""
    length = "paydox_funnel_class(date_part('epoch', left_at - occurred_at))"
    return f"""
        INSERT INTO paydox_funnel_tally ({COLUMNS})
        SELECT part.kind, part.cell, deal_company_id, to_status_id, NULL::integer, FALSE, part.key, SUM(sign), 0
          FROM ({source}) event
    CROSS JOIN LATERAL (VALUES
               ('stay', CASE WHEN left_at IS NOT NULL THEN deal_created_at::date END, {length}),
               ('stays', CASE WHEN left_at IS NOT NULL THEN date_trunc('month', deal_created_at)::date END, {length}),
               ('running', CASE WHEN left_at IS NULL THEN date_trunc('month', deal_created_at)::date END,
                occurred_at::date - {EPOCH})
               ) part(kind, cell, key)
         WHERE part.cell IS NOT NULL AND to_status_id IS NOT NULL
      GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING SUM(sign) <> 0"""


def get_triggers():
    """The functions and triggers that append every difference."""
    return "\n".join(
        (
            *_follow("crm_lead", LEAD_COLUMNS, count_deals),
            *_follow("paydox_deal_status_event", EVENT_COLUMNS, count_stays),
            DEAL_OF_EVENT,
            EVENTS_OF_DEAL,
        )
    )


def _follow(table, columns, count):
    names = ", ".join(columns)
    was, is_now = (", ".join(f"{alias}.{column}" for column in columns) for alias in ("was", "is_now"))
    changed = f"was.id = is_now.id AND ({was}) IS DISTINCT FROM ({is_now})"
    sources = {
        "INSERT": f"SELECT 1 AS sign, {names} FROM new_rows",
        "DELETE": f"SELECT -1 AS sign, {names} FROM old_rows",
        "UPDATE": f"""
            SELECT -1 AS sign, {was} FROM old_rows was JOIN new_rows is_now ON {changed}
             UNION ALL
            SELECT 1, {is_now} FROM old_rows was JOIN new_rows is_now ON {changed}""",
    }
    tables = {
        "INSERT": "NEW TABLE AS new_rows",
        "DELETE": "OLD TABLE AS old_rows",
        "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    }
    # Without nested loops: the plan is kept in the session, and one that was made for a single row compares each with each of a
    # thousand. Without compiling, which takes seconds for nothing.
    for event, source in sources.items():
        name = f"paydox_funnel_tally_{table}_{event.lower()}"
        yield f"""
            CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop TO off SET jit TO off AS $body$
            BEGIN
                {count(source)};
                RETURN NULL;
            END $body$;
            DROP TRIGGER IF EXISTS {name} ON {table};
            CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {tables[event]}
                FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """


def get_removal():
    """Take away what the uninstallation of the table leaves behind on the deals."""
    names = [
        *(
            f"paydox_funnel_tally_{table}_{event}"
            for table in ("crm_lead", "paydox_deal_status_event")
            for event in ("insert", "update", "delete")
        ),
        "paydox_funnel_deal_of_event",
        "paydox_funnel_events_of_deal",
    ]
    drops = "\n".join(f"DROP FUNCTION IF EXISTS {name}() CASCADE;" for name in names)
    return f"""
        {drops}
        {CLEAN}"""


def get_rebuild():
    """Make the tally anew from the deals and their histories."""
    return f"""
        {FILL_EVENTS};
        DELETE FROM paydox_funnel_tally;
        {count_deals(f"SELECT 1 AS sign, {', '.join(LEAD_COLUMNS)} FROM crm_lead")};
        {count_stays(f"SELECT 1 AS sign, {', '.join(EVENT_COLUMNS)} FROM paydox_deal_status_event")};
        UPDATE paydox_funnel_tally SET is_gathered = TRUE"""


# Cells with something new are written anew, in one statement: what others append meanwhile is not seen and stays.
GATHER = f"""
    WITH cell AS (SELECT DISTINCT kind, cell FROM paydox_funnel_tally WHERE is_gathered IS NOT TRUE),
         old AS (DELETE FROM paydox_funnel_tally tally USING cell
                  WHERE tally.kind = cell.kind AND tally.cell = cell.cell RETURNING tally.*)
    INSERT INTO paydox_funnel_tally ({COLUMNS}, is_gathered)
    SELECT kind, cell, company_id, status_id, reached_id, is_lost, key, SUM(deals), SUM(amount), TRUE
      FROM old GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING SUM(deals) <> 0 OR SUM(amount) <> 0
  ORDER BY kind, cell
"""

# Whether the sums agree with the rows, in one statement and so at one moment.
AGREES = """
    SELECT (SELECT COUNT(*) FROM crm_lead WHERE create_date IS NOT NULL)
           = (SELECT COALESCE(SUM(deals), 0) FROM paydox_funnel_tally WHERE kind = 'deal')
       AND (SELECT COUNT(*) FROM paydox_deal_status_event
             WHERE left_at IS NOT NULL AND to_status_id IS NOT NULL AND deal_created_at IS NOT NULL)
           = (SELECT COALESCE(SUM(deals), 0) FROM paydox_funnel_tally WHERE kind = 'stay')
       AND (SELECT COUNT(*) FROM paydox_deal_status_event
             WHERE left_at IS NULL AND to_status_id IS NOT NULL AND deal_created_at IS NOT NULL)
           = (SELECT COALESCE(SUM(deals), 0) FROM paydox_funnel_tally WHERE kind = 'running')
"""
