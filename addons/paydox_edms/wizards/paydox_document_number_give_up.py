from odoo import fields, models


class PaydoxDocumentNumberGiveUp(models.TransientModel):
    _name = "paydox.document.number.give.up"
    _description = "Give up Reserved Numbers"

    number_ids = fields.Many2many(comodel_name="paydox.document.number", string="Numbers", required=True)
    reason = fields.Char(required=True, help="Kept in the journal.")

    # === ACTIONS === #

    def action_confirm(self):
        """Give the numbers up."""
        self.ensure_one()
        self.number_ids.action_give_up(self.reason)
        return {"type": "ir.actions.act_window_close"}
