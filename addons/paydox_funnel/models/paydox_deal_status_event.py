import json

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.paydox_funnel.tools.funnel_tally_schema import COLUMNS_OF_DEAL


class PaydoxDealStatusEvent(models.Model):
    """Append-only history of the statuses of deals: one full snapshot per change, whatever caused it."""

    _name = "paydox.deal.status.event"
    _description = "Deal Status Event"
    _inherit = ["paydox.protected"]
    _order = "occurred_at desc, id desc"
    _rec_name = "to_status_id"

    # The index is made with those of the funnel (``tools/funnel_tally_schema.py``) and holds the stay as well.
    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal", required=True, ondelete="cascade", index=True)
    # change; no index of a status alone: it would find an eighth of all rows, and each move would pay for it
    from_status_id = fields.Many2one(comodel_name="paydox.deal.status", ondelete="restrict")
    to_status_id = fields.Many2one(comodel_name="paydox.deal.status", ondelete="restrict")
    occurred_at = fields.Datetime(string="When", required=True)
    left_at = fields.Datetime(help="Empty while the deal is in this status.")
    duration = fields.Float(string="Days", compute="_compute_duration", help="Days in this status, so far or in all.")
    origin = fields.Selection(
        selection=[("manual", "By hand"), ("stage", "By stage"), ("rule", "By rule"), ("import", "By import")],
        required=True,
    )
    reason = fields.Char()
    # snapshot
    stage_id = fields.Many2one(comodel_name="crm.stage", ondelete="set null", index="btree_not_null")
    skipped_stage_ids = fields.Many2many(
        comodel_name="crm.stage",
        relation="paydox_deal_status_event_skipped_rel",
        string="Skipped Stages",
        context={"active_test": False},
        help="Stages between the former one and this one that the deal did not stop at.",
    )
    deal_type_id = fields.Many2one(comodel_name="paydox.deal.type", ondelete="restrict", index=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Changed by", ondelete="restrict")
    owner_id = fields.Many2one(comodel_name="res.users", string="Responsible", ondelete="restrict")
    department_id = fields.Many2one(comodel_name="hr.department", ondelete="set null")
    amount = fields.Monetary()
    currency_id = fields.Many2one(comodel_name="res.currency", ondelete="restrict")
    company_id = fields.Many2one(comodel_name="res.company", ondelete="restrict")

    _current_uniq = models.UniqueIndex(
        "(lead_id) WHERE left_at IS NULL", "A deal is in one status at a time: its former status was not left."
    )
    _period_check = models.Constraint("CHECK(left_at >= occurred_at)", "A status cannot be left before it was entered.")

    @api.depends("occurred_at", "left_at")
    def _compute_duration(self):
        now = fields.Datetime.now()
        for event in self:
            stay = (event.left_at or now) - event.occurred_at if event.occurred_at else None
            event.duration = stay.total_seconds() / 86400 if stay else 0.0

    @api.model
    def _append(self, leads, change):
        """Close the current event of each deal and open the next one.

        The deals themselves learn of it in memory: it is written to them together with the stage that they came into.

        :param leads: deals (superuser) whose status differs from that of their current event
        :param change: the ``StatusChange`` they were changed by
        :return: ``{id of the deal: id of its new event}``
        """
        now = change.moment or fields.Datetime.now()
        rows_by_lead = {lead.id: lead._prepare_status_events(change, now) for lead in leads}
        leads.status_event_id._close(now)
        # A deal with an imported history gets all of its events; it stands in the last one.
        event_ids = self._insert([row for rows in rows_by_lead.values() for row in rows])
        self._insert_skipped({event_ids[id_]: stages for id_, stages in change.skipped.items() if id_ in event_ids})
        leads._follow_events(rows_by_lead, event_ids)
        return event_ids

    def _close(self, moment):
        """Deals leave these statuses."""
        if self:
            self.env.execute_query(
                SQL(
                    "UPDATE paydox_deal_status_event SET left_at = GREATEST(occurred_at, %s) WHERE id = ANY(%s) RETURNING id",
                    moment,
                    list(self.ids),
                )
            )
            self.invalidate_recordset(["left_at"], flush=False)

    @api.model
    def _insert(self, rows):
        """Write events in one statement; by ``create`` they were a third of the cost of moving many deals.

        :param rows: values of all columns, the same for each row
        :return: ``{id of the deal: id of its current event}``
        """
        kinds = {name: kind for name, (_column, kind) in COLUMNS_OF_DEAL.items()}
        kinds |= {name: self._fields[name].column_type[1] for name in rows[0] if name not in kinds}
        names = SQL(", ").join(map(SQL.identifier, kinds))
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO paydox_deal_status_event (%(names)s, create_uid, create_date, write_uid, write_date)
                     SELECT %(names)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                       FROM json_to_recordset(%(rows)s) AS entry(%(columns)s)
                  RETURNING id, lead_id, left_at IS NULL
                """,
                names=names,
                uid=self.env.uid,
                now=self.env.cr.now(),
                rows=json.dumps(rows, default=str),
                columns=SQL(", ").join(SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in kinds.items()),
            )
        )
        return {lead_id: event_id for event_id, lead_id, is_current in inserted if is_current}

    @api.model
    def _insert_skipped(self, skipped):
        """Note the stages that were skipped, ``{id of the event: ids of stages}``."""
        field = self._fields["skipped_stage_ids"]
        pairs = [(event_id, stage_id) for event_id, stage_ids in skipped.items() for stage_id in stage_ids]
        if pairs:
            self.env.execute_query(
                SQL(
                    "INSERT INTO %s (%s, %s) VALUES %s RETURNING 1",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    SQL.identifier(field.column2),
                    SQL(", ").join(map(SQL, ["%s"] * len(pairs), pairs)),
                )
            )
