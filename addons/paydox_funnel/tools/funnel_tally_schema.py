"""What the tally and the quick ways of the funnel need in the database beside the tables of the ORM. Texts without any parameter."""

# What the funnel needs of the deal stands on its events: the deal may be gone when they are deleted with it, and the stays of one
# owner, type, department or team are read from one place. These are of the deal as it is now, not as it was then.
COLUMNS_OF_DEAL = {
    "deal_created_at": ("create_date", "timestamp without time zone"),
    "deal_company_id": ("company_id", "integer"),
    "deal_user_id": ("user_id", "integer"),
    "deal_deal_type_id": ("deal_type_id", "integer"),
    "deal_department_id": ("department_id", "integer"),
    "deal_team_id": ("team_id", "integer"),
}


def _columns(prefix):
    """The columns of the deal, each with what it is called there."""
    return ", ".join(f"{prefix}{column}" for column, _kind in COLUMNS_OF_DEAL.values())


_ON_EVENT = ", ".join(COLUMNS_OF_DEAL)
_ADDED = ", ".join(f"ADD COLUMN IF NOT EXISTS {name} {kind}" for name, (_column, kind) in COLUMNS_OF_DEAL.items())
_SET = "SET " + ", ".join(f"{name} = %(deal)s.{column}" for name, (column, _kind) in COLUMNS_OF_DEAL.items())

SCHEMA = f"""
    ALTER TABLE paydox_deal_status_event {_ADDED};

    -- Sixteen classes for each doubling of the length, from one minute on.
    CREATE OR REPLACE FUNCTION paydox_funnel_class(seconds double precision) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
        SELECT CASE WHEN seconds < 60 THEN 0 ELSE floor(16 * ln(seconds / 60) / ln(2.0::double precision))::integer + 1 END
    $body$;
"""

STAY = """
        ADD COLUMN IF NOT EXISTS stay double precision
            GENERATED ALWAYS AS (date_part('epoch', left_at - occurred_at)) STORED"""
ADD_STAY = f"ALTER TABLE paydox_deal_status_event {STAY}"

# What a deal is filtered and cut by, each with an index that holds all that the funnel asks of its deals and of their stays.
CUTS = ("deal_type_id", "department_id", "team_id", "user_id")
# Teams are few and large: the history of their deals is found deal by deal, another index would cost each move.
CUTS_OF_EVENTS = ("deal_type_id", "department_id", "user_id")
_CUTS_ON_EVENT = ", ".join(f"deal_{name}" for name in CUTS)


def _index(name, table, key, columns, condition=""):
    """:param str columns: what the index holds beside its key, so that the table is not read"""
    kept = ", ".join(column for column in columns.split(", ") if column not in key.split(", "))
    return f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({key}) INCLUDE ({kept}) {condition};"


def _indexes_of_cuts():
    for cut in CUTS:
        name = {"deal_type_id": "type", "department_id": "department", "team_id": "team", "user_id": "owner"}[cut]
        if cut in CUTS_OF_EVENTS:
            yield _index(
                f"paydox_deal_status_event_{name}_idx",
                "paydox_deal_status_event",
                f"deal_{cut}, deal_created_at",
                f"lead_id, deal_company_id, to_status_id, occurred_at, left_at, stay, {_CUTS_ON_EVENT}",
            )
        yield _index(
            f"crm_lead_{name}_idx",
            "crm_lead",
            f"{cut}, create_date",
            f"id, active, company_id, {', '.join(CUTS)}, partner_id, deal_status_id, reached_status_id, won_status, "
            "expected_revenue, date_closed",
        )


# Finished stays by length, running ones by their begin: the few around the median are read from here. Then the stays of a deal,
# those of an owner, type, department or team, and its deals.
INDEXES = "\n".join(
    (
        _index(
            "paydox_deal_status_event_stay_idx",
            "paydox_deal_status_event",
            "to_status_id, stay",
            f"deal_created_at, deal_company_id, {_CUTS_ON_EVENT}",
            "WHERE left_at IS NOT NULL",
        ),
        _index(
            "paydox_deal_status_event_running_idx",
            "paydox_deal_status_event",
            "to_status_id, occurred_at",
            f"deal_created_at, deal_company_id, {_CUTS_ON_EVENT}",
            "WHERE left_at IS NULL",
        ),
        _index(
            "paydox_deal_status_event_begun_idx",
            "paydox_deal_status_event",
            "deal_created_at",
            f"to_status_id, occurred_at, deal_company_id, {_CUTS_ON_EVENT}, lead_id",
            "WHERE left_at IS NULL",
        ),
        _index(
            # By its name it is the one that the ORM looks for at a field with an index: there is no second one.
            "paydox_deal_status_event__lead_id_index",
            "paydox_deal_status_event",
            "lead_id",
            "to_status_id, occurred_at, left_at, stay",
        ),
        *_indexes_of_cuts(),
        """CREATE INDEX IF NOT EXISTS crm_lead_cycle_idx
               ON crm_lead (deal_status_id, (date_part('epoch', date_closed - create_date))) WHERE date_closed IS NOT NULL;""",
        "CREATE INDEX IF NOT EXISTS paydox_funnel_tally_cell_idx ON paydox_funnel_tally (kind, cell);",
    )
)

# What does not agree is set right, as after a dump that was loaded without triggers.
FILL_EVENTS = f"""
    UPDATE paydox_deal_status_event event {_SET % {"deal": "lead"}}
      FROM crm_lead lead
     WHERE lead.id = event.lead_id AND ({_ON_EVENT}) IS DISTINCT FROM ({_columns("lead.")})
"""

CLEAN = """
        DROP INDEX IF EXISTS crm_lead_cycle_idx;
        DROP INDEX IF EXISTS crm_lead_owner_idx, crm_lead_type_idx, crm_lead_department_idx, crm_lead_team_idx;
        DROP FUNCTION IF EXISTS paydox_funnel_class(double precision) CASCADE;"""

# An event knows these of its deal, whoever writes it.
DEAL_OF_EVENT = f"""
    CREATE OR REPLACE FUNCTION paydox_funnel_deal_of_event() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        SELECT {_columns("")} INTO {", ".join(f"NEW.{name}" for name in COLUMNS_OF_DEAL)}
          FROM crm_lead WHERE id = NEW.lead_id;
        RETURN NEW;
    END $body$;
    DROP TRIGGER IF EXISTS paydox_funnel_deal_of_event ON paydox_deal_status_event;
    CREATE TRIGGER paydox_funnel_deal_of_event BEFORE INSERT ON paydox_deal_status_event
        FOR EACH ROW WHEN (NEW.deal_created_at IS NULL) EXECUTE FUNCTION paydox_funnel_deal_of_event();
    DROP TRIGGER IF EXISTS paydox_funnel_other_deal_of_event ON paydox_deal_status_event;
    CREATE TRIGGER paydox_funnel_other_deal_of_event BEFORE UPDATE OF lead_id ON paydox_deal_status_event
        FOR EACH ROW EXECUTE FUNCTION paydox_funnel_deal_of_event();
"""

# Once for all deals of a statement. Events that agree stay untouched: those of a new deal are written before its company is.
# Without reading whole tables: the plan is kept in the session, and one that was made for few rows reads all of a million.
EVENTS_OF_DEAL = f"""
    CREATE OR REPLACE FUNCTION paydox_funnel_events_of_deal() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan TO off SET jit TO off AS $body$
    DECLARE
        lead_ids integer[] := ARRAY(
            SELECT id FROM (
                SELECT id, {_columns("")} FROM new_rows
                EXCEPT SELECT id, {_columns("")} FROM old_rows
            ) changed);
    BEGIN
        IF lead_ids <> '{{}}' THEN
            UPDATE paydox_deal_status_event event {_SET % {"deal": "lead"}}
              FROM crm_lead lead
             WHERE event.lead_id = ANY(lead_ids) AND lead.id = event.lead_id
               AND ({_ON_EVENT}) IS DISTINCT FROM ({_columns("lead.")});
        END IF;
        RETURN NULL;
    END $body$;
    DROP TRIGGER IF EXISTS paydox_funnel_events_of_deal ON crm_lead;
    CREATE TRIGGER paydox_funnel_events_of_deal AFTER UPDATE ON crm_lead
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION paydox_funnel_events_of_deal();
"""


def get_first_fill(names):
    """Fill columns of the events that are new, of all rows at once.

    The table is written anew once, with dense indexes, row by row: an update of millions of rows would leave as many dead ones, take each
    index through as many changes, and a day to be cleaned.

    :param names: of the columns of ``COLUMNS_OF_DEAL``
    """
    columns = {name: COLUMNS_OF_DEAL[name] for name in names}
    functions = "".join(
        f"""
        CREATE OR REPLACE FUNCTION paydox_funnel_{column}(integer) RETURNS {kind} LANGUAGE sql STABLE AS $body$
            SELECT {column} FROM crm_lead WHERE id = $1
        $body$;"""
        for column, kind in columns.values()
    )
    changes = ", ".join(
        f"ALTER COLUMN {name} TYPE {kind} USING paydox_funnel_{column}(lead_id)"
        for name, (column, kind) in columns.items()
    )
    drops = "".join(f"DROP FUNCTION paydox_funnel_{column}(integer);" for column, _kind in columns.values())
    return f"{functions} ALTER TABLE paydox_deal_status_event {STAY}, {changes}; {drops}"
