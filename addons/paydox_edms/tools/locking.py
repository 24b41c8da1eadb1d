"""Row locks that wait, where ``lock_for_update`` would refuse."""

from psycopg2 import OperationalError

from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

# What voids the whole transaction: nobody may go on after it, the server runs the request again.
RETRIED_ERRORS = (OperationalError, ConcurrencyError)


def lock_rows(records):
    """Wait for the rows and lock them until the end of the transaction.

    When another transaction changed a row meanwhile, PostgreSQL raises a serialization failure and the server runs the
    request again on fresh data. So two people who press at once both get an answer, and neither works on a stale state.
    """
    if records.ids:
        records.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                SQL.identifier(records._table),
                tuple(records.ids),
            )
        )
