from odoo import fields, models


class PaydoxVoteInvite(models.TransientModel):
    """Asks whom outside to invite; the verb of the vote does the rest and checks everything."""

    _name = "paydox.vote.invite"
    _description = "Invite Voters from Outside"

    step_id = fields.Many2one(comodel_name="paydox.approval.step", required=True, ondelete="cascade")
    partner_ids = fields.Many2many(comodel_name="res.partner", string="Voters Outside", required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Send the links."""
        self.ensure_one()
        self.step_id.action_invite_guests(self.partner_ids.ids)
        return {"type": "ir.actions.act_window_close"}
