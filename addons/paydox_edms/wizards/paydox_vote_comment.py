from odoo import api, fields, models
from odoo.exceptions import UserError


class PaydoxVoteComment(models.TransientModel):
    """Asks for the comment to an open vote. Never for a secret ballot: this row would tell who voted how."""

    _name = "paydox.vote.comment"
    _description = "Vote with a Comment"

    option_id = fields.Many2one(comodel_name="paydox.vote.option", required=True, ondelete="cascade")
    comment = fields.Text(required=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_open()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_open()
        return result

    # === ACTIONS === #

    def action_confirm(self):
        """Vote."""
        self.ensure_one()
        self.option_id.step_id._get_record().action_vote(self.option_id.id, self.comment)
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    def _check_open(self):
        self.option_id.check_access("read")
        # sudo: only whether the ballot is secret is asked
        if any(step_sudo.is_secret for step_sudo in self.sudo().option_id.step_id):
            raise UserError(self.env._("A secret ballot has no comment: it would tell who voted how."))
