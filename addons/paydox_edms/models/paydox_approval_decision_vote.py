from odoo import api, fields, models


class PaydoxApprovalDecision(models.Model):
    """Votes in the chain: that a person voted and, in an open vote only, for what."""

    _inherit = "paydox.approval.decision"

    action = fields.Selection(
        selection_add=[("vote", "Voted"), ("cast", "Decided a tie")], ondelete={"vote": "cascade", "cast": "cascade"}
    )
    vote_option_id = fields.Many2one(
        comodel_name="paydox.vote.option", string="Vote", readonly=True, ondelete="restrict"
    )

    # === HELPERS === #

    @api.model
    def _get_later_hashed_fields(self):
        return (*super()._get_later_hashed_fields(), "vote_option_id")
