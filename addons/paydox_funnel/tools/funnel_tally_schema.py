"""What the tally and the quick ways of the funnel need in the database beside the tables of the ORM. Texts without any parameter."""

# What the funnel needs of the deal stands on its events: the deal may be gone when they are deleted with it, and the stays of one
# owner are read from one place.
SCHEMA = """
    ALTER TABLE paydox_deal_status_event
        ADD COLUMN IF NOT EXISTS deal_created_at timestamp without time zone,
        ADD COLUMN IF NOT EXISTS deal_company_id integer,
        ADD COLUMN IF NOT EXISTS deal_user_id integer;

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

COLUMNS_OF_DEAL = {
    "deal_created_at": ("create_date", "timestamp without time zone"),
    "deal_company_id": ("company_id", "integer"),
    "deal_user_id": ("user_id", "integer"),
}

# Finished stays by length, running ones by their begin: the few around the median are read from here. Then the stays of an owner.
INDEXES = """
    CREATE INDEX IF NOT EXISTS paydox_deal_status_event_stay_idx ON paydox_deal_status_event (to_status_id, stay)
        INCLUDE (deal_created_at, deal_company_id) WHERE left_at IS NOT NULL;
    CREATE INDEX IF NOT EXISTS paydox_deal_status_event_running_idx ON paydox_deal_status_event (to_status_id, occurred_at)
        INCLUDE (deal_created_at, deal_company_id) WHERE left_at IS NULL;
    CREATE INDEX IF NOT EXISTS paydox_deal_status_event_begun_idx ON paydox_deal_status_event (deal_created_at)
        INCLUDE (to_status_id, occurred_at, deal_company_id) WHERE left_at IS NULL;
    CREATE INDEX IF NOT EXISTS paydox_deal_status_event_owner_idx ON paydox_deal_status_event (deal_user_id, deal_created_at)
        INCLUDE (lead_id, deal_company_id, to_status_id, occurred_at, left_at, stay);
    CREATE INDEX IF NOT EXISTS crm_lead_cycle_idx
        ON crm_lead (deal_status_id, (date_part('epoch', date_closed - create_date))) WHERE date_closed IS NOT NULL;
    CREATE INDEX IF NOT EXISTS crm_lead_owner_idx ON crm_lead (user_id, create_date)
        INCLUDE (id, active, company_id, deal_type_id, team_id, department_id, deal_status_id, reached_status_id,
                 won_status, expected_revenue, date_closed);
    CREATE INDEX IF NOT EXISTS paydox_funnel_tally_cell_idx ON paydox_funnel_tally (kind, cell);
"""

# What does not agree is set right, as after a dump that was loaded without triggers.
FILL_EVENTS = """
    UPDATE paydox_deal_status_event event
       SET deal_created_at = lead.create_date, deal_company_id = lead.company_id, deal_user_id = lead.user_id
      FROM crm_lead lead
     WHERE lead.id = event.lead_id AND (event.deal_created_at, event.deal_company_id, event.deal_user_id)
                                       IS DISTINCT FROM (lead.create_date, lead.company_id, lead.user_id)
"""

CLEAN = """
        DROP INDEX IF EXISTS crm_lead_cycle_idx;
        DROP INDEX IF EXISTS crm_lead_owner_idx;
        DROP FUNCTION IF EXISTS paydox_funnel_class(double precision) CASCADE;"""

# An event knows the creation, the company and the owner of its deal, whoever writes it.
DEAL_OF_EVENT = """
    CREATE OR REPLACE FUNCTION paydox_funnel_deal_of_event() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        SELECT create_date, company_id, user_id INTO NEW.deal_created_at, NEW.deal_company_id, NEW.deal_user_id
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
EVENTS_OF_DEAL = """
    CREATE OR REPLACE FUNCTION paydox_funnel_events_of_deal() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan TO off SET jit TO off AS $body$
    DECLARE
        lead_ids integer[] := ARRAY(
            SELECT id FROM (
                SELECT id, create_date, company_id, user_id FROM new_rows
                EXCEPT SELECT id, create_date, company_id, user_id FROM old_rows
            ) changed);
    BEGIN
        IF lead_ids <> '{}' THEN
            UPDATE paydox_deal_status_event event
               SET deal_created_at = lead.create_date, deal_company_id = lead.company_id, deal_user_id = lead.user_id
              FROM crm_lead lead
             WHERE event.lead_id = ANY(lead_ids) AND lead.id = event.lead_id
               AND (event.deal_created_at, event.deal_company_id, event.deal_user_id)
                   IS DISTINCT FROM (lead.create_date, lead.company_id, lead.user_id);
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
