from odoo import fields, models


class PaydoxPartnerDistinctReason(models.TransientModel):
    """Asks why two counterparties that look alike are two."""

    _name = "paydox.partner.distinct.reason"
    _description = "Not a Duplicate: Reason"

    partner_id = fields.Many2one(comodel_name="res.partner", required=True, readonly=True, ondelete="cascade")
    other_id = fields.Many2one(
        comodel_name="res.partner", string="Another Than", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Char(required=True)

    # === ACTIONS === #

    def action_note(self):
        """Note the reason on both cards."""
        self.ensure_one()
        self.partner_id.action_note_distinct(self.other_id.id, self.reason)
        return {"type": "ir.actions.act_window_close"}
