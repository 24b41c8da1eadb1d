from odoo import fields, models

from ..models.paydox_partner_check import CHECK_STATES


class PaydoxPartnerCheckNote(models.TransientModel):
    """The window that asks what a person found about the number of a counterparty."""

    _name = "paydox.partner.check.note"
    _description = "Note the Check of a Counterparty"

    partner_id = fields.Many2one(comodel_name="res.partner", required=True, ondelete="cascade")
    state = fields.Selection(selection=CHECK_STATES, string="Result", required=True, default="valid")
    note = fields.Char()

    # === ACTIONS === #

    def action_confirm(self):
        """Write the result down."""
        self.ensure_one()
        self.partner_id.action_note_check(self.state, self.note)
        return {"type": "ir.actions.act_window_close"}
