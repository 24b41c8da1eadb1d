from odoo import api, fields, models


class PaydoxApprovalDecision(models.Model):
    """What the chain says of sheets: who was asked and released, when a person opened what he confirmed."""

    _inherit = "paydox.approval.decision"

    action = fields.Selection(
        selection_add=[("add", "People added"), ("remove", "People released"), ("close", "Closed")],
        ondelete={"add": "cascade", "remove": "cascade", "close": "cascade"},
    )
    details = fields.Text(readonly=True, help="Facts of the action as JSON, such as the people who were asked.")
    opened_at = fields.Datetime(string="Opened On", readonly=True)
    opened_version_id = fields.Many2one(comodel_name="paydox.document.version", readonly=True, ondelete="restrict")

    # === HELPERS === #

    @api.model
    def _get_later_hashed_fields(self):
        return (*super()._get_later_hashed_fields(), "details", "opened_at", "opened_version_id")
