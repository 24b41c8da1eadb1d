from odoo import models


class PaydoxApprovalStep(models.Model):
    """Printing from the sheet of an acquaintance, which is a step."""

    _inherit = "paydox.approval.step"

    # === ACTIONS === #

    def action_print_sheet(self):
        """Print the sheets to which the steps belong."""
        self.check_access("read")
        return self.approval_id.action_print_sheet()
