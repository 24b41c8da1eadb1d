import psycopg2

from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

# Partners are taken by ranges of ids: a state is written once, however big the directory is.
_BATCH = 20000


def pre_init_hook(env):
    """Prepare the database for "one state a day": the exclusion constraint compares whole numbers in a GiST index."""
    env.cr.execute("SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'")
    if env.cr.fetchone():
        return
    try:
        with mute_logger("odoo.sql_db"), env.cr.savepoint():
            env.cr.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except psycopg2.Error as error:
        raise UserError(
            env._(
                "PayDox Counterparties cannot be installed: the PostgreSQL extension btree_gist is missing and this database "
                "user may not create it. Ask the administrator of the database to run "
                "“CREATE EXTENSION btree_gist;” in the database %(database)s, then install again.",
                database=env.cr.dbname,
            )
        ) from error


def post_init_hook(env):
    """Open the history of the counterparties that are already in the directory."""
    env.flush_all()
    env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM res_partner")
    last_id = env.cr.fetchone()[0]
    for start in range(0, last_id + 1, _BATCH):
        _insert_first_states(env, start, start + _BATCH)
    env.invalidate_all()


def _insert_first_states(env, start, end):
    """Insert the state of the partners ``start <= id < end`` that have none, valid from the day they were entered.

    The snapshot is built like ``res.partner._get_requisites_snapshots``: a test compares both.
    """
    partner_fields = env["res.partner"]._get_requisites_fields()
    pairs = [
        SQL("%(name)s, %(value)s", name=name, value=_snapshot_value(env["res.partner"]._fields[name]))
        for name in partner_fields
    ]
    env.cr.execute(
        SQL(
            """
            INSERT INTO paydox_partner_requisites
                   (partner_id, valid_from, snapshot, bank_snapshot, superseded, pending, create_uid, create_date,
                    write_uid, write_date)
            SELECT p.id, COALESCE(p.create_date, now() AT TIME ZONE 'UTC')::date,
                   jsonb_build_object(%(pairs)s), banks.accounts, FALSE, FALSE,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM res_partner p
         LEFT JOIN res_country country ON country.id = p.country_id
         LEFT JOIN res_country_state state ON state.id = p.state_id
         LEFT JOIN LATERAL (
                   SELECT jsonb_agg(jsonb_build_object(
                              'acc_number', a.acc_number,
                              'bank', COALESCE(to_jsonb(NULLIF(b.name, '')), 'false'),
                              'bic', COALESCE(to_jsonb(NULLIF(b.bic, '')), 'false'),
                              'currency', COALESCE(to_jsonb(c.name), 'false'),
                              'holder', COALESCE(to_jsonb(NULLIF(NULLIF(a.acc_holder_name, p.name), '')), 'false')
                          ) ORDER BY a.sequence, a.id) AS accounts
                     FROM res_partner_bank a
                LEFT JOIN res_bank b ON b.id = a.bank_id
                LEFT JOIN res_currency c ON c.id = a.currency_id
                    WHERE a.partner_id = p.id AND a.active
                   ) banks ON TRUE
             WHERE p.id >= %(start)s AND p.id < %(end)s
               AND (p.is_company OR p.parent_id IS NULL)
               AND NOT EXISTS (SELECT 1 FROM paydox_partner_requisites r WHERE r.partner_id = p.id)
            """,
            pairs=SQL(", ").join(pairs),
            uid=env.uid,
            start=start,
            end=end,
        )
    )


def _snapshot_value(field):
    column = SQL.identifier("p", field.name)
    if field.type == "many2one":
        names = {
            "res.country": SQL("country.name ->> 'en_US'"),
            "res.country.state": SQL("state.name"),
        }
        return SQL(
            "CASE WHEN %(column)s IS NULL THEN 'false'::jsonb ELSE jsonb_build_array(%(column)s, %(label)s) END",
            column=column,
            label=names[field.comodel_name],
        )
    return SQL("COALESCE(to_jsonb(NULLIF(%s, '')), 'false')", column)


def uninstall_hook(env):
    """Counterparties stay: they do not belong to the addon, whoever entered them."""
    env.flush_all()
    env.cr.execute("UPDATE paydox_partner_requisites SET source_document_id = NULL")
    env.cr.execute("DELETE FROM ir_model_data WHERE module = 'paydox_crm' AND model = 'res.partner'")
    env.invalidate_all()
