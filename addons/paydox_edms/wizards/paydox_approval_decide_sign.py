from odoo import models


class PaydoxApprovalDecide(models.TransientModel):
    """A signature with remarks goes on to the window of signing, with what was written."""

    _inherit = "paydox.approval.decide"

    # === ACTIONS === #

    def action_confirm(self):
        self.ensure_one()
        if self.decision == "agree" and self.line_id._filtered_to_sign():
            return self.line_id._open_sign(self.comment, self.delay_reason or self.delay_reason_id.name)
        return super().action_confirm()
