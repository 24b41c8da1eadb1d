from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL


class PaydoxEvent(models.Model):
    """Events of deals, and the rules that events make run."""

    _inherit = "paydox.event"

    @api.model
    def _get_event_names(self):
        return super()._get_event_names() + [
            ("deal.created", self.env._("Deal created")),
            ("deal.status", self.env._("Deal status changed")),
        ]

    @api.model
    def _emit_batch(self, name, happenings):
        """As ``_emit``, in one statement for any number of records.

        :param list happenings: ``[(record, key, payload)]``
        """
        if not happenings:
            return
        now = fields.Datetime.now()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO paydox_event
                            (name, key, res_model, res_id, payload, state, attempts, next_attempt_at,
                             create_uid, create_date, write_uid, write_date)
                     VALUES %s
                ON CONFLICT (key) DO NOTHING
                  RETURNING id
                """,
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, 'pending', 0, %s, %s, %s, %s, %s)",
                        name, key, record._name, record.id, Json(payload), now, self.env.uid, now, self.env.uid, now,
                    )
                    for record, key, payload in happenings
                ),
            )
        )  # fmt: skip
        # sudo: business users have no access to the jobs
        self.env.ref("paydox_edms.ir_cron_dispatch_events").sudo()._trigger()

    def _consume(self):
        result = super()._consume()
        self.env["paydox.rule"]._run_event(self)
        return result

    def _get_lead(self):
        """The deal that the event is about, directly or through its document; empty when there is none."""
        self.ensure_one()
        if self.res_model == "crm.lead":
            return self.env["crm.lead"].browse(self.res_id).exists()
        if self.res_model == "paydox.document":
            return self.env["paydox.document"].browse(self.res_id).exists().lead_id
        return self.env["crm.lead"]
