import logging
from datetime import datetime, timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger
from odoo.tools.misc import hmac

from odoo.addons.paydox_website.tools.order import network_of

_logger = logging.getLogger(__name__)

DEFAULT_LIMIT = 10
DEFAULT_MINUTES = 10
ATTEMPTS = 20


class PaydoxOrderThrottle(models.Model):
    """How many orders one sender sent with one form in one window of time; also requests without a form, by their scope.

    One row per form, scope, sender and window, and a refused order writes nothing, so a flood cannot fill the table.
    The address is kept as a keyed hash only.
    """

    _name = "paydox.order.throttle"
    _description = "Order Form Rate Limit"
    _order = "id"
    _log_access = False

    form_id = fields.Many2one(comodel_name="paydox.order.form", ondelete="cascade", index="btree_not_null")
    scope = fields.Char(default="order", required=True, help="What is counted, where it is not an order form.")
    sender = fields.Char(required=True)
    window_start = fields.Datetime(required=True, index=True)
    count = fields.Integer(required=True)

    _sender_window_uniq = models.UniqueIndex("((COALESCE(form_id, 0)), scope, sender, window_start)")

    # === BUSINESS METHODS ===#

    @api.model
    def _get_limits(self):
        """``(orders, minutes)`` from the settings; nonsense there means the defaults, 0 orders means no limit."""
        # sudo: a visitor may not read system parameters
        get_param = self.env["ir.config_parameter"].sudo().get_param
        values = []
        for name, default, lowest in (("limit", DEFAULT_LIMIT, 0), ("limit_minutes", DEFAULT_MINUTES, 1)):
            text = str(get_param(f"paydox_website.order_{name}", default)).strip()
            value = int(text) if text.isdecimal() and len(text) < 7 else default
            values.append(max(value, lowest))
        return tuple(values)

    @api.model
    def _take(self, form, address, scope="order"):
        """Count one order of this sender.

        :param form: the order form, or an empty recordset when ``scope`` says what is counted
        :param str scope: what is counted
        :return: whether the order is within the limit
        """
        limit, minutes = self._get_limits()
        if not limit:
            return True
        # sudo: the key of the hash is a system parameter
        sender = hmac(self.env(su=True), "paydox_website.sender", network_of(address))[:32]
        seconds = minutes * 60
        now = fields.Datetime.now()
        window_start = now - timedelta(seconds=(now - datetime.min).total_seconds() % seconds)
        query = SQL(
            """
            INSERT INTO paydox_order_throttle AS throttle (form_id, scope, sender, window_start, count)
            VALUES (%s, %s, %s, %s, 1)
            ON CONFLICT ((COALESCE(form_id, 0)), scope, sender, window_start)
            DO UPDATE SET count = throttle.count + 1 WHERE throttle.count < %s
            RETURNING count
            """,
            form.id or None,
            scope,
            sender,
            window_start,
            limit,
        )
        return self._execute_alone(query)

    @api.model
    def _execute_alone(self, query):
        """Run the counting statement in a transaction of its own.

        Its row is contended by design: within the transaction of the order every parallel order of the sender would
        wait for the other's mails and then be started anew. Alone it is a matter of milliseconds, and the count holds
        even if the order fails later.
        """
        for _attempt in range(ATTEMPTS):
            try:
                with mute_logger("odoo.sql_db"), self.env.registry.cursor() as cr:
                    cr.execute(query)
                    return bool(cr.fetchone())
            except SerializationFailure:
                continue
        _logger.info("An order was refused: its sender sends too many at the same instant.")
        return False

    @api.autovacuum
    def _gc_windows(self):
        _limit, minutes = self._get_limits()
        self.search([("window_start", "<", fields.Datetime.now() - timedelta(minutes=2 * minutes))]).unlink()
