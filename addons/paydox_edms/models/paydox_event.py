import json
import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from odoo.addons.paydox_edms.tools.jobs import wake

_logger = logging.getLogger(__name__)

BATCH = 100
MAX_ATTEMPTS = 5
RETENTION_DAYS = 180


class PaydoxEvent(models.Model):
    """Outbox of business events: a row is written in the transaction of the business action, consumers run after it."""

    _name = "paydox.event"
    _description = "Business Event"
    _inherit = ["paydox.protected"]
    _order = "id desc"

    name = fields.Char(required=True, index=True)
    key = fields.Char(
        required=True, help="Says which happening this is: a second event with the same key is not written."
    )
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    payload = fields.Json()
    # dispatch
    state = fields.Selection(
        selection=[("pending", "Pending"), ("done", "Done"), ("failed", "Failed")],
        default="pending",
        required=True,
    )
    attempts = fields.Integer()
    next_attempt_at = fields.Datetime(default=fields.Datetime.now, required=True)
    error = fields.Text()

    _key_uniq = models.Constraint("UNIQUE(key)", "This event is already recorded.")
    _pending_idx = models.Index("(next_attempt_at, id) WHERE state = 'pending'")
    _res_idx = models.Index("(res_model, res_id)")

    # === BUSINESS METHODS === #

    @api.model
    def _get_event_names(self):
        """Catalogue of the events as ``[(name, label)]``; addons that emit further events extend it."""
        names = {
            "document.registered": self.env._("Document registered"),
            "document.submitted": self.env._("Document sent for approval"),
            "document.approved": self.env._("Document approved"),
            "document.refused": self.env._("Document refused or returned"),
            "document.signed": self.env._("Document signed"),
            "document.executed": self.env._("Document executed"),
            "document.cancelled": self.env._("Document cancelled"),
            "document.unlocked": self.env._("Document unlocked"),
        }
        return list(names.items())

    @api.model
    def _emit(self, name, record, key, payload=None):
        """Record that ``name`` happened to ``record``, once per ``key``, and wake up the consumers.

        :param str name: one of ``_get_event_names()``
        :param str key: identity of this happening
        :return: the event, new or found
        """
        record.ensure_one()
        # sudo: business users have no access to the outbox
        events_sudo = self.sudo()
        vals = {"name": name, "key": key, "res_model": record._name, "res_id": record.id, "payload": payload or {}}
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                event_sudo = events_sudo.create(vals)
        except UniqueViolation:
            return events_sudo.search([("key", "=", key)])
        wake(self.env, "paydox_edms.ir_cron_dispatch_events")
        return event_sudo

    @api.model
    def _emit_batch(self, name, happenings):
        """As ``_emit``, in one statement for any number of records.

        :param list happenings: ``[(record, key, payload)]``
        """
        if not happenings:
            return
        self.env.execute_query(
            SQL(
                """
                INSERT INTO paydox_event
                            (name, key, res_model, res_id, payload, state, attempts, next_attempt_at,
                             create_uid, create_date, write_uid, write_date)
                     SELECT %(name)s, key, res_model, res_id, payload, 'pending', 0, %(now)s,
                            %(uid)s, %(now)s, %(uid)s, %(now)s
                       FROM json_to_recordset(%(rows)s)
                         AS happening(key varchar, res_model varchar, res_id integer, payload jsonb)
                ON CONFLICT (key) DO NOTHING
                """,
                name=name,
                now=fields.Datetime.now(),
                uid=self.env.uid,
                rows=json.dumps(
                    [
                        {"key": key, "res_model": record._name, "res_id": record.id, "payload": payload or {}}
                        for record, key, payload in happenings
                    ]
                ),
            )
        )
        wake(self.env, "paydox_edms.ir_cron_dispatch_events")

    def _consume(self):
        """Hook: what happens because of this event. Runs as superuser, isolated in a savepoint."""
        self.ensure_one()

    # === CRON === #

    @api.model
    def _cron_dispatch(self):
        """Consume the pending events in their order, in batches that survive a kill."""
        while True:
            domain = Domain("state", "=", "pending") & Domain("next_attempt_at", "<=", fields.Datetime.now())
            events = self.search(domain, limit=BATCH, order="id").try_lock_for_update()
            if not events:
                break
            for event in events:
                event._dispatch()
            remaining = self.search_count(domain)
            if not self.env["ir.cron"]._commit_progress(len(events), remaining=remaining):
                break

    def _dispatch(self):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._consume()
                self.write({"state": "done", "error": False, "attempts": self.attempts + 1})
        except Exception as error:  # noqa: BLE001  one consumer must not stop the others
            _logger.info("Event %s of %s failed", self.id, self.name, exc_info=True)
            self._register_failure(error)

    def _register_failure(self, error):
        attempts = self.attempts + 1
        self.write(
            {
                "attempts": attempts,
                "error": str(error)[:2000],
                "state": "failed" if attempts >= MAX_ATTEMPTS else "pending",
                "next_attempt_at": fields.Datetime.now() + timedelta(minutes=2**attempts),
            }
        )

    @api.autovacuum
    def _gc_done(self):
        limit = fields.Datetime.now() - timedelta(days=RETENTION_DAYS)
        self.search([("state", "=", "done"), ("create_date", "<", limit)], limit=10_000).unlink()
