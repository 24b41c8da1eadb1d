from odoo import api, fields, models
from odoo.tools import SQL


class PaydoxDealStatusEvent(models.Model):
    """Append-only history of the statuses of deals: one full snapshot per change, whatever caused it."""

    _name = "paydox.deal.status.event"
    _description = "Deal Status Event"
    _inherit = ["paydox.protected"]
    _order = "occurred_at desc, id desc"
    _rec_name = "to_status_id"

    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal", required=True, index=True, ondelete="cascade")
    # change
    from_status_id = fields.Many2one(comodel_name="paydox.deal.status", ondelete="restrict", index="btree_not_null")
    to_status_id = fields.Many2one(comodel_name="paydox.deal.status", ondelete="restrict", index=True)
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

        :param leads: deals (superuser) whose status differs from that of their current event
        :param change: the ``StatusChange`` they were changed by
        :return: the new events
        """
        now = change.moment or fields.Datetime.now()
        current = leads.status_event_id
        vals_by_lead = [lead._prepare_status_events(change, now) for lead in leads]
        if current:
            self.env.execute_query(
                SQL(
                    "UPDATE paydox_deal_status_event SET left_at = GREATEST(occurred_at, %s) WHERE id IN %s RETURNING id",
                    now,
                    tuple(current.ids),
                )
            )
            current.invalidate_recordset(["left_at"], flush=False)
        # sudo: nobody but this method writes the history
        events = self.sudo().create([vals for vals_list in vals_by_lead for vals in vals_list])
        if len(events) == len(leads):
            self._set_current(events)
            return events
        # Deals with an imported history go through it in its order, all of them one step at a time.
        steps, position = {}, 0
        for vals_list in vals_by_lead:
            for step, event in enumerate(events[position : position + len(vals_list)]):
                steps[step] = steps.get(step, self) | event
            position += len(vals_list)
        for step in sorted(steps):
            self._set_current(steps[step])
        return events.filtered(lambda event: not event.left_at)

    @api.model
    def _set_current(self, events):
        """Point the deals to their new events and remember the furthest status that each deal has reached."""
        self.env["paydox.deal.status"].flush_model(["sequence", "outcome"])
        self.env["crm.lead"].flush_model(["deal_status_id", "reached_status_id"])
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead lead
                   SET status_event_id = event.id,
                       reached_status_id = CASE
                           WHEN status.outcome IN ('open', 'won')
                            AND (reached.id IS NULL OR (status.sequence, status.id) > (reached.sequence, reached.id))
                           THEN status.id ELSE lead_before.reached_status_id END
                  FROM paydox_deal_status_event event
                  JOIN crm_lead lead_before ON lead_before.id = event.lead_id
             LEFT JOIN paydox_deal_status status ON status.id = event.to_status_id
             LEFT JOIN paydox_deal_status reached ON reached.id = lead_before.reached_status_id
                 WHERE event.id IN %s AND lead.id = event.lead_id
             RETURNING lead.id
                """,
                tuple(events.ids),
            )
        )
        events.lead_id.invalidate_recordset(["status_event_id", "reached_status_id"], flush=False)
