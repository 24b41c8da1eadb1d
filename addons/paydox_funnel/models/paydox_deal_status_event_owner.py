from odoo import api, fields, models


class PaydoxDealStatusEvent(models.Model):
    """Who had the deal while it stood in the status: from whom to whom it went in the middle."""

    _inherit = "paydox.deal.status.event"

    passed_to_id = fields.Many2one(
        comodel_name="res.users",
        string="Passed On To",
        compute="_compute_passed_to_id",
        help="Who was responsible at the end of the stay, or is now, when it is no longer who was at its beginning.",
    )

    @api.depends("owner_id", "left_at", "lead_id.user_id")
    def _compute_passed_to_id(self):
        # sudo: the next event of a deal whose event the user may read
        events_sudo = self.sudo().search([("lead_id", "in", self.lead_id.ids)], order="lead_id, occurred_at, id")
        followed_by = {
            event.id: following.owner_id
            for event, following in zip(events_sudo, events_sudo[1:], strict=False)
            if event.lead_id == following.lead_id
        }
        for event in self:
            last = followed_by.get(event.id, event.sudo().lead_id.user_id)
            event.passed_to_id = last.sudo(False) if last != event.sudo().owner_id else False
