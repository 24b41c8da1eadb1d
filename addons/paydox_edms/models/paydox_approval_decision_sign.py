from odoo import api, fields, models


class PaydoxApprovalDecision(models.Model):
    """The link of the chain that carries a signature."""

    _inherit = "paydox.approval.decision"

    signature_hash = fields.Char(readonly=True)

    # === HELPERS === #

    @api.model
    def _get_later_hashed_fields(self):
        return (*super()._get_later_hashed_fields(), "signature_hash")
